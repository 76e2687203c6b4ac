//! One line of an indicator page: actual, target, forecast, their rates, and the light.

use crate::light::{IndicatorLight, LightFacts, LightRule, light};
use crate::observation::Direction;
use crate::pace::Pace;
use ground::Ratio;

/// What one line is made from. All values share one scale and unit; `None` is missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowInput {
    /// Code of the indicator.
    pub indicator: String,
    /// 累计完成.
    pub actual: Option<i64>,
    /// 目标 of the whole period.
    pub target: Option<i64>,
    /// 预计完成 at the end of the period, as submitted.
    pub forecast: Option<i64>,
    /// Which way is good.
    pub direction: Direction,
}

/// One line, ready to show. Rates are undefined where something is missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndicatorRow {
    /// Code of the indicator.
    pub indicator: String,
    /// 累计完成.
    pub actual: Option<i64>,
    /// 目标.
    pub target: Option<i64>,
    /// 预计完成.
    pub forecast: Option<i64>,
    /// 完成率 `actual / target`.
    pub completion: Ratio,
    /// 预计完成率 `forecast / target`.
    pub forecast_ratio: Ratio,
    /// 序时进度.
    pub pace: Ratio,
    /// 序时差 in hundredths of a percentage point: completion minus pace.
    pub gap: Option<i64>,
    /// 灯.
    pub light: IndicatorLight,
    /// Why, in words, with the basis of the pace.
    pub reason: String,
}

/// Computes the line. The reason names the basis of the pace.
pub fn indicator_row(input: &RowInput, pace: Pace, rule: &LightRule) -> IndicatorRow {
    let completion = share_of(input.actual, input.target);
    let forecast_ratio = share_of(input.forecast, input.target);
    let facts = LightFacts {
        completion,
        pace: pace.share(),
        forecast: forecast_ratio
            .is_defined()
            .then_some((forecast_ratio, forecast_ratio)),
        direction: input.direction,
    };
    let verdict = light(rule, &facts);
    let reason = match verdict.light {
        IndicatorLight::Grey => verdict.reason,
        _ => format!("{}({})", verdict.reason, pace.basis.label()),
    };
    IndicatorRow {
        indicator: input.indicator.clone(),
        actual: input.actual,
        target: input.target,
        forecast: input.forecast,
        completion,
        forecast_ratio,
        pace: pace.share(),
        gap: completion.points_over(pace.share()),
        light: verdict.light,
        reason,
    }
}

/// Undefined unless both are there and the target is above 0: a share of nothing tells nothing.
fn share_of(value: Option<i64>, target: Option<i64>) -> Ratio {
    match (value, target) {
        (Some(value), Some(target)) if target > 0 => {
            Ratio::new(i128::from(value), i128::from(target))
        }
        _ => Ratio::new(0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::PaceBasis;

    fn half() -> Pace {
        Pace {
            basis: PaceBasis::WorkingDays,
            elapsed: 125,
            whole: 250,
            published: true,
        }
    }

    fn input(actual: Option<i64>, target: Option<i64>, forecast: Option<i64>) -> RowInput {
        RowInput {
            indicator: "fixed_investment".to_owned(),
            actual,
            target,
            forecast,
            direction: Direction::Higher,
        }
    }

    #[test]
    fn a_full_line_has_all_rates_and_names_its_pace() {
        let row = indicator_row(
            &input(Some(412), Some(1_000), Some(980)),
            half(),
            &LightRule::default(),
        );
        assert_eq!(row.completion.percent_text(), "41.2%");
        assert_eq!(row.forecast_ratio.percent_text(), "98.0%");
        assert_eq!(row.gap, Some(-880));
        assert_eq!(row.light, IndicatorLight::Red);
        assert_eq!(
            row.reason,
            "完成 41.2%,序时 50.0%,慢于序时 8.8个百分点;预计完成目标的 98.0%,实现不了目标(按工作日)"
        );
    }

    #[test]
    fn missing_values_stay_missing() {
        let row = indicator_row(
            &input(None, Some(1_000), None),
            half(),
            &LightRule::default(),
        );
        assert_eq!(
            (row.actual, row.gap, row.light),
            (None, None, IndicatorLight::Grey)
        );
        assert_eq!(row.completion.percent_text(), "—");
        let row = indicator_row(
            &input(Some(5), Some(0), Some(5)),
            half(),
            &LightRule::default(),
        );
        assert_eq!(
            (row.light, row.forecast_ratio.percent_text()),
            (IndicatorLight::Grey, "—".to_owned())
        );
    }

    #[test]
    fn a_zero_is_a_value_and_not_a_missing_one() {
        let row = indicator_row(
            &input(Some(0), Some(1_000), None),
            half(),
            &LightRule::default(),
        );
        assert_eq!(
            (row.light, row.completion.percent_text()),
            (IndicatorLight::Red, "0.0%".to_owned())
        );
    }
}
