//! Windows of every kind of period, the board of four streets, reminders, what is carried over.

use std::sync::Arc;

use ground::{HolidayTable, OrgPath};

use super::*;
use crate::expr::{Expr, Known, Moment, Scope, World};

fn calendar() -> WorkCalendar {
    WorkCalendar::official(HolidayTable::shipped())
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn span(text: &str) -> Span {
    Span::parse(text).expect("a span")
}

fn cycle(period: PeriodKind, open: &str, due: &str, lock: Option<&str>) -> Cycle {
    Cycle {
        period,
        open: span(open),
        due: span(due),
        lock: lock.map(span),
        units: Expr::parse("unit.kind == 'subdistrict'").expect("an expression"),
        unit_field: "street".into(),
        period_field: "period".into(),
        zero_field: Some("nothing".into()),
        prefill: vec!["contact".into(), "count".into()],
    }
}

fn check(kind: PeriodKind, spans: (&str, &str, Option<&str>), period: &str, expect: &str) {
    let period: Period = period.parse().expect("a period");
    let window = window(&cycle(kind, spans.0, spans.1, spans.2), period, &calendar());
    let lock = window
        .lock_on
        .map_or_else(|| "-".into(), |day| day.to_string());
    let found = format!("{} {} {lock}", window.open_on, window.due_on);
    assert_eq!(found, expect, "{period:?}");
}

#[test]
fn windows_of_every_kind_of_period_open_and_fall_due() {
    let month = ("0d", "5d", Some("3wd"));
    check(
        PeriodKind::Month,
        month,
        "2023M02",
        "2023-02-01 2023-03-06 2023-03-09",
    );
    check(
        PeriodKind::Day,
        ("0d", "0d", Some("0d")),
        "2023-03-08",
        "2023-03-08 2023-03-08 2023-03-08",
    );
    check(
        PeriodKind::Week,
        ("0d", "-2d", None),
        "2023W10",
        "2023-03-06 2023-03-10 -",
    );
    check(
        PeriodKind::Dekad,
        ("0d", "1wd", Some("2wd")),
        "2023M02T3",
        "2023-02-21 2023-03-01 2023-03-03",
    );
    check(
        PeriodKind::Dekad,
        ("8d", "0d", None),
        "2023M03T2",
        "2023-03-19 2023-03-20 -",
    );
    check(
        PeriodKind::Quarter,
        ("0d", "15d", None),
        "2023Q1",
        "2023-01-01 2023-04-17 -",
    );
    check(
        PeriodKind::Half,
        ("0d", "10wd", None),
        "2023H1",
        "2023-01-01 2023-07-14 -",
    );
    check(
        PeriodKind::Year,
        ("0d", "31d", Some("1m")),
        "2022",
        "2022-01-01 2023-01-31 2023-02-28",
    );
}

#[test]
fn due_days_move_off_the_festivals() {
    // 20 January 2023 is the last working day before the holiday; 28 and 29 are worked.
    check(
        PeriodKind::Dekad,
        ("0d", "1d", Some("1wd")),
        "2023M01T2",
        "2023-01-11 2023-01-28 2023-01-29",
    );
    check(
        PeriodKind::Day,
        ("0d", "0d", None),
        "2023-01-22",
        "2023-01-22 2023-01-28 -",
    );
    check(
        PeriodKind::Month,
        ("0d", "5d", None),
        "2023M09",
        "2023-09-01 2023-10-07 -",
    );
}

#[test]
fn the_period_at_hand_is_the_latest_that_has_opened() {
    let at = |cycle: &Cycle, today: &str| current(cycle, day(today), &calendar()).code();
    let month = cycle(PeriodKind::Month, "0d", "5d", None);
    assert_eq!(at(&month, "2023-03-01"), "2023M03");
    let after = cycle(PeriodKind::Month, "1m", "5d", None);
    assert_eq!(at(&after, "2023-03-02"), "2023M02");
    let ahead = cycle(PeriodKind::Week, "-3d", "-2d", None);
    assert_eq!(at(&ahead, "2023-03-10"), "2023W11");
    assert_eq!(at(&ahead, "2023-03-09"), "2023W10");
}

const FORM: &str = r#"
[register]
id = "flood_dekad"
version = "1.0.0"
title = { "zh-CN" = "防汛旬报" }
[[field]]
id = "street"
type = "org"
label = { "zh-CN" = "街道" }
[[field]]
id = "period"
type = "period"
label = { "zh-CN" = "时段" }
[[field]]
id = "nothing"
type = "bool"
label = { "zh-CN" = "零报告" }
[[field]]
id = "contact"
type = "text"
label = { "zh-CN" = "值班电话" }
[[field]]
id = "count"
type = "int"
label = { "zh-CN" = "隐患点" }
[[field]]
id = "twice"
type = "int"
compute = "count * 2"
label = { "zh-CN" = "两倍" }
"#;

const UNITS: &str = r#"
[register]
id = "organisation"
version = "1.0.0"
title = { "zh-CN" = "机构" }
name_field = "name"
[[field]]
id = "name"
type = "text"
label = { "zh-CN" = "名称" }
[[field]]
id = "short_name"
type = "text"
label = { "zh-CN" = "简称" }
[[field]]
id = "kind"
type = "text"
label = { "zh-CN" = "类别" }
[[field]]
id = "valid_to"
type = "date"
label = { "zh-CN" = "停用日期" }
"#;

fn parsed(toml: &str) -> Arc<Definition> {
    let (definition, findings) = crate::parse("x/definition.toml", toml);
    assert_eq!(findings, []);
    Arc::new(definition.expect("no findings"))
}

fn record(id: i64, values: &[(&str, Value)]) -> Record {
    Record {
        id: RecordId(id),
        version: 1,
        org: OrgPath::new("410102").expect("a path"),
        number: None,
        fields: values
            .iter()
            .map(|(id, v)| ((*id).to_owned(), v.clone()))
            .collect(),
        withdrawn: false,
    }
}

fn text(words: &str) -> Value {
    Value::Text(words.into())
}

struct Streets(Vec<Known>);

impl World for Streets {
    fn record(&self, _: &str, id: RecordId) -> Option<Known> {
        self.0.iter().find(|known| known.record.id == id).cloned()
    }

    fn records(&self, _: &str) -> Vec<Known> {
        self.0.clone()
    }
}

/// Five streets, one of them closed since January, and a bureau that does not fill.
fn streets() -> Streets {
    let definition = parsed(UNITS);
    let names = ["须水", "莲湖", "柳湖", "建设路", "旧街", "应急局"];
    let known = names.iter().enumerate().map(|(n, name)| {
        let kind = if *name == "应急局" {
            "department"
        } else {
            "subdistrict"
        };
        let mut values = vec![("short_name", text(name)), ("kind", text(kind))];
        if *name == "旧街" {
            values.push(("valid_to", Value::Date(day("2023-01-31"))));
        }
        Known {
            definition: definition.clone(),
            record: Arc::new(record(n as i64 + 1, &values)),
        }
    });
    Streets(known.collect())
}

/// The board of 3月下旬 (due 3 April, locked after 6 April) and its reminder.
fn shown(today: &str, unlocked: &[RecordId]) -> (Vec<UnitStatus>, String) {
    let (form, world, calendar) = (parsed(FORM), streets(), calendar());
    let cycle = cycle(PeriodKind::Dekad, "0d", "1wd", Some("2wd"));
    let period: Period = "2023M03T3".parse().expect("a period");
    let window = window(&cycle, period, &calendar);
    let report = |id, unit, period: &str| {
        record(
            id,
            &[
                ("street", Value::Ref(RecordId(unit))),
                ("period", text(period)),
            ],
        )
    };
    let mut zero = report(103, 4, "2023M03T3");
    zero.fields.insert("nothing".into(), Value::Bool(true));
    let mut taken = report(104, 3, "2023M03T3");
    taken.withdrawn = true;
    let filed = [
        report(101, 1, "2023M03T2"),
        report(102, 1, "2023M03T3"),
        zero,
        taken,
    ];
    let at = [
        "2023-03-20T02:00:00Z",
        "2023-04-04T02:00:00Z",
        "2023-04-03T15:00:00Z",
        "2023-03-20T02:00:00Z",
    ];
    let filings: Vec<Filing> = filed
        .iter()
        .zip(at)
        .map(|(record, at)| Filing {
            record,
            made_at: Some(at),
        })
        .collect();
    let nothing = Fields::new();
    let moment = Moment {
        today: day(today),
        now: "2023-04-03T02:00:00Z",
        calendar: &calendar,
    };
    let scope = Scope {
        world: &world,
        ..Scope::new(&form, &nothing, moment)
    };
    let board = board(&cycle, window, &scope, &filings, unlocked);
    let statuses = board.iter().map(|unit| unit.status).collect();
    (statuses, reminder_text(&form, window, &board, day(today)))
}

#[test]
fn the_board_tells_sent_zero_late_open_missing_and_locked_apart() {
    use UnitStatus::{Late, Locked, Missing, Open, Zero};
    assert_eq!(shown("2023-04-03", &[]).0, [Late, Open, Open, Zero]);
    assert_eq!(shown("2023-04-04", &[]).0, [Late, Missing, Missing, Zero]);
    assert_eq!(
        shown("2023-04-07", &[RecordId(2)]).0,
        [Late, Missing, Locked, Zero]
    );
}

#[test]
fn the_reminder_names_the_units_that_are_missing_and_the_hour() {
    let text = |today: &str, unlocked: &[RecordId]| shown(today, unlocked).1;
    assert_eq!(
        text("2023-04-03", &[]),
        "3月下旬防汛旬报：还有 2 个单位没有报（莲湖、柳湖），请今天 17:00 前报送。"
    );
    assert_eq!(
        text("2023-04-02", &[]),
        "3月下旬防汛旬报：还有 2 个单位没有报（莲湖、柳湖），请明天 17:00 前报送。"
    );
    assert_eq!(
        text("2023-03-31", &[]),
        "3月下旬防汛旬报：还有 2 个单位没有报（莲湖、柳湖），请 4月3日 17:00 前报送。"
    );
    assert_eq!(
        text("2023-04-04", &[]),
        "3月下旬防汛旬报：还有 2 个单位没有报（莲湖、柳湖），已过 4月3日 的报送时间，请尽快补报。"
    );
    assert_eq!(
        text("2023-04-07", &[RecordId(2)]),
        "3月下旬防汛旬报：还有 1 个单位没有报（莲湖），已过 4月3日 的报送时间，请尽快补报。1 个单位没有报且已锁定（柳湖），补报请申请解锁。"
    );
}

#[test]
fn a_new_report_starts_from_the_units_own_last_one() {
    let form = parsed(FORM);
    let mut cycle = cycle(PeriodKind::Dekad, "0d", "1wd", None);
    cycle.prefill.push("twice".into());
    let report = |id, unit, period: &str, phone: &str| {
        let values = [
            ("street", Value::Ref(RecordId(unit))),
            ("period", text(period)),
            ("contact", text(phone)),
            ("nothing", Value::Bool(true)),
            ("twice", Value::Int(4)),
        ];
        record(id, &values)
    };
    let mut gone = report(4, 1, "2023M03T2", "withdrawn");
    gone.withdrawn = true;
    let filed = [
        report(1, 1, "2023M02T3", "older"),
        report(2, 1, "2023M03T1", "last"),
        report(3, 2, "2023M03T2", "another street"),
        gone,
        report(5, 1, "2023M04T1", "later"),
    ];
    let filed: Vec<&Record> = filed.iter().collect();
    let period = "2023M03T3".parse().expect("a period");
    let fields = prefill(&form, &cycle, RecordId(1), period, &filed);
    let expect = [
        ("contact".to_owned(), text("last")),
        ("period".to_owned(), text("2023M03T3")),
        ("street".to_owned(), Value::Ref(RecordId(1))),
    ];
    assert_eq!(fields, Fields::from(expect));
    assert_eq!(prefill(&form, &cycle, RecordId(9), period, &filed).len(), 2);
}

#[test]
fn a_window_refuses_before_it_opens_and_after_it_locks() {
    let form = parsed(FORM);
    let cycle = cycle(PeriodKind::Month, "20d", "5d", Some("2wd"));
    let window = window(&cycle, "2023M02".parse().expect("a period"), &calendar());
    let code = |today: &str, unlocked| closed(&form, window, day(today), unlocked).map(|f| f.code);
    assert_eq!(code("2023-02-20", false).as_deref(), Some("cycle.not_open"));
    assert_eq!(code("2023-02-21", false), None);
    assert_eq!(code("2023-03-08", false), None);
    assert_eq!(code("2023-03-09", false).as_deref(), Some("cycle.locked"));
    assert_eq!(code("2023-03-09", true), None);
}

#[test]
fn fillings_are_counted_in_the_month_they_fall_due() {
    let times = |kind, due: &str| {
        let cycle = cycle(kind, "0d", due, None);
        due_within(&cycle, day("2023-03-01"), day("2023-03-31"), &calendar())
    };
    assert_eq!(times(PeriodKind::Month, "5d"), 1);
    assert_eq!(times(PeriodKind::Dekad, "1wd"), 3);
    assert_eq!(times(PeriodKind::Quarter, "15d"), 0);
    assert_eq!(times(PeriodKind::Week, "-2d"), 5);
    assert_eq!(times(PeriodKind::Day, "0d"), 31);
    assert_eq!(times(PeriodKind::Year, "60d"), 1);
}
