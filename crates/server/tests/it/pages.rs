//! Pages and files of the sample district over HTTP.

use crate::service::service;
use axum::http::Method;
use serde_json::{Value as Json, json};

#[tokio::test]
async fn the_home_page_carries_the_known_figures() {
    let service = service();
    let token = service.token("ducha");
    let home = service.get(&token, "/api/v1/home").await.json();
    assert_eq!(
        (
            &home["round"]["total"]["text"],
            &home["round"]["project_count"]["text"]
        ),
        (&json!("62.4"), &json!("15"))
    );
    let lights: Vec<(&str, i64)> = home["round"]["lights"]
        .as_array()
        .expect("lights")
        .iter()
        .filter_map(|one| Some((one["rag"].as_str()?, one["count"].as_i64()?)))
        .collect();
    assert_eq!(lights, [("green", 11), ("yellow", 3), ("red", 1)]);
    assert_eq!(home["tiles"]["count"], 14);
    assert_eq!(home["empty"], false);
    let before = service
        .get(&token, "/api/v1/home?as_of=2023-03-03")
        .await
        .json();
    assert_eq!(
        (&before["today"], &before["round"]["lights"][2]["count"]),
        (&json!("2023-03-03"), &json!(0))
    );
    assert!(!before.to_string().contains("3月10日"));
}

#[tokio::test]
async fn the_wall_chart_and_its_files_are_what_they_say() {
    let service = service();
    let token = service.token("ducha");
    let chart = service
        .get(&token, "/api/v1/wall-chart?round=7&compare=2023-03-03")
        .await
        .json();
    assert_eq!(chart["title"], "中原区第七期“三个一批”重点项目挂图");
    assert_eq!(chart["rows"].as_array().map(Vec::len), Some(15));
    for pane in [
        "left_head",
        "left_body",
        "plot_head",
        "plot_body",
        "right_head",
        "right_body",
    ] {
        well_formed(chart["panes"][pane].as_str().expect("a pane"));
        well_formed(chart["compare"]["panes"][pane].as_str().expect("a pane"));
    }
    let svg = service.get(&token, "/api/v1/wall-chart.svg?round=7").await;
    assert_eq!(
        (svg.status.as_u16(), svg.header("content-type")),
        (200, "image/svg+xml")
    );
    well_formed(&svg.text());
    let pdf = service
        .get(&token, "/api/v1/wall-chart.pdf?round=7&paper=A3")
        .await;
    assert_eq!(
        (pdf.status.as_u16(), pdf.header("content-type")),
        (200, "application/pdf")
    );
    assert!(pdf.bytes.starts_with(b"%PDF-") && pdf.bytes.len() > 10_000);
    service
        .get(&token, "/api/v1/wall-chart?round=99")
        .await
        .problem(404);
}

/// Every element that opens closes in its turn, and no text breaks out of its markup.
fn well_formed(svg: &str) {
    assert!(
        svg.trim_start().starts_with("<svg") || svg.trim_start().starts_with("<?xml"),
        "{}",
        &svg[..svg.len().min(80)]
    );
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg;
    while let Some(at) = rest.find('<') {
        assert!(
            !rest[..at].contains('>'),
            "text with a bare >: {}",
            &rest[..at]
        );
        let end = at + rest[at..].find('>').expect("a tag ends");
        let tag = &rest[at + 1..end];
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/', '\n'])
            .next()
            .expect("a name");
        match tag {
            _ if tag.starts_with(['?', '!']) || tag.ends_with('/') => {}
            _ if tag.starts_with('/') => assert_eq!(open.pop(), Some(name)),
            _ => open.push(name),
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?} stay open");
}

#[tokio::test]
async fn a_bar_is_dragged_with_version_and_reason() {
    let service = service();
    let token = service.token("ducha");
    let chart = service
        .get(&token, "/api/v1/wall-chart?round=7")
        .await
        .json();
    let activities = chart["activities"].as_object().expect("activities");
    let school = service.id_of("project", "郑州外国语中学莲湖校区项目").await;
    let movable = |one: &Json| one["name"] == "主体施工" && one["project_id"] == school.as_str();
    let (id, activity) = activities
        .iter()
        .find(|(_, one)| movable(one))
        .expect("the school's main structure");
    let path = format!("/api/v1/activities/{id}/reschedule");
    let etag = activity["etag"].as_str().expect("an etag");
    let dates = json!({"planned_start": "2023-03-10", "planned_finish": "2023-06-20", "reason": "夜间施工许可已批"});
    service
        .write(Method::POST, &token, &path, None, &dates)
        .await
        .problem(428);
    let mut mute = dates.clone();
    mute["reason"] = json!(" ");
    service
        .write(Method::POST, &token, &path, Some(etag), &mute)
        .await
        .problem(422);
    let done = service
        .write(Method::POST, &token, &path, Some(etag), &dates)
        .await;
    assert_eq!(done.status.as_u16(), 200, "{}", done.text());
    let done = done.json();
    assert_eq!(
        (&done["activity"]["planned_finish"], &done["light"]["rag"]),
        (&json!("2023-06-20"), &json!("red"))
    );
    service
        .write(Method::POST, &token, &path, Some(etag), &dates)
        .await
        .problem(409);
}

#[tokio::test]
async fn rounds_projects_search_and_snapshots_answer() {
    let service = service();
    let token = service.token("ducha");
    let rounds = service.get(&token, "/api/v1/rounds").await.json();
    assert_eq!(
        rounds["rounds"][0],
        json!({"no": 7, "label": "第七期", "project_count": 15, "held_on": rounds["rounds"][0]["held_on"]})
    );
    let round = service.get(&token, "/api/v1/rounds/7").await.json();
    assert_eq!(round["batches"].as_array().map(Vec::len), Some(3));
    let hits = service
        .get(
            &token,
            "/api/v1/search?q=%E8%8E%B2%E6%B9%96%E6%A0%A1%E5%8C%BA",
        )
        .await
        .json();
    let link = hits["hits"][0]["link"].as_str().expect("a link").to_owned();
    let project = service.get(&token, &format!("/api/v1{link}")).await.json();
    assert_eq!(project["verdict"], "晚 17 天", "{project}");
    assert_eq!(
        project["plan"]["activities"].as_array().map(Vec::len),
        Some(4)
    );
    let kept = service
        .write(
            Method::POST,
            &token,
            "/api/v1/wall-chart/snapshots",
            None,
            &json!({"round": 7, "note": "周例会"}),
        )
        .await
        .json();
    let id = kept["id"].as_str().expect("an id");
    let frozen = service
        .get(&token, &format!("/api/v1/wall-chart/snapshots/{id}"))
        .await
        .json();
    assert_eq!(frozen["rows"].as_array().map(Vec::len), Some(15));
    let registers = service.get(&token, "/api/v1/registers").await.json();
    assert!(
        registers["registers"]
            .as_array()
            .is_some_and(|all| all.len() >= 11)
    );
    for register in registers["registers"].as_array().expect("registers") {
        let id = register["id"].as_str().expect("an id");
        let view = service
            .get(&token, &format!("/api/v1/registers/{id}"))
            .await;
        assert_eq!(view.status.as_u16(), 200, "{id}");
        let list = service
            .get(&token, &format!("/api/v1/registers/{id}/records"))
            .await;
        assert_eq!(
            (list.status.as_u16(), &list.json()["total"]),
            (200, &register["count"]),
            "{id}"
        );
    }
    assert_eq!(service.get("", "/healthz").await.text(), "ok\n");
    assert!(service.get("", "/metrics").await.text().contains("guatu"));
}
