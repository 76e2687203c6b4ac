//! A worked-out change written in one transaction, as one batch of the journal that can be taken back as a whole.

use super::brought::{Making, real};
use super::edit::{self, Draft};
use super::scenario::Adopting;
use super::{ACTIVITY, PlanBook};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::flow::{self, Desk};
use crate::records;
use ground::{Date, Finding, ProjectId, RecordId};
use register::{Definition, Fields, Record, Value};
use std::collections::BTreeMap;
use store::{Filter, NewBatch, Query, Writer};

/// In front of the reason where a batch is listed among the imports.
const TITLE: &str = "改计划：";
/// In the summary of a batch that changed 排程选项.
const OPTIONS: &str = "options";

/// What was written.
pub(super) struct Written {
    /// The batch; none when nothing changed.
    pub batch: Option<RecordId>,
    /// Ids that added rows have got.
    pub ids: BTreeMap<RecordId, RecordId>,
}

/// Everything the write needs, owned.
struct Work {
    project: ProjectId,
    definition: std::sync::Arc<Definition>,
    /// Versions of all rows of the plan that the change was worked out on.
    versions: BTreeMap<RecordId, i64>,
    /// The rows by name, for findings.
    before: BTreeMap<RecordId, Record>,
    removed: Vec<RecordId>,
    added: Vec<(RecordId, Fields)>,
    /// Keys of added rows.
    keys: BTreeMap<String, RecordId>,
    /// Calendars, resources and baselines of a plan file.
    making: Making,
    today: Date,
    updated: Vec<(RecordId, Vec<String>, Fields)>,
}

/// Writes the change; the same rules hold for each row as when it is written alone.
///
/// # Errors
/// `Stale` when another row of the plan changed meanwhile (the change must be worked out anew), `Invalid` by the
/// register's rules.
pub(super) fn write(
    app: &App,
    actor: &Actor,
    draft: &Draft<'_>,
    reason: &str,
    adopting: Option<Adopting>,
) -> Result<Written, AppError> {
    let book = draft.book;
    let work = Work::of(app, book, draft)?;
    if work.is_empty() {
        return Ok(Written {
            batch: None,
            ids: BTreeMap::new(),
        });
    }
    let mut desk = Desk::of(app, actor, reason, Some(ACTIVITY))?;
    let batch = NewBatch {
        register: ACTIVITY.to_owned(),
        file_name: format!("{TITLE}{}", short(reason)),
        file_digest: Some(digest(book.project.id)),
        rows: work.rows(),
        summary: serde_json::to_string(&work.counts()).ok(),
    };
    app.write(move |writer| {
        work.check(writer)?;
        let id = writer.begin_batch(&batch, &desk.meta)?;
        desk.meta.batch = Some(id);
        let ids = work.write(writer, &desk)?;
        if let Some(adopting) = &adopting {
            adopting.mark(writer, &desk, id)?;
        }
        Ok(Written {
            batch: Some(id),
            ids,
        })
    })
}

/// Under which a project's changes are found among the batches.
pub(super) fn digest(project: ProjectId) -> String {
    format!("plan:{project}")
}

/// The reason of a batch.
pub(super) fn reason_of(file_name: &str) -> &str {
    file_name.strip_prefix(TITLE).unwrap_or(file_name)
}

/// The batch of new 排程选项, listed and taken back as a change of the plan.
pub(super) fn options_batch(project: ProjectId, register: &str, reason: &str) -> NewBatch {
    let counts = BTreeMap::from([(OPTIONS, 1)]);
    NewBatch {
        register: register.to_owned(),
        file_name: format!("{TITLE}{}", short(reason)),
        file_digest: Some(digest(project)),
        rows: 1,
        summary: serde_json::to_string(&counts).ok(),
    }
}

fn short(reason: &str) -> String {
    reason.trim().chars().take(80).collect()
}

/// 改 2 项、增 1 项.
pub(super) fn counts_text(summary: Option<&str>) -> String {
    let counts: BTreeMap<String, i64> = summary
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let words = [("updated", "改"), ("created", "增"), ("removed", "删")];
    let parts = words.iter().filter_map(|(id, word)| {
        let count = counts.get(*id).copied().filter(|count| *count > 0)?;
        Some(format!("{word} {count} 项"))
    });
    let options = counts
        .contains_key(OPTIONS)
        .then(|| "改排程选项".to_owned());
    parts.chain(options).collect::<Vec<_>>().join("、")
}

impl Work {
    fn of(app: &App, book: &PlanBook, draft: &Draft<'_>) -> Result<Self, AppError> {
        let before = book.records();
        let fields = |id: &RecordId| draft.records.get(id).map(|record| record.fields.clone());
        let touched = draft.touched.iter().filter(|(id, _)| id.0 > 0);
        let updated = touched.filter_map(|(id, names)| {
            let mut fields = fields(id)?;
            let old = &before.get(id)?.fields;
            let changed = |name: &&String| old.get(*name) != fields.get(*name);
            let names: Vec<String> = names.iter().filter(changed).cloned().collect();
            fields.retain(|name, _| names.contains(name));
            (!names.is_empty()).then_some((*id, names, fields))
        });
        Ok(Self {
            project: book.project.id,
            keys: draft.added.iter().cloned().collect(),
            making: Making::of(app, &book.brought)?,
            today: book.state.today,
            definition: book.definition.clone(),
            versions: before.iter().map(|(id, one)| (*id, one.version)).collect(),
            removed: draft.removed.clone(),
            added: draft
                .added
                .iter()
                .filter_map(|(_, id)| Some((*id, fields(id)?)))
                .collect(),
            updated: updated.collect(),
            before,
        })
    }

    fn is_empty(&self) -> bool {
        self.rows() == 0
    }

    fn rows(&self) -> u64 {
        let rows = self.removed.len() + self.added.len() + self.updated.len();
        (rows + self.making.count()) as u64
    }

    fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::from([
            ("created", self.added.len()),
            ("updated", self.updated.len()),
            ("removed", self.removed.len()),
        ]);
        if self.making.changes_options() {
            counts.insert(OPTIONS, 1);
        }
        counts
    }

    /// The plan must be the one that the change was worked out on: two changes that are good alone may close a loop
    /// together.
    fn check(&self, writer: &mut Writer<'_>) -> Result<(), AppError> {
        let own = Query::default().filter(Filter::eq("project", Value::Ref(self.project.0)));
        let now = writer.reader().all(ACTIVITY, &own)?;
        let now: BTreeMap<RecordId, i64> = now
            .iter()
            .filter(|stored| !stored.record.withdrawn)
            .map(|stored| (stored.record.id, stored.record.version))
            .collect();
        let named = self
            .removed
            .iter()
            .chain(self.updated.iter().map(|(id, ..)| id));
        let stale: Vec<Finding> = named
            .filter(|id| now.get(id) != self.versions.get(id))
            .map(|id| edit::stale(self.before.get(id), *id))
            .collect();
        if !stale.is_empty() {
            return Err(AppError::Conflict(stale));
        }
        if now != self.versions {
            return Err(AppError::Stale { current: 0 });
        }
        Ok(())
    }

    fn write(
        &self,
        writer: &mut Writer<'_>,
        desk: &Desk,
    ) -> Result<BTreeMap<RecordId, RecordId>, AppError> {
        for id in &self.removed {
            let version = self.versions.get(id).copied().unwrap_or(0);
            writer.withdraw(ACTIVITY, *id, version, &desk.meta)?;
        }
        let brought = self.making.first(writer, desk)?;
        let mut ids = BTreeMap::new();
        let mut later = Vec::new();
        for (id, fields) in &self.added {
            let own = fields.clone().into_iter();
            let mut fields: Fields = own
                .map(|(name, value)| (name, real(value, &brought)))
                .collect();
            let parent = fields.get("parent").and_then(Value::as_ref_id);
            // A part may have been asked for before its summary.
            if let Some(parent) = parent.filter(|parent| parent.0 < 0) {
                fields.remove("parent");
                later.push((*id, parent));
            }
            let made = flow::make(writer, desk, &self.definition, fields, None)?;
            ids.insert(*id, (made.id, made.version));
        }
        for (id, parent) in later {
            let ((id, version), (parent, _)) = (ids[&id], ids[&parent]);
            let fields = Fields::from([("parent".to_owned(), Value::Ref(parent))]);
            let named = ["parent".to_owned()];
            let target = (id, version);
            records::change_row(writer, desk, &self.definition, target, &named, fields)?;
        }
        let mut ids: BTreeMap<RecordId, RecordId> =
            ids.into_iter().map(|(id, (made, _))| (id, made)).collect();
        ids.extend(brought);
        for (id, names, fields) in &self.updated {
            let fields: Fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), real(value.clone(), &ids)))
                .collect();
            let target = (*id, self.versions.get(id).copied().unwrap_or(0));
            records::change_row(writer, desk, &self.definition, target, names, fields)?;
        }
        let found = |key: &str| match self.keys.get(key) {
            Some(id) => ids.get(id).copied(),
            None => key.parse().ok().map(RecordId),
        };
        let about = (self.project.0, self.today);
        self.making.last(writer, desk, about, &ids, found)?;
        Ok(ids)
    }
}
