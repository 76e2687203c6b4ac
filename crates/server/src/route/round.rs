//! Rounds of 三个一批.

use crate::Shared;
use crate::access::{AsOf, Signed, run};
use crate::problem::Problem;
use crate::view::each;
use crate::view::round::{RoundList, RoundPage};
use axum::Json;
use axum::extract::{Path, State};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(rounds))
        .routes(routes!(round))
}

/// All rounds, newest first.
#[utoipa::path(get, path = "/rounds", tag = "rounds", params(("as_of" = Option<String>, Query)), responses((status = 200, body = RoundList), (status = 401, body = Problem)))]
async fn rounds(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
) -> Result<Json<RoundList>, Problem> {
    let app = shared.app.clone();
    let lines = run(move || app::rounds::list(&app, &actor, day)).await?;
    Ok(Json(RoundList {
        rounds: each(&lines),
    }))
}

/// One round: batches, checks, rates with their basis, transfer matrix, stuck lists.
#[utoipa::path(get, path = "/rounds/{no}", tag = "rounds", params(("no" = i64, Path), ("as_of" = Option<String>, Query)), responses((status = 200, body = RoundPage), (status = 404, body = Problem)))]
async fn round(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(no): Path<i64>,
) -> Result<Json<RoundPage>, Problem> {
    let app = shared.app.clone();
    let page = run(move || app::rounds::page(&app, &actor, no, day)).await?;
    Ok(Json(RoundPage::from(&page)))
}
