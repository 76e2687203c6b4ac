//! 时钟 What happens by itself: transitions whose time has come, records that overdue clocks and duties open, 回头看. Run
//! at the start of the server, each hour, and by hand; running it again does nothing more.

use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::flow::{self, ActRequest, Desk, pinned};
use crate::settle::Draft;
use crate::world::StoreWorld;
use ground::RecordId;
use register::flow::Opening;
use register::{Definition, Record, Value};
use std::sync::Arc;
use store::{Event, Filter, JournalQuery, Query, Reader, StoreError, Writer};

/// Journal action of a step that was taken once.
const RAISE: &str = "raise";
/// Automatic transitions in a row for one record; more would be a definition that runs in a circle.
const IN_A_ROW: usize = 3;

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticked {
    /// Register title.
    pub register: String,
    /// Record, by number or id.
    pub record: String,
    /// What was done, or why it could not be.
    pub text: String,
    /// It was done.
    pub done: bool,
}

/// Does all that is due by the app's clock.
///
/// # Errors
/// Only when the store fails; a record whose rules refuse is told and passed over.
pub fn run(app: &App) -> Result<Vec<Ticked>, AppError> {
    let mut done = Vec::new();
    let system = Actor::system(app);
    let definitions = app.definitions();
    for definition in definitions.iter() {
        for id in candidates(app, definition)? {
            let desk = Desk::of(app, &system, "到期自动办理", None)?;
            match one(app, desk, definition, id) {
                Ok(lines) => done.extend(lines),
                Err(error @ AppError::Store(_)) => return Err(error),
                Err(error) => done.push(Ticked {
                    register: definition.title.zh.clone(),
                    record: id.to_string(),
                    text: refusal(&error),
                    done: false,
                }),
            }
        }
    }
    Ok(done)
}

fn refusal(error: &AppError) -> String {
    match error {
        AppError::Invalid(findings) | AppError::Conflict(findings) => findings
            .iter()
            .map(|one| format!("{}{}", one.problem, one.remedy))
            .collect(),
        other => other.to_string(),
    }
}

/// Records that may have something due.
fn candidates(app: &App, definition: &Definition) -> Result<Vec<RecordId>, AppError> {
    let mut queries = Vec::new();
    if let Some(flow) = &definition.flow {
        let auto = flow.transitions.iter().filter(|one| one.auto.is_some());
        let mut states: Vec<String> = auto.flat_map(|one| one.from.clone()).collect();
        states.sort();
        states.dedup();
        if !states.is_empty() {
            let states = states.into_iter().map(Value::Text).collect();
            queries.push(Query::default().filter(Filter::one_of("state", states)));
        }
        let opens = |one: &register::law::Escalation| one.steps.iter().any(|s| s.open.is_some());
        if flow.escalations.iter().any(opens) {
            let running = Filter {
                value: store::Operand::One(Value::Bool(false)),
                ..Filter::missing("clock_due")
            };
            queries.push(Query::default().filter(running));
        }
    }
    if definition.obligations.iter().any(|one| one.open.is_some()) {
        queries = vec![Query::default()];
    }
    app.read(|reader| {
        let mut ids = Vec::new();
        for query in &queries {
            let found = reader.all(&definition.id, query)?;
            ids.extend(found.iter().map(|stored| stored.record.id));
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    })
}

/// Does what is due for one record, in one write.
fn one(
    app: &App,
    desk: Desk,
    definition: &Arc<Definition>,
    id: RecordId,
) -> Result<Vec<Ticked>, AppError> {
    // Most records have nothing due: they are looked at without taking the district's one writer.
    let quiet =
        app.read(|reader| Ok(due(reader, &desk, definition, id).is_ok_and(|due| due.is_empty())))?;
    if quiet {
        return Ok(Vec::new());
    }
    let definition = definition.clone();
    app.write(move |writer| {
        let mut lines = Vec::new();
        for _ in 0..IN_A_ROW {
            let due = due(&mut writer.reader(), &desk, &definition, id)?;
            let Some(transition) = due.transition.clone() else {
                raise(writer, &desk, &definition, due, &mut lines)?;
                break;
            };
            let request = ActRequest {
                action: transition.clone(),
                ..ActRequest::default()
            };
            flow::perform_alone(writer, &desk, &definition, &due.record, &request)?;
            let text = flow::view::act_label(&definition, &transition);
            lines.push(told(&definition, &due.record, text));
        }
        Ok(lines)
    })
}

fn told(definition: &Definition, record: &Record, text: String) -> Ticked {
    let number = record.number.clone();
    Ticked {
        register: definition.title.zh.clone(),
        record: number.unwrap_or_else(|| record.id.to_string()),
        text,
        done: true,
    }
}

/// What is due for a record.
struct Due {
    record: Record,
    transition: Option<String>,
    /// Key of the step and what it opens.
    opens: Vec<(String, Vec<Opening>)>,
}

impl Due {
    fn is_empty(&self) -> bool {
        self.transition.is_none() && self.opens.is_empty()
    }
}

fn due(
    reader: &mut Reader<'_>,
    desk: &Desk,
    definition: &Definition,
    id: RecordId,
) -> Result<Due, AppError> {
    let record = reader.get(&definition.id, id)?.record;
    let taken = taken(reader, id)?;
    let pinned = pinned(reader, definition, &record)?;
    let world = StoreWorld::new(reader, &desk.setting);
    let draft = Draft {
        definition: &pinned,
        before: Some(&record),
        setting: &desk.setting,
        user: None,
        world: &world,
    };
    let scope = draft.scope(&record.fields);
    let transition = register::flow::automatic(&scope);
    let raised = register::flow::raised(&scope).into_iter();
    let mut opens: Vec<(String, Vec<Opening>)> = raised.map(|one| (one.key, one.opens)).collect();
    opens.extend(crate::duty::openings(&scope));
    opens.retain(|(key, opens)| !opens.is_empty() && !taken.contains(key));
    world.finish()?;
    Ok(Due {
        transition: transition.filter(|_| !record.withdrawn),
        opens,
        record,
    })
}

/// Keys of the steps that were taken for a record.
fn taken(reader: &mut Reader<'_>, id: RecordId) -> Result<Vec<String>, StoreError> {
    let query = JournalQuery {
        record: Some(id),
        action: Some(RAISE.to_owned()),
        limit: 1000,
        ..JournalQuery::default()
    };
    let entries = reader.journal(&query)?;
    let key = |entry: store::Entry| {
        let detail: serde_json::Value = serde_json::from_str(&entry.patch?).ok()?;
        detail["key"].as_str().map(str::to_owned)
    };
    Ok(entries.into_iter().filter_map(key).collect())
}

fn raise(
    writer: &mut Writer<'_>,
    desk: &Desk,
    definition: &Definition,
    due: Due,
    lines: &mut Vec<Ticked>,
) -> Result<(), AppError> {
    let from = format!("{}/{}", definition.id, due.record.id);
    for (key, opens) in due.opens {
        for opening in &opens {
            let made = flow::open(writer, desk, opening, &from)?;
            let title = desk.definition(&opening.register)?.title.zh.clone();
            let number = made.number.unwrap_or_else(|| made.id.to_string());
            lines.push(told(definition, &due.record, format!("开{title} {number}")));
        }
        let event = Event {
            action: RAISE.to_owned(),
            register: Some(definition.id.clone()),
            record: Some(due.record.id),
            detail: Some(serde_json::json!({ "key": key })),
        };
        writer.note(event, &desk.meta)?;
    }
    Ok(())
}
