//! The wall chart: page, files, kept charts, and a change of a plan by dragging.

use crate::Shared;
use crate::access::{AsOf, Signed, expected_version, parse_day, run};
use crate::problem::Problem;
use crate::view::wall::{MovedActivity, Rescheduled, Snapshot, SnapshotList, WallChart};
use crate::view::{RagView, each};
use app::page::wall::{Density, WallQuery, Zoom};
use app::wall::Paper;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(wall_chart))
        .routes(routes!(wall_svg))
        .routes(routes!(wall_pdf))
        .routes(routes!(snapshots, keep_snapshot))
        .routes(routes!(snapshot))
        .routes(routes!(reschedule))
}

/// What to show and how.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ChartQuery {
    /// Round number; the newest when absent.
    round: Option<i64>,
    /// year, quarter, month or week.
    zoom: Option<String>,
    /// compact, standard or loose.
    density: Option<String>,
    /// Path of an organisation.
    unit: Option<String>,
    rag: Option<RagView>,
    q: Option<String>,
    /// Project ids to open, with commas.
    open: Option<String>,
    /// Another day to lay beside.
    compare: Option<String>,
    /// Pixels the whole chart should take; the days share what the columns leave.
    width: Option<f64>,
    /// A0, A1 or A3.
    paper: Option<String>,
    /// Day to show.
    #[serde(rename = "as_of")]
    #[param(rename = "as_of")]
    _as_of: Option<String>,
}

impl ChartQuery {
    fn read(&self) -> Result<WallQuery, Problem> {
        let zoom = match self.zoom.as_deref().unwrap_or("year") {
            "year" => Zoom::Year,
            "quarter" => Zoom::Quarter,
            "month" => Zoom::Month,
            "week" => Zoom::Week,
            other => {
                return Err(Problem::bad_request(format!(
                    "zoom 只有 year、quarter、month、week，没有 {other}"
                )));
            }
        };
        let density = match self.density.as_deref().unwrap_or("standard") {
            "compact" => Density::Compact,
            "standard" => Density::Standard,
            "loose" => Density::Loose,
            other => {
                return Err(Problem::bad_request(format!(
                    "density 只有 compact、standard、loose，没有 {other}"
                )));
            }
        };
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let compare = filled(&self.compare)
            .map(|text| parse_day("compare", &text))
            .transpose()?;
        let open = self
            .open
            .iter()
            .flat_map(|text| text.split(','))
            .filter(|id| !id.is_empty())
            .map(str::to_owned)
            .collect();
        Ok(WallQuery {
            round: self.round,
            zoom,
            density,
            unit: filled(&self.unit),
            rag: self.rag.map(Into::into),
            text: filled(&self.q),
            open,
            compare,
            width: self.width.filter(|width| (600.0..=8000.0).contains(width)),
        })
    }

    fn paper(&self) -> Result<Paper, Problem> {
        match self.paper.as_deref().unwrap_or("A1") {
            "A0" => Ok(Paper::A0),
            "A1" => Ok(Paper::A1),
            "A3" => Ok(Paper::A3),
            other => Err(Problem::bad_request(format!(
                "paper 只有 A0、A1、A3，没有 {other}"
            ))),
        }
    }
}

/// 挂图 The chart in six SVG panes with lights, reasons, activities and the panels under it.
#[utoipa::path(get, path = "/wall-chart", tag = "wall chart", params(ChartQuery), responses((status = 200, body = WallChart), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn wall_chart(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Query(query): Query<ChartQuery>,
) -> Result<Json<WallChart>, Problem> {
    let query = query.read()?;
    let app = shared.app.clone();
    let page = run(move || app::wall::wall_chart(&app, &actor, &query, day)).await?;
    Ok(Json(WallChart::from(&page)))
}

/// The chart as one SVG file.
#[utoipa::path(get, path = "/wall-chart.svg", tag = "wall chart", params(ChartQuery), responses((status = 200, content_type = "image/svg+xml", body = String), (status = 400, body = Problem)))]
async fn wall_svg(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Query(query): Query<ChartQuery>,
) -> Result<Response, Problem> {
    let query = query.read()?;
    let app = shared.app.clone();
    let svg = run(move || app::wall::wall_svg(&app, &actor, &query, day)).await?;
    Ok((file_headers("image/svg+xml", "wall-chart.svg"), svg).into_response())
}

/// The chart as PDF for A0, A1 or A3 paper.
#[utoipa::path(get, path = "/wall-chart.pdf", tag = "wall chart", params(ChartQuery), responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 400, body = Problem)))]
async fn wall_pdf(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    AsOf(day): AsOf,
    Query(query): Query<ChartQuery>,
) -> Result<Response, Problem> {
    let (paper, query) = (query.paper()?, query.read()?);
    let app = shared.app.clone();
    let pdf = run(move || app::wall::wall_pdf(&app, &actor, &query, paper, day)).await?;
    Ok((file_headers("application/pdf", "wall-chart.pdf"), pdf).into_response())
}

fn file_headers(media: &'static str, name: &'static str) -> [(header::HeaderName, String); 3] {
    [
        (header::CONTENT_TYPE, media.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ]
}

/// Kept charts, newest first.
#[utoipa::path(get, path = "/wall-chart/snapshots", tag = "wall chart", responses((status = 200, body = SnapshotList)))]
async fn snapshots(
    State(shared): State<Shared>,
    Signed(actor): Signed,
) -> Result<Json<SnapshotList>, Problem> {
    let app = shared.app.clone();
    let kept = run(move || app::snapshot::list(&app, &actor)).await?;
    Ok(Json(SnapshotList {
        snapshots: kept.iter().map(Snapshot::from).collect(),
    }))
}

/// Keeps the chart of today.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSnapshot {
    round: Option<i64>,
    #[serde(default)]
    note: String,
}

/// 留存快照 Keeps the chart with its day.
#[utoipa::path(post, path = "/wall-chart/snapshots", tag = "wall chart", request_body = NewSnapshot, responses((status = 200, body = Snapshot), (status = 403, body = Problem)))]
async fn keep_snapshot(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Json(new): Json<NewSnapshot>,
) -> Result<Json<Snapshot>, Problem> {
    let app = shared.app.clone();
    let kept = run(move || app::snapshot::keep(&app, &actor, new.round, &new.note)).await?;
    Ok(Json(Snapshot::from(&kept)))
}

impl From<&app::snapshot::Kept> for Snapshot {
    fn from(kept: &app::snapshot::Kept) -> Self {
        Self {
            id: kept.id.clone(),
            taken_at: kept.taken_at.clone(),
            as_of: kept.as_of.to_string(),
            title: kept.title.clone(),
            note: kept.note.clone(),
            actor_name: kept.actor_name.clone(),
            lights: each(&kept.lights),
        }
    }
}

/// A kept chart, drawn from what was known when it was kept.
#[utoipa::path(get, path = "/wall-chart/snapshots/{id}", tag = "wall chart", params(("id" = String, Path)), responses((status = 200, body = WallChart), (status = 404, body = Problem)))]
async fn snapshot(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<Json<WallChart>, Problem> {
    let app = shared.app.clone();
    let page = run(move || app::snapshot::open(&app, &actor, &id)).await?;
    Ok(Json(WallChart::from(&page)))
}

/// New dates of one activity and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reschedule {
    planned_start: String,
    planned_finish: String,
    reason: String,
}

/// 改计划 Moves or stretches one activity; the reason is asked and kept.
#[utoipa::path(post, path = "/activities/{id}/reschedule", tag = "wall chart", params(("id" = String, Path)), request_body = Reschedule, responses((status = 200, body = Rescheduled), (status = 409, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem)))]
async fn reschedule(
    State(shared): State<Shared>,
    Signed(actor): Signed,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(change): Json<Reschedule>,
) -> Result<Json<Rescheduled>, Problem> {
    let version = expected_version(&headers)?;
    let start = parse_day("planned_start", &change.planned_start)?;
    let finish = parse_day("planned_finish", &change.planned_finish)?;
    let app = shared.app.clone();
    let done = run(move || {
        app::reschedule::reschedule(&app, &actor, &id, version, (start, finish), &change.reason)
    })
    .await?;
    let moved = done.moved.iter().map(|one| MovedActivity {
        activity_id: one.activity_id.clone(),
        name: one.name.clone(),
        from: one.from.to_string(),
        to: one.to.to_string(),
    });
    Ok(Json(Rescheduled {
        activity: (&done.activity).into(),
        light: (&done.light).into(),
        verdict: done.verdict.clone(),
        moved: moved.collect(),
    }))
}
