//! Two registers with a field of every kind and values of every sort, and the same records as the evaluator sees them.

use std::collections::BTreeMap;
use std::sync::Arc;

use ground::{Date, RecordId, WorkCalendar};
use register::expr::{Expr, Known, Moment, Scope};
use register::{Definition, Fields, Value};
use store::{NewRecord, Query, Store, StoreError, Stored};

use crate::sample::{district, meta, money, org, text};

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
pub fn fill(store: &Store) {
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
pub struct Memory {
    definition: Definition,
    pub cases: Vec<Stored>,
    firms: BTreeMap<RecordId, Known>,
    calendar: WorkCalendar,
}

impl Memory {
    pub fn of(store: &Store) -> Self {
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

    pub fn scope<'a>(&'a self, fields: &'a Fields) -> Scope<'a> {
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

    pub fn holds(&self, expr: &Expr, stored: &Stored) -> bool {
        let scope = Scope {
            record: Some(&stored.record),
            ..self.scope(&stored.record.fields)
        };
        register::expr::holds(expr, &scope)
    }

    pub fn found(&self, expr: &Expr) -> Vec<RecordId> {
        let found = self.cases.iter().filter(|c| self.holds(expr, c));
        found.map(|c| c.record.id).collect()
    }

    pub fn bound(&self, text: &str) -> Expr {
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
