//! Failing commits: a full disk passes, a failed sync stops writing, a lost server is found again.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::*;
use crate::engine::{Cell, DatabaseUrl, Dialect, Row, Tx};
use crate::journal::Entry;
use crate::schema::migrate_system;

/// A connection whose commits fail as told.
struct Flawed {
    inner: Box<dyn Connection>,
    faults: Arc<Mutex<VecDeque<Option<Trouble>>>>,
}

impl Tx for Flawed {
    fn execute(&mut self, sql: &str, cells: &[Cell]) -> Result<u64, EngineError> {
        self.inner.execute(sql, cells)
    }
    fn query(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Row>, EngineError> {
        self.inner.query(sql, cells)
    }
}

impl Connection for Flawed {
    fn commit(&mut self) -> Result<(), EngineError> {
        match lock(&self.faults).pop_front().flatten() {
            Some(trouble) => Err(EngineError::new(trouble, "on purpose")),
            None => self.inner.commit(),
        }
    }
    fn begin(&mut self) -> Result<(), EngineError> {
        self.inner.begin()
    }
    fn begin_read(&mut self) -> Result<(), EngineError> {
        self.inner.begin_read()
    }
    fn rollback(&mut self) -> Result<(), EngineError> {
        self.inner.rollback()
    }
    fn savepoint(&mut self) -> Result<(), EngineError> {
        self.inner.savepoint()
    }
    fn release(&mut self) -> Result<(), EngineError> {
        self.inner.release()
    }
    fn rollback_to_savepoint(&mut self) -> Result<(), EngineError> {
        self.inner.rollback_to_savepoint()
    }
    fn take_failure(&mut self) -> Option<EngineError> {
        self.inner.take_failure()
    }
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }
    fn define(&mut self, sql: &str) -> Result<(), EngineError> {
        self.inner.define(sql)
    }
    fn lock_schema(&mut self) -> Result<(), EngineError> {
        self.inner.lock_schema()
    }
    fn columns(&mut self, table: &str) -> Result<Vec<String>, EngineError> {
        self.inner.columns(table)
    }
    fn indexes(&mut self, table: &str) -> Result<Vec<String>, EngineError> {
        self.inner.indexes(table)
    }
    fn backup(&mut self, target: &Path) -> Result<(), StoreError> {
        self.inner.backup(target)
    }
    fn integrity(&mut self) -> Result<Option<String>, EngineError> {
        self.inner.integrity()
    }
    fn teach(&mut self, table: &str, indexes: &[(String, Vec<u32>)]) -> Result<(), EngineError> {
        self.inner.teach(table, indexes)
    }
    fn analyse(&mut self) -> Result<(), EngineError> {
        self.inner.analyse()
    }
}

fn district() -> District {
    District::new("410102").expect("six digits")
}

/// Appends one entry; gives its seq.
fn append(committer: &Committer) -> Result<i64, StoreError> {
    committer.write(&district(), |desk| {
        let entry = Entry {
            at: "2023-03-10T00:00:00Z".into(),
            ..Entry::default()
        };
        Ok(desk.head.append(desk.tx, [entry])?)
    })
}

/// Runs `test` on a writer whose commits have these faults, one after the other.
fn with_faults<const N: usize>(faults: [Option<Trouble>; N], test: impl Fn(&Committer, &Opener)) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let opener = Opener::new(&DatabaseUrl::from(folder.path()));
    let mut inner = opener.writer().expect("opens");
    migrate_system(inner.as_mut()).expect("migrates");
    let faults = Arc::new(Mutex::new(VecDeque::from(faults)));
    let flawed = Box::new(Flawed { inner, faults });
    let committer = Committer::start(opener.clone(), flawed, 0).expect("starts");
    test(&committer, &opener);
}

fn stored(opener: &Opener) -> i64 {
    let mut reader = opener.reader().expect("opens");
    crate::journal::position(reader.as_mut(), &district()).expect("reads")
}

#[test]
fn a_failed_sync_is_told_and_ends_all_writing_but_not_reading() {
    with_faults([None, Some(Trouble::Disk)], |committer, opener| {
        assert_eq!(append(committer), Ok(1));
        let failed = append(committer);
        assert!(
            matches!(failed, Err(StoreError::ReadOnly { .. })),
            "{failed:?}"
        );
        // The next commit would work, but a sync after a failed sync proves nothing.
        let refused = append(committer);
        assert!(
            matches!(refused, Err(StoreError::ReadOnly { .. })),
            "{refused:?}"
        );
        assert!(committer.dead().is_some());
        assert_eq!(stored(opener), 1, "no trace of the failed write");
    });
}

#[test]
fn a_full_disk_refuses_and_writing_resumes() {
    with_faults([None, Some(Trouble::Full), None], |committer, opener| {
        assert_eq!(append(committer), Ok(1));
        assert!(matches!(append(committer), Err(StoreError::Full { .. })));
        assert_eq!(append(committer), Ok(2));
        assert_eq!(stored(opener), 2);
        assert_eq!(committer.dead(), None);
    });
}

#[test]
fn a_lost_connection_is_told_and_replaced() {
    with_faults([Some(Trouble::Lost)], |committer, opener| {
        assert!(matches!(
            append(committer),
            Err(StoreError::Unavailable { .. })
        ));
        assert_eq!(append(committer), Ok(1));
        assert_eq!(stored(opener), 1);
    });
}

#[test]
fn a_swallowed_statement_error_still_undoes_the_job() {
    with_faults([], |committer, opener| {
        let swallowed: Result<(), StoreError> = committer.write(&district(), |desk| {
            let entry = Entry {
                at: "2023-03-10T00:00:00Z".into(),
                ..Entry::default()
            };
            desk.head.append(desk.tx, [entry])?;
            let _ = desk
                .tx
                .execute("UPDATE nothing SET a = 1 WHERE district_code = $1", &[]);
            Ok(())
        });
        assert!(
            matches!(swallowed, Err(StoreError::Engine { .. })),
            "{swallowed:?}"
        );
        assert_eq!(append(committer), Ok(1));
        assert_eq!(stored(opener), 1);
    });
}
