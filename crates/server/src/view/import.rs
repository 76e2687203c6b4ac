//! JSON of imports.

use super::record::{FieldChange, record_link};
use super::{CheckView, FindingView, Line, each};
use app::page::import as page;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a workbook would do.
#[derive(Serialize, ToSchema)]
pub struct ImportPreview {
    pub token: String,
    pub file_name: String,
    pub sheet: String,
    pub sheets: Vec<String>,
    pub register: String,
    pub register_guess: Vec<RegisterGuess>,
    pub title: String,
    pub unit_text: String,
    pub facts: Vec<Line>,
    pub columns: Vec<ImportColumn>,
    pub fields: Vec<ImportField>,
    pub records: Vec<ImportRecord>,
    pub findings: Vec<FindingView>,
    pub checks: Vec<CheckView>,
    pub counts: ImportCounts,
}

/// A register that would fit the header.
#[derive(Serialize, ToSchema)]
pub struct RegisterGuess {
    pub register: String,
    pub score: u8,
    pub reason: String,
}

/// One column with the field it feeds.
#[derive(Serialize, ToSchema)]
pub struct ImportColumn {
    pub index: usize,
    pub letter: String,
    pub path: Vec<String>,
    pub unit: String,
    pub field: Option<String>,
    pub confidence: u8,
    pub reason: String,
    pub remembered: bool,
    pub sample: Vec<String>,
}

/// A field a column may feed.
#[derive(Serialize, ToSchema)]
pub struct ImportField {
    pub id: String,
    pub label: String,
    pub kind: String,
}

/// One row as a record.
#[derive(Serialize, ToSchema)]
pub struct ImportRecord {
    pub place: String,
    pub values: Map<String, Value>,
    pub shown: BTreeMap<String, String>,
    /// create, update, same or refused.
    pub action: String,
    #[serde(rename = "match")]
    #[schema(rename = "match")]
    pub matched: Option<ImportMatch>,
    pub changes: Vec<FieldChange>,
}

/// The known record a row is.
#[derive(Serialize, ToSchema)]
pub struct ImportMatch {
    pub id: String,
    pub name: String,
    pub how: String,
}

/// How many of each.
#[derive(Serialize, ToSchema)]
pub struct ImportCounts {
    pub create: usize,
    pub update: usize,
    pub same: usize,
    pub errors: usize,
}

/// Another sheet, register or mapping for an upload.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct ImportMapping {
    pub sheet: Option<String>,
    pub register: Option<String>,
    /// Field by column index; null ignores the column.
    #[serde(default)]
    pub columns: BTreeMap<String, Option<String>>,
}

/// Takes the import into the register.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct ImportCommit {
    /// Places of rows to leave out.
    #[serde(default)]
    pub skip_places: Vec<String>,
    #[serde(default)]
    pub reason: String,
}

/// What the import did.
#[derive(Serialize, ToSchema)]
pub struct ImportResult {
    pub batch_id: String,
    pub created: usize,
    pub updated: usize,
    pub unchanged: usize,
    pub skipped: usize,
    pub link: String,
}

/// Former imports, newest first.
#[derive(Serialize, ToSchema)]
pub struct ImportList {
    pub imports: Vec<ImportLine>,
}

/// One former import.
#[derive(Serialize, ToSchema)]
pub struct ImportLine {
    pub batch_id: String,
    pub at: String,
    pub actor_name: String,
    pub file_name: String,
    pub register: String,
    pub register_title: String,
    pub created: i64,
    pub updated: i64,
    pub undone: bool,
    pub undone_at: Option<String>,
}

/// What an undo did.
#[derive(Serialize, ToSchema)]
pub struct Undone {
    pub reversed: usize,
}

impl ImportPreview {
    /// The view with the fields a person may choose from.
    pub fn new(preview: &page::ImportPreview, fields: Vec<ImportField>) -> Self {
        let count = |act: page::ImportAct| {
            preview
                .records
                .iter()
                .filter(|record| record.act == act)
                .count()
        };
        let guess = |(register, score, reason): &(String, u8, String)| RegisterGuess {
            register: register.clone(),
            score: *score,
            reason: reason.clone(),
        };
        Self {
            token: preview.token.clone(),
            file_name: preview.file_name.clone(),
            sheet: preview.sheet.clone(),
            sheets: preview.sheets.clone(),
            register: preview.register.clone(),
            register_guess: preview.register_guess.iter().map(guess).collect(),
            title: preview.title.clone(),
            unit_text: preview.unit_text.clone(),
            facts: each(&preview.facts),
            columns: each(&preview.columns),
            fields,
            records: each(&preview.records),
            findings: each(&preview.findings),
            checks: each(&preview.checks),
            counts: ImportCounts {
                create: count(page::ImportAct::Create),
                update: count(page::ImportAct::Update),
                same: count(page::ImportAct::Same),
                errors: count(page::ImportAct::Refused),
            },
        }
    }
}

impl From<&page::ImportColumn> for ImportColumn {
    fn from(column: &page::ImportColumn) -> Self {
        Self {
            index: column.index,
            letter: column.letter.clone(),
            path: column.path.clone(),
            unit: column.unit.clone(),
            field: column.field.clone(),
            confidence: column.confidence,
            reason: column.reason.clone(),
            remembered: column.remembered,
            sample: column.sample.clone(),
        }
    }
}

impl From<&page::ImportRecord> for ImportRecord {
    fn from(record: &page::ImportRecord) -> Self {
        let action = match record.act {
            page::ImportAct::Create => "create",
            page::ImportAct::Update => "update",
            page::ImportAct::Same => "same",
            page::ImportAct::Refused => "refused",
        };
        let matched = record.matched.as_ref().map(|(id, name, how)| ImportMatch {
            id: id.clone(),
            name: name.clone(),
            how: how.clone(),
        });
        Self {
            place: record.place.clone(),
            values: record.values.clone(),
            shown: record.shown.clone(),
            action: action.to_owned(),
            matched,
            changes: each(&record.changes),
        }
    }
}

impl ImportResult {
    /// The view with the page that shows the records.
    pub fn new(result: &page::ImportResult, register: &str) -> Self {
        let list = record_link(register, "");
        Self {
            batch_id: result.batch_id.clone(),
            created: result.created,
            updated: result.updated,
            unchanged: result.unchanged,
            skipped: result.skipped,
            link: list.trim_end_matches('/').to_owned(),
        }
    }
}

impl From<&page::ImportLine> for ImportLine {
    fn from(line: &page::ImportLine) -> Self {
        Self {
            batch_id: line.batch_id.clone(),
            at: line.at.clone(),
            actor_name: line.actor_name.clone(),
            file_name: line.file_name.clone(),
            register: line.register.clone(),
            register_title: line.register_title.clone(),
            created: line.created,
            updated: line.updated,
            undone: line.undone_at.is_some(),
            undone_at: line.undone_at.clone(),
        }
    }
}
