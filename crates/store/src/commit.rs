//! Group commit. One thread writes: it takes the jobs that wait, up to 256 of one district, runs
//! each under its own savepoint, commits once and only then answers. One sync of the disk thus
//! pays for many writes. One transaction never spans two districts.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, ThreadId};
use std::time::Duration;

use ground::District;

use crate::engine::{Connection, EngineError, Opener, Trouble};
use crate::error::StoreError;
use crate::journal::Head;

/// Jobs in one transaction at most.
const GROUP: usize = 256;

/// Jobs waiting at most; a caller beyond that waits for room.
const WAITING: usize = 4096;

/// Longest wait for room in the queue.
const PATIENCE: Duration = Duration::from_secs(30);

/// A commit, as told to those who listen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Commit {
    /// Whose journal grew.
    pub district: District,
    /// Seq of its newest entry.
    pub seq: i64,
}

/// What a job works on.
pub(crate) struct Desk<'a> {
    pub tx: &'a mut dyn Connection,
    pub head: &'a mut Head,
}

/// A queued write. `run` may be called once, and `answer` always is.
trait Job: Send {
    fn district(&self) -> &District;
    /// Whether no other job may share its transaction.
    fn alone(&self) -> bool;
    /// Does the work; true to keep it.
    fn run(&mut self, desk: &mut Desk<'_>) -> bool;
    /// Turns success into this error: the closure passed over a statement that failed.
    fn refuse(&mut self, error: StoreError);
    /// Tells the caller; `Some` when the work is not stored although it was done.
    fn answer(self: Box<Self>, failed: Option<StoreError>);
}

/// What a caller gets: a result, or the panic of its own closure.
type Reply<T, E> = Result<Result<T, E>, Box<dyn Any + Send>>;

/// Told of a result that is stored, before anybody else is.
type After<T> = Box<dyn FnOnce(&T) + Send>;

struct Typed<F, T, E> {
    district: District,
    /// For a job that is to run alone.
    after: Option<After<T>>,
    work: Option<F>,
    done: Option<Reply<T, E>>,
    reply: SyncSender<Reply<T, E>>,
}

impl<F, T, E> Job for Typed<F, T, E>
where
    F: FnOnce(&mut Desk<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn district(&self) -> &District {
        &self.district
    }

    fn alone(&self) -> bool {
        self.after.is_some()
    }

    fn run(&mut self, desk: &mut Desk<'_>) -> bool {
        let Some(work) = self.work.take() else {
            return false;
        };
        let done = catch_unwind(AssertUnwindSafe(|| work(desk)));
        let keep = matches!(done, Ok(Ok(_)));
        self.done = Some(done);
        keep
    }

    fn refuse(&mut self, error: StoreError) {
        if let Some(Ok(done)) = &mut self.done
            && done.is_ok()
        {
            *done = Err(E::from(error));
        }
    }

    fn answer(mut self: Box<Self>, failed: Option<StoreError>) {
        let reply = match (self.done.take(), failed) {
            // The closure's own refusal or panic stands, whatever became of the group.
            (Some(Err(panic)), _) => Err(panic),
            (Some(Ok(Err(error))), _) => Ok(Err(error)),
            (_, Some(failed)) => Ok(Err(E::from(failed))),
            (Some(done), None) => done,
            (None, None) => {
                let detail = "job was not run".to_owned();
                Ok(Err(E::from(StoreError::Engine { detail })))
            }
        };
        if let (Some(after), Ok(Ok(done))) = (self.after.take(), &reply) {
            after(done);
        }
        // A caller that went away needs no answer.
        let _ = self.reply.send(reply);
    }
}

/// The writing side of a store.
pub(crate) struct Committer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    thread_id: ThreadId,
}

struct Shared {
    queue: Mutex<Queue>,
    /// Signals the writer: work has come, or the end.
    work: Condvar,
    /// Signals callers: there is room.
    room: Condvar,
    /// Why no more is written: a sync failed and the state of the disk is unknown.
    dead: Mutex<Option<StoreError>>,
    listeners: Mutex<Vec<Sender<Commit>>>,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Box<dyn Job>>,
    closed: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Committer {
    /// Starts the writer thread on its connection.
    pub fn start(
        opener: Opener,
        connection: Box<dyn Connection>,
        node: u8,
    ) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            work: Condvar::new(),
            room: Condvar::new(),
            dead: Mutex::new(None),
            listeners: Mutex::default(),
        });
        let scribe = Scribe {
            shared: shared.clone(),
            opener,
            connection: Some(connection),
            node,
        };
        let thread = std::thread::Builder::new()
            .name("guatu-writer".to_owned())
            .spawn(move || scribe.run())
            .map_err(|e| StoreError::Unavailable {
                detail: format!("no writer thread: {e}"),
            })?;
        let thread_id = thread.thread().id();
        Ok(Self {
            shared,
            thread: Some(thread),
            thread_id,
        })
    }

    /// Runs `work` in a transaction of the district and returns after the commit.
    ///
    /// # Panics
    /// When called from inside another write (it would wait for itself), and with the panic of
    /// `work`.
    pub fn write<T, E>(
        &self,
        district: &District,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.enqueue(district, work, None)
    }

    /// Runs `work` in a transaction that it shares with no other job, and `after` when it is stored, before the next
    /// job begins.
    pub fn write_alone<T, E>(
        &self,
        district: &District,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, E> + Send + 'static,
        after: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.enqueue(district, work, Some(Box::new(after)))
    }

    fn enqueue<T, E>(
        &self,
        district: &District,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, E> + Send + 'static,
        after: Option<After<T>>,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        assert_ne!(
            std::thread::current().id(),
            self.thread_id,
            "a write inside a write"
        );
        if let Some(error) = lock(&self.shared.dead).clone() {
            return Err(error.into());
        }
        let (reply, answer) = sync_channel(1);
        let district = district.clone();
        self.push(Box::new(Typed {
            district,
            after,
            work: Some(work),
            done: None,
            reply,
        }))?;
        match answer.recv() {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => {
                let detail = "the writer ended before it answered".to_owned();
                Err(StoreError::Unavailable { detail }.into())
            }
        }
    }

    /// Tells every later commit to the receiver.
    pub fn listen(&self) -> Receiver<Commit> {
        let (sender, receiver) = channel();
        lock(&self.shared.listeners).push(sender);
        receiver
    }

    /// Why the store takes no more writes, if it does not.
    pub fn dead(&self) -> Option<StoreError> {
        lock(&self.shared.dead).clone()
    }

    fn push(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        let full = |queue: &mut Queue| queue.jobs.len() >= WAITING;
        let queue = lock(&self.shared.queue);
        let waited = self.shared.room.wait_timeout_while(queue, PATIENCE, full);
        let (mut queue, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(StoreError::Busy {
                detail: format!("{WAITING} writes are waiting"),
            });
        }
        queue.jobs.push_back(job);
        drop(queue);
        self.shared.work.notify_one();
        Ok(())
    }
}

impl Drop for Committer {
    /// Queued jobs are still done; then the thread ends.
    fn drop(&mut self) {
        lock(&self.shared.queue).closed = true;
        self.shared.work.notify_all();
        if let Some(thread) = self.thread.take()
            && std::thread::current().id() != self.thread_id
        {
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// The next jobs of one district, in the order they came; `None` at the end.
    fn next_group(&self) -> Option<Vec<Box<dyn Job>>> {
        let mut queue = lock(&self.queue);
        while queue.jobs.is_empty() {
            if queue.closed {
                return None;
            }
            queue = self
                .work
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let district = queue.jobs[0].district().clone();
        let mut group = Vec::new();
        let mut later = VecDeque::with_capacity(queue.jobs.len());
        let mut full = false;
        for job in queue.jobs.drain(..) {
            let own = *job.district() == district;
            // A job that runs alone ends the group before it, and nobody overtakes it.
            full |= own && job.alone() && !group.is_empty();
            if own && !full {
                full = job.alone() || group.len() + 1 >= GROUP;
                group.push(job);
            } else {
                later.push_back(job);
            }
        }
        queue.jobs = later;
        drop(queue);
        self.room.notify_all();
        Some(group)
    }

    fn tell(&self, commit: &Commit) {
        lock(&self.listeners).retain(|listener| listener.send(commit.clone()).is_ok());
    }
}

/// The writer thread.
struct Scribe {
    shared: Arc<Shared>,
    opener: Opener,
    /// `None` after the connection broke; opened anew for the next group.
    connection: Option<Box<dyn Connection>>,
    node: u8,
}

impl Scribe {
    fn run(mut self) {
        while let Some(mut group) = self.shared.next_group() {
            let outcome = self.commit(&mut group);
            if let Err(error) = &outcome {
                self.after_failure(error);
            }
            let failed = outcome.as_ref().err().cloned();
            for job in group {
                job.answer(failed.clone());
            }
            if let Ok(Some(commit)) = outcome {
                self.shared.tell(&commit);
            }
        }
    }

    /// Runs and commits a group. After an error nothing of the group is stored.
    fn commit(&mut self, group: &mut [Box<dyn Job>]) -> Result<Option<Commit>, StoreError> {
        if let Some(error) = lock(&self.shared.dead).clone() {
            return Err(error);
        }
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.opener.writer()?),
        };
        let district = group[0].district().clone();
        let done = in_transaction(connection.as_mut(), &district, self.node, group);
        if done.is_err() {
            // The connection may be gone already; then the server rolls back.
            let _ = connection.rollback();
        }
        done
    }

    fn after_failure(&mut self, error: &StoreError) {
        match error {
            StoreError::Unavailable { .. } => self.connection = None,
            StoreError::ReadOnly { .. } => {
                lock(&self.shared.dead).get_or_insert_with(|| error.clone());
            }
            _ => {}
        }
    }
}

fn in_transaction(
    connection: &mut dyn Connection,
    district: &District,
    node: u8,
    group: &mut [Box<dyn Job>],
) -> Result<Option<Commit>, StoreError> {
    connection.begin()?;
    let mut head = Head::lock(connection, district.as_str(), node)?;
    let before = head.seq();
    if let [job] = &mut *group {
        // One job alone needs no savepoint: undoing it undoes the transaction.
        let (keep, failure) = run_job(connection, &mut head, job.as_mut())?;
        if !keep {
            connection.rollback()?;
            return failure.map_or(Ok(None), |error| Err(error.into()));
        }
    } else {
        run_group(connection, &mut head, group)?;
    }
    head.seal(connection)?;
    connection.commit()?;
    let seq = head.seq();
    Ok((seq > before).then(|| Commit {
        district: district.clone(),
        seq,
    }))
}

/// Runs each job under its own savepoint. A job that fails is undone, and the others go on.
fn run_group(
    connection: &mut dyn Connection,
    head: &mut Head,
    group: &mut [Box<dyn Job>],
) -> Result<(), EngineError> {
    for job in group {
        connection.savepoint()?;
        let mark = head.mark();
        let (keep, failure) = run_job(connection, head, job.as_mut())?;
        if keep {
            connection.release()?;
            continue;
        }
        connection.rollback_to_savepoint()?;
        head.back_to(mark);
        if let Some(error) = failure {
            job.refuse(error.into());
        }
    }
    Ok(())
}

/// Runs one job: whether to keep it, and what statement of it the engine refused. `Err` when the
/// whole group is lost.
fn run_job(
    connection: &mut dyn Connection,
    head: &mut Head,
    job: &mut dyn Job,
) -> Result<(bool, Option<EngineError>), EngineError> {
    let keep = job.run(&mut Desk {
        tx: connection,
        head,
    });
    match connection.take_failure() {
        Some(error) if matches!(error.trouble, Trouble::Full | Trouble::Disk | Trouble::Lost) => {
            Err(error)
        }
        failure => Ok((keep && failure.is_none(), failure)),
    }
}

#[cfg(test)]
mod tests;
