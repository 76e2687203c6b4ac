//! 推演方案: trials kept under a name. They are worked out on the plan as it is, say what no longer fits, stand side by
//! side, and are put into force as a change of the plan that marks them.

use crate::books;
use crate::imports::take;
use crate::world::{World, codes, day, findings, id_of, local, on_both, person, values};
use app::page::plan_scenario::{ScenarioLine, ScenarioStep};
use app::page::project_plan::{PlanRow, PlanSheet};
use app::project_plan::{
    Change, ChangeRequest, PlanFormat, ScenarioInput, SheetQuery, change, change_scenario,
    compare_scenarios, drop_scenario, export_tried, keep_scenario, scenario, scenarios, sheet,
    undo,
};
use app::{App, AppError};
use ground::Date;
use serde_json::{Value as Json, json};

struct Site<'a> {
    app: App,
    id: String,
    world: &'a World,
}

impl<'a> Site<'a> {
    fn of(world: &'a World) -> Self {
        let app = world.open();
        take(&app, "第七期.xlsx", books::ledger(), "project");
        take(&app, "倒排.xlsx", books::plan(), "activity");
        let id = id_of(&app, "project", "丙学校项目");
        Self { app, id, world }
    }

    fn sheet(&self) -> PlanSheet {
        let query = SheetQuery::default();
        sheet(&self.app, &local(&self.app), &self.id, None, &query).expect("the sheet")
    }

    fn row(&self, name: &str) -> PlanRow {
        let found = self.sheet().activities.into_iter();
        let mut found = found.filter(|row| row.name == name);
        found.next().unwrap_or_else(|| panic!("no row “{name}”"))
    }

    fn update(&self, name: &str, given: Json) -> Change {
        let row = self.row(name);
        Change::Update {
            id: row.id,
            version: row.version,
            values: values(given),
        }
    }

    fn make(&self, changes: Vec<Change>) -> String {
        let request = ChangeRequest {
            changes,
            reason: "现场调整".to_owned(),
            ..ChangeRequest::default()
        };
        let made = change(&self.app, &local(&self.app), &self.id, &request).expect("made");
        made.batch_id.expect("a batch")
    }

    fn adopt(&self, id: &str, changes: Vec<Change>) -> Result<String, AppError> {
        let request = ChangeRequest {
            changes,
            reason: "区长办公会定了".to_owned(),
            scenario: Some(id.to_owned()),
            ..ChangeRequest::default()
        };
        let made = change(&self.app, &local(&self.app), &self.id, &request)?;
        Ok(made.batch_id.expect("a batch"))
    }

    fn keep(&self, name: &str, changes: Vec<Change>) -> Result<ScenarioLine, AppError> {
        keep_scenario(
            &self.app,
            &local(&self.app),
            &self.id,
            &input(name, changes),
        )
    }

    fn list(&self, day: Option<Date>) -> Vec<ScenarioLine> {
        let list = scenarios(&self.app, &local(&self.app), &self.id, day).expect("a list");
        list.scenarios
    }

    fn finish(&self) -> Date {
        let summary = self.sheet().summary;
        summary.forecast_finish.expect("a finish")
    }

    /// 主体施工 in two shifts and an inspection of a model flat.
    fn two_shifts(&self) -> Vec<Change> {
        vec![
            self.update("主体施工", json!({"duration_days": 60})),
            Change::Add {
                key: "new-1".to_owned(),
                values: values(
                    json!({"name": "样板间验收", "duration_days": 3, "predecessors": "3SS+30"}),
                ),
                after: Some(self.row("主体施工").id),
            },
        ]
    }

    fn changes_of(&self, id: &str) -> Vec<Change> {
        let page = scenario(&self.app, &local(&self.app), &self.id, id, None).expect("a page");
        page.steps.into_iter().flat_map(|one| one.changes).collect()
    }
}

fn input(name: &str, changes: Vec<Change>) -> ScenarioInput {
    let steps = changes.into_iter().map(|change| ScenarioStep {
        text: "“主体施工”两班倒".to_owned(),
        changes: vec![change],
    });
    ScenarioInput {
        name: name.to_owned(),
        remark: "加一个班组".to_owned(),
        steps: Some(steps.collect()),
        version: 0,
    }
}

fn now(line: &ScenarioLine) -> Date {
    let now = line.now.as_ref().expect("worked out");
    now.state.forecast_finish.expect("a finish")
}

#[test]
fn a_kept_trial_leaves_the_plan_alone_and_says_where_it_leads() {
    on_both(|world| {
        let site = Site::of(world);
        let before = site.sheet();
        let kept = site.keep("两班倒", site.two_shifts()).expect("kept");
        assert_eq!((kept.changes, kept.lost, kept.findings.len()), (2, 0, 0));
        assert!(now(&kept) < site.finish());
        assert_eq!(kept.then.finish, Some(now(&kept)));
        assert_eq!(kept.then.plan_finish, Some(site.finish()));
        assert_eq!(kept.drift_text, "");
        let after = site.sheet();
        let versions = |sheet: &PlanSheet| -> Vec<i64> {
            sheet.activities.iter().map(|row| row.version).collect()
        };
        assert_eq!(versions(&after), versions(&before));
        assert_eq!(after.activities.len(), 4);
        let page = scenario(&site.app, &local(&site.app), &site.id, &kept.id, None);
        let page = page.expect("a page");
        assert_eq!(page.steps.len(), 2);
        let diff = page.diff.expect("a difference");
        assert!(diff.dry_run && diff.finish_change_days.is_some_and(|days| days < 0));
        assert_eq!(diff.added[0].name, "样板间验收");
    });
}

#[test]
fn a_name_is_asked_for_once_and_only_what_leads_to_a_plan_is_kept() {
    let world = World::sqlite();
    let site = Site::of(&world);
    site.keep("两班倒", site.two_shifts()).expect("kept");
    let refused = |name: &str, changes: Vec<Change>| codes(site.keep(name, changes));
    assert_eq!(refused(" ", site.two_shifts()), ["plan.scenario_name"]);
    assert_eq!(refused("两班倒", site.two_shifts()), ["plan.scenario_name"]);
    assert_eq!(refused("空的", Vec::new()), ["plan.changes"]);
    let circle = site.update("桩基工程", json!({"predecessors": "4FS-10"}));
    let told = refused("绕圈", vec![circle]);
    assert!(told.iter().all(|code| code == "plan.loop"), "{told:?}");
    let seen = site.two_shifts();
    site.make(vec![site.update("主体施工", json!({"duration_days": 110}))]);
    let told = findings(site.keep("旧的", seen));
    assert_eq!(told[0].code, "plan.stale", "{told:?}");
    assert_eq!(site.list(None).len(), 1);
}

#[test]
fn what_moved_beneath_a_kept_trial_is_told_by_activity() {
    on_both(|world| {
        let site = Site::of(world);
        let kept = site.keep("两班倒", site.two_shifts()).expect("kept");
        site.make(vec![
            site.update("主体施工", json!({"duration_days": 110})),
            site.update("竣工验收", json!({"duration_days": 200})),
        ]);
        let line = &site.list(None)[0];
        assert_eq!(line.lost, 0);
        let told: Vec<(&str, &str)> = line
            .findings
            .iter()
            .map(|one| (one.place.as_str(), one.problem.as_str()))
            .collect();
        assert_eq!(
            told,
            [(
                "3 主体施工",
                "存方案以后，这项工作的工期(天)由 120天 改成 110天。"
            )]
        );
        assert!(now(line) > now(&kept), "what comes after takes longer now");
        assert!(
            line.drift_text.contains("这期间原计划的完工由"),
            "{}",
            line.drift_text
        );
        // The steps are still those of the scenario, on the versions of today.
        let version = site.row("主体施工").version;
        let first = &site.changes_of(&line.id)[0];
        assert!(matches!(first, Change::Update { version: own, .. } if *own == version));
    });
}

#[test]
fn what_somebody_made_already_is_no_doubt() {
    let world = World::sqlite();
    let site = Site::of(&world);
    site.keep("两班倒", site.two_shifts()).expect("kept");
    site.make(vec![site.update("主体施工", json!({"duration_days": 60}))]);
    let line = site.list(None).remove(0);
    assert!(line.findings.is_empty(), "{:?}", line.findings);
}

#[test]
fn a_step_about_an_activity_that_is_gone_is_left_out_and_told() {
    on_both(|world| {
        let site = Site::of(world);
        let mut changes = site.two_shifts();
        changes.push(site.update("竣工验收", json!({"duration_days": 10})));
        let kept = site.keep("两班倒", changes).expect("kept");
        let gone = site.row("主体施工");
        site.make(vec![
            site.update("竣工验收", json!({"predecessors": "2"})),
            Change::Remove {
                id: gone.id,
                version: gone.version,
                relink: false,
            },
        ]);
        let line = &site.list(None)[0];
        assert_eq!(line.lost, 1);
        let lost = &line.findings[0];
        assert_eq!(
            (lost.code.as_str(), lost.place.as_str()),
            ("plan.scenario_gone", "3 主体施工")
        );
        assert!(!lost.remedy.is_empty());
        // The new row waits for the one that is gone: the rest has no dates, and says why.
        assert!(line.now.is_none(), "{line:?}");
        let missing = line
            .findings
            .iter()
            .any(|one| one.code == "plan.predecessor_missing");
        assert!(missing, "{:?}", line.findings);
        let left = site.changes_of(&kept.id);
        assert_eq!(left.len(), 2, "{left:?}");
    });
}

#[test]
fn a_kept_trial_in_force_is_marked_until_its_batch_is_taken_back() {
    on_both(|world| {
        let site = Site::of(world);
        let kept = site.keep("两班倒", site.two_shifts()).expect("kept");
        let other = vec![site.update("主体施工", json!({"duration_days": 61}))];
        let told = codes(site.adopt(&kept.id, other));
        assert_eq!(told, ["plan.scenario_differs"]);
        assert_eq!(site.row("主体施工").duration_days, Some(120));
        let batch = site
            .adopt(&kept.id, site.changes_of(&kept.id))
            .expect("adopted");
        assert_eq!(site.row("主体施工").duration_days, Some(60));
        let line = site.list(None).remove(0);
        let adopted = line.adopted.as_ref().expect("adopted");
        assert_eq!((&adopted.batch_id, adopted.undone), (&batch, false));
        assert_eq!(adopted.on, day("2023-03-10"));
        assert!(
            line.now.is_none() && line.findings.is_empty(),
            "it is the plan"
        );
        let twice = site.adopt(&kept.id, site.changes_of(&kept.id));
        assert_eq!(codes(twice), ["plan.scenario_twice"]);
        // A new name stands in no way of taking the change back.
        let renamed = ScenarioInput {
            name: "两班倒（一队）".to_owned(),
            version: line.version,
            ..ScenarioInput::default()
        };
        let actor = local(&site.app);
        change_scenario(&site.app, &actor, &site.id, &kept.id, &renamed).expect("renamed");
        undo(&site.app, &actor, &site.id, &batch, "再议").expect("undone");
        let line = site.list(None).remove(0);
        assert_eq!(line.name, "两班倒（一队）");
        assert!(line.adopted.as_ref().is_some_and(|one| one.undone));
        assert!(line.now.is_some() && line.findings.is_empty(), "{line:?}");
    });
}

#[test]
fn a_kept_trial_that_takes_a_row_out_can_be_put_into_force() {
    on_both(|world| {
        let site = Site::of(world);
        let row = site.row("地下结构");
        let remove = Change::Remove {
            id: row.id,
            version: row.version,
            relink: true,
        };
        let kept = site.keep("不做地下室", vec![remove]).expect("kept");
        site.adopt(&kept.id, site.changes_of(&kept.id))
            .expect("adopted");
        assert_eq!(site.sheet().activities.len(), 3);
        let renamed = ScenarioInput {
            name: "取消地下室".to_owned(),
            version: site.list(None)[0].version,
            ..ScenarioInput::default()
        };
        let actor = local(&site.app);
        change_scenario(&site.app, &actor, &site.id, &kept.id, &renamed).expect("renamed");
    });
}

#[test]
fn kept_trials_stand_beside_the_plan_with_the_milestones_they_move() {
    on_both(|world| {
        let site = Site::of(world);
        site.make(vec![Change::Add {
            key: "new-m".to_owned(),
            values: values(
                json!({"name": "竣工交付", "kind": "finish_milestone", "predecessors": "4", "code": "5"}),
            ),
            after: None,
        }]);
        let fast = site.keep("两班倒", site.two_shifts()).expect("kept").id;
        let slow = vec![site.update("竣工验收", json!({"duration_days": 25}))];
        let slow = site.keep("多验五天", slow).expect("kept").id;
        let ids = [fast.clone(), slow];
        let actor = local(&site.app);
        let page = compare_scenarios(&site.app, &actor, &site.id, &ids, None).expect("a page");
        assert_eq!(page.columns.len(), 3);
        let told: Vec<(usize, i64)> = page
            .columns
            .iter()
            .map(|one| (one.changed, one.duration_change))
            .collect();
        assert_eq!(told, [(0, 0), (2, -600), (1, 50)]);
        assert!(page.columns[1].moved >= 3 && page.columns[2].moved >= 1);
        assert_eq!(page.milestones.len(), 1, "{:?}", page.milestones);
        let row = &page.milestones[0];
        assert_eq!(row.name, "竣工交付");
        assert!(
            row.dates[1] < row.dates[0] && row.dates[2] > row.dates[0],
            "{row:?}"
        );
        let five = vec![fast; 5];
        let refused = compare_scenarios(&site.app, &actor, &site.id, &five, None);
        assert_eq!(codes(refused), ["plan.scenario_columns"]);
        let none = compare_scenarios(&site.app, &actor, &site.id, &["1".to_owned()], None);
        assert!(matches!(none, Err(AppError::NotFound(_))), "{none:?}");
    });
}

#[test]
fn a_kept_trial_is_replaced_on_its_version_withdrawn_and_still_there_on_the_day_before() {
    on_both(|world| {
        let site = Site::of(world);
        let actor = local(&site.app);
        let kept = site.keep("两班倒", site.two_shifts()).expect("kept");
        let slower = vec![site.update("主体施工", json!({"duration_days": 90}))];
        let replaced = |version: i64| {
            let input = ScenarioInput {
                version,
                ..input("两班倒", slower.clone())
            };
            change_scenario(&site.app, &actor, &site.id, &kept.id, &input)
        };
        let line = replaced(kept.version).expect("replaced");
        assert_eq!((line.changes, &line.name), (1, &"两班倒".to_owned()));
        assert!(now(&line) > now(&kept));
        let late = replaced(kept.version);
        assert!(matches!(late, Err(AppError::Stale { .. })), "{late:?}");
        let later = site.world.open_on(day("2023-03-12"));
        drop_scenario(&later, &actor, &site.id, &kept.id, "").expect_err("no reason");
        drop_scenario(&later, &actor, &site.id, &kept.id, "不用了").expect("withdrawn");
        let left = scenarios(&later, &actor, &site.id, None).expect("a list");
        assert!(left.scenarios.is_empty() && left.editable);
        let then = scenarios(&later, &actor, &site.id, Some(day("2023-03-10"))).expect("a list");
        assert_eq!((then.scenarios.len(), then.editable), (1, false));
    });
}

#[test]
fn who_reads_the_plan_reads_its_kept_trials_and_only_writers_keep_them() {
    let world = World::sqlite();
    let site = Site::of(&world);
    let kept = site.keep("两班倒", site.two_shifts()).expect("kept");
    let reader = person("410102", "viewer");
    let list = scenarios(&site.app, &reader, &site.id, None).expect("a list");
    assert_eq!((list.scenarios.len(), list.editable), (1, false));
    let page = scenario(&site.app, &reader, &site.id, &kept.id, None).expect("a page");
    assert!(page.diff.is_some(), "shown to those who may not try");
    let mine = keep_scenario(
        &site.app,
        &reader,
        &site.id,
        &input("我的", site.two_shifts()),
    );
    assert!(matches!(mine, Err(AppError::Forbidden(_))), "{mine:?}");
    let gone = drop_scenario(&site.app, &reader, &site.id, &kept.id, "不要");
    assert!(matches!(gone, Err(AppError::Forbidden(_))), "{gone:?}");
}

#[test]
fn a_line_that_somebody_spoilt_by_hand_is_a_finding() {
    let world = World::sqlite();
    let site = Site::of(&world);
    let kept = site.keep("两班倒", site.two_shifts()).expect("kept");
    let actor = local(&site.app);
    let edit = app::records::update(
        &site.app,
        &actor,
        "plan_scenario",
        &kept.id,
        kept.version,
        &values(json!({"changes": [{"step": 1, "step_text": "乱写", "change": "改一改"}]})),
        "手工改",
    );
    edit.expect("changed by hand");
    let line = &site.list(None)[0];
    assert_eq!(line.lost, 1);
    assert_eq!(line.findings[0].code, "plan.scenario_unread");
}

#[test]
fn a_kept_trial_is_taken_away_as_a_plan_file() {
    let world = World::sqlite();
    let site = Site::of(&world);
    let kept = site.keep("两班倒", site.two_shifts()).expect("kept");
    let file = |scenario: Option<&str>| {
        let asked = (None, scenario);
        let actor = local(&site.app);
        let taken = export_tried(&site.app, &actor, &site.id, asked, PlanFormat::ProjectXml);
        let (name, bytes) = taken.expect("a file");
        (name, String::from_utf8(bytes).expect("text"))
    };
    let (name, text) = file(Some(&kept.id));
    assert_eq!(name, "丙学校项目（两班倒）.xml");
    assert!(text.contains("样板间验收"));
    assert!(!file(None).1.contains("样板间验收"));
}
