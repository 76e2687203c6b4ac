//! JSON of a project's plan: the sheet, changes and what they do.

use super::record::FieldChange;
use super::{FindingView, LightView, RagView, day, each, hundredths};
use app::page::project_plan as page;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Tenths of a day as a number of days.
fn days(tenths: i64) -> f64 {
    tenths as f64 / 10.0
}

/// The plan of a project as a sheet.
#[derive(Serialize, ToSchema)]
pub struct PlanSheet {
    pub project_id: String,
    pub project_name: String,
    pub today: String,
    pub data_date: String,
    pub editable: bool,
    pub position: i64,
    pub target: Option<PlanTarget>,
    pub summary: PlanSummary,
    pub activities: Vec<PlanRow>,
    pub links: Vec<PlanLink>,
    pub bands: Vec<PlanBand>,
    pub calendars: Vec<PlanCalendarName>,
    pub resources: Vec<PlanResourceName>,
    pub baselines: Vec<PlanBaseline>,
    pub ghosts: PlanGhosts,
    pub shortfall: Option<PlanShortfall>,
    pub compressions: Vec<PlanCompression>,
    pub can_undo: Option<PlanUndo>,
    pub findings: Vec<FindingView>,
}

/// Day and word of the target.
#[derive(Serialize, ToSchema)]
pub struct PlanTarget {
    pub date: String,
    pub kind: String,
}

/// What stands above the sheet.
#[derive(Serialize, ToSchema)]
pub struct PlanSummary {
    pub forecast_finish: Option<String>,
    pub slip_days: Option<i64>,
    pub verdict: String,
    pub float_days: Option<f64>,
    pub float_text: String,
    pub start_by: Option<String>,
    pub light: LightView,
    pub activities: usize,
    pub done: usize,
    pub running: usize,
    pub not_started: usize,
    pub percent: f64,
    pub percent_text: String,
    pub critical_path: Vec<String>,
}

/// One activity of the sheet.
#[derive(Serialize, ToSchema)]
pub struct PlanRow {
    pub id: String,
    pub version: i64,
    pub code: String,
    pub name: String,
    /// task, start_milestone, finish_milestone, level_of_effort, summary.
    pub kind: String,
    pub kind_label: String,
    pub parent_id: Option<String>,
    pub level: usize,
    pub is_summary: bool,
    pub unit_id: Option<String>,
    pub unit: String,
    pub performer: String,
    pub responsible_person: String,
    pub calendar: String,
    pub calendar_label: String,
    pub duration_days: Option<i64>,
    pub duration_text: String,
    pub predecessors: String,
    /// asap, alap_free, alap_total.
    pub timing: String,
    pub constraint: Option<PlanConstraint>,
    pub constraint_2: Option<PlanConstraint>,
    pub deadline: Option<String>,
    pub manual: bool,
    pub estimate: Option<PlanEstimate>,
    pub weight: Option<f64>,
    pub expected_finish: Option<String>,
    pub remaining_days: Option<i64>,
    pub resources: Vec<PlanNeed>,
    pub planned_start: Option<String>,
    pub planned_finish: Option<String>,
    pub actual_start: Option<String>,
    pub actual_finish: Option<String>,
    /// done, running, not_started.
    pub state: String,
    pub assumed: bool,
    pub percent: f64,
    pub percent_text: String,
    pub reported_on: Option<String>,
    pub early_start: Option<String>,
    pub early_finish: Option<String>,
    pub late_start: Option<String>,
    pub late_finish: Option<String>,
    pub forecast_start: Option<String>,
    pub forecast_finish: Option<String>,
    pub total_float_days: Option<f64>,
    pub free_float_days: Option<f64>,
    pub float_text: String,
    pub critical: bool,
    pub on_longest_path: bool,
    /// negative, critical, near, normal, ample, done.
    pub band: String,
    pub slip_days: i64,
    pub rag: RagView,
    pub driver: Option<PlanDriver>,
    /// What bounds the late finish; its `activity_id` is the successor.
    pub late_driver: Option<PlanDriver>,
    pub why: String,
    pub variance: Option<PlanVariance>,
    pub on_wall: bool,
    pub remark: String,
    pub editable: bool,
    pub demo: bool,
}

/// 限制条件.
#[derive(Serialize, ToSchema)]
pub struct PlanConstraint {
    pub kind: String,
    pub date: String,
    pub text: String,
}

/// 三点估计, working days.
#[derive(Serialize, ToSchema)]
pub struct PlanEstimate {
    pub optimistic: i64,
    pub likely: i64,
    pub pessimistic: i64,
}

/// What an activity needs each day.
#[derive(Serialize, ToSchema)]
pub struct PlanNeed {
    pub resource_id: String,
    pub code: String,
    pub name: String,
    pub units: String,
}

/// What sets a date.
#[derive(Serialize, ToSchema)]
pub struct PlanDriver {
    /// link, constraint, data_date, project_start, actual, fixed, timing, expected_finish, children; from behind also
    /// deadline, target, project_finish.
    pub kind: String,
    pub text: String,
    pub activity_id: Option<String>,
}

/// Working days after the baseline.
#[derive(Serialize, ToSchema)]
pub struct PlanVariance {
    pub start_days: i64,
    pub finish_days: i64,
}

/// One link.
#[derive(Serialize, ToSchema)]
pub struct PlanLink {
    pub from_id: String,
    pub to_id: String,
    /// FS, SS, FF, SF.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    pub kind: String,
    pub lag_text: String,
    pub lag_days: f64,
    pub driving: bool,
    pub slack_days: Option<f64>,
    pub text: String,
}

/// Activities by float.
#[derive(Serialize, ToSchema)]
pub struct PlanBand {
    pub band: String,
    pub label: String,
    pub count: usize,
    pub from_days: Option<f64>,
    pub to_days: Option<f64>,
}

/// A calendar to choose.
#[derive(Serialize, ToSchema)]
pub struct PlanCalendarName {
    pub code: String,
    pub name: String,
    pub hours_per_day: f64,
}

/// A resource to choose.
#[derive(Serialize, ToSchema)]
pub struct PlanResourceName {
    pub id: String,
    pub code: String,
    pub name: String,
    pub unit: String,
    pub own: bool,
}

/// A baseline in a list.
#[derive(Serialize, ToSchema)]
pub struct PlanBaseline {
    pub id: String,
    pub name: String,
    pub taken_on: String,
    pub taken_by: String,
    pub reason: String,
    pub rows: usize,
}

/// Bars behind the bars.
#[derive(Serialize, ToSchema)]
pub struct PlanGhosts {
    pub baseline: Option<PlanBaselineGhost>,
    pub snapshot: Option<PlanSnapshotGhost>,
}

/// Bars of a baseline.
#[derive(Serialize, ToSchema)]
pub struct PlanBaselineGhost {
    pub id: String,
    pub label: String,
    pub bars: BTreeMap<String, PlanSpan>,
}

/// Bars of the last report.
#[derive(Serialize, ToSchema)]
pub struct PlanSnapshotGhost {
    pub as_of: String,
    pub label: String,
    pub bars: BTreeMap<String, PlanSpan>,
}

/// First and last day.
#[derive(Serialize, ToSchema)]
pub struct PlanSpan {
    pub start: String,
    pub finish: String,
}

/// What is missing to the target.
#[derive(Serialize, ToSchema)]
pub struct PlanShortfall {
    pub days: f64,
    pub text: String,
    pub chain: Vec<String>,
    pub chain_text: String,
}

/// A way to win time back: one activity to shorten, or several side by side that win something only together.
#[derive(Serialize, ToSchema)]
pub struct PlanCompression {
    pub parts: Vec<PlanCompressionPart>,
    pub gain_days: f64,
    pub text: String,
}

/// An activity to shorten.
#[derive(Serialize, ToSchema)]
pub struct PlanCompressionPart {
    pub activity_id: String,
    pub code: String,
    pub name: String,
    pub days: f64,
    /// The change that makes it, by field of the activity register.
    #[schema(value_type = Object)]
    pub values: serde_json::Map<String, serde_json::Value>,
}

/// The newest change that can be taken back.
#[derive(Serialize, ToSchema)]
pub struct PlanUndo {
    pub batch_id: String,
    pub text: String,
    pub at: String,
}

impl From<&page::PlanSheet> for PlanSheet {
    fn from(sheet: &page::PlanSheet) -> Self {
        let target = sheet.target.as_ref();
        Self {
            project_id: sheet.project_id.clone(),
            project_name: sheet.project_name.clone(),
            today: sheet.today.to_string(),
            data_date: sheet.data_date.to_string(),
            editable: sheet.editable,
            position: sheet.position,
            target: target.map(|(date, kind)| PlanTarget {
                date: date.to_string(),
                kind: kind.clone(),
            }),
            summary: (&sheet.summary).into(),
            activities: each(&sheet.activities),
            links: each(&sheet.links),
            bands: each(&sheet.bands),
            calendars: each(&sheet.calendars),
            resources: each(&sheet.resources),
            baselines: each(&sheet.baselines),
            ghosts: PlanGhosts {
                baseline: sheet.baseline.as_ref().map(|ghost| PlanBaselineGhost {
                    id: ghost.id.clone(),
                    label: ghost.label.clone(),
                    bars: bars(ghost),
                }),
                snapshot: sheet.snapshot.as_ref().map(|ghost| PlanSnapshotGhost {
                    as_of: ghost.id.clone(),
                    label: ghost.label.clone(),
                    bars: bars(ghost),
                }),
            },
            shortfall: sheet.shortfall.as_ref().map(PlanShortfall::from),
            compressions: each(&sheet.compressions),
            can_undo: sheet.can_undo.as_ref().map(PlanUndo::from),
            findings: each(&sheet.findings),
        }
    }
}

fn bars(ghost: &page::Ghost) -> BTreeMap<String, PlanSpan> {
    let span = |(id, (start, finish)): (&String, &(ground::Date, ground::Date))| {
        let span = PlanSpan {
            start: start.to_string(),
            finish: finish.to_string(),
        };
        (id.clone(), span)
    };
    ghost.bars.iter().map(span).collect()
}

/// One decimal, rounded; what is not whole never reads as 100 % (see 数据口径).
fn percent_text(hundredths: i64) -> String {
    let rounded = (hundredths + 5).div_euclid(10);
    let tenths = match hundredths {
        ..10_000 => rounded.min(999),
        _ => rounded,
    };
    match tenths % 10 {
        0 => format!("{}%", tenths / 10),
        part => format!("{}.{part}%", tenths / 10),
    }
}

/// −17 天, with the sign people read.
fn float_text(tenths: Option<i64>) -> String {
    let Some(tenths) = tenths else {
        return String::new();
    };
    let sign = if tenths < 0 { "−" } else { "" };
    let (whole, rest) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    match rest {
        0 => format!("{sign}{whole} 天"),
        _ => format!("{sign}{whole}.{rest} 天"),
    }
}

impl From<&page::PlanSummary> for PlanSummary {
    fn from(summary: &page::PlanSummary) -> Self {
        Self {
            forecast_finish: day(summary.forecast_finish),
            slip_days: summary.slip_days,
            verdict: summary.verdict.clone(),
            float_days: summary.float_days.map(days),
            float_text: summary.float_text.clone(),
            start_by: day(summary.start_by),
            light: (&summary.light).into(),
            activities: summary.activities,
            done: summary.done,
            running: summary.running,
            not_started: summary.not_started,
            percent: hundredths(summary.percent),
            percent_text: percent_text(summary.percent),
            critical_path: summary.critical_path.clone(),
        }
    }
}

impl From<&page::PlanRow> for PlanRow {
    fn from(row: &page::PlanRow) -> Self {
        let dates = &row.dates;
        let constraint = |at: usize| row.constraints.get(at).map(PlanConstraint::from);
        Self {
            id: row.id.clone(),
            version: row.version,
            code: row.code.clone(),
            name: row.name.clone(),
            kind: row.kind.0.to_owned(),
            kind_label: row.kind.1.to_owned(),
            parent_id: row.parent_id.clone(),
            level: row.level,
            is_summary: row.kind.0 == "summary",
            unit_id: row.unit_id.clone(),
            unit: row.unit.clone(),
            performer: row.performer.clone(),
            responsible_person: row.responsible_person.clone(),
            calendar: row.calendar.clone(),
            calendar_label: row.calendar_label.clone(),
            duration_days: row.duration_days,
            duration_text: row.duration_text.clone(),
            predecessors: row.predecessors.clone(),
            timing: row.timing.to_owned(),
            constraint: constraint(0),
            constraint_2: constraint(1),
            deadline: day(row.deadline),
            manual: row.manual,
            estimate: row.estimate.map(|one| PlanEstimate {
                optimistic: one.optimistic,
                likely: one.likely,
                pessimistic: one.pessimistic,
            }),
            weight: row.weight.map(hundredths),
            expected_finish: day(row.expected_finish),
            remaining_days: row.remaining_days,
            resources: each(&row.resources),
            planned_start: day(dates.planned.0),
            planned_finish: day(dates.planned.1),
            actual_start: day(dates.actual.0),
            actual_finish: day(dates.actual.1),
            state: row.state.to_owned(),
            assumed: row.assumed,
            percent: hundredths(row.percent),
            percent_text: percent_text(row.percent),
            reported_on: day(row.reported_on),
            early_start: day(dates.early.0),
            early_finish: day(dates.early.1),
            late_start: day(dates.late.0),
            late_finish: day(dates.late.1),
            forecast_start: day(dates.forecast.0),
            forecast_finish: day(dates.forecast.1),
            total_float_days: row.total_float.map(days),
            free_float_days: row.free_float.map(days),
            float_text: float_text(row.total_float),
            critical: row.critical,
            on_longest_path: row.on_longest_path,
            band: row.band.to_owned(),
            slip_days: row.slip_days,
            rag: row.rag.into(),
            driver: row.driver.as_ref().map(PlanDriver::from),
            late_driver: row.late_driver.as_ref().map(PlanDriver::from),
            why: row.why.clone(),
            variance: row.variance.map(variance),
            on_wall: row.on_wall,
            remark: row.remark.clone(),
            editable: row.editable,
            demo: row.demo,
        }
    }
}

fn variance((start_days, finish_days): (i64, i64)) -> PlanVariance {
    PlanVariance {
        start_days,
        finish_days,
    }
}

impl From<&page::ConstraintView> for PlanConstraint {
    fn from(one: &page::ConstraintView) -> Self {
        Self {
            kind: one.kind.to_owned(),
            date: one.date.to_string(),
            text: one.text.clone(),
        }
    }
}

/// 2, 0.5: hundredths without empty digits.
fn units_text(hundredths: i64) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl From<&page::NeedView> for PlanNeed {
    fn from(one: &page::NeedView) -> Self {
        Self {
            resource_id: one.resource_id.clone(),
            code: one.code.clone(),
            name: one.name.clone(),
            units: units_text(one.units),
        }
    }
}

impl From<&page::DriverView> for PlanDriver {
    fn from(one: &page::DriverView) -> Self {
        Self {
            kind: one.kind.to_owned(),
            text: one.text.clone(),
            activity_id: one.activity_id.clone(),
        }
    }
}

impl From<&page::PlanLink> for PlanLink {
    fn from(link: &page::PlanLink) -> Self {
        Self {
            from_id: link.from_id.clone(),
            to_id: link.to_id.clone(),
            kind: link.kind.to_owned(),
            lag_text: link.lag_text.clone(),
            lag_days: days(link.lag_days),
            driving: link.driving,
            slack_days: link.slack_days.map(days),
            text: link.text.clone(),
        }
    }
}

impl From<&page::FloatBand> for PlanBand {
    fn from(band: &page::FloatBand) -> Self {
        Self {
            band: band.band.to_owned(),
            label: band.label.clone(),
            count: band.count,
            from_days: band.range.0.map(days),
            to_days: band.range.1.map(days),
        }
    }
}

impl From<&page::CalendarName> for PlanCalendarName {
    fn from(one: &page::CalendarName) -> Self {
        Self {
            code: one.code.clone(),
            name: one.name.clone(),
            hours_per_day: one.minutes_per_day as f64 / 60.0,
        }
    }
}

impl From<&page::ResourceName> for PlanResourceName {
    fn from(one: &page::ResourceName) -> Self {
        Self {
            id: one.id.clone(),
            code: one.code.clone(),
            name: one.name.clone(),
            unit: one.unit.clone(),
            own: one.own,
        }
    }
}

impl From<&page::BaselineView> for PlanBaseline {
    fn from(one: &page::BaselineView) -> Self {
        Self {
            id: one.id.clone(),
            name: one.name.clone(),
            taken_on: one.taken_on.to_string(),
            taken_by: one.taken_by.clone(),
            reason: one.reason.clone(),
            rows: one.rows,
        }
    }
}

impl From<&page::Shortfall> for PlanShortfall {
    fn from(one: &page::Shortfall) -> Self {
        Self {
            days: days(one.days),
            text: one.text.clone(),
            chain: one.chain.clone(),
            chain_text: one.chain_text.clone(),
        }
    }
}

impl From<&page::CompressionView> for PlanCompression {
    fn from(one: &page::CompressionView) -> Self {
        Self {
            parts: each(&one.parts),
            gain_days: days(one.gain_days),
            text: one.text.clone(),
        }
    }
}

impl From<&page::CompressionPart> for PlanCompressionPart {
    fn from(part: &page::CompressionPart) -> Self {
        Self {
            activity_id: part.activity_id.clone(),
            code: part.code.clone(),
            name: part.name.clone(),
            days: days(part.days),
            values: part.values.clone(),
        }
    }
}

impl From<&page::ChangeBatch> for PlanUndo {
    fn from(one: &page::ChangeBatch) -> Self {
        Self {
            batch_id: one.batch_id.clone(),
            text: format!("{}：{}", one.actor_name, one.reason),
            at: one.at.clone(),
        }
    }
}

/// What a change of a plan does.
#[derive(Serialize, ToSchema)]
pub struct PlanDiff {
    pub dry_run: bool,
    pub batch_id: Option<String>,
    pub before: Option<PlanState>,
    pub after: Option<PlanState>,
    pub finish_change_days: Option<i64>,
    pub finish_text: String,
    pub moved: Vec<PlanMoved>,
    pub changed: Vec<PlanChanged>,
    pub added: Vec<PlanAdded>,
    pub removed: Vec<PlanRemoved>,
    pub findings: Vec<FindingView>,
    pub sheet: Option<PlanSheet>,
}

/// A plan in one line.
#[derive(Serialize, ToSchema)]
pub struct PlanState {
    pub forecast_finish: Option<String>,
    pub verdict: String,
    pub float_days: Option<f64>,
    pub rag: RagView,
    pub findings: usize,
}

/// An activity that moved.
#[derive(Serialize, ToSchema)]
pub struct PlanMoved {
    pub activity_id: String,
    pub code: String,
    pub name: String,
    pub before: Option<PlanRowState>,
    pub after: Option<PlanRowState>,
    pub days: Option<i64>,
}

/// Where an activity stood.
#[derive(Serialize, ToSchema)]
pub struct PlanRowState {
    pub start: String,
    pub finish: String,
    pub float_days: f64,
    pub critical: bool,
}

/// An activity whose fields changed.
#[derive(Serialize, ToSchema)]
pub struct PlanChanged {
    pub activity_id: String,
    pub code: String,
    pub name: String,
    pub fields: Vec<FieldChange>,
}

/// A new row.
#[derive(Serialize, ToSchema)]
pub struct PlanAdded {
    pub key: String,
    pub activity_id: String,
    pub code: String,
    pub name: String,
}

/// A row taken out.
#[derive(Serialize, ToSchema)]
pub struct PlanRemoved {
    pub activity_id: String,
    pub code: String,
    pub name: String,
}

impl From<&page::PlanDiff> for PlanDiff {
    fn from(diff: &page::PlanDiff) -> Self {
        Self {
            dry_run: diff.dry_run,
            batch_id: diff.batch_id.clone(),
            before: diff.before.as_ref().map(PlanState::from),
            after: diff.after.as_ref().map(PlanState::from),
            finish_change_days: diff.finish_change_days,
            finish_text: diff.finish_text.clone(),
            moved: each(&diff.moved),
            changed: each(&diff.changed),
            added: each(&diff.added),
            removed: each(&diff.removed),
            findings: each(&diff.findings),
            sheet: diff.sheet.as_deref().map(PlanSheet::from),
        }
    }
}

impl From<&page::PlanState> for PlanState {
    fn from(state: &page::PlanState) -> Self {
        Self {
            forecast_finish: day(state.forecast_finish),
            verdict: state.verdict.clone(),
            float_days: state.float_days.map(days),
            rag: state.rag.into(),
            findings: state.findings,
        }
    }
}

impl From<&page::MovedRow> for PlanMoved {
    fn from(moved: &page::MovedRow) -> Self {
        Self {
            activity_id: moved.row.activity_id.clone(),
            code: moved.row.code.clone(),
            name: moved.row.name.clone(),
            before: moved.before.as_ref().map(PlanRowState::from),
            after: moved.after.as_ref().map(PlanRowState::from),
            days: moved.days,
        }
    }
}

impl From<&page::RowState> for PlanRowState {
    fn from(state: &page::RowState) -> Self {
        Self {
            start: state.start.to_string(),
            finish: state.finish.to_string(),
            float_days: days(state.float_days),
            critical: state.critical,
        }
    }
}

impl From<&page::ChangedRow> for PlanChanged {
    fn from(changed: &page::ChangedRow) -> Self {
        Self {
            activity_id: changed.row.activity_id.clone(),
            code: changed.row.code.clone(),
            name: changed.row.name.clone(),
            fields: each(&changed.fields),
        }
    }
}

impl From<&page::NamedRow> for PlanAdded {
    fn from(row: &page::NamedRow) -> Self {
        Self {
            key: row.key.clone(),
            activity_id: row.activity_id.clone(),
            code: row.code.clone(),
            name: row.name.clone(),
        }
    }
}

impl From<&page::NamedRow> for PlanRemoved {
    fn from(row: &page::NamedRow) -> Self {
        Self {
            activity_id: row.activity_id.clone(),
            code: row.code.clone(),
            name: row.name.clone(),
        }
    }
}

/// Changes of a plan, newest first.
#[derive(Serialize, ToSchema)]
pub struct PlanBatchList {
    pub batches: Vec<PlanBatch>,
}

/// One change of a plan.
#[derive(Serialize, ToSchema)]
pub struct PlanBatch {
    pub batch_id: String,
    pub at: String,
    pub actor_name: String,
    pub reason: String,
    pub text: String,
    pub rows: u64,
    pub undone_at: Option<String>,
}

impl From<&page::ChangeBatch> for PlanBatch {
    fn from(batch: &page::ChangeBatch) -> Self {
        Self {
            batch_id: batch.batch_id.clone(),
            at: batch.at.clone(),
            actor_name: batch.actor_name.clone(),
            reason: batch.reason.clone(),
            text: batch.text.clone(),
            rows: batch.rows,
            undone_at: batch.undone_at.clone(),
        }
    }
}
