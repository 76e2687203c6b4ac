//! The project page.

use crate::Shared;
use crate::access::{AsOf, Signed, run};
use crate::problem::Problem;
use crate::view::project::ProjectPage;
use axum::Json;
use axum::extract::{Path, State};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The route.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(project))
}

/// One project: record, plan with floats and reasons, money, matters, files.
#[utoipa::path(get, path = "/projects/{id}", tag = "pages", params(("id" = String, Path), ("as_of" = Option<String>, Query)), responses((status = 200, body = ProjectPage), (status = 404, body = Problem)))]
async fn project(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(id): Path<String>,
) -> Result<Json<ProjectPage>, Problem> {
    let app = shared.app.clone();
    let page = run(move || app::project::page(&app, &actor, &id, day)).await?;
    Ok(Json(ProjectPage::from(&page)))
}
