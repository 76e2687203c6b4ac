//! The shape of tables and how a database is brought to it. Migration is one mechanism for system
//! and register tables alike: what is missing is added, nothing is ever dropped or retyped, and
//! running it twice changes nothing.

pub(crate) mod history;
mod registers;
mod system;

pub(crate) use history::PastField;
pub(crate) use registers::{RegisterTable, SubTable, field_columns, quoted, table_name};

use sha2::{Digest, Sha256};

use crate::codec::ColumnType;
use crate::engine::{Cell, Connection, Dialect};
use crate::error::StoreError;

/// Longest name of a table or index; Citus appends shard ids to them.
const NAME_MAX: usize = 49;

/// A table as it should be.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub name: String,
    pub columns: Vec<Column>,
    /// Primary key; its first column is the district.
    pub key: Vec<&'static str>,
    pub indexes: Vec<Index>,
    /// The table is nothing but its key: where the engine can, no second copy of it is kept.
    pub only_key: bool,
}

/// A column as it should be.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub name: String,
    pub ty: ColumnType,
    pub required: bool,
    /// Meaning of what is stored (`decimal:2`, `money`); a change of it is refused.
    pub meaning: String,
}

/// An index as it should be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Index {
    pub name: String,
    pub columns: Vec<String>,
    pub unique: bool,
    /// Which rows it holds, when not all.
    pub only: Option<&'static str>,
    /// Rows that one value of the column after the district stands for, in a large register.
    per_value: u32,
}

impl Column {
    pub fn int(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ty: ColumnType::Int,
            required: false,
            meaning: "int".into(),
        }
    }

    pub fn text(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ty: ColumnType::Text,
            required: false,
            meaning: "text".into(),
        }
    }

    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    fn definition(&self, dialect: Dialect, adding: bool) -> String {
        let ty = match self.ty {
            ColumnType::Int => dialect.bigint(),
            ColumnType::Text => dialect.text(),
        };
        // A column that is added later cannot be filled for the rows that are there.
        let not_null = if self.required && !adding {
            " NOT NULL"
        } else {
            ""
        };
        format!("{} {ty}{not_null}", quoted(&self.name))
    }
}

impl Index {
    /// An index over the columns; its name is made from the table's and a digest of the columns.
    pub fn on(table: &str, columns: &[&str], unique: bool) -> Self {
        let columns: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
        let digest = hex::encode(Sha256::digest(columns.join(",")));
        let mark = if unique { "u" } else { "i" };
        let room = NAME_MAX - 10;
        let table: String = table.chars().take(room).collect();
        Self {
            name: format!("{table}_{mark}{}", &digest[..8]),
            columns,
            unique,
            only: None,
            per_value: if unique { 1 } else { ROWS / 200 },
        }
    }

    fn per_value(mut self, rows: u32) -> Self {
        self.per_value = rows;
        self
    }

    /// Withdrawn records do not block a unique value.
    pub fn live_only(mut self) -> Self {
        self.only = Some("withdrawn = 0");
        self
    }

    /// Only some rows: the others cost nothing. It has a name of its own, so that the index of all rows that a database
    /// may have is another one.
    fn only(mut self, rows: &'static str) -> Self {
        self.name.push('p');
        self.only = Some(rows);
        self
    }

    fn sql(&self, table: &str) -> String {
        let unique = if self.unique { "UNIQUE " } else { "" };
        let columns: Vec<String> = self.columns.iter().map(|c| quoted(c)).collect();
        let only = self.only.map(|rows| format!(" WHERE {rows}"));
        let only = only.unwrap_or_default();
        let (name, columns) = (quoted(&self.name), columns.join(", "));
        format!(
            "CREATE {unique}INDEX IF NOT EXISTS {name} ON {} ({columns}){only}",
            quoted(table)
        )
    }
}

impl Shape {
    fn create_sql(&self, dialect: Dialect) -> String {
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|c| c.definition(dialect, false))
            .collect();
        format!(
            "CREATE TABLE IF NOT EXISTS {} ({}, PRIMARY KEY ({})){}",
            quoted(&self.name),
            columns.join(", "),
            self.key.join(", "),
            if self.only_key {
                dialect.key_table_suffix()
            } else {
                dialect.table_suffix()
            }
        )
    }

    /// SQLite's name for the statistics of the primary key.
    fn key_name(&self) -> String {
        if self.only_key {
            self.name.clone()
        } else {
            format!("sqlite_autoindex_{}_1", self.name)
        }
    }
}

/// What a migration did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Migrated {
    /// Tables made.
    pub tables: Vec<String>,
    /// Columns added to tables that were there, `table.column`.
    pub columns: Vec<String>,
}

/// The table that remembers what each column means. It belongs to the database, not to a district.
const MEANINGS: &str = "schema_column";

/// Brings the system tables to their shape.
pub(crate) fn migrate_system(connection: &mut dyn Connection) -> Result<Migrated, StoreError> {
    in_transaction(connection, |connection| {
        let dialect = connection.dialect();
        let text = dialect.text();
        connection.define(&format!(
            "CREATE TABLE IF NOT EXISTS {MEANINGS} (table_name {text} NOT NULL, \
             column_name {text} NOT NULL, meaning {text} NOT NULL, \
             PRIMARY KEY (table_name, column_name)){}",
            dialect.table_suffix()
        ))?;
        connection.define(&history::create_sql(dialect))?;
        let mut done = Migrated::default();
        for shape in system::shapes() {
            bring(connection, &shape, &mut done)?;
        }
        for index in system::given_up() {
            connection.define(&format!("DROP INDEX IF EXISTS {}", quoted(&index.name)))?;
        }
        Ok(done)
    })
}

/// Brings the tables of registers to their shape. All or none.
pub(crate) fn migrate_registers(
    connection: &mut dyn Connection,
    tables: &mut [RegisterTable],
) -> Result<Migrated, StoreError> {
    in_transaction(connection, |connection| {
        let mut done = Migrated::default();
        for table in tables {
            table.past = history::load(connection, &table.definition.id)?;
            let refuse = |problem: String| StoreError::Definition {
                register: table.definition.id.clone(),
                problem,
            };
            for shape in table.shapes() {
                check_meanings(connection, &shape)?.map_or(Ok(()), |p| Err(refuse(p)))?;
                bring(connection, &shape, &mut done).map_err(|e| not_unique(e, table))?;
                drop_stale(connection, &shape)?;
                note_meanings(connection, &shape)?;
            }
        }
        Ok(done)
    })
}

/// Says what a refused unique index means.
pub(crate) fn not_unique(error: StoreError, table: &RegisterTable) -> StoreError {
    match error {
        StoreError::Engine { detail } if detail.contains("CREATE UNIQUE") => {
            StoreError::Definition {
                register: table.definition.id.clone(),
                problem: "有字段改为不许重复，但已有数据里有重复的值；请先合并重复的记录。"
                    .to_owned(),
            }
        }
        other => other,
    }
}

/// Drops indexes of an earlier shape: they would cost every write, or go on forbidding equal values.
fn drop_stale(connection: &mut dyn Connection, shape: &Shape) -> Result<(), StoreError> {
    for name in connection.indexes(&shape.name)? {
        if shape.indexes.iter().all(|index| index.name != name) {
            connection.define(&format!("DROP INDEX {}", quoted(&name)))?;
        }
    }
    Ok(())
}

/// Forgets what the columns of a table mean, before they are named anew.
pub(crate) fn forget_meanings(
    connection: &mut dyn Connection,
    table: &str,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM schema_column WHERE table_name = $1";
    connection.execute(sql, &[Cell::from(table)])?;
    Ok(())
}

/// Brings one table to its shape, with the indexes of no other.
pub(crate) fn settle(connection: &mut dyn Connection, shape: &Shape) -> Result<(), StoreError> {
    bring(connection, shape, &mut Migrated::default())?;
    drop_stale(connection, shape)?;
    note_meanings(connection, shape)
}

/// Adds what a table lacks, without its indexes.
pub(crate) fn widen(
    connection: &mut dyn Connection,
    shape: &Shape,
    done: &mut Migrated,
) -> Result<(), StoreError> {
    let bare = Shape {
        indexes: Vec::new(),
        ..shape.clone()
    };
    bring(connection, &bare, done)
}

fn in_transaction<T>(
    connection: &mut dyn Connection,
    work: impl FnOnce(&mut dyn Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.begin()?;
    let done = connection
        .lock_schema()
        .map_err(StoreError::from)
        .and_then(|()| work(connection));
    match done {
        Ok(done) => {
            connection.commit()?;
            Ok(done)
        }
        Err(error) => {
            connection.rollback()?;
            Err(error)
        }
    }
}

fn bring(
    connection: &mut dyn Connection,
    shape: &Shape,
    done: &mut Migrated,
) -> Result<(), StoreError> {
    assert!(
        shape.name.len() <= NAME_MAX,
        "{}: checked by the caller",
        shape.name
    );
    assert_eq!(shape.key[0], "district_code", "{}", shape.name);
    let dialect = connection.dialect();
    let present = connection.columns(&shape.name)?;
    if present.is_empty() {
        connection.define(&shape.create_sql(dialect))?;
        done.tables.push(shape.name.clone());
    } else {
        for column in shape.columns.iter().filter(|c| !present.contains(&c.name)) {
            let add = column.definition(dialect, true);
            connection.define(&format!(
                "ALTER TABLE {} ADD COLUMN {add}",
                quoted(&shape.name)
            ))?;
            done.columns.push(format!("{}.{}", shape.name, column.name));
        }
    }
    for index in &shape.indexes {
        connection.define(&index.sql(&shape.name))?;
    }
    let figures = shape
        .indexes
        .iter()
        .map(|index| (index.name.clone(), selectivity(index)));
    let mut figures: Vec<(String, Vec<u32>)> = figures.collect();
    figures.push((shape.key_name(), key_selectivity(shape)));
    connection.teach(&shape.name, &figures)?;
    Ok(())
}

/// Rows of a large register in one district.
const ROWS: u32 = 1_000_000;

/// All rows, then those of one district (all of them), of one value in it, of two values.
fn selectivity(index: &Index) -> Vec<u32> {
    let mut figures = vec![ROWS, ROWS, index.per_value];
    figures.resize(index.columns.len() + 1, 1);
    figures
}

/// The primary key: unique when whole.
fn key_selectivity(shape: &Shape) -> Vec<u32> {
    let mut figures = vec![ROWS, ROWS];
    figures.resize(shape.key.len(), 20);
    figures.push(1);
    figures
}

/// What forbids the new shape: a column that means something else now, or one that is gone.
fn check_meanings(
    connection: &mut dyn Connection,
    shape: &Shape,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT column_name, meaning FROM schema_column WHERE table_name = $1 \
               ORDER BY column_name";
    for row in connection.query(sql, &[Cell::from(shape.name.as_str())])? {
        let (name, meaning) = (row.text(0)?, row.text(1)?);
        match shape.columns.iter().find(|c| c.name == name) {
            None => {
                return Ok(Some(format!(
                    "字段“{name}”已在使用,不能从定义中删去;请保留该字段,不再填写即可。"
                )));
            }
            Some(column) if column.meaning != meaning => {
                return Ok(Some(format!(
                    "字段“{name}”的类型由 {meaning} 改成了 {},已有数据会变样;\
                     请保留原字段,另加一个新字段。",
                    column.meaning
                )));
            }
            Some(_) => {}
        }
    }
    Ok(None)
}

fn note_meanings(connection: &mut dyn Connection, shape: &Shape) -> Result<(), StoreError> {
    let sql = "INSERT INTO schema_column (table_name, column_name, meaning) VALUES ($1, $2, $3) \
               ON CONFLICT (table_name, column_name) DO NOTHING";
    for column in &shape.columns {
        let cells = [
            shape.name.as_str(),
            column.name.as_str(),
            column.meaning.as_str(),
        ];
        connection.execute(sql, &cells.map(Cell::from))?;
    }
    Ok(())
}
