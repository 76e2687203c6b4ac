//! 周承诺 over HTTP.

use crate::Shared;
use crate::access::{AsOf, Signed, run};
use crate::problem::Problem;
use crate::view::plan_weekly::{PlanCommitments, PlanJudgeQuery, PlanPromiseQuery};
use app::project_plan::{self, JudgeRequest, Judged, NewPromise, PromiseRequest};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(commitments, promise))
        .routes(routes!(judge))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WeekQuery {
    /// Week to show, 2023W10; this one when absent.
    week: Option<String>,
    /// Day to show.
    #[serde(rename = "as_of")]
    #[param(rename = "as_of")]
    _as_of: Option<String>,
}

/// 周承诺 What may be promised for a week, what was, and how promises were kept over the weeks.
#[utoipa::path(get, path = "/projects/{id}/plan/commitments", operation_id = "plan_commitments", tag = "plans", params(("id" = String, Path), WeekQuery), responses((status = 200, body = PlanCommitments), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn commitments(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(id): Path<String>,
    Query(query): Query<WeekQuery>,
) -> Result<Json<PlanCommitments>, Problem> {
    let app = shared.app.clone();
    let page =
        run(move || project_plan::commitments(&app, &actor, &id, day, query.week.as_deref()))
            .await?;
    Ok(Json(PlanCommitments::from(&page)))
}

/// 承诺 Promises activities for a week.
#[utoipa::path(post, path = "/projects/{id}/plan/commitments", operation_id = "plan_promise", tag = "plans", params(("id" = String, Path)), request_body = PlanPromiseQuery, responses((status = 201, body = PlanCommitments), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn promise(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Json(asked): Json<PlanPromiseQuery>,
) -> Result<(StatusCode, Json<PlanCommitments>), Problem> {
    let promises = asked.promises.into_iter().map(|one| NewPromise {
        activity: one.activity_id,
        content: one.content,
        percent: one.percent.map(|percent| (percent * 100.0).round() as i64),
    });
    let asked = PromiseRequest {
        week: asked.week,
        promises: promises.collect(),
    };
    let app = shared.app.clone();
    let page = run(move || project_plan::promise(&app, &actor, &id, &asked)).await?;
    Ok((StatusCode::CREATED, Json(PlanCommitments::from(&page))))
}

/// 评定 Says of promises whether they were kept, and why not.
#[utoipa::path(post, path = "/projects/{id}/plan/commitments/judge", operation_id = "plan_judge", tag = "plans", params(("id" = String, Path)), request_body = PlanJudgeQuery, responses((status = 200, body = PlanCommitments), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn judge(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Json(asked): Json<PlanJudgeQuery>,
) -> Result<Json<PlanCommitments>, Problem> {
    let mut outcomes = Vec::with_capacity(asked.outcomes.len());
    for one in asked.outcomes {
        if !["open", "kept", "missed"].contains(&one.outcome.as_str()) {
            let problem = format!("outcome 只有 kept、missed、open，没有 {}", one.outcome);
            return Err(Problem::bad_request(problem));
        }
        outcomes.push(Judged {
            id: one.id,
            version: one.version,
            outcome: one.outcome,
            reason: one.reason,
            note: one.note,
        });
    }
    let asked = JudgeRequest {
        week: asked.week,
        outcomes,
    };
    let app = shared.app.clone();
    let page = run(move || project_plan::judge(&app, &actor, &id, &asked)).await?;
    Ok(Json(PlanCommitments::from(&page)))
}
