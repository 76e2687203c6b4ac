//! 跨行依赖. Broken lines with an arrow from bar to bar.
//!
//! Inside one line neighbours speak for themselves. Between lines a link is drawn at once when it is
//! critical or touches the selected project; the others wait, hidden, for the mouse.

use super::bars;
use super::layout::Sheet;
use super::model::{BarAt, BarState, Link, LinkKind};
use super::rows::Placed;
use crate::scene::{LinkPath, RowSpot};

/// How far inside a bar's end a line leaves or enters.
const INSET: f32 = 4.0;
/// From a bar's bottom to the lower side of its critical line.
const UNDERLINE: f32 = 4.0;

/// One end of a link: row, left and right edge, top and bottom of the bar.
struct End {
    row: usize,
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
}

impl End {
    fn start(&self) -> f32 {
        self.left + INSET.min((self.right - self.left) / 2.0)
    }

    fn finish(&self) -> f32 {
        self.right - INSET.min((self.right - self.left) / 2.0)
    }
}

pub(super) fn route<'a>(
    sheet: &Sheet<'a>,
    placed: &Placed,
    rows: &[RowSpot<'a>],
) -> Vec<LinkPath<'a>> {
    sheet
        .chart
        .links
        .iter()
        .filter_map(|link| path(sheet, placed, rows, link))
        .collect()
}

fn path<'a>(
    sheet: &Sheet<'a>,
    placed: &Placed,
    rows: &[RowSpot<'a>],
    link: &Link,
) -> Option<LinkPath<'a>> {
    let (from, to) = (
        end(sheet, placed, rows, link.from)?,
        end(sheet, placed, rows, link.to)?,
    );
    if from.row == to.row {
        return None;
    }
    let (one, two) = (sheet.chart.bar(link.from)?, sheet.chart.bar(link.to)?);
    let critical = one.critical && two.critical && one.state != BarState::Done;
    let selected = rows[from.row].selected || rows[to.row].selected;
    Some(LinkPath {
        from: &one.activity_id,
        to: &two.activity_id,
        from_row: from.row,
        to_row: to.row,
        hidden: !(critical || selected),
        critical,
        points: corners(&from, &to, rows, link.kind),
    })
}

fn end(sheet: &Sheet<'_>, placed: &Placed, rows: &[RowSpot<'_>], at: BarAt) -> Option<End> {
    let bar = sheet.chart.bar(at)?;
    let home = placed.rows.get(at.group)?.get(at.row)?;
    let (row, lane) = match at.sub_row {
        Some(sub_row) => (home.index + 1 + sub_row, 0),
        None => (home.index, home.lanes.get(at.bar).copied().unwrap_or(0)),
    };
    let (left, right) = bars::extent(&sheet.scale, bar)?;
    let lane_top = f32::from(lane) * (sheet.metrics.bar + 6.0);
    let top = rows.get(row)?.y + lane_top + sheet.metrics.bar_top;
    Some(End {
        row,
        left,
        right,
        top,
        bottom: top + sheet.metrics.bar,
    })
}

/// Out of one bar, along the edge of its row, into the other bar from above or below.
fn corners(from: &End, to: &End, rows: &[RowSpot<'_>], kind: LinkKind) -> Vec<(f32, f32)> {
    let leaves_finish = matches!(kind, LinkKind::FinishStart | LinkKind::FinishFinish);
    let enters_start = matches!(kind, LinkKind::FinishStart | LinkKind::StartStart);
    let out = if leaves_finish {
        from.finish()
    } else {
        from.start()
    };
    let into = if enters_start {
        to.start()
    } else {
        to.finish()
    };
    let row = &rows[from.row];
    let down = to.row > from.row;
    let (leave, edge, enter) = if down {
        (from.bottom, row.y + row.height - 0.5, to.top)
    } else {
        (from.top, row.y - 0.5, to.bottom + UNDERLINE)
    };
    if (out - into).abs() < 0.5 {
        return vec![(into, leave), (into, enter)];
    }
    vec![(out, leave), (out, edge), (into, edge), (into, enter)]
}
