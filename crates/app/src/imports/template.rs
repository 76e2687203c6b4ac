//! 导入模板 A workbook in a form that the definition knows (`[[import]]`): its sheet, the row of its head, its columns,
//! by what a record is known, what happens to one that is, and to columns that nobody knows.

use super::Choice;
use exchange::{Mapping, Table, Workbook};
use ground::Finding;
use register::{Definition, ImportTemplate, OnMatch, UnknownColumn};

/// A form is taken for known when at least this share of its columns is there, in percent.
const KNOWN: usize = 60;
/// Pseudo-field: the record's number.
const NUMBER: &str = "number";
/// What people call it.
const NUMBER_HEADS: [&str; 4] = ["编号", "记录编号", "台账编号", "number"];

/// The template that a workbook follows best, with its table.
pub(super) fn fitting(
    workbook: &Workbook,
    definition: &Definition,
    choice: &Choice,
) -> Option<(ImportTemplate, Table)> {
    let mut best: Option<(usize, ImportTemplate, Table)> = None;
    for template in &definition.import.templates {
        for sheet in workbook.visible_sheets() {
            let named = template
                .sheet
                .as_ref()
                .is_none_or(|name| *name == sheet.name);
            let wanted = choice.sheet.as_ref().is_none_or(|name| *name == sheet.name);
            if !named || !wanted || sheet.cell_count() == 0 {
                continue;
            }
            let table = exchange::read_table_at(sheet, template.header_row);
            let share = share(template, &table);
            if share >= KNOWN && best.as_ref().is_none_or(|(known, ..)| share > *known) {
                best = Some((share, template.clone(), table));
            }
        }
    }
    best.map(|(_, template, table)| (template, table))
}

fn share(template: &ImportTemplate, table: &Table) -> usize {
    let there = |head: &&String| table.columns.iter().any(|column| is_called(column, head));
    let found = template.columns.keys().filter(there).count();
    found * 100 / template.columns.len().max(1)
}

fn is_called(column: &exchange::Column, head: &str) -> bool {
    column.leaf() == head || column.path_text() == head
}

/// What a template changes of the reading.
#[derive(Default)]
pub(super) struct Followed {
    /// What a row does whose record is known.
    pub on_match: OnMatch,
    /// Column of the numbers, when records are known by them.
    pub number_column: Option<u16>,
    /// The workbook is refused.
    pub refused: bool,
    /// What is to be told.
    pub findings: Vec<Finding>,
}

/// Maps the columns as the template says, keeps to its keys, judges the columns nobody knows.
pub(super) fn follow(
    template: &ImportTemplate,
    definition: &mut Definition,
    table: &Table,
    mapping: &mut Mapping,
    choice: &Choice,
) -> Followed {
    for (head, field) in &template.columns {
        let columns = table.columns.iter().zip(&mut mapping.columns);
        for (_, own) in columns.filter(|(column, _)| is_called(column, head)) {
            own.field = Some(field.clone());
            own.confidence = 100;
            own.reason = format!("按导入模板“{}”", template.id);
        }
    }
    let by_number = template.match_on.iter().any(|key| key == NUMBER);
    if choice.match_on.is_none() && !template.match_on.is_empty() {
        let keys = template.match_on.iter().filter(|key| *key != NUMBER);
        definition.import.match_on = keys.cloned().collect();
    }
    let is_number =
        |column: &&exchange::Column| NUMBER_HEADS.iter().any(|head| is_called(column, head));
    let number = table.columns.iter().find(is_number).filter(|_| by_number);
    let mut followed = Followed {
        on_match: template.on_match,
        number_column: number.map(|column| column.index),
        refused: false,
        findings: Vec::new(),
    };
    if by_number && number.is_none() {
        followed.findings.push(Finding::warning(
            "import.no_number",
            table.sheet_name(),
            "模板按编号对应已有记录，表里没有“编号”列。",
            "请加上“编号”列；没有编号的行都会新增。",
        ));
    }
    judge_unknown(template, definition, table, mapping, &mut followed);
    followed
}

fn judge_unknown(
    template: &ImportTemplate,
    definition: &Definition,
    table: &Table,
    mapping: &mut Mapping,
    followed: &mut Followed,
) {
    let columns = table.columns.iter().zip(&mut mapping.columns);
    for (column, own) in columns {
        let numbered = followed.number_column == Some(column.index);
        let ignored = definition
            .import
            .ignore
            .iter()
            .any(|head| is_called(column, head));
        // What a rule leaves out (serial numbers, computed columns) is no unknown column.
        if own.field.is_some() || own.confidence == 100 && !numbered || ignored {
            continue;
        }
        let place = table.place(table.header_rows.map_or(0, |head| head.1), column.index);
        if numbered || template.unknown_column == UnknownColumn::Ignore {
            own.confidence = 100;
            own.reason = match numbered {
                true => "用来找到已有记录".to_owned(),
                false => format!("导入模板“{}”不导入别的列", template.id),
            };
            mapping.findings.retain(|finding| finding.place != place);
        } else if template.unknown_column == UnknownColumn::Reject {
            followed.refused = true;
            let problem = format!(
                "导入模板“{}”没有“{}”这一列。",
                template.id,
                column.path_text()
            );
            let remedy = "请删去这一列，或按模板改列名后再导入。";
            followed.findings.push(Finding::error(
                "import.unknown_column",
                place,
                problem,
                remedy,
            ));
        }
    }
}
