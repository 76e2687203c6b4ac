//! JSON of weekly commitments.

use super::{FindingView, each, hundredths};
use app::page::project_plan as page;
use ground::Ratio;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 周承诺 of one week, and how promises were kept over the weeks.
#[derive(Serialize, ToSchema)]
pub struct PlanCommitments {
    pub week: PlanWeek,
    pub previous: PlanWeek,
    pub next: PlanWeek,
    pub today: String,
    pub editable: bool,
    pub open_to_promise: bool,
    pub open_to_judge: bool,
    /// By unit.
    pub proposals: Vec<PlanProposal>,
    /// By unit.
    pub promises: Vec<PlanPromise>,
    /// Oldest first.
    pub weeks: Vec<PlanWeekKept>,
    /// Commonest first.
    pub reasons: Vec<PlanMissReason>,
    /// Reasons that can be chosen.
    pub reason_choices: Vec<PlanReasonChoice>,
    pub text: String,
    /// What was just written; can be taken back as an import.
    pub batch_id: Option<String>,
    pub findings: Vec<FindingView>,
}

/// A week.
#[derive(Serialize, ToSchema)]
pub struct PlanWeek {
    /// 2023W10.
    pub code: String,
    pub label: String,
    pub first: String,
    pub last: String,
}

/// What the plan wants done of an activity in the week.
#[derive(Serialize, ToSchema)]
pub struct PlanProposal {
    pub activity_id: String,
    pub code: String,
    pub name: String,
    pub unit: String,
    pub first: String,
    pub last: String,
    pub percent_now: f64,
    pub percent: f64,
    pub content: String,
    pub urgent: bool,
    pub latest: String,
    pub promised: bool,
}

/// A promise.
#[derive(Serialize, ToSchema)]
pub struct PlanPromise {
    pub id: String,
    pub version: i64,
    pub activity_id: String,
    pub code: String,
    pub name: String,
    pub unit: String,
    pub content: String,
    pub percent: Option<f64>,
    pub percent_now: Option<f64>,
    /// open, kept, missed.
    pub outcome: String,
    pub reason: Option<String>,
    pub reason_label: String,
    pub note: String,
}

/// 兑现率 of a week.
#[derive(Serialize, ToSchema)]
pub struct PlanWeekKept {
    pub week: PlanWeek,
    pub made: usize,
    pub kept: usize,
    pub open: usize,
    /// Absent in a week without judged promises.
    pub percent: Option<f64>,
    pub percent_text: String,
}

/// One bar of the reasons.
#[derive(Serialize, ToSchema)]
pub struct PlanMissReason {
    /// Empty = no reason given.
    pub code: String,
    pub label: String,
    pub count: usize,
    pub share: f64,
    pub cumulative: f64,
}

/// A reason that can be chosen.
#[derive(Serialize, ToSchema)]
pub struct PlanReasonChoice {
    pub code: String,
    pub label: String,
}

/// Promises to be given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanPromiseQuery {
    /// 2023W10; this week when absent.
    pub week: Option<String>,
    pub promises: Vec<NewPlanPromise>,
}

/// One promise to be given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlanPromise {
    pub activity_id: String,
    /// What the plan proposes when absent.
    pub content: Option<String>,
    /// 1..100; what the plan proposes when absent.
    pub percent: Option<f64>,
}

/// Promises judged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanJudgeQuery {
    /// The week to show then.
    pub week: Option<String>,
    pub outcomes: Vec<PlanOutcome>,
}

/// What became of a promise.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanOutcome {
    pub id: String,
    pub version: i64,
    /// kept, missed or open.
    pub outcome: String,
    /// Asked for when missed.
    pub reason: Option<String>,
    #[serde(default)]
    pub note: String,
}

fn percent(ratio: Ratio) -> Option<f64> {
    ratio.basis_points().map(hundredths)
}

impl From<ground::Period> for PlanWeek {
    fn from(week: ground::Period) -> Self {
        Self {
            code: week.code(),
            label: week.label(),
            first: week.first().to_string(),
            last: week.last().to_string(),
        }
    }
}

impl From<&page::CommitmentPage> for PlanCommitments {
    fn from(page: &page::CommitmentPage) -> Self {
        let choice = |(code, label): &(&str, &str)| PlanReasonChoice {
            code: (*code).to_owned(),
            label: (*label).to_owned(),
        };
        Self {
            week: page.week.into(),
            previous: page.week.previous().into(),
            next: page.week.next().into(),
            today: page.today.to_string(),
            editable: page.editable,
            open_to_promise: page.open_to_promise,
            open_to_judge: page.open_to_judge,
            proposals: each(&page.proposals),
            promises: each(&page.promises),
            weeks: each(&page.weeks),
            reasons: each(&page.reasons),
            reason_choices: page.reason_choices.iter().map(choice).collect(),
            text: page.text.clone(),
            batch_id: page.batch_id.clone(),
            findings: each(&page.findings),
        }
    }
}

impl From<&page::ProposalView> for PlanProposal {
    fn from(one: &page::ProposalView) -> Self {
        Self {
            activity_id: one.activity_id.clone(),
            code: one.code.clone(),
            name: one.name.clone(),
            unit: one.unit.clone(),
            first: one.first.to_string(),
            last: one.last.to_string(),
            percent_now: hundredths(one.percent_now),
            percent: hundredths(one.percent),
            content: one.content.clone(),
            urgent: one.urgent,
            latest: one.latest.to_string(),
            promised: one.promised,
        }
    }
}

impl From<&page::PromiseView> for PlanPromise {
    fn from(one: &page::PromiseView) -> Self {
        Self {
            id: one.id.clone(),
            version: one.version,
            activity_id: one.activity_id.clone(),
            code: one.code.clone(),
            name: one.name.clone(),
            unit: one.unit.clone(),
            content: one.content.clone(),
            percent: one.percent.map(hundredths),
            percent_now: one.percent_now.map(hundredths),
            outcome: one.outcome.to_owned(),
            reason: one.reason.map(|(code, _)| code.to_owned()),
            reason_label: one.reason.map_or("", |(_, label)| label).to_owned(),
            note: one.note.clone(),
        }
    }
}

impl From<&page::WeekView> for PlanWeekKept {
    fn from(one: &page::WeekView) -> Self {
        Self {
            week: one.week.into(),
            made: one.made,
            kept: one.kept,
            open: one.open,
            percent: percent(one.percent),
            percent_text: one.percent.percent_text(),
        }
    }
}

impl From<&page::ReasonView> for PlanMissReason {
    fn from(one: &page::ReasonView) -> Self {
        Self {
            code: one.code.to_owned(),
            label: one.label.to_owned(),
            count: one.count,
            share: percent(one.share).unwrap_or(0.0),
            cumulative: percent(one.cumulative).unwrap_or(0.0),
        }
    }
}
