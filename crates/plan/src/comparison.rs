//! 两版计划对照: what was added, removed, moved, made longer or shorter, and which links changed,
//! between two frozen plans or a frozen plan and the plan as it stands.

use std::collections::{BTreeMap, BTreeSet};

use ground::{Minute, Timeline, date_of_finish};

use crate::baseline::{Baseline, FrozenActivity, FrozenLag, FrozenLink};
use crate::network::Network;

/// What became of an activity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ChangeKind {
    /// 不变.
    Same,
    /// 推后: the finish is later.
    Later,
    /// 提前: the finish is earlier.
    Earlier,
    /// 新增.
    Added,
    /// 删除.
    Gone,
}

impl ChangeKind {
    /// `same`, `later`, `earlier`, `added`, `gone`.
    pub fn code(self) -> &'static str {
        match self {
            ChangeKind::Same => "same",
            ChangeKind::Later => "later",
            ChangeKind::Earlier => "earlier",
            ChangeKind::Added => "added",
            ChangeKind::Gone => "gone",
        }
    }

    /// 不变, 推后, 提前, 新增, 删除.
    pub fn label(self) -> &'static str {
        match self {
            ChangeKind::Same => "不变",
            ChangeKind::Later => "推后",
            ChangeKind::Earlier => "提前",
            ChangeKind::Added => "新增",
            ChangeKind::Gone => "删除",
        }
    }
}

/// One activity before and after. Slips are working minutes of its calendar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// 编号.
    pub code: String,
    /// 名称, the newer one.
    pub name: String,
    /// Start and finish before; `None` when added.
    pub before: Option<(Minute, Minute)>,
    /// Start and finish after; `None` when gone.
    pub after: Option<(Minute, Minute)>,
    /// By how much the start is later; 0 when added or gone.
    pub start_slip: i64,
    /// By how much the finish is later; 0 when added or gone.
    pub finish_slip: i64,
    /// 工期变化: positive = longer; 0 where a duration is not known.
    pub longer: i64,
    /// What became of it. A started-later activity with the same finish is the same plan kept
    /// with less time: see `start_slip`.
    pub kind: ChangeKind,
}

/// The links of one pair before and after; both not empty = kind or lag changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkChange {
    /// From whom to whom.
    pub ends: FrozenLink,
    /// Before; empty when added.
    pub before: Vec<FrozenLag>,
    /// After; empty when removed.
    pub after: Vec<FrozenLag>,
}

/// 对照 of two plans.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comparison {
    /// Every activity of either plan: in network order, then those gone by code.
    pub changes: Vec<Change>,
    /// Links that differ; empty when either plan knows no links.
    pub links: Vec<LinkChange>,
    /// Latest finish before.
    pub finish_before: Option<Minute>,
    /// Latest finish after.
    pub finish_after: Option<Minute>,
    /// Working minutes by which the plan finishes later, on the calendar of its last activity.
    pub finish_slip: i64,
}

/// Compares `before` with `after`. `network` gives the calendars and the order of the activities;
/// those it does not have are counted on its first calendar.
pub fn compare_plans(before: &Baseline, after: &Baseline, network: &Network) -> Comparison {
    let calendars = Calendars::of(network);
    let listed = network
        .activities
        .iter()
        .map(|activity| activity.code.as_str());
    let all = before
        .rows
        .keys()
        .chain(after.rows.keys())
        .map(String::as_str);
    let mut seen = BTreeSet::new();
    let either = |code: &&str| before.rows.contains_key(*code) || after.rows.contains_key(*code);
    let codes = listed
        .filter(either)
        .chain(all)
        .filter(|code| seen.insert(*code));
    let changes = codes.map(|code| {
        let rows = (before.rows.get(code), after.rows.get(code));
        change(code, rows, calendars.get(code))
    });
    let last = after.rows.iter().max_by_key(|(_, row)| row.finish);
    let timeline = calendars.get(last.map_or("", |(code, _)| code.as_str()));
    let (finish_before, finish_after) = (before.finish(), after.finish());
    Comparison {
        changes: changes.collect(),
        links: link_changes(before, after),
        finish_slip: slip(finish_before, finish_after, timeline),
        finish_before,
        finish_after,
    }
}

/// Calendars by activity code.
struct Calendars<'a> {
    by_code: BTreeMap<&'a str, &'a Timeline>,
    first: Option<&'a Timeline>,
}

impl<'a> Calendars<'a> {
    fn of(network: &'a Network) -> Self {
        let known = network.activities.iter().map(|activity| {
            let timeline = &network.calendars[activity.calendar];
            (activity.code.as_str(), timeline)
        });
        Calendars {
            by_code: known.collect(),
            first: network.calendars.first(),
        }
    }

    fn get(&self, code: &str) -> Option<&'a Timeline> {
        self.by_code.get(code).copied().or(self.first)
    }
}

fn slip(before: Option<Minute>, after: Option<Minute>, timeline: Option<&Timeline>) -> i64 {
    match (before, after, timeline) {
        (Some(before), Some(after), Some(timeline)) => timeline.between(before, after),
        (Some(before), Some(after), None) => after - before,
        _ => 0,
    }
}

fn change(
    code: &str,
    (before, after): (Option<&FrozenActivity>, Option<&FrozenActivity>),
    timeline: Option<&Timeline>,
) -> Change {
    let start = |row: Option<&FrozenActivity>| row.map(|row| row.start);
    let finish = |row: Option<&FrozenActivity>| row.map(|row| row.finish);
    let dates = |row: Option<&FrozenActivity>| row.map(|row| (row.start, row.finish));
    let duration = |row: Option<&FrozenActivity>| row.and_then(|row| row.duration);
    let finish_slip = slip(finish(before), finish(after), timeline);
    let kind = match (before, after) {
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Gone,
        _ if finish_slip > 0 => ChangeKind::Later,
        _ if finish_slip < 0 => ChangeKind::Earlier,
        _ => ChangeKind::Same,
    };
    let longer = duration(before).zip(duration(after));
    Change {
        code: code.to_owned(),
        name: after
            .or(before)
            .map_or_else(String::new, |row| row.name.clone()),
        before: dates(before),
        after: dates(after),
        start_slip: slip(start(before), start(after), timeline),
        finish_slip,
        longer: longer.map_or(0, |(before, after)| after - before),
        kind,
    }
}

fn link_changes(before: &Baseline, after: &Baseline) -> Vec<LinkChange> {
    if before.links.is_empty() || after.links.is_empty() {
        return Vec::new();
    }
    let all: BTreeSet<&FrozenLink> = before.links.keys().chain(after.links.keys()).collect();
    let change = |ends: &FrozenLink| {
        let (old, new) = (before.links.get(ends), after.links.get(ends));
        (old != new).then(|| LinkChange {
            ends: ends.clone(),
            before: old.cloned().unwrap_or_default(),
            after: new.cloned().unwrap_or_default(),
        })
    };
    all.into_iter().filter_map(change).collect()
}

impl Comparison {
    /// Number of activities of a kind.
    pub fn count(&self, kind: ChangeKind) -> usize {
        self.changes
            .iter()
            .filter(|change| change.kind == kind)
            .count()
    }

    /// Activities whose duration changed.
    pub fn longer(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.longer != 0)
    }

    /// `完工比前一版晚 17 天（自然日）；9 项中 5 项推后、1 项提前、1 项新增；改了 2 处前后关系。`
    pub fn words(&self) -> String {
        let day = |minute: Minute| ground::timeline::day_number(date_of_finish(minute));
        let finish = match (self.finish_before, self.finish_after) {
            (Some(before), Some(after)) => match day(after) - day(before) {
                0 => "完工日期不变".to_owned(),
                days if days > 0 => format!("完工比前一版晚 {days} 天（自然日）"),
                days => format!("完工比前一版早 {} 天（自然日）", -days),
            },
            _ => "两版里有一版是空的".to_owned(),
        };
        let kinds = [
            ChangeKind::Later,
            ChangeKind::Earlier,
            ChangeKind::Added,
            ChangeKind::Gone,
        ];
        let parts: Vec<String> = kinds
            .into_iter()
            .filter(|&kind| self.count(kind) > 0)
            .map(|kind| format!("{} 项{}", self.count(kind), kind.label()))
            .collect();
        let items = match parts.is_empty() {
            true => format!("{} 项都没有动", self.changes.len()),
            false => format!("{} 项中 {}", self.changes.len(), parts.join("、")),
        };
        let links = match self.links.len() {
            0 => String::new(),
            count => format!("；改了 {count} 处前后关系"),
        };
        format!("{finish}；{items}{links}。")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::BaselineSet;
    use crate::network::{Activity, Link, LinkKind, Options, schedule};
    use ground::{HolidayTable, WorkCalendar, iso_minutes, minute_of};

    const DAY: i64 = 480;

    fn network(rows: &[(&str, i64)], links: &[(usize, usize, LinkKind, i64)]) -> Network {
        let task = |&(code, days): &(&str, i64)| Activity::task(code, code, 0, days * DAY);
        let link = |&(from, to, kind, lag): &(usize, usize, LinkKind, i64)| Link {
            kind,
            lag: lag * DAY,
            ..Link::finish_start(from, to)
        };
        Network {
            calendars: vec![WorkCalendar::official(HolidayTable::shipped()).timeline()],
            activities: rows.iter().map(task).collect(),
            links: links.iter().map(link).collect(),
        }
    }

    fn frozen(name: &str, network: &Network) -> Baseline {
        let start = minute_of("2023-03-06".parse().expect("a date"), 0, 0);
        let answer = schedule(network, &Options::from_start(start)).expect("no loop");
        Baseline::of_early(name, network, &answer)
    }

    #[test]
    fn two_versions_tell_what_was_added_removed_moved_and_relinked() {
        use LinkKind::{FS, SS};
        let old = network(
            &[("桩基", 5), ("主体", 10), ("装修", 5), ("绿化", 2)],
            &[(0, 1, FS, 0), (1, 2, FS, 0), (1, 3, FS, 0)],
        );
        let new = network(
            &[("桩基", 7), ("主体", 10), ("装修", 5), ("验收", 1)],
            &[(0, 1, FS, 0), (1, 2, SS, 8), (2, 3, FS, 0)],
        );
        let answer = compare_plans(&frozen("一", &old), &frozen("二", &new), &new);
        let shape: Vec<(&str, ChangeKind, i64, i64)> = answer
            .changes
            .iter()
            .map(|c| (c.code.as_str(), c.kind, c.finish_slip / DAY, c.longer / DAY))
            .collect();
        // 主体 moves by two days; 装修 starts 8 days after it instead of 10: the two cancel out.
        let expect = [
            ("桩基", ChangeKind::Later, 2, 2),
            ("主体", ChangeKind::Later, 2, 0),
            ("装修", ChangeKind::Same, 0, 0),
            ("验收", ChangeKind::Added, 0, 0),
            ("绿化", ChangeKind::Gone, 0, 0),
        ];
        assert_eq!(shape, expect);
        let links: Vec<(&str, bool, bool)> = answer
            .links
            .iter()
            .map(|l| {
                (
                    l.ends.to.as_str(),
                    !l.before.is_empty(),
                    !l.after.is_empty(),
                )
            })
            .collect();
        assert_eq!(
            links,
            [
                ("绿化", true, false),
                ("装修", true, true),
                ("验收", false, true)
            ]
        );
        let words = "完工比前一版晚 3 天（自然日）；5 项中 2 项推后、1 项新增、1 项删除；改了 3 处前后关系。";
        assert_eq!(answer.words(), words);
        // Friday 31 March to Monday 3 April is one working day.
        assert_eq!(answer.finish_slip, DAY);
    }

    #[test]
    fn an_unchanged_plan_differs_in_nothing() {
        let plan = network(&[("1", 5), ("2", 3)], &[(0, 1, LinkKind::FS, 0)]);
        let answer = compare_plans(&frozen("一", &plan), &frozen("二", &plan), &plan);
        assert_eq!(answer.words(), "完工日期不变；2 项都没有动。");
        assert!(answer.links.is_empty() && answer.longer().count() == 0);
    }

    #[test]
    fn dates_without_links_are_compared_as_dates_only() {
        let plan = network(&[("1", 5), ("2", 3)], &[(0, 1, LinkKind::FS, 0)]);
        let now = frozen("现在", &plan);
        let mut old = now.clone();
        old.links.clear();
        old.rows.values_mut().for_each(|row| row.duration = None);
        let answer = compare_plans(&old, &now, &plan);
        assert!(answer.links.is_empty() && answer.longer().count() == 0);
    }

    #[test]
    fn the_finish_against_a_target_is_a_float() {
        let plan = network(&[("1", 5)], &[]);
        let now = frozen("现在", &plan);
        let timeline = &plan.calendars[0];
        assert_eq!(
            iso_minutes(now.finish().expect("a row")),
            "2023-03-10T17:00"
        );
        let target = |day: &str| minute_of(day.parse().expect("a date"), 17, 0);
        assert_eq!(now.target_float(target("2023-03-13"), timeline), Some(DAY));
        assert_eq!(
            now.target_float(target("2023-03-08"), timeline),
            Some(-2 * DAY)
        );
    }

    #[test]
    fn eleven_numbered_and_any_named_baselines_are_found_by_their_labels() {
        let plan = network(&[("1", 5)], &[]);
        let mut set = BaselineSet::default();
        set.numbered[0] = Some(frozen("开工时", &plan));
        set.numbered[10] = Some(frozen("第十次", &plan));
        set.named
            .insert("二季度调整".to_owned(), frozen("二季度调整", &plan));
        let name = |label: &str| set.get(label).map(|baseline| baseline.name.clone());
        assert_eq!(name("基准").as_deref(), Some("开工时"));
        assert_eq!(name("基准10").as_deref(), Some("第十次"));
        assert_eq!(name("二季度调整").as_deref(), Some("二季度调整"));
        assert_eq!((name("基准3"), name("基准11")), (None, None));
        let labels: Vec<String> = set.all().into_iter().map(|(label, _)| label).collect();
        assert_eq!(labels, ["基准", "基准10", "二季度调整"]);
    }
}
