//! The language as a whole: every expression of the two definitions in the engines' paper, missing values, limits.

use std::sync::Arc;

use ground::RecordId;
use proptest::prelude::*;

use super::testing::*;
use super::*;
use crate::record::{Fields, Value};

fn truth(definition: &crate::Definition, fields: &Fields, text: &str) -> Val {
    value(definition, fields, &[], text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn a_major_hazard_has_thirty_working_days_a_general_one_five() {
    let hazard = hazard();
    let at = Value::DateTime("2025-05-12T01:00:00Z".into());
    let mut record = fields([("assigned_at", at), ("level", text("general"))]);
    let due = |record: &Fields| truth(&hazard, record, "due_on");
    assert_eq!(
        due(&record),
        Val::Date("2025-05-19".parse().expect("a date"))
    );
    record.insert("level".into(), text("major"));
    assert_eq!(
        due(&record),
        Val::Date("2025-06-24".parse().expect("a date"))
    );
    record.remove("assigned_at");
    assert_eq!(due(&record), Val::None);
}

#[test]
fn an_evening_in_utc_is_already_the_next_day_in_china() {
    let hazard = hazard();
    let record = fields([(
        "assigned_at",
        Value::DateTime("2025-05-12T16:00:00Z".into()),
    )]);
    let day = truth(&hazard, &record, "date(assigned_at)");
    assert_eq!(day, Val::Date("2025-05-13".parse().expect("a date")));
}

#[test]
fn late_days_count_working_days_after_the_due_day_and_never_below_zero() {
    let hazard = hazard();
    let late = |due: &str, fixed: Option<&str>| {
        let mut record = fields([("due_on", day(due))]);
        record.extend(fixed.map(|f| ("fixed_on".to_owned(), day(f))));
        truth(&hazard, &record, "late_days")
    };
    assert_eq!(late("2025-05-09", None), Val::Int(1));
    assert_eq!(late("2025-05-09", Some("2025-05-09")), Val::Int(0));
    assert_eq!(late("2025-05-09", Some("2025-05-06")), Val::Int(0));
    assert_eq!(late("2025-04-30", Some("2025-05-06")), Val::Int(1));
}

#[test]
fn guards_of_the_hazard_register_hold_when_the_work_is_done() {
    let hazard = hazard();
    let guard = "size(photos_after) > 0 && measures.all(m, m.done)";
    let done = |done| fields([("what", text("换线")), ("done", Value::Bool(done))]);
    let mut record = fields([("photos_after", Value::TextList(vec!["a".into()]))]);
    assert_eq!(truth(&hazard, &record, guard), Val::Bool(true));
    record.insert(
        "measures".into(),
        Value::Rows(vec![done(true), done(false)]),
    );
    assert_eq!(truth(&hazard, &record, guard), Val::Bool(false));
    record.insert("measures".into(), Value::Rows(vec![done(true), done(true)]));
    assert_eq!(truth(&hazard, &record, guard), Val::Bool(true));
    record.remove("photos_after");
    assert_eq!(truth(&hazard, &record, guard), Val::Bool(false));
}

#[test]
fn measures_add_up_to_the_cost() {
    let hazard = hazard();
    let row = |fen| fields([("money", money(fen))]);
    let mut record = fields([
        ("cost", money(300)),
        (
            "measures",
            Value::Rows(vec![row(100), row(200), Fields::new()]),
        ),
    ]);
    let rule = "cost == sum(measures.map(m, m.money))";
    assert_eq!(truth(&hazard, &record, rule), Val::Bool(true));
    record.insert("cost".into(), money(301));
    assert_eq!(truth(&hazard, &record, rule), Val::Bool(false));
    assert_eq!(
        truth(&hazard, &record, "size(measures) > 0"),
        Val::Bool(true)
    );
}

#[test]
fn four_eyes_know_who_did_the_step() {
    let hazard = hazard();
    let mut record = fields([(
        "steps",
        Value::Rows(vec![
            step("2025-05-01T02:00:00Z", "li", "fix", "assigned", "fixed"),
            step(
                "2025-05-02T02:00:00Z",
                "wang",
                "reject",
                "fixed",
                "assigned",
            ),
            step("2025-05-03T02:00:00Z", "zhang", "fix", "assigned", "fixed"),
        ]),
    )]);
    let rule = "user.id != actor('fix')";
    assert_eq!(truth(&hazard, &record, rule), Val::Bool(false));
    record.remove("steps");
    assert_eq!(truth(&hazard, &record, rule), Val::Bool(true));
}

#[test]
fn the_todo_list_is_that_of_ones_own_unit() {
    let hazard = hazard();
    let filter = "holder == user.org && state in ['assigned', 'reported']";
    let record = |unit: i64, state: &str| {
        fields([
            ("holder", Value::Ref(RecordId(unit))),
            ("state", text(state)),
        ])
    };
    assert_eq!(
        truth(&hazard, &record(13, "reported"), filter),
        Val::Bool(true)
    );
    assert_eq!(
        truth(&hazard, &record(14, "reported"), filter),
        Val::Bool(false)
    );
    assert_eq!(
        truth(&hazard, &record(13, "closed"), filter),
        Val::Bool(false)
    );
}

fn tests(rows: &[(&str, &str, &str)]) -> Value {
    let row = |(on, kind, result): &(&str, &str, &str)| {
        fields([
            ("on", day(on)),
            ("kind", text(kind)),
            ("result", text(result)),
        ])
    };
    Value::Rows(rows.iter().map(row).collect())
}

#[test]
fn the_last_good_status_test_counts() {
    let device = device();
    let record = fields([(
        "tests",
        tests(&[
            ("2024-03-01", "状态检测", "pass"),
            ("2024-06-01", "状态检测", "fail"),
            ("2024-05-01", "验收检测", "pass"),
        ]),
    )]);
    let last = truth(&device, &record, "last_status_test");
    assert_eq!(last, Val::Date("2024-03-01".parse().expect("a date")));
    assert_eq!(
        truth(&device, &Fields::new(), "last_status_test"),
        Val::None
    );
    let guard =
        "tests.exists(t, t.kind == '验收检测' && t.result == 'pass') && size(operators) > 0";
    assert_eq!(truth(&device, &record, guard), Val::Bool(false));
}

#[test]
fn a_restart_needs_a_test_after_the_stop() {
    let device = device();
    let guard = "last_status_test != none && last_status_test > left('in_use')";
    let record = |tested: &str| {
        let stop = step("2024-03-05T02:00:00Z", "li", "stop", "in_use", "stopped");
        fields([
            ("last_status_test", day(tested)),
            ("steps", Value::Rows(vec![stop])),
        ])
    };
    assert_eq!(
        truth(&device, &record("2024-03-06"), guard),
        Val::Bool(true)
    );
    assert_eq!(
        truth(&device, &record("2024-03-05"), guard),
        Val::Bool(false)
    );
    assert_eq!(truth(&device, &Fields::new(), guard), Val::Bool(false));
}

#[test]
fn a_test_before_the_installation_breaks_the_check_and_a_missing_date_does_not() {
    let device = device();
    let rule = "tests.all(t, !has(installed_on) || t.on >= installed_on)";
    let mut record = fields([("tests", tests(&[("2024-03-01", "状态检测", "pass")]))]);
    assert_eq!(truth(&device, &record, rule), Val::Bool(true));
    record.insert("installed_on".into(), day("2024-03-02"));
    assert_eq!(truth(&device, &record, rule), Val::Bool(false));
    record.insert("installed_on".into(), day("2024-03-01"));
    assert_eq!(truth(&device, &record, rule), Val::Bool(true));
}

#[test]
fn the_yearly_duty_is_due_twelve_months_after_the_last_test() {
    let device = device();
    let filter = "obligation('yearly_status_test').due <= today() + days(30)";
    let record = |state: &str, tested: &str| {
        fields([("state", text(state)), ("last_status_test", day(tested))])
    };
    assert_eq!(
        truth(&device, &record("in_use", "2024-06-11"), filter),
        Val::Bool(true)
    );
    assert_eq!(
        truth(&device, &record("in_use", "2024-06-12"), filter),
        Val::Bool(false)
    );
    assert_eq!(
        truth(&device, &record("stopped", "2024-06-11"), filter),
        Val::None
    );
    let light = |tested: &str| {
        truth(
            &device,
            &record("in_use", tested),
            "obligation('yearly_status_test').light",
        )
    };
    assert_eq!(light("2024-05-11"), Val::Text("red".into()));
    assert_eq!(light("2024-05-12"), Val::Text("yellow".into()));
    assert_eq!(light("2024-06-12"), Val::Text("green".into()));
}

#[test]
fn a_kind_decides_the_class() {
    let device = device();
    for (kind, class) in [
        ("ct", "diag"),
        ("dsa", "interv"),
        ("linac", "therapy"),
        ("nm", "nuclear"),
    ] {
        let record = fields([("kind", text(kind))]);
        assert_eq!(truth(&device, &record, "class"), Val::Text(class.into()));
    }
}

fn village() -> Village {
    let mut village = Village::default();
    let (institution, device) = (Arc::new(institution()), Arc::new(device()));
    for (id, until) in [(1, "2026-01-01"), (2, "2025-01-01")] {
        village.add(known(
            &institution,
            id,
            fields([("licence_until", day(until))]),
        ));
    }
    for (id, at, state) in [(10, 1, "in_use"), (11, 1, "draft"), (12, 2, "draft")] {
        let of = Value::Ref(RecordId(at));
        village.add(known(
            &device,
            id,
            fields([("institution", of), ("state", text(state))]),
        ));
    }
    village
}

fn in_village(fields: &Fields, names: &[(&str, Val)], rule: &str) -> Result<Val, EvalError> {
    let (device, village, calendar) = (device(), village(), calendar());
    let moment = Moment {
        today: TODAY,
        now: NOW,
        calendar: &calendar,
    };
    let scope = Scope {
        world: &village,
        names,
        ..Scope::new(&device, fields, moment)
    };
    eval(&expr(rule), &scope)
}

#[test]
fn fields_are_read_through_references() {
    let record = fields([
        ("institution", Value::Ref(RecordId(2))),
        ("state", text("in_use")),
    ]);
    let until = in_village(&record, &[], "licence_until");
    assert_eq!(until, Ok(Val::Date("2025-01-01".parse().expect("a date"))));
    let rule = "state != 'in_use' || licence_until >= today()";
    assert_eq!(in_village(&record, &[], rule), Ok(Val::Bool(false)));
    let gone = fields([("institution", Value::Ref(RecordId(99)))]);
    assert_eq!(
        in_village(&gone, &[], "institution.licence_until"),
        Ok(Val::None)
    );
}

#[test]
fn a_drive_is_done_where_a_device_is_in_use() {
    let done = "exists(device, device.institution == ref && device.state == 'in_use')";
    let count = "count_of(device, device.institution == ref)";
    let at = |id: i64| {
        [(
            "ref",
            Val::Ref {
                register: "radiation_institution".into(),
                id: RecordId(id),
            },
        )]
    };
    let none = Fields::new();
    assert_eq!(in_village(&none, &at(1), done), Ok(Val::Bool(true)));
    assert_eq!(in_village(&none, &at(2), done), Ok(Val::Bool(false)));
    assert_eq!(in_village(&none, &at(1), count), Ok(Val::Int(2)));
    assert_eq!(in_village(&none, &at(3), count), Ok(Val::Int(0)));
}

#[test]
fn values_of_another_register_are_gathered() {
    let of = |name: &str, test: &str| {
        let rule =
            format!("{name}(radiation_institution, radiation_institution.licence_until, {test})");
        (
            in_village(&Fields::new(), &[], &rule),
            expr(&rule).uses_moment(),
        )
    };
    let date = |text: &str| Ok(Val::Date(text.parse().expect("a date")));
    // Another register changes without a write to this record, so the value is never stored.
    assert_eq!(of("max_of", "true"), (date("2026-01-01"), true));
    assert_eq!(of("min_of", "true"), (date("2025-01-01"), true));
    assert_eq!(of("max_of", "false"), (Ok(Val::None), true));
    let sum = "sum_of(device, 2, device.institution == institution)";
    let record = fields([("institution", Value::Ref(RecordId(1)))]);
    assert_eq!(in_village(&record, &[], sum), Ok(Val::Int(4)));
    assert_eq!(in_village(&Fields::new(), &[], sum), Ok(Val::Int(0)));
}

#[test]
fn limits_stop_what_would_run_away() {
    let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(Expr::parse(&deep).unwrap_err().problem, "括号套得太深。");
    let long = vec!["1"; 5000].join("+");
    assert_eq!(
        Expr::parse(&long).unwrap_err().problem,
        "表达式的层次太深。"
    );
    assert!(Expr::parse(&"!".repeat(9000)).is_err());
    assert!(Expr::parse(&"1".repeat(20_000)).is_err());
    let ten = "[1,2,3,4,5,6,7,8,9,10]";
    let mut nested = "1".to_owned();
    for var in 'a'..'j' {
        nested = format!("{ten}.map({var}, {nested})");
    }
    assert_eq!(
        shown(&format!("size({nested})")),
        "error: 计算量太大，已停止"
    );
    let mut doubled = "'甲乙丙丁'".to_owned();
    for _ in 0..40 {
        doubled = format!("[{doubled}].map(x, x + x)[0]");
    }
    assert_eq!(shown(&doubled), "error: 计算量太大，已停止");
}

#[test]
fn a_computed_field_that_needs_itself_is_an_error_not_a_crash() {
    let definition = define(
        "loop",
        vec![
            computed("a", "甲", crate::FieldKind::Int, "b + 1"),
            computed("b", "乙", crate::FieldKind::Int, "a + 1"),
        ],
    );
    let result = value(&definition, &Fields::new(), &[], "a");
    assert!(matches!(result, Err(EvalError::Circle(_))), "{result:?}");
}

/// Values of Kleene's tables.
fn kleene() -> [(&'static str, Option<bool>); 3] {
    [("true", Some(true)), ("false", Some(false)), ("none", None)]
}

#[test]
fn and_or_not_follow_the_tables_of_kleene() {
    let text = |truth: Option<bool>| truth.map_or("none".to_owned(), |t| t.to_string());
    for (a, x) in kleene() {
        assert_eq!(shown(&format!("!{a}")), text(x.map(|x| !x)));
        for (b, y) in kleene() {
            let and = match (x, y) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
            let or = match (x, y) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
            assert_eq!(shown(&format!("{a} && {b}")), text(and), "{a} && {b}");
            assert_eq!(shown(&format!("{a} || {b}")), text(or), "{a} || {b}");
            let all = format!("[{a}, {b}].all(x, x)");
            assert_eq!(shown(&all), text(and), "{all}");
            let some = format!("[{a}, {b}].exists(x, x)");
            assert_eq!(shown(&some), text(or), "{some}");
        }
    }
}

/// Literals of all kinds, missing among them.
fn literal() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("none".to_owned()),
        Just("''".to_owned()),
        (-50i64..50).prop_map(|n| n.to_string()),
        (-500i64..500).prop_map(|n| format!("{}.{}", n / 10, (n % 10).abs())),
        (-5000i64..5000).prop_map(|fen| format!("yuan({}.{:02})", fen / 100, (fen % 100).abs())),
        "[a-c]{1,2}".prop_map(|t| format!("'{t}'")),
        (1i8..29).prop_map(|d| format!("date('2025-05-{d:02}')")),
        any::<bool>().prop_map(|b| b.to_string()),
    ]
}

proptest! {
    #[test]
    fn equality_is_always_true_or_false(a in literal(), b in literal()) {
        let equal = shown(&format!("{a} == {b}"));
        let differs = shown(&format!("{a} != {b}"));
        prop_assert!(matches!((&*equal, &*differs), ("true", "false") | ("false", "true")));
        prop_assert_eq!(shown(&format!("{b} == {a}")), equal);
    }

    #[test]
    fn order_and_sums_with_a_missing_side_are_missing(a in literal()) {
        for op in ["<", "<=", ">", ">=", "+", "-", "*", "/", "%"] {
            prop_assert_eq!(shown(&format!("{} {} none", a, op)), "none");
            prop_assert_eq!(shown(&format!("none {} {}", op, a)), "none");
        }
    }

    #[test]
    fn exactly_one_of_less_equal_greater(a in -99_999i64..99_999, b in -99_999i64..99_999) {
        let (x, y) = (format!("decimal('{a}e-2')"), format!("yuan({})", ground::Fen(b).yuan()));
        let one = format!("[{x} < {y}, {x} == {y}, {x} > {y}].exists_one(t, t)");
        prop_assert_eq!(shown(&one), "true");
    }

    #[test]
    fn whole_numbers_never_wrap(a: i64, b: i64) {
        for (op, result) in [("+", a.checked_add(b)), ("-", a.checked_sub(b)), ("*", a.checked_mul(b))] {
            let ours = shown(&format!("{a} {op} {b}"));
            match result {
                Some(n) => prop_assert_eq!(ours, n.to_string()),
                None => prop_assert_eq!(ours, "error: 结果超出范围"),
            }
        }
    }

    #[test]
    fn sums_of_decimals_are_exact(a in -1_000_000i64..1_000_000, b in -1_000_000i64..1_000_000, s in 0u32..9, t in 0u32..9) {
        let scale = s.max(t);
        let sum = i128::from(a) * 10i128.pow(scale - s) + i128::from(b) * 10i128.pow(scale - t);
        let test = format!("decimal('{a}e-{s}') + decimal('{b}e-{t}') == decimal('{sum}e-{scale}')");
        prop_assert_eq!(shown(&test), "true");
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[ -~，。“”]{0,40}") {
        let _ = Expr::parse(&text);
    }

    #[test]
    fn words_of_the_language_in_any_order_make_no_panic(words in proptest::collection::vec(0usize..40, 0..14)) {
        const WORDS: [&str; 40] = [
            "a", "state", "1", "2.5", "'x'", "none", "true", "(", ")", "[", "]", "{", "}", ".", ",", ":", "?", "+", "-",
            "*", "/", "%", "<", "==", "!=", "in", "&&", "||", "!", "has", "all", "map", "size", "sum", "today", "()",
            ".all(x, x)", "date('2025-01-01')", "-9223372036854775808", "b'\\x00'",
        ];
        let text = words.iter().map(|w| WORDS[*w]).collect::<Vec<_>>().join(" ");
        if let Ok(expr) = Expr::parse(&text) {
            let again = Expr::parse(&super::print::print(expr.tree()));
            prop_assert_eq!(again.map(|e| e.tree().clone()), Ok(expr.tree().clone()));
            let hazard = hazard();
            let _ = value(&hazard, &Fields::new(), &[], &text);
        }
    }
}

#[test]
fn free_names_are_listed_with_what_is_read_from_them() {
    let paths = |text: &str| {
        expr(text)
            .paths()
            .iter()
            .map(|p| p.join("."))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        paths("tests.all(t, !has(installed_on) || t.on >= installed_on)"),
        "tests installed_on"
    );
    assert_eq!(
        paths("ref.institution == institution && ref.state == 'active'"),
        "ref.institution institution ref.state"
    );
    assert_eq!(paths("exists(device, device.institution == ref)"), "ref");
    assert_eq!(paths("size(photos_after) > 0"), "photos_after");
}

#[test]
fn what_follows_the_day_is_known_through_computed_fields() {
    let hazard = hazard();
    assert!(hazard.depends_on_moment("late_days"));
    assert!(!hazard.depends_on_moment("due_on"));
    assert!(!hazard.depends_on_moment("cost"));
    assert!(expr("due_on <= period.end").uses_moment());
    assert!(!expr("late_days == 0").uses_moment());
}

#[test]
fn expanding_writes_out_what_is_not_stored() {
    let expanded = hazard().expand(&expr("state == 'closed' && late_days == 0"));
    assert_eq!(
        expanded.text(),
        "state == 'closed' && max(0, workdays(due_on, coalesce(fixed_on, today()))) == 0"
    );
    let same = hazard().expand(&expr("due_on  < date('2025-01-01')"));
    assert_eq!(same.text(), "due_on  < date('2025-01-01')");
}

#[test]
fn binding_leaves_the_record_and_nothing_else() {
    let (hazard, user, calendar, none) = (hazard(), user(), calendar(), Fields::new());
    let moment = Moment {
        today: TODAY,
        now: NOW,
        calendar: &calendar,
    };
    let end = Val::Date("2025-06-30".parse().expect("a date"));
    let names = [("period", Val::Map([("end".to_owned(), end)].into()))];
    let scope = Scope {
        user: Some(&user),
        names: &names,
        ..Scope::new(&hazard, &none, moment)
    };
    let bound = |text: &str| bind(&expr(text), &scope).text().to_owned();
    assert_eq!(
        bound("holder == user.org && state in ['assigned', 'reported']"),
        "holder == record('organisation', 13) && state in ['assigned', 'reported']"
    );
    assert_eq!(
        bound("due_on <= period.end && state != 'void'"),
        "due_on <= date('2025-06-30') && state != 'void'"
    );
    assert_eq!(
        bound("due_on <= today() + days(30)"),
        "due_on <= date('2025-06-11')"
    );
    assert_eq!(
        bound("'inspector' in user.roles && cost > wan(1)"),
        "cost > yuan(10000.00)"
    );
    assert_eq!(bound("user.id != actor('fix')"), "'zhang' != actor('fix')");
    assert_eq!(
        bound("measures.all(m, m.money < wan(2) || m.done)"),
        "measures.all(m, m.money < yuan(20000.00) || m.done)"
    );
}

/// The table is ours; the cases of the specification itself are run by `make truth` when a checkout is at hand.
#[test]
fn every_case_of_the_table_has_its_value() {
    let ours = |text: &str| match Expr::parse(text) {
        Ok(_) => match shown(text) {
            error if error.starts_with("error") => "error".to_owned(),
            value => value,
        },
        Err(_) => "error".to_owned(),
    };
    // A case may hold a line break in a text of three quotes.
    let table = include_str!("cases.tsv");
    let mut different = Vec::new();
    let mut open = String::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        open.push_str(line);
        let Some((text, expected)) = open.split_once('\t') else {
            open.push('\n');
            continue;
        };
        let value = ours(text);
        if value != expected {
            different.push(format!("{text}: ours {value}, expected {expected}"));
        }
        open.clear();
    }
    assert_eq!(different, [""; 0], "\n{}", different.join("\n"));
}
