//! Figures of the two registers of the engines' paper, and what holds of all figures.

use std::collections::BTreeSet;
use std::sync::Arc;

use ground::{Period, RecordId};
use proptest::prelude::*;

use super::*;
use crate::definition::{Field, FieldKind, Text};
use crate::expr::testing::*;
use crate::law::AggregateKind;
use crate::record::{Fields, Value};

fn aggregate(filter: &str, agg: AggregateKind) -> Aggregate {
    Aggregate {
        register: None,
        filter: Some(filter).filter(|f| !f.is_empty()).map(expr),
        agg,
    }
}

fn metric(body: MetricBody, date: Option<&str>, by: &[&str]) -> Metric {
    Metric {
        id: "m".into(),
        title: Text::zh("指标"),
        unit: "处".into(),
        time: MetricTime::Flow,
        body,
        date: date.map(expr),
        by: by.iter().map(|b| (*b).to_owned()).collect(),
        digits: 1,
        note: None,
    }
}

fn found() -> Metric {
    let count = aggregate("state != 'void' && state != 'draft'", AggregateKind::Count);
    metric(
        MetricBody::Plain(count),
        Some("found_at"),
        &["place_org", "domain", "level"],
    )
}

fn close_rate() -> Metric {
    let body = MetricBody::Rate {
        numerator: aggregate("state == 'closed' && late_days == 0", AggregateKind::Count),
        denominator: aggregate(
            "due_on <= period.end && state != 'void'",
            AggregateKind::Count,
        ),
        percent: true,
    };
    metric(body, Some("due_on"), &["place_org"])
}

fn seen(
    definition: &Definition,
    metric: &Metric,
    period: &str,
    world: &Village,
    records: &[Known],
) -> Vec<Observation> {
    let calendar = calendar();
    let question = Question {
        definition,
        metric,
        period: period.parse().expect("a period"),
        moment: Moment {
            today: TODAY,
            now: NOW,
            calendar: &calendar,
        },
        world,
    };
    let (observations, findings) = observe(&question, records);
    assert_eq!(findings, []);
    observations
}

fn hazards(rows: &[(&str, i64, &str, &str)]) -> Vec<Known> {
    let definition = Arc::new(hazard());
    let record = |(n, (state, street, due, fixed)): (usize, &(&str, i64, &str, &str))| {
        let mut values = fields([
            ("state", text(state)),
            ("place_org", Value::Ref(RecordId(*street))),
            ("found_at", Value::DateTime(format!("{due}T01:00:00Z"))),
            ("due_on", day(due)),
            ("level", text("general")),
        ]);
        if !fixed.is_empty() {
            values.insert("fixed_on".into(), day(fixed));
        }
        known(&definition, n as i64 + 1, values)
    };
    rows.iter().enumerate().map(record).collect()
}

fn ids(ids: &[RecordId]) -> Vec<i64> {
    ids.iter().map(|id| id.get()).collect()
}

#[test]
fn a_rate_keeps_both_sides_and_the_records_behind_them() {
    let records = hazards(&[
        ("closed", 1, "2025-04-10", "2025-04-10"),
        ("closed", 1, "2025-04-11", "2025-04-14"),
        ("assigned", 2, "2025-04-15", ""),
        ("void", 2, "2025-04-15", ""),
        ("closed", 1, "2025-03-31", "2025-03-31"),
    ]);
    let rates = seen(
        &hazard(),
        &close_rate(),
        "2025M04",
        &Village::default(),
        &records,
    );
    let whole = &rates[0];
    assert!(whole.by.is_empty());
    assert_eq!(whole.numerator, Some(Figure::count(1)));
    assert_eq!(whole.denominator, Some(Figure::count(3)));
    assert_eq!(
        whole.value.map(|v| v.text(&close_rate())),
        Some("33.3%".to_owned())
    );
    assert_eq!(
        (ids(&whole.records), ids(&whole.of)),
        (vec![1], vec![1, 2, 3])
    );
    let texts: Vec<String> = rates[1..]
        .iter()
        .map(|o| {
            let group = o.by[0]
                .stored()
                .and_then(|v| v.as_ref_id())
                .map_or(0, RecordId::get);
            let text = o.value.map_or("—".into(), |v| v.text(&close_rate()));
            format!("{group}: {text}")
        })
        .collect();
    assert_eq!(texts, ["1: 50.0%", "2: 0.0%"]);
}

#[test]
fn nothing_over_nothing_has_no_value() {
    let rates = seen(
        &hazard(),
        &close_rate(),
        "2025M04",
        &Village::default(),
        &[],
    );
    assert_eq!(rates.len(), 1);
    assert_eq!(rates[0].value, None);
    assert_eq!(rates[0].denominator, Some(Figure::count(0)));
}

#[test]
fn a_count_breaks_down_by_each_field_and_by_all() {
    let records = hazards(&[
        ("assigned", 1, "2025-04-10", ""),
        ("closed", 1, "2025-04-11", ""),
        ("assigned", 2, "2025-04-15", ""),
        ("draft", 2, "2025-04-15", ""),
    ]);
    let counts = seen(&hazard(), &found(), "2025Q2", &Village::default(), &records);
    let line = |o: &Observation| {
        let keys: Vec<String> =
            o.by.iter()
                .map(|k| format!("{}={}", k.path, crate::expr::print_val(&k.value)))
                .collect();
        format!(
            "{} {}",
            keys.join(","),
            o.value.map_or("—".into(), |v| v.text(&found()))
        )
    };
    let lines: Vec<String> = counts.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            " 3",
            "domain=none 3",
            "level='general' 3",
            "place_org=record('organisation', 1) 2",
            "place_org=record('organisation', 1),domain=none,level='general' 2",
            "place_org=record('organisation', 2) 1",
            "place_org=record('organisation', 2),domain=none,level='general' 1",
        ]
    );
}

/// Two institutions in two streets, three devices in use and one stopped.
fn devices() -> (Village, [Known; 4]) {
    let (institution, device) = (Arc::new(institution()), Arc::new(device()));
    let mut village = Village::default();
    for (id, street) in [(1, 21), (2, 22)] {
        let street = Value::Ref(RecordId(street));
        village.add(known(&institution, id, fields([("street", street)])));
    }
    let row = |id, at: i64, state: &str, tested: &str| {
        let values = fields([
            ("institution", Value::Ref(RecordId(at))),
            ("state", text(state)),
            ("last_status_test", day(tested)),
            ("price", money(id * 1_000_000)),
        ]);
        known(&device, id, values)
    };
    let records = [
        row(10, 1, "in_use", "2024-05-12"),
        row(11, 1, "in_use", "2024-05-13"),
        row(12, 2, "in_use", "2025-05-01"),
        row(13, 2, "stopped", "2025-05-01"),
    ];
    (village, records)
}

#[test]
fn a_stock_counts_what_is_there_at_the_end_and_groups_through_references() {
    let (village, records) = devices();
    let tested = "state == 'in_use' && last_status_test > add_months(period.end, -12)";
    let body = MetricBody::Rate {
        numerator: aggregate(tested, AggregateKind::Count),
        denominator: aggregate("state == 'in_use'", AggregateKind::Count),
        percent: true,
    };
    let rate = Metric {
        time: MetricTime::Stock,
        ..metric(body, None, &["institution.street"])
    };
    let rates = seen(&device(), &rate, "2025Q2", &village, &records);
    let shown: Vec<_> = rates
        .iter()
        .map(|o| {
            let key = o.by.first().map(|k| k.value.clone());
            (key, o.value.map(|v| v.text(&rate)))
        })
        .collect();
    let street = |id| {
        Some(Val::Ref {
            register: "organisation".into(),
            id: RecordId(id),
        })
    };
    assert_eq!(
        shown,
        [
            (None, Some("66.7%".into())),
            (street(21), Some("50.0%".into())),
            (street(22), Some("100%".into())),
        ]
    );
}

#[test]
fn money_is_shown_in_the_unit_of_the_metric() {
    let (village, records) = devices();
    let price = |agg: AggregateKind, unit: &str| {
        let body = MetricBody::Plain(aggregate("state == 'in_use'", agg));
        let sum = Metric {
            unit: unit.into(),
            ..metric(body, None, &[])
        };
        let all = seen(&device(), &sum, "2025Q2", &village, &records);
        all[0].value.map(|v| v.text(&sum))
    };
    let x = || expr("price");
    assert_eq!(price(AggregateKind::Sum(x()), "万元"), Some("33".into()));
    assert_eq!(price(AggregateKind::Sum(x()), "元"), Some("330000".into()));
    assert_eq!(price(AggregateKind::Avg(x()), "万元"), Some("11.0".into()));
    assert_eq!(price(AggregateKind::Max(x()), "万元"), Some("12".into()));
    assert_eq!(price(AggregateKind::Min(x()), "万元"), Some("10".into()));
    let firms = AggregateKind::CountDistinct(expr("institution"));
    assert_eq!(price(firms, "家"), Some("2".into()));
}

#[test]
fn a_record_whose_rule_has_no_value_is_told_and_left_out() {
    let count = aggregate("1 / late_days > 0", AggregateKind::Count);
    let metric = metric(MetricBody::Plain(count), None, &[]);
    let (definition, calendar) = (hazard(), calendar());
    let question = Question {
        definition: &definition,
        metric: &metric,
        period: Period::Year(2025),
        moment: Moment {
            today: TODAY,
            now: NOW,
            calendar: &calendar,
        },
        world: &crate::expr::Nowhere,
    };
    let records = hazards(&[
        ("closed", 1, "2025-04-10", "2025-04-10"),
        ("closed", 1, "2025-04-10", "2025-04-11"),
    ]);
    let (observations, findings) = observe(&question, &records);
    assert_eq!(ids(&observations[0].records), [2]);
    assert_eq!(
        findings[0].to_string(),
        "safety_hazard/1:“FS20250001”没有计入“指标”：除数是零。请补正这条记录，或请管理员检查指标的口径。"
    );
}

#[test]
fn the_basis_is_told_in_chinese() {
    let told = |metric: &Metric| basis_text(&hazard(), metric, None);
    assert_eq!(
        told(&found()),
        "状态不是作废、草稿的记录数。只计发现时间在本期内的，本期没完的算到当天。按属地街道、领域、隐患等级分组。"
    );
    assert_eq!(
        told(&close_rate()),
        "分子：状态为已销号，且超期工作日等于 0的记录数。分母：整改期限不晚于期末，且状态不是作废的记录数。分子 ÷ 分母 × 100%。只计整改期限在本期内的，本期没完的算到当天。分母为 0 时没有值。按属地街道分组。"
    );
}

/// A register with one of each: a group, a number that may be missing, a flag.
fn little() -> Definition {
    define(
        "little",
        vec![
            Field::new("group", "组", FieldKind::Int),
            Field::new("cost", "金额", FieldKind::Money),
            Field::new("done", "完成", FieldKind::Bool),
            Field::new("on", "日期", FieldKind::Date),
        ],
    )
}

fn little_records() -> impl Strategy<Value = Vec<Known>> {
    let row = (
        0i64..4,
        proptest::option::of(-10_000_000i64..10_000_000),
        any::<bool>(),
        1i8..29,
    );
    proptest::collection::vec(row, 0..40).prop_map(|rows| {
        let definition = Arc::new(little());
        let record = |(n, (group, cost, done, on)): (usize, (i64, Option<i64>, bool, i8))| {
            let mut values: Fields = fields([
                ("group", Value::Int(group)),
                ("done", Value::Bool(done)),
                ("on", Value::Date(ground::Date::constant(2025, 4, on))),
            ]);
            values.extend(cost.map(|c| ("cost".to_owned(), money(c))));
            known(&definition, n as i64 + 1, values)
        };
        rows.into_iter().enumerate().map(record).collect()
    })
}

fn sum_of(observations: &[Observation], side: fn(&Observation) -> Option<Figure>) -> ground::Ratio {
    let mut sum = (0, 1);
    for ratio in observations.iter().filter_map(side).map(|f| f.ratio) {
        sum = (
            sum.0 * ratio.denominator + ratio.numerator * sum.1,
            sum.1 * ratio.denominator,
        );
        let reduced = ground::Ratio::new(sum.0, sum.1).reduced();
        sum = (reduced.numerator, reduced.denominator);
    }
    ground::Ratio::new(sum.0, sum.1).reduced()
}

proptest! {
    #[test]
    fn groups_sum_to_the_whole(records in little_records()) {
        let (definition, world) = (little(), Village::default());
        for kind in [AggregateKind::Count, AggregateKind::Sum(expr("cost"))] {
            let metric = metric(MetricBody::Plain(aggregate("done", kind)), Some("on"), &["group"]);
            let all = seen(&definition, &metric, "2025M04T2", &world, &records);
            let whole = all[0].value.map(|v| v.ratio.reduced());
            prop_assert_eq!(Some(sum_of(&all[1..], |o| o.value)), whole);
            let parts: Vec<RecordId> = all[1..].iter().flat_map(|o| o.records.clone()).collect();
            prop_assert_eq!(parts.len(), all[0].records.len());
            let (parts, of_whole): (BTreeSet<_>, BTreeSet<_>) =
                (parts.into_iter().collect(), all[0].records.iter().copied().collect());
            prop_assert_eq!(parts, of_whole);
        }
    }

    #[test]
    fn the_records_behind_a_rate_are_as_many_as_it_says(records in little_records()) {
        let body = MetricBody::Rate {
            numerator: aggregate("done && cost > 0", AggregateKind::Count),
            denominator: aggregate("cost > 0", AggregateKind::Count),
            percent: true,
        };
        let metric = metric(body, None, &["group", "done"]);
        let all = seen(&little(), &metric, "2025", &Village::default(), &records);
        for o in &all {
            prop_assert_eq!(o.numerator, Some(Figure::count(o.records.len())));
            prop_assert_eq!(o.denominator, Some(Figure::count(o.of.len())));
            let same = o.records.len() == o.of.len();
            match o.value {
                None => prop_assert!(o.of.is_empty()),
                Some(v) => prop_assert_eq!(v.text(&metric).starts_with("100"), same),
            }
        }
        let groups: Vec<Observation> = all.iter().filter(|o| o.by.len() == 1 && o.by[0].path == "group").cloned().collect();
        prop_assert_eq!(Some(sum_of(&groups, |o| o.denominator)), all[0].denominator.map(|v| v.ratio));
    }

    #[test]
    fn a_rate_below_one_hundred_is_never_shown_as_it(part in 0i64..100_000, more in 1i64..100_000, digits in 0u8..4) {
        let ratio = ground::Ratio::new(part.into(), (part + more).into());
        let metric = Metric { digits, ..close_rate() };
        let text = Figure { ratio, money: false }.text(&metric);
        prop_assert!(!text.starts_with("100"), "{}", text);
    }

    #[test]
    fn flows_of_the_parts_of_a_year_sum_to_the_year(records in little_records()) {
        let metric = metric(MetricBody::Plain(aggregate("", AggregateKind::Sum(expr("cost")))), Some("on"), &[]);
        let flow = |period: &str| seen(&little(), &metric, period, &Village::default(), &records)[0].clone();
        let parts = [flow("2025M04T1"), flow("2025M04T2"), flow("2025M04T3")];
        prop_assert_eq!(Some(sum_of(&parts, |o| o.value)), flow("2025").value.map(|v| v.ratio.reduced()));
    }
}
