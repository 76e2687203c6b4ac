//! Which field of a register each column is: guessed from labels, synonyms, the words above and the contents;
//! remembered by the fingerprint of the head; changed by the user. Reading the cells is left to `read`.

use ground::{Finding, MoneyUnit};
use register::{Definition, Field, FieldKind, Hints, ImportLayout};
use serde::{Deserialize, Serialize};

use crate::likely::{self, Score};
use crate::rows::is_serial_head;
use crate::table::{Column, RowKind, Table};

/// 列对应. One choice for every column of a head, kept for the next workbook with the same head.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Mapping {
    /// Register id.
    pub register: String,
    /// Fingerprint of the head it was made for.
    pub fingerprint: String,
    /// One entry a column, in the order of the table it was made for.
    pub columns: Vec<ColumnMapping>,
    /// Conflicts, columns without field, required fields without column.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// The choice for one column. Columns are found again by their path, so they may move.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// `投资/总投资`.
    pub path: String,
    /// Which of the columns with this same path, from 0.
    #[serde(default)]
    pub nth: u16,
    /// Field id, `table.column` for a column of a table field; none when the column is not imported.
    pub field: Option<String>,
    /// Money unit set by the user against the head.
    #[serde(default)]
    pub unit: Option<MoneyUnit>,
    /// 0 to 100.
    pub confidence: u8,
    /// Why, in Chinese.
    pub reason: String,
    /// Taken over from an earlier import.
    #[serde(default)]
    pub remembered: bool,
}

/// Least score at which a field is taken without asking.
const TAKE: u8 = 60;
/// Rows looked at to see what a column holds.
const SAMPLE: usize = 30;

/// Guesses the mapping of a table to a register. A remembered mapping of the same head (or of single paths of it)
/// wins over every guess.
#[must_use]
pub fn guess_mapping(
    table: &Table,
    definition: &Definition,
    remembered: Option<&Mapping>,
) -> Mapping {
    let paths = numbered_paths(&table.columns);
    let mut mapping = Mapping {
        register: definition.id.clone(),
        fingerprint: table.fingerprint.clone(),
        columns: paths
            .into_iter()
            .map(|(path, nth)| ColumnMapping {
                path,
                nth,
                ..ColumnMapping::default()
            })
            .collect(),
        findings: Vec::new(),
    };
    let remembered = remembered.filter(|m| m.register == definition.id);
    recall(&mut mapping, remembered, definition);
    if is_cross(table, definition) {
        map_cross(table, definition, &mut mapping);
        return mapping;
    }
    guess(table, definition, &mut mapping);
    tell_missing(table, definition, &mut mapping);
    tell_computed(table, definition, &mut mapping);
    mapping
}

impl Mapping {
    /// Sets the field of a column by hand; `None` leaves the column out. False when there is no such column.
    pub fn choose(&mut self, path: &str, nth: u16, field: Option<&str>) -> bool {
        let Some(column) = self
            .columns
            .iter_mut()
            .find(|c| c.path == path && c.nth == nth)
        else {
            return false;
        };
        column.field = field.map(String::from);
        column.confidence = 100;
        column.reason = "由用户指定".into();
        true
    }

    /// The choice for each column of a table, in the table's order; columns it does not know come as `None`.
    #[must_use]
    pub fn for_table(&self, table: &Table) -> Vec<Option<&ColumnMapping>> {
        let paths = numbered_paths(&table.columns);
        paths
            .iter()
            .map(|(path, nth)| {
                self.columns
                    .iter()
                    .find(|c| c.path == *path && c.nth == *nth)
            })
            .collect()
    }

    /// Columns with a field, in percent of all columns that are no serial numbers: how well the register fits.
    #[must_use]
    pub fn fit(&self) -> u8 {
        let counted = self
            .columns
            .iter()
            .filter(|c| c.field.is_some() || c.confidence < 100);
        let (mut all, mut sum) = (0u32, 0u32);
        for column in counted {
            all += 1;
            sum += if column.field.is_some() {
                u32::from(column.confidence)
            } else {
                0
            };
        }
        sum.checked_div(all).unwrap_or(0).min(100) as u8
    }
}

/// Paths with a running number among equal ones.
fn numbered_paths(columns: &[Column]) -> Vec<(String, u16)> {
    let mut seen: std::collections::BTreeMap<String, u16> = std::collections::BTreeMap::new();
    columns
        .iter()
        .map(|c| {
            let path = c.path_text();
            let next = seen.entry(path.clone()).or_default();
            *next += 1;
            (path, *next - 1)
        })
        .collect()
}

fn recall(mapping: &mut Mapping, remembered: Option<&Mapping>, definition: &Definition) {
    let Some(old) = remembered else { return };
    let whole = old.fingerprint == mapping.fingerprint;
    for column in &mut mapping.columns {
        let Some(known) = old
            .columns
            .iter()
            .find(|c| c.path == column.path && c.nth == column.nth)
        else {
            continue;
        };
        // A field that the definition no longer has is guessed anew.
        let alive = known
            .field
            .as_deref()
            .is_none_or(|f| definition.field(f).is_some());
        if alive && (whole || known.field.is_some()) {
            column.field = known.field.clone();
            column.unit = known.unit;
            column.confidence = 100;
            column.reason = "沿用上次同样表头的对应".into();
            column.remembered = true;
        }
    }
}

/// A cross table is read as one when the register is one and the head names no measure beside its level fields.
pub(crate) fn is_cross(table: &Table, definition: &Definition) -> bool {
    let rule = &definition.import;
    if rule.layout != ImportLayout::Cross {
        return false;
    }
    let flat = |id: &String| {
        let field = definition.field(id);
        table
            .columns
            .iter()
            .any(|c| c.path.len() == 1 && field.is_some_and(|f| likely::is_exact(c, f)))
    };
    let level_named = rule.levels.iter().flat_map(|l| &l.fields).any(flat);
    !(level_named && rule.measures.iter().any(flat))
}

fn map_cross(table: &Table, definition: &Definition, mapping: &mut Mapping) {
    let hints = Hints::new(crate::read::reference_day(
        table,
        ground::Date::constant(2000, 1, 1),
    ));
    let row_column = cross_row_column(table);
    for (column, choice) in table.columns.iter().zip(&mut mapping.columns) {
        if choice.remembered {
            continue;
        }
        let labels = crate::cross::bare_labels(column);
        let path: Vec<&str> = labels.iter().map(String::as_str).collect();
        let place = table.place(table.header_rows.map_or(0, |h| h.1), column.index);
        if Some(column.index) == row_column {
            set(choice, definition.import.row.clone(), 100, "交叉表的行名");
        } else if is_serial_head(column.leaf()) {
            set(choice, None, 100, "序号不导入");
        } else {
            let header = register::read_cross_header(definition, &path, &place, &hints);
            match header.measure {
                Some(measure) if header.findings.is_empty() => {
                    set(choice, Some(measure), 95, "按交叉表的各层表头")
                }
                _ if header.ignored => set(choice, None, 100, "按台账定义不导入(由系统计算)"),
                _ => {
                    set(choice, None, 0, "看不懂这一列的表头");
                    mapping.findings.extend(header.findings);
                }
            }
        }
    }
}

/// The column that names the rows: the first that is no serial number.
pub(crate) fn cross_row_column(table: &Table) -> Option<u16> {
    table
        .columns
        .iter()
        .find(|c| !is_serial_head(c.leaf()))
        .map(|c| c.index)
}

fn set(choice: &mut ColumnMapping, field: Option<String>, confidence: u8, reason: &str) {
    choice.field = field;
    choice.confidence = confidence;
    choice.reason = reason.to_string();
}

/// One possible field of one column.
struct Candidate {
    column: usize,
    field: String,
    score: Score,
}

fn guess(table: &Table, definition: &Definition, mapping: &mut Mapping) {
    let fields = definition.import_fields();
    let candidates = candidates(table, &fields, mapping);
    let mut taken: Vec<String> = mapping
        .columns
        .iter()
        .filter_map(|c| c.field.clone())
        .collect();
    let mut lost: Vec<(usize, String)> = Vec::new();
    for candidate in candidates {
        let column = &mut mapping.columns[candidate.column];
        if column.remembered || column.field.is_some() {
            continue;
        }
        if taken.contains(&candidate.field) {
            lost.push((candidate.column, candidate.field));
            continue;
        }
        column.field = Some(candidate.field.clone());
        column.confidence = candidate.score.value;
        column.reason = candidate.score.reason;
        taken.push(candidate.field);
    }
    for (at, column) in table.columns.iter().enumerate() {
        let open = mapping.columns[at].field.is_none() && !mapping.columns[at].remembered;
        if open {
            tell_open(table, definition, column, at, &lost, mapping);
        }
    }
}

/// All pairs worth taking, best first; exact words of equal score go by the column's place.
fn candidates(table: &Table, fields: &[(String, &Field)], mapping: &Mapping) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        if mapping.columns[at].remembered {
            continue;
        }
        let sample = sample(table, column);
        for (id, field) in fields {
            if field.kind.is_file() || field.kind == FieldKind::Note {
                continue;
            }
            let score = likely::score(column, field, &sample);
            if score.value >= TAKE {
                found.push(Candidate {
                    column: at,
                    field: id.clone(),
                    score,
                });
            }
        }
    }
    found.sort_by_key(|c| (std::cmp::Reverse((c.score.value, c.score.tie)), c.column));
    found
}

fn sample(table: &Table, column: &Column) -> Vec<String> {
    let rows = table
        .rows
        .iter()
        .filter(|r| r.kind == RowKind::Data)
        .take(SAMPLE);
    rows.map(|r| table.text(r.index, column.index).trim().to_string())
        .filter(|t| !t.is_empty())
        .collect()
}

/// Says why a column has no field: serial numbers, a field already taken, or nothing like it.
fn tell_open(
    table: &Table,
    definition: &Definition,
    column: &Column,
    at: usize,
    lost: &[(usize, String)],
    mapping: &mut Mapping,
) {
    if is_serial_head(column.leaf()) {
        return set(&mut mapping.columns[at], None, 100, "序号不导入");
    }
    let place = table.place(table.header_rows.map_or(0, |h| h.1), column.index);
    let label = |id: &str| {
        definition
            .field(id)
            .map_or_else(|| id.to_string(), |f| f.label.zh.clone())
    };
    if let Some((_, field)) = lost.iter().find(|(lost_at, _)| *lost_at == at) {
        let holder = mapping
            .columns
            .iter()
            .find(|c| c.field.as_deref() == Some(field))
            .map(|c| c.path.clone())
            .unwrap_or_default();
        mapping.findings.push(Finding::warning(
            "mapping.conflict",
            place,
            format!(
                "“{}”和“{holder}”两列都像“{}”,取了后者",
                column.path_text(),
                label(field)
            ),
            "请在列对应里指定哪一列是它,另一列选别的字段或不导入",
        ));
        return set(&mut mapping.columns[at], None, 0, "像的字段已有别的列");
    }
    set(&mut mapping.columns[at], None, 0, "没有像的字段");
    if !sample(table, column).is_empty() {
        mapping.findings.push(Finding::info(
            "mapping.column_unused",
            place,
            format!(
                "“{}”列在台账“{}”里没有对应的字段,没有导入",
                column.path_text(),
                definition.title.zh
            ),
            "需要的话,请在列对应里指定字段,或先给台账增加这个字段",
        ));
    }
}

/// Columns whose figures are not taken: the register works them out itself. They are told, else somebody would go on
/// keeping a count that nobody reads.
fn tell_computed(table: &Table, definition: &Definition, mapping: &mut Mapping) {
    let bottom = table.header_rows.map_or(0, |h| h.1);
    let mut found = Vec::new();
    for (column, choice) in table.columns.iter().zip(&mapping.columns) {
        let mapped = choice.field.as_deref().and_then(|id| definition.field(id));
        let computed = mapped.filter(|f| f.compute.is_some() && f.override_by.is_empty());
        let kept = definition
            .fields
            .iter()
            .filter(|f| f.system && f.id != "state");
        let mut system = kept.filter(|f| mapped.is_none() && likely::is_exact(column, f));
        let (field, who) = match (computed, system.next_back()) {
            (Some(field), _) => (field, "由系统计算"),
            (None, Some(field)) => (field, "由系统在办理时填写"),
            (None, None) => continue,
        };
        if sample(table, column).is_empty() {
            continue;
        }
        let place = table.place(bottom, column.index);
        mapping.findings.retain(|finding| finding.place != place);
        found.push(Finding::warning(
            "mapping.computed",
            place,
            format!(
                "“{}”列没有采用：“{}”{who}。",
                column.path_text(),
                field.label.zh
            ),
            "表里的数只作对照；与导入后系统算出的不一致时，请核对算它的那几列。",
        ));
    }
    mapping.findings.extend(found);
}

fn tell_missing(table: &Table, definition: &Definition, mapping: &mut Mapping) {
    let given: Vec<&str> = definition
        .import
        .constants
        .iter()
        .flat_map(|c| c.fields())
        .chain(definition.import.groups.iter().map(String::as_str))
        .collect();
    for field in definition
        .fields
        .iter()
        .filter(|f| f.required && !given.contains(&f.id.as_str()))
    {
        let mapped = mapping.columns.iter().any(|c| {
            c.field
                .as_deref()
                .is_some_and(|f| f == field.id || f.starts_with(&format!("{}.", field.id)))
        });
        if !mapped && !table.columns.is_empty() {
            mapping.findings.push(Finding::warning(
                "mapping.required_missing",
                table.sheet_name().to_string(),
                format!("没有找到“{}”列,它是必填的", field.label.zh),
                format!(
                    "请在列对应里指定哪一列是“{}”,或在表里加上这一列",
                    field.label.zh
                ),
            ));
        }
    }
}
