//! Making and closing accounts, from the machine that holds the data.

use super::login::{machine_instant, new_token, token_hash};
use super::rights::{Actor, roles_in_force};
use crate::App;
use crate::error::AppError;
use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use ground::{Finding, OrgPath};
use std::collections::BTreeMap;
use store::{Account, LoginLink};

/// A one-time link works for a quarter of an hour.
const LINK_SECONDS: i64 = 15 * 60;
/// Shortest password (等保 profile).
const PASSWORD_LENGTH: usize = 12;
/// Kinds of characters a password needs, of lower, upper, digit, other.
const PASSWORD_KINDS: usize = 3;

/// An account to be made.
pub struct NewAccount {
    /// Login name.
    pub login: String,
    /// Name or post shown.
    pub name: String,
    /// Post.
    pub post: String,
    /// Path of the organisation; the district when absent.
    pub unit: Option<String>,
    /// Roles.
    pub roles: Vec<String>,
}

/// An account in the list.
#[derive(Clone, Debug)]
pub struct AccountLine {
    /// Login name.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// Post.
    pub post: String,
    /// Path of the organisation.
    pub organisation_path: String,
    /// Roles.
    pub roles: Vec<String>,
    /// May sign in.
    pub enabled: bool,
}

fn refuse(place: &str, problem: impl Into<String>, remedy: impl Into<String>) -> AppError {
    AppError::invalid(Finding::error("account.invalid", place, problem, remedy))
}

/// Makes an account without a password.
pub fn add(app: &App, new: NewAccount) -> Result<(), AppError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if new.login.is_empty() || new.login.len() > 40 || !new.login.chars().all(plain) {
        return Err(refuse(
            "登录名",
            format!("登录名“{}”不合要求。", new.login),
            "请用 1 到 40 个字母、数字、点、横线。",
        ));
    }
    let known = roles_in_force(&app.definitions());
    if let Some(role) = new.roles.iter().find(|role| !known.contains(role)) {
        return Err(refuse(
            "角色",
            format!("没有角色“{role}”。"),
            format!("可用的角色：{}。", known.join("、")),
        ));
    }
    if app.read(|reader| reader.account(&new.login))?.is_some() {
        return Err(refuse(
            "登录名",
            format!("登录名“{}”已经有人用。", new.login),
            "请换一个；要重新发登录链接，用 guatu user link。",
        ));
    }
    if new.unit.is_none() && new.roles.iter().any(|role| role == "clerk") {
        return Err(refuse(
            "单位路径",
            "填报角色没有指明单位。",
            "请加 --unit，例如 410102.s013；要管全区请用 supervisor。",
        ));
    }
    let org = match &new.unit {
        None => app.root().clone(),
        Some(path) => OrgPath::new(path).map_err(|error| {
            refuse(
                "单位路径",
                error.to_string(),
                "例如 410102.s013，见单位台账的“路径”。",
            )
        })?,
    };
    if !org.is_within(app.root()) {
        return Err(refuse(
            "单位路径",
            format!("“{org}”不在本区（{}）。", app.root()),
            "请填本区单位的路径，见单位台账的“路径”。",
        ));
    }
    let mut account = Account::new(&new.login, &new.name, org, new.roles, &machine_instant(0));
    account.post = (!new.post.is_empty()).then_some(new.post);
    save(app, account, "account_added")
}

fn save(app: &App, account: Account, action: &'static str) -> Result<(), AppError> {
    let meta = app.meta(&Actor::local(app), "");
    app.write(move |writer| {
        writer.put_account(&account)?;
        let detail = serde_json::json!({ "login": account.login });
        writer.note(
            store::Event {
                action: action.to_owned(),
                register: Some("account".to_owned()),
                record: None,
                detail: Some(detail),
            },
            &meta,
        )?;
        Ok(())
    })
}

fn find(app: &App, login: &str) -> Result<Account, AppError> {
    app.read(|reader| reader.account(login))?
        .ok_or_else(|| AppError::NotFound(format!("账号“{login}”")))
}

/// A one-time sign-in token for an account.
pub fn link(app: &App, login: &str) -> Result<String, AppError> {
    find(app, login)?;
    let token = new_token()?;
    let link = LoginLink {
        token_hash: token_hash(&token),
        login: login.to_owned(),
        purpose: "signin".to_owned(),
        created_at: machine_instant(0),
        expires_at: machine_instant(LINK_SECONDS),
    };
    app.write(move |writer| Ok(writer.put_login_link(&link)?))?;
    Ok(token)
}

/// A link for the first account. A district without accounts gets one; where passwords exist nobody is let in by
/// starting the server.
pub fn first_link(app: &App) -> Result<Option<String>, AppError> {
    const FIRST: &str = "ducha";
    let accounts = app.read(|reader| reader.accounts())?;
    if accounts.is_empty() {
        let new = NewAccount {
            login: FIRST.to_owned(),
            name: "督查室".to_owned(),
            post: "区府办督查室".to_owned(),
            unit: None,
            roles: vec!["supervisor".to_owned()],
        };
        add(app, new)?;
        return link(app, FIRST).map(Some);
    }
    let untouched = accounts
        .iter()
        .all(|account| account.password_hash.is_none());
    // The sample's people are guests and nobody's accounts: a sample district is opened again as it was.
    let mut own = accounts
        .iter()
        .filter(|account| !crate::sample::is_guest(&account.login));
    let only_first = own.next().is_some_and(|one| one.login == FIRST) && own.next().is_none();
    if untouched && only_first {
        link(app, FIRST).map(Some)
    } else {
        Ok(None)
    }
}

/// All accounts.
pub fn list(app: &App) -> Result<Vec<AccountLine>, AppError> {
    let accounts = app.read(|reader| reader.accounts())?;
    let line = |account: Account| AccountLine {
        enabled: account.status == "active",
        login: account.login,
        name: account.name,
        post: account.post.unwrap_or_default(),
        organisation_path: account.org.to_string(),
        roles: account.roles,
    };
    Ok(accounts.into_iter().map(line).collect())
}

/// Names by login, for histories.
pub fn names(app: &App) -> Result<BTreeMap<String, String>, AppError> {
    let accounts = app.read(|reader| reader.accounts())?;
    let fixed = [
        ("system", "系统"),
        ("local", "本机命令行"),
        ("sample", "示范数据"),
    ];
    let fixed = fixed.map(|(login, name)| (login.to_owned(), name.to_owned()));
    let own = accounts
        .into_iter()
        .map(|account| (account.login, account.name));
    Ok(fixed.into_iter().chain(own).collect())
}

/// Sets a password and ends the account's logins.
pub fn set_password(app: &App, login: &str, password: &str) -> Result<(), AppError> {
    check_password(login, password)?;
    let mut account = find(app, login)?;
    let hash = Argon2::default().hash_password(password.as_bytes());
    let hash =
        hash.map_err(|error| refuse("密码", format!("密码不能保存：{error}。"), "请换一个密码。"))?;
    account.password_hash = Some(hash.to_string());
    account.password_changed_at = Some(machine_instant(0));
    save(app, account, "password_set")?;
    end_logins(app, login)
}

fn check_password(login: &str, password: &str) -> Result<(), AppError> {
    let has = |test: fn(char) -> bool| usize::from(password.chars().any(test));
    let kinds = has(|c| c.is_lowercase())
        + has(|c| c.is_uppercase())
        + has(char::is_numeric)
        + has(|c| !c.is_alphanumeric());
    if password.chars().count() < PASSWORD_LENGTH
        || kinds < PASSWORD_KINDS
        || password.contains(login)
    {
        let remedy = format!(
            "请用至少 {PASSWORD_LENGTH} 个字符，含大写、小写、数字、符号中的 {PASSWORD_KINDS} 类，不含登录名。"
        );
        return Err(refuse("密码", "密码太简单。", remedy));
    }
    Ok(())
}

/// Lets an account in again, or shuts it out at once.
pub fn set_enabled(app: &App, login: &str, enabled: bool) -> Result<(), AppError> {
    let mut account = find(app, login)?;
    account.status = if enabled { "active" } else { "disabled" }.to_owned();
    save(
        app,
        account,
        if enabled {
            "account_enabled"
        } else {
            "account_disabled"
        },
    )?;
    if enabled {
        Ok(())
    } else {
        end_logins(app, login)
    }
}

fn end_logins(app: &App, login: &str) -> Result<(), AppError> {
    let (login, now) = (login.to_owned(), machine_instant(0));
    app.write(move |writer| Ok(writer.end_sessions(&login, None, &now)?))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_password;

    #[test]
    fn a_password_needs_length_kinds_and_no_login_name() {
        assert!(check_password("ducha", "Zhongyuan-2023").is_ok());
        assert!(check_password("ducha", "Short-1").is_err());
        assert!(check_password("ducha", "alllowercaseletters").is_err());
        assert!(check_password("ducha", "Ducha-2023-ducha").is_err());
    }
}
