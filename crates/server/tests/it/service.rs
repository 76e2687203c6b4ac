//! The service under test, and what a browser sends.

use app::account::{self, NewAccount};
use app::{App, Clock, OpenOptions};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value as Json;
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt;

/// A router over the sample district with accounts `ducha` (all), `lianhu` (one street) and `kan` (reads only).
pub struct Service {
    pub app: Arc<App>,
    pub router: Router,
    _folder: TempDir,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The answer is a problem of this status, in its own media type.
    pub fn problem(&self, status: u16) -> Json {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text()
        );
        let json = self.json();
        assert_eq!(json["status"], status);
        assert!(
            json["title"]
                .as_str()
                .is_some_and(|title| !title.is_empty())
        );
        assert!(
            json["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty())
        );
        assert!(json["findings"].is_array());
        json
    }
}

pub fn service() -> Service {
    let folder = tempfile::tempdir().expect("temporary folder");
    let options = OpenOptions {
        data: folder.path().to_owned(),
        database: None,
        district: Some("410102".to_owned()),
        district_name: None,
        clock: Clock::standing(app::sample::DAY),
    };
    let app = App::open(options).expect("a district opens");
    app::sample::fill(&app).expect("filled");
    for (login, unit, role) in [
        ("ducha", None, "supervisor"),
        ("lianhu", Some("410102.s013"), "clerk"),
        ("kan", None, "viewer"),
    ] {
        let new = NewAccount {
            login: login.to_owned(),
            name: login.to_owned(),
            post: String::new(),
            unit: unit.map(str::to_owned),
            roles: vec![role.to_owned()],
        };
        account::add(&app, new).expect("an account");
    }
    let app = Arc::new(app);
    Service {
        router: server::router(app.clone(), false),
        app,
        _folder: folder,
    }
}

impl Service {
    /// The same district opened again, as the command line or a second server does beside this one.
    pub fn elsewhere(&self) -> App {
        App::open(OpenOptions {
            data: self._folder.path().to_owned(),
            database: None,
            district: None,
            district_name: None,
            clock: Clock::standing(app::sample::DAY),
        })
        .expect("opened again")
    }

    /// A fresh login's token.
    pub fn token(&self, login: &str) -> String {
        let link = account::link(&self.app, login).expect("a link");
        account::sign_in_by_link(&self.app, &link)
            .expect("signed in")
            .token
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("the router answers");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX)
            .await
            .expect("a whole body")
            .to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    /// A read as a signed-in person.
    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.send(
            request(Method::GET, path, token)
                .body(Body::empty())
                .expect("a request"),
        )
        .await
    }

    /// A change as the page sends it.
    pub async fn write(
        &self,
        method: Method,
        token: &str,
        path: &str,
        etag: Option<&str>,
        body: &Json,
    ) -> Answer {
        let mut builder = request(method, path, token)
            .header("x-guatu", "1")
            .header("content-type", "application/json");
        if let Some(etag) = etag {
            builder = builder.header("if-match", etag);
        }
        self.send(
            builder
                .body(Body::from(body.to_string()))
                .expect("a request"),
        )
        .await
    }

    /// A file as a form sends it.
    pub async fn upload(
        &self,
        token: &str,
        path: &str,
        name: &str,
        bytes: &[u8],
        register: Option<&str>,
    ) -> Answer {
        let mut body = Vec::new();
        if let Some(register) = register {
            body.extend(format!("--b0\r\nContent-Disposition: form-data; name=\"register\"\r\n\r\n{register}\r\n").into_bytes());
        }
        body.extend(format!("--b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n--b0--\r\n");
        let builder = request(Method::POST, path, token)
            .header("x-guatu", "1")
            .header("content-type", "multipart/form-data; boundary=b0");
        self.send(builder.body(Body::from(body)).expect("a request"))
            .await
    }

    /// Values of a matter: where it has a workflow, its state is not typed.
    pub fn matter(&self, title: &str) -> Json {
        match self.app.definition("matter").expect("matters").flow {
            Some(_) => serde_json::json!({ "title": title }),
            None => serde_json::json!({ "title": title, "state": "open" }),
        }
    }

    /// Id of a record by its name.
    pub async fn id_of(&self, register: &str, name: &str) -> String {
        let token = self.token("ducha");
        let page = self
            .get(
                &token,
                &format!("/api/v1/registers/{register}/records?limit=500"),
            )
            .await
            .json();
        let items = page["items"].as_array().expect("items");
        let found = items
            .iter()
            .find(|item| item["values"]["name"] == name)
            .expect("the record");
        found["id"].as_str().expect("an id").to_owned()
    }
}

/// A request with the login cookie; no cookie for an empty token.
pub fn request(method: Method, path: &str, token: &str) -> axum::http::request::Builder {
    let builder = Request::builder().method(method).uri(path);
    if token.is_empty() {
        builder
    } else {
        builder.header("cookie", format!("guatu_login={token}"))
    }
}
