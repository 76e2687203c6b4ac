//! Defaults, snapshots, computed values and tidy texts.

use super::*;
use crate::expr::{Known, Moment, Nowhere, World};
use crate::record::Record;
use ground::{Date, HolidayTable, RecordId, WorkCalendar};
use std::sync::Arc;

const TOML: &str = r#"
[register]
id = "device"
version = "1.0.0"
title = { "zh-CN" = "设备" }
[[field]]
id = "serial"
type = "text"
normalise = ["trim", "halfwidth", "upper"]
label = { "zh-CN" = "编号" }
[[field]]
id = "kind"
type = "text"
default = "'dental'"
label = { "zh-CN" = "类别" }
[[field]]
id = "title"
type = "text"
default = "kind + '/' + serial"
label = { "zh-CN" = "名称" }
[[field]]
id = "third"
type = "int"
compute = "second + 1"
label = { "zh-CN" = "三" }
[[field]]
id = "second"
type = "int"
compute = "first + 1"
override_by = ["admin"]
label = { "zh-CN" = "二" }
[[field]]
id = "first"
type = "int"
label = { "zh-CN" = "一" }
[[field]]
id = "age"
type = "int"
compute = "year(today()) - first"
label = { "zh-CN" = "年限" }
[[field]]
id = "owner"
type = "ref"
to = "device"
label = { "zh-CN" = "上级设备" }
copy = { owner_first = "first" }
[[field]]
id = "parts"
type = "table"
label = { "zh-CN" = "部件" }
columns = [
  { id = "price", type = "decimal", digits = 2, label = { "zh-CN" = "单价" } },
  { id = "count", type = "int", label = { "zh-CN" = "数量" } },
  { id = "total", type = "decimal", digits = 2, label = { "zh-CN" = "合计" }, compute = "row.price * row.count" },
  { id = "share", type = "decimal", digits = 2, label = { "zh-CN" = "分摊" }, compute = "row.total / decimal(second)" },
]
[[field]]
id = "all_parts"
type = "decimal"
digits = 2
compute = "size(parts) > 0 ? sum(parts.map(p, p.total)) : none"
label = { "zh-CN" = "部件合计" }
"#;

struct One(Known);

impl World for One {
    fn record(&self, _: &str, id: RecordId) -> Option<Known> {
        (id == self.0.record.id).then(|| self.0.clone())
    }

    fn records(&self, _: &str) -> Vec<Known> {
        vec![self.0.clone()]
    }
}

fn definition() -> Definition {
    let (definition, findings) = crate::parse("device.toml", TOML);
    assert_eq!(findings, []);
    definition.expect("good")
}

fn record(fields: Fields) -> Record {
    Record {
        id: RecordId(7),
        version: 1,
        org: "410102".parse().expect("fixed path"),
        number: None,
        fields,
        withdrawn: false,
    }
}

fn fields<const N: usize>(values: [(&str, Value); N]) -> Fields {
    Fields::from(values.map(|(id, value)| (id.to_owned(), value)))
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn run<T>(
    values: &Fields,
    before: Option<&Record>,
    world: &dyn World,
    run: impl Fn(&Scope) -> T,
) -> T {
    let definition = definition();
    let calendar = WorkCalendar::official(&HolidayTable::default());
    let moment = Moment {
        today: Date::constant(2023, 3, 10),
        now: "2023-03-10T00:30:00Z",
        calendar: &calendar,
    };
    run(&Scope {
        record: before,
        world,
        ..Scope::new(&definition, values, moment)
    })
}

#[test]
fn a_new_record_is_tidied_completed_and_computed() {
    let typed = fields([("serial", text(" ａb-1 ")), ("first", Value::Int(2020))]);
    let stored = run(&typed, None, &Nowhere, settled);
    let expect = fields([
        ("serial", text("AB-1")),
        ("kind", text("dental")),
        ("title", text("dental/AB-1")),
        ("first", Value::Int(2020)),
        ("second", Value::Int(2021)),
        ("third", Value::Int(2022)),
    ]);
    assert_eq!(stored, expect, "what follows the day is not stored");
    let shown = run(&stored, None, &Nowhere, shown_fields);
    assert_eq!(shown["age"], Value::Int(3));
}

#[test]
fn cells_of_rows_are_computed_from_their_row_and_the_record() {
    let decimal = |scaled: i64| Value::Decimal { scaled, digits: 2 };
    let typed = fields([
        ("first", Value::Int(3)),
        (
            "parts",
            Value::Rows(vec![
                fields([
                    ("price", decimal(150)),
                    ("count", Value::Int(4)),
                    ("total", decimal(9900)),
                ]),
                fields([("price", decimal(200)), ("share", decimal(9900))]),
            ]),
        ),
    ]);
    let stored = run(&typed, None, &Nowhere, settled);
    let expect = vec![
        fields([
            ("price", decimal(150)),
            ("count", Value::Int(4)),
            ("total", decimal(600)),
            ("share", decimal(150)),
        ]),
        fields([("price", decimal(200))]),
    ];
    assert_eq!(stored["parts"], Value::Rows(expect));
    assert_eq!(stored["all_parts"], decimal(600));
}

#[test]
fn what_was_emptied_stays_empty_and_what_depended_on_it_goes() {
    let before = record(fields([
        ("kind", text("ct")),
        ("first", Value::Int(1)),
        ("second", Value::Int(2)),
    ]));
    let typed = fields([("second", Value::Int(2))]);
    let stored = run(&typed, Some(&before), &Nowhere, settled);
    assert_eq!(stored, Fields::new());
}

#[test]
fn an_overruled_value_stands_until_it_is_the_rules_again() {
    let before = record(fields([
        ("first", Value::Int(1)),
        ("second", Value::Int(2)),
        ("third", Value::Int(3)),
    ]));
    let typed = fields([
        ("first", Value::Int(1)),
        ("second", Value::Int(9)),
        ("third", Value::Int(3)),
    ]);
    let stored = run(&typed, Some(&before), &Nowhere, settled);
    assert_eq!(
        (&stored["second"], &stored["third"]),
        (&Value::Int(9), &Value::Int(10))
    );
    let overruled = record(stored.clone());
    let mut later = stored.clone();
    later.insert("first".into(), Value::Int(5));
    let kept = run(&later, Some(&overruled), &Nowhere, settled);
    assert_eq!(kept["second"], Value::Int(9));
    later.insert("second".into(), Value::Int(2));
    let back = run(&later, Some(&overruled), &Nowhere, settled);
    assert_eq!(
        (&back["second"], &back["third"]),
        (&Value::Int(6), &Value::Int(7))
    );
}

#[test]
fn a_snapshot_is_taken_when_a_reference_is_chosen_and_kept_after() {
    let target = record(fields([("first", Value::Int(41))]));
    let world = One(Known {
        definition: Arc::new(definition()),
        record: Arc::new(target),
    });
    let chosen = fields([("owner", Value::Ref(RecordId(7)))]);
    let changes = run(&chosen, None, &world, copied);
    assert_eq!(
        changes["owner_first"],
        Some(text("41")),
        "a text snapshot of a number"
    );
    let before = record(chosen.clone());
    assert!(run(&chosen, Some(&before), &world, copied).is_empty());
    let gone = run(&Fields::new(), Some(&before), &world, copied);
    assert_eq!(gone["owner_first"], None);
}
