//! JSON of where a record stands, what can be done with it, what waits for a person, who acts for whom.

use super::record::{ChoiceView, FieldView, field_view, record_link};
use super::{RagView, each};
use app::matters::{League, LeagueLine, percent, tenths};
use app::page::record as page;
use app::page::task;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// 状态.
#[derive(Serialize, ToSchema)]
#[schema(as = State)]
pub struct StateView {
    pub id: String,
    pub label: String,
    #[serde(rename = "final")]
    pub is_final: bool,
    pub done: bool,
}

/// 当前承办.
#[derive(Serialize, ToSchema)]
#[schema(as = Holder)]
pub struct HolderView {
    pub id: String,
    pub name: String,
}

/// 时限.
#[derive(Serialize, ToSchema)]
#[schema(as = Due)]
pub struct DueView {
    /// Instant, UTC.
    pub at: String,
    /// 还剩3个工作日（3月15日）.
    pub text: String,
    /// quiet, half, mostly_used, last_day, overdue or paused.
    pub stage: String,
    pub light: RagView,
}

/// What the signed-in person may do with the record.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordRights)]
pub struct RightsView {
    pub update: bool,
    pub withdraw: bool,
}

/// 周期义务.
#[derive(Serialize, ToSchema)]
#[schema(as = Duty)]
pub struct DutyView {
    pub id: String,
    pub title: String,
    pub due: Option<String>,
    pub text: String,
    pub light: RagView,
}

/// 办理. A button.
#[derive(Serialize, ToSchema)]
#[schema(as = Action)]
pub struct ActionView {
    pub id: String,
    pub label: String,
    /// Fields asked for and required.
    pub ask: Vec<FieldView>,
    /// Fields offered.
    pub offer: Vec<FieldView>,
    /// States to choose from.
    pub targets: Vec<TargetView>,
    /// Counts against the work: shown in red.
    pub negative: bool,
    pub needs_reason: bool,
    /// The clock has run out: one of these causes must be chosen and the next step written.
    pub late_reasons: Option<Vec<ChoiceView>>,
    pub signing: Option<SigningView>,
    /// Why it cannot be done now, in words.
    pub refused: Option<String>,
}

/// A state to choose.
#[derive(Serialize, ToSchema)]
#[schema(as = Target)]
pub struct TargetView {
    pub id: String,
    pub label: String,
}

/// 会签.
#[derive(Serialize, ToSchema)]
#[schema(as = Signing)]
pub struct SigningView {
    pub have: usize,
    pub need: usize,
    pub roles: Vec<String>,
    pub signed: Vec<SignedView>,
}

/// One who has signed.
#[derive(Serialize, ToSchema)]
#[schema(as = Signed)]
pub struct SignedView {
    pub name: String,
    pub agree: bool,
    pub at: String,
}

/// 办理过程. One step.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordStep)]
pub struct StepView {
    pub at: String,
    pub actor_name: String,
    pub unit: String,
    pub label: String,
    pub from: String,
    pub to: String,
    pub reason: String,
    pub due_text: String,
    /// 超期原因 and the next step, in words; empty when in time.
    pub late: String,
}

/// One signature, given or asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = Signature)]
pub struct SignatureView {
    pub label: String,
    pub role: String,
    pub name: String,
    pub at: String,
    pub agree: Option<bool>,
    pub reason: String,
    pub asked_by: String,
}

/// 延期. One request for more time.
#[derive(Serialize, ToSchema)]
#[schema(as = Extension)]
pub struct ExtensionView {
    pub asked_at: String,
    pub asked_by: String,
    pub from_due: String,
    pub to_due: String,
    pub reason: String,
    pub decided_at: String,
    pub decided_by: String,
    pub agree: Option<bool>,
    pub remark: String,
}

impl From<&page::FlowView> for StateView {
    fn from(flow: &page::FlowView) -> Self {
        Self {
            id: flow.state.clone(),
            label: flow.label.clone(),
            is_final: flow.is_final,
            done: flow.done,
        }
    }
}

impl From<&page::DueView> for DueView {
    fn from(due: &page::DueView) -> Self {
        Self {
            at: due.at.clone(),
            text: due.text.clone(),
            stage: due.stage.clone(),
            light: due.light.into(),
        }
    }
}

impl From<&page::RightsView> for RightsView {
    fn from(rights: &page::RightsView) -> Self {
        Self {
            update: rights.update,
            withdraw: rights.withdraw,
        }
    }
}

impl From<&page::DutyView> for DutyView {
    fn from(duty: &page::DutyView) -> Self {
        Self {
            id: duty.id.clone(),
            title: duty.title.clone(),
            due: super::day(duty.due),
            text: duty.text.clone(),
            light: duty.light.into(),
        }
    }
}

impl From<&page::ActionView> for ActionView {
    fn from(action: &page::ActionView) -> Self {
        let late = |(code, label): &(String, String)| ChoiceView {
            code: code.clone(),
            label: label.clone(),
        };
        let target = |(id, label): &(String, String)| TargetView {
            id: id.clone(),
            label: label.clone(),
        };
        let late: Vec<ChoiceView> = action.late_reasons.iter().map(late).collect();
        Self {
            id: action.id.clone(),
            label: action.label.clone(),
            ask: action.ask.iter().map(field_view).collect(),
            offer: action.offer.iter().map(field_view).collect(),
            targets: action.targets.iter().map(target).collect(),
            negative: action.negative,
            needs_reason: action.needs_reason,
            late_reasons: (!late.is_empty()).then_some(late),
            signing: action.signing.as_ref().map(SigningView::from),
            refused: action.refused.clone(),
        }
    }
}

impl From<&page::SigningView> for SigningView {
    fn from(signing: &page::SigningView) -> Self {
        let signed = |(name, agree, at): &(String, bool, String)| SignedView {
            name: name.clone(),
            agree: *agree,
            at: at.clone(),
        };
        Self {
            have: signing.have,
            need: signing.need,
            roles: signing.roles.clone(),
            signed: signing.signed.iter().map(signed).collect(),
        }
    }
}

impl From<&page::StepView> for StepView {
    fn from(step: &page::StepView) -> Self {
        let step = step.clone();
        Self {
            at: step.at,
            actor_name: step.actor_name,
            unit: step.unit,
            label: step.label,
            from: step.from,
            to: step.to,
            reason: step.reason,
            due_text: step.due_text,
            late: step.late,
        }
    }
}

impl From<&page::SignatureView> for SignatureView {
    fn from(one: &page::SignatureView) -> Self {
        let one = one.clone();
        Self {
            label: one.label,
            role: one.role,
            name: one.name,
            at: one.at,
            agree: one.agree,
            reason: one.reason,
            asked_by: one.asked_by,
        }
    }
}

impl From<&page::ExtensionView> for ExtensionView {
    fn from(one: &page::ExtensionView) -> Self {
        let one = one.clone();
        Self {
            asked_at: one.asked_at,
            asked_by: one.asked_by,
            from_due: one.from_due,
            to_due: one.to_due,
            reason: one.reason,
            decided_at: one.decided_at,
            decided_by: one.decided_by,
            agree: one.agree,
            remark: one.remark,
        }
    }
}

/// An act on a record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActRequest {
    #[serde(default)]
    pub values: Map<String, Value>,
    #[serde(default)]
    pub reason: String,
    /// State chosen, where the act leads to several.
    #[serde(default)]
    pub target: Option<String>,
    #[serde(default)]
    pub late: Option<LateReason>,
}

/// 超期原因 and what comes next.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LateReason {
    /// One of the action's `late_reasons`.
    pub code: String,
    /// 下一步措施.
    pub next: String,
}

/// 待办 One box, with the counts of all.
#[derive(Serialize, ToSchema)]
pub struct TaskPage {
    /// By box: todo, done, mine, soon, late, notice (those unread).
    pub counts: BTreeMap<String, usize>,
    pub items: Vec<Task>,
    /// `after` of the next page.
    pub next: Option<String>,
}

/// One task.
#[derive(Serialize, ToSchema)]
pub struct Task {
    pub register: String,
    pub register_title: String,
    pub id: String,
    pub number: Option<String>,
    pub title: String,
    pub state_label: String,
    /// 当前承办.
    pub unit: String,
    pub due_text: String,
    /// Instant at which the running clock ends, UTC.
    pub due_at: Option<String>,
    pub light: Option<RagView>,
    /// Path of the web page it leads to.
    pub link: String,
    pub at: String,
    /// Why the person is told of it: a reminder, a request to sign.
    pub note: Option<String>,
    /// A reminder that was not read.
    pub unread: bool,
}

/// 提醒 read: those of one record, or all.
#[derive(Deserialize, ToSchema)]
pub struct NoticesRead {
    /// Record whose reminders were read; null for all.
    pub record: Option<String>,
}

/// How many were marked.
#[derive(Serialize, ToSchema)]
pub struct NoticesMarked {
    pub count: u64,
}

impl From<&task::TaskPage> for TaskPage {
    fn from(page: &task::TaskPage) -> Self {
        let count = |(one, count): (&task::TaskBox, &usize)| (one.code().to_owned(), *count);
        Self {
            counts: page.counts.iter().map(count).collect(),
            items: each(&page.items),
            next: page.next.map(|next| next.to_string()),
        }
    }
}

impl From<&task::TaskView> for Task {
    fn from(task: &task::TaskView) -> Self {
        Self {
            register: task.register.clone(),
            register_title: task.register_title.clone(),
            id: task.id.clone(),
            number: task.number.clone(),
            title: task.title.clone(),
            state_label: task.state_label.clone(),
            unit: task.unit.clone(),
            due_text: task.due_text.clone(),
            due_at: task.due_at.clone(),
            light: task.light.map(RagView::from),
            link: record_link(&task.register, &task.id),
            at: task.at.clone(),
            note: task.note.clone(),
            unread: task.unread,
        }
    }
}

/// Delegations from and to this person.
#[derive(Serialize, ToSchema)]
pub struct DelegationList {
    pub delegations: Vec<Delegation>,
}

/// 委托.
#[derive(Serialize, ToSchema)]
pub struct Delegation {
    pub id: String,
    pub from_login: String,
    pub from_name: String,
    pub to_login: String,
    pub to_name: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Registers; empty for all.
    pub registers: Vec<String>,
}

impl From<&app::delegation::Delegation> for Delegation {
    fn from(one: &app::delegation::Delegation) -> Self {
        Self {
            id: one.id.clone(),
            from_login: one.from_login.clone(),
            from_name: one.from_name.clone(),
            to_login: one.to_login.clone(),
            to_name: one.to_name.clone(),
            from: one.from.to_string(),
            to: one.to.to_string(),
            registers: one.registers.clone(),
        }
    }
}

/// Whom this person can let act in their place.
#[derive(Serialize, ToSchema)]
pub struct ColleagueList {
    pub colleagues: Vec<Colleague>,
}

/// Somebody who can act in another's place.
#[derive(Serialize, ToSchema)]
pub struct Colleague {
    pub login: String,
    pub name: String,
    pub post: String,
    /// Name of the unit; empty for the district itself.
    pub unit: String,
}

impl From<&app::delegation::Colleague> for Colleague {
    fn from(one: &app::delegation::Colleague) -> Self {
        Self {
            login: one.login.clone(),
            name: one.name.clone(),
            post: one.post.clone(),
            unit: one.unit.clone(),
        }
    }
}

/// A delegation as it is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDelegation {
    pub to_login: String,
    pub from: String,
    pub to: String,
    #[serde(default)]
    pub registers: Vec<String>,
}

/// 单位赛马.
#[derive(Serialize, ToSchema)]
pub struct MatterLeague {
    pub period: String,
    pub period_label: String,
    /// The last day that counts.
    pub until: String,
    pub basis: String,
    /// How many matters stand in each state.
    pub stages: Vec<MatterStage>,
    /// Best first.
    pub units: Vec<MatterLeagueLine>,
}

/// Matters in one state.
#[derive(Serialize, ToSchema)]
pub struct MatterStage {
    pub label: String,
    pub count: usize,
    /// Some of them are overdue.
    pub warn: bool,
}

/// One unit.
#[derive(Serialize, ToSchema)]
pub struct MatterLeagueLine {
    pub rank: usize,
    /// Organisation; null for matters without a lead unit.
    pub unit: Option<String>,
    pub name: String,
    /// 交办.
    pub given: usize,
    /// 应办结: due in the period.
    pub due: usize,
    /// Of these closed in time.
    pub in_time: usize,
    /// 按期办结率 in percent as decimal text, null without anything due.
    pub rate: Option<String>,
    pub rate_text: String,
    /// 认领及时率.
    pub claim_rate_text: String,
    /// 办结.
    pub closed: usize,
    /// 超期未结.
    pub overdue: usize,
    /// 打回.
    pub sent_back: usize,
    /// 反弹.
    pub rebounds: usize,
    /// 平均办理工作日 as decimal text.
    pub days_mean: Option<String>,
    pub light: RagView,
    /// Path of the web page with the unit's matters.
    pub link: String,
}

impl From<&League> for MatterLeague {
    fn from(league: &League) -> Self {
        let stage = |(label, count, warn): &(String, usize, bool)| MatterStage {
            label: label.clone(),
            count: *count,
            warn: *warn,
        };
        Self {
            period: league.period.code(),
            period_label: league.period.label(),
            until: league.until.to_string(),
            basis: league.basis.clone(),
            stages: league.stages.iter().map(stage).collect(),
            units: (1..).zip(&league.lines).map(league_line).collect(),
        }
    }
}

fn league_line((rank, line): (usize, &LeagueLine)) -> MatterLeagueLine {
    let figures = &line.figures;
    let count = |number: i64| usize::try_from(number).unwrap_or(0);
    let text = |rate| percent(rate).unwrap_or_else(|| "—".to_owned());
    let unit = line.unit.map(|id| id.to_string());
    MatterLeagueLine {
        rank,
        name: line.name.clone(),
        given: figures.given,
        due: count(figures.on_time.whole),
        in_time: count(figures.on_time.part),
        rate: percent(figures.on_time).map(|text| text.trim_end_matches('%').to_owned()),
        rate_text: text(figures.on_time),
        claim_rate_text: text(figures.claimed),
        closed: count(figures.closed.part),
        overdue: figures.overdue.len(),
        sent_back: count(figures.sent_back.part),
        rebounds: count(figures.rebound.part),
        days_mean: tenths(figures.working_days),
        light: line.light.into(),
        link: match &unit {
            None => "/registers/matter?filter=lead_unit:missing:".to_owned(),
            Some(id) => format!("/registers/matter?filter=lead_unit:eq:{id}"),
        },
        unit,
    }
}
