//! JSON of what stands beside a plan: baselines, calendars, curves, health, chance, plan files.

use super::plan::{PlanBaseline, PlanDiff, PlanMoved};
use super::plan_change::PlanChange;
use super::record::FieldChange;
use super::{FindingView, RagView, day, each, hundredths};
use app::page::project_plan as page;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An index of basis points with two decimals.
fn index(points: i64) -> f64 {
    ((points + 50).div_euclid(100)) as f64 / 100.0
}

/// Baselines of a project, newest first.
#[derive(Serialize, ToSchema)]
pub struct PlanBaselineList {
    pub baselines: Vec<PlanBaseline>,
}

/// A baseline to be taken.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlanBaseline {
    pub name: String,
    #[serde(default)]
    pub reason: String,
    /// planned (default), early or late.
    pub from: Option<String>,
}

/// A baseline beside the plan of today.
#[derive(Serialize, ToSchema)]
pub struct PlanBaselinePage {
    pub baseline: PlanBaseline,
    pub rows: Vec<PlanBaselineRow>,
    pub finish: Option<String>,
    pub now_finish: Option<String>,
    pub text: String,
}

/// One activity then and now.
#[derive(Serialize, ToSchema)]
pub struct PlanBaselineRow {
    pub activity_id: String,
    pub code: String,
    pub name: String,
    pub start: Option<String>,
    pub finish: Option<String>,
    pub now_start: Option<String>,
    pub now_finish: Option<String>,
    pub start_days: Option<i64>,
    pub finish_days: Option<i64>,
    /// same, later, earlier, added, gone.
    pub status: String,
}

impl From<&page::BaselinePage> for PlanBaselinePage {
    fn from(page: &page::BaselinePage) -> Self {
        Self {
            baseline: (&page.baseline).into(),
            rows: each(&page.rows),
            finish: day(page.finish),
            now_finish: day(page.now_finish),
            text: page.text.clone(),
        }
    }
}

impl From<&page::BaselineRowView> for PlanBaselineRow {
    fn from(row: &page::BaselineRowView) -> Self {
        Self {
            activity_id: row.activity_id.clone(),
            code: row.code.clone(),
            name: row.name.clone(),
            start: day(row.then.map(|days| days.0)),
            finish: day(row.then.map(|days| days.1)),
            now_start: day(row.now.map(|days| days.0)),
            now_finish: day(row.now.map(|days| days.1)),
            start_days: row.days.map(|days| days.0),
            finish_days: row.days.map(|days| days.1),
            status: row.status.to_owned(),
        }
    }
}

/// Calendars of plans.
#[derive(Serialize, ToSchema)]
pub struct PlanCalendarList {
    pub calendars: Vec<PlanCalendarLine>,
}

/// One calendar.
#[derive(Serialize, ToSchema)]
pub struct PlanCalendarLine {
    pub code: String,
    pub name: String,
    pub base: Option<String>,
    pub built_in: bool,
    pub editable: bool,
    pub version: i64,
    pub project_id: Option<String>,
    pub hours_per_day: f64,
    pub used_by: usize,
}

impl From<&page::CalendarLine> for PlanCalendarLine {
    fn from(line: &page::CalendarLine) -> Self {
        Self {
            code: line.code.clone(),
            name: line.name.clone(),
            base: line.base.clone(),
            built_in: line.built_in,
            editable: line.editable,
            version: line.version,
            project_id: line.project_id.clone(),
            hours_per_day: line.minutes_per_day as f64 / 60.0,
            used_by: line.used_by,
        }
    }
}

/// A calendar with a year.
#[derive(Serialize, ToSchema)]
pub struct PlanCalendar {
    pub code: String,
    pub name: String,
    pub base: Option<String>,
    pub built_in: bool,
    pub editable: bool,
    pub version: i64,
    pub project_id: Option<String>,
    pub follow_holidays: bool,
    pub own_week: bool,
    pub hours_per_day: f64,
    pub week: Vec<PlanWeekday>,
    pub exceptions: Vec<PlanException>,
    pub year: i16,
    pub days: Vec<PlanCalendarDay>,
    pub workdays_in_year: i32,
    pub findings: Vec<FindingView>,
}

/// Hours of a weekday, 1 = Monday.
#[derive(Serialize, Deserialize, ToSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct PlanWeekday {
    pub day: i64,
    pub hours: Vec<(String, String)>,
}

/// A stop or extra work.
#[derive(Serialize, Deserialize, ToSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct PlanException {
    pub name: String,
    pub first: String,
    pub last: String,
    #[serde(default)]
    pub working: bool,
    #[serde(default)]
    pub hours: Option<Vec<(String, String)>>,
}

/// A day that differs from the plain week.
#[derive(Serialize, ToSchema)]
pub struct PlanCalendarDay {
    pub date: String,
    pub working: bool,
    pub minutes: i64,
    /// holiday, make_up, stop, extra.
    pub kind: String,
    pub label: String,
}

impl From<&page::CalendarPage> for PlanCalendar {
    fn from(page: &page::CalendarPage) -> Self {
        let weekday = |(day, hours): &(u8, Vec<(String, String)>)| PlanWeekday {
            day: i64::from(*day),
            hours: hours.clone(),
        };
        Self {
            code: page.code.clone(),
            name: page.name.clone(),
            base: page.base.clone(),
            built_in: page.built_in,
            editable: page.editable,
            version: page.version,
            project_id: page.project_id.clone(),
            follow_holidays: page.follow_holidays,
            own_week: page.own_week,
            hours_per_day: page.minutes_per_day as f64 / 60.0,
            week: page.week.iter().map(weekday).collect(),
            exceptions: each(&page.exceptions),
            year: page.year,
            days: each(&page.days),
            workdays_in_year: page.workdays_in_year,
            findings: each(&page.findings),
        }
    }
}

impl From<&page::CalendarException> for PlanException {
    fn from(one: &page::CalendarException) -> Self {
        Self {
            name: one.name.clone(),
            first: one.first.to_string(),
            last: one.last.to_string(),
            working: one.working,
            hours: one.hours.clone(),
        }
    }
}

impl From<&page::CalendarDay> for PlanCalendarDay {
    fn from(one: &page::CalendarDay) -> Self {
        Self {
            date: one.date.to_string(),
            working: one.working,
            minutes: one.minutes,
            kind: one.kind.to_owned(),
            label: one.label.clone(),
        }
    }
}

/// A calendar to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanCalendarInput {
    pub name: String,
    pub base: Option<String>,
    pub project_id: Option<String>,
    pub follow_holidays: Option<bool>,
    /// All seven weekdays; null = the base's week.
    pub week: Option<Vec<PlanWeekday>>,
    #[serde(default)]
    pub exceptions: Vec<PlanException>,
    /// Version read; 0 for a new calendar.
    #[serde(default)]
    pub version: i64,
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub dry_run: bool,
    /// Year to show in the answer.
    pub year: Option<i16>,
}

/// What keeping a calendar does.
#[derive(Serialize, ToSchema)]
pub struct PlanCalendarKept {
    pub calendar: PlanCalendar,
    pub projects: Vec<PlanCalendarEffect>,
    pub dry_run: bool,
    /// Always null: a calendar is one record with a history of its own.
    pub batch_id: Option<String>,
}

/// A project that moves with a calendar.
#[derive(Serialize, ToSchema)]
pub struct PlanCalendarEffect {
    pub project_id: String,
    pub name: String,
    pub forecast_before: String,
    pub forecast_after: String,
    pub days: i64,
}

impl From<&page::CalendarEffect> for PlanCalendarEffect {
    fn from(one: &page::CalendarEffect) -> Self {
        Self {
            project_id: one.project_id.clone(),
            name: one.name.clone(),
            forecast_before: one.before.to_string(),
            forecast_after: one.after.to_string(),
            days: one.days,
        }
    }
}

/// 香蕉曲线.
#[derive(Serialize, ToSchema)]
pub struct PlanCurve {
    pub as_of: String,
    pub step: String,
    pub basis: String,
    pub first: Option<String>,
    pub last: Option<String>,
    pub target: Option<String>,
    pub points: Vec<PlanCurvePoint>,
    pub now: Option<PlanCurveNow>,
    pub catch_up: Option<PlanCatchUp>,
    pub findings: Vec<FindingView>,
}

/// One point, percent of the whole.
#[derive(Serialize, ToSchema)]
pub struct PlanCurvePoint {
    pub date: String,
    pub label: String,
    pub early: f64,
    pub late: f64,
    pub planned: f64,
    pub earned: Option<f64>,
    pub forecast: Option<f64>,
}

/// Planned against earned today.
#[derive(Serialize, ToSchema)]
pub struct PlanCurveNow {
    pub planned: f64,
    pub earned: f64,
    pub variance: f64,
    pub spi: Option<f64>,
    pub earned_schedule_on: Option<String>,
    pub spi_time: Option<f64>,
    pub text: String,
}

/// 追赶.
#[derive(Serialize, ToSchema)]
pub struct PlanCatchUp {
    pub factor: Option<f64>,
    pub band: RagView,
    pub text: String,
}

impl From<&page::PlanCurve> for PlanCurve {
    fn from(curve: &page::PlanCurve) -> Self {
        Self {
            as_of: curve.as_of.to_string(),
            step: curve.step.clone(),
            basis: curve.basis.clone(),
            first: curve.points.first().map(|point| point.date.to_string()),
            last: curve.points.last().map(|point| point.date.to_string()),
            target: day(curve.target),
            points: each(&curve.points),
            now: curve.now.as_ref().map(PlanCurveNow::from),
            catch_up: curve.catch_up.as_ref().map(|one| PlanCatchUp {
                factor: one.factor.map(index),
                band: one.rag.into(),
                text: one.text.clone(),
            }),
            findings: each(&curve.findings),
        }
    }
}

impl From<&page::CurvePointView> for PlanCurvePoint {
    fn from(point: &page::CurvePointView) -> Self {
        Self {
            date: point.date.to_string(),
            label: point.label.clone(),
            early: hundredths(point.early),
            late: hundredths(point.late),
            planned: hundredths(point.planned),
            earned: point.earned.map(hundredths),
            forecast: point.forecast.map(hundredths),
        }
    }
}

impl From<&page::CurveNow> for PlanCurveNow {
    fn from(now: &page::CurveNow) -> Self {
        Self {
            planned: hundredths(now.planned),
            earned: hundredths(now.earned),
            variance: hundredths(now.variance),
            spi: now.spi.map(index),
            earned_schedule_on: day(now.earned_schedule_on),
            spi_time: now.spi_time.map(index),
            text: now.text.clone(),
        }
    }
}

/// 计划体检.
#[derive(Serialize, ToSchema)]
pub struct PlanHealth {
    pub as_of: String,
    pub verdict: String,
    pub passed: usize,
    pub failed: usize,
    pub not_applicable: usize,
    pub checks: Vec<PlanHealthCheck>,
    pub findings: Vec<FindingView>,
}

/// One check.
#[derive(Serialize, ToSchema)]
pub struct PlanHealthCheck {
    pub no: u8,
    pub id: String,
    pub label: String,
    pub value_text: String,
    pub limit_text: String,
    /// pass, fail, not_applicable.
    pub verdict: String,
    pub count: usize,
    /// Activities and nodes of the plan.
    pub of: usize,
    pub activity_ids: Vec<String>,
    pub meaning: String,
    pub remedy: String,
}

impl From<&page::PlanHealth> for PlanHealth {
    fn from(health: &page::PlanHealth) -> Self {
        let [passed, failed, not_applicable] = health.counts;
        Self {
            as_of: health.as_of.to_string(),
            verdict: health.verdict.clone(),
            passed,
            failed,
            not_applicable,
            checks: each(&health.checks),
            findings: each(&health.findings),
        }
    }
}

impl From<&page::HealthCheck> for PlanHealthCheck {
    fn from(check: &page::HealthCheck) -> Self {
        Self {
            no: check.no,
            id: check.id.to_owned(),
            label: check.label.to_owned(),
            value_text: check.value_text.clone(),
            limit_text: check.limit_text.clone(),
            verdict: check.verdict.to_owned(),
            count: check.activity_ids.len(),
            of: check.of,
            activity_ids: check.activity_ids.clone(),
            meaning: check.meaning.to_owned(),
            remedy: check.remedy.clone(),
        }
    }
}

/// The chance of meeting a day, percent.
#[derive(Serialize, ToSchema)]
pub struct PlanChance {
    pub runs: usize,
    pub seed: u64,
    pub target: Option<String>,
    pub chance: Option<f64>,
    pub chance_text: String,
    pub plan_finish: Option<String>,
    pub p50: Option<String>,
    pub p80: Option<String>,
    pub estimated: usize,
    pub activities: usize,
    pub text: String,
    pub curve: Vec<PlanChancePoint>,
    pub criticality: Vec<PlanChanceShare>,
    pub findings: Vec<FindingView>,
}

/// Chance of being over by the end of a day.
#[derive(Serialize, ToSchema)]
pub struct PlanChancePoint {
    pub date: String,
    pub chance: f64,
}

/// How often an activity is critical.
#[derive(Serialize, ToSchema)]
pub struct PlanChanceShare {
    pub activity_id: String,
    pub code: String,
    pub name: String,
    pub share: f64,
}

impl From<&page::PlanChance> for PlanChance {
    fn from(chance: &page::PlanChance) -> Self {
        let text = chance
            .chance
            .map(|share| format!("{}%", (share + 50) / 100));
        Self {
            runs: chance.runs,
            seed: chance.seed,
            target: day(chance.target),
            chance: chance.chance.map(hundredths),
            chance_text: text.unwrap_or_default(),
            plan_finish: day(chance.plan_finish),
            p50: day(chance.p50),
            p80: day(chance.p80),
            estimated: chance.estimated,
            activities: chance.activities,
            text: chance.text.clone(),
            curve: each(&chance.curve),
            criticality: each(&chance.criticality),
            findings: each(&chance.findings),
        }
    }
}

impl From<&page::ChancePoint> for PlanChancePoint {
    fn from(point: &page::ChancePoint) -> Self {
        Self {
            date: point.date.to_string(),
            chance: hundredths(point.chance),
        }
    }
}

impl From<&page::ChanceShare> for PlanChanceShare {
    fn from(one: &page::ChanceShare) -> Self {
        Self {
            activity_id: one.activity_id.clone(),
            code: one.code.clone(),
            name: one.name.clone(),
            share: hundredths(one.share),
        }
    }
}

/// The load of a plan's resources.
#[derive(Serialize, ToSchema)]
pub struct PlanLoad {
    pub first: Option<String>,
    pub last: Option<String>,
    pub resources: Vec<PlanLoadedResource>,
    pub findings: Vec<FindingView>,
}

/// How to level.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct PlanLevelQuery {
    /// Only as far as floats allow.
    #[serde(default)]
    pub within_float: bool,
    /// How long to look for something better; 1000 when absent, 5000 at most.
    pub milliseconds: Option<u64>,
    /// Where chance begins; a longer search asks again with another one and keeps the better answer. 1 when absent.
    pub seed: Option<u64>,
    /// Resources to look at; all when absent.
    #[serde(default)]
    pub resources: Vec<String>,
    /// `changes` of an answer that is known: the search goes on from there.
    #[serde(default)]
    pub known: Vec<PlanChange>,
}

/// A levelled plan: nothing is written, `changes` give its dates.
#[derive(Serialize, ToSchema)]
pub struct PlanLevelled {
    pub before_finish: String,
    pub after_finish: String,
    /// No order of the work finishes earlier.
    pub bound_finish: String,
    /// Calendar days of `after_finish` behind the bound; 0 = nothing better exists.
    pub gap_days: i64,
    /// Smaller is better, the first first: minutes behind deadlines, the finish, minutes of waiting.
    pub score: Vec<i64>,
    pub text: String,
    pub over_days_before: usize,
    pub over_days_after: usize,
    pub resources: Vec<PlanLoadedResource>,
    pub changes: Vec<PlanChange>,
    pub moved: Vec<PlanMoved>,
    /// Who waits for what.
    pub waits: Vec<String>,
    pub findings: Vec<FindingView>,
}

impl From<&page::PlanLevelled> for PlanLevelled {
    fn from(levelled: &page::PlanLevelled) -> Self {
        Self {
            before_finish: levelled.before_finish.to_string(),
            after_finish: levelled.after_finish.to_string(),
            bound_finish: levelled.bound_finish.to_string(),
            gap_days: levelled.gap_days,
            score: levelled.score.to_vec(),
            text: levelled.text.clone(),
            over_days_before: levelled.over_days_before,
            over_days_after: levelled.over_days_after,
            resources: each(&levelled.resources),
            changes: levelled
                .changes
                .iter()
                .filter_map(PlanChange::held)
                .collect(),
            moved: each(&levelled.moved),
            waits: levelled.waits.clone(),
            findings: each(&levelled.findings),
        }
    }
}

/// A resource by day.
#[derive(Serialize, ToSchema)]
pub struct PlanLoadedResource {
    pub id: String,
    pub code: String,
    pub name: String,
    pub unit: String,
    pub over_days: usize,
    pub peak: f64,
    pub peak_on: Option<String>,
    pub days: Vec<PlanLoadDay>,
}

/// A resource on a day.
#[derive(Serialize, ToSchema)]
pub struct PlanLoadDay {
    pub date: String,
    pub capacity: f64,
    pub load: f64,
}

impl From<&page::PlanLoad> for PlanLoad {
    fn from(load: &page::PlanLoad) -> Self {
        let days = load.resources.iter().flat_map(|one| &one.days);
        let days = days.map(|day| day.date);
        Self {
            first: day(days.clone().min()),
            last: day(days.max()),
            resources: each(&load.resources),
            findings: each(&load.findings),
        }
    }
}

impl From<&page::ResourceLoad> for PlanLoadedResource {
    fn from(one: &page::ResourceLoad) -> Self {
        Self {
            id: one.id.clone(),
            code: one.code.clone(),
            name: one.name.clone(),
            unit: one.unit.clone(),
            over_days: one.over_days,
            peak: hundredths(one.peak),
            peak_on: day(one.peak_on),
            days: each(&one.days),
        }
    }
}

impl From<&page::LoadDay> for PlanLoadDay {
    fn from(one: &page::LoadDay) -> Self {
        Self {
            date: one.date.to_string(),
            capacity: hundredths(one.capacity),
            load: hundredths(one.load),
        }
    }
}

/// What a plan file holds and would do.
#[derive(Serialize, ToSchema)]
pub struct PlanFilePreview {
    pub token: String,
    pub file_name: String,
    /// xer, mspdi, pmxml.
    pub format: String,
    pub format_label: String,
    pub projects: Vec<PlanFileProject>,
    pub project: Option<String>,
    /// merge; the page may ask for replace.
    pub mode: String,
    pub counts: PlanFileCounts,
    pub calendars: Vec<PlanFileCalendar>,
    /// Resources that are made with the plan.
    pub resources: usize,
    /// Baselines that are made with it.
    pub baselines: usize,
    /// Schedule options in which the file differs from the plan; before: the plan's, after: the file's.
    pub options: Vec<FieldChange>,
    /// Whether the reader may take those of the file over.
    pub may_take_options: bool,
    pub rows: Vec<PlanFileRow>,
    pub diff: PlanDiff,
    pub findings: Vec<FindingView>,
}

/// A project of a plan file.
#[derive(Serialize, ToSchema)]
pub struct PlanFileProject {
    pub id: String,
    pub code: String,
    pub name: String,
    pub activities: usize,
    pub links: usize,
    pub start: Option<String>,
    pub finish: Option<String>,
    pub data_date: Option<String>,
}

/// A calendar of a plan file and ours that stands in for it.
#[derive(Serialize, ToSchema)]
pub struct PlanFileCalendar {
    pub name: String,
    pub code: String,
    pub new: bool,
}

/// Rows by what becomes of them.
#[derive(Serialize, ToSchema)]
pub struct PlanFileCounts {
    pub add: usize,
    pub update: usize,
    pub same: usize,
    pub missing: usize,
}

/// A row of a plan file.
#[derive(Serialize, ToSchema)]
pub struct PlanFileRow {
    pub code: String,
    pub name: String,
    pub kind: String,
    pub duration_days: Option<i64>,
    pub predecessors: String,
    pub start: Option<String>,
    pub finish: Option<String>,
    /// add or update.
    pub action: String,
}

impl From<&page::PlanFilePreview> for PlanFilePreview {
    fn from(preview: &page::PlanFilePreview) -> Self {
        Self {
            token: preview.token.clone(),
            file_name: preview.file_name.clone(),
            format: preview.format.to_owned(),
            format_label: preview.format_label.to_owned(),
            projects: each(&preview.projects),
            project: preview.project.clone(),
            mode: "merge".to_owned(),
            calendars: preview
                .calendars
                .iter()
                .map(|(name, code, new)| PlanFileCalendar {
                    name: name.clone(),
                    code: code.clone(),
                    new: *new,
                })
                .collect(),
            resources: preview.resources,
            baselines: preview.baselines,
            options: each(&preview.options),
            may_take_options: preview.may_take_options,
            counts: PlanFileCounts {
                add: preview.counts.add,
                update: preview.counts.update,
                same: preview.counts.same,
                missing: preview.counts.missing,
            },
            rows: each(&preview.rows),
            diff: (&preview.diff).into(),
            findings: each(&preview.findings),
        }
    }
}

impl From<&page::FileProject> for PlanFileProject {
    fn from(one: &page::FileProject) -> Self {
        Self {
            id: one.id.clone(),
            code: one.code.clone(),
            name: one.name.clone(),
            activities: one.activities,
            links: one.links,
            start: day(one.start),
            finish: day(one.finish),
            data_date: day(one.data_date),
        }
    }
}

impl From<&page::FileRow> for PlanFileRow {
    fn from(row: &page::FileRow) -> Self {
        Self {
            code: row.code.clone(),
            name: row.name.clone(),
            kind: row.kind.clone(),
            duration_days: row.duration_days,
            predecessors: row.predecessors.clone(),
            start: day(row.start),
            finish: day(row.finish),
            action: row.action.to_owned(),
        }
    }
}

/// Takes a looked-at plan file in.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct PlanFileCommit {
    /// Project of the file; the first when absent.
    pub project: Option<String>,
    /// merge (default) or replace.
    pub mode: Option<String>,
    /// The plan goes by the schedule options of the file from then on.
    #[serde(default)]
    pub take_options: bool,
    #[serde(default)]
    pub dry_run: bool,
    #[serde(default)]
    pub with_sheet: bool,
    #[serde(default)]
    pub reason: String,
}
