//! One reported number of one indicator, organisation and period.

use ground::{OrgPath, Period};
use serde::{Deserialize, Serialize};

/// 口径. What kind of number it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// 当期. The period's own amount.
    Flow,
    /// 累计. From 1 January to the end of the period.
    Ytd,
    /// 期末. State at the end of the period.
    Stock,
    /// 指数. Same period of last year = 100.
    Index,
    /// 同比增速, in percent.
    GrowthYoy,
    /// 环比增速, in percent.
    GrowthMom,
}

impl Basis {
    /// All of them, in the order of their codes' documentation.
    pub const ALL: [Basis; 6] = [
        Basis::Flow,
        Basis::Ytd,
        Basis::Stock,
        Basis::Index,
        Basis::GrowthYoy,
        Basis::GrowthMom,
    ];

    /// `flow | ytd | stock | index | growth_yoy | growth_mom`.
    pub fn code(self) -> &'static str {
        match self {
            Basis::Flow => "flow",
            Basis::Ytd => "ytd",
            Basis::Stock => "stock",
            Basis::Index => "index",
            Basis::GrowthYoy => "growth_yoy",
            Basis::GrowthMom => "growth_mom",
        }
    }

    /// The basis of a code.
    pub fn from_code(code: &str) -> Option<Basis> {
        Basis::ALL.into_iter().find(|basis| basis.code() == code)
    }

    /// 当期, 累计, 期末, 指数, 同比增速, 环比增速.
    pub fn label(self) -> &'static str {
        match self {
            Basis::Flow => "当期",
            Basis::Ytd => "累计",
            Basis::Stock => "期末",
            Basis::Index => "指数",
            Basis::GrowthYoy => "同比增速",
            Basis::GrowthMom => "环比增速",
        }
    }

    /// True where values of several organisations or periods may be added up. Growth, indices
    /// and year-to-date values of different periods never are.
    pub fn is_additive(self) -> bool {
        matches!(self, Basis::Flow | Basis::Ytd | Basis::Stock)
    }
}

/// Whether it happened, is wanted or is expected.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// 实际.
    Actual,
    /// 目标.
    Target,
    /// 预计完成.
    Forecast,
}

impl Scenario {
    /// `actual | target | forecast`.
    pub fn code(self) -> &'static str {
        match self {
            Scenario::Actual => "actual",
            Scenario::Target => "target",
            Scenario::Forecast => "forecast",
        }
    }

    /// The scenario of a code.
    pub fn from_code(code: &str) -> Option<Scenario> {
        [Scenario::Actual, Scenario::Target, Scenario::Forecast]
            .into_iter()
            .find(|scenario| scenario.code() == code)
    }

    /// 实际, 目标, 预计.
    pub fn label(self) -> &'static str {
        match self {
            Scenario::Actual => "实际",
            Scenario::Target => "目标",
            Scenario::Forecast => "预计",
        }
    }
}

/// Which way an indicator should go.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// 越高越好.
    #[default]
    Higher,
    /// 越低越好: a target is a ceiling (能耗, 事故).
    Lower,
}

/// A number as stored: `value / 10^decimals` of `unit`. Money is stored in 元 with two decimals,
/// that is in fen; a percent with two decimals is in hundredths of a percentage point.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Observation {
    /// Code of the indicator.
    pub indicator: String,
    /// 统计单位.
    pub org: OrgPath,
    /// The span it speaks of.
    pub period: Period,
    /// 口径.
    pub basis: Basis,
    /// 实际, 目标, 预计.
    pub scenario: Scenario,
    /// Scaled by `10^decimals`.
    pub value: i64,
    /// Decimal places inside `value`, at most 18.
    pub decimals: u8,
    /// 元, %, 人次, 个 …: the unit of the unscaled number.
    pub unit: String,
}

impl Observation {
    /// The value at another number of decimals, if that is exact and in range.
    pub fn scaled_to(&self, decimals: u8) -> Option<i64> {
        let step = |from: u8, to: u8| 10_i64.checked_pow(u32::from(from.abs_diff(to)));
        let factor = step(self.decimals, decimals)?;
        if decimals >= self.decimals {
            self.value.checked_mul(factor)
        } else if self.value % factor == 0 {
            Some(self.value / factor)
        } else {
            None
        }
    }

    /// True when both speak of the same thing and differ in scenario or value only.
    pub fn same_subject(&self, other: &Observation) -> bool {
        self.indicator == other.indicator
            && self.org == other.org
            && self.period == other.period
            && self.basis == other.basis
            && self.unit == other.unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retail(value: i64, decimals: u8) -> Observation {
        Observation {
            indicator: "retail_sales".to_owned(),
            org: "410102.s013".parse().expect("a path"),
            period: "2025M01-02".parse().expect("a period"),
            basis: Basis::Ytd,
            scenario: Scenario::Actual,
            value,
            decimals,
            unit: "元".to_owned(),
        }
    }

    #[test]
    fn rescaling_is_exact_or_refused() {
        assert_eq!(retail(1_250, 2).scaled_to(3), Some(12_500));
        assert_eq!(retail(1_250, 2).scaled_to(1), Some(125));
        assert_eq!(retail(1_250, 2).scaled_to(0), None);
        assert_eq!(retail(i64::MAX, 0).scaled_to(2), None);
        assert_eq!(retail(1, 0).scaled_to(40), None);
    }

    #[test]
    fn codes_read_back() {
        for basis in Basis::ALL {
            assert_eq!(Basis::from_code(basis.code()), Some(basis));
        }
        assert_eq!(Scenario::from_code("forecast"), Some(Scenario::Forecast));
        assert_eq!(Scenario::from_code("预计"), None);
        assert!(!Basis::GrowthYoy.is_additive() && Basis::Flow.is_additive());
    }

    #[test]
    fn actual_and_target_of_one_indicator_share_their_subject() {
        let actual = retail(1, 0);
        let target = Observation {
            scenario: Scenario::Target,
            value: 9,
            ..actual.clone()
        };
        let other = Observation {
            basis: Basis::Flow,
            ..actual.clone()
        };
        assert!(actual.same_subject(&target) && !actual.same_subject(&other));
    }
}
