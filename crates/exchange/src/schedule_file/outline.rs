//! The rows of a plan as people see them: nodes of the work breakdown and activities in one outline, from whatever the
//! file holds (P6 nodes, or Project summaries).

use ground::Minute;
use plan::Schedule;

use super::ScheduleFile;

/// What stands on one row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RowOf {
    /// Index into `ScheduleFile::wbs`.
    Node(usize),
    /// Index into the activities.
    Activity(usize),
}

/// One row of the outline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutlineRow {
    pub(crate) of: RowOf,
    /// 1 for the outermost rows.
    pub(crate) level: usize,
}

/// All rows from top to bottom. Without nodes the activities hang from their summaries.
pub(crate) fn rows(file: &ScheduleFile) -> Vec<OutlineRow> {
    let nodes = file.wbs.len();
    let count = nodes + file.ids.len();
    // Rows below each row, the last first, and those on top; nodes are numbered before activities.
    let (mut below, mut top) = (vec![Vec::new(); count], Vec::new());
    let mut hang = |parent: Option<usize>, row: usize| match parent {
        Some(parent) => below[parent].push(row),
        None => top.push(row),
    };
    for index in (0..nodes).rev() {
        hang(file.wbs[index].parent, index);
    }
    for (index, activity) in file.network.activities.iter().enumerate().rev() {
        let parent = match nodes {
            0 => activity.parent,
            _ => file.details[index].wbs,
        };
        hang(parent, nodes + index);
    }
    // Activities of a node come before the nodes below it, as P6 shows them: they were pushed last.
    let mut rows = Vec::with_capacity(count);
    let mut open: Vec<(usize, usize)> = top.into_iter().map(|row| (row, 1)).collect();
    while let Some((row, level)) = open.pop() {
        let of = match row.checked_sub(nodes) {
            Some(activity) => RowOf::Activity(activity),
            None => RowOf::Node(row),
        };
        rows.push(OutlineRow { of, level });
        open.extend(
            std::mem::take(&mut below[row])
                .into_iter()
                .map(|row| (row, level + 1)),
        );
    }
    rows
}

/// First start and last finish of what a node holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    pub(crate) start: Minute,
    pub(crate) finish: Minute,
    pub(crate) late_start: Minute,
    pub(crate) late_finish: Minute,
}

/// The span of every node; none for one without activities.
pub(crate) fn spans(file: &ScheduleFile, schedule: &Schedule) -> Vec<Option<Span>> {
    let mut spans: Vec<Option<Span>> = vec![None; file.wbs.len()];
    for (index, detail) in file.details.iter().enumerate() {
        let own = Span {
            start: schedule.early_start[index],
            finish: schedule.early_finish[index],
            late_start: schedule.late_start[index],
            late_finish: schedule.late_finish[index],
        };
        let mut node = detail.wbs;
        while let Some(at) = node {
            let known = spans[at].unwrap_or(own);
            let wider = Span {
                start: known.start.min(own.start),
                finish: known.finish.max(own.finish),
                late_start: known.late_start.min(own.late_start),
                late_finish: known.late_finish.max(own.late_finish),
            };
            // Nothing new here is nothing new above.
            if spans[at] == Some(wider) {
                break;
            }
            spans[at] = Some(wider);
            node = file.wbs[at].parent;
        }
    }
    spans
}
