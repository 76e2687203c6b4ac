//! What a column can hold, and a row of such cells. Four kinds are all that our schema uses.

use super::{EngineError, Trouble};

/// One value on its way to or from the database.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    /// No value.
    Null,
    /// BIGINT: ids, fen, scaled decimals, 0/1.
    Int(i64),
    /// TEXT: also dates, instants, JSON.
    Text(String),
    /// REAL: for display only, never for money.
    Real(f64),
}

impl Cell {
    /// `Null` for `None`.
    pub fn text(text: Option<&str>) -> Cell {
        text.map_or(Cell::Null, |t| Cell::Text(t.to_owned()))
    }

    /// `Null` for `None`.
    pub fn int(number: Option<i64>) -> Cell {
        number.map_or(Cell::Null, Cell::Int)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Cell::Int(number)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl From<bool> for Cell {
    fn from(yes: bool) -> Self {
        Cell::Int(i64::from(yes))
    }
}

/// A row of a result, read by position.
#[derive(Clone, PartialEq, Debug)]
pub struct Row(pub(crate) Vec<Cell>);

impl Row {
    /// The cell at a position; `Null` beyond the end.
    pub fn cell(&self, at: usize) -> &Cell {
        self.0.get(at).unwrap_or(&Cell::Null)
    }

    /// The cell at a position, moved out of the row: a list would otherwise copy each text it has just read.
    pub(crate) fn take(&mut self, at: usize) -> Cell {
        let cell = self.0.get_mut(at);
        cell.map_or(Cell::Null, |cell| std::mem::replace(cell, Cell::Null))
    }

    /// A text that must be there, moved out.
    pub(crate) fn take_text(&mut self, at: usize) -> Result<String, EngineError> {
        match self.take(at) {
            Cell::Text(text) => Ok(text),
            other => Err(wrong(at, "a text", &other)),
        }
    }

    /// A number that must be there.
    pub(crate) fn int(&self, at: usize) -> Result<i64, EngineError> {
        self.opt_int(at)?
            .ok_or_else(|| wrong(at, "a number", self.cell(at)))
    }

    /// A number or nothing.
    pub(crate) fn opt_int(&self, at: usize) -> Result<Option<i64>, EngineError> {
        match self.cell(at) {
            Cell::Null => Ok(None),
            Cell::Int(number) => Ok(Some(*number)),
            other => Err(wrong(at, "a number", other)),
        }
    }

    /// A text that must be there.
    pub(crate) fn text(&self, at: usize) -> Result<String, EngineError> {
        self.opt_text(at)?
            .ok_or_else(|| wrong(at, "a text", self.cell(at)))
    }

    /// A text or nothing.
    pub(crate) fn opt_text(&self, at: usize) -> Result<Option<String>, EngineError> {
        match self.cell(at) {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text.clone())),
            other => Err(wrong(at, "a text", other)),
        }
    }
}

fn wrong(at: usize, wanted: &str, found: &Cell) -> EngineError {
    EngineError::new(
        Trouble::Statement,
        format!("column {at} should hold {wanted}, has {found:?}"),
    )
}
