//! 台账 Records of any register: list, read, write, history, search, export.

mod change;
pub(crate) mod condition;
mod groups;
pub(crate) mod look;
mod points;
mod query;
mod search;
pub(crate) mod select;

pub use groups::{GroupLine, groups};
use look::Look;
pub use points::{Point, Points, points};
pub use query::ListQuery;
pub(crate) use query::NUMBER;
pub(crate) use search::asked_for;
pub use search::search;
use select::{Asker, Selection};

use crate::App;
use crate::account::Actor;
use crate::delegation;
use crate::directory::{self, NamesOf};
use crate::district;
use crate::error::AppError;
use crate::flow::{self, Desk};
use crate::light;
use crate::notice;
use crate::page::record::{FieldChange, HistoryEntry, RecordPage, RecordView, RightsView};
use crate::page::register::RegisterCard;
use crate::permit::Access;
use crate::task;
use crate::world::Setting;
use ground::{Date, Finding, ProjectId, RecordId, Severity};
use register::law::Ability;
use register::{Definition, DuplicateAction, Field, Fields};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use store::{Query, Reader, Step, StoreError, Stored};

/// System fields whose changes a history tells.
const SAID_IN_HISTORY: [&str; 3] = ["state", "holder", "clock_due"];

/// Registers with title and number of records in sight.
pub fn registers(app: &App, actor: &Actor) -> Result<Vec<(String, String, usize)>, AppError> {
    let mut lines = Vec::new();
    let any = app.definition("organisation")?;
    let person = Access::new(app, actor, &any)?;
    for definition in app.definitions().iter() {
        let access = person.in_register(definition);
        if !access.may(Ability::Read) {
            continue;
        }
        let query = access.narrow(Query::default());
        let count = app.read(|reader| reader.count(&definition.id, &query))?;
        lines.push((
            definition.id.clone(),
            definition.title.zh.clone(),
            usize::try_from(count).unwrap_or(usize::MAX),
        ));
    }
    if lines.is_empty() {
        actor.need_role(app)?;
    }
    Ok(lines)
}

/// Registers with their family, and on demand with what is open and what is late in each.
pub fn register_cards(
    app: &App,
    actor: &Actor,
    with_open: bool,
) -> Result<Vec<RegisterCard>, AppError> {
    let setting = Setting::new(app, None);
    let person = Access::new(app, actor, &app.definition("organisation")?)?;
    let mut cards = Vec::new();
    for (id, title, count) in registers(app, actor)? {
        let definition = app.definition(&id)?;
        let mut card = RegisterCard {
            id,
            title,
            family: definition.family.clone(),
            count,
            open: None,
            late: None,
        };
        if let (Some(flow), true) = (&definition.flow, with_open) {
            let access = person.in_register(&definition);
            let states = task::in_states(&task::open_states(flow, &[]));
            let open = access.narrow(Query::default().filter(states));
            let open = app.read(|reader| reader.count(&definition.id, &open))?;
            card.open = usize::try_from(open).ok();
            card.late = task::late_count(app, &access, &setting)?;
        }
        cards.push(card);
    }
    Ok(cards)
}

/// A register's definition as this person sees it: without hidden fields.
pub fn definition(
    app: &App,
    actor: &Actor,
    register: &str,
) -> Result<std::sync::Arc<Definition>, AppError> {
    let definition = app.definition(register)?;
    let access = Access::new(app, actor, &definition)?;
    access.need(Ability::Read)?;
    Ok(access.seen_definition())
}

/// A page of records.
pub fn list(
    app: &App,
    actor: &Actor,
    register: &str,
    asked: &ListQuery,
    day: Option<Date>,
) -> Result<RecordPage, AppError> {
    let definition = app.definition(register)?;
    let access = Access::new(app, actor, &definition)?;
    access.need(Ability::Read)?;
    let seen = access.seen_definition();
    let query = asked_for(app, &access, &definition, asked, day)?;
    let query = access.narrow(query);
    let setting = Setting::new(app, day);
    let mut page = app.look(|reader| {
        let asker = Asker {
            app,
            access: &access,
            definition: &seen,
            setting: &setting,
            user: access.user(),
        };
        let selection = Selection::of(&asker, asked, query, reader)?;
        let selected = selection.page(&asker, reader)?;
        let sums = selection.sums(&asker, reader, &asked.sums)?;
        let look = Look {
            setting: &setting,
            access: &access,
            definition: &seen,
            user: None,
        };
        Ok(RecordPage {
            items: look.views(reader, selected.page.records)?,
            next: selected.page.next,
            total: selected.total,
            sums,
        })
    })?;
    add_lights(app, register, &mut page.items, day)?;
    Ok(page)
}

/// A stored record with ready texts, for pages of typed registers that have their own lights.
pub fn view(definition: &Definition, stored: &Stored, names: &NamesOf) -> RecordView {
    RecordView {
        register: definition.id.clone(),
        values: register::to_json(definition, &stored.record.fields),
        shown: names.shown(definition, &stored.record.fields),
        record: stored.record.clone(),
        updated_at: stored.updated_at.clone(),
        light: None,
        flow: None,
        rights: RightsView::default(),
        duties: Vec::new(),
        course: None,
        findings: Vec::new(),
    }
}

fn add_lights(
    app: &App,
    register: &str,
    items: &mut [RecordView],
    day: Option<Date>,
) -> Result<(), AppError> {
    if register != "project" || items.is_empty() {
        return Ok(());
    }
    let state = district::state(app, day)?;
    for item in items {
        item.light = state
            .standings
            .get(&ProjectId(item.record.id))
            .map(|standing| light::view(&standing.light));
    }
    Ok(())
}

/// Parses an id as it stands in addresses.
pub fn parse_id(text: &str) -> Result<RecordId, AppError> {
    let id = text.parse::<i64>().ok().and_then(RecordId::new);
    id.ok_or_else(|| AppError::NotFound(format!("编号“{text}”的记录")))
}

/// One record, now or as it was known on a day, with what can be done and what was done.
pub fn get(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
    day: Option<Date>,
) -> Result<RecordView, AppError> {
    let definition = app.definition(register)?;
    let mut items = app.look(|reader| {
        let access = Access::within(reader, app, actor, &definition)?;
        access.need(Ability::Read)?;
        let (id, setting) = (parse_id(id)?, Setting::new(app, day));
        let stored = match &setting.past {
            Some(instant) => reader.get_as_of(register, id, instant)?,
            None => reader.get(register, id)?,
        };
        alone(app, reader, &access, stored, &setting)
    })?;
    add_lights(app, register, &mut items, day)?;
    let found = items.pop();
    found.ok_or_else(|| AppError::NotFound("这条记录".to_owned()))
}

/// One record with what this person can do with it; in the right of somebody acted for where the own is not enough.
fn alone(
    app: &App,
    reader: &mut Reader<'_>,
    own: &Access,
    stored: Stored,
    setting: &Setting,
) -> Result<Vec<RecordView>, AppError> {
    let definition = own.definition();
    let register = definition.id.as_str();
    let access = match own.on(reader, &stored.record)?.read {
        true => own.clone(),
        false => {
            let acted_for =
                delegation::delegators_in(reader, own.actor(), Some(register), app.today())?;
            own.in_sight(reader, &acted_for, &stored.record)?
        }
    };
    let look = Look {
        setting,
        access: &access,
        definition,
        // On a former day nothing can be done any more, but the way there is shown.
        user: Some(own.user()),
    };
    look.views(reader, vec![stored])
}

/// A record to be made.
#[derive(Clone, Debug, Default)]
pub struct Creation<'a> {
    /// Values.
    pub values: Map<String, Json>,
    /// Why, for the journal.
    pub reason: &'a str,
    /// Act done with it in the same write: 交办 of a matter.
    pub action: Option<&'a str>,
    /// Makes a repeated request harmless.
    pub key: Option<&'a str>,
}

/// A new record. `key` makes a repeated request harmless.
pub fn create(
    app: &App,
    actor: &Actor,
    register: &str,
    values: &Map<String, Json>,
    reason: &str,
    key: Option<&str>,
) -> Result<RecordView, AppError> {
    let new = Creation {
        values: values.clone(),
        reason,
        action: None,
        key,
    };
    create_with(app, actor, register, new)
}

/// A new record, and the first act on it if one is asked for.
pub fn create_with(
    app: &App,
    actor: &Actor,
    register: &str,
    new: Creation<'_>,
) -> Result<RecordView, AppError> {
    let definition = app.definition(register)?;
    let key = new
        .key
        .map(|key| (key.to_owned(), request_digest(register, &new.values)));
    let (access, kept) = app.look(|reader| {
        let access = Access::within(reader, app, actor, &definition)?;
        access.need(Ability::Create)?;
        // Who could not be shown the record is told so before there is one.
        access.need(Ability::Read)?;
        let kept = kept_answer(reader, actor, &definition, key.as_ref())?;
        Ok((access, kept))
    })?;
    let stored = match kept {
        Some(stored) => stored,
        None => write_new(app, actor, &access, new, key)?,
    };
    let setting = Setting::new(app, None);
    // Without the light of a project: that of a new one would be worked out with those of all others, and whoever
    // makes a record opens it next.
    let mut items = app.look(|reader| alone(app, reader, &access, stored, &setting))?;
    let made = items.pop();
    made.ok_or_else(|| AppError::NotFound("这条记录".to_owned()))
}

/// A request's key with the digest of what it asks.
type RequestKey = (String, String);

/// The record that the same request made before.
fn kept_answer(
    reader: &mut Reader<'_>,
    actor: &Actor,
    definition: &Definition,
    key: Option<&RequestKey>,
) -> Result<Option<Stored>, AppError> {
    let Some((key, digest)) = key else {
        return Ok(None);
    };
    let Some(answer) = reader.answer_of(&actor.login, key, digest)? else {
        return Ok(None);
    };
    Ok(Some(reader.get(&definition.id, parse_id(&answer)?)?))
}

fn write_new(
    app: &App,
    actor: &Actor,
    access: &Access,
    new: Creation<'_>,
    key: Option<RequestKey>,
) -> Result<Stored, AppError> {
    let definition = access.definition().clone();
    let given: Vec<&str> = new.values.keys().map(String::as_str).collect();
    refuse_unwritable(&definition, access, &given)?;
    let fields = read_values(app, &definition, &new.values)?;
    refuse_same(app, &definition, &fields)?;
    // Only an act can be done in somebody else's place.
    let desk = match new.action {
        Some(_) => Desk::of(app, actor, new.reason, Some(&definition.id))?,
        None => Desk::own(app, actor, new.reason),
    };
    let desk = desk.with(access);
    let (first, reason) = (new.action.map(str::to_owned), new.reason.to_owned());
    let access = access.clone();
    app.write(move |writer| {
        // The same request may have come again in the meantime.
        let kept = kept_answer(&mut writer.reader(), &desk.actor, &definition, key.as_ref())?;
        if let Some(stored) = kept {
            return Ok(stored);
        }
        let mut record = flow::make(writer, &desk, &definition, fields, None)?;
        access.need_made(&mut writer.reader(), &record)?;
        if let Some(action) = first {
            let request = flow::ActRequest {
                action,
                reason,
                ..flow::ActRequest::default()
            };
            record = flow::perform(writer, &desk, &definition, &record, &request)?;
        }
        if let Some((key, digest)) = &key {
            let answer = record.id.to_string();
            writer.keep_answer(&desk.actor.login, key, digest, &answer, &desk.meta.at)?;
        }
        Ok(Stored {
            record,
            created_at: desk.meta.at.clone(),
            updated_at: desk.meta.at.clone(),
        })
    })
}

/// Changes fields of a record inside a write that has asked for the right already.
pub(crate) fn change_row(
    writer: &mut store::Writer<'_>,
    desk: &Desk,
    definition: &Definition,
    target: (RecordId, i64),
    given: &[String],
    values: Fields,
) -> Result<(), AppError> {
    change::write(writer, desk, None, definition, target, given, values)
}

/// Fields of the workflow and computed ones are never typed, hidden ones are not there.
pub(crate) fn refuse_unwritable(
    definition: &Definition,
    access: &Access,
    given: &[&str],
) -> Result<(), AppError> {
    let hidden = access.hidden();
    let mut findings = Vec::new();
    for id in given {
        let Some(field) = definition.field(id) else {
            continue;
        };
        if field.system {
            findings.push(flow::system_field(definition, id));
        } else if hidden.contains(*id) {
            findings.push(unknown_field(definition, id));
        } else if field.compute.is_some() && !access.overrules(field) {
            findings.push(Finding::error(
                "record.computed",
                field.label.zh.clone(),
                format!("“{}”由系统计算，不用填。", field.label.zh),
                "请改它所依据的字段。",
            ));
        }
    }
    if findings.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(findings))
    }
}

fn unknown_field(definition: &Definition, id: &str) -> Finding {
    Finding::error(
        "record.unknown_field",
        id,
        format!("{}没有字段“{id}”。", definition.title.zh),
        "请核对字段名。",
    )
}

pub(crate) fn request_digest(register: &str, values: &Map<String, Json>) -> String {
    use sha2::{Digest, Sha256};
    let values = serde_json::to_string(values).expect("JSON is written as such");
    let text = format!("{register}\n{values}");
    hex::encode(Sha256::digest(text))
}

/// Values of a request by the register's types, their references known. Rules over the whole record are asked when it
/// is written, with computed values in place.
fn read_values(
    app: &App,
    definition: &Definition,
    values: &Map<String, Json>,
) -> Result<Fields, AppError> {
    let (fields, mut findings) = register::from_json(definition, values);
    findings.extend(unknown_references(app, definition, &fields)?);
    findings.retain(|finding| finding.severity == Severity::Error);
    if findings.is_empty() {
        Ok(fields)
    } else {
        Err(AppError::Invalid(findings))
    }
}

pub(crate) fn unknown_references(
    app: &App,
    definition: &Definition,
    fields: &Fields,
) -> Result<Vec<Finding>, AppError> {
    let mut wanted = BTreeMap::new();
    directory::collect(&definition.fields, fields, &mut wanted);
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let missing = app.read(|reader| {
        let lacking = |(register, ids): (String, BTreeSet<RecordId>)| {
            let ids: Vec<RecordId> = ids.into_iter().collect();
            let used = reader.in_use(&register, &ids)?;
            let missing = ids.into_iter().filter(|id| !used.contains(id)).collect();
            Ok((register, missing))
        };
        let all = wanted.into_iter().map(lacking);
        all.collect::<Result<Vec<(String, Vec<RecordId>)>, StoreError>>()
    })?;
    let mut findings = Vec::new();
    for (register, missing) in missing {
        let title = app
            .definition(&register)
            .map_or(register.clone(), |target| target.title.zh.clone());
        findings.extend(missing.into_iter().map(|id| {
            Finding::error(
                "record.reference",
                title.clone(),
                format!("{title}里没有编号 {id} 的记录，或已作废。"),
                "请重新选择。",
            )
        }));
    }
    Ok(findings)
}

/// A record that must not be registered twice.
fn refuse_same(app: &App, definition: &Definition, fields: &Fields) -> Result<(), AppError> {
    if definition.duplicates.is_empty() {
        return Ok(());
    }
    let same = directory::ask(app, &definition.id, |index| {
        let same = index.same(definition, fields);
        let same = same
            .into_iter()
            .find(|same| same.action == DuplicateAction::Block)?;
        let known = index.known(same.id);
        Some(known.map(|known| known.name.clone()).unwrap_or_default())
    })?;
    let Some(name) = same else { return Ok(()) };
    let problem = format!("已有同一条记录“{name}”。");
    Err(AppError::invalid(Finding::error(
        "record.same",
        definition.title.zh.clone(),
        problem,
        "请改那一条；确实是另一个时，把名称写得能区分开。",
    )))
}

/// Changes fields of a record; null removes a value.
pub fn update(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
    version: i64,
    values: &Map<String, Json>,
    reason: &str,
) -> Result<RecordView, AppError> {
    let definition = app.definition(register)?;
    let access = Access::new(app, actor, &definition)?;
    access.need(Ability::Update)?;
    let record = parse_id(id)?;
    let given = given_names(&definition, values);
    // Sight comes before content: what is wrong with the values of a record out of sight is nobody's business.
    let acted_for = delegation::delegators(app, actor, Some(register))?;
    app.look(|reader| {
        let stored = reader.get(register, record)?;
        let access = access.in_sight(reader, &acted_for, &stored.record)?;
        access.need_on(reader, &stored.record, Ability::Update)
    })?;
    let names: Vec<&str> = given.iter().map(String::as_str).collect();
    refuse_unwritable(&definition, &access, &names)?;
    let fields = read_values(app, &definition, values)?;
    let desk = Desk::of(app, actor, reason, Some(register))?.with(&access);
    app.write(move |writer| {
        change::write(
            writer,
            &desk,
            Some(&access),
            &definition,
            (record, version),
            &given,
            fields,
        )
    })?;
    get(app, actor, register, id, None)
}

/// Fields that a request names; `amount_bound` speaks of `amount`.
fn given_names(definition: &Definition, values: &Map<String, Json>) -> Vec<String> {
    let base = |key: &String| {
        key.strip_suffix("_bound")
            .filter(|base| definition.field(key).is_none() && definition.field(base).is_some())
            .unwrap_or(key)
            .to_owned()
    };
    let mut names: Vec<String> = values.keys().map(base).collect();
    names.sort();
    names.dedup();
    names
}

/// Takes a record out; the reason is asked.
pub fn withdraw(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
    version: i64,
    reason: &str,
) -> Result<RecordView, AppError> {
    set_withdrawn(app, actor, register, id, version, reason, true)
}

/// Brings a withdrawn record back.
pub fn restore(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
    version: i64,
    reason: &str,
) -> Result<RecordView, AppError> {
    set_withdrawn(app, actor, register, id, version, reason, false)
}

fn set_withdrawn(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
    version: i64,
    reason: &str,
    withdrawn: bool,
) -> Result<RecordView, AppError> {
    let definition = app.definition(register)?;
    let access = Access::new(app, actor, &definition)?;
    access.need(Ability::Withdraw)?;
    if withdrawn {
        need_reason(reason)?;
    }
    let record = parse_id(id)?;
    app.look(|reader| {
        let stored = reader.get(register, record)?;
        access.need_on(reader, &stored.record, Ability::Withdraw)
    })?;
    let desk = Desk::own(app, actor, reason);
    let (of, reason) = (register.to_owned(), reason.to_owned());
    app.write(move |writer| {
        if !withdrawn {
            writer.restore(&of, record, version, &desk.meta)?;
            return Ok(());
        }
        let gone = writer.withdraw(&of, record, version, &desk.meta)?;
        if definition.flow.is_some() {
            notice::tell_withdrawn(writer, &desk, &definition, (&gone, &reason))?;
        }
        Ok(())
    })?;
    get(app, actor, register, id, None)
}

/// A reason in words.
pub fn need_reason(reason: &str) -> Result<(), AppError> {
    if reason.trim().is_empty() {
        return Err(AppError::invalid(Finding::error(
            "record.reason",
            "原因",
            "没有写原因。",
            "请用一句话写明原因，会记入日志。",
        )));
    }
    Ok(())
}

/// What happened to a record, newest first.
pub fn history(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
) -> Result<Vec<HistoryEntry>, AppError> {
    let definition = app.definition(register)?;
    let access = Access::new(app, actor, &definition)?;
    access.need(Ability::Read)?;
    let id = parse_id(id)?;
    let acted_for = delegation::delegators(app, actor, Some(register))?;
    let (steps, names, rights) = app.look(|reader| {
        let steps = reader.history(register, id)?;
        let last = steps
            .last()
            .ok_or_else(|| AppError::NotFound("这条记录".to_owned()))?;
        let access = access.in_sight(reader, &acted_for, &last.record)?;
        let rights = access.on(reader, &last.record)?;
        let names = directory::names_of(
            reader,
            &app.definitions(),
            &definition,
            steps.iter().map(|step| &step.record.fields),
        )?;
        Ok((steps, names, rights))
    })?;
    let people = crate::account::names(app)?;
    let empty = Fields::new();
    let mut entries: Vec<HistoryEntry> = Vec::with_capacity(steps.len());
    let mut before = &empty;
    for step in &steps {
        let mut told = entry(&definition, step, before, &names, &people);
        look::keep_quiet(&rights, &definition, &mut told);
        entries.push(told);
        before = &step.record.fields;
    }
    entries.reverse();
    Ok(entries)
}

fn entry(
    definition: &Definition,
    step: &Step,
    before: &Fields,
    names: &NamesOf,
    people: &BTreeMap<String, String>,
) -> HistoryEntry {
    let told = &step.entry;
    HistoryEntry {
        seq: told.seq,
        at: told.at.clone(),
        actor_name: people
            .get(&told.actor)
            .cloned()
            .unwrap_or_else(|| told.actor.clone()),
        actor: told.actor.clone(),
        action_label: match told.action.as_str() {
            // Not 撤回 or 撤销: those take back a step or an import.
            "withdraw" => "作废".to_owned(),
            action => flow::view::action_label(definition, action),
        },
        action: told.action.clone(),
        reason: told.reason.clone().unwrap_or_default(),
        source: told.source.clone().unwrap_or_default(),
        changes: told_changes(definition, before, &step.record.fields, names),
    }
}

/// Changed fields that a person reads in the history. What the engine keeps for itself is left out: the steps stand
/// beside the record in words, and instants and versions say nothing more.
fn told_changes(
    definition: &Definition,
    before: &Fields,
    after: &Fields,
    names: &NamesOf,
) -> Vec<FieldChange> {
    let mut changes = field_changes(definition, before, after, names);
    changes.retain(|change| {
        let field = definition.field(&change.field);
        field.is_none_or(|field| !field.system || SAID_IN_HISTORY.contains(&field.id.as_str()))
    });
    changes
}

/// Changed fields with ready texts.
pub fn field_changes(
    definition: &Definition,
    before: &Fields,
    after: &Fields,
    names: &NamesOf,
) -> Vec<FieldChange> {
    let (old, new) = (
        names.shown(definition, before),
        names.shown(definition, after),
    );
    let text =
        |shown: &BTreeMap<String, String>, id: &str| shown.get(id).cloned().unwrap_or_default();
    let changed = register::diff(before, after);
    let fields = definition
        .fields
        .iter()
        .filter(|field| changed.contains_key(&field.id) && !is_course(field));
    fields
        .map(|field| FieldChange {
            field: field.id.clone(),
            label: field.label.zh.clone(),
            before: text(&old, &field.id),
            after: text(&new, &field.id),
        })
        .collect()
}

/// What the workflow keeps of itself: the course beside the log tells it, with names.
fn is_course(field: &Field) -> bool {
    let kept = ["state_at", "flow_version"].contains(&field.id.as_str());
    field.system && (kept || !field.columns().is_empty())
}

/// The records of a list as a workbook.
pub fn export(
    app: &App,
    actor: &Actor,
    register: &str,
    asked: &ListQuery,
    day: Option<Date>,
) -> Result<Vec<u8>, AppError> {
    let definition = app.definition(register)?;
    let access = Access::new(app, actor, &definition)?;
    access.need(Ability::Read)?;
    access.need(Ability::Export)?;
    let query = access.narrow(asked_for(app, &access, &definition, asked, day)?);
    let query = access.narrow_for(query, Ability::Export);
    let definition = &access.seen_definition();
    let setting = Setting::new(app, day);
    let (records, names) = app.look(|reader| {
        let asker = Asker {
            app,
            access: &access,
            definition,
            setting: &setting,
            user: access.user(),
        };
        let all = Selection::of(&asker, asked, query, reader)?.all(&asker, reader)?;
        let look = Look {
            setting: &setting,
            access: &access,
            definition,
            user: None,
        };
        let all = look.fields(reader, all)?;
        let names = directory::names_of(
            reader,
            &setting.definitions,
            definition,
            all.iter().map(|record| &record.fields),
        )?;
        Ok((all, names))
    })?;
    let title = format!("{}{}", app.district_name(), definition.title.zh);
    let columns = asked.columns_of(definition)?;
    let lookup = |register: &str, id: RecordId| names.get(register, id);
    let options = exchange::WriteOptions {
        title: &title,
        unit: ground::MoneyUnit::YiYuan,
        as_of: Some(day.unwrap_or_else(|| app.today())),
        columns: &columns,
        name_of: &lookup,
    };
    let bytes = exchange::write_workbook(definition, &records, &options).map_err(|error| {
        AppError::invalid(Finding::error(
            "export.workbook",
            definition.title.zh.clone(),
            error.to_string(),
            "请加筛选条件，分几次导出。",
        ))
    })?;
    note_export(app, actor, register, records.len())?;
    Ok(bytes)
}

/// A list that left the system stands in the journal.
pub(crate) fn note_export(
    app: &App,
    actor: &Actor,
    register: &str,
    count: usize,
) -> Result<(), AppError> {
    let (meta, register) = (app.meta(actor, ""), register.to_owned());
    app.write(move |writer| {
        let detail = serde_json::json!({ "records": count });
        let event = store::Event {
            action: "export".to_owned(),
            register: Some(register),
            record: None,
            detail: Some(detail),
        };
        writer.note(event, &meta)?;
        Ok(())
    })
}
