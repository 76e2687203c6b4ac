//! Imports as batches, and their undoing.

use ground::RecordId;
use register::Record;
use store::{Meta, NewBatch, Query, Store, StoreError};

use crate::records::{create, get, update};
use crate::sample::*;
use crate::world::on_both;

fn batch(rows: u64) -> NewBatch {
    NewBatch {
        register: REGISTER.into(),
        file_name: "第七期.xlsx".into(),
        file_digest: Some("ab12".into()),
        rows,
        summary: Some("{\"ok\":3}".into()),
    }
}

/// Imports two new records and a change to `old`.
fn import(store: &Store, old: &Record) -> (RecordId, Vec<Record>) {
    let old = old.clone();
    store
        .write::<_, StoreError>(&district(), move |w| {
            let id = w.begin_batch(&batch(3), &meta(10))?;
            let meta = Meta {
                batch: Some(id),
                ..meta(10)
            };
            let rows = vec![
                new([("name", text("新一")), ("project_code", text("N-1"))]),
                new([("name", text("新二"))]),
            ];
            let mut records = w.create_many(REGISTER, rows, &meta)?;
            let first = w.update(
                REGISTER,
                old.id,
                old.version,
                set([("stage", text("signed"))]),
                &meta,
            )?;
            let second = set([("name", text("改名")), ("project_code", text("N-2"))]);
            records.push(w.update(REGISTER, old.id, first.version, second, &meta)?);
            Ok((id, records))
        })
        .unwrap()
}

fn undo(store: &Store, id: RecordId, n: u32) -> Result<Vec<(String, RecordId)>, StoreError> {
    store.write(&district(), move |w| w.undo_batch(id, &meta(n)))
}

#[test]
fn an_undone_import_gives_back_what_was_before() {
    on_both(|world| {
        let store = world.open();
        let old = create(
            &store,
            new([("name", text("旧")), ("project_code", text("A"))]),
            meta(0),
        )
        .unwrap();
        let (id, records) = import(&store, &old);
        let mut touched: Vec<RecordId> = records.iter().map(|r| r.id).collect();
        let mut undone: Vec<RecordId> = undo(&store, id, 20)
            .unwrap()
            .into_iter()
            .map(|(_, id)| id)
            .collect();
        touched.sort();
        undone.sort();
        assert_eq!(undone, touched);
        let back = get(&store, old.id).unwrap();
        assert_eq!((&back.fields, back.version), (&old.fields, 4));
        assert!(get(&store, records[0].id).unwrap().withdrawn);
        let left = |r: &mut store::Reader<'_>| r.all(REGISTER, &Query::default());
        assert_eq!(
            store
                .read::<_, StoreError>(&district(), left)
                .unwrap()
                .len(),
            1
        );
        // The import stays in the journal, and what it showed can be read for that time.
        let then =
            |r: &mut store::Reader<'_>| r.all_as_of(REGISTER, &Query::default(), &meta(15).at);
        assert_eq!(
            store
                .read::<_, StoreError>(&district(), then)
                .unwrap()
                .len(),
            3
        );
        assert_eq!(undo(&store, id, 21), Err(StoreError::AlreadyUndone));
        // The unique value of an undone record is free again.
        create(
            &store,
            new([("name", text("又")), ("project_code", text("N-1"))]),
            meta(22),
        )
        .unwrap();
        let known = store
            .read::<_, StoreError>(&district(), |r| r.batch(id))
            .unwrap();
        assert_eq!(known.undone, Some((meta(20).at, "li.ming".into())));
        assert!(
            store
                .read::<_, StoreError>(&district(), |r| r.verify_journal())
                .unwrap()
                .broken
                .is_none()
        );
    });
}

#[test]
fn an_import_changed_since_is_not_undone_and_names_the_records() {
    on_both(|world| {
        let store = world.open();
        let old = create(&store, new([("name", text("旧"))]), meta(0)).unwrap();
        let (id, records) = import(&store, &old);
        let changed = update(
            &store,
            &records[1],
            set([("jobs", register::Value::Int(3))]),
            meta(11),
        )
        .unwrap();
        let refused = undo(&store, id, 20).unwrap_err();
        assert_eq!(
            refused,
            StoreError::ChangedSince {
                records: vec![(REGISTER.into(), changed.id)]
            }
        );
        assert_eq!(
            get(&store, old.id).unwrap(),
            records[2],
            "nothing was undone"
        );
        let known = store
            .read::<_, StoreError>(&district(), |r| r.batch(id))
            .unwrap();
        assert_eq!(known.undone, None);
    });
}

#[test]
fn imports_are_listed_found_by_file_and_their_mappings_remembered() {
    on_both(|world| {
        let store = world.open();
        let old = create(&store, new([("name", text("旧"))]), meta(0)).unwrap();
        let (id, _) = import(&store, &old);
        let second = store
            .write::<_, StoreError>(&district(), |w| {
                w.remember_mapping(REGISTER, "f1", "{}", &meta(1))?;
                w.remember_mapping(REGISTER, "f1", "{\"a\":1}", &meta(2))?;
                w.begin_batch(
                    &NewBatch {
                        file_digest: None,
                        ..batch(0)
                    },
                    &meta(11),
                )
            })
            .unwrap();
        store
            .read::<_, StoreError>(&district(), |r| {
                let listed = r.batches(None, 10)?;
                assert_eq!(
                    listed.iter().map(|b| b.id).collect::<Vec<_>>(),
                    [second, id]
                );
                assert_eq!(r.batches(Some(second), 10)?.len(), 1);
                assert_eq!(listed[1].new, batch(3));
                assert_eq!(r.batches_of_file("ab12")?.len(), 1);
                assert_eq!(r.mapping(REGISTER, "f1")?.as_deref(), Some("{\"a\":1}"));
                assert_eq!(r.mapping(REGISTER, "f2")?, None);
                assert!(matches!(
                    r.batch(RecordId(1)),
                    Err(StoreError::Unknown { .. })
                ));
                Ok(())
            })
            .unwrap();
        undo(&store, id, 30).unwrap();
        let again = store.read::<_, StoreError>(&district(), |r| r.batches_of_file("ab12"));
        assert_eq!(again.unwrap(), []);
    });
}
