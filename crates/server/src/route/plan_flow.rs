//! 流水 over HTTP: the page and its drawing.

use crate::Shared;
use crate::access::{AsOf, Signed, run};
use crate::problem::Problem;
use crate::view::plan_flow::PlanFlow;
use app::project_plan::{self, FlowQuery};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(flowline))
        .routes(routes!(flowline_svg))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FlowParams {
    /// Numbers of trades left out, with commas.
    without: Option<String>,
    /// Crews of each trade.
    crews: Option<i64>,
    /// Day to show.
    #[serde(rename = "as_of")]
    #[param(rename = "as_of")]
    _as_of: Option<String>,
}

impl FlowParams {
    fn read(&self) -> FlowQuery {
        let numbers = self.without.iter().flat_map(|text| text.split(','));
        FlowQuery {
            without: numbers
                .filter_map(|text| text.trim().parse().ok())
                .collect(),
            crews: self.crews,
        }
    }
}

/// 流水 The repeated part of a plan: lines, clashes, the controlling trade, the rhythm a target asks for.
#[utoipa::path(get, path = "/projects/{id}/plan/flowline", operation_id = "plan_flowline", tag = "plans", params(("id" = String, Path), FlowParams), responses((status = 200, body = PlanFlow), (status = 404, body = Problem)))]
async fn flowline(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(id): Path<String>,
    Query(params): Query<FlowParams>,
) -> Result<Json<PlanFlow>, Problem> {
    let app = shared.app.clone();
    let page = run(move || project_plan::flowline(&app, &actor, &id, day, &params.read())).await?;
    Ok(Json(PlanFlow::from(&page)))
}

/// 流水图 The drawing as one SVG file; where nothing repeats it says so.
#[utoipa::path(get, path = "/projects/{id}/plan/flowline.svg", operation_id = "plan_flowline_svg", tag = "plans", params(("id" = String, Path), FlowParams), responses((status = 200, content_type = "image/svg+xml", body = String), (status = 404, body = Problem)))]
async fn flowline_svg(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(id): Path<String>,
    Query(params): Query<FlowParams>,
) -> Result<Response, Problem> {
    let app = shared.app.clone();
    let svg =
        run(move || project_plan::flowline_svg(&app, &actor, &id, day, &params.read())).await?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}
