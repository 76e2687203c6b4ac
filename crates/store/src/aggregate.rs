//! Figures over lists: counts, sums, extremes, by several fields at once. The database adds up; what it would round or
//! cannot hold is refused.

use register::{Field, FieldKind, Value};

use crate::codec;
use crate::condition;
use crate::engine::{Cell, Row};
use crate::error::StoreError;
use crate::query::Query;
use crate::reader::Reader;
use crate::schema::RegisterTable;

/// What is computed over the records of a list. Fields may lie behind references: `firm.capital`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Aggregate {
    /// Records.
    Count,
    /// Different values of a field.
    CountDistinct(String),
    /// Sum of a whole, decimal, percent or money field.
    Sum(String),
    /// Least value.
    Min(String),
    /// Greatest value.
    Max(String),
}

/// One line of a figure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AggregateRow {
    /// Values of the fields that it is broken down by; `None` for records without one.
    pub keys: Vec<Option<Value>>,
    /// Records in it.
    pub records: u64,
    /// Records with a value of the field; for counts all.
    pub counted: u64,
    /// The figure: a whole number for counts, else of the field's kind; `None` when no record has a value.
    pub value: Option<Value>,
}

/// Fields a figure is broken down by at most.
const BY_MAX: usize = 4;

/// A column in a statement with the field that it holds.
struct Named {
    sql: String,
    field: Field,
}

impl Reader<'_> {
    /// A figure over the records that fit, broken down by fields, also behind references (`firm.street`). Lines are
    /// ordered by their keys, missing ones last; without `by` there is one line.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] for a field that is not stored, [`StoreError::Query`] for one that cannot be added or
    /// ordered, [`StoreError::Overflow`].
    pub fn aggregate(
        &mut self,
        register: &str,
        query: &Query,
        by: &[&str],
        aggregate: &Aggregate,
    ) -> Result<Vec<AggregateRow>, StoreError> {
        let table = self.table(register)?;
        if by.len() > BY_MAX {
            let problem = format!("最多按 {BY_MAX} 个字段分组");
            return Err(StoreError::Query { problem });
        }
        let keys: Vec<Named> = by
            .iter()
            .map(|path| self.named(&table, path))
            .collect::<Result<_, _>>()?;
        let of = match aggregate {
            Aggregate::Count => None,
            Aggregate::CountDistinct(path)
            | Aggregate::Sum(path)
            | Aggregate::Min(path)
            | Aggregate::Max(path) => Some(self.named(&table, path)?),
        };
        let figure = figure_sql(aggregate, of.as_ref())?;
        let mut columns: Vec<String> = keys.iter().map(|key| key.sql.clone()).collect();
        columns.push(figure);
        // A list of numbers of columns: an expression would have to be repeated letter by letter.
        let places: Vec<String> = (1..=keys.len()).map(|n| n.to_string()).collect();
        let order: Vec<String> = places.iter().map(|n| format!("{n} NULLS LAST")).collect();
        let group = if keys.is_empty() {
            String::new()
        } else {
            format!(
                " GROUP BY {} ORDER BY {}",
                places.join(", "),
                order.join(", ")
            )
        };
        let rows = self.fold(register, query, &columns.join(", "), &group)?;
        rows.iter()
            .map(|row| read_line(row, &keys, aggregate, of.as_ref()))
            .collect()
    }

    fn named(
        &self,
        table: &std::sync::Arc<RegisterTable>,
        path: &str,
    ) -> Result<Named, StoreError> {
        let found = condition::column_at(&self.catalog, table, path);
        let (sql, field) = found.ok_or_else(|| StoreError::Unknown {
            name: path.to_owned(),
        })?;
        Ok(Named { sql, field })
    }
}

/// `COUNT(*), COUNT(x), figure`.
fn figure_sql(aggregate: &Aggregate, of: Option<&Named>) -> Result<String, StoreError> {
    use FieldKind as K;
    let Some(of) = of else {
        return Ok("COUNT(*), COUNT(*), COUNT(*)".to_owned());
    };
    let refuse = |what: &str| {
        let problem = format!("“{}”不是可以{what}的字段", of.field.label.zh);
        Err(StoreError::Query { problem })
    };
    let sql = &of.sql;
    let figure = match aggregate {
        Aggregate::Count | Aggregate::CountDistinct(_) => format!("COUNT(DISTINCT {sql})"),
        Aggregate::Sum(_) => match of.field.kind {
            K::Money | K::Int | K::Decimal { .. } | K::Percent => {
                format!("CAST(SUM({sql}) AS BIGINT)")
            }
            _ => return refuse("合计"),
        },
        Aggregate::Min(_) | Aggregate::Max(_) if of.field.kind.target().is_some() => {
            return refuse("比较大小");
        }
        Aggregate::Min(_) => format!("MIN({sql})"),
        Aggregate::Max(_) => format!("MAX({sql})"),
    };
    Ok(format!("COUNT(*), COUNT({sql}), {figure}"))
}

fn read_line(
    row: &Row,
    keys: &[Named],
    aggregate: &Aggregate,
    of: Option<&Named>,
) -> Result<AggregateRow, StoreError> {
    let key = |(at, key): (usize, &Named)| codec::value_of(&key.field, row.cell(at), None);
    let at = keys.len();
    let value = match (aggregate, of) {
        (Aggregate::Sum(_) | Aggregate::Min(_) | Aggregate::Max(_), Some(of)) => {
            codec::value_of(&of.field, row.cell(at + 2), None)?
        }
        _ => match row.cell(at + 2) {
            Cell::Int(count) => Some(Value::Int(*count)),
            _ => None,
        },
    };
    Ok(AggregateRow {
        keys: keys.iter().enumerate().map(key).collect::<Result<_, _>>()?,
        records: row.int(at)? as u64,
        counted: row.int(at + 1)? as u64,
        value,
    })
}
