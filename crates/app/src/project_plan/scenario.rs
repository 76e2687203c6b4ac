//! 推演方案 Trials of a plan kept under a name. What is kept is the steps, never a copy of the plan: each reading works
//! them out on the plan as it is, so a copy cannot grow stale unseen.

mod adopt;
mod compare;
mod sift;
mod steps;
mod told;

pub(super) use adopt::Adopting;
pub use compare::compare_scenarios;

use super::change::check_count;
use super::sheet::records;
use super::{Change, PlanBook};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::flow::{self, Desk};
use crate::page::plan_scenario::{
    ScenarioLine, ScenarioList, ScenarioPage, ScenarioState, ScenarioStep,
};
use crate::permit::Access;
use crate::records::{change_row, need_reason};
use adopt::adopted;
use ground::{Date, Finding};
use portfolio::{Activity, PlanScenario};
use register::law::Ability;
use register::{Definition, Fields, Record, Value};
use sift::Sifted;
use std::sync::Arc;
use store::{Filter, Query};
use told::Worked;

/// The register of kept trials.
const SCENARIO: &str = "plan_scenario";
/// Letters of a name.
const NAME: usize = 120;

/// A copy as it is kept or changed.
#[derive(Clone, Debug, Default)]
pub struct ScenarioInput {
    /// Name.
    pub name: String,
    /// Remark.
    pub remark: String,
    /// Its steps; none leaves those that are kept.
    pub steps: Option<Vec<ScenarioStep>>,
    /// Version the person saw; 0 for a new one.
    pub version: i64,
}

/// Copies of a project's plan on a day, the newest first.
///
/// # Errors
/// As [`PlanBook::open`].
pub fn scenarios(
    app: &App,
    actor: &Actor,
    project: &str,
    day: Option<Date>,
) -> Result<ScenarioList, AppError> {
    let book = PlanBook::open(app, actor, project, day)?;
    let kept = open(app, &book)?;
    let scheduled = book.followed(app, book.activities());
    let lines = kept.iter().map(|one| line(app, &book, one));
    Ok(ScenarioList {
        plan: told::state(&scheduled),
        editable: book.editable && may_keep(app, actor)?,
        scenarios: lines.collect::<Result<_, _>>()?,
    })
}

fn may_keep(app: &App, actor: &Actor) -> Result<bool, AppError> {
    let access = Access::new(app, actor, &app.definition(SCENARIO)?)?;
    Ok(access.may(Ability::Create))
}

/// A copy with its steps that still apply and what they do to the plan of a day.
///
/// # Errors
/// As [`PlanBook::open`], and `NotFound` for a copy that is none of this plan or was withdrawn.
pub fn scenario(
    app: &App,
    actor: &Actor,
    project: &str,
    id: &str,
    day: Option<Date>,
) -> Result<ScenarioPage, AppError> {
    let book = PlanBook::open(app, actor, project, day)?;
    let scenario = find(open(app, &book)?, id)?;
    let mut line = told::stored(&scenario, adopted(app, &book, &scenario)?);
    let sifted = Sifted::of(app, &book, &scenario)?;
    let mut diff = None;
    if !in_force(&line) {
        let worked = Worked::of(app, &book, &sifted.changes())?;
        told::tell(&mut line, &sifted, &worked);
        diff = line.now.is_some().then(|| worked.diff());
    }
    Ok(ScenarioPage {
        scenario: line,
        steps: sifted.steps,
        diff,
    })
}

/// A copy in a list. One that is in force is not worked out: its changes are in the plan already.
fn line(app: &App, book: &PlanBook, scenario: &PlanScenario) -> Result<ScenarioLine, AppError> {
    let mut line = told::stored(scenario, adopted(app, book, scenario)?);
    if !in_force(&line) {
        let sifted = Sifted::of(app, book, scenario)?;
        let worked = Worked::of(app, book, &sifted.changes())?;
        told::tell(&mut line, &sifted, &worked);
    }
    Ok(line)
}

fn in_force(line: &ScenarioLine) -> bool {
    line.adopted.as_ref().is_some_and(|adopted| !adopted.undone)
}

/// The copies of a plan as known on the book's day, the newest first.
fn open(app: &App, book: &PlanBook) -> Result<Vec<PlanScenario>, AppError> {
    let own = Query::default().filter(Filter::eq("project", Value::Ref(book.project.id.0)));
    let known = records(app, book, SCENARIO, &own)?;
    let (mut kept, _) = PlanScenario::from_records(&known);
    kept.sort_by_key(|one| std::cmp::Reverse((one.kept_on, one.id)));
    Ok(kept)
}

fn find(kept: Vec<PlanScenario>, id: &str) -> Result<PlanScenario, AppError> {
    let found = kept.into_iter().find(|one| one.id.to_string() == id);
    found.ok_or_else(|| AppError::NotFound("这个推演方案".to_owned()))
}

/// The name of a copy and the activities as it would make them; of one that is in force, as they are.
pub(super) fn as_plan(
    app: &App,
    book: &PlanBook,
    id: &str,
) -> Result<(String, Vec<Activity>), AppError> {
    let scenario = find(open(app, book)?, id)?;
    if in_force(&told::stored(&scenario, adopted(app, book, &scenario)?)) {
        return Ok((scenario.name, book.activities().to_vec()));
    }
    let sifted = Sifted::of(app, book, &scenario)?;
    let worked = Worked::of(app, book, &sifted.changes())?;
    let wrong = worked.trial().wrong(&worked.draft);
    match wrong.is_empty() {
        true => Ok((scenario.name, worked.activities)),
        false => Err(AppError::Invalid(wrong)),
    }
}

/// 存为方案. Keeps steps under a name.
///
/// # Errors
/// `Invalid` without a name, for a name that is taken, and for steps that do not lead to a plan; `Conflict` naming each
/// row that somebody changed since it was seen.
pub fn keep_scenario(
    app: &App,
    actor: &Actor,
    project: &str,
    input: &ScenarioInput,
) -> Result<ScenarioLine, AppError> {
    let (book, definition) = open_to_keep(app, actor, project, Ability::Create)?;
    let known = open(app, &book)?;
    check_name(&input.name, &known)?;
    let mut fields = named(input);
    let project = Value::Ref(book.project.id.0);
    fields.insert("project".to_owned(), project);
    let steps = input.steps.as_deref().unwrap_or_default();
    fields.extend(kept_steps(app, actor, &book, steps)?);
    let title = format!("存为推演方案“{}”", input.name.trim());
    let desk = Desk::of(app, actor, &title, Some(SCENARIO))?;
    let made = app.write(move |writer| flow::make(writer, &desk, &definition, fields, None))?;
    shown(app, &book, &made)
}

/// 换成现在的改动, 改名. Other steps, name or remark for a copy; other steps make it one that was not adopted.
///
/// # Errors
/// As [`keep_scenario`]; `NotFound` for a copy that is none of this plan, `Stale` when somebody changed it since.
pub fn change_scenario(
    app: &App,
    actor: &Actor,
    project: &str,
    id: &str,
    input: &ScenarioInput,
) -> Result<ScenarioLine, AppError> {
    let (book, definition) = open_to_keep(app, actor, project, Ability::Update)?;
    let mut known = open(app, &book)?;
    let target = find(known.clone(), id)?;
    known.retain(|one| one.id != target.id);
    check_name(&input.name, &known)?;
    let mut fields = named(input);
    let mut given: Vec<String> = ["name", "remark"].map(str::to_owned).into();
    if let Some(steps) = &input.steps {
        fields.extend(kept_steps(app, actor, &book, steps)?);
        given.extend(KEPT.map(str::to_owned));
    }
    let title = format!("改推演方案“{}”", input.name.trim());
    let desk = Desk::of(app, actor, &title, Some(SCENARIO))?;
    let (id, version) = (target.id, input.version);
    let made = app.write(move |writer| {
        change_row(writer, &desk, &definition, (id, version), &given, fields)?;
        Ok(writer.reader().get(SCENARIO, id)?.record)
    })?;
    shown(app, &book, &made)
}

/// Fields that belong to the steps; those that new steps do not fill are cleared.
const KEPT: [&str; 8] = [
    "changes",
    "kept_on",
    "kept_by",
    "finish",
    "slip_days",
    "plan_finish",
    "adopted_on",
    "adopted_batch",
];

/// Takes a copy out; it stays in the journal and can be restored from there.
///
/// # Errors
/// `NotFound` for a copy that is none of this plan, `Invalid` without a reason.
pub fn drop_scenario(
    app: &App,
    actor: &Actor,
    project: &str,
    id: &str,
    reason: &str,
) -> Result<(), AppError> {
    let (book, _) = open_to_keep(app, actor, project, Ability::Withdraw)?;
    need_reason(reason)?;
    let found = find(open(app, &book)?, id)?.id;
    let meta = app.meta(actor, reason);
    app.write(move |writer| {
        let version = writer.reader().get(SCENARIO, found)?.record.version;
        writer.withdraw(SCENARIO, found, version, &meta)?;
        Ok(())
    })
}

fn open_to_keep(
    app: &App,
    actor: &Actor,
    project: &str,
    ability: Ability,
) -> Result<(PlanBook, Arc<Definition>), AppError> {
    let book = PlanBook::open_to_write(app, actor, project)?;
    let definition = app.definition(SCENARIO)?;
    Access::new(app, actor, &definition)?.need(ability)?;
    Ok((book, definition))
}

fn check_name(name: &str, known: &[PlanScenario]) -> Result<(), AppError> {
    let name = name.trim();
    let problem = match name.chars().count() {
        0 => "方案没有名称。".to_owned(),
        long if long > NAME => format!("名称有 {long} 个字。"),
        _ if known.iter().any(|one| one.name == name) => format!("已有名为“{name}”的方案。"),
        _ => return Ok(()),
    };
    let remedy = "请写一个不重复的短名称，例如“两班倒”。";
    let finding = Finding::error("plan.scenario_name", "方案名称", problem, remedy);
    Err(AppError::invalid(finding))
}

fn named(input: &ScenarioInput) -> Fields {
    let text = |text: &str| Value::Text(text.trim().to_owned());
    let mut fields = Fields::from([("name".to_owned(), text(&input.name))]);
    if !input.remark.trim().is_empty() {
        fields.insert("remark".to_owned(), text(&input.remark));
    }
    fields
}

/// The steps with who kept them, when, and what they led to. Only what leads to a plan is kept.
fn kept_steps(
    app: &App,
    actor: &Actor,
    book: &PlanBook,
    steps: &[ScenarioStep],
) -> Result<Fields, AppError> {
    let changes: Vec<Change> = steps.iter().flat_map(|one| one.changes.clone()).collect();
    check_count(changes.len())?;
    let worked = Worked::of(app, book, &changes)?;
    let stale = worked.draft.stale();
    if !stale.is_empty() {
        return Err(AppError::Conflict(stale));
    }
    let trial = worked.trial();
    let wrong = trial.wrong(&worked.draft);
    if !wrong.is_empty() {
        return Err(AppError::Invalid(wrong));
    }
    let now: ScenarioState = told::state(&trial.after);
    let plan = trial.before.standing.forecast_finish;
    let by = Value::Text(actor.name.clone());
    let cells = [
        ("kept_on", Some(Value::Date(book.state.today))),
        ("kept_by", Some(by)),
        ("finish", now.state.forecast_finish.map(Value::Date)),
        ("slip_days", now.slip_days.map(Value::Int)),
        ("plan_finish", plan.map(Value::Date)),
        ("changes", Some(Value::Rows(steps::rows(book, steps)))),
    ];
    let filled = cells.into_iter();
    let filled = filled.filter_map(|(id, value)| Some((id.to_owned(), value?)));
    Ok(filled.collect())
}

/// A copy that was just written.
fn shown(app: &App, book: &PlanBook, record: &Record) -> Result<ScenarioLine, AppError> {
    let (scenario, findings) = PlanScenario::from_record(record);
    let scenario = scenario.ok_or(AppError::Invalid(findings))?;
    line(app, book, &scenario)
}
