//! Conditions: what the database finds is what the evaluator finds, missing values included.

use std::cell::Cell;

use ground::RecordId;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use register::Value;
use register::expr::{Expr, World as _};
use store::{Query, Store, StoreError, Stored};

use crate::cases::{Memory, fill};
use crate::sample::{district, money};
use crate::world::World;

fn ask(store: &Store, query: &Query) -> Result<Vec<RecordId>, StoreError> {
    let all = store.read::<_, StoreError>(&district(), |r| r.all("case", query))?;
    Ok(all.into_iter().map(|s| s.record.id).collect())
}

fn when(expr: Option<Expr>) -> Query {
    Query::default().when(expr)
}

type Words = BoxedStrategy<String>;

fn one_of(all: &[&str]) -> Words {
    let all: Vec<String> = all.iter().map(|s| (*s).to_owned()).collect();
    prop::sample::select(all).boxed()
}

/// What stands around an expression: inside a macro its variable is known.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Record,
    Row,
}

fn with_row(place: Place, own: &[&str], row: &[&str]) -> Words {
    match place {
        Place::Record => one_of(own),
        Place::Row => prop_oneof![1 => one_of(own), 2 => one_of(row)].boxed(),
    }
}

fn number(depth: u32, place: Place) -> Words {
    let field = with_row(
        place,
        &[
            "n",
            "m",
            "m",
            "d",
            "d",
            "e",
            "p",
            "cost",
            "cost",
            "sum_total",
            "firm.capital",
            "firm.mother.capital",
        ],
        &["r.amount"],
    );
    let literal = one_of(&[
        "0",
        "1",
        "-2",
        "1.5",
        "-0.05",
        "0.999",
        "2.0",
        "9223372036854775807",
        "-9223372036854775807",
        "1e3",
        "wan(0.01)",
        "yuan(1.5)",
        "yuan(-1)",
        "none",
    ]);
    let size = one_of(&[
        "size(name)",
        "size(tags)",
        "size(steps_done)",
        "size(related)",
        "tags.size()",
        "year(due)",
        "month(due)",
        "day(done_on)",
        "size(kind)",
    ]);
    let leaf = prop_oneof![5 => field, 3 => literal, 1 => size].boxed();
    if depth == 0 {
        return leaf;
    }
    let inner = number(depth - 1, place);
    let pair = (inner.clone(), one_of(&["+", "-", "*"]), inner.clone());
    let test = truth(depth - 1, place);
    prop_oneof![
        5 => leaf,
        2 => pair.prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        1 => inner.clone().prop_map(|a| format!("-({a})")),
        1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("coalesce({a}, {b})")),
        1 => (test, inner.clone(), inner).prop_map(|(t, a, b)| format!("({t} ? {a} : {b})")),
        1 => truth(0, Place::Row).prop_map(|t| format!("size(steps_done.filter(r, {t}))")),
    ]
    .boxed()
}

fn day_like(place: Place) -> Words {
    let field = with_row(place, &["due", "done_on", "firm.opened"], &["r.on"]);
    let literal = one_of(&["date('2023-01-05')", "today()", "none", "today() + days(2)"]);
    let moment = one_of(&[
        "seen_at",
        "date(seen_at)",
        "timestamp('2023-01-03T16:00:00Z')",
    ]);
    let either = (field.clone(), literal.clone()).prop_map(|(a, b)| format!("coalesce({a}, {b})"));
    let most = one_of(&[
        "max_or_none(steps_done.map(r, r.on))",
        "min_or_none(steps_done.filter(r, r.done).map(q, q.on))",
        "max_of(firm, firm.opened, firm.active)",
    ]);
    let moved = one_of(&[
        "due + days(2)",
        "done_on - days(3)",
        "add_days(seen_at, -1)",
        "seen_at + duration('9h')",
        "seen_at - days(1)",
        "add_months(due, 1)",
        "add_months(coalesce(done_on, due), -12)",
        "date('2023-02-28')",
        "date('2022-01-04')",
    ]);
    prop_oneof![4 => field, 4 => literal, 2 => moment, 1 => either, 1 => most, 2 => moved].boxed()
}

fn words(place: Place) -> Words {
    let field = with_row(
        place,
        &["name", "name", "kind", "firm.name", "number", "org"],
        &["r.what"],
    );
    let literal = one_of(&[
        "'a'",
        "'甲'",
        "''",
        "'A'",
        "'410102.s01'",
        "'S07'",
        "'%'",
        "none",
    ]);
    let either = (field.clone(), literal.clone()).prop_map(|(a, b)| format!("coalesce({a}, {b})"));
    prop_oneof![4 => field, 3 => literal, 1 => either].boxed()
}

fn simple_truth(place: Place) -> Words {
    let flag = with_row(
        place,
        &["flag", "firm.active", "true", "false", "none"],
        &["r.done"],
    );
    let there = with_row(
        place,
        &[
            "has(name)",
            "has(firm)",
            "has(firm.name)",
            "has(tags)",
            "has(steps_done)",
            "has(n)",
        ],
        &["has(r.what)", "has(r.on)"],
    );
    let order = one_of(&["<", "<=", ">", ">=", "==", "!="]);
    let same = one_of(&["==", "!="]);
    let days = (day_like(place), order.clone(), day_like(place));
    let texts = (words(place), order, words(place));
    let refs = one_of(&[
        "firm",
        "unit",
        "firm.mother",
        "ref",
        "record('organisation', 2)",
        "none",
        "record('firm', 77)",
    ]);
    let mixed = one_of(&[
        "1",
        "'a'",
        "none",
        "true",
        "date('2023-01-05')",
        "name",
        "n",
        "flag",
        "due",
    ]);
    let part = one_of(&[
        "'a'", "'甲'", "'B'", "'%'", "'_'", "'a!'", "'丙\"'", "'甲乙'",
    ]);
    let method = one_of(&["startsWith", "endsWith", "contains"]);
    prop_oneof![
        2 => flag,
        2 => there,
        3 => days.prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        3 => texts.prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        2 => (refs.clone(), same.clone(), refs).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        1 => (mixed.clone(), same, mixed).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        3 => (words(place), method, part.clone()).prop_map(|(a, f, b)| format!("{a}.{f}({b})")),
        1 => part.clone().prop_map(|a| format!("{a} in tags")),
        1 => part.prop_map(|a| format!("tags.contains({a})")),
        2 => (words(place), one_of(&["['a', '甲']", "['b', none]", "[]", "['A']"]))
            .prop_map(|(a, list)| format!("{a} in {list}")),
        1 => one_of(&[
            "n in [1, 999, 1.0]", "cost in [yuan(1), 0.5, 0]", "d in [1.5, 0.05, -1]", "due in [today()]",
            "record('firm', 77) in related", "unit in [record('organisation', 1), record('firm', 2)]",
            "tags == none", "tags != []", "related == none", "steps_done != none",
        ]),
    ]
    .boxed()
}

fn truth(depth: u32, place: Place) -> Words {
    let leaf = simple_truth(place);
    if depth == 0 {
        return leaf;
    }
    let inner = truth(depth - 1, place);
    let numbers = (
        number(depth - 1, place),
        one_of(&["<", "<=", ">", ">=", "==", "!="]),
        number(depth - 1, place),
    );
    let both = (
        inner.clone(),
        one_of(&["&&", "||", "==", "!="]),
        inner.clone(),
    );
    let row = truth(depth - 1, Place::Row);
    let firm = one_of(&[
        "exists(firm, firm.capital > 1)",
        "exists(firm, firm.capital > 1000)",
        "exists(firm, firm.name == 'a' || firm.active)",
    ]);
    prop_oneof![
        2 => leaf,
        5 => numbers.prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        4 => both.prop_map(|(a, op, b)| format!("({a}) {op} ({b})")),
        2 => inner.clone().prop_map(|a| format!("!({a})")),
        1 => (inner.clone(), inner.clone(), inner)
            .prop_map(|(t, a, b)| format!("({t}) ? ({a}) : ({b})")),
        2 => (one_of(&["exists", "all", "exists_one"]), row)
            .prop_map(|(kind, t)| format!("steps_done.{kind}(r, {t})")),
        1 => firm,
    ]
    .boxed()
}

#[test]
fn the_database_finds_what_the_evaluator_finds() {
    let worlds = [World::sqlite(), World::postgres()];
    let stores = worlds
        .each_ref()
        .map(|world| Store::open(&world.url).unwrap());
    stores.iter().for_each(fill);
    let memory = Memory::of(&stores[0]);
    let (all, able, telling) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let config = Config {
        cases: 250,
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let many = prop::collection::vec(truth(3, Place::Record), 8);
    runner
        .run(&many, |texts| {
            for text in texts {
                let expr = memory.bound(&text);
                let expected = memory.found(&expr);
                all.set(all.get() + 1);
                let can = stores[0].sql_able("case", &expr);
                prop_assert_eq!(can, stores[1].sql_able("case", &expr));
                let (sql, rest) = stores[0].split("case", &expr);
                prop_assert_eq!(can, rest.is_none());
                for store in &stores {
                    let direct = ask(store, &when(Some(expr.clone())));
                    match can {
                        true => prop_assert_eq!(direct.as_ref(), Ok(&expected), "{}", text),
                        false => {
                            let refused = matches!(direct, Err(StoreError::Query { .. }));
                            prop_assert!(refused, "{}", text);
                        }
                    }
                    let all = store
                        .read::<_, StoreError>(&district(), |r| r.all("case", &when(sql.clone())));
                    let kept = all
                        .unwrap()
                        .into_iter()
                        .filter(|c| rest.as_ref().is_none_or(|e| memory.holds(e, c)));
                    let kept: Vec<RecordId> = kept.map(|c| c.record.id).collect();
                    prop_assert_eq!(&kept, &expected, "split {}", text);
                }
                let past = stores[0].read::<_, StoreError>(&district(), |r| {
                    r.all_as_of("case", &when(Some(expr)), "2023-03-11T00:00:00Z")
                });
                let past: Vec<RecordId> = past.unwrap().into_iter().map(|c| c.record.id).collect();
                prop_assert_eq!(&past, &expected, "as of {}", text);
                able.set(able.get() + i32::from(can));
                let tells = can && !expected.is_empty() && expected.len() < 60;
                telling.set(telling.get() + i32::from(tells));
            }
            Ok(())
        })
        .unwrap_or_else(|e| panic!("{e}"));
    let (all, able, telling) = (all.get(), able.get(), telling.get());
    eprintln!("{all} expressions, {able} in SQL, {telling} of them tell records apart");
    assert!(able * 2 > all && telling * 4 > all);
}

/// Holds each expression against the evaluator on both engines; how many the database can decide.
fn hold_against_evaluator(texts: impl Iterator<Item = String>) -> (usize, usize) {
    let worlds = [World::sqlite(), World::postgres()];
    let stores = worlds
        .each_ref()
        .map(|world| Store::open(&world.url).unwrap());
    stores.iter().for_each(fill);
    let memory = Memory::of(&stores[0]);
    let (mut all, mut able) = (0, 0);
    for text in texts {
        all += 1;
        let expr = memory.bound(&text);
        if !stores[0].sql_able("case", &expr) {
            continue;
        }
        able += 1;
        let expected = Ok(memory.found(&expr));
        for store in &stores {
            assert_eq!(ask(store, &when(Some(expr.clone()))), expected, "{text}");
        }
    }
    (all, able)
}

const SIGNS: [&str; 6] = ["<", "<=", ">", ">=", "==", "!="];

#[test]
fn moved_days_compare_as_the_evaluator_has_it() {
    let moved = [
        "due + days(2)",
        "done_on - days(3)",
        "add_days(seen_at, -1)",
        "seen_at + duration('9h')",
        "seen_at - days(1)",
        "date(seen_at) + days(1)",
        "add_months(due, 1)",
        "add_months(seen_at, 1)",
        "add_months(coalesce(done_on, due), -12)",
    ];
    let others = [
        "date('2023-01-05')",
        "date('2023-02-28')",
        "date('2023-02-27')",
        "date('2022-01-04')",
        "date('2022-12-31')",
        "timestamp('2023-01-03T16:00:00Z')",
        "timestamp('2023-01-04T01:00:00Z')",
    ];
    let texts = moved.iter().flat_map(|a| {
        let texts = others.iter().flat_map(move |b| {
            SIGNS.map(|sign| [format!("{a} {sign} {b}"), format!("{b} {sign} {a}")])
        });
        texts.flatten()
    });
    let (all, able) = hold_against_evaluator(texts);
    // Only `==` and `!=` and hours beside a day are left to the evaluator.
    assert!(able * 5 > all * 3, "{able} of {all}");
}

#[test]
fn every_field_beside_every_literal_compares_as_the_evaluator_has_it() {
    let fields = [
        "name",
        "kind",
        "n",
        "m",
        "d",
        "e",
        "p",
        "cost",
        "sum_total",
        "flag",
        "due",
        "seen_at",
        "unit",
        "firm",
        "number",
        "org",
        "firm.name",
        "firm.capital",
        "firm.opened",
        "firm.active",
        "firm.mother.name",
        "size(tags)",
        "size(steps_done)",
        "date(seen_at)",
        "year(due)",
        "cost + m",
        "m * 3 - d",
        "-cost",
    ];
    let literals = [
        "none",
        "''",
        "'甲'",
        "'a'",
        "'410102.s01'",
        "0",
        "1",
        "-2",
        "999",
        "1.5",
        "0.0005",
        "-0.25",
        "9223372036854775807",
        "-9223372036854775807",
        "1e20",
        "yuan(1)",
        "yuan(-0.5)",
        "wan(1)",
        "true",
        "false",
        "date('2023-01-05')",
        "timestamp('2023-01-03T16:00:00Z')",
        "record('firm', 77)",
        "record('organisation', 2)",
    ];
    let texts = fields.iter().flat_map(|a| {
        let texts = literals.iter().flat_map(move |b| {
            SIGNS.map(|sign| [format!("{a} {sign} {b}"), format!("!({b} {sign} {a})")])
        });
        texts.flatten()
    });
    let (all, able) = hold_against_evaluator(texts);
    assert!(able * 3 > all, "{able} of {all}");
}

/// Keys, records, records with a value, their sum and their greatest.
type Line = (Vec<Option<Value>>, u64, u64, Option<i64>, Option<i64>);

#[test]
fn figures_over_lists_are_those_of_the_records() {
    for world in [World::sqlite(), World::postgres()] {
        let store = Store::open(&world.url).unwrap();
        fill(&store);
        let memory = Memory::of(&store);
        let rule = memory.bound("m != 1 || has(due)");
        let fitting: Vec<&Stored> = memory
            .cases
            .iter()
            .filter(|c| memory.holds(&rule, c))
            .collect();
        assert!(fitting.len() > 20 && fitting.len() < 60);
        let key = |c: &Stored| {
            let firm = c
                .record
                .reference("firm")
                .and_then(|id| memory.record("firm", id));
            let active = firm.and_then(|f| f.record.fields.get("active").cloned());
            vec![c.record.fields.get("kind").cloned(), active]
        };
        let money_of = |c: &&Stored| c.record.money("cost").map(|m| m.fen.0);
        let mut expected: Vec<Line> = Vec::new();
        for c in &fitting {
            let at = expected.iter().position(|line| line.0 == key(c));
            let at = at.unwrap_or_else(|| {
                expected.push((key(c), 0, 0, None, None));
                expected.len() - 1
            });
            let line = &mut expected[at];
            line.1 += 1;
            if let Some(fen) = money_of(c) {
                line.2 += 1;
                line.3 = Some(line.3.unwrap_or(0) + fen);
                line.4 = Some(line.4.map_or(fen, |most| most.max(fen)));
            }
        }
        let query = when(Some(rule));
        let ask = |by: &[&str], aggregate: store::Aggregate| {
            let ask = |r: &mut store::Reader<'_>| r.aggregate("case", &query, by, &aggregate);
            store.read::<_, StoreError>(&district(), ask)
        };
        let by = ["kind", "firm.active"];
        let sums = ask(&by, store::Aggregate::Sum("cost".into())).unwrap();
        let most = ask(&by, store::Aggregate::Max("cost".into())).unwrap();
        assert_eq!(sums.len(), expected.len());
        for (sum, most) in sums.iter().zip(&most) {
            let line = expected.iter().find(|line| line.0 == sum.keys).unwrap();
            assert_eq!((sum.records, sum.counted), (line.1, line.2));
            assert_eq!(sum.value, line.3.map(money));
            assert_eq!((&most.keys, &most.value), (&sum.keys, &line.4.map(money)));
        }
        assert_eq!(
            sums.last().unwrap().keys,
            [None, None],
            "missing keys stand last"
        );
        let kinds = ask(&[], store::Aggregate::CountDistinct("kind".into())).unwrap();
        assert_eq!(
            (kinds.len(), kinds[0].value.clone()),
            (1, Some(Value::Int(2)))
        );
        assert_eq!(
            ask(&[], store::Aggregate::Count).unwrap()[0].records,
            fitting.len() as u64
        );
        assert!(matches!(
            ask(&[], store::Aggregate::Sum("name".into())),
            Err(StoreError::Query { .. })
        ));
        assert!(matches!(
            ask(&["nothing"], store::Aggregate::Count),
            Err(StoreError::Unknown { .. })
        ));
        // Eight of the sixty hold the ends of 64 bits.
        let all = ask(&[], store::Aggregate::Sum("n".into()));
        let exact: i128 = fitting
            .iter()
            .filter_map(|c| c.record.int("n"))
            .map(i128::from)
            .sum();
        match i64::try_from(exact) {
            Ok(total) if all.is_ok() => assert_eq!(all.unwrap()[0].value, Some(Value::Int(total))),
            _ => assert_eq!(all, Err(StoreError::Overflow)),
        }
    }
}
