//! Figures of a register and the records behind them.

use crate::Shared;
use crate::access::{AsOf, Signed, run};
use crate::problem::Problem;
use crate::view::metric::MetricList;
use crate::view::record::RecordPage;
use app::metrics::{self, RecordsAsked};
use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(figures))
        .routes(routes!(behind))
}

/// Which period.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PeriodQuery {
    /// 2023Q1; the quarter of the day when absent.
    period: Option<String>,
}

/// Which records.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BehindQuery {
    period: Option<String>,
    /// `key` of a group; the whole when absent.
    group: Option<String>,
    limit: Option<u32>,
    after: Option<String>,
}

/// 指标 The figures of a register for a period, as of any day.
#[utoipa::path(get, path = "/registers/{register}/metrics", operation_id = "register_metrics", tag = "registers", params(("register" = String, Path), PeriodQuery, ("as_of" = Option<String>, Query)), responses((status = 200, body = MetricList), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn figures(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path(register): Path<String>,
    Query(query): Query<PeriodQuery>,
) -> Result<Json<MetricList>, Problem> {
    let app = shared.app.clone();
    let period = query.period.filter(|text| !text.is_empty());
    let pages =
        run(move || metrics::metrics(&app, &actor, &register, period.as_deref(), day)).await?;
    Ok(Json(MetricList::from(&pages)))
}

/// The records behind a figure or one of its groups.
#[utoipa::path(get, path = "/registers/{register}/metrics/{metric}/records", operation_id = "register_metric_records", tag = "registers", params(("register" = String, Path), ("metric" = String, Path), BehindQuery, ("as_of" = Option<String>, Query)), responses((status = 200, body = RecordPage), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn behind(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Path((register, metric)): Path<(String, String)>,
    Query(query): Query<BehindQuery>,
) -> Result<Json<RecordPage>, Problem> {
    let asked = RecordsAsked {
        metric,
        period: query.period.filter(|text| !text.is_empty()),
        group: query.group.filter(|text| !text.is_empty()),
        limit: query.limit.and_then(|limit| usize::try_from(limit).ok()),
        after: query.after,
    };
    let app = shared.app.clone();
    let page = run(move || metrics::records(&app, &actor, &register, &asked, day)).await?;
    Ok(Json(RecordPage::from(page)))
}
