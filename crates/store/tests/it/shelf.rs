//! Repeated requests, settings, attachments, kept charts, definition versions, backup.

use store::{Attachment, Query, Store, StoreError};

use crate::records::{create, get};
use crate::sample::*;
use crate::world::{World, on_both};

/// A create under an Idempotency-Key, as the layer above does it; gives the answer.
pub fn create_once(store: &Store, key: &str, name: &str) -> Result<String, StoreError> {
    let (key, name, digest) = (key.to_owned(), name.to_owned(), format!("digest of {name}"));
    store.write(&district(), move |w| {
        if let Some(answer) = w.answer_of("li.ming", &key, &digest)? {
            return Ok(answer);
        }
        let made = w.create(REGISTER, new([("name", text(&name))]), &meta(0))?;
        let answer = made.id.to_string();
        w.keep_answer("li.ming", &key, &digest, &answer, &meta(0).at)?;
        Ok(answer)
    })
}

#[test]
fn d8_a_request_that_comes_twice_has_one_effect_and_one_answer() {
    on_both(|world| {
        let store = world.open();
        let keys: Vec<String> = (0..10).map(|n| format!("k{n}")).collect();
        let answers: Vec<Vec<String>> = std::thread::scope(|scope| {
            let send = |turn: usize| {
                let (store, keys) = (store.clone(), keys.clone());
                scope.spawn(move || {
                    let mut answers = vec![String::new(); keys.len()];
                    for at in 0..keys.len() {
                        // Each client sends in another order.
                        let at = (at * 7 + turn * 3) % keys.len();
                        answers[at] = create_once(&store, &keys[at], &keys[at]).unwrap();
                    }
                    answers
                })
            };
            let clients: Vec<_> = (0..6).map(send).collect();
            clients.into_iter().map(|c| c.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|a| *a == answers[0]));
        let all = |r: &mut store::Reader<'_>| r.all(REGISTER, &Query::default());
        assert_eq!(
            store.read::<_, StoreError>(&district(), all).unwrap().len(),
            10
        );
        assert_eq!(
            create_once(&store, "k3", "other body"),
            Err(StoreError::KeyReused)
        );
        let swept = store.write::<_, StoreError>(&district(), |w| w.sweep_answers(&meta(1).at));
        assert_eq!(swept.unwrap(), 10);
    });
}

#[test]
fn settings_attachments_and_charts_are_kept() {
    on_both(|world| {
        let store = world.open();
        let made = create(&store, new([("name", text("甲"))]), meta(0)).unwrap();
        let file = Attachment {
            content_id: "c0ffee".to_owned(),
            file_name: "现场.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            size: 1234,
            at: meta(1).at,
            actor: "li.ming".to_owned(),
        };
        let kept = file.clone();
        let chart = store
            .write::<_, StoreError>(&district(), move |w| {
                w.set("mask", "1", &meta(0))?;
                w.set("mask", "2", &meta(1))?;
                w.put_attachment(&kept)?;
                w.put_attachment(&Attachment {
                    file_name: "再传.jpg".to_owned(),
                    ..kept
                })?;
                w.link_attachment(made.id, "photos", "c0ffee", &meta(1))?;
                w.link_attachment(made.id, "photos", "c0ffee", &meta(2))?;
                w.keep_chart("第七期", "2023-03-10", "{}", &meta(3))
            })
            .unwrap();
        store
            .read::<_, StoreError>(&district(), |r| {
                assert_eq!(r.setting("mask")?.as_deref(), Some("2"));
                assert_eq!(r.settings()?, [("mask".to_owned(), "2".to_owned())]);
                assert_eq!(r.attachment("c0ffee")?, Some(file.clone()));
                assert_eq!(
                    r.attachments(made.id)?,
                    [("photos".to_owned(), file.clone())]
                );
                assert_eq!(r.attachment_records("c0ffee")?, [made.id]);
                let charts = r.charts("第七期", 5)?;
                assert_eq!((charts[0].id, charts[0].journal_seq), (chart, 1));
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn a_definition_is_noted_once_per_version() {
    on_both(|world| {
        let store = world.open();
        for _ in 0..2 {
            store
                .write::<_, StoreError>(&district(), |w| {
                    w.note_definition(&definition(), "text", &meta(0))
                })
                .unwrap();
        }
        let versions = |r: &mut store::Reader<'_>| r.definition_versions(REGISTER);
        let versions = store.read::<_, StoreError>(&district(), versions).unwrap();
        assert_eq!(versions.len(), 1);
        assert_eq!(versions[0].version, "1.0.0");
        assert_eq!(
            store
                .read::<_, StoreError>(&district(), |r| r.position())
                .unwrap(),
            1
        );
    });
}

#[test]
fn a_file_of_many_versions_is_kept_once_and_a_broken_one_is_told() {
    on_both(|world| {
        let store = world.open();
        let kept = |version: &'static str, content: &'static [u8]| {
            let mut definition = definition();
            definition.version = version.into();
            store
                .write::<_, StoreError>(&district(), move |w| {
                    w.keep_definition_file(&definition, "周报.docx", content, &meta(0))
                })
                .unwrap();
        };
        kept("1.0.0", b"one");
        kept("1.1.0", b"one");
        kept("1.2.0", b"two");
        // As files were kept before there were contents by digest.
        world.tamper(
            "UPDATE definition_file SET digest = NULL, content = '6f6c64' WHERE version = '1.1.0'",
        );
        let file = |version: &str| {
            store.read::<_, StoreError>(&district(), |r| {
                r.definition_file(REGISTER, version, "周报.docx")
            })
        };
        assert_eq!(file("1.0.0"), Ok(Some(b"one".to_vec())));
        assert_eq!(file("1.1.0"), Ok(Some(b"old".to_vec())));
        assert_eq!(file("1.2.0"), Ok(Some(b"two".to_vec())));
        assert_eq!(file("1.3.0"), Ok(None));
        let one = "DELETE FROM definition_content WHERE content = '74776f'; \
                   UPDATE definition_content SET content = 'no hex'; \
                   UPDATE definition_file SET content = '6f' || 'x' WHERE version = '1.1.0'";
        world.tamper(one);
        for version in ["1.0.0", "1.1.0", "1.2.0"] {
            let broken = file(version);
            assert!(
                matches!(broken, Err(StoreError::Corrupt { .. })),
                "{broken:?}"
            );
        }
        store
            .read::<_, StoreError>(&district(), |r| {
                assert_eq!(r.definition_files(REGISTER)?.len(), 3);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn a_backup_made_under_load_opens_and_verifies() {
    let world = World::sqlite();
    let store = world.open();
    let place = tempfile::tempdir().unwrap();
    let acknowledged = std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let name = |n: usize| new([("name", text(&format!("甲{n}")))]);
            (0..400)
                .map(|n| create(&store, name(n), meta(0)).unwrap())
                .collect::<Vec<_>>()
        });
        let position = || {
            store
                .read::<_, StoreError>(&district(), |r| r.position())
                .unwrap()
        };
        while position() < 50 && !writing.is_finished() {
            std::thread::yield_now();
        }
        store.backup(&place.path().join("guatu.db")).unwrap();
        writing.join().unwrap()
    });
    let copy = Store::open(&place.path().into()).unwrap();
    copy.define(&[definition()]).unwrap();
    let whole = copy
        .read::<_, StoreError>(&district(), |r| r.verify_journal())
        .unwrap();
    assert!(whole.broken.is_none() && whole.entries >= 50, "{whole:?}");
    for record in &acknowledged[..whole.entries as usize] {
        assert_eq!(get(&copy, record.id).as_ref(), Ok(record));
    }
    assert_eq!(copy.integrity(), Ok(None));
    let again = store.backup(&place.path().join("guatu.db"));
    assert!(
        matches!(again, Err(StoreError::Backup { .. })),
        "no file is overwritten"
    );
}

#[test]
fn the_newest_definition_of_each_register_is_the_one_noted_last() {
    on_both(|world| {
        let store = world.open();
        for (minute, version) in [(0, "1.9.0"), (1, "1.10.0")] {
            let mut definition = definition();
            definition.version = version.to_owned();
            store
                .write::<_, StoreError>(&district(), move |w| {
                    w.note_definition(&definition, version, &meta(minute))
                })
                .unwrap();
        }
        let newest = |r: &mut store::Reader<'_>| r.newest_definitions();
        let newest = store.read::<_, StoreError>(&district(), newest).unwrap();
        let told: Vec<(&str, &str)> = newest
            .iter()
            .map(|one| (one.register.as_str(), one.text.as_str()))
            .collect();
        assert_eq!(told, [(REGISTER, "1.10.0")]);
    });
}
