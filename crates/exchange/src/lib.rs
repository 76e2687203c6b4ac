//! Foreign files to our values and back: workbooks with header trees.
//!
//! The way of a workbook: [`open_workbook`] (bytes to sheets) -> [`read_table`] (sheet to head, rows, facts) ->
//! [`guess_mapping`] (columns to fields) -> [`read_records`] (rows to drafts, findings, checks). [`dry_run`] goes
//! the whole way. [`write_workbook`] goes back; [`fill`] fills templates that people made. Nothing here writes records, asks for rights or knows a clock.

mod cell;
mod checks;
mod cross;
mod csv;
mod dry_run;
mod facts;
pub mod fill;
mod formula;
mod groups;
mod header;
mod likely;
pub mod limits;
mod list;
mod mapping;
mod mark;
mod moments;
mod notes;
mod number_text;
mod package;
mod plan_rows;
mod propose;
mod read;
mod rows;
pub mod schedule_file;
mod sheet;
mod table;
mod words;
mod workbook;
mod worksheet;
mod write;
mod xls;
mod xlsform;
mod xlsx;

pub use dry_run::{DryRecord, DryRun, dry_run, register_fit};
pub use list::{List, write_list};
pub use mapping::{ColumnMapping, Mapping, guess_mapping};
pub use mark::{ExportMark, export_mark};
pub use propose::{ColumnKind, ColumnProposal, Proposal, propose};
pub use read::{
    Check, Draft, ReadContext, Reading, Verdict, read_each, read_records, validate_draft,
};
pub use sheet::{Area, CellValue, Dropdown, Sheet, a1, column_letters, parse_a1};
pub use table::{
    Column, Fact, Facts, Group, Row, RowKind, Span, Table, Target, read_table, read_table_at,
};
pub use workbook::{Workbook, open_workbook};
pub use write::{WriteError, WriteOptions, write_workbook};
pub use xlsform::{Form, FormChoice, Question, QuestionKind, XlsForm, is_xlsform, read_xlsform};
