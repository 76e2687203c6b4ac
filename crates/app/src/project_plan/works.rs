//! 工程模板 Plans made from templates of works: the shipped ones, looked at with their parameters, and a plan made from
//! one as a batch of changes like any other.

use super::change::{Change, ChangeRequest};
use super::{PlanBook, change};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::page::project_plan::{ParameterView, PlanDiff, TemplateView};
use ground::Date;
use plan::{ActivityKind, DurationBasis, Parameter, ParameterKind, Template, WorkItem, Works};
use rust_embed::RustEmbed;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

#[derive(RustEmbed)]
#[folder = "../../templates"]
#[include = "*.toml"]
struct Shipped;

/// A plan to be made from a template.
#[derive(Clone, Debug, Default)]
pub struct FromTemplate {
    /// Template id.
    pub template: String,
    /// Answers by parameter id.
    pub parameters: BTreeMap<String, String>,
    /// First day; with it the planned days are the earliest ones.
    pub start: Option<Date>,
    /// Last day; without a start the planned days are the latest ones (倒排).
    pub target: Option<Date>,
    /// Rows of the plan that have not begun are taken out first.
    pub replace: bool,
    /// Only say what it would do.
    pub dry_run: bool,
    /// Give the whole sheet.
    pub with_sheet: bool,
    /// Why.
    pub reason: String,
}

/// The templates in the order of their names in the folder.
pub fn templates(_app: &App, actor: &Actor) -> Result<Vec<TemplateView>, AppError> {
    actor.need_read()?;
    Ok(shipped()?.iter().map(view).collect())
}

fn shipped() -> Result<Vec<Template>, AppError> {
    let mut names: Vec<String> = Shipped::iter().map(|name| name.to_string()).collect();
    names.sort();
    let mut templates = Vec::new();
    for name in names {
        let Some(file) = Shipped::get(&name) else {
            continue;
        };
        let text = String::from_utf8_lossy(&file.data);
        let (template, findings) = plan::read_template(&name, &text);
        templates.push(template.ok_or(AppError::Invalid(findings))?);
    }
    Ok(templates)
}

fn view(template: &Template) -> TemplateView {
    let works = template.works(&template.defaults());
    let timed = |step: &&plan::TemplateStep| step.kind == ActivityKind::Task;
    let count = |basis: DurationBasis| {
        let steps = template.steps.iter().filter(timed);
        steps.filter(|step| step.basis == basis).count()
    };
    let all = [
        DurationBasis::Law,
        DurationBasis::Norm,
        DurationBasis::Experience,
    ];
    TemplateView {
        basis: all.map(|basis| (basis.label(), count(basis))).to_vec(),
        id: template.id.clone(),
        name: template.name.clone(),
        category: template.category.clone(),
        summary: template.summary.clone(),
        sources: template.sources.clone(),
        notes: template.notes.clone(),
        activities: works.as_ref().map_or(0, |works| works.items.len()),
        summaries: works.map_or(0, |works| stages(&works)),
        parameters: template.parameters.iter().map(parameter).collect(),
    }
}

/// Summaries that a plan made from the works gets.
fn stages(works: &Works) -> usize {
    let stages: BTreeSet<&str> = works.items.iter().map(|item| item.stage.as_str()).collect();
    stages.len()
}

fn parameter(parameter: &Parameter) -> ParameterView {
    let (min, max, choices) = match &parameter.kind {
        ParameterKind::Choice(choices) => {
            let pairs = choices
                .iter()
                .map(|one| (one.code.clone(), one.label.clone()));
            (String::new(), String::new(), pairs.collect())
        }
        ParameterKind::YesNo => (String::new(), String::new(), Vec::new()),
        _ => {
            let ends = parameter.extremes();
            let show = |value: Option<&i64>| value.map_or(String::new(), |v| parameter.print(*v));
            (show(ends.first()), show(ends.last()), Vec::new())
        }
    };
    ParameterView {
        id: parameter.id.clone(),
        label: parameter.label.clone(),
        unit: parameter.unit.clone(),
        kind: parameter.kind.code(),
        default: parameter.print(parameter.default),
        min,
        max,
        choices,
        hint: parameter.hint.clone(),
    }
}

/// Makes a project's plan from a template, or says what that would do.
///
/// # Errors
/// As [`change`], and `Invalid` for parameters that are not allowed.
pub fn from_template(
    app: &App,
    actor: &Actor,
    project: &str,
    asked: &FromTemplate,
) -> Result<PlanDiff, AppError> {
    let book = PlanBook::open_to_write(app, actor, project)?;
    let all = shipped()?;
    let template = all.iter().find(|one| one.id == asked.template);
    let missing = || AppError::NotFound(format!("模板“{}”", asked.template));
    let template = template.ok_or_else(missing)?;
    let values = template
        .values(&asked.parameters)
        .map_err(AppError::Invalid)?;
    let works = template.works(&values).map_err(AppError::invalid)?;
    let late = asked.start.is_none() && asked.target.is_some();
    let mut changes = Vec::new();
    if asked.replace {
        changes.extend(removals(&book));
    }
    // Latest dates are bound from behind alone.
    let first = (!late).then(|| asked.start.unwrap_or(book.state.today));
    changes.extend(additions(&book, &works, first, asked.replace));
    let added = changes.iter().filter_map(|change| match change {
        Change::Add { key, .. } => Some(key.clone()),
        _ => None,
    });
    let ids: Vec<String> = added.collect();
    changes.push(Change::Replan {
        ids: Some(ids),
        late,
        target: asked.target,
    });
    let request = ChangeRequest {
        changes,
        reason: asked.reason.clone(),
        dry_run: asked.dry_run,
        with_sheet: asked.with_sheet,
        ..ChangeRequest::default()
    };
    change::change_many(app, actor, project, &request)
}

/// Rows nobody has begun or reported about.
pub(super) fn removals(book: &PlanBook) -> Vec<Change> {
    let reported: Vec<_> = book.reports().iter().filter_map(|r| r.activity).collect();
    let idle = book.activities().iter().filter(|activity| {
        let begun = activity.actual_start.is_some() || activity.actual_finish.is_some();
        !begun && !reported.contains(&activity.id)
    });
    idle.map(|activity| Change::Remove {
        id: activity.id.to_string(),
        version: book.state.version(activity.id.0),
        relink: false,
    })
    .collect()
}

/// One summary per stage with its activities under it; codes that a plan that stays has already are numbered on.
fn additions(book: &PlanBook, works: &Works, first: Option<Date>, replace: bool) -> Vec<Change> {
    let gone: Vec<String> = match replace {
        true => removals(book).iter().filter_map(removed_id).collect(),
        false => Vec::new(),
    };
    let kept = book.activities().iter();
    let kept = kept.filter(|activity| !gone.contains(&activity.id.to_string()));
    let taken: BTreeSet<&str> = kept.map(|activity| activity.code.as_str()).collect();
    let codes = codes(works, &taken);
    let stage_codes = free_stages(&taken);
    let mut changes = Vec::new();
    let mut stages: Vec<&str> = Vec::new();
    let mut position = next_position(book);
    for (n, item) in works.items.iter().enumerate() {
        let stage = stages.iter().position(|one| *one == item.stage);
        let stage = stage.unwrap_or_else(|| {
            stages.push(&item.stage);
            position += 10;
            let code = format!("S{}", stage_codes + stages.len());
            changes.push(summary(stages.len(), &code, &item.stage, position));
            stages.len() - 1
        });
        changes.push(Change::Add {
            key: format!("new-w{n}"),
            values: work(item, works, stage + 1, &codes, first),
            after: None,
        });
    }
    changes
}

fn removed_id(change: &Change) -> Option<String> {
    match change {
        Change::Remove { id, .. } => Some(id.clone()),
        _ => None,
    }
}

fn next_position(book: &PlanBook) -> i64 {
    let positions = book.activities().iter().filter_map(|one| one.position);
    positions.max().unwrap_or(0)
}

fn summary(no: usize, code: &str, stage: &str, position: i64) -> Change {
    let values = json!({
        "code": code, "name": stage, "kind": "summary", "position": position,
    });
    Change::Add {
        key: format!("new-s{no}"),
        values: object(values),
        after: None,
    }
}

fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

fn work(
    item: &WorkItem,
    works: &Works,
    stage: usize,
    codes: &BTreeMap<String, String>,
    first: Option<Date>,
) -> Map<String, Json> {
    let kind = match item.kind {
        ActivityKind::StartMilestone => "start_milestone",
        ActivityKind::FinishMilestone => "finish_milestone",
        _ => "task",
    };
    let calendar = works.calendars.get(item.calendar).map(|one| one.base.id());
    let basis = match item.source.trim() {
        "" => item.basis.label().to_owned(),
        source => format!("{}：{source}", item.basis.label()),
    };
    let remark = [basis, item.note.clone()];
    let remark = remark.into_iter().filter(|part| !part.is_empty());
    let mut values = object(json!({
        "code": codes.get(&item.code).unwrap_or(&item.code),
        "name": item.name,
        "kind": kind,
        "parent": format!("new-s{stage}"),
        "duration_days": item.days,
        "calendar": calendar,
        "remark": remark.collect::<Vec<_>>().join("；"),
    }));
    if item.basis == DurationBasis::Norm && item.days > 0 {
        // What a standard asks for (养护, 龄期) can be neither shorter nor longer.
        for field in ["optimistic_days", "likely_days", "pessimistic_days"] {
            values.insert(field.to_owned(), json!(item.days));
        }
    }
    let predecessors = recoded(&item.predecessors, codes);
    if !predecessors.is_empty() {
        values.insert("predecessors".to_owned(), json!(predecessors));
    } else if let Some(first) = first {
        values.insert("planned_start".to_owned(), json!(first.to_string()));
    }
    values
}

/// The template's codes as they stand in the plan. Where none is taken they stay; else the whole template is numbered on
/// behind the greatest number of the plan, so that its parts stay together and in order: 4.1 becomes 28.1.
fn codes(works: &Works, taken: &BTreeSet<&str>) -> BTreeMap<String, String> {
    let own = || works.items.iter().map(|item| item.code.clone());
    if own().all(|code| !taken.contains(code.as_str())) {
        return own().map(|code| (code.clone(), code)).collect();
    }
    let behind = taken.iter().filter_map(|code| number(code)).max();
    let behind = behind.unwrap_or(0);
    let mut used: BTreeSet<String> = taken.iter().map(|code| (*code).to_owned()).collect();
    let mut codes = BTreeMap::new();
    for code in own() {
        let moved = match (number(&code), code.find(|c: char| !c.is_ascii_digit())) {
            (Some(n), Some(end)) => format!("{}{}", behind.saturating_add(n), &code[end..]),
            (Some(n), None) => behind.saturating_add(n).to_string(),
            (None, _) => code.clone(),
        };
        let same = (2..).map(|n: u32| format!("{moved}-{n}"));
        let free = std::iter::once(moved.clone()).chain(same);
        let free = free.into_iter().find(|one| used.insert(one.clone()));
        codes.insert(code, free.unwrap_or(moved));
    }
    codes
}

/// The number a code begins with.
fn number(code: &str) -> Option<u64> {
    let end = code.find(|c: char| !c.is_ascii_digit());
    code[..end.unwrap_or(code.len())].parse().ok()
}

/// The greatest number of the stages that stay: S1, S2, ….
fn free_stages(taken: &BTreeSet<&str>) -> usize {
    let numbers = taken
        .iter()
        .filter_map(|code| code.strip_prefix('S')?.parse::<usize>().ok());
    numbers.max().unwrap_or(0)
}

fn recoded(text: &str, codes: &BTreeMap<String, String>) -> String {
    if codes.iter().all(|(old, new)| old == new) {
        return text.to_owned();
    }
    let (mut refs, _) = plan::parse_predecessors(text, "");
    for one in &mut refs {
        if let Some(code) = codes.get(&one.code) {
            one.code.clone_from(code);
        }
    }
    plan::print_predecessors(&refs)
}
