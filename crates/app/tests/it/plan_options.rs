//! 排程选项: what they move is told before they are kept, they are a change of the plan like any other, and files that
//! are taken away say them.

use crate::books;
use crate::imports::take;
use crate::world::{World, id_of, local, sample, values};
use app::App;
use app::AppError;
use app::page::project_plan::PlanOptionsView;
use app::project_plan::{
    Change, ChangeRequest, LevelQuery, OptionsInput, PlanFormat, SheetQuery, change, changes,
    export, keep_options, level, options, sheet, undo,
};
use serde_json::json;

fn campus() -> (World, App, String) {
    let (world, app) = sample();
    let id = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    (world, app, id)
}

fn now(app: &App, id: &str) -> PlanOptionsView {
    options(app, &local(app), id, None).expect("options")
}

/// As the page sends them: all fields, the version that was seen.
fn as_seen(view: &PlanOptionsView) -> OptionsInput {
    OptionsInput {
        out_of_sequence: view.out_of_sequence.to_owned(),
        float_rule: view.float_rule.to_owned(),
        critical_rule: view.critical_rule.to_owned(),
        critical_days: Some(view.critical_days),
        open_ends_critical: view.open_ends_critical,
        lag_calendar: view.lag_calendar.to_owned(),
        version: view.version,
        reason: "按施工合同的约定".to_owned(),
        dry_run: false,
    }
}

fn strict(view: &PlanOptionsView) -> OptionsInput {
    OptionsInput {
        critical_rule: "threshold".to_owned(),
        critical_days: Some(44),
        float_rule: "smaller".to_owned(),
        out_of_sequence: "progress_override".to_owned(),
        ..as_seen(view)
    }
}

fn critical(app: &App, id: &str) -> usize {
    let sheet = sheet(app, &local(app), id, None, &SheetQuery::default()).expect("a sheet");
    sheet.activities.iter().filter(|row| row.critical).count()
}

#[test]
fn a_plan_without_options_follows_the_habits_of_the_house() {
    let (_world, app, id) = campus();
    let view = now(&app, &id);
    assert_eq!(view.version, 0);
    assert_eq!(view.critical_rule, "longest_path");
    assert_eq!(view.out_of_sequence, "retained_logic");
    assert_eq!(view.lag_calendar, "predecessor");
}

/// A plan with work beside the longest path.
fn school(world: &World) -> (App, String) {
    let app = world.open();
    take(&app, "第七期.xlsx", books::ledger(), "project");
    take(&app, "倒排.xlsx", books::plan(), "activity");
    let id = id_of(&app, "project", "丙学校项目");
    let beside = Change::Add {
        key: "new-1".to_owned(),
        values: values(json!({"code": "9", "name": "室外管网", "duration_days": 100})),
        after: None,
    };
    let request = ChangeRequest {
        changes: vec![beside],
        reason: "补列室外工程".to_owned(),
        ..ChangeRequest::default()
    };
    change(&app, &local(&app), &id, &request).expect("added");
    (app, id)
}

#[test]
fn options_are_tried_kept_used_exported_and_taken_back() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let (before, usual) = (critical(&app, &id), now(&app, &id));
    let tried = OptionsInput {
        dry_run: true,
        ..strict(&usual)
    };
    let tried = keep_options(&app, &local(&app), &id, &tried).expect("tried");
    assert!(tried.critical.1 > before, "{:?}", tried.critical);
    assert_eq!(now(&app, &id).version, 0, "nothing was written");

    let kept = keep_options(&app, &local(&app), &id, &strict(&usual)).expect("kept");
    assert_eq!(kept.critical, tried.critical);
    assert_eq!(critical(&app, &id), kept.critical.1);
    let (_, xer) = export(&app, &local(&app), &id, None, PlanFormat::Xer).expect("a file");
    let told = ["CT_TotFloat", "FT_MIN"];
    for word in told {
        let found = xer.windows(word.len()).any(|part| part == word.as_bytes());
        assert!(found, "{word}");
    }

    let batches = changes(&app, &local(&app), &id).expect("changes");
    let batch = kept.diff.batch_id.expect("a batch");
    assert_eq!(batches[0].batch_id, batch);
    assert_eq!(batches[0].text, "改排程选项");
    undo(&app, &local(&app), &id, &batch, "合同没有这样约定").expect("taken back");
    assert_eq!(critical(&app, &id), before);
    assert_eq!(now(&app, &id).critical_rule, "longest_path");
}

#[test]
fn a_second_change_is_one_of_the_same_record_and_old_pages_are_told() {
    let (_world, app, id) = campus();
    let usual = now(&app, &id);
    keep_options(&app, &local(&app), &id, &strict(&usual)).expect("kept");
    let again = keep_options(&app, &local(&app), &id, &strict(&usual));
    assert!(matches!(again, Err(AppError::Stale { .. })));
    let other = OptionsInput {
        lag_calendar: "successor".to_owned(),
        ..as_seen(&now(&app, &id))
    };
    let kept = keep_options(&app, &local(&app), &id, &other).expect("kept");
    assert_eq!(kept.options.lag_calendar, "successor");
    assert_eq!(kept.options.critical_rule, "threshold");
    assert_eq!(kept.options.version, 2);
}

#[test]
fn options_that_nobody_knows_are_told_by_their_label_and_a_reason_is_asked() {
    let (_world, app, id) = campus();
    let usual = now(&app, &id);
    let odd = OptionsInput {
        float_rule: "median".to_owned(),
        ..as_seen(&usual)
    };
    let Err(AppError::Invalid(findings)) = keep_options(&app, &local(&app), &id, &odd) else {
        panic!("kept");
    };
    assert_eq!(findings[0].place, "总时差算法");
    let silent = OptionsInput {
        reason: String::new(),
        ..as_seen(&usual)
    };
    assert!(keep_options(&app, &local(&app), &id, &silent).is_err());
}

#[test]
fn a_levelled_finish_never_lies_before_its_bound() {
    let (_world, app, id) = campus();
    for seed in [1, 2] {
        let query = LevelQuery {
            milliseconds: Some(200),
            seed: Some(seed),
            ..LevelQuery::default()
        };
        let answer = level(&app, &local(&app), &id, &query).expect("levelled");
        assert!(answer.bound_finish <= answer.after_finish);
        assert!(answer.bound_finish >= answer.before_finish);
        assert!(answer.gap_days >= 0);
    }
}

#[test]
fn a_search_goes_on_from_the_order_that_is_known() {
    let (_world, app, id) = campus();
    let ask = |known: Vec<Change>| {
        let query = LevelQuery {
            milliseconds: Some(100),
            known,
            ..LevelQuery::default()
        };
        level(&app, &local(&app), &id, &query)
    };
    let first = ask(Vec::new()).expect("levelled");
    assert!(!first.changes.is_empty(), "something has to wait");
    let next = ask(first.changes.clone()).expect("levelled once more");
    assert!(next.after_finish <= first.after_finish);
    assert_eq!(next.over_days_after, 0);
    let added = Change::Remove {
        id: "x".to_owned(),
        version: 1,
        relink: false,
    };
    let AppError::Invalid(findings) = ask(vec![added]).expect_err("no such order") else {
        panic!("a finding");
    };
    assert_eq!(findings[0].code, "plan.level_known");
}
