//! Foreign files to our values and back: workbooks with header trees.

mod csv;
mod facts;
mod header;
pub mod limits;
mod moments;
mod number_text;
mod package;
mod rows;
mod sheet;
mod table;
mod words;
mod workbook;
mod worksheet;
mod xls;
mod xlsx;

pub use sheet::{Area, CellValue, Sheet, a1, column_letters, parse_a1};
pub use table::{Column, Fact, Facts, Group, Row, RowKind, Span, Table, Target, read_table};
pub use workbook::{Workbook, open_workbook};
