//! 提醒 and 加签请求: what single persons are told of a record. Made in the write that gives the occasion, kept until read
//! or done.

use crate::App;
use crate::account::Actor;
use crate::directory;
use crate::error::AppError;
use crate::flow::{Desk, pinned};
use crate::settle::Draft;
use crate::world::StoreWorld;
use ground::{OrgPath, RecordId};
use register::flow::{ADD_SIGNER, AskedExtension, EXTEND};
use register::{Definition, Fields, Record, Value};
use std::collections::BTreeSet;
use store::{Account, Notice, Reader, StoreError, Writer};

/// Kind of what the clock tells.
pub(crate) const REMINDER: &str = "remind";
/// Kind of what a colleague asks: a signature.
pub(crate) const SIGNATURE: &str = "sign";
/// Kind of what a unit asks: more time.
pub(crate) const EXTENSION: &str = "extend";
/// Role of those who lead a unit; a rule names them by `holder.manager` or `org:leader`.
const LEADER: &str = "leader";
/// Role of the supervising office.
const SUPERVISOR: &str = "supervisor";

/// What somebody is told of.
pub(crate) struct Occasion<'a> {
    /// Names it: each person is told once.
    pub key: &'a str,
    /// In words.
    pub why: &'a str,
    /// `holder`, `holder.manager`, `org.parent:leader`, `owner:leader`, `creator`, a role.
    pub whom: &'a [String],
    /// Login of who knows already; empty for nobody.
    pub but: &'a str,
}

/// Tells all whom an occasion names; gives the names of those who were told now.
pub(crate) fn remind(
    writer: &mut Writer<'_>,
    desk: &Desk,
    definition: &Definition,
    record: &Record,
    occasion: &Occasion<'_>,
) -> Result<Vec<String>, AppError> {
    if occasion.whom.is_empty() {
        return Ok(Vec::new());
    }
    let people = writer.reader().accounts()?;
    let people: Vec<Account> = people
        .into_iter()
        .filter(|one| one.status == "active")
        .collect();
    let mut told = BTreeSet::new();
    let mut names = Vec::new();
    for word in occasion.whom {
        let units = Units::of(writer, definition, record, word)?;
        for one in people.iter().filter(|one| units.names(word, one, record)) {
            if one.login == occasion.but || !told.insert(one.login.clone()) {
                continue;
            }
            let notice = Notice {
                login: one.login.clone(),
                record: record.id,
                key: occasion.key.to_owned(),
                register: definition.id.clone(),
                kind: REMINDER.to_owned(),
                reason: occasion.why.to_owned(),
                at: desk.meta.at.clone(),
                done_at: None,
            };
            if writer.notify(&notice)? {
                names.push(one.name.clone());
            }
        }
    }
    Ok(names)
}

/// The unit that a rule's word speaks of.
struct Units {
    /// Its path; none when the word names a role or the maker.
    unit: Option<OrgPath>,
}

impl Units {
    fn of(
        writer: &mut Writer<'_>,
        definition: &Definition,
        record: &Record,
        word: &str,
    ) -> Result<Self, StoreError> {
        let (place, _) = parted(word);
        let holder = match record.reference("holder") {
            Some(id) => directory::org_path(&mut writer.reader(), id)?,
            None => None,
        };
        let unit = match place {
            "holder" => Some(holder.unwrap_or_else(|| record.org.clone())),
            "org" => Some(record.org.clone()),
            "org.parent" => record.org.parent(),
            "owner" => owner(writer, definition)?,
            _ => None,
        };
        Ok(Self { unit })
    }

    fn names(&self, word: &str, person: &Account, record: &Record) -> bool {
        let has = |role: &str| person.roles.iter().any(|own| own == role);
        match (&self.unit, parted(word)) {
            (Some(unit), (_, Some(post))) => person.org == *unit && has(post),
            (Some(unit), (_, None)) => person.org == *unit,
            (None, ("creator", _)) => record.text("created_by") == Some(person.login.as_str()),
            // A role is asked where it reaches the record.
            (None, (role, _)) => has(role) && record.org.is_within(&person.org),
        }
    }
}

/// `holder.manager` is the leader of the holder, `org.parent:leader` that of the unit above.
fn parted(word: &str) -> (&str, Option<&str>) {
    if let Some(place) = word.strip_suffix(".manager") {
        return (place, Some(LEADER));
    }
    match word.split_once(':') {
        Some(("role", role)) => (role, None),
        Some((place, post)) => (place, Some(post)),
        None => (word, None),
    }
}

/// 主管单位 of the register, by its name.
fn owner(writer: &mut Writer<'_>, definition: &Definition) -> Result<Option<OrgPath>, StoreError> {
    let name = definition.owner.as_deref().unwrap_or_default();
    let name = name.strip_prefix("org:").unwrap_or(name);
    if name.is_empty() {
        return Ok(None);
    }
    let query = store::Query::default()
        .filter(store::Filter::eq("name", Value::Text(name.to_owned())))
        .limited(1);
    let found = writer.reader().list("organisation", &query)?;
    let path = found
        .records
        .first()
        .and_then(|one| one.record.text("path"));
    Ok(path.and_then(|path| path.parse().ok()))
}

/// 加签. Who is asked to sign and has not: asked in the write that asks them, released in the write in which they sign
/// or in which their signature is no longer wanted.
pub(crate) fn ask_signers(
    writer: &mut Writer<'_>,
    desk: &Desk,
    definition: &Definition,
    record: &Record,
) -> Result<(), AppError> {
    let open = writer.open_notices_of(record.id, SIGNATURE)?;
    let wanted = wanted(definition, &record.fields);
    for gone in open.iter().filter(|one| !wanted.contains_key(&one.key)) {
        writer.end_notices(&gone.login, SIGNATURE, record.id, &desk.meta.at)?;
    }
    for (key, (login, reason)) in wanted {
        if open.iter().any(|one| one.key == key) {
            continue;
        }
        writer.notify(&Notice {
            login,
            record: record.id,
            key,
            register: definition.id.clone(),
            kind: SIGNATURE.to_owned(),
            reason,
            at: desk.meta.at.clone(),
            done_at: None,
        })?;
    }
    Ok(())
}

/// Logins asked besides whose signature is missing, in the round that runs, by a key for the round.
fn wanted(
    definition: &Definition,
    fields: &Fields,
) -> std::collections::BTreeMap<String, (String, String)> {
    let asked = register::flow::asked_signers(definition, fields).into_iter();
    asked
        .map(|one| {
            let key = format!("{ADD_SIGNER}/{}/{}/{}", one.transition, one.step, one.login);
            let reason = match one.reason.is_empty() {
                true => format!("请您为“{}”加签", one.label),
                false => format!("请您为“{}”加签：{}", one.label, one.reason),
            };
            (key, (one.login, reason))
        })
        .collect()
}

/// 延期申请. Those who decide are asked in the write in which it is asked for, and released in the write that decides
/// on it or lets it lapse. Who has asked is not asked.
pub(crate) fn ask_deciders(
    writer: &mut Writer<'_>,
    desk: &Desk,
    definition: &Definition,
    record: &Record,
) -> Result<(), AppError> {
    if definition
        .flow
        .as_ref()
        .is_none_or(|flow| flow.extension.is_none())
    {
        return Ok(());
    }
    let asked = asked_extension(&mut writer.reader(), desk, definition, record)?;
    let key = asked
        .as_ref()
        .map(|one| format!("{EXTEND}/{}/{}", one.key.0, one.key.1));
    for gone in writer.open_notices_of(record.id, EXTENSION)? {
        if Some(&gone.key) != key.as_ref() {
            writer.end_notices(&gone.login, EXTENSION, record.id, &desk.meta.at)?;
        }
    }
    let (Some(asked), Some(key)) = (asked, key) else {
        return Ok(());
    };
    let until = asked
        .to
        .map_or_else(String::new, |day| format!("，申请延至 {day}"));
    let reason = format!("请您审批延期{until}：{}", asked.reason);
    for one in deciders(writer, record, &asked)? {
        writer.notify(&Notice {
            login: one.login,
            record: record.id,
            key: key.clone(),
            register: definition.id.clone(),
            kind: EXTENSION.to_owned(),
            reason: reason.clone(),
            at: desk.meta.at.clone(),
            done_at: None,
        })?;
    }
    Ok(())
}

fn asked_extension(
    reader: &mut Reader<'_>,
    desk: &Desk,
    definition: &Definition,
    record: &Record,
) -> Result<Option<AskedExtension>, AppError> {
    let pinned = pinned(reader, definition, record)?;
    let world = StoreWorld::new(reader, &desk.setting);
    let draft = Draft {
        definition: &pinned,
        before: Some(record),
        setting: &desk.setting,
        user: None,
        world: &world,
    };
    let asked = register::flow::asked_extension(&draft.scope(&record.fields));
    world.finish()?;
    Ok(asked)
}

/// People in the roles that decide, as far as they reach the record.
fn deciders(
    writer: &mut Writer<'_>,
    record: &Record,
    asked: &AskedExtension,
) -> Result<Vec<Account>, StoreError> {
    let mut people = writer.reader().accounts()?;
    people.retain(|one| {
        let named = |role: &String| asked.roles.contains(role);
        let reaches = record.org.is_within(&one.org);
        let able = one.status == "active" && one.login != asked.by;
        able && reaches && one.roles.iter().any(named)
    });
    Ok(people)
}

/// Tells who asked for more time what was decided.
pub(crate) fn tell_decision(
    writer: &mut Writer<'_>,
    desk: &Desk,
    definition: &Definition,
    record: &Record,
) -> Result<(), AppError> {
    let rows = record.rows("extensions");
    let Some(row) = rows.last() else {
        return Ok(());
    };
    let text = |id: &str| row.get(id).and_then(Value::as_text).unwrap_or_default();
    let to = row.get("to_due").and_then(Value::as_date);
    let told = match (row.get("agree").and_then(Value::as_bool), to) {
        (Some(true), Some(day)) => format!("延期申请已同意，延至 {day}"),
        (Some(true), None) => "延期申请已同意".to_owned(),
        _ => "延期申请没有同意".to_owned(),
    };
    let remark = text("remark");
    let reason = match remark.is_empty() {
        true => told,
        false => format!("{told}：{remark}"),
    };
    writer.notify(&Notice {
        login: text("asked_by").to_owned(),
        record: record.id,
        key: format!("{EXTEND}/decided/{}", rows.len()),
        register: definition.id.clone(),
        kind: REMINDER.to_owned(),
        reason,
        at: desk.meta.at.clone(),
        done_at: None,
    })?;
    Ok(())
}

/// 撤销. Who made a record that is taken out of use, and the supervising office, are told by whom and why.
pub(crate) fn tell_withdrawn(
    writer: &mut Writer<'_>,
    desk: &Desk,
    definition: &Definition,
    (record, reason): (&Record, &str),
) -> Result<(), AppError> {
    let whom = ["creator".to_owned(), SUPERVISOR.to_owned()];
    let occasion = Occasion {
        key: &format!("withdraw/{}", record.version),
        why: &format!("{}撤销了这条记录：{reason}", desk.actor.name),
        whom: &whom,
        but: &desk.actor.login,
    };
    remind(writer, desk, definition, record, &occasion)?;
    Ok(())
}

/// Marks reminders as read: those of one record, or all.
///
/// # Errors
/// The store's.
pub fn read(app: &App, actor: &Actor, record: Option<RecordId>) -> Result<u64, AppError> {
    let (login, at) = (actor.login.clone(), app.present());
    app.write(move |writer| {
        Ok(match record {
            Some(record) => writer.end_notices(&login, REMINDER, record, &at)?,
            None => writer.end_all_notices(&login, REMINDER, &at)?,
        })
    })
}
