//! HTTP: login, JSON views, change events, the embedded web page. Transport lives here, meaning in `app`.

mod access;
mod assets;
mod document;
mod events;
mod metrics;
mod problem;
mod route;
mod view;

pub use document::openapi;

use app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

/// Largest body of one request; uploads of workbooks and files stay under it.
const BODY_LIMIT_BYTES: usize = 64 * 1024 * 1024;
/// No request works longer than this.
const REQUEST_LIMIT: Duration = Duration::from_secs(120);
/// Between two looks at what is due by itself; deadlines are days or hours.
const HOUR: Duration = Duration::from_secs(3600);
/// Between two looks at records that wait to be entered into the search: it is right without, but slower.
const ENTER: Duration = Duration::from_secs(20);
/// What the page may load: its own files only, no inline script, no inline style attribute in markup.
const CONTENT_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// Everything a handler needs.
#[derive(Clone)]
pub struct Shared {
    app: Arc<App>,
    changes: events::Changes,
    metrics: Arc<metrics::Metrics>,
    /// People reach this server over https only.
    https: bool,
}

/// The whole HTTP service of one district. `https` says that people reach it over https only, whatever a proxy tells.
pub fn router(app: Arc<App>, https: bool) -> Router {
    let shared = Shared {
        changes: events::watch(app.clone()),
        app,
        metrics: Arc::default(),
        https,
    };
    let (api, _) = document::api_router().split_for_parts();
    let limits = DefaultBodyLimit::max(BODY_LIMIT_BYTES);
    // Layers go on together, outermost first: one by one each would put every request into a box of its own.
    let api = api.layer((
        TimeoutLayer::with_status_code(axum::http::StatusCode::REQUEST_TIMEOUT, REQUEST_LIMIT),
        from_fn_with_state(shared.clone(), access::keep_refusals),
        from_fn(access::refuse_forged_requests),
    ));
    let api = api.merge(route::events::router()).layer((
        fixed("cache-control", "no-store"),
        map_response(problem::speak_plainly),
    ));
    Router::new()
        .merge(route::health::router())
        .nest("/api/v1", api)
        .fallback(assets::serve)
        .layer((
            fixed("x-frame-options", "DENY"),
            fixed("referrer-policy", "same-origin"),
            fixed("x-content-type-options", "nosniff"),
            fixed("content-security-policy", CONTENT_POLICY),
            CatchPanicLayer::custom(problem::panic_answer),
            CompressionLayer::new(),
            from_fn_with_state(shared.clone(), metrics::count),
            limits,
        ))
        .with_state(shared)
}

fn fixed(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    )
}

/// Serves until the process is told to stop; `ready` hears the address that was bound.
pub async fn serve(
    app: Arc<App>,
    (listen, https): (SocketAddr, bool),
    ready: impl FnOnce(SocketAddr),
) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind(listen).await?;
    ready(listener.local_addr()?);
    let hours = tokio::spawn(tick(app.clone()));
    let entering = tokio::spawn(enter_search(app.clone()));
    let served = axum::serve(listener, router(app, https))
        .with_graceful_shutdown(stop_signal())
        .await;
    hours.abort();
    entering.abort();
    served
}

/// What happens by itself, at the start and each hour: transitions whose time has come, records that overdue clocks
/// open.
async fn tick(app: Arc<App>) {
    let mut hours = tokio::time::interval(HOUR);
    loop {
        hours.tick().await;
        let app = app.clone();
        match tokio::task::spawn_blocking(move || app::tick::run(&app)).await {
            Ok(Ok(done)) if done.is_empty() => {}
            Ok(Ok(done)) => tracing::info!(count = done.len(), "ticked"),
            Ok(Err(error)) => tracing::error!(?error, "the tick failed"),
            Err(error) => tracing::error!(%error, "the tick panicked"),
        }
    }
}

/// Enters into the search what an import, or a version before the search had entries, left waiting. Each slice is a
/// short write of its own, so that people's writes pass between them.
async fn enter_search(app: Arc<App>) {
    let mut looks = tokio::time::interval(ENTER);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let app = app.clone();
        match tokio::task::spawn_blocking(move || app.enter_search()).await {
            Ok(Ok(0)) => {}
            Ok(Ok(count)) => tracing::info!(count, "entered into the search"),
            Ok(Err(error)) => tracing::error!(?error, "the search could not be entered"),
            Err(error) => tracing::error!(%error, "entering the search panicked"),
        }
    }
}

async fn stop_signal() {
    let interrupt = async { tokio::signal::ctrl_c().await.ok() };
    #[cfg(unix)]
    {
        let mut terminate =
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(signal) => signal,
                Err(_) => {
                    interrupt.await;
                    return;
                }
            };
        tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    interrupt.await;
}
