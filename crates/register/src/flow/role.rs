//! Whether a person fits a role of the workflow.

use ground::{OrgPath, RecordId};

use crate::definition::Definition;
use crate::expr::{Known, Scope, User};
use crate::record::Value;

/// Account role that stands in for any other account role: the office that runs the system. It is never a holder or an
/// owner by itself, and no guard knows it: four eyes stay four eyes.
const STAND_IN: &str = "supervisor";

/// Levels above an organisation that are walked for its owner.
const LEVELS_MAX: usize = 8;

/// True when the scope's user fits the role; nobody fits without a user.
pub(super) fn fits(role: &str, scope: &Scope) -> bool {
    let Some(user) = scope.user else {
        return false;
    };
    match role {
        "anyone" => true,
        "holder" => holds_it(scope, user),
        "creator" => {
            let by = scope.fields.get("created_by").and_then(Value::as_text);
            by == Some(user.id.as_str())
        }
        "owner" => owns_it(scope, user),
        role => {
            let role = role.strip_prefix("role:").unwrap_or(role);
            user.roles.iter().any(|r| r == role || r == STAND_IN)
        }
    }
}

/// The first of the roles that the user fits.
pub(super) fn any_fits(roles: &[String], scope: &Scope) -> bool {
    roles.iter().any(|role| fits(role, scope))
}

/// The user's organisation is the holder or stands below it.
fn holds_it(scope: &Scope, user: &User) -> bool {
    let Some(holder) = scope.fields.get("holder").and_then(Value::as_ref_id) else {
        return false;
    };
    if user.org == Some(holder) {
        return true;
    }
    let own = OrgPath::new(&user.org_path).ok();
    let above = path_of(scope, holder);
    own.zip(above)
        .is_some_and(|(own, above)| own.is_within(&above))
}

fn path_of(scope: &Scope, organisation: RecordId) -> Option<OrgPath> {
    let known = scope.world.record("organisation", organisation)?;
    let path = known.record.text("path");
    path.map_or_else(
        || Some(known.record.org.clone()),
        |path| OrgPath::new(path).ok(),
    )
}

/// The user's organisation, or one above it, is the owner of the register.
fn owns_it(scope: &Scope, user: &User) -> bool {
    let Some(owner) = scope.definition.owner.as_deref() else {
        return false;
    };
    let owner = owner.strip_prefix("org:").unwrap_or(owner);
    let mut next = user.org;
    for _ in 0..LEVELS_MAX {
        let Some(known) = next.and_then(|id| scope.world.record("organisation", id)) else {
            return false;
        };
        if is_named(&known, owner) {
            return true;
        }
        next = known.record.reference("parent");
    }
    false
}

fn is_named(known: &Known, name: &str) -> bool {
    let record = &known.record;
    record.text("name") == Some(name)
        || record.text("short_name") == Some(name)
        || record.texts("aliases").iter().any(|alias| alias == name)
}

/// Role as printed: 承办单位, 登记人, 主管单位, or what the definition calls the account role.
///
/// ```
/// let toml = "[register]\nid = \"a\"\nversion = \"1.0.0\"\ntitle = { \"zh-CN\" = \"甲\" }\n[roles]\ngrid_worker = \"网格员\"\n[[field]]\nid = \"b\"\ntype = \"text\"\nlabel = { \"zh-CN\" = \"乙\" }\n";
/// let definition = register::parse("a.toml", toml).0.unwrap();
/// assert_eq!(register::flow::role_label(&definition, "grid_worker"), "网格员");
/// assert_eq!(register::flow::role_label(&definition, "holder"), "承办单位");
/// ```
pub fn role_label<'a>(definition: &'a Definition, role: &'a str) -> &'a str {
    let role = role.strip_prefix("role:").unwrap_or(role);
    if let Some(own) = definition.roles.get(role) {
        return own;
    }
    match role {
        "anyone" => "任何人",
        "holder" => "承办单位",
        "creator" => "登记人",
        "owner" => "主管单位",
        "supervisor" => "督查员",
        "clerk" => "填报员",
        "leader" => "领导",
        "viewer" => "查看人员",
        role => role,
    }
}
