//! A few read-only connections, opened when first needed, lent one at a time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Connection, Opener, Trouble};
use crate::error::StoreError;

/// Longest wait for a free connection. A page that waits longer is better refused.
const WAIT: Duration = Duration::from_secs(30);

pub(crate) struct Pool {
    opener: Opener,
    most: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Box<dyn Connection>>,
    open: usize,
}

impl Pool {
    /// At most `most` connections; none is opened yet.
    pub fn new(opener: Opener, most: usize) -> Self {
        Self {
            opener,
            most,
            state: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Runs `work` inside one read snapshot.
    pub fn with<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut dyn Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lent = self.snapshot()?;
        work(lent.connection())
    }

    /// A connection with an open snapshot. A connection that broke while idle is replaced once.
    fn snapshot(&self) -> Result<Lent<'_>, StoreError> {
        let mut lent = self.borrow()?;
        match lent.connection().begin_read() {
            Err(error) if error.trouble == Trouble::Lost => {
                lent.broken = true;
                drop(lent);
                self.drop_idle();
                let mut fresh = self.borrow()?;
                fresh.connection().begin_read()?;
                Ok(fresh)
            }
            Err(error) => Err(error.into()),
            Ok(()) => Ok(lent),
        }
    }

    fn borrow(&self) -> Result<Lent<'_>, StoreError> {
        let full = |state: &mut State| state.idle.is_empty() && state.open >= self.most;
        let waited = self.freed.wait_timeout_while(self.lock(), WAIT, full);
        let (mut state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(StoreError::Busy {
                detail: format!("all {} read connections stayed in use", self.most),
            });
        }
        if let Some(connection) = state.idle.pop() {
            return Ok(Lent {
                pool: self,
                connection: Some(connection),
                broken: false,
            });
        }
        state.open += 1;
        drop(state);
        let opened = self.opener.reader();
        let connection = opened.inspect_err(|_| self.lock().open -= 1)?;
        Ok(Lent {
            pool: self,
            connection: Some(connection),
            broken: false,
        })
    }

    /// After a server restart all idle connections are dead alike; after a change of tables their statements are.
    pub fn drop_idle(&self) {
        let mut state = self.lock();
        state.open -= state.idle.len();
        state.idle.clear();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Lent<'a> {
    pool: &'a Pool,
    connection: Option<Box<dyn Connection>>,
    broken: bool,
}

impl Lent<'_> {
    fn connection(&mut self) -> &mut dyn Connection {
        self.connection.as_deref_mut().expect("held until drop")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        let sound = !self.broken && !std::thread::panicking() && connection.rollback().is_ok();
        let mut state = self.pool.lock();
        if sound {
            state.idle.push(connection);
        } else {
            state.open -= 1;
        }
        drop(state);
        self.pool.freed.notify_one();
    }
}
