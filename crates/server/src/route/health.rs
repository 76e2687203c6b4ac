//! `/healthz` and `/metrics`, outside the API and without login.

use crate::Shared;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// The two routes.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/metrics", get(metrics))
}

async fn healthz(State(shared): State<Shared>) -> Response {
    let app = shared.app.clone();
    match tokio::task::spawn_blocking(move || app.position()).await {
        Ok(Ok(_)) => "ok\n".into_response(),
        _ => (
            StatusCode::SERVICE_UNAVAILABLE,
            "database does not answer\n",
        )
            .into_response(),
    }
}

async fn metrics(State(shared): State<Shared>) -> Response {
    let app = shared.app.clone();
    let position = tokio::task::spawn_blocking(move || app.position().unwrap_or_default())
        .await
        .unwrap_or_default();
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        shared.metrics.text(position),
    )
        .into_response()
}
