//! The light of an indicator against its pace, with the reason in words.

use crate::observation::Direction;
use ground::Ratio;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// 红黄绿灯 of an indicator.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorLight {
    /// 灰. Not due, no data or no target.
    Grey,
    /// 绿.
    Green,
    /// 黄.
    Yellow,
    /// 红.
    Red,
}

impl IndicatorLight {
    /// `grey | green | yellow | red`.
    pub fn code(self) -> &'static str {
        match self {
            IndicatorLight::Grey => "grey",
            IndicatorLight::Green => "green",
            IndicatorLight::Yellow => "yellow",
            IndicatorLight::Red => "red",
        }
    }

    /// 灰, 绿, 黄, 红.
    pub fn label(self) -> &'static str {
        match self {
            IndicatorLight::Grey => "灰",
            IndicatorLight::Green => "绿",
            IndicatorLight::Yellow => "黄",
            IndicatorLight::Red => "红",
        }
    }
}

/// Thresholds of the light; a district may set its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LightRule {
    /// Behind the pace by more than this, in hundredths of a percentage point, is red. 500 (5 个百分点)
    /// is the domain rules' default.
    pub red_behind: i64,
    /// Completion may stay behind the pace by this much and still be green, same unit.
    pub green_behind: i64,
    /// Whether the forecast has a say beside the pace.
    pub use_forecast: bool,
}

impl Default for LightRule {
    fn default() -> Self {
        LightRule {
            red_behind: 500,
            green_behind: 0,
            use_forecast: true,
        }
    }
}

/// What a light is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LightFacts {
    /// `actual / target`; undefined when either is missing.
    pub completion: Ratio,
    /// 序时进度.
    pub pace: Ratio,
    /// 预计完成 / target, as lower and upper bound; equal for a single promised figure.
    pub forecast: Option<(Ratio, Ratio)>,
    /// Which way is good.
    pub direction: Direction,
}

/// A light and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The light.
    pub light: IndicatorLight,
    /// One sentence with the figures, in Chinese.
    pub reason: String,
}

/// Green: at the pace, or the forecast surely reaches the target. Red: behind by more than
/// allowed, or the forecast surely misses it. Where one says green and the other red the light is
/// yellow and the reason tells both: somebody must look. Else yellow.
pub fn light(rule: &LightRule, facts: &LightFacts) -> Verdict {
    let Some(ahead) = facts.completion.points_over(facts.pace) else {
        let what = if facts.completion.is_defined() {
            "没有序时进度"
        } else {
            "没有完成数或目标"
        };
        return Verdict {
            light: IndicatorLight::Grey,
            reason: format!("{what},不评灯"),
        };
    };
    let ahead = match facts.direction {
        Direction::Higher => ahead,
        Direction::Lower => ahead.saturating_neg(),
    };
    let by_pace = if ahead >= -rule.green_behind {
        IndicatorLight::Green
    } else if ahead < -rule.red_behind {
        IndicatorLight::Red
    } else {
        IndicatorLight::Yellow
    };
    let by_forecast = if rule.use_forecast {
        forecast_light(facts)
    } else {
        None
    };
    Verdict {
        light: join(by_pace, by_forecast),
        reason: reason(facts, ahead, by_pace, by_forecast),
    }
}

/// Green when the whole forecast reaches the target, red when none of it does.
fn forecast_light(facts: &LightFacts) -> Option<IndicatorLight> {
    let (lower, upper) = facts.forecast?;
    let target = Ratio::new(1, 1);
    let (worst, best) = match facts.direction {
        Direction::Higher => (lower.compare(target)?, upper.compare(target)?),
        Direction::Lower => (
            upper.compare(target)?.reverse(),
            lower.compare(target)?.reverse(),
        ),
    };
    if worst != Ordering::Less {
        Some(IndicatorLight::Green)
    } else if best == Ordering::Less {
        Some(IndicatorLight::Red)
    } else {
        None
    }
}

fn join(by_pace: IndicatorLight, by_forecast: Option<IndicatorLight>) -> IndicatorLight {
    use IndicatorLight::{Green, Red, Yellow};
    match (by_pace, by_forecast) {
        (Green, Some(Red)) | (Red, Some(Green)) => Yellow,
        (Yellow, Some(light)) => light,
        (light, _) => light,
    }
}

fn reason(
    facts: &LightFacts,
    ahead: i64,
    by_pace: IndicatorLight,
    by_forecast: Option<IndicatorLight>,
) -> String {
    let size = points_text(ahead.saturating_abs());
    let stand = match (ahead.cmp(&0), facts.direction) {
        (Ordering::Equal, _) => "与序时持平".to_owned(),
        (Ordering::Greater, Direction::Higher) => format!("快于序时 {size}"),
        (Ordering::Less, Direction::Higher) => format!("慢于序时 {size}"),
        (Ordering::Greater, Direction::Lower) => format!("低于序时控制数 {size}"),
        (Ordering::Less, Direction::Lower) => format!("高于序时控制数 {size}"),
    };
    let mut text = format!(
        "完成 {},序时 {},{stand}",
        facts.completion.percent_text(),
        facts.pace.percent_text()
    );
    if let (Some(light), Some((lower, upper))) = (by_forecast, facts.forecast) {
        text.push_str(&forecast_text(light, lower, upper));
        if by_pace != light && by_pace != IndicatorLight::Yellow {
            text.push_str(",两者不一致,请核实");
        }
    }
    text
}

fn forecast_text(light: IndicatorLight, lower: Ratio, upper: Ratio) -> String {
    let span = if lower.compare(upper) == Some(Ordering::Equal) {
        lower.percent_text()
    } else {
        format!("{}至{}", lower.percent_text(), upper.percent_text())
    };
    let word = if light == IndicatorLight::Green {
        "可实现目标"
    } else {
        "实现不了目标"
    };
    format!(";预计完成目标的 {span},{word}")
}

/// Hundredths of a percentage point as `8.8个百分点`; a difference below 0.05 keeps two decimals.
fn points_text(points: i64) -> String {
    if points < 5 {
        return format!("0.{points:02}个百分点");
    }
    let tenths = ground::money::divide_half_even(i128::from(points), 10);
    format!("{}.{}个百分点", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn facts(done: i128, pace: i128, forecast: Option<(i128, i128)>) -> LightFacts {
        let percent = |part| Ratio::new(part, 100);
        LightFacts {
            completion: percent(done),
            pace: percent(pace),
            forecast: forecast.map(|(lower, upper)| (percent(lower), percent(upper))),
            direction: Direction::Higher,
        }
    }

    #[track_caller]
    fn check(facts: LightFacts, light_expected: IndicatorLight, reason: &str) {
        let verdict = light(&LightRule::default(), &facts);
        assert_eq!(
            (verdict.light, verdict.reason.as_str()),
            (light_expected, reason)
        );
    }

    #[test]
    fn the_pace_alone_makes_green_yellow_and_red() {
        check(
            facts(50, 50, None),
            IndicatorLight::Green,
            "完成 50.0%,序时 50.0%,与序时持平",
        );
        check(
            facts(46, 50, None),
            IndicatorLight::Yellow,
            "完成 46.0%,序时 50.0%,慢于序时 4.0个百分点",
        );
        check(
            facts(45, 50, None),
            IndicatorLight::Yellow,
            "完成 45.0%,序时 50.0%,慢于序时 5.0个百分点",
        );
        check(
            facts(44, 50, None),
            IndicatorLight::Red,
            "完成 44.0%,序时 50.0%,慢于序时 6.0个百分点",
        );
    }

    #[test]
    fn a_sure_forecast_speaks_and_a_contradiction_is_yellow_and_told() {
        check(
            facts(46, 50, Some((101, 101))),
            IndicatorLight::Green,
            "完成 46.0%,序时 50.0%,慢于序时 4.0个百分点;预计完成目标的 101.0%,可实现目标",
        );
        check(
            facts(46, 50, Some((90, 96))),
            IndicatorLight::Red,
            "完成 46.0%,序时 50.0%,慢于序时 4.0个百分点;预计完成目标的 90.0%至96.0%,实现不了目标",
        );
        check(
            facts(52, 50, Some((90, 96))),
            IndicatorLight::Yellow,
            "完成 52.0%,序时 50.0%,快于序时 2.0个百分点;预计完成目标的 90.0%至96.0%,实现不了目标,两者不一致,请核实",
        );
        check(
            facts(46, 50, Some((96, 104))),
            IndicatorLight::Yellow,
            "完成 46.0%,序时 50.0%,慢于序时 4.0个百分点",
        );
        let silent = LightRule {
            use_forecast: false,
            ..LightRule::default()
        };
        assert_eq!(
            light(&silent, &facts(52, 50, Some((90, 96)))).light,
            IndicatorLight::Green
        );
    }

    #[test]
    fn what_should_stay_low_is_judged_the_other_way_round() {
        let ceiling = |done, forecast| LightFacts {
            direction: Direction::Lower,
            ..facts(done, 50, forecast)
        };
        assert_eq!(
            light(&LightRule::default(), &ceiling(45, None)).light,
            IndicatorLight::Green
        );
        let red = light(&LightRule::default(), &ceiling(60, None));
        assert_eq!(red.light, IndicatorLight::Red);
        assert!(
            red.reason.contains("高于序时控制数 10.0个百分点"),
            "{}",
            red.reason
        );
        assert_eq!(
            light(&LightRule::default(), &ceiling(52, Some((98, 99)))).light,
            IndicatorLight::Green
        );
        assert_eq!(
            light(&LightRule::default(), &ceiling(52, Some((101, 103)))).light,
            IndicatorLight::Red
        );
    }

    #[test]
    fn without_data_the_light_is_grey_and_says_why() {
        let none = LightFacts {
            completion: Ratio::new(0, 0),
            ..facts(0, 50, None)
        };
        check(none, IndicatorLight::Grey, "没有完成数或目标,不评灯");
        let no_pace = LightFacts {
            pace: Ratio::new(0, 0),
            ..facts(10, 50, None)
        };
        check(no_pace, IndicatorLight::Grey, "没有序时进度,不评灯");
    }

    proptest! {
        #[test]
        fn more_work_never_worsens_the_light(done in 0_i128..120, more in 0_i128..30, pace in 0_i128..100) {
            let rule = LightRule::default();
            let before = light(&rule, &facts(done, pace, None)).light;
            let after = light(&rule, &facts(done + more, pace, None)).light;
            prop_assert!(after <= before);
        }
    }
}
