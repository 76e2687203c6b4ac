//! Registers and their records.

use crate::Shared;
use crate::access::{AsOf, Signed, Visitor, expected_version, run};
use crate::problem::Problem;
use crate::view::each;
use crate::view::record::{
    History, NewRecord, Reason, RecordChange, RecordPage, RecordView, RegisterLine, RegisterList,
    RegisterView,
};
use app::records::{self, ListQuery};
use app::{Actor, App};
use axum::Json;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

/// Longest record that is read before it is known whose request it is.
const RECORD_BYTES: usize = 4 * 1024 * 1024;

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(registers))
        .routes(routes!(register))
        .routes(routes!(list, create).layer(DefaultBodyLimit::max(RECORD_BYTES)))
        .routes(routes!(export))
        .routes(routes!(get, change, withdraw))
        .routes(routes!(restore))
        .routes(routes!(history))
}

/// The registers of the district.
#[utoipa::path(get, path = "/registers", tag = "registers", params(("with" = Option<String>, Query, description = "open：还要各台账未办结和超期的条数")), responses((status = 200, body = RegisterList)))]
async fn registers(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<RegisterList>, Problem> {
    let app = shared.app.clone();
    let open = pairs
        .iter()
        .any(|(key, value)| key == "with" && value == "open");
    let cards = run(move || records::register_cards(&app, &actor, open)).await?;
    Ok(Json(RegisterList {
        registers: cards.into_iter().map(RegisterLine::from).collect(),
    }))
}

/// One register's fields.
#[utoipa::path(get, path = "/registers/{register}", tag = "registers", params(("register" = String, Path)), responses((status = 200, body = RegisterView), (status = 404, body = Problem)))]
async fn register(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(register): Path<String>,
) -> Result<Json<RegisterView>, Problem> {
    let app = shared.app.clone();
    let page = run(move || app::register_page::register(&app, &actor, &register)).await?;
    Ok(Json(RegisterView::from(&page)))
}

/// Records by filter, order and page.
#[utoipa::path(get, path = "/registers/{register}/records", tag = "registers", params(
    ("register" = String, Path),
    ("q" = Option<String>, Query, description = "在名称、编号等检索字段里找"),
    ("filter" = Option<Vec<String>>, Query, description = "字段:算符:值，可重复；算符 eq ne lt le gt ge in contains missing。也可写 expr: 加一个条件式"),
    ("sort" = Option<String>, Query, description = "字段，前面加 - 为降序"),
    ("limit" = Option<usize>, Query, description = "每页条数，最多 500"),
    ("after" = Option<String>, Query, description = "上一页给出的 next"),
    ("at" = Option<u64>, Query, description = "从第几行开始，0 是第一行；不与 after 一起用。只有第一页带总数"),
    ("withdrawn" = Option<String>, Query, description = "写 only：只列已撤销的记录"),
    ("view" = Option<String>, Query, description = "台账定义里的视图：带上它的条件和排序"),
    ("sums" = Option<String>, Query, description = "要合计的字段，逗号分开"),
    ("as_of" = Option<String>, Query)), responses((status = 200, body = RecordPage), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn list(
    State(shared): State<Shared>,
    visitor: Visitor,
    AsOf(day): AsOf,
    Path(register): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<RecordPage>, Problem> {
    let work = move |app: &App, actor: &Actor| {
        let query = ListQuery::from_pairs(&pairs).map_err(app::AppError::invalid)?;
        records::list(app, actor, &register, &query, day)
    };
    let page = visitor.run(&shared, work).await?;
    Ok(Json(RecordPage::from(page)))
}

/// The same records as a workbook.
#[utoipa::path(get, path = "/registers/{register}/export.xlsx", tag = "registers", params(("register" = String, Path), ("filter" = Option<Vec<String>>, Query), ("q" = Option<String>, Query), ("sort" = Option<String>, Query), ("view" = Option<String>, Query), ("columns" = Option<String>, Query, description = "导出的列，逗号分开"), ("as_of" = Option<String>, Query)), responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>), (status = 404, body = Problem)))]
async fn export(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(register): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let query = ListQuery::from_pairs(&pairs)
        .map_err(|error| Problem::from(app::AppError::invalid(error)))?;
    let app = shared.app.clone();
    let name = format!("{register}.xlsx");
    let bytes = run(move || records::export(&app, &actor, &register, &query, day)).await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned(),
        ),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// A new record. The same `Idempotency-Key` gives the same answer once.
#[utoipa::path(post, path = "/registers/{register}/records", tag = "registers", params(("register" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = NewRecord, responses((status = 201, body = RecordView), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(shared): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(register): Path<String>,
    Json(new): Json<NewRecord>,
) -> Result<Response, Problem> {
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let work = move |app: &App, actor: &Actor| {
        let creation = records::Creation {
            values: new.values,
            reason: &new.reason,
            action: new.action.as_deref(),
            key: key.as_deref(),
        };
        records::create_with(app, actor, &register, creation)
    };
    let view = visitor.run(&shared, work).await?;
    Ok(tagged(StatusCode::CREATED, view))
}

/// One record.
#[utoipa::path(get, path = "/registers/{register}/records/{id}", tag = "registers", params(("register" = String, Path), ("id" = String, Path), ("as_of" = Option<String>, Query)), responses((status = 200, body = RecordView), (status = 404, body = Problem)))]
async fn get(
    State(shared): State<Shared>,
    visitor: Visitor,
    AsOf(day): AsOf,
    Path((register, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let work = move |app: &App, actor: &Actor| records::get(app, actor, &register, &id, day);
    let view = visitor.run(&shared, work).await?;
    Ok(tagged(StatusCode::OK, view))
}

/// Changes fields of a record.
#[utoipa::path(patch, path = "/registers/{register}/records/{id}", tag = "registers", params(("register" = String, Path), ("id" = String, Path), ("If-Match" = String, Header)), request_body = RecordChange, responses((status = 200, body = RecordView), (status = 409, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem)))]
async fn change(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    headers: HeaderMap,
    Path((register, id)): Path<(String, String)>,
    Json(change): Json<RecordChange>,
) -> Result<Response, Problem> {
    let version = expected_version(&headers)?;
    let app = shared.app.clone();
    let view = run(move || {
        records::update(
            &app,
            &actor,
            &register,
            &id,
            version,
            &change.values,
            &change.reason,
        )
    })
    .await?;
    Ok(tagged(StatusCode::OK, view))
}

/// 撤销 Takes a record out; it stays in the journal and can come back.
#[utoipa::path(delete, path = "/registers/{register}/records/{id}", tag = "registers", params(("register" = String, Path), ("id" = String, Path), ("If-Match" = String, Header)), request_body = Reason, responses((status = 200, body = RecordView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn withdraw(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    headers: HeaderMap,
    Path((register, id)): Path<(String, String)>,
    Json(reason): Json<Reason>,
) -> Result<Response, Problem> {
    let version = expected_version(&headers)?;
    let app = shared.app.clone();
    let view =
        run(move || records::withdraw(&app, &actor, &register, &id, version, &reason.reason))
            .await?;
    Ok(tagged(StatusCode::OK, view))
}

/// Brings a withdrawn record back.
#[utoipa::path(post, path = "/registers/{register}/records/{id}/restore", tag = "registers", params(("register" = String, Path), ("id" = String, Path), ("If-Match" = String, Header)), request_body = Reason, responses((status = 200, body = RecordView), (status = 409, body = Problem)))]
async fn restore(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    headers: HeaderMap,
    Path((register, id)): Path<(String, String)>,
    Json(reason): Json<Reason>,
) -> Result<Response, Problem> {
    let version = expected_version(&headers)?;
    let app = shared.app.clone();
    let view = run(move || records::restore(&app, &actor, &register, &id, version, &reason.reason))
        .await?;
    Ok(tagged(StatusCode::OK, view))
}

/// What happened to a record, newest first.
#[utoipa::path(get, path = "/registers/{register}/records/{id}/history", tag = "registers", params(("register" = String, Path), ("id" = String, Path)), responses((status = 200, body = History), (status = 404, body = Problem)))]
async fn history(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path((register, id)): Path<(String, String)>,
) -> Result<Json<History>, Problem> {
    let app = shared.app.clone();
    let entries = run(move || records::history(&app, &actor, &register, &id)).await?;
    Ok(Json(History {
        entries: each(&entries),
    }))
}

/// A record with its version as ETag.
pub fn tagged(status: StatusCode, view: app::page::record::RecordView) -> Response {
    let tag = format!("\"{}\"", view.record.version);
    (
        status,
        [
            (header::ETAG, tag),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ],
        Json(RecordView::from(view)),
    )
        .into_response()
}
