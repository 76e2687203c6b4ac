//! Fill cycles: board, what a report starts with, unlocking; drives; what units are asked for.

use crate::Shared;
use crate::access::{AsOf, Signed, run};
use crate::problem::Problem;
use crate::route::record::tagged;
use crate::view::cycle::{AskLedger, CampaignList, CycleBoard, UnlockAnswer, UnlockBody};
use crate::view::record::RecordView;
use crate::view::table::DraftView;
use app::cycle;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(board))
        .routes(routes!(prefilled))
        .routes(routes!(ask_unlock))
        .routes(routes!(decide_unlock))
        .routes(routes!(campaigns))
        .routes(routes!(asks))
}

/// Which period.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BoardQuery {
    /// 2023M03T1; the one being filled when absent.
    period: Option<String>,
}

/// Which report.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PrefillQuery {
    /// Organisation; the person's own when absent.
    unit: Option<String>,
    period: Option<String>,
    /// `1` begins a 零报告.
    zero: Option<String>,
}

/// 填报 Who has sent a form for a period and who has not, with words to remind with.
#[utoipa::path(get, path = "/registers/{register}/cycle", operation_id = "cycle", tag = "registers", params(("register" = String, Path), BoardQuery, ("as_of" = Option<String>, Query)), responses((status = 200, body = CycleBoard), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn board(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(register): Path<String>,
    Query(query): Query<BoardQuery>,
) -> Result<Json<CycleBoard>, Problem> {
    let (app, id) = (shared.app.clone(), register.clone());
    let period = filled(query.period);
    let board = run(move || cycle::board(&app, &actor, &id, period.as_deref(), day)).await?;
    Ok(Json(CycleBoard::new(&register, &board)))
}

/// What a unit's new report starts with.
#[utoipa::path(get, path = "/registers/{register}/cycle/draft", operation_id = "cycle_draft", tag = "registers", params(("register" = String, Path), PrefillQuery), responses((status = 200, body = DraftView), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn prefilled(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(register): Path<String>,
    Query(query): Query<PrefillQuery>,
) -> Result<Json<DraftView>, Problem> {
    let zero = matches!(query.zero.as_deref(), Some("1" | "true"));
    let (unit, period) = (filled(query.unit), filled(query.period));
    let app = shared.app.clone();
    let page = run(move || {
        let of = (unit.as_deref(), period.as_deref());
        cycle::prefilled(&app, &actor, &register, of, zero)
    })
    .await?;
    Ok(Json(DraftView::from(page)))
}

/// Asks to open a locked period for a unit. The same `Idempotency-Key` asks once.
#[utoipa::path(post, path = "/registers/{register}/cycle/unlock", operation_id = "ask_unlock", tag = "registers", params(("register" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = UnlockBody, responses((status = 201, body = RecordView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn ask_unlock(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    headers: HeaderMap,
    Path(register): Path<String>,
    Json(body): Json<UnlockBody>,
) -> Result<Response, Problem> {
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let app = shared.app.clone();
    let view = run(move || {
        let of = (body.unit.as_str(), body.period.as_str());
        cycle::ask_unlock(&app, &actor, &register, of, &body.reason, key.as_deref())
    })
    .await?;
    Ok(tagged(StatusCode::CREATED, view))
}

/// Answers a request to unlock.
#[utoipa::path(post, path = "/registers/{register}/cycle/unlock/{id}", operation_id = "decide_unlock", tag = "registers", params(("register" = String, Path), ("id" = String, Path)), request_body = UnlockAnswer, responses((status = 200, body = RecordView), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn decide_unlock(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path((register, id)): Path<(String, String)>,
    Json(body): Json<UnlockAnswer>,
) -> Result<Response, Problem> {
    let app = shared.app.clone();
    let view =
        run(move || cycle::decide_unlock(&app, &actor, &register, &id, body.grant, &body.reason))
            .await?;
    Ok(tagged(StatusCode::OK, view))
}

/// 专项行动 The drives of a register and how far they are.
#[utoipa::path(get, path = "/registers/{register}/campaigns", tag = "registers", params(("register" = String, Path), ("as_of" = Option<String>, Query)), responses((status = 200, body = CampaignList), (status = 404, body = Problem)))]
async fn campaigns(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(register): Path<String>,
) -> Result<Json<CampaignList>, Problem> {
    let app = shared.app.clone();
    let lines = run(move || cycle::campaigns(&app, &actor, &register, day)).await?;
    Ok(Json(CampaignList::from(&lines)))
}

/// Which month.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AsksQuery {
    /// 2023-03; the present month when absent.
    month: Option<String>,
}

/// 减负 What every unit is asked for in a month, and what is asked for although it is held already.
#[utoipa::path(get, path = "/asks", tag = "registers", params(AsksQuery), responses((status = 200, body = AskLedger), (status = 422, body = Problem)))]
async fn asks(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Query(query): Query<AsksQuery>,
) -> Result<Json<AskLedger>, Problem> {
    let (app, month) = (shared.app.clone(), filled(query.month));
    let ledger = run(move || app::asks::ledger(&app, &actor, month.as_deref())).await?;
    Ok(Json(AskLedger::from(&ledger)))
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
