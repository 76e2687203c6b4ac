//! Ways out of a plan that does not hold, over HTTP: levelling, catching up, compressions, another order, and a plan from
//! a file. Each is proposed without a trace, made as a batch and taken back.

use crate::service::{Service, service};
use axum::http::Method;
use serde_json::{Value as Json, json};

const SCHOOL: &str = "郑州外国语中学莲湖校区项目";
const ELSEWHERE: &str = "八通技术研发中心项目";

/// A service with somebody who may change the school's plan.
struct Desk {
    service: Service,
    token: String,
    plan: String,
}

impl Desk {
    async fn open(project: &str) -> Self {
        let service = service();
        let token = service.token("ducha");
        let id = service.id_of("project", project).await;
        let plan = format!("/api/v1/projects/{id}/plan");
        Self {
            service,
            token,
            plan,
        }
    }

    async fn get(&self, path: &str) -> Json {
        let path = format!("{}{path}", self.plan);
        let answer = self.service.get(&self.token, &path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
        answer.json()
    }

    async fn post(&self, path: &str, body: &Json) -> Json {
        let (status, answer) = self.try_post(path, body).await;
        assert_eq!(status, 200, "{path} {body}: {answer}");
        answer
    }

    async fn try_post(&self, path: &str, body: &Json) -> (u16, Json) {
        let path = format!("{}{path}", self.plan);
        let answer = self
            .service
            .write(Method::POST, &self.token, &path, None, body)
            .await;
        (answer.status.as_u16(), answer.json())
    }

    fn position(&self) -> i64 {
        self.service.app.position().expect("position")
    }
}

fn list(value: &Json) -> &Vec<Json> {
    value.as_array().expect("a list")
}

/// Days on which more of something is asked for than there is.
fn over(load: &Json) -> i64 {
    let resources = list(&load["resources"]).iter();
    resources.filter_map(|one| one["over_days"].as_i64()).sum()
}

#[tokio::test]
async fn levelled_dates_keep_their_word_when_they_are_made_and_go_back_as_one() {
    let desk = Desk::open(SCHOOL).await;
    let position = desk.position();
    let levelled = desk.post("/level", &json!({"milliseconds": 100})).await;
    assert_eq!(desk.position(), position, "levelling writes nothing");
    let before = desk.get("/load").await;
    assert!(
        over(&before) > 0,
        "too few carpenters until April: {before}"
    );
    assert_eq!(levelled["over_days_before"], over(&before), "{levelled}");
    assert_eq!(levelled["over_days_after"], 0, "{levelled}");
    assert!(!list(&levelled["waits"]).is_empty(), "{levelled}");
    let changes = &levelled["changes"];
    assert!(!list(changes).is_empty(), "{levelled}");
    let tried = desk
        .post("/changes", &json!({"changes": changes, "dry_run": true}))
        .await;
    assert_eq!(tried["after"]["forecast_finish"], levelled["after_finish"]);
    assert_eq!(desk.position(), position, "nor does trying");
    let made = desk
        .post(
            "/changes",
            &json!({"changes": changes, "reason": "错开木工班组"}),
        )
        .await;
    assert_eq!(over(&desk.get("/load").await), 0);
    let batch = made["batch_id"].as_str().expect("a batch");
    desk.post(
        &format!("/changes/{batch}/undo"),
        &json!({"reason": "班组已增加"}),
    )
    .await;
    assert_eq!(over(&desk.get("/load").await), over(&before));
}

#[tokio::test]
async fn levelling_inside_floats_leaves_the_finish_where_it_is() {
    let desk = Desk::open(SCHOOL).await;
    let levelled = desk
        .post("/level", &json!({"within_float": true, "milliseconds": 50}))
        .await;
    assert_eq!(
        levelled["before_finish"], levelled["after_finish"],
        "{levelled}"
    );
    // The school has no float at all: what is too much stays so, and is told.
    assert_eq!(levelled["over_days_after"], levelled["over_days_before"]);
}

#[tokio::test]
async fn levelling_looks_at_the_resources_it_is_given() {
    let desk = Desk::open(SCHOOL).await;
    let load = desk.get("/load").await;
    let crane = list(&load["resources"])
        .iter()
        .find(|one| one["name"] == "塔吊");
    let crane = crane.expect("the crane")["id"].clone();
    let levelled = desk
        .post("/level", &json!({"resources": [crane], "milliseconds": 50}))
        .await;
    assert_eq!(list(&levelled["resources"]).len(), 1);
    assert_eq!(
        list(&levelled["changes"]).len(),
        0,
        "there is a crane for all: {levelled}"
    );
    for wrong in [
        json!({"milliseconds": -1}),
        json!({"resources": [1]}),
        json!({"within_float": "yes"}),
        json!({"crews": []}),
        json!([]),
    ] {
        let (status, told) = desk.try_post("/level", &wrong).await;
        assert_eq!(status, 422, "{wrong}: {told}");
    }
}

#[tokio::test]
async fn a_late_plan_tells_its_chain_room_and_ways_out() {
    let desk = Desk::open(SCHOOL).await;
    let sheet = desk.get("").await;
    let links = list(&sheet["links"]);
    assert!(
        links.iter().all(|link| link["slack_days"].is_number()),
        "{links:?}"
    );
    let driving = links.iter().filter(|link| link["driving"] == true);
    assert!(driving.clone().count() > 0 && driving.clone().all(|link| link["slack_days"] == 0.0));
    let last = list(&sheet["activities"]).last().expect("rows");
    assert_eq!(last["late_driver"]["kind"], "target", "{last}");
    let ways = list(&sheet["compressions"]);
    assert!(!ways.is_empty(), "{sheet}");
    let changes = list(&ways[0]["parts"]).iter().map(|part| json!({
        "op": "update", "id": part["activity_id"], "values": part["values"],
        "version": list(&sheet["activities"]).iter().find(|row| row["id"] == part["activity_id"]).expect("its row")["version"],
    }));
    let change: Vec<Json> = changes.collect();
    let tried = desk
        .post(
            "/changes",
            &json!({"changes": change, "dry_run": true, "with_sheet": true, "near_days": 9}),
        )
        .await;
    let float = |state: &Json| state["float_days"].as_f64().expect("a float");
    let won = float(&tried["after"]) - float(&tried["before"]);
    assert!(
        won >= ways[0]["gain_days"].as_f64().expect("days"),
        "{won} of {}",
        ways[0]
    );
    let near = list(&tried["sheet"]["bands"])
        .iter()
        .find(|band| band["band"] == "near");
    assert_eq!(near.expect("the band")["to_days"], 9.0);
}

#[tokio::test]
async fn what_is_owed_is_told_from_day_to_year_with_the_way_back() {
    let desk = Desk::open(SCHOOL).await;
    let page = desk.get("/respread?factor=200").await;
    assert_eq!(page["factor_percent"], 200);
    let rungs = list(&page["rungs"]);
    let labels: Vec<&str> = rungs
        .iter()
        .filter_map(|rung| rung["label"].as_str())
        .collect();
    assert_eq!(
        labels,
        ["当日", "本周", "本旬", "本月", "本季", "本半年", "本年"]
    );
    for rung in rungs {
        assert_eq!(rung["shortfall"], rungs[0]["shortfall"], "{rung}");
        assert!(
            rung["text"].as_str().is_some_and(|text| !text.is_empty()),
            "{rung}"
        );
    }
    let rows = list(&page["rows"]);
    assert!(!rows.is_empty(), "{page}");
    let changes: Vec<&Json> = rows
        .iter()
        .map(|row| &row["change"])
        .filter(|change| change.is_object())
        .collect();
    assert!(!changes.is_empty(), "{page}");
    let made = desk
        .post(
            "/changes",
            &json!({"changes": changes, "reason": "本旬补上"}),
        )
        .await;
    let batch = made["batch_id"].as_str().expect("a batch");
    desk.post(
        &format!("/changes/{batch}/undo"),
        &json!({"reason": "另行安排"}),
    )
    .await;
    let past = desk.get("/respread?as_of=2023-02-10").await;
    assert_eq!(
        past["as_of"].as_str().map(|day| day <= "2023-02-10"),
        Some(true),
        "{past}"
    );
}

#[tokio::test]
async fn rows_change_places_and_back() {
    let desk = Desk::open(SCHOOL).await;
    let names = |sheet: &Json| -> Vec<String> {
        let rows = list(&sheet["activities"]).iter();
        rows.filter_map(|row| row["name"].as_str().map(str::to_owned))
            .collect()
    };
    let sheet = desk.get("").await;
    let last = list(&sheet["activities"]).last().expect("rows");
    let change = json!({"op": "place", "id": last["id"], "version": last["version"]});
    let made = desk
        .post(
            "/changes",
            &json!({"changes": [change], "reason": "验收放最前"}),
        )
        .await;
    let then = names(&desk.get("").await);
    assert_eq!(then[0], last["name"]);
    let batch = made["batch_id"].as_str().expect("a batch");
    desk.post(
        &format!("/changes/{batch}/undo"),
        &json!({"reason": "放回"}),
    )
    .await;
    assert_eq!(names(&desk.get("").await), names(&sheet));
    let twice = json!({"op": "place", "id": last["id"], "version": 0, "after": "nobody"});
    let (status, _) = desk
        .try_post("/changes", &json!({"changes": [twice], "reason": "x"}))
        .await;
    assert!([409, 422].contains(&status), "{status}");
}

#[tokio::test]
async fn a_plan_from_a_file_is_looked_at_made_and_taken_back() {
    let from = Desk::open(SCHOOL).await;
    let theirs = from.get("").await;
    let taken = from
        .service
        .get(&from.token, &format!("{}.xer", from.plan))
        .await;
    assert_eq!(taken.status.as_u16(), 200, "{}", taken.text());

    let desk = Desk::open(ELSEWHERE).await;
    let before = desk.get("").await;
    let codes = |sheet: &Json| -> Vec<String> {
        let rows = list(&sheet["activities"]).iter();
        rows.filter_map(|row| row["code"].as_str().map(str::to_owned))
            .collect()
    };
    let (own, new) = (codes(&before), codes(&theirs));
    let (position, path) = (desk.position(), format!("{}/import", desk.plan));
    let look = desk
        .service
        .upload(&desk.token, &path, "施工计划.xer", &taken.bytes, None)
        .await;
    assert_eq!(look.status.as_u16(), 200, "{}", look.text());
    let look = look.json();
    assert_eq!(
        (&look["format"], &look["file_name"]),
        (&json!("xer"), &json!("施工计划.xer"))
    );
    let added = new.iter().filter(|code| !own.contains(code)).count();
    assert_eq!(look["counts"]["add"], added, "{look}");
    assert_eq!(list(&look["rows"]).len(), new.len(), "{look}");
    let token = look["token"].as_str().expect("a token");
    let commit = format!("/import/{token}");
    let tried = desk.post(&commit, &json!({"dry_run": true})).await;
    assert_eq!(list(&tried["added"]).len(), added, "{tried}");
    assert_eq!(
        desk.position(),
        position,
        "looking and trying write nothing"
    );
    let (status, told) = desk.try_post(&commit, &json!({})).await;
    assert_eq!(
        (status, &told["findings"][0]["code"]),
        (422, &json!("record.reason"))
    );

    let made = desk
        .post(&commit, &json!({"mode": "merge", "reason": "施工单位报送"}))
        .await;
    let then = desk.get("").await;
    for row in list(&theirs["activities"]) {
        let same = list(&then["activities"])
            .iter()
            .find(|one| one["code"] == row["code"]);
        let same = same.unwrap_or_else(|| panic!("{row} was not taken in"));
        for field in ["name", "kind", "duration_days", "predecessors"] {
            assert_eq!(same[field], row[field], "{field} of {row}");
        }
    }
    assert_eq!(then["can_undo"]["batch_id"], made["batch_id"]);
    let batch = made["batch_id"].as_str().expect("a batch");
    desk.post(
        &format!("/changes/{batch}/undo"),
        &json!({"reason": "报错了项目"}),
    )
    .await;
    assert_eq!(codes(&desk.get("").await), own);
}
