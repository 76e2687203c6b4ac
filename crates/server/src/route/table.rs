//! Working on a register as a table: groups and points of a list, saved views, several records at once, pasted rows,
//! and the form while somebody types.

use crate::Shared;
use crate::access::{AsOf, Signed, run};
use crate::problem::Problem;
use crate::route::import::with_fields;
use crate::view::import::ImportPreview;
use crate::view::table::{
    Bulk, BulkResults, DraftBody, DraftView, Groups, MapPoints, PasteBody, SavedViews,
};
use app::bulk::{self, BulkAct};
use app::imports::Paste;
use app::records::ListQuery;
use app::saved_views;
use axum::Json;
use axum::extract::{Path, Query, State};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(draft))
        .routes(routes!(groups))
        .routes(routes!(points))
        .routes(routes!(views, keep_views))
        .routes(routes!(bulk))
        .routes(routes!(paste))
}

/// 填写 A form with the values typed so far: what follows from them, what is shown, required and left alone, what may be
/// chosen, and what is wrong. Nothing is written.
#[utoipa::path(post, path = "/registers/{register}/draft", tag = "registers", params(("register" = String, Path)), request_body = DraftBody, responses((status = 200, body = DraftView), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn draft(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(register): Path<String>,
    Json(body): Json<DraftBody>,
) -> Result<Json<DraftView>, Problem> {
    let app = shared.app.clone();
    let page =
        run(move || app::draft::draft(&app, &actor, &register, body.id.as_deref(), &body.values))
            .await?;
    Ok(Json(DraftView::from(page)))
}

/// 分组 The records of a list counted by one or two fields: board and matrix.
#[utoipa::path(get, path = "/registers/{register}/groups", tag = "registers", params(
    ("register" = String, Path),
    ("by" = String, Query, description = "一个或两个字段，逗号分开；可以是引用的字段，如 institution.street"),
    ("q" = Option<String>, Query), ("filter" = Option<Vec<String>>, Query), ("view" = Option<String>, Query),
    ("sums" = Option<String>, Query), ("as_of" = Option<String>, Query)), responses((status = 200, body = Groups), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn groups(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(register): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<Groups>, Problem> {
    let query = list_query(&pairs)?;
    let by = words(&pairs, "by");
    let app = shared.app.clone();
    let lines =
        run(move || app::records::groups(&app, &actor, &register, &by, &query, day)).await?;
    Ok(Json(Groups::from(lines)))
}

/// 上图 The records of a list as points of a map.
#[utoipa::path(get, path = "/registers/{register}/points", tag = "registers", params(
    ("register" = String, Path),
    ("geo" = String, Query, description = "位置字段"),
    ("colour" = Option<String>, Query, description = "light，或一个选项字段"),
    ("q" = Option<String>, Query), ("filter" = Option<Vec<String>>, Query), ("view" = Option<String>, Query),
    ("as_of" = Option<String>, Query)), responses((status = 200, body = MapPoints), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn points(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(register): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<MapPoints>, Problem> {
    let query = list_query(&pairs)?;
    let geo = value(&pairs, "geo").unwrap_or_default();
    let colour = value(&pairs, "colour");
    let app = shared.app.clone();
    let found = run(move || {
        let fields = (geo.as_str(), colour.as_deref());
        app::records::points(&app, &actor, &register, fields, &query, day)
    })
    .await?;
    Ok(Json(MapPoints::from(found)))
}

/// 我的视图 The person's own views of a register.
#[utoipa::path(get, path = "/registers/{register}/saved-views", operation_id = "saved_views", tag = "registers", params(("register" = String, Path)), responses((status = 200, body = SavedViews), (status = 404, body = Problem)))]
async fn views(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(register): Path<String>,
) -> Result<Json<SavedViews>, Problem> {
    let app = shared.app.clone();
    let kept = run(move || saved_views::list(&app, &actor, &register)).await?;
    Ok(Json(SavedViews::from(kept)))
}

/// Keeps these views in place of the former ones.
#[utoipa::path(put, path = "/registers/{register}/saved-views", operation_id = "keep_saved_views", tag = "registers", params(("register" = String, Path)), request_body = SavedViews, responses((status = 200, body = SavedViews), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn keep_views(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(register): Path<String>,
    Json(views): Json<SavedViews>,
) -> Result<Json<SavedViews>, Problem> {
    let app = shared.app.clone();
    let kept = run(move || saved_views::keep(&app, &actor, &register, views.into())).await?;
    Ok(Json(SavedViews::from(kept)))
}

/// 批量 The same on several records, each with its own version; what became of each is told.
#[utoipa::path(post, path = "/registers/{register}/bulk", tag = "registers", params(("register" = String, Path)), request_body = Bulk, responses((status = 200, body = BulkResults), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn bulk(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(register): Path<String>,
    Json(body): Json<Bulk>,
) -> Result<Json<BulkResults>, Problem> {
    let items: Vec<(String, i64)> = body
        .items
        .iter()
        .map(|item| (item.id.clone(), item.version))
        .collect();
    let act = BulkAct::try_from(body)?;
    let app = shared.app.clone();
    let results = run(move || bulk::run(&app, &actor, &register, &items, &act)).await?;
    Ok(Json(BulkResults::from(results)))
}

/// 粘贴 Looks at rows copied from a spreadsheet; taking them in and undoing it goes the way of imports.
#[utoipa::path(post, path = "/registers/{register}/paste", tag = "registers", params(("register" = String, Path)), request_body = PasteBody, responses((status = 200, body = ImportPreview), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn paste(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(register): Path<String>,
    Json(body): Json<PasteBody>,
) -> Result<Json<ImportPreview>, Problem> {
    let pasted = Paste {
        columns: body.columns,
        rows: body.rows,
        match_on: body.match_on,
    };
    let app = shared.app.clone();
    let preview = run(move || app::imports::paste(&app, &actor, &register, &pasted)).await?;
    Ok(Json(with_fields(&shared, &preview)?))
}

/// A list's query of an address.
pub fn list_query(pairs: &[(String, String)]) -> Result<ListQuery, Problem> {
    ListQuery::from_pairs(pairs).map_err(|error| Problem::from(app::AppError::invalid(error)))
}

/// A value of an address; empty counts as absent.
pub fn value(pairs: &[(String, String)], name: &str) -> Option<String> {
    let found = pairs
        .iter()
        .find(|(key, value)| key == name && !value.is_empty());
    found.map(|(_, value)| value.clone())
}

fn words(pairs: &[(String, String)], name: &str) -> Vec<String> {
    let text = value(pairs, name).unwrap_or_default();
    let words = text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}
