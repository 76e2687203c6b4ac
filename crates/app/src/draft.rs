//! 填写 A form while somebody types: what follows from the values so far, what is to be shown, required, left alone and
//! chosen from, and what is wrong. No rule is evaluated anywhere else; nothing is written here.

use crate::App;
use crate::account::Actor;
use crate::directory;
use crate::error::AppError;
use crate::permit::Access;
use crate::records::look::editable_in;
use crate::records::parse_id;
use crate::settle::Draft;
use crate::world::{self, Setting, StoreWorld};
use ground::Finding;
use register::expr::{Scope, User, World, holds};
use register::law::Ability;
use register::{Definition, Field, FieldKind, Fields, Record};
use register::{is_candidate, is_option, is_required, is_visible};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use store::Reader;

/// Records offered for a reference at most; beyond that the person searches.
const OFFERED: usize = 500;

/// A form as it stands.
#[derive(Clone, Debug, Default)]
pub struct DraftPage {
    /// Values with defaults, snapshots and computed ones.
    pub values: Map<String, Json>,
    /// Ready texts.
    pub shown: BTreeMap<String, String>,
    /// Fields whose showing hangs on values.
    pub visible: BTreeMap<String, bool>,
    /// Fields whose being required hangs on values.
    pub required: BTreeMap<String, bool>,
    /// Fields that cannot be typed now.
    pub read_only: BTreeMap<String, bool>,
    /// Options that may be chosen now: codes, or ids of records.
    pub options: BTreeMap<String, Vec<String>>,
    /// What is wrong so far.
    pub findings: Vec<Finding>,
}

/// A form with the values typed so far; `id` names the record that is edited, none for a new one.
///
/// # Errors
/// `NotFound` for a record out of sight, `Forbidden` when this person neither makes nor changes records here.
pub fn draft(
    app: &App,
    actor: &Actor,
    register: &str,
    id: Option<&str>,
    values: &Map<String, Json>,
) -> Result<DraftPage, AppError> {
    let definition = app.definition(register)?;
    let access = Access::new(app, actor, &definition)?;
    access.need(match id {
        Some(_) => Ability::Read,
        None => Ability::Create,
    })?;
    let seen = access.seen_definition();
    let (given, mut findings) = register::from_json(&seen, values);
    let setting = Setting::new(app, None);
    app.look(|reader| {
        let before = match id {
            Some(id) => {
                let record = reader.get(register, parse_id(id)?)?.record;
                access.need_on(reader, &record, Ability::Read)?;
                Some(record)
            }
            None => None,
        };
        let user = world::user(reader, actor)?;
        let desk = Desk {
            seen: &seen,
            access: &access,
            setting: &setting,
            user: &user,
            before: before.as_ref(),
        };
        let (settled, shown) = desk.settled(reader, given, values)?;
        let mut page = desk.page(reader, &settled)?;
        findings.extend(desk.findings(reader, &settled)?);
        let names =
            directory::names_of(reader, &setting.definitions, &seen, std::iter::once(&shown))?;
        page.values = register::to_json(&seen, &shown);
        page.shown = names.shown(&seen, &shown);
        page.findings = findings;
        Ok(page)
    })
}

/// What a form needs beside its values.
struct Desk<'a> {
    seen: &'a Definition,
    access: &'a Access,
    setting: &'a Setting,
    user: &'a User,
    before: Option<&'a Record>,
}

impl Desk<'_> {
    fn draft<'s>(&'s self, world: &'s dyn World) -> Draft<'s> {
        Draft {
            definition: self.seen,
            before: self.before,
            setting: self.setting,
            user: Some(self.user),
            world,
        }
    }

    /// The values with all that follows from them: as they would be stored, and as they are shown.
    fn settled(
        &self,
        reader: &mut Reader<'_>,
        given: Fields,
        values: &Map<String, Json>,
    ) -> Result<(Fields, Fields), AppError> {
        let mut fields = self
            .before
            .map(|one| one.fields.clone())
            .unwrap_or_default();
        let emptied = |id: &&String| !given.contains_key(*id);
        let emptied: Vec<&String> = values.keys().filter(emptied).collect();
        for id in &emptied {
            fields.remove(*id);
        }
        fields.extend(given.clone());
        let world = StoreWorld::new(reader, self.setting);
        let draft = self.draft(&world);
        let mut settled = draft.settled(fields);
        // What somebody emptied stays empty, default or not.
        for id in emptied {
            if self
                .seen
                .field(id)
                .is_some_and(|field| field.compute.is_none())
            {
                settled.remove(id);
            }
        }
        let shown = draft.shown(&settled);
        world.finish()?;
        Ok((settled, shown))
    }

    fn page(&self, reader: &mut Reader<'_>, fields: &Fields) -> Result<DraftPage, AppError> {
        let mut page = DraftPage::default();
        let world = StoreWorld::new(reader, self.setting);
        let draft = self.draft(&world);
        let scope = draft.scope(fields);
        let open = self
            .before
            .and_then(|one| editable_in(self.seen, &one.fields));
        let typed = self.seen.fields.iter();
        for field in typed.filter(|field| !field.system && !field.import_only) {
            if field.visible.is_some() {
                let visible = is_visible(field, &scope);
                page.visible.insert(field.id.clone(), visible);
            }
            if field.visible.is_some() || field.required_when.is_some() {
                let required = is_required(field, &scope);
                page.required.insert(field.id.clone(), required);
            }
            let closed = open.is_some_and(|open| !open.contains(&field.id));
            if closed || self.left_alone(field, &scope) {
                page.read_only.insert(field.id.clone(), true);
            } else if field.read_only.is_some() {
                page.read_only.insert(field.id.clone(), false);
            }
            if let Some(options) = options(field, &scope) {
                page.options.insert(field.id.clone(), options);
            }
        }
        world.finish()?;
        Ok(page)
    }

    fn left_alone(&self, field: &Field, scope: &Scope<'_>) -> bool {
        let computed = field.compute.is_some() && !self.access.overrules(field);
        let set = self
            .before
            .is_some_and(|one| one.fields.contains_key(&field.id));
        let told = field
            .read_only
            .as_ref()
            .is_some_and(|rule| holds(rule, scope));
        computed || (field.set_once && set) || told
    }

    fn findings(&self, reader: &mut Reader<'_>, fields: &Fields) -> Result<Vec<Finding>, AppError> {
        let world = StoreWorld::new(reader, self.setting);
        let draft = self.draft(&world);
        let findings = register::validate_in(&draft.scope(fields));
        world.finish()?;
        Ok(findings)
    }
}

/// What may be chosen now, where that hangs on values: codes of a list, or records by id.
fn options(field: &Field, scope: &Scope<'_>) -> Option<Vec<String>> {
    match &field.kind {
        FieldKind::Code { .. } | FieldKind::Codes { .. } => {
            field.pick.as_ref()?;
            let fits = |choice: &&register::Choice| is_option(field, choice, scope);
            let codes = field.choices.iter().filter(fits);
            Some(codes.map(|choice| choice.code.clone()).collect())
        }
        FieldKind::Org | FieldKind::Ref { .. } | FieldKind::Refs { .. } => {
            let register = field.kind.target()?;
            if field.pick.is_none() && field.level.is_none() {
                return None;
            }
            let all = scope.world.records(register);
            let ids: Vec<String> = all
                .iter()
                .map(|known| known.record.id)
                .filter(|id| is_candidate(field, *id, scope))
                .take(OFFERED + 1)
                .map(|id| id.to_string())
                .collect();
            (ids.len() <= OFFERED).then_some(ids)
        }
        _ => None,
    }
}
