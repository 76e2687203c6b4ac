//! Plans over HTTP: shapes, the rights matrix of every route about a project's plan, and bodies that make no sense.

use crate::service::{Answer, Service, request, service};
use axum::body::Body;
use axum::http::Method;
use serde_json::{Value as Json, json};

const SCHOOL: &str = "郑州外国语中学莲湖校区项目";
const ELSEWHERE: &str = "八通技术研发中心项目";
/// A project that no district has.
const NOWHERE: &str = "999999999";
const METHODS: [&str; 5] = ["get", "post", "patch", "put", "delete"];

/// Method and path of every route about one project, the project page and its plan, made from the document.
fn routes() -> Vec<(String, String)> {
    let document = server::openapi(&app::Definitions::default());
    let paths = document["paths"].as_object().expect("paths");
    let mut found = Vec::new();
    for (path, item) in paths
        .iter()
        .filter(|(path, _)| path.contains("/projects/{id}"))
    {
        let methods = METHODS.iter().filter(|method| item.get(**method).is_some());
        found.extend(methods.map(|method| ((*method).to_owned(), path.clone())));
    }
    assert!(found.len() >= 15, "{found:?}");
    found
}

/// A body that is well formed for the route.
fn body(method: &str, path: &str) -> Json {
    match path {
        _ if path.ends_with("/plan/changes") => {
            json!({"changes": [{"op": "replan", "from": "early"}], "reason": "核实", "dry_run": true})
        }
        _ if path.ends_with("/scenarios") || (method == "put" && path.ends_with("{scenario}")) => {
            json!({"name": "核实", "steps": [], "version": 1})
        }
        _ if path.ends_with("/baselines") => json!({"name": "核实", "reason": ""}),
        _ if path.ends_with("/from-template") => json!({"template": "school", "dry_run": true}),
        _ if path.ends_with("/{token}") => json!({"dry_run": true}),
        _ if path.ends_with("/level") => json!({}),
        _ if path.ends_with("/commitments") => json!({"promises": []}),
        _ if path.ends_with("/judge") => json!({"outcomes": []}),
        _ if path.ends_with("/options") => {
            json!({"out_of_sequence": "retained_logic", "float_rule": "finish", "critical_rule": "longest_path",
                "critical_days": 0, "open_ends_critical": false, "lag_calendar": "predecessor", "version": 0,
                "reason": "核实", "dry_run": true})
        }
        _ => json!({"reason": ""}),
    }
}

async fn ask(service: &Service, token: &str, (method, path): (&str, &str), id: &str) -> Answer {
    let filled = path
        .replace("{id}", id)
        .replace("{batch}", "1")
        .replace("{baseline}", "1")
        .replace("{scenario}", "1")
        .replace("{token}", "none");
    assert!(
        !filled.contains('{'),
        "{path} has a parameter this test does not know"
    );
    let asked = body(method, path);
    let method: Method = method.to_uppercase().parse().expect("a method");
    let builder =
        request(method.clone(), &format!("/api/v1{filled}"), token).header("x-guatu", "1");
    if path.ends_with("/plan/import") {
        let text = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xer\"\r\n\r\nERMHDR\t19.12\r\n--x--\r\n";
        let builder = builder.header("content-type", "multipart/form-data; boundary=x");
        return service
            .send(builder.body(Body::from(text)).expect("a request"))
            .await;
    }
    let body = match method {
        Method::GET => Body::empty(),
        _ => Body::from(asked.to_string()),
    };
    let builder = builder.header("content-type", "application/json");
    service.send(builder.body(body).expect("a request")).await
}

#[tokio::test]
async fn a_plan_out_of_reach_answers_as_if_there_were_none_on_every_route() {
    let service = service();
    let clerk = service.token("lianhu");
    let other = service.id_of("project", ELSEWHERE).await;
    let position = service.app.position().expect("position");
    for (method, path) in &routes() {
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
        position + i64::try_from(routes().len()).expect("few"),
        "nothing was written but one row of the audit for each route"
    );
}

#[tokio::test]
async fn who_reads_only_reads_every_plan_and_writes_none() {
    let service = service();
    let viewer = service.token("kan");
    let id = service.id_of("project", SCHOOL).await;
    let position = service.app.position().expect("position");
    let (mut refused, mut taken) = (0, 0);
    for (method, path) in &routes() {
        let answer = ask(&service, &viewer, (method, path), &id).await;
        let status = answer.status.as_u16();
        refused += i64::from(status == 403);
        taken += i64::from(status == 200 && path.contains("/plan.x"));
        let told = format!("{method} {path}: {status} {}", answer.text());
        match method.as_str() {
            "get" if path.ends_with("{baseline}") || path.ends_with("{scenario}") => {
                assert_eq!(status, 404, "{told}")
            }
            "get" => assert_eq!(status, 200, "{told}"),
            _ => assert_eq!(status, 403, "{told}"),
        }
    }
    assert_eq!(
        service.app.position().expect("position"),
        position + refused + taken,
        "nothing was written but one row of the audit for each refusal and each plan taken away"
    );
}

#[tokio::test]
async fn the_sheet_and_what_stands_beside_it_have_their_shapes() {
    let service = service();
    let token = service.token("ducha");
    let id = service.id_of("project", SCHOOL).await;
    let get = async |path: &str| {
        let answer = service
            .get(&token, &format!("/api/v1/projects/{id}/{path}"))
            .await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
        answer.json()
    };
    let sheet = get("plan").await;
    assert_eq!(sheet["summary"]["verdict"], "晚 17 天");
    assert_eq!(sheet["ghosts"]["snapshot"]["as_of"], "2023-03-03");
    let rows = sheet["activities"].as_array().expect("rows");
    for row in rows {
        for name in ["early_start", "early_finish", "late_start", "late_finish"] {
            assert!(row[name].is_string(), "{name} of {row}");
        }
        assert!(
            row["total_float_days"].is_number() && row["why"].is_string(),
            "{row}"
        );
    }
    let curve = get("plan/curve?step=week").await;
    let points = curve["points"].as_array().expect("points");
    assert!(points.len() > 10, "{curve}");
    let last = points.last().expect("a point");
    assert_eq!(
        (&last["early"], &last["late"]),
        (&json!(100.0), &json!(100.0))
    );
    let values = |name: &str| -> Vec<f64> {
        let of = points.iter().filter_map(|point| point[name].as_f64());
        of.collect()
    };
    for name in ["early", "late", "planned", "earned", "forecast"] {
        let grows = values(name).windows(2).all(|pair| pair[0] <= pair[1]);
        assert!(grows, "{name} falls: {curve}");
    }
    let health = get("plan/health").await;
    assert_eq!(health["checks"].as_array().map(Vec::len), Some(14));
    let chance = get("plan/chance?runs=200").await;
    assert_eq!(chance["runs"], 200);
    assert!(chance["p50"].is_string(), "{chance}");
    let templates = service.get(&token, "/api/v1/plan-templates").await.json();
    assert!(
        templates["templates"]
            .as_array()
            .is_some_and(|all| all.len() >= 6)
    );
    let calendars = service.get(&token, "/api/v1/calendars").await.json();
    let codes: Vec<&str> = calendars["calendars"]
        .as_array()
        .expect("calendars")
        .iter()
        .filter_map(|one| one["code"].as_str())
        .collect();
    for code in ["cn5", "site6", "site7"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
    let official = service
        .get(&token, "/api/v1/calendars/cn5?year=2023")
        .await
        .json();
    assert_eq!(official["workdays_in_year"], 249);
    let days = official["days"].as_array().expect("days");
    let day = |date: &str| days.iter().find(|day| day["date"] == date).expect("a day");
    assert_eq!(day("2023-01-28")["kind"], "make_up");
    assert_eq!(day("2023-01-27")["kind"], "holiday");
}

#[tokio::test]
async fn a_change_is_tried_made_and_taken_back_over_http() {
    let service = service();
    let token = service.token("lianhu");
    let id = service.id_of("project", SCHOOL).await;
    let plan = format!("/api/v1/projects/{id}/plan");
    let sheet = service.get(&token, &plan).await.json();
    let row = &sheet["activities"][1];
    let change = |dry_run: bool| {
        json!({"changes": [{"op": "update", "id": row["id"], "version": row["version"],
            "values": {"duration_days": 80}}], "reason": "两班倒", "dry_run": dry_run})
    };
    let changes = format!("{plan}/changes");
    let tried = service
        .write(Method::POST, &token, &changes, None, &change(true))
        .await;
    assert_eq!(tried.status.as_u16(), 200, "{}", tried.text());
    let tried = tried.json();
    assert!(
        tried["finish_change_days"]
            .as_i64()
            .is_some_and(|days| days < 0),
        "{tried}"
    );
    let made = service
        .write(Method::POST, &token, &changes, None, &change(false))
        .await;
    assert_eq!(made.status.as_u16(), 200, "{}", made.text());
    assert_eq!(made.json()["after"], tried["after"]);
    let stale = service
        .write(Method::POST, &token, &changes, None, &change(false))
        .await;
    assert_eq!(stale.problem(409)["findings"][0]["code"], "plan.stale");
    let batch = made.json()["batch_id"]
        .as_str()
        .expect("a batch")
        .to_owned();
    let undo = format!("{changes}/{batch}/undo");
    let undone = service
        .write(
            Method::POST,
            &token,
            &undo,
            None,
            &json!({"reason": "作废"}),
        )
        .await;
    assert_eq!(undone.status.as_u16(), 200, "{}", undone.text());
    assert_eq!(undone.json()["after"], tried["before"]);
}

#[tokio::test]
async fn a_calendar_is_tried_and_kept_and_says_which_projects_move() {
    let service = service();
    let token = service.token("ducha");
    let body = |dry_run: bool, version: i64| {
        json!({"name": "七天", "week": null, "version": version, "reason": "扬尘管控", "dry_run": dry_run, "year": 2023,
            "exceptions": [{"name": "扬尘管控", "first": "2023-04-01", "last": "2023-04-10"}]})
    };
    let path = "/api/v1/calendars/site7";
    let tried = service
        .write(Method::PUT, &token, path, None, &body(true, 0))
        .await;
    assert_eq!(tried.status.as_u16(), 200, "{}", tried.text());
    let tried = tried.json();
    let school = tried["projects"].as_array().expect("projects");
    let school = school
        .iter()
        .find(|one| one["name"] == SCHOOL)
        .expect("the school moves");
    assert_eq!(school["days"], 10);
    let clerk = service.token("lianhu");
    let refused = service
        .write(Method::PUT, &clerk, path, None, &body(false, 0))
        .await;
    refused.problem(403);
    let kept = service
        .write(Method::PUT, &token, path, None, &body(false, 0))
        .await;
    assert_eq!(kept.status.as_u16(), 200, "{}", kept.text());
    assert_eq!(kept.json()["calendar"]["version"], 1);
    let again = service
        .write(Method::PUT, &token, path, None, &body(false, 0))
        .await;
    again.problem(409);
    let own = json!({"name": "工地", "base": "nowhere", "exceptions": [], "reason": "新工地"});
    let answer = service
        .write(Method::PUT, &token, "/api/v1/calendars/gongdi", None, &own)
        .await;
    assert_eq!(answer.problem(422)["findings"][0]["code"], "calendar_base");
}

#[tokio::test]
async fn a_plan_comes_from_a_template_and_a_baseline_keeps_it() {
    let service = service();
    let token = service.token("ducha");
    let id = service.id_of("project", ELSEWHERE).await;
    let path = format!("/api/v1/projects/{id}/plan/from-template");
    let body = json!({"template": "school", "parameters": {"buildings": "2"}, "target": "2024-08-20",
        "mode": "replace", "reason": "套用学校模板"});
    let made = service
        .write(Method::POST, &token, &path, None, &body)
        .await;
    assert_eq!(made.status.as_u16(), 200, "{}", made.text());
    let sheet = service
        .get(&token, &format!("/api/v1/projects/{id}/plan"))
        .await
        .json();
    let rows = sheet["activities"].as_array().expect("rows");
    assert!(
        rows.len() > 20 && rows.iter().any(|row| row["is_summary"] == true),
        "{}",
        rows.len()
    );
    let latest = rows
        .iter()
        .filter_map(|row| row["planned_finish"].as_str())
        .max();
    assert_eq!(latest, Some("2024-08-20"), "planned back from the target");
    let path = format!("/api/v1/projects/{id}/baselines");
    let kept = json!({"name": "开工计划", "reason": "办公会确定"});
    let baseline = service
        .write(Method::POST, &token, &path, None, &kept)
        .await;
    assert_eq!(baseline.status.as_u16(), 201, "{}", baseline.text());
    let twice = service
        .write(Method::POST, &token, &path, None, &kept)
        .await;
    assert_eq!(
        twice.problem(422)["findings"][0]["code"],
        "plan.baseline_name"
    );
    let own = baseline.json()["id"].as_str().expect("an id").to_owned();
    let page = service.get(&token, &format!("{path}/{own}")).await.json();
    assert_eq!(page["rows"].as_array().map(Vec::len), Some(rows.len()));
    let gone = service
        .write(
            Method::DELETE,
            &token,
            &format!("{path}/{own}"),
            None,
            &json!({"reason": "作废"}),
        )
        .await;
    assert_eq!(gone.status.as_u16(), 204, "{}", gone.text());
}

/// Bodies that make no sense, some of them nearly.
fn nonsense() -> Vec<Json> {
    vec![
        json!(null),
        json!([]),
        json!({}),
        json!({"changes": "all"}),
        json!({"changes": [{}]}),
        json!({"changes": [{"op": "explode"}], "reason": "x"}),
        json!({"changes": [{"op": "update", "id": "x", "version": 1, "values": {"name": "a"}}], "reason": "x"}),
        json!({"changes": [{"op": "update", "id": "-1", "version": -9, "values": {"code": "1"}}], "reason": "x"}),
        json!({"changes": [{"op": "add", "key": "new-1", "values": {}}], "reason": "x"}),
        json!({"changes": [{"op": "add", "key": "new-1", "values": {"name": ["a"], "duration_days": 1e300}}], "reason": "x"}),
        json!({"changes": [{"op": "add", "key": "new-1", "values": {"name": "甲", "kind": "summary", "parent": "new-1"}}], "reason": "x"}),
        json!({"changes": [{"op": "add", "key": "new-1", "values": {"name": "甲", "code": "x", "predecessors": "x"}}], "reason": "x"}),
        json!({"changes": [{"op": "add", "key": "老", "values": {"name": "甲"}}], "reason": "x"}),
        json!({"changes": [{"op": "move", "id": "1", "values": {"planned_start": "yesterday"}}], "reason": "x"}),
        json!({"changes": [{"op": "replan", "from": "never"}], "reason": "x"}),
        json!({"changes": [{"op": "replan", "ids": ["x"]}], "reason": "x"}),
        json!({"changes": [{"op": "remove", "id": "999999999999999999999", "version": 1}], "reason": "x"}),
        json!({"name": "", "reason": "x"}),
        json!({"name": "甲".repeat(500), "reason": "x", "from": "late"}),
        json!({"name": "甲", "from": "never", "reason": "x"}),
        json!({"template": "moon", "reason": "x"}),
        json!({"template": "school", "parameters": {"buildings": "-5", "moon": "1"}, "reason": "x"}),
        json!({"template": "school", "parameters": {"buildings": "99999999999999999999"}, "reason": "x"}),
        json!({"template": "road", "start": "2023-02-30", "reason": "x"}),
        json!({"name": "x", "week": [{"day": 9, "hours": [["08:00", "12:00"]]}], "exceptions": [], "reason": "x"}),
        json!({"name": "x", "week": [{"day": 1, "hours": [["八点", "12:00"]]}], "exceptions": [], "reason": "x"}),
        json!({"name": "x", "exceptions": [{"name": "停", "first": "2000-01-01", "last": "2099-01-01"}], "reason": "x"}),
        json!({"name": "x", "exceptions": [{"name": "停", "first": "2023-02-01", "last": "2023-01-01"}], "reason": "x"}),
        json!({"project": "9", "mode": "explode", "reason": "x"}),
    ]
}

#[tokio::test]
async fn bodies_that_make_no_sense_are_problems_of_the_sender_and_write_nothing() {
    let service = service();
    let token = service.token("ducha");
    let id = service.id_of("project", SCHOOL).await;
    let position = service.app.position().expect("position");
    let plan = format!("/api/v1/projects/{id}/plan");
    let paths = [
        (Method::POST, format!("{plan}/changes")),
        (Method::POST, format!("{plan}/changes/0/undo")),
        (Method::POST, format!("{plan}/from-template")),
        (Method::POST, format!("{plan}/import/none")),
        (Method::POST, format!("/api/v1/projects/{id}/baselines")),
        (Method::PUT, "/api/v1/calendars/gongdi".to_owned()),
        (Method::PUT, "/api/v1/calendars/%E4%B8%AD".to_owned()),
    ];
    for (method, path) in &paths {
        for body in nonsense() {
            let answer = service
                .write(method.clone(), &token, path, None, &body)
                .await;
            let status = answer.status.as_u16();
            assert!(
                (400..500).contains(&status),
                "{method} {path} {body}: {status} {}",
                answer.text()
            );
            answer.problem(status);
        }
    }
    for query in [
        "plan?baseline=x",
        "plan?as_of=1066-10-14",
        "plan/curve?step=decade",
        "plan/chance?target=x",
        "plan/chance?runs=-1",
        "plan/respread?factor=x",
        "plan?near_days=x",
        "baselines/x",
    ] {
        let answer = service
            .get(&token, &format!("/api/v1/projects/{id}/{query}"))
            .await;
        let status = answer.status.as_u16();
        assert!(
            [400, 404, 422].contains(&status),
            "{query}: {status} {}",
            answer.text()
        );
    }
    for query in [
        "calendars/moon",
        "calendars/site7?year=99999",
        "calendars/site7?year=1",
    ] {
        let answer = service.get(&token, &format!("/api/v1/{query}")).await;
        let status = answer.status.as_u16();
        assert!(
            [400, 404, 422].contains(&status),
            "{query}: {status} {}",
            answer.text()
        );
    }
    assert_eq!(
        service.app.position().expect("position"),
        position,
        "nothing was written"
    );
}

#[tokio::test]
async fn files_that_are_no_plan_are_refused_in_words() {
    let service = service();
    let token = service.token("ducha");
    let id = service.id_of("project", SCHOOL).await;
    for (name, content) in [
        ("a.xer", "ERMHDR\t19.12\n%E\n"),
        (
            "a.xml",
            "<Project xmlns=\"http://schemas.microsoft.com/project\"></Project>",
        ),
        ("a.xml", "<html>"),
        ("a.mpp", "\u{0}\u{1}\u{2}"),
        ("a.xer", ""),
    ] {
        let text = format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{content}\r\n--x--\r\n"
        );
        let path = format!("/api/v1/projects/{id}/plan/import");
        let builder = request(Method::POST, &path, &token)
            .header("x-guatu", "1")
            .header("content-type", "multipart/form-data; boundary=x");
        let answer = service
            .send(builder.body(Body::from(text)).expect("a request"))
            .await;
        let told = answer.problem(422);
        assert!(
            told["findings"]
                .as_array()
                .is_some_and(|all| !all.is_empty()),
            "{name}: {told}"
        );
    }
}

#[tokio::test]
async fn a_plan_taken_away_is_read_back_with_all_its_works() {
    let service = service();
    let token = service.token("ducha");
    let id = service.id_of("project", SCHOOL).await;
    let plan = format!("/api/v1/projects/{id}/plan");
    for ending in ["xml", "xer"] {
        let taken = service.get(&token, &format!("{plan}.{ending}")).await;
        assert_eq!(taken.status.as_u16(), 200, "{}", taken.text());
        assert!(
            taken
                .header("content-disposition")
                .ends_with(&format!(".{ending}"))
        );
        let name = format!("plan.{ending}");
        let read = service
            .upload(&token, &format!("{plan}/import"), &name, &taken.bytes, None)
            .await;
        assert_eq!(read.status.as_u16(), 200, "{}", read.text());
        let look = read.json();
        assert_eq!(look["projects"][0]["name"], SCHOOL, "{look}");
        assert_eq!(look["projects"][0]["activities"], 4, "{look}");
        assert_eq!(look["projects"][0]["links"], 3, "{look}");
    }
}
