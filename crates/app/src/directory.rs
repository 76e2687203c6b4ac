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

/// Entries of the journal that are followed one by one; after more of them the indexes are made anew.
const FEW: u32 = 200;

/// Kept name indexes by register.
#[derive(Default)]
pub struct Cache {
    position: i64,
    indexes: BTreeMap<String, Arc<NameIndex>>,
}

/// The name index of a register, as of now.
pub fn index(app: &App, register: &str) -> Result<Arc<NameIndex>, AppError> {
    // One after the other, so that the moments at which it is read only move on.
    let mut cache = app.directory_cache();
    app.read(|reader| cache.index(reader, register))
}

/// Asks the name index of a register without taking it along: an index that is held when the next record comes to it is
/// copied whole.
pub fn ask<T>(app: &App, register: &str, ask: impl FnOnce(&NameIndex) -> T) -> Result<T, AppError> {
    let mut cache = app.directory_cache();
    let index = app.read(|reader| cache.index(reader, register))?;
    Ok(ask(&index))
}

impl Cache {
    fn index(
        &mut self,
        reader: &mut Reader<'_>,
        register: &str,
    ) -> Result<Arc<NameIndex>, StoreError> {
        self.catch_up(reader)?;
        if let Some(kept) = self.indexes.get(register) {
            return Ok(kept.clone());
        }
        let index = Arc::new(NameIndex::new(reader.known(register)?));
        self.indexes.insert(register.to_owned(), index.clone());
        Ok(index)
    }

    /// Goes on to the reader's moment by what the journal has since, of whatever process: new records are added, an index
    /// whose records changed in any other way is dropped. To make all anew for each new record of a large register would
    /// take longer with each.
    fn catch_up(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let position = reader.position()?;
        if position == self.position {
            return Ok(());
        }
        let since = match self.indexes.is_empty() {
            true => Vec::new(),
            false => reader.touched(self.position, FEW)?,
        };
        if since.last().is_none_or(|last| last.seq != position) {
            self.indexes.clear();
        }
        let mut made: BTreeMap<String, Vec<RecordId>> = BTreeMap::new();
        for entry in since {
            let register = entry.register.unwrap_or_default();
            match entry.record {
                Some(id) if entry.created => made.entry(register).or_default().push(id),
                _ => drop(self.indexes.remove(&register)),
            }
        }
        made.retain(|register, _| self.indexes.contains_key(register));
        let mut found = Vec::new();
        for (register, ids) in made {
            let known = reader.known_among(&register, &ids)?;
            found.push((register, known));
        }
        for (register, known) in found {
            let index = self.indexes.entry(register).or_default();
            let index = Arc::make_mut(index);
            known.into_iter().for_each(|one| index.add(one));
        }
        self.position = position;
        Ok(())
    }
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
        if definitions.get(&register).is_none() {
            continue;
        }
        let ids: Vec<RecordId> = ids.into_iter().collect();
        for (id, name) in reader.names(&register, &ids)? {
            names.insert(&register, id, name);
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
    let found = reader.ids_named("organisation", "path", &[path.as_str()])?;
    let Some((id, _)) = found.first() else {
        return Ok(None);
    };
    let stored = reader.get_many("organisation", &[*id])?;
    let name = stored.first().and_then(|one| one.record.text("short_name"));
    Ok(name.map(str::to_owned))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Actor, Clock, OpenOptions};
    use ground::Date;
    use store::{Changes, NewRecord, Writer};

    fn open(folder: &std::path::Path) -> App {
        App::open(OpenOptions {
            data: folder.to_owned(),
            database: None,
            district: None,
            district_name: None,
            clock: Clock::standing(Date::constant(2023, 3, 10)),
        })
        .expect("it opens")
    }

    fn unit(n: usize) -> NewRecord {
        let path: OrgPath = format!("410102.u{n}").parse().expect("a path");
        let text = |text: String| Value::Text(text);
        let fields = Fields::from([
            ("name".to_owned(), text(format!("第{n}办公室"))),
            ("kind".to_owned(), text("department".to_owned())),
            ("path".to_owned(), text(path.to_string())),
        ]);
        NewRecord::new(path, fields)
    }

    fn write<T: Send + 'static>(
        app: &App,
        work: impl FnOnce(&mut Writer<'_>, &store::Meta) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        let meta = app.meta(&Actor::system(app), "机构调整");
        app.write(move |writer| Ok(work(writer, &meta)?))
            .expect("written")
    }

    fn make(app: &App, numbers: std::ops::Range<usize>) -> Vec<RecordId> {
        let made = write(app, |writer, meta| {
            writer.create_many("organisation", numbers.map(unit).collect(), meta)
        });
        made.into_iter().map(|record| record.id).collect()
    }

    /// The kept index is the one that would be made now.
    fn fresh(app: &App) -> usize {
        let kept = index(app, "organisation").expect("an index");
        let known = app.read(|reader| reader.known("organisation"));
        assert_eq!(kept.all(), known.expect("known"));
        kept.all().len()
    }

    #[test]
    fn a_kept_name_index_follows_whatever_happens_here_and_in_other_processes() {
        let folder = tempfile::tempdir().expect("a folder");
        let (app, other) = (open(folder.path()), open(folder.path()));
        assert_eq!(fresh(&app), 1);
        let ids = make(&app, 0..1);
        assert_eq!(fresh(&app), 2);
        make(&other, 1..4);
        assert_eq!(fresh(&app), 5);
        let id = ids[0];
        write(&other, move |writer, meta| {
            let name = Value::Text("改名的办公室".to_owned());
            let changes = Changes::from([("name".to_owned(), Some(name))]);
            writer.update("organisation", id, 1, changes, meta)
        });
        assert_eq!(fresh(&app), 5);
        write(&other, move |writer, meta| {
            writer.withdraw("organisation", id, 2, meta)
        });
        assert_eq!(fresh(&app), 4);
        make(&other, 4..400);
        assert_eq!(fresh(&app), 400);
        write(&app, move |writer, meta| {
            let again = writer.restore("organisation", id, 3, meta)?;
            writer.withdraw("organisation", id, again.version, meta)?;
            writer.create("organisation", unit(400), meta)
        });
        assert_eq!(fresh(&app), 401);
    }

    #[test]
    fn a_record_made_and_withdrawn_between_two_looks_is_in_no_index() {
        let folder = tempfile::tempdir().expect("a folder");
        let app = open(folder.path());
        assert_eq!(fresh(&app), 1);
        let ids = make(&app, 0..2);
        write(&app, move |writer, meta| {
            writer.withdraw("organisation", ids[1], 1, meta)
        });
        assert_eq!(fresh(&app), 2);
    }
}
