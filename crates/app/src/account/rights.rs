//! What a person may do: roles, and the part of the organisation tree they reach. Default is no.

use crate::App;
use crate::definitions::Definitions;
use crate::error::AppError;
use ground::OrgPath;
use std::collections::BTreeSet;

/// Roles that every district has: 督查 reads and writes all business of its tree, 填报 the same in its own unit, 查看
/// only reads. Definitions name more in their transitions and permits.
pub const ROLES: [&str; 3] = ["supervisor", "clerk", "viewer"];
/// Words in the place of a role that speak of the record and not of the account.
const TIED: [&str; 4] = ["holder", "creator", "owner", "anyone"];

/// 角色. All roles in force: the usual ones, then those that the definitions name.
pub fn roles_in_force(definitions: &Definitions) -> Vec<String> {
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for definition in definitions.iter() {
        if let Some(flow) = &definition.flow {
            for transition in &flow.transitions {
                named.extend(transition.roles.iter().map(String::as_str));
                let signers = transition.approve.iter().flat_map(|approve| &approve.roles);
                named.extend(signers.map(String::as_str));
            }
            let deciders = flow.extension.iter().flat_map(|rule| &rule.roles);
            named.extend(deciders.map(String::as_str));
        }
        named.extend(definition.permits.iter().map(|permit| permit.role.as_str()));
        let overriding = definition
            .fields
            .iter()
            .flat_map(|field| &field.override_by);
        named.extend(overriding.map(String::as_str));
    }
    let plain = named
        .into_iter()
        .map(|role| role.strip_prefix("role:").unwrap_or(role));
    let more = plain.filter(|role| !TIED.contains(role) && !ROLES.contains(role));
    ROLES.into_iter().chain(more).map(str::to_owned).collect()
}

/// Somebody who acts: a signed-in person, or the command line.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Login name, as it stands in the journal.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// Post shown.
    pub post: String,
    /// Organisation; rights reach it and what lies below it.
    pub org: OrgPath,
    /// Roles.
    pub roles: Vec<String>,
}

impl Actor {
    /// The program itself, for entries nobody asked for.
    pub fn system(app: &App) -> Self {
        Self::whole(app, "system", "系统")
    }

    /// The person at the machine.
    pub fn local(app: &App) -> Self {
        Self::whole(app, "local", "本机命令行")
    }

    fn whole(app: &App, login: &str, name: &str) -> Self {
        Self {
            login: login.to_owned(),
            name: name.to_owned(),
            post: String::new(),
            org: app.root().clone(),
            roles: vec!["supervisor".to_owned()],
        }
    }

    fn has(&self, role: &str) -> bool {
        self.roles.iter().any(|own| own == role)
    }

    /// Whether business records may be written at all.
    pub fn may_write(&self) -> bool {
        self.has("supervisor") || self.has("clerk")
    }

    /// Whether this person can stand in a role of a workflow on some record: roles that a record gives (承办单位, 登记人)
    /// can fall to everybody, and the supervising office stands in for all others.
    pub fn may_fit(&self, role: &str) -> bool {
        let role = role.strip_prefix("role:").unwrap_or(role);
        TIED.contains(&role) || self.has(role) || self.has("supervisor")
    }

    /// Whether this account is made for looking only: also what its unit holds is for its colleagues to do.
    pub fn only_reads(&self) -> bool {
        !self.roles.is_empty() && self.roles.iter().all(|role| role == "viewer")
    }

    /// Whether a record of that organisation may be seen.
    pub fn may_see(&self, path: &OrgPath) -> bool {
        path.is_within(&self.org)
    }

    /// The scope of reads; `None` = the whole district.
    pub fn scope(&self, app: &App) -> Option<OrgPath> {
        (self.org != *app.root()).then(|| self.org.clone())
    }

    /// Whether a role of this account is in force: one of the district's own, or one that a definition names.
    pub fn has_role(&self, app: &App) -> bool {
        let known = roles_in_force(&app.definitions());
        self.roles.iter().any(|role| known.contains(role))
    }

    /// Any role in force: home, tasks, terms and the names of organisations are for everybody who works here.
    ///
    /// # Errors
    /// `Forbidden` for an account without a role, or whose roles no definition names any more.
    pub fn need_role(&self, app: &App) -> Result<(), AppError> {
        match self.has_role(app) {
            true => Ok(()),
            false => Err(without_role()),
        }
    }

    /// Whether the records that have no permits of their own (projects, plans, walls) may be read.
    pub fn may_read(&self) -> bool {
        ROLES.iter().any(|role| self.has(role))
    }

    /// A role of the district's own: what has no permits is not for the roles of single programmes.
    ///
    /// # Errors
    /// `Forbidden`, with what is missing.
    pub fn need_read(&self) -> Result<(), AppError> {
        match (self.may_read(), self.roles.is_empty()) {
            (true, _) => Ok(()),
            (false, true) => Err(without_role()),
            (false, false) => Err(AppError::Forbidden(
                "您的角色只办专项台账，看不到这里；需要查看请联系管理员加查看角色".to_owned(),
            )),
        }
    }

    /// A record out of sight does not exist for this person.
    pub fn need_sight(&self, path: &OrgPath) -> Result<(), AppError> {
        self.need_read()?;
        if self.may_see(path) {
            Ok(())
        } else {
            Err(AppError::OutOfSight("这条记录".to_owned()))
        }
    }

    /// A writing role.
    pub fn need_write(&self) -> Result<(), AppError> {
        if self.may_write() {
            Ok(())
        } else {
            Err(AppError::Forbidden(
                "账号只能查看，不能修改；需要填报请联系管理员".to_owned(),
            ))
        }
    }

    /// A role besides looking.
    pub fn need_acting(&self) -> Result<(), AppError> {
        match self.only_reads() {
            true => self.need_write(),
            false => Ok(()),
        }
    }

    /// A writing role in the tree of that organisation.
    pub fn need_write_at(&self, path: &OrgPath) -> Result<(), AppError> {
        self.need_sight(path)?;
        self.need_write()
    }
}

fn without_role() -> AppError {
    AppError::Forbidden("账号没有分配角色，请联系管理员".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(path: &str, role: &str) -> Actor {
        Actor {
            login: "a".into(),
            name: "甲".into(),
            post: String::new(),
            org: OrgPath::new(path).expect("path"),
            roles: vec![role.into()],
        }
    }

    #[test]
    fn a_street_clerk_reaches_the_own_street_only() {
        let clerk = actor("410102.s013", "clerk");
        assert!(
            clerk
                .need_write_at(&OrgPath::new("410102.s013").expect("path"))
                .is_ok()
        );
        assert!(matches!(
            clerk.need_write_at(&OrgPath::new("410102.s012").expect("path")),
            Err(AppError::OutOfSight(_))
        ));
        assert!(matches!(
            clerk.need_sight(&OrgPath::new("410102").expect("path")),
            Err(AppError::OutOfSight(_))
        ));
    }

    #[test]
    fn a_viewer_reads_and_an_unknown_role_does_nothing() {
        let path = OrgPath::new("410102.s013").expect("path");
        assert!(actor("410102", "viewer").need_sight(&path).is_ok());
        assert!(matches!(
            actor("410102", "viewer").need_write_at(&path),
            Err(AppError::Forbidden(_))
        ));
        assert!(matches!(
            actor("410102", "guest").need_read(),
            Err(AppError::Forbidden(_))
        ));
    }
}
