//! 指标 Figures of a register as a page shows them.

use ground::Finding;

/// A figure with its groups.
#[derive(Clone, Debug, Default)]
pub struct MetricPage {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Unit.
    pub unit: String,
    /// Ready text: `87.5%`, `12`; `—` when there is nothing to compute from.
    pub text: String,
    /// The value as a decimal text, rounded as printed; none when there is none.
    pub value: Option<String>,
    /// Above the line of a rate.
    pub numerator: Option<String>,
    /// Below it.
    pub denominator: Option<String>,
    /// 口径 in words.
    pub basis: String,
    /// The same by groups.
    pub groups: Vec<MetricGroup>,
    /// Records that are not counted because a rule has no value for them.
    pub findings: Vec<Finding>,
}

/// A figure of one group.
#[derive(Clone, Debug, Default)]
pub struct MetricGroup {
    /// The group, in words; with its field where a figure is broken down by several.
    pub by: String,
    /// The group alone.
    pub name: String,
    /// Field or path that makes the groups.
    pub path: String,
    /// Ready text of the figure.
    pub text: String,
    /// Its value.
    pub value: Option<String>,
    /// Above the line of a rate.
    pub numerator: Option<String>,
    /// Below it.
    pub denominator: Option<String>,
    /// Names the group when its records are asked for.
    pub key: String,
    /// List of its records; none where a list cannot say it.
    pub link: Option<String>,
}

/// What was written for the figure engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// New figures.
    pub created: usize,
    /// Figures that changed.
    pub updated: usize,
    /// Figures that stood as they were.
    pub unchanged: usize,
}
