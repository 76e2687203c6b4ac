//! 粘贴 Rows copied from a spreadsheet: they become a small sheet whose head is the labels of the chosen fields, and go
//! the way of every workbook from there (look, commit, undo).

use super::{Choice, Upload, look_at};
use crate::App;
use crate::account::{self, Actor};
use crate::error::AppError;
use crate::page::import::ImportPreview;
use crate::permit::Access;
use ground::Finding;
use register::law::Ability;
use register::{Definition, Field, FieldKind};
use std::collections::BTreeMap;

/// Rows, columns and characters of one paste: what a person looks over at once.
const ROWS: usize = 5_000;
const COLUMNS: usize = 200;
const CELL_CHARS: usize = 20_000;
/// Name under which the rows stand in findings and in the list of imports.
const FILE: &str = "粘贴.csv";

/// Rows as they came from the clipboard.
#[derive(Clone, Debug, Default)]
pub struct Paste {
    /// Field of each column, or none to leave it out.
    pub columns: Vec<Option<String>>,
    /// Cells by row.
    pub rows: Vec<Vec<String>>,
    /// Fields by which a row is taken for a known record; the register's own rule when absent.
    pub match_on: Option<Vec<String>>,
}

/// Looks at pasted rows and says what taking them in would do.
///
/// # Errors
/// `Invalid` when a column names no field, a field is named twice, or there are too many rows.
pub fn paste(
    app: &App,
    actor: &Actor,
    register: &str,
    paste: &Paste,
) -> Result<ImportPreview, AppError> {
    let definition = app.definition(register)?;
    Access::new(app, actor, &definition)?.need(Ability::Import)?;
    let findings = faults(&definition, paste);
    if !findings.is_empty() {
        return Err(AppError::Invalid(findings));
    }
    // The row numbers stand last: a single column is still a table, and each cell keeps the address it was copied to.
    // Empty columns are none of the table.
    let kept = paste.columns.iter().flatten().cloned().map(Some);
    let columns: BTreeMap<usize, Option<String>> =
        (0..).zip(kept.chain(std::iter::once(None))).collect();
    let upload = Upload {
        token: account::random_token()?,
        owner: actor.login.clone(),
        file_name: FILE.to_owned(),
        bytes: std::sync::Arc::new(sheet(&definition, paste)),
        choice: Choice {
            sheet: None,
            register: Some(register.to_owned()),
            columns,
            match_on: paste.match_on.clone(),
        },
    };
    let preview = look_at(app, actor, &upload)?;
    app.uploads().keep(upload);
    Ok(preview)
}

fn faults(definition: &Definition, paste: &Paste) -> Vec<Finding> {
    let refuse = |place: String, problem: String, remedy: &str| {
        Finding::error("paste.invalid", place, problem, remedy)
    };
    let mut findings = Vec::new();
    let wide = paste.rows.iter().map(Vec::len).max().unwrap_or(0);
    if paste.rows.is_empty() || paste.rows.len() > ROWS {
        let problem = format!("粘贴了 {} 行。", paste.rows.len());
        findings.push(refuse(
            "rows".into(),
            problem,
            "请粘贴 1 到 5000 行，更多的请用文件导入。",
        ));
    }
    if paste.columns.len() > COLUMNS || wide > paste.columns.len() {
        let problem = format!(
            "最宽的一行有 {wide} 列，只指定了 {} 列。",
            paste.columns.len()
        );
        findings.push(refuse(
            "columns".into(),
            problem,
            "请给每一列指定字段，或指定不导入。",
        ));
    }
    let long = |cell: &String| cell.chars().count() > CELL_CHARS;
    if paste.rows.iter().flatten().any(long) {
        let problem = format!("有单元格超过 {CELL_CHARS} 个字。");
        findings.push(refuse("rows".into(), problem, "请缩短后再粘贴。"));
    }
    for (at, id) in paste.columns.iter().enumerate() {
        let Some(id) = id else { continue };
        let place = format!("columns[{at}]");
        if !definition
            .import_fields()
            .iter()
            .any(|(path, field)| path == id && !field.system)
        {
            let problem = format!("{}没有可填的字段“{id}”。", definition.title.zh);
            findings.push(refuse(place, problem, "请改选字段。"));
        } else if paste.columns[..at]
            .iter()
            .flatten()
            .any(|other| other == id)
        {
            let problem = format!("字段“{id}”指定了两列。");
            findings.push(refuse(place, problem, "请只留一列。"));
        }
    }
    for id in paste.match_on.iter().flatten() {
        if !paste.columns.iter().flatten().any(|column| column == id) {
            let problem = format!("按“{id}”核对，但没有这一列。");
            findings.push(refuse(
                "match".into(),
                problem,
                "请粘贴这一列，或换一个核对字段。",
            ));
        }
    }
    findings
}

/// The rows with their head as separated text. Columns that are left out on purpose stand there empty: nothing is to be
/// told of them, and those beside them keep their letters.
fn sheet(definition: &Definition, paste: &Paste) -> Vec<u8> {
    let fields = definition.import_fields();
    let head = paste.columns.iter().map(|id| {
        let field = id
            .as_ref()
            .and_then(|id| fields.iter().find(|(path, _)| path == id));
        field.map_or_else(String::new, |(_, field)| head_of(field))
    });
    let mut text = line(head.chain(std::iter::once("序号".to_owned())));
    for (at, row) in paste.rows.iter().enumerate() {
        let cells = paste.columns.iter().enumerate().map(|(c, id)| match id {
            Some(_) => row.get(c).cloned().unwrap_or_default(),
            None => String::new(),
        });
        text.push_str(&line(cells.chain(std::iter::once((at + 1).to_string()))));
    }
    text.into_bytes()
}

/// Label with the unit in which money is shown, which is the unit people copy.
fn head_of(field: &Field) -> String {
    match (&field.kind, field.unit) {
        (FieldKind::Money, unit) => {
            let unit = unit.unwrap_or(ground::MoneyUnit::Yuan);
            format!("{}（{}）", field.label.zh, unit.label())
        }
        _ => field.label.zh.clone(),
    }
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let quoted = cells.map(|cell| format!("\"{}\"", cell.replace('\0', "").replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(",") + "\n"
}
