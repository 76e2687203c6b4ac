//! Words are found wherever they stand in a name, whether the records are entered yet or not.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use register::Value;
use store::{NewRecord, Query, Store, StoreError, Stored};

use crate::records::{create, update};
use crate::redefine::{apply, change};
use crate::sample::*;
use crate::world::{World, on_both};

/// After every moment of the tests.
const LATER: &str = "2024-01-01T00:00:00Z";

fn search(words: &str) -> Query {
    Query {
        search: Some(words.to_owned()),
        withdrawn: store::Withdrawn::With,
        ..Query::default().sorted("name", false).limited(7)
    }
}

/// What the list finds, held against the records of the journal looked at one by one.
fn check(store: &Store, query: &Query) -> Vec<Stored> {
    let read = store.read::<_, StoreError>(&district(), |r| {
        let count = r.count(REGISTER, query)?;
        Ok((
            r.all(REGISTER, query)?,
            r.all_as_of(REGISTER, query, LATER)?,
            count,
        ))
    });
    let (now, then, count) = read.unwrap();
    assert_eq!(now, then, "{query:?}");
    assert_eq!(count, now.len() as u64, "{query:?}");
    now
}

fn enter_all(store: &Store) -> usize {
    let mut all = 0;
    loop {
        match store.enter_search(&district()).unwrap() {
            0 => return all,
            done => all += done,
        }
    }
}

#[derive(Clone, Debug)]
struct Case {
    names: Vec<String>,
    aliases: Vec<String>,
    renamed: Vec<(usize, String)>,
    late: Vec<String>,
    words: Vec<String>,
}

fn case() -> impl Strategy<Value = Case> {
    let name = "[莲湖产业园aB7%_!“ 郑]{1,12}";
    let names = prop::collection::vec(name, 1..12);
    let renamed = prop::collection::vec((0usize..20, name), 0..4);
    let words = prop::collection::vec("[莲湖产业园Ab7％_! 郑]{1,6}|[莲湖产业]{1,2}", 6);
    (names.clone(), names.clone(), renamed, names, words).prop_map(
        |(names, aliases, renamed, late, words)| Case {
            names,
            aliases,
            renamed,
            late,
            words,
        },
    )
}

fn run(world: &World, case: &Case) {
    let store = world.open();
    let mut made = Vec::new();
    let named = |name: &str| new([("name", text(name))]);
    for (n, name) in case.names.iter().enumerate() {
        let alias = case.aliases.get(n).into_iter().cloned().collect();
        let record = new([("name", text(name)), ("aliases", Value::TextList(alias))]);
        made.push(create(&store, record, meta(n as u32)).unwrap());
    }
    let all = |store: &Store| {
        case.words
            .iter()
            .for_each(|w| drop(check(store, &search(w))))
    };
    all(&store);
    assert_eq!(enter_all(&store), made.len());
    all(&store);
    for (n, (at, name)) in case.renamed.iter().enumerate() {
        let at = at % made.len();
        let change = set([("name", text(name))]);
        made[at] = update(&store, &made[at], change, meta(100 + n as u32)).unwrap();
    }
    for (n, name) in case.late.iter().enumerate() {
        create(&store, named(name), meta(200 + n as u32)).unwrap();
    }
    let first = made[0].clone();
    let withdraw =
        move |w: &mut store::Writer<'_>| w.withdraw(REGISTER, first.id, first.version, &meta(300));
    store.write::<_, StoreError>(&district(), withdraw).unwrap();
    all(&store);
    let filter = store::Filter::missing("stage");
    case.words
        .iter()
        .for_each(|w| drop(check(&store, &search(w).filter(filter.clone()))));
}

fn random_names(world: fn() -> World, cases: u32) {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    runner
        .run(&case(), |case| {
            run(&world(), &case);
            Ok(())
        })
        .unwrap();
}

#[test]
fn sqlite_finds_what_the_names_of_the_journal_hold() {
    random_names(World::sqlite, 48);
}

#[test]
fn postgresql_finds_what_the_names_of_the_journal_hold() {
    random_names(World::postgres, 6);
}

#[test]
fn new_records_are_entered_some_hundreds_at_a_time_and_found_at_once() {
    on_both(|world| {
        let store = world.open();
        for part in 0..7 {
            let names = (0..100).map(|n| new([("name", text(&format!("莲湖{part}区{n}号")))]));
            let names: Vec<NewRecord> = names.collect();
            store
                .write::<_, StoreError>(&district(), move |w| {
                    w.create_many(REGISTER, names, &meta(part))
                })
                .unwrap();
            let found = check(&store, &search(&format!("湖{part}区99号")));
            assert_eq!(found.len(), 1);
        }
        let waiting = enter_all(&store);
        assert!((1..300).contains(&waiting), "{waiting} waited");
        assert_eq!(check(&store, &search("区99号")).len(), 7);
        assert_eq!(check(&store, &search("莲")).len(), 700);
    });
}

#[test]
fn long_texts_are_entered_few_at_a_time() {
    on_both(|world| {
        let store = world.open();
        let made: Vec<_> = [3_000, 3_000, 3_000, 9_000, 10]
            .into_iter()
            .map(|long| {
                let note: String = ('一'..).take(long).collect();
                create(&store, new([("content", text(&note))]), meta(0)).unwrap()
            })
            .collect();
        let enter = || store.enter_search(&district()).unwrap();
        assert_eq!(
            [enter(), enter(), enter(), enter(), enter()],
            [2, 1, 1, 1, 0]
        );
        // 2,500 entries are taken out at once, and what the text keeps stays found.
        let note: String = ('一'..).take(9_000).skip(2_500).collect();
        update(&store, &made[3], set([("content", text(&note))]), meta(1)).unwrap();
        let found = |word: &str| check(&store, &search(word)).len();
        let at = |n: u32| char::from_u32('一' as u32 + n).unwrap().to_string();
        assert_eq!(found(&at(2_499)), 3);
        assert_eq!(found(&at(2_500)), 4);
    });
}

#[test]
fn texts_of_an_earlier_definition_are_made_anew() {
    on_both(|world| {
        let store = Store::open(&world.url).unwrap();
        let plain = changed(
            "type = \"long_text\"\nsearch = true",
            "type = \"long_text\"",
        );
        store.define(&[plain]).unwrap();
        let note = ("content", text("安装两台电梯"));
        let made = create(&store, new([("name", text("甲")), note]), meta(0)).unwrap();
        assert_eq!(enter_all(&store), 1);
        assert_eq!(check(&store, &search("电梯")), []);
        store.define(&[definition()]).unwrap();
        let early = |r: &mut store::Reader<'_>| r.list_counted(REGISTER, &search("台电"));
        let (_, count) = store.read::<_, StoreError>(&district(), early).unwrap();
        assert_eq!(count, 0, "the text is still the earlier one");
        assert_eq!(enter_all(&store), 1);
        let found = check(&store, &search("台电"));
        assert_eq!(
            found.iter().map(|s| s.record.id).collect::<Vec<_>>(),
            [made.id]
        );
        assert_eq!(enter_all(&store), 0, "a second time there is nothing to do");
    });
}

/// The sample definition in a later version, with one of its fields changed.
fn later(version: &str, id: &str, change: impl Fn(&mut register::Field)) -> register::Definition {
    let mut definition = definition();
    definition.version = version.into();
    let field = definition.fields.iter_mut().find(|field| field.id == id);
    change(field.unwrap());
    definition
}

#[test]
fn a_new_definition_takes_over_what_is_entered_unless_texts_follow_otherwise() {
    on_both(|world| {
        let store = world.open();
        for n in 0..2 {
            let note = ("content", text("安装两台电梯"));
            create(&store, new([("jobs", Value::Int(n)), note]), meta(0)).unwrap();
        }
        assert_eq!(enter_all(&store), 2);
        let labelled = later("1.1.0", "jobs", |field| field.label.zh = "人数".into());
        let as_it_was = |record: &register::Record| Ok(record.fields.clone());
        let done = apply(&store, change(definition(), labelled.clone(), as_it_was));
        assert_eq!(done.unwrap().changed, 0);
        assert_eq!(enter_all(&store), 0, "only a label changed");
        assert_eq!(check(&store, &search("电梯")).len(), 2);
        let unsearched = later("1.2.0", "content", |field| field.search = false);
        apply(&store, change(labelled, unsearched, as_it_was)).unwrap();
        assert_eq!(enter_all(&store), 2);
        assert_eq!(check(&store, &search("电梯")), []);
        assert_eq!(enter_all(&store), 0);
    });
}

#[test]
fn texts_that_wait_to_be_made_anew_are_when_a_definition_comes_between() {
    on_both(|world| {
        let store = Store::open(&world.url).unwrap();
        let plain = later("0.9.0", "content", |field| field.search = false);
        store.define(&[plain]).unwrap();
        for name in ["甲", "乙"] {
            let note = text(&format!("安装两台电梯{}", "高".repeat(8_000)));
            create(
                &store,
                new([("name", text(name)), ("content", note)]),
                meta(0),
            )
            .unwrap();
        }
        store.define(&[definition()]).unwrap();
        assert_eq!(store.enter_search(&district()), Ok(1), "of two");
        let renamed = later("1.1.0", "jobs", |field| field.label.zh = "人数".into());
        let rename = |record: &register::Record| {
            let mut fields = record.fields.clone();
            if fields.get("name") == Some(&text("甲")) {
                fields.insert("name".into(), text("丙"));
            }
            Ok(fields)
        };
        apply(&store, change(definition(), renamed, rename)).unwrap();
        assert_eq!(enter_all(&store), 2);
        assert_eq!(check(&store, &search("台电")).len(), 2);
        assert_eq!(check(&store, &search("丙")).len(), 1);
    });
}

#[test]
fn a_process_with_an_earlier_definition_leaves_search_texts_as_they_are() {
    on_both(|world| {
        let behind = Store::open(&world.url).unwrap();
        let plain = changed(
            "type = \"long_text\"\nsearch = true",
            "type = \"long_text\"",
        );
        behind.define(&[plain]).unwrap();
        let note = ("content", text("安装两台电梯"));
        create(&behind, new([("name", text("甲")), note]), meta(0)).unwrap();
        let store = Store::open(&world.url).unwrap();
        let mut later = definition();
        later.version = "1.1.0".into();
        store.define(&[later]).unwrap();
        assert_eq!(enter_all(&store), 1);
        assert_eq!(enter_all(&behind), 0, "it is not theirs to make anew");
        assert_eq!(check(&store, &search("台电")).len(), 1);
        assert_eq!(enter_all(&store), 0, "nothing was made the former way");
    });
}

#[test]
fn a_list_can_be_entered_at_any_row() {
    on_both(|world| {
        let store = world.open();
        let many = (0..60).map(|n: i64| {
            let total = ("investment_total", money(n * 7 % 20));
            let name = ("name", text(&format!("莲湖{n}号")));
            let stage = ("stage", text(["signed", "started"][n as usize % 2]));
            if n % 3 == 0 {
                new([name, stage])
            } else {
                new([name, stage, total])
            }
        });
        let many: Vec<NewRecord> = many.collect();
        store
            .write::<_, StoreError>(&district(), move |w| {
                w.create_many(REGISTER, many, &meta(0))
            })
            .unwrap();
        for descending in [false, true] {
            for words in [None, Some("湖1".to_owned())] {
                let query = Query {
                    search: words,
                    ..Query::default().sorted("investment_total", descending)
                };
                let query = query.filter(store::Filter::eq("stage", text("started")));
                enter_at_each_row(&store, &query);
            }
        }
        let both = Query {
            at: 3,
            after: Some("00".into()),
            ..Query::default()
        };
        let refused = store.read::<_, StoreError>(&district(), |r| r.list(REGISTER, &both));
        assert!(matches!(refused, Err(StoreError::Query { .. })));
    });
}

fn enter_at_each_row(store: &Store, query: &Query) {
    store
        .read::<_, StoreError>(&district(), |r| {
            let all = r.all(REGISTER, query)?;
            assert!(all.len() > 4, "{query:?}");
            for at in 0..=all.len() + 1 {
                let at_row = Query {
                    at: at as u64,
                    ..query.clone().limited(4)
                };
                let page = r.list(REGISTER, &at_row)?;
                let end = all.len().min(at + 4);
                assert_eq!(
                    page.records,
                    all[at.min(end)..end],
                    "from row {at} of {query:?}"
                );
                assert_eq!(
                    page,
                    r.list_as_of(REGISTER, &at_row, LATER)?,
                    "from row {at}"
                );
                let Some(next) = page.next else { continue };
                let on = Query {
                    after: Some(next),
                    ..query.clone().limited(4)
                };
                let page = r.list(REGISTER, &on)?;
                assert_eq!(
                    page.records,
                    all[end..all.len().min(end + 4)],
                    "after row {end}"
                );
            }
            Ok(())
        })
        .unwrap();
}
