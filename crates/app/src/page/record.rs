//! 台账 Records of any register as lists and pages show them.

use super::LightView;
use ground::{Date, RecordId};
use plan::Rag;
use register::{Field, Record};
use std::collections::BTreeMap;

/// A record with ready texts beside its values.
#[derive(Clone, Debug)]
pub struct RecordView {
    /// Register id.
    pub register: String,
    /// The record.
    pub record: Record,
    /// Values as JSON, the form of the API.
    pub values: serde_json::Map<String, serde_json::Value>,
    /// Ready text by field: 62.4 亿元, names of organisations and references.
    pub shown: BTreeMap<String, String>,
    /// Instant of the last change.
    pub updated_at: String,
    /// Light, for projects and for records with a running clock.
    pub light: Option<LightView>,
    /// Where a record with a workflow stands.
    pub flow: Option<FlowView>,
    /// What this person may do with it.
    pub rights: RightsView,
    /// Recurring duties of the record.
    pub duties: Vec<DutyView>,
    /// What can be done next and what was done, for one record alone.
    pub course: Option<CourseView>,
    /// What the rules of the register say about it now, for one record alone: warnings do not stand in the way.
    pub findings: Vec<ground::Finding>,
}

/// What a person may do with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RightsView {
    /// Change fields.
    pub update: bool,
    /// Take out and bring back.
    pub withdraw: bool,
}

/// 现状. State, holder and clock of a record.
#[derive(Clone, Debug)]
pub struct FlowView {
    /// State code.
    pub state: String,
    /// Its label.
    pub label: String,
    /// Nothing follows.
    pub is_final: bool,
    /// Counts as done.
    pub done: bool,
    /// 当前承办: id and name.
    pub holder: Option<(RecordId, String)>,
    /// Running clock.
    pub due: Option<DueView>,
}

/// 时限. A running clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueView {
    /// Instant, UTC.
    pub at: String,
    /// 还剩 3 个工作日（3月15日）.
    pub text: String,
    /// quiet, half, mostly_used, last_day, overdue, paused.
    pub stage: String,
    /// green, yellow, red.
    pub light: Rag,
}

/// 周期义务. A recurring duty of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyView {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Next due date.
    pub due: Option<Date>,
    /// Days left, in words.
    pub text: String,
    /// Light.
    pub light: Rag,
}

/// 办理过程. What can be done next and what was done.
#[derive(Clone, Debug, Default)]
pub struct CourseView {
    /// Buttons.
    pub actions: Vec<ActionView>,
    /// Steps, oldest first.
    pub steps: Vec<StepView>,
    /// 会签.
    pub signatures: Vec<SignatureView>,
    /// 延期.
    pub extensions: Vec<ExtensionView>,
}

/// 办理. A button of a record.
#[derive(Clone, Debug, Default)]
pub struct ActionView {
    /// Transition, or a built-in: recall, hand_over, add_signer, extend, decide_extension.
    pub id: String,
    /// Text of the button.
    pub label: String,
    /// Fields asked for.
    pub ask: Vec<Field>,
    /// Fields offered.
    pub offer: Vec<Field>,
    /// States to choose from, id and label.
    pub targets: Vec<(String, String)>,
    /// Counts against the work.
    pub negative: bool,
    /// A reason in words is required.
    pub needs_reason: bool,
    /// The clock has run out: a cause must be chosen, code and label.
    pub late_reasons: Vec<(String, String)>,
    /// 会签 of this act.
    pub signing: Option<SigningView>,
    /// Why not, in words.
    pub refused: Option<String>,
}

/// Signatures that an act needs and has.
#[derive(Clone, Debug, Default)]
pub struct SigningView {
    /// Signatures so far.
    pub have: usize,
    /// Signatures needed.
    pub need: usize,
    /// Roles that sign.
    pub roles: Vec<String>,
    /// Name, agreed, instant.
    pub signed: Vec<(String, bool, String)>,
}

/// One step of the way.
#[derive(Clone, Debug, Default)]
pub struct StepView {
    /// Instant.
    pub at: String,
    /// Who.
    pub actor_name: String,
    /// Of which unit.
    pub unit: String,
    /// What, as the button said it.
    pub label: String,
    /// State before, label.
    pub from: String,
    /// State after, label.
    pub to: String,
    /// Why.
    pub reason: String,
    /// Deadline from here on, in words.
    pub due_text: String,
    /// 超期原因 and next step, in words.
    pub late: String,
}

/// One signature.
#[derive(Clone, Debug, Default)]
pub struct SignatureView {
    /// What is signed, as the button says it.
    pub label: String,
    /// In which role.
    pub role: String,
    /// Who.
    pub name: String,
    /// When; empty while asked for.
    pub at: String,
    /// Agreed.
    pub agree: Option<bool>,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub asked_by: String,
}

/// One request for more time.
#[derive(Clone, Debug, Default)]
pub struct ExtensionView {
    /// When asked.
    pub asked_at: String,
    /// By whom.
    pub asked_by: String,
    /// Old day.
    pub from_due: String,
    /// New day.
    pub to_due: String,
    /// Why.
    pub reason: String,
    /// Decided when; empty while open.
    pub decided_at: String,
    /// By whom.
    pub decided_by: String,
    /// Agreed.
    pub agree: Option<bool>,
    /// Remark of who decided.
    pub remark: String,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct RecordPage {
    /// The records.
    pub items: Vec<RecordView>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// All records that meet the filter, counted only on the first page.
    pub total: Option<usize>,
    /// Sums asked for, as decimal text.
    pub sums: BTreeMap<String, String>,
}

/// One entry of a record's history.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// Journal position.
    pub seq: i64,
    /// Instant.
    pub at: String,
    /// Login of who did it.
    pub actor: String,
    /// Name of who did it.
    pub actor_name: String,
    /// create, update, withdraw, restore, undo; `act:` with the transition for a step of the workflow.
    pub action: String,
    /// The action in words.
    pub action_label: String,
    /// Reason given.
    pub reason: String,
    /// Where it came from: a workbook's cell, the web page.
    pub source: String,
    /// What changed.
    pub changes: Vec<FieldChange>,
}

/// One changed field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Field id.
    pub field: String,
    /// Label.
    pub label: String,
    /// Before, as text; empty when absent.
    pub before: String,
    /// After, as text; empty when absent.
    pub after: String,
}

/// A hit of the search box.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Register id.
    pub register: String,
    /// Register title.
    pub register_title: String,
    /// Record id.
    pub id: String,
    /// Name of the record.
    pub title: String,
    /// What else helps to know it.
    pub text: String,
}
