//! Conditions: what the database finds is what the evaluator finds, missing values included.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use ground::{Date, RecordId, WorkCalendar};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use register::expr::{Expr, Known, Moment, Scope, World as _};
use register::{Definition, Fields, Value};
use store::{NewRecord, Query, Store, StoreError, Stored};

use crate::sample::{district, meta, money, org, text};
use crate::world::World;

const FIRM: &str = r#"
[register]
id = "firm"
version = "1.0.0"
title = { "zh-CN" = "企业库" }
name_field = "name"
[[field]]
id = "name"
type = "text"
label = { "zh-CN" = "名称" }
[[field]]
id = "capital"
type = "money"
label = { "zh-CN" = "注册资本" }
[[field]]
id = "opened"
type = "date"
label = { "zh-CN" = "成立日期" }
[[field]]
id = "active"
type = "bool"
label = { "zh-CN" = "在营" }
[[field]]
id = "mother"
type = "ref"
to = "firm"
label = { "zh-CN" = "母公司" }
"#;

const CASE: &str = r#"
[register]
id = "case"
version = "1.0.0"
title = { "zh-CN" = "事项" }
name_field = "name"
list = ["name", "kind", "n", "due"]
[number]
pattern = "S{seq:2}"
[choices]
kind = [ { code = "a", "zh-CN" = "甲" }, { code = "b", "zh-CN" = "乙" } ]
[[field]]
id = "name"
type = "text"
label = { "zh-CN" = "名称" }
[[field]]
id = "kind"
type = "code"
list = "kind"
label = { "zh-CN" = "类别" }
[[field]]
id = "n"
type = "int"
label = { "zh-CN" = "数" }
[[field]]
id = "m"
type = "int"
min = -1000
max = 1000
label = { "zh-CN" = "小数目" }
[[field]]
id = "d"
type = "decimal"
digits = 1
min = -1000
max = 1000
label = { "zh-CN" = "一位小数" }
[[field]]
id = "e"
type = "decimal"
digits = 3
label = { "zh-CN" = "三位小数" }
[[field]]
id = "p"
type = "percent"
label = { "zh-CN" = "比例" }
[[field]]
id = "cost"
type = "money"
min = -100000
max = 100000
label = { "zh-CN" = "资金" }
[[field]]
id = "sum_total"
type = "money"
label = { "zh-CN" = "总额" }
[[field]]
id = "flag"
type = "bool"
label = { "zh-CN" = "是否" }
[[field]]
id = "due"
type = "date"
label = { "zh-CN" = "期限" }
[[field]]
id = "done_on"
type = "date"
label = { "zh-CN" = "完成" }
[[field]]
id = "seen_at"
type = "datetime"
label = { "zh-CN" = "发现" }
[[field]]
id = "unit"
type = "org"
label = { "zh-CN" = "单位" }
[[field]]
id = "firm"
type = "ref"
to = "firm"
label = { "zh-CN" = "企业" }
[[field]]
id = "related"
type = "ref"
to = "firm"
many = true
label = { "zh-CN" = "相关企业" }
[[field]]
id = "tags"
type = "text_list"
label = { "zh-CN" = "标签" }
[[field]]
id = "steps_done"
type = "table"
label = { "zh-CN" = "措施" }
columns = [
  { id = "what", type = "text", label = { "zh-CN" = "内容" } },
  { id = "amount", type = "money", label = { "zh-CN" = "金额" } },
  { id = "done", type = "bool", label = { "zh-CN" = "完成" } },
  { id = "on", type = "date", label = { "zh-CN" = "日期" } },
]
"#;

fn definitions() -> Vec<Definition> {
    let parse = |(file, toml): (&str, &str)| {
        let (definition, findings) = register::parse(file, toml);
        definition.unwrap_or_else(|| panic!("{findings:#?}"))
    };
    [
        ("firm/definition.toml", FIRM),
        ("case/definition.toml", CASE),
    ]
    .map(parse)
    .to_vec()
}

fn day(n: i64) -> Value {
    Value::Date(Date::constant(2023, 1, 1 + (n.rem_euclid(9)) as i8))
}

/// A small stream of numbers with a fixed start.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as i64).rem_euclid(below)
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.next(from.len() as i64) as usize]
    }
}

const TEXTS: [&str; 10] = [
    "甲", "乙", "甲乙", "a", "A", "aB", "%", "_", "a!b", "丙\"\\",
];

fn case_fields(r: &mut Numbers, firms: &[RecordId]) -> Fields {
    let firm = |r: &mut Numbers| match r.next(9) {
        // Nobody has this id.
        0 => RecordId(77),
        n => firms[n as usize % firms.len()],
    };
    let wide = [0, 1, -1, i64::MAX, i64::MIN, 999, 1000, -1001];
    let moment = |r: &mut Numbers| {
        let (day, hour) = (1 + r.next(5), [0, 1, 15, 16, 17, 23][r.next(6) as usize]);
        Value::DateTime(format!("2023-01-{day:02}T{hour:02}:00:00Z"))
    };
    let row = |r: &mut Numbers| {
        let all = [
            ("what", text(r.pick(&[&TEXTS[..], &["", " "]].concat()))),
            ("amount", money(r.next(5) * 50 - 100)),
            ("done", Value::Bool(r.next(2) == 0)),
            ("on", day(r.next(9))),
        ];
        all.into_iter()
            .filter(|_| r.next(3) > 0)
            .map(|(id, value)| (id.to_owned(), value))
            .collect::<Fields>()
    };
    let all = [
        ("name", text(r.pick(&TEXTS))),
        ("kind", text(r.pick(&["a", "b"]))),
        ("n", Value::Int(wide[r.next(8) as usize])),
        ("m", Value::Int(r.next(7) - 3)),
        (
            "d",
            Value::Decimal {
                scaled: r.next(41) - 20,
                digits: 1,
            },
        ),
        (
            "e",
            Value::Decimal {
                scaled: [wide[r.next(8) as usize], 1500, -250][r.next(3) as usize],
                digits: 3,
            },
        ),
        ("p", Value::Percent(r.next(400) - 200)),
        ("cost", money(r.next(9) * 50 - 200)),
        (
            "sum_total",
            money([wide[r.next(8) as usize], 100, -50, 150][r.next(4) as usize]),
        ),
        ("flag", Value::Bool(r.next(2) == 0)),
        (
            "due",
            [
                day(r.next(9)),
                Value::Date(Date::constant(2023, 1, 28 + r.next(4) as i8)),
            ][r.next(2) as usize]
                .clone(),
        ),
        ("done_on", day(r.next(9))),
        ("seen_at", moment(r)),
        ("unit", Value::Ref(RecordId(1 + r.next(3)))),
        ("firm", Value::Ref(firm(r))),
        ("related", Value::Refs(vec![firm(r), firm(r)])),
        (
            "tags",
            Value::TextList(
                (0..1 + r.next(3))
                    .map(|_| r.pick(&[&TEXTS[..], &[",", "a,", "]"]].concat()).to_owned())
                    .collect(),
            ),
        ),
        (
            "steps_done",
            Value::Rows((0..1 + r.next(3)).map(|_| row(r)).collect()),
        ),
    ];
    all.into_iter()
        .filter(|_| r.next(4) > 0)
        .map(|(id, value)| (id.to_owned(), value))
        .collect()
}

/// Eight firms, two of them withdrawn, and sixty cases. The same on both engines.
fn fill(store: &Store) {
    store.define(&definitions()).unwrap();
    store
        .write::<_, StoreError>(&district(), |w| {
            let mut r = Numbers(20230310);
            let mut firms = Vec::new();
            for n in 0..8 {
                let mut all = vec![
                    ("name", text(r.pick(&TEXTS))),
                    ("capital", money(r.next(9) * 50 - 200)),
                    ("opened", day(r.next(9))),
                    ("active", Value::Bool(r.next(2) == 0)),
                ];
                if let Some(mother) = firms.last() {
                    all.push(("mother", Value::Ref(*mother)));
                }
                all.retain(|_| r.next(5) > 0);
                let firm = w.create("firm", NewRecord::new(org("410102"), own(all)), &meta(0))?;
                if n % 4 == 3 {
                    w.withdraw("firm", firm.id, 1, &meta(1))?;
                }
                firms.push(firm.id);
            }
            for n in 0..60 {
                let at = org(["410102", "410102.s01", "410102.s02"][n % 3]);
                let fields = case_fields(&mut r, &firms);
                w.create("case", NewRecord::new(at, fields), &meta(2))?;
            }
            Ok(())
        })
        .unwrap();
}

fn own(all: Vec<(&str, Value)>) -> Fields {
    all.into_iter()
        .map(|(id, value)| (id.to_owned(), value))
        .collect()
}

/// The district as the evaluator sees it.
struct Memory {
    definition: Definition,
    cases: Vec<Stored>,
    firms: BTreeMap<RecordId, Known>,
    calendar: WorkCalendar,
}

impl Memory {
    fn of(store: &Store) -> Self {
        let [firm, case] = <[Definition; 2]>::try_from(definitions()).unwrap();
        let all = |register: &'static str| {
            store
                .read::<_, StoreError>(&district(), |r| r.all(register, &Query::default()))
                .unwrap()
        };
        let firm = Arc::new(firm);
        let known = |stored: Stored| {
            let known = Known {
                definition: firm.clone(),
                record: Arc::new(stored.record),
            };
            (known.record.id, known)
        };
        Self {
            definition: case,
            cases: all("case"),
            firms: all("firm").into_iter().map(known).collect(),
            calendar: WorkCalendar::seven_day(),
        }
    }

    fn scope<'a>(&'a self, fields: &'a Fields) -> Scope<'a> {
        let moment = Moment {
            today: Date::constant(2023, 1, 4),
            now: "2023-01-04T00:00:00Z",
            calendar: &self.calendar,
        };
        Scope {
            world: self,
            ..Scope::new(&self.definition, fields, moment)
        }
    }

    fn holds(&self, expr: &Expr, stored: &Stored) -> bool {
        let scope = Scope {
            record: Some(&stored.record),
            ..self.scope(&stored.record.fields)
        };
        register::expr::holds(expr, &scope)
    }

    fn found(&self, expr: &Expr) -> Vec<RecordId> {
        let found = self.cases.iter().filter(|c| self.holds(expr, c));
        found.map(|c| c.record.id).collect()
    }

    fn bound(&self, text: &str) -> Expr {
        let expr = Expr::parse(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
        register::expr::bind(&expr, &self.scope(&Fields::new()))
    }
}

impl register::expr::World for Memory {
    fn record(&self, register: &str, id: RecordId) -> Option<Known> {
        self.firms.get(&id).filter(|_| register == "firm").cloned()
    }

    fn records(&self, register: &str) -> Vec<Known> {
        let firms = (register == "firm").then(|| self.firms.values().cloned());
        firms.into_iter().flatten().collect()
    }
}

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
        let mut expected: Vec<(Vec<Option<Value>>, u64, u64, Option<i64>, Option<i64>)> =
            Vec::new();
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
