//! 推演方案: trials of a plan kept under a name, opened, compared, renamed, withdrawn.

use crate::Shared;
use crate::access::{AsOf, Signed, run};
use crate::problem::Problem;
use crate::view::plan_scenario::{
    PlanScenario, PlanScenarioComparison, PlanScenarioInput, PlanScenarioList, PlanScenarioPage,
};
use crate::view::record::Reason;
use app::project_plan::{self, ScenarioInput};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(scenarios, keep_scenario))
        .routes(routes!(compare))
        .routes(routes!(scenario, change_scenario, drop_scenario))
}

/// 推演方案 Kept trials, each worked out on the plan as it is.
#[utoipa::path(get, path = "/projects/{id}/plan/scenarios", operation_id = "plan_scenarios", tag = "plans", params(("id" = String, Path), ("as_of" = Option<String>, Query)), responses((status = 200, body = PlanScenarioList), (status = 404, body = Problem)))]
async fn scenarios(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(id): Path<String>,
) -> Result<Json<PlanScenarioList>, Problem> {
    let app = shared.app.clone();
    let list = run(move || project_plan::scenarios(&app, &actor, &id, day)).await?;
    Ok(Json(PlanScenarioList::from(&list)))
}

/// 存为方案 Keeps the steps of a trial under a name.
#[utoipa::path(post, path = "/projects/{id}/plan/scenarios", operation_id = "keep_plan_scenario", tag = "plans", params(("id" = String, Path)), request_body = PlanScenarioInput, responses((status = 201, body = PlanScenario), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn keep_scenario(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Json(asked): Json<PlanScenarioInput>,
) -> Result<(StatusCode, Json<PlanScenario>), Problem> {
    let input = ScenarioInput::try_from(asked).map_err(Problem::bad_request)?;
    let app = shared.app.clone();
    let made = run(move || project_plan::keep_scenario(&app, &actor, &id, &input)).await?;
    Ok((StatusCode::CREATED, Json(PlanScenario::from(&made))))
}

/// A kept trial with its steps that still apply and what they do to the plan as it is.
#[utoipa::path(get, path = "/projects/{id}/plan/scenarios/{scenario}", operation_id = "plan_scenario", tag = "plans", params(("id" = String, Path), ("scenario" = String, Path), ("as_of" = Option<String>, Query)), responses((status = 200, body = PlanScenarioPage), (status = 404, body = Problem)))]
async fn scenario(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path((id, scenario)): Path<(String, String)>,
) -> Result<Json<PlanScenarioPage>, Problem> {
    let app = shared.app.clone();
    let page = run(move || project_plan::scenario(&app, &actor, &id, &scenario, day)).await?;
    Ok(Json(PlanScenarioPage::from(&page)))
}

/// 换成现在的改动、改名 Other steps, name or remark for a kept trial.
#[utoipa::path(put, path = "/projects/{id}/plan/scenarios/{scenario}", operation_id = "change_plan_scenario", tag = "plans", params(("id" = String, Path), ("scenario" = String, Path)), request_body = PlanScenarioInput, responses((status = 200, body = PlanScenario), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn change_scenario(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path((id, scenario)): Path<(String, String)>,
    Json(asked): Json<PlanScenarioInput>,
) -> Result<Json<PlanScenario>, Problem> {
    let input = ScenarioInput::try_from(asked).map_err(Problem::bad_request)?;
    let app = shared.app.clone();
    let changed =
        run(move || project_plan::change_scenario(&app, &actor, &id, &scenario, &input)).await?;
    Ok(Json(PlanScenario::from(&changed)))
}

/// Takes a kept trial out; it stays in the journal.
#[utoipa::path(delete, path = "/projects/{id}/plan/scenarios/{scenario}", operation_id = "drop_plan_scenario", tag = "plans", params(("id" = String, Path), ("scenario" = String, Path)), request_body = Reason, responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn drop_scenario(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path((id, scenario)): Path<(String, String)>,
    Json(reason): Json<Reason>,
) -> Result<StatusCode, Problem> {
    let app = shared.app.clone();
    run(move || project_plan::drop_scenario(&app, &actor, &id, &scenario, &reason.reason)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CompareQuery {
    /// Ids of at most four kept trials, with commas between them.
    ids: Option<String>,
    /// Day to show.
    #[serde(rename = "as_of")]
    #[param(rename = "as_of")]
    _as_of: Option<String>,
}

/// 并排比 The plan and up to four kept trials side by side.
#[utoipa::path(get, path = "/projects/{id}/plan/scenario-comparison", operation_id = "compare_plan_scenarios", tag = "plans", params(("id" = String, Path), CompareQuery), responses((status = 200, body = PlanScenarioComparison), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn compare(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(id): Path<String>,
    Query(query): Query<CompareQuery>,
) -> Result<Json<PlanScenarioComparison>, Problem> {
    let ids = query.ids.unwrap_or_default();
    let ids: Vec<String> = ids.split(',').map(str::trim).map(str::to_owned).collect();
    let ids: Vec<String> = ids.into_iter().filter(|id| !id.is_empty()).collect();
    let app = shared.app.clone();
    let page = run(move || project_plan::compare_scenarios(&app, &actor, &id, &ids, day)).await?;
    Ok(Json(PlanScenarioComparison::from(&page)))
}
