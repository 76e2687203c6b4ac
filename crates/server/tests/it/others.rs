//! What another process on the same database does counts with the very next request: no login, right, definition or name
//! of a unit is remembered from the request before.

use crate::service::service;
use app::{Actor, account, records};
use axum::http::Method;
use serde_json::{Map, Value as Json, json};

const LIST: &str = "/api/v1/registers/matter/records";

fn values(json: Json) -> Map<String, Json> {
    json.as_object().expect("an object").clone()
}

#[tokio::test]
async fn who_is_signed_out_elsewhere_is_out_here_with_the_next_request() {
    let service = service();
    let (token, other) = (service.token("ducha"), service.elsewhere());
    assert_eq!(service.get(&token, LIST).await.status, 200);
    account::sign_out(&other, &token).expect("signed out");
    service.get(&token, LIST).await.problem(401);
    service.get(&token, "/api/v1/me").await.problem(401);
}

#[tokio::test]
async fn an_account_disabled_elsewhere_reads_and_writes_nothing_more() {
    let service = service();
    let (token, other) = (service.token("ducha"), service.elsewhere());
    let page = service.get(&token, LIST).await.json();
    let id = page["items"][0]["id"].as_str().expect("an id").to_owned();
    account::set_enabled(&other, "ducha", false).expect("disabled");
    service.get(&token, LIST).await.problem(401);
    service
        .get(&token, &format!("{LIST}/{id}"))
        .await
        .problem(401);
    let refused = service
        .write(Method::POST, &token, LIST, None, &json!({"values": {}}))
        .await;
    refused.problem(401);
    account::set_enabled(&other, "ducha", true).expect("enabled");
    // A disabled account loses its open logins: enabling it again does not bring them back.
    service.get(&token, LIST).await.problem(401);
    let again = service.token("ducha");
    assert_eq!(service.get(&again, LIST).await.status, 200);
}

#[tokio::test]
async fn records_made_elsewhere_are_counted_and_listed_at_once() {
    let service = service();
    let (token, other) = (service.token("ducha"), service.elsewhere());
    let total = |page: &Json| page["total"].as_u64().expect("a total");
    let before = total(&service.get(&token, LIST).await.json());
    let given = values(service.matter("路灯不亮"));
    let made = records::create(&other, &Actor::local(&other), "matter", &given, "", None);
    let id = made.expect("made").record.id.to_string();
    let page = service.get(&token, LIST).await.json();
    assert_eq!(total(&page), before + 1);
    let seen = service.get(&token, &format!("{LIST}/{id}")).await.json();
    assert_eq!(seen["shown"]["title"], "路灯不亮");
}

#[tokio::test]
async fn a_register_brought_in_elsewhere_is_there_with_the_next_request() {
    let service = service();
    let (token, other) = (service.token("ducha"), service.elsewhere());
    let path = "/api/v1/registers/lamp/records";
    service.get(&token, path).await.problem(404);
    let text = "[register]\nid = \"lamp\"\nversion = \"1.0.0\"\ntitle = { \"zh-CN\" = \"路灯\" }\nname_field = \"name\"\n[[field]]\nid = \"name\"\ntype = \"text\"\nlabel = { \"zh-CN\" = \"名称\" }\n";
    app::definition_editing::apply(&other, &Actor::local(&other), text, "新建").expect("applied");
    let lamp = json!({"values": {"name": "一号灯"}});
    let made = service.write(Method::POST, &token, path, None, &lamp).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(service.get(&token, path).await.json()["total"], 1);
}
