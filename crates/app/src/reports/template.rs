//! 模板 Where the templates of reports are: those of the district in its database with the version of the definition
//! that they came with, those of the program inside it. A template is checked when it comes in.

use crate::App;
use crate::account::Actor;
use crate::definitions::{Definitions, shipped_template};
use crate::error::AppError;
use crate::page::definition::TemplateLine;
use exchange::fill::{Loop, Template};
use ground::Finding;
use register::Definition;
use register::expr::Registers;
use register::law::ReportTemplate;
use register::report::{grouped_by, read_word};
use std::collections::BTreeSet;
use store::DefinitionFile;

/// A template that comes along with a definition.
#[derive(Clone, Debug)]
pub struct TemplateFile {
    /// File name.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// The content of a template in force; the district's own before the shipped one.
pub(super) fn bytes_of(
    app: &App,
    definition: &Definition,
    name: &str,
) -> Result<Option<Vec<u8>>, AppError> {
    let own = own_bytes(app, definition, name)?;
    Ok(own.or_else(|| shipped_template(&definition.id, name)))
}

/// The content of the district's own template, see [`own_file`].
fn own_bytes(app: &App, definition: &Definition, name: &str) -> Result<Option<Vec<u8>>, AppError> {
    let register = &definition.id;
    let bytes = app.read(|reader| {
        let files = reader.definition_files(register)?;
        let own = own_file(&files, Some(&definition.version), name);
        let own = own.map(|file| reader.definition_file(register, &file.version, name));
        own.transpose()
    })?;
    Ok(bytes.flatten())
}

/// The district's own file that came with this version of the definition, else its newest. When the program brings a
/// newer definition, that one overtakes the district's; what the district made of its paper stays.
fn own_file<'f>(
    files: &'f [DefinitionFile],
    version: Option<&str>,
    name: &str,
) -> Option<&'f DefinitionFile> {
    let mut named = files.iter().filter(|file| file.name == name);
    let same = named
        .clone()
        .find(|file| Some(file.version.as_str()) == version);
    // They stand in the order in which they came in.
    same.or_else(|| named.next_back())
}

/// Whether these files are those that reports are made from already.
///
/// # Errors
/// The store cannot be read.
pub fn in_force(
    app: &App,
    definition: &Definition,
    files: &[TemplateFile],
) -> Result<bool, AppError> {
    for file in files {
        if bytes_of(app, definition, &file.name)?.as_ref() != Some(&file.bytes) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The content of a template in force, for who wants to change it.
///
/// # Errors
/// `NotFound` for a file that no report of the register is made from.
pub fn template_file(
    app: &App,
    actor: &Actor,
    register: &str,
    name: &str,
) -> Result<Vec<u8>, AppError> {
    actor.need_read()?;
    let definition = app.definition(register)?;
    let named = definition
        .reports
        .iter()
        .any(|report| report.template == name);
    let bytes = match named {
        true => bytes_of(app, &definition, name)?,
        false => None,
    };
    bytes.ok_or_else(|| AppError::NotFound(format!("模板“{name}”")))
}

fn names(definition: &Definition) -> BTreeSet<&str> {
    definition
        .reports
        .iter()
        .map(|report| report.template.as_str())
        .collect()
}

/// The templates that a definition has or would have: those that come along before those that are there.
///
/// # Errors
/// The store cannot be read.
pub fn templates(
    app: &App,
    definition: &Definition,
    files: &[TemplateFile],
) -> Result<Vec<TemplateLine>, AppError> {
    let own = app.read(|reader| reader.definition_files(&definition.id))?;
    let in_force = app.definition(&definition.id).ok();
    let version = in_force.as_ref().map(|one| one.version.as_str());
    let line = |name: &str| {
        let reports = definition
            .reports
            .iter()
            .filter(|report| report.template == name);
        let given = files.iter().find(|file| file.name == name);
        let at = own_file(&own, version, name);
        let size = match (given, at) {
            (Some(file), _) => Some(file.bytes.len()),
            (None, Some(file)) => usize::try_from(file.size).ok(),
            (None, None) => shipped_template(&definition.id, name).map(|bytes| bytes.len()),
        };
        TemplateLine {
            name: name.to_owned(),
            reports: reports.map(|report| report.title.zh.clone()).collect(),
            size,
            at: at.map(|file| file.at.clone()),
        }
    };
    Ok(names(definition).into_iter().map(line).collect())
}

/// The files that come into force with a definition: those that came along, and the district's own of before.
///
/// # Errors
/// The store cannot be read.
pub fn kept_with(
    app: &App,
    definition: &Definition,
    files: &[TemplateFile],
) -> Result<Vec<(String, Vec<u8>)>, AppError> {
    let before = app.definition(&definition.id).ok();
    let mut kept = Vec::new();
    for name in names(definition) {
        let bytes = match (files.iter().find(|file| file.name == name), &before) {
            (Some(file), _) => Some(file.bytes.clone()),
            (None, Some(before)) => own_bytes(app, before, name)?,
            (None, None) => None,
        };
        kept.extend(bytes.map(|bytes| (name.to_owned(), bytes)));
    }
    Ok(kept)
}

/// What is wrong with the templates that a definition would have: missing ones, words that mean nothing.
///
/// # Errors
/// The store cannot be read.
pub fn check_templates(
    app: &App,
    definition: &Definition,
    files: &[TemplateFile],
) -> Result<Vec<Finding>, AppError> {
    let before = app.definition(&definition.id).ok();
    let registers = app.definitions().with(definition.clone());
    let mut findings = Vec::new();
    for report in &definition.reports {
        let given = files.iter().find(|file| file.name == report.template);
        let bytes = match (given, &before) {
            (Some(file), _) => Some(file.bytes.clone()),
            (None, Some(before)) => bytes_of(app, before, &report.template)?,
            (None, None) => shipped_template(&definition.id, &report.template),
        };
        findings.extend(check(definition, report, bytes.as_deref(), &registers));
    }
    Ok(findings)
}

/// The same without a district: among the shipped registers, with the files that stand beside the definition.
///
/// # Errors
/// A shipped definition is broken, which a test excludes.
pub fn offline_check(
    definition: &Definition,
    files: &[TemplateFile],
) -> Result<Vec<Finding>, AppError> {
    let registers: Definitions = crate::definitions::shipped()?.with(definition.clone());
    let check = |report: &ReportTemplate| {
        let given = files.iter().find(|file| file.name == report.template);
        let bytes = given.map(|file| file.bytes.clone());
        let bytes = bytes.or_else(|| shipped_template(&definition.id, &report.template));
        check(definition, report, bytes.as_deref(), &registers)
    };
    Ok(definition.reports.iter().flat_map(check).collect())
}

fn check(
    definition: &Definition,
    report: &ReportTemplate,
    bytes: Option<&[u8]>,
    registers: &dyn Registers,
) -> Vec<Finding> {
    let Some(bytes) = bytes else {
        return vec![lacking(report)];
    };
    let template = match Template::open(bytes, &report.template) {
        Ok(template) => template,
        Err(finding) => return vec![finding],
    };
    let survey = template.survey();
    let mut findings = survey.findings.clone();
    for asked in &survey.words {
        findings.extend(read_word(&asked.word, &asked.place, definition, registers).err());
    }
    if survey.loops.contains(&Loop::Groups) && grouped_by(definition, report).is_none() {
        findings.push(Finding::error(
            "report.by",
            format!("report.{}", report.id),
            format!("模板“{}”按组列出，但不知道按什么分组。", report.template),
            "请在 [[report]] 里写 by，例如 by = \"subdistrict\"。",
        ));
    }
    findings
}

/// A report without its file.
pub(super) fn lacking(report: &ReportTemplate) -> Finding {
    Finding::error(
        "report.template_missing",
        format!("report.{}", report.id),
        format!("没有模板文件“{}”。", report.template),
        "请在“报表模板”里选文件；用命令行时把它和 definition.toml 放在同一文件夹，再用 guatu register apply 启用。",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_report_has_its_template_and_every_word_in_it_means_something() {
        let definitions = crate::definitions::shipped().expect("shipped definitions");
        let mut reports = 0;
        for definition in definitions.iter() {
            reports += definition.reports.len();
            let findings = offline_check(definition, &[]).expect("checked");
            assert!(findings.is_empty(), "{}: {findings:#?}", definition.id);
        }
        assert!(reports >= 3, "{reports}");
    }

    #[test]
    fn a_template_that_is_not_there_and_a_file_of_another_kind_are_told() {
        let definitions = crate::definitions::shipped().expect("shipped definitions");
        let own = definitions.get("safety_hazard").expect("hazards");
        let mut definition = own.as_ref().clone();
        definition.reports[0].template = "elsewhere.docx".to_owned();
        definition.reports.truncate(1);
        let codes = |files: &[TemplateFile]| {
            let findings = offline_check(&definition, files).expect("checked");
            findings
                .into_iter()
                .map(|one| one.code.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(codes(&[]), ["report.template_missing"]);
        let file = |bytes: &[u8]| TemplateFile {
            name: "elsewhere.docx".to_owned(),
            bytes: bytes.to_vec(),
        };
        assert_eq!(
            codes(&[file(b"\xd0\xcf\x11\xe0 an old .doc")]),
            ["report.template_kind"]
        );
        assert_eq!(
            codes(&[file(b"PK\x03\x04 torn")]),
            ["report.template_broken"]
        );
    }
}
