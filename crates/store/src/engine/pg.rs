//! PostgreSQL over its wire protocol (also KingbaseES, openGauss with md5, Citus). Plain TCP or a
//! local socket; encryption on the way is the gateway's for now.

use std::path::Path;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type};
use postgres::{Client, NoTls, Statement};
use rustc_hash::FxHashMap;

use super::{Cell, Connection, Dialect, EngineError, Row, Trouble, Tx, lint};
use crate::error::StoreError;

/// Prepared statements kept by one connection before all are dropped and made anew.
const STATEMENTS: usize = 512;

/// First half of the key of the advisory lock that one migrating process holds (the letters "guat"); the other half
/// is the schema, so that districts in schemas of their own do not wait for each other.
const SCHEMA_LOCK: i32 = 0x67_75_61_74;

/// How long a writer waits for a lock before it says that the database is busy.
const LOCK_WAIT: &str = "20s";

/// How long it waits for another process that brings the tables of the same schema to their shape: that may rewrite
/// large registers.
const MIGRATION_WAIT: &str = "10min";

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Write,
    Read,
}

pub(crate) struct PgConnection {
    client: Client,
    statements: FxHashMap<String, Statement>,
    failure: Option<EngineError>,
}

pub(crate) fn open(url: &str, for_use: Use) -> Result<PgConnection, StoreError> {
    let gone = |e: postgres::Error| StoreError::Unavailable {
        detail: explain(&e),
    };
    let mut config: postgres::Config = url.parse().map_err(gone)?;
    config
        .application_name("guatu")
        .connect_timeout(Duration::from_secs(10));
    let mut client = config.connect(NoTls).map_err(gone)?;
    // A statement that hangs must not hold a district: readers give up after 30 s, the writer
    // after `LOCK_WAIT`. Durability is not left to the server's default.
    client
        .batch_execute(&match for_use {
            Use::Write => {
                format!("SET synchronous_commit = on; SET lock_timeout = '{LOCK_WAIT}'")
            }
            Use::Read => {
                "SET default_transaction_read_only = on; SET statement_timeout = '30s'".to_owned()
            }
        })
        .map_err(gone)?;
    Ok(PgConnection {
        client,
        statements: FxHashMap::default(),
        failure: None,
    })
}

impl PgConnection {
    fn plain(&mut self, sql: &str) -> Result<(), EngineError> {
        self.client.batch_execute(sql).map_err(|e| in_sql(&e, sql))
    }

    fn statement(&mut self, sql: &str) -> Result<Statement, EngineError> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        lint::note(sql);
        if self.statements.len() >= STATEMENTS {
            self.statements.clear();
        }
        let statement = self.client.prepare(sql).map_err(|e| in_sql(&e, sql))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn note<T>(&mut self, result: Result<T, EngineError>) -> Result<T, EngineError> {
        if let Err(error) = &result {
            self.failure.get_or_insert_with(|| error.clone());
        }
        result
    }

    fn run(&mut self, sql: &str, cells: &[Cell]) -> Result<u64, EngineError> {
        let statement = self.statement(sql)?;
        self.client
            .execute(&statement, &bound(cells))
            .map_err(|e| in_sql(&e, sql))
    }

    fn read(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Row>, EngineError> {
        let statement = self.statement(sql)?;
        let rows = self
            .client
            .query(&statement, &bound(cells))
            .map_err(|e| in_sql(&e, sql))?;
        rows.iter().map(row).collect()
    }
}

fn bound(cells: &[Cell]) -> Vec<&(dyn ToSql + Sync)> {
    cells
        .iter()
        .map(|cell| cell as &(dyn ToSql + Sync))
        .collect()
}

impl Tx for PgConnection {
    fn execute(&mut self, sql: &str, cells: &[Cell]) -> Result<u64, EngineError> {
        let result = self.run(sql, cells);
        self.note(result)
    }

    fn query(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Row>, EngineError> {
        let result = self.read(sql, cells);
        self.note(result)
    }
}

impl Connection for PgConnection {
    fn begin(&mut self) -> Result<(), EngineError> {
        self.failure = None;
        self.plain("BEGIN")
    }

    fn begin_read(&mut self) -> Result<(), EngineError> {
        self.failure = None;
        self.plain("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    fn commit(&mut self) -> Result<(), EngineError> {
        self.plain("COMMIT")
    }

    fn rollback(&mut self) -> Result<(), EngineError> {
        self.plain("ROLLBACK")
    }

    fn savepoint(&mut self) -> Result<(), EngineError> {
        self.plain("SAVEPOINT job")
    }

    fn release(&mut self) -> Result<(), EngineError> {
        self.plain("RELEASE SAVEPOINT job")
    }

    fn rollback_to_savepoint(&mut self) -> Result<(), EngineError> {
        self.plain("ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job")
    }

    fn take_failure(&mut self) -> Option<EngineError> {
        self.failure.take()
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn define(&mut self, sql: &str) -> Result<(), EngineError> {
        // A statement prepared over the old columns would be refused.
        self.statements.clear();
        self.plain(sql)
    }

    fn lock_schema(&mut self) -> Result<(), EngineError> {
        self.plain(&format!(
            "SET LOCAL lock_timeout = '{MIGRATION_WAIT}'; \
             SELECT pg_advisory_xact_lock({SCHEMA_LOCK}, hashtext(current_schema())); \
             SET LOCAL lock_timeout = '{LOCK_WAIT}'"
        ))
    }

    fn columns(&mut self, table: &str) -> Result<Vec<String>, EngineError> {
        let sql = "SELECT CAST(column_name AS TEXT) FROM information_schema.columns \
                   WHERE table_schema = current_schema() AND table_name = $1 \
                   ORDER BY ordinal_position";
        let rows = self
            .client
            .query(sql, &[&table])
            .map_err(|e| in_sql(&e, sql))?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    fn indexes(&mut self, table: &str) -> Result<Vec<String>, EngineError> {
        let sql = "SELECT CAST(c.relname AS TEXT) FROM pg_index AS i \
                   JOIN pg_class AS c ON c.oid = i.indexrelid \
                   JOIN pg_class AS t ON t.oid = i.indrelid \
                   JOIN pg_namespace AS n ON n.oid = t.relnamespace \
                   WHERE n.nspname = current_schema() AND t.relname = $1 AND NOT i.indisprimary";
        let rows = self
            .client
            .query(sql, &[&table])
            .map_err(|e| in_sql(&e, sql))?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    fn backup(&mut self, _target: &Path) -> Result<(), StoreError> {
        Err(StoreError::Backup {
            detail: "PostgreSQL is backed up with pg_dump or by its base backup".to_owned(),
        })
    }

    fn integrity(&mut self) -> Result<Option<String>, EngineError> {
        // The server checks its own pages; there is nothing that a client could ask for.
        Ok(None)
    }

    fn teach(&mut self, _table: &str, _indexes: &[(String, Vec<u32>)]) -> Result<(), EngineError> {
        // PostgreSQL samples its tables by itself and plans with the values at hand.
        Ok(())
    }

    fn analyse(&mut self) -> Result<(), EngineError> {
        self.plain("ANALYZE")
    }
}

type Failure = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Cell {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self {
            Cell::Null => Ok(IsNull::Yes),
            Cell::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Cell::Int(number) if *ty == Type::INT8 => number.to_sql(ty, out),
            Cell::Real(number) if *ty == Type::FLOAT8 => number.to_sql(ty, out),
            Cell::Text(text) if *ty == Type::TEXT || *ty == Type::VARCHAR => text.to_sql(ty, out),
            other => Err(format!("cannot bind {other:?} as {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

fn row(row: &postgres::Row) -> Result<Row, EngineError> {
    (0..row.len())
        .map(|at| cell(row, at))
        .collect::<Result<_, _>>()
        .map(Row)
}

fn cell(row: &postgres::Row, at: usize) -> Result<Cell, EngineError> {
    let failed = |e: postgres::Error| EngineError::new(Trouble::Statement, explain(&e));
    let ty = row.columns()[at].type_();
    Ok(match *ty {
        Type::INT8 => Cell::int(row.try_get(at).map_err(failed)?),
        Type::INT4 => Cell::int(
            row.try_get::<_, Option<i32>>(at)
                .map_err(failed)?
                .map(i64::from),
        ),
        Type::BOOL => Cell::int(
            row.try_get::<_, Option<bool>>(at)
                .map_err(failed)?
                .map(i64::from),
        ),
        Type::TEXT | Type::VARCHAR => Cell::text(row.try_get(at).map_err(failed)?),
        Type::FLOAT8 => row
            .try_get::<_, Option<f64>>(at)
            .map_err(failed)?
            .map_or(Cell::Null, Cell::Real),
        _ => {
            let text = format!("column {} has type {ty}", row.columns()[at].name());
            return Err(EngineError::new(Trouble::Statement, text));
        }
    })
}

fn in_sql(error: &postgres::Error, sql: &str) -> EngineError {
    EngineError::new(kind(error), format!("{} [{sql}]", explain(error)))
}

fn kind(error: &postgres::Error) -> Trouble {
    let Some(state) = error.code() else {
        // No answer from the server: the socket broke or closed. Conversion errors of our own
        // cells also have no code, but leave the connection open.
        return if error.is_closed() || is_io(error) {
            Trouble::Lost
        } else {
            Trouble::Statement
        };
    };
    match state.code() {
        _ if *state == SqlState::UNIQUE_VIOLATION => Trouble::Unique,
        "53100" => Trouble::Full,
        "55P03" | "57014" | "40001" | "40P01" => Trouble::Busy,
        // io_error, data_corrupted, index_corrupted.
        "58030" | "XX001" | "XX002" => Trouble::Disk,
        code if code.starts_with("08") || code.starts_with("57P") || code.starts_with("53") => {
            Trouble::Lost
        }
        "25006" => Trouble::Lost,
        _ => Trouble::Statement,
    }
}

fn is_io(error: &postgres::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.is::<std::io::Error>() {
            return true;
        }
        source = inner.source();
    }
    false
}

/// The server's own words: the driver's Display hides them behind "db error".
fn explain(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{}: {}", db.code().code(), db.message()),
        None => {
            let mut text = error.to_string();
            let mut source = std::error::Error::source(error);
            while let Some(inner) = source {
                text = format!("{text}: {inner}");
                source = inner.source();
            }
            text
        }
    }
}
