//! Who is asking: the login cookie or a bearer token, the day asked for, and the guard against forged requests.

use crate::Shared;
use crate::problem::{Denied, Problem};
use app::{Actor, App};
use axum::extract::{FromRequestParts, OriginalUri, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ground::Date;
use serde::Deserialize;

/// Name of the login cookie on plain http, as on a closed network without certificates.
pub const COOKIE: &str = "guatu_login";
/// Its name over https. A browser takes a cookie of this prefix only over https, for this host and for all paths
/// (RFC 6265bis 4.1.3.2), so no neighbour under the same domain can plant one.
pub const HOST_COOKIE: &str = "__Host-guatu_login";
/// Header every unsafe request of a browser carries; another site cannot set it without our leave.
const FORGERY_HEADER: &str = "x-guatu";

/// A signed-in person.
pub struct Signed(pub Actor);

impl FromRequestParts<Shared> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        let token = token_of(shared, &parts.headers).ok_or(app::AppError::NotSignedIn)?;
        let app = shared.app.clone();
        Ok(Self(run(move || app::account::enter(&app, &token)).await?))
    }
}

/// Somebody with a token. Who it is, is found out on the thread that then does the work: to wait for two of them costs
/// more than a record costs to read.
pub struct Visitor(String);

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        let token = token_of(shared, &parts.headers).ok_or(app::AppError::NotSignedIn)?;
        Ok(Self(token))
    }
}

impl Visitor {
    /// Lets the person behind the token in and does their work.
    pub async fn run<T: Send + 'static>(
        self,
        shared: &Shared,
        work: impl FnOnce(&App, &Actor) -> Result<T, app::AppError> + Send + 'static,
    ) -> Result<T, Problem> {
        let app = shared.app.clone();
        run(move || {
            let actor = app::account::enter(&app, &self.0)?;
            work(&app, &actor)
        })
        .await
    }
}

/// Whether the person's browser speaks https: to the proxy before this server, or as the server was told at its start.
pub fn is_https(shared: &Shared, headers: &HeaderMap) -> bool {
    let told = headers.get("x-forwarded-proto");
    let first = told.and_then(|value| value.to_str().ok()?.split(',').next());
    shared.https || first.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
}

/// The login token of a request, from the cookie or from `Authorization: Bearer`. Over https only the cookie of the
/// host counts.
pub fn token_of(shared: &Shared, headers: &HeaderMap) -> Option<String> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        return Some(token.trim().to_owned());
    }
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let wanted = match is_https(shared, headers) {
        true => HOST_COOKIE,
        false => COOKIE,
    };
    pairs
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value.to_owned())
}

/// The day a read asks for; the server's day when absent.
pub struct AsOf(pub Option<Date>);

#[derive(Deserialize)]
struct AsOfQuery {
    as_of: Option<String>,
}

impl FromRequestParts<Shared> for AsOf {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        let query = Query::<AsOfQuery>::from_request_parts(parts, shared)
            .await
            .map_err(|error| Problem::bad_request(error.to_string()))?;
        query
            .0
            .as_of
            .filter(|text| !text.is_empty())
            .map(|text| parse_day("as_of", &text))
            .transpose()
            .map(Self)
    }
}

/// A day of a query, or the problem that says how to write it.
pub fn parse_day(name: &str, text: &str) -> Result<Date, Problem> {
    text.parse()
        .map_err(|_| Problem::bad_request(format!("{name} 要写成 2023-03-10 这样的日期")))
}

/// The version in `If-Match`.
pub fn expected_version(headers: &HeaderMap) -> Result<i64, Problem> {
    let text = headers
        .get(header::IF_MATCH)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(Problem::precondition_required)?;
    let digits = text.trim().trim_start_matches("W/").trim_matches('"');
    digits
        .parse()
        .map_err(|_| Problem::bad_request("If-Match 要写读到的 ETag"))
}

/// Refuses unsafe requests that a foreign page could have sent: no own header and no bearer token.
pub async fn refuse_forged_requests(request: Request, next: Next) -> Response {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let headers = request.headers();
    let ours = headers.contains_key(FORGERY_HEADER) || headers.contains_key(header::AUTHORIZATION);
    if safe || ours {
        return next.run(request).await;
    }
    Problem::new(
        StatusCode::FORBIDDEN,
        "forged",
        "请求被拒绝",
        "请从本系统的页面操作（请求要带 X-Guatu 头）",
    )
    .into_response()
}

/// 审计. Keeps each refusal of a signed-in person before it is answered. Who cannot be told apart from anybody leaves no
/// row: else the journal could be filled from outside.
pub async fn keep_refusals(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let token = token_of(&shared, request.headers());
    let whole = request.extensions().get::<OriginalUri>();
    let path = whole.map_or(request.uri().path(), |uri| uri.path());
    let (method, path) = (request.method().clone(), path.to_owned());
    let response = next.run(request).await;
    let (Some(token), Some(Denied)) = (token, response.extensions().get::<Denied>()) else {
        return response;
    };
    let status = response.status().as_u16();
    let kept = run(move || {
        let actor = app::account::actor(&shared.app, &token)?;
        app::audit::denied(&shared.app, &actor, method.as_str(), &path, status)
    });
    match kept.await {
        Ok(()) => response,
        // What cannot be written down is not answered either.
        Err(problem) if problem.status >= 500 => problem.into_response(),
        Err(_) => response,
    }
}

/// Runs a piece of the synchronous app on a thread that may wait.
pub async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, app::AppError> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(Problem::from),
        Err(error) => {
            tracing::error!(%error, "work panicked");
            Err(Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "系统出错",
                "系统内部出错，操作没有完成，请重试。",
            ))
        }
    }
}
