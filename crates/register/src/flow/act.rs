//! What people can do with a record, what they did, and what follows: the words of the workflow's surface.

use std::collections::BTreeMap;

use ground::{Date, Finding};

use crate::expr::Val;
use crate::law::Lamp;
use crate::record::{Fields, Value};

/// New values by field; none takes a value away.
pub type Changes = BTreeMap<String, Option<Value>>;

/// Step by which a record begins.
pub const BEGIN: &str = "begin";
/// 撤回. Who has just sent a record on takes it back.
pub const RECALL: &str = "recall";
/// 转办. The holder passes it on; value `holder`.
pub const HAND_OVER: &str = "hand_over";
/// 加签. A signer asks another person to sign too; value `signer`, a login.
pub const ADD_SIGNER: &str = "add_signer";
/// 申请延期. Value `to_due`, a date.
pub const EXTEND: &str = "extend";
/// 审批延期. Value `agree`, yes or no.
pub const DECIDE_EXTENSION: &str = "decide_extension";
/// Step that a refused round of signatures leaves behind.
pub const NOT_SIGNED: &str = "not_signed";

/// 逾期原因. Codes of why a deadline was missed; stored in the step, counted by [`super::why_late`].
pub const LATE_REASONS: [(&str, &str); 8] = [
    ("funds", "资金"),
    ("approval", "审批"),
    ("land", "征拆"),
    ("construction", "施工"),
    ("weather", "天气"),
    ("coordination", "多部门协调"),
    ("superior", "上级原因"),
    ("other", "其他"),
];

/// One act of one person, or of the tick when the scope has no user.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Act {
    /// Transition, or one of the built-in acts.
    pub id: String,
    /// Values given with it: the fields asked and offered; `agree = false` refuses a signature.
    pub given: Fields,
    /// Reason in words.
    pub reason: Option<String>,
    /// State chosen where the transition leads to a visited one; transition meant by `add_signer`.
    pub target: Option<String>,
    /// Why it is late and what comes next.
    pub late: Option<LateReason>,
    /// Login of the person acted for (委托). The scope's user then has that person's organisation and roles, but keeps
    /// the own login and name; four eyes look at both.
    pub acting_for: Option<String>,
    /// For 撤回: the values of the record before the step that is taken back, from its history. Without them a value
    /// that the step made from itself stays.
    pub earlier: Option<Fields>,
}

impl Act {
    /// An act without values.
    pub fn new(id: &str) -> Act {
        Act {
            id: id.to_owned(),
            ..Act::default()
        }
    }

    /// With a reason.
    pub fn because(mut self, reason: &str) -> Act {
        self.reason = Some(reason.to_owned());
        self
    }

    /// With a value.
    pub fn with(mut self, field: &str, value: Value) -> Act {
        self.given.insert(field.to_owned(), value);
        self
    }

    /// The reason, when it says something.
    pub(super) fn said(&self) -> Option<&str> {
        let reason = self.reason.as_deref().map(str::trim);
        reason.filter(|reason| !reason.is_empty())
    }
}

/// 逾期说明. Cause by code and the next step in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LateReason {
    /// Code of [`LATE_REASONS`].
    pub code: String,
    /// 下一步措施.
    pub next: String,
}

/// Something the scope's user may do now, or may not for a reason told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offered {
    /// Transition or built-in act.
    pub id: String,
    /// Button text.
    pub label: String,
    /// Values asked for; those of built-in acts (`signer`, `to_due`, `agree`) are no fields of the register.
    pub ask: Vec<String>,
    /// Values offered.
    pub offer: Vec<String>,
    /// A reason in words is asked for.
    pub needs_reason: bool,
    /// The deadline has passed: a [`LateReason`] is asked for.
    pub needs_late: bool,
    /// States to choose from, with their labels.
    pub targets: Vec<(String, String)>,
    /// Shown in red.
    pub negative: bool,
    /// Round of signatures.
    pub signing: Option<Signing>,
    /// Why it cannot be done now.
    pub refused: Option<Finding>,
}

/// 会签. How a round of signatures stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Signing {
    /// Signatures that agree, those asked for besides included.
    pub have: usize,
    /// Signatures needed, those asked for besides included.
    pub need: usize,
    /// Roles that sign.
    pub roles: Vec<String>,
    /// Who has signed or been asked, in order.
    pub signed: Vec<Signed>,
}

/// One signature of a round.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signed {
    /// Role signed for; `start` who only began the round, `added` who was asked besides.
    pub role: String,
    /// Login.
    pub by: String,
    /// Name; empty until a person asked besides has signed.
    pub name: String,
    /// When, as text; empty until signed.
    pub at: String,
    /// Agreed or refused; none until signed.
    pub agree: Option<bool>,
    /// Reason given.
    pub reason: String,
    /// Login of who asked for it.
    pub asked_by: String,
}

/// What an act does.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Outcome {
    /// Values to write.
    pub changes: Changes,
    /// Records to open in the same write.
    pub opens: Vec<Opening>,
    /// The record gets its number now.
    pub give_number: bool,
    /// The transition took effect; false for a signature that others must follow.
    pub effective: bool,
}

/// A record to open in another register. [`crate::expr::fit`] brings the values into its fields.
#[derive(Clone, PartialEq, Debug)]
pub struct Opening {
    /// Register.
    pub register: String,
    /// Values by field.
    pub values: BTreeMap<String, Val>,
}

/// 时限. How the clock of a record stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClockStand {
    /// Last moment in time, UTC text.
    pub due_at: String,
    /// Its civil day.
    pub due_on: Date,
    /// The whole day counts; else the deadline is to the minute.
    pub whole_day: bool,
    /// Where the span began, UTC text.
    pub started_at: String,
    /// The clock stands still.
    pub paused: bool,
    /// Percent of the time gone, over 100 when overdue; working days where the clock counts them.
    pub share_used: u16,
    /// Warning stage.
    pub stage: Stage,
    /// Light: by the escalations where they name one, else by the stage.
    pub light: Lamp,
}

/// Warning stages of a clock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// Less than half of the time gone.
    Quiet,
    /// 50 %.
    Half,
    /// 80 %.
    MostlyUsed,
    /// The last working day before the due day has come.
    LastDay,
    /// 超期.
    Overdue {
        /// Working days since the due day.
        workdays: i32,
        /// 1 the handler, 2 the head of the unit (from the third working day), 3 the 督查室 (from the seventh).
        level: u8,
    },
}

/// A step of an escalation that is in force.
#[derive(Clone, PartialEq, Debug)]
pub struct Raised {
    /// Names the step and the deadline it belongs to: acted upon once, however often the tick runs.
    pub key: String,
    /// Light from here on.
    pub light: Option<Lamp>,
    /// Who is told.
    pub notify: Vec<String>,
    /// What they are told, in words.
    pub why: String,
    /// Records to open once.
    pub opens: Vec<Opening>,
}
