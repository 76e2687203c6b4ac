//! What a definition says beyond its fields: checks, workflow, clocks, recurring duties, drives, fill cycles, metrics,
//! views, templates, rights and migrations. Reading it from TOML is left to `parse`, its meaning to `flow`, `duty`,
//! `metric`, `cycle`, `permit` and `migrate`.

use std::collections::{BTreeMap, BTreeSet};

use ground::{Date, PeriodKind};

use crate::definition::Text;
use crate::expr::Expr;

/// 校验. A rule over the whole record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckRule {
    /// Id within the register; the finding's code is `check.<id>`.
    pub id: String,
    /// Checked only when this is true.
    pub when: Option<Expr>,
    /// Must not be false. Unknown (a value is missing) passes.
    pub rule: Expr,
    /// What a broken rule does.
    pub severity: CheckSeverity,
    /// Sentence shown, `{field}` and `{sum}`-like names filled in.
    pub message: Text,
}

/// What a broken check does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CheckSeverity {
    /// Told, never in the way.
    Warn,
    /// Refused.
    Error,
    /// Refused when the record leaves its first state; told before.
    ErrorOnSubmit,
}

/// 流程. States and the ways between them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Flow {
    /// States in the order written.
    pub states: Vec<State>,
    /// Transitions in the order written.
    pub transitions: Vec<Transition>,
    /// Clock escalations.
    pub escalations: Vec<Escalation>,
    /// Rules of asking for more time; none = deadlines cannot be extended.
    pub extension: Option<ExtensionRule>,
}

/// 状态.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    /// Code, stored in the field `state`.
    pub id: String,
    /// Label.
    pub label: Text,
    /// New records begin here.
    pub initial: bool,
    /// Nothing follows.
    pub is_final: bool,
    /// Counted as done: late lists leave it out.
    pub done: bool,
    /// Deadline of this state.
    pub clock: Option<Clock>,
    /// Fields that may be edited in this state; none = all that rights allow, empty = nothing.
    pub editable: Option<BTreeSet<String>>,
    /// The holder may pass it on (转办).
    pub hand_over: bool,
    /// Who has just sent it on may take it back until somebody acts (撤回).
    pub recall: bool,
    /// Other words for it in workbooks.
    pub synonyms: Vec<String>,
}

/// 时限. When a state should be left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clock {
    /// How long.
    pub limit: ClockLimit,
    /// Clock stands still in these states (补正, 检测, 暂缓).
    pub pause_in: BTreeSet<String>,
}

/// How a deadline is found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClockLimit {
    /// A span after a start.
    After {
        /// How long.
        span: Span,
        /// From where.
        from: ClockStart,
    },
    /// A date or moment of the record.
    Until(Expr),
    /// A span that an expression chooses, as text `5wd`.
    AfterExpr {
        /// Gives the span.
        span: Expr,
        /// From where.
        from: ClockStart,
    },
}

/// Where a span begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClockStart {
    /// The state was entered (each time anew).
    Entered,
    /// The state was entered for the first time (a returned record keeps its clock).
    FirstEntered,
    /// A date or moment of the record.
    Field(Expr),
}

/// A length of time as rules write it: `5wd`, `45cd`, `1m`, `2h`, `4wh`, `30min`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// How many; negative before, as in `-1wd`.
    pub count: i32,
    /// Of what.
    pub unit: SpanUnit,
}

/// Unit of a [`Span`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SpanUnit {
    /// `min`: minutes of the clock.
    Minute,
    /// `h`: hours of the clock.
    Hour,
    /// `wh`: hours of office time.
    WorkHour,
    /// `d` or `cd`: calendar days; a deadline on a rest day moves to the next working day.
    Day,
    /// `wd`: working days.
    Workday,
    /// `w`: seven calendar days.
    Week,
    /// `m`: months, same day or last day.
    Month,
    /// `y`: years.
    Year,
}

/// 办理. A way from a state to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transition {
    /// Id, in the API and in `actor('…')`.
    pub id: String,
    /// Button text.
    pub label: Text,
    /// States it starts from; empty = all that are not final.
    pub from: Vec<String>,
    /// Where it leads.
    pub to: TransitionTo,
    /// Roles that may do it: account roles, or `holder`, `creator`, `owner`, `anyone`. Empty only with `auto`.
    pub roles: Vec<String>,
    /// Must be true.
    pub guard: Option<Expr>,
    /// Said when the guard refuses; else the guard is explained.
    pub guard_message: Option<Text>,
    /// Fields asked for and required; `reason` asks for a reason in words.
    pub ask: Vec<String>,
    /// Fields offered, not required.
    pub offer: Vec<String>,
    /// Values set, by field; `holder` too.
    pub set: BTreeMap<String, Expr>,
    /// Signatures needed (会签).
    pub approve: Option<Approve>,
    /// Record opened in another register in the same write.
    pub opens: Vec<Opens>,
    /// Happens by itself after this span in the `from` state, once the guard holds.
    pub auto: Option<Span>,
    /// Counts against the work (打回, 反弹): shown in red.
    pub negative: bool,
}

/// Where a transition leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TransitionTo {
    /// A state.
    State(String),
    /// `to = "visited"`: a state the record has been in, chosen by the actor (退回到任一节点).
    Visited,
    /// `to = "same"`: stays, for a note, a reminder or a progress entry.
    Same,
}

/// 会签. Who must sign before a transition takes effect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approve {
    /// Only when this is true; else the first actor's act is enough.
    pub when: Option<Expr>,
    /// How many of the roles.
    pub quorum: Quorum,
    /// Roles that sign, one signature each; a person signs once.
    pub roles: Vec<String>,
    /// Signers may ask another person to sign too (加签).
    pub add_signer: bool,
}

/// How many signatures make it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quorum {
    /// `all_of`.
    All,
    /// `any_of`.
    Any,
    /// `n_of` with `n`.
    Count(u8),
}

/// A record that a transition (or an overdue clock) opens in another register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opens {
    /// Register.
    pub register: String,
    /// Values there by field, computed here.
    pub set: BTreeMap<String, Expr>,
    /// For each row of this table field one record; row values by `row.<column>`.
    pub each: Option<String>,
    /// Only when (or only for rows where) this is true.
    pub when: Option<Expr>,
}

/// 升级. What happens as a clock runs out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Escalation {
    /// States it watches; empty = all with a clock.
    pub states: Vec<String>,
    /// Steps by time.
    pub steps: Vec<EscalationStep>,
}

/// One step of an escalation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EscalationStep {
    /// Before (negative) or after the deadline.
    pub at: Span,
    /// Light from here on: `yellow` or `red`.
    pub light: Option<Lamp>,
    /// Who is told: `holder`, `holder.manager`, `org.parent:leader`, `owner:leader`, a role.
    pub notify: Vec<String>,
    /// Record opened once.
    pub open: Option<Opens>,
}

/// Colour that an escalation or an obligation gives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lamp {
    /// In time.
    Green,
    /// Due now or soon.
    Yellow,
    /// Overdue.
    Red,
}

/// 延期. Rules of asking for more time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExtensionRule {
    /// Field with the deadline that moves; none = the state's own clock.
    pub field: Option<String>,
    /// States in which it can be asked.
    pub states: Vec<String>,
    /// Who decides.
    pub roles: Vec<String>,
    /// Times at most.
    pub times: u8,
    /// Longest single extension.
    pub span_max: Option<Span>,
    /// May still be asked after the deadline.
    pub when_late: bool,
}

/// 周期义务. A duty that comes back: next = last + interval.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Obligation {
    /// Id, in `obligation('…')`.
    pub id: String,
    /// Title.
    pub title: Text,
    /// The duty exists while this is true.
    pub while_true: Option<Expr>,
    /// Next due date.
    pub due: Expr,
    /// Yellow and a reminder from these spans before.
    pub remind: Vec<Span>,
    /// Light when overdue.
    pub overdue: Lamp,
    /// Record opened once when overdue.
    pub open: Option<Opens>,
}

/// 专项行动. A drive with an end and a set to be covered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Campaign {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// First day.
    pub start: Date,
    /// Last day; `start` is known in it.
    pub due: Expr,
    /// Register whose records must be covered.
    pub of: String,
    /// Which of them count; `ref` is the record.
    pub filter: Option<Expr>,
    /// When one is done; `ref` is the record; `exists(<register>, …)` looks into others.
    pub done: Expr,
}

/// 填报周期. A form that each unit fills every period.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cycle {
    /// Kind of period.
    pub period: PeriodKind,
    /// Opens this long after the period's first day (negative: before).
    pub open: Span,
    /// Due this long after the period's last day.
    pub due: Span,
    /// Locks this long after the due day; none = stays open.
    pub lock: Option<Span>,
    /// Which organisations fill it; `unit` is the organisation.
    pub units: Expr,
    /// Field with the unit.
    pub unit_field: String,
    /// Field with the period.
    pub period_field: String,
    /// Field that says 零报告; none = no zero report.
    pub zero_field: Option<String>,
    /// Fields copied from the unit's last report; the rest is typed.
    pub prefill: Vec<String>,
}

/// 指标. A count, sum or rate over the records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Metric {
    /// Id; the indicator code is `<register>.<id>`.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Unit printed (处, %, 元, 天).
    pub unit: String,
    /// In the period, or at its end.
    pub time: MetricTime,
    /// What is counted.
    pub body: MetricBody,
    /// Date that puts a record into a period (flow); none = all that exist at the end.
    pub date: Option<Expr>,
    /// Broken down by these fields or paths (`institution.street`).
    pub by: Vec<String>,
    /// Digits after the point of a rate.
    pub digits: u8,
    /// 口径 in words; else the filter explained.
    pub note: Option<Text>,
}

/// Flow or stock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MetricTime {
    /// Within the period.
    Flow,
    /// At the end of the period.
    Stock,
}

/// What a metric computes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MetricBody {
    /// One aggregate.
    Plain(Aggregate),
    /// Numerator over denominator; 0/0 has no value.
    Rate {
        /// Above.
        numerator: Aggregate,
        /// Below.
        denominator: Aggregate,
        /// Printed times 100 with a % sign.
        percent: bool,
    },
}

/// A filter with an aggregate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Aggregate {
    /// Register it looks at; none = its own.
    pub register: Option<String>,
    /// Which records.
    pub filter: Option<Expr>,
    /// `count()`, `sum(x)`, `avg(x)`, `min(x)`, `max(x)`, `count_distinct(x)`.
    pub agg: AggregateKind,
}

/// Kinds of aggregate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AggregateKind {
    /// Records.
    Count,
    /// Different values.
    CountDistinct(Expr),
    /// Sum of a value.
    Sum(Expr),
    /// Mean of a value, missing left out.
    Avg(Expr),
    /// Least.
    Min(Expr),
    /// Greatest.
    Max(Expr),
}

/// 视图. A saved way to look at a register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Kind.
    pub kind: ViewKind,
    /// Which records.
    pub filter: Option<Expr>,
    /// Columns, also paths (`enterprise.name`) and computed names (`light`).
    pub columns: Vec<String>,
    /// Order: field and descending.
    pub sort: Vec<(String, bool)>,
    /// Columns added up.
    pub sums: Vec<String>,
}

/// How a view is drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ViewKind {
    /// Rows.
    List,
    /// Columns by a code field.
    Kanban {
        /// The code field, usually `state`.
        by: String,
    },
    /// Days of a month.
    Calendar {
        /// Date field.
        date: String,
        /// End date field.
        until: Option<String>,
    },
    /// Points on a map.
    Map {
        /// Geo field.
        geo: String,
        /// `light` or a code field.
        colour: Option<String>,
    },
    /// Two fields crossed.
    Matrix {
        /// Rows.
        rows: String,
        /// Columns.
        across: String,
        /// Metric in the cells; none = count.
        metric: Option<String>,
    },
}

/// 报表. A template filled from the register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportTemplate {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// File beside the definition.
    pub template: String,
    /// Kind of period it is made for.
    pub period: PeriodKind,
    /// Metrics in it.
    pub metrics: Vec<String>,
    /// View whose rows it lists, in its order.
    pub view: Option<String>,
    /// Which records it lists; `period` is the report's.
    pub filter: Option<Expr>,
    /// By what figures and records are grouped; the first field that its metrics are grouped by when it is not said.
    pub by: Option<String>,
}

/// 权限. What a role may do, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Permit {
    /// Account role, or `holder`, `creator`, `anyone`.
    pub role: String,
    /// Which records.
    pub scope: PermitScope,
    /// What.
    pub can: BTreeSet<Ability>,
    /// Only in these states; empty = all.
    pub states: Vec<String>,
    /// Fields not seen.
    pub hide: Vec<String>,
    /// Fields seen masked.
    pub mask: Vec<String>,
    /// A further condition on the record (`consent == true`).
    pub filter: Option<Expr>,
}

/// Which records a permit reaches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PermitScope {
    /// Made by this person.
    Own,
    /// Of this person's organisation.
    Org,
    /// Of this person's organisation and below.
    Subtree,
    /// Of the organisation above.
    Parent,
    /// The record pointed at by this field is the person's own organisation (or firm).
    Ref(String),
    /// All of the district.
    All,
}

/// What a permit allows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Ability {
    /// Make records.
    Create,
    /// See them.
    Read,
    /// Change fields.
    Update,
    /// Take out of use and bring back.
    Withdraw,
    /// Files out.
    Export,
    /// Workbooks in.
    Import,
    /// See masked fields in clear.
    Unmask,
}

/// 迁移. How records of an earlier version become records of this one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Migration {
    /// Earlier version or its beginning: `1`, `1.2`.
    pub from: String,
    /// This version or its beginning.
    pub to: String,
    /// New values by field; `old` is the earlier record.
    pub set: BTreeMap<String, Expr>,
    /// Earlier state → state of this version.
    pub state_map: BTreeMap<String, String>,
    /// List id → (earlier option → option of this version).
    pub option_map: BTreeMap<String, BTreeMap<String, String>>,
    /// Fields given up: their column is kept, readable in history.
    pub archive: Vec<String>,
}
