//! 按推算改计划 Planned days taken from what the engine computed: the earliest (possible) or the latest (倒排) dates of
//! work that has not begun.

use super::Draft;
use ground::{Date, Finding, RecordId};
use portfolio::{Bar, BarState};
use register::Value;

impl Draft<'_> {
    /// Sets the planned days of the named rows, or of all, from the plan as it stands after the changes before it.
    pub(super) fn replan(&mut self, ids: Option<&[String]>, late: bool, target: Option<Date>) {
        let named: Option<Vec<RecordId>> =
            ids.map(|ids| ids.iter().filter_map(|id| self.find(id, None)).collect());
        let (activities, _) = self.activities();
        let book = self.book.aimed_at(target);
        let scheduled = book.scheduled(self.app, &activities);
        if scheduled.schedule.is_none() {
            let problem = "计划里有循环，推算不出日期。";
            let remedy = "请先改正循环的前后关系。";
            let finding = Finding::error("plan.replan", "计划", problem, remedy);
            self.findings.push(finding);
            return;
        }
        let open = |bar: &&Bar| bar.state == BarState::NotStarted && !bar.assumed && bar.is_work();
        let wanted = |bar: &&Bar| match &named {
            Some(named) => named.contains(&bar.activity.0),
            None => true,
        };
        let bars = scheduled.standing.activities.iter();
        let days: Vec<(RecordId, Date, Date)> = bars
            .filter(open)
            .filter(wanted)
            .map(|bar| match late {
                true => (bar.activity.0, bar.late_start, bar.late_finish),
                false => (bar.activity.0, bar.forecast_start, bar.forecast_finish),
            })
            .collect();
        for (id, start, finish) in days {
            self.set(id, "planned_start", Some(Value::Date(start)));
            let finish = Value::Date(finish.max(start));
            self.set(id, "planned_finish", Some(finish));
        }
    }
}
