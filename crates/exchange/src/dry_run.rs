//! 试导入. A whole workbook to JSON without writing anything: records, findings, checks.

use ground::Finding;
use register::Definition;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::mapping::{Mapping, guess_mapping};
use crate::read::{Check, ReadContext, read_records, validate_draft};
use crate::table::{Table, read_table};
use crate::workbook::open_workbook;

/// What an import would bring. Serialises as `{"records":[…],"findings":[…],"checks":[…]}`.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct DryRun {
    /// Records of all sheets that fit.
    pub records: Vec<DryRecord>,
    /// Everything worth saying, in the order of the workbook.
    pub findings: Vec<Finding>,
    /// Sums, counts and shares.
    pub checks: Vec<Check>,
}

/// One record as JSON.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DryRecord {
    /// `第七期!A6`.
    pub place: String,
    /// Values by field id as `register::to_json` writes them: money as decimal 元.
    pub values: Map<String, Json>,
}

/// Least fit at which one sheet among several is read.
const FIT: u8 = 40;

/// Opens, finds the tables, guesses the mapping, reads and validates. Hints carry the directory, known records and
/// today.
#[must_use]
pub fn dry_run(
    bytes: &[u8],
    file_name: &str,
    definition: &Definition,
    context: &ReadContext,
) -> DryRun {
    let workbook = match open_workbook(bytes, file_name) {
        Ok(workbook) => workbook,
        Err(finding) => {
            return DryRun {
                findings: vec![finding],
                ..DryRun::default()
            };
        }
    };
    let mut run = DryRun {
        findings: workbook.findings.clone(),
        ..DryRun::default()
    };
    let tables: Vec<(Table, Mapping)> = workbook
        .visible_sheets()
        .filter(|s| s.cell_count() > 0)
        .map(|sheet| {
            let table = read_table(sheet);
            let mapping = guess_mapping(&table, definition, None);
            (table, mapping)
        })
        .collect();
    let best = tables.iter().map(|(_, m)| m.fit()).max().unwrap_or(0);
    for (table, mapping) in &tables {
        // Cover sheets and look-up lists beside the ledger are passed over, but never in silence.
        if tables.len() > 1 && mapping.fit() < FIT && mapping.fit() < best {
            run.findings.push(passed_over(table, definition));
            continue;
        }
        add(&mut run, table, mapping, definition, context);
    }
    if tables.is_empty() {
        run.findings.push(Finding::error(
            "workbook.no_content",
            file_name,
            "工作簿里没有内容",
            "请确认选对了文件",
        ));
    }
    run
}

fn passed_over(table: &Table, definition: &Definition) -> Finding {
    Finding::info(
        "sheet.passed_over",
        table.sheet_name(),
        format!(
            "工作表“{}”不像台账“{}”,没有读取",
            table.sheet_name(),
            definition.title.zh
        ),
        "若要导入它,请单独选择这张工作表",
    )
}

fn add(
    run: &mut DryRun,
    table: &Table,
    mapping: &Mapping,
    definition: &Definition,
    context: &ReadContext,
) {
    let reading = read_records(table, mapping, definition, context);
    let mut validation = Vec::new();
    for draft in &reading.records {
        validation.extend(validate_draft(definition, draft, &reading.findings));
        run.records.push(DryRecord {
            place: draft.place.clone(),
            values: register::to_json(definition, &draft.fields),
        });
    }
    run.findings.extend(reading.findings);
    run.findings.extend(validation);
    run.checks.extend(reading.checks);
}

/// How well a register fits a table, 0 to 100: for the choice of the register when the user has not made it.
#[must_use]
pub fn register_fit(table: &Table, definition: &Definition) -> u8 {
    guess_mapping(table, definition, None).fit()
}
