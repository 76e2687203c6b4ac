//! Definitions grow; what would change the meaning of stored data is refused.

use std::fs;
use std::path::Path;

use register::{Definition, Value};
use store::{DatabaseUrl, Migrated, Query, Store, StoreError};

use crate::records::{create, get, update};
use crate::sample::*;
use crate::world::{World, on_both};

#[test]
fn the_same_definition_twice_changes_nothing() {
    on_both(|world| {
        let store = Store::open(&world.url).unwrap();
        let first = store.define(&[definition()]).unwrap();
        assert_eq!(
            first.tables,
            ["r_project", "r_project__problems", "s_project"]
        );
        assert_eq!(store.define(&[definition()]).unwrap(), Migrated::default());
        drop(store);
        let store = Store::open(&world.url).unwrap();
        assert_eq!(store.define(&[definition()]).unwrap(), Migrated::default());
    });
}

#[test]
fn a_new_field_is_added_to_records_that_are_there() {
    on_both(|world| {
        let store = world.open();
        let old = create(&store, new([("name", text("甲"))]), meta(0)).unwrap();
        let grown = changed(
            "[[field]]\nid = \"jobs\"",
            "[[field]]\nid = \"budget\"\ntype = \"money\"\nunique = true\n\
             label = { \"zh-CN\" = \"预算\" }\n[[field]]\nid = \"jobs\"",
        );
        let done = store.define(&[grown]).unwrap();
        assert_eq!(done.columns, ["r_project.budget", "r_project.budget_bound"]);
        assert_eq!(get(&store, old.id).unwrap(), old);
        let after = update(&store, &old, set([("budget", money(7))]), meta(1)).unwrap();
        assert_eq!(get(&store, old.id).unwrap(), after);
        let before = |r: &mut store::Reader<'_>| r.get_as_of(REGISTER, old.id, &meta(0).at);
        assert_eq!(
            store
                .read::<_, StoreError>(&district(), before)
                .unwrap()
                .record,
            old
        );
        let twice = create(&store, new([("budget", money(7))]), meta(2));
        assert!(matches!(twice, Err(StoreError::Duplicate { field, .. }) if field == "budget"));
    });
}

#[test]
fn changes_that_would_bend_data_are_refused_and_name_the_field() {
    on_both(|world| {
        let store = world.open();
        let refused = |definition: Definition, word: &str| match store
            .define(&[definition])
            .expect_err(word)
        {
            StoreError::Definition { problem, .. } => assert!(problem.contains(word), "{problem}"),
            other => panic!("{other:?}"),
        };
        refused(changed("type = \"int\"", "type = \"percent\""), "jobs");
        refused(changed("digits = 3", "digits = 2"), "area");
        refused(changed("type = \"org\"", "type = \"text\""), "unit");
        refused(changed("id = \"jobs\"", "id = \"posts\""), "jobs");
        for taken in ["version", "search_text", "investment_total_bound"] {
            let mut definition = definition();
            definition
                .fields
                .iter_mut()
                .filter(|f| f.id == "jobs")
                .for_each(|f| f.id = taken.into());
            refused(definition, taken);
        }
        refused(
            changed(
                "{ id = \"amount\", type = \"money\"",
                "{ id = \"amount\", type = \"int\"",
            ),
            "amount",
        );
        // Texts may become longer texts.
        store
            .define(&[changed("type = \"long_text\"", "type = \"text\"")])
            .unwrap();
        assert_eq!(store.define(&[definition()]).unwrap(), Migrated::default());
    });
}

#[test]
fn a_field_cannot_become_unique_over_equal_values() {
    on_both(|world| {
        let store = world.open();
        for n in 0..2 {
            create(&store, new([("jobs", Value::Int(3))]), meta(n)).unwrap();
        }
        let unique = changed("type = \"int\"", "type = \"int\"\nunique = true");
        let refused = store.define(&[unique]).unwrap_err();
        assert!(
            matches!(&refused, StoreError::Definition { problem, .. } if problem.contains("重复")),
            "{refused:?}"
        );
        // Nothing of it came into force.
        create(&store, new([("jobs", Value::Int(3))]), meta(2)).unwrap();
        let count = |r: &mut store::Reader<'_>| r.count(REGISTER, &Query::default());
        assert_eq!(store.read::<_, StoreError>(&district(), count).unwrap(), 3);
    });
}

#[test]
fn the_index_of_all_entries_by_import_gives_way_to_that_of_imported_ones() {
    let world = World::sqlite();
    drop(world.open());
    let indexes = || {
        let DatabaseUrl::Folder(folder) = &world.url else {
            unreachable!()
        };
        let file = rusqlite::Connection::open(folder.join("guatu.db")).unwrap();
        let sql = "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'journal' \
                   AND sql LIKE '%batch_id%'";
        let mut statement = file.prepare(sql).unwrap();
        let found = statement.query_map([], |row| row.get(0)).unwrap();
        found.collect::<Result<Vec<String>, _>>().unwrap()
    };
    let fresh = indexes();
    assert!(
        matches!(&fresh[..], [one] if one.ends_with("WHERE batch_id IS NOT NULL")),
        "{fresh:?}"
    );
    // As former programs made it: the same name without the mark of a part.
    let name = fresh[0].split('"').nth(1).unwrap().trim_end_matches('p');
    world.tamper(&format!(
        "CREATE INDEX {name} ON journal (district_code, batch_id, seq)"
    ));
    assert_eq!(indexes().len(), 2);
    drop(world.open());
    assert_eq!(indexes(), fresh);
}

#[test]
fn every_shipped_register_gets_its_tables() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../registers");
    let mut definitions = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let Ok(toml) = fs::read_to_string(entry.path().join("definition.toml")) else {
            continue;
        };
        let (definition, findings) = register::parse(&entry.path().display().to_string(), &toml);
        definitions.push(definition.unwrap_or_else(|| panic!("{findings:#?}")));
    }
    assert!(definitions.len() >= 10);
    on_both(|world| {
        let store = Store::open(&world.url).unwrap();
        let done = store.define(&definitions).unwrap();
        assert!(done.tables.len() >= definitions.len());
        for definition in &definitions {
            let list = |r: &mut store::Reader<'_>| r.list(&definition.id, &Query::default());
            let page = store.read::<_, StoreError>(&district(), list).unwrap();
            assert!(page.records.is_empty());
        }
    });
}
