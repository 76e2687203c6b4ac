//! 待办 What waits for a person.

use plan::Rag;
use std::collections::BTreeMap;

/// The boxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskBox {
    /// 待办.
    Todo,
    /// 已办.
    Done,
    /// 我发起.
    Mine,
    /// 即将到期.
    Soon,
    /// 超期.
    Late,
}

impl TaskBox {
    /// All of them.
    pub const ALL: [TaskBox; 5] = [
        TaskBox::Todo,
        TaskBox::Done,
        TaskBox::Mine,
        TaskBox::Soon,
        TaskBox::Late,
    ];

    /// todo, done, mine, soon, late.
    pub fn code(self) -> &'static str {
        match self {
            TaskBox::Todo => "todo",
            TaskBox::Done => "done",
            TaskBox::Mine => "mine",
            TaskBox::Soon => "soon",
            TaskBox::Late => "late",
        }
    }

    /// The box of a code.
    pub fn from_code(code: &str) -> Option<TaskBox> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// A page of one box.
#[derive(Clone, Debug)]
pub struct TaskPage {
    /// How many are in each box.
    pub counts: BTreeMap<TaskBox, usize>,
    /// The tasks.
    pub items: Vec<TaskView>,
    /// Where the next page begins.
    pub next: Option<usize>,
}

/// One task.
#[derive(Clone, Debug)]
pub struct TaskView {
    /// Register id.
    pub register: String,
    /// Register title.
    pub register_title: String,
    /// Record id.
    pub id: String,
    /// Number.
    pub number: Option<String>,
    /// Name of the record.
    pub title: String,
    /// State, label.
    pub state_label: String,
    /// 当前承办.
    pub unit: String,
    /// Clock in words.
    pub due_text: String,
    /// Instant at which the running clock ends, UTC.
    pub due_at: Option<String>,
    /// Light.
    pub light: Option<Rag>,
    /// Instant of the last change, or of the person's own act.
    pub at: String,
}
