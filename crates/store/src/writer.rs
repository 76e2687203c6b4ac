//! Writing records: check the version, check unique values, write the row, append to the journal.
//! All of it in one transaction that the caller's closure shares with nobody of its district.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use ground::{Date, District, OrgPath, RecordId};
use register::{Definition, Field, Fields, Record, Value};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::catalog::Catalog;
use crate::codec::{self, Written};
use crate::engine::{Cell, Connection};
use crate::error::StoreError;
use crate::insert::{LIST_MAX, in_list, insert_rows};
use crate::instant;
use crate::journal::{Entry, Head};
use crate::query::{Sql, search_text};
use crate::reader::Reader;
use crate::schema::{RegisterTable, SubTable, quoted};

/// Who writes, when and why. Goes into the journal with every entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meta {
    /// Login, or the name of a job.
    pub actor: String,
    /// Moment, UTC, `2023-03-10T00:30:00Z`.
    pub at: String,
    /// Civil date at the actor's place: the year in record numbers.
    pub today: Date,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// File, sheet and cell, or the address of a request.
    pub source: Option<String>,
    /// The import that this write belongs to.
    pub batch: Option<RecordId>,
}

impl Meta {
    /// Actor, moment and day; the rest is empty.
    pub fn new(actor: impl Into<String>, at: impl Into<String>, today: Date) -> Self {
        let (actor, at) = (actor.into(), at.into());
        Self {
            actor,
            at,
            today,
            reason: None,
            source: None,
            batch: None,
        }
    }
}

/// A record to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewRecord {
    /// Whose record it is.
    pub org: OrgPath,
    /// Short name of that organisation, for number patterns that use it.
    pub org_abbr: Option<String>,
    /// Values; empty ones are left out.
    pub fields: Fields,
    /// A number that it has already; otherwise the register's pattern gives one.
    pub number: Option<String>,
    /// Where it came from, when that differs from record to record (file, sheet and row).
    pub source: Option<String>,
}

impl NewRecord {
    /// A record that gets its number here.
    pub fn new(org: OrgPath, fields: Fields) -> Self {
        Self {
            org,
            org_abbr: None,
            fields,
            number: None,
            source: None,
        }
    }
}

/// Fields to set (`Some`) and to clear (`None`).
pub type Changes = BTreeMap<String, Option<Value>>;

/// What [`Writer::act`] does to a record.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Act {
    /// Name of the act in the journal.
    pub name: String,
    /// Fields to set and to clear.
    pub changes: Changes,
    /// The organisation whose record it becomes; none = as before.
    pub org: Option<OrgPath>,
    /// The register's pattern gives the number now.
    pub give_number: bool,
    /// Short name of that organisation, for number patterns that use it.
    pub org_abbr: Option<String>,
}

/// Something that happened but changed no record: a login, an export, a refused access.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Event {
    /// What happened, snake_case.
    pub action: String,
    /// Kind of thing it happened to: a register, `account`, `setting`…
    pub register: Option<String>,
    /// The record, if it is about one.
    pub record: Option<RecordId>,
    /// Details as JSON.
    pub detail: Option<Json>,
}

/// An open write transaction of one district.
pub struct Writer<'a> {
    pub(crate) tx: &'a mut dyn Connection,
    pub(crate) head: &'a mut Head,
    pub(crate) district: District,
    pub(crate) catalog: Arc<Catalog>,
}

impl Writer<'_> {
    /// Reads inside the transaction: sees what it has written so far.
    pub fn reader(&mut self) -> Reader<'_> {
        let (district, catalog) = (self.district.clone(), self.catalog.clone());
        Reader {
            tx: &mut *self.tx,
            district,
            catalog,
            committed: false,
        }
    }

    /// The district that is written to.
    pub fn district(&self) -> &District {
        &self.district
    }

    pub(crate) fn cell(&self) -> Cell {
        Cell::from(self.district.as_str())
    }

    fn table(&self, register: &str) -> Result<Arc<RegisterTable>, StoreError> {
        self.catalog.table(register)
    }

    /// A new id, greater than all before it in the district.
    pub fn new_id(&mut self, meta: &Meta) -> Result<RecordId, StoreError> {
        Ok(self.head.next_id(instant::seconds(&meta.at)?))
    }

    /// Makes a record.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`], [`StoreError::Invalid`], [`StoreError::Unknown`].
    pub fn create(
        &mut self,
        register: &str,
        new: NewRecord,
        meta: &Meta,
    ) -> Result<Record, StoreError> {
        let made = self.create_many(register, vec![new], meta)?.pop();
        Ok(made.expect("one record in, one out"))
    }

    /// Makes many records at once, in order. All or none.
    ///
    /// # Errors
    /// As for [`Writer::create`].
    pub fn create_many(
        &mut self,
        register: &str,
        mut new: Vec<NewRecord>,
        meta: &Meta,
    ) -> Result<Vec<Record>, StoreError> {
        let table = self.table(register)?;
        let now = instant::seconds(&meta.at)?;
        for one in &mut new {
            tidy(&mut one.fields);
            codec::check_all(&table.definition.fields, &one.fields)?;
            one.fields.retain(|id, _| table.stores(id));
        }
        let numbers = self.numbers(&table, &new, meta)?;
        let own = new.iter().any(|one| one.number.is_some());
        let mut made = Vec::with_capacity(new.len());
        let mut sources = Vec::with_capacity(new.len());
        for (one, number) in new.into_iter().zip(numbers) {
            let id = self.head.next_id(now);
            sources.push(one.source);
            let (org, fields) = (one.org, one.fields);
            made.push(Record {
                id,
                version: 1,
                org,
                number,
                fields,
                withdrawn: false,
            });
        }
        // A number that was drawn is nobody's.
        for field in unique_fields(&table).filter(|field| own || *field != "number") {
            self.check_unique(&table, field, &made)?;
        }
        self.insert(&table, &made, meta)?;
        let seq = self.head.seq();
        let entries = made.iter().zip(sources).map(|(record, source)| Entry {
            source: source.or_else(|| meta.source.clone()),
            ..entry("create", &table, record, meta)
        });
        self.head.append(self.tx, entries)?;
        self.enter_some(&table, seq)?;
        Ok(made)
    }

    fn insert(
        &mut self,
        table: &RegisterTable,
        made: &[Record],
        meta: &Meta,
    ) -> Result<(), StoreError> {
        let district = self.district.clone();
        let rows = made
            .iter()
            .map(|record| record_cells(&district, table, record, &meta.at));
        insert_rows(self.tx, &table.table, &table.write_columns, rows.collect())?;
        let index = made.iter().map(|record| {
            let register = Cell::from(table.definition.id.as_str());
            let org = Cell::from(record.org.as_str());
            vec![
                Cell::from(district.as_str()),
                Cell::Int(record.id.0),
                register,
                org,
            ]
        });
        let columns = "district_code, record_id, register, org_path";
        insert_rows(self.tx, "record_index", columns, index.collect())?;
        self.insert_rows_of(table, made.iter(), |_| true)
    }

    fn insert_rows_of<'r>(
        &mut self,
        table: &RegisterTable,
        records: impl Iterator<Item = &'r Record> + Clone,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        for sub in table.subs.iter().filter(|s| wanted(&s.field)) {
            let mut all = Vec::new();
            for record in records.clone() {
                let head = [self.cell(), Cell::Int(record.id.0)];
                all.extend(sub_rows(sub, &head, record.rows(&sub.field)));
            }
            insert_rows(self.tx, &sub.table, &sub.write_columns, all)?;
        }
        Ok(())
    }

    /// Changes fields of a record. A change that changes nothing writes nothing.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the record's version is not `expected`, [`StoreError::NotFound`],
    /// [`StoreError::Duplicate`], [`StoreError::Invalid`], [`StoreError::Unknown`].
    pub fn update(
        &mut self,
        register: &str,
        id: RecordId,
        expected: i64,
        changes: Changes,
        meta: &Meta,
    ) -> Result<Record, StoreError> {
        let table = self.table(register)?;
        let before = self.current(register, id, expected)?;
        let mut after = changed(&table, &before, changes)?;
        if table.definition.number_at.is_none() {
            self.draw_number(&table, &mut after, None, meta)?;
        }
        self.put("update", &table, &before, after, meta)
    }

    /// 办理. Changes a record by an act that has a name of its own in the journal; the number that the act brings is
    /// given in the same entry, and so is the organisation it passes to.
    ///
    /// # Errors
    /// As for [`Writer::update`].
    pub fn act(
        &mut self,
        register: &str,
        id: RecordId,
        expected: i64,
        act: Act,
        meta: &Meta,
    ) -> Result<Record, StoreError> {
        let table = self.table(register)?;
        let before = self.current(register, id, expected)?;
        let mut after = changed(&table, &before, act.changes)?;
        after.org = act.org.unwrap_or(after.org);
        if act.give_number {
            self.draw_number(&table, &mut after, act.org_abbr.as_deref(), meta)?;
        }
        self.put(&act.name, &table, &before, after, meta)
    }

    /// Changes fields and gives the record its number in the same step: for the transition at which the definition
    /// gives numbers (`number.assign`). A record that has a number keeps it.
    ///
    /// # Errors
    /// As for [`Writer::update`].
    pub fn update_with_number(
        &mut self,
        register: &str,
        id: RecordId,
        expected: i64,
        changes: Changes,
        org_abbr: Option<&str>,
        meta: &Meta,
    ) -> Result<Record, StoreError> {
        let table = self.table(register)?;
        let before = self.current(register, id, expected)?;
        let mut after = changed(&table, &before, changes)?;
        self.draw_number(&table, &mut after, org_abbr, meta)?;
        self.put("update", &table, &before, after, meta)
    }

    /// Gives a record its number; one that has a number keeps it.
    ///
    /// # Errors
    /// As for [`Writer::update`].
    pub fn give_number(
        &mut self,
        register: &str,
        id: RecordId,
        expected: i64,
        org_abbr: Option<&str>,
        meta: &Meta,
    ) -> Result<Record, StoreError> {
        self.update_with_number(register, id, expected, Changes::new(), org_abbr, meta)
    }

    /// Changes many records of a register, each for itself: one that is stale, gone or not allowed is told and left
    /// as it is, the others are changed.
    ///
    /// # Errors
    /// What concerns all of them; see [`Writer::update`] for the results.
    pub fn update_many(
        &mut self,
        register: &str,
        items: Vec<(RecordId, i64, Changes)>,
        meta: &Meta,
    ) -> Result<Vec<Result<Record, StoreError>>, StoreError> {
        self.table(register)?;
        let update = |(id, expected, changes)| {
            // All refusals come before the first write of a record.
            match self.update(register, id, expected, changes, meta) {
                Err(error) if error.detail().is_some() => Err(error),
                result => Ok(result),
            }
        };
        items.into_iter().map(update).collect()
    }

    fn draw_number(
        &mut self,
        table: &RegisterTable,
        record: &mut Record,
        org_abbr: Option<&str>,
        meta: &Meta,
    ) -> Result<(), StoreError> {
        if record.number.is_some() {
            return Ok(());
        }
        let new = NewRecord {
            org_abbr: org_abbr.map(str::to_owned),
            ..NewRecord::new(record.org.clone(), record.fields.clone())
        };
        record.number = self.next_number(table, &new, meta)?;
        Ok(())
    }

    /// Gives a record to another organisation.
    ///
    /// # Errors
    /// [`StoreError::Stale`], [`StoreError::NotFound`].
    pub fn assign(
        &mut self,
        register: &str,
        id: RecordId,
        expected: i64,
        org: OrgPath,
        meta: &Meta,
    ) -> Result<Record, StoreError> {
        let table = self.table(register)?;
        let before = self.current(register, id, expected)?;
        let after = Record {
            org,
            ..before.clone()
        };
        self.put("assign", &table, &before, after, meta)
    }

    /// Takes a record out of use; its history stays.
    ///
    /// # Errors
    /// [`StoreError::Stale`], [`StoreError::NotFound`].
    pub fn withdraw(
        &mut self,
        register: &str,
        id: RecordId,
        expected: i64,
        meta: &Meta,
    ) -> Result<Record, StoreError> {
        self.set_withdrawn("withdraw", register, id, expected, true, meta)
    }

    /// Puts a withdrawn record back into use.
    ///
    /// # Errors
    /// [`StoreError::Stale`], [`StoreError::NotFound`], [`StoreError::Duplicate`] when another
    /// record has taken its unique value meanwhile.
    pub fn restore(
        &mut self,
        register: &str,
        id: RecordId,
        expected: i64,
        meta: &Meta,
    ) -> Result<Record, StoreError> {
        self.set_withdrawn("restore", register, id, expected, false, meta)
    }

    fn set_withdrawn(
        &mut self,
        action: &str,
        register: &str,
        id: RecordId,
        expected: i64,
        withdrawn: bool,
        meta: &Meta,
    ) -> Result<Record, StoreError> {
        let table = self.table(register)?;
        let before = self.current(register, id, expected)?;
        let after = Record {
            withdrawn,
            ..before.clone()
        };
        self.put(action, &table, &before, after, meta)
    }

    fn current(
        &mut self,
        register: &str,
        id: RecordId,
        expected: i64,
    ) -> Result<Record, StoreError> {
        let record = self.reader().get(register, id)?.record;
        if record.version != expected {
            let (register, current) = (register.to_owned(), record.version);
            return Err(StoreError::Stale {
                register,
                id,
                current,
            });
        }
        Ok(record)
    }

    /// Writes a changed record and its journal entry.
    pub(crate) fn put(
        &mut self,
        action: &str,
        table: &RegisterTable,
        before: &Record,
        mut after: Record,
        meta: &Meta,
    ) -> Result<Record, StoreError> {
        instant::seconds(&meta.at)?;
        codec::check_all(&table.definition.fields, &after.fields)?;
        after.fields.retain(|id, _| table.stores(id));
        if after == *before {
            return Ok(after);
        }
        after.version = before.version + 1;
        if !after.withdrawn {
            for field in unique_fields(table) {
                self.check_unique(table, field, std::slice::from_ref(&after))?;
            }
        }
        self.update_row(table, before, &after, meta)?;
        self.replace_rows(table, before, &after)?;
        if before.org != after.org {
            let sql = "UPDATE record_index SET org_path = $3 \
                       WHERE district_code = $1 AND record_id = $2";
            let cells = [
                self.cell(),
                Cell::Int(after.id.0),
                Cell::from(after.org.as_str()),
            ];
            self.tx.execute(sql, &cells)?;
        }
        let patch = Some(patch_text(before, &after));
        let entry = Entry {
            patch,
            ..entry(action, table, &after, meta)
        };
        let seq = self.head.seq();
        self.head.append(self.tx, [entry])?;
        self.enter_some(table, seq)?;
        Ok(after)
    }

    /// Sets only the columns that changed, so that only their indexes are rewritten.
    fn update_row(
        &mut self,
        table: &RegisterTable,
        before: &Record,
        after: &Record,
        meta: &Meta,
    ) -> Result<(), StoreError> {
        let start = format!(
            "UPDATE {} SET version = version + 1, updated_at = $2",
            table.table
        );
        let mut sql = Sql::new(start, self.district.as_str());
        sql.cells.push(Cell::from(meta.at.as_str()));
        let mut set = |column: &str, cell: Cell| {
            let mark = sql.bind(cell);
            sql.push(&format!(", {} = {mark}", quoted(column)));
        };
        if before.org != after.org {
            set("org_path", Cell::from(after.org.as_str()));
        }
        if before.number != after.number {
            set("number", Cell::text(after.number.as_deref()));
        }
        if before.withdrawn != after.withdrawn {
            set("withdrawn", Cell::from(after.withdrawn));
        }
        let text = search_text(table, &after.fields, after.number.as_deref());
        let old = search_text(table, &before.fields, before.number.as_deref());
        let renamed = text != old;
        if renamed {
            set("search_text", Cell::from(text.as_str()));
        }
        for field in &table.fields {
            let value = after.fields.get(&field.id);
            if value != before.fields.get(&field.id) {
                let mut cells = Vec::new();
                codec::push_cells(field, value, &mut cells);
                let names = [field.id.clone(), codec::bound_column(&field.id)];
                names
                    .iter()
                    .zip(cells)
                    .for_each(|(name, cell)| set(name, cell));
            }
        }
        let (id, version) = (sql.bind(after.id.0), sql.bind(before.version));
        sql.push(&format!(
            " WHERE district_code = $1 AND record_id = {id} AND version = {version}"
        ));
        let changed = self.tx.execute(&sql.text, &sql.cells)?;
        // The version was read in this transaction and nobody else writes to the district.
        assert_eq!(
            changed, 1,
            "record {} changed under the district's lock",
            after.id
        );
        if renamed {
            self.re_enter(table, after.id, &old, &text)?;
        }
        Ok(())
    }

    fn replace_rows(
        &mut self,
        table: &RegisterTable,
        before: &Record,
        after: &Record,
    ) -> Result<(), StoreError> {
        let differs = |field: &str| before.rows(field) != after.rows(field);
        for sub in table.subs.iter().filter(|s| differs(&s.field)) {
            let sql = format!(
                "DELETE FROM {} WHERE district_code = $1 AND record_id = $2",
                sub.table
            );
            self.tx
                .execute(&sql, &[self.cell(), Cell::Int(after.id.0)])?;
        }
        self.insert_rows_of(table, std::iter::once(after), differs)
    }

    /// Refuses a value that another record in use has. The district is locked, so what is not
    /// there now will not be there at the commit.
    fn check_unique(
        &mut self,
        table: &RegisterTable,
        field: &str,
        records: &[Record],
    ) -> Result<(), StoreError> {
        let refuse = |existing| StoreError::Duplicate {
            register: table.definition.id.clone(),
            field: field.to_owned(),
            existing,
        };
        let valued: Vec<(RecordId, Cell)> = records
            .iter()
            .filter_map(|r| Some((r.id, unique_cell(r, field)?)))
            .collect();
        let mut seen = HashSet::new();
        let mut told_apart = |(_, cell): &(RecordId, Cell)| seen.insert(format!("{cell:?}"));
        if valued.len() > 1 && !valued.iter().all(&mut told_apart) {
            return Err(refuse(None));
        }
        for part in valued.chunks(LIST_MAX) {
            let mut cells = vec![self.cell()];
            let list = in_list(part.iter().map(|(_, cell)| cell.clone()), &mut cells);
            let sql = format!(
                "SELECT record_id FROM {} WHERE district_code = $1 AND withdrawn = 0 \
                 AND {} IN {list}",
                table.table,
                quoted(field)
            );
            for row in self.tx.query(&sql, &cells)? {
                let found = RecordId(row.int(0)?);
                if !part.iter().any(|(id, _)| *id == found) {
                    return Err(refuse(Some(found)));
                }
            }
        }
        Ok(())
    }

    /// Appends an event that changes no record.
    pub fn note(&mut self, event: Event, meta: &Meta) -> Result<i64, StoreError> {
        instant::seconds(&meta.at)?;
        let entry = Entry {
            action: event.action,
            register: event.register,
            record: event.record,
            patch: event.detail.map(|detail| detail.to_string()),
            ..plain_entry(meta)
        };
        Ok(self.head.append(self.tx, [entry])?)
    }

    /// Notes that a definition came into force; once per register and version.
    pub fn note_definition(
        &mut self,
        definition: &Definition,
        text: &str,
        meta: &Meta,
    ) -> Result<(), StoreError> {
        use sha2::{Digest, Sha256};
        instant::seconds(&meta.at)?;
        let digest = hex::encode(Sha256::digest(text));
        let sql = "INSERT INTO definition_version \
                   (district_code, register, version, digest, text, at, actor) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) \
                   ON CONFLICT (district_code, register, version) DO NOTHING";
        let texts = [
            self.district.as_str(),
            &definition.id,
            &definition.version,
            &digest,
            text,
            &meta.at,
            &meta.actor,
        ];
        if self.tx.execute(sql, &texts.map(Cell::from))? == 0 {
            return Ok(());
        }
        let event = Event {
            action: "define".to_owned(),
            register: Some(definition.id.clone()),
            record: None,
            detail: Some(json!({ "version": definition.version, "digest": digest })),
        };
        self.note(event, meta).map(|_| ())
    }
}

fn changed(table: &RegisterTable, before: &Record, changes: Changes) -> Result<Record, StoreError> {
    let mut after = before.clone();
    for (field, value) in changes {
        if table.definition.field(&field).is_none_or(|f| f.import_only) {
            return Err(StoreError::Unknown { name: field });
        }
        match value {
            Some(value) => after.fields.insert(field, value),
            None => after.fields.remove(&field),
        };
    }
    tidy(&mut after.fields);
    Ok(after)
}

/// Takes out empty values, in rows too: a text of nothing is a value that is missing, and is stored as that.
pub(crate) fn tidy(fields: &mut Fields) {
    for value in fields.values_mut() {
        if let Value::Rows(rows) = value {
            rows.iter_mut().for_each(tidy);
        }
    }
    fields.retain(|_, value| !value.is_empty());
}

fn unique_fields(table: &RegisterTable) -> impl Iterator<Item = &str> {
    let fields = table.fields.iter().filter(|f: &&Field| f.unique);
    fields.map(|f| f.id.as_str()).chain(["number"])
}

fn unique_cell(record: &Record, field: &str) -> Option<Cell> {
    match field {
        "number" => record.number.clone().map(Cell::Text),
        _ => record.fields.get(field).map(codec::key_cell),
    }
}

/// A row of [`RegisterTable::write_columns`].
fn record_cells(
    district: &District,
    table: &RegisterTable,
    record: &Record,
    at: &str,
) -> Vec<Cell> {
    let mut cells = vec![
        Cell::from(district.as_str()),
        Cell::Int(record.id.0),
        Cell::Int(record.version),
        Cell::from(record.org.as_str()),
        Cell::text(record.number.as_deref()),
        Cell::from(record.withdrawn),
        Cell::from(at),
        Cell::from(at),
        Cell::Text(search_text(table, &record.fields, record.number.as_deref())),
    ];
    for field in &table.fields {
        codec::push_cells(field, record.fields.get(&field.id), &mut cells);
    }
    cells
}

/// Rows of a table field as cells, behind the district and the record.
pub(crate) fn sub_rows(sub: &SubTable, head: &[Cell], rows: &[Fields]) -> Vec<Vec<Cell>> {
    let row = |(at, row): (usize, &Fields)| {
        let mut cells = head.to_vec();
        cells.push(Cell::Int(at as i64 + 1));
        for column in &sub.columns {
            codec::push_cells(column, row.get(&column.id), &mut cells);
        }
        cells
    };
    rows.iter().enumerate().map(row).collect()
}

fn plain_entry(meta: &Meta) -> Entry {
    Entry {
        at: meta.at.clone(),
        actor: meta.actor.clone(),
        batch: meta.batch,
        reason: meta.reason.clone(),
        source: meta.source.clone(),
        ..Entry::default()
    }
}

pub(crate) fn entry(action: &str, table: &RegisterTable, record: &Record, meta: &Meta) -> Entry {
    Entry {
        action: action.to_owned(),
        register: Some(table.definition.id.clone()),
        record: Some(record.id),
        version: Some(record.version),
        after: Some(after_text(record)),
        ..plain_entry(meta)
    }
}

/// The whole record as the journal keeps it.
pub(crate) fn after_text(record: &Record) -> String {
    #[derive(Serialize)]
    struct After<'a> {
        fields: Written<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        number: Option<&'a str>,
        org: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        withdrawn: Option<bool>,
    }
    let after = After {
        fields: Written(&record.fields),
        number: record.number.as_deref(),
        org: record.org.as_str(),
        withdrawn: record.withdrawn.then_some(true),
    };
    serde_json::to_string(&after).expect("texts and numbers under texts")
}

/// `{"before": {…}, "after": {…}}` with the changed fields only.
pub(crate) fn patch_text(before: &Record, after: &Record) -> String {
    let changed = register::diff(&before.fields, &after.fields);
    let side = |pick: fn(&register::Change) -> &Option<Value>| {
        let values = changed
            .iter()
            .filter_map(|(id, c)| Some((id.clone(), pick(c).clone()?)));
        json!(Written(&values.collect()))
    };
    let mut patch = json!({ "before": side(|c| &c.before), "after": side(|c| &c.after) });
    if before.org != after.org {
        patch["org"] = json!([before.org.as_str(), after.org.as_str()]);
    }
    if before.withdrawn != after.withdrawn {
        patch["withdrawn"] = json!(after.withdrawn);
    }
    patch.to_string()
}
