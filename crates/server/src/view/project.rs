//! JSON of the project page.

use super::home::LabelledFigure;
use super::record::{AttachmentView, RecordView};
use super::wall::Drawing;
use super::{FindingView, LightView, Line, RagView, day, each};
use app::page::project as page;
use serde::Serialize;
use utoipa::ToSchema;

/// Everything about one project.
#[derive(Serialize, ToSchema)]
pub struct ProjectPage {
    pub record: RecordView,
    pub light: LightView,
    pub verdict: String,
    pub why: Vec<Line>,
    pub target_text: String,
    pub rounds: Vec<ProjectRound>,
    pub plan: ProjectPlan,
    pub investment: Investment,
    pub matters: Vec<RecordView>,
    pub reports: Vec<RecordView>,
    pub attachments: Vec<AttachmentView>,
}

/// Membership of a round.
#[derive(Serialize, ToSchema)]
pub struct ProjectRound {
    pub no: i64,
    pub label: String,
    pub batch_label: String,
    pub amount_text: String,
}

/// The plan with dates, floats and reasons.
#[derive(Serialize, ToSchema)]
pub struct ProjectPlan {
    pub activities: Vec<PlanActivity>,
    pub target_date: Option<String>,
    pub forecast_finish: Option<String>,
    pub float_text: String,
    pub findings: Vec<FindingView>,
    pub svg: Option<Drawing>,
}

/// One activity.
#[derive(Serialize, ToSchema)]
pub struct PlanActivity {
    pub id: String,
    pub code: String,
    pub name: String,
    pub unit: String,
    pub duration_text: String,
    pub predecessors: String,
    pub planned_start: Option<String>,
    pub planned_finish: Option<String>,
    pub early_start: Option<String>,
    pub early_finish: Option<String>,
    pub late_start: Option<String>,
    pub late_finish: Option<String>,
    pub total_float_days: String,
    pub critical: bool,
    pub percent_text: String,
    pub rag: RagView,
    pub why_date: String,
    pub etag: String,
}

/// Money of the project.
#[derive(Serialize, ToSchema)]
pub struct Investment {
    pub figures: Vec<LabelledFigure>,
    pub reports: Vec<InvestmentReport>,
}

/// One report of money.
#[derive(Serialize, ToSchema)]
pub struct InvestmentReport {
    pub period: String,
    pub amount_text: String,
    pub cumulative_text: String,
    pub reported_on: Option<String>,
}

impl From<&page::ProjectPage> for ProjectPage {
    fn from(project: &page::ProjectPage) -> Self {
        Self {
            record: (&project.record).into(),
            light: (&project.light).into(),
            verdict: project.verdict.clone(),
            why: each(&project.why),
            target_text: project.target_text.clone(),
            rounds: each(&project.rounds),
            plan: (&project.plan).into(),
            investment: Investment {
                figures: each(&project.investment.figures),
                reports: each(&project.investment.reports),
            },
            matters: each(&project.matters),
            reports: each(&project.reports),
            attachments: each(&project.attachments),
        }
    }
}

impl From<&page::ProjectRound> for ProjectRound {
    fn from(round: &page::ProjectRound) -> Self {
        Self {
            no: round.no,
            label: round.label.clone(),
            batch_label: round.batch_label.clone(),
            amount_text: round.amount_text.clone(),
        }
    }
}

impl From<&page::InvestmentReport> for InvestmentReport {
    fn from(report: &page::InvestmentReport) -> Self {
        Self {
            period: report.period.clone(),
            amount_text: report.amount_text.clone(),
            cumulative_text: report.cumulative_text.clone(),
            reported_on: day(report.reported_on),
        }
    }
}

impl From<&page::ProjectPlan> for ProjectPlan {
    fn from(plan: &page::ProjectPlan) -> Self {
        Self {
            activities: each(&plan.activities),
            target_date: day(plan.target_date),
            forecast_finish: day(plan.forecast_finish),
            float_text: plan.float_text.clone(),
            findings: each(&plan.findings),
            svg: plan.drawing.as_ref().map(Drawing::from),
        }
    }
}

impl From<&page::PlanActivity> for PlanActivity {
    fn from(activity: &page::PlanActivity) -> Self {
        let wall = super::wall::WallActivity::from(&activity.wall);
        Self {
            id: activity.id.clone(),
            code: activity.code.clone(),
            name: activity.name.clone(),
            unit: activity.unit.clone(),
            duration_text: activity.duration_text.clone(),
            predecessors: activity.predecessors.clone(),
            planned_start: wall.planned_start,
            planned_finish: wall.planned_finish,
            early_start: wall.early_start,
            early_finish: wall.early_finish,
            late_start: wall.late_start,
            late_finish: wall.late_finish,
            total_float_days: wall.total_float_days,
            critical: wall.critical,
            percent_text: wall.percent_text,
            rag: activity.rag.into(),
            why_date: wall.why_date,
            etag: wall.etag,
        }
    }
}
