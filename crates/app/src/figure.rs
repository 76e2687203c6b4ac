//! 数 Figure. A number on a page with its unit, basis (口径), as-of date and the records behind it. Pages render
//! figures; none computes one.

use ground::{Date, Fen, MoneyUnit, Ratio};

/// 数 A value with its definition and source. `value` is `None` when it cannot be computed; `text` is then "—".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Exact value as decimal text (元 for money, percent for rates), or `None` when missing.
    pub value: Option<String>,
    /// Ready text without the unit: `62.4`.
    pub text: String,
    /// Unit behind the text: `亿元`, `个`, `%`.
    pub unit: String,
    /// 口径 What is counted, from what, by which rule.
    pub basis: String,
    /// The day the figure speaks of.
    pub as_of: Date,
    /// The records it was made from, as a filter on a register.
    pub source: Option<Source>,
    /// 演示数据: at least one record behind it is invented for the sample district.
    pub demo: bool,
}

/// The records behind a figure: a register, a filter (`field:op:value`) and how many records it gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Register id.
    pub register: String,
    /// Filter in the list page's notation; empty for all.
    pub filter: String,
    /// Number of records.
    pub count: usize,
}

impl Figure {
    /// A sum of money shown in 亿元.
    pub fn money(fen: Fen, basis: impl Into<String>, as_of: Date) -> Self {
        let text = fen.show(MoneyUnit::YiYuan);
        Self::plain(Some(fen.yuan()), text, "亿元", basis, as_of)
    }

    /// A count of things.
    pub fn count(count: usize, unit: &str, basis: impl Into<String>, as_of: Date) -> Self {
        Self::plain(
            Some(count.to_string()),
            count.to_string(),
            unit,
            basis,
            as_of,
        )
    }

    /// A rate; "—" when its denominator is empty.
    pub fn rate(ratio: Ratio, basis: impl Into<String>, as_of: Date) -> Self {
        let text = ratio.percent_text();
        let value = ratio
            .basis_points()
            .map(|points| format!("{}.{:02}", points / 100, points % 100));
        Self::plain(value, text, "", basis, as_of)
    }

    /// A figure that a page stated and nobody here computed.
    pub fn stated(text: impl Into<String>, basis: impl Into<String>, as_of: Date) -> Self {
        let text = text.into();
        Self::plain(Some(text.clone()), text, "", basis, as_of)
    }

    fn plain(
        value: Option<String>,
        text: String,
        unit: &str,
        basis: impl Into<String>,
        as_of: Date,
    ) -> Self {
        Self {
            value,
            text,
            unit: unit.to_owned(),
            basis: basis.into(),
            as_of,
            source: None,
            demo: false,
        }
    }

    /// The same figure with the records behind it.
    pub fn from_records(mut self, register: &str, filter: impl Into<String>, count: usize) -> Self {
        self.source = Some(Source {
            register: register.to_owned(),
            filter: filter.into(),
            count,
        });
        self
    }

    /// The same figure marked 演示数据 or not.
    pub fn marked(mut self, demo: bool) -> Self {
        self.demo = demo;
        self
    }
}
