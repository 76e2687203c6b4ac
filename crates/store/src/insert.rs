//! Many rows in few statements: one statement per 64, 8 or 1 rows, so that only three texts per
//! table are ever prepared.

use std::fmt::Write as _;

use crate::engine::{Cell, EngineError, Tx};

/// Most parameters in one statement. PostgreSQL takes 65,535, SQLite 32,766.
const PARAMETERS: usize = 16_000;

/// Inserts rows of equal width; `columns` names them, district first.
pub(crate) fn insert_rows(
    tx: &mut dyn Tx,
    table: &str,
    columns: &str,
    rows: Vec<Vec<Cell>>,
) -> Result<(), EngineError> {
    insert_all(tx, table, columns, rows, "")
}

/// The same for a table that is nothing but its key: rows that are there already are passed over.
pub(crate) fn insert_missing(
    tx: &mut dyn Tx,
    table: &str,
    key: &str,
    rows: Vec<Vec<Cell>>,
) -> Result<(), EngineError> {
    let end = format!(" ON CONFLICT ({key}) DO NOTHING");
    insert_all(tx, table, key, rows, &end)
}

fn insert_all(
    tx: &mut dyn Tx,
    table: &str,
    columns: &str,
    rows: Vec<Vec<Cell>>,
    end: &str,
) -> Result<(), EngineError> {
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let width = rows.as_slice()[0].len();
        let sizes = [64, 8, 1];
        let fits = |size: &usize| *size <= rows.len() && size * width <= PARAMETERS;
        let size = sizes.into_iter().find(fits).unwrap_or(1);
        let cells: Vec<Cell> = match size {
            1 => rows.next().unwrap_or_default(),
            _ => rows.by_ref().take(size).flatten().collect(),
        };
        debug_assert_eq!(
            cells.len(),
            size * width,
            "rows of one table have one width"
        );
        tx.execute(&(text(table, columns, width, size) + end), &cells)?;
    }
    Ok(())
}

fn text(table: &str, columns: &str, width: usize, rows: usize) -> String {
    let mut sql = format!("INSERT INTO {table} ({columns}) VALUES ");
    for at in 0..rows * width {
        let open = if at % width != 0 {
            ", "
        } else if at == 0 {
            "("
        } else {
            "), ("
        };
        let _ = write!(sql, "{open}${}", at + 1);
    }
    sql.push(')');
    sql
}

/// Sizes of IN lists: a list is padded with its last item to the next size, so that only few texts
/// are ever prepared.
const LIST_SIZES: [usize; 6] = [1, 8, 24, 64, 256, 1024];

/// Longest IN list. Fetching and sorting that many records costs about as much as walking a sort
/// index of a million for a page of the next more frequent value (4 ms and 12 ms, measured).
pub(crate) const LIST_MAX: usize = LIST_SIZES[LIST_SIZES.len() - 1];

/// Appends the items (1 to [`LIST_MAX`]) to `cells`, padded, and gives `($4, $5, …)`.
pub(crate) fn in_list(items: impl IntoIterator<Item = Cell>, cells: &mut Vec<Cell>) -> String {
    let items = padded(items.into_iter().collect());
    let start = cells.len() + 1;
    let end = start + items.len();
    cells.extend(items);
    let mut marks = String::with_capacity(2 + 6 * (end - start));
    for n in start..end {
        let open = if n == start { "($" } else { ", $" };
        let _ = write!(marks, "{open}{n}");
    }
    marks.push(')');
    marks
}

/// The items with the last one repeated up to the next size.
pub(crate) fn padded(mut items: Vec<Cell>) -> Vec<Cell> {
    assert!(
        (1..=LIST_MAX).contains(&items.len()),
        "list of {} items",
        items.len()
    );
    let size = LIST_SIZES
        .into_iter()
        .find(|size| *size >= items.len())
        .unwrap_or(LIST_MAX);
    let last = items[items.len() - 1].clone();
    items.resize(size, last);
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_count_through_all_rows() {
        assert_eq!(
            text("t", "a, b", 2, 2),
            "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)"
        );
        assert_eq!(
            text("t", "a", 1, 3),
            "INSERT INTO t (a) VALUES ($1), ($2), ($3)"
        );
    }

    #[test]
    fn lists_are_padded_with_their_last_item() {
        let mut cells = vec![Cell::Int(0)];
        let marks = in_list((1..=3).map(Cell::Int), &mut cells);
        assert_eq!(marks, "($2, $3, $4, $5, $6, $7, $8, $9)");
        assert_eq!(cells.last(), Some(&Cell::Int(3)));
    }
}
