//! JSON of a register's figures.

use super::{FindingView, each};
use app::page::metric as page;
use serde::Serialize;
use utoipa::ToSchema;

/// The figures of a register for a period.
#[derive(Serialize, ToSchema)]
pub struct MetricList {
    pub metrics: Vec<Metric>,
}

/// A figure with its groups.
#[derive(Serialize, ToSchema)]
pub struct Metric {
    pub id: String,
    pub title: String,
    pub unit: String,
    /// Ready text; — when there is nothing to compute it from.
    pub text: String,
    /// The figure as printed, without a percent sign.
    pub value: Option<String>,
    pub numerator: Option<String>,
    pub denominator: Option<String>,
    /// 口径.
    pub basis: String,
    pub groups: Vec<MetricGroup>,
    /// Records that are not counted because a rule has no value for them.
    pub findings: Vec<FindingView>,
}

/// A figure of one group.
#[derive(Serialize, ToSchema)]
pub struct MetricGroup {
    /// The field that made the group; null where the figure is broken down by one only.
    pub heading: Option<String>,
    /// The group, in words.
    pub by: String,
    pub text: String,
    pub value: Option<String>,
    /// Names the group for `group=` of the records behind.
    pub key: String,
    /// List of its records on the page; null where a list cannot say it.
    pub link: Option<String>,
}

impl From<&Vec<page::MetricPage>> for MetricList {
    fn from(pages: &Vec<page::MetricPage>) -> Self {
        Self {
            metrics: each(pages),
        }
    }
}

impl From<&page::MetricPage> for Metric {
    fn from(page: &page::MetricPage) -> Self {
        Self {
            id: page.id.clone(),
            title: page.title.clone(),
            unit: page.unit.clone(),
            text: page.text.clone(),
            value: page.value.clone(),
            numerator: page.numerator.clone(),
            denominator: page.denominator.clone(),
            basis: page.basis.clone(),
            groups: each(&page.groups),
            findings: each(&page.findings),
        }
    }
}

impl From<&page::MetricGroup> for MetricGroup {
    fn from(group: &page::MetricGroup) -> Self {
        Self {
            heading: group.heading.clone(),
            by: group.by.clone(),
            text: group.text.clone(),
            value: group.value.clone(),
            key: group.key.clone(),
            link: group.link.clone(),
        }
    }
}
