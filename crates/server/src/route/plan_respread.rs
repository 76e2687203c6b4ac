//! 补欠: what a plan owes from day to year, and how it would be made good.

use crate::Shared;
use crate::access::{AsOf, Signed, run};
use crate::problem::Problem;
use crate::view::plan_respread::PlanRespread;
use app::project_plan;
use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(respread))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RespreadQuery {
    /// The most a day may take, percent of the normal day, 100 to 300; 120 when absent.
    factor: Option<i64>,
    /// Day to show.
    #[serde(rename = "as_of")]
    #[param(rename = "as_of")]
    _as_of: Option<String>,
}

/// 以日保周 Plan, done and shortfall from day to year; for each late work how its debt would be made good.
#[utoipa::path(get, path = "/projects/{id}/plan/respread", operation_id = "plan_respread", tag = "plans", params(("id" = String, Path), RespreadQuery), responses((status = 200, body = PlanRespread), (status = 404, body = Problem)))]
async fn respread(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(id): Path<String>,
    Query(query): Query<RespreadQuery>,
) -> Result<Json<PlanRespread>, Problem> {
    let app = shared.app.clone();
    let page = run(move || project_plan::respread(&app, &actor, &id, day, query.factor)).await?;
    Ok(Json(PlanRespread::from(&page)))
}
