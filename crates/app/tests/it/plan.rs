//! A backward plan and a weekly report on top of a ledger: target, dates, floats, light, progress; a dragged bar.

use crate::books;
use crate::imports::take;
use crate::world::{World, codes, count, day, id_of, local, on_both};
use app::page::wall::WallQuery;
use app::{App, AppError, Rag, project, reschedule, wall};

fn with_plan(world: &World) -> App {
    let app = world.open();
    take(&app, "第七期.xlsx", books::ledger(), "project");
    take(&app, "倒排.xlsx", books::plan(), "activity");
    app
}

#[test]
fn a_plan_sets_the_target_and_gives_backward_dates_and_a_red_light_with_reasons() {
    on_both(|world| {
        let app = with_plan(world);
        assert_eq!(count(&app, "activity"), 4);
        let school = id_of(&app, "project", "丙学校项目");
        let page = project::page(&app, &local(&app), &school, None).expect("the project's page");
        assert_eq!(page.record.shown["target_date"], "2023-07-31");
        assert_eq!(page.plan.target_date, Some(day("2023-07-31")));
        let names: Vec<&str> = page
            .plan
            .activities
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(names, ["桩基工程", "地下结构", "主体施工", "竣工验收"]);
        let last = &page.plan.activities[3];
        assert_eq!(last.wall.late_finish, Some(day("2023-07-31")));
        assert!(last.wall.early_finish > last.wall.late_finish, "{last:?}");
        assert!(
            last.wall.float_text.starts_with(['-', '−']),
            "{}",
            last.wall.float_text
        );
        assert!(!last.wall.why_date.is_empty());
        assert_eq!(page.light.rag, Rag::Red);
        assert!(!page.light.causes.is_empty());
        assert!(page.float_is_negative(), "{}", page.plan.float_text);
    });
}

/// What the page says of the float.
trait Float {
    fn float_is_negative(&self) -> bool;
}

impl Float for app::page::project::ProjectPage {
    fn float_is_negative(&self) -> bool {
        self.plan.float_text.starts_with("时差 −")
    }
}

#[test]
fn a_report_in_words_turns_into_progress_of_the_activity() {
    on_both(|world| {
        let app = with_plan(world);
        let (preview, result) = take(&app, "周报.xlsx", books::weekly(), "progress_report");
        assert_eq!(result.created, 1, "{:?}", preview.findings);
        assert_eq!(preview.records[0].shown["percent"], "62%");
        assert_eq!(preview.records[0].shown["project"], "丙学校项目");
        let school = id_of(&app, "project", "丙学校项目");
        let page = project::page(&app, &local(&app), &school, None).expect("the project's page");
        assert_eq!(page.plan.activities[0].wall.percent_text, "62%");
        assert_eq!(page.reports.len(), 1);
        assert_eq!(page.investment.reports[0].amount_text, "320 万元");
        assert_eq!(page.investment.reports[0].cumulative_text, "7320 万元");
        let chart = wall::wall_chart(
            &app,
            &local(&app),
            &WallQuery {
                round: Some(7),
                ..WallQuery::default()
            },
            None,
        )
        .expect("a chart");
        let row = chart
            .rows
            .iter()
            .find(|row| row.name == "丙学校项目")
            .expect("its row");
        assert_eq!(row.target_text, "交付 7/31");
        assert!(
            row.why.iter().any(|line| line.text.contains("62%")),
            "{:?}",
            row.why
        );
    });
}

#[test]
fn a_plan_taken_back_gives_the_former_target_back() {
    let world = World::sqlite();
    let app = world.open();
    take(&app, "第七期.xlsx", books::ledger(), "project");
    let (_, result) = take(&app, "倒排.xlsx", books::plan(), "activity");
    app::imports::undo(&app, &local(&app), &result.batch_id, "计划作废").expect("undone");
    assert_eq!(count(&app, "activity"), 0);
    let school = id_of(&app, "project", "丙学校项目");
    let page = project::page(&app, &local(&app), &school, None).expect("the project's page");
    assert_eq!(page.plan.target_date, Some(day("2023-10-31")));
}

#[test]
fn a_dragged_bar_asks_for_version_and_reason_and_tells_what_moved() {
    let world = World::sqlite();
    let app = with_plan(&world);
    let school = id_of(&app, "project", "丙学校项目");
    let before = project::page(&app, &local(&app), &school, None)
        .expect("page")
        .plan
        .activities;
    let (first, version) = (&before[0].id, before[0].wall.version);
    let dates = (day("2023-04-10"), day("2023-05-31"));
    assert_eq!(
        codes(reschedule::reschedule(
            &app,
            &local(&app),
            first,
            version,
            dates,
            ""
        )),
        ["record.reason"]
    );
    let stale = reschedule::reschedule(&app, &local(&app), first, version + 7, dates, "征地未完");
    assert!(matches!(stale, Err(AppError::Stale { current }) if current == version));
    let backwards = (day("2023-05-31"), day("2023-04-10"));
    assert_eq!(
        codes(reschedule::reschedule(
            &app,
            &local(&app),
            first,
            version,
            backwards,
            "征地未完"
        )),
        ["plan.dates"]
    );
    let done = reschedule::reschedule(&app, &local(&app), first, version, dates, "征地未完")
        .expect("rescheduled");
    assert_eq!(
        (done.activity.planned_start, done.activity.planned_finish),
        (Some(dates.0), Some(dates.1))
    );
    let moved: Vec<&str> = done.moved.iter().map(|one| one.name.as_str()).collect();
    assert!(moved.contains(&"桩基工程"), "{moved:?}");
    assert!(
        done.moved.iter().all(|one| one.to > one.from),
        "a longer first activity pulls nothing earlier: {:?}",
        done.moved
    );
    let history = app::records::history(&app, &local(&app), "activity", first).expect("history");
    assert_eq!(history[0].reason, "征地未完");
}
