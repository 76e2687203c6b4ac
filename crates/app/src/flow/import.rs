//! 迁入 Records that come with a history of their own, from a workbook or a former system: they begin in the state they
//! are in, held by the unit they name, and their clock runs from there.

use crate::directory::HOME_FIELDS;
use crate::error::AppError;
use crate::settle::Draft;
use crate::world::{Setting, StoreWorld};
use register::expr::User;
use register::law::Transition;
use register::{Definition, FieldKind, Fields, Record, Value};
use store::Reader;

/// Who brings records in and when.
pub(crate) struct Bringing<'a> {
    pub definition: &'a Definition,
    pub setting: &'a Setting,
    pub user: &'a User,
}

impl Bringing<'_> {
    /// The values of a record that comes in.
    pub fn new_record(
        &self,
        reader: &mut Reader<'_>,
        mut fields: Fields,
    ) -> Result<Fields, AppError> {
        if self.is_plain() {
            return Ok(fields);
        }
        self.give_holder(&mut fields);
        let world = StoreWorld::new(reader, self.setting);
        let draft = self.draft(None, &world);
        let fields = super::begun(&draft, draft.settled(fields), None);
        world.finish()?;
        Ok(fields)
    }

    /// The values of a known record with those of a workbook over them. Where the record stands is not the workbook's to
    /// say: it has been moved by people here.
    pub fn known_record(
        &self,
        reader: &mut Reader<'_>,
        before: &Record,
        given: Fields,
    ) -> Result<Fields, AppError> {
        let engine = |id: &String| self.definition.field(id).is_some_and(|field| field.system);
        let given = given.into_iter().filter(|(id, _)| !engine(id)).collect();
        self.over(reader, before, given)
    }

    /// The same for a history that is told step by step: a new state is a step of its own.
    pub fn next_chapter(
        &self,
        reader: &mut Reader<'_>,
        before: &Record,
        given: Fields,
    ) -> Result<Fields, AppError> {
        let from = before.text("state").unwrap_or_default().to_owned();
        let mut given = given;
        let to = given
            .get("state")
            .and_then(Value::as_text)
            .map(str::to_owned);
        if let Some(to) = to.filter(|to| self.definition.flow.is_some() && *to != from) {
            let world = StoreWorld::new(reader, self.setting);
            self.step(before, &mut given, (&from, &to), &world);
            world.finish()?;
        }
        self.over(reader, before, given)
    }

    fn over(
        &self,
        reader: &mut Reader<'_>,
        before: &Record,
        given: Fields,
    ) -> Result<Fields, AppError> {
        let mut after = before.fields.clone();
        after.extend(given);
        if self.is_plain() {
            return Ok(after);
        }
        let world = StoreWorld::new(reader, self.setting);
        let draft = self.draft(Some(before), &world);
        let mut after = draft.settled(after);
        if self.definition.flow.is_some() {
            let retimed = register::flow::retimed(&draft.scope(&after));
            super::apply(&mut after, &retimed);
        }
        world.finish()?;
        Ok(after)
    }

    /// Nothing follows from what is typed: most registers, and all of a large workbook's rows.
    fn is_plain(&self) -> bool {
        let follows = |field: &register::Field| field.compute.is_some() || !field.copy.is_empty();
        self.definition.flow.is_none() && !self.definition.fields.iter().any(follows)
    }

    fn draft<'d>(&'d self, before: Option<&'d Record>, world: &'d StoreWorld<'_, '_>) -> Draft<'d> {
        Draft {
            definition: self.definition,
            before,
            setting: self.setting,
            user: Some(self.user),
            world,
        }
    }

    /// The unit that the record names holds it, unless it is still with who wrote it.
    fn give_holder(&self, fields: &mut Fields) {
        let Some(flow) = &self.definition.flow else {
            return;
        };
        let state = fields.get("state").and_then(Value::as_text);
        let initial = flow
            .states
            .iter()
            .find(|one| one.initial)
            .map(|one| one.id.as_str());
        if fields.contains_key("holder") || state.is_none() || state == initial {
            return;
        }
        let unit = |name: &&str| {
            let field = self.definition.field(name)?;
            matches!(field.kind, FieldKind::Org).then(|| fields.get(*name).cloned())?
        };
        if let Some(unit) = HOME_FIELDS.iter().find_map(unit) {
            fields.insert("holder".to_owned(), unit);
        }
    }

    /// Values that the way into the state sets and that the chapter does not tell itself: 认领日期 of what was claimed.
    fn set_on_the_way(
        &self,
        way: &Transition,
        before: &Record,
        given: &mut Fields,
        world: &StoreWorld<'_, '_>,
    ) {
        let mut after = before.fields.clone();
        after.extend(given.clone());
        let draft = self.draft(Some(before), world);
        let scope = draft.scope(&after);
        for (id, expr) in way.set.iter().filter(|(id, _)| *id != "holder") {
            let field = self.definition.field(id).filter(|field| !field.system);
            let Some(field) = field.filter(|_| !given.contains_key(id)) else {
                continue;
            };
            if let Ok(Some(value)) = register::expr::value_of(expr, &scope, field) {
                given.insert(id.clone(), value);
            }
        }
    }

    fn step(
        &self,
        before: &Record,
        given: &mut Fields,
        (from, to): (&str, &str),
        world: &StoreWorld<'_, '_>,
    ) {
        let text = |value: &str| Value::Text(value.to_owned());
        let mut row = Fields::from([
            ("at".to_owned(), Value::DateTime(self.setting.now.clone())),
            ("by".to_owned(), text(&self.user.id)),
            ("by_name".to_owned(), text(&self.user.name)),
            ("from".to_owned(), text(from)),
            ("to".to_owned(), text(to)),
        ]);
        let way = self
            .definition
            .flow
            .iter()
            .flat_map(|flow| &flow.transitions)
            .find(|one| {
                let leads =
                    matches!(&one.to, register::law::TransitionTo::State(state) if state == to);
                leads && one.from.iter().any(|state| state == from)
            });
        if let Some(way) = way {
            self.set_on_the_way(way, before, given, world);
        }
        let name = way.map_or("import", |one| one.id.as_str());
        row.insert("transition".to_owned(), text(name));
        if let Some(holder) = given.get("holder").or_else(|| before.fields.get("holder")) {
            row.insert("holder".to_owned(), holder.clone());
        }
        let mut steps = before.rows("steps").to_vec();
        steps.push(row);
        given.insert("steps".to_owned(), Value::Rows(steps));
        let at = Value::DateTime(self.setting.now.clone());
        given.insert("state_at".to_owned(), at);
    }
}
