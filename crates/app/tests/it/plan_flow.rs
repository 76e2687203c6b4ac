//! The line of balance of a plan made from a template with several buildings.

use crate::world::{World, id_of, local, sample, values};
use app::App;
use app::page::project_plan::FlowPage;
use app::project_plan::{
    FlowQuery, FromTemplate, SheetQuery, flowline, flowline_svg, from_template, sheet, templates,
};
use serde_json::json;
use std::collections::BTreeMap;

/// A housing project of four buildings with two crews for the structure.
fn housing() -> (World, App, String) {
    let (world, app) = sample();
    let made = app::records::create(
        &app,
        &local(&app),
        "project",
        &values(
            json!({"name": "安置房", "target_date": "2025-12-31", "target_kind": "交付", "lead_unit": id_of(&app, "organisation", "莲湖街道")}),
        ),
        "",
        None,
    );
    let id = made.expect("a project").record.id.to_string();
    let parameters = [("buildings", "4"), ("crews", "2"), ("finish_crews", "2")];
    let asked = FromTemplate {
        template: "housing".to_owned(),
        parameters: BTreeMap::from(parameters.map(|(id, value)| (id.to_owned(), value.to_owned()))),
        start: Some("2023-03-13".parse().expect("a date")),
        reason: "起计划".to_owned(),
        ..FromTemplate::default()
    };
    from_template(&app, &local(&app), &id, &asked).expect("made");
    (world, app, id)
}

fn flow(app: &App, id: &str, query: &FlowQuery) -> FlowPage {
    flowline(app, &local(app), id, None, query).expect("the room")
}

#[test]
fn a_plan_of_four_buildings_shows_four_units_and_one_trade_that_sets_the_pace() {
    let (_world, app, id) = housing();
    let page = flow(&app, &id, &FlowQuery::default());
    assert_eq!(page.units, ["1号", "2号", "3号", "4号"]);
    assert!(page.trades.len() >= 10, "{:?}", page.trades);
    assert!(
        page.trades
            .iter()
            .all(|one| one.units == 4 && one.clashes.is_empty())
    );
    assert_eq!(page.trades.iter().filter(|one| one.controlling).count(), 1);
    let structure = page
        .trades
        .iter()
        .find(|one| one.name.contains("主体"))
        .expect("主体");
    assert_eq!(
        structure.crews, 2,
        "two crews: never on three buildings at once"
    );
    assert!(page.text.starts_with("4 个单元、"), "{}", page.text);
    assert!(
        page.rhythm[0].starts_with("按现有作业队连续施工"),
        "{:?}",
        page.rhythm
    );
    assert!(
        page.rhythm[1].contains("2025年12月31日"),
        "{:?}",
        page.rhythm
    );
    let svg = page.svg.expect("a drawing");
    assert!(svg.contains("（主导工序）") && svg.contains("目标 12/31"));
    assert!(page.proposed_svg.is_some());
}

#[test]
fn with_one_crew_for_each_trade_the_clashes_are_named_and_drawn() {
    let (_world, app, id) = housing();
    let one = FlowQuery {
        crews: Some(1),
        ..FlowQuery::default()
    };
    let page = flow(&app, &id, &one);
    let structure = page
        .trades
        .iter()
        .find(|one| one.name.contains("主体"))
        .expect("主体");
    assert!(
        structure.clashes.contains(&"2号".to_owned()),
        "{structure:?}"
    );
    assert!(page.text.contains("作业队冲突"), "{}", page.text);
    assert!(page.svg.expect("a drawing").contains("红斜纹"));
    let without = FlowQuery {
        crews: Some(1),
        without: page.trades.iter().map(|one| one.number).skip(1).collect(),
    };
    let svg = flowline_svg(&app, &local(&app), &id, None, &without).expect("a drawing");
    assert!(svg.contains(&page.trades[0].name) && !svg.contains(&structure.name));
}

#[test]
fn a_plan_that_repeats_nothing_says_how_to_make_it_repeat() {
    let (_world, app) = sample();
    let school = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    let page = flow(&app, &school, &FlowQuery::default());
    assert!(page.svg.is_none() && page.trades.is_empty());
    assert_eq!(page.findings[0].code, "plan.no_repeats");
    let svg = flowline_svg(&app, &local(&app), &school, None, &FlowQuery::default());
    assert!(svg.expect("a sheet").contains("没有在几栋楼"));
}

#[test]
fn a_second_template_is_numbered_on_behind_the_plan_that_stays() {
    let (_world, app, id) = housing();
    let asked = FromTemplate {
        template: "school".to_owned(),
        start: Some("2023-03-13".parse().expect("a date")),
        reason: "再套一份".to_owned(),
        ..FromTemplate::default()
    };
    let before = sheet(&app, &local(&app), &id, None, &SheetQuery::default()).expect("a sheet");
    let made = from_template(&app, &local(&app), &id, &asked).expect("made");
    let first = |code: &str| code.split('.').next().and_then(|n| n.parse::<u64>().ok());
    let last = before
        .activities
        .iter()
        .filter_map(|row| first(&row.code))
        .max();
    let last = last.expect("numbered");
    for row in &made.added {
        let plain = row.code.chars().all(|c| c.is_ascii_digit() || c == '.');
        assert!(plain || row.code.starts_with('S'), "{}", row.code);
        assert!(first(&row.code).is_none_or(|n| n > last), "{}", row.code);
    }
    let after = sheet(&app, &local(&app), &id, None, &SheetQuery::default()).expect("a sheet");
    assert!(after.findings.is_empty(), "{:?}", after.findings);
    let shipped = templates(&app, &local(&app)).expect("templates");
    let school = shipped.iter().find(|one| one.id == "school").expect("it");
    assert_eq!(made.added.len(), school.activities + school.summaries);
    assert!(
        after
            .activities
            .iter()
            .all(|row| !row.remark.ends_with('：'))
    );
}

#[test]
fn what_a_standard_fixes_is_never_asked_to_go_faster() {
    let (_world, app) = sample();
    let id = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    let asked = FromTemplate {
        template: "school".to_owned(),
        replace: true,
        reason: "重排".to_owned(),
        ..FromTemplate::default()
    };
    from_template(&app, &local(&app), &id, &asked).expect("made");
    let sheet = sheet(&app, &local(&app), &id, None, &SheetQuery::default()).expect("a sheet");
    let fixed: Vec<&str> = sheet
        .activities
        .iter()
        .filter(|row| row.remark.contains("规范") || row.remark.contains("GB 50325"))
        .map(|row| row.id.as_str())
        .collect();
    assert!(!fixed.is_empty(), "curing and tests are in the plan");
    let parts = sheet.compressions.iter().flat_map(|one| &one.parts);
    let parts: Vec<&str> = parts.map(|part| part.activity_id.as_str()).collect();
    assert!(!parts.is_empty(), "the target is missed");
    assert!(parts.iter().all(|id| !fixed.contains(id)), "{parts:?}");
}

#[test]
fn trades_that_go_side_by_side_are_not_added_up() {
    let (_world, app) = sample();
    let id = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    let asked = FromTemplate {
        template: "school".to_owned(),
        replace: true,
        reason: "重排".to_owned(),
        ..FromTemplate::default()
    };
    from_template(&app, &local(&app), &id, &asked).expect("made");
    let page = flow(&app, &id, &FlowQuery::default());
    let plan = sheet(&app, &local(&app), &id, None, &SheetQuery::default()).expect("a sheet");
    let one = |name: &str| {
        let row = plan
            .activities
            .iter()
            .find(|row| row.name.starts_with(name));
        let row = row.expect("a trade of the school");
        row.dates.early
    };
    let (first, last) = (
        one(&page.trades[0].name).0,
        one(&page.trades[page.trades.len() - 1].name).1,
    );
    let span = (last.expect("a finish") - first.expect("a start")).get_days();
    let told = page.rhythm.join("");
    let cycle = told
        .split("一个单元从头到尾要 ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    if let Some(cycle) = cycle {
        let cycle: i32 = cycle.parse().expect("whole days");
        assert!(cycle <= span + 1, "{told}; the plan needs {span} days");
    }
    assert!(!told.contains('.'), "whole days: {told}");
}
