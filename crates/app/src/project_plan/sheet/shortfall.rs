//! 差距 What is missing to the target: the chain that is short, what bounds each date from behind, and the cheapest days
//! to win back, each as the change that wins them.

use super::{SheetView, day_text, lag_text};
use crate::page::project_plan::{CompressionPart, CompressionView, DriverView, Shortfall};
use ground::{Date, Finding, date_of_finish, date_of_start};
use plan::{Compression, Driver, LinkKind, Progress, Schedule};
use portfolio::BarState;
use serde_json::{Map, Value as Json, json};

/// Activities of a plan up to which ways out are looked for. Each one tried is a schedule of the whole plan; beyond
/// this a page would wait for seconds.
const LOOKED_AT: usize = 3_000;

impl SheetView<'_> {
    /// The driving chain to the latest finish, its finished beginning left out.
    pub(super) fn critical_path(&self) -> Vec<usize> {
        let Some(schedule) = &self.scheduled.schedule else {
            return Vec::new();
        };
        let bars = &self.scheduled.standing.activities;
        let last = (0..bars.len())
            .filter(|i| bars[*i].critical)
            .max_by_key(|i| (schedule.early_finish[*i], *i));
        let Some(last) = last else {
            return Vec::new();
        };
        let chain = plan::driving_chain(&self.scheduled.built.network, schedule, last);
        chain
            .into_iter()
            .filter(|i| bars[*i].state != BarState::Done)
            .collect()
    }

    pub(super) fn shortfall(&self) -> Option<Shortfall> {
        let standing = &self.scheduled.standing;
        let target = standing.target.as_ref()?;
        let float = standing.float_workdays.filter(|days| *days < 0)?;
        let chain = self.critical_path();
        let names: Vec<&str> = chain
            .iter()
            .map(|i| self.scheduled.built.activities[*i].name.as_str())
            .collect();
        Some(Shortfall {
            days: -float * 10,
            text: format!("按目标 {} 还差 {} 个工作日。", target.date, -float),
            chain_text: names.join(" → "),
            chain: chain.into_iter().map(|i| self.id(i)).collect(),
        })
    }

    /// 倒排到这里 What bounds the late finish: a successor, or the target itself.
    pub(super) fn late_driver(&self, schedule: &Schedule, i: usize) -> Option<DriverView> {
        let network = &self.scheduled.built.network;
        if matches!(network.activities[i].progress, Progress::Finished { .. }) {
            return None;
        }
        let today = self.book.state.today;
        let finish = day_text(date_of_finish(schedule.late_finish[i]), today);
        let view = |kind, text: String, activity_id| {
            Some(DriverView {
                kind,
                text,
                activity_id,
            })
        };
        match schedule.late_driver[i] {
            Driver::Link(index) => {
                let link = &network.links[index];
                let (event, day) = match link.kind {
                    LinkKind::FS | LinkKind::SS => {
                        ("开始", date_of_start(schedule.late_start[link.to]))
                    }
                    LinkKind::FF | LinkKind::SF => {
                        ("完成", date_of_finish(schedule.late_finish[link.to]))
                    }
                };
                let name = &network.activities[link.to].name;
                let lag = match lag_text(link) {
                    lag if lag.is_empty() => String::new(),
                    lag => format!("（间隔 {lag}）"),
                };
                let text = format!("“{name}”最晚 {} {event}{lag}", day_text(day, today));
                view("link", text, Some(self.id(link.to)))
            }
            Driver::Deadline => view("deadline", format!("本项的目标时限 {finish}"), None),
            Driver::Constraint(kind) => {
                let (before, after) = kind.words();
                view("constraint", format!("限制条件：{before}…{after}"), None)
            }
            Driver::Target => view(
                "target",
                format!("项目目标 {}", self.target_text(today)),
                None,
            ),
            Driver::Rollup => view("children", "由下级或前后工作算出".to_owned(), None),
            _ => view("project_finish", "项目推算完工的日子".to_owned(), None),
        }
    }

    fn target_text(&self, today: Date) -> String {
        let target = self.scheduled.standing.target.as_ref();
        target.map_or_else(String::new, |target| day_text(target.date, today))
    }

    /// 压缩建议, each with the values that make it: what runs is shortened by its expected finish, because its
    /// remaining work stands in reports.
    pub(super) fn compressions(&self) -> Vec<CompressionView> {
        let scheduled = self.scheduled;
        let network = &scheduled.built.network;
        let Some(schedule) = self
            .late()
            .filter(|_| network.activities.len() <= LOOKED_AT)
        else {
            return Vec::new();
        };
        let least = self.least_work();
        let found = plan::compressions(network, schedule, &scheduled.options, &least, 0);
        let found = found.unwrap_or_default();
        found
            .into_iter()
            .map(|one| self.compression(schedule, one))
            .collect()
    }

    /// What the shortest duration that somebody holds possible leaves of each work, working minutes.
    fn least_work(&self) -> Vec<i64> {
        let built = &self.scheduled.built;
        let pairs = built.network.activities.iter().zip(&built.activities);
        let least = |(work, activity): (&plan::Activity, &&portfolio::Activity)| {
            let shortest = activity.estimate.map_or(0, |points| points.optimistic);
            let per_day = built.network.calendars[work.calendar].minutes_per_day();
            (shortest * per_day - (work.duration - work.remaining())).max(0)
        };
        pairs.map(least).collect()
    }

    /// The schedule of a plan that misses its target.
    fn late(&self) -> Option<&Schedule> {
        let late = |schedule: &&Schedule| schedule.total_float.iter().any(|float| *float < 0);
        self.scheduled.schedule.as_ref().filter(late)
    }

    /// Says that no ways out were looked for.
    pub(super) fn too_many_to_compress(&self) -> Option<Finding> {
        let count = self.scheduled.built.activities.len();
        self.late().filter(|_| count > LOOKED_AT)?;
        Some(Finding::info(
            "plan.compressions_skipped",
            "压缩建议",
            format!("计划有 {count} 项工作，超过 {LOOKED_AT} 项的不逐项试算压缩。"),
            "请顺着最紧的线路找要压的工作，把它改短后试算。",
        ))
    }

    fn compression(&self, schedule: &Schedule, one: Compression) -> CompressionView {
        let part = |&(i, days): &(usize, i64)| {
            let activity = self.scheduled.built.activities[i];
            CompressionPart {
                activity_id: self.id(i),
                code: activity.code.clone(),
                name: activity.name.clone(),
                days: days * 10,
                values: self.shorter(schedule, i, days),
            }
        };
        let parts: Vec<CompressionPart> = one.parts.iter().map(part).collect();
        let gain = match one.gain_days {
            0 => "差距减少不到 1 天".to_owned(),
            days => format!("差距减少 {days} 天"),
        };
        let text = format!("{}，{gain}。", shortened(&parts));
        CompressionView {
            parts,
            gain_days: one.gain_days * 10,
            text,
        }
    }

    /// The values that take `days` out of activity `i`.
    fn shorter(&self, schedule: &Schedule, i: usize, days: i64) -> Map<String, Json> {
        let network = &self.scheduled.built.network;
        let node = &network.activities[i];
        let minutes = days * self.per_day(i);
        let bar = self.scheduled.standing.activities.get(i);
        let reported = bar.is_some_and(|bar| bar.state == BarState::Running && !bar.assumed);
        let mut values = Map::new();
        if reported {
            let timeline = &network.calendars[node.calendar];
            let finish = timeline.retreat(schedule.early_finish[i], minutes);
            let finish = date_of_finish(timeline.previous_finish(finish));
            values.insert("expected_finish".to_owned(), json!(finish.to_string()));
        } else {
            let days = (node.duration - minutes).max(0) / self.per_day(i);
            values.insert("duration_days".to_owned(), json!(days));
            if node.expected_finish.is_some() {
                values.insert("expected_finish".to_owned(), Json::Null);
            }
        }
        values
    }
}

/// What is shortened by how much, in words.
fn shortened(parts: &[CompressionPart]) -> String {
    let days = |part: &CompressionPart| format!("压缩 {} 天", part.days / 10);
    let each = |part: &CompressionPart| format!("“{}”{}", part.name, days(part));
    let names: Vec<String> = parts
        .iter()
        .map(|part| format!("“{}”", part.name))
        .collect();
    match parts {
        [] => String::new(),
        [one] => each(one),
        [first, rest @ ..] if rest.iter().all(|part| part.days == first.days) => {
            let (names, count) = (names.concat(), parts.len());
            format!("{names}{count} 项并行，要一起压，各{}", days(first))
        }
        parts => {
            let told: Vec<String> = parts.iter().map(each).collect();
            format!("{} 项并行，要一起压：{}", parts.len(), told.join("、"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, days: i64) -> CompressionPart {
        CompressionPart {
            activity_id: name.to_owned(),
            code: name.to_owned(),
            name: name.to_owned(),
            days: days * 10,
            values: Map::new(),
        }
    }

    #[test]
    fn work_side_by_side_is_one_suggestion() {
        let [one, two, less] = [part("桩基1号", 4), part("桩基2号", 4), part("桩基3号", 2)];
        assert_eq!(shortened(std::slice::from_ref(&one)), "“桩基1号”压缩 4 天");
        assert_eq!(
            shortened(&[one.clone(), two]),
            "“桩基1号”“桩基2号”2 项并行，要一起压，各压缩 4 天"
        );
        assert_eq!(
            shortened(&[one, less]),
            "2 项并行，要一起压：“桩基1号”压缩 4 天、“桩基3号”压缩 2 天"
        );
    }
}
