//! 改台账 A definition looked at, checked against the records that are there, and brought into force while people work.
//! Nothing is lost: what a new version cannot take over refuses the whole of it.

mod back;

pub use back::revert;

use crate::App;
use crate::account::{self, Actor};
use crate::definitions;
use crate::error::AppError;
use crate::page::definition::{
    DefinitionCheck, DefinitionPage, PlanChange, PlanFailure, PlanView, VersionLine,
};
use crate::records::need_reason;
use crate::reports::{self, TemplateFile};
use crate::world::Setting;
use ground::{Finding, RecordId, Severity};
use register::migrate::{self, ChangeClass};
use register::{Definition, Field, FieldKind, Record, Value};
use std::sync::Arc;
use store::{Filter, NewDefinition, Op, Operand, Query};

/// Longest text of a definition; the longest shipped one has a thirtieth of it.
const TEXT_BYTES: usize = 1024 * 1024;

/// The text of a definition in force and its versions.
///
/// # Errors
/// `NotFound` when there is no such register.
pub fn see(app: &App, actor: &Actor, register: &str) -> Result<DefinitionPage, AppError> {
    actor.need_read()?;
    let definition = app.definition(register)?;
    let versions = app.read(|reader| reader.definition_versions(register))?;
    let toml = text_in_force(&definition, &versions);
    let people = account::names(app)?;
    let line = |one: &store::DefinitionVersion| VersionLine {
        version: one.version.clone(),
        at: one.at.clone(),
        actor_name: people.get(&one.actor).cloned().unwrap_or(one.actor.clone()),
    };
    Ok(DefinitionPage {
        id: register.to_owned(),
        toml,
        version: definition.version.clone(),
        versions: versions.iter().rev().map(line).collect(),
        core: definition.core,
        templates: reports::templates(app, &definition, &[])?,
    })
}

/// The text that is in force: the district's own, or the one shipped.
fn text_in_force(definition: &Definition, versions: &[store::DefinitionVersion]) -> String {
    let mut latest_first = versions.iter().rev();
    match latest_first.find(|one| one.version == definition.version) {
        Some(version) => version.text.clone(),
        None => definitions::shipped_text(&definition.id).unwrap_or_default(),
    }
}

/// Whether this person may bring definitions into force: the whole district rests on them.
pub fn may_edit(app: &App, actor: &Actor) -> bool {
    actor.may_write() && actor.scope(app).is_none() && actor.roles.iter().any(|r| r == "supervisor")
}

fn need_edit(app: &App, actor: &Actor) -> Result<(), AppError> {
    if may_edit(app, actor) {
        return Ok(());
    }
    Err(AppError::Forbidden(
        "台账定义由区督查室修改，请把要改的内容交给督查室".to_owned(),
    ))
}

/// Reads a text as a definition and says what bringing it into force would do. Nothing is written.
///
/// # Errors
/// `Forbidden` for people who may not change definitions.
pub fn check(app: &App, actor: &Actor, toml: &str) -> Result<DefinitionCheck, AppError> {
    check_with(app, actor, toml, &[])
}

/// The same with the templates that come along.
///
/// # Errors
/// `Forbidden` for people who may not change definitions.
pub fn check_with(
    app: &App,
    actor: &Actor,
    toml: &str,
    files: &[TemplateFile],
) -> Result<DefinitionCheck, AppError> {
    need_edit(app, actor)?;
    let mut checked = examine(app, toml, files)?;
    let id = checked.definition.as_ref().map(|one| one.id.clone());
    if let Some(before) = id.and_then(|id| app.definition(&id).ok()) {
        let versions = app.read(|reader| reader.definition_versions(&before.id))?;
        // Who only reads the text in force has changed nothing that would need a version of its own.
        let unchanged =
            text_in_force(&before, &versions) == toml && reports::in_force(app, &before, files)?;
        let raised = |finding: &Finding| finding.code != "migrate.version_not_raised";
        checked.findings.retain(|one| !unchanged || raised(one));
    }
    Ok(checked)
}

/// What stands against a text and what it would do.
fn examine(app: &App, toml: &str, files: &[TemplateFile]) -> Result<DefinitionCheck, AppError> {
    let (definition, mut findings) = read(app, toml);
    let Some(definition) = definition else {
        return Ok(DefinitionCheck {
            findings,
            ..DefinitionCheck::default()
        });
    };
    let definition = Arc::new(definition);
    findings.extend(reports::check_templates(app, &definition, files)?);
    findings.extend(undecided_permits(app, &definition));
    let plan = plan(app, &definition, toml, &mut findings)?;
    findings.extend(already_held(app, &definition));
    Ok(DefinitionCheck {
        findings,
        templates: reports::templates(app, &definition, files)?,
        definition: Some(definition),
        plan: Some(plan),
    })
}

/// Brings a definition into force: a new register, or a new version of one. All records go over with it, or nothing
/// changes.
///
/// # Errors
/// `Invalid` with what stands against it; warnings do not.
pub fn apply(
    app: &App,
    actor: &Actor,
    toml: &str,
    reason: &str,
) -> Result<DefinitionCheck, AppError> {
    apply_with(app, actor, toml, reason, &[])
}

/// The same with the templates that come along; those that do not come stay as they are.
///
/// # Errors
/// `Invalid` with what stands against it; warnings do not.
pub fn apply_with(
    app: &App,
    actor: &Actor,
    toml: &str,
    reason: &str,
    files: &[TemplateFile],
) -> Result<DefinitionCheck, AppError> {
    need_edit(app, actor)?;
    need_reason(reason)?;
    let checked = examine(app, toml, files)?;
    let refused = |finding: &Finding| finding.severity == Severity::Error;
    let failed = checked
        .plan
        .as_ref()
        .is_some_and(|plan| !plan.failed.is_empty());
    let Some(definition) = checked.definition.clone() else {
        return Err(AppError::Invalid(checked.findings));
    };
    if failed || checked.findings.iter().any(refused) {
        let mut findings = checked.findings;
        let failures = checked.plan.into_iter().flat_map(|plan| plan.failed);
        findings.extend(failures.map(|failure| failure.finding));
        return Err(AppError::Invalid(findings));
    }
    let mut change = change(app, &definition, toml)?;
    change.files = reports::kept_with(app, &definition, files)?;
    let meta = app.meta(actor, reason);
    app.store()
        .apply_definition(app.district(), change, &meta)?;
    app.bring_in(definition.as_ref().clone());
    Ok(checked)
}

/// The definition on its way into force, with the carrying over of records.
fn change(app: &App, definition: &Arc<Definition>, toml: &str) -> Result<NewDefinition, AppError> {
    let old = app.definitions().get(&definition.id).cloned();
    let convert: Box<store::Convert> = match &old {
        None => Box::new(|record: &Record| Ok(record.fields.clone())),
        Some(old) => {
            let (plan, _) = migrate::plan(old, definition);
            let (setting, of) = (Setting::new(app, None), definition.clone());
            Box::new(move |record: &Record| {
                migrate::convert(&plan, record, setting.moment(&of)).map(|done| done.fields)
            })
        }
    };
    Ok(NewDefinition {
        old: old.as_deref().cloned(),
        new: definition.as_ref().clone(),
        toml: toml.to_owned(),
        files: Vec::new(),
        convert,
        progress: Box::new(|_, _| {}),
    })
}

/// The definition of a text with all that is wrong with it among the registers of the district.
fn read(app: &App, toml: &str) -> (Option<Definition>, Vec<Finding>) {
    if toml.len() > TEXT_BYTES {
        let problem = format!("定义有 {} 字节。", toml.len());
        let remedy = "请控制在 1 MB 以内。";
        let finding = Finding::error("definition.long", "definition.toml", problem, remedy);
        return (None, vec![finding]);
    }
    let (definition, mut findings) = register::parse("definition.toml", toml);
    let Some(definition) = definition else {
        return (None, findings);
    };
    let set = app.definitions().with(definition.clone());
    findings.extend(register::check_set(&set.to_vec()));
    (Some(definition), findings)
}

/// What a new version does to the records that are there.
fn plan(
    app: &App,
    definition: &Arc<Definition>,
    toml: &str,
    findings: &mut Vec<Finding>,
) -> Result<PlanView, AppError> {
    let Ok(before) = app.definition(&definition.id) else {
        return Ok(PlanView::default());
    };
    let refused = findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    findings.extend(kept_core(&before, definition));
    let (plan, unmapped) = migrate::plan(&before, definition);
    let mapped = !unmapped
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    findings.extend(unmapped);
    let changes = plan
        .changes
        .iter()
        .map(|change| told(app, definition, change));
    let mut view = PlanView {
        changes: changes.collect::<Result<_, _>>()?,
        ..PlanView::default()
    };
    // What is not mapped cannot be tried.
    if refused || !mapped {
        return Ok(view);
    }
    let tried = app
        .store()
        .try_definition(app.district(), &change(app, definition, toml)?)?;
    view.failed = failures(app, &before, tried.failed)?;
    let done = usize::try_from(tried.records).unwrap_or(usize::MAX);
    view.converted = done.saturating_sub(view.failed.len());
    Ok(view)
}

/// A change in words, with the records that have a value there.
fn told(
    app: &App,
    definition: &Definition,
    change: &migrate::PlanChange,
) -> Result<PlanChange, AppError> {
    let count = match &change.field {
        None => 0,
        Some(field) if field.contains('.') => 0,
        Some(field) => {
            let query = Query::default().filter(concerned(app, definition, field, change));
            // A field that no column holds touches nothing that is stored.
            app.read(|reader| reader.count(&definition.id, &query))
                .unwrap_or(0)
        }
    };
    let kind = match change.class {
        ChangeClass::Free => "free",
        ChangeClass::Mapped => "mapped",
        ChangeClass::Archiving => "archiving",
    };
    Ok(PlanChange {
        kind: kind.to_owned(),
        text: change.text.clone(),
        count: usize::try_from(count).unwrap_or(usize::MAX),
    })
}

/// The records that a change concerns: those with the old option, else those with any value in the field.
fn concerned(
    app: &App,
    definition: &Definition,
    field: &str,
    change: &migrate::PlanChange,
) -> Filter {
    let before = app.definition(&definition.id).ok();
    let old = before.as_ref().and_then(|one| one.field(field));
    let many = old.is_some_and(|one| matches!(one.kind, FieldKind::Codes { .. }));
    match &change.value {
        Some(code) if many => Filter::new(field, Op::Contains, Value::Text(code.clone())),
        Some(code) => Filter::eq(field, Value::Text(code.clone())),
        None => Filter {
            field: field.to_owned(),
            op: Op::IsMissing,
            value: Operand::One(Value::Bool(false)),
        },
    }
}

/// Records that cannot be carried over, one line for each reason.
fn failures(
    app: &App,
    before: &Definition,
    failed: Vec<(RecordId, Vec<Finding>)>,
) -> Result<Vec<PlanFailure>, AppError> {
    let ids: Vec<RecordId> = failed.iter().map(|(id, _)| *id).collect();
    let records = app.read(|reader| reader.get_many(&before.id, &ids))?;
    let title = |id: RecordId| {
        let found = records.iter().find(|stored| stored.record.id == id);
        let record = found.map(|stored| &stored.record);
        let name = record.and_then(|record| record.name(before).or(record.number.as_deref()));
        name.map_or_else(|| id.to_string(), str::to_owned)
    };
    let line = |(id, findings): (RecordId, Vec<Finding>)| {
        let title = title(id);
        findings.into_iter().map(move |finding| PlanFailure {
            id: id.to_string(),
            title: title.clone(),
            finding,
        })
    };
    Ok(failed.into_iter().flat_map(line).collect())
}

/// The program reads core fields by name: they stay, with their types.
fn kept_core(before: &Definition, after: &Definition) -> Vec<Finding> {
    let core = before.fields.iter().filter(|field| field.core);
    let kept = |field: &Field| {
        let now = after.field(&field.id);
        now.is_some_and(|now| now.kind.keyword() == field.kind.keyword())
    };
    let lost = |field: &Field| {
        Finding::error(
            "definition.core",
            format!("{}.{}", after.id, field.id),
            format!(
                "字段“{}”是系统要用的，不能去掉，也不能改类型。",
                field.label.zh
            ),
            "请恢复这个字段；名称和说明可以改。",
        )
    };
    core.filter(|field| !kept(field)).map(lost).collect()
}

/// Lists, totals and files are narrowed by the database: a permit whose condition it cannot decide would show other
/// records in the list than one by one.
fn undecided_permits(app: &App, definition: &Arc<Definition>) -> Vec<Finding> {
    let setting = Setting::new(app, None);
    let nobody = register::expr::User::default();
    let none = register::Fields::new();
    let scope = register::expr::Scope {
        user: Some(&nobody),
        ..register::expr::Scope::new(definition, &none, setting.moment(definition))
    };
    let filters = definition.permits.iter().enumerate();
    let filters = filters.filter_map(|(at, permit)| Some((at, permit.filter.as_ref()?)));
    filters
        .filter(|(_, filter)| {
            let bound = register::expr::bind(&definition.expand(filter), &scope);
            !app.store().able_in(definition, &bound)
        })
        .map(|(at, filter)| {
            Finding::error(
                "definition.permit_filter",
                format!("permit[{at}].filter"),
                format!(
                    "权限条件“{}”不能由数据库直接判断，列表和合计会与记录不一致。",
                    filter.text()
                ),
                "请改用本台账存下的字段作条件，例如先设一个计算字段再比较它。",
            )
        })
        .collect()
}

/// 一数一源. A definition that starts to ask for what is held already is told so; what it asked before stands.
fn already_held(app: &App, definition: &Definition) -> Vec<Finding> {
    let all = app.definitions();
    let asked_before = |finding: &Finding| {
        let field = finding.place.rsplit('.').next().unwrap_or_default();
        let before = all.get(&definition.id).and_then(|one| one.field(field));
        let now = definition.field(field).map(|one| one.kind.keyword());
        before.is_some_and(|one| Some(one.kind.keyword()) == now)
    };
    let mut held = register::asks::already_held(definition, all.iter().map(Arc::as_ref));
    held.retain(|finding| !asked_before(finding));
    held
}
