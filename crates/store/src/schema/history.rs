//! Fields of earlier definitions. What a field was is remembered when a new definition renames, retypes or gives it up,
//! so that old journal entries still read and its archived column can be found again.

use register::{Definition, Field, FieldKind};
use serde_json::{Value as Json, json};

use super::registers::meaning;
use crate::engine::{Cell, Connection, Dialect};
use crate::error::StoreError;

/// The table. It belongs to the database, not to a district, as the columns do.
const TABLE: &str = "schema_past";

/// A field as an earlier definition had it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct PastField {
    pub field: Field,
    /// Newest journal entry that was written while the field was so.
    pub until: i64,
    /// The field of today that took its place, when it was only renamed.
    pub now: Option<String>,
    /// Column or table that keeps its last values.
    pub archived: Option<String>,
}

pub(super) fn create_sql(dialect: Dialect) -> String {
    let text = dialect.text();
    format!(
        "CREATE TABLE IF NOT EXISTS {TABLE} (register {text} NOT NULL, field {text} NOT NULL, \
         until_seq {} NOT NULL, shape {text} NOT NULL, now_field {text}, archived {text}, \
         PRIMARY KEY (register, field, until_seq)){}",
        dialect.bigint(),
        dialect.table_suffix()
    )
}

/// All that is remembered of a register.
pub(crate) fn load(
    connection: &mut dyn Connection,
    register: &str,
) -> Result<Vec<PastField>, StoreError> {
    let sql = "SELECT field, shape, now_field, archived, until_seq FROM schema_past \
               WHERE register = $1 ORDER BY field, until_seq";
    let mut found = Vec::new();
    for row in connection.query(sql, &[Cell::from(register)])? {
        let (id, shape) = (row.text(0)?, row.text(1)?);
        let corrupt = || StoreError::Corrupt {
            place: format!("{TABLE} {register}.{id}"),
            detail: shape.clone(),
        };
        let json: Json = serde_json::from_str(&shape).map_err(|_| corrupt())?;
        found.push(PastField {
            field: read(&id, &json).ok_or_else(corrupt)?,
            until: row.int(4)?,
            now: row.opt_text(2)?,
            archived: row.opt_text(3)?,
        });
    }
    Ok(found)
}

/// Remembers a field.
pub(crate) fn note(
    connection: &mut dyn Connection,
    definition: &Definition,
    past: &PastField,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO schema_past (register, field, until_seq, shape, now_field, archived) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (register, field, until_seq) \
               DO UPDATE SET now_field = excluded.now_field, archived = excluded.archived";
    let cells = [
        Cell::from(definition.id.as_str()),
        Cell::from(past.field.id.as_str()),
        Cell::Int(past.until),
        Cell::Text(shape(&past.field).to_string()),
        Cell::text(past.now.as_deref()),
        Cell::text(past.archived.as_deref()),
    ];
    connection.execute(sql, &cells)?;
    Ok(())
}

/// What was called `from` until now, under whatever name before, is called `to` from now on.
pub(crate) fn follow(
    connection: &mut dyn Connection,
    register: &str,
    from: &str,
    to: Option<&str>,
) -> Result<(), StoreError> {
    let sql = "UPDATE schema_past SET now_field = $3 WHERE register = $1 AND now_field = $2";
    let cells = [Cell::from(register), Cell::from(from), Cell::text(to)];
    connection.execute(sql, &cells)?;
    Ok(())
}

/// Whether two fields store alike.
pub(crate) fn alike(a: &Field, b: &Field) -> bool {
    let (a, b) = (shape(a), shape(b));
    a["kind"] == b["kind"] && column_kinds(&a) == column_kinds(&b)
}

fn column_kinds(shape: &Json) -> Vec<(&Json, &Json)> {
    let columns = shape["columns"].as_array().into_iter().flatten();
    columns.map(|c| (&c["id"], &c["kind"])).collect()
}

fn shape(field: &Field) -> Json {
    let mut shape = json!({ "label": field.label.zh, "kind": meaning(field) });
    if let FieldKind::Table { columns } = &field.kind {
        shape["kind"] = Json::from("table");
        let column = |field: &Field| {
            let mut column = self::shape(field);
            column["id"] = Json::from(field.id.as_str());
            column
        };
        shape["columns"] = columns.iter().map(column).collect();
    }
    shape
}

fn read(id: &str, shape: &Json) -> Option<Field> {
    let kind = match shape["kind"].as_str()? {
        "table" => {
            let columns = shape["columns"].as_array()?;
            let column = |json: &Json| read(json["id"].as_str()?, json);
            FieldKind::Table {
                columns: columns.iter().map(column).collect::<Option<_>>()?,
            }
        }
        word => kind(word)?,
    };
    let label = shape["label"].as_str().unwrap_or(id);
    Some(Field::new(id, label, kind))
}

/// The reverse of [`meaning`]: a kind that stores alike.
fn kind(meaning: &str) -> Option<FieldKind> {
    let (word, rest) = meaning.split_once(':').unwrap_or((meaning, ""));
    Some(match word {
        "int" => FieldKind::Int,
        "decimal" => FieldKind::Decimal {
            digits: rest.parse().ok()?,
        },
        "money" => FieldKind::Money,
        "percent" => FieldKind::Percent,
        "bool" => FieldKind::Bool,
        "date" => FieldKind::Date,
        "datetime" => FieldKind::DateTime,
        "ref" => FieldKind::Ref {
            to: rest.to_owned(),
        },
        "refs" => FieldKind::Refs {
            to: rest.to_owned(),
        },
        "text_list" => FieldKind::TextList,
        "text" => FieldKind::LongText,
        _ => return None,
    })
}
