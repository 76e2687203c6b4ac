//! History, earlier days, and the proof that the journal is whole.

use register::Value;
use store::{Event, JournalQuery, NewRecord, Query, Store, StoreError, Verified};

use crate::records::{create, get, update};
use crate::sample::*;
use crate::world::{World, on_both};

fn verify(store: &Store) -> Verified {
    store
        .read::<_, StoreError>(&district(), |r| r.verify_journal())
        .unwrap()
}

#[test]
fn every_day_in_the_past_can_be_read_again() {
    on_both(|world| {
        let store = world.open();
        let made = create(
            &store,
            NewRecord::new(org("410102.s013"), full(1)),
            meta(10),
        )
        .unwrap();
        let later = update(
            &store,
            &made,
            set([("stage", text("commissioned"))]),
            meta(20),
        )
        .unwrap();
        let (id, version) = (later.id, later.version);
        store
            .write::<_, StoreError>(&district(), move |w| {
                w.withdraw(REGISTER, id, version, &meta(30))
            })
            .unwrap();
        let at = |n: u32| {
            let at = meta(n).at;
            store
                .read(&district(), |r| r.get_as_of(REGISTER, id, &at))
                .map(|s| s.record)
        };
        assert!(matches!(at(9), Err(StoreError::NotFound { .. })));
        assert_eq!(at(10), Ok(made.clone()));
        assert_eq!(at(19), Ok(made));
        assert_eq!(at(20), Ok(later));
        assert!(at(30).unwrap().withdrawn);
        let listed = |n: u32| {
            let at = meta(n).at;
            let list = |r: &mut store::Reader<'_>| r.list_as_of(REGISTER, &Query::default(), &at);
            store
                .read::<_, StoreError>(&district(), list)
                .unwrap()
                .records
                .len()
        };
        assert_eq!([9, 10, 29, 30].map(listed), [0, 1, 1, 0]);
    });
}

#[test]
fn history_tells_who_changed_what_when_and_why() {
    on_both(|world| {
        let store = world.open();
        let made = create(&store, new([("name", text("甲"))]), meta(0)).unwrap();
        let mut why = meta(1);
        why.reason = Some("名称更正".into());
        why.source = Some("项目库.xlsx 第七期!A6".into());
        update(&store, &made, set([("name", text("乙"))]), why).unwrap();
        let steps = |r: &mut store::Reader<'_>| r.history(REGISTER, made.id);
        let steps = store.read::<_, StoreError>(&district(), steps).unwrap();
        let actions: Vec<&str> = steps.iter().map(|s| s.entry.action.as_str()).collect();
        assert_eq!(actions, ["create", "update"]);
        let entry = &steps[1].entry;
        assert_eq!(
            (entry.actor.as_str(), entry.at.as_str()),
            ("li.ming", meta(1).at.as_str())
        );
        assert_eq!(entry.reason.as_deref(), Some("名称更正"));
        assert_eq!(entry.source.as_deref(), Some("项目库.xlsx 第七期!A6"));
        let patch: serde_json::Value =
            serde_json::from_str(entry.patch.as_deref().unwrap()).unwrap();
        let expect = serde_json::json!({"before": {"name": "甲"}, "after": {"name": "乙"}});
        assert_eq!(patch, expect);
        assert_eq!(steps[1].record, get(&store, made.id).unwrap());
        assert_eq!(steps[0].record, made);
    });
}

#[test]
fn changes_after_a_position_come_in_order_and_commits_are_told() {
    on_both(|world| {
        let store = world.open();
        let told = store.commits();
        let made = create(&store, new([("name", text("甲"))]), meta(0)).unwrap();
        assert_eq!(
            told.recv().unwrap(),
            store::Commit {
                district: district(),
                seq: 1
            }
        );
        update(&store, &made, set([("name", text("乙"))]), meta(1)).unwrap();
        let event = Event {
            action: "export".into(),
            register: Some(REGISTER.into()),
            ..Event::default()
        };
        store
            .write::<_, StoreError>(&district(), move |w| w.note(event, &meta(2)))
            .unwrap();
        assert_eq!([told.recv().unwrap().seq, told.recv().unwrap().seq], [2, 3]);
        let changes = store
            .read::<_, StoreError>(&district(), |r| r.changes(1, 10))
            .unwrap();
        let found: Vec<(i64, &str)> = changes.iter().map(|e| (e.seq, e.action.as_str())).collect();
        assert_eq!(found, [(2, "update"), (3, "export")]);
        let query = JournalQuery {
            action: Some("export".into()),
            from: Some(meta(2).at),
            to: Some(meta(2).at),
            actor: Some("li.ming".into()),
            newest_first: true,
            limit: 5,
            ..JournalQuery::default()
        };
        let exports = store
            .read::<_, StoreError>(&district(), |r| r.journal(&query))
            .unwrap();
        assert_eq!(exports.len(), 1);
    });
}

/// A journal of 30 entries in several blocks.
fn thirty(world: &World) -> Store {
    let store = world.open();
    for n in 0..30 {
        create(
            &store,
            new([("name", text(&format!("甲{n}"))), ("jobs", Value::Int(n))]),
            meta(0),
        )
        .unwrap();
    }
    let whole = verify(&store);
    assert_eq!((whole.entries, whole.blocks, whole.broken), (30, 30, None));
    store
}

fn broken_at(tampering: &str, expect: i64) {
    on_both(|world| {
        let store = thirty(world);
        world.tamper(tampering);
        let found = verify(&store)
            .broken
            .unwrap_or_else(|| panic!("unnoticed: {tampering}"));
        assert_eq!(found.seq, expect, "{tampering}: {}", found.problem);
    });
}

#[test]
fn a_changed_entry_is_named() {
    broken_at("UPDATE journal SET actor = 'mallory' WHERE seq = 17", 17);
    broken_at(
        "UPDATE journal SET after = replace(after, '甲4', '甲5') WHERE seq = 5",
        5,
    );
    broken_at("UPDATE journal SET reason = '' WHERE seq = 6", 6);
}

#[test]
fn a_deleted_or_swapped_entry_is_named() {
    broken_at("DELETE FROM journal WHERE seq = 11", 11);
    broken_at(
        "UPDATE journal SET seq = 1000 WHERE seq = 8; UPDATE journal SET seq = 8 WHERE seq = 9; \
         UPDATE journal SET seq = 9 WHERE seq = 1000",
        8,
    );
}

#[test]
fn a_cut_off_end_and_a_forged_block_are_named() {
    broken_at(
        "DELETE FROM journal WHERE seq > 25; DELETE FROM journal_block WHERE last_seq > 25",
        26,
    );
    broken_at(
        "UPDATE journal_block SET hash = previous_hash WHERE first_seq = 12",
        12,
    );
    broken_at("DELETE FROM journal_block WHERE first_seq = 12", 12);
    broken_at("UPDATE journal_head SET seq = 29", 31);
}

#[test]
fn a_large_import_is_sealed_in_blocks_and_verifies() {
    on_both(|world| {
        let store = world.open();
        let many: Vec<NewRecord> = (0..3000)
            .map(|n| new([("name", text("甲")), ("jobs", Value::Int(n))]))
            .collect();
        store
            .write::<_, StoreError>(&district(), move |w| {
                w.create_many(REGISTER, many, &meta(0))
            })
            .unwrap();
        let whole = verify(&store);
        assert_eq!((whole.entries, whole.blocks, whole.broken), (3000, 3, None));
        world.tamper("UPDATE journal SET source = 'x' WHERE seq = 2500");
        let found = verify(&store);
        assert_eq!(found.broken.unwrap().seq, 2500);
        assert_eq!(found.entries, 2048);
    });
}
