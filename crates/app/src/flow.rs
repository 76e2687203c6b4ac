//! 办理 Records on their way: made in their first state, moved by the acts that their definition allows. All of an act,
//! with the records it opens, is one write.

pub(crate) mod import;
mod opening;
mod pin;
pub mod view;

use crate::App;
use crate::account::Actor;
use crate::delegation;
use crate::directory;
use crate::error::AppError;
use crate::page::record::RecordView;
use crate::permit::Access;
use crate::records;
use crate::settle::{Draft, changes};
use crate::world::{self, Setting, StoreWorld};
use ground::{Finding, OrgPath, RecordId, Severity};
use register::expr::{Scope, User};
use register::flow::{self, Act, LateReason, Outcome};
use register::{Definition, Field, FieldKind, Fields, Record, Value};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use store::{Meta, NewRecord, Reader, StoreError, Writer};

pub(crate) use opening::open;
pub(crate) use pin::pinned;

/// Before the name of a transition in the journal.
pub const ACT: &str = "act:";

/// One act as a person asks for it.
#[derive(Clone, Debug, Default)]
pub struct ActRequest {
    /// Transition or built-in act.
    pub action: String,
    /// Version the person saw.
    pub version: i64,
    /// Values given.
    pub values: Map<String, Json>,
    /// Reason in words.
    pub reason: String,
    /// State chosen.
    pub target: Option<String>,
    /// 逾期原因 and next step.
    pub late: Option<(String, String)>,
    /// Makes a repeated request harmless.
    pub key: Option<String>,
}

/// Everything an act needs below the app, owned, so that it can go into a write.
#[derive(Clone)]
pub(crate) struct Desk {
    pub setting: Setting,
    pub actor: Actor,
    pub meta: Meta,
    /// Who may be acted for today.
    pub delegators: Vec<Actor>,
    /// The person as rules see them, where the request has asked already.
    pub user: Option<Arc<User>>,
}

impl Desk {
    /// The desk of a person's request.
    pub fn of(
        app: &App,
        actor: &Actor,
        reason: &str,
        register: Option<&str>,
    ) -> Result<Self, AppError> {
        Ok(Self {
            delegators: delegation::delegators(app, actor, register)?,
            ..Self::own(app, actor, reason)
        })
    }

    /// The desk of a request in which nobody is acted for.
    pub fn own(app: &App, actor: &Actor, reason: &str) -> Self {
        let meta = app.meta(actor, reason);
        let mut setting = Setting::new(app, None);
        setting.now.clone_from(&meta.at);
        Self {
            delegators: Vec::new(),
            user: None,
            setting,
            actor: actor.clone(),
            meta,
        }
    }

    /// The same for a person whose rights were asked.
    pub fn with(mut self, access: &Access) -> Self {
        self.user = Some(access.person());
        self
    }

    /// The person as rules see them.
    pub fn user(&self, reader: &mut Reader<'_>) -> Result<Arc<User>, StoreError> {
        match &self.user {
            Some(user) => Ok(user.clone()),
            None => world::user(reader, &self.actor).map(Arc::new),
        }
    }

    pub fn definition(&self, register: &str) -> Result<Arc<Definition>, AppError> {
        let found = self.setting.definitions.get(register).cloned();
        found.ok_or_else(|| AppError::NotFound(format!("台账“{register}”")))
    }
}

/// 办理. Does one act on a record and gives the record as it stands then.
///
/// # Errors
/// `NotFound` out of sight, `Stale` when it was changed since, `Forbidden` when the act is not this person's, `Invalid`
/// when the values or the guard do not allow it.
pub fn act(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
    request: ActRequest,
) -> Result<RecordView, AppError> {
    actor.need_acting()?;
    let definition = app.definition(register)?;
    let record = records::parse_id(id)?;
    let access = Access::new(app, actor, &definition)?;
    let desk = Desk::of(app, actor, &request.reason, Some(register))?;
    let register_id = register.to_owned();
    app.write(move |writer| {
        let digest = records::request_digest(&format!("{register_id}/{record}"), &request.values);
        if let Some(key) = &request.key
            && writer.answer_of(&desk.actor.login, key, &digest)?.is_some()
        {
            return Ok(());
        }
        let stored = writer.reader().get(&register_id, record)?;
        access.in_sight(&mut writer.reader(), &desk.delegators, &stored.record)?;
        if stored.record.version != request.version {
            return Err(AppError::Stale {
                current: stored.record.version,
            });
        }
        perform(writer, &desk, &definition, &stored.record, &request)?;
        if let Some(key) = &request.key {
            writer.keep_answer(
                &desk.actor.login,
                key,
                &digest,
                &record.to_string(),
                &desk.meta.at,
            )?;
        }
        Ok(())
    })?;
    records::get(app, actor, register, id, None)
}

/// Does an act inside a write.
pub(crate) fn perform(
    writer: &mut Writer<'_>,
    desk: &Desk,
    definition: &Definition,
    record: &Record,
    request: &ActRequest,
) -> Result<Record, AppError> {
    let persons = persons(&mut writer.reader(), desk)?;
    performed(writer, desk, definition, record, (request, persons))
}

/// Does a transition that happens by itself.
pub(crate) fn perform_alone(
    writer: &mut Writer<'_>,
    desk: &Desk,
    definition: &Definition,
    record: &Record,
    request: &ActRequest,
) -> Result<Record, AppError> {
    performed(writer, desk, definition, record, (request, Vec::new()))
}

fn performed(
    writer: &mut Writer<'_>,
    desk: &Desk,
    definition: &Definition,
    record: &Record,
    (request, persons): (&ActRequest, Vec<Person>),
) -> Result<Record, AppError> {
    let pinned = pinned(&mut writer.reader(), definition, record)?;
    let given = given_values(&pinned, request)?;
    let earlier = match request.action == flow::RECALL {
        true => before_last_step(&mut writer.reader(), &definition.id, record)?,
        false => None,
    };
    let (outcome, after) = {
        let mut reader = writer.reader();
        let world = StoreWorld::new(&mut reader, &desk.setting);
        let draft = |user| Draft {
            definition: &pinned,
            before: Some(record),
            setting: &desk.setting,
            user,
            world: &world,
        };
        let act = Act {
            earlier,
            ..act_of(request, given)
        };
        let (person, act) = whose(&draft(None), record, persons, act);
        let draft = draft(person.as_ref());
        let outcome = flow::perform(&draft.scope(&record.fields), &act).map_err(refusal)?;
        let mut after = record.fields.clone();
        apply(&mut after, &outcome.changes);
        let after = draft.settled(after);
        let findings = draft.findings(&after);
        world.finish()?;
        told(findings)?;
        (outcome, after)
    };
    write_act(
        writer,
        desk,
        definition,
        (record, &after),
        &outcome,
        &request.action,
    )
}

fn write_act(
    writer: &mut Writer<'_>,
    desk: &Desk,
    definition: &Definition,
    (record, after): (&Record, &Fields),
    outcome: &Outcome,
    action: &str,
) -> Result<Record, AppError> {
    let home = directory::home_path(&mut writer.reader(), definition, after, &record.org)?;
    let org_abbr = match outcome.give_number {
        true => abbreviation(writer, definition, &home)?,
        false => None,
    };
    let act = store::Act {
        org_abbr,
        name: format!("{ACT}{action}"),
        changes: changes(&record.fields, after),
        org: (home != record.org).then_some(home),
        give_number: outcome.give_number && definition.number.is_some(),
    };
    let written = writer.act(&definition.id, record.id, record.version, act, &desk.meta)?;
    crate::notice::ask_signers(writer, desk, definition, &written)?;
    crate::notice::ask_deciders(writer, desk, definition, &written)?;
    if action == flow::DECIDE_EXTENSION {
        crate::notice::tell_decision(writer, desk, definition, &written)?;
    }
    let from = format!("{}/{}", definition.id, record.id);
    for one in &outcome.opens {
        open(writer, desk, one, &from)?;
    }
    Ok(written)
}

pub(crate) fn apply(fields: &mut Fields, changes: &flow::Changes) {
    for (id, value) in changes {
        match value {
            Some(value) => fields.insert(id.clone(), value.clone()),
            None => fields.remove(id),
        };
    }
}

/// The values that a record had before its last step, from its history.
fn before_last_step(
    reader: &mut Reader<'_>,
    register: &str,
    record: &Record,
) -> Result<Option<Fields>, AppError> {
    let steps = record.rows("steps").len();
    let history = reader.history(register, record.id)?;
    let mut newest_first = history.into_iter().rev();
    let before = newest_first.find(|one| one.record.rows("steps").len() < steps);
    Ok(before.map(|one| one.record.fields))
}

fn act_of(request: &ActRequest, given: Fields) -> Act {
    let late = request.late.clone();
    Act {
        id: request.action.clone(),
        given,
        reason: Some(request.reason.clone()).filter(|reason| !reason.trim().is_empty()),
        target: request.target.clone(),
        late: late.map(|(code, next)| LateReason { code, next }),
        acting_for: None,
        earlier: None,
    }
}

/// A person with the login acted for.
type Person = (User, Option<String>);

/// The person, then each who may be acted for: with that one's organisation and roles beside the own name.
fn persons(reader: &mut store::Reader<'_>, desk: &Desk) -> Result<Vec<Person>, AppError> {
    let own = desk.user(reader)?;
    let mut all = vec![(User::clone(&own), None)];
    for other in &desk.delegators {
        let user = world::user(reader, other)?;
        let acting = User {
            id: own.id.clone(),
            name: own.name.clone(),
            ..user
        };
        all.push((acting, Some(other.login.clone())));
    }
    Ok(all)
}

/// In whose right the act is done: the person's own where that is enough, else the first who may be acted for.
fn whose(
    draft: &Draft<'_>,
    record: &Record,
    persons: Vec<Person>,
    act: Act,
) -> (Option<User>, Act) {
    if persons.is_empty() {
        return (None, act);
    }
    let able = |(user, _): &&Person| {
        let scope = Scope {
            user: Some(user),
            ..draft.scope(&record.fields)
        };
        flow::offered(&scope)
            .iter()
            .any(|one| one.id == act.id && one.refused.is_none())
    };
    let place = persons.iter().position(|one| able(&one)).unwrap_or(0);
    let mut persons = persons;
    let (user, acting_for) = persons.swap_remove(place);
    (Some(user), Act { acting_for, ..act })
}

/// What `perform` refuses: an act of somebody else is a matter of rights, all else of the data.
fn refusal(findings: Vec<Finding>) -> AppError {
    let of_rights = findings.iter().find(|one| one.code == "flow.role");
    match of_rights {
        Some(finding) => AppError::Forbidden(format!("{}{}", finding.problem, finding.remedy)),
        None => AppError::Invalid(findings),
    }
}

fn told(mut findings: Vec<Finding>) -> Result<(), AppError> {
    findings.retain(|finding| finding.severity == Severity::Error);
    if findings.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(findings))
    }
}

/// Values that built-in acts ask for and that are no fields of the register.
fn asked_besides() -> [Field; 4] {
    [
        Field::new("holder", "承办单位", FieldKind::Org),
        Field::new("signer", "加签人", FieldKind::Text),
        Field::new("to_due", "延至", FieldKind::Date),
        Field::new("agree", "同意", FieldKind::Bool),
    ]
}

/// The given values by the register's types and those of the built-in acts.
fn given_values(definition: &Definition, request: &ActRequest) -> Result<Fields, AppError> {
    let mut asking = definition.clone();
    for field in asked_besides() {
        if asking.field(&field.id).is_none() {
            asking.fields.push(field);
        }
    }
    let (fields, findings) = register::from_json(&asking, &request.values);
    told(findings)?;
    let engine = |id: &&String| {
        let own = definition.field(id).is_some_and(|field| field.system);
        own && !asked_besides().iter().any(|field| field.id == **id)
    };
    match fields.keys().find(engine) {
        Some(id) => Err(AppError::invalid(system_field(definition, id))),
        None => Ok(fields),
    }
}

/// A field that only transitions write.
pub(crate) fn system_field(definition: &Definition, id: &str) -> Finding {
    let label = definition
        .field(id)
        .map_or(id, |field| field.label.zh.as_str());
    Finding::error(
        "record.system",
        label,
        format!("“{label}”由流程生成，不能直接修改。"),
        "请用办理按钮。",
    )
}

/// 建档. Makes a record inside a write: with defaults, computed values and, where there is a workflow, in its first
/// state.
pub(crate) fn make(
    writer: &mut Writer<'_>,
    desk: &Desk,
    definition: &Definition,
    fields: Fields,
    opened_from: Option<&str>,
) -> Result<Record, AppError> {
    let fields = {
        let mut reader = writer.reader();
        let user = desk.user(&mut reader)?;
        let world = StoreWorld::new(&mut reader, &desk.setting);
        let draft = Draft {
            definition,
            before: None,
            setting: &desk.setting,
            user: Some(&user),
            world: &world,
        };
        let fields = begun(&draft, draft.settled(fields), opened_from);
        let findings = draft.findings(&fields);
        world.finish()?;
        if opened_from.is_none() {
            told(findings)?;
        }
        fields
    };
    let closed = crate::cycle::closed(&mut writer.reader(), &desk.setting, definition, &fields)?;
    if let Some(finding) = closed {
        return Err(AppError::invalid(finding));
    }
    let own = desk.actor.org.clone();
    let org = directory::home_path(&mut writer.reader(), definition, &fields, &own)?;
    let new = NewRecord {
        org_abbr: abbreviation(writer, definition, &org)?,
        ..NewRecord::new(org, fields)
    };
    Ok(writer.create(&definition.id, new, &desk.meta)?)
}

/// 简称 of the organisation, where numbers begin with it.
fn abbreviation(
    writer: &mut Writer<'_>,
    definition: &Definition,
    org: &OrgPath,
) -> Result<Option<String>, StoreError> {
    let named = definition.number.as_ref().is_some_and(|n| n.names_org());
    match named {
        true => directory::short_name(&mut writer.reader(), org),
        false => Ok(None),
    }
}

/// The values with those of the first state.
fn begun(draft: &Draft<'_>, mut fields: Fields, opened_from: Option<&str>) -> Fields {
    if draft.definition.flow.is_none() {
        return fields;
    }
    if let Some(from) = opened_from {
        fields.insert("opened_from".to_owned(), Value::Text(from.to_owned()));
    }
    let start = flow::begin(&draft.scope(&fields));
    apply(&mut fields, &start);
    draft.settled(fields)
}

/// Where a record was opened from.
pub fn opened_from(record: &Record) -> Option<(String, RecordId)> {
    let (register, id) = record.text("opened_from")?.split_once('/')?;
    Some((register.to_owned(), RecordId::new(id.parse().ok()?)?))
}
