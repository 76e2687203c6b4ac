//! What a workflow asks of the store: numbers given on the way, a record opened in the same step, many records at once,
//! task lists, and an old register that gets a workflow.

use ground::RecordId;
use register::{Definition, Record, Value};
use store::{Changes, Filter, NewRecord, Op, Query, Store, StoreError};

use crate::sample::{district, fields, meta, org, set, text};
use crate::world::on_both;

const PLAIN: &str = r#"
[register]
id = "hazard"
version = "1.0.0"
title = { "zh-CN" = "隐患台账" }
name_field = "name"
[number]
pattern = "YH{org.abbr}{yyyy}{seq:3}"
scope = ["org", "yyyy"]
NUMBER_AT
[[field]]
id = "name"
type = "text"
unique = true
label = { "zh-CN" = "隐患" }
[[field]]
id = "unit"
type = "org"
label = { "zh-CN" = "责任单位" }
[[field]]
id = "days_left"
type = "int"
compute = "size(name)"
label = { "zh-CN" = "字数" }
"#;

const FLOW: &str = r#"
[[state]]
id = "draft"
label = { "zh-CN" = "草稿" }
initial = true
[[state]]
id = "assigned"
label = { "zh-CN" = "整改中" }
clock = { after = "5wd", from = "entered" }
[[state]]
id = "closed"
label = { "zh-CN" = "已销号" }
final = true
[[transition]]
id = "assign"
from = ["draft"]
to = "assigned"
label = { "zh-CN" = "交办" }
roles = ["clerk"]
[[transition]]
id = "close"
from = ["assigned"]
to = "closed"
label = { "zh-CN" = "销号" }
roles = ["clerk"]
"#;

const SUPERVISION: &str = r#"
[register]
id = "supervision"
version = "1.0.0"
title = { "zh-CN" = "督办台账" }
[number]
pattern = "DB{seq:3}"
[[field]]
id = "hazard"
type = "ref"
to = "hazard"
label = { "zh-CN" = "隐患" }
"#;

fn parse(toml: &str) -> Definition {
    let (definition, findings) = register::parse("x/definition.toml", toml);
    definition.unwrap_or_else(|| panic!("{findings:#?}"))
}

fn plain() -> Definition {
    parse(&PLAIN.replace("NUMBER_AT", ""))
}

pub fn with_flow() -> Definition {
    parse(
        &(PLAIN
            .replace("NUMBER_AT", "assign = \"assign\"")
            .replace("1.0.0", "1.1.0")
            + FLOW),
    )
}

pub fn supervision() -> Definition {
    parse(SUPERVISION)
}

pub fn draft(name: &str) -> NewRecord {
    let fields = fields([
        ("name", text(name)),
        ("state", text("draft")),
        ("created_by", text("li.ming")),
        (
            "steps",
            Value::Rows(vec![fields([
                ("to", text("draft")),
                ("by", text("li.ming")),
            ])]),
        ),
    ]);
    NewRecord {
        org_abbr: Some("须水".into()),
        ..NewRecord::new(org("410102.s01"), fields)
    }
}

/// The step that gives a record to a unit.
pub fn assigned(record: &Record) -> Changes {
    let mut steps = record.rows("steps").to_vec();
    steps.push(fields([("from", text("draft")), ("to", text("assigned"))]));
    set([
        ("state", text("assigned")),
        ("holder", Value::Ref(RecordId(7))),
        ("clock_due", Value::DateTime("2023-03-17T15:59:59Z".into())),
        ("steps", Value::Rows(steps)),
    ])
}

fn create(store: &Store, register: &'static str, new: NewRecord) -> Record {
    store
        .write::<_, StoreError>(&district(), move |w| w.create(register, new, &meta(0)))
        .unwrap()
}

#[test]
fn a_number_is_given_at_its_transition_and_kept() {
    on_both(|world| {
        let store = Store::open(&world.url).unwrap();
        store.define(&[with_flow()]).unwrap();
        let made = create(&store, "hazard", draft("甲"));
        assert_eq!(made.number, None);
        let (id, changes) = (made.id, assigned(&made));
        let edited = store.write::<_, StoreError>(&district(), move |w| {
            w.update(
                "hazard",
                id,
                1,
                set([("unit", Value::Ref(RecordId(3)))]),
                &meta(1),
            )
        });
        assert_eq!(edited.unwrap().number, None, "an edit gives no number");
        let given = store
            .write::<_, StoreError>(&district(), move |w| {
                w.update_with_number("hazard", id, 2, changes, Some("须水"), &meta(2))
            })
            .unwrap();
        assert_eq!(
            (given.version, given.number.as_deref()),
            (3, Some("YH须水2023001"))
        );
        let again = store.write::<_, StoreError>(&district(), move |w| {
            w.give_number("hazard", id, 3, Some("别处"), &meta(3))
        });
        assert_eq!(again.unwrap(), given, "a number is given once");
        let second = create(&store, "hazard", draft("乙")).id;
        let second = store.write::<_, StoreError>(&district(), move |w| {
            w.give_number("hazard", second, 1, Some("须水"), &meta(3))
        });
        assert_eq!(second.unwrap().number.as_deref(), Some("YH须水2023002"));
        let found = Query::default().filter(Filter::eq("number", text("YH须水2023001")));
        let found = store.read::<_, StoreError>(&district(), |r| r.list("hazard", &found));
        assert_eq!(found.unwrap().records[0].record, given);
    });
}

#[test]
fn many_records_change_and_those_in_the_way_are_told_one_by_one() {
    on_both(|world| {
        let store = Store::open(&world.url).unwrap();
        store.define(&[with_flow()]).unwrap();
        let made: Vec<Record> = ["甲", "乙", "丙", "丁"]
            .map(|name| create(&store, "hazard", draft(name)))
            .to_vec();
        let mut items: Vec<_> = made.iter().map(|r| (r.id, 1, assigned(r))).collect();
        items[1].1 = 5;
        items[2].2 = set([("name", text("甲"))]);
        items.push((RecordId(1), 1, Changes::new()));
        let results = store
            .write::<_, StoreError>(&district(), move |w| {
                w.update_many("hazard", items, &meta(1))
            })
            .unwrap();
        let versions: Vec<Option<i64>> = results
            .iter()
            .map(|r| r.as_ref().ok().map(|r| r.version))
            .collect();
        assert_eq!(versions, [Some(2), None, None, Some(2), None]);
        assert!(matches!(
            results[1],
            Err(StoreError::Stale { current: 1, .. })
        ));
        assert!(matches!(results[2], Err(StoreError::Duplicate { .. })));
        assert!(matches!(results[4], Err(StoreError::NotFound { .. })));
        let query = Query::default().filter(Filter::eq("state", text("assigned")));
        let count = |r: &mut store::Reader<'_>| r.count("hazard", &query);
        assert_eq!(store.read::<_, StoreError>(&district(), count).unwrap(), 2);
        let whole = store
            .read::<_, StoreError>(&district(), |r| r.verify_journal())
            .unwrap();
        assert_eq!((whole.entries, whole.broken), (6, None));
    });
}

#[test]
fn a_step_and_the_record_it_opens_are_one_write() {
    on_both(|world| {
        let store = Store::open(&world.url).unwrap();
        store.define(&[with_flow(), supervision()]).unwrap();
        let made = create(&store, "hazard", draft("甲"));
        let (id, changes) = (made.id, assigned(&made));
        let failed = store.write::<(), StoreError>(&district(), {
            let changes = changes.clone();
            move |w| {
                w.update_with_number("hazard", id, 1, changes, Some("须水"), &meta(1))?;
                let opened = NewRecord::new(org("410102"), fields([("hazard", Value::Ref(id))]));
                w.create("supervision", opened, &meta(1))?;
                Err(StoreError::Overflow)
            }
        });
        assert_eq!(failed, Err(StoreError::Overflow));
        let count = |r: &mut store::Reader<'_>| r.count("supervision", &Query::default());
        assert_eq!(store.read::<_, StoreError>(&district(), count).unwrap(), 0);
        let number = store
            .write::<_, StoreError>(&district(), move |w| {
                let done =
                    w.update_with_number("hazard", id, 1, changes, Some("须水"), &meta(1))?;
                let opened = NewRecord::new(org("410102"), fields([("hazard", Value::Ref(id))]));
                w.create("supervision", opened, &meta(1))?;
                Ok(done.number)
            })
            .unwrap();
        assert_eq!(
            number.as_deref(),
            Some("YH须水2023001"),
            "a number of a failed step is not lost"
        );
        assert_eq!(store.read::<_, StoreError>(&district(), count).unwrap(), 1);
    });
}

#[test]
fn a_register_with_records_gets_a_workflow() {
    on_both(|world| {
        let store = Store::open(&world.url).unwrap();
        store.define(&[plain()]).unwrap();
        let old = create(&store, "hazard", {
            let mut new = draft("老");
            new.fields.retain(|id, _| id == "name");
            new
        });
        assert_eq!(old.number.as_deref(), Some("YH须水2023001"));
        let done = store.define(&[with_flow()]).unwrap();
        assert!(
            done.tables.contains(&"r_hazard__steps".to_owned()),
            "{done:?}"
        );
        assert!(
            done.columns.contains(&"r_hazard.clock_due".to_owned()),
            "{done:?}"
        );
        let get = |id: RecordId| {
            let get = |r: &mut store::Reader<'_>| r.get("hazard", id);
            store
                .read::<_, StoreError>(&district(), get)
                .unwrap()
                .record
        };
        assert_eq!(get(old.id), old, "what was there is as it was");
        let fresh = create(&store, "hazard", draft("新"));
        let (id, changes) = (old.id, assigned(&old));
        let after = store
            .write::<_, StoreError>(&district(), move |w| {
                w.update("hazard", id, 1, changes, &meta(1))
            })
            .unwrap();
        assert_eq!(after.number, old.number);
        assert_eq!(get(old.id), after);
        // 待办: held by a unit, due before a moment, in order of the deadline.
        let due = Value::DateTime("2023-03-20T00:00:00Z".into());
        let tasks = Query::default()
            .filter(Filter::one_of(
                "holder",
                vec![Value::Ref(RecordId(7)), Value::Ref(RecordId(8))],
            ))
            .filter(Filter::new("clock_due", Op::Lt, due))
            .sorted("clock_due", false);
        let tasks = store
            .read::<_, StoreError>(&district(), |r| r.list("hazard", &tasks))
            .unwrap();
        assert_eq!(
            tasks
                .records
                .iter()
                .map(|s| s.record.id)
                .collect::<Vec<_>>(),
            [old.id]
        );
        let mine = Query::default().filter(Filter::eq("created_by", text("li.ming")));
        let mine = store
            .read::<_, StoreError>(&district(), |r| r.list("hazard", &mine))
            .unwrap();
        assert_eq!(mine.records[0].record, fresh);
    });
}
