//! A look at a workbook as plain JSON: what `guatu import --dry-run --json` prints. Works without any district; names
//! then stand for themselves.

use super::reading;
use crate::definitions;
use crate::error::AppError;
use crate::page::import::ImportPreview;
use exchange::{Check, ReadContext};
use ground::{Date, Finding, RecordId};
use register::{Definition, Field, FieldKind};
use serde_json::{Map, Value as Json, json};

/// Records, findings and checks of a workbook.
pub struct Look {
    /// Records in the order of the rows.
    pub records: Vec<LookRecord>,
    /// Findings.
    pub findings: Vec<Finding>,
    /// Checks.
    pub checks: Vec<Check>,
}

/// One record: place and values, references by name.
pub struct LookRecord {
    /// 第七期!A6.
    pub place: String,
    /// Values by field id; money as decimal 元.
    pub values: Map<String, Json>,
}

impl Look {
    /// A workbook that could not be read at all.
    pub fn refused(findings: Vec<Finding>) -> Self {
        Self {
            records: Vec::new(),
            findings,
            checks: Vec::new(),
        }
    }

    /// The agreed form: `{"records":[…],"findings":[…],"checks":[…]}`.
    pub fn to_json(&self) -> Json {
        let records: Vec<Json> = self
            .records
            .iter()
            .map(|record| json!({ "place": record.place, "values": record.values }))
            .collect();
        json!({ "records": records, "findings": self.findings, "checks": self.checks })
    }
}

impl From<&ImportPreview> for Look {
    fn from(preview: &ImportPreview) -> Self {
        let record = |record: &crate::page::import::ImportRecord| LookRecord {
            place: record.place.clone(),
            values: record.values.clone(),
        };
        Self {
            records: preview.records.iter().map(record).collect(),
            findings: preview.findings.clone(),
            checks: preview.checks.clone(),
        }
    }
}

/// Looks at a workbook without a district: an unknown name of an organisation or project stands for itself.
pub fn look_without_district(
    file_name: &str,
    bytes: &[u8],
    register: &str,
    today: Date,
) -> Result<Look, AppError> {
    let all = definitions::shipped()?;
    let definition = all.get(register).ok_or_else(|| {
        AppError::NotFound(format!("台账“{register}”，可用 guatu register list 查看"))
    })?;
    let workbook = match exchange::open_workbook(bytes, file_name) {
        Ok(workbook) => workbook,
        Err(finding) => return Ok(Look::refused(vec![finding])),
    };
    let mut look = Look::refused(workbook.findings.clone());
    let tables: Vec<_> = workbook
        .visible_sheets()
        .filter(|sheet| sheet.cell_count() > 0)
        .map(|sheet| {
            let table = exchange::read_table(sheet);
            let mapping = exchange::guess_mapping(&table, definition, None);
            (table, mapping)
        })
        .collect();
    let best = tables.iter().max_by_key(|(_, mapping)| mapping.fit());
    let Some((table, mapping)) = best else {
        look.findings.push(Finding::error(
            "workbook.no_content",
            file_name,
            "工作簿里没有内容。",
            "请确认选对了文件。",
        ));
        return Ok(look);
    };
    let hints = reading::hints_of_itself(table, mapping, definition, today);
    let reading = exchange::read_records(table, mapping, definition, &ReadContext::new(&hints));
    let name = |register: &str, id: RecordId| hints.name_of(register, id).map(str::to_owned);
    for draft in &reading.records {
        look.findings.extend(exchange::validate_draft(
            definition,
            draft,
            &reading.findings,
        ));
        let values = with_names(
            definition,
            register::to_json(definition, &draft.fields),
            &name,
        );
        look.records.push(LookRecord {
            place: draft.place.clone(),
            values,
        });
    }
    look.findings.extend(reading.findings);
    look.checks = reading.checks;
    Ok(look)
}

/// Ids of references replaced by names, where known.
pub fn with_names(
    definition: &Definition,
    values: Map<String, Json>,
    name: &dyn Fn(&str, RecordId) -> Option<String>,
) -> Map<String, Json> {
    named(&definition.fields, values, name)
}

fn named(
    fields: &[Field],
    mut values: Map<String, Json>,
    name: &dyn Fn(&str, RecordId) -> Option<String>,
) -> Map<String, Json> {
    for field in fields {
        let register = match &field.kind {
            FieldKind::Org => Some("organisation"),
            kind => kind.target(),
        };
        let Some(value) = values.get_mut(&field.id) else {
            continue;
        };
        match (value, register) {
            (Json::String(text), Some(register)) => replace(text, register, name),
            (Json::Array(items), Some(register)) => items.iter_mut().for_each(|item| {
                if let Json::String(text) = item {
                    replace(text, register, name);
                }
            }),
            (Json::Array(rows), None) if !field.columns().is_empty() => {
                rows.iter_mut().for_each(|row| {
                    if let Json::Object(map) = row {
                        *map = named(field.columns(), std::mem::take(map), name);
                    }
                })
            }
            _ => {}
        }
    }
    values
}

fn replace(text: &mut String, register: &str, name: &dyn Fn(&str, RecordId) -> Option<String>) {
    let id = text.parse::<i64>().ok().and_then(RecordId::new);
    if let Some(found) = id.and_then(|id| name(register, id)) {
        *text = found;
    }
}
