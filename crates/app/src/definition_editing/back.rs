//! 退回上一版 The version before the one in force comes back, with its records: what the newer version mapped is mapped
//! back, what it gave up is taken from the history. Journal first: going back is a version of its own, with a higher
//! number, and nothing that was written since is lost from the history.

use super::{failures, need_edit, read};
use crate::App;
use crate::account::Actor;
use crate::definitions;
use crate::error::AppError;
use crate::page::definition::{DefinitionCheck, PlanChange, PlanView};
use crate::records::need_reason;
use crate::reports;
use crate::world::Setting;
use ground::{Finding, RecordId};
use register::migrate::{self, MigrationPlan};
use register::version::is_newer;
use register::{Definition, Field, FieldKind, Fields, Record, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{DefinitionVersion, Filter, NewDefinition, Op, Operand, Query, Withdrawn};

/// Goes back one version, or only says what that would do (`dry`).
///
/// # Errors
/// `Forbidden` for people who may not change definitions, `Invalid` when there is no version before, when a record has
/// no room in it, or without a reason.
pub fn revert(
    app: &App,
    actor: &Actor,
    register: &str,
    reason: &str,
    dry: bool,
) -> Result<DefinitionCheck, AppError> {
    need_edit(app, actor)?;
    if !dry {
        need_reason(reason)?;
    }
    let now = app.definition(register)?;
    let versions = app.read(|reader| reader.definition_versions(register))?;
    let text = former_text(&now, &versions)?;
    let (former, mut findings) = register::parse("definition.toml", &text);
    let Some(former) = former else {
        return Err(AppError::Invalid(findings));
    };
    let toml = renumbered(
        &text,
        &former.version,
        &free_version(&now.version, &versions),
    );
    let (definition, found) = read(app, &toml);
    findings.extend(found);
    let Some(definition) = definition.map(Arc::new) else {
        return Err(AppError::Invalid(findings));
    };
    let mut change = change(app, (&now, &former), (&definition, &toml), &versions)?;
    let tried = app.store().try_definition(app.district(), &change)?;
    let mut view = PlanView {
        changes: changes(app, &now, &definition, &former.version, tried.changed)?,
        failed: failures(app, &now, tried.failed)?,
        ..PlanView::default()
    };
    let records = usize::try_from(tried.records).unwrap_or(usize::MAX);
    view.converted = records.saturating_sub(view.failed.len());
    let checked = DefinitionCheck {
        findings,
        templates: reports::templates(app, &definition, &[])?,
        definition: Some(definition.clone()),
        plan: Some(view),
    };
    let failed = checked.plan.iter().flat_map(|plan| &plan.failed);
    let failed: Vec<Finding> = failed.map(|one| one.finding.clone()).collect();
    if dry {
        return Ok(checked);
    }
    if !failed.is_empty() {
        return Err(AppError::Invalid(failed));
    }
    change.files = reports::kept_with(app, &definition, &[])?;
    let meta = app.meta(actor, reason);
    app.store()
        .apply_definition(app.district(), change, &meta)?;
    app.bring_in(definition.as_ref().clone());
    Ok(checked)
}

/// The text of the version that was in force before.
fn former_text(now: &Definition, versions: &[DefinitionVersion]) -> Result<String, AppError> {
    let own = versions.iter().any(|one| one.version == now.version);
    let older = versions.iter().rev();
    let older = older
        .filter(|one| is_newer(&now.version, &one.version))
        .map(|one| one.text.clone())
        .next();
    let shipped = || {
        let text = definitions::shipped_text(&now.id)?;
        let (definition, _) = register::parse("definition.toml", &text);
        let before = definition.is_some_and(|one| is_newer(&now.version, &one.version));
        before.then_some(text)
    };
    older.or_else(shipped).filter(|_| own).ok_or_else(|| {
        AppError::invalid(Finding::error(
            "migrate.no_former",
            now.id.clone(),
            format!("“{}”只有这一版，没有上一版可退。", now.title.zh),
            "要改回原来的样子，请在台账定义里改。",
        ))
    })
}

/// The next number that no version has.
fn free_version(now: &str, versions: &[DefinitionVersion]) -> String {
    let plain = now.split(['-', '+']).next().unwrap_or(now);
    let (head, last) = plain.rsplit_once('.').unwrap_or((plain, "0"));
    let last: u64 = last.parse().unwrap_or(0);
    let mut numbers = (last + 1..).map(|number| format!("{head}.{number}"));
    let free = |one: &String| versions.iter().all(|known| known.version != *one);
    numbers
        .find(free)
        .unwrap_or_else(|| format!("{head}.{}", last + 1))
}

/// The text under another number: of the line in `[register]`, which comes first.
fn renumbered(text: &str, from: &str, to: &str) -> String {
    let is_version = |line: &&str| line.trim_start().starts_with("version") && line.contains(from);
    match text.lines().find(is_version) {
        Some(line) => text.replacen(line, &line.replacen(from, to, 1), 1),
        None => text.to_owned(),
    }
}

/// The way back for every record.
fn change(
    app: &App,
    (now, former): (&Arc<Definition>, &Definition),
    (definition, toml): (&Arc<Definition>, &str),
    versions: &[DefinitionVersion],
) -> Result<NewDefinition, AppError> {
    let (plan, _) = migrate::plan(former, now);
    let since = versions.iter().find(|one| one.version == now.version);
    let since = since.map(|one| one.at.clone()).unwrap_or_default();
    let before = held_before(app, (now, former), &since)?;
    let (setting, to) = (Setting::new(app, None), definition.clone());
    let from = now.version.clone();
    Ok(NewDefinition {
        old: Some(now.as_ref().clone()),
        new: definition.as_ref().clone(),
        toml: toml.to_owned(),
        files: Vec::new(),
        convert: Box::new(move |record| {
            let back = go_back(&plan, record, before.get(&record.id), (&setting, &to))?;
            Ok(following(back, &from, &to))
        }),
        progress: Box::new(|_, _| {}),
    })
}

fn go_back(
    plan: &MigrationPlan,
    record: &Record,
    former: Option<&Fields>,
    (setting, to): (&Setting, &Definition),
) -> Result<Fields, Vec<Finding>> {
    let mut back = migrate::go_back(plan, record, former, setting.moment(to));
    back.retain(|id, _| to.field(id).is_some());
    let homeless: Vec<Finding> = to
        .stored_fields()
        .filter_map(|field| homeless(field, back.get(&field.id)?))
        .collect();
    match homeless.is_empty() {
        true => Ok(back),
        false => Err(homeless),
    }
}

/// An option that only the newer version has.
fn homeless(field: &Field, value: &Value) -> Option<Finding> {
    let FieldKind::Code { .. } = field.kind else {
        return None;
    };
    let code = value
        .as_text()
        .filter(|code| field.choice(code).is_none())?;
    Some(Finding::error(
        "migrate.no_room",
        field.id.clone(),
        format!("“{}”现在是“{code}”，上一版没有这个选项。", field.label.zh),
        "请先把这些记录改选上一版有的，再退回。",
    ))
}

/// A case that followed the newer workflow follows the one that comes back.
fn following(mut fields: Fields, from: &str, to: &Definition) -> Fields {
    let newer = fields.get("flow_version").and_then(Value::as_text) == Some(from);
    if newer {
        fields.insert("flow_version".to_owned(), Value::Text(to.version.clone()));
    }
    fields
}

/// What each record held before the newer version came, under the names of the older one.
fn held_before(
    app: &App,
    (now, former): (&Definition, &Definition),
    since: &str,
) -> Result<BTreeMap<RecordId, Fields>, AppError> {
    let everything = Query {
        withdrawn: Withdrawn::With,
        ..Query::default()
    };
    app.look(|reader| {
        let mut held = BTreeMap::new();
        for stored in reader.all(&now.id, &everything)? {
            let history = reader.history(&now.id, stored.record.id)?;
            let carried = history.iter().rposition(|step| {
                step.entry.action == "migrate" && step.entry.at.as_str() >= since
            });
            let before = carried.and_then(|at| history.get(at.checked_sub(1)?));
            if let Some(before) = before {
                held.insert(
                    stored.record.id,
                    as_then(&before.record.fields, now, former),
                );
            }
        }
        Ok(held)
    })
}

/// Values of the history under the names of then: the history tells them under the names of today.
fn as_then(fields: &Fields, now: &Definition, former: &Definition) -> Fields {
    let value = |field: &Field| {
        let renamed = now
            .fields
            .iter()
            .find(|one| one.renamed_from.as_deref() == Some(&field.id));
        let archived = format!("{}_archived", field.id);
        let names = [
            Some(archived.as_str()),
            renamed.map(|one| one.id.as_str()),
            Some(&field.id),
        ];
        let mut found = names.into_iter().flatten().filter_map(|id| fields.get(id));
        found.find(|value| value.fits(field)).cloned()
    };
    let known = former.stored_fields();
    known
        .filter_map(|field| Some((field.id.clone(), value(field)?)))
        .collect()
}

/// What going back does, in words: one line for the whole, one for each field that the older version does not know.
fn changes(
    app: &App,
    now: &Definition,
    definition: &Definition,
    former: &str,
    changed: u64,
) -> Result<Vec<PlanChange>, AppError> {
    let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let mut lines = vec![PlanChange {
        kind: "mapped".to_owned(),
        text: format!(
            "退回 {former} 版的字段和流程，记为 {} 版",
            definition.version
        ),
        count: count(changed),
    }];
    let kept = |field: &&Field| {
        let renamed = field.renamed_from.as_deref();
        definition.field(&field.id).is_none()
            && renamed.is_none_or(|id| definition.field(id).is_none())
    };
    for field in now.stored_fields().filter(kept) {
        let filled = Filter {
            field: field.id.clone(),
            op: Op::IsMissing,
            value: Operand::One(Value::Bool(false)),
        };
        let query = Query::default().filter(filled);
        let filled = app
            .read(|reader| reader.count(&now.id, &query))
            .unwrap_or(0);
        lines.push(PlanChange {
            kind: "archiving".to_owned(),
            text: format!("“{}”停用，现在的值留档", field.label.zh),
            count: count(filled),
        });
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_back_takes_the_next_number_that_is_free() {
        let version = |text: &str| DefinitionVersion {
            register: "a".into(),
            version: text.into(),
            digest: String::new(),
            text: String::new(),
            at: String::new(),
            actor: String::new(),
        };
        let known = [version("1.0.0"), version("2.0.0"), version("2.0.1")];
        assert_eq!(free_version("2.0.0", &known), "2.0.2");
        let text = "[register]\nid = \"a\"\nversion = \"1.0.0\"\n[[migrate]]\nfrom = \"1.0.0\"\n";
        assert_eq!(
            renumbered(text, "1.0.0", "2.0.2"),
            "[register]\nid = \"a\"\nversion = \"2.0.2\"\n[[migrate]]\nfrom = \"1.0.0\"\n"
        );
    }
}
