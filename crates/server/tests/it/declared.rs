//! Rights as declared: for every register with permits of its own and every role they name, what the service answers is
//! the table of `tests/data/declared_rights.md`, which a person can read and dispute.

use crate::service::{Answer, Service, request, service};
use app::account::{self, NewAccount};
use axum::body::Body;
use axum::http::Method;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

const DECLARED: &str = include_str!("../data/declared_rights.md");

/// Roles that a record gives, not an account.
const OF_THE_RECORD: [&str; 4] = ["holder", "creator", "owner", "anyone"];

/// Allowed, refused, or as if it were not there. What is wrong with the request itself is said only to who may ask it.
fn word(answer: &Answer) -> &'static str {
    match answer.status.as_u16() {
        200 | 201 | 400 | 409 | 412 | 415 | 422 => "可",
        403 => "不可",
        404 => "不见",
        other => panic!("{other}: {}", answer.text()),
    }
}

struct Asker<'a> {
    service: &'a Service,
    token: String,
    register: String,
}

impl Asker<'_> {
    fn path(&self, rest: &str) -> String {
        format!("/api/v1/registers/{}/{rest}", self.register)
    }

    async fn ids(&self) -> BTreeSet<String> {
        let path = self.path("records?limit=500");
        let answer = self.service.get(&self.token, &path).await;
        let items = answer.json()["items"].clone();
        let items = items.as_array().map(Vec::as_slice).unwrap_or_default();
        let ids = items.iter().filter_map(|item| item["id"].as_str());
        ids.map(str::to_owned).collect()
    }

    async fn send(&self, method: Method, rest: &str, body: Json) -> &'static str {
        let builder = request(method, &self.path(rest), &self.token)
            .header("x-guatu", "1")
            .header("content-type", "application/json")
            .header("if-match", "\"999999\"");
        let body = Body::from(body.to_string());
        word(
            &self
                .service
                .send(builder.body(body).expect("a request"))
                .await,
        )
    }

    /// Read and change one record; the change is not carried out, because no record is of that version.
    async fn about(&self, id: Option<&String>) -> String {
        let Some(id) = id else {
            return "—".to_owned();
        };
        let rest = format!("records/{id}");
        let read = word(&self.service.get(&self.token, &self.path(&rest)).await);
        let body = json!({ "values": {}, "reason": "核实" });
        let change = self.send(Method::PATCH, &rest, body).await;
        format!("{read}·{change}")
    }

    /// A row of the table; `all` are the records of the district.
    async fn row(&self, role: &str, all: &BTreeSet<String>) -> String {
        let seen = self.ids().await;
        assert!(seen.is_subset(all), "{role} sees what is not there");
        let inside = self.about(seen.first()).await;
        let outside = self.about(all.difference(&seen).next()).await;
        let create = json!({ "values": { "no_such_field": 1 }, "reason": "" });
        let create = self.send(Method::POST, "records", create).await;
        let export = self
            .service
            .get(&self.token, &self.path("export.xlsx"))
            .await;
        let (table, name) = ("名称\n甲\n".as_bytes(), "一张表.csv");
        let register = Some(self.register.as_str());
        let path = "/api/v1/imports";
        let import = self
            .service
            .upload(&self.token, path, name, table, register);
        format!(
            "| {} | {role} | {}/{} | {inside} | {outside} | {create} | {} | {} |\n",
            self.register,
            seen.len(),
            all.len(),
            word(&export),
            word(&import.await),
        )
    }
}

/// A login of this role in 莲湖街道; the role may stand in the permits of several registers.
fn token_of(service: &Service, role: &str) -> String {
    let login = format!("as_{role}");
    let known = account::names(&service.app).expect("accounts");
    if !known.contains_key(&login) {
        let new = NewAccount {
            login: login.clone(),
            name: role.to_owned(),
            post: String::new(),
            unit: (role != "supervisor").then(|| "410102.s013".to_owned()),
            roles: vec![role.to_owned()],
        };
        account::add(&service.app, new).expect("an account");
    }
    service.token(&login)
}

async fn table(service: &Service) -> String {
    let district = service.token("ducha");
    let mut rows = String::new();
    for definition in service.app.definitions().iter() {
        let of_accounts = |role: &&str| !OF_THE_RECORD.contains(role);
        let roles: BTreeSet<&str> = definition
            .permits
            .iter()
            .map(|permit| permit.role.as_str())
            .filter(of_accounts)
            .collect();
        let asker = |token| Asker {
            service,
            token,
            register: definition.id.clone(),
        };
        let all = asker(district.clone()).ids().await;
        for role in roles {
            rows += &asker(token_of(service, role)).row(role, &all).await;
        }
    }
    rows
}

#[tokio::test]
async fn every_role_of_every_register_gets_the_answers_that_are_declared() {
    let service = service();
    let answered = table(&service).await;
    let declared: String = DECLARED
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| 台账"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(answered, declared, "answered:\n{answered}");
}
