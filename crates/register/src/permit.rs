//! 权限. What a person may do with the records of a register: the permits of its definition, or the district's usual
//! rule where it has none. Who is asked comes as [`User`]; which organisation a record belongs to is its path.

use std::collections::BTreeSet;

use ground::{OrgPath, RecordId};

use crate::definition::{Definition, Field};
use crate::expr::{BinaryOp, Expr, Scope, Tree, User, Val, holds};
use crate::law::{Ability, Permit, PermitScope};
use crate::record::Value;

/// Role of the district office: it may do everything its part of the tree allows, unless the definition says itself
/// what the office may do.
const SUPERVISOR: &str = "supervisor";
/// Roles of the usual rule that write, and that read.
const WRITES: &[&str] = &["supervisor", "clerk"];
const READS: &[&str] = &["supervisor", "clerk", "viewer"];

/// Rights of one person in one register.
#[derive(Clone, Copy, Debug)]
pub struct Rights<'a> {
    definition: &'a Definition,
    user: &'a User,
}

/// Rights on one record.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RecordRights {
    /// It is there for this person.
    pub read: bool,
    /// Fields may be changed.
    pub update: bool,
    /// It may be taken out of use and brought back.
    pub withdraw: bool,
    /// It may go out in files.
    pub export: bool,
    /// Fields that are not there for this person.
    pub hidden: BTreeSet<String>,
    /// Fields seen masked.
    pub masked: BTreeSet<String>,
}

impl RecordRights {
    /// Whether a field is read whole.
    pub fn is_open(&self, field: &str) -> bool {
        self.read && !self.hidden.contains(field) && !self.masked.contains(field)
    }
}

/// Which records of a register a list shows.
#[derive(Clone, PartialEq, Debug)]
pub enum Sight {
    /// All.
    Whole,
    /// None.
    Nothing,
    /// Those of this organisation and of those below it: an index on the organisation finds them.
    Subtree(OrgPath),
    /// Those for which this holds.
    Where(Expr),
}

/// The rights of a person in a register.
pub fn rights<'a>(definition: &'a Definition, user: &'a User) -> Rights<'a> {
    Rights { definition, user }
}

impl<'a> Rights<'a> {
    /// Whether the register allows this at all, on some record.
    pub fn may(&self, ability: Ability) -> bool {
        if self.is_free() {
            return self.usual(ability);
        }
        self.permits().any(|permit| permit.can.contains(&ability))
    }

    /// Rights on the record of a scope.
    pub fn on(&self, scope: &Scope) -> RecordRights {
        let able = |ability| self.able(scope, ability);
        if !able(Ability::Read) {
            return self.as_signer(scope);
        }
        let reading: Vec<&Permit> = self.reading().filter(|p| self.reaches(p, scope)).collect();
        let hidden = in_all(reading.iter().map(|p| p.hide.iter().collect()));
        let mut masked = in_all(reading.iter().map(|p| closed(p)));
        if !self.shows_masked(able(Ability::Unmask), able(Ability::Update)) {
            masked.extend(self.own_masks());
        }
        masked.retain(|id| !hidden.contains(id));
        RecordRights {
            read: true,
            update: able(Ability::Update),
            withdraw: able(Ability::Withdraw),
            export: able(Ability::Export),
            masked,
            hidden,
        }
    }

    /// 加签. Who was asked to sign reads the record, wherever it lies, as closed as any permit has it. It stands in
    /// their tasks and not in the lists.
    fn as_signer(&self, scope: &Scope) -> RecordRights {
        let rows = scope
            .fields
            .get("signatures")
            .map_or(&[][..], Value::as_rows);
        let asked = rows.iter().any(|row| {
            let text = |id: &str| row.get(id).and_then(Value::as_text);
            text("role") == Some("added") && text("by") == Some(self.user.id.as_str())
        });
        if !asked {
            return RecordRights::default();
        }
        let permits = &self.definition.permits;
        let hidden: BTreeSet<String> = permits.iter().flat_map(|p| p.hide.clone()).collect();
        let mut masked: BTreeSet<String> = permits.iter().flat_map(|p| p.mask.clone()).collect();
        masked.extend(self.own_masks());
        masked.retain(|id| !hidden.contains(id));
        RecordRights {
            read: true,
            hidden,
            masked,
            ..RecordRights::default()
        }
    }

    /// Whether this person may do something to the record of a scope.
    pub fn able(&self, scope: &Scope, ability: Ability) -> bool {
        if self.is_free() {
            let near = within(self.path_of(scope), &self.user.org_path);
            let through = match ability {
                Ability::Read | Ability::Export => {
                    near || self.is_holder(scope) || self.is_creator(scope)
                }
                Ability::Update => near || self.is_holder(scope),
                _ => near,
            };
            return through && self.usual(ability) && self.not_begun(ability, scope);
        }
        self.permits()
            .any(|p| p.can.contains(&ability) && self.reaches(p, scope))
    }

    /// 撤销. Where there is a workflow, the usual rule takes a record out of use only while it is a draft: what was sent
    /// on is a matter of the supervising office, not of who has to do it.
    fn not_begun(&self, ability: Ability, scope: &Scope) -> bool {
        let Some(first) = self.draft_state().filter(|_| ability == Ability::Withdraw) else {
            return true;
        };
        let state = scope.fields.get("state").and_then(Value::as_text);
        self.stands_in() || state.is_none_or(|state| state == first)
    }

    fn draft_state(&self) -> Option<&'a str> {
        let flow = self.definition.flow.as_ref()?;
        let first = flow.states.iter().find(|state| state.initial);
        first.map(|state| state.id.as_str())
    }

    /// Whether a record may come to lie under this organisation by what this person writes.
    pub fn may_place(&self, org: &OrgPath) -> bool {
        !self.is_free() || within(Some(org.as_str()), &self.user.org_path)
    }

    /// Whether this person may overrule a computed value.
    pub fn overrules(&self, field: &Field) -> bool {
        let named = |role: &String| self.has(role.strip_prefix("role:").unwrap_or(role));
        field.override_by.iter().any(named)
    }

    /// Fields that are hidden in every list of this person.
    pub fn hidden(&self) -> BTreeSet<String> {
        in_all(self.reading().map(|p| p.hide.iter().collect()))
    }

    /// Fields that may be closed, hidden or masked, on some record this person sees. A list must not be narrowed,
    /// ordered or added up by them: that would tell what they say. A permit that reaches everything opens for all
    /// others what it shows.
    pub fn secret(&self) -> BTreeSet<String> {
        let reading: Vec<&Permit> = self.reading().collect();
        let opened = |id: &String| {
            let mut wide = reading.iter().filter(|p| reaches_all(p));
            wide.any(|p| !closed(p).contains(&id))
        };
        let all = reading.iter().flat_map(|p| closed(p));
        let mut secret: BTreeSet<String> = all.filter(|id| !opened(id)).cloned().collect();
        let unmasks = |p: &&Permit| p.can.contains(&Ability::Unmask);
        let everywhere = self.permits().any(|p| unmasks(&p) && reaches_all(p))
            || !reading.is_empty() && reading.iter().all(unmasks);
        if !self.shows_masked(everywhere, self.may(Ability::Update)) {
            secret.extend(self.own_masks());
        }
        secret
    }

    /// The definition without some of its fields.
    pub fn without(&self, fields: &BTreeSet<String>) -> Definition {
        let mut rest = self.definition.clone();
        rest.fields.retain(|field| !fields.contains(&field.id));
        rest.list.retain(|id| !fields.contains(id));
        rest
    }

    /// Which records a list shows. It is the same as asking [`Rights::on`] of each, but for those that only a request
    /// to sign shows.
    ///
    /// ```
    /// use register::{parse, permit::{rights, Sight}, expr::User};
    /// # let toml = "[register]\nid = \"a\"\nversion = \"1.0.0\"\ntitle = { \"zh-CN\" = \"甲\" }\n[[field]]\nid = \"b\"\ntype = \"text\"\nlabel = { \"zh-CN\" = \"乙\" }\n";
    /// let definition = parse("a.toml", toml).0.unwrap();
    /// let clerk = User { roles: vec!["clerk".into()], org_path: "410102.s013".into(), ..User::default() };
    /// assert_eq!(rights(&definition, &clerk).sight(), Sight::Subtree("410102.s013".parse().unwrap()));
    /// ```
    pub fn sight(&self) -> Sight {
        self.sight_for(Ability::Read)
    }

    /// On which records this person may do something.
    pub fn sight_for(&self, ability: Ability) -> Sight {
        if self.is_free() {
            return match (self.usual(ability), self.user.org_path.contains('.')) {
                (false, _) => Sight::Nothing,
                (true, _) if self.drafts_only(ability).is_some() => self.usual_sight(ability),
                (true, false) => Sight::Whole,
                (true, true) => self.usual_sight(ability),
            };
        }
        let mut reaches = Vec::new();
        for permit in self.permits().filter(|p| p.can.contains(&ability)) {
            match self.reach(permit) {
                None => return Sight::Whole,
                Some(reach) if !reaches.contains(&reach) => reaches.push(reach),
                Some(_) => {}
            }
        }
        if let (Ok(own), [only]) = (self.user.org_path.parse(), reaches.as_slice())
            && *only == subtree(&self.user.org_path)
        {
            return Sight::Subtree(own);
        }
        let whole = reaches
            .into_iter()
            .reduce(|a, b| joined(BinaryOp::Or, a, b));
        whole.map_or(Sight::Nothing, |tree| Sight::Where(Expr::from_tree(tree)))
    }

    /// The sight as a condition; none = everything.
    pub fn scope_filter(&self) -> Option<Expr> {
        let tree = match self.sight() {
            Sight::Whole => return None,
            Sight::Nothing => never(),
            Sight::Subtree(path) => subtree(path.as_str()),
            Sight::Where(expr) => return Some(expr),
        };
        Some(Expr::from_tree(tree))
    }

    /// The own part of the tree, and with a workflow what this person holds or made.
    fn usual_sight(&self, ability: Ability) -> Sight {
        let mut parts = vec![subtree(&self.user.org_path)];
        let reads = matches!(ability, Ability::Read | Ability::Export);
        if reads || ability == Ability::Update {
            parts.extend(self.holds_it());
        }
        if reads {
            parts.extend(self.made_it());
        }
        let drafts = self.drafts_only(ability);
        let ties = parts.len() > 1 || drafts.is_some();
        match self.user.org_path.parse() {
            Ok(path) if !ties => Sight::Subtree(path),
            _ => {
                let whole = parts.into_iter().reduce(|a, b| joined(BinaryOp::Or, a, b));
                let whole = whole.map(|tree| match drafts {
                    Some(drafts) => joined(BinaryOp::And, tree, drafts),
                    None => tree,
                });
                whole.map_or(Sight::Nothing, |tree| Sight::Where(Expr::from_tree(tree)))
            }
        }
    }

    /// That the record is a draft, where the usual rule asks for it.
    fn drafts_only(&self, ability: Ability) -> Option<Tree> {
        let first = self
            .draft_state()
            .filter(|_| ability == Ability::Withdraw)?;
        (!self.stands_in()).then(|| equals(name("state"), text(first)))
    }

    /// Whether fields with a mask of their own are read whole. By the usual rule who may change a value has to see it;
    /// permits say so themselves.
    fn shows_masked(&self, unmasks: bool, updates: bool) -> bool {
        self.stands_in() || unmasks || self.definition.permits.is_empty() && updates
    }

    fn own_masks(&self) -> impl Iterator<Item = String> + 'a {
        let masked = self.definition.fields.iter().filter(|f| f.mask.is_some());
        masked.map(|field| field.id.clone())
    }

    /// What a permit reaches, as a condition; none = everything.
    fn reach(&self, permit: &Permit) -> Option<Tree> {
        let mut parts: Vec<Tree> = Vec::new();
        match permit.role.as_str() {
            "holder" => parts.push(self.holds_it().unwrap_or_else(never)),
            "creator" => parts.push(self.made_it().unwrap_or_else(never)),
            _ => {}
        }
        let own = &self.user.org_path;
        match &permit.scope {
            PermitScope::All => {}
            PermitScope::Own => parts.push(self.made_it().unwrap_or_else(never)),
            PermitScope::Org => parts.push(equals(name("org"), text(own))),
            PermitScope::Subtree => parts.push(subtree(own)),
            PermitScope::Parent => parts.push(subtree(parent(own))),
            PermitScope::Ref(field) => parts.push(self.points_here(field)),
        }
        if !permit.states.is_empty() {
            parts.push(Tree::Binary {
                op: BinaryOp::In,
                left: Box::new(name("state")),
                right: Box::new(Tree::List(permit.states.iter().map(|s| text(s)).collect())),
            });
        }
        parts.extend(permit.filter.as_ref().map(|f| f.tree().clone()));
        parts.into_iter().reduce(|a, b| joined(BinaryOp::And, a, b))
    }

    fn made_it(&self) -> Option<Tree> {
        self.definition.field("created_by")?;
        Some(equals(name("created_by"), text(&self.user.id)))
    }

    /// Held by the person's own organisation or by one above it; none for a person of no organisation.
    fn holds_it(&self) -> Option<Tree> {
        self.definition.field("holder")?;
        let mut units = self
            .user
            .org
            .iter()
            .chain(&self.user.above)
            .map(organisation);
        let first = units.next()?;
        let more: Vec<Tree> = units.collect();
        if more.is_empty() {
            return Some(equals(name("holder"), first));
        }
        let all = std::iter::once(first).chain(more).collect();
        Some(Tree::Binary {
            op: BinaryOp::In,
            left: Box::new(name("holder")),
            right: Box::new(Tree::List(all)),
        })
    }

    /// The record pointed at is the person's own organisation, or a firm whose organisation it is.
    fn points_here(&self, field: &str) -> Tree {
        let target = self.definition.field(field).and_then(|f| f.kind.target());
        if target == Some("organisation") {
            return match self.user.org {
                Some(org) => equals(name(field), organisation(&org)),
                None => never(),
            };
        }
        subtree_of(select(name(field), "org"), &self.user.org_path)
    }

    fn permits(&self) -> impl Iterator<Item = &'a Permit> {
        let roles = &self.user.roles;
        self.definition
            .permits
            .iter()
            .filter(move |permit| match permit.role.as_str() {
                "anyone" | "holder" | "creator" => true,
                role => roles.iter().any(|own| own == role),
            })
    }

    fn reading(&self) -> impl Iterator<Item = &'a Permit> {
        let reads = |permit: &&Permit| permit.can.contains(&Ability::Read);
        let free = self.is_free();
        self.permits().filter(reads).filter(move |_| !free)
    }

    fn has(&self, role: &str) -> bool {
        self.user.roles.iter().any(|own| own == role)
    }

    /// Where a definition says itself what the supervising office may do, that holds; else it stands in for all roles.
    fn stands_in(&self) -> bool {
        let said = self.definition.permits.iter().any(|p| p.role == SUPERVISOR);
        !said && self.has(SUPERVISOR)
    }

    /// Whether the usual rule decides, and not the permits of the definition.
    fn is_free(&self) -> bool {
        self.definition.permits.is_empty() || self.stands_in()
    }

    fn usual(&self, ability: Ability) -> bool {
        if self.stands_in() {
            return true;
        }
        let roles = match ability {
            Ability::Read | Ability::Export => READS,
            Ability::Unmask => return false,
            _ => WRITES,
        };
        roles.iter().any(|role| self.has(role))
    }

    fn reaches(&self, permit: &Permit, scope: &Scope) -> bool {
        let tied = match permit.role.as_str() {
            "holder" => self.is_holder(scope),
            "creator" => self.is_creator(scope),
            _ => true,
        };
        let state = scope.fields.get("state").and_then(Value::as_text);
        let in_state = permit.states.is_empty()
            || state.is_some_and(|s| permit.states.iter().any(|one| one == s));
        let own = &self.user.org_path;
        let in_reach = match &permit.scope {
            PermitScope::All => true,
            PermitScope::Own => self.is_creator(scope),
            PermitScope::Org => self.path_of(scope) == Some(own),
            PermitScope::Subtree => within(self.path_of(scope), own),
            PermitScope::Parent => within(self.path_of(scope), parent(own)),
            PermitScope::Ref(field) => self.is_pointed_at(field, scope),
        };
        let allowed = permit.filter.as_ref().is_none_or(|f| holds(f, scope));
        tied && in_state && in_reach && allowed
    }

    fn is_pointed_at(&self, field: &str, scope: &Scope) -> bool {
        let Some(found) = self.definition.field(field) else {
            return false;
        };
        let Some(id) = scope.fields.get(field).and_then(Value::as_ref_id) else {
            return false;
        };
        match found.kind.target() {
            Some("organisation") => self.user.org == Some(id),
            Some(register) => {
                let known = scope.world.record(register, id);
                known.is_some_and(|k| within(Some(k.record.org.as_str()), &self.user.org_path))
            }
            None => false,
        }
    }

    fn is_creator(&self, scope: &Scope) -> bool {
        let by = scope.fields.get("created_by").and_then(Value::as_text);
        by == Some(self.user.id.as_str())
    }

    /// Same organisation as the holder, or one below it.
    fn is_holder(&self, scope: &Scope) -> bool {
        let holder = scope.fields.get("holder").and_then(Value::as_ref_id);
        holder.is_some_and(|holder| {
            self.user.org == Some(holder) || self.user.above.contains(&holder)
        })
    }

    /// The record's organisation; a record not yet made belongs to the person's own.
    fn path_of(&self, scope: &Scope<'a>) -> Option<&'a str> {
        match scope.record {
            Some(record) => Some(record.org.as_str()),
            None => Some(&self.user.org_path),
        }
    }
}

/// What every one of the lists names: one permit that shows a field is enough to see it.
fn in_all<'p>(mut lists: impl Iterator<Item = Vec<&'p String>>) -> BTreeSet<String> {
    let first = lists.next().unwrap_or_default();
    let first: BTreeSet<String> = first.into_iter().cloned().collect();
    lists.fold(first, |all, list| {
        all.into_iter().filter(|id| list.contains(&id)).collect()
    })
}

/// Fields that a permit does not show whole.
fn closed(permit: &Permit) -> Vec<&String> {
    permit.hide.iter().chain(&permit.mask).collect()
}

/// Whether a permit reaches every record of the register.
fn reaches_all(permit: &Permit) -> bool {
    let tied = matches!(permit.role.as_str(), "holder" | "creator");
    let free = permit.states.is_empty() && permit.filter.is_none();
    permit.scope == PermitScope::All && !tied && free
}

fn organisation(id: &RecordId) -> Tree {
    literal(Val::Ref {
        register: "organisation".into(),
        id: *id,
    })
}

fn within(path: Option<&str>, above: &str) -> bool {
    let read = |text: &str| text.parse::<OrgPath>().ok();
    match (path.and_then(read), read(above)) {
        (Some(path), Some(above)) => path.is_within(&above),
        _ => false,
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(above, _)| above)
}

fn never() -> Tree {
    literal(Val::Bool(false))
}

fn literal(val: Val) -> Tree {
    Tree::Literal(val)
}

fn text(text: &str) -> Tree {
    literal(Val::Text(text.into()))
}

fn name(name: &str) -> Tree {
    Tree::Name(name.to_owned())
}

fn select(of: Tree, name: &str) -> Tree {
    Tree::Select {
        of: Box::new(of),
        name: name.to_owned(),
    }
}

fn joined(op: BinaryOp, left: Tree, right: Tree) -> Tree {
    Tree::Binary {
        op,
        left: Box::new(left),
        right: Box::new(right),
    }
}

fn equals(left: Tree, right: Tree) -> Tree {
    joined(BinaryOp::Eq, left, right)
}

fn subtree(path: &str) -> Tree {
    subtree_of(name("org"), path)
}

/// The path itself, or one below it.
fn subtree_of(org: Tree, path: &str) -> Tree {
    let below = Tree::Method {
        of: Box::new(org.clone()),
        name: "startsWith".to_owned(),
        args: vec![text(&format!("{path}."))],
    };
    joined(BinaryOp::Or, equals(org, text(path)), below)
}

#[cfg(test)]
mod tests;
