//! Definitions shipped inside the binary, those of the district on top of them, and the district's own name.

mod set;

pub use set::Definitions;

use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use ground::{District, Finding, Severity};
use register::Value;
use register::version::is_newer;
use rust_embed::RustEmbed;
use std::collections::BTreeMap;
use store::{DefinitionVersion, NewRecord, Store};

#[derive(RustEmbed)]
#[folder = "../../registers"]
#[include = "*/definition.toml"]
#[include = "*/*.docx"]
#[include = "*/*.xlsx"]
struct Shipped;

/// All shipped definitions in the order of their ids.
///
/// # Errors
/// `Invalid` with all findings when one is broken, which a test excludes.
pub fn shipped() -> Result<Definitions, AppError> {
    let mut definitions = Vec::new();
    let mut findings = Vec::new();
    let names = Shipped::iter().filter(|name| name.ends_with("/definition.toml"));
    let mut names: Vec<String> = names.map(|name| name.to_string()).collect();
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
    Ok(Definitions::new(definitions))
}

/// The text of a shipped definition.
pub fn shipped_text(register: &str) -> Option<String> {
    let file = Shipped::get(&format!("{register}/definition.toml"))?;
    Some(String::from_utf8_lossy(&file.data).into_owned())
}

/// A template shipped beside a definition.
pub fn shipped_template(register: &str, name: &str) -> Option<Vec<u8>> {
    let file = Shipped::get(&format!("{register}/{name}"))?;
    Some(file.data.into_owned())
}

/// The shipped definitions with the district's own registers and versions on top, brought into force in the store.
///
/// # Errors
/// A shipped definition is broken, one of the district can no longer be read, or the store refuses it.
pub fn in_force(store: &Store, district: &District) -> Result<Definitions, AppError> {
    let own = store.read(district, |reader| reader.newest_definitions())?;
    let mut set = shipped()?;
    for version in own {
        set = with_own(set, &version)?;
    }
    store.define(&set.to_vec()).map_err(AppError::Store)?;
    Ok(set)
}

/// The district's version stands, unless the program brings a newer one that keeps all its fields.
fn with_own(set: Definitions, own: &DefinitionVersion) -> Result<Definitions, AppError> {
    let place = format!("{} {}", own.register, own.version);
    let (definition, findings) = register::parse(&place, &own.text);
    let Some(definition) = definition else {
        return Err(AppError::Invalid(findings));
    };
    let overtaken = set.get(&definition.id).is_some_and(|shipped| {
        is_newer(&shipped.version, &definition.version)
            && definition
                .stored_fields()
                .all(|field| shipped.field(&field.id).is_some())
    });
    Ok(if overtaken { set } else { set.with(definition) })
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
    use crate::{Actor, App, Clock, OpenOptions};
    use ground::Date;

    const BENCH: &str = r#"
[register]
id = "bench"
version = "1.0.0"
title = { "zh-CN" = "长椅台账" }
name_field = "name"
[[field]]
id = "name"
type = "text"
label = { "zh-CN" = "名称" }
"#;

    fn open(folder: &std::path::Path) -> App {
        App::open(OpenOptions {
            data: folder.to_owned(),
            database: None,
            district: None,
            district_name: None,
            clock: Clock::standing(Date::constant(2023, 3, 10)),
        })
        .expect("it opens")
    }

    fn note(app: &App, text: &'static str) {
        let meta = app.meta(&Actor::system(app), "新台账");
        let (definition, findings) = register::parse("definition.toml", text);
        let definition = definition.unwrap_or_else(|| panic!("{findings:?}"));
        app.write(move |writer| Ok(writer.note_definition(&definition, text, &meta)?))
            .expect("noted");
    }

    #[test]
    fn a_register_of_the_district_is_in_force_when_it_opens_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let app = open(folder.path());
        assert!(app.definition("bench").is_err());
        note(&app, BENCH);
        drop(app);
        let app = open(folder.path());
        assert_eq!(app.definition("bench").expect("bench").title.zh, "长椅台账");
        assert!(app.definition("project").is_ok());
    }

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
