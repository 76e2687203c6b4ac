//! Files of records.

use crate::world::{id_of, local, person, sample};
use app::{AppError, attachment};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest of the picture";

#[test]
fn a_file_is_kept_found_and_taken_off() {
    let (_world, app) = sample();
    let me = local(&app);
    let id = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    let added = attachment::add(&app, &me, "project", &id, "../现场 照片.png", PNG).expect("kept");
    assert_eq!(
        (added.name.as_str(), added.media_type.as_str(), added.size),
        ("现场 照片.png", "image/png", PNG.len() as i64)
    );
    let (file, bytes) = attachment::open(&app, &me, &added.id).expect("opened");
    assert_eq!(
        (file.name.as_str(), bytes.as_slice()),
        ("现场 照片.png", PNG)
    );
    let page = app::project::page(&app, &me, &id, None).expect("the page");
    assert_eq!(page.attachments.len(), 1);
    let stranger = person("410102.s001", "clerk");
    assert!(matches!(
        attachment::open(&app, &stranger, &added.id),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
    assert!(matches!(
        attachment::remove(&app, &stranger, &added.id),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
    attachment::remove(&app, &me, &added.id).expect("taken off");
    assert!(matches!(
        attachment::open(&app, &me, &added.id),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
    assert!(matches!(
        attachment::remove(&app, &me, &added.id),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
}

#[test]
fn a_file_of_an_unsaved_form_is_seen_by_its_sender_alone_and_then_by_who_sees_the_record() {
    let (_world, app) = sample();
    let me = local(&app);
    let staged = attachment::stage(&app, &me, "现场.png", PNG).expect("kept");
    assert_eq!(staged.id, staged.content_id);
    assert!(attachment::open(&app, &me, &staged.id).is_ok());
    let stranger = person("410102.s001", "clerk");
    assert!(matches!(
        attachment::open(&app, &stranger, &staged.id),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
    let id = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    assert!(
        attachment::of_record(&app, &me, "project", &id)
            .expect("the files")
            .is_empty()
    );
    let mut given = crate::world::matter(&app, "围挡破损");
    given.insert(
        "evidence_files".to_owned(),
        serde_json::json!([staged.content_id]),
    );
    let made = app::records::create(&app, &me, "matter", &given, "", None).expect("made");
    let files =
        attachment::of_record(&app, &me, "matter", &made.record.id.to_string()).expect("the files");
    assert_eq!(
        files
            .iter()
            .map(|file| (file.field.as_str(), file.name.as_str()))
            .collect::<Vec<_>>(),
        [("evidence_files", "现场.png")]
    );
    assert!(attachment::open(&app, &me, &files[0].id).is_ok());
}

#[test]
fn what_a_browser_would_run_is_not_taken() {
    let (_world, app) = sample();
    let id = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    let bad: [(&str, &[u8]); 6] = [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.html", b"<html></html>"),
        ("a.png", b"<html></html>"),
        ("a.pdf.exe", b"MZ\x90"),
        ("a.html", PNG),
        ("a.txt", b""),
    ];
    let position = app.position().expect("position");
    for (name, bytes) in bad {
        let refused = attachment::add(&app, &local(&app), "project", &id, name, bytes);
        assert!(
            matches!(&refused, Err(AppError::Invalid(findings)) if findings.len() == 1),
            "{name}"
        );
    }
    assert_eq!(app.position().expect("position"), position);
    for id in [
        "1-2",
        "../../etc/passwd",
        "",
        "1-zz",
        &format!("1-{}", "a".repeat(64)),
    ] {
        assert!(
            matches!(
                attachment::open(&app, &local(&app), id),
                Err(AppError::NotFound(_) | AppError::OutOfSight(_))
            ),
            "{id}"
        );
    }
}
