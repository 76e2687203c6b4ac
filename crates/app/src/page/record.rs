//! 台账 Records of any register as lists and pages show them.

use super::LightView;
use register::Record;
use std::collections::BTreeMap;

/// A record with ready texts beside its values.
#[derive(Clone, Debug)]
pub struct RecordView {
    /// Register id.
    pub register: String,
    /// The record.
    pub record: Record,
    /// Values as JSON, the form of the API.
    pub values: serde_json::Map<String, serde_json::Value>,
    /// Ready text by field: 62.4 亿元, names of organisations and references.
    pub shown: BTreeMap<String, String>,
    /// Instant of the last change.
    pub updated_at: String,
    /// Light, for projects.
    pub light: Option<LightView>,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct RecordPage {
    /// The records.
    pub items: Vec<RecordView>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// All records that meet the filter, counted only on the first page.
    pub total: Option<usize>,
    /// Sums asked for, as decimal text.
    pub sums: BTreeMap<String, String>,
}

/// One entry of a record's history.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// Journal position.
    pub seq: i64,
    /// Instant.
    pub at: String,
    /// Login of who did it.
    pub actor: String,
    /// Name of who did it.
    pub actor_name: String,
    /// create, update, withdraw, restore, undo.
    pub action: String,
    /// Reason given.
    pub reason: String,
    /// Where it came from: a workbook's cell, the web page.
    pub source: String,
    /// What changed.
    pub changes: Vec<FieldChange>,
}

/// One changed field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Field id.
    pub field: String,
    /// Label.
    pub label: String,
    /// Before, as text; empty when absent.
    pub before: String,
    /// After, as text; empty when absent.
    pub after: String,
}

/// A hit of the search box.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Register id.
    pub register: String,
    /// Register title.
    pub register_title: String,
    /// Record id.
    pub id: String,
    /// Name of the record.
    pub title: String,
    /// What else helps to know it.
    pub text: String,
}
