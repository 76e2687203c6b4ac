//! Uploads and downloads: workbooks, attachments.

use crate::service::service;
use axum::http::Method;
use rust_xlsxwriter::Workbook;
use serde_json::json;

fn book() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("项目").expect("a name");
    let rows = [
        ["项目名称", "责任单位", "总投资(亿元)", "备注"],
        ["丁仓储项目", "区发改委", "2.5", ""],
        ["戊冷链项目", "区发改委", "1.5", "二期"],
    ];
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).expect("a cell");
        }
    }
    workbook.save_to_buffer().expect("a workbook")
}

#[tokio::test]
async fn a_workbook_goes_from_look_to_commit_to_undo() {
    let service = service();
    let token = service.token("ducha");
    let look = service
        .upload(
            &token,
            "/api/v1/imports",
            "项目.xlsx",
            &book(),
            Some("project"),
        )
        .await;
    assert_eq!(look.status.as_u16(), 200, "{}", look.text());
    let look = look.json();
    assert_eq!(
        look["counts"],
        json!({"create": 2, "update": 0, "same": 0, "errors": 0}),
        "{look}"
    );
    assert_eq!(
        (&look["register"], &look["sheet"]),
        (&json!("project"), &json!("项目"))
    );
    let import = look["token"].as_str().expect("a token");
    let remark = look["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .find(|column| column["path"][0] == "备注")
        .expect("the column")["index"]
        .clone();
    let mapping = json!({"columns": {remark.to_string(): null}});
    let again = service
        .write(
            Method::POST,
            &token,
            &format!("/api/v1/imports/{import}/mapping"),
            None,
            &mapping,
        )
        .await;
    assert_eq!(again.status.as_u16(), 200, "{}", again.text());
    assert!(again.json()["records"][1]["values"].get("remark").is_none());
    let done = service
        .write(
            Method::POST,
            &token,
            &format!("/api/v1/imports/{import}/commit"),
            None,
            &json!({"reason": "测试"}),
        )
        .await;
    assert_eq!(done.status.as_u16(), 200, "{}", done.text());
    let done = done.json();
    assert_eq!((&done["created"], &done["updated"]), (&json!(2), &json!(0)));
    let batch = done["batch_id"].as_str().expect("a batch");
    let list = service.get(&token, "/api/v1/imports").await.json();
    assert_eq!(
        (
            &list["imports"][0]["file_name"],
            &list["imports"][0]["undone"]
        ),
        (&json!("项目.xlsx"), &json!(false))
    );
    let undo = format!("/api/v1/imports/{batch}/undo");
    service
        .write(Method::POST, &token, &undo, None, &json!({"reason": ""}))
        .await
        .problem(422);
    let undone = service
        .write(
            Method::POST,
            &token,
            &undo,
            None,
            &json!({"reason": "试一下"}),
        )
        .await;
    assert_eq!(undone.json()["reversed"], 2, "{}", undone.text());
    service
        .write(
            Method::POST,
            &token,
            &undo,
            None,
            &json!({"reason": "再一次"}),
        )
        .await
        .problem(409);
    service
        .write(
            Method::POST,
            &token,
            &format!("/api/v1/imports/{import}/commit"),
            None,
            &json!({}),
        )
        .await
        .problem(404);
}

#[tokio::test]
async fn what_is_no_workbook_gets_one_finding() {
    let service = service();
    let token = service.token("ducha");
    for (name, bytes) in [
        ("a.xlsx", b"<html>hello</html>".as_slice()),
        ("a.xlsx", b""),
        ("a.exe", b"MZ\x90\x00"),
        ("a.xlsx", &book()[..300]),
    ] {
        let problem = service
            .upload(&token, "/api/v1/imports", name, bytes, Some("project"))
            .await
            .problem(422);
        assert_eq!(
            problem["findings"].as_array().map(Vec::len),
            Some(1),
            "{name}: {problem}"
        );
    }
    service
        .upload(
            &token,
            "/api/v1/imports",
            "a.xlsx",
            &book(),
            Some("nothing"),
        )
        .await
        .problem(404);
    let empty = crate::service::request(Method::POST, "/api/v1/imports", &token)
        .header("x-guatu", "1")
        .header("content-type", "multipart/form-data; boundary=b0");
    let answer = service
        .send(empty.body("--b0--\r\n".into()).expect("a request"))
        .await;
    answer.problem(400);
    let json = service
        .write(Method::POST, &token, "/api/v1/imports", None, &json!({}))
        .await;
    assert!((400..500).contains(&json.status.as_u16()));
    json.problem(json.status.as_u16());
}

#[tokio::test]
async fn an_attachment_comes_back_as_a_download_with_its_name() {
    let service = service();
    let token = service.token("ducha");
    let id = service.id_of("project", "郑州外国语中学莲湖校区项目").await;
    let path = format!("/api/v1/registers/project/records/{id}/attachments");
    let png = b"\x89PNG\r\n\x1a\nrest of the picture";
    let added = service.upload(&token, &path, "现场.png", png, None).await;
    assert_eq!(added.status.as_u16(), 201, "{}", added.text());
    let file = added.json();
    assert_eq!(
        (&file["name"], &file["media_type"]),
        (&json!("现场.png"), &json!("image/png"))
    );
    let url = file["url"].as_str().expect("a url").to_owned();
    let answer = service.get(&token, &url).await;
    assert_eq!(
        (answer.status.as_u16(), answer.bytes.as_slice()),
        (200, png.as_slice())
    );
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment; filename*=UTF-8''%E7%8E%B0%E5%9C%BA.png"),
        "{}",
        answer.header("content-disposition")
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    for (name, bytes) in [
        ("a.svg", b"<svg/>".as_slice()),
        ("a.html", b"<html>"),
        ("a.png", b"<html>"),
        ("a.png.html", png),
    ] {
        service
            .upload(&token, &path, name, bytes, None)
            .await
            .problem(422);
    }
    let other = service.token("lianhu");
    assert_eq!(
        service.get(&other, &url).await.status.as_u16(),
        200,
        "it is the own street's project"
    );
    for path in [
        "/api/v1/attachments/..%2F..%2Fetc%2Fpasswd",
        "/api/v1/attachments/1-2",
        "/api/v1/attachments/x",
    ] {
        service.get(&token, path).await.problem(404);
    }
    let gone = service
        .write(Method::DELETE, &token, &url, None, &json!({}))
        .await;
    assert_eq!(gone.status.as_u16(), 204, "{}", gone.text());
    service.get(&token, &url).await.problem(404);
}

#[tokio::test]
async fn an_upload_over_the_limit_is_told_and_not_taken() {
    let service = service();
    let token = service.token("ducha");
    let id = service.id_of("project", "郑州外国语中学莲湖校区项目").await;
    let mut big = b"%PDF-".to_vec();
    big.resize(65 * 1024 * 1024, 0);
    let path = format!("/api/v1/registers/project/records/{id}/attachments");
    service
        .upload(&token, &path, "大.pdf", &big, None)
        .await
        .problem(413);
    big.truncate(51 * 1024 * 1024);
    service
        .upload(&token, &path, "大.pdf", &big, None)
        .await
        .problem(413);
}
