//! 起草台账定义. From a workbook that people already keep (or an XLSForm) to the text of a definition that they read,
//! correct and put into force.

use crate::error::AppError;
use exchange::{Workbook, is_xlsform, open_workbook, propose, read_xlsform};
use ground::{Finding, Severity};

/// A drafted definition.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Register id.
    pub register: String,
    /// `workbook` or `xlsform`.
    pub kind: &'static str,
    /// Text of `definition.toml`.
    pub toml: String,
    /// What each column or question became: place, field, reason.
    pub columns: Vec<(String, String, String)>,
    /// What needs a look, and what the definition itself lacks.
    pub findings: Vec<Finding>,
}

/// Drafts a definition from a file. `sheet` is the sheet's name, the first visible one with a table when absent; `id` the
/// register id wanted.
///
/// # Errors
/// `Invalid` with findings when the file cannot be read, holds no table, or is a form that is not well made.
pub fn draft(
    bytes: &[u8],
    file_name: &str,
    sheet: Option<&str>,
    id: Option<&str>,
) -> Result<Proposal, AppError> {
    let workbook = open_workbook(bytes, file_name).map_err(AppError::invalid)?;
    let id = id.unwrap_or("my_register");
    let mut proposal = if is_xlsform(&workbook) && sheet.is_none() {
        from_form(&workbook, id)?
    } else {
        from_table(&workbook, sheet, id)?
    };
    let (_, findings) = register::parse(&format!("{id}/definition.toml"), &proposal.toml);
    proposal.findings.extend(findings);
    Ok(proposal)
}

fn from_form(workbook: &Workbook, id: &str) -> Result<Proposal, AppError> {
    let read = read_xlsform(workbook, id).map_err(AppError::Invalid)?;
    let (carried, all) = read.translated;
    let mut findings = read.findings;
    if all > 0 {
        findings.push(Finding::info(
            "xlsform.expressions",
            "survey",
            format!("{all} 个算式转过来 {carried} 个。"),
            "没有转过来的作为注释留在定义里。",
        ));
    }
    Ok(Proposal {
        register: id.to_owned(),
        kind: "xlsform",
        toml: read.toml,
        columns: Vec::new(),
        findings,
    })
}

fn from_table(workbook: &Workbook, sheet: Option<&str>, id: &str) -> Result<Proposal, AppError> {
    let mut told = Vec::new();
    for one in workbook.visible_sheets() {
        if sheet.is_some_and(|wanted| wanted != one.name) {
            continue;
        }
        match propose(workbook, one, id) {
            Ok(made) => {
                let columns = made.columns.into_iter();
                return Ok(Proposal {
                    register: id.to_owned(),
                    kind: "workbook",
                    columns: columns.map(|c| (c.head, c.field, c.why)).collect(),
                    toml: made.toml,
                    findings: made.findings,
                });
            }
            Err(findings) => told.extend(findings),
        }
    }
    told.retain(|finding| finding.severity == Severity::Error);
    if told.is_empty() {
        let names: Vec<&str> = workbook.visible_sheets().map(|s| s.name.as_str()).collect();
        told.push(Finding::error(
            "propose.no_sheet",
            "工作簿",
            format!("没有名为“{}”的工作表。", sheet.unwrap_or_default()),
            format!("可选的有：{}。", names.join("、")),
        ));
    }
    Err(AppError::Invalid(told))
}
