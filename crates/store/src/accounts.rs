//! 账号. Accounts, one-time login links and login sessions: rows of the district, so that one
//! district's trouble stops no other's logins. Hashing, lock-out times and rights are decided
//! above; here a token is only ever seen as its hash.

use ground::OrgPath;

use crate::engine::{Cell, Row};
use crate::error::StoreError;
use crate::reader::{Reader, org};
use crate::writer::Writer;

/// A person's or a service's account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Login name, unique in the district.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// Post (职务).
    pub post: Option<String>,
    /// The organisation whose records it sees.
    pub org: OrgPath,
    /// Role codes.
    pub roles: Vec<String>,
    /// `active`, `disabled`, or another word of the layer above.
    pub status: String,
    /// Password hash in PHC form; none for an account that has only a login link.
    pub password_hash: Option<String>,
    /// Moment of the last change of password.
    pub password_changed_at: Option<String>,
    /// The next login must change the password.
    pub must_change_password: bool,
    /// Sealed secret of the second factor.
    pub second_factor: Option<String>,
    /// Wrong passwords since the last good one.
    pub failed_count: i64,
    /// No login before this moment.
    pub locked_until: Option<String>,
    /// Moment of the last login.
    pub last_login_at: Option<String>,
    /// Moment it was made.
    pub created_at: String,
    /// Moment of its last change.
    pub updated_at: String,
}

impl Account {
    /// An active account without password.
    pub fn new(login: &str, name: &str, org: OrgPath, roles: Vec<String>, at: &str) -> Self {
        Self {
            login: login.to_owned(),
            name: name.to_owned(),
            post: None,
            org,
            roles,
            status: "active".to_owned(),
            password_hash: None,
            password_changed_at: None,
            must_change_password: false,
            second_factor: None,
            failed_count: 0,
            locked_until: None,
            last_login_at: None,
            created_at: at.to_owned(),
            updated_at: at.to_owned(),
        }
    }
}

/// A link that lets its holder in once: activation, forgotten password, demo.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoginLink {
    /// SHA-256 of the token, hex.
    pub token_hash: String,
    /// Whose it is.
    pub login: String,
    /// What it is for.
    pub purpose: String,
    /// Moment it was made.
    pub created_at: String,
    /// Not good after this moment.
    pub expires_at: String,
}

/// A login session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoginSession {
    /// SHA-256 of the token, hex.
    pub token_hash: String,
    /// Whose it is.
    pub login: String,
    /// Moment of login.
    pub created_at: String,
    /// Moment of the last request; the idle limit counts from it.
    pub last_seen_at: String,
    /// Absolute end.
    pub expires_at: String,
    /// Network address of the login.
    pub address: Option<String>,
    /// Browser or program.
    pub client: Option<String>,
    /// Logged out or ended by an administrator.
    pub ended_at: Option<String>,
    /// More of the layer above, as JSON (which factors were shown).
    pub detail: Option<String>,
}

const ACCOUNT: &str = "login, name, post, org_path, roles, status, password_hash, \
                       password_changed_at, must_change_password, second_factor, failed_count, \
                       locked_until, last_login_at, created_at, updated_at";

const SESSION: &str = "token_hash, login, created_at, last_seen_at, expires_at, address, client, \
                       ended_at, detail";

fn read_account(row: &Row) -> Result<Account, StoreError> {
    let roles = row.text(4)?;
    Ok(Account {
        login: row.text(0)?,
        name: row.text(1)?,
        post: row.opt_text(2)?,
        org: org(row.text(3)?)?,
        roles: roles.split_whitespace().map(str::to_owned).collect(),
        status: row.text(5)?,
        password_hash: row.opt_text(6)?,
        password_changed_at: row.opt_text(7)?,
        must_change_password: row.int(8)? != 0,
        second_factor: row.opt_text(9)?,
        failed_count: row.int(10)?,
        locked_until: row.opt_text(11)?,
        last_login_at: row.opt_text(12)?,
        created_at: row.text(13)?,
        updated_at: row.text(14)?,
    })
}

fn read_session(row: &Row) -> Result<LoginSession, StoreError> {
    Ok(LoginSession {
        token_hash: row.text(0)?,
        login: row.text(1)?,
        created_at: row.text(2)?,
        last_seen_at: row.text(3)?,
        expires_at: row.text(4)?,
        address: row.opt_text(5)?,
        client: row.opt_text(6)?,
        ended_at: row.opt_text(7)?,
        detail: row.opt_text(8)?,
    })
}

impl Writer<'_> {
    /// Makes an account or writes all of its parts anew.
    pub fn put_account(&mut self, account: &Account) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO account (district_code, {ACCOUNT}) VALUES ($1, $2, $3, $4, $5, $6, $7, \
             $8, $9, $10, $11, $12, $13, $14, $15, $16) \
             ON CONFLICT (district_code, login) DO UPDATE SET name = excluded.name, \
             post = excluded.post, org_path = excluded.org_path, roles = excluded.roles, \
             status = excluded.status, password_hash = excluded.password_hash, \
             password_changed_at = excluded.password_changed_at, \
             must_change_password = excluded.must_change_password, \
             second_factor = excluded.second_factor, failed_count = excluded.failed_count, \
             locked_until = excluded.locked_until, last_login_at = excluded.last_login_at, \
             updated_at = excluded.updated_at"
        );
        if account
            .roles
            .iter()
            .any(|role| role.is_empty() || role.contains(char::is_whitespace))
        {
            let problem = "角色代码不能为空或含空格".to_owned();
            return Err(StoreError::Invalid {
                field: "roles".to_owned(),
                problem,
            });
        }
        let cells = [
            self.cell(),
            Cell::from(account.login.as_str()),
            Cell::from(account.name.as_str()),
            Cell::text(account.post.as_deref()),
            Cell::from(account.org.as_str()),
            Cell::Text(account.roles.join(" ")),
            Cell::from(account.status.as_str()),
            Cell::text(account.password_hash.as_deref()),
            Cell::text(account.password_changed_at.as_deref()),
            Cell::from(account.must_change_password),
            Cell::text(account.second_factor.as_deref()),
            Cell::Int(account.failed_count),
            Cell::text(account.locked_until.as_deref()),
            Cell::text(account.last_login_at.as_deref()),
            Cell::from(account.created_at.as_str()),
            Cell::from(account.updated_at.as_str()),
        ];
        self.tx.execute(&sql, &cells)?;
        Ok(())
    }

    /// Makes a login link.
    pub fn put_login_link(&mut self, link: &LoginLink) -> Result<(), StoreError> {
        let sql = "INSERT INTO login_link \
                   (district_code, token_hash, login, purpose, created_at, expires_at) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let texts = [
            self.district.as_str(),
            &link.token_hash,
            &link.login,
            &link.purpose,
            &link.created_at,
            &link.expires_at,
        ];
        self.tx.execute(sql, &texts.map(Cell::from))?;
        Ok(())
    }

    /// Uses up a login link: gives it once, and only before it expires.
    pub fn use_login_link(
        &mut self,
        token_hash: &str,
        at: &str,
    ) -> Result<Option<LoginLink>, StoreError> {
        let sql = "UPDATE login_link SET used_at = $3 \
                   WHERE district_code = $1 AND token_hash = $2 AND used_at IS NULL \
                   AND expires_at > $3 RETURNING login, purpose, created_at, expires_at";
        let cells = [self.district.as_str(), token_hash, at].map(Cell::from);
        let rows = self.tx.query(sql, &cells)?;
        let link = |row: &Row| {
            Ok(LoginLink {
                token_hash: token_hash.to_owned(),
                login: row.text(0)?,
                purpose: row.text(1)?,
                created_at: row.text(2)?,
                expires_at: row.text(3)?,
            })
        };
        rows.first().map(link).transpose()
    }

    /// Opens a login session.
    pub fn open_session(&mut self, session: &LoginSession) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO login_session (district_code, {SESSION}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        );
        let cells = [
            self.cell(),
            Cell::from(session.token_hash.as_str()),
            Cell::from(session.login.as_str()),
            Cell::from(session.created_at.as_str()),
            Cell::from(session.last_seen_at.as_str()),
            Cell::from(session.expires_at.as_str()),
            Cell::text(session.address.as_deref()),
            Cell::text(session.client.as_deref()),
            Cell::text(session.ended_at.as_deref()),
            Cell::text(session.detail.as_deref()),
        ];
        self.tx.execute(&sql, &cells)?;
        Ok(())
    }

    /// Notes a request of an open session; false when it has ended.
    pub fn touch_session(&mut self, token_hash: &str, at: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE login_session SET last_seen_at = $3 \
                   WHERE district_code = $1 AND token_hash = $2 AND ended_at IS NULL";
        let cells = [self.district.as_str(), token_hash, at].map(Cell::from);
        Ok(self.tx.execute(sql, &cells)? == 1)
    }

    /// Ends one session; false when it had ended.
    pub fn end_session(&mut self, token_hash: &str, at: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE login_session SET ended_at = $3 \
                   WHERE district_code = $1 AND token_hash = $2 AND ended_at IS NULL";
        let cells = [self.district.as_str(), token_hash, at].map(Cell::from);
        Ok(self.tx.execute(sql, &cells)? == 1)
    }

    /// Ends all open sessions of an account but one; gives how many.
    pub fn end_sessions(
        &mut self,
        login: &str,
        but: Option<&str>,
        at: &str,
    ) -> Result<u64, StoreError> {
        let sql = "UPDATE login_session SET ended_at = $3 WHERE district_code = $1 \
                   AND login = $2 AND ended_at IS NULL AND token_hash <> $4";
        let cells = [self.district.as_str(), login, at, but.unwrap_or_default()].map(Cell::from);
        Ok(self.tx.execute(sql, &cells)?)
    }

    /// Drops sessions that ended or expired before a moment; their logins stay in the journal.
    pub fn sweep_sessions(&mut self, before: &str) -> Result<u64, StoreError> {
        let sql = "DELETE FROM login_session WHERE district_code = $1 \
                   AND (expires_at < $2 OR ended_at < $2)";
        Ok(self.tx.execute(sql, &[self.cell(), Cell::from(before)])?)
    }
}

impl Reader<'_> {
    /// The account with this login.
    pub fn account(&mut self, login: &str) -> Result<Option<Account>, StoreError> {
        let sql = format!("SELECT {ACCOUNT} FROM account WHERE district_code = $1 AND login = $2");
        let cells = [self.district.as_str(), login].map(Cell::from);
        self.tx
            .query(&sql, &cells)?
            .first()
            .map(read_account)
            .transpose()
    }

    /// All accounts of the district by login.
    pub fn accounts(&mut self) -> Result<Vec<Account>, StoreError> {
        let sql = format!("SELECT {ACCOUNT} FROM account WHERE district_code = $1 ORDER BY login");
        let cells = [Cell::from(self.district.as_str())];
        self.tx
            .query(&sql, &cells)?
            .iter()
            .map(read_account)
            .collect()
    }

    /// The session with this token hash, also when it ended.
    pub fn session(&mut self, token_hash: &str) -> Result<Option<LoginSession>, StoreError> {
        let sql = format!(
            "SELECT {SESSION} FROM login_session WHERE district_code = $1 AND token_hash = $2"
        );
        let cells = [self.district.as_str(), token_hash].map(Cell::from);
        self.tx
            .query(&sql, &cells)?
            .first()
            .map(read_session)
            .transpose()
    }

    /// Open sessions of an account, newest first.
    pub fn sessions(&mut self, login: &str, now: &str) -> Result<Vec<LoginSession>, StoreError> {
        let sql = format!(
            "SELECT {SESSION} FROM login_session WHERE district_code = $1 AND login = $2 \
             AND ended_at IS NULL AND expires_at > $3 ORDER BY created_at DESC, token_hash"
        );
        let cells = [self.district.as_str(), login, now].map(Cell::from);
        self.tx
            .query(&sql, &cells)?
            .iter()
            .map(read_session)
            .collect()
    }
}
