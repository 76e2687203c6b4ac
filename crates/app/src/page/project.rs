//! 项目页 One project: record, plan, money, matters, files.

use super::record::RecordView;
use super::wall::Drawing;
use super::{LightView, Line};
use crate::figure::Figure;
use ground::{Date, Finding};
use plan::Rag;

/// Everything the project page shows.
#[derive(Clone, Debug)]
pub struct ProjectPage {
    /// The record.
    pub record: RecordView,
    /// Light with reasons.
    pub light: LightView,
    /// 晚 17 天.
    pub verdict: String,
    /// 卡在, 影响, 追回, 交办.
    pub why: Vec<Line>,
    /// 交付 8/20.
    pub target_text: String,
    /// Memberships.
    pub rounds: Vec<ProjectRound>,
    /// The plan.
    pub plan: ProjectPlan,
    /// Money.
    pub investment: Investment,
    /// Matters of the project.
    pub matters: Vec<RecordView>,
    /// Progress reports, newest first.
    pub reports: Vec<RecordView>,
    /// Files.
    pub attachments: Vec<AttachmentView>,
}

/// Membership in a round.
#[derive(Clone, Debug)]
pub struct ProjectRound {
    /// Round number.
    pub no: i64,
    /// 第七期.
    pub label: String,
    /// 开工一批.
    pub batch_label: String,
    /// 5 亿元.
    pub amount_text: String,
}

/// The plan of a project with what the engine says about it.
#[derive(Clone, Debug)]
pub struct ProjectPlan {
    /// Activities in order.
    pub activities: Vec<PlanActivity>,
    /// Target date.
    pub target_date: Option<Date>,
    /// Forecast of the target.
    pub forecast_finish: Option<Date>,
    /// −3 个工作日.
    pub float_text: String,
    /// Odd things: loops, unknown predecessors.
    pub findings: Vec<Finding>,
    /// The chart of this project alone.
    pub drawing: Option<Drawing>,
}

/// One activity in the plan table.
#[derive(Clone, Debug)]
pub struct PlanActivity {
    /// Record id.
    pub id: String,
    /// Code in the plan.
    pub code: String,
    /// Name.
    pub name: String,
    /// Unit in charge.
    pub unit: String,
    /// 40 天（七天）.
    pub duration_text: String,
    /// As people write them: 2FS-10.
    pub predecessors: String,
    /// Dates, drivers and floats.
    pub wall: super::wall::WallActivity,
    /// Light of the activity.
    pub rag: Rag,
}

/// Money of a project.
#[derive(Clone, Debug)]
pub struct Investment {
    /// Named figures.
    pub figures: Vec<(String, Figure)>,
    /// What was reported when.
    pub reports: Vec<InvestmentReport>,
}

/// One reported amount.
#[derive(Clone, Debug)]
pub struct InvestmentReport {
    /// Period.
    pub period: String,
    /// Amount of the period.
    pub amount_text: String,
    /// Cumulated in the year.
    pub cumulative_text: String,
    /// Reported on.
    pub reported_on: Option<Date>,
}

/// A file of a record.
#[derive(Clone, Debug)]
pub struct AttachmentView {
    /// Id: record and content, or the content alone while no record has it.
    pub id: String,
    /// Digest of the content, the value a file field holds.
    pub content_id: String,
    /// Field it belongs to; `files` when it hangs on the record itself.
    pub field: String,
    /// File name.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Media type by content.
    pub media_type: String,
    /// Instant.
    pub added_at: String,
    /// Who.
    pub actor_name: String,
}
