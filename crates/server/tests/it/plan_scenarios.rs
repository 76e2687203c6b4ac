//! 推演方案 over HTTP: kept, listed, seen, compared, put into force, withdrawn; nothing in it ever answers 5xx.

use crate::service::{Answer, Service, service};
use axum::http::Method;
use serde_json::{Value as Json, json};

const SCHOOL: &str = "郑州外国语中学莲湖校区项目";

struct Desk {
    service: Service,
    token: String,
    plan: String,
}

impl Desk {
    async fn open() -> Self {
        let service = service();
        let token = service.token("ducha");
        let id = service.id_of("project", SCHOOL).await;
        let plan = format!("/api/v1/projects/{id}/plan");
        Self {
            service,
            token,
            plan,
        }
    }

    async fn send(&self, method: Method, path: &str, body: &Json) -> Answer {
        let path = format!("{}{path}", self.plan);
        self.service
            .write(method, &self.token, &path, None, body)
            .await
    }

    async fn get(&self, path: &str) -> Json {
        let path = format!("{}{path}", self.plan);
        let answer = self.service.get(&self.token, &path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// The first work that waits and has a duration: id, version, days.
    async fn waiting(&self) -> (String, i64, i64) {
        let sheet = self.get("").await;
        let rows = sheet["activities"].as_array().expect("rows").clone();
        let mut waiting = rows.iter().filter(|row| {
            let plain = row["state"] == "not_started" && row["is_summary"] == false;
            plain && row["critical"] == true && row["duration_days"].as_i64() > Some(10)
        });
        let row = waiting.next().expect("a work that waits");
        (
            row["id"].as_str().expect("an id").to_owned(),
            row["version"].as_i64().expect("a version"),
            row["duration_days"].as_i64().expect("days"),
        )
    }

    async fn keep(&self, name: &str, days: i64) -> Answer {
        let (id, version, _) = self.waiting().await;
        let change = json!({"op": "update", "id": id, "version": version, "values": {"duration_days": days}});
        let body = json!({"name": name, "remark": "试一试",
            "steps": [{"text": "改工期", "changes": [change]}]});
        self.send(Method::POST, "/scenarios", &body).await
    }
}

#[tokio::test]
async fn a_trial_is_kept_compared_put_into_force_and_withdrawn() {
    let desk = Desk::open().await;
    let (row, version, days) = desk.waiting().await;
    let kept = desk.keep("压五天", days - 5).await;
    assert_eq!(kept.status.as_u16(), 201, "{}", kept.text());
    let kept = kept.json();
    let id = kept["id"].as_str().expect("an id").to_owned();
    assert_eq!((&kept["changes"], &kept["lost"]), (&json!(1), &json!(0)));
    let list = desk.get("/scenarios").await;
    assert_eq!(list["editable"], true);
    assert_eq!(list["scenarios"][0]["now"], kept["now"]);
    for name in ["forecast_finish", "verdict", "rag"] {
        assert!(list["plan"][name].is_string(), "{name} of {list}");
    }
    let page = desk.get(&format!("/scenarios/{id}")).await;
    let change = &page["steps"][0]["changes"][0];
    assert_eq!(
        (&change["id"], &change["version"]),
        (&json!(row), &json!(version))
    );
    assert_eq!(page["diff"]["dry_run"], true);
    let beside = desk.get(&format!("/scenario-comparison?ids={id}")).await;
    assert_eq!(beside["columns"].as_array().map(Vec::len), Some(2));
    assert_eq!(beside["columns"][1]["duration_change_days"], -5.0);
    let body = json!({"changes": [change], "reason": "办公会定了", "scenario": id});
    let made = desk.send(Method::POST, "/changes", &body).await;
    assert_eq!(made.status.as_u16(), 200, "{}", made.text());
    let adopted = &desk.get("/scenarios").await["scenarios"][0]["adopted"];
    assert_eq!(adopted["batch_id"], made.json()["batch_id"]);
    let gone = desk
        .send(
            Method::DELETE,
            &format!("/scenarios/{id}"),
            &json!({"reason": "用过了"}),
        )
        .await;
    assert_eq!(gone.status.as_u16(), 204, "{}", gone.text());
    let left = desk.get("/scenarios").await;
    assert_eq!(left["scenarios"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn what_cannot_be_kept_is_told_with_its_remedy() {
    let desk = Desk::open().await;
    let nameless = desk.keep(" ", 10).await.problem(422);
    assert_eq!(nameless["findings"][0]["code"], "plan.scenario_name");
    let sung = json!({"name": "唱", "steps": [{"text": "", "changes": [{"op": "sing"}]}]});
    desk.send(Method::POST, "/scenarios", &sung)
        .await
        .problem(400);
    let kept = desk.keep("压五天", 20).await.json();
    let id = kept["id"].as_str().expect("an id");
    let old = json!({"name": "压五天", "version": 0});
    let path = format!("/scenarios/{id}");
    desk.send(Method::PUT, &path, &old).await.problem(409);
    let named = json!({"name": "压几天", "version": kept["version"]});
    let named = desk.send(Method::PUT, &path, &named).await;
    assert_eq!(named.json()["name"], "压几天");
    let many = vec![id; 5].join(",");
    let path = format!("{}/scenario-comparison?ids={many}", desk.plan);
    let many = desk.service.get(&desk.token, &path).await.problem(422);
    assert_eq!(many["findings"][0]["code"], "plan.scenario_columns");
}

#[tokio::test]
async fn a_kept_trial_is_taken_away_as_a_plan_file() {
    let desk = Desk::open().await;
    let kept = desk.keep("压五天", 20).await.json();
    let id = kept["id"].as_str().expect("an id");
    for ending in ["xml", "xer"] {
        let path = format!("{}.{ending}?scenario={id}", desk.plan);
        let answer = desk.service.get(&desk.token, &path).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
        let whole = desk
            .service
            .get(&desk.token, &format!("{}.{ending}", desk.plan))
            .await;
        assert_ne!(
            answer.bytes, whole.bytes,
            "{ending} of the trial is that of the plan"
        );
        let none = format!("{}.{ending}?scenario=1", desk.plan);
        desk.service.get(&desk.token, &none).await.problem(404);
    }
}
