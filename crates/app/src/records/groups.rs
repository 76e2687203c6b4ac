//! 分组 Records counted by one or two values: the columns of a board, the cells of a matrix.

use super::ListQuery;
use super::select::{Asker, Selection, number_of, put_in_moving, sum_text, total};
use crate::App;
use crate::account::Actor;
use crate::directory::{NamesOf, collect, names_in};
use crate::error::AppError;
use crate::permit::Access;
use crate::world::{Setting, StoreWorld};
use ground::{Date, Finding, RecordId};
use register::expr::{Expr, Scope, value_of};
use register::law::Ability;
use register::{Field, FieldKind, Fields, Value, compare};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use store::{Aggregate, AggregateRow, Query, Reader, StoreError, Stored};

/// Groups at most; more are no table that anybody reads.
const GROUPS: usize = 2_000;

/// A group.
#[derive(Clone, Debug)]
pub struct GroupLine {
    /// Its values, one for each field asked: the value as the API writes it, and in words.
    pub keys: Vec<(serde_json::Value, String)>,
    /// Records.
    pub count: usize,
    /// Sums over them.
    pub sums: BTreeMap<String, String>,
}

/// One field by which records are grouped.
struct By {
    path: String,
    value: Expr,
    field: Field,
}

/// The records of a list, grouped.
///
/// # Errors
/// `Invalid` without fields, with more than two, or when a condition cannot be read.
pub fn groups(
    app: &App,
    actor: &Actor,
    register: &str,
    by: &[String],
    asked: &ListQuery,
    day: Option<Date>,
) -> Result<Vec<GroupLine>, AppError> {
    let definition = app.definition(register)?;
    let access = Access::new(app, actor, &definition)?;
    access.need(Ability::Read)?;
    let seen = access.seen_definition();
    let query = access.narrow(super::asked_for(app, &access, &definition, asked, day)?);
    let setting = Setting::new(app, day);
    app.look(|reader| {
        let asker = Asker {
            app,
            access: &access,
            definition: &seen,
            setting: &setting,
            user: access.user(),
        };
        let by = keys(&asker, by)?;
        let selection = Selection::of(&asker, asked, query, reader)?;
        let summed = summed(&asker, &asked.sums);
        let counted = match selection.in_database(&asker) {
            Some(query) => count(reader, &asker, query, &by, &summed)?,
            None => None,
        };
        let mut grouped = match counted {
            Some(grouped) => grouped,
            None => {
                let mut all = selection.all(&asker, reader)?;
                put_in_moving(&asker, reader, &mut all)?;
                gather(&asker, reader, &by, (&summed, &all))?
            }
        };
        in_order(&by, &mut grouped);
        if let [only] = by.as_slice() {
            add_empty(only, &mut grouped);
        }
        if grouped.len() > GROUPS {
            return Err(too_many(grouped.len()));
        }
        lines(&asker, reader, &by, &summed, grouped)
    })
}

fn keys(asker: &Asker<'_>, by: &[String]) -> Result<Vec<By>, AppError> {
    if !(1..=2).contains(&by.len()) {
        return Err(AppError::invalid(Finding::error(
            "groups.by",
            "by",
            format!("指定了 {} 个分组字段。", by.len()),
            "请在 by 里写一个或两个字段，用逗号分开。",
        )));
    }
    by.iter()
        .map(|path| {
            let (value, field) = asker.path(path, "by")?;
            let path = path.clone();
            Ok(By { path, value, field })
        })
        .collect()
}

/// Records of one key, counted and added up: fen, or the fields' own scales.
struct Group {
    keys: Vec<Option<Value>>,
    count: usize,
    totals: Vec<i64>,
}

/// Fields to add up that there are.
fn summed<'a>(asker: &Asker<'a>, fields: &[String]) -> Vec<&'a Field> {
    let known = fields.iter().filter_map(|id| asker.definition.field(id));
    known.collect()
}

/// Counted by the database; none where a value is no column of its own or cannot be added there.
fn count(
    reader: &mut Reader<'_>,
    asker: &Asker<'_>,
    query: &Query,
    by: &[By],
    summed: &[&Field],
) -> Result<Option<Vec<Group>>, AppError> {
    use FieldKind as K;
    let single = |kind: &FieldKind| {
        let many = matches!(
            kind,
            K::TextList | K::Codes { .. } | K::Refs { .. } | K::Attachment | K::Table { .. }
        );
        // An amount may carry a bound beside its number.
        !many && *kind != K::Money
    };
    let adds = |field: &&Field| {
        let number = matches!(
            field.kind,
            K::Int | K::Percent | K::Money | K::Decimal { .. }
        );
        number && !field.live
    };
    if !by.iter().all(|one| single(&one.field.kind)) || !summed.iter().all(adds) {
        return Ok(None);
    }
    let paths: Vec<&str> = by.iter().map(|one| one.path.as_str()).collect();
    let register = &asker.definition.id;
    let counted = match reader.aggregate(register, query, &paths, &Aggregate::Count) {
        Ok(rows) => rows,
        Err(StoreError::Unknown { .. } | StoreError::Query { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let group = |row: AggregateRow| Group {
        keys: row.keys,
        count: usize::try_from(row.records).unwrap_or(usize::MAX),
        totals: Vec::new(),
    };
    let mut groups: Vec<Group> = counted.into_iter().map(group).collect();
    for field in summed {
        let sum = Aggregate::Sum(field.id.clone());
        let rows = reader.aggregate(register, query, &paths, &sum)?;
        // The same conditions over the same snapshot give the same groups in the same order.
        for (group, row) in groups.iter_mut().zip(rows) {
            group.totals.push(row.value.as_ref().map_or(0, number_of));
        }
    }
    Ok(Some(groups))
}

fn gather(
    asker: &Asker<'_>,
    reader: &mut Reader<'_>,
    by: &[By],
    (summed, all): (&[&Field], &[Stored]),
) -> Result<Vec<Group>, AppError> {
    let world = StoreWorld::new(reader, asker.setting);
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut grouped: Vec<(Vec<Option<Value>>, Vec<&Stored>)> = Vec::new();
    for stored in all {
        let scope = Scope {
            record: Some(&stored.record),
            ..asker.scope(&stored.record.fields, &world)
        };
        let key: Vec<Option<Value>> = by
            .iter()
            .map(|one| value_of(&one.value, &scope, &one.field).ok().flatten())
            .collect();
        let at = *places.entry(format!("{key:?}")).or_insert_with(|| {
            grouped.push((key, Vec::new()));
            grouped.len() - 1
        });
        grouped[at].1.push(stored);
    }
    world.finish()?;
    let group = |(keys, all): (Vec<Option<Value>>, Vec<&Stored>)| {
        let sum = |field: &&Field| total(all.iter().map(|one| &one.record.fields), &field.id);
        Ok(Group {
            keys,
            count: all.len(),
            totals: summed.iter().map(sum).collect::<Result<_, StoreError>>()?,
        })
    };
    grouped.into_iter().map(group).collect()
}

fn in_order(by: &[By], groups: &mut [Group]) {
    groups.sort_by(|a, b| {
        let pairs = by.iter().zip(a.keys.iter().zip(&b.keys));
        pairs.fold(Ordering::Equal, |order, (by, (a, b))| {
            order
                .then_with(|| place(&by.field, a).cmp(&place(&by.field, b)))
                .then_with(|| compare(a.as_ref(), b.as_ref()))
        })
    });
}

/// Options stand in the order of their list, other values by themselves.
fn place(field: &Field, value: &Option<Value>) -> usize {
    let code = value.as_ref().and_then(Value::as_text);
    match (code, field.choices.is_empty()) {
        (Some(code), false) => field
            .choices
            .iter()
            .position(|choice| choice.code == code)
            .unwrap_or(field.choices.len()),
        (None, false) => field.choices.len() + 1,
        _ => 0,
    }
}

/// A board shows its columns also when nothing stands in them.
fn add_empty(by: &By, grouped: &mut Vec<Group>) {
    let FieldKind::Code { .. } = by.field.kind else {
        return;
    };
    for (at, choice) in by.field.choices.iter().enumerate().take(40) {
        let key = vec![Some(Value::Text(choice.code.clone()))];
        if !grouped.iter().any(|known| known.keys == key) {
            let empty = Group {
                keys: key,
                count: 0,
                totals: Vec::new(),
            };
            grouped.insert(at.min(grouped.len()), empty);
        }
    }
}

fn too_many(count: usize) -> AppError {
    AppError::invalid(Finding::error(
        "groups.many",
        "by",
        format!("分出来有 {count} 组，超过 {GROUPS} 组。"),
        "请换一个取值较少的字段，或先加筛选条件。",
    ))
}

fn lines(
    asker: &Asker<'_>,
    reader: &mut Reader<'_>,
    by: &[By],
    summed: &[&Field],
    grouped: Vec<Group>,
) -> Result<Vec<GroupLine>, AppError> {
    let names = names(asker, reader, by, &grouped)?;
    let lookup = |register: &str, id: RecordId| names.get(register, id);
    let key = |by: &By, value: &Option<Value>| match value {
        None => (serde_json::Value::Null, String::new()),
        Some(value) => {
            let text = value.show_with(&by.field, &lookup);
            (json_of(&by.field, value), text)
        }
    };
    let line = |group: Group| {
        // A column in which nothing stands has no sums, but zeros.
        let totals = group.totals.iter().copied().chain(std::iter::repeat(0));
        let sums = summed.iter().zip(totals);
        let sums = sums.map(|(field, total)| (field.id.clone(), sum_text(field, total)));
        let keys = by.iter().zip(&group.keys);
        GroupLine {
            keys: keys.map(|(by, value)| key(by, value)).collect(),
            count: group.count,
            sums: sums.collect(),
        }
    };
    Ok(grouped.into_iter().map(line).collect())
}

/// Names of the records that the keys point at.
fn names(
    asker: &Asker<'_>,
    reader: &mut Reader<'_>,
    by: &[By],
    grouped: &[Group],
) -> Result<NamesOf, AppError> {
    let mut wanted: BTreeMap<String, BTreeSet<RecordId>> = BTreeMap::new();
    for group in grouped {
        for (by, value) in by.iter().zip(&group.keys) {
            let own = value
                .iter()
                .map(|value| (by.field.id.clone(), value.clone()));
            let fields: Fields = own.collect();
            collect(std::slice::from_ref(&by.field), &fields, &mut wanted);
        }
    }
    Ok(names_in(reader, &asker.setting.definitions, wanted)?)
}

/// A single value as the API writes it.
pub(crate) fn json_of(field: &Field, value: &Value) -> serde_json::Value {
    let fields = Fields::from([(field.id.clone(), value.clone())]);
    let mut all = register::fields_to_json(std::slice::from_ref(field), &fields);
    all.remove(&field.id).unwrap_or_default()
}
