//! Steps of a kept trial as they are stored: each change a line of JSON, as a page sends it, without the version that
//! its author saw, with the activity it names and the values that activity had.

use super::{PlanScenario, ScenarioStep};
use crate::project_plan::{Change, PlanBook};
use ground::{Date, RecordId};
use portfolio::ScenarioChange;
use register::{Fields, Record, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// Fields that say how far work has come: a change of work that went on since is told.
const PROGRESS: [&str; 2] = ["actual_start", "actual_finish"];
/// Letters of a step's words.
const WORDS: usize = 200;

/// A change as it is stored.
#[derive(Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Line {
    op: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    values: Map<String, Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relink: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Date>,
}

/// The change as text.
pub(super) fn print(change: &Change) -> String {
    let line = line(change.clone());
    serde_json::to_string(&line)
        .unwrap_or_else(|_| unreachable!("a change has only texts for keys"))
}

fn line(change: Change) -> Line {
    let op = |op: &str| op.to_owned();
    match change {
        Change::Update { id, values, .. } => Line {
            op: op("update"),
            id: Some(id),
            values,
            ..Line::default()
        },
        Change::Move {
            id, start, finish, ..
        } => Line {
            op: op("move"),
            id: Some(id),
            values: days([("planned_start", start), ("planned_finish", finish)]),
            ..Line::default()
        },
        Change::Add { key, values, after } => Line {
            op: op("add"),
            key: Some(key),
            values,
            after,
            ..Line::default()
        },
        Change::Remove { id, relink, .. } => Line {
            op: op("remove"),
            id: Some(id),
            relink: Some(relink),
            ..Line::default()
        },
        Change::Place { id, after, .. } => Line {
            op: op("place"),
            id: Some(id),
            after,
            ..Line::default()
        },
        Change::Replan { ids, late, target } => Line {
            op: op("replan"),
            ids,
            from: Some(op(if late { "late" } else { "early" })),
            target,
            ..Line::default()
        },
    }
}

fn days(days: [(&str, Option<Date>); 2]) -> Map<String, Json> {
    let given = days.into_iter();
    given
        .filter_map(|(field, day)| Some((field.to_owned(), Json::String(day?.to_string()))))
        .collect()
}

/// The change that a text says; none when somebody wrote something else there.
pub(super) fn read(text: &str) -> Option<Change> {
    let line: Line = serde_json::from_str(text).ok()?;
    let day = |field: &str| match line.values.get(field) {
        None | Some(Json::Null) => Some(None),
        Some(day) => day.as_str()?.parse().ok().map(Some),
    };
    let version = 0;
    Some(match line.op.as_str() {
        "update" => Change::Update {
            id: line.id?,
            version,
            values: line.values,
        },
        "move" => Change::Move {
            start: day("planned_start")?,
            finish: day("planned_finish")?,
            id: line.id?,
            version,
        },
        "add" => Change::Add {
            key: line.key?,
            values: line.values,
            after: line.after,
        },
        "remove" => Change::Remove {
            id: line.id?,
            version,
            relink: line.relink.unwrap_or(false),
        },
        "place" => Change::Place {
            id: line.id?,
            version,
            after: line.after,
        },
        "replan" => Change::Replan {
            ids: line.ids,
            late: line.from.as_deref() == Some("late"),
            target: line.target,
        },
        _ => return None,
    })
}

/// Fields of an activity whose later change by somebody else matters to this change.
pub(super) fn concerned(change: &Change) -> Vec<String> {
    let own: Vec<&str> = match change {
        Change::Update { values, .. } => values.keys().map(String::as_str).collect(),
        Change::Move { .. } => vec!["planned_start", "planned_finish", "duration_days"],
        Change::Remove { .. } => vec!["name", "duration_days", "predecessors", "parent"],
        _ => return Vec::new(),
    };
    // A standard calendar and one of the district's own are two fields of the register and one of the sheet.
    let calendar = own.contains(&"calendar").then_some("work_calendar");
    let all = own.into_iter().chain(calendar).chain(PROGRESS);
    all.map(str::to_owned).collect()
}

/// The concerned fields of a record as JSON.
pub(super) fn values_of(book: &PlanBook, record: &Record, fields: &[String]) -> Map<String, Json> {
    let mut all = register::to_json(&book.definition, &record.fields);
    all.retain(|field, _| fields.contains(field));
    all
}

/// The row that a change is about.
pub(super) fn subject(change: &Change) -> Option<&str> {
    match change {
        Change::Update { id, .. }
        | Change::Move { id, .. }
        | Change::Remove { id, .. }
        | Change::Place { id, .. } => Some(id),
        Change::Add { .. } | Change::Replan { .. } => None,
    }
}

/// The same change on a row as it stands.
pub(super) fn on_version(mut change: Change, now: i64) -> Change {
    match &mut change {
        Change::Update { version, .. }
        | Change::Move { version, .. }
        | Change::Remove { version, .. }
        | Change::Place { version, .. } => *version = now,
        Change::Add { .. } | Change::Replan { .. } => {}
    }
    change
}

/// Rows of the register for these steps.
pub(super) fn rows(book: &PlanBook, steps: &[ScenarioStep]) -> Vec<Fields> {
    let records = book.records();
    let numbered = (1..).zip(steps);
    let all = numbered.flat_map(|(n, step)| {
        let records = &records;
        let changes = step.changes.iter();
        changes.map(move |change| row(book, records, (n, &step.text), change))
    });
    all.collect()
}

type Records = std::collections::BTreeMap<RecordId, Record>;

fn row(book: &PlanBook, records: &Records, (n, words): (i64, &str), change: &Change) -> Fields {
    let words: String = words.trim().chars().take(WORDS).collect();
    let id = subject(change).and_then(|id| id.parse().ok()).map(RecordId);
    let record = id.and_then(|id| records.get(&id));
    let text = |text: String| (!text.is_empty()).then_some(Value::Text(text));
    let named = |field: &str| text(record?.text(field)?.to_owned());
    let before = record.map(|record| {
        let values = values_of(book, record, &concerned(change));
        Value::Text(Json::Object(values).to_string())
    });
    let cells = [
        ("step", Some(Value::Int(n))),
        ("step_text", text(words)),
        ("activity", record.map(|record| Value::Ref(record.id))),
        ("code", named("code")),
        ("name", named("name")),
        ("change", text(print(change))),
        ("before", before),
    ];
    let filled = cells.into_iter();
    filled
        .filter_map(|(id, value)| Some((id.to_owned(), value?)))
        .collect()
}

/// The changes of a scenario with the step each belongs to.
pub(super) fn changes_of(scenario: &PlanScenario) -> Vec<(&ScenarioChange, Option<Change>)> {
    let rows = scenario.changes.iter();
    rows.map(|row| (row, read(&row.change))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(change: Change) {
        assert_eq!(read(&print(&change)), Some(change));
    }

    fn id() -> String {
        "7301".to_owned()
    }

    #[test]
    fn every_kind_of_change_comes_back_as_it_was_kept() {
        let Json::Object(values) = json!({"duration_days": 60, "performer": null}) else {
            unreachable!("an object")
        };
        let day = |text: &str| text.parse().ok();
        check(Change::Update {
            id: id(),
            version: 0,
            values: values.clone(),
        });
        check(Change::Move {
            id: id(),
            version: 0,
            start: day("2023-03-10"),
            finish: None,
        });
        check(Change::Add {
            key: "new-1".to_owned(),
            values,
            after: Some(id()),
        });
        check(Change::Remove {
            id: id(),
            version: 0,
            relink: true,
        });
        check(Change::Place {
            id: id(),
            version: 0,
            after: None,
        });
        check(Change::Replan {
            ids: Some(vec![id()]),
            late: true,
            target: day("2023-08-31"),
        });
    }

    #[test]
    fn what_is_no_change_reads_as_none() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"op":"update"}"#,
            r#"{"op":"sing","id":"1"}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let wrong_day = r#"{"op":"move","id":"1","values":{"planned_start":"soon"}}"#;
        assert_eq!(read(wrong_day), None);
    }
}
