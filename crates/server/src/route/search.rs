//! The search box, and the OpenAPI document of this district.

use crate::Shared;
use crate::access::{Signed, run};
use crate::problem::Problem;
use crate::view::each;
use crate::view::record::SearchResult;
use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(search))
        .routes(routes!(openapi))
}

/// Words to find.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    q: String,
}

/// Projects, enterprises, matters and all other records by name.
#[utoipa::path(get, path = "/search", tag = "pages", params(SearchQuery), responses((status = 200, body = SearchResult)))]
async fn search(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Query(query): Query<SearchQuery>,
) -> Result<Json<SearchResult>, Problem> {
    let app = shared.app.clone();
    let hits = run(move || app::records::search(&app, &actor, &query.q)).await?;
    Ok(Json(SearchResult { hits: each(&hits) }))
}

/// This document, with the schemas of the district's own registers.
#[utoipa::path(get, path = "/openapi.json", tag = "pages", responses((status = 200, content_type = "application/json")))]
async fn openapi(State(shared): State<Shared>) -> Json<serde_json::Value> {
    Json(crate::document::openapi(&shared.app.definitions()))
}
