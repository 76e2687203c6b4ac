//! What stands beside a plan: baselines, calendars, curves, health, chance, templates, plan files.

use crate::Shared;
use crate::access::{AsOf, Signed, parse_day, run};
use crate::problem::Problem;
use crate::route::file::read_upload;
use crate::route::flow::file;
use crate::view::plan::{PlanBaseline, PlanDiff};
use crate::view::plan_beside::{
    NewPlanBaseline, PlanBaselineList, PlanBaselinePage, PlanCalendar, PlanCalendarInput,
    PlanCalendarKept, PlanCalendarList, PlanChance, PlanCurve, PlanFileCommit, PlanFilePreview,
    PlanHealth, PlanLevelQuery, PlanLevelled, PlanLoad,
};
use crate::view::plan_options::{PlanOptions, PlanOptionsInput, PlanOptionsKept};
use crate::view::plan_templates::{PlanFromTemplate, PlanTemplateList};
use crate::view::record::Reason;
use crate::view::{FindingView, each};
use app::project_plan::{
    self, BaselineFrom, CalendarInput, ChanceQuery, Change, ExceptionInput, FromTemplate,
    ImportChoice, LevelQuery, OptionsInput, PlanFormat,
};
use axum::Json;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(baselines, take_baseline))
        .routes(routes!(baseline, drop_baseline))
        .routes(routes!(calendars))
        .routes(routes!(calendar, keep_calendar))
        .routes(routes!(curve))
        .routes(routes!(health))
        .routes(routes!(chance))
        .routes(routes!(load))
        .routes(routes!(level))
        .routes(routes!(options, keep_options))
        .routes(routes!(templates))
        .routes(routes!(from_template))
        .routes(routes!(look_at_file))
        .routes(routes!(commit_file))
        .routes(routes!(as_project))
        .routes(routes!(as_xer))
        .routes(routes!(notes_of_export))
}

/// 基准 Baselines of a project, newest first.
#[utoipa::path(get, path = "/projects/{id}/baselines", tag = "plans", params(("id" = String, Path)), responses((status = 200, body = PlanBaselineList), (status = 404, body = Problem)))]
async fn baselines(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<Json<PlanBaselineList>, Problem> {
    let app = shared.app.clone();
    let all = run(move || project_plan::baselines(&app, &actor, &id)).await?;
    Ok(Json(PlanBaselineList {
        baselines: each(&all),
    }))
}

/// 定为基准 Keeps the plan of today under a name.
#[utoipa::path(post, path = "/projects/{id}/baselines", tag = "plans", params(("id" = String, Path)), request_body = NewPlanBaseline, responses((status = 201, body = PlanBaseline), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn take_baseline(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Json(new): Json<NewPlanBaseline>,
) -> Result<(StatusCode, Json<PlanBaseline>), Problem> {
    let from = match new.from.as_deref().unwrap_or("planned") {
        "planned" => BaselineFrom::Planned,
        "early" => BaselineFrom::Early,
        "late" => BaselineFrom::Late,
        other => {
            let problem = format!("from 只有 planned、early、late，没有 {other}");
            return Err(Problem::bad_request(problem));
        }
    };
    let app = shared.app.clone();
    let made =
        run(move || project_plan::take_baseline(&app, &actor, &id, (&new.name, &new.reason), from))
            .await?;
    Ok((StatusCode::CREATED, Json(PlanBaseline::from(&made))))
}

/// A baseline beside the plan of today.
#[utoipa::path(get, path = "/projects/{id}/baselines/{baseline}", tag = "plans", params(("id" = String, Path), ("baseline" = String, Path), ("as_of" = Option<String>, Query)), responses((status = 200, body = PlanBaselinePage), (status = 404, body = Problem)))]
async fn baseline(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path((id, baseline)): Path<(String, String)>,
) -> Result<Json<PlanBaselinePage>, Problem> {
    let app = shared.app.clone();
    let page = run(move || project_plan::baseline(&app, &actor, &id, &baseline, day)).await?;
    Ok(Json(PlanBaselinePage::from(&page)))
}

/// Takes a baseline out; it stays in the journal.
#[utoipa::path(delete, path = "/projects/{id}/baselines/{baseline}", tag = "plans", params(("id" = String, Path), ("baseline" = String, Path)), request_body = Reason, responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn drop_baseline(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path((id, baseline)): Path<(String, String)>,
    Json(reason): Json<Reason>,
) -> Result<StatusCode, Problem> {
    let app = shared.app.clone();
    run(move || project_plan::drop_baseline(&app, &actor, &id, &baseline, &reason.reason)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CalendarsQuery {
    /// Only those that this project's plan may use.
    project: Option<String>,
}

/// 工作日历 The calendars of plans.
#[utoipa::path(get, path = "/calendars", tag = "plans", params(CalendarsQuery), responses((status = 200, body = PlanCalendarList), (status = 404, body = Problem)))]
async fn calendars(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Query(query): Query<CalendarsQuery>,
) -> Result<Json<PlanCalendarList>, Problem> {
    let app = shared.app.clone();
    let project = query.project.filter(|id| !id.is_empty());
    let lines = run(move || project_plan::calendars(&app, &actor, project.as_deref())).await?;
    Ok(Json(PlanCalendarList {
        calendars: each(&lines),
    }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct YearQuery {
    /// Year to show; this one when absent.
    year: Option<i16>,
}

/// One calendar with the days of a year that differ from its week.
#[utoipa::path(get, path = "/calendars/{code}", tag = "plans", params(("code" = String, Path), YearQuery), responses((status = 200, body = PlanCalendar), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn calendar(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(code): Path<String>,
    Query(query): Query<YearQuery>,
) -> Result<Json<PlanCalendar>, Problem> {
    let app = shared.app.clone();
    let page = run(move || project_plan::calendar(&app, &actor, &code, query.year)).await?;
    Ok(Json(PlanCalendar::from(&page)))
}

/// 改日历 Makes or changes a calendar, or (dry_run) says what that does to every project on it.
#[utoipa::path(put, path = "/calendars/{code}", tag = "plans", params(("code" = String, Path)), request_body = PlanCalendarInput, responses((status = 200, body = PlanCalendarKept), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn keep_calendar(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(code): Path<String>,
    Json(asked): Json<PlanCalendarInput>,
) -> Result<Json<PlanCalendarKept>, Problem> {
    let input = calendar_input(asked)?;
    let app = shared.app.clone();
    let kept = run(move || project_plan::keep_calendar(&app, &actor, &code, &input)).await?;
    Ok(Json(PlanCalendarKept {
        calendar: (&kept.calendar).into(),
        projects: each(&kept.projects),
        dry_run: kept.dry_run,
        batch_id: None,
    }))
}

fn calendar_input(asked: PlanCalendarInput) -> Result<CalendarInput, Problem> {
    let mut exceptions = Vec::with_capacity(asked.exceptions.len());
    for one in asked.exceptions {
        exceptions.push(ExceptionInput {
            first: parse_day("first", &one.first)?,
            last: parse_day("last", &one.last)?,
            name: one.name,
            working: one.working,
            hours: one.hours,
        });
    }
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let week = asked.week.map(|week| {
        let pair = week.into_iter().map(|one| (one.day, one.hours));
        pair.collect()
    });
    Ok(CalendarInput {
        name: asked.name,
        base: filled(asked.base),
        project: filled(asked.project_id),
        follow_holidays: asked.follow_holidays,
        week,
        exceptions,
        version: asked.version,
        reason: asked.reason,
        dry_run: asked.dry_run,
        year: asked.year,
    })
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CurveQuery {
    /// day, week, dekad or month.
    step: Option<String>,
    /// Baseline id; `none` for none, the newest when absent.
    baseline: Option<String>,
    /// Day to show.
    #[serde(rename = "as_of")]
    #[param(rename = "as_of")]
    _as_of: Option<String>,
}

/// 香蕉曲线 Planned, earliest, latest, earned and forecast value by period.
#[utoipa::path(get, path = "/projects/{id}/plan/curve", operation_id = "plan_curve", tag = "plans", params(("id" = String, Path), CurveQuery), responses((status = 200, body = PlanCurve), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn curve(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(id): Path<String>,
    Query(query): Query<CurveQuery>,
) -> Result<Json<PlanCurve>, Problem> {
    let app = shared.app.clone();
    let curve = run(move || {
        let asked = (query.step.as_deref(), query.baseline.as_deref());
        project_plan::curve(&app, &actor, &id, day, asked)
    })
    .await?;
    Ok(Json(PlanCurve::from(&curve)))
}

/// 计划体检 The fourteen checks of DCMA.
#[utoipa::path(get, path = "/projects/{id}/plan/health", operation_id = "plan_health", tag = "plans", params(("id" = String, Path), ("as_of" = Option<String>, Query)), responses((status = 200, body = PlanHealth), (status = 404, body = Problem)))]
async fn health(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(id): Path<String>,
) -> Result<Json<PlanHealth>, Problem> {
    let app = shared.app.clone();
    let health = run(move || project_plan::health(&app, &actor, &id, day)).await?;
    Ok(Json(PlanHealth::from(&health)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ChanceParams {
    /// The day to meet; the project's target when absent.
    target: Option<String>,
    /// Draws, at most 10000.
    runs: Option<usize>,
    /// Start of the draws.
    seed: Option<u64>,
    /// Day to show.
    #[serde(rename = "as_of")]
    #[param(rename = "as_of")]
    _as_of: Option<String>,
}

/// 把握 The chance of meeting a day by three-point durations.
#[utoipa::path(get, path = "/projects/{id}/plan/chance", operation_id = "plan_chance", tag = "plans", params(("id" = String, Path), ChanceParams), responses((status = 200, body = PlanChance), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn chance(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(id): Path<String>,
    Query(params): Query<ChanceParams>,
) -> Result<Json<PlanChance>, Problem> {
    let query = ChanceQuery {
        target: day_of("target", params.target.as_deref())?,
        runs: params.runs,
        seed: params.seed,
    };
    let app = shared.app.clone();
    let chance = run(move || project_plan::chance(&app, &actor, &id, day, query)).await?;
    Ok(Json(PlanChance::from(&chance)))
}

/// 负荷 What each resource is asked for by day, beside what there is.
#[utoipa::path(get, path = "/projects/{id}/plan/load", operation_id = "plan_load", tag = "plans", params(("id" = String, Path), ("as_of" = Option<String>, Query)), responses((status = 200, body = PlanLoad), (status = 404, body = Problem)))]
async fn load(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(id): Path<String>,
) -> Result<Json<PlanLoad>, Problem> {
    let app = shared.app.clone();
    let load = run(move || project_plan::load(&app, &actor, &id, day)).await?;
    Ok(Json(PlanLoad::from(&load)))
}

/// 资源平衡 Dates at which no resource is asked for more than there is, as changes; nothing is written.
#[utoipa::path(post, path = "/projects/{id}/plan/level", operation_id = "plan_level", tag = "plans", params(("id" = String, Path)), request_body = PlanLevelQuery, responses((status = 200, body = PlanLevelled), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn level(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Json(asked): Json<PlanLevelQuery>,
) -> Result<Json<PlanLevelled>, Problem> {
    let known = asked.known.into_iter().map(Change::try_from);
    let query = LevelQuery {
        within_float: asked.within_float,
        milliseconds: asked.milliseconds,
        seed: asked.seed,
        resources: asked.resources,
        known: known
            .collect::<Result<_, _>>()
            .map_err(Problem::bad_request)?,
    };
    let app = shared.app.clone();
    let levelled = run(move || project_plan::level(&app, &actor, &id, &query)).await?;
    Ok(Json(PlanLevelled::from(&levelled)))
}

/// 排程选项 By which rules the plan is calculated.
#[utoipa::path(get, path = "/projects/{id}/plan/options", operation_id = "plan_options", tag = "plans", params(("id" = String, Path), ("as_of" = Option<String>, Query)), responses((status = 200, body = PlanOptions), (status = 404, body = Problem)))]
async fn options(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(id): Path<String>,
) -> Result<Json<PlanOptions>, Problem> {
    let app = shared.app.clone();
    let options = run(move || project_plan::options(&app, &actor, &id, day)).await?;
    Ok(Json(PlanOptions::from(&options)))
}

/// Keeps other rules, or says what they would move; taken back as a change of the plan.
#[utoipa::path(put, path = "/projects/{id}/plan/options", operation_id = "keep_plan_options", tag = "plans", params(("id" = String, Path)), request_body = PlanOptionsInput, responses((status = 200, body = PlanOptionsKept), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn keep_options(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Json(asked): Json<PlanOptionsInput>,
) -> Result<Json<PlanOptionsKept>, Problem> {
    let app = shared.app.clone();
    let input = OptionsInput::from(asked);
    let kept = run(move || project_plan::keep_options(&app, &actor, &id, &input)).await?;
    Ok(Json(PlanOptionsKept::from(&kept)))
}

fn day_of(name: &str, text: Option<&str>) -> Result<Option<ground::Date>, Problem> {
    let text = text.filter(|text| !text.is_empty());
    text.map(|text| parse_day(name, text)).transpose()
}

/// 工程模板 Templates of works with their parameters.
#[utoipa::path(get, path = "/plan-templates", tag = "plans", responses((status = 200, body = PlanTemplateList)))]
async fn templates(
    State(shared): State<Shared>,
    Signed(actor): Signed,
) -> Result<Json<PlanTemplateList>, Problem> {
    let app = shared.app.clone();
    let all = run(move || project_plan::templates(&app, &actor)).await?;
    Ok(Json(PlanTemplateList {
        templates: each(&all),
    }))
}

/// 套用模板 Makes a plan from a template, or (dry_run) says what it would be.
#[utoipa::path(post, path = "/projects/{id}/plan/from-template", operation_id = "plan_from_template", tag = "plans", params(("id" = String, Path)), request_body = PlanFromTemplate, responses((status = 200, body = PlanDiff), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn from_template(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Json(asked): Json<PlanFromTemplate>,
) -> Result<Json<PlanDiff>, Problem> {
    let asked = FromTemplate {
        start: day_of("start", asked.start.as_deref())?,
        target: day_of("target", asked.target.as_deref())?,
        replace: replaces(asked.mode.as_deref(), "add")?,
        template: asked.template,
        parameters: asked.parameters,
        dry_run: asked.dry_run,
        with_sheet: asked.with_sheet,
        reason: asked.reason,
    };
    let app = shared.app.clone();
    let diff = run(move || project_plan::from_template(&app, &actor, &id, &asked)).await?;
    Ok(Json(PlanDiff::from(&diff)))
}

fn replaces(mode: Option<&str>, usual: &str) -> Result<bool, Problem> {
    match mode.unwrap_or(usual) {
        "replace" => Ok(true),
        mode if mode == usual => Ok(false),
        other => Err(Problem::bad_request(format!(
            "mode 只有 {usual}、replace，没有 {other}"
        ))),
    }
}

/// Looks at a plan file of P6 or Microsoft Project; nothing is written.
#[utoipa::path(post, path = "/projects/{id}/plan/import", operation_id = "look_at_plan_file", tag = "plans", params(("id" = String, Path)), request_body(content_type = "multipart/form-data", content = String), responses((status = 200, body = PlanFilePreview), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn look_at_file(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    form: Multipart,
) -> Result<Json<PlanFilePreview>, Problem> {
    let upload = read_upload(form).await?;
    let app = shared.app.clone();
    let preview = run(move || {
        let bytes = upload.bytes.to_vec();
        project_plan::look_at_file(&app, &actor, &id, &upload.name, bytes)
    })
    .await?;
    Ok(Json(PlanFilePreview::from(&preview)))
}

/// Takes a looked-at plan file in as one change of the plan.
#[utoipa::path(post, path = "/projects/{id}/plan/import/{token}", operation_id = "take_plan_file", tag = "plans", params(("id" = String, Path), ("token" = String, Path)), request_body = PlanFileCommit, responses((status = 200, body = PlanDiff), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn commit_file(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path((id, token)): Path<(String, String)>,
    Json(asked): Json<PlanFileCommit>,
) -> Result<Json<PlanDiff>, Problem> {
    let choice = ImportChoice {
        replace: replaces(asked.mode.as_deref(), "merge")?,
        project: asked.project,
        take_options: asked.take_options,
        dry_run: asked.dry_run,
        with_sheet: asked.with_sheet,
        reason: asked.reason,
    };
    let app = shared.app.clone();
    let diff = run(move || project_plan::commit_file(&app, &actor, &id, &token, &choice)).await?;
    Ok(Json(PlanDiff::from(&diff)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TakenQuery {
    /// Kept trial (推演方案) to take away instead of the plan itself.
    scenario: Option<String>,
    /// Day to show.
    #[serde(rename = "as_of")]
    #[param(rename = "as_of")]
    _as_of: Option<String>,
}

/// Which file is asked about.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NotesQuery {
    /// xml (the usual one) or xer.
    format: Option<String>,
    /// The plan as this 推演方案 would make it.
    scenario: Option<String>,
    /// Day to show.
    #[serde(rename = "as_of")]
    #[param(rename = "as_of")]
    _as_of: Option<String>,
}

/// 带走计划 The plan as Microsoft Project XML.
#[utoipa::path(get, path = "/projects/{id}/plan.xml", tag = "plans", params(("id" = String, Path), TakenQuery), responses((status = 200, content_type = "application/xml", body = Vec<u8>), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn as_project(
    state: State<Shared>,
    signed: Signed,
    path: Path<String>,
    asked: (AsOf, Query<TakenQuery>),
) -> Result<Response, Problem> {
    take_away(state, signed, path, asked, PlanFormat::ProjectXml).await
}

/// 带走计划 The plan as Primavera P6 XER.
#[utoipa::path(get, path = "/projects/{id}/plan.xer", tag = "plans", params(("id" = String, Path), TakenQuery), responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn as_xer(
    state: State<Shared>,
    signed: Signed,
    path: Path<String>,
    asked: (AsOf, Query<TakenQuery>),
) -> Result<Response, Problem> {
    take_away(state, signed, path, asked, PlanFormat::Xer).await
}

/// 导出核对 What a file of the plan cannot say, and what the program that opens it would calculate otherwise.
#[utoipa::path(get, path = "/projects/{id}/plan/export-notes", operation_id = "plan_export_notes", tag = "plans", params(("id" = String, Path), NotesQuery), responses((status = 200, body = Vec<FindingView>), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn notes_of_export(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    AsOf(day): AsOf,
    Query(asked): Query<NotesQuery>,
) -> Result<Json<Vec<FindingView>>, Problem> {
    let format = match asked.format.as_deref().unwrap_or("xml") {
        "xml" => PlanFormat::ProjectXml,
        "xer" => PlanFormat::Xer,
        other => {
            let problem = format!("不认识的格式“{other}”，可用 xml、xer。");
            return Err(Problem::bad_request(problem));
        }
    };
    let app = shared.app.clone();
    let notes = run(move || {
        let scenario = asked.scenario.as_deref().filter(|id| !id.is_empty());
        project_plan::export_notes(&app, &actor, &id, (day, scenario), format)
    });
    Ok(Json(each(&notes.await?)))
}

async fn take_away(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    (AsOf(day), Query(query)): (AsOf, Query<TakenQuery>),
    format: PlanFormat,
) -> Result<Response, Problem> {
    let app = shared.app.clone();
    let taken = run(move || {
        let scenario = query.scenario.as_deref().filter(|id| !id.is_empty());
        project_plan::export_tried(&app, &actor, &id, (day, scenario), format)
    });
    let (name, bytes) = taken.await?;
    let media_type = match format {
        PlanFormat::ProjectXml => "application/xml",
        PlanFormat::Xer => "application/octet-stream",
    };
    Ok(file(bytes, media_type, &name))
}
