//! 权限. What a person may do with the records of a register: the permits of its definition, or the district's usual
//! rule where it has none. Who is asked comes as [`User`]; which organisation a record belongs to is its path.

use std::collections::BTreeSet;

use ground::OrgPath;

use crate::definition::Definition;
use crate::expr::{BinaryOp, Expr, Scope, Tree, User, Val, holds};
use crate::law::{Ability, Permit, PermitScope};
use crate::record::Value;

/// Role of the district office: it may do everything its part of the tree allows.
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

/// The rights of a person in a register.
pub fn rights<'a>(definition: &'a Definition, user: &'a User) -> Rights<'a> {
    Rights { definition, user }
}

impl<'a> Rights<'a> {
    /// Whether the register allows this at all, on some record.
    pub fn may(&self, ability: Ability) -> bool {
        if self.is_supervisor() {
            return true;
        }
        if self.definition.permits.is_empty() {
            return self.usual(ability);
        }
        self.permits().any(|permit| permit.can.contains(&ability))
    }

    /// Rights on the record of a scope.
    pub fn on(&self, scope: &Scope) -> RecordRights {
        let able = |ability| self.able(scope, ability);
        let read = able(Ability::Read);
        let reading: Vec<&Permit> = self
            .permits()
            .filter(|p| p.can.contains(&Ability::Read) && self.reaches(p, scope))
            .collect();
        let free = self.is_supervisor() || self.definition.permits.is_empty();
        let hidden = if free {
            BTreeSet::new()
        } else {
            in_all(reading.iter().map(|p| &p.hide))
        };
        RecordRights {
            read,
            update: read && able(Ability::Update),
            withdraw: read && able(Ability::Withdraw),
            export: read && able(Ability::Export),
            masked: if read {
                self.masked(scope, &reading)
            } else {
                BTreeSet::new()
            },
            hidden,
        }
    }

    /// Whether this person may do something to the record of a scope.
    pub fn able(&self, scope: &Scope, ability: Ability) -> bool {
        if self.is_supervisor() || self.definition.permits.is_empty() {
            let near = within(self.path_of(scope), &self.user.org_path);
            let tied = self.is_holder(scope) || self.is_creator(scope);
            let through = match ability {
                Ability::Read => near || tied,
                Ability::Update => near || self.is_holder(scope),
                _ => near,
            };
            return through && (self.is_supervisor() || self.usual(ability));
        }
        self.permits()
            .any(|p| p.can.contains(&ability) && self.reaches(p, scope))
    }

    /// Fields with a mask stay masked for those who may not look behind it.
    fn masked(&self, scope: &Scope, reading: &[&Permit]) -> BTreeSet<String> {
        if self.is_supervisor() || self.able(scope, Ability::Unmask) {
            return BTreeSet::new();
        }
        let mut masked = in_all(reading.iter().map(|p| &p.mask));
        // Who may change a value has to see it.
        if !self.able(scope, Ability::Update) {
            let own = self.definition.fields.iter().filter(|f| f.mask.is_some());
            masked.extend(own.map(|f| f.id.clone()));
        }
        masked
    }

    /// Which records a list shows: none = all. It speaks of the record's organisation (`org`) by path and compares the
    /// holder with the person's own unit only, so that a database can answer it; what a unit above holds stands in
    /// the person's tasks.
    ///
    /// ```
    /// # use register::{parse, permit::rights, expr::User};
    /// # let toml = "[register]\nid = \"a\"\nversion = \"1.0.0\"\ntitle = { \"zh-CN\" = \"甲\" }\n[[field]]\nid = \"b\"\ntype = \"text\"\nlabel = { \"zh-CN\" = \"乙\" }\n";
    /// let definition = parse("a.toml", toml).0.unwrap();
    /// let clerk = User { roles: vec!["clerk".into()], org_path: "410102.s013".into(), ..User::default() };
    /// let filter = rights(&definition, &clerk).scope_filter().unwrap();
    /// assert_eq!(filter.text(), "org == '410102.s013' || org.startsWith('410102.s013.')");
    /// ```
    pub fn scope_filter(&self) -> Option<Expr> {
        if self.is_supervisor() || self.definition.permits.is_empty() {
            let reads = self.is_supervisor() || self.usual(Ability::Read);
            let all = !self.user.org_path.contains('.');
            return match (reads, all) {
                (false, _) => Some(Expr::from_tree(literal(Val::Bool(false)))),
                (true, true) => None,
                (true, false) => Some(Expr::from_tree(self.usual_sight())),
            };
        }
        let reading = self.permits().filter(|p| p.can.contains(&Ability::Read));
        let mut sight: Option<Tree> = None;
        for permit in reading {
            let reach = self.reach(permit)?;
            sight = Some(match sight {
                Some(before) => joined(BinaryOp::Or, before, reach),
                None => reach,
            });
        }
        let nothing = || literal(Val::Bool(false));
        Some(Expr::from_tree(sight.unwrap_or_else(nothing)))
    }

    /// The own part of the tree, and with a workflow what this person holds or made.
    fn usual_sight(&self) -> Tree {
        let subtree = subtree(&self.user.org_path);
        if self.definition.flow.is_none() {
            return subtree;
        }
        let tied = joined(BinaryOp::Or, self.holds_it(), self.made_it());
        joined(BinaryOp::Or, subtree, tied)
    }

    /// What a permit reaches, as a condition; none = everything.
    fn reach(&self, permit: &Permit) -> Option<Tree> {
        let mut parts: Vec<Tree> = Vec::new();
        match permit.role.as_str() {
            "holder" => parts.push(self.holds_it()),
            "creator" => parts.push(self.made_it()),
            _ => {}
        }
        let own = &self.user.org_path;
        match &permit.scope {
            PermitScope::All => {}
            PermitScope::Own => parts.push(self.made_it()),
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

    fn made_it(&self) -> Tree {
        equals(name("created_by"), text(&self.user.id))
    }

    fn holds_it(&self) -> Tree {
        match self.user.org {
            Some(_) => equals(name("holder"), select(name("user"), "org")),
            None => literal(Val::Bool(false)),
        }
    }

    /// The record pointed at is the person's own organisation, or a firm whose organisation it is.
    fn points_here(&self, field: &str) -> Tree {
        let target = self.definition.field(field).and_then(|f| f.kind.target());
        if target == Some("organisation") {
            return match self.user.org {
                Some(_) => equals(name(field), select(name("user"), "org")),
                None => literal(Val::Bool(false)),
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

    fn is_supervisor(&self) -> bool {
        self.user.roles.iter().any(|r| r == SUPERVISOR)
    }

    fn usual(&self, ability: Ability) -> bool {
        let roles = match ability {
            Ability::Read | Ability::Export => READS,
            Ability::Unmask => return false,
            _ => WRITES,
        };
        self.user.roles.iter().any(|r| roles.contains(&r.as_str()))
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
        let Some(holder) = scope.fields.get("holder").and_then(Value::as_ref_id) else {
            return false;
        };
        if self.user.org == Some(holder) {
            return true;
        }
        let known = scope.world.record("organisation", holder);
        let path = known.as_ref().and_then(|k| k.record.text("path"));
        path.is_some_and(|path| within(Some(&self.user.org_path), path))
    }

    /// The record's organisation; a record not yet made belongs to the person's own.
    fn path_of(&self, scope: &Scope<'a>) -> Option<&'a str> {
        match scope.record {
            Some(record) => Some(record.org.as_str()),
            None => Some(&self.user.org_path),
        }
    }
}

/// What every one of the permits says; nothing where there is no permit.
fn in_all<'p>(mut lists: impl Iterator<Item = &'p Vec<String>>) -> BTreeSet<String> {
    let Some(first) = lists.next() else {
        return BTreeSet::new();
    };
    let first: BTreeSet<String> = first.iter().cloned().collect();
    lists.fold(first, |all, list| {
        all.into_iter().filter(|id| list.contains(id)).collect()
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
