//! Lists: filters, scope, search, sorting, paging, counts and sums.

use ground::{Date, RecordId};
use register::Value;
use store::{Filter, NewRecord, Op, Operand, Query, Sort, Store, StoreError, Stored};

use crate::sample::*;
use crate::world::on_both;

/// Nine projects with gaps: the sixth has no investment, the seventh no date, the last is withdrawn.
fn nine(store: &Store) -> Vec<RecordId> {
    let stages = ["signed", "started", "commissioned"];
    let orgs = ["410102.s001", "410102.s002", "410102.s01"];
    let new: Vec<NewRecord> = (0..9)
        .map(|n: i64| {
            let at = n as usize % 3;
            let mut fields = fields([
                ("name", text(&format!("项目{}", (b'A' + n as u8) as char))),
                ("stage", text(stages[at])),
                ("unit", Value::Ref(RecordId(100 + n % 2))),
                ("investment_total", money(n % 4 * 1000)),
                ("progress", Value::Percent(n * 100)),
                (
                    "start_planned",
                    Value::Date(Date::constant(2023, 1 + n as i8, 1)),
                ),
                (
                    "related",
                    Value::Refs(vec![RecordId(n + 1), RecordId(11 * (n + 1))]),
                ),
                ("aliases", Value::TextList(vec![format!("Alias_{n}%")])),
            ]);
            if n == 5 {
                fields.remove("investment_total");
            }
            if n == 6 {
                fields.remove("start_planned");
            }
            NewRecord::new(org(orgs[at]), fields)
        })
        .collect();
    store
        .write::<_, StoreError>(&district(), move |w| {
            let made = w.create_many(REGISTER, new, &meta(0))?;
            w.withdraw(REGISTER, made[8].id, 1, &meta(1))?;
            Ok(made.into_iter().map(|r| r.id).collect())
        })
        .unwrap()
}

fn names(records: &[Stored]) -> String {
    let last = |s: &Stored| s.record.text("name").unwrap_or_default().chars().last();
    records.iter().filter_map(last).collect()
}

/// The names of the whole list, read in one page and in pages of two, now and from the journal.
fn listed(store: &Store, query: Query) -> String {
    let (whole, paged, then, counted) = store
        .read::<_, StoreError>(&district(), |r| {
            let whole = r.list(REGISTER, &query)?.records;
            let mut paged = Vec::new();
            let mut part = Query {
                limit: 2,
                ..query.clone()
            };
            let first = part.clone();
            loop {
                let page = r.list(REGISTER, &part)?;
                paged.extend(page.records);
                part.after = page.next;
                if part.after.is_none() {
                    break;
                }
            }
            Ok((
                whole,
                paged,
                r.list_as_of(REGISTER, &query, "2024-01-01T00:00:00Z")?
                    .records,
                r.list_counted_as_of(REGISTER, &first, "2024-01-01T00:00:00Z")?,
            ))
        })
        .unwrap();
    assert_eq!(whole, paged, "{query:?}");
    assert_eq!(whole, then, "{query:?}");
    let page = (&whole[..whole.len().min(2)], whole.len() as u64);
    assert_eq!(page, (&counted.0.records[..], counted.1), "{query:?}");
    let counted = store
        .read::<_, StoreError>(&district(), |r| r.count(REGISTER, &query))
        .unwrap();
    assert_eq!(counted, whole.len() as u64);
    names(&whole)
}

fn check(store: &Store, query: Query, expect: &str) {
    assert_eq!(listed(store, query.clone()), expect, "{query:?}");
}

#[test]
fn filters_pick_what_they_say() {
    on_both(|world| {
        let store = world.open();
        let ids = nine(&store);
        let with = |filter: Filter| Query::default().filter(filter);
        let is = |field: &str, op, value| with(Filter::new(field, op, value));
        check(&store, Query::default(), "ABCDEFGH");
        check(
            &store,
            Query {
                withdrawn: store::Withdrawn::With,
                ..Query::default()
            },
            "ABCDEFGHI",
        );
        check(&store, is("stage", Op::Eq, text("started")), "BEH");
        check(&store, is("stage", Op::Ne, text("started")), "ACDFG");
        check(&store, is("investment_total", Op::Lt, money(2000)), "ABE");
        check(&store, is("investment_total", Op::Ne, money(0)), "BCDFGH");
        check(&store, is("investment_total", Op::Ge, money(2000)), "CDGH");
        check(&store, with(Filter::missing("investment_total")), "F");
        check(
            &store,
            is("investment_total", Op::IsMissing, Value::Bool(false)),
            "ABCDEGH",
        );
        check(
            &store,
            is(
                "start_planned",
                Op::Le,
                Value::Date(Date::constant(2023, 3, 1)),
            ),
            "ABC",
        );
        let several = vec![text("signed"), text("commissioned"), text("none")];
        check(&store, with(Filter::one_of("stage", several)), "ACDFG");
        check(&store, with(Filter::one_of("stage", vec![])), "");
        check(
            &store,
            is("unit", Op::Eq, Value::Ref(RecordId(101))),
            "BDFH",
        );
        check(
            &store,
            is("related", Op::Contains, Value::Ref(RecordId(1))),
            "A",
        );
        check(
            &store,
            is("related", Op::Contains, Value::Ref(RecordId(11))),
            "A",
        );
        check(&store, is("aliases", Op::Contains, text("alias_3%")), "D");
        check(&store, is("name", Op::Contains, text("项目c")), "C");
        check(&store, is("record_id", Op::Gt, Value::Ref(ids[5])), "GH");
        check(&store, is("number", Op::Eq, text("XM20230002")), "B");
        check(
            &store,
            is("created_at", Op::Gt, Value::DateTime(meta(0).at)),
            "",
        );
        let both = is("stage", Op::Eq, text("started")).filter(Filter::missing("start_planned"));
        check(&store, both, "");
    });
}

#[test]
fn scope_is_the_organisation_and_those_below() {
    on_both(|world| {
        let store = world.open();
        nine(&store);
        let scope = |path: &str| Query {
            scope: Some(org(path)),
            ..Query::default()
        };
        check(&store, scope("410102"), "ABCDEFGH");
        check(&store, scope("410102.s001"), "ADG");
        // 410102.s01 is no part of 410102.s001's name, nor the other way round.
        check(&store, scope("410102.s01"), "CF");
        check(&store, scope("410102.s0"), "");
    });
}

#[test]
fn search_finds_all_words_in_normal_form() {
    on_both(|world| {
        let store = world.open();
        nine(&store);
        let search = |words: &str| Query {
            search: Some(words.into()),
            ..Query::default()
        };
        check(&store, search("项目"), "ABCDEFGH");
        check(&store, search("c"), "C");
        check(&store, search("  项目b  ALIAS "), "B");
        check(&store, search("_7%"), "H");
        check(&store, search("xm20230004"), "D");
        check(&store, search("没有"), "");
        check(&store, search(" "), "ABCDEFGH");
    });
}

#[test]
fn sorting_puts_missing_values_last_in_both_directions() {
    on_both(|world| {
        let store = world.open();
        nine(&store);
        let sorted = |field: &str, descending| Query::default().sorted(field, descending);
        check(&store, sorted("investment_total", false), "AEBCGDHF");
        check(&store, sorted("investment_total", true), "HDGCBEAF");
        check(&store, sorted("start_planned", true), "HFEDCBAG");
        check(&store, sorted("name", true), "HGFEDCBA");
        check(&store, sorted("record_id", true), "HGFEDCBA");
        check(&store, sorted("stage", false), "CFADGBEH");
        check(&store, sorted("jobs", false), "ABCDEFGH");
        check(&store, sorted("org_path", true), "FCHEBGDA");
        let some = sorted("progress", true).filter(Filter::eq("stage", text("signed")));
        check(&store, some, "GDA");
    });
}

#[test]
fn questions_that_make_no_sense_are_refused() {
    on_both(|world| {
        let store = world.open();
        nine(&store);
        let ask = |query: Query| {
            store
                .read(&district(), |r| r.list(REGISTER, &query))
                .expect_err("refused")
        };
        let with = |filter: Filter| ask(Query::default().filter(filter));
        let unknown = StoreError::Unknown { name: "nme".into() };
        assert_eq!(with(Filter::eq("nme", text("x"))), unknown);
        assert_eq!(
            with(Filter::missing("problems")),
            StoreError::Unknown {
                name: "problems".into()
            }
        );
        let query = |error: StoreError| matches!(error, StoreError::Query { .. });
        assert!(query(with(Filter::eq("jobs", text("x")))));
        assert!(query(with(Filter::new("jobs", Op::Contains, text("x")))));
        let empty = Filter {
            field: "jobs".into(),
            op: Op::Eq,
            value: Operand::None,
        };
        assert!(query(with(empty)));
        assert!(query(ask(Query::default().limited(501))));
        assert!(query(ask(Query {
            after: Some("zz".into()),
            ..Query::default()
        })));
        let page = |sort: &str| Query::default().sorted(sort, false).limited(2);
        let next = store
            .read::<_, StoreError>(&district(), |r| r.list(REGISTER, &page("name")))
            .unwrap()
            .next;
        assert!(
            query(ask(Query {
                after: next,
                ..page("stage")
            })),
            "a cursor of another order"
        );
        let nobody = store.read(&district(), |r| r.list("nobody", &Query::default()));
        assert_eq!(
            nobody,
            Err(StoreError::Unknown {
                name: "nobody".into()
            })
        );
    });
}

#[test]
fn sums_and_groups_say_what_they_leave_out() {
    on_both(|world| {
        let store = world.open();
        nine(&store);
        store
            .read::<_, StoreError>(&district(), |r| {
                let sum = r.sum(REGISTER, &Query::default(), "investment_total")?;
                assert_eq!((sum.total, sum.counted, sum.missing), (11_000, 7, 1));
                let none = Query::default().filter(Filter::eq("stage", text("x")));
                let sum = r.sum(REGISTER, &none, "investment_total")?;
                assert_eq!((sum.total, sum.counted, sum.missing), (0, 0, 0));
                let groups = r.group(
                    REGISTER,
                    &Query::default(),
                    "stage",
                    Some("investment_total"),
                )?;
                let found: Vec<_> = groups
                    .iter()
                    .map(|g| (g.key.clone().unwrap(), g.count, g.sum.unwrap().total))
                    .collect();
                let expect = [
                    ("commissioned", 2, 2000),
                    ("signed", 3, 5000),
                    ("started", 3, 4000),
                ];
                assert_eq!(found, expect.map(|(k, n, s)| (text(k), n, s)));
                let by = r.group(REGISTER, &Query::default(), "investment_total", None)?;
                assert_eq!(by.last().map(|g| (g.key.clone(), g.count)), Some((None, 1)));
                assert!(matches!(
                    r.sum(REGISTER, &Query::default(), "name"),
                    Err(StoreError::Query { .. })
                ));
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn a_sum_beyond_64_bits_is_an_overflow_not_a_number() {
    on_both(|world| {
        let store = world.open();
        let big = (0..3)
            .map(|_| new([("investment_total", money(i64::MAX / 2))]))
            .collect();
        store
            .write::<_, StoreError>(&district(), move |w| w.create_many(REGISTER, big, &meta(0)))
            .unwrap();
        let sum = store.read(&district(), |r| {
            r.sum(REGISTER, &Query::default(), "investment_total")
        });
        assert_eq!(sum, Err(StoreError::Overflow));
    });
}

/// The first page with its count, and the pages behind it, beside what the journal gives.
fn counted(store: &Store, query: &Query) {
    store
        .read::<_, StoreError>(&district(), |r| {
            let then = r.all_as_of(REGISTER, query, "2024-01-01T00:00:00Z")?;
            let (mut page, count) = r.list_counted(REGISTER, query)?;
            assert_eq!(count, then.len() as u64, "{query:?}");
            assert_eq!(r.count(REGISTER, query)?, count, "{query:?}");
            let mut found = page.records;
            while let Some(after) = page.next {
                let after = Some(after);
                page = r.list(
                    REGISTER,
                    &Query {
                        after,
                        ..query.clone()
                    },
                )?;
                found.extend(page.records);
            }
            assert_eq!(found, then, "{query:?}");
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_page_read_by_walking_is_the_page_read_by_fetching_whatever_the_register_has_grown_to() {
    on_both(|world| {
        let store = world.open();
        // At 400 the list is a large part of the register and its index is walked, at 4,000 it is a small one.
        for (from, to) in [(0, 400), (400, 4000)] {
            let more: Vec<NewRecord> = (from..to)
                .map(|n: i64| {
                    let stage = if n < 200 { "signed" } else { "started" };
                    let at = org(["410102.s001", "410102.s001.w1", "410102.s002"][n as usize % 3]);
                    let mut fields = fields([
                        ("name", text(&format!("项目{}", n * 7 % 50))),
                        ("stage", text(stage)),
                        ("unit", Value::Ref(RecordId(1 + n % 3))),
                    ]);
                    if n % 7 != 0 {
                        fields.insert("investment_total".into(), money(n * 7919 % 250));
                    }
                    NewRecord::new(at, fields)
                })
                .collect();
            store
                .write::<_, StoreError>(&district(), move |w| {
                    w.create_many(REGISTER, more, &meta(0))
                })
                .unwrap();
            let signed = Query::default()
                .filter(Filter::eq("stage", text("signed")))
                .limited(90);
            let some = vec![Value::Ref(RecordId(1)), Value::Ref(RecordId(3))];
            for query in [
                signed.clone(),
                signed.clone().filter(Filter::one_of("unit", some)),
                signed
                    .clone()
                    .filter(Filter::new("investment_total", Op::Ge, money(100))),
                signed
                    .clone()
                    .filter(Filter::new("name", Op::Contains, text("项目4"))),
                Query {
                    scope: Some(org("410102.s001")),
                    ..signed.clone()
                },
                Query {
                    scope: Some(org("410102.s001.w1")),
                    limit: 500,
                    ..Query::default()
                },
                Query::default().filter(Filter::eq("stage", text("none"))),
            ] {
                for field in ["investment_total", "name", "stage", "record_id", "org_path"] {
                    counted(&store, &query.clone().sorted(field, true));
                    counted(&store, &query.clone().sorted(field, false));
                }
            }
        }
    });
}

#[test]
fn a_kept_count_follows_every_write_here_in_other_processes_and_none_that_was_taken_back() {
    on_both(|world| {
        let (store, other) = (world.open(), world.open());
        let ids = nine(&store);
        let signed = Query::default().filter(Filter::eq("stage", text("signed")));
        let street = Query {
            scope: Some(org("410102.s001")),
            ..Query::default()
        };
        let counts = || {
            let of = |store: &Store, query: &Query| {
                store
                    .read::<_, StoreError>(&district(), |r| r.count(REGISTER, query))
                    .unwrap()
            };
            let both = |query: &Query| {
                let count = of(&store, query);
                assert_eq!(count, of(&store, query), "asked twice");
                assert_eq!(count, of(&other, query), "asked elsewhere");
                count
            };
            [both(&Query::default()), both(&signed), both(&street)]
        };
        let one = |stage: &str, at: &str| {
            NewRecord::new(
                org(at),
                fields([("name", text("新")), ("stage", text(stage))]),
            )
        };
        let write =
            |store: &Store,
             work: fn(&mut store::Writer<'_>, RecordId) -> Result<(), StoreError>,
             id| { store.write::<_, StoreError>(&district(), move |w| work(w, id)) };
        assert_eq!(counts(), [8, 3, 3]);
        let new = one("signed", "410102.s002");
        let made =
            other.write::<_, StoreError>(&district(), move |w| w.create(REGISTER, new, &meta(2)));
        assert_eq!(counts(), [9, 4, 3]);
        let made = made.unwrap().id;
        write(
            &store,
            |w, id| w.withdraw(REGISTER, id, 1, &meta(3)).map(|_| ()),
            ids[0],
        )
        .unwrap();
        assert_eq!(counts(), [8, 3, 2]);
        write(
            &other,
            |w, id| {
                w.assign(REGISTER, id, 1, org("410102.s001"), &meta(4))
                    .map(|_| ())
            },
            made,
        )
        .unwrap();
        assert_eq!(counts(), [8, 3, 3]);
        let started = |w: &mut store::Writer<'_>, id| {
            let change = set([("stage", text("started"))]);
            w.update(REGISTER, id, 2, change, &meta(5)).map(|_| ())
        };
        write(&other, started, made).unwrap();
        assert_eq!(counts(), [8, 2, 3]);
        // What concerns no record of the register leaves the counts as they are.
        let event = |w: &mut store::Writer<'_>, _| {
            let action = "login".to_owned();
            let event = store::Event {
                action,
                register: Some("account".to_owned()),
                ..store::Event::default()
            };
            w.note(event, &meta(6)).map(|_| ())
        };
        write(&other, event, made).unwrap();
        assert_eq!(counts(), [8, 2, 3]);
        // Inside a write its own work counts; taken back it never was.
        let new = one("signed", "410102.s001");
        let refused = store.write::<(), StoreError>(&district(), move |w| {
            w.create(REGISTER, new, &meta(7))?;
            assert_eq!(w.reader().count(REGISTER, &Query::default())?, 9);
            let problem = "zurück".to_owned();
            Err(StoreError::Query { problem })
        });
        assert!(refused.is_err());
        assert_eq!(counts(), [8, 2, 3]);
    });
}

#[test]
fn records_are_called_by_their_name_else_their_number() {
    on_both(|world| {
        let store = world.open();
        let mut ids = nine(&store);
        let nameless = NewRecord::new(org("410102"), fields([("stage", text("signed"))]));
        let made = store
            .write::<_, StoreError>(&district(), move |w| w.create(REGISTER, nameless, &meta(2)));
        ids.push(made.unwrap().id);
        ids.push(RecordId(7));
        let called = store.read::<_, StoreError>(&district(), |r| r.names(REGISTER, &ids[7..]));
        let mut called = called.unwrap();
        called.sort();
        let called: Vec<&str> = called.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(called, ["项目H", "项目I", "XM20230010"]);
    });
}

#[test]
fn ids_are_found_by_a_unique_text_among_the_records_in_use_of_the_own_district() {
    on_both(|world| {
        let store = world.open();
        let ids = nine(&store);
        let named = |values: &[&str]| {
            store.read::<_, StoreError>(&district(), |r| r.ids_named(REGISTER, "number", values))
        };
        let (b, i) = ("XM20230002".to_owned(), "XM20230009");
        assert_eq!(named(&[&b, "XM20239999"]), Ok(vec![(ids[1], b.clone())]));
        assert_eq!(named(&[i]), Ok(vec![]), "the ninth is withdrawn");
        assert_eq!(named(&[]), Ok(vec![]));
        let many: Vec<String> = (1..3000).map(|n| format!("XM2023{n:04}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(named(&many).map(|found| found.len()), Ok(8));
        let other = ground::District::new("410103").unwrap();
        let there = store.read::<_, StoreError>(&other, |r| r.ids_named(REGISTER, "number", &[&b]));
        assert_eq!(there, Ok(vec![]));
        let unknown = store.read(&district(), |r| r.ids_named(REGISTER, "nme", &[&b]));
        assert_eq!(unknown, Err(StoreError::Unknown { name: "nme".into() }));
    });
}

#[test]
fn a_list_longer_than_the_longest_in_list_is_read_in_order() {
    on_both(|world| {
        let store = world.open();
        let many: Vec<NewRecord> = (0..2500)
            .map(|n: i64| {
                let stage = if n % 10 == 0 { "signed" } else { "started" };
                let unit = Value::Ref(RecordId(1 + n % 50));
                let total = money(n * 7919 % 2500);
                new([
                    ("name", text("同名")),
                    ("stage", text(stage)),
                    ("unit", unit),
                    ("investment_total", total),
                ])
            })
            .collect();
        store
            .write::<_, StoreError>(&district(), move |w| {
                w.create_many(REGISTER, many, &meta(0))
            })
            .unwrap();
        for filter in [
            Filter::eq("stage", text("started")),
            Filter::eq("stage", text("signed")),
            Filter::eq("unit", Value::Ref(RecordId(7))),
        ] {
            for descending in [false, true] {
                let sort = Some(Sort {
                    field: "investment_total".into(),
                    descending,
                });
                let query = Query {
                    sort,
                    search: Some("同名".into()),
                    ..Query::default()
                };
                let query = query.filter(filter.clone());
                let all = |r: &mut store::Reader<'_>| {
                    Ok((
                        r.all(REGISTER, &query)?,
                        r.all_as_of(REGISTER, &query, "2024-01-01T00:00:00Z")?,
                    ))
                };
                let (now, then) = store.read::<_, StoreError>(&district(), all).unwrap();
                assert!(now.len() >= 50);
                assert_eq!(now, then);
            }
        }
    });
}
