//! Records over HTTP: versions, refusals, what is out of sight, history, export.

use crate::service::service;
use axum::http::Method;
use serde_json::json;

#[tokio::test]
async fn a_record_is_made_changed_with_its_version_and_taken_out() {
    let service = service();
    let token = service.token("ducha");
    let made = service
        .write(
            Method::POST,
            &token,
            "/api/v1/registers/matter/records",
            None,
            &json!({"values": service.matter("夜间施工许可"), "reason": "现场"}),
        )
        .await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text());
    let (etag, id) = (
        made.header("etag").to_owned(),
        made.json()["id"].as_str().expect("an id").to_owned(),
    );
    assert_eq!(etag, "\"1\"");
    let path = format!("/api/v1/registers/matter/records/{id}");
    let change = json!({"values": {"remark": "已联系"}, "reason": "跟进"});
    service
        .write(Method::PATCH, &token, &path, None, &change)
        .await
        .problem(428);
    let changed = service
        .write(Method::PATCH, &token, &path, Some(&etag), &change)
        .await;
    assert_eq!(
        (changed.status.as_u16(), changed.header("etag")),
        (200, "\"2\""),
        "{}",
        changed.text()
    );
    assert_eq!(
        service
            .write(Method::PATCH, &token, &path, Some(&etag), &change)
            .await
            .problem(409)["type"],
        "stale"
    );
    service
        .write(Method::PATCH, &token, &path, Some("\"x\""), &change)
        .await
        .problem(400);
    let wrong = service
        .write(
            Method::PATCH,
            &token,
            &path,
            Some("\"2\""),
            &json!({"values": {"due_on": "明天下午"}, "reason": ""}),
        )
        .await
        .problem(422);
    assert_eq!(
        wrong["findings"].as_array().map(Vec::len),
        Some(1),
        "{wrong}"
    );
    service
        .write(
            Method::DELETE,
            &token,
            &path,
            None,
            &json!({"reason": "重复"}),
        )
        .await
        .problem(428);
    let gone = service
        .write(
            Method::DELETE,
            &token,
            &path,
            Some("\"2\""),
            &json!({"reason": "重复"}),
        )
        .await;
    assert_eq!(gone.json()["withdrawn"], true, "{}", gone.text());
    let back = service
        .write(
            Method::POST,
            &token,
            &format!("{path}/restore"),
            Some(gone.header("etag")),
            &json!({"reason": "误撤"}),
        )
        .await;
    assert_eq!(back.json()["withdrawn"], false, "{}", back.text());
    let history = service.get(&token, &format!("{path}/history")).await.json();
    let actions: Vec<&str> = history["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .filter_map(|entry| entry["action"].as_str())
        .collect();
    assert_eq!(actions, ["restore", "withdraw", "update", "create"]);
}

#[tokio::test]
async fn protected_columns_cannot_be_set_from_outside() {
    let service = service();
    let token = service.token("ducha");
    for body in [
        json!({"values": {"title": "x", "state": "open", "district_code": "410103"}}),
        json!({"values": {"title": "x", "state": "open", "version": 9}}),
        json!({"values": {"title": "x", "state": "open", "record_id": "7"}}),
        json!({"values": {"title": "x", "state": "open"}, "org_path": "410103"}),
        json!({"values": {"title": "x", "state": "open"}, "actor": "ducha"}),
    ] {
        let answer = service
            .write(
                Method::POST,
                &token,
                "/api/v1/registers/matter/records",
                None,
                &body,
            )
            .await;
        answer.problem(422);
    }
}

#[tokio::test]
async fn the_same_request_with_its_key_is_answered_once() {
    let service = service();
    let token = service.token("ducha");
    let send = async |title: &str| {
        let builder =
            crate::service::request(Method::POST, "/api/v1/registers/matter/records", &token)
                .header("x-guatu", "1")
                .header("content-type", "application/json")
                .header("idempotency-key", "k-9");
        service
            .send(
                builder
                    .body(json!({"values": service.matter(title)}).to_string().into())
                    .expect("a request"),
            )
            .await
    };
    let (one, two) = (send("供水管线").await, send("供水管线").await);
    assert_eq!(
        (one.status.as_u16(), two.status.as_u16()),
        (201, 201),
        "{}",
        two.text()
    );
    assert_eq!(one.json()["id"], two.json()["id"]);
    send("别的事").await.problem(422);
}

#[tokio::test]
async fn what_is_out_of_sight_looks_like_what_does_not_exist() {
    let service = service();
    let other = service.id_of("project", "八通技术研发中心项目").await;
    let token = service.token("lianhu");
    let change = json!({"values": {"remark": "x"}, "reason": "x"});
    let about = |id: &str| {
        ["", "/history"]
            .map(|rest| format!("/api/v1/registers/project/records/{id}{rest}"))
            .into_iter()
            .chain([format!("/api/v1/projects/{id}")])
            .collect::<Vec<_>>()
    };
    let nobody = "9007199254740000";
    for (hidden, missing) in about(&other).into_iter().zip(about(nobody)) {
        let (hidden, missing) = (
            service.get(&token, &hidden).await,
            service.get(&token, &missing).await,
        );
        hidden.problem(404);
        assert_eq!(hidden.bytes, missing.bytes);
    }
    for method in [Method::PATCH, Method::DELETE] {
        let body = if method == Method::PATCH {
            change.clone()
        } else {
            json!({"reason": "x"})
        };
        let answer = service
            .write(
                method,
                &token,
                &format!("/api/v1/registers/project/records/{other}"),
                Some("\"1\""),
                &body,
            )
            .await;
        answer.problem(404);
    }
    for register in ["nothing", "account", "journal", "../project"] {
        let answer = service
            .get(&token, &format!("/api/v1/registers/{register}/records"))
            .await;
        answer.problem(404);
    }
}

#[tokio::test]
async fn a_viewer_is_told_that_reading_is_all() {
    let service = service();
    let token = service.token("kan");
    assert_eq!(
        service.get(&token, "/api/v1/home").await.status.as_u16(),
        200
    );
    service
        .write(
            Method::POST,
            &token,
            "/api/v1/registers/matter/records",
            None,
            &json!({"values": {"title": "x"}}),
        )
        .await
        .problem(403);
    service
        .upload(&token, "/api/v1/imports", "a.xlsx", b"PK", None)
        .await
        .problem(403);
    let me = service.get(&token, "/api/v1/me").await.json();
    assert_eq!(
        me["can"],
        json!({"write": false, "import": false, "admin": false})
    );
}

#[tokio::test]
async fn lists_filter_sort_sum_and_page_as_the_contract_says() {
    let service = service();
    let token = service.token("ducha");
    let base = "/api/v1/registers/project/records";
    let page = service.get(&token, &format!("{base}?filter=round:eq:7&filter=batch:eq:signed&sort=-investment_total&sums=investment_total")).await.json();
    assert_eq!(
        (&page["total"], &page["sums"]["investment_total"]),
        (&json!(2), &json!("200000000.00")),
        "{page}"
    );
    assert_eq!(page["items"][0]["shown"]["name"], "八通技术研发中心项目");
    assert!(page["items"][0]["light"]["rag"].is_string());
    let first = service.get(&token, &format!("{base}?limit=3")).await.json();
    let next = first["next"].as_str().expect("a next page");
    let second = service
        .get(&token, &format!("{base}?limit=3&after={next}"))
        .await
        .json();
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    assert!(
        second["items"]
            .as_array()
            .is_some_and(|items| items.len() == 3),
        "{second}"
    );
    let words = service
        .get(&token, &format!("{base}?q=%E8%8E%B2%E6%B9%96"))
        .await
        .json();
    assert_eq!(words["total"], 1, "{words}");
}

#[tokio::test]
async fn an_export_is_a_workbook_to_be_saved() {
    let service = service();
    let token = service.token("ducha");
    let answer = service
        .get(
            &token,
            "/api/v1/registers/project/export.xlsx?filter=round:eq:7",
        )
        .await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    assert!(answer.bytes.starts_with(b"PK"));
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment")
    );
    assert!(
        answer.header("content-type").contains("spreadsheetml"),
        "{}",
        answer.header("content-type")
    );
}
