//! 报表 Reports of a register and the templates they are made from.

use crate::Shared;
use crate::access::{AsOf, Signed, run};
use crate::problem::Problem;
use crate::route::flow::file;
use crate::view::report::ReportList;
use app::reports;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(make))
        .routes(routes!(template))
}

/// Which period.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReportQuery {
    /// 2023W09, 2023Q1; the last closed one when absent.
    period: Option<String>,
}

/// 报表 The reports of a register with the periods they can be made for.
#[utoipa::path(get, path = "/registers/{register}/reports", operation_id = "register_reports", tag = "registers", params(("register" = String, Path), ("as_of" = Option<String>, Query)), responses((status = 200, body = ReportList), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn list(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(register): Path<String>,
) -> Result<Json<ReportList>, Problem> {
    let app = shared.app.clone();
    let lines = run(move || reports::list(&app, &actor, &register, day)).await?;
    Ok(Json(ReportList::from(&lines)))
}

/// A report as a file, with the figures and records that this person may see.
#[utoipa::path(get, path = "/registers/{register}/reports/{report}", operation_id = "make_report", tag = "registers", params(("register" = String, Path), ("report" = String, Path), ReportQuery, ("as_of" = Option<String>, Query)), responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn make(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path((register, report)): Path<(String, String)>,
    Query(query): Query<ReportQuery>,
) -> Result<Response, Problem> {
    let app = shared.app.clone();
    let period = query.period.filter(|text| !text.is_empty());
    let made =
        run(move || reports::make(&app, &actor, &register, (&report, period.as_deref()), day))
            .await?;
    Ok(file(made.bytes, made.media_type, &made.name))
}

/// The template of a report, to be changed in Word or Excel.
#[utoipa::path(get, path = "/definitions/{register}/templates/{name}", operation_id = "report_template", tag = "definitions", params(("register" = String, Path), ("name" = String, Path)), responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 404, body = Problem)))]
async fn template(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path((register, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let app = shared.app.clone();
    let asked = name.clone();
    let bytes = run(move || reports::template_file(&app, &actor, &register, &asked)).await?;
    Ok(file(bytes, "application/octet-stream", &name))
}
