//! Server-sent events.

use crate::service::{request, service};
use app::records;
use axum::body::Body;
use axum::http::Method;
use futures_util::StreamExt;
use serde_json::json;
use std::time::Duration;
use tower::ServiceExt;

#[tokio::test]
async fn an_open_page_hears_of_a_change_without_its_content() {
    let service = service();
    let token = service.token("ducha");
    let response = service
        .router
        .clone()
        .oneshot(
            request(Method::GET, "/api/v1/events", &token)
                .body(Body::empty())
                .expect("a request"),
        )
        .await
        .expect("an answer");
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body().into_data_stream();
    // The watcher asks the journal every 700 ms; the change comes after it saw the listener.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let app = service.app.clone();
    let made = tokio::task::spawn_blocking(move || {
        let values = json!({"name": "一个不外传的项目"})
            .as_object()
            .cloned()
            .expect("values");
        records::create(
            &app,
            &app::account::local_actor(&app),
            "project",
            &values,
            "",
            None,
        )
        .expect("created")
    });
    let id = made.await.expect("made").record.id.to_string();
    let heard = tokio::time::timeout(Duration::from_secs(20), async {
        let mut text = String::new();
        while !text.contains(&id) {
            let chunk = body
                .next()
                .await
                .expect("the stream stays open")
                .expect("a chunk");
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
        text
    });
    let text = heard.await.expect("heard in time");
    assert!(
        text.contains("event: change") && text.contains("\"register\":\"project\""),
        "{text}"
    );
    assert!(!text.contains("不外传"), "{text}");
}
