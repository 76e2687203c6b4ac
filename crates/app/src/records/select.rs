//! What a list shows: what the database decides, what is left to the evaluator, in which order. Values that follow the
//! day are never stored; a condition or an order that needs them is written out and, where the database cannot decide
//! it, judged here record by record.

use super::condition::{both, expression};
use super::query::{ListQuery, refuse};
use crate::App;
use crate::definitions::Definitions;
use crate::error::AppError;
use crate::permit::Access;
use crate::settle::Draft;
use crate::world::{Setting, StoreWorld};
use ground::Finding;
use register::expr::{Expr, Named, Registers, Scope, Sight, User, World, bind, value_of};
use register::expr::{check_condition, check_expr, field_at, holds};
use register::law::Ability;
use register::{Definition, Field, FieldKind, Fields, Value, compare};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Page, Query, Reader, StoreError, Stored};

/// Longest condition a person may send.
const CONDITION_CHARS: usize = 2_000;
/// Functions that read another register without a reference to it.
const LOOKING_ELSEWHERE: [&str; 5] = ["exists", "count_of", "sum_of", "max_of", "min_of"];
/// Mark of a cursor that counts records in place of naming the last one.
const OFFSET: char = '@';

impl Registers for Definitions {
    fn register(&self, id: &str) -> Option<&Definition> {
        self.get(id).map(Arc::as_ref)
    }
}

/// A list with everything that its request fixes: day, person, definitions.
pub(crate) struct Selection {
    /// What the database decides.
    pub query: Query,
    rest: Option<Expr>,
    order: Option<Order>,
    limit: usize,
    offset: usize,
}

/// Order by a value that no column holds.
struct Order {
    value: Expr,
    field: Field,
    descending: bool,
}

/// Records of a page, where to go on, and how many there are in all (on the first page).
pub(crate) struct Selected {
    pub page: Page,
    pub total: Option<usize>,
}

/// A request with what its conditions may ask.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub app: &'a App,
    pub access: &'a Access,
    /// As this person sees it.
    pub definition: &'a Definition,
    pub setting: &'a Setting,
    pub user: &'a User,
}

impl<'a> Asker<'a> {
    pub fn scope<'s>(&'s self, fields: &'s Fields, world: &'s dyn World) -> Scope<'s> {
        Scope {
            definition: self.definition,
            fields,
            record: None,
            moment: self.setting.moment(self.definition),
            user: Some(self.user),
            world,
            names: &[],
        }
    }

    /// A condition as a person writes it.
    pub fn condition(&self, text: &str) -> Result<Expr, AppError> {
        if text.chars().count() > CONDITION_CHARS {
            let problem = format!("条件超过 {CONDITION_CHARS} 个字符。");
            return Err(AppError::invalid(refuse("filter", problem)));
        }
        let expr = Expr::parse(text).map_err(|error| AppError::invalid(told(&error)))?;
        let problems = check_condition(&expr, &self.sight());
        if problems.is_empty() {
            self.need_open(&expr)?;
            Ok(expr)
        } else {
            Err(AppError::Invalid(problems.iter().map(told).collect()))
        }
    }

    /// A condition must not tell what the person may not read: stars are not guessed through a filter, and other
    /// registers are looked into only as far as this person sees them.
    fn need_open(&self, expr: &Expr) -> Result<(), AppError> {
        for path in expr.paths() {
            self.need_path(self.access, self.definition, &path)?;
        }
        let whole = self.access.sees_all();
        if !whole
            && LOOKING_ELSEWHERE
                .iter()
                .any(|name| calls(expr.text(), name))
        {
            let problem = "条件里查看了别的台账。".to_owned();
            return Err(AppError::invalid(refuse("filter", problem)));
        }
        Ok(())
    }

    /// The same for one path of references.
    fn need_path(
        &self,
        access: &Access,
        definition: &Definition,
        path: &[String],
    ) -> Result<(), AppError> {
        let Some(field) = path.first().and_then(|id| definition.field(id)) else {
            return Ok(());
        };
        if access.secret().contains(&field.id) {
            let problem = format!("“{}”对您不是完整显示的，不能作条件。", field.label.zh);
            return Err(AppError::invalid(refuse(&field.id, problem)));
        }
        let target = field.kind.target();
        let target = target.and_then(|id| self.setting.definitions.get(id));
        match (target, path.len()) {
            (Some(target), 2..) => {
                let there = self.access.in_register(target);
                there.need(Ability::Read)?;
                self.need_path(&there, &there.seen_definition(), &path[1..])
            }
            _ => Ok(()),
        }
    }

    fn sight(&self) -> Sight<'_> {
        Sight {
            definition: self.definition,
            extra: &[("unit", Named::Any)],
            registers: Some(self.setting.definitions.as_ref()),
        }
    }

    /// The condition with today, the person and computed fields written out.
    pub fn bound(&self, condition: &Expr, reader: &mut Reader<'_>) -> Result<Expr, AppError> {
        let none = Fields::new();
        let world = StoreWorld::new(reader, self.setting);
        let written = self.definition.expand(condition);
        let bound = bind(&written, &self.scope(&none, &world));
        world.finish()?;
        Ok(bound)
    }

    fn order(&self, path: &str, descending: bool) -> Result<Order, AppError> {
        let (value, field) = self.path(path, "sort")?;
        Ok(Order {
            value,
            field,
            descending,
        })
    }

    /// The value at a path of references, with the field that holds it.
    pub fn path(&self, path: &str, place: &str) -> Result<(Expr, Field), AppError> {
        let unknown = || {
            let problem = format!("{}没有字段“{path}”。", self.definition.title.zh);
            AppError::invalid(refuse(place, problem))
        };
        let known = field_at(self.definition, path, self.setting.definitions.as_ref());
        let known = known.ok_or_else(unknown)?.clone();
        let value = Expr::parse(path).map_err(|_| unknown())?;
        if !check_expr(&value, &self.sight()).is_empty() {
            return Err(unknown());
        }
        self.need_open(&value)?;
        Ok((self.definition.expand(&value), known))
    }
}

/// Whether a text calls a function by that name; `rows.exists(…)` over a table is another.
fn calls(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let free = before.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == '.'));
        free && text[at + name.len()..].trim_start().starts_with('(')
    })
}

fn told(error: &register::expr::ExprError) -> Finding {
    let place = format!("filter 第 {} 字节", error.offset);
    Finding::error(
        "list.expression",
        place,
        error.problem.clone(),
        error.remedy.clone(),
    )
}

impl Selection {
    /// Resolves what a list asks for. `query` holds the plain conditions and the person's scope.
    pub fn of(
        asker: &Asker<'_>,
        asked: &ListQuery,
        mut query: Query,
        reader: &mut Reader<'_>,
    ) -> Result<Self, AppError> {
        let mut parts = Vec::new();
        for condition in conditions(asker, asked)? {
            parts.push(asker.bound(&condition, reader)?);
        }
        let whole = parts.into_iter().reduce(both);
        let (able, rest) = match (&whole, &asker.setting.past) {
            (None, _) => (None, None),
            // An earlier day is judged by the evaluator with the calendars of the register.
            (Some(whole), Some(_)) => (None, Some(whole.clone())),
            (Some(whole), None) => asker.app.store().split(&asker.definition.id, whole),
        };
        query.condition = match (query.condition.take(), able) {
            (Some(sight), Some(able)) => Some(both(sight, able)),
            (sight, able) => sight.or(able),
        };
        let order = match asked.order(asker.definition)? {
            Some((field, descending)) if moves(asker.definition, &field) => {
                query.sort = None;
                Some(asker.order(&field, descending)?)
            }
            _ => None,
        };
        let offset = asked
            .after
            .as_deref()
            .and_then(|after| after.strip_prefix(OFFSET));
        let offset = match offset {
            Some(text) => text.parse().map_err(|_| bad_cursor())?,
            None => usize::try_from(query.at).unwrap_or(usize::MAX),
        };
        let limit = query.limit as usize;
        Ok(Self {
            query,
            rest,
            order,
            limit,
            offset,
        })
    }

    fn by_hand(&self) -> bool {
        self.rest.is_some() || self.order.is_some()
    }

    /// The query, where the database alone decides which records are meant.
    pub fn in_database(&self, asker: &Asker<'_>) -> Option<&Query> {
        (self.rest.is_none() && asker.setting.past.is_none()).then_some(&self.query)
    }

    /// All records, in order.
    pub fn all(&self, asker: &Asker<'_>, reader: &mut Reader<'_>) -> Result<Vec<Stored>, AppError> {
        let query = Query {
            after: None,
            at: 0,
            ..self.query.clone()
        };
        let register = &asker.definition.id;
        let mut all = match &asker.setting.past {
            Some(instant) => reader.all_as_of(register, &query, instant)?,
            None => reader.all(register, &query)?,
        };
        if !self.by_hand() {
            return Ok(all);
        }
        let world = StoreWorld::new(reader, asker.setting);
        if let Some(rest) = &self.rest {
            all.retain(|stored| {
                let scope = asker.scope(&stored.record.fields, &world);
                let record = Some(&stored.record);
                holds(rest, &Scope { record, ..scope })
            });
        }
        if let Some(order) = &self.order {
            let key = |stored: &Stored| {
                let scope = asker.scope(&stored.record.fields, &world);
                let record = Some(&stored.record);
                value_of(&order.value, &Scope { record, ..scope }, &order.field)
                    .ok()
                    .flatten()
            };
            sort(&mut all, key, order.descending);
        }
        world.finish()?;
        Ok(all)
    }

    /// One page.
    pub fn page(&self, asker: &Asker<'_>, reader: &mut Reader<'_>) -> Result<Selected, AppError> {
        let (register, past) = (&asker.definition.id, &asker.setting.past);
        if self.by_hand() {
            return self.page_by_hand(asker, reader);
        }
        let first = self.query.after.is_none() && self.query.at == 0;
        let (page, total) = match past {
            Some(instant) => reader.list_counted_as_of(register, &self.query, instant)?,
            None if first => reader.list_counted(register, &self.query)?,
            None => (reader.list(register, &self.query)?, 0),
        };
        let total = first.then_some(usize::try_from(total).unwrap_or(usize::MAX));
        Ok(Selected { page, total })
    }

    /// Sums of the asked fields over all records of the list, as the API writes them.
    pub fn sums(
        &self,
        asker: &Asker<'_>,
        reader: &mut Reader<'_>,
        fields: &[String],
    ) -> Result<BTreeMap<String, String>, AppError> {
        let known = |id: &String| Some((id.clone(), asker.definition.field(id)?));
        let fields: Vec<(String, &Field)> = fields.iter().filter_map(known).collect();
        if fields.is_empty() {
            return Ok(BTreeMap::new());
        }
        let by_sql = !self.by_hand() && asker.setting.past.is_none();
        let moving = |(id, _): &(String, &Field)| asker.definition.depends_on_moment(id);
        if by_sql && !fields.iter().any(moving) {
            let register = &asker.definition.id;
            let sum = |(id, field): (String, &Field)| {
                let total = reader.sum(register, &self.query, &id)?.total;
                Ok((id, sum_text(field, total)))
            };
            return fields.into_iter().map(sum).collect();
        }
        let mut all = self.all(asker, reader)?;
        put_in_moving(asker, reader, &mut all)?;
        let sum = |(id, field): (String, &Field)| {
            let total = total(all.iter().map(|one| &one.record.fields), &id)?;
            Ok((id, sum_text(field, total)))
        };
        fields.into_iter().map(sum).collect()
    }

    fn page_by_hand(
        &self,
        asker: &Asker<'_>,
        reader: &mut Reader<'_>,
    ) -> Result<Selected, AppError> {
        let mut all = self.all(asker, reader)?;
        let total = all.len();
        let end = self.offset.saturating_add(self.limit).min(total);
        let records: Vec<Stored> = all.drain(self.offset.min(end)..end).collect();
        let next = (end < total).then(|| format!("{OFFSET}{end}"));
        Ok(Selected {
            page: Page { records, next },
            total: (self.offset == 0).then_some(total),
        })
    }
}

/// Conditions that only an expression says: those a person wrote as such, those on moving values, the view's own.
fn conditions(asker: &Asker<'_>, asked: &ListQuery) -> Result<Vec<Expr>, AppError> {
    let mut found = Vec::new();
    for text in &asked.expressions {
        found.push(asker.condition(text)?);
    }
    let definitions = &asker.setting.definitions;
    for (field, op, value) in &asked.conditions {
        if moves(asker.definition, field) {
            let parts = (field.as_str(), op.as_str(), value.as_str());
            let made = expression(definitions, asker.definition, parts);
            let made = made.map_err(AppError::invalid)?;
            asker.need_open(&made)?;
            found.push(made);
        }
    }
    if let Some(view) = asked.view_of(asker.definition)? {
        found.extend(view.filter.clone());
    }
    Ok(found)
}

/// Whether no column holds the field's value: it follows the day, or it belongs to a record pointed at.
pub(super) fn moves(definition: &Definition, field: &str) -> bool {
    field.contains('.') || definition.depends_on_moment(field)
}

/// The sum of a field over records.
///
/// # Errors
/// [`StoreError::Overflow`].
pub(crate) fn total<'f>(
    all: impl Iterator<Item = &'f Fields>,
    field: &str,
) -> Result<i64, StoreError> {
    let mut numbers = all.filter_map(|fields| fields.get(field)).map(number_of);
    numbers
        .try_fold(0, |total: i64, number| total.checked_add(number))
        .ok_or(StoreError::Overflow)
}

/// A sum as the API writes it: money in 元, others as counted.
pub(crate) fn sum_text(field: &Field, total: i64) -> String {
    match field.kind {
        FieldKind::Money => ground::Fen(total).yuan(),
        _ => total.to_string(),
    }
}

pub(crate) fn number_of(value: &Value) -> i64 {
    match value {
        Value::Int(number) | Value::Percent(number) => *number,
        Value::Decimal { scaled, .. } => *scaled,
        Value::Money(amount) => amount.fen.0,
        _ => 0,
    }
}

fn bad_cursor() -> AppError {
    AppError::invalid(Finding::error(
        "list.after",
        "after",
        "翻页位置读不出来。",
        "请用上一页给出的 next。",
    ))
}

/// Missing values stand last in both directions, as in the database; equal ones keep the order of their ids.
fn sort(all: &mut Vec<Stored>, key: impl Fn(&Stored) -> Option<Value>, descending: bool) {
    let mut keyed: Vec<(Option<Value>, Stored)> =
        all.drain(..).map(|stored| (key(&stored), stored)).collect();
    keyed.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(_), Some(_)) if descending => compare(b.as_ref(), a.as_ref()),
        _ => compare(a.as_ref(), b.as_ref()),
    });
    all.extend(keyed.into_iter().map(|(_, stored)| stored));
}

/// Puts the values that follow the day into records, for showing.
pub(crate) fn put_in_moving(
    asker: &Asker<'_>,
    reader: &mut Reader<'_>,
    records: &mut [Stored],
) -> Result<(), AppError> {
    let moving = |field: &Field| asker.definition.depends_on_moment(&field.id);
    if !asker.definition.fields.iter().any(moving) {
        return Ok(());
    }
    let world = StoreWorld::new(reader, asker.setting);
    for stored in records.iter_mut() {
        let before = stored.record.clone();
        let draft = Draft {
            definition: asker.definition,
            before: Some(&before),
            setting: asker.setting,
            user: Some(asker.user),
            world: &world,
        };
        stored.record.fields = draft.shown(&before.fields);
    }
    world.finish()
}
