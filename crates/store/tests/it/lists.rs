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
    let (whole, paged, then) = store
        .read::<_, StoreError>(&district(), |r| {
            let whole = r.list(REGISTER, &query)?.records;
            let mut paged = Vec::new();
            let mut part = Query {
                limit: 2,
                ..query.clone()
            };
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
            ))
        })
        .unwrap();
    assert_eq!(whole, paged, "{query:?}");
    assert_eq!(whole, then, "{query:?}");
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
                include_withdrawn: true,
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
