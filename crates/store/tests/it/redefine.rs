//! New definitions over records that are there: carried over, or nothing changes; the past stays readable.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ground::{Finding, RecordId};
use register::{Definition, FieldKind, Fields, Record, Value};
use store::{NewDefinition, Query, Redefined, Store, StoreError};

use crate::records::{create, get, update};
use crate::sample::*;
use crate::world::{World, on_both};

/// 2.0.0: `content` is called `scope_text`, `jobs` has a decimal, `area` is given up, problems lose their amount and
/// get a level, and there is a budget.
fn second() -> Definition {
    let mut new = definition();
    new.version = "2.0.0".into();
    new.fields.retain(|f| f.id != "area");
    for field in &mut new.fields {
        match field.id.as_str() {
            "content" => {
                field.id = "scope_text".into();
                field.renamed_from = Some("content".into());
            }
            "jobs" => field.kind = FieldKind::Decimal { digits: 1 },
            "problems" => {
                if let FieldKind::Table { columns } = &mut field.kind {
                    columns[1].id = "level".into();
                    columns[1].kind = FieldKind::Text;
                }
            }
            _ => {}
        }
    }
    let budget = register::Field::new("budget", "预算", FieldKind::Money);
    new.fields.push(budget);
    new
}

fn to_second(record: &Record) -> Result<Fields, Vec<Finding>> {
    let mut fields = record.fields.clone();
    fields.remove("area");
    if let Some(content) = fields.remove("content") {
        fields.insert("scope_text".into(), content);
    }
    match record.int("jobs") {
        Some(n) if n < 0 => {
            let finding = Finding::error("x", "jobs", "人数不能是负数。", "请先改正。");
            return Err(vec![finding]);
        }
        Some(n) => {
            let decimal = Value::Decimal {
                scaled: n * 10,
                digits: 1,
            };
            fields.insert("jobs".into(), decimal);
        }
        None => {}
    }
    if let Some(Value::Rows(rows)) = fields.get_mut("problems") {
        for row in rows {
            if row.remove("amount").is_some() {
                row.insert("level".into(), text("重"));
            }
        }
    }
    Ok(fields)
}

pub fn change(
    old: Definition,
    new: Definition,
    convert: impl Fn(&Record) -> Result<Fields, Vec<Finding>> + Send + Sync + 'static,
) -> NewDefinition {
    NewDefinition {
        old: Some(old),
        toml: format!("version = \"{}\"", new.version),
        files: Vec::new(),
        new,
        convert: Box::new(convert),
        progress: Box::new(|_, _| {}),
    }
}

pub fn apply(store: &Store, change: NewDefinition) -> Result<Redefined, StoreError> {
    store.apply_definition(&district(), change, &meta(9))
}

/// Brings the second definition into force.
pub fn carry_over(store: &Store) {
    apply(store, change(definition(), second(), to_second)).unwrap();
}

fn full(n: i64) -> store::NewRecord {
    let rows = vec![
        fields([("problem", text("缺地")), ("amount", money(5))]),
        fields([("problem", text("缺钱"))]),
    ];
    new([
        ("name", text(&format!("项目{n}"))),
        ("content", text("建一条路")),
        ("jobs", Value::Int(n)),
        (
            "area",
            Value::Decimal {
                scaled: 1500 + n,
                digits: 3,
            },
        ),
        ("problems", Value::Rows(rows)),
    ])
}

fn rows(store: &Store) -> Vec<Record> {
    let query = Query {
        withdrawn: store::Withdrawn::With,
        ..Query::default()
    };
    let all = |r: &mut store::Reader<'_>| {
        let rows = r.all(REGISTER, &query)?;
        let replayed = r.all_as_of(REGISTER, &query, "2099-01-01T00:00:00Z")?;
        assert_eq!(rows, replayed, "rows and journal tell the same");
        assert_eq!(r.verify_journal()?.broken, None);
        Ok(rows.into_iter().map(|s| s.record).collect())
    };
    store.read::<_, StoreError>(&district(), all).unwrap()
}

#[test]
fn records_are_carried_over_and_their_past_stays_readable() {
    on_both(|world| {
        let store = world.open();
        let first = create(&store, full(7), meta(0)).unwrap();
        let plain = create(&store, new([("name", text("无"))]), meta(1)).unwrap();
        let gone = create(&store, full(8), meta(2)).unwrap();
        let id = gone.id;
        store
            .write::<_, StoreError>(&district(), move |w| w.withdraw(REGISTER, id, 1, &meta(3)))
            .unwrap();
        let done = apply(&store, change(definition(), second(), to_second)).unwrap();
        assert_eq!((done.records, done.changed, done.failed.len()), (3, 2, 0));

        let after = get(&store, first.id).unwrap();
        assert_eq!(after.version, 2);
        assert_eq!(after.number, first.number);
        let rows_after = vec![
            fields([("problem", text("缺地")), ("level", text("重"))]),
            fields([("problem", text("缺钱"))]),
        ];
        assert_eq!(
            after.fields,
            fields([
                ("name", text("项目7")),
                ("scope_text", text("建一条路")),
                (
                    "jobs",
                    Value::Decimal {
                        scaled: 70,
                        digits: 1
                    }
                ),
                ("problems", Value::Rows(rows_after)),
            ])
        );
        assert_eq!(
            get(&store, plain.id).unwrap(),
            plain,
            "nothing in it changed"
        );
        assert_eq!(rows(&store).len(), 3);

        // The day before, under the names of today where there is one.
        let before = |r: &mut store::Reader<'_>| r.get_as_of(REGISTER, first.id, &meta(0).at);
        let before = store
            .read::<_, StoreError>(&district(), before)
            .unwrap()
            .record;
        assert_eq!(before.fields.get("scope_text"), Some(&text("建一条路")));
        assert_eq!(before.fields.get("jobs_archived"), Some(&Value::Int(7)));
        assert_eq!(before.fields.get("area"), first.fields.get("area"));
        assert_eq!(
            before.fields.get("problems_archived"),
            first.fields.get("problems")
        );
        assert_eq!(
            (before.fields.get("content"), before.fields.get("jobs")),
            (None, None)
        );

        // The next change goes on from there, and a restart changes nothing.
        let next = update(&store, &after, set([("budget", money(3))]), meta(10)).unwrap();
        drop(store);
        let store = Store::open(&world.url).unwrap();
        assert_eq!(
            store.define(&[second()]).unwrap().columns,
            Vec::<String>::new()
        );
        assert_eq!(get(&store, first.id).unwrap(), next);
        let steps = |r: &mut store::Reader<'_>| r.history(REGISTER, first.id);
        let steps = store.read::<_, StoreError>(&district(), steps).unwrap();
        let actions: Vec<&str> = steps.iter().map(|s| s.entry.action.as_str()).collect();
        assert_eq!(actions, ["create", "migrate", "update"]);
        let versions = |r: &mut store::Reader<'_>| r.definition_versions(REGISTER);
        let versions = store.read::<_, StoreError>(&district(), versions).unwrap();
        assert_eq!(versions[0].version, "2.0.0");
        let found = |r: &mut store::Reader<'_>| {
            r.count(
                REGISTER,
                &Query {
                    search: Some("一条路".into()),
                    ..Query::default()
                },
            )
        };
        assert_eq!(store.read::<_, StoreError>(&district(), found).unwrap(), 1);
    });
}

#[test]
fn what_was_given_up_comes_back_with_the_definition_that_wants_it() {
    on_both(|world| {
        let store = world.open();
        let first = create(&store, full(7), meta(0)).unwrap();
        apply(&store, change(definition(), second(), to_second)).unwrap();
        let mut third = definition();
        third.version = "3.0.0".into();
        let content = third.fields.iter_mut().find(|f| f.id == "content").unwrap();
        content.renamed_from = Some("scope_text".into());
        let back = |record: &Record| {
            let mut fields = record.fields.clone();
            if let Some(text) = fields.remove("scope_text") {
                fields.insert("content".into(), text);
            }
            if let Some((scaled, _)) = fields.get("jobs").and_then(Value::as_decimal) {
                fields.insert("jobs".into(), Value::Int(scaled / 10));
            }
            if let Some(Value::Rows(rows)) = fields.get_mut("problems") {
                rows.iter_mut().for_each(|row| {
                    row.remove("level");
                });
            }
            fields.remove("budget");
            Ok(fields)
        };
        apply(&store, change(second(), third.clone(), back)).unwrap();
        let after = get(&store, first.id).unwrap();
        assert_eq!(after.fields.get("area"), first.fields.get("area"));
        assert_eq!(after.fields.get("jobs"), Some(&Value::Int(7)));
        assert_eq!(after.fields.get("content"), Some(&text("建一条路")));
        assert_eq!(rows(&store).len(), 1);
        let between = |r: &mut store::Reader<'_>| r.get_as_of(REGISTER, first.id, &meta(0).at);
        let between = store
            .read::<_, StoreError>(&district(), between)
            .unwrap()
            .record;
        assert_eq!(between.fields.get("content"), Some(&text("建一条路")));
        // And a second time to and fro.
        let mut fourth = second();
        fourth.version = "4.0.0".into();
        apply(&store, change(third, fourth, to_second)).unwrap();
        assert_eq!(get(&store, first.id).unwrap().fields.get("area"), None);
        assert_eq!(rows(&store).len(), 1);
        let before = store
            .read::<_, StoreError>(&district(), |r| {
                r.get_as_of(REGISTER, first.id, &meta(0).at)
            })
            .unwrap();
        assert_eq!(
            before.record.fields.get("scope_text"),
            Some(&text("建一条路"))
        );
        assert_eq!(before.record.fields.get("area"), first.fields.get("area"));
    });
}

#[test]
fn one_record_in_the_way_leaves_the_old_definition_in_force() {
    on_both(|world| {
        let store = world.open();
        let good = create(&store, full(1), meta(0)).unwrap();
        let bad = create(&store, full(-1), meta(1)).unwrap();
        let trial = store
            .try_definition(&district(), &change(definition(), second(), to_second))
            .unwrap();
        assert_eq!((trial.records, trial.changed), (2, 1));
        let failed: Vec<(RecordId, usize)> =
            trial.failed.iter().map(|(id, f)| (*id, f.len())).collect();
        assert_eq!(failed, [(bad.id, 1)]);
        let refused = apply(&store, change(definition(), second(), to_second)).unwrap_err();
        assert!(matches!(&refused, StoreError::Conversion { failed, .. } if failed[0].0 == bad.id));
        assert_eq!(get(&store, good.id).unwrap(), good);
        let mended = update(&store, &bad, set([("jobs", Value::Int(4))]), meta(2)).unwrap();
        assert_eq!(mended.version, 2);
        assert_eq!(rows(&store).len(), 2);
        // The same way is open once the record is mended.
        let done = apply(&store, change(definition(), second(), to_second)).unwrap();
        assert_eq!(done.changed, 2);
        assert_eq!(rows(&store).len(), 2);
    });
}

#[test]
fn a_definition_is_refused_when_it_is_late_used_or_not_unique() {
    on_both(|world| {
        let store = world.open();
        for n in 0..2 {
            create(
                &store,
                new([("name", text("同名")), ("jobs", Value::Int(n))]),
                meta(0),
            )
            .unwrap();
        }
        let same = |record: &Record| Ok(record.fields.clone());
        let mut unique = definition();
        unique.version = "1.1.0".into();
        unique
            .fields
            .iter_mut()
            .filter(|f| f.id == "name")
            .for_each(|f| f.unique = true);
        let trial = store.try_definition(&district(), &change(definition(), unique.clone(), same));
        assert_eq!(trial.unwrap().failed.len(), 1);
        let refused = apply(&store, change(definition(), unique, same)).unwrap_err();
        assert!(
            matches!(&refused, StoreError::Definition { problem, .. } if problem.contains("重复"))
        );
        apply(&store, change(definition(), second(), to_second)).unwrap();
        let late = apply(&store, change(definition(), second(), to_second)).unwrap_err();
        assert!(
            matches!(&late, StoreError::Definition { problem, .. } if problem.contains("改过"))
        );
        let used = apply(&store, change(second(), second(), same)).unwrap_err();
        assert!(
            matches!(&used, StoreError::Definition { problem, .. } if problem.contains("用过"))
        );
    });
}

#[test]
fn a_name_may_pass_to_another_field() {
    on_both(|world| {
        let store = world.open();
        let made = create(
            &store,
            new([("name", text("名")), ("content", text("容"))]),
            meta(0),
        )
        .unwrap();
        let mut passed = definition();
        passed.version = "1.1.0".into();
        let mut remark = register::Field::new("remark", "备注", FieldKind::LongText);
        remark.renamed_from = Some("content".into());
        passed.fields.push(remark);
        let pass = |record: &Record| {
            let mut fields = record.fields.clone();
            if let Some(content) = fields.insert("content".into(), text("新")) {
                fields.insert("remark".into(), content);
            }
            Ok(fields)
        };
        apply(&store, change(definition(), passed, pass)).unwrap();
        let then = [("name", text("名")), ("remark", text("容"))];
        let now = [then.to_vec(), vec![("content", text("新"))]].concat();
        let now: Fields = now.into_iter().map(|(id, v)| (id.to_owned(), v)).collect();
        assert_eq!(get(&store, made.id).unwrap().fields, now);
        let before = |r: &mut store::Reader<'_>| r.get_as_of(REGISTER, made.id, &meta(0).at);
        let before = store.read::<_, StoreError>(&district(), before).unwrap();
        assert_eq!(before.record.fields, fields(then));
        assert_eq!(rows(&store).len(), 1);
    });
}

#[test]
fn people_read_and_write_while_a_definition_comes_into_force() {
    on_both(|world: &World| {
        let store = world.open();
        let made: Vec<Record> = (0..40)
            .map(|n| create(&store, full(n), meta(0)).unwrap())
            .collect();
        let stop = AtomicBool::new(false);
        let heard = Arc::new(AtomicU64::new(0));
        std::thread::scope(|scope| {
            let (store, stop, made) = (&store, &stop, &made);
            let people: Vec<_> = (0..4usize)
                .map(|who| {
                    scope.spawn(move || {
                        let mut done = 0u64;
                        while !stop.load(Ordering::Relaxed) {
                            let id = made[(who * 10 + done as usize) % 40].id;
                            let seen = get(store, id).unwrap();
                            let change = set([("name", text(&format!("{who}-{done}")))]);
                            match update(store, &seen, change, meta(5)) {
                                Ok(_) | Err(StoreError::Stale { .. }) => done += 1,
                                Err(other) => panic!("{other:?}"),
                            }
                        }
                        done
                    })
                })
                .collect();
            std::thread::sleep(std::time::Duration::from_millis(100));
            let told = heard.clone();
            let way = NewDefinition {
                progress: Box::new(move |done, _| told.store(done, Ordering::Relaxed)),
                ..change(definition(), second(), to_second)
            };
            assert_eq!(apply(store, way).unwrap().records, 40);
            std::thread::sleep(std::time::Duration::from_millis(100));
            stop.store(true, Ordering::Relaxed);
            assert!(people.into_iter().all(|p| p.join().unwrap() > 0));
        });
        assert_eq!(heard.load(Ordering::Relaxed), 40);
        assert!(
            rows(&store)
                .iter()
                .all(|r| r.fields.contains_key("scope_text"))
        );
    });
}

#[test]
fn a_new_register_comes_into_force_while_the_store_is_open() {
    on_both(|world| {
        let store = Store::open(&world.url).unwrap();
        let way = NewDefinition {
            old: None,
            ..change(definition(), definition(), |r| Ok(r.fields.clone()))
        };
        let done = apply(&store, way).unwrap();
        assert_eq!(done.records, 0);
        create(&store, full(1), meta(10)).unwrap();
        assert_eq!(rows(&store).len(), 1);
    });
}
