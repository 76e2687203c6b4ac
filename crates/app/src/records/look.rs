//! A record as one person sees it: computed values of the day put in, hidden fields gone, masked ones starred, with
//! state, clock, duties and rights.

use super::query::NUMBER;
use crate::directory::{self, NamesOf};
use crate::error::AppError;
use crate::flow::{pinned, view};
use crate::page::record::{
    CourseView, DutyView, FieldChange, FlowView, HistoryEntry, RecordView, RightsView,
};
use crate::permit::Access;
use crate::settle::Draft;
use crate::world::{Setting, StoreWorld};
use register::expr::{User, World};
use register::permit::RecordRights;
use register::{Definition, Fields};
use std::sync::Arc;
use store::{Reader, Stored};

/// 填报解锁申请. Its records name a form by the id of its register.
const UNLOCK: &str = "unlock_request";

/// What a look needs beside the records.
pub(crate) struct Look<'s> {
    pub setting: &'s Setting,
    pub access: &'s Access,
    pub definition: &'s Arc<Definition>,
    /// The person, for what can be done; none in lists.
    pub user: Option<&'s User>,
}

impl Look<'_> {
    /// The records as views. What is out of reach must have been left out before.
    pub fn views(
        &self,
        reader: &mut Reader<'_>,
        stored: Vec<Stored>,
    ) -> Result<Vec<RecordView>, AppError> {
        let mut seen = Vec::with_capacity(stored.len());
        for one in stored {
            let on = self.access.on(reader, &one.record)?;
            // A list is narrowed by the query already; whoever asks for records by their ids is not.
            if on.read {
                let followed = pinned(reader, self.definition, &one.record)?;
                seen.push((one, on, followed));
            }
        }
        let names = self.names(reader, seen.iter().map(|(one, ..)| &one.record.fields))?;
        let world = StoreWorld::new(reader, self.setting);
        let views = seen
            .into_iter()
            .map(|(stored, rights, pinned)| self.view(&pinned, stored, &rights, (&names, &world)))
            .collect();
        world.finish()?;
        Ok(views)
    }

    /// The records with the fields that this person may read, for files.
    pub fn fields(
        &self,
        reader: &mut Reader<'_>,
        stored: Vec<Stored>,
    ) -> Result<Vec<register::Record>, AppError> {
        let views = self.views(reader, stored)?;
        let record = |view: RecordView| {
            let mut record = view.record;
            // What was masked has left the record; it goes out with its stars.
            for field in &self.definition.fields {
                let text = view.values.get(&field.id).and_then(|value| value.as_str());
                if let (Some(text), false) = (text, record.fields.contains_key(&field.id)) {
                    let stars = register::Value::Text(text.to_owned());
                    record.fields.insert(field.id.clone(), stars);
                }
            }
            record
        };
        Ok(views.into_iter().map(record).collect())
    }

    fn names<'f>(
        &self,
        reader: &mut Reader<'_>,
        fields: impl Iterator<Item = &'f Fields>,
    ) -> Result<NamesOf, AppError> {
        let all = &self.setting.definitions;
        Ok(directory::names_of(reader, all, self.definition, fields)?)
    }

    fn view(
        &self,
        pinned: &Definition,
        stored: Stored,
        rights: &RecordRights,
        (names, world): (&NamesOf, &dyn World),
    ) -> RecordView {
        let mut record = stored.record;
        let stand = self.stand(pinned, &record, rights, (names, world));
        // A page is many values: they are moved, and copied only where computed ones come to them.
        let shown = stand.shown;
        let shown = shown.unwrap_or_else(|| std::mem::take(&mut record.fields));
        let seen = seen(rights, shown);
        let mut shown = names.shown(self.definition, &seen);
        // The number is no field, but it is read, sorted and printed like one.
        if let (Some(number), true) = (&record.number, self.definition.number.is_some()) {
            shown.insert(NUMBER.to_owned(), number.clone());
        }
        self.name_form(&mut shown);
        let mut view = RecordView {
            register: self.definition.id.clone(),
            values: register::to_json(self.definition, &seen),
            shown,
            record: register::Record {
                fields: seen,
                ..record
            },
            updated_at: stored.updated_at,
            light: stand.flow.as_ref().and_then(view::light),
            duties: stand.duties,
            rights: stand.rights,
            findings: stand.findings,
            flow: stand.flow,
            course: stand.course,
        };
        mask(rights, self.definition, &mut view);
        view
    }

    /// A request to unlock names the form by its id; people know its title.
    fn name_form(&self, shown: &mut std::collections::BTreeMap<String, String>) {
        if self.definition.id != UNLOCK {
            return;
        }
        let Some(form) = shown.get_mut("form") else {
            return;
        };
        if let Some(definition) = self.setting.definitions.get(form) {
            form.clone_from(&definition.title.zh);
        }
    }

    fn stand(
        &self,
        pinned: &Definition,
        record: &register::Record,
        rights: &RecordRights,
        (names, world): (&NamesOf, &dyn World),
    ) -> Stand {
        let draft = Draft {
            definition: pinned,
            before: Some(record),
            setting: self.setting,
            user: self.user,
            world,
        };
        let scope = draft.scope(&record.fields);
        let flow = view::standing(&scope, names, self.setting);
        let alone = self.user.is_some();
        let editable = flow.is_none() || editable(pinned, &record.fields);
        let live = pinned.fields.iter().any(|field| field.live);
        Stand {
            course: (alone && flow.is_some()).then(|| view::course(&scope, names, self.setting)),
            flow,
            duties: crate::duty::views(&scope, self.setting),
            rights: RightsView {
                update: rights.update && editable && !record.withdrawn,
                withdraw: rights.withdraw,
            },
            findings: match alone && !record.withdrawn {
                true => told(rights, register::validate_in(&scope)),
                false => Vec::new(),
            },
            shown: live.then(|| draft.shown(&record.fields)),
        }
    }
}

/// What follows from a record's values, before they are shown.
struct Stand {
    flow: Option<FlowView>,
    course: Option<CourseView>,
    duties: Vec<DutyView>,
    rights: RightsView,
    findings: Vec<ground::Finding>,
    /// The values with those that are computed when they are read; none where no field is.
    shown: Option<Fields>,
}

/// Whether the state leaves any field to be edited.
fn editable(definition: &Definition, fields: &Fields) -> bool {
    editable_in(definition, fields).is_none_or(|fields| !fields.is_empty())
}

/// Fields that the record's state leaves open; none = all.
pub(crate) fn editable_in<'d>(
    definition: &'d Definition,
    fields: &Fields,
) -> Option<&'d std::collections::BTreeSet<String>> {
    let state = fields.get("state")?.as_text()?;
    let flow = definition.flow.as_ref()?;
    let known = flow.states.iter().find(|one| one.id == state)?;
    known.editable.as_ref()
}

/// The values without what is hidden.
fn seen(rights: &RecordRights, mut fields: Fields) -> Fields {
    fields.retain(|id, _| !rights.hidden.contains(id));
    fields
}

/// History without what is hidden, with stars where only they are shown.
pub(super) fn keep_quiet(rights: &RecordRights, definition: &Definition, entry: &mut HistoryEntry) {
    entry
        .changes
        .retain(|change| !rights.hidden.contains(&change.field));
    let masked = |change: &&mut FieldChange| rights.masked.contains(&change.field);
    for change in entry.changes.iter_mut().filter(masked) {
        for text in [&mut change.before, &mut change.after] {
            if !text.is_empty() {
                *text = crate::permit::masked(definition, &change.field, text);
            }
        }
    }
}

/// Findings without those on fields that this person does not see.
fn told(rights: &RecordRights, mut findings: Vec<ground::Finding>) -> Vec<ground::Finding> {
    findings.retain(|finding| {
        let field = finding.place.split(['.', '[']).next().unwrap_or_default();
        rights.is_open(field)
    });
    findings
}

/// Stars in place of what may not be read whole, in the values and in the texts.
fn mask(rights: &RecordRights, definition: &Definition, view: &mut RecordView) {
    for id in &rights.masked {
        let Some(shown) = view.shown.get_mut(id) else {
            continue;
        };
        *shown = crate::permit::masked(definition, id, shown);
        // Where the text would not be one of the field's kind, the stars stay a text all the same.
        let text = serde_json::Value::String(shown.clone());
        view.values.insert(id.clone(), text);
        view.record.fields.remove(id);
    }
}
