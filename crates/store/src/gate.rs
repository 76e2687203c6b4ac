//! The gate before all reading. A change of tables closes it for the moment in which names change, so that no reader
//! asks for columns by names of yesterday.

use std::cell::Cell;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::StoreError;

/// Longest wait at the gate, from either side.
const PATIENCE: Duration = Duration::from_secs(30);

thread_local! {
    /// Reads that this thread is in the middle of. One who is inside may open a second read: the gate cannot have
    /// closed behind it.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

#[derive(Default)]
struct State {
    inside: usize,
    closed: bool,
}

/// Readers go through it one by one.
#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

/// A reader inside; leaves when dropped.
pub(crate) struct Inside<'g>(&'g Gate);

/// The closed gate; opens when dropped.
pub(crate) struct Closed(Arc<Gate>);

impl Gate {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(
        &self,
        what: &str,
        blocked: impl FnMut(&mut State) -> bool,
    ) -> Result<MutexGuard<'_, State>, StoreError> {
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), PATIENCE, blocked);
        let (state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            let detail = format!("waited in vain for {what}");
            return Err(StoreError::Busy { detail });
        }
        Ok(state)
    }

    /// Goes in; waits while the gate is closed.
    pub fn enter(&self) -> Result<Inside<'_>, StoreError> {
        let within = DEPTH.get() > 0;
        self.wait("a change of tables", |s| s.closed && !within)?
            .inside += 1;
        DEPTH.set(DEPTH.get() + 1);
        Ok(Inside(self))
    }

    /// Closes the gate and waits until all readers are out.
    pub fn close(self: &Arc<Self>) -> Result<Closed, StoreError> {
        self.wait("another change of tables", |s| s.closed)?.closed = true;
        let closed = Closed(self.clone());
        drop(self.wait("readers to end", |s| s.inside > 0)?);
        Ok(closed)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
        self.0.lock().inside -= 1;
        self.0.changed.notify_all();
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        self.0.lock().closed = false;
        self.0.changed.notify_all();
    }
}
