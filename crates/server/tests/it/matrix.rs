//! Who gets which answer where: role × route × object, made from the routes of the document, so that a new route is
//! asked as well. Rows 2 and 3 of the security tests: the declared answer; out of reach answers as if nothing were there.

use crate::service::{Answer, Service, request, service};
use app::account::{self, NewAccount};
use axum::body::Body;
use axum::http::Method;
use serde_json::{Value as Json, json};

const METHODS: [&str; 5] = ["get", "post", "patch", "put", "delete"];

/// A record that no district has.
const NOWHERE: &str = "999999999";

/// Routes with a body of another shape than values and a reason: they are asked by tests of their own.
const OTHER_BODIES: [&str; 2] = [
    "/registers/{register}/records/{id}/attachments",
    "/registers/{register}/cycle/unlock/{id}",
];

/// Method and path of every route about one record of a register.
fn routes(document: &Json) -> Vec<(String, String)> {
    let paths = document["paths"].as_object().expect("paths");
    let mut found = Vec::new();
    for (path, item) in paths {
        let about = path.contains("{register}") && path.contains("{id}");
        let methods = METHODS.iter().filter(|method| item.get(**method).is_some());
        if about && !OTHER_BODIES.contains(&path.as_str()) {
            found.extend(methods.map(|method| ((*method).to_owned(), path.clone())));
        }
    }
    found
}

async fn ask(service: &Service, token: &str, (method, path): (&str, &str), id: &str) -> Answer {
    let path = path
        .replace("{register}", "project")
        .replace("{id}", id)
        .replace("{action}", "close");
    assert!(
        !path.contains('{'),
        "{path} has a parameter this test does not know"
    );
    let method: Method = method.to_uppercase().parse().expect("a method");
    let body = match path.rsplit('/').next() {
        _ if method == Method::GET => Json::Null,
        Some("restore") => json!({ "reason": "核实" }),
        _ if method == Method::DELETE => json!({ "reason": "核实" }),
        _ => json!({ "values": {}, "reason": "核实" }),
    };
    let body = match body {
        Json::Null => Body::empty(),
        body => Body::from(body.to_string()),
    };
    let builder = request(method, &format!("/api/v1{path}"), token)
        .header("x-guatu", "1")
        .header("content-type", "application/json")
        .header("if-match", "\"1\"");
    service.send(builder.body(body).expect("a request")).await
}

#[tokio::test]
async fn out_of_reach_answers_as_if_nothing_were_there_on_every_route_about_a_record() {
    let service = service();
    let clerk = service.token("lianhu");
    let other = service.id_of("project", "八通技术研发中心项目").await;
    let position = service.app.position().expect("position");
    let routes = routes(&server::openapi(&app::Definitions::default()));
    assert!(routes.len() >= 7, "{routes:?}");
    for (method, path) in &routes {
        let hidden = ask(&service, &clerk, (method, path), &other).await;
        let absent = ask(&service, &clerk, (method, path), NOWHERE).await;
        hidden.problem(404);
        absent.problem(404);
        assert_eq!(
            hidden.bytes, absent.bytes,
            "{method} {path} tells them apart"
        );
    }
    assert_eq!(
        service.app.position().expect("position"),
        position + i64::try_from(routes.len()).expect("few"),
        "nothing was written but one row of the audit for each refusal"
    );
}

#[tokio::test]
async fn in_sight_but_not_allowed_is_403_and_reading_is_open() {
    let service = service();
    let viewer = service.token("kan");
    let id = service.id_of("project", "八通技术研发中心项目").await;
    let position = service.app.position().expect("position");
    let mut refused = 0;
    for (method, path) in &routes(&server::openapi(&app::Definitions::default())) {
        let answer = ask(&service, &viewer, (method, path), &id).await;
        let status = answer.status.as_u16();
        refused += i64::from(status == 403);
        let told = format!("{method} {path}: {status} {}", answer.text());
        match method.as_str() {
            // A project has no workflow and no unit that a paper could go to.
            "get" if path.ends_with("slip.pdf") => assert!([200, 422].contains(&status), "{told}"),
            "get" => assert_eq!(status, 200, "{told}"),
            // Where there is no workflow there is nothing to be allowed.
            "post" if path.contains("/actions/") => {
                assert!([403, 409, 422].contains(&status), "{told}")
            }
            _ => assert_eq!(status, 403, "{told}"),
        }
    }
    assert_eq!(
        service.app.position().expect("position"),
        position + refused,
        "nothing was written but one row of the audit for each refusal"
    );
}

#[tokio::test]
async fn the_own_street_is_open_to_its_clerk_on_every_route_about_a_record() {
    let service = service();
    let clerk = service.token("lianhu");
    let own = service.id_of("project", "郑州外国语中学莲湖校区项目").await;
    for (method, path) in &routes(&server::openapi(&app::Definitions::default())) {
        let answer = ask(&service, &clerk, (method, path), &own).await;
        let status = answer.status.as_u16();
        assert!(
            ![401, 403, 404, 500, 503].contains(&status),
            "{method} {path}: {status} {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn what_the_system_writes_cannot_be_assigned_by_a_request() {
    let service = service();
    let token = service.token("ducha");
    let id = service.id_of("project", "郑州外国语中学莲湖校区项目").await;
    let path = format!("/api/v1/registers/project/records/{id}");
    let before = service.get(&token, &path).await;
    let etag = before.header("etag").to_owned();
    for field in [
        "ver",
        "version",
        "district_code",
        "org_path",
        "created_by",
        "role",
        "withdrawn",
        "number",
    ] {
        let body = json!({ "values": { field: "1" }, "reason": "" });
        let answer = service
            .write(Method::PATCH, &token, &path, Some(&etag), &body)
            .await;
        assert_eq!(answer.status.as_u16(), 422, "{field}: {}", answer.text());
    }
    let after = service.get(&token, &path).await;
    assert_eq!(before.bytes, after.bytes);
}

#[tokio::test]
async fn tasks_delegations_league_lists_and_papers_answer_in_their_shapes() {
    let service = service();
    let new = NewAccount {
        login: "xushui".to_owned(),
        name: "须水".to_owned(),
        post: String::new(),
        unit: Some("410102.s012".to_owned()),
        roles: vec!["clerk".to_owned()],
    };
    account::add(&service.app, new).expect("an account");
    let token = service.token("ducha");
    let tasks = service.get(&token, "/api/v1/tasks?box=todo").await.json();
    for name in ["todo", "done", "mine", "soon", "late"] {
        assert!(tasks["counts"][name].is_u64(), "{tasks}");
    }
    service
        .get(&token, "/api/v1/tasks?box=nothing")
        .await
        .problem(400);
    let asked = json!({"to_login": "xushui", "from": "2023-03-10", "to": "2023-03-12"});
    let made = service
        .write(Method::POST, &token, "/api/v1/delegations", None, &asked)
        .await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text());
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let listed = service.get(&token, "/api/v1/delegations").await.json();
    assert_eq!(listed["delegations"][0]["to_login"], "xushui");
    let stranger = service.token("lianhu");
    let path = format!("/api/v1/delegations/{id}");
    let answer = service
        .write(Method::DELETE, &stranger, &path, None, &json!({}))
        .await;
    answer.problem(404);
    let ended = service
        .write(Method::DELETE, &token, &path, None, &json!({}))
        .await;
    assert_eq!(ended.status.as_u16(), 204);
    let league = service
        .get(&token, "/api/v1/matters/league?period=2023Q1")
        .await
        .json();
    assert_eq!(league["period"], "2023Q1");
    assert!(
        league["units"]
            .as_array()
            .is_some_and(|units| !units.is_empty()),
        "{league}"
    );
    service
        .get(&token, "/api/v1/matters/league?period=x")
        .await
        .problem(422);
    for name in ["problems", "duties", "rectification"] {
        let answer = service
            .get(&token, &format!("/api/v1/matters/lists/{name}.xlsx"))
            .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.bytes[..2]),
            (200, &b"PK"[..]),
            "{name}"
        );
    }
    let matters = service
        .get(&token, "/api/v1/registers/matter/records?limit=1")
        .await
        .json();
    let id = matters["items"][0]["id"].as_str().expect("a matter");
    let path = format!("/api/v1/registers/matter/records/{id}/slip.pdf?kind=supervision");
    let paper = service.get(&token, &path).await;
    assert_eq!(
        (paper.status.as_u16(), &paper.bytes[..5]),
        (200, &b"%PDF-"[..]),
        "{}",
        paper.text()
    );
}

#[tokio::test]
async fn each_refusal_of_a_signed_in_person_leaves_one_row_that_says_who_and_where_but_not_what_was_sent()
 {
    let service = service();
    let (clerk, viewer) = (service.token("lianhu"), service.token("kan"));
    let other = service.id_of("project", "八通技术研发中心项目").await;
    let path = format!("/api/v1/registers/project/records/{other}");
    let body = json!({"values": {"remark": "绝密的备注"}});
    let seen = service
        .get(&clerk, &format!("{path}?as_of=2023-03-10"))
        .await;
    seen.problem(404);
    let nowhere = service
        .get(&clerk, "/api/v1/registers/project/records/4")
        .await;
    assert_eq!(nowhere.problem(404)["type"], seen.json()["type"]);
    service
        .write(Method::PATCH, &viewer, &path, Some("\"1\""), &body)
        .await
        .problem(403);
    service.get("", &path).await.problem(401);
    let rows = app::audit::denials(&service.app, 10).expect("the rows");
    let told: Vec<(&str, String, u16)> = rows
        .iter()
        .map(|row| (row.actor.as_str(), row.request.clone(), row.status))
        .collect();
    let (read, write) = (format!("GET {path}"), format!("PATCH {path}"));
    assert_eq!(told, [("kan", write, 403), ("lianhu", read, 404)]);
    assert!(!format!("{rows:?}").contains("绝密"));
}
