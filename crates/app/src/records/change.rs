//! 修改 Fields of a record changed inside a write: what follows from them computed anew, the clock set by the new day.

use crate::directory;
use crate::error::AppError;
use crate::flow::{Desk, pinned};
use crate::permit::Access;
use crate::settle::{Draft, changes};
use crate::world::StoreWorld;
use ground::{Finding, RecordId, Severity};
use register::{Definition, Field, Fields, Record};
use store::Writer;

/// Writes the given fields of a record. `access` is asked whether its person reaches the place the record goes to;
/// none where a right over the whole (a project's plan) has been asked already.
pub(crate) fn write(
    writer: &mut Writer<'_>,
    desk: &Desk,
    access: Option<&Access>,
    definition: &Definition,
    (id, version): (RecordId, i64),
    given: &[String],
    values: Fields,
) -> Result<(), AppError> {
    let before = writer.reader().get(&definition.id, id)?.record;
    if before.version != version {
        return Err(AppError::Stale {
            current: before.version,
        });
    }
    let after = {
        let mut reader = writer.reader();
        let followed = pinned(&mut reader, definition, &before)?;
        need_editable(&followed, &before, given, &values)?;
        let user = desk.user(&mut reader)?;
        let world = StoreWorld::new(&mut reader, &desk.setting);
        let draft = Draft {
            definition: &followed,
            before: Some(&before),
            setting: &desk.setting,
            user: Some(&user),
            world: &world,
        };
        let after = merged(&draft, &before, given, values);
        let mut findings = once_only(definition, &before, &after);
        findings.extend(draft.findings(&after));
        findings.retain(|finding| finding.severity == Severity::Error);
        world.finish()?;
        if !findings.is_empty() {
            return Err(AppError::Invalid(findings));
        }
        after
    };
    if let Some(finding) =
        crate::cycle::closed(&mut writer.reader(), &desk.setting, definition, &after)?
    {
        return Err(AppError::invalid(finding));
    }
    let changes = changes(&before.fields, &after);
    let record = writer.update(&definition.id, id, version, changes, &desk.meta)?;
    let home = directory::home_path(
        &mut writer.reader(),
        definition,
        &record.fields,
        &record.org,
    )?;
    if home != record.org && definition.id != "organisation" {
        if let Some(access) = access {
            access.need_reach(&home)?;
        }
        writer.assign(&definition.id, id, record.version, home, &desk.meta)?;
    }
    Ok(())
}

fn merged(draft: &Draft<'_>, before: &Record, given: &[String], mut values: Fields) -> Fields {
    let mut after = before.fields.clone();
    for id in given {
        match values.remove(id).filter(|value| !value.is_empty()) {
            Some(value) => after.insert(id.clone(), value),
            None => after.remove(id),
        };
    }
    let mut after = draft.settled(after);
    if draft.definition.flow.is_some() {
        let retimed = register::flow::retimed(&draft.scope(&after));
        crate::flow::apply(&mut after, &retimed);
    }
    after
}

/// A state may leave only some fields open, or none. What a form sends back unchanged stands against nobody.
fn need_editable(
    definition: &Definition,
    record: &Record,
    given: &[String],
    values: &Fields,
) -> Result<(), AppError> {
    let Some(open) = super::look::editable_in(definition, &record.fields) else {
        return Ok(());
    };
    let filled = |id: &String| values.get(id).filter(|value| !value.is_empty());
    let closed: Vec<Finding> = given
        .iter()
        .filter(|id| !open.contains(*id) && filled(id) != record.fields.get(*id))
        .filter_map(|id| definition.field(id))
        .map(|field| not_editable(definition, record, field))
        .collect();
    if closed.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(closed))
    }
}

/// Says that a state keeps a field closed, and who may change it by which act.
pub(crate) fn not_editable(definition: &Definition, record: &Record, field: &Field) -> Finding {
    let state = record.text("state").unwrap_or_default();
    let flow = definition.flow.as_ref();
    let here = flow.map_or_else(String::new, |flow| crate::flow::view::label_of(flow, state));
    let ways = register::flow::ways_to_change(definition, state, &field.id);
    let remedy = match (ways.is_empty(), &definition.owner) {
        (false, _) => format!("可由这些办理改变：{}。", ways.join("、")),
        (true, Some(owner)) => format!("确有错误的，请报{owner}退回或更正。"),
        (true, None) => "确有错误的，请报督查员退回或更正。".to_owned(),
    };
    Finding::error(
        "record.not_editable",
        field.label.zh.clone(),
        format!("现在是“{here}”，“{}”不能直接修改。", field.label.zh),
        remedy,
    )
}

/// 只填一次. What was set once stays.
fn once_only(definition: &Definition, before: &Record, after: &Fields) -> Vec<Finding> {
    let fields = definition.fields.iter().filter(|field| field.set_once);
    let changed = fields.filter(|field| {
        let old = before.fields.get(&field.id);
        old.is_some() && old != after.get(&field.id)
    });
    changed
        .map(|field| {
            Finding::error(
                "record.set_once",
                field.label.zh.clone(),
                format!("“{}”填过以后不能再改。", field.label.zh),
                "请保留原值。",
            )
        })
        .collect()
}
