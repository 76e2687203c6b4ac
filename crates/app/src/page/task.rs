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
    /// 提醒.
    Notice,
}

impl TaskBox {
    /// All of them.
    pub const ALL: [TaskBox; 6] = [
        TaskBox::Todo,
        TaskBox::Done,
        TaskBox::Mine,
        TaskBox::Soon,
        TaskBox::Late,
        TaskBox::Notice,
    ];

    /// todo, done, mine, soon, late, notice.
    pub fn code(self) -> &'static str {
        match self {
            TaskBox::Todo => "todo",
            TaskBox::Done => "done",
            TaskBox::Mine => "mine",
            TaskBox::Soon => "soon",
            TaskBox::Late => "late",
            TaskBox::Notice => "notice",
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
    /// How many are in each box; of 提醒 those that are unread.
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
    /// Why the person is told of it, in words: a reminder, a request to sign.
    pub note: Option<String>,
    /// A reminder that was not read.
    pub unread: bool,
}
