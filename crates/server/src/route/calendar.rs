//! Days that a form offers.

use crate::Shared;
use crate::access::{Signed, run};
use crate::problem::Problem;
use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(spans))
}

#[derive(Deserialize)]
struct Asked {
    spans: String,
}

/// Usual terms with the day each ends on.
#[derive(Serialize, ToSchema)]
pub struct SpanList {
    pub spans: Vec<SpanDay>,
}

/// One term.
#[derive(Serialize, ToSchema)]
pub struct SpanDay {
    pub span: String,
    pub text: String,
    pub on: String,
    pub on_text: String,
}

/// When terms end that begin today: `3cd,5wd,month_end`.
#[utoipa::path(get, path = "/calendar/spans", tag = "calendar", params(("spans" = String, Query)), responses((status = 200, body = SpanList), (status = 422, body = Problem)))]
async fn spans(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Query(asked): Query<Asked>,
) -> Result<Json<SpanList>, Problem> {
    let app = shared.app.clone();
    let days = run(move || {
        let spans: Vec<&str> = asked.spans.split(',').take(12).collect();
        app::spans::ends(&app, &actor, &spans)
    })
    .await?;
    let spans = days
        .into_iter()
        .map(|day| SpanDay {
            span: day.span,
            text: day.text,
            on: day.on.to_string(),
            on_text: day.on_text,
        })
        .collect();
    Ok(Json(SpanList { spans }))
}
