//! 权限 What a person may do with the records of a register, for one request: the law is [`register::permit`], here it
//! gets the person, the moment and the district, and its answers become refusals. Out of reach is as if it were not
//! there (404); in sight but not allowed is 403.

use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::world::{self, Setting, StoreWorld};
use ground::OrgPath;
use register::expr::{Expr, Scope, User, bind};
use register::law::Ability;
use register::permit::{RecordRights, Rights, Sight, rights};
use register::{Definition, Field, Fields, Record, mask_text};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Filter, Query, Reader};

/// Registers of names: units and rounds are picked and printed everywhere, so that whoever works here reads all of them.
const NAMES: [&str; 2] = ["organisation", "round"];

/// Rights of one person in one register.
#[derive(Clone)]
pub struct Access {
    actor: Actor,
    /// The person at the keyboard only looks, whoever they stand in for.
    looks_only: bool,
    /// A role of this person is in force, so that names are read.
    at_work: bool,
    user: Arc<User>,
    root: OrgPath,
    definition: Arc<Definition>,
    setting: Setting,
}

impl Access {
    /// The rights of a person in a register.
    pub fn new(app: &App, actor: &Actor, definition: &Arc<Definition>) -> Result<Self, AppError> {
        app.look(|reader| Self::within(reader, app, actor, definition))
    }

    /// The same in a read that is open already.
    pub fn within(
        reader: &mut Reader<'_>,
        app: &App,
        actor: &Actor,
        definition: &Arc<Definition>,
    ) -> Result<Self, AppError> {
        let user = world::user(reader, actor)?;
        Ok(Self {
            actor: actor.clone(),
            looks_only: actor.only_reads(),
            at_work: actor.has_role(app),
            user: Arc::new(user),
            root: app.root().clone(),
            definition: definition.clone(),
            setting: Setting::new(app, None),
        })
    }

    fn rights(&self) -> Rights<'_> {
        rights(&self.definition, &self.user)
    }

    /// The person as rules see them.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// The same, for whoever keeps it longer.
    pub fn person(&self) -> Arc<User> {
        self.user.clone()
    }

    /// Whose rights these are.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The definition, whole.
    pub fn definition(&self) -> &Arc<Definition> {
        &self.definition
    }

    /// The definition without the fields that this person never sees.
    pub fn seen_definition(&self) -> Arc<Definition> {
        self.without(&self.hidden())
    }

    /// The definition by whose fields this person may filter, sort and add up: a closed value could be guessed.
    pub fn asked_definition(&self) -> Arc<Definition> {
        self.without(&self.secret())
    }

    fn without(&self, fields: &BTreeSet<String>) -> Arc<Definition> {
        match fields.is_empty() {
            true => self.definition.clone(),
            false => Arc::new(self.rights().without(fields)),
        }
    }

    /// The same person's rights in another register.
    pub fn in_register(&self, definition: &Arc<Definition>) -> Self {
        Self {
            definition: definition.clone(),
            ..self.clone()
        }
    }

    /// Whether this person reads the whole district.
    pub fn sees_all(&self) -> bool {
        self.actor.org == self.root
    }

    /// Whether every record of the register is in sight.
    pub fn reads_all(&self) -> bool {
        self.reads_names() || matches!(self.rights().sight_for(Ability::Read), Sight::Whole)
    }

    /// Whether the register holds names by which everybody finds units and rounds, and this person works here.
    fn reads_names(&self) -> bool {
        self.at_work && NAMES.contains(&self.definition.id.as_str())
    }

    /// Whether the register itself allows this at all.
    pub fn may(&self, ability: Ability) -> bool {
        if ability == Ability::Read && self.reads_names() {
            return true;
        }
        self.rights().may(ability) && !(writes(ability) && self.looks_only)
    }

    /// The same as a refusal.
    ///
    /// # Errors
    /// `Forbidden` with what is missing.
    pub fn need(&self, ability: Ability) -> Result<(), AppError> {
        if self.may(ability) {
            return Ok(());
        }
        if self.definition.permits.is_empty() {
            self.actor.need_read()?;
            return self.actor.need_write();
        }
        if !self.at_work {
            self.actor.need_read()?;
        }
        let title = &self.definition.title.zh;
        Err(AppError::Forbidden(format!(
            "您的角色不能在“{title}”里{}，需要时请联系管理员",
            word(ability)
        )))
    }

    /// Narrows a list to what is in sight: the same records that can be opened one by one, so that totals, groups,
    /// points and files agree with the list.
    pub fn narrow(&self, query: Query) -> Query {
        self.narrow_for(query, Ability::Read)
    }

    /// Narrows a list to the records on which this person may do something.
    pub fn narrow_for(&self, mut query: Query, ability: Ability) -> Query {
        if ability == Ability::Read && self.reads_names() {
            return query;
        }
        match self.rights().sight_for(ability) {
            Sight::Whole => {}
            Sight::Nothing => query.filters.push(Filter::one_of("record_id", Vec::new())),
            Sight::Subtree(path) => query.scope = Some(path),
            Sight::Where(expr) => {
                let seen = self.bound(&expr);
                query.condition = Some(match query.condition.take() {
                    Some(own) => crate::records::condition::both(seen, own),
                    None => seen,
                });
            }
        }
        query
    }

    /// Narrows a list to the person's own part of the tree where the usual rule holds: what is merely held or was made
    /// elsewhere waits for others.
    pub fn narrow_to_place(&self, mut query: Query) -> Query {
        if !self.definition.permits.is_empty() {
            return self.narrow(query);
        }
        query.scope = (!self.sees_all()).then(|| self.actor.org.clone());
        query
    }

    /// A permit's condition with the day, the person and computed fields written out, for the database.
    fn bound(&self, expr: &Expr) -> Expr {
        let none = Fields::new();
        let moment = self.setting.moment(&self.definition);
        let scope = Scope {
            user: Some(&self.user),
            ..Scope::new(&self.definition, &none, moment)
        };
        bind(&self.definition.expand(expr), &scope)
    }

    /// Fields that are hidden in every list of this person.
    pub fn hidden(&self) -> BTreeSet<String> {
        self.rights().hidden()
    }

    /// Fields whose values this person must not be able to guess.
    pub fn secret(&self) -> BTreeSet<String> {
        self.rights().secret()
    }

    /// Rights on a record.
    pub fn on(&self, reader: &mut Reader<'_>, record: &Record) -> Result<RecordRights, AppError> {
        let mut rights = self.ask(reader, record, |rights, scope| rights.on(scope))?;
        rights.read |= self.reads_names();
        if self.looks_only {
            rights.update = false;
            rights.withdraw = false;
        }
        Ok(rights)
    }

    fn ask<T>(
        &self,
        reader: &mut Reader<'_>,
        record: &Record,
        ask: impl Fn(&Rights<'_>, &Scope<'_>) -> T,
    ) -> Result<T, AppError> {
        let world = StoreWorld::new(reader, &self.setting);
        let scope = Scope {
            record: Some(record),
            user: Some(&self.user),
            world: &world,
            ..Scope::new(
                &self.definition,
                &record.fields,
                self.setting.moment(&self.definition),
            )
        };
        let answer = ask(&self.rights(), &scope);
        world.finish()?;
        Ok(answer)
    }

    /// These rights where they reach the record, else those of somebody who is acted for and reaches it.
    ///
    /// # Errors
    /// `OutOfSight` when nobody of them does.
    pub fn in_sight(
        &self,
        reader: &mut Reader<'_>,
        acted_for: &[Actor],
        record: &Record,
    ) -> Result<Self, AppError> {
        if self.on(reader, record)?.read {
            return Ok(self.clone());
        }
        for other in acted_for {
            let theirs = Self {
                user: Arc::new(world::user(reader, other)?),
                actor: other.clone(),
                ..self.clone()
            };
            if theirs.on(reader, record)?.read {
                return Ok(theirs);
            }
        }
        Err(AppError::OutOfSight("这条记录".to_owned()))
    }

    /// Refuses what these rights do not allow on a record.
    ///
    /// # Errors
    /// `OutOfSight` out of reach, `Forbidden` in sight.
    pub fn need_on(
        &self,
        reader: &mut Reader<'_>,
        record: &Record,
        ability: Ability,
    ) -> Result<(), AppError> {
        let on = self.on(reader, record)?;
        let able = match ability {
            Ability::Update => on.update,
            Ability::Withdraw => on.withdraw,
            _ => on.read,
        };
        match (on.read, able) {
            (false, _) => Err(AppError::OutOfSight("这条记录".to_owned())),
            (true, false) => Err(AppError::Forbidden(format!(
                "这条记录您只能查看，不能{}",
                word(ability)
            ))),
            (true, true) => Ok(()),
        }
    }

    /// Refuses a record just made that lies out of this person's reach.
    ///
    /// # Errors
    /// `OutOfSight`, as for all that is out of reach.
    pub fn need_made(&self, reader: &mut Reader<'_>, record: &Record) -> Result<(), AppError> {
        let made = self.ask(reader, record, |rights, scope| {
            rights.able(scope, Ability::Create)
        })?;
        match made {
            true => Ok(()),
            false => Err(AppError::OutOfSight("这个单位".to_owned())),
        }
    }

    /// Refuses an organisation outside this person's part of the tree, where the usual rule holds.
    ///
    /// # Errors
    /// `OutOfSight`.
    pub fn need_reach(&self, org: &OrgPath) -> Result<(), AppError> {
        match self.rights().may_place(org) {
            true => Ok(()),
            false => Err(AppError::OutOfSight("这个单位".to_owned())),
        }
    }

    /// Whether this person may overrule a computed value.
    pub fn overrules(&self, field: &Field) -> bool {
        self.rights().overrules(field)
    }
}

fn writes(ability: Ability) -> bool {
    use Ability as A;
    matches!(ability, A::Create | A::Update | A::Withdraw | A::Import)
}

fn word(ability: Ability) -> &'static str {
    match ability {
        Ability::Create => "新增",
        Ability::Read => "查看",
        Ability::Update => "修改",
        Ability::Withdraw => "作废",
        Ability::Export => "导出",
        Ability::Import => "导入",
        Ability::Unmask => "查看完整内容",
    }
}

/// A text with stars, by the field's own way, else all of it.
pub(crate) fn masked(definition: &Definition, id: &str, text: &str) -> String {
    let field = definition.field(id);
    field.map_or_else(|| "****".to_owned(), |field| mask_text(field, text))
}
