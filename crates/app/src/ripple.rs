//! 随引用更新 Stored values that rest on other records follow them in the same write: when an institution's licence is
//! prolonged, its devices say so at once, in lists, filters, files and figures alike.

use crate::definitions::Definitions;
use crate::directory;
use crate::error::AppError;
use crate::flow::pinned;
use crate::settle::{Draft, changes};
use crate::world::{Setting, StoreWorld};
use ground::RecordId;
use register::expr::Reach;
use register::{Definition, Fields, Record, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Filter, Meta, Op, Query, Reader, StoreError, Writer};

/// Changes that follow from changes, in a row. A circle of registers ends here.
const DEEP: usize = 4;
/// Ids in one question.
const AT_ONCE: usize = 200;

/// A register whose stored values rest on another's records.
#[derive(Clone, Debug)]
pub(crate) struct Dependent {
    /// The register.
    pub register: String,
    /// On what.
    pub reach: Reach,
}

/// Who rests on whom, by the register rested on.
pub(crate) fn dependents(all: &Definitions) -> BTreeMap<String, Vec<Dependent>> {
    let mut found: BTreeMap<String, Vec<Dependent>> = BTreeMap::new();
    for definition in all.iter() {
        for reach in definition.reaches(all) {
            let of = found.entry(reach.register.clone()).or_default();
            of.push(Dependent {
                register: definition.id.clone(),
                reach,
            });
        }
    }
    found
}

/// Lets the records that rest on a changed one follow, and those that rest on them.
///
/// # Errors
/// The store's.
pub(crate) fn follow(
    writer: &mut Writer<'_>,
    setting: &Setting,
    meta: &Meta,
    register: &str,
    (before, after): (&Record, &Record),
) -> Result<(), AppError> {
    spread(writer, setting, meta, register, (before, after), DEEP)
}

fn spread(
    writer: &mut Writer<'_>,
    setting: &Setting,
    meta: &Meta,
    register: &str,
    (before, after): (&Record, &Record),
    left: usize,
) -> Result<(), AppError> {
    let resting = setting.definitions.dependents(register);
    let moved = |one: &&Dependent| {
        let field = one.reach.field.as_str();
        before.withdrawn != after.withdrawn
            || before.org != after.org && field == "org"
            || before.number != after.number && field == "number"
            || before.fields.get(field) != after.fields.get(field)
    };
    let mut found: BTreeMap<&str, BTreeSet<RecordId>> = BTreeMap::new();
    for one in resting.iter().filter(moved) {
        let ids = pointing(&mut writer.reader(), setting, one, after.id)?;
        found.entry(&one.register).or_default().extend(ids);
    }
    for (register, ids) in found {
        let Some(definition) = setting.definitions.get(register).cloned() else {
            continue;
        };
        for id in ids {
            let changed = settle(writer, setting, meta, &definition, id)?;
            if let (Some((before, after)), true) = (changed, left > 0) {
                spread(writer, setting, meta, register, (&before, &after), left - 1)?;
            }
        }
    }
    Ok(())
}

/// Records of a register that point, by the fields of a reach, at a record: asked from the end of the way to its
/// beginning.
fn pointing(
    reader: &mut Reader<'_>,
    setting: &Setting,
    one: &Dependent,
    id: RecordId,
) -> Result<Vec<RecordId>, StoreError> {
    let mut registers = vec![one.register.clone()];
    for field in &one.reach.by[..one.reach.by.len() - 1] {
        let here = registers.last().and_then(|id| setting.definitions.get(id));
        let kind = here.and_then(|here| Some(&here.field(field)?.kind));
        let target = kind.and_then(|kind| match kind {
            register::FieldKind::Org => Some("organisation".to_owned()),
            kind => kind.target().map(str::to_owned),
        });
        let Some(target) = target else {
            return Ok(Vec::new());
        };
        registers.push(target);
    }
    let mut ids = vec![id];
    for (register, field) in registers.iter().zip(&one.reach.by).rev() {
        ids = holding(reader, setting, register, field, &ids)?;
    }
    Ok(ids)
}

fn holding(
    reader: &mut Reader<'_>,
    setting: &Setting,
    register: &str,
    field: &str,
    ids: &[RecordId],
) -> Result<Vec<RecordId>, StoreError> {
    let definition = setting.definitions.get(register);
    let Some(kept) = definition
        .and_then(|one| one.field(field))
        .filter(|one| !one.live)
    else {
        return Ok(Vec::new());
    };
    let many = matches!(kept.kind, register::FieldKind::Refs { .. });
    let filters: Vec<Filter> = if many {
        let one = |id: &RecordId| Filter::new(field, Op::Contains, Value::Ref(*id));
        ids.iter().map(one).collect()
    } else {
        let some =
            |ids: &[RecordId]| Filter::one_of(field, ids.iter().copied().map(Value::Ref).collect());
        ids.chunks(AT_ONCE).map(some).collect()
    };
    let mut found = Vec::new();
    for filter in filters {
        let all = reader.all(register, &Query::default().filter(filter))?;
        found.extend(all.into_iter().map(|stored| stored.record.id));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Works the computed values of a record out anew; none when nothing of it changes.
fn settle(
    writer: &mut Writer<'_>,
    setting: &Setting,
    meta: &Meta,
    definition: &Arc<Definition>,
    id: RecordId,
) -> Result<Option<(Record, Record)>, AppError> {
    let before = writer.reader().get(&definition.id, id)?.record;
    let after = settled(&mut writer.reader(), setting, definition, &before)?;
    let changes = changes(&before.fields, &after);
    if changes.is_empty() {
        return Ok(None);
    }
    let mut record = writer.update(&definition.id, id, before.version, changes, meta)?;
    let fields = record.fields.clone();
    let home = directory::home_path(&mut writer.reader(), definition, &fields, &record.org)?;
    if home != record.org && definition.id != "organisation" {
        record = writer.assign(&definition.id, id, record.version, home, meta)?;
    }
    Ok(Some((before, record)))
}

fn settled(
    reader: &mut Reader<'_>,
    setting: &Setting,
    definition: &Arc<Definition>,
    before: &Record,
) -> Result<Fields, AppError> {
    let followed = pinned(reader, definition, before)?;
    let world = StoreWorld::new(reader, setting);
    let draft = Draft {
        definition: &followed,
        before: Some(before),
        setting,
        user: None,
        world: &world,
    };
    let mut after = draft.settled(before.fields.clone());
    if followed.flow.is_some() {
        let retimed = register::flow::retimed(&draft.scope(&after));
        crate::flow::apply(&mut after, &retimed);
    }
    world.finish()?;
    Ok(after)
}
