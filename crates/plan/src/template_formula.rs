//! 工期公式 and parameters of a template of works: small arithmetic as data, exact to the whole day.
//!
//! A formula is a sum of a base, of linear terms and of a table of steps, shared among crews and
//! held between a least and a most. There is no expression language here on purpose: whoever edits
//! a template sees numbers with names. Reading TOML is the business of `template_read`.

use std::collections::BTreeMap;

use ground::Finding;

/// A number with three decimals: 1.5 km is 1,500.
pub type Thousandths = i64;

const UNIT: i64 = 1_000;

/// What kind of answer a parameter takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ParameterKind {
    /// 整数 between the limits.
    Whole {
        /// Least.
        min: Thousandths,
        /// Most.
        max: Thousandths,
    },
    /// 数 with up to three decimals.
    Decimal {
        /// Least.
        min: Thousandths,
        /// Most.
        max: Thousandths,
    },
    /// 是否: 1 or 0.
    YesNo,
    /// 选择: the value is the position of the choice, from 0.
    Choice(Vec<ParameterChoice>),
}

impl ParameterKind {
    /// `int`, `decimal`, `yes_no`, `choice`.
    pub fn code(&self) -> &'static str {
        match self {
            ParameterKind::Whole { .. } => "int",
            ParameterKind::Decimal { .. } => "decimal",
            ParameterKind::YesNo => "yes_no",
            ParameterKind::Choice(_) => "choice",
        }
    }
}

/// One choice of a parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParameterChoice {
    /// Stable code.
    pub code: String,
    /// Shown to users.
    pub label: String,
}

/// 参数 of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parameter {
    /// Stable id used in formulas.
    pub id: String,
    /// 名称.
    pub label: String,
    /// 单位: 公里, 层, 栋; empty for yes or no and for choices.
    pub unit: String,
    /// Kind and limits.
    pub kind: ParameterKind,
    /// Taken when nothing is given.
    pub default: Thousandths,
    /// What to know before answering.
    pub hint: String,
}

impl Parameter {
    /// Reads an answer as typed: `1.5`, `是`, `true`, a choice by code or label; empty = default.
    ///
    /// # Errors
    /// `template.parameter` with what is allowed.
    pub fn read(&self, text: &str) -> Result<Thousandths, Finding> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(self.default);
        }
        let value = match &self.kind {
            ParameterKind::Whole { min, max } => {
                within(text, *min, *max).filter(|value| value % UNIT == 0)
            }
            ParameterKind::Decimal { min, max } => within(text, *min, *max),
            ParameterKind::YesNo => yes_no(text),
            ParameterKind::Choice(choices) => choices
                .iter()
                .position(|choice| choice.code == text || choice.label == text)
                .map(|index| index as i64 * UNIT),
        };
        value.ok_or_else(|| self.refused(text))
    }

    /// Prints a value so that [`Parameter::read`] reads it again.
    pub fn print(&self, value: Thousandths) -> String {
        match &self.kind {
            ParameterKind::YesNo => (if value == 0 { "否" } else { "是" }).to_owned(),
            ParameterKind::Choice(choices) => choices
                .get((value / UNIT) as usize)
                .map_or_else(String::new, |choice| choice.code.clone()),
            _ => print_number(value),
        }
    }

    /// The least, the most and the default, for tests and for sliders; choices all of them.
    pub fn extremes(&self) -> Vec<Thousandths> {
        match &self.kind {
            ParameterKind::Whole { min, max } | ParameterKind::Decimal { min, max } => {
                vec![*min, *max]
            }
            ParameterKind::YesNo => vec![0, UNIT],
            ParameterKind::Choice(choices) => (0..choices.len() as i64).map(|i| i * UNIT).collect(),
        }
    }

    fn refused(&self, text: &str) -> Finding {
        let allowed = match &self.kind {
            ParameterKind::Whole { min, max } => {
                format!(
                    "{} 到 {} 之间的整数",
                    print_number(*min),
                    print_number(*max)
                )
            }
            ParameterKind::Decimal { min, max } => {
                format!("{} 到 {} 之间的数", print_number(*min), print_number(*max))
            }
            ParameterKind::YesNo => "是或否".to_owned(),
            ParameterKind::Choice(choices) => {
                let labels: Vec<&str> = choices.iter().map(|c| c.label.as_str()).collect();
                format!("其中一个：{}", labels.join("、"))
            }
        };
        Finding::error(
            "template.parameter",
            self.label.clone(),
            format!("“{text}”不能作为{}", self.label),
            format!("请填{allowed}"),
        )
    }
}

fn within(text: &str, min: Thousandths, max: Thousandths) -> Option<Thousandths> {
    read_number(text).filter(|value| (min..=max).contains(value))
}

fn yes_no(text: &str) -> Option<Thousandths> {
    match text {
        "是" | "有" | "true" | "1" | "yes" => Some(UNIT),
        "否" | "无" | "false" | "0" | "no" => Some(0),
        _ => None,
    }
}

/// Decimal text with up to three decimals.
pub(crate) fn read_number(text: &str) -> Option<Thousandths> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
    if whole.is_empty() || part.len() > 3 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: i64 = format!("{part:0<3}").parse().ok()?;
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(UNIT)?
        .checked_add(part)
}

pub(crate) fn print_number(value: Thousandths) -> String {
    let text = format!("{}.{:03}", value / UNIT, value % UNIT);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Values of all parameters of a template.
pub type ParameterValues = BTreeMap<String, Thousandths>;

/// `days` × the parameters named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Term {
    /// Thousandths of a day for one unit of the product.
    pub days: Thousandths,
    /// Parameter ids, up to three.
    pub of: Vec<String>,
}

/// A table of steps over one parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Steps {
    /// Parameter id.
    pub by: String,
    /// (up to and with this value, days), rising; the last row holds beyond its value too.
    pub rows: Vec<(Thousandths, Thousandths)>,
}

/// 工期公式. Days of the activity's calendar.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Formula {
    /// Thousandths of a day in any case.
    pub base: Thousandths,
    /// Linear terms.
    pub terms: Vec<Term>,
    /// Table of steps.
    pub steps: Option<Steps>,
    /// Parameter (班组, 作业面) that shares the sum.
    pub divide_by: Option<String>,
    /// Whole days it takes at least.
    pub min: i64,
    /// Whole days it takes at most.
    pub max: Option<i64>,
}

/// A term has at most so many parameters; more would not be read as a rule of the trade.
pub(crate) const FACTORS_MAX: usize = 3;

impl Formula {
    /// So many days whatever the parameters.
    pub fn days(days: i64) -> Self {
        Formula {
            base: days.saturating_mul(UNIT),
            ..Formula::default()
        }
    }

    /// Whole days, a begun day counted whole.
    pub fn evaluate(&self, values: &ParameterValues) -> i64 {
        // Every summand at a scale of thousandths to the power of FACTORS_MAX + 1.
        let scale = i128::from(UNIT).pow(FACTORS_MAX as u32);
        let mut sum = i128::from(self.base) * scale;
        for term in &self.terms {
            let rest = FACTORS_MAX - term.of.len().min(FACTORS_MAX);
            let start = i128::from(term.days) * i128::from(UNIT).pow(rest as u32);
            let factors = term.of.iter().map(|id| i128::from(value_of(values, id)));
            sum = sum.saturating_add(factors.fold(start, i128::saturating_mul));
        }
        if let Some(steps) = &self.steps {
            sum = sum.saturating_add(i128::from(steps.at(values)) * scale);
        }
        let crews = self
            .divide_by
            .as_ref()
            .map_or(UNIT, |id| value_of(values, id).max(1));
        let divisor = i128::from(crews) * scale;
        let days = (sum.max(0) + divisor - 1) / divisor;
        let days = i64::try_from(days).unwrap_or(i64::MAX).max(self.min);
        self.max.map_or(days, |max| days.min(max))
    }

    /// Parameter ids the formula speaks of.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        let terms = self.terms.iter().flat_map(|term| &term.of);
        let steps = self.steps.iter().map(|steps| &steps.by);
        terms
            .chain(steps)
            .chain(&self.divide_by)
            .map(String::as_str)
    }
}

fn value_of(values: &ParameterValues, id: &str) -> Thousandths {
    values.get(id).copied().unwrap_or(0)
}

impl Steps {
    fn at(&self, values: &ParameterValues) -> Thousandths {
        let value = value_of(values, &self.by);
        let row = self.rows.iter().find(|(to, _)| value <= *to);
        row.or(self.rows.last()).map_or(0, |(_, days)| *days)
    }
}

/// 适用条件 of an optional part: `basement`, `!basement`, `floors>=7`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// Parameter id.
    pub parameter: String,
    /// Comparison with `value`.
    pub test: ConditionTest,
    /// Right-hand side.
    pub value: Thousandths,
}

/// How a condition compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConditionTest {
    /// =.
    Equal,
    /// ≠.
    Unequal,
    /// ≥.
    AtLeast,
    /// ≤.
    AtMost,
}

impl Condition {
    /// Reads `id`, `!id`, `id=3`, `id!=3`, `id>=3`, `id<=3`, or `id=code` of a choice.
    pub(crate) fn read(text: &str, parameters: &[Parameter]) -> Option<Condition> {
        let signs = [
            (">=", ConditionTest::AtLeast),
            ("<=", ConditionTest::AtMost),
            ("!=", ConditionTest::Unequal),
            ("=", ConditionTest::Equal),
        ];
        let text = text.trim();
        let found = signs
            .iter()
            .find_map(|(sign, test)| text.split_once(sign).map(|(id, value)| (id, *test, value)));
        let (id, test, value) = match (found, text.strip_prefix('!')) {
            (Some((id, test, value)), _) => (id.trim(), test, value.trim()),
            (None, Some(id)) => (id.trim(), ConditionTest::Equal, "0"),
            (None, None) => (text, ConditionTest::Unequal, "0"),
        };
        let parameter = parameters.iter().find(|parameter| parameter.id == id)?;
        let value = match &parameter.kind {
            ParameterKind::Choice(_) => parameter.read(value).ok()?,
            _ => read_number(value)?,
        };
        Some(Condition {
            parameter: id.to_owned(),
            test,
            value,
        })
    }

    /// Whether it holds.
    pub fn holds(&self, values: &ParameterValues) -> bool {
        let value = value_of(values, &self.parameter);
        match self.test {
            ConditionTest::Equal => value == self.value,
            ConditionTest::Unequal => value != self.value,
            ConditionTest::AtLeast => value >= self.value,
            ConditionTest::AtMost => value <= self.value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(pairs: &[(&str, Thousandths)]) -> ParameterValues {
        pairs
            .iter()
            .map(|&(id, value)| (id.to_owned(), value))
            .collect()
    }

    fn length() -> Parameter {
        Parameter {
            id: "length".to_owned(),
            label: "道路长度".to_owned(),
            unit: "公里".to_owned(),
            kind: ParameterKind::Decimal {
                min: 100,
                max: 30_000,
            },
            default: 1_500,
            hint: String::new(),
        }
    }

    #[test]
    fn a_formula_is_a_sum_shared_among_crews_and_rounded_up() {
        let formula = Formula {
            base: 3_000,
            terms: vec![Term {
                days: 20_000,
                of: vec!["length".to_owned()],
            }],
            steps: Some(Steps {
                by: "floors".to_owned(),
                rows: vec![(6_000, 10_000), (18_000, 25_500)],
            }),
            divide_by: Some("crews".to_owned()),
            min: 5,
            max: Some(30),
        };
        let days = |length, floors, crews| {
            formula.evaluate(&values(&[
                ("length", length),
                ("floors", floors),
                ("crews", crews),
            ]))
        };
        // (3 + 20 × 1.5 + 10) ÷ 2 = 21.5.
        assert_eq!(days(1_500, 6_000, 2_000), 22);
        // (3 + 30 + 25.5) ÷ 2 = 29.25; beyond the table its last row holds.
        assert_eq!(
            (days(1_500, 7_000, 2_000), days(1_500, 99_000, 2_000)),
            (30, 30)
        );
        assert_eq!((days(0, 0, 9_000), days(30_000, 1_000, 1_000)), (5, 30));
    }

    #[test]
    fn answers_are_read_within_their_limits() {
        let length = length();
        assert_eq!(length.read("2.5"), Ok(2_500));
        assert_eq!(length.read(""), Ok(1_500));
        let refused = length.read("31").expect_err("too long");
        assert_eq!(refused.remedy, "请填0.1 到 30 之间的数");
        assert!(length.read("1.2345").is_err() && length.read("-1").is_err());
    }

    #[test]
    fn conditions_compare_with_numbers_and_switches() {
        let floors = Parameter {
            id: "floors".to_owned(),
            kind: ParameterKind::Whole {
                min: 1_000,
                max: 33_000,
            },
            ..length()
        };
        let holds = |text: &str, value| {
            let condition = Condition::read(text, std::slice::from_ref(&floors)).expect("readable");
            condition.holds(&values(&[("floors", value)]))
        };
        assert!(holds("floors>=7", 7_000) && !holds("floors >= 7", 6_000));
        assert!(holds("floors", 1_000) && holds("!floors", 0) && !holds("floors!=3", 3_000));
        assert!(Condition::read("height>=7", std::slice::from_ref(&floors)).is_none());
    }

    proptest! {
        #[test]
        fn numbers_are_read_as_they_are_printed(value in 0i64..10_000_000) {
            prop_assert_eq!(read_number(&print_number(value)), Some(value));
        }
    }
}
