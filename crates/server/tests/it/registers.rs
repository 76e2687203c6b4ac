//! Registers as tables, figures, fill cycles and definitions over HTTP: shapes of the answers, and requests that are
//! wrong in every way, which must never be the server's fault.

use crate::service::{Service, request, service};
use axum::body::Body;
use axum::http::Method;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value as Json, json};

const LAMPS: &str = r#"
[register]
id = "street_lamp"
version = "1.0.0"
title = { "zh-CN" = "路灯台账" }
name_field = "name"
[choices]
kind = [ { code = "led", "zh-CN" = "LED 灯" }, { code = "other", "zh-CN" = "其他" } ]
[[field]]
id = "name"
type = "text"
required = true
label = { "zh-CN" = "名称" }
[[field]]
id = "kind"
type = "code"
list = "kind"
default = "'led'"
label = { "zh-CN" = "类型" }
[[field]]
id = "unit"
type = "org"
label = { "zh-CN" = "单位" }
[[field]]
id = "period"
type = "period"
label = { "zh-CN" = "时段" }
[[field]]
id = "point"
type = "geo_point"
label = { "zh-CN" = "位置" }
[[field]]
id = "checked_on"
type = "date"
label = { "zh-CN" = "检查日期" }
[[field]]
id = "age"
type = "int"
compute = "checked_on == none ? none : workdays(checked_on, today())"
label = { "zh-CN" = "距检查工作日" }
[cycle]
period = "month"
due = "5d"
units = "unit.kind == 'subdistrict'"
unit_field = "unit"
period_field = "period"
[[metric]]
id = "lamps"
title = { "zh-CN" = "路灯数" }
unit = "盏"
agg = "count()"
time = "stock"
by = ["kind"]
"#;

async fn with_lamps() -> (Service, String) {
    let service = service();
    let token = service.token("ducha");
    let body = json!({ "toml": LAMPS, "reason": "新台账" });
    let answer = service
        .write(
            Method::POST,
            &token,
            "/api/v1/definitions/apply",
            None,
            &body,
        )
        .await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    for (name, day) in [("甲灯", "2023-03-01"), ("乙灯", "2023-03-09")] {
        let values = json!({ "values": { "name": name, "checked_on": day, "point": "113.600000,34.750000" } });
        let made = service
            .write(
                Method::POST,
                &token,
                "/api/v1/registers/street_lamp/records",
                None,
                &values,
            )
            .await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.text());
    }
    (service, token)
}

#[tokio::test]
async fn a_register_tells_its_law_and_answers_as_a_table() {
    let (service, token) = with_lamps().await;
    let get = async |path: &str| {
        let answer = service.get(&token, &format!("/api/v1{path}")).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
        answer.json()
    };
    let register = get("/registers/street_lamp").await;
    assert_eq!(register["can"]["edit_definition"], true);
    assert_eq!(register["cycle"]["period_kind"], "month");
    assert_eq!(register["metrics"][0]["id"], "lamps");
    assert!(
        register["metrics"][0]["basis"]
            .as_str()
            .is_some_and(|basis| !basis.is_empty())
    );
    let age = register["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .find(|field| field["id"] == "age");
    assert_eq!(age.expect("the field")["computed"], true);
    let list = get("/registers/street_lamp/records?filter=expr:age%20%3E%203&sort=-age").await;
    assert_eq!(
        (
            list["items"].as_array().map(Vec::len),
            &list["items"][0]["values"]["age"]
        ),
        (Some(1), &json!(7))
    );
    let groups = get("/registers/street_lamp/groups?by=kind").await;
    assert_eq!(
        (
            &groups["groups"][0]["keys"][0]["text"],
            &groups["groups"][0]["count"]
        ),
        (&json!("LED 灯"), &json!(2))
    );
    let points = get("/registers/street_lamp/points?geo=point").await;
    assert_eq!(
        (
            points["points"].as_array().map(Vec::len),
            &points["left_out"]
        ),
        (Some(2), &json!(0))
    );
    let figures = get("/registers/street_lamp/metrics?period=2023Q1").await;
    assert_eq!(figures["metrics"][0]["text"], "2");
    let behind = get("/registers/street_lamp/metrics/lamps/records?period=2023Q1").await;
    assert_eq!(behind["total"], 2);
    let board = get("/registers/street_lamp/cycle?period=2023M03").await;
    assert!(
        board["units"]
            .as_array()
            .is_some_and(|units| !units.is_empty())
    );
    assert_eq!(
        get("/registers/street_lamp/campaigns").await["campaigns"],
        json!([])
    );
    assert!(
        get("/asks?month=2023-03").await["forms"]
            .as_array()
            .is_some_and(|forms| !forms.is_empty())
    );
    let text = get("/definitions/street_lamp").await;
    assert_eq!(
        (&text["toml"], &text["version"]),
        (&json!(LAMPS), &json!("1.0.0"))
    );
    assert_eq!(get("/definitions/schema.json").await["type"], "object");
    let document = get("/openapi.json").await;
    assert!(
        document["components"]["schemas"]["Values_street_lamp"]["properties"]["kind"].is_object()
    );
}

#[tokio::test]
async fn forms_bulk_paste_and_views_answer_with_findings_in_place_of_failures() {
    let (service, token) = with_lamps().await;
    let send = async |method: Method, path: &str, body: Json| {
        let path = format!("/api/v1/registers/street_lamp{path}");
        service.write(method, &token, &path, None, &body).await
    };
    let form = send(
        Method::POST,
        "/draft",
        json!({ "values": { "kind": null } }),
    )
    .await
    .json();
    assert!(
        form["findings"]
            .as_array()
            .is_some_and(|findings| findings.iter().any(|one| one["place"] == "name"))
    );
    let list = service
        .get(&token, "/api/v1/registers/street_lamp/records")
        .await
        .json();
    let (id, version) = (&list["items"][0]["id"], &list["items"][0]["version"]);
    let bulk = json!({ "items": [{ "id": id, "version": version }, { "id": "1", "version": 1 }], "update": { "values": { "kind": "other" } } });
    let results = send(Method::POST, "/bulk", bulk).await.json();
    assert_eq!(
        (&results["results"][0]["ok"], &results["results"][1]["ok"]),
        (&json!(true), &json!(false))
    );
    let both = json!({ "items": [], "update": { "values": {} }, "withdraw": { "reason": "x" } });
    assert_eq!(send(Method::POST, "/bulk", both).await.status.as_u16(), 400);
    let paste = json!({ "columns": ["name", "kind"], "rows": [["丙灯", "其他"]] });
    let preview = send(Method::POST, "/paste", paste).await.json();
    let commit = format!(
        "/api/v1/imports/{}/commit",
        preview["token"].as_str().expect("a token")
    );
    let taken = service
        .write(Method::POST, &token, &commit, None, &json!({}))
        .await;
    assert_eq!(taken.json()["created"], 1, "{}", taken.text());
    let views = json!({ "views": [{ "name": "其他灯", "query": "filter=kind:eq:other", "columns": ["name"], "density": "compact" }] });
    assert_eq!(
        send(Method::PUT, "/saved-views", views.clone())
            .await
            .json(),
        views
    );
    let kept = service
        .get(&token, "/api/v1/registers/street_lamp/saved-views")
        .await;
    assert_eq!(kept.json(), views);
}

/// Texts that no route means.
const ODD: [&str; 12] = [
    "",
    "0",
    "-1",
    "99999999999999999999",
    "%00",
    "%E4%B8%AD",
    "'%20or%201%3D1",
    "expr:((((((((((",
    "2023Q9",
    "..%2F..%2Fetc",
    "a,b,c,d",
    "true",
];

#[tokio::test]
async fn odd_addresses_are_the_senders_fault_and_never_the_servers() {
    let (service, token) = with_lamps().await;
    let queries = [
        "by", "geo", "colour", "filter", "sort", "limit", "after", "sums", "view", "period",
        "group", "unit", "zero", "month", "as_of", "columns",
    ];
    let paths = [
        "records",
        "groups",
        "points",
        "metrics",
        "metrics/lamps/records",
        "cycle",
        "cycle/draft",
        "campaigns",
        "saved-views",
        "export.xlsx",
    ];
    for path in paths {
        for name in queries {
            for odd in ODD {
                let address = format!("/api/v1/registers/street_lamp/{path}?{name}={odd}");
                let answer = service.get(&token, &address).await;
                assert!(
                    answer.status.as_u16() < 500,
                    "{address}: {} {}",
                    answer.status,
                    answer.text()
                );
            }
        }
    }
    for odd in ODD.iter().filter(|odd| !odd.is_empty()) {
        for path in [
            "registers/{}",
            "registers/{}/metrics",
            "registers/{}/cycle",
            "registers/street_lamp/metrics/{}/records",
            "definitions/{}",
            "asks?month={}",
        ] {
            let address = format!("/api/v1/{}", path.replace("{}", odd));
            let answer = service.get(&token, &address).await;
            assert!(
                answer.status.as_u16() < 500,
                "{address}: {} {}",
                answer.status,
                answer.text()
            );
        }
    }
}

#[tokio::test]
async fn odd_bodies_are_the_senders_fault_and_never_the_servers() {
    let (service, token) = with_lamps().await;
    let long = "长".repeat(40_000);
    let bodies = [
        "".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        "{".to_owned(),
        "{}".to_owned(),
        "{\"values\":[]}".to_owned(),
        "{\"values\":{\"name\":{\"a\":[1,2,{\"b\":null}]},\"kind\":7,\"age\":\"x\",\"point\":true}}".to_owned(),
        "{\"values\":{\"name\":\"\\u0000\"}}".to_owned(),
        "{\"id\":\"x\",\"values\":{}}".to_owned(),
        format!("{{\"values\":{{\"name\":\"{long}\"}}}}"),
        "{\"items\":[{\"id\":\"1\",\"version\":-9223372036854775808}],\"withdraw\":{\"reason\":\"x\"}}".to_owned(),
        "{\"items\":[{\"id\":\"\",\"version\":1}],\"action\":{\"id\":\"nothing\"}}".to_owned(),
        "{\"columns\":[\"name\"],\"rows\":[[\"a\",\"b\",\"c\"]]}".to_owned(),
        "{\"columns\":[null],\"rows\":[[]]}".to_owned(),
        "{\"columns\":[\"name\"],\"rows\":[[\"=1+1\"],[\"\\u0000\"],[\"\"]],\"match\":[\"nothing\"]}".to_owned(),
        "{\"views\":[{\"name\":\"\"}]}".to_owned(),
        "{\"unit\":\"x\",\"period\":\"2023M03\",\"reason\":\"\"}".to_owned(),
        "{\"unit\":\"1\",\"period\":\"never\",\"reason\":\"x\"}".to_owned(),
        "{\"grant\":true}".to_owned(),
        "{\"toml\":\"[register\"}".to_owned(),
        "{\"toml\":\"\",\"reason\":\"\"}".to_owned(),
        format!("{{\"toml\":\"{}\",\"reason\":\"x\"}}", "[[field]]\\n".repeat(5_000)),
    ];
    let routes = [
        (Method::POST, "registers/street_lamp/draft"),
        (Method::POST, "registers/street_lamp/bulk"),
        (Method::POST, "registers/street_lamp/paste"),
        (Method::PUT, "registers/street_lamp/saved-views"),
        (Method::POST, "registers/street_lamp/cycle/unlock"),
        (Method::POST, "registers/street_lamp/cycle/unlock/1"),
        (Method::POST, "definitions/check"),
        (Method::POST, "definitions/apply"),
        (Method::POST, "registers/street_lamp/records"),
    ];
    for (method, path) in routes {
        for body in &bodies {
            let builder = request(method.clone(), &format!("/api/v1/{path}"), &token)
                .header("content-type", "application/json")
                .header("x-guatu", "1");
            let answer = service
                .send(builder.body(Body::from(body.clone())).expect("a request"))
                .await;
            let shown: String = body.chars().take(80).collect();
            assert!(
                answer.status.as_u16() < 500,
                "{path} {shown}: {} {}",
                answer.status,
                answer.text()
            );
        }
    }
}

/// A form with one text, as a template.
fn template(text: &str) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, text).expect("a cell");
    book.save_to_buffer().expect("a workbook")
}

#[tokio::test]
async fn a_template_comes_with_its_definition_through_the_page() {
    let (service, token) = with_lamps().await;
    let report = "[[report]]\nid = \"monthly\"\ntitle = { \"zh-CN\" = \"路灯月报\" }\nperiod = \"M\"\n\
                  template = \"monthly.xlsx\"\n";
    let toml = LAMPS.replacen("1.0.0", "1.1.0", 1) + report;
    let ask = async |place: &str, files: Json| {
        let body = match place {
            "check" => json!({ "toml": toml, "files": files }),
            _ => json!({ "toml": toml, "reason": "加月报", "files": files }),
        };
        let path = format!("/api/v1/definitions/{place}");
        service
            .write(Method::POST, &token, &path, None, &body)
            .await
    };
    let codes = |answer: &Json| {
        let findings = answer["findings"].as_array().cloned().unwrap_or_default();
        let code = |one: &Json| one["code"].as_str().map(str::to_owned);
        findings.iter().filter_map(code).collect::<Vec<_>>()
    };
    let missing = ask("check", json!([])).await.json();
    assert!(codes(&missing).contains(&"report.template_missing".to_owned()));
    assert_eq!(missing["templates"][0]["size"], Json::Null);

    let torn = ask(
        "check",
        json!([{ "name": "monthly.xlsx", "content": "%%" }]),
    )
    .await;
    assert_eq!(torn.status.as_u16(), 422, "{}", torn.text());
    assert_eq!(codes(&torn.json()), ["report.template_broken"]);

    let bytes = template("{{报表}} {{期间}}");
    let content = BASE64_STANDARD.encode(&bytes);
    let files = json!([{ "name": "monthly.xlsx", "content": content }]);
    let checked = ask("check", files.clone()).await.json();
    assert_eq!(checked["templates"][0]["size"], bytes.len());
    let applied = ask("apply", files).await;
    assert_eq!(applied.status.as_u16(), 200, "{}", applied.text());
    let path = "/api/v1/definitions/street_lamp/templates/monthly.xlsx";
    assert_eq!(service.get(&token, path).await.bytes, bytes);
}
