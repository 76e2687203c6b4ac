//! The plan of a project: its sheet, and changes tried out, made, listed and taken back.

use crate::Shared;
use crate::access::{AsOf, Signed, run};
use crate::problem::Problem;
use crate::view::each;
use crate::view::plan::{PlanBatchList, PlanDiff, PlanSheet};
use crate::view::plan_change::PlanChangeRequest;
use crate::view::record::Reason;
use app::project_plan::{self, Change, ChangeRequest, SheetQuery};
use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(plan))
        .routes(routes!(changes, change))
        .routes(routes!(undo))
}

/// What to compare with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlanQuery {
    /// Baseline id; `none` for none, the newest when absent.
    baseline: Option<String>,
    /// Working days of float beyond critical up to which an activity is near-critical, 0 to 44; 5 when absent.
    near_days: Option<i64>,
    /// Day to show.
    #[serde(rename = "as_of")]
    #[param(rename = "as_of")]
    _as_of: Option<String>,
}

/// 计划表 Every activity with its computed dates, floats, drivers and reasons; links, baselines, ghost bars.
#[utoipa::path(get, path = "/projects/{id}/plan", tag = "plans", params(("id" = String, Path), PlanQuery), responses((status = 200, body = PlanSheet), (status = 404, body = Problem)))]
async fn plan(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(id): Path<String>,
    Query(query): Query<PlanQuery>,
) -> Result<Json<PlanSheet>, Problem> {
    let app = shared.app.clone();
    let asked = SheetQuery {
        baseline: query.baseline,
        near_days: query.near_days,
    };
    let sheet = run(move || project_plan::sheet(&app, &actor, &id, day, &asked)).await?;
    Ok(Json(PlanSheet::from(&sheet)))
}

/// Changes of the plan, newest first.
#[utoipa::path(get, path = "/projects/{id}/plan/changes", operation_id = "plan_changes", tag = "plans", params(("id" = String, Path)), responses((status = 200, body = PlanBatchList), (status = 404, body = Problem)))]
async fn changes(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<Json<PlanBatchList>, Problem> {
    let app = shared.app.clone();
    let batches = run(move || project_plan::changes(&app, &actor, &id)).await?;
    Ok(Json(PlanBatchList {
        batches: each(&batches),
    }))
}

/// 改计划 Tries a batch of changes out (`dry_run`) or makes it in one transaction.
#[utoipa::path(post, path = "/projects/{id}/plan/changes", operation_id = "change_plan", tag = "plans", params(("id" = String, Path)), request_body = PlanChangeRequest, responses((status = 200, body = PlanDiff), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Json(asked): Json<PlanChangeRequest>,
) -> Result<Json<PlanDiff>, Problem> {
    let changes = asked.changes.into_iter().map(Change::try_from);
    let request = ChangeRequest {
        changes: changes
            .collect::<Result<_, _>>()
            .map_err(Problem::bad_request)?,
        reason: asked.reason,
        dry_run: asked.dry_run,
        with_sheet: asked.with_sheet,
        view: SheetQuery {
            baseline: asked.baseline,
            near_days: asked.near_days,
        },
        scenario: asked.scenario.filter(|id| !id.is_empty()),
    };
    let app = shared.app.clone();
    let diff = run(move || project_plan::change(&app, &actor, &id, &request)).await?;
    Ok(Json(PlanDiff::from(&diff)))
}

/// Takes a whole change back.
#[utoipa::path(post, path = "/projects/{id}/plan/changes/{batch}/undo", operation_id = "undo_plan_change", tag = "plans", params(("id" = String, Path), ("batch" = String, Path)), request_body = Reason, responses((status = 200, body = PlanDiff), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn undo(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path((id, batch)): Path<(String, String)>,
    Json(reason): Json<Reason>,
) -> Result<Json<PlanDiff>, Problem> {
    let app = shared.app.clone();
    let diff = run(move || project_plan::undo(&app, &actor, &id, &batch, &reason.reason)).await?;
    Ok(Json(PlanDiff::from(&diff)))
}
