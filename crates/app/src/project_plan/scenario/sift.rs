//! Which changes of a kept trial still apply: an activity may be gone since, or somebody may have changed what the
//! step was about to change. What is gone is left out and told; what changed is told and stays.

use super::steps::{changes_of, concerned, on_version, subject, values_of};
use super::{PlanScenario, ScenarioStep};
use crate::App;
use crate::directory;
use crate::error::AppError;
use crate::project_plan::{Change, PlanBook, edit};
use crate::records::field_changes;
use ground::{Finding, RecordId};
use portfolio::ScenarioChange;
use register::{Fields, Record};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// Steps that still apply, on the versions of today, and what is to be told about the others.
pub(super) struct Sifted {
    pub steps: Vec<ScenarioStep>,
    /// Changes left out.
    pub lost: usize,
    pub findings: Vec<Finding>,
}

impl Sifted {
    pub fn of(app: &App, book: &PlanBook, scenario: &PlanScenario) -> Result<Self, AppError> {
        let all = changes_of(scenario);
        let mut sieve = Sieve {
            records: book.records(),
            keys: keys(&all),
            findings: Vec::new(),
        };
        let mut steps: BTreeMap<i64, ScenarioStep> = BTreeMap::new();
        let mut lost = 0;
        for (row, change) in all {
            let Some(change) = sieve.fitting(row, change) else {
                lost += 1;
                continue;
            };
            sieve
                .findings
                .extend(changed_since(app, book, &sieve, row, &change)?);
            let step = steps.entry(row.step).or_insert_with(|| ScenarioStep {
                text: row.step_text.clone(),
                changes: Vec::new(),
            });
            step.changes.push(change);
        }
        Ok(Self {
            steps: steps.into_values().collect(),
            lost,
            findings: sieve.findings,
        })
    }

    /// All changes in their order.
    pub fn changes(&self) -> Vec<Change> {
        let steps = self.steps.iter();
        steps.flat_map(|step| step.changes.clone()).collect()
    }
}

/// Rows that the scenario itself adds.
fn keys(all: &[(&ScenarioChange, Option<Change>)]) -> BTreeSet<String> {
    let added = all.iter().filter_map(|(_, change)| match change {
        Some(Change::Add { key, .. }) => Some(key.clone()),
        _ => None,
    });
    added.collect()
}

struct Sieve {
    records: BTreeMap<RecordId, Record>,
    keys: BTreeSet<String>,
    findings: Vec<Finding>,
}

impl Sieve {
    fn record(&self, id: &str) -> Option<&Record> {
        self.records.get(&RecordId(id.parse().ok()?))
    }

    fn there(&self, id: &str) -> bool {
        self.keys.contains(id) || self.record(id).is_some()
    }

    /// The change on the versions of today; none when what it is about is gone.
    fn fitting(&mut self, row: &ScenarioChange, change: Option<Change>) -> Option<Change> {
        let Some(change) = change else {
            let problem = format!("{}的内容读不懂，可能在台账里被手工改过。", step_name(row));
            let remedy = "打开方案会略去这一处；请重做这一步，再替换方案。";
            self.tell("plan.scenario_unread", row, problem, remedy);
            return None;
        };
        if subject(&change).is_some_and(|id| !self.there(id)) {
            self.gone(row, &change);
            return None;
        }
        let now = subject(&change).and_then(|id| self.record(id));
        let change = on_version(change, now.map_or(0, |record| record.version));
        self.without_neighbours(row, change)
    }

    fn gone(&mut self, row: &ScenarioChange, change: &Change) {
        let (problem, remedy) = match change {
            Change::Remove { .. } => (
                format!("{}要删除的这项工作已经删除了。", step_name(row)),
                "不用再做什么，打开方案会略去这一处。",
            ),
            _ => (
                format!("{}要改的这项工作已经从计划里删除。", step_name(row)),
                "打开方案会略去这一处；还要改的，请改在别的工作上，再替换方案。",
            ),
        };
        self.tell("plan.scenario_gone", row, problem, remedy);
    }

    /// A neighbour that is gone leaves a place unknown: a new row goes to the end, a moved one stays.
    fn without_neighbours(&mut self, row: &ScenarioChange, change: Change) -> Option<Change> {
        match change {
            Change::Place {
                after: Some(after), ..
            } if !self.there(&after) => {
                let problem = format!("{}要挪到它后面的那一行已经删除。", step_name(row));
                let remedy = "打开方案会略去这一处；次序请在计划表里重新挪。";
                self.tell("plan.scenario_gone", row, problem, remedy);
                None
            }
            Change::Add { key, values, after } => Some(Change::Add {
                key,
                after: after.filter(|after| self.there(after)),
                values: self.with_parent(row, values),
            }),
            Change::Update {
                id,
                version,
                values,
            } => Some(Change::Update {
                id,
                version,
                values: self.with_parent(row, values),
            }),
            Change::Replan { ids, late, target } => Some(Change::Replan {
                ids: ids.map(|ids| ids.into_iter().filter(|id| self.there(id)).collect()),
                late,
                target,
            }),
            other => Some(other),
        }
    }

    fn with_parent(
        &mut self,
        row: &ScenarioChange,
        mut values: Map<String, Json>,
    ) -> Map<String, Json> {
        let parent = values.get("parent").and_then(Json::as_str);
        if parent.is_some_and(|parent| !parent.is_empty() && !self.there(parent)) {
            values.remove("parent");
            let problem = format!("{}的上级工作已经从计划里删除。", step_name(row));
            let remedy = "打开方案不改它的上级；请在计划表里另选上级，再替换方案。";
            self.tell("plan.scenario_parent", row, problem, remedy);
        }
        values
    }

    fn tell(&mut self, code: &str, row: &ScenarioChange, problem: String, remedy: &str) {
        self.findings
            .push(Finding::warning(code, place(row), problem, remedy));
    }
}

/// Says which of the values that a change is about somebody else changed since it was kept.
fn changed_since(
    app: &App,
    book: &PlanBook,
    sieve: &Sieve,
    row: &ScenarioChange,
    change: &Change,
) -> Result<Option<Finding>, AppError> {
    let record = subject(change).and_then(|id| sieve.record(id));
    let Ok(Json::Object(then)) = serde_json::from_str(&row.before) else {
        return Ok(None);
    };
    let Some(record) = record else {
        return Ok(None);
    };
    let now = values_of(book, record, &concerned(change));
    let mut fields = concerned(change);
    fields.retain(|field| now.get(field) != then.get(field) && !says(change, field, &now));
    if fields.is_empty() {
        return Ok(None);
    }
    let told = differences(app, book, record, (&fields, &then))?;
    let problem = format!("存方案以后，这项工作{told}。");
    let remedy = format!(
        "{}会在现在的值上照做；打开方案看一遍，不合适就撤去这一步，再替换方案。",
        step_name(row)
    );
    let place = edit::place(Some(record), record.id);
    Ok(Some(Finding::warning(
        "plan.scenario_changed",
        place,
        problem,
        remedy,
    )))
}

/// Whether somebody has made the very change already.
fn says(change: &Change, field: &str, now: &Map<String, Json>) -> bool {
    let Change::Update { values, .. } = change else {
        return false;
    };
    values
        .get(field)
        .is_some_and(|value| now.get(field) == Some(value))
}

/// 工期由 90 改成 80，实际开始填为 2023-03-01.
fn differences(
    app: &App,
    book: &PlanBook,
    record: &Record,
    (fields, then): (&[String], &Map<String, Json>),
) -> Result<String, AppError> {
    let definition = &book.definition;
    let (mut before, _) = register::from_json(definition, then);
    before.retain(|field, _| fields.contains(field));
    let mut now = record.fields.clone();
    now.retain(|field, _| fields.contains(field));
    let both: [&Fields; 2] = [&before, &now];
    let names = app.read(|reader| {
        directory::names_of(reader, &app.definitions(), definition, both.into_iter())
    })?;
    let changed = field_changes(definition, &before, &now, &names).into_iter();
    let words = changed.map(|one| match (one.before.is_empty(), one.after.is_empty()) {
        (true, _) => format!("的{}填为 {}", one.label, one.after),
        (_, true) => format!("的{}由 {} 改为空", one.label, one.before),
        _ => format!("的{}由 {} 改成 {}", one.label, one.before, one.after),
    });
    let words = words.collect::<Vec<_>>().join("，");
    Ok(match words.is_empty() {
        true => "改过".to_owned(),
        false => words,
    })
}

/// 第 2 步（改 3 格）.
fn step_name(row: &ScenarioChange) -> String {
    match row.step_text.is_empty() {
        true => format!("第 {} 步", row.step),
        false => format!("第 {} 步（{}）", row.step, row.step_text),
    }
}

/// 编号+名称 as they were when the scenario was kept.
fn place(row: &ScenarioChange) -> String {
    let named = format!("{} {}", row.code, row.name);
    match named.trim() {
        "" => step_name(row),
        named => named.to_owned(),
    }
}
