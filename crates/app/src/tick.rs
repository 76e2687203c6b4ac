//! 时钟 What happens by itself: transitions whose time has come, records that overdue clocks and duties open, 回头看. Run
//! at the start of the server, each hour, and by hand; running it again does nothing more.

use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::flow::{self, ActRequest, Desk, pinned};
use crate::notice;
use crate::settle::Draft;
use crate::world::{Setting, StoreWorld};
use ground::RecordId;
use register::expr::Scope;
use register::flow::Opening;
use register::{Definition, Record};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Event, JournalQuery, LookAgain, Reader, StoreError, Writer};

/// Journal action of a step that was taken once.
const RAISE: &str = "raise";
/// Automatic transitions in a row for one record; more would be a definition that runs in a circle.
const IN_A_ROW: usize = 3;
/// Setting that keeps what the last run left behind.
const SETTING: &str = "tick";
/// Records looked at in one reading.
const AT_ONCE: usize = 200;
/// A month.
const LONGEST_SECONDS: i64 = 30 * 86_400;

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

/// Does all that is due by the app's clock. Looked at are the records that changed since the last time, those whose
/// remembered moment has come, and once all records of a register whose rules are new.
///
/// # Errors
/// Only when the store fails; a record whose rules refuse is told and passed over.
pub fn run(app: &App) -> Result<Vec<Ticked>, AppError> {
    let setting = Setting::new(app, None);
    let round = Round::begin(app, &setting)?;
    let mut done = Vec::new();
    let system = Actor::system(app);
    for (register, ids) in &round.waiting {
        let Some(definition) = setting.definitions.get(register) else {
            continue;
        };
        for some in ids.chunks(AT_ONCE) {
            let looks = look(app, &setting, definition, some)?;
            let (busy, quiet): (Vec<_>, Vec<_>) = looks.into_iter().partition(|one| one.busy);
            let mut next: Vec<LookAgain> = quiet.into_iter().map(|one| one.again).collect();
            for one in busy {
                let desk = Desk::of(app, &system, "到期自动办理", None)?;
                match self::one(app, desk, definition, one.again.record) {
                    Ok(lines) => done.extend(lines),
                    Err(error @ AppError::Store(_)) => return Err(error),
                    Err(error) => done.push(Ticked {
                        register: definition.title.zh.clone(),
                        record: one.again.record.to_string(),
                        text: refusal(&error),
                        done: false,
                    }),
                }
                let after = look(app, &setting, definition, &[one.again.record])?;
                next.extend(after.into_iter().map(|one| one.settled(&setting)));
            }
            app.write(move |writer| Ok(writer.look_again(&next)?))?;
        }
    }
    round.end(app)?;
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

/// Which records a run looks at.
struct Round {
    /// Position of the journal up to which changes are looked at.
    position: i64,
    /// Registers with rules that act by themselves, with the versions they were last looked at by.
    versions: BTreeMap<String, String>,
    waiting: BTreeMap<String, Vec<RecordId>>,
}

impl Round {
    fn begin(app: &App, setting: &Setting) -> Result<Self, AppError> {
        let acting = setting.definitions.iter().filter(|one| acts_alone(one));
        let versions: BTreeMap<String, String> = acting
            .map(|one| (one.id.clone(), one.version.clone()))
            .collect();
        let mut waiting: BTreeMap<String, BTreeSet<RecordId>> = BTreeMap::new();
        let position = app.read(|reader| {
            let kept: Kept = match reader.setting(SETTING)? {
                Some(text) => serde_json::from_str(&text).unwrap_or_default(),
                None => Kept::default(),
            };
            for (id, version) in &versions {
                if kept.versions.get(id) != Some(version) {
                    waiting.insert(id.clone(), reader.ids(id)?.into_iter().collect());
                }
            }
            let changed = changed_since(reader, kept.position)?;
            let due = reader.looks_due(&setting.now, usize::MAX >> 1)?;
            for (register, id) in changed.into_iter().chain(due) {
                if versions.contains_key(&register) {
                    waiting.entry(register).or_default().insert(id);
                }
            }
            reader.position()
        })?;
        let sorted = |(id, ids): (String, BTreeSet<RecordId>)| (id, Vec::from_iter(ids));
        Ok(Self {
            position,
            versions,
            waiting: waiting.into_iter().map(sorted).collect(),
        })
    }

    fn end(self, app: &App) -> Result<(), AppError> {
        let kept = Kept {
            position: self.position,
            versions: self.versions,
        };
        let text = serde_json::to_string(&kept).unwrap_or_default();
        let meta = app.meta(&Actor::system(app), "");
        app.write(move |writer| Ok(writer.set(SETTING, &text, &meta)?))
    }
}

/// What the last run left behind.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    position: i64,
    versions: BTreeMap<String, String>,
}

/// Whether anything of the register happens by itself.
fn acts_alone(definition: &Definition) -> bool {
    let flow = definition.flow.as_ref();
    let moves = flow.is_some_and(|flow| {
        let mut steps = flow.escalations.iter().flat_map(|one| &one.steps);
        flow.transitions.iter().any(|one| one.auto.is_some())
            || steps.any(|step| step.open.is_some() || !step.notify.is_empty())
    });
    moves || !definition.obligations.is_empty()
}

/// Records written to after a position of the journal.
fn changed_since(
    reader: &mut Reader<'_>,
    mut position: i64,
) -> Result<BTreeSet<(String, RecordId)>, StoreError> {
    let mut changed = BTreeSet::new();
    // Without a position all registers are looked at as a whole.
    while position > 0 {
        let entries = reader.changes(position, 1000)?;
        let Some(last) = entries.last() else { break };
        position = last.seq;
        let of = |entry: store::Entry| entry.register.zip(entry.record);
        changed.extend(entries.into_iter().filter_map(of));
    }
    Ok(changed)
}

/// One record looked at.
struct Looked {
    /// Something may have to be done.
    busy: bool,
    again: LookAgain,
}

impl Looked {
    /// When to look again after all that could be done was done; what refused is tried again the next hour.
    fn settled(mut self, setting: &Setting) -> LookAgain {
        if self.busy {
            self.again.at = Some(setting.now.clone());
        }
        self.again
    }
}

/// Looks at records without taking the district's one writer: most have nothing due.
fn look(
    app: &App,
    setting: &Setting,
    definition: &Arc<Definition>,
    ids: &[RecordId],
) -> Result<Vec<Looked>, AppError> {
    app.look(|reader| {
        let mut looked = Vec::with_capacity(ids.len());
        for stored in reader.get_many(&definition.id, ids)? {
            let record = stored.record;
            let due = due(reader, setting, definition, record.clone());
            let (busy, next) = match due {
                Ok(due) => (!due.is_empty(), due.next),
                Err(error @ AppError::Store(_)) => return Err(error),
                Err(_) => (true, None),
            };
            looked.push(Looked {
                busy,
                again: LookAgain {
                    register: definition.id.clone(),
                    record: record.id,
                    at: next,
                },
            });
        }
        Ok(looked)
    })
}

/// Does what is due for one record, in one write.
fn one(
    app: &App,
    desk: Desk,
    definition: &Arc<Definition>,
    id: RecordId,
) -> Result<Vec<Ticked>, AppError> {
    let definition = definition.clone();
    app.write(move |writer| {
        let mut lines = Vec::new();
        for _ in 0..IN_A_ROW {
            let record = writer.reader().get(&definition.id, id)?.record;
            let due = due(&mut writer.reader(), &desk.setting, &definition, record)?;
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
    steps: Vec<DueStep>,
    /// When to look at it again, UTC.
    next: Option<String>,
}

/// A step that is taken once: what it opens, who is told.
pub(crate) struct DueStep {
    pub key: String,
    pub opens: Vec<Opening>,
    pub notify: Vec<String>,
    pub why: String,
}

impl DueStep {
    fn acts(&self) -> bool {
        !self.opens.is_empty() || !self.notify.is_empty()
    }
}

impl Due {
    fn is_empty(&self) -> bool {
        self.transition.is_none() && self.steps.is_empty()
    }
}

fn due(
    reader: &mut Reader<'_>,
    setting: &Setting,
    definition: &Definition,
    record: Record,
) -> Result<Due, AppError> {
    let pinned = pinned(reader, definition, &record)?;
    let (transition, mut steps, next) = {
        let world = StoreWorld::new(reader, setting);
        let draft = Draft {
            definition: &pinned,
            before: Some(&record),
            setting,
            user: None,
            world: &world,
        };
        let scope = draft.scope(&record.fields);
        let transition = register::flow::automatic(&scope);
        let steps = steps(&scope);
        let next = register::flow::next_look(&scope);
        world.finish()?;
        (transition, steps, next)
    };
    if record.withdrawn {
        return Ok(Due {
            record,
            transition: None,
            steps: Vec::new(),
            next: None,
        });
    }
    if !steps.is_empty() {
        let taken = taken(reader, record.id)?;
        steps.retain(|step| !taken.contains(&step.key));
    }
    Ok(Due {
        record,
        transition,
        steps,
        next: next.map(|at| capped(at, setting)),
    })
}

/// Calendars and rules of other registers change without telling: nothing is left alone for longer than a month.
fn capped(at: i64, setting: &Setting) -> String {
    let now = store::seconds(&setting.now).unwrap_or(at);
    register::expr::moment::utc_text(at.min(now + LONGEST_SECONDS))
}

/// Steps of escalations and duties in force, those that do something.
fn steps(scope: &Scope) -> Vec<DueStep> {
    let raised = register::flow::raised(scope).into_iter();
    let raised = raised.map(|one| DueStep {
        key: one.key,
        opens: one.opens,
        notify: one.notify,
        why: one.why,
    });
    raised
        .chain(crate::duty::steps(scope))
        .filter(DueStep::acts)
        .collect()
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
    for step in due.steps {
        for opening in &step.opens {
            let made = flow::open(writer, desk, opening, &from)?;
            let title = desk.definition(&opening.register)?.title.zh.clone();
            let number = made.number.unwrap_or_else(|| made.id.to_string());
            lines.push(told(definition, &due.record, format!("开{title} {number}")));
        }
        let occasion = notice::Occasion {
            key: &step.key,
            why: &step.why,
            whom: &step.notify,
            but: "",
        };
        let told_to = notice::remind(writer, desk, definition, &due.record, &occasion)?;
        if !told_to.is_empty() {
            let text = format!("提醒 {}", told_to.join("、"));
            lines.push(told(definition, &due.record, text));
        }
        let event = Event {
            action: RAISE.to_owned(),
            register: Some(definition.id.clone()),
            record: Some(due.record.id),
            detail: Some(serde_json::json!({ "key": step.key, "notify": step.notify })),
        };
        writer.note(event, &desk.meta)?;
    }
    Ok(())
}
