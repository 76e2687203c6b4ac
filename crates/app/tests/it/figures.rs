//! Figures of a register and fill cycles: counted, drilled into, written for the figure engine; boards, zero reports, the
//! lock and the way through it; drives.

use crate::world::{World, codes, day, local, person, values};
use app::metrics::{self, RecordsAsked};
use app::records::{self, ListQuery};
use app::{App, AppError, cycle, definition_editing};
use serde_json::json;

const FLOODS: &str = r#"
[register]
id = "flood_report"
version = "1.0.0"
title = { "zh-CN" = "防汛旬报" }
[[field]]
id = "unit"
type = "org"
required = true
label = { "zh-CN" = "单位" }
[[field]]
id = "period"
type = "period"
required = true
label = { "zh-CN" = "时段" }
[[field]]
id = "pumps"
type = "int"
label = { "zh-CN" = "泵站数" }
[[field]]
id = "spots"
type = "int"
label = { "zh-CN" = "积水点" }
[[field]]
id = "zero"
type = "bool"
label = { "zh-CN" = "零报告" }
[[field]]
id = "kind"
type = "code"
values = ["雨水", "河水"]
label = { "zh-CN" = "类别" }
[cycle]
period = "dekad"
due = "2wd"
lock = "3d"
units = "unit.kind == 'subdistrict'"
unit_field = "unit"
period_field = "period"
zero_field = "zero"
prefill = ["pumps"]
[[metric]]
id = "reports"
title = { "zh-CN" = "报送数" }
unit = "份"
agg = "count()"
time = "stock"
by = ["unit", "kind"]
[[metric]]
id = "spots"
title = { "zh-CN" = "积水点合计" }
unit = "处"
filter = "zero != true"
agg = "sum(spots)"
time = "stock"
by = ["unit"]
[[metric]]
id = "zero_rate"
title = { "zh-CN" = "零报告率" }
unit = "%"
time = "stock"
numerator = { filter = "zero == true", agg = "count()" }
denominator = { agg = "count()" }
"#;

/// Two subdistricts of the sample and a form that they fill every ten days.
fn floods() -> (World, App, String, String) {
    let (world, app) = crate::world::sample();
    definition_editing::apply(&app, &local(&app), FLOODS, "防汛").expect("in force");
    let query = ListQuery::from_filters(&["kind:eq:subdistrict".to_owned()]).expect("a query");
    let all = records::list(&app, &local(&app), "organisation", &query, None).expect("a list");
    let (a, b) = (&all.items[0], &all.items[1]);
    let (a, b) = (a.record.id.to_string(), b.record.id.to_string());
    (world, app, a, b)
}

fn report(app: &App, json: serde_json::Value) -> Result<String, AppError> {
    let made = records::create(app, &local(app), "flood_report", &values(json), "", None)?;
    Ok(made.record.id.to_string())
}

fn status(app: &App, unit: &str, period: &str) -> &'static str {
    let board =
        cycle::board(app, &local(app), "flood_report", Some(period), None).expect("a board");
    board
        .units
        .iter()
        .find(|one| one.id == unit)
        .expect("the unit")
        .status
}

#[test]
fn figures_count_whole_and_by_groups_and_lead_to_their_records() {
    let (_world, app, a, b) = floods();
    let me = local(&app);
    report(
        &app,
        json!({"unit": a, "period": "2023M03T1", "spots": 3, "kind": "雨水"}),
    )
    .expect("made");
    report(
        &app,
        json!({"unit": b, "period": "2023M03T1", "zero": true, "kind": "河水"}),
    )
    .expect("made");
    let pages = metrics::metrics(&app, &me, "flood_report", Some("2023Q1"), None).expect("figures");
    let told: Vec<(&str, &str)> = pages
        .iter()
        .map(|page| (page.id.as_str(), page.text.as_str()))
        .collect();
    assert_eq!(
        told,
        [("reports", "2"), ("spots", "3"), ("zero_rate", "50.0%")]
    );
    assert_eq!(pages[2].numerator.as_deref(), Some("1"));
    assert_eq!(pages[2].denominator.as_deref(), Some("2"));
    assert!(
        pages
            .iter()
            .all(|page| !page.basis.is_empty() && page.findings.is_empty())
    );
    let rain = pages[0]
        .groups
        .iter()
        .find(|group| group.by.contains("雨水"))
        .expect("a group");
    assert_eq!(rain.text, "1");
    let asked = RecordsAsked {
        metric: "reports".to_owned(),
        period: Some("2023Q1".to_owned()),
        group: Some(rain.key.clone()),
        ..RecordsAsked::default()
    };
    let behind = metrics::records(&app, &me, "flood_report", &asked, None).expect("records");
    assert_eq!((behind.items.len(), behind.total), (1, Some(1)));
    assert_eq!(behind.items[0].values["kind"], "雨水");
    let list = rain.link.as_deref().expect("a list says it");
    let filter = list.split_once("filter=").expect("a filter").1;
    assert!(filter.starts_with("expr%3A"), "{filter}");
    let before = metrics::metrics(
        &app,
        &me,
        "flood_report",
        Some("2023Q1"),
        Some(day("2023-03-01")),
    )
    .expect("figures");
    assert_eq!(
        (before[0].text.as_str(), before[2].text.as_str()),
        ("0", "—")
    );
    assert_eq!(
        codes(metrics::metrics(
            &app,
            &me,
            "flood_report",
            Some("first"),
            None
        )),
        ["period.unreadable"]
    );
}

#[test]
fn figures_written_twice_for_the_engine_change_nothing() {
    let (_world, app, a, b) = floods();
    let me = local(&app);
    report(&app, json!({"unit": a, "period": "2023M03T1", "spots": 3})).expect("made");
    report(
        &app,
        json!({"unit": b, "period": "2023M03T1", "zero": true}),
    )
    .expect("made");
    let first = metrics::observe(&app, &me, "flood_report", "2023Q1").expect("written");
    assert_eq!((first.updated, first.unchanged), (0, 0));
    assert!(first.created >= 5, "{first:?}");
    let again = metrics::observe(&app, &me, "flood_report", "2023Q1").expect("written");
    assert_eq!(
        (again.created, again.updated, again.unchanged),
        (0, 0, first.created)
    );
    report(&app, json!({"unit": a, "period": "2023M02T3", "spots": 2})).expect_err("locked");
    let query = ListQuery::from_filters(&[
        "indicator:eq:flood_report.zero_rate".to_owned(),
        "period:eq:2023Q1".to_owned(),
    ])
    .expect("a query");
    let kept = records::list(&app, &me, "observation", &query, None).expect("a list");
    assert_eq!(kept.items.len(), 1);
    assert_eq!(kept.items[0].values["value"], "50.0000");
    let clerk = person("410102.s013", "clerk");
    assert!(metrics::observe(&app, &clerk, "flood_report", "2023Q1").is_err());
}

#[test]
fn a_board_tells_who_sent_what_and_reminds_by_unit() {
    let (_world, app, a, b) = floods();
    let me = local(&app);
    report(
        &app,
        json!({"unit": a, "period": "2023M03T1", "pumps": 4, "spots": 1}),
    )
    .expect("made");
    report(
        &app,
        json!({"unit": b, "period": "2023M03T1", "zero": true}),
    )
    .expect("made");
    assert_eq!(
        (status(&app, &a, "2023M03T1"), status(&app, &b, "2023M03T1")),
        ("sent", "zero")
    );
    let board = cycle::board(&app, &me, "flood_report", Some("2023M03T1"), None).expect("a board");
    let count = |status: &str| {
        board
            .counts
            .iter()
            .find(|(word, _)| *word == status)
            .expect("a count")
            .1
    };
    assert_eq!((count("sent"), count("zero")), (1, 1));
    assert_eq!(
        board.units.len(),
        count("sent") + count("zero") + count("open")
    );
    assert!(board.reminder.contains("防汛旬报"), "{}", board.reminder);
    assert_eq!(
        codes(cycle::board(
            &app,
            &me,
            "flood_report",
            Some("2023Q1"),
            None
        )),
        ["cycle.period"]
    );
    assert!(matches!(
        cycle::board(&app, &me, "project", None, None),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
}

#[test]
fn a_report_starts_with_what_is_carried_over_and_a_zero_report_says_so() {
    let (_world, app, a, _) = floods();
    let me = local(&app);
    report(
        &app,
        json!({"unit": a, "period": "2023M03T1", "pumps": 4, "spots": 1}),
    )
    .expect("made");
    let of = (Some(a.as_str()), Some("2023M03T2"));
    let page = cycle::prefilled(&app, &me, "flood_report", of, false).expect("a form");
    assert_eq!(
        (&page.values["pumps"], &page.values["period"]),
        (&json!(4), &json!("2023M03T2"))
    );
    assert!(
        !page.values.contains_key("spots"),
        "an old number is no new one"
    );
    let zero = cycle::prefilled(&app, &me, "flood_report", of, true).expect("a form");
    assert_eq!(zero.values["zero"], true);
    let clerk = person("410102.s099", "clerk");
    assert!(matches!(
        cycle::prefilled(&app, &clerk, "flood_report", of, false),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
}

#[test]
fn a_locked_period_opens_again_only_for_the_unit_that_asked() {
    let (_world, app, a, b) = floods();
    let me = local(&app);
    let late = |unit: &str| json!({"unit": unit, "period": "2023M02T2", "spots": 1});
    assert_eq!(status(&app, &a, "2023M02T2"), "locked");
    assert_eq!(codes(report(&app, late(&a))), ["cycle.locked"]);
    let found = records::get(&app, &me, "organisation", &a, None).expect("the unit");
    let street = found.record.text("path").expect("a path").to_owned();
    let clerk = person(&street, "clerk");
    let of = (a.as_str(), "2023M02T2");
    assert_eq!(
        codes(cycle::ask_unlock(
            &app,
            &clerk,
            "flood_report",
            (&a, "2023M03T1"),
            "补报",
            None
        )),
        ["cycle.not_locked"]
    );
    let asked =
        cycle::ask_unlock(&app, &clerk, "flood_report", of, "停电漏报", None).expect("asked");
    assert_eq!(
        codes(cycle::ask_unlock(
            &app,
            &clerk,
            "flood_report",
            of,
            "再问",
            None
        )),
        ["cycle.asked"]
    );
    let board = cycle::board(&app, &me, "flood_report", Some("2023M02T2"), None).expect("a board");
    let waiting = board
        .units
        .iter()
        .find(|one| one.id == a)
        .and_then(|one| one.unlock.clone());
    assert_eq!(waiting.expect("a request").1, "停电漏报");
    let id = asked.record.id.to_string();
    assert!(cycle::decide_unlock(&app, &clerk, "flood_report", &id, true, "").is_err());
    cycle::decide_unlock(&app, &me, "flood_report", &id, true, "").expect("granted");
    let rows = vec![vec![
        app_name(&app, &b),
        "2023年2月中旬".to_owned(),
        "1".to_owned(),
    ]];
    let pasted = app::imports::Paste {
        columns: ["unit", "period", "spots"]
            .map(|id| Some(id.to_owned()))
            .to_vec(),
        rows,
        match_on: None,
    };
    let preview = app::imports::paste(&app, &me, "flood_report", &pasted).expect("a preview");
    let told: Vec<&str> = preview
        .findings
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    assert!(told.contains(&"cycle.locked"), "{:?}", preview.findings);
    report(&app, late(&a)).expect("open again");
    assert_eq!(codes(report(&app, late(&b))), ["cycle.locked"]);
    assert_eq!(status(&app, &a, "2023M02T2"), "late");
}

#[test]
fn the_ledger_counts_what_units_are_asked_for_and_names_what_is_held() {
    let (_world, app, _, _) = floods();
    let ledger = app::asks::ledger(&app, &local(&app), Some("2023-03")).expect("a ledger");
    let form = ledger
        .load
        .forms
        .iter()
        .find(|form| form.register == "flood_report")
        .expect("the form");
    assert_eq!((form.times, form.fields > 0), (3, true));
    let streets = ledger.load.units.iter();
    let streets: Vec<_> = streets.filter(|unit| unit.name.ends_with("街道")).collect();
    assert!(!streets.is_empty());
    assert!(
        streets
            .iter()
            .all(|unit| unit.forms >= 1 && unit.fillings >= 3)
    );
    let again = FLOODS
        .replace("flood_report", "flood_again")
        .replace("防汛旬报", "防汛再报");
    let checked = definition_editing::check(&app, &local(&app), &again).expect("checked");
    assert!(
        checked
            .findings
            .iter()
            .any(|finding| finding.problem.contains("积水点")),
        "{:?}",
        checked.findings
    );
    assert_eq!(
        codes(app::asks::ledger(&app, &local(&app), Some("2023"))),
        ["asks.month"]
    );
    assert_eq!(
        codes(app::asks::ledger(&app, &local(&app), Some("x"))),
        ["period.unreadable"]
    );
}

fn app_name(app: &App, unit: &str) -> String {
    let found = records::get(app, &local(app), "organisation", unit, None).expect("the unit");
    found.record.text("name").expect("a name").to_owned()
}
