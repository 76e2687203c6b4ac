//! Sign in, sign out, who am I.

use crate::Shared;
use crate::access::{COOKIE, HOST_COOKIE, Signed, is_https, run, token_of};
use crate::problem::Problem;
use app::account;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(sign_in_by_link))
        .routes(routes!(sign_out))
        .routes(routes!(me))
}

/// Name and password of a local account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    login: String,
    password: String,
}

/// A one-time sign-in link's token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LoginLink {
    token: String,
}

/// The person signed in.
#[derive(Serialize, ToSchema)]
struct Me {
    login: String,
    name: String,
    post: String,
    initials: String,
    organisation: MyOrganisation,
    roles: Vec<String>,
    district: MyDistrict,
    today: String,
    /// The server's clock stands on a day.
    server_as_of: bool,
    can: Rights,
    locale: String,
}

#[derive(Serialize, ToSchema)]
struct MyOrganisation {
    path: String,
    name: String,
}

#[derive(Serialize, ToSchema)]
struct MyDistrict {
    code: String,
    name: String,
}

#[derive(Serialize, ToSchema)]
struct Rights {
    write: bool,
    import: bool,
    admin: bool,
}

impl From<account::Me> for Me {
    fn from(me: account::Me) -> Self {
        Self {
            initials: me.name.chars().take(2).collect(),
            login: me.login,
            name: me.name,
            post: me.post,
            organisation: MyOrganisation {
                path: me.organisation_path,
                name: me.organisation_name,
            },
            roles: me.roles,
            district: MyDistrict {
                code: me.district_code,
                name: me.district_name,
            },
            today: me.today.to_string(),
            server_as_of: me.clock_stands,
            can: Rights {
                write: me.can_write,
                import: me.can_import,
                admin: me.can_admin,
            },
            locale: "zh-CN".to_owned(),
        }
    }
}

/// Sign in with name and password.
#[utoipa::path(post, path = "/login", tag = "login", request_body = Login, responses((status = 200, body = Me), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn sign_in(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Json(login): Json<Login>,
) -> Result<Response, Problem> {
    let app = shared.app.clone();
    let signed = run(move || account::sign_in(&app, &login.login, &login.password)).await?;
    Ok(signed_answer(&shared, &headers, signed))
}

/// Sign in with a one-time link.
#[utoipa::path(post, path = "/login/link", tag = "login", request_body = LoginLink, responses((status = 200, body = Me), (status = 401, body = Problem)))]
async fn sign_in_by_link(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Json(link): Json<LoginLink>,
) -> Result<Response, Problem> {
    let app = shared.app.clone();
    let signed = run(move || account::sign_in_by_link(&app, &link.token)).await?;
    Ok(signed_answer(&shared, &headers, signed))
}

/// End this login.
#[utoipa::path(post, path = "/logout", tag = "login", responses((status = 204)))]
async fn sign_out(State(shared): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some(token) = token_of(&shared, &headers) {
        let app = shared.app.clone();
        run(move || account::sign_out(&app, &token)).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let gone = "Path=/; HttpOnly; SameSite=Strict; Max-Age=0";
    set_cookie(&mut response, &format!("{COOKIE}=; {gone}"));
    set_cookie(&mut response, &format!("{HOST_COOKIE}=; {gone}; Secure"));
    Ok(response)
}

/// Who is signed in, in which district, on which day.
#[utoipa::path(get, path = "/me", tag = "login", responses((status = 200, body = Me), (status = 401, body = Problem)))]
async fn me(State(shared): State<Shared>, Signed(actor): Signed) -> Result<Json<Me>, Problem> {
    let app = shared.app.clone();
    Ok(Json(run(move || account::me(&app, &actor)).await?.into()))
}

fn signed_answer(shared: &Shared, headers: &HeaderMap, signed: account::SignedIn) -> Response {
    // Over https the cookie is for https only; on plain http of a closed network it cannot be.
    let (name, flags) = match is_https(shared, headers) {
        true => (HOST_COOKIE, "; Secure"),
        false => (COOKIE, ""),
    };
    let cookie = format!(
        "{name}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{flags}",
        signed.token,
        account::LOGIN_SECONDS
    );
    let mut response = Json(Me::from(signed.me)).into_response();
    set_cookie(&mut response, &cookie);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
