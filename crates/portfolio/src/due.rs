//! 本旬到期节点: unfinished activities due in the dekad that holds the day, and everything overdue before it.

use ground::{ActivityId, Date, PeriodKind, ProjectId};
use plan::Rag;
use serde::Serialize;

use crate::calendars::days_between;
use crate::standing::{BarState, Standing};

/// One line of the list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DueNode {
    /// Project.
    pub project: ProjectId,
    /// Its name.
    pub project_name: String,
    /// Activity.
    pub activity: ActivityId,
    /// Its name.
    pub name: String,
    /// 计划完成.
    pub due: Date,
    /// Days past the due day; negative = days left.
    pub overdue_days: i64,
    /// 待填报: nothing has been reported since the due day, so it may well be done.
    pub unreported: bool,
    /// The project's light; an overdue activity of a green project is at least yellow.
    pub rag: Rag,
}

impl DueNode {
    /// 逾期 9 天, 过期 2 天待填报, 今天到期, 剩 3 天.
    pub fn text(&self) -> String {
        match self.overdue_days {
            0 => "今天到期".to_owned(),
            late if late > 0 && self.unreported => format!("过期 {late} 天待填报"),
            late if late > 0 => format!("逾期 {late} 天"),
            left => format!("剩 {} 天", -left),
        }
    }
}

/// Most overdue first; then by due day.
pub fn due_nodes(standings: &[Standing], today: Date) -> Vec<DueNode> {
    let last = PeriodKind::Dekad.containing(today).last();
    let mut nodes = Vec::new();
    for standing in standings {
        for bar in standing
            .activities
            .iter()
            .filter(|b| b.state != BarState::Done && b.is_work())
        {
            let Some(due) = bar.planned_finish.filter(|d| *d <= last) else {
                continue;
            };
            let overdue_days = days_between(due, today);
            let project = standing.light.rag;
            let rag = if overdue_days > 0 {
                project.worse(Rag::Yellow)
            } else {
                project
            };
            nodes.push(DueNode {
                project: standing.project,
                project_name: standing.name.clone(),
                activity: bar.activity,
                name: bar.name.clone(),
                due,
                overdue_days,
                unreported: bar.reported_on.is_none_or(|day| day < due),
                rag,
            });
        }
    }
    nodes.sort_by_key(|n| (std::cmp::Reverse(n.overdue_days), n.project, n.activity));
    nodes
}
