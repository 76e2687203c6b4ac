//! Cells as people write them.

use super::*;
use crate::testing::definition;
use ground::{Amount, Bound, Fen, Severity};

fn day(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

fn hints() -> Hints {
    let id = RecordId;
    let orgs = vec![
        Known::named(id(1), "区住建局").alias("区住房和城乡建设局"),
        Known::named(id(2), "莲湖街道"),
        Known::named(id(3), "区工信局"),
    ];
    Hints::new(day(2023, 3, 10)).with_orgs(orgs)
}

fn read(field: &str, text: &str, unit: Option<MoneyUnit>) -> ReadCell {
    let definition = definition();
    let field = definition
        .field(field)
        .expect("a field of the test definition");
    read_cell(field, text, unit, "第七期!F12", &hints())
}

/// The value, and no finding.
fn clean(field: &str, text: &str, expect: Value) {
    let cell = read(field, text, Some(MoneyUnit::WanYuan));
    assert_eq!(
        (cell.value, cell.findings),
        (Some(expect), vec![]),
        "{field} {text}"
    );
}

/// The value with one finding of this code and severity.
fn noted(field: &str, text: &str, expect: Value, code: &str, severity: Severity) {
    let cell = read(field, text, Some(MoneyUnit::WanYuan));
    let found: Vec<_> = cell
        .findings
        .iter()
        .map(|f| (f.code.as_str(), f.severity))
        .collect();
    assert_eq!(
        (cell.value, found),
        (Some(expect), vec![(code, severity)]),
        "{field} {text}"
    );
}

/// No value and one error whose text names the cell as written.
fn refused(field: &str, text: &str, code: &str) {
    let cell = read(field, text, Some(MoneyUnit::WanYuan));
    assert_eq!(cell.value, None, "{field} {text}");
    assert_eq!(
        cell.findings.len(),
        1,
        "{field} {text}: {:?}",
        cell.findings
    );
    assert_eq!(
        (cell.findings[0].code.as_str(), cell.findings[0].severity),
        (code, Severity::Error)
    );
    assert!(
        cell.findings[0].problem.contains(text.trim()),
        "{}",
        cell.findings[0].problem
    );
}

#[test]
fn an_empty_cell_is_absent_and_never_a_zero() {
    for text in ["", "  ", "—", "——", "-", "/", "无", "暂无", "　"] {
        for field in [
            "name", "count", "cost", "share", "day", "batch", "unit", "problems", "aliases",
        ] {
            assert_eq!(
                read(field, text, None),
                ReadCell::default(),
                "{field} {text:?}"
            );
        }
    }
}

#[test]
fn dates_written_as_days_are_read_as_they_stand() {
    let writings = [
        "2023.6.25",
        "2023-06-25",
        "2023/6/25",
        "2023年6月25日",
        "2023 年 6 月 25 日",
        "20230625",
        "2023-06-25 00:00:00",
        "2023-06-25T08:30:00",
        "二〇二三年六月二十五日",
        "2023年6月25号",
        "２０２３年６月２５日",
        "45102",
        "45102.5",
        "23年6月25日",
        "23.6.25",
    ];
    for text in writings {
        clean("day", text, Value::Date(day(2023, 6, 25)));
    }
}

#[test]
fn dates_that_are_no_days_become_one_by_rule_and_say_so() {
    let rules = [
        ("2023年10月底", day(2023, 10, 31)),
        ("2023年10月", day(2023, 10, 31)),
        ("2023.10", day(2023, 10, 31)),
        ("2023-10", day(2023, 10, 31)),
        ("2023年2月下旬", day(2023, 2, 28)),
        ("2024年2月末", day(2024, 2, 29)),
        ("2023年8月上旬", day(2023, 8, 10)),
        ("2023年8月中旬", day(2023, 8, 20)),
        ("6月底", day(2023, 6, 30)),
        ("8月25日", day(2023, 8, 25)),
        ("8/25", day(2023, 8, 25)),
        ("2023年上半年", day(2023, 6, 30)),
        ("2023年底", day(2023, 12, 31)),
        ("年底前", day(2023, 12, 31)),
        ("今年底", day(2023, 12, 31)),
        ("明年6月", day(2024, 6, 30)),
        ("2023年", day(2023, 12, 31)),
        ("2023", day(2023, 12, 31)),
        ("2023年三季度", day(2023, 9, 30)),
        ("2023年第3季度末", day(2023, 9, 30)),
        ("预计2023年8月20日", day(2023, 8, 20)),
        ("2023年8月20日前", day(2023, 8, 20)),
        ("202308", day(2023, 8, 31)),
    ];
    for (text, expect) in rules {
        noted(
            "day",
            text,
            Value::Date(expect),
            "cell.date_rounded",
            Severity::Info,
        );
    }
    noted(
        "day",
        "2023.1",
        Value::Date(day(2023, 1, 31)),
        "cell.date_doubt",
        Severity::Warning,
    );
}

#[test]
fn what_is_no_date_is_told_and_left_empty() {
    for text in [
        "2023年2月30日",
        "2023-13-01",
        "2023年13月",
        "春节前",
        "已开工",
        "待定",
        "1023年5月1日",
        "12",
        "2023.6.25-2023.8.1",
    ] {
        refused("day", text, "cell.bad_date");
    }
    let cell = read("day", "2023年2月30日", None);
    assert_eq!(
        cell.findings[0].problem,
        "第12行“日期”写的是“2023年2月30日”，没有 2023年2月30日 这一天。"
    );
}

#[test]
fn every_day_survives_its_writings() {
    let mut date = day(2020, 1, 1);
    while date < day(2024, 12, 31) {
        let (y, m, d) = (date.year(), date.month(), date.day());
        for text in [
            format!("{date}"),
            format!("{y}.{m}.{d}"),
            format!("{y}年{m}月{d}日"),
            format!("{y}/{m:02}/{d:02}"),
        ] {
            let read = read_date(&text, day(2023, 3, 10)).expect("a date");
            assert_eq!((read.date, read.exact), (date, true), "{text}");
        }
        date = date.tomorrow().expect("inside range");
    }
}

#[test]
fn moments_are_beijing_time_in_and_utc_out() {
    let utc = |text: &str| Value::DateTime(text.into());
    clean("moment", "2023-03-10 08:30", utc("2023-03-10T00:30:00Z"));
    clean(
        "moment",
        "2023年3月10日 7:05:09",
        utc("2023-03-09T23:05:09Z"),
    );
    clean(
        "moment",
        "2023年3月10日 8时30分",
        utc("2023-03-10T00:30:00Z"),
    );
    clean(
        "moment",
        "2023-03-10T00:30:00Z",
        utc("2023-03-10T00:30:00Z"),
    );
    refused("moment", "上午", "cell.bad_datetime");
    refused("moment", "2023-03-10 25:00", "cell.bad_datetime");
}

#[test]
fn periods_are_read_to_their_codes() {
    let periods = [
        ("2025M01-02", "2025M01-02"),
        ("2025年1—2月份", "2025M01-02"),
        ("2025年1-2月累计", "2025M01-02"),
        ("1—2月", "2023M01-02"),
        ("2025年3月", "2025M03"),
        ("3月份", "2023M03"),
        ("一季度", "2023Q1"),
        ("2025年第二季度", "2025Q2"),
        ("2025年上半年", "2025H1"),
        ("2025年", "2025"),
        ("2023年3月上旬", "2023M03T1"),
        ("2023年第10周", "2023W10"),
        ("2023年3月6日—3月10日", "2023W10"),
        ("2023年3月6日-10日", "2023W10"),
        ("2023年3月1日—3月31日", "2023M03"),
        ("2023-03-15", "2023-03-15"),
    ];
    for (text, code) in periods {
        clean("period", text, Value::Text(code.into()));
    }
    for text in [
        "2025年13月",
        "近期",
        "2025年5—3月",
        "2023年3月2日—3月19日",
        "第五季度",
    ] {
        refused("period", text, "cell.bad_period");
    }
}

fn money(fen: i64, bound: Bound) -> Value {
    Value::Money(Amount {
        fen: Fen(fen),
        bound,
    })
}

#[test]
fn money_is_read_in_the_unit_of_header_or_cell() {
    clean("cost", "7,320", money(7_320_000_000, Bound::Exact));
    clean("cost", "850.5", money(850_500_000, Bound::Exact));
    clean("cost", "120万", money(120_000_000, Bound::Exact));
    clean("cost", "5000余", money(5_000_000_000, Bound::AtLeast));
    clean("cost", "约1.2亿元", money(12_000_000_000, Bound::About));
    assert_eq!(
        read("cost", "62.4", Some(MoneyUnit::YiYuan)).value,
        Some(money(624_000_000_000, Bound::Exact))
    );
}

#[test]
fn money_without_any_unit_is_read_in_the_fields_unit_with_a_warning() {
    let cell = read("cost", "62.4", None);
    assert_eq!(cell.value, Some(money(624_000_000_000, Bound::Exact)));
    assert_eq!(cell.findings[0].code, "money.unit_guessed");
    assert_eq!(read("cost", "62.4亿元", None).findings, []);
    assert_eq!(read("cost", "5千", None).findings.len(), 1);
}

#[test]
fn an_amount_too_large_for_its_header_names_the_figure_meant() {
    let cell = read("cost", "624000", Some(MoneyUnit::YiYuan));
    assert_eq!(cell.findings.len(), 1);
    assert_eq!(cell.findings[0].severity, Severity::Warning);
    assert_eq!(
        cell.findings[0].to_string(),
        "第七期!F12:第12行“总投资”填的是 624000，表头单位是亿元。若实为万元，请改为 62.4，或把表头改成“总投资(万元)”。",
    );
    assert!(cell.value.is_some());
    let yuan = read("cost", "6240000000", Some(MoneyUnit::WanYuan));
    assert!(
        yuan.findings[0]
            .remedy
            .contains("若实为元，请改为 624000，"),
        "{}",
        yuan.findings[0].remedy
    );
}

#[test]
fn money_that_is_none_is_refused_with_the_reason() {
    refused("cost", "另行测算", "money.not_a_number");
    refused("cost", "3000-5000", "money.range");
    refused("paid", "约300", "money.not_exact");
}

#[test]
fn counts_and_rates_lose_their_measure_words() {
    clean("count", "15个", Value::Int(15));
    clean("count", "40天", Value::Int(40));
    clean("count", "第七期", Value::Int(7));
    clean("count", "1,234", Value::Int(1234));
    clean("count", "15.0", Value::Int(15));
    clean("share", "28.2%", Value::Percent(2820));
    clean("share", "28.2", Value::Percent(2820));
    clean("share", "-3.5", Value::Percent(-350));
    clean("share", "13", Value::Percent(1300));
    clean(
        "length",
        "1.25公里",
        Value::Decimal {
            scaled: 1250,
            digits: 3,
        },
    );
    clean(
        "length",
        "0.30000000000000004",
        Value::Decimal {
            scaled: 300,
            digits: 3,
        },
    );
    noted(
        "share",
        "约16",
        Value::Percent(1600),
        "cell.bound_lost",
        Severity::Info,
    );
    noted(
        "share",
        "28.256%",
        Value::Percent(2826),
        "cell.rounded",
        Severity::Info,
    );
    clean("share", "+3.5", Value::Percent(350));
    refused("count", "若干", "cell.bad_number");
    refused("count", "15.5", "cell.not_whole");
}

#[test]
fn yes_and_no_in_all_their_marks() {
    for yes in ["是", "√", "有", "1", "Y", "完成"] {
        clean("done", yes, Value::Bool(true));
    }
    for no in ["否", "×", "无", "0", "未完成"] {
        clean("done", no, Value::Bool(false));
    }
    assert_eq!(read("done", "—", None), ReadCell::default());
    refused("done", "也许", "cell.bad_bool");
}

#[test]
fn codes_by_label_code_or_synonym() {
    for text in ["签约一批", "signed", "签约", "签约一批(2个)", " 签约一批 "] {
        clean("batch", text, Value::Text("signed".into()));
    }
    refused("batch", "竣工一批", "cell.unknown_choice");
    assert_eq!(
        read("batch", "投产", None).findings[0].remedy,
        "请填下列之一：签约一批、开工一批。"
    );
}

#[test]
fn organisations_are_found_or_named_with_the_nearest() {
    clean("unit", "区住建局", Value::Ref(RecordId(1)));
    clean("unit", "区住房和城乡建设局", Value::Ref(RecordId(1)));
    clean("unit", "莲湖办事处", Value::Ref(RecordId(2)));
    clean(
        "helpers",
        "区住建局、莲湖街道",
        Value::Refs(vec![RecordId(1), RecordId(2)]),
    );
    let cell = read("unit", "施工单位", None);
    assert_eq!(
        (cell.value, cell.findings[0].severity),
        (None, Severity::Warning)
    );
    assert!(cell.findings[0].problem.contains("施工单位"));
    let partly = read("helpers", "区住建局、区城市局", None);
    assert_eq!(partly.value, Some(Value::Refs(vec![RecordId(1)])));
    assert_eq!(partly.findings.len(), 1);
}

#[test]
fn a_name_outside_the_directory_goes_to_the_field_meant_for_it() {
    let mut field = Field::new("unit", "责任单位", FieldKind::Org);
    field.else_to = Some("performer".into());
    let cell = read_cell(&field, "施工单位", None, "倒排计划!E3", &hints());
    assert_eq!(cell.value, None);
    assert_eq!(
        cell.other,
        Some(("performer".into(), Value::Text("施工单位".into())))
    );
    assert_eq!(cell.findings[0].severity, Severity::Info);
    let known = read_cell(&field, "区住建局", None, "倒排计划!E5", &hints());
    assert_eq!(
        (known.value, known.other),
        (Some(Value::Ref(RecordId(1))), None)
    );
}

#[test]
fn a_near_name_is_taken_with_a_warning_that_names_it() {
    let hints = hints().with_refs(
        "project",
        vec![Known::named(RecordId(10), "郑州外国语中学莲湖校区项目")],
    );
    let field = Field::new(
        "project",
        "项目",
        FieldKind::Ref {
            to: "project".into(),
        },
    );
    let cell = read_cell(&field, "外国语中学莲湖校区", None, "周报!B4", &hints);
    assert_eq!(cell.value, Some(Value::Ref(RecordId(10))));
    assert_eq!(
        cell.findings[0].problem,
        "第4行“项目”写的是“外国语中学莲湖校区”，按相近名称对应到“郑州外国语中学莲湖校区项目”。"
    );
}

#[test]
fn codes_with_check_digits_are_checked() {
    clean(
        "uscc",
        "9141 0102 ma9text004",
        Value::Text("91410102MA9TEXT004".into()),
    );
    refused("uscc", "91410102MA9TEXT005", "cell.bad_uscc");
    clean(
        "phone",
        "0371-67770000",
        Value::Text("0371-67770000".into()),
    );
    noted(
        "phone",
        "见通讯录",
        Value::Text("见通讯录".into()),
        "cell.bad_phone",
        Severity::Warning,
    );
}

#[test]
fn points_are_put_right_way_round() {
    let point = Value::Text("113.611000,34.748000".into());
    clean("point", "113.611,34.748", point.clone());
    clean("point", "34.748 113.611", point.clone());
    clean("point", "东经113.611°,北纬34.748°", point);
    refused("point", "河堤边", "cell.bad_point");
}

#[test]
fn lines_of_a_cell_become_rows_and_lists() {
    let row = |text: &str| Fields::from([("problem".to_owned(), Value::Text(text.into()))]);
    clean(
        "problems",
        "1.断头路\n2.10kV临时用电未接入;",
        Value::Rows(vec![row("断头路"), row("10kV临时用电未接入")]),
    );
    clean(
        "problems",
        "1.5公里断头路",
        Value::Rows(vec![row("1.5公里断头路")]),
    );
    clean("problems", "（1）断头路", Value::Rows(vec![row("断头路")]));
    clean("problems", "①断头路;②无", Value::Rows(vec![row("断头路")]));
    clean(
        "aliases",
        "泛锐云智、泛锐；新材料园",
        Value::TextList(vec!["泛锐云智".into(), "泛锐".into(), "新材料园".into()]),
    );
    clean("name", "本周完成\n投资", Value::Text("本周完成投资".into()));
    clean(
        "name",
        "CCD Park\n锦艺",
        Value::Text("CCD Park 锦艺".into()),
    );
}

#[test]
fn a_cell_may_hold_several_options_a_citizen_number_or_a_line() {
    let codes = Value::TextList(vec!["started".into(), "signed".into()]);
    clean("batches", "开工一批、签约", codes);
    let cell = read("batches", "开工、竣工", None);
    assert_eq!(cell.value, Some(Value::TextList(vec!["started".into()])));
    assert_eq!(cell.findings[0].code, "cell.unknown_choice");
    clean(
        "card",
        " 11010519491231002x",
        Value::Text("11010519491231002X".into()),
    );
    let wrong = read("card", "110105194912310021", None);
    assert_eq!(wrong.value, None);
    assert!(!wrong.findings[0].to_string().contains("19491231"));
    clean(
        "route",
        "113.611,34.748 113.612,34.749",
        Value::Text("113.611000,34.748000;113.612000,34.749000".into()),
    );
    refused("plot", "113.611,34.748;113.612,34.749", "cell.bad_points");
    assert_eq!(
        read("signed", "张三", None).findings[0].code,
        "cell.attachment"
    );
    assert_eq!(read("words", "随便", None), ReadCell::default());
}

#[test]
fn an_answer_that_no_option_has_goes_to_the_field_meant_for_it() {
    let definition = definition();
    let mut field = definition.field("batch").expect("batch").clone();
    field.else_to = Some("remark".into());
    let cell = read_cell(&field, "意向项目", None, "第七期!F12", &hints());
    assert_eq!(cell.value, None);
    let kept = ("remark".to_owned(), Value::Text("意向项目".into()));
    assert_eq!(cell.other, Some(kept));
    assert_eq!(cell.findings[0].code, "cell.option_kept");
}
