//! 待办、已办、我发起、即将到期、超期、提醒 What waits for a person, over all registers with a workflow. Found by the indexes
//! on state, holder and clock: nothing is scanned.

use crate::App;
use crate::account::Actor;
use crate::delegation;
use crate::directory::{self, NamesOf};
use crate::error::AppError;
use crate::flow::{ACT, pinned, view};
use crate::notice::{EXTENSION, REMINDER, SIGNATURE};
use crate::page::task::{TaskBox, TaskPage, TaskView};
use crate::permit::Access;
use crate::settle::Draft;
use crate::world::{self, Setting, StoreWorld};
use ground::RecordId;
use register::law::{Ability, Flow};
use register::{Definition, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Filter, JournalQuery, Notice, Op, Query, Reader, StoreError, Stored};

/// Tasks of a page, and the most that are looked through for one.
const PAGE: usize = 50;
const DEEP: u32 = 500;
/// 即将到期: due before the end of the second working day from now.
const SOON_WORKDAYS: i32 = 2;
/// Journal entries of a person that are looked through for what they did.
const DONE_ENTRIES: u32 = 1000;

/// One box with the counts of all.
pub fn tasks(app: &App, actor: &Actor, asked: TaskBox, after: usize) -> Result<TaskPage, AppError> {
    let setting = Setting::new(app, None);
    let mut people = vec![(actor.clone(), None)];
    for one in delegation::delegators(app, actor, None)? {
        let registers = delegation::registers_of(app, actor, &one)?;
        people.push((one, registers));
    }
    let looks = looks(app, &setting, &people)?;
    let done = done_by(app, actor, &setting)?;
    let asked_to_sign = app.read(|reader| to_sign(reader, &setting, &looks, &people))?;
    let mut counts = BTreeMap::new();
    for one in TaskBox::ALL {
        let count = match one {
            TaskBox::Done => done.len(),
            TaskBox::Notice => app.read(|reader| unread(reader, actor))?,
            _ => app.read(|reader| count(reader, &looks, one, &setting, actor))?,
        };
        let signing = (one == TaskBox::Todo).then_some(asked_to_sign.len());
        counts.insert(one, count + signing.unwrap_or(0));
    }
    let found = app.read(|reader| match asked {
        TaskBox::Done => read_done(reader, &setting, &done, after),
        TaskBox::Notice => reminders(reader, &setting, actor, after),
        TaskBox::Todo => found(
            reader,
            &looks,
            asked,
            &setting,
            (actor, after, asked_to_sign),
        ),
        _ => found(reader, &looks, asked, &setting, (actor, after, Vec::new())),
    })?;
    let next = (found.len() > PAGE).then(|| after + PAGE);
    let items = app.look(|reader| lines(reader, &setting, &found[..found.len().min(PAGE)]))?;
    Ok(TaskPage {
        counts,
        items,
        next,
    })
}

/// What to ask one register for, in one person's place.
struct Look {
    definition: Arc<Definition>,
    access: Access,
    own: Option<RecordId>,
    login: String,
    /// Units of the person's own part of the tree; none = the whole district.
    units: Option<Vec<RecordId>>,
    /// States in which the person's account role must act.
    role_states: Vec<String>,
    /// States in which the holder must act.
    holder_states: Vec<String>,
    /// States in which who made it must act.
    creator_states: Vec<String>,
    /// All states that still want something.
    open_states: Vec<String>,
}

type Person = (Actor, Option<Vec<String>>);

fn looks(app: &App, setting: &Setting, people: &[Person]) -> Result<Vec<Look>, AppError> {
    let mut looks = Vec::new();
    for (person, registers) in people {
        let (own, units) = app.read(|reader| {
            let own = world::org_at(reader, &person.org)?;
            let whole = person.org == *app.root();
            let units = (!whole).then(|| units_below(reader, person)).transpose()?;
            Ok::<_, StoreError>((own, units))
        })?;
        for definition in setting.definitions.iter() {
            let covered = registers
                .as_ref()
                .is_none_or(|all| all.contains(&definition.id));
            let access = Access::new(app, person, definition)?;
            let Some(flow) = definition.flow.as_ref().filter(|_| covered) else {
                continue;
            };
            if !access.may(Ability::Read) {
                continue;
            }
            let role_states = states_of(flow, |role| person.roles.iter().any(|own| own == role));
            looks.push(Look {
                open_states: open_states(flow, &role_states),
                role_states,
                holder_states: holder_states(flow),
                creator_states: states_of(flow, |role| role == "creator"),
                definition: definition.clone(),
                access,
                own,
                login: person.login.clone(),
                units: units.clone(),
            });
        }
    }
    Ok(looks)
}

fn units_below(reader: &mut Reader<'_>, person: &Actor) -> Result<Vec<RecordId>, StoreError> {
    let query = Query {
        scope: Some(person.org.clone()),
        limit: DEEP,
        ..Query::default()
    };
    let found = reader.list("organisation", &query)?;
    Ok(found.records.iter().map(|one| one.record.id).collect())
}

/// States that are neither done nor final, and those the person must still act on: a re-check of done work can be
/// overdue for who re-checks, never for who has done the work.
pub(crate) fn open_states(flow: &Flow, own: &[String]) -> Vec<String> {
    let waits = |one: &&register::law::State| !one.is_final && (!one.done || own.contains(&one.id));
    let open = flow.states.iter().filter(waits);
    open.map(|one| one.id.clone()).collect()
}

/// States that a person in this role is asked to lead on, those of the holder left out: while somebody holds a record,
/// the ball is theirs, whoever else may step in.
fn states_of(flow: &Flow, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let held = holder_states(flow);
    let free = flow
        .states
        .iter()
        .filter(|one| !one.is_final && !held.contains(&one.id));
    free.filter(|state| leads_on(flow, &state.id, &fits))
        .map(|one| one.id.clone())
        .collect()
}

fn holder_states(flow: &Flow) -> Vec<String> {
    let all = flow.states.iter().filter(|one| !one.is_final);
    all.filter(|state| leads_on(flow, &state.id, &|role| role == "holder"))
        .map(|one| one.id.clone())
        .collect()
}

/// Whether a transition out of the state asks for such a role. Done work is only looked at again where a clock runs.
fn leads_on(flow: &Flow, state: &str, fits: &impl Fn(&str) -> bool) -> bool {
    let known = flow.states.iter().find(|one| one.id == state);
    let waits = known.is_some_and(|one| !one.done || one.clock.is_some());
    let out = flow.transitions.iter().filter(|one| {
        let moves = !matches!(one.to, register::law::TransitionTo::Same);
        moves && one.auto.is_none() && one.from.iter().any(|from| from == state)
    });
    waits && out.flat_map(|one| &one.roles).any(|role| fits(role))
}

pub(crate) fn in_states(states: &[String]) -> Filter {
    let values = states.iter().map(|one| Value::Text(one.clone()));
    Filter::one_of("state", values.collect())
}

/// The queries of a box; no record is in two of them.
fn queries(look: &Look, asked: TaskBox, setting: &Setting) -> Vec<Query> {
    let by_due = || Query::default().sorted("clock_due", false);
    match asked {
        TaskBox::Todo => todo(look),
        TaskBox::Mine => {
            let own = Filter::eq("created_by", Value::Text(look.login.clone()));
            vec![Query::default().filter(own).sorted("record_id", true)]
        }
        TaskBox::Soon | TaskBox::Late => {
            let mut query = match (asked, &look.definition.flow) {
                (TaskBox::Late, Some(flow)) => late(by_due(), flow, setting),
                _ => soon(by_due(), look, setting),
            };
            if let Some(units) = &look.units {
                let units = units.iter().copied().map(Value::Ref).collect();
                query = query.filter(Filter::one_of("holder", units));
            }
            vec![query]
        }
        TaskBox::Done | TaskBox::Notice => Vec::new(),
    }
}

/// 超期. Not done, and the clock of the state it is in has run out: the rule of the ledger's count, the rail, the box of
/// late ones and the lamp. What is done and waits to be looked at again is nobody's lateness but the office's own.
pub(crate) fn late(query: Query, flow: &Flow, setting: &Setting) -> Query {
    let now = Value::DateTime(setting.now.clone());
    let open = query.filter(in_states(&open_states(flow, &[])));
    open.filter(Filter::new("clock_due", Op::Lt, now))
}

fn soon(query: Query, look: &Look, setting: &Setting) -> Query {
    let now = Value::DateTime(setting.now.clone());
    let end = Value::DateTime(soon_end(look, setting));
    query
        .filter(in_states(&look.open_states))
        .filter(Filter::new("clock_due", Op::Ge, now))
        .filter(Filter::new("clock_due", Op::Le, end))
}

/// How many records of a register in sight are late; none without a workflow.
pub(crate) fn late_count(
    app: &App,
    access: &Access,
    setting: &Setting,
) -> Result<Option<usize>, AppError> {
    let definition = access.definition();
    let Some(flow) = &definition.flow else {
        return Ok(None);
    };
    let late = access.narrow(late(Query::default(), flow, setting));
    let count = app.read(|reader| reader.count(&definition.id, &late))?;
    Ok(usize::try_from(count).ok())
}

fn soon_end(look: &Look, setting: &Setting) -> String {
    let calendar = setting.moment(&look.definition).calendar;
    crate::clock::end_of_day(calendar.add_workdays(setting.today, SOON_WORKDAYS))
}

fn todo(look: &Look) -> Vec<Query> {
    let by_due = || Query::default().sorted("clock_due", false);
    let mut found = Vec::new();
    if !look.role_states.is_empty() {
        let query = look.access.narrow_to_place(by_due());
        found.push(query.filter(in_states(&look.role_states)));
    }
    if let (Some(own), false) = (look.own, look.holder_states.is_empty()) {
        let mine = Filter::eq("holder", Value::Ref(own));
        found.push(by_due().filter(mine).filter(in_states(&look.holder_states)));
    }
    let mut made = look.creator_states.clone();
    made.retain(|state| !look.role_states.contains(state));
    if !made.is_empty() {
        let own = Filter::eq("created_by", Value::Text(look.login.clone()));
        found.push(by_due().filter(own).filter(in_states(&made)));
    }
    found
}

/// Boxes that speak for the person alone, not for those who are acted for.
fn is_own(asked: TaskBox, look: &Look, actor: &Actor) -> bool {
    asked == TaskBox::Todo || look.login == actor.login
}

fn count(
    reader: &mut Reader<'_>,
    looks: &[Look],
    asked: TaskBox,
    setting: &Setting,
    actor: &Actor,
) -> Result<usize, StoreError> {
    let mut sum = 0;
    for look in looks.iter().filter(|look| is_own(asked, look, actor)) {
        for query in queries(look, asked, setting) {
            sum += reader.count(&look.definition.id, &query)?;
        }
    }
    Ok(usize::try_from(sum).unwrap_or(usize::MAX))
}

/// A record of a box.
#[derive(Clone)]
struct Found {
    definition: Arc<Definition>,
    stored: Stored,
    at: String,
    note: Option<String>,
    unread: bool,
}

impl Found {
    fn new(definition: &Arc<Definition>, stored: Stored, at: String) -> Self {
        Self {
            definition: definition.clone(),
            stored,
            at,
            note: None,
            unread: false,
        }
    }
}

/// 提醒 that were not read.
fn unread(reader: &mut Reader<'_>, actor: &Actor) -> Result<usize, StoreError> {
    let count = reader.open_notices(&actor.login, REMINDER)?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// 提醒 to a person, newest first.
fn reminders(
    reader: &mut Reader<'_>,
    setting: &Setting,
    actor: &Actor,
    after: usize,
) -> Result<Vec<Found>, StoreError> {
    let notices = reader.notices(&actor.login, REMINDER, false, (after, PAGE + 1))?;
    let mut all = Vec::with_capacity(notices.len());
    for notice in notices {
        all.extend(noticed(reader, setting, notice)?);
    }
    Ok(all)
}

/// The record of a notice, as far as it is still there.
fn noticed(
    reader: &mut Reader<'_>,
    setting: &Setting,
    notice: Notice,
) -> Result<Option<Found>, StoreError> {
    let Some(definition) = setting.definitions.get(&notice.register) else {
        return Ok(None);
    };
    let stored = reader.get_many(&notice.register, &[notice.record])?.pop();
    Ok(stored.map(|stored| Found {
        note: Some(notice.reason),
        unread: notice.done_at.is_none(),
        ..Found::new(definition, stored, notice.at)
    }))
}

/// Records on which somebody asked for a signature or for more time, without those that wait for the person anyway.
fn to_sign(
    reader: &mut Reader<'_>,
    setting: &Setting,
    looks: &[Look],
    people: &[Person],
) -> Result<Vec<Found>, StoreError> {
    let mut all: Vec<Found> = Vec::new();
    for (person, registers) in people {
        let covers =
            |register: &String| registers.as_ref().is_none_or(|all| all.contains(register));
        let mut notices = reader.notices(&person.login, SIGNATURE, true, (0, DEEP as usize))?;
        notices.extend(reader.notices(&person.login, EXTENSION, true, (0, DEEP as usize))?);
        for notice in notices.into_iter().filter(|one| covers(&one.register)) {
            let (id, register) = (notice.record, notice.register.clone());
            let known = all.iter().any(|one| one.stored.record.id == id);
            if known || waits(reader, looks, &register, id)? {
                continue;
            }
            let found = noticed(reader, setting, notice)?;
            all.extend(
                found
                    .filter(|one| !one.stored.record.withdrawn)
                    .map(|one| Found {
                        unread: false,
                        ..one
                    }),
            );
        }
    }
    Ok(all)
}

/// Whether a record stands in 待办 by its state.
fn waits(
    reader: &mut Reader<'_>,
    looks: &[Look],
    register: &str,
    id: RecordId,
) -> Result<bool, StoreError> {
    for look in looks.iter().filter(|look| look.definition.id == register) {
        for query in todo(look) {
            let one = Filter::one_of("record_id", vec![Value::Ref(id)]);
            if reader.count(register, &query.filter(one))? > 0 {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The records of a box in order, one page and one record more.
fn found(
    reader: &mut Reader<'_>,
    looks: &[Look],
    asked: TaskBox,
    setting: &Setting,
    (actor, after, more): (&Actor, usize, Vec<Found>),
) -> Result<Vec<Found>, StoreError> {
    let limit = u32::try_from(after + PAGE + 1).unwrap_or(DEEP).min(DEEP);
    let mut all: BTreeMap<(String, RecordId), Found> = BTreeMap::new();
    for one in more {
        all.insert((one.definition.id.clone(), one.stored.record.id), one);
    }
    for look in looks.iter().filter(|look| is_own(asked, look, actor)) {
        for query in queries(look, asked, setting) {
            let page = reader.list(&look.definition.id, &query.limited(limit))?;
            for stored in page.records {
                let key = (look.definition.id.clone(), stored.record.id);
                let at = stored.updated_at.clone();
                all.entry(key)
                    .or_insert_with(|| Found::new(&look.definition, stored, at));
            }
        }
    }
    let mut all: Vec<Found> = all.into_values().collect();
    match asked {
        TaskBox::Mine => all.sort_by_key(|one| std::cmp::Reverse(one.stored.record.id)),
        // What is due first stands first; what has no clock stands last.
        _ => all.sort_by_key(|one| {
            let record = &one.stored.record;
            let due = record.text("clock_due").map(str::to_owned);
            (due.is_none(), due, record.id)
        }),
    }
    Ok(all.into_iter().skip(after).take(PAGE + 1).collect())
}

/// What a person did, newest first, each record once, with the moment.
fn done_by(
    app: &App,
    actor: &Actor,
    setting: &Setting,
) -> Result<Vec<(String, RecordId, String)>, AppError> {
    let query = JournalQuery {
        actor: Some(actor.login.clone()),
        newest_first: true,
        limit: DONE_ENTRIES,
        ..JournalQuery::default()
    };
    let entries = app.read(|reader| reader.journal(&query))?;
    let mut seen = BTreeSet::new();
    let acted = entries
        .into_iter()
        .filter(|entry| entry.action.starts_with(ACT));
    let known = acted.filter_map(|entry| Some((entry.register?, entry.record?, entry.at)));
    Ok(known
        .filter(|(register, _, _)| setting.definitions.get(register).is_some())
        .filter(|(_, record, _)| seen.insert(*record))
        .collect())
}

fn read_done(
    reader: &mut Reader<'_>,
    setting: &Setting,
    done: &[(String, RecordId, String)],
    after: usize,
) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    for (register, id, at) in done.iter().skip(after).take(PAGE + 1) {
        let Some(definition) = setting.definitions.get(register) else {
            continue;
        };
        let stored = reader.get_many(register, &[*id])?.pop();
        found.extend(stored.map(|stored| Found::new(definition, stored, at.clone())));
    }
    Ok(found)
}

fn lines(
    reader: &mut Reader<'_>,
    setting: &Setting,
    found: &[Found],
) -> Result<Vec<TaskView>, AppError> {
    let mut lines = Vec::with_capacity(found.len());
    for one in found {
        let (definition, stored) = (&one.definition, &one.stored);
        let names = directory::names_of(
            reader,
            &setting.definitions,
            definition,
            std::iter::once(&stored.record.fields),
        )?;
        let pinned = pinned(reader, definition, &stored.record)?;
        let world = StoreWorld::new(reader, setting);
        let draft = Draft {
            definition: &pinned,
            before: Some(&stored.record),
            setting,
            user: None,
            world: &world,
        };
        let standing = view::standing(&draft.scope(&stored.record.fields), &names, setting);
        lines.push(line(one, &names, standing));
        world.finish()?;
    }
    Ok(lines)
}

fn line(
    found: &Found,
    names: &NamesOf,
    standing: Option<crate::page::record::FlowView>,
) -> TaskView {
    let (definition, record) = (&found.definition, &found.stored.record);
    let title = record.name(definition).map(str::to_owned);
    let shown = names.shown(definition, &record.fields);
    let first = definition
        .list_columns()
        .into_iter()
        .find_map(|id| shown.get(id).cloned());
    let due = standing.as_ref().and_then(|one| one.due.as_ref());
    // The lamp of the list: work that is done is not late, though its next look may be.
    let light = standing.as_ref().and_then(view::light).map(|one| one.rag);
    TaskView {
        register: definition.id.clone(),
        register_title: definition.title.zh.clone(),
        id: record.id.to_string(),
        number: record.number.clone(),
        title: title.or(first).unwrap_or_default(),
        due_at: due.map(|due| due.at.clone()),
        due_text: due.map(|due| due.text.clone()).unwrap_or_default(),
        unit: standing
            .as_ref()
            .and_then(|one| one.holder.as_ref())
            .map(|(_, name)| name.clone())
            .unwrap_or_default(),
        state_label: standing.map(|one| one.label).unwrap_or_default(),
        light,
        at: found.at.clone(),
        note: found.note.clone(),
        unread: found.unread,
    }
}
