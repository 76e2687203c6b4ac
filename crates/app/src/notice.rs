//! 提醒 and 加签请求: what single persons are told of a record. Made in the write that gives the occasion, kept until read
//! or done.

use crate::App;
use crate::account::Actor;
use crate::directory;
use crate::error::AppError;
use crate::flow::Desk;
use ground::{OrgPath, RecordId};
use register::flow::ADD_SIGNER;
use register::{Definition, Fields, Record, Value};
use std::collections::BTreeSet;
use store::{Account, Notice, StoreError, Writer};

/// Kind of what the clock tells.
pub(crate) const REMINDER: &str = "remind";
/// Kind of what a colleague asks: a signature.
pub(crate) const SIGNATURE: &str = "sign";
/// Role of those who lead a unit; a rule names them by `holder.manager` or `org:leader`.
const LEADER: &str = "leader";

/// What somebody is told of.
pub(crate) struct Occasion<'a> {
    /// Names it: each person is told once.
    pub key: &'a str,
    /// In words.
    pub why: &'a str,
    /// `holder`, `holder.manager`, `org.parent:leader`, `owner:leader`, `creator`, a role.
    pub whom: &'a [String],
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
            if !told.insert(one.login.clone()) {
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
