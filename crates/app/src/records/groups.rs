//! 分组 Records counted by one or two values: the columns of a board, the cells of a matrix.

use super::ListQuery;
use super::select::{Asker, Selection, put_in_moving, sum_text, total};
use crate::App;
use crate::account::Actor;
use crate::directory::{NamesOf, collect, names_in};
use crate::error::AppError;
use crate::permit::Access;
use crate::world::{self, Setting, StoreWorld};
use ground::{Date, Finding, RecordId};
use register::expr::{Expr, Scope, value_of};
use register::law::Ability;
use register::{Field, FieldKind, Fields, Value, compare};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use store::{Reader, Stored};

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
    let access = Access::new(app, actor, &definition);
    access.need(Ability::Read)?;
    let seen = access.seen_definition();
    let query = access.narrow(asked.to_store(app, &seen, day)?);
    let setting = Setting::new(app, day);
    app.look(|reader| {
        let user = world::user(reader, actor)?;
        let asker = Asker {
            app,
            access: &access,
            definition: &seen,
            setting: &setting,
            user: &user,
        };
        let by = keys(&asker, by)?;
        let selection = Selection::of(&asker, asked, query, reader)?;
        let mut all = selection.all(&asker, reader)?;
        put_in_moving(&asker, reader, &mut all)?;
        let mut grouped = gather(&asker, reader, &by, &all)?;
        if let [only] = by.as_slice() {
            add_empty(only, &mut grouped);
        }
        if grouped.len() > GROUPS {
            return Err(too_many(grouped.len()));
        }
        lines(&asker, reader, &by, grouped, &asked.sums)
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
            Ok(By { value, field })
        })
        .collect()
}

type Grouped<'s> = Vec<(Vec<Option<Value>>, Vec<&'s Stored>)>;

fn gather<'s>(
    asker: &Asker<'_>,
    reader: &mut Reader<'_>,
    by: &[By],
    all: &'s [Stored],
) -> Result<Grouped<'s>, AppError> {
    let world = StoreWorld::new(reader, asker.setting);
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut grouped: Grouped<'s> = Vec::new();
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
    grouped.sort_by(|(a, _), (b, _)| {
        let pairs = by.iter().zip(a.iter().zip(b));
        pairs.fold(Ordering::Equal, |order, (by, (a, b))| {
            order
                .then_with(|| place(&by.field, a).cmp(&place(&by.field, b)))
                .then_with(|| compare(a.as_ref(), b.as_ref()))
        })
    });
    Ok(grouped)
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
fn add_empty(by: &By, grouped: &mut Grouped<'_>) {
    let FieldKind::Code { .. } = by.field.kind else {
        return;
    };
    for (at, choice) in by.field.choices.iter().enumerate().take(40) {
        let key = vec![Some(Value::Text(choice.code.clone()))];
        if !grouped.iter().any(|(known, _)| *known == key) {
            let at = at.min(grouped.len());
            grouped.insert(at, (key, Vec::new()));
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
    grouped: Grouped<'_>,
    sums: &[String],
) -> Result<Vec<GroupLine>, AppError> {
    let names = names(asker, reader, by, &grouped)?;
    let lookup = |register: &str, id: RecordId| names.get(register, id);
    let sums = |all: &[&Stored]| {
        let known = |id: &String| Some((id.clone(), asker.definition.field(id)?));
        let sum = |(id, field): (String, &Field)| {
            let total = total(all.iter().map(|one| &one.record.fields), &id)?;
            Ok::<_, AppError>((id, sum_text(field, total)))
        };
        let all: Result<BTreeMap<_, _>, AppError> =
            sums.iter().filter_map(known).map(sum).collect();
        all
    };
    let key = |by: &By, value: &Option<Value>| match value {
        None => (serde_json::Value::Null, String::new()),
        Some(value) => {
            let text = value.show_with(&by.field, &lookup);
            (json_of(&by.field, value), text)
        }
    };
    grouped
        .into_iter()
        .map(|(values, all)| {
            Ok(GroupLine {
                keys: by.iter().zip(&values).map(|(by, v)| key(by, v)).collect(),
                count: all.len(),
                sums: sums(&all)?,
            })
        })
        .collect()
}

/// Names of the records that the keys point at.
fn names(
    asker: &Asker<'_>,
    reader: &mut Reader<'_>,
    by: &[By],
    grouped: &Grouped<'_>,
) -> Result<NamesOf, AppError> {
    let mut wanted: BTreeMap<String, BTreeSet<RecordId>> = BTreeMap::new();
    for (values, _) in grouped {
        for (by, value) in by.iter().zip(values) {
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
