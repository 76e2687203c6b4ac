//! What the pages show, as plain values: no JSON shape, no widget. `server` turns them into views.

pub mod cycle;
pub mod definition;
pub mod home;
pub mod import;
pub mod metric;
pub mod plan_scenario;
pub mod project;
pub mod project_plan;
pub mod record;
pub mod register;
pub mod round;
pub mod task;
pub mod wall;

use plan::Rag;

/// 红黄绿灯 A light with the word shown beside it and the reasons that lit it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LightView {
    /// The light.
    pub rag: Rag,
    /// Word beside it: 正常, 预警, 滞后.
    pub label: String,
    /// Why, worst first.
    pub causes: Vec<CauseView>,
}

/// One reason of a light.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseView {
    /// Stable name of the rule that fired.
    pub kind: String,
    /// The light this reason alone would give.
    pub rag: Rag,
    /// The sentence with its numbers.
    pub text: String,
}

/// How many of one light.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LightCount {
    /// The light.
    pub rag: Rag,
    /// Word beside it.
    pub label: String,
    /// The rule in short: 预警 ≤10天.
    pub rule: String,
    /// How many.
    pub count: usize,
}

/// A line "label: text", for title facts and explanations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is said.
    pub label: String,
    /// The words.
    pub text: String,
}

impl Line {
    /// A line from anything that is text.
    pub fn new(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            text: text.into(),
        }
    }
}

/// An item of a to-do list: a light with a word, a text, what is beside it and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Light of the item.
    pub rag: Rag,
    /// Word beside the light: 滞后, 临期, 待办.
    pub word: String,
    /// Unit concerned, may be empty.
    pub unit: String,
    /// The matter.
    pub text: String,
    /// Right column: 剩 3 天, 3/12.
    pub due_text: String,
    /// Page it leads to, as a path of the web page.
    pub link: String,
}
