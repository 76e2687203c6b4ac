//! Definitions shipped inside the binary, and the district's own name.

use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use ground::{Finding, Severity};
use register::{Definition, Value};
use rust_embed::RustEmbed;
use std::collections::BTreeMap;
use store::NewRecord;

#[derive(RustEmbed)]
#[folder = "../../registers"]
#[include = "*/definition.toml"]
struct Shipped;

/// All shipped definitions in the order of their ids.
///
/// # Errors
/// `Invalid` with all findings when one is broken, which a test excludes.
pub fn shipped() -> Result<Vec<Definition>, AppError> {
    let mut definitions = Vec::new();
    let mut findings = Vec::new();
    let mut names: Vec<String> = Shipped::iter().map(|name| name.to_string()).collect();
    names.sort();
    for name in names {
        let Some(file) = Shipped::get(&name) else {
            continue;
        };
        let text = String::from_utf8_lossy(&file.data).into_owned();
        let (definition, found) = register::parse(&format!("registers/{name}"), &text);
        definitions.extend(definition);
        findings.extend(found);
    }
    findings.extend(register::check_set(&definitions));
    if findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
        || definitions.is_empty()
    {
        return Err(AppError::Invalid(findings));
    }
    Ok(definitions)
}

/// The name on the district's own organisation record; a new district gets that record first.
pub fn district_name(app: &App, given: Option<&str>) -> Result<String, AppError> {
    let root = app.root().to_string();
    let found = app.read(|reader| reader.all("organisation", &store::Query::default()))?;
    let own = found
        .iter()
        .find(|stored| stored.record.text("path") == Some(root.as_str()));
    if let Some(name) = own.and_then(|stored| stored.record.text("name")) {
        return Ok(name.to_owned());
    }
    let shipped = if app.district().as_str() == crate::DEFAULT_DISTRICT.0 {
        Some(crate::DEFAULT_DISTRICT.1)
    } else {
        None
    };
    let Some(name) = given.or(shipped) else {
        let remedy = format!(
            "请加上 --name，例如 --district {} --name 某某区。",
            app.district().as_str()
        );
        return Err(AppError::invalid(Finding::error(
            "app.district_name",
            "--name",
            "新区县还没有名称。",
            remedy,
        )));
    };
    write_root(app, name)?;
    Ok(name.to_owned())
}

fn write_root(app: &App, name: &str) -> Result<(), AppError> {
    let text = |value: &str| Value::Text(value.to_owned());
    let fields = BTreeMap::from([
        ("name".to_owned(), text(name)),
        ("kind".to_owned(), text("district")),
        ("path".to_owned(), text(app.root().as_str())),
        ("code".to_owned(), text(app.district().as_str())),
    ]);
    let meta = app.meta(&Actor::system(app), "建区");
    let root = app.root().clone();
    app.write(move |writer| {
        Ok(writer.create("organisation", NewRecord::new(root, fields), &meta)?)
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_shipped_definition_parses_without_errors() {
        let definitions = super::shipped().expect("shipped definitions");
        let ids: Vec<&str> = definitions.iter().map(|one| one.id.as_str()).collect();
        for id in [
            "organisation",
            "project",
            "round",
            "round_membership",
            "activity",
            "progress_report",
            "enterprise",
            "matter",
        ] {
            assert!(ids.contains(&id), "{id} is missing");
        }
    }
}
