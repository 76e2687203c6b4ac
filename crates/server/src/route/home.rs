//! The home page.

use crate::Shared;
use crate::access::{AsOf, Signed, run};
use crate::problem::Problem;
use crate::view::home::Home;
use axum::Json;
use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The route.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(home))
}

/// 驾驶舱 The district on one day.
#[utoipa::path(get, path = "/home", tag = "pages", params(("as_of" = Option<String>, Query, description = "看哪一天，默认今天")), responses((status = 200, body = Home), (status = 401, body = Problem)))]
async fn home(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
) -> Result<Json<Home>, Problem> {
    let app = shared.app.clone();
    let page = run(move || app::home::home(&app, &actor, day)).await?;
    Ok(Json(Home::from(&page)))
}
