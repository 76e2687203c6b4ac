//! Accounts, login links and sessions.

use store::{Account, LoginLink, LoginSession, StoreError};

use crate::sample::*;
use crate::world::on_both;

fn account(login: &str) -> Account {
    let roles = vec!["editor".to_owned(), "audit_admin".to_owned()];
    Account::new(login, "李明", org("410102.s013"), roles, &meta(0).at)
}

fn session(token: &str, expires: u32) -> LoginSession {
    LoginSession {
        token_hash: token.to_owned(),
        login: "li.ming".to_owned(),
        created_at: meta(0).at,
        last_seen_at: meta(0).at,
        expires_at: meta(expires).at,
        address: Some("10.0.0.7".to_owned()),
        client: None,
        ended_at: None,
        detail: Some("{\"factors\":2}".to_owned()),
    }
}

#[test]
fn an_account_is_written_whole_and_keeps_its_making() {
    on_both(|world| {
        let store = world.open();
        let mut li = account("li.ming");
        let first = li.clone();
        let wang = account("wang");
        store
            .write::<_, StoreError>(&district(), move |w| {
                w.put_account(&wang)?;
                w.put_account(&first)
            })
            .unwrap();
        li.post = Some("副主任".to_owned());
        li.password_hash = Some("$argon2id$x".to_owned());
        li.failed_count = 5;
        li.locked_until = Some(meta(10).at);
        li.must_change_password = true;
        li.roles = vec![];
        li.updated_at = meta(1).at;
        let second = Account {
            created_at: meta(1).at,
            ..li.clone()
        };
        store
            .write::<_, StoreError>(&district(), move |w| w.put_account(&second))
            .unwrap();
        store
            .read::<_, StoreError>(&district(), |r| {
                assert_eq!(r.account("li.ming")?, Some(li.clone()));
                assert_eq!(r.account("nobody")?, None);
                let logins: Vec<String> = r.accounts()?.into_iter().map(|a| a.login).collect();
                assert_eq!(logins, ["li.ming", "wang"]);
                Ok(())
            })
            .unwrap();
        let bad = Account {
            roles: vec!["a b".to_owned()],
            ..account("x")
        };
        let refused = store.write(&district(), move |w| w.put_account(&bad));
        assert!(matches!(refused, Err(StoreError::Invalid { .. })));
    });
}

#[test]
fn a_login_link_works_once_and_not_after_its_end() {
    on_both(|world| {
        let store = world.open();
        let link = |token: &str| LoginLink {
            token_hash: token.to_owned(),
            login: "li.ming".to_owned(),
            purpose: "activate".to_owned(),
            created_at: meta(0).at,
            expires_at: meta(60).at,
        };
        let (a, b) = (link("a"), link("b"));
        let used = store
            .write::<_, StoreError>(&district(), move |w| {
                w.put_login_link(&a)?;
                w.put_login_link(&b)?;
                let first = w.use_login_link("a", &meta(59).at)?;
                let again = w.use_login_link("a", &meta(59).at)?;
                let late = w.use_login_link("b", &meta(60).at)?;
                Ok([first, again, late, w.use_login_link("c", &meta(1).at)?])
            })
            .unwrap();
        assert_eq!(used, [Some(link("a")), None, None, None]);
    });
}

#[test]
fn sessions_are_touched_listed_ended_and_swept() {
    on_both(|world| {
        let store = world.open();
        let swept = store
            .write::<_, StoreError>(&district(), move |w| {
                for token in ["a", "b", "c"] {
                    w.open_session(&session(token, 100))?;
                }
                w.open_session(&session("old", 5))?;
                assert!(w.touch_session("a", &meta(7).at)?);
                assert!(w.end_session("b", &meta(8).at)?);
                assert!(!w.end_session("b", &meta(9).at)?);
                assert!(!w.touch_session("b", &meta(9).at)?);
                let tokens = |list: Vec<LoginSession>| -> String {
                    list.into_iter().map(|s| s.token_hash).collect()
                };
                let now = meta(10).at;
                assert_eq!(tokens(w.reader().sessions("li.ming", &now)?), "ac");
                assert_eq!(w.end_sessions("li.ming", Some("a"), &meta(11).at)?, 2);
                assert_eq!(tokens(w.reader().sessions("li.ming", &now)?), "a");
                w.sweep_sessions(&meta(9).at)
            })
            .unwrap();
        assert_eq!(swept, 2, "the expired and the first ended");
        store
            .read::<_, StoreError>(&district(), |r| {
                let a = r.session("a")?.expect("open");
                assert_eq!(
                    (a.last_seen_at.as_str(), a.ended_at),
                    (meta(7).at.as_str(), None)
                );
                assert_eq!(r.session("b")?, None);
                assert_eq!(r.session("c")?.and_then(|s| s.ended_at), Some(meta(11).at));
                Ok(())
            })
            .unwrap();
    });
}
