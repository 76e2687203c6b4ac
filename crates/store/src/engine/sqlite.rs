//! SQLite: WAL, `synchronous=FULL` (an acknowledged commit survives a power cut), one file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection as Sqlite, ErrorCode, OpenFlags, ToSql};
use rustc_hash::FxHashMap;

use super::{Cell, Connection, Dialect, EngineError, Row, Trouble, Tx, lint};
use crate::error::StoreError;

/// Name of the database file in the data folder.
const FILE: &str = "guatu.db";

/// Prepared statements kept by one connection: about 10 per register and 30 registers.
const STATEMENTS: usize = 320;

/// Texts of statements kept by one connection; a text costs less than a prepared statement.
const TEXTS: usize = 4 * STATEMENTS;

pub(crate) struct SqliteConnection {
    sqlite: Sqlite,
    /// Shared text -> the text with `?1` in place of `$1`.
    texts: FxHashMap<String, Arc<str>>,
    failure: Option<EngineError>,
}

pub(crate) fn open_writer(folder: &Path) -> Result<SqliteConnection, StoreError> {
    std::fs::create_dir_all(folder).map_err(|e| StoreError::Unavailable {
        detail: format!("cannot make folder {}: {e}", folder.display()),
    })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut door = open(folder, flags)?;
    // Another process may hold the lock while it recovers the log; WAL is set once and kept.
    door.pragmas(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;",
    )?;
    Ok(door)
}

pub(crate) fn open_reader(folder: &Path) -> Result<SqliteConnection, StoreError> {
    // Read-write at file level so that a reader may help to recover the log; query_only holds it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut door = open(folder, flags)?;
    door.pragmas(
        "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;",
    )?;
    Ok(door)
}

fn open(folder: &Path, flags: OpenFlags) -> Result<SqliteConnection, StoreError> {
    let sqlite =
        Sqlite::open_with_flags(folder.join(FILE), flags).map_err(|e| StoreError::Unavailable {
            detail: format!("{}: {e}", folder.display()),
        })?;
    sqlite
        .busy_timeout(Duration::from_secs(20))
        .map_err(trouble)?;
    sqlite.set_prepared_statement_cache_capacity(STATEMENTS);
    // A kept statement keeps its plan: else each new LIMIT would have it planned again.
    sqlite
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(trouble)?;
    let mut door = SqliteConnection {
        sqlite,
        texts: FxHashMap::default(),
        failure: None,
    };
    // The writer keeps its savepoints in a file: in memory SQLite walks all of them at the end of
    // every statement, and a large import would take hours.
    door.pragmas("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")?;
    Ok(door)
}

impl SqliteConnection {
    fn pragmas(&mut self, sql: &str) -> Result<(), EngineError> {
        self.sqlite.execute_batch(sql).map_err(trouble)
    }

    /// A word of the transaction, kept prepared: each request says several of them.
    fn verb(&mut self, sql: &str) -> Result<(), EngineError> {
        let mut statement = self.sqlite.prepare_cached(sql).map_err(trouble)?;
        statement.execute([]).map_err(trouble)?;
        Ok(())
    }

    fn note<T>(&mut self, result: Result<T, EngineError>) -> Result<T, EngineError> {
        if let Err(error) = &result {
            self.failure.get_or_insert_with(|| error.clone());
        }
        result
    }

    fn own_text(&mut self, sql: &str) -> Arc<str> {
        if let Some(text) = self.texts.get(sql) {
            return text.clone();
        }
        lint::note(sql);
        // Conditions that people write have ever new texts.
        if self.texts.len() >= TEXTS {
            self.texts.clear();
        }
        let text: Arc<str> = numbered(sql).into();
        self.texts.insert(sql.to_owned(), text.clone());
        text
    }

    fn run(&mut self, sql: &str, cells: &[Cell]) -> Result<u64, EngineError> {
        let text = self.own_text(sql);
        let mut statement = self
            .sqlite
            .prepare_cached(&text)
            .map_err(|e| in_sql(e, sql))?;
        let changed = statement.execute(rusqlite::params_from_iter(cells));
        Ok(changed.map_err(|e| in_sql(e, sql))? as u64)
    }

    fn read(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Row>, EngineError> {
        let text = self.own_text(sql);
        let mut statement = self
            .sqlite
            .prepare_cached(&text)
            .map_err(|e| in_sql(e, sql))?;
        let width = statement.column_count();
        let mut rows = statement
            .query(rusqlite::params_from_iter(cells))
            .map_err(|e| in_sql(e, sql))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(|e| in_sql(e, sql))? {
            let mut cells = Vec::with_capacity(width);
            for at in 0..width {
                cells.push(cell(row.get_ref(at).map_err(trouble)?));
            }
            found.push(Row(cells));
        }
        Ok(found)
    }
}

impl Tx for SqliteConnection {
    fn execute(&mut self, sql: &str, cells: &[Cell]) -> Result<u64, EngineError> {
        let result = self.run(sql, cells);
        self.note(result)
    }

    fn query(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Row>, EngineError> {
        let result = self.read(sql, cells);
        self.note(result)
    }
}

impl Connection for SqliteConnection {
    fn begin(&mut self) -> Result<(), EngineError> {
        self.failure = None;
        self.verb("BEGIN IMMEDIATE")
    }

    fn begin_read(&mut self) -> Result<(), EngineError> {
        self.failure = None;
        self.verb("BEGIN")
    }

    fn commit(&mut self) -> Result<(), EngineError> {
        self.verb("COMMIT")
    }

    fn rollback(&mut self) -> Result<(), EngineError> {
        // Some errors (a full disk) have rolled back already.
        if self.sqlite.is_autocommit() {
            Ok(())
        } else {
            self.verb("ROLLBACK")
        }
    }

    fn savepoint(&mut self) -> Result<(), EngineError> {
        self.verb("SAVEPOINT job")
    }

    fn release(&mut self) -> Result<(), EngineError> {
        self.verb("RELEASE job")
    }

    fn rollback_to_savepoint(&mut self) -> Result<(), EngineError> {
        self.verb("ROLLBACK TO job")?;
        self.verb("RELEASE job")
    }

    fn take_failure(&mut self) -> Option<EngineError> {
        self.failure.take()
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn define(&mut self, sql: &str) -> Result<(), EngineError> {
        self.sqlite.execute_batch(sql).map_err(|e| in_sql(e, sql))
    }

    fn lock_schema(&mut self) -> Result<(), EngineError> {
        // BEGIN IMMEDIATE holds the only write lock there is.
        Ok(())
    }

    fn columns(&mut self, table: &str) -> Result<Vec<String>, EngineError> {
        let mut statement = self
            .sqlite
            .prepare("SELECT name FROM pragma_table_info(?1)")
            .map_err(trouble)?;
        let names = statement
            .query_map([table], |row| row.get(0))
            .map_err(trouble)?;
        names.collect::<Result<_, _>>().map_err(trouble)
    }

    fn indexes(&mut self, table: &str) -> Result<Vec<String>, EngineError> {
        // The index of a primary key has no text of its own.
        let mut statement = self
            .sqlite
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL")
            .map_err(trouble)?;
        let names = statement
            .query_map([table], |row| row.get(0))
            .map_err(trouble)?;
        names.collect::<Result<_, _>>().map_err(trouble)
    }

    fn backup(&mut self, target: &Path) -> Result<(), StoreError> {
        let failed = |detail: String| StoreError::Backup { detail };
        if target.exists() {
            return Err(failed(format!("{} exists already", target.display())));
        }
        let mut copy = Sqlite::open(target).map_err(|e| failed(e.to_string()))?;
        let run = rusqlite::backup::Backup::new(&self.sqlite, &mut copy)
            .map_err(|e| failed(e.to_string()))?;
        // All pages in one step: one snapshot, and writers are not held up in WAL mode.
        let step = run.step(-1).map_err(|e| failed(e.to_string()))?;
        if step != rusqlite::backup::StepResult::Done {
            return Err(failed(format!("backup stopped: {step:?}")));
        }
        drop(run);
        // The copy stands alone: no log file beside it.
        copy.pragma_update(None, "journal_mode", "DELETE")
            .map_err(|e| failed(e.to_string()))?;
        copy.close().map_err(|(_, e)| failed(e.to_string()))?;
        let file = std::fs::File::open(target).map_err(|e| failed(e.to_string()))?;
        file.sync_all().map_err(|e| failed(e.to_string()))
    }

    fn integrity(&mut self) -> Result<Option<String>, EngineError> {
        let mut statement = self
            .sqlite
            .prepare("PRAGMA integrity_check(20)")
            .map_err(trouble)?;
        let lines = statement
            .query_map([], |row| row.get::<_, String>(0))
            .map_err(trouble)?;
        let lines: Vec<String> = lines.collect::<Result<_, _>>().map_err(trouble)?;
        let text = lines.join("; ");
        Ok(if text == "ok" { None } else { Some(text) })
    }

    /// SQLite's own guess is that one district has ten rows, whatever the table: it would scan a
    /// whole register rather than follow an index. ANALYZE would measure the table of the day and
    /// mislead when it has grown. So the figures are fixed, and plans stay what the tests saw.
    fn teach(&mut self, table: &str, indexes: &[(String, Vec<u32>)]) -> Result<(), EngineError> {
        // Makes the statistics table when it is missing, and reads it.
        self.pragmas("ANALYZE sqlite_schema")?;
        let known = "SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = ?1 AND idx = ?2 AND stat = ?3";
        let mut changed = false;
        for (index, figures) in indexes {
            let figures: Vec<String> = figures.iter().map(u32::to_string).collect();
            let values = [table, index, &figures.join(" ")];
            let count: i64 = self
                .sqlite
                .query_row(known, values, |row| row.get(0))
                .map_err(trouble)?;
            if count == 1 {
                continue;
            }
            let forget = "DELETE FROM sqlite_stat1 WHERE tbl = ?1 AND idx = ?2";
            self.sqlite
                .execute(forget, [table, index])
                .map_err(trouble)?;
            let note = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)";
            self.sqlite.execute(note, values).map_err(trouble)?;
            changed = true;
        }
        if changed {
            self.pragmas("ANALYZE sqlite_schema")
        } else {
            Ok(())
        }
    }

    fn analyse(&mut self) -> Result<(), EngineError> {
        Ok(())
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Cell::Null => ValueRef::Null,
            Cell::Int(number) => ValueRef::Integer(*number),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Real(number) => ValueRef::Real(*number),
        }))
    }
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Cell::Text(String::from_utf8_lossy(bytes).into_owned())
        }
    }
}

/// `$1` -> `?1`. SQLite reads `$1` as a *name* and numbers names by first appearance.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn in_sql(error: rusqlite::Error, sql: &str) -> EngineError {
    let error = trouble(error);
    EngineError {
        detail: format!("{} [{sql}]", error.detail),
        ..error
    }
}

fn trouble(error: rusqlite::Error) -> EngineError {
    let code = error.sqlite_error_code();
    let extended = error.sqlite_error().map_or(0, |e| e.extended_code);
    let kind = match code {
        Some(ErrorCode::ConstraintViolation)
            if extended == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                || extended == rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY =>
        {
            Trouble::Unique
        }
        Some(ErrorCode::DiskFull) => Trouble::Full,
        Some(
            ErrorCode::SystemIoFailure
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::ReadOnly,
        ) => Trouble::Disk,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Trouble::Busy,
        Some(ErrorCode::CannotOpen) => Trouble::Lost,
        _ => Trouble::Statement,
    };
    EngineError::new(kind, error)
}
