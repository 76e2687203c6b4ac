//! Signing in and staying signed in. Tokens are random and stored as hashes only; times are the machine's, also where
//! the business clock stands on a day.

use super::{Actor, Me, me};
use crate::App;
use crate::clock::Clock;
use crate::error::AppError;
use argon2::Argon2;
use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use sha2::{Digest, Sha256};
use store::{Account, LoginSession, Reader, StoreError};

/// A login lasts twelve hours at most (等保 profile's working day).
pub const LOGIN_SECONDS: i64 = 12 * 3600;
/// Without a request for this long it ends.
const IDLE_SECONDS: i64 = 2 * 3600;
/// Wrong passwords in a row before the account waits.
const FAILURES: i64 = 5;
/// How long it waits.
const LOCK_SECONDS: i64 = 10 * 60;
/// A request within this time of the last noted one is not noted again.
const NOTE_SECONDS: i64 = 60;
/// Verified in place of an unknown account's hash, so that both answers take the same time.
const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$Z3VhdHUtZHVtbXktc2FsdA$nW2zmVtxA7PzuXJ2c2VlFJm2Wn1cXQWnQb7WmV8y1qQ";

/// A fresh login: the token for the cookie, and who it is.
pub struct SignedIn {
    /// Token; known to the browser only.
    pub token: String,
    /// The person.
    pub me: Me,
}

/// Hash under which a token is stored.
pub(super) fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

/// A random token of 256 bits.
pub(crate) fn new_token() -> Result<String, AppError> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| AppError::File(std::io::Error::other(error.to_string())))?;
    Ok(hex::encode(bytes))
}

/// An instant some seconds from now, by the machine's clock.
pub(super) fn machine_instant(offset: i64) -> String {
    let second = Clock::System.machine_seconds() + offset;
    jiff::Timestamp::from_second(second)
        .map(|instant| instant.to_string())
        .unwrap_or_default()
}

/// Signs in with login and password. The same answer for an unknown account and a wrong password.
pub fn sign_in(app: &App, login: &str, password: &str) -> Result<SignedIn, AppError> {
    let account = app.read(|reader| reader.account(login))?;
    let now = machine_instant(0);
    if let Some(until) = account
        .as_ref()
        .and_then(|account| account.locked_until.clone())
        .filter(|until| *until > now)
    {
        return Err(AppError::Locked {
            minutes: minutes_between(&now, &until),
        });
    }
    let hash = account
        .as_ref()
        .and_then(|account| account.password_hash.clone());
    let right = verify(password, hash.as_deref().unwrap_or(DUMMY_HASH)) && hash.is_some();
    match account {
        Some(account) if right && account.status == "active" => open(app, account, "password"),
        Some(account) => {
            note_failure(app, account)?;
            Err(wrong())
        }
        None => Err(wrong()),
    }
}

fn wrong() -> AppError {
    AppError::NotSignedIn
}

fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

fn minutes_between(now: &str, until: &str) -> i64 {
    let second = |text: &str| {
        text.parse::<jiff::Timestamp>()
            .map_or(0, jiff::Timestamp::as_second)
    };
    ((second(until) - second(now)) / 60).max(1)
}

fn note_failure(app: &App, mut account: Account) -> Result<(), AppError> {
    account.failed_count += 1;
    if account.failed_count >= FAILURES {
        account.failed_count = 0;
        account.locked_until = Some(machine_instant(LOCK_SECONDS));
    }
    let meta = app.meta(&Actor::system(app), "");
    app.write(move |writer| {
        writer.put_account(&account)?;
        writer.note(event("login_failed", &account.login), &meta)?;
        Ok(())
    })
}

fn event(action: &str, login: &str) -> store::Event {
    store::Event {
        action: action.to_owned(),
        register: Some("account".to_owned()),
        record: None,
        detail: Some(serde_json::json!({ "login": login })),
    }
}

/// Signs in with a one-time link.
pub fn sign_in_by_link(app: &App, token: &str) -> Result<SignedIn, AppError> {
    let (hash, now) = (token_hash(token), machine_instant(0));
    let link = app.write(move |writer| Ok(writer.use_login_link(&hash, &now)?))?;
    let link = link.ok_or(AppError::NotSignedIn)?;
    let account = app.read(|reader| reader.account(&link.login))?;
    match account {
        Some(account) if account.status == "active" => open(app, account, "link"),
        _ => Err(AppError::NotSignedIn),
    }
}

fn open(app: &App, mut account: Account, way: &'static str) -> Result<SignedIn, AppError> {
    let token = new_token()?;
    let now = machine_instant(0);
    account.failed_count = 0;
    account.locked_until = None;
    account.last_login_at = Some(now.clone());
    let session = LoginSession {
        token_hash: token_hash(&token),
        login: account.login.clone(),
        created_at: now.clone(),
        last_seen_at: now.clone(),
        expires_at: machine_instant(LOGIN_SECONDS),
        address: None,
        client: None,
        ended_at: None,
        detail: None,
    };
    let actor = actor_of(&account);
    let meta = app.meta(&actor, way);
    app.write(move |writer| {
        writer.put_account(&account)?;
        writer.open_session(&session)?;
        writer.note(event("login", &account.login), &meta)?;
        Ok(())
    })?;
    Ok(SignedIn {
        token,
        me: me(app, &actor)?,
    })
}

/// The person of an account.
pub(crate) fn actor_of(account: &Account) -> Actor {
    Actor {
        login: account.login.clone(),
        name: account.name.clone(),
        post: account.post.clone().unwrap_or_default(),
        org: account.org.clone(),
        roles: account.roles.clone(),
    }
}

/// A request comes in: the person behind its token, with the definitions that are in force by now. Nothing of it is kept
/// from one request to the next: who is signed out, moved or disabled, by whatever process, is so at once.
///
/// # Errors
/// As for [`actor`], and a definition that this program cannot read.
pub fn enter(app: &App, token: &str) -> Result<Actor, AppError> {
    let hash = token_hash(token);
    let (count, known) = app.read(|reader| {
        let count = reader.definition_count()?;
        Ok((count, session_of(reader, &hash)?))
    })?;
    app.take_over(count)?;
    admitted(app, hash, known)
}

/// The person behind a token; `NotSignedIn` when it ended, expired, idled out or the account was disabled.
pub fn actor(app: &App, token: &str) -> Result<Actor, AppError> {
    let hash = token_hash(token);
    let known = app.read(|reader| session_of(reader, &hash))?;
    admitted(app, hash, known)
}

/// A session with the account it belongs to.
type Known = (Option<LoginSession>, Option<Account>);

fn session_of(reader: &mut Reader<'_>, hash: &str) -> Result<Known, StoreError> {
    let Some(session) = reader.session(hash)? else {
        return Ok((None, None));
    };
    let account = reader.account(&session.login)?;
    Ok((Some(session), account))
}

fn admitted(app: &App, hash: String, (session, account): Known) -> Result<Actor, AppError> {
    let (session, account) = session.zip(account).ok_or(AppError::NotSignedIn)?;
    let now = machine_instant(0);
    let idle_since = machine_instant(-IDLE_SECONDS);
    let over = session.ended_at.is_some()
        || session.expires_at <= now
        || session.last_seen_at < idle_since;
    if over || account.status != "active" {
        return Err(AppError::NotSignedIn);
    }
    if session.last_seen_at < machine_instant(-NOTE_SECONDS) {
        app.write(move |writer| Ok(writer.touch_session(&hash, &now)?))?;
    }
    Ok(actor_of(&account))
}

/// Ends a login.
pub fn sign_out(app: &App, token: &str) -> Result<(), AppError> {
    let (hash, now) = (token_hash(token), machine_instant(0));
    app.write(move |writer| Ok(writer.end_session(&hash, &now)?))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dummy_hash_is_well_formed_so_that_unknown_accounts_take_as_long() {
        assert!(PasswordHash::new(DUMMY_HASH).is_ok());
        assert!(!verify("anything", DUMMY_HASH));
    }

    #[test]
    fn tokens_differ_and_are_not_stored_as_they_are() {
        let (one, two) = (new_token().expect("token"), new_token().expect("token"));
        assert_ne!(one, two);
        assert_eq!(one.len(), 64);
        assert_ne!(token_hash(&one), one);
    }
}
