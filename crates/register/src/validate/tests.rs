//! One rule at a time.

use super::*;
use crate::testing::definition;
use ground::{Amount, Bound, Fen};

/// Findings of a named record with one more value, as `place: problem remedy`.
fn check(field: &str, value: Value, expect: &[&str]) {
    let fields = Fields::from([
        ("name".into(), Value::Text("甲".into())),
        (field.into(), value),
    ]);
    let found: Vec<String> = validate(&definition(), &fields)
        .iter()
        .map(|f| format!("{}: {}{}", f.place, f.problem, f.remedy))
        .collect();
    assert_eq!(found, expect, "{field}");
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

#[test]
fn a_required_field_must_have_a_value() {
    let blank = Fields::from([("name".into(), text("  "))]);
    for fields in [Fields::new(), blank] {
        let findings = validate(&definition(), &fields);
        assert_eq!(findings.len(), 1);
        assert_eq!(
            (findings[0].place.as_str(), findings[0].problem.as_str()),
            ("name", "“名称”没有填。")
        );
    }
}

#[test]
fn good_values_give_no_finding() {
    check("count", Value::Int(100), &[]);
    check(
        "length",
        Value::Decimal {
            scaled: 500,
            digits: 3,
        },
        &[],
    );
    check(
        "cost",
        Value::Money(Amount {
            fen: Fen(1_000_000_000_000),
            bound: Bound::About,
        }),
        &[],
    );
    check("uscc", text("91410102MA9TEXT004"), &[]);
    check("phone", text("0371-67770000"), &[]);
    check("phone", text("13800000000"), &[]);
    check("phone", text("12345"), &[]);
    check("point", text("113.611000,34.748000"), &[]);
    check("period", text("2025M01-02"), &[]);
    check("batch", text("signed"), &[]);
}

#[test]
fn limits_are_told_in_the_fields_own_unit() {
    check(
        "count",
        Value::Int(101),
        &["count: “个数”填的是 101个。应不超过 100个，请核对。"],
    );
    check(
        "count",
        Value::Int(-1),
        &["count: “个数”填的是 -1个。应不少于 0个，请核对。"],
    );
    check(
        "length",
        Value::Decimal {
            scaled: 499,
            digits: 3,
        },
        &["length: “长度”填的是 0.499公里。应不少于 0.5公里，请核对。"],
    );
    check(
        "cost",
        Value::Money(Amount {
            fen: Fen(1_000_000_000_001),
            bound: Bound::Exact,
        }),
        &["cost: “总投资”填的是 100.0000000001亿元。应不超过 100亿元，请核对。"],
    );
    check(
        "aliases",
        Value::TextList(vec!["甲".into(); 4]),
        &["aliases: “别名”填的是 4个。应不超过 3个，请核对。"],
    );
}

#[test]
fn wrong_types_lengths_and_codes_are_told() {
    check(
        "count",
        text("十"),
        &["count: “个数”的值类型不对。这一项是 int 类型，请重新填写。"],
    );
    check(
        "length",
        Value::Decimal {
            scaled: 5,
            digits: 1,
        },
        &["length: “长度”的值类型不对。这一项是 decimal 类型，请重新填写。"],
    );
    check(
        "batch",
        text("签约"),
        &["batch: “批次”没有选项“签约”。可以填：signed、started。"],
    );
    check(
        "period",
        text("2025M13"),
        &["period: “时段”的时段代码“2025M13”不对。例如 2025M03、2025M01-02、2025Q1、2025W12。"],
    );
    check(
        "colour",
        text("红"),
        &["colour: 没有字段“colour”。请去掉它，或先在定义里增加这个字段。"],
    );
    let long = Fields::from([("name".into(), text(&"长".repeat(21)))]);
    assert_eq!(
        validate(&definition(), &long)[0].problem,
        "“名称”有21个字，最多20个。"
    );
    check(
        "paid",
        Value::Money(Amount {
            fen: Fen(1),
            bound: Bound::AtLeast,
        }),
        &["paid: “已付”填的不是准确数。请去掉“约”“余”“近”等字并核实。"],
    );
}

#[test]
fn codes_are_checked_by_their_check_digit() {
    let fields = Fields::from([
        ("name".into(), text("甲")),
        ("uscc".into(), text("91410102MA9TEXT005")),
    ]);
    let findings = validate(&definition(), &fields);
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].code.as_str(), findings[0].severity),
        ("value.bad_uscc", ground::Severity::Error)
    );
    let fields = Fields::from([
        ("name".into(), text("甲")),
        ("code".into(), text("2022-xyz")),
    ]);
    let findings = validate(&definition(), &fields);
    assert_eq!(
        (findings[0].code.as_str(), findings[0].severity),
        ("value.bad_code", ground::Severity::Warning)
    );
}

#[test]
fn rows_are_checked_by_their_columns() {
    let row = |text: &str| Fields::from([("problem".to_owned(), Value::Text(text.into()))]);
    let rows = Value::Rows(vec![
        row("断头路"),
        Fields::from([("money".into(), text("x"))]),
    ]);
    check(
        "problems",
        rows,
        &[
            "problems[2].problem: “问题”没有填。这一项必填，请补上“问题”。",
            "problems[2].money: “资金”的值类型不对。这一项是 money 类型，请重新填写。",
        ],
    );
    check(
        "problems",
        Value::Rows(vec![row("甲"), row("乙"), row("丙")]),
        &["problems: “存在问题”填的是 3行。应不超过 2行，请核对。"],
    );
}

#[test]
fn a_point_lies_in_china_or_is_none() {
    assert_eq!(
        point("113.6112345", "34.748").as_deref(),
        Some("113.611234,34.748000")
    );
    assert_eq!(point("34.748", "113.611"), None);
    assert_eq!(point("-113.6", "34.7"), None);
}

#[test]
fn several_codes_citizen_numbers_lines_and_areas_are_checked() {
    let codes = |codes: &[&str]| Value::TextList(codes.iter().map(|c| (*c).to_owned()).collect());
    check("batches", codes(&["signed", "started"]), &[]);
    check(
        "batches",
        codes(&["signed", "ended"]),
        &["batches: “批次（可多选）”没有选项“ended”。可以填：signed、started。"],
    );
    check("card", text("11010519491231002X"), &[]);
    check(
        "card",
        text("110105194912310021"),
        &[
            "card: “身份证号码”：身份证号码最后一位校验位不对。多半是录错了一位，请对照证件重新录入。",
        ],
    );
    check(
        "route",
        text("113.611000,34.748000;113.612000,34.749000"),
        &[],
    );
    check(
        "plot",
        text("113.611000,34.748000;113.612000,34.749000"),
        &[
            "plot: “地块”的坐标串不对。请在地图上重新画，至少3个点；或写“经度,纬度;经度,纬度”，各六位小数。",
        ],
    );
}
