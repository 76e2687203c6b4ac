//! One door to each database. Above this module nobody knows which engine answers: one SQL text,
//! `$1` placeholders, four kinds of cells. What differs (opening, dialect of DDL, reading the
//! catalogue of columns, backup) is a method here, never an `if` elsewhere.

mod cell;
pub(crate) mod lint;
mod pg;
mod pool;
mod sqlite;

pub use cell::{Cell, Row};
pub(crate) use pool::Pool;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::StoreError;

/// Where the data live: a folder (SQLite, file `guatu.db` in it) or a PostgreSQL address.
///
/// ```
/// let folder: store::DatabaseUrl = "data".parse().unwrap();
/// assert!(matches!(folder, store::DatabaseUrl::Folder(_)));
/// let server: store::DatabaseUrl = "postgres://guatu@127.0.0.1/guatu".parse().unwrap();
/// assert!(matches!(server, store::DatabaseUrl::Postgres(_)));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// Folder of the SQLite file `guatu.db`; made when it is missing.
    Folder(PathBuf),
    /// `postgres://…` or `postgresql://…`, any form that libpq takes.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let server = text.starts_with("postgres://") || text.starts_with("postgresql://");
        Ok(if server {
            Self::Postgres(text.to_owned())
        } else {
            Self::Folder(text.into())
        })
    }
}

impl From<&Path> for DatabaseUrl {
    fn from(folder: &Path) -> Self {
        Self::Folder(folder.to_owned())
    }
}

impl fmt::Debug for DatabaseUrl {
    /// The PostgreSQL form may hold a password and is never printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "Folder({})", folder.display()),
            Self::Postgres(_) => write!(f, "Postgres(…)"),
        }
    }
}

/// What went wrong inside an engine, sorted by what the caller can do about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Trouble {
    /// A unique index refused the row.
    Unique,
    /// No room on the disk. Reads go on; writes resume when there is room.
    Full,
    /// A read, write or sync of the file failed: what is on the disk is no longer known.
    Disk,
    /// The server is gone or the connection broke.
    Lost,
    /// Another process holds the lock, or a timeout passed.
    Busy,
    /// The statement itself is wrong, a bug of ours.
    Statement,
}

/// An error of an engine with the technical text for the log.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{detail}")]
pub(crate) struct EngineError {
    pub trouble: Trouble,
    pub detail: String,
}

impl EngineError {
    pub fn new(trouble: Trouble, detail: impl fmt::Display) -> Self {
        Self {
            trouble,
            detail: detail.to_string(),
        }
    }
}

impl From<EngineError> for StoreError {
    fn from(error: EngineError) -> Self {
        let detail = error.detail;
        match error.trouble {
            Trouble::Full => StoreError::Full { detail },
            Trouble::Disk => StoreError::ReadOnly { detail },
            Trouble::Lost => StoreError::Unavailable { detail },
            Trouble::Busy => StoreError::Busy { detail },
            Trouble::Unique | Trouble::Statement => StoreError::Engine { detail },
        }
    }
}

/// Statements inside a transaction or a read snapshot.
pub(crate) trait Tx {
    /// Runs a changing statement; gives the number of rows touched.
    fn execute(&mut self, sql: &str, cells: &[Cell]) -> Result<u64, EngineError>;
    /// Runs a reading statement (or one with RETURNING).
    fn query(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Row>, EngineError>;
}

/// Which SQL the engine speaks where the two differ: DDL only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// Type word for whole numbers. SQLite's STRICT tables know no BIGINT; its INTEGER has 64 bits.
    pub fn bigint(self) -> &'static str {
        match self {
            Self::Sqlite => "INTEGER",
            Self::Postgres => "BIGINT",
        }
    }

    /// Type word for text. On both engines text is ordered by bytes, so that lists, cursors and
    /// scopes agree whatever locale the server was made with.
    pub fn text(self) -> &'static str {
        match self {
            Self::Sqlite => "TEXT",
            Self::Postgres => "TEXT COLLATE \"C\"",
        }
    }

    /// A column that must not draw the planner to its index. SQLite plans without knowing the
    /// values: told nothing, it would fetch and sort a third of a register to show fifty rows.
    pub fn fenced(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("+{column}"),
            Self::Postgres => column.to_owned(),
        }
    }

    /// Ends `CAST(x …`: a text that is ordered by bytes also where no column says so.
    pub fn text_literal(self) -> &'static str {
        match self {
            Self::Sqlite => "AS TEXT)",
            Self::Postgres => "AS TEXT) COLLATE \"C\"",
        }
    }

    /// Items of a list that is kept as JSON text.
    pub fn json_length(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("json_array_length({column})"),
            Self::Postgres => format!("json_array_length(CAST({column} AS json))"),
        }
    }

    /// What follows the closing bracket of CREATE TABLE.
    pub fn table_suffix(self) -> &'static str {
        match self {
            Self::Sqlite => " STRICT",
            Self::Postgres => "",
        }
    }

    /// The same for a table that is nothing but its key.
    pub fn key_table_suffix(self) -> &'static str {
        match self {
            Self::Sqlite => " STRICT, WITHOUT ROWID",
            Self::Postgres => "",
        }
    }
}

/// A connection with its transaction verbs.
pub(crate) trait Connection: Tx + Send {
    /// Opens the writing transaction (on SQLite it takes the write lock at once).
    fn begin(&mut self) -> Result<(), EngineError>;
    /// Opens a read snapshot: every statement until [`Connection::rollback`] sees one state.
    fn begin_read(&mut self) -> Result<(), EngineError>;
    fn commit(&mut self) -> Result<(), EngineError>;
    fn rollback(&mut self) -> Result<(), EngineError>;
    fn savepoint(&mut self) -> Result<(), EngineError>;
    fn release(&mut self) -> Result<(), EngineError>;
    fn rollback_to_savepoint(&mut self) -> Result<(), EngineError>;
    /// The first statement error since the last call. A job that swallowed an error must not be
    /// kept: PostgreSQL would have dropped its work already.
    fn take_failure(&mut self) -> Option<EngineError>;
    fn dialect(&self) -> Dialect;
    /// A DDL statement in the dialect of the engine.
    fn define(&mut self, sql: &str) -> Result<(), EngineError>;
    /// Keeps other processes from migrating until the transaction ends.
    fn lock_schema(&mut self) -> Result<(), EngineError>;
    /// Column names of a table; empty when there is no such table.
    fn columns(&mut self, table: &str) -> Result<Vec<String>, EngineError>;
    /// Names of the indexes of a table that the program made.
    fn indexes(&mut self, table: &str) -> Result<Vec<String>, EngineError>;
    /// Copies the whole database into a file while work goes on.
    fn backup(&mut self, target: &Path) -> Result<(), StoreError>;
    /// The engine's own check of its files; `None` when all is well.
    fn integrity(&mut self) -> Result<Option<String>, EngineError>;
    /// Tells the planner how selective the indexes of a table are: for each index its name and the
    /// rows that one value of its first column, first two columns, … stands for.
    fn teach(&mut self, table: &str, indexes: &[(String, Vec<u32>)]) -> Result<(), EngineError>;
    /// Lets the engine gather statistics of its own where it is better at that.
    fn analyse(&mut self) -> Result<(), EngineError>;
}

/// Opens connections of one kind, again and again.
#[derive(Clone)]
pub(crate) struct Opener {
    url: DatabaseUrl,
}

impl Opener {
    pub fn new(url: &DatabaseUrl) -> Self {
        Self { url: url.clone() }
    }

    /// The one writing connection.
    pub fn writer(&self) -> Result<Box<dyn Connection>, StoreError> {
        Ok(match &self.url {
            DatabaseUrl::Folder(folder) => Box::new(sqlite::open_writer(folder)?),
            DatabaseUrl::Postgres(url) => Box::new(pg::open(url, pg::Use::Write)?),
        })
    }

    /// A read-only connection.
    pub fn reader(&self) -> Result<Box<dyn Connection>, StoreError> {
        Ok(match &self.url {
            DatabaseUrl::Folder(folder) => Box::new(sqlite::open_reader(folder)?),
            DatabaseUrl::Postgres(url) => Box::new(pg::open(url, pg::Use::Read)?),
        })
    }
}
