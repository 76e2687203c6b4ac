//! 名录 Names of records: which organisation, project or enterprise a word means, and what an id is called. Kept by
//! journal position.

use crate::App;
use crate::definitions::Definitions;
use crate::error::AppError;
use ground::{OrgPath, RecordId};
use register::{Definition, Field, FieldKind, Fields, NameIndex, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Reader, StoreError};

/// Kept name indexes by register.
#[derive(Default)]
pub struct Cache {
    position: i64,
    indexes: BTreeMap<String, Arc<NameIndex>>,
}

/// The name index of a register, as of now.
pub fn index(app: &App, register: &str) -> Result<Arc<NameIndex>, AppError> {
    let position = app.position()?;
    if let Some(kept) = kept(app, register, position) {
        return Ok(kept);
    }
    let known = app.read(|reader| reader.known(register))?;
    let index = Arc::new(NameIndex::new(known));
    app.directory_cache()
        .indexes
        .insert(register.to_owned(), index.clone());
    Ok(index)
}

fn kept(app: &App, register: &str, position: i64) -> Option<Arc<NameIndex>> {
    let mut cache = app.directory_cache();
    if cache.position != position {
        cache.position = position;
        cache.indexes.clear();
    }
    cache.indexes.get(register).cloned()
}

/// Names of referenced records by register and id.
#[derive(Default)]
pub struct NamesOf(BTreeMap<(String, RecordId), String>);

impl NamesOf {
    /// Name of a record, if known.
    pub fn get(&self, register: &str, id: RecordId) -> Option<String> {
        self.0.get(&(register.to_owned(), id)).cloned()
    }

    /// Puts a name in, for records that are not stored yet.
    pub fn insert(&mut self, register: &str, id: RecordId, name: String) {
        self.0.insert((register.to_owned(), id), name);
    }

    /// Ready texts of all fields.
    pub fn shown(&self, definition: &Definition, fields: &Fields) -> BTreeMap<String, String> {
        let lookup = |register: &str, id: RecordId| self.get(register, id);
        let known = definition
            .fields
            .iter()
            .filter_map(|field| Some((field, fields.get(&field.id)?)));
        known
            .map(|(field, value)| (field.id.clone(), value.show_with(field, &lookup)))
            .collect()
    }
}

/// Names of everything the given records refer to.
pub fn names_of<'a>(
    reader: &mut Reader<'_>,
    definitions: &Definitions,
    definition: &Definition,
    records: impl Iterator<Item = &'a Fields>,
) -> Result<NamesOf, StoreError> {
    let mut wanted: BTreeMap<String, BTreeSet<RecordId>> = BTreeMap::new();
    for fields in records {
        collect(&definition.fields, fields, &mut wanted);
    }
    names_in(reader, definitions, wanted)
}

/// Names of records by register and id; a record without a name is called by its number.
pub fn names_in(
    reader: &mut Reader<'_>,
    definitions: &Definitions,
    wanted: BTreeMap<String, BTreeSet<RecordId>>,
) -> Result<NamesOf, StoreError> {
    let mut names = NamesOf::default();
    for (register, ids) in wanted {
        let Some(target) = definitions.get(&register) else {
            continue;
        };
        let ids: Vec<RecordId> = ids.into_iter().collect();
        for stored in reader.get_many(&register, &ids)? {
            let name = stored.record.name(target);
            let name = name.or(stored.record.number.as_deref());
            let name = name.unwrap_or_default().to_owned();
            names.insert(&register, stored.record.id, name);
        }
    }
    Ok(names)
}

/// Ids by register that a record refers to, sub-tables included.
pub fn collect(
    known: &[Field],
    fields: &Fields,
    wanted: &mut BTreeMap<String, BTreeSet<RecordId>>,
) {
    for field in known {
        let target = match &field.kind {
            FieldKind::Org => Some("organisation"),
            kind => kind.target(),
        };
        match (fields.get(&field.id), target) {
            (Some(Value::Ref(id)), Some(register)) => {
                wanted.entry(register.to_owned()).or_default().insert(*id);
            }
            (Some(Value::Refs(ids)), Some(register)) => {
                wanted.entry(register.to_owned()).or_default().extend(ids)
            }
            (Some(Value::Rows(rows)), _) => rows
                .iter()
                .for_each(|row| collect(field.columns(), row, wanted)),
            _ => {}
        }
    }
}

/// Fields that say whose record it is, in order of weight.
pub(crate) const HOME_FIELDS: [&str; 7] = [
    "subdistrict",
    "place_org",
    "lead_unit",
    "responsible_unit",
    "unit",
    "organisation",
    "project",
];

/// Whose record it is: the first organisation (or project) it names, else the writer's own.
pub fn home_path(
    reader: &mut Reader<'_>,
    definition: &Definition,
    fields: &Fields,
    own: &OrgPath,
) -> Result<OrgPath, StoreError> {
    if definition.id == "organisation" {
        let path = fields
            .get("path")
            .and_then(Value::as_text)
            .and_then(|text| text.parse().ok());
        return Ok(path.unwrap_or_else(|| own.clone()));
    }
    for name in HOME_FIELDS {
        let Some(field) = definition.field(name) else {
            continue;
        };
        let Some(id) = fields.get(name).and_then(Value::as_ref_id) else {
            continue;
        };
        let found = match &field.kind {
            FieldKind::Org => org_path(reader, id)?,
            _ => reader.locate(id)?.map(|(_, path)| path),
        };
        if let Some(path) = found {
            return Ok(path);
        }
    }
    Ok(own.clone())
}

/// Path of an organisation.
pub fn org_path(reader: &mut Reader<'_>, id: RecordId) -> Result<Option<OrgPath>, StoreError> {
    let found = reader.get_many("organisation", &[id])?;
    Ok(found
        .first()
        .and_then(|stored| stored.record.text("path"))
        .and_then(|text| text.parse().ok()))
}

/// 简称 of the organisation at a path, for numbers that begin with it.
pub fn short_name(reader: &mut Reader<'_>, path: &OrgPath) -> Result<Option<String>, StoreError> {
    let path = Value::Text(path.to_string());
    let query = store::Query::default()
        .filter(store::Filter::eq("path", path))
        .limited(1);
    let found = reader.list("organisation", &query)?;
    let record = found.records.first().map(|stored| &stored.record);
    Ok(record.and_then(|one| one.text("short_name").map(str::to_owned)))
}

/// Names of records of one register by id.
pub fn names_by_id(
    reader: &mut Reader<'_>,
    setting: &crate::world::Setting,
    definition: &Definition,
    ids: &[RecordId],
) -> Result<BTreeMap<RecordId, String>, StoreError> {
    let mut names = BTreeMap::new();
    for id in ids {
        // As of a former day a unit has the name it had then.
        let found = match &setting.past {
            Some(instant) => reader.get_as_of(&definition.id, *id, instant),
            None => reader.get(&definition.id, *id),
        };
        match found {
            Ok(stored) => {
                let name = stored.record.name(definition).unwrap_or_default();
                names.insert(*id, name.to_owned());
            }
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(names)
}
