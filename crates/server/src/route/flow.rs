//! 办理 Acts on records, tasks, delegations, and the papers of the closed loop.

use crate::Shared;
use crate::access::{AsOf, Signed, expected_version, parse_day, run};
use crate::problem::Problem;
use crate::route::record::tagged;
use crate::view::each;
use crate::view::flow::{
    ActRequest, ColleagueList, Delegation, DelegationList, MatterLeague, NewDelegation,
    NoticesMarked, NoticesRead, TaskPage,
};
use crate::view::record::RecordView;
use app::matters::{self, ListKind, SlipKind};
use app::page::task::TaskBox;
use app::{delegation, flow, task};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(act))
        .routes(routes!(tasks))
        .routes(routes!(read_notices))
        .routes(routes!(delegations, delegate))
        .routes(routes!(end_delegation))
        .routes(routes!(colleagues))
        .routes(routes!(league))
        .routes(routes!(problems))
        .routes(routes!(duties))
        .routes(routes!(rectification))
        .routes(routes!(slip))
}

/// 办理 Does a transition or a built-in act: recall, hand_over, add_signer, extend, decide_extension.
#[utoipa::path(post, path = "/registers/{register}/records/{id}/actions/{action}", tag = "flow", params(("register" = String, Path), ("id" = String, Path), ("action" = String, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)), request_body = ActRequest, responses((status = 200, body = RecordView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem)))]
async fn act(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    headers: HeaderMap,
    Path((register, id, action)): Path<(String, String, String)>,
    Json(asked): Json<ActRequest>,
) -> Result<Response, Problem> {
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let request = flow::ActRequest {
        action,
        version: expected_version(&headers)?,
        values: asked.values,
        reason: asked.reason,
        target: asked.target,
        late: asked.late.map(|late| (late.code, late.next)),
        key,
    };
    let app = shared.app.clone();
    let view = run(move || flow::act(&app, &actor, &register, &id, request)).await?;
    Ok(tagged(StatusCode::OK, view))
}

/// Which box, and where to go on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TaskQuery {
    /// todo, done, mine, soon, late or notice.
    #[serde(rename = "box")]
    #[param(rename = "box")]
    of: Option<String>,
    after: Option<String>,
}

/// 待办、已办、我发起、即将到期、超期、提醒.
#[utoipa::path(get, path = "/tasks", tag = "flow", params(TaskQuery), responses((status = 200, body = TaskPage), (status = 400, body = Problem)))]
async fn tasks(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Query(query): Query<TaskQuery>,
) -> Result<Json<TaskPage>, Problem> {
    let code = query.of.as_deref().filter(|code| !code.is_empty());
    let asked = TaskBox::from_code(code.unwrap_or("todo"))
        .ok_or_else(|| Problem::bad_request("box 要写 todo、done、mine、soon、late 或 notice"))?;
    let after = query.after.as_deref().filter(|text| !text.is_empty());
    let after = after.map_or(Ok(0), str::parse::<usize>);
    let after = after.map_err(|_| Problem::bad_request("after 要写上一页给出的 next"))?;
    let app = shared.app.clone();
    let page = run(move || task::tasks(&app, &actor, asked, after)).await?;
    Ok(Json(TaskPage::from(&page)))
}

/// Marks 提醒 as read.
#[utoipa::path(post, path = "/tasks/notices/read", tag = "flow", request_body = NoticesRead, responses((status = 200, body = NoticesMarked), (status = 404, body = Problem)))]
async fn read_notices(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Json(asked): Json<NoticesRead>,
) -> Result<Json<NoticesMarked>, Problem> {
    let record = asked.record.as_deref().map(app::records::parse_id);
    let record = record.transpose()?;
    let app = shared.app.clone();
    let count = run(move || app::notice::read(&app, &actor, record)).await?;
    Ok(Json(NoticesMarked { count }))
}

/// 委托 from and to this person.
#[utoipa::path(get, path = "/delegations", tag = "flow", responses((status = 200, body = DelegationList)))]
async fn delegations(
    State(shared): State<Shared>,
    Signed(actor): Signed,
) -> Result<Json<DelegationList>, Problem> {
    let app = shared.app.clone();
    let found = run(move || delegation::list(&app, &actor)).await?;
    Ok(Json(DelegationList {
        delegations: each(&found),
    }))
}

/// Who can act in this person's place, by name.
#[utoipa::path(get, path = "/delegations/colleagues", tag = "flow", responses((status = 200, body = ColleagueList), (status = 403, body = Problem)))]
async fn colleagues(
    State(shared): State<Shared>,
    Signed(actor): Signed,
) -> Result<Json<ColleagueList>, Problem> {
    let app = shared.app.clone();
    let found = run(move || delegation::colleagues(&app, &actor)).await?;
    Ok(Json(ColleagueList {
        colleagues: each(&found),
    }))
}

/// Lets somebody act in this person's place.
#[utoipa::path(post, path = "/delegations", tag = "flow", request_body = NewDelegation, responses((status = 201, body = Delegation), (status = 422, body = Problem)))]
async fn delegate(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Json(new): Json<NewDelegation>,
) -> Result<Response, Problem> {
    let new = delegation::NewDelegation {
        to_login: new.to_login,
        from: parse_day("from", &new.from)?,
        to: parse_day("to", &new.to)?,
        registers: new.registers,
    };
    let app = shared.app.clone();
    let made = run(move || delegation::add(&app, &actor, new)).await?;
    Ok((StatusCode::CREATED, Json(Delegation::from(&made))).into_response())
}

/// Ends a delegation that this person gave.
#[utoipa::path(delete, path = "/delegations/{id}", tag = "flow", params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn end_delegation(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let app = shared.app.clone();
    run(move || delegation::end(&app, &actor, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The period of a league or of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LeagueQuery {
    /// 2023Q1, 2023M03, Y2023; when absent the running quarter, for lists all.
    period: Option<String>,
}

/// 单位赛马 Units by how they deal with what was given to them.
#[utoipa::path(get, path = "/matters/league", tag = "flow", params(LeagueQuery, ("as_of" = Option<String>, Query)), responses((status = 200, body = MatterLeague), (status = 422, body = Problem)))]
async fn league(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Query(query): Query<LeagueQuery>,
) -> Result<Json<MatterLeague>, Problem> {
    let app = shared.app.clone();
    let league = run(move || matters::league(&app, &actor, query.period.as_deref(), day)).await?;
    Ok(Json(MatterLeague::from(&league)))
}

/// 问题清单.
#[utoipa::path(get, path = "/matters/lists/problems.xlsx", tag = "flow", params(("period" = Option<String>, Query), ("as_of" = Option<String>, Query)), responses((status = 200, content_type = XLSX, body = Vec<u8>), (status = 403, body = Problem)))]
async fn problems(
    State(shared): State<Shared>,
    signed: Signed,
    day: AsOf,
    Query(query): Query<LeagueQuery>,
) -> Result<Response, Problem> {
    list(shared, signed, day, query.period, ListKind::Problems).await
}

/// 责任清单.
#[utoipa::path(get, path = "/matters/lists/duties.xlsx", tag = "flow", params(("period" = Option<String>, Query), ("as_of" = Option<String>, Query)), responses((status = 200, content_type = XLSX, body = Vec<u8>), (status = 403, body = Problem)))]
async fn duties(
    State(shared): State<Shared>,
    signed: Signed,
    day: AsOf,
    Query(query): Query<LeagueQuery>,
) -> Result<Response, Problem> {
    list(shared, signed, day, query.period, ListKind::Duties).await
}

/// 整改清单.
#[utoipa::path(get, path = "/matters/lists/rectification.xlsx", tag = "flow", params(("period" = Option<String>, Query), ("as_of" = Option<String>, Query)), responses((status = 200, content_type = XLSX, body = Vec<u8>), (status = 403, body = Problem)))]
async fn rectification(
    State(shared): State<Shared>,
    signed: Signed,
    day: AsOf,
    Query(query): Query<LeagueQuery>,
) -> Result<Response, Problem> {
    list(shared, signed, day, query.period, ListKind::Rectification).await
}

async fn list(
    shared: Shared,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    period: Option<String>,
    kind: ListKind,
) -> Result<Response, Problem> {
    let app = shared.app.clone();
    let bytes = run(move || matters::list(&app, &actor, kind, period.as_deref(), day)).await?;
    Ok(file(bytes, XLSX, &format!("{}.xlsx", kind.title())))
}

/// Which paper.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SlipQuery {
    /// assignment 交办单 or supervision 督办单.
    kind: Option<String>,
}

/// 交办单、督办单 The record as an official paper.
#[utoipa::path(get, path = "/registers/{register}/records/{id}/slip.pdf", tag = "flow", params(("register" = String, Path), ("id" = String, Path), SlipQuery), responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn slip(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path((register, id)): Path<(String, String)>,
    Query(query): Query<SlipQuery>,
) -> Result<Response, Problem> {
    let kind = SlipKind::from_code(query.kind.as_deref().unwrap_or("assignment"))
        .ok_or_else(|| Problem::bad_request("kind 要写 assignment 或 supervision"))?;
    let app = shared.app.clone();
    let bytes = run(move || matters::slip(&app, &actor, &register, &id, kind)).await?;
    Ok(file(
        bytes,
        "application/pdf",
        &format!("{}.pdf", kind.title()),
    ))
}

/// A file as a download under a Chinese name.
pub(crate) fn file(bytes: Vec<u8>, media_type: &'static str, name: &str) -> Response {
    let name = crate::route::file::percent_encoded(name);
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{name}"),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}
