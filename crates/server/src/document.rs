//! The OpenAPI document: router and document come from one declaration.

use crate::{Shared, route};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(title = "guatu", description = "区县项目、计划、交办与台账。所有读接口可带 as_of，看某一天结束时的情况。", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    servers((url = "/api/v1")),
    components(schemas(crate::problem::Problem))
)]
struct Document;

/// All routes of `/api/v1` with their description.
pub fn api_router() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(route::session::router())
        .merge(route::home::router())
        .merge(route::round::router())
        .merge(route::wall::router())
        .merge(route::record::router())
        .merge(route::flow::router())
        .merge(route::table::router())
        .merge(route::definition::router())
        .merge(route::cycle::router())
        .merge(route::metric::router())
        .merge(route::report::router())
        .merge(route::project::router())
        .merge(route::plan::router())
        .merge(route::plan_beside::router())
        .merge(route::plan_weekly::router())
        .merge(route::plan_flow::router())
        .merge(route::plan_respread::router())
        .merge(route::plan_scenario::router())
        .merge(route::file::router())
        .merge(route::import::router())
        .merge(route::search::router())
        .merge(route::calendar::router())
}

/// The document as JSON, with the schemas of the district's registers put in by the caller.
pub fn openapi(definitions: &app::Definitions) -> serde_json::Value {
    let (_, document) = api_router().split_for_parts();
    let mut json = serde_json::to_value(&document).unwrap_or_default();
    for definition in definitions.iter() {
        json["components"]["schemas"][format!("Values_{}", definition.id)] =
            definition.json_schema();
    }
    json
}
