//! 时差分档 Bands of float: how much room an activity has before it troubles the target.

use crate::page::project_plan::{FloatBand, PlanRow};
use portfolio::BarState;

/// Tenths of a day up to which an activity is near-critical when nobody says otherwise: a working week.
const NEAR: i64 = 50;
/// Tenths of a day above which a float is worth a second look (44 working days, the limit of DCMA's sixth check).
const AMPLE: i64 = 440;

/// 次关键 in tenths of a day: what was asked for, between none and all that is not ample.
pub(super) fn near_of(days: Option<i64>) -> i64 {
    days.map_or(NEAR, |days| days.clamp(0, AMPLE / 10) * 10)
}

/// The band of one activity.
pub(super) fn band(state: BarState, float: Option<i64>, near: i64) -> &'static str {
    match float {
        _ if state == BarState::Done => "done",
        None => "normal",
        Some(float) if float < 0 => "negative",
        Some(0) => "critical",
        Some(float) if float <= near => "near",
        Some(float) if float <= AMPLE => "normal",
        Some(_) => "ample",
    }
}

/// The bands from the tightest to the widest, each with how many activities lie in it.
pub(super) fn bands(rows: &[PlanRow], near: i64) -> Vec<FloatBand> {
    type Range = (Option<i64>, Option<i64>);
    let near_label = format!("次关键（时差不超过 {} 天）", near / 10);
    let all: [(&str, &str, Range); 6] = [
        ("negative", "赶不上目标", (None, Some(-1))),
        ("critical", "关键", (Some(0), Some(0))),
        ("near", &near_label, (Some(1), Some(near))),
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

    fn check(float: i64, near_days: Option<i64>, expected: &str) {
        let found = band(BarState::NotStarted, Some(float), near_of(near_days));
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
    fn bands_meet_without_a_gap() {
        let bands = bands(&[], near_of(Some(7)));
        let ends: Vec<_> = bands.iter().map(|band| band.range).collect();
        assert_eq!(ends[2], (Some(1), Some(70)));
        assert_eq!(ends[3].0, Some(71));
        assert_eq!(bands[2].label, "次关键（时差不超过 7 天）");
    }
}
