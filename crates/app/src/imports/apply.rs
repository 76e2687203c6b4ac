//! Taking in: one transaction with new units, records, memberships and targets, the remembered mapping and one batch.

use super::decide::{Decided, counts};
use super::reading::Read;
use crate::App;
use crate::account::Actor;
use crate::definitions::Definitions;
use crate::directory;
use crate::error::AppError;
use crate::flow::import::Bringing;
use crate::page::import::{ImportAct, ImportResult};
use crate::world::{self, Setting};
use ground::{Date, Finding, OrgPath, RecordId};
use register::expr::User;
use register::{Definition, FieldKind, Fields, Value};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Changes, Filter, Meta, NewBatch, NewRecord, Query, Writer};

/// Rows handed to the store at once.
const CHUNK: usize = 500;

/// Everything the transaction needs, owned, so that it can travel to the writer.
struct Job {
    definition: Definition,
    definitions: Arc<Definitions>,
    file_name: String,
    rows: Vec<Decided>,
    units: Vec<(RecordId, String)>,
    mapping: (String, String),
    batch: NewBatch,
    own: OrgPath,
    setting: Setting,
    user: User,
    actor: Actor,
}

/// Writes all rows that are not refused and not skipped.
#[allow(
    clippy::too_many_arguments,
    reason = "the pieces of one import, each of its own kind"
)]
pub fn apply(
    app: &App,
    actor: &Actor,
    file_name: &str,
    bytes: &[u8],
    read: Read,
    decided: Vec<Decided>,
    skip: &[String],
    reason: &str,
) -> Result<ImportResult, AppError> {
    need_known_units(app, actor, &read.new_organisations)?;
    let counted = counts(&decided);
    let left_out = |one: &Decided| one.act == ImportAct::Refused || skip.contains(&one.place);
    let skipped = decided.iter().filter(|one| left_out(one)).count();
    let rows: Vec<Decided> = decided.into_iter().filter(|one| !left_out(one)).collect();
    if rows.is_empty() {
        return Err(super::nothing(file_name));
    }
    let of = |act: ImportAct| rows.iter().filter(|one| one.act == act).count();
    let (created, updated, unchanged) = (
        of(ImportAct::Create),
        of(ImportAct::Update),
        of(ImportAct::Same),
    );
    let summary = serde_json::json!({ "created": created, "updated": updated, "unchanged": unchanged, "skipped": skipped, "refused": counted.get("refused").copied().unwrap_or(0) });
    let job = Job {
        batch: NewBatch {
            register: read.definition.id.clone(),
            file_name: file_name.to_owned(),
            file_digest: Some(hex::encode(Sha256::digest(bytes))),
            rows: rows.len() as u64,
            summary: Some(summary.to_string()),
        },
        mapping: (
            read.table.fingerprint.clone(),
            serde_json::to_string(&read.mapping).unwrap_or_default(),
        ),
        units: read.new_organisations,
        definition: read.definition,
        definitions: app.definitions(),
        file_name: file_name.to_owned(),
        rows,
        own: actor.org.clone(),
        setting: Setting::new(app, None),
        user: app.read(|reader| world::user(reader, actor))?,
        actor: actor.clone(),
    };
    let meta = app.meta(actor, reason);
    let root = app.root().clone();
    let batch = app.write(move |writer| job.run(writer, meta, &root))?;
    Ok(ImportResult {
        batch_id: batch.to_string(),
        created,
        updated,
        unchanged,
        skipped,
    })
}

/// The directory belongs to the whole district: a person of one part of it cannot add units by an import.
fn need_known_units(app: &App, actor: &Actor, new: &[(RecordId, String)]) -> Result<(), AppError> {
    if actor.scope(app).is_none() || new.is_empty() {
        return Ok(());
    }
    let unknown = |(_, name): &(RecordId, String)| {
        Finding::error(
            "import.unknown_unit",
            name.clone(),
            format!("单位“{name}”还没有登记。"),
            "请督查室先登记这个单位，或改成已登记的名称。",
        )
    };
    Err(AppError::Invalid(new.iter().map(unknown).collect()))
}

impl Job {
    fn run(
        mut self,
        writer: &mut Writer<'_>,
        mut meta: Meta,
        root: &OrgPath,
    ) -> Result<RecordId, AppError> {
        let batch = writer.begin_batch(&self.batch, &meta)?;
        meta.batch = Some(batch);
        let units = self.create_units(writer, &meta, root)?;
        for row in &mut self.rows {
            replace_ids(&self.definition, &mut row.fields, &units);
            replace_ids(&self.definition, &mut row.extra, &units);
        }
        let ids = self.write_rows(writer, &meta)?;
        match self.definition.id.as_str() {
            "project" => self.join_rounds(writer, &meta, &ids)?,
            "activity" => self.set_targets(writer, &meta)?,
            _ => {}
        }
        let (fingerprint, mapping) = &self.mapping;
        writer.remember_mapping(&self.definition.id, fingerprint, mapping, &meta)?;
        Ok(batch)
    }

    /// New organisations under the district, with paths of their own.
    fn create_units(
        &self,
        writer: &mut Writer<'_>,
        meta: &Meta,
        root: &OrgPath,
    ) -> Result<BTreeMap<RecordId, RecordId>, AppError> {
        let mut map = BTreeMap::new();
        if self.units.is_empty() {
            return Ok(map);
        }
        let all = writer.reader().all(
            "organisation",
            &Query {
                withdrawn: store::Withdrawn::With,
                ..Query::default()
            },
        )?;
        let taken: BTreeSet<String> = all
            .iter()
            .filter_map(|stored| stored.record.text("path").map(str::to_owned))
            .collect();
        let free = (1..)
            .map(|number| format!("{root}.u{number:03}"))
            .filter(|path| !taken.contains(path));
        for ((provisional, name), path) in self.units.iter().zip(free) {
            let kind = if name.ends_with("街道") || name.ends_with('镇') || name.ends_with("办事处")
            {
                "subdistrict"
            } else {
                "department"
            };
            let fields = Fields::from([
                ("name".to_owned(), Value::Text(name.clone())),
                ("kind".to_owned(), Value::Text(kind.to_owned())),
                ("path".to_owned(), Value::Text(path.clone())),
            ]);
            let org = OrgPath::new(&path).unwrap_or_else(|_| root.clone());
            let mut new = NewRecord::new(org, fields);
            new.source = Some(self.file_name.clone());
            map.insert(*provisional, writer.create("organisation", new, meta)?.id);
        }
        Ok(map)
    }

    /// Creates and updates; gives the record id of each row.
    fn write_rows(&self, writer: &mut Writer<'_>, meta: &Meta) -> Result<Vec<RecordId>, AppError> {
        let mut ids = vec![RecordId(0); self.rows.len()];
        let creating: Vec<usize> = (0..self.rows.len())
            .filter(|at| self.rows[*at].act == ImportAct::Create)
            .collect();
        for chunk in creating.chunks(CHUNK) {
            let new = chunk
                .iter()
                .map(|at| self.new_record(writer, &self.rows[*at]))
                .collect::<Result<Vec<_>, AppError>>()?;
            let made = writer.create_many(&self.definition.id, new, meta)?;
            for (at, record) in chunk.iter().zip(made) {
                ids[*at] = record.id;
            }
        }
        for (at, row) in self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.act != ImportAct::Create)
        {
            let Some((id, _, _)) = &row.matched else {
                continue;
            };
            ids[at] = *id;
            if row.act == ImportAct::Update {
                let given = row
                    .fields
                    .iter()
                    .filter(|(field, value)| row.before.get(*field) != Some(value))
                    .map(|(field, value)| (field.clone(), value.clone()))
                    .collect();
                let before = writer.reader().get(&self.definition.id, *id)?.record;
                let after = self
                    .bringing()
                    .known_record(&mut writer.reader(), &before, given)?;
                let changes: Changes = crate::settle::changes(&before.fields, &after);
                writer.update(
                    &self.definition.id,
                    *id,
                    row.version,
                    changes,
                    &self.at(meta, &row.place),
                )?;
            }
        }
        Ok(ids)
    }

    fn at(&self, meta: &Meta, place: &str) -> Meta {
        Meta {
            source: Some(format!("{} {place}", self.file_name)),
            ..meta.clone()
        }
    }

    fn bringing(&self) -> Bringing<'_> {
        Bringing {
            definition: &self.definition,
            setting: &self.setting,
            user: &self.user,
        }
    }

    fn new_record(&self, writer: &mut Writer<'_>, row: &Decided) -> Result<NewRecord, AppError> {
        let org = directory::home_path(
            &mut writer.reader(),
            &self.definition,
            &row.fields,
            &self.own,
        )?;
        self.actor.need_write_at(&org)?;
        let mut fields = self
            .bringing()
            .new_record(&mut writer.reader(), row.fields.clone())?;
        if self.definition.id == "project" {
            default_target(&mut fields, &row.extra);
        }
        let mut new = NewRecord::new(org, fields);
        new.source = Some(format!("{} {}", self.file_name, row.place));
        Ok(new)
    }

    /// Project rows that name a round and a batch become memberships, the amount as announced there.
    fn join_rounds(
        &self,
        writer: &mut Writer<'_>,
        meta: &Meta,
        ids: &[RecordId],
    ) -> Result<(), AppError> {
        let mut rounds: BTreeMap<i64, RecordId> = BTreeMap::new();
        for (row, project) in self.rows.iter().zip(ids) {
            let number = row.extra.get("round_no").and_then(Value::as_int);
            let batch = row.extra.get("batch").and_then(Value::as_text);
            let (Some(number), Some(batch)) = (number, batch) else {
                continue;
            };
            let round = match rounds.get(&number) {
                Some(id) => *id,
                None => {
                    let id = self.round(writer, meta, number, row)?;
                    rounds.insert(number, id);
                    id
                }
            };
            self.join(
                writer,
                &self.at(meta, &row.place),
                round,
                batch,
                *project,
                row,
            )?;
        }
        Ok(())
    }

    fn round(
        &self,
        writer: &mut Writer<'_>,
        meta: &Meta,
        number: i64,
        row: &Decided,
    ) -> Result<RecordId, AppError> {
        let found = writer.reader().list(
            "round",
            &Query::default()
                .filter(Filter::eq("round_no", Value::Int(number)))
                .limited(10),
        )?;
        let single = found
            .records
            .iter()
            .find(|stored| stored.record.int("first_round_no").unwrap_or(number) == number);
        if let Some(stored) = single {
            return Ok(stored.record.id);
        }
        let mut fields = Fields::from([
            ("name".to_owned(), Value::Text(round_name(number))),
            ("round_no".to_owned(), Value::Int(number)),
        ]);
        if let Some(day) = row.extra.get("as_of").and_then(Value::as_date) {
            fields.insert("held_on".to_owned(), Value::Date(day));
        }
        let mut new = NewRecord::new(self.own.clone(), fields);
        new.source = Some(self.file_name.clone());
        Ok(writer.create("round", new, meta)?.id)
    }

    fn join(
        &self,
        writer: &mut Writer<'_>,
        meta: &Meta,
        round: RecordId,
        batch: &str,
        project: RecordId,
        row: &Decided,
    ) -> Result<(), AppError> {
        let query = Query::default()
            .filter(Filter::eq("round", Value::Ref(round)))
            .filter(Filter::eq("project", Value::Ref(project)))
            .filter(Filter::eq("batch", Value::Text(batch.to_owned())))
            .limited(1);
        if !writer
            .reader()
            .list("round_membership", &query)?
            .records
            .is_empty()
        {
            return Ok(());
        }
        let mut fields = Fields::from([
            ("round".to_owned(), Value::Ref(round)),
            ("project".to_owned(), Value::Ref(project)),
            ("batch".to_owned(), Value::Text(batch.to_owned())),
            ("role".to_owned(), Value::Text("new".to_owned())),
        ]);
        if let Some(amount) = row.fields.get("investment_total") {
            fields.insert("amount_announced".to_owned(), amount.clone());
        }
        if let Some(day) = row.extra.get("as_of").and_then(Value::as_date) {
            fields.insert("joined_on".to_owned(), Value::Date(day));
        }
        let definition = self.definitions.get("round_membership");
        fields.retain(|field, _| definition.is_some_and(|one| one.field(field).is_some()));
        let org = writer
            .reader()
            .locate(project)?
            .map_or_else(|| self.own.clone(), |(_, path)| path);
        let mut new = NewRecord::new(org, fields);
        new.source.clone_from(&meta.source);
        writer.create("round_membership", new, meta)?;
        Ok(())
    }

    /// The target in a plan's title is the project's target.
    fn set_targets(&self, writer: &mut Writer<'_>, meta: &Meta) -> Result<(), AppError> {
        let mut targets: BTreeMap<RecordId, (Date, Option<String>)> = BTreeMap::new();
        for row in &self.rows {
            let project = row
                .fields
                .get("project")
                .or(row.before.get("project"))
                .and_then(Value::as_ref_id);
            let date = row.extra.get("target_date").and_then(Value::as_date);
            if let (Some(project), Some(date)) = (project, date) {
                let kind = row
                    .extra
                    .get("target_kind")
                    .and_then(Value::as_text)
                    .map(str::to_owned);
                targets.insert(project, (date, kind));
            }
        }
        for (project, (date, kind)) in targets {
            let stored = writer.reader().get("project", project)?;
            let mut changes = Changes::from([("target_date".to_owned(), Some(Value::Date(date)))]);
            if let Some(kind) = kind {
                changes.insert("target_kind".to_owned(), Some(Value::Text(kind)));
            }
            changes.retain(|field, value| stored.record.fields.get(field) != value.as_ref());
            if !changes.is_empty() {
                writer.update(
                    "project",
                    project,
                    stored.record.version,
                    changes,
                    &Meta {
                        source: Some(self.file_name.clone()),
                        ..meta.clone()
                    },
                )?;
            }
        }
        Ok(())
    }
}

/// 第七期.
fn round_name(number: i64) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: i64| DIGITS[usize::try_from(n).unwrap_or(0) % 10];
    let text = match number {
        1..=9 => digit(number).to_owned(),
        10 => "十".to_owned(),
        11..=19 => format!("十{}", digit(number % 10)),
        20..=99 if number % 10 == 0 => format!("{}十", digit(number / 10)),
        20..=99 => format!("{}十{}", digit(number / 10), digit(number % 10)),
        _ => number.to_string(),
    };
    format!("第{text}期")
}

/// A ledger states planned dates, the wall needs a target: signed projects aim at their start, started ones at their
/// completion. A target of its own in the ledger wins.
fn default_target(fields: &mut Fields, extra: &Fields) {
    if fields.contains_key("target_date") {
        return;
    }
    let (field, kind) = match extra.get("batch").and_then(Value::as_text) {
        Some("signed") => ("start_planned", "开工"),
        Some("started") => ("completion_planned", "竣工"),
        _ => return,
    };
    if let Some(date) = fields.get(field).cloned() {
        fields.insert("target_date".to_owned(), date);
        fields.insert("target_kind".to_owned(), Value::Text(kind.to_owned()));
    }
}

/// Provisional ids replaced by those of the records just made.
fn replace_ids(definition: &Definition, fields: &mut Fields, map: &BTreeMap<RecordId, RecordId>) {
    if map.is_empty() {
        return;
    }
    for value in fields.values_mut() {
        replace_in(value, map);
    }
    debug_assert!(
        definition
            .fields
            .iter()
            .all(|field| !matches!(field.kind, FieldKind::Table { .. })
                || !field.columns().is_empty())
    );
}

fn replace_in(value: &mut Value, map: &BTreeMap<RecordId, RecordId>) {
    let real = |id: &mut RecordId| {
        if let Some(found) = map.get(id) {
            *id = *found;
        }
    };
    match value {
        Value::Ref(id) => real(id),
        Value::Refs(ids) => ids.iter_mut().for_each(real),
        Value::Rows(rows) => rows
            .iter_mut()
            .flat_map(|row| row.values_mut())
            .for_each(|value| replace_in(value, map)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::round_name;

    #[test]
    fn a_round_is_named_as_people_write_it() {
        assert_eq!(round_name(7), "第七期");
        assert_eq!(round_name(10), "第十期");
        assert_eq!(round_name(12), "第十二期");
        assert_eq!(round_name(20), "第二十期");
    }
}
