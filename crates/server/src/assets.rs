//! The web page inside the binary. Hashed files are cached for good, the page itself never.

use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Page;

/// Serves a file of the page, or the page itself for its own addresses.
pub async fn serve(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || !matches!(method, Method::GET | Method::HEAD) {
        let problem = crate::problem::Problem::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "没有找到",
            "没有这个接口，接口清单见 /api/v1/openapi.json",
        );
        return problem.into_response();
    }
    match Page::get(path) {
        Some(file) if path != "index.html" && !path.is_empty() => {
            answer(path, file, cache_rule(path))
        }
        _ if has_extension(path) => StatusCode::NOT_FOUND.into_response(),
        _ => start_page(),
    }
}

fn has_extension(path: &str) -> bool {
    path.rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'))
}

fn cache_rule(path: &str) -> &'static str {
    if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn start_page() -> Response {
    match Page::get("index.html") {
        Some(file) => answer("index.html", file, "no-cache"),
        None => {
            let text =
                "页面还没有编译进来：请在源码目录运行 make build。接口可用：/api/v1/openapi.json";
            (
                StatusCode::SERVICE_UNAVAILABLE,
                [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
                text,
            )
                .into_response()
        }
    }
}

fn answer(path: &str, file: rust_embed::EmbeddedFile, cache: &'static str) -> Response {
    let media = file.metadata.mimetype().to_owned();
    let media = if media.starts_with("text/") || path.ends_with(".js") {
        format!("{media}; charset=utf-8")
    } else {
        media
    };
    let mut response = file.data.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(value) = HeaderValue::from_str(&media) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    response
}
