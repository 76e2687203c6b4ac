//! 时差分档 Bands of float: how much room an activity has before it troubles the target.

use crate::page::project_plan::{FloatBand, PlanRow};
use portfolio::{BarState, PlanRules};

/// Tenths of a day beyond critical up to which an activity is near-critical when nobody says otherwise: a working week.
const NEAR: i64 = 50;
/// Tenths of a day above which a float is worth a second look (44 working days, the limit of DCMA's sixth check).
const AMPLE: i64 = 440;

/// Up to which float an activity is critical and near-critical, tenths of a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Limits {
    critical: i64,
    near: i64,
}

impl Limits {
    /// 关键 as far as the plan's own options say, 次关键 so many days beyond: between none and all that is not ample.
    pub fn of(rules: &PlanRules, near_days: Option<i64>) -> Self {
        let critical = rules.critical_days.unwrap_or(0).clamp(0, AMPLE / 10) * 10;
        let beyond = near_days.map_or(NEAR, |days| days.clamp(0, AMPLE / 10) * 10);
        Self {
            critical,
            near: (critical + beyond).min(AMPLE),
        }
    }
}

/// The band of one activity; `within` says that the plan's own threshold makes it critical, which it counts in minutes
/// of eight-hour days and not in days of the activity's calendar.
pub(super) fn band(
    state: BarState,
    float: Option<i64>,
    within: bool,
    limits: Limits,
) -> &'static str {
    match float {
        _ if state == BarState::Done => "done",
        None => "normal",
        Some(float) if float < 0 => "negative",
        Some(float) if within || float == 0 => "critical",
        Some(float) if float <= limits.near => "near",
        Some(float) if float <= AMPLE => "normal",
        Some(_) => "ample",
    }
}

/// The bands from the tightest to the widest, each with how many activities lie in it.
pub(super) fn bands(rows: &[PlanRow], limits: Limits) -> Vec<FloatBand> {
    type Range = (Option<i64>, Option<i64>);
    let Limits { critical, near } = limits;
    let up_to = |tenths: i64| format!("（时差不超过 {} 天）", tenths / 10);
    let critical_label = match critical {
        0 => "关键".to_owned(),
        days => format!("关键{}", up_to(days)),
    };
    let near_label = format!("次关键{}", up_to(near));
    let all: [(&str, &str, Range); 6] = [
        ("negative", "赶不上目标", (None, Some(-1))),
        ("critical", &critical_label, (Some(0), Some(critical))),
        ("near", &near_label, (Some(critical + 1), Some(near))),
        ("normal", "有余量", (Some(near + 1), Some(AMPLE))),
        (
            "ample",
            "余量过大（超过 44 天，请核对前后关系）",
            (Some(AMPLE + 1), None),
        ),
        ("done", "已完成", (None, None)),
    ];
    let spans = ["summary", "level_of_effort"];
    let counted = |band: &str| {
        let own = |row: &&PlanRow| row.band == band && !spans.contains(&row.kind.0);
        rows.iter().filter(own).count()
    };
    all.map(|(band, label, range)| FloatBand {
        band,
        label: label.to_owned(),
        count: counted(band),
        range,
    })
    .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(critical_days: Option<i64>, near_days: Option<i64>) -> Limits {
        let rules = PlanRules {
            critical_days,
            ..PlanRules::default()
        };
        Limits::of(&rules, near_days)
    }

    fn check(float: i64, near_days: Option<i64>, expected: &str) {
        let limits = limits(None, near_days);
        let found = band(BarState::NotStarted, Some(float), false, limits);
        assert_eq!(found, expected, "{float} with {near_days:?}");
    }

    #[test]
    fn what_is_near_critical_is_for_the_reader_to_say() {
        check(50, None, "near");
        check(51, None, "normal");
        check(51, Some(10), "near");
        check(10, Some(0), "normal");
        check(0, Some(0), "critical");
        check(-1, Some(10), "negative");
        check(440, Some(900), "near");
        check(441, Some(900), "ample");
    }

    #[test]
    fn what_is_critical_is_for_the_plan_to_say_and_near_begins_above() {
        let of = |float, within| {
            let limits = limits(Some(10), Some(5));
            band(BarState::NotStarted, Some(float), within, limits)
        };
        assert_eq!(of(100, true), "critical");
        assert_eq!(of(101, false), "near");
        assert_eq!(of(150, false), "near");
        assert_eq!(of(151, false), "normal");
        assert_eq!(of(-1, true), "negative");
    }

    #[test]
    fn bands_meet_without_a_gap() {
        for critical in [None, Some(10), Some(44)] {
            let bands = bands(&[], limits(critical, Some(7)));
            let ends: Vec<_> = bands.iter().map(|band| band.range).collect();
            for pair in ends[..5].windows(2) {
                assert_eq!(pair[0].1.map(|end| end + 1), pair[1].0, "{critical:?}");
            }
        }
        let bands = bands(&[], limits(Some(10), Some(7)));
        assert_eq!(bands[1].label, "关键（时差不超过 10 天）");
        assert_eq!(bands[2].label, "次关键（时差不超过 17 天）");
    }
}
