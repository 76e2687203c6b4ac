//! 权限 What a person may do with the records of a register: the permits of its definition, or the district's usual
//! rule where it has none. Out of reach is as if it were not there (404); in sight but not allowed is 403.

use crate::App;
use crate::account::Actor;
use crate::directory;
use crate::error::AppError;
use crate::world::{Setting, StoreWorld};
use ground::{OrgPath, RecordId};
use register::expr::{Scope, User, holds};
use register::law::{Ability, Permit, PermitScope};
use register::{Definition, Field, Fields, Mask, Record, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Filter, Query, Reader, StoreError};

/// Roles that the usual rule knows.
const STAND_IN: &str = "supervisor";

/// Rights of one person in one register.
#[derive(Clone)]
pub struct Access {
    actor: Actor,
    root: OrgPath,
    definition: Arc<Definition>,
    setting: Setting,
    memo: RefCell<Memo>,
}

/// What was looked up for one record and serves the others of a list.
#[derive(Clone, Debug, Default)]
struct Memo {
    own: Option<Option<RecordId>>,
    paths: BTreeMap<RecordId, Option<OrgPath>>,
}

/// Rights on one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordAccess {
    /// It is there for this person.
    pub read: bool,
    /// Fields may be changed.
    pub update: bool,
    /// It may be taken out and brought back.
    pub withdraw: bool,
    /// Fields that are not there for this person.
    pub hidden: BTreeSet<String>,
    /// Fields shown with stars.
    pub masked: BTreeSet<String>,
}

impl Access {
    /// The rights of a person in a register.
    pub fn new(app: &App, actor: &Actor, definition: &Arc<Definition>) -> Self {
        Self {
            actor: actor.clone(),
            root: app.root().clone(),
            definition: definition.clone(),
            setting: Setting::new(app, None),
            memo: RefCell::default(),
        }
    }

    /// The definition without the fields that this person never sees.
    pub fn seen_definition(&self) -> Arc<Definition> {
        let hidden = self.hidden();
        if hidden.is_empty() {
            return self.definition.clone();
        }
        let mut seen = self.definition.as_ref().clone();
        seen.fields.retain(|field| !hidden.contains(&field.id));
        seen.list.retain(|id| !hidden.contains(id));
        Arc::new(seen)
    }

    /// The same person's rights in another register.
    pub fn in_register(&self, definition: &Arc<Definition>) -> Self {
        Self {
            definition: definition.clone(),
            memo: RefCell::default(),
            ..self.clone()
        }
    }

    /// Whether this person reads the whole district.
    pub fn sees_all(&self) -> bool {
        self.actor.org == self.root
    }

    /// Whether a field is shown to this person with stars only.
    pub fn stars(&self, definition: &Definition, field: &Field) -> bool {
        let named = |permit: &&Permit| permit.mask.contains(&field.id);
        let masked = field.mask.is_some() || definition.permits.iter().any(|p| named(&p));
        masked && !self.may(Ability::Unmask) && !self.may(Ability::Update)
    }

    /// The rights of somebody else in the same register.
    pub fn acting_for(&self, other: &Actor) -> Self {
        Self {
            actor: other.clone(),
            memo: RefCell::default(),
            ..self.clone()
        }
    }

    /// Permits that name a role of this person; those of holder and creator hang on the record.
    fn permits(&self) -> impl Iterator<Item = &Permit> {
        let fits = |permit: &&Permit| match permit.role.as_str() {
            "anyone" | "holder" | "creator" => true,
            role => self.actor.roles.iter().any(|own| own == role),
        };
        self.definition.permits.iter().filter(fits)
    }

    /// Where a definition says itself what the supervising office may do, that holds; else it stands in for all roles.
    fn stands_in(&self) -> bool {
        let said = self.definition.permits.iter().any(|p| p.role == STAND_IN);
        !said && self.actor.roles.iter().any(|role| role == STAND_IN)
    }

    /// Whether the register itself allows this at all.
    pub fn may(&self, ability: Ability) -> bool {
        if self.stands_in() {
            return true;
        }
        if !self.definition.permits.is_empty() {
            return self.permits().any(|permit| permit.can.contains(&ability));
        }
        match ability {
            Ability::Read | Ability::Export => self.actor.need_read().is_ok(),
            Ability::Unmask => false,
            _ => self.actor.may_write(),
        }
    }

    /// The same as a refusal.
    ///
    /// # Errors
    /// `Forbidden` with what is missing.
    pub fn need(&self, ability: Ability) -> Result<(), AppError> {
        if self.may(ability) {
            return Ok(());
        }
        if ability == Ability::Read || self.definition.permits.is_empty() {
            self.actor.need_read()?;
        }
        if self.definition.permits.is_empty() {
            return self.actor.need_write();
        }
        let title = &self.definition.title.zh;
        Err(AppError::Forbidden(format!(
            "您的角色不能在“{title}”里{}，需要时请联系管理员",
            word(ability)
        )))
    }

    /// Narrows a list to what is in sight.
    pub fn narrow(&self, mut query: Query) -> Query {
        if self.stands_in() || self.definition.permits.is_empty() {
            query.scope = (self.actor.org != self.root).then(|| self.actor.org.clone());
            return query;
        }
        let reading = self.permits().filter(|p| p.can.contains(&Ability::Read));
        match reading
            .map(|permit| &permit.scope)
            .max_by_key(|scope| width(scope))
        {
            Some(PermitScope::All) => {}
            Some(PermitScope::Parent) => query.scope = self.actor.org.parent(),
            Some(PermitScope::Subtree) => query.scope = Some(self.actor.org.clone()),
            Some(PermitScope::Org) => {
                let own = Value::Text(self.actor.org.to_string());
                query.filters.push(Filter::eq("org_path", own));
            }
            Some(PermitScope::Own) if self.definition.field("created_by").is_some() => {
                let own = Value::Text(self.actor.login.clone());
                query.filters.push(Filter::eq("created_by", own));
            }
            // Nothing grants a list: no record has this id.
            _ => query.filters.push(Filter::one_of("record_id", Vec::new())),
        }
        query
    }

    /// Fields that are hidden in every list of this person.
    pub fn hidden(&self) -> BTreeSet<String> {
        if self.stands_in() {
            return BTreeSet::new();
        }
        let reading = self.permits().filter(|p| p.can.contains(&Ability::Read));
        in_all(reading.map(|permit| &permit.hide))
    }

    /// Fields that this person reads with stars in every list.
    fn masked(&self) -> BTreeSet<String> {
        let writes = self.definition.permits.is_empty() && self.actor.may_write();
        if self.may(Ability::Unmask) || writes {
            return BTreeSet::new();
        }
        let reading = self.permits().filter(|p| p.can.contains(&Ability::Read));
        let mut masked = in_all(reading.map(|permit| &permit.mask));
        let own = self.definition.fields.iter().filter(|f| f.mask.is_some());
        masked.extend(own.map(|field| field.id.clone()));
        masked
    }

    /// Fields whose values this person must not be able to guess.
    pub fn secret(&self) -> BTreeSet<String> {
        let mut all = self.hidden();
        all.extend(self.masked());
        all
    }

    /// The definition by whose fields this person may filter, sort and add up: a masked value could be guessed.
    pub fn asked_definition(&self) -> Arc<Definition> {
        let masked = self.masked();
        let seen = self.seen_definition();
        if masked.is_empty() {
            return seen;
        }
        let mut asked = seen.as_ref().clone();
        asked.fields.retain(|field| !masked.contains(&field.id));
        Arc::new(asked)
    }

    /// Rights on a record.
    pub fn on(&self, reader: &mut Reader<'_>, record: &Record) -> Result<RecordAccess, StoreError> {
        let ties = Ties::of(self, reader, record)?;
        let able = |ability| self.able(&ties, record, ability);
        let read = able(Ability::Read);
        let reading: Vec<&Permit> = self
            .permits()
            .filter(|permit| {
                permit.can.contains(&Ability::Read) && self.reaches(permit, &ties, record)
            })
            .collect();
        let (mut hidden, mut masked) = (BTreeSet::new(), BTreeSet::new());
        if !self.stands_in() {
            hidden = in_all(reading.iter().map(|permit| &permit.hide));
            masked = in_all(reading.iter().map(|permit| &permit.mask));
            let writes = self.definition.permits.is_empty() && able(Ability::Update);
            if !able(Ability::Unmask) && !writes {
                let own = self.definition.fields.iter().filter(|f| f.mask.is_some());
                masked.extend(own.map(|field| field.id.clone()));
            }
        }
        Ok(RecordAccess {
            read,
            update: read && able(Ability::Update),
            withdraw: read && able(Ability::Withdraw),
            hidden,
            masked,
        })
    }

    /// These rights where they reach the record, else those of somebody who is acted for and reaches it.
    ///
    /// # Errors
    /// `NotFound` when nobody of them does.
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
            let theirs = self.acting_for(other);
            if theirs.on(reader, record)?.read {
                return Ok(theirs);
            }
        }
        Err(AppError::NotFound("这条记录".to_owned()))
    }

    /// Refuses what these rights do not allow on a record.
    ///
    /// # Errors
    /// `NotFound` out of reach, `Forbidden` in sight.
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
            (false, _) => Err(AppError::NotFound("这条记录".to_owned())),
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
    /// `NotFound`, as for all that is out of reach.
    pub fn need_made(&self, reader: &mut Reader<'_>, record: &Record) -> Result<(), AppError> {
        let ties = Ties::of(self, reader, record)?;
        if self.definition.permits.is_empty() || self.stands_in() {
            return self.need_reach(&record.org);
        }
        if self.able(&ties, record, Ability::Create) {
            return Ok(());
        }
        Err(AppError::NotFound("这个单位".to_owned()))
    }

    /// Refuses an organisation outside this person's part of the tree, where the usual rule holds.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn need_reach(&self, org: &OrgPath) -> Result<(), AppError> {
        let free = !self.definition.permits.is_empty() && !self.stands_in();
        if free || org.is_within(&self.actor.org) {
            return Ok(());
        }
        Err(AppError::NotFound("这个单位".to_owned()))
    }

    /// Whether this person may overrule a computed value.
    pub fn overrules(&self, field: &Field) -> bool {
        let named = |role: &String| {
            let role = role.strip_prefix("role:").unwrap_or(role);
            self.actor.roles.iter().any(|own| own == role)
        };
        field.override_by.iter().any(named)
    }

    fn able(&self, ties: &Ties, record: &Record, ability: Ability) -> bool {
        if self.stands_in() {
            return record.org.is_within(&self.actor.org) || ties.holder || ties.creator;
        }
        if self.definition.permits.is_empty() {
            let near = record.org.is_within(&self.actor.org);
            return match ability {
                Ability::Read => self.may(ability) && (near || ties.holder || ties.creator),
                Ability::Update => self.may(ability) && (near || ties.holder),
                _ => self.may(ability) && near,
            };
        }
        self.permits()
            .any(|permit| permit.can.contains(&ability) && self.reaches(permit, ties, record))
    }

    fn reaches(&self, permit: &Permit, ties: &Ties, record: &Record) -> bool {
        let tied = match permit.role.as_str() {
            "holder" => ties.holder,
            "creator" => ties.creator,
            _ => true,
        };
        let passes = !ties
            .barred
            .contains(&permit.filter.as_ref().map(|f| f.text().to_owned()));
        let state = record.text("state").unwrap_or_default();
        let in_state = permit.states.is_empty() || permit.states.iter().any(|one| one == state);
        let in_reach = match &permit.scope {
            PermitScope::All => true,
            PermitScope::Own => ties.creator,
            PermitScope::Org => record.org == self.actor.org,
            PermitScope::Subtree => record.org.is_within(&self.actor.org),
            PermitScope::Parent => {
                let above = self.actor.org.parent();
                above.is_some_and(|above| record.org.is_within(&above))
            }
            PermitScope::Ref(field) => ties.org.is_some() && record.reference(field) == ties.org,
        };
        tied && in_state && in_reach && passes
    }
}

/// How a record is tied to a person.
struct Ties {
    holder: bool,
    creator: bool,
    org: Option<RecordId>,
    /// Conditions of permits that do not hold for the record.
    barred: BTreeSet<Option<String>>,
}

impl Ties {
    fn of(access: &Access, reader: &mut Reader<'_>, record: &Record) -> Result<Self, StoreError> {
        let mut memo = access.memo.borrow_mut();
        let holder = match record.reference("holder") {
            Some(id) if access.definition.flow.is_some() => {
                if !memo.paths.contains_key(&id) {
                    memo.paths.insert(id, directory::org_path(reader, id)?);
                }
                memo.paths.get(&id).cloned().flatten()
            }
            _ => None,
        };
        let own = match memo.own {
            Some(own) => own,
            None => *memo
                .own
                .insert(crate::world::org_at(reader, &access.actor.org)?),
        };
        drop(memo);
        let barred = barred(access, reader, record, own);
        Ok(Self {
            barred,
            holder: holder.is_some_and(|path| access.actor.org.is_within(&path)),
            creator: record.text("created_by") == Some(access.actor.login.as_str()),
            org: own,
        })
    }
}

/// Conditions of permits that do not hold for a record; what cannot be decided bars.
fn barred(
    access: &Access,
    reader: &mut Reader<'_>,
    record: &Record,
    own: Option<RecordId>,
) -> BTreeSet<Option<String>> {
    let filters = access
        .definition
        .permits
        .iter()
        .filter_map(|one| one.filter.as_ref());
    if filters.clone().next().is_none() {
        return BTreeSet::new();
    }
    let user = User {
        id: access.actor.login.clone(),
        name: access.actor.name.clone(),
        org: own,
        org_path: access.actor.org.to_string(),
        roles: access.actor.roles.clone(),
    };
    let world = StoreWorld::new(reader, &access.setting);
    let scope = Scope {
        definition: &access.definition,
        fields: &record.fields,
        record: Some(record),
        moment: access.setting.moment(&access.definition),
        user: Some(&user),
        world: &world,
        names: &[],
    };
    filters
        .filter(|filter| !holds(filter, &scope))
        .map(|filter| Some(filter.text().to_owned()))
        .collect()
}

fn word(ability: Ability) -> &'static str {
    match ability {
        Ability::Create => "新增",
        Ability::Read => "查看",
        Ability::Update => "修改",
        Ability::Withdraw => "撤销",
        Ability::Export => "导出",
        Ability::Import => "导入",
        Ability::Unmask => "查看完整内容",
    }
}

fn width(scope: &PermitScope) -> u8 {
    match scope {
        PermitScope::Own | PermitScope::Ref(_) => 0,
        PermitScope::Org => 1,
        PermitScope::Subtree => 2,
        PermitScope::Parent => 3,
        PermitScope::All => 4,
    }
}

/// What every one of the lists names: one permit that shows a field is enough to see it.
fn in_all<'a>(mut lists: impl Iterator<Item = &'a Vec<String>>) -> BTreeSet<String> {
    let Some(first) = lists.next() else {
        return BTreeSet::new();
    };
    let mut common: BTreeSet<String> = first.iter().cloned().collect();
    for list in lists {
        common.retain(|id| list.contains(id));
    }
    common
}

impl RecordAccess {
    /// The values without what is hidden.
    pub fn seen(&self, fields: &Fields) -> Fields {
        let mut seen = fields.clone();
        seen.retain(|id, _| !self.hidden.contains(id));
        seen
    }
}

/// 138****5678. A text with stars, by the field's own way, else all of it.
pub(crate) fn masked(definition: &Definition, id: &str, text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let keep = |head: usize, tail: usize| {
        if letters.len() <= head + tail {
            return "****".to_owned();
        }
        let stars = "*".repeat(letters.len() - head - tail);
        let (first, last) = (&letters[..head], &letters[letters.len() - tail..]);
        format!(
            "{}{stars}{}",
            first.iter().collect::<String>(),
            last.iter().collect::<String>()
        )
    };
    match definition.field(id).and_then(|field| field.mask) {
        Some(Mask::Middle4) if letters.len() > 8 => keep(letters.len() - 8, 4),
        Some(Mask::CitizenId) => keep(6, 4),
        Some(Mask::Name) => keep(1, 0),
        _ => "****".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use register::FieldKind;

    #[test]
    fn a_masked_text_shows_what_its_kind_allows_and_no_more() {
        let toml = "[register]\nid = \"a\"\nversion = \"1.0.0\"\ntitle = { \"zh-CN\" = \"甲\" }\n[[field]]\nid = \"n\"\ntype = \"text\"\nlabel = { \"zh-CN\" = \"乙\" }\n";
        let mut definition = register::parse("a/definition.toml", toml)
            .0
            .expect("a definition");
        for (id, mask) in [
            ("phone", Mask::Middle4),
            ("card", Mask::CitizenId),
            ("name", Mask::Name),
        ] {
            let mut field = Field::new(id, id, FieldKind::Text);
            field.mask = Some(mask);
            definition.fields.push(field);
        }
        assert_eq!(masked(&definition, "phone", "13812345678"), "138****5678");
        assert_eq!(
            masked(&definition, "card", "410102199001011234"),
            "410102********1234"
        );
        assert_eq!(masked(&definition, "name", "赵小明"), "赵**");
        assert_eq!(masked(&definition, "name", "赵"), "****");
        assert_eq!(masked(&definition, "other", "x"), "****");
    }
}
