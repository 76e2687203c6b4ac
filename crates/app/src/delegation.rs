//! 委托 Somebody away lets somebody else act in their place for some days. Kept as a setting of the district and not as
//! records: records can be imported and edited by whoever may write a register, and this is about rights.

use crate::App;
use crate::account::{self, Actor};
use crate::error::AppError;
use ground::{Date, Finding};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use store::Reader;

/// Name of the setting.
const SETTING: &str = "delegations";
/// Longest delegation; a longer absence is a change of post.
const DAYS_MAX: i64 = 180;

/// One delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Id.
    pub id: String,
    /// Login of who is away.
    pub from_login: String,
    /// Name of who is away.
    pub from_name: String,
    /// Login of who acts.
    pub to_login: String,
    /// Name of who acts.
    pub to_name: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Registers; empty = all.
    pub registers: Vec<String>,
}

/// A delegation as it is asked for.
#[derive(Clone, Debug)]
pub struct NewDelegation {
    /// Login of who shall act.
    pub to_login: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Registers; empty = all.
    pub registers: Vec<String>,
}

fn refuse(place: &str, problem: String, remedy: &str) -> AppError {
    AppError::invalid(Finding::error("delegation.invalid", place, problem, remedy))
}

/// Delegations from and to this person, newest first.
pub fn list(app: &App, actor: &Actor) -> Result<Vec<Delegation>, AppError> {
    let mine = |one: &Delegation| one.from_login == actor.login || one.to_login == actor.login;
    let mut all = all(app)?;
    all.retain(mine);
    all.reverse();
    Ok(all)
}

fn all(app: &App) -> Result<Vec<Delegation>, AppError> {
    let kept = app.read(kept)?;
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let names = account::names(app)?;
    Ok(kept.iter().filter_map(|one| read(one, &names)).collect())
}

fn kept(reader: &mut Reader<'_>) -> Result<Vec<Json>, store::StoreError> {
    let text = reader.setting(SETTING)?.unwrap_or_default();
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

fn read(one: &Json, names: &BTreeMap<String, String>) -> Option<Delegation> {
    let text = |key: &str| one[key].as_str().map(str::to_owned);
    let name = |login: &str| {
        names
            .get(login)
            .cloned()
            .unwrap_or_else(|| login.to_owned())
    };
    let (from_login, to_login) = (text("from_login")?, text("to_login")?);
    let registers = one["registers"].as_array().into_iter().flatten();
    Some(Delegation {
        id: text("id")?,
        from_name: name(&from_login),
        to_name: name(&to_login),
        from: text("from")?.parse().ok()?,
        to: text("to")?.parse().ok()?,
        registers: registers
            .filter_map(|r| r.as_str().map(str::to_owned))
            .collect(),
        from_login,
        to_login,
    })
}

/// Somebody who may act in this person's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Login.
    pub login: String,
    /// Name.
    pub name: String,
    /// Post; empty when none is written.
    pub post: String,
    /// Name of the unit; empty for the district itself.
    pub unit: String,
}

/// Whom this person can choose: active accounts of the own part of the tree that do more than look, by name.
pub fn colleagues(app: &App, actor: &Actor) -> Result<Vec<Colleague>, AppError> {
    actor.need_acting()?;
    let near = |account: &store::Account| {
        let other = account::actor_of(account);
        account.status == "active"
            && account.login != actor.login
            && actor.may_see(&other.org)
            && other.has_role(app)
            && !other.only_reads()
    };
    let mut accounts = app.read(|reader| reader.accounts())?;
    accounts.retain(near);
    let paths: Vec<String> = accounts.iter().map(|one| one.org.to_string()).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let units = app.read(|reader| unit_names(reader, &paths))?;
    let mut all: Vec<Colleague> = accounts
        .into_iter()
        .map(|one| Colleague {
            unit: units.get(one.org.as_str()).cloned().unwrap_or_default(),
            login: one.login,
            name: one.name,
            post: one.post.unwrap_or_default(),
        })
        .collect();
    all.sort_by(|a, b| (&a.unit, &a.name, &a.login).cmp(&(&b.unit, &b.name, &b.login)));
    Ok(all)
}

/// Names of organisations by path.
fn unit_names(
    reader: &mut Reader<'_>,
    paths: &[&str],
) -> Result<BTreeMap<String, String>, store::StoreError> {
    let ids: BTreeMap<_, _> = reader
        .ids_named("organisation", "path", paths)?
        .into_iter()
        .collect();
    let wanted: Vec<_> = ids.keys().copied().collect();
    let found = reader.get_many("organisation", &wanted)?;
    let named = found.into_iter().filter_map(|stored| {
        let path = ids.get(&stored.record.id)?.clone();
        let record = &stored.record;
        let name = record.text("short_name").or_else(|| record.text("name"))?;
        Some((path, name.to_owned()))
    });
    Ok(named.collect())
}

/// Lets somebody act in this person's place.
///
/// # Errors
/// `Invalid` for an unknown or own account, days the wrong way round, or too many of them.
pub fn add(app: &App, actor: &Actor, new: NewDelegation) -> Result<Delegation, AppError> {
    check(app, actor, &new)?;
    let id = account::random_token()?[..16].to_owned();
    let made = json!({
        "id": id, "from_login": actor.login, "to_login": new.to_login,
        "from": new.from.to_string(), "to": new.to.to_string(), "registers": new.registers,
    });
    change(app, actor, "delegated", made.clone(), move |all| {
        all.push(made)
    })?;
    let found = all(app)?.into_iter().find(|one| one.id == id);
    found.ok_or_else(|| AppError::NotFound("这条委托".to_owned()))
}

fn check(app: &App, actor: &Actor, new: &NewDelegation) -> Result<(), AppError> {
    if new.to_login == actor.login {
        let problem = "不能委托给自己。".to_owned();
        return Err(refuse("受委托人", problem, "请选择另一位同事。"));
    }
    let known = app.read(|reader| reader.account(&new.to_login))?;
    let Some(account) = known.filter(|account| account.status == "active") else {
        let problem = format!("没有登录名“{}”，或已停用。", new.to_login);
        return Err(refuse("受委托人", problem, "请核对登录名。"));
    };
    if account::actor_of(&account).only_reads() {
        let problem = format!("“{}”的账号只能查看，不能代办。", new.to_login);
        let remedy = "请委托有填报角色的同事，或请管理员给这个账号加角色。";
        return Err(refuse("受委托人", problem, remedy));
    }
    let days = portfolio::days_between(new.from, new.to);
    if !(0..=DAYS_MAX).contains(&days) || new.to < app.today() {
        let problem = format!("委托期 {} 至 {} 不对。", new.from, new.to);
        return Err(refuse(
            "委托期",
            problem,
            "结束日不早于开始日和今天，最长 180 天。",
        ));
    }
    match new
        .registers
        .iter()
        .find(|one| app.definition(one).is_err())
    {
        Some(unknown) => {
            let problem = format!("没有台账“{unknown}”。");
            Err(refuse("台账", problem, "请从列表选择，不选为全部。"))
        }
        None => Ok(()),
    }
}

/// Ends a delegation that this person gave.
///
/// # Errors
/// `NotFound` when there is none of this id that this person gave.
pub fn end(app: &App, actor: &Actor, id: &str) -> Result<(), AppError> {
    let own = |one: &Delegation| one.id == id && one.from_login == actor.login;
    if !all(app)?.iter().any(own) {
        return Err(AppError::NotFound("这条委托".to_owned()));
    }
    let id = id.to_owned();
    let told = json!({ "id": id });
    change(app, actor, "delegation_ended", told, move |all| {
        all.retain(|one| one["id"] != id.as_str());
    })
}

fn change(
    app: &App,
    actor: &Actor,
    action: &'static str,
    detail: Json,
    work: impl FnOnce(&mut Vec<Json>) + Send + 'static,
) -> Result<(), AppError> {
    let meta = app.meta(actor, "");
    app.write(move |writer| {
        let mut all = kept(&mut writer.reader())?;
        work(&mut all);
        writer.set(SETTING, &Json::Array(all).to_string(), &meta)?;
        let event = store::Event {
            action: action.to_owned(),
            register: Some("account".to_owned()),
            record: None,
            detail: Some(detail),
        };
        writer.note(event, &meta)?;
        Ok(())
    })
}

/// Those in whose place this person may act today; of the given register, if one is asked for.
pub(crate) fn delegators(
    app: &App,
    actor: &Actor,
    register: Option<&str>,
) -> Result<Vec<Actor>, AppError> {
    let today = app.today();
    app.read(|reader| delegators_in(reader, actor, register, today))
}

/// The same for a read that is open already.
pub(crate) fn delegators_in(
    reader: &mut Reader<'_>,
    actor: &Actor,
    register: Option<&str>,
    today: Date,
) -> Result<Vec<Actor>, store::StoreError> {
    let in_force = |one: &Delegation| {
        let covers = |register: &str| {
            one.registers.is_empty() || one.registers.iter().any(|r| r == register)
        };
        one.to_login == actor.login
            && (one.from..=one.to).contains(&today)
            && register.is_none_or(covers)
    };
    let nameless = std::collections::BTreeMap::new();
    let given = kept(reader)?;
    let given = given.iter().filter_map(|one| read(one, &nameless));
    let mut found = Vec::new();
    for one in given.filter(in_force) {
        let account = reader.account(&one.from_login)?;
        found.extend(
            account
                .filter(|a| a.status == "active")
                .map(|a| account::actor_of(&a)),
        );
    }
    Ok(found)
}

/// Registers that somebody's delegations to this person cover today; none = all.
pub(crate) fn registers_of(
    app: &App,
    actor: &Actor,
    from: &Actor,
) -> Result<Option<Vec<String>>, AppError> {
    let today = app.today();
    let mut covered = Vec::new();
    for one in all(app)? {
        let between = one.from_login == from.login && one.to_login == actor.login;
        if !between || !(one.from..=one.to).contains(&today) {
            continue;
        }
        if one.registers.is_empty() {
            return Ok(None);
        }
        covered.extend(one.registers);
    }
    Ok(Some(covered))
}
