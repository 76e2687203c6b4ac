//! 台账 Records of any register: list, read, write, history, search, export.

mod query;

pub use query::ListQuery;

use crate::App;
use crate::account::Actor;
use crate::clock::end_of_day;
use crate::directory::{self, NamesOf};
use crate::district;
use crate::error::AppError;
use crate::light;
use crate::page::record::{FieldChange, HistoryEntry, Hit, RecordPage, RecordView};
use ground::{Date, Finding, OrgPath, ProjectId, RecordId, Severity};
use register::{Definition, DuplicateAction, Fields, Record, Value};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use store::{NewRecord, Query, Reader, Step, StoreError, Stored};

/// Hits of the search box, in all and for one register.
const SEARCH_HITS: usize = 20;
const SEARCH_PER_REGISTER: u32 = 6;

/// Registers with title and number of records in sight.
pub fn registers(app: &App, actor: &Actor) -> Result<Vec<(String, String, usize)>, AppError> {
    actor.need_read()?;
    app.read(|reader| {
        let query = Query {
            scope: actor.scope(app),
            ..Query::default()
        };
        let line = |definition: &Definition, reader: &mut Reader<'_>| {
            let count = reader.count(&definition.id, &query)?;
            Ok((
                definition.id.clone(),
                definition.title.zh.clone(),
                usize::try_from(count).unwrap_or(usize::MAX),
            ))
        };
        app.definitions()
            .iter()
            .map(|definition| line(definition, reader))
            .collect::<Result<Vec<_>, StoreError>>()
    })
}

/// A page of records.
pub fn list(
    app: &App,
    actor: &Actor,
    register: &str,
    asked: &ListQuery,
    day: Option<Date>,
) -> Result<RecordPage, AppError> {
    actor.need_read()?;
    let definition = &app.definition(register)?;
    let query = asked.to_store(app, actor, definition, day)?;
    let past = past_instant(app, day);
    let first_page = asked.after.is_none();
    let (page, total, sums, names) = app.read(|reader| {
        let page = match &past {
            Some(instant) => reader.list_as_of(register, &query, instant)?,
            None => reader.list(register, &query)?,
        };
        let total = match (&past, first_page) {
            (None, true) => {
                Some(usize::try_from(reader.count(register, &query)?).unwrap_or(usize::MAX))
            }
            (Some(instant), true) => Some(reader.all_as_of(register, &query, instant)?.len()),
            _ => None,
        };
        let sums = asked
            .sums
            .iter()
            .filter_map(|field| Some((definition.field(field)?, field)));
        let sums = sums
            .map(|(field, id)| sum(reader, definition, &query, past.as_deref(), field, id))
            .collect::<Result<BTreeMap<_, _>, StoreError>>()?;
        let names = directory::names_of(
            reader,
            &app.definitions(),
            definition,
            page.records.iter().map(|stored| &stored.record.fields),
        )?;
        Ok((page, total, sums, names))
    })?;
    let items = page
        .records
        .iter()
        .map(|stored| view(definition, stored, &names))
        .collect();
    let mut page = RecordPage {
        items,
        next: page.next,
        total,
        sums,
    };
    add_lights(app, register, &mut page.items, day)?;
    Ok(page)
}

fn past_instant(app: &App, day: Option<Date>) -> Option<String> {
    day.filter(|day| *day < app.today()).map(end_of_day)
}

fn sum(
    reader: &mut Reader<'_>,
    definition: &Definition,
    query: &Query,
    past: Option<&str>,
    field: &register::Field,
    id: &str,
) -> Result<(String, String), StoreError> {
    let total = match past {
        None => reader.sum(&definition.id, query, id)?.total,
        Some(instant) => {
            let all = reader.all_as_of(&definition.id, query, instant)?;
            let mut numbers = all
                .iter()
                .filter_map(|stored| stored.record.fields.get(id))
                .map(number_of);
            numbers
                .try_fold(0, |total: i64, number| total.checked_add(number))
                .ok_or(StoreError::Overflow)?
        }
    };
    let text = match field.kind {
        register::FieldKind::Money => ground::Fen(total).yuan(),
        _ => total.to_string(),
    };
    Ok((id.to_owned(), text))
}

fn number_of(value: &Value) -> i64 {
    match value {
        Value::Int(number) | Value::Percent(number) => *number,
        Value::Decimal { scaled, .. } => *scaled,
        Value::Money(amount) => amount.fen.0,
        _ => 0,
    }
}

/// A stored record with ready texts.
pub fn view(definition: &Definition, stored: &Stored, names: &NamesOf) -> RecordView {
    RecordView {
        register: definition.id.clone(),
        values: register::to_json(definition, &stored.record.fields),
        shown: names.shown(definition, &stored.record.fields),
        record: stored.record.clone(),
        updated_at: stored.updated_at.clone(),
        light: None,
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

/// One record, now or as it was known on a day.
pub fn get(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
    day: Option<Date>,
) -> Result<RecordView, AppError> {
    actor.need_read()?;
    let definition = &app.definition(register)?;
    let id = parse_id(id)?;
    let past = past_instant(app, day);
    let (stored, names) = app.read(|reader| {
        let stored = match &past {
            Some(instant) => reader.get_as_of(register, id, instant)?,
            None => reader.get(register, id)?,
        };
        let names = directory::names_of(
            reader,
            &app.definitions(),
            definition,
            std::iter::once(&stored.record.fields),
        )?;
        Ok((stored, names))
    })?;
    actor.need_sight(&stored.record.org)?;
    let mut items = [view(definition, &stored, &names)];
    add_lights(app, register, &mut items, day)?;
    let [item] = items;
    Ok(item)
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
    actor.need_write()?;
    let definition = &app.definition(register)?;
    let fields = checked(app, definition, values)?;
    refuse_same(app, definition, &fields)?;
    let meta = app.meta(actor, reason);
    let key = key.map(|key| (key.to_owned(), request_digest(register, values)));
    let (own, target, actor) = (actor.org.clone(), definition.clone(), actor.clone());
    let id = app.write(move |writer| {
        if let Some((key, digest)) = &key
            && let Some(answer) = writer.answer_of(&actor.login, key, digest)?
        {
            return parse_id(&answer);
        }
        let org = directory::home_path(&mut writer.reader(), &target, &fields, &own)?;
        actor.need_write_at(&org)?;
        let record = writer.create(&target.id, NewRecord::new(org, fields), &meta)?;
        if let Some((key, digest)) = &key {
            writer.keep_answer(&actor.login, key, digest, &record.id.to_string(), &meta.at)?;
        }
        Ok(record.id)
    })?;
    reread(app, definition, id)
}

fn request_digest(register: &str, values: &Map<String, Json>) -> String {
    use sha2::{Digest, Sha256};
    let text = format!("{register}\n{}", Json::Object(values.clone()));
    hex::encode(Sha256::digest(text))
}

fn reread(app: &App, definition: &Definition, id: RecordId) -> Result<RecordView, AppError> {
    let (stored, names) = app.read(|reader| {
        let stored = reader.get(&definition.id, id)?;
        let names = directory::names_of(
            reader,
            &app.definitions(),
            definition,
            std::iter::once(&stored.record.fields),
        )?;
        Ok((stored, names))
    })?;
    Ok(view(definition, &stored, &names))
}

/// Values of a request, or what is wrong with them.
fn checked(
    app: &App,
    definition: &Definition,
    values: &Map<String, Json>,
) -> Result<Fields, AppError> {
    let (fields, mut findings) = register::from_json(definition, values);
    if findings.is_empty() {
        findings = register::validate(definition, &fields);
    }
    findings.extend(unknown_references(app, definition, &fields)?);
    findings.retain(|finding| finding.severity == Severity::Error);
    if findings.is_empty() {
        Ok(fields)
    } else {
        Err(AppError::Invalid(findings))
    }
}

fn unknown_references(
    app: &App,
    definition: &Definition,
    fields: &Fields,
) -> Result<Vec<Finding>, AppError> {
    let mut wanted = BTreeMap::new();
    directory::collect(&definition.fields, fields, &mut wanted);
    let mut findings = Vec::new();
    for (register, ids) in wanted {
        let ids: Vec<RecordId> = ids.into_iter().collect();
        let found = app.read(|reader| reader.get_many(&register, &ids))?;
        let missing = ids.iter().filter(|id| {
            !found
                .iter()
                .any(|stored| stored.record.id == **id && !stored.record.withdrawn)
        });
        let title = app
            .definition(&register)
            .map_or(register.clone(), |target| target.title.zh.clone());
        findings.extend(missing.map(|id| {
            Finding::error(
                "record.reference",
                title.clone(),
                format!("{title}里没有编号 {id} 的记录，或已撤销。"),
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
    let index = directory::index(app, &definition.id)?;
    let same = index
        .same(definition, fields)
        .into_iter()
        .find(|same| same.action == DuplicateAction::Block);
    let Some(same) = same else { return Ok(()) };
    let name = index
        .known(same.id)
        .map(|known| known.name.clone())
        .unwrap_or_default();
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
    actor.need_write()?;
    let definition = &app.definition(register)?;
    let id = parse_id(id)?;
    let stored = app.read(|reader| reader.get(register, id))?;
    actor.need_write_at(&stored.record.org)?;
    let changes = changes_of(app, definition, &stored.record, values)?;
    let meta = app.meta(actor, reason);
    let (register, own, actor) = (register.to_owned(), definition.clone(), actor.clone());
    app.write(move |writer| {
        let record = writer.update(&register, id, version, changes, &meta)?;
        let home = directory::home_path(&mut writer.reader(), &own, &record.fields, &record.org)?;
        if home != record.org && own.id != "organisation" {
            actor.need_write_at(&home)?;
            writer.assign(&register, id, record.version, home, &meta)?;
        }
        Ok(())
    })?;
    reread(app, definition, id)
}

fn changes_of(
    app: &App,
    definition: &Definition,
    before: &Record,
    values: &Map<String, Json>,
) -> Result<store::Changes, AppError> {
    let (given, findings) = register::from_json(definition, values);
    if findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
    {
        return Err(AppError::Invalid(findings));
    }
    let named = values.keys().map(|key| {
        key.strip_suffix("_bound")
            .filter(|base| definition.field(key).is_none() && definition.field(base).is_some())
            .unwrap_or(key)
    });
    let mut after = before.fields.clone();
    let mut changes = store::Changes::new();
    for field in named {
        let value = given.get(field).cloned();
        match &value {
            Some(value) => after.insert(field.to_owned(), value.clone()),
            None => after.remove(field),
        };
        changes.insert(field.to_owned(), value);
    }
    let mut findings = register::validate(definition, &after);
    findings.extend(unknown_references(app, definition, &given)?);
    findings.retain(|finding| finding.severity == Severity::Error);
    if findings.is_empty() {
        Ok(changes)
    } else {
        Err(AppError::Invalid(findings))
    }
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
    actor.need_write()?;
    let definition = &app.definition(register)?;
    if withdrawn {
        need_reason(reason)?;
    }
    let id = parse_id(id)?;
    let stored = app.read(|reader| reader.get(register, id))?;
    actor.need_write_at(&stored.record.org)?;
    let meta = app.meta(actor, reason);
    let register = register.to_owned();
    app.write(move |writer| {
        if withdrawn {
            writer.withdraw(&register, id, version, &meta)?
        } else {
            writer.restore(&register, id, version, &meta)?
        };
        Ok(())
    })?;
    reread(app, definition, id)
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
    actor.need_read()?;
    let definition = &app.definition(register)?;
    let id = parse_id(id)?;
    let (steps, names) = app.read(|reader| {
        let steps = reader.history(register, id)?;
        let names = directory::names_of(
            reader,
            &app.definitions(),
            definition,
            steps.iter().map(|step| &step.record.fields),
        )?;
        Ok((steps, names))
    })?;
    let last = steps
        .last()
        .ok_or_else(|| AppError::NotFound("这条记录".to_owned()))?;
    actor.need_sight(&last.record.org)?;
    let people = crate::account::names(app)?;
    let empty = Fields::new();
    let mut entries: Vec<HistoryEntry> = Vec::with_capacity(steps.len());
    let mut before = &empty;
    for step in &steps {
        entries.push(entry(definition, step, before, &names, &people));
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
        action: told.action.clone(),
        reason: told.reason.clone().unwrap_or_default(),
        source: told.source.clone().unwrap_or_default(),
        changes: field_changes(definition, before, &step.record.fields, names),
    }
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
        .filter(|field| changed.contains_key(&field.id));
    fields
        .map(|field| FieldChange {
            field: field.id.clone(),
            label: field.label.zh.clone(),
            before: text(&old, &field.id),
            after: text(&new, &field.id),
        })
        .collect()
}

/// Records of all registers by words.
pub fn search(app: &App, actor: &Actor, words: &str) -> Result<Vec<Hit>, AppError> {
    actor.need_read()?;
    if words.trim().is_empty() {
        return Ok(Vec::new());
    }
    let first = ["project", "enterprise", "matter", "organisation"];
    let all = app.definitions();
    let rest = all
        .iter()
        .map(|one| one.id.as_str())
        .filter(|id| !first.contains(id));
    let order: Vec<&str> = first.into_iter().chain(rest).collect();
    let query = Query {
        scope: actor.scope(app),
        search: Some(words.trim().to_owned()),
        limit: SEARCH_PER_REGISTER,
        ..Query::default()
    };
    let mut hits = Vec::new();
    for register in order {
        let definition = &app.definition(register)?;
        let (page, names) = app.read(|reader| {
            let page = reader.list(register, &query)?;
            let names = directory::names_of(
                reader,
                &app.definitions(),
                definition,
                page.records.iter().map(|stored| &stored.record.fields),
            )?;
            Ok((page, names))
        })?;
        hits.extend(
            page.records
                .iter()
                .map(|stored| hit(definition, stored, &names)),
        );
        if hits.len() >= SEARCH_HITS {
            break;
        }
    }
    hits.truncate(SEARCH_HITS);
    Ok(hits)
}

fn hit(definition: &Definition, stored: &Stored, names: &NamesOf) -> Hit {
    let shown = names.shown(definition, &stored.record.fields);
    let name = stored
        .record
        .name(definition)
        .unwrap_or_default()
        .to_owned();
    let beside = definition
        .list_columns()
        .into_iter()
        .filter(|id| Some(*id) != definition.name_field.as_deref());
    let text: Vec<String> = beside
        .filter_map(|id| shown.get(id).cloned())
        .filter(|text| !text.is_empty())
        .take(3)
        .collect();
    Hit {
        register: definition.id.clone(),
        register_title: definition.title.zh.clone(),
        id: stored.record.id.to_string(),
        title: if name.is_empty() {
            text.first().cloned().unwrap_or_default()
        } else {
            name
        },
        text: text.join(" · "),
    }
}

/// The records of a list as a workbook.
pub fn export(
    app: &App,
    actor: &Actor,
    register: &str,
    asked: &ListQuery,
    day: Option<Date>,
) -> Result<Vec<u8>, AppError> {
    actor.need_read()?;
    let definition = &app.definition(register)?;
    let query = asked.to_store(app, actor, definition, day)?;
    let past = past_instant(app, day);
    let (records, names) = app.read(|reader| {
        let all = match &past {
            Some(instant) => reader.all_as_of(register, &query, instant)?,
            None => reader.all(register, &query)?,
        };
        let names = directory::names_of(
            reader,
            &app.definitions(),
            definition,
            all.iter().map(|stored| &stored.record.fields),
        )?;
        Ok((all, names))
    })?;
    let title = format!("{}{}", app.district_name(), definition.title.zh);
    let records: Vec<Record> = records.into_iter().map(|stored| stored.record).collect();
    let lookup = |register: &str, id: RecordId| names.get(register, id);
    let options = exchange::WriteOptions {
        title: &title,
        unit: ground::MoneyUnit::YiYuan,
        as_of: Some(day.unwrap_or_else(|| app.today())),
        columns: &[],
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
    let (meta, action, count) = (app.meta(actor, ""), register.to_owned(), records.len());
    app.write(move |writer| {
        let detail = serde_json::json!({ "records": count });
        writer.note(
            store::Event {
                action: "export".to_owned(),
                register: Some(action),
                record: None,
                detail: Some(detail),
            },
            &meta,
        )?;
        Ok(())
    })?;
    Ok(bytes)
}

/// Whether a path may be seen; used where records of several registers meet.
pub fn in_sight(actor: &Actor, path: &OrgPath) -> bool {
    actor.may_see(path)
}
