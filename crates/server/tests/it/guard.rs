//! What stands before every route: login, forged requests, headers, malformed input.

use crate::service::{Answer, request, service};
use axum::body::Body;
use axum::http::Method;
use serde_json::{Value as Json, json};

/// Routes anybody may call.
const PUBLIC: [(&str, &str); 4] = [
    ("post", "/login"),
    ("post", "/login/link"),
    ("post", "/logout"),
    ("get", "/openapi.json"),
];
const METHODS: [&str; 5] = ["get", "post", "patch", "put", "delete"];

/// Method and path of every route of the document.
fn routes(document: &Json) -> Vec<(String, String)> {
    let paths = document["paths"].as_object().expect("paths");
    let of = |(path, item): (&String, &Json)| {
        let item = item.clone();
        METHODS
            .iter()
            .filter(|method| item.get(**method).is_some())
            .map(|method| ((*method).to_owned(), path.clone()))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

fn filled(path: &str) -> String {
    let mut text = path.to_owned();
    for (name, value) in [
        ("{register}", "project"),
        ("{id}", "1"),
        ("{no}", "7"),
        ("{token}", "t"),
        ("{batch}", "1"),
        ("{metric}", "none"),
        ("{action}", "close"),
        ("{baseline}", "1"),
        ("{scenario}", "1"),
        ("{code}", "site7"),
        ("{name}", "weekly.docx"),
        ("{report}", "weekly"),
    ] {
        text = text.replace(name, value);
    }
    assert!(
        !text.contains('{'),
        "{path} has a parameter this test does not know"
    );
    format!("/api/v1{text}")
}

fn method(name: &str) -> Method {
    name.to_uppercase().parse().expect("a method")
}

#[tokio::test]
async fn every_route_without_login_answers_401_except_the_public_ones() {
    let service = service();
    let routes = routes(&server::openapi(&service.app.definitions()));
    assert!(routes.len() >= 30, "{}", routes.len());
    for (name, path) in &routes {
        let public = PUBLIC.contains(&(name.as_str(), path.as_str()));
        let builder = request(method(name), &filled(path), "")
            .header("x-guatu", "1")
            .header("content-type", "application/json");
        let answer = service
            .send(builder.body(Body::from("{}")).expect("a request"))
            .await;
        if public {
            assert_ne!(answer.status.as_u16(), 500, "{name} {path}");
        } else {
            assert_eq!(
                answer.status.as_u16(),
                401,
                "{name} {path}: {}",
                answer.text()
            );
            answer.problem(401);
        }
        headers_stand(&answer, &format!("{name} {path}"));
    }
    for (name, path) in PUBLIC {
        assert!(
            routes.contains(&(name.to_owned(), path.to_owned())),
            "{name} {path} is gone"
        );
    }
    let events = service.get("", "/api/v1/events").await;
    events.problem(401);
}

#[tokio::test]
async fn a_token_that_is_none_is_no_login() {
    let service = service();
    for token in ["x", "", "a.b.c", &"f".repeat(64)] {
        service.get(token, "/api/v1/me").await.problem(401);
    }
}

#[tokio::test]
async fn every_write_without_our_header_is_refused_before_anything_happens() {
    let service = service();
    let token = service.token("ducha");
    let position = service.app.position().expect("position");
    let mut refused = 0;
    for (name, path) in routes(&server::openapi(&app::Definitions::default()))
        .iter()
        .filter(|(name, _)| name != "get")
    {
        let builder = request(method(name), &filled(path), &token)
            .header("content-type", "application/json")
            .header("if-match", "\"1\"");
        let answer = service
            .send(builder.body(Body::from("{}")).expect("a request"))
            .await;
        assert_eq!(answer.problem(403)["type"], "forged", "{name} {path}");
        refused += 1;
    }
    assert_eq!(
        service.app.position().expect("position"),
        position + refused,
        "nothing was written but one row of the audit for each refusal"
    );
}

fn headers_stand(answer: &Answer, of: &str) {
    let policy = answer.header("content-security-policy");
    for part in [
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{of}: {policy}");
    }
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{of}");
    assert_eq!(answer.header("x-frame-options"), "DENY", "{of}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{of}");
    assert!(
        answer.headers.get("access-control-allow-origin").is_none(),
        "{of}"
    );
}

#[tokio::test]
async fn headers_stand_on_pages_files_and_errors() {
    let service = service();
    let token = service.token("ducha");
    let paths = [
        "/",
        "/healthz",
        "/metrics",
        "/nowhere.js",
        "/api/v1/nowhere",
        "/api/v1/home",
        "/api/v1/rounds/99",
        "/api/v1/openapi.json",
        "/api/v1/wall-chart.svg?round=7",
    ];
    for path in paths {
        let answer = service.get(&token, path).await;
        headers_stand(&answer, path);
    }
    let foreign = request(Method::GET, "/api/v1/home", &token)
        .header("origin", "https://example.org")
        .body(Body::empty())
        .expect("a request");
    headers_stand(&service.send(foreign).await, "a foreign origin");
}

#[tokio::test]
async fn answers_about_people_and_records_are_not_kept_by_caches() {
    let service = service();
    let token = service.token("ducha");
    for path in [
        "/api/v1/me",
        "/api/v1/home",
        "/api/v1/registers/project/records",
        "/api/v1/wall-chart?round=7",
        "/api/v1/search?q=x",
        "/api/v1/imports",
    ] {
        let answer = service.get(&token, path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
        assert!(
            answer.header("cache-control").contains("no-store"),
            "{path}: {}",
            answer.header("cache-control")
        );
    }
}

#[tokio::test]
async fn an_unknown_route_of_the_api_is_a_problem_and_not_the_page() {
    let service = service();
    let token = service.token("ducha");
    service.get(&token, "/api/v1/nowhere").await.problem(404);
    let answer = service
        .write(Method::PUT, &token, "/api/v1/home", None, &json!({}))
        .await;
    assert_eq!(answer.status.as_u16(), 405);
}

#[tokio::test]
async fn a_body_that_is_no_json_or_of_the_wrong_shape_is_a_problem_of_the_sender() {
    let service = service();
    let token = service.token("ducha");
    let send = async |content_type: &str, body: &str| {
        let builder = request(Method::POST, "/api/v1/registers/matter/records", &token)
            .header("x-guatu", "1")
            .header("content-type", content_type);
        service
            .send(
                builder
                    .body(Body::from(body.to_owned()))
                    .expect("a request"),
            )
            .await
    };
    for (content_type, body) in [
        ("application/json", "{"),
        ("application/json", ""),
        ("application/json", "[]"),
        ("application/json", "{\"values\": 7}"),
        (
            "application/json",
            "{\"values\": {}, \"district_code\": \"410103\"}",
        ),
        ("text/plain", "{\"values\": {}}"),
    ] {
        let answer = send(content_type, body).await;
        let status = answer.status.as_u16();
        assert!(
            (400..500).contains(&status),
            "{content_type} {body}: {status}"
        );
        answer.problem(status);
        assert!(
            !answer.text().contains("serde") && !answer.text().contains("axum"),
            "{}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn addresses_that_cannot_be_read_are_problems_of_the_sender() {
    let service = service();
    let token = service.token("ducha");
    for path in [
        "/api/v1/home?as_of=yesterday",
        "/api/v1/home?as_of=1066-10-14",
        "/api/v1/rounds/seven",
        "/api/v1/wall-chart?round=x",
        "/api/v1/wall-chart?zoom=decade",
        "/api/v1/wall-chart?density=x",
        "/api/v1/wall-chart?rag=purple",
        "/api/v1/wall-chart?compare=x",
        "/api/v1/wall-chart.pdf?paper=A9",
        "/api/v1/registers/project/records?limit=0",
        "/api/v1/registers/project/records?limit=x",
        "/api/v1/registers/project/records?filter=x",
        "/api/v1/registers/project/records?filter=nothing:eq:1",
        "/api/v1/registers/project/records?sort=nothing",
        "/api/v1/registers/project/records?after=x",
        "/api/v1/registers/project/records?sums=name",
        "/api/v1/search",
    ] {
        let answer = service.get(&token, path).await;
        let status = answer.status.as_u16();
        assert!(
            [400, 404, 422].contains(&status),
            "{path}: {status} {}",
            answer.text()
        );
        answer.problem(status);
    }
}

#[tokio::test]
async fn signing_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use() {
    let service = service();
    let link = app::account::link(&service.app, "ducha").expect("a link");
    let answer = service
        .write(
            Method::POST,
            "",
            "/api/v1/login/link",
            None,
            &json!({ "token": link }),
        )
        .await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let cookie = answer.header("set-cookie").to_owned();
    for flag in [
        "guatu_login=",
        "HttpOnly",
        "SameSite=Strict",
        "Path=/",
        "Max-Age=43200",
    ] {
        assert!(cookie.contains(flag), "{flag} in {cookie}");
    }
    let token = cookie
        .trim_start_matches("guatu_login=")
        .split(';')
        .next()
        .expect("a token")
        .to_owned();
    assert!(
        !answer.text().contains(&token),
        "the token stays out of the body"
    );
    let me = service.get(&token, "/api/v1/me").await.json();
    assert_eq!(
        (&me["login"], &me["district"]["name"], &me["today"]),
        (&json!("ducha"), &json!("中原区"), &json!("2023-03-10"))
    );
    service
        .write(
            Method::POST,
            "",
            "/api/v1/login/link",
            None,
            &json!({ "token": link }),
        )
        .await
        .problem(401);
    let out = service
        .write(Method::POST, &token, "/api/v1/logout", None, &json!({}))
        .await;
    assert_eq!(out.status.as_u16(), 204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    service.get(&token, "/api/v1/me").await.problem(401);
}

#[tokio::test]
async fn behind_tls_the_cookie_is_for_tls_only() {
    let service = service();
    let link = app::account::link(&service.app, "ducha").expect("a link");
    let builder = request(Method::POST, "/api/v1/login/link", "")
        .header("x-guatu", "1")
        .header("content-type", "application/json")
        .header("x-forwarded-proto", "https");
    let answer = service
        .send(
            builder
                .body(Body::from(json!({ "token": link }).to_string()))
                .expect("a request"),
        )
        .await;
    let cookie = answer.header("set-cookie").to_owned();
    let told = ["__Host-guatu_login=", "; Secure", "Path=/;", "HttpOnly"];
    assert!(
        told.iter().all(|part| cookie.contains(part)) && !cookie.contains("Domain"),
        "{cookie}"
    );
    let token = cookie
        .trim_start_matches("__Host-guatu_login=")
        .split(';')
        .next()
        .expect("a token");
    for (name, status) in [("__Host-guatu_login", 200), ("guatu_login", 401)] {
        let builder = request(Method::GET, "/api/v1/me", "")
            .header("x-forwarded-proto", "https, http")
            .header("cookie", format!("{name}={token}"));
        let answer = service.send(builder.body(Body::empty()).expect("a request"));
        assert_eq!(answer.await.status.as_u16(), status, "{name}");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_get_the_same_answer() {
    let service = service();
    app::account::set_password(&service.app, "ducha", "Zhongyuan-2023").expect("a password");
    let answer = async |login: &str| {
        service
            .write(
                Method::POST,
                "",
                "/api/v1/login",
                None,
                &json!({"login": login, "password": "wrong"}),
            )
            .await
    };
    let (known, unknown) = (answer("ducha").await, answer("nobody").await);
    known.problem(401);
    assert_eq!(known.bytes, unknown.bytes);
    for _ in 0..4 {
        answer("ducha").await;
    }
    let locked = service
        .write(
            Method::POST,
            "",
            "/api/v1/login",
            None,
            &json!({"login": "ducha", "password": "Zhongyuan-2023"}),
        )
        .await;
    locked.problem(429);
}

#[tokio::test]
async fn the_document_is_whole() {
    let service = service();
    let answer = service.get("", "/api/v1/openapi.json").await;
    let document = answer.json();
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1"))
    );
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 50);
    for reference in references {
        let pointer = reference
            .strip_prefix('#')
            .unwrap_or_else(|| panic!("{reference} leads outside"));
        assert!(
            document.pointer(pointer).is_some(),
            "{reference} leads nowhere"
        );
    }
    let mut names: Vec<String> = Vec::new();
    for item in document["paths"].as_object().expect("paths").values() {
        names.extend(
            METHODS
                .iter()
                .filter_map(|method| item[*method]["operationId"].as_str().map(str::to_owned)),
        );
    }
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "operation ids are told apart");
}

fn collect(json: &Json, references: &mut Vec<String>) {
    match json {
        Json::Object(map) => {
            references.extend(map.get("$ref").and_then(Json::as_str).map(str::to_owned));
            map.values().for_each(|value| collect(value, references));
        }
        Json::Array(items) => items.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}
