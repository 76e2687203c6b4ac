//! 导入 What an import would do, and what it did.

use super::Line;
use super::record::FieldChange;
use exchange::Check;
use ground::Finding;
use register::Fields;
use std::collections::BTreeMap;

/// What a workbook would do to the register.
#[derive(Clone, Debug)]
pub struct ImportPreview {
    /// Names the upload in later calls.
    pub token: String,
    /// File name.
    pub file_name: String,
    /// Sheet read.
    pub sheet: String,
    /// All sheets.
    pub sheets: Vec<String>,
    /// Register chosen.
    pub register: String,
    /// Registers that would fit: id, score 0–100, reason.
    pub register_guess: Vec<(String, u8, String)>,
    /// Title of the table.
    pub title: String,
    /// 单位：亿元.
    pub unit_text: String,
    /// Facts read from title and unit rows.
    pub facts: Vec<Line>,
    /// Columns with their field.
    pub columns: Vec<ImportColumn>,
    /// Records with what would happen to each.
    pub records: Vec<ImportRecord>,
    /// Findings.
    pub findings: Vec<Finding>,
    /// Sums and counts checked.
    pub checks: Vec<Check>,
}

/// One column and the field it feeds.
#[derive(Clone, Debug)]
pub struct ImportColumn {
    /// Index in the table, from 0.
    pub index: usize,
    /// Column letter in the sheet.
    pub letter: String,
    /// Words of the header from top to bottom.
    pub path: Vec<String>,
    /// Unit of the column, if money.
    pub unit: String,
    /// Field, or none when ignored.
    pub field: Option<String>,
    /// 0–100.
    pub confidence: u8,
    /// Why this field.
    pub reason: String,
    /// Taken from an earlier import of the same header.
    pub remembered: bool,
    /// A few values.
    pub sample: Vec<String>,
}

/// What happens to one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportAct {
    /// A new record.
    Create,
    /// Fields of a known record change.
    Update,
    /// Nothing changes.
    Same,
    /// The row cannot be taken; findings say why.
    Refused,
}

/// One row of the workbook as a record.
#[derive(Clone, Debug)]
pub struct ImportRecord {
    /// 第七期!A6.
    pub place: String,
    /// Values read.
    pub fields: Fields,
    /// Values in API form.
    pub values: serde_json::Map<String, serde_json::Value>,
    /// Ready texts.
    pub shown: BTreeMap<String, String>,
    /// What happens.
    pub act: ImportAct,
    /// Known record: id, name, how it was found.
    pub matched: Option<(String, String, String)>,
    /// Changes to it.
    pub changes: Vec<FieldChange>,
}

/// What an import did.
#[derive(Clone, Debug)]
pub struct ImportResult {
    /// Batch, for undo.
    pub batch_id: String,
    /// New records.
    pub created: usize,
    /// Changed records.
    pub updated: usize,
    /// Rows that changed nothing.
    pub unchanged: usize,
    /// Rows left out.
    pub skipped: usize,
}

/// A former import.
#[derive(Clone, Debug)]
pub struct ImportLine {
    /// Batch id.
    pub batch_id: String,
    /// Instant.
    pub at: String,
    /// Who.
    pub actor_name: String,
    /// File.
    pub file_name: String,
    /// Register id.
    pub register: String,
    /// Register title.
    pub register_title: String,
    /// New records.
    pub created: i64,
    /// Changed records.
    pub updated: i64,
    /// Instant of the undo, if undone.
    pub undone_at: Option<String>,
}
