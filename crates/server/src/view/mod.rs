//! JSON shapes of the API, each made by hand from a plain value of `app`. Their names are the schema names.

pub mod cycle;
pub mod definition;
pub mod flow;
pub mod home;
pub mod import;
pub mod metric;
pub mod plan;
pub mod plan_beside;
pub mod plan_change;
pub mod plan_flow;
pub mod plan_options;
pub mod plan_respread;
pub mod plan_scenario;
pub mod plan_templates;
pub mod plan_weekly;
pub mod project;
pub mod record;
pub mod register;
pub mod report;
pub mod round;
pub mod table;
pub mod wall;

use app::figure::Figure;
pub(crate) use app::page;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Hundredths of a percent as percent, hundredths of a unit as units.
fn hundredths(value: i64) -> f64 {
    value as f64 / 100.0
}

/// What is wrong with data: place, problem, remedy.
#[derive(Serialize, ToSchema, Clone, Debug)]
#[schema(as = Finding)]
pub struct FindingView {
    pub code: String,
    /// info, warning or error.
    pub severity: String,
    pub place: String,
    pub problem: String,
    pub remedy: String,
}

impl From<&ground::Finding> for FindingView {
    fn from(finding: &ground::Finding) -> Self {
        let severity = match finding.severity {
            ground::Severity::Info => "info",
            ground::Severity::Warning => "warning",
            ground::Severity::Error => "error",
        };
        Self {
            code: finding.code.clone(),
            severity: severity.to_owned(),
            place: finding.place.clone(),
            problem: finding.problem.clone(),
            remedy: finding.remedy.clone(),
        }
    }
}

/// 红黄绿灯 green, yellow, red, done, grey.
#[derive(Serialize, Deserialize, ToSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
#[schema(as = Rag)]
pub enum RagView {
    Green,
    Yellow,
    Red,
    Done,
    Grey,
}

impl From<app::Rag> for RagView {
    fn from(rag: app::Rag) -> Self {
        match rag {
            app::Rag::Green => Self::Green,
            app::Rag::Yellow => Self::Yellow,
            app::Rag::Red => Self::Red,
            app::Rag::Done => Self::Done,
            app::Rag::Grey => Self::Grey,
        }
    }
}

impl From<RagView> for app::Rag {
    fn from(rag: RagView) -> Self {
        match rag {
            RagView::Green => Self::Green,
            RagView::Yellow => Self::Yellow,
            RagView::Red => Self::Red,
            RagView::Done => Self::Done,
            RagView::Grey => Self::Grey,
        }
    }
}

/// A light with its reasons, worst first.
#[derive(Serialize, ToSchema, Clone, Debug)]
#[schema(as = Light)]
pub struct LightView {
    pub rag: RagView,
    pub label: String,
    pub causes: Vec<LightCause>,
}

/// One reason of a light.
#[derive(Serialize, ToSchema, Clone, Debug)]
pub struct LightCause {
    pub kind: String,
    pub rag: RagView,
    pub text: String,
}

impl From<&page::LightView> for LightView {
    fn from(light: &page::LightView) -> Self {
        let cause = |cause: &page::CauseView| LightCause {
            kind: cause.kind.clone(),
            rag: cause.rag.into(),
            text: cause.text.clone(),
        };
        Self {
            rag: light.rag.into(),
            label: light.label.clone(),
            causes: light.causes.iter().map(cause).collect(),
        }
    }
}

/// How many of one light, with its rule in short.
#[derive(Serialize, ToSchema, Clone, Debug)]
pub struct LightCount {
    pub rag: RagView,
    pub label: String,
    pub rule: String,
    pub count: usize,
}

impl From<&page::LightCount> for LightCount {
    fn from(count: &page::LightCount) -> Self {
        Self {
            rag: count.rag.into(),
            label: count.label.clone(),
            rule: count.rule.clone(),
            count: count.count,
        }
    }
}

/// A line "label: text".
#[derive(Serialize, ToSchema, Clone, Debug)]
pub struct Line {
    pub label: String,
    pub text: String,
}

impl From<&page::Line> for Line {
    fn from(line: &page::Line) -> Self {
        Self {
            label: line.label.clone(),
            text: line.text.clone(),
        }
    }
}

/// An item of a to-do list.
#[derive(Serialize, ToSchema, Clone, Debug)]
pub struct Item {
    pub rag: RagView,
    pub word: String,
    pub unit: String,
    pub text: String,
    pub due_text: String,
    /// Path of the web page it leads to.
    pub link: String,
}

impl From<&page::Item> for Item {
    fn from(item: &page::Item) -> Self {
        Self {
            rag: item.rag.into(),
            word: item.word.clone(),
            unit: item.unit.clone(),
            text: item.text.clone(),
            due_text: item.due_text.clone(),
            link: item.link.clone(),
        }
    }
}

/// A number on a page with its basis (口径), day and records.
#[derive(Serialize, ToSchema, Clone, Debug)]
#[schema(as = Figure)]
pub struct FigureView {
    /// Exact decimal text (元 for money), or null when it cannot be computed.
    pub value: Option<String>,
    pub text: String,
    pub unit: String,
    pub basis: String,
    pub as_of: String,
    pub source: Option<FigureSource>,
    /// 演示数据: made from invented records of the sample district.
    pub demo: bool,
}

/// The records behind a figure.
#[derive(Serialize, ToSchema, Clone, Debug)]
pub struct FigureSource {
    pub register: String,
    pub filter: String,
    pub count: usize,
}

impl From<&Figure> for FigureView {
    fn from(figure: &Figure) -> Self {
        let source = figure.source.as_ref().map(|source| FigureSource {
            register: source.register.clone(),
            filter: source.filter.clone(),
            count: source.count,
        });
        Self {
            value: figure.value.clone(),
            text: figure.text.clone(),
            unit: figure.unit.clone(),
            basis: figure.basis.clone(),
            as_of: figure.as_of.to_string(),
            source,
            demo: figure.demo,
        }
    }
}

/// A statement checked: parts and whole.
#[derive(Serialize, ToSchema, Clone, Debug)]
#[schema(as = Check)]
pub struct CheckView {
    pub statement: String,
    pub left: String,
    pub right: String,
    /// holds, fails, rounding or not_checkable.
    pub verdict: String,
}

impl From<&app::Check> for CheckView {
    fn from(check: &app::Check) -> Self {
        Self {
            statement: check.statement.clone(),
            left: check.left.clone(),
            right: check.right.clone(),
            verdict: app::verdict_code(check.verdict).to_owned(),
        }
    }
}

/// Each element of a slice as its view.
pub fn each<'a, A, B: From<&'a A>>(items: &'a [A]) -> Vec<B> {
    items.iter().map(B::from).collect()
}

/// A date as text, if any.
pub fn day(date: Option<ground::Date>) -> Option<String> {
    date.map(|date| date.to_string())
}
