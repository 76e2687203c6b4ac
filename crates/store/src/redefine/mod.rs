//! A new definition comes into force: all records of the register are carried over in one transaction, or nothing
//! changes. What is given up is kept under another name, and old journal entries still read.

mod layout;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use ground::{District, Finding, RecordId};
use register::{Definition, Fields, Record};

use crate::catalog::Catalog;
use crate::codec;
use crate::commit::Desk;
use crate::engine::{Cell, Connection, Dialect};
use crate::error::StoreError;
use crate::gate::Closed;
use crate::insert::insert_rows;
use crate::journal::Entry;
use crate::query::{PAGE_MAX, Query, Sql, search_text};
use crate::reader::Reader;
use crate::schema::{self, Migrated, RegisterTable, history, quoted};
use crate::store::Store;
use crate::writer::{self, Meta, Writer};
use layout::{Layout, Renames};

/// Failed records that are told one by one.
const TOLD: usize = 1000;

/// How a record of the old definition becomes values of the new one.
pub type Convert = dyn Fn(&Record) -> Result<Fields, Vec<Finding>> + Send + Sync;

/// Is told how many of how many records are done.
pub type Progress = dyn Fn(u64, u64) + Send + Sync;

/// A definition on its way into force.
pub struct NewDefinition {
    /// The definition in force, from which the conversion leads; `None` for a new register.
    pub old: Option<Definition>,
    /// The new one. Its version was never used before.
    pub new: Definition,
    /// The new one as written.
    pub toml: String,
    /// Templates of its reports: file name and content.
    pub files: Vec<(String, Vec<u8>)>,
    /// Carries a record over.
    pub convert: Box<Convert>,
    /// Hears of long work.
    pub progress: Box<Progress>,
}

/// What a new definition did, or would do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Redefined {
    /// Records of the district, also those taken out of use.
    pub records: u64,
    /// Records whose values changed.
    pub changed: u64,
    /// Records that cannot be carried over, a thousand at most. Empty once it is in force.
    pub failed: Vec<(RecordId, Vec<Finding>)>,
    /// Tables and columns added.
    pub migrated: Migrated,
}

impl Store {
    /// Brings a new definition into force for a district. Afterwards lists, history and the past are read with it;
    /// what an earlier definition called otherwise or gave up stays readable in history.
    ///
    /// # Errors
    /// [`StoreError::Conversion`] with the records that cannot be carried over, [`StoreError::Definition`] when the
    /// old definition is not in force any more, the version was used before, or another district of this database
    /// keeps records of the register that would change. Then nothing has changed.
    pub fn apply_definition(
        &self,
        district: &District,
        change: NewDefinition,
        meta: &Meta,
    ) -> Result<Redefined, StoreError> {
        self.check_old(&change)?;
        let new = RegisterTable::new(&change.new)?;
        let (catalog, meta, of) = (self.shared_catalog(), meta.clone(), district.clone());
        // On PostgreSQL the first change of a table makes its readers wait, so they are kept out from the start; on
        // SQLite they read on until the end.
        let closed: Arc<Mutex<Option<Closed>>> = Arc::default();
        let (gate, held) = (self.gate(), closed.clone());
        let close = move || -> Result<(), StoreError> {
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            if held.is_none() {
                *held = Some(gate.close()?);
            }
            Ok(())
        };
        let swap = catalog.clone();
        let done = self.write_alone(
            district,
            move |desk| {
                if desk.tx.dialect() == Dialect::Postgres {
                    close()?;
                }
                let now = catalog
                    .read()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clone();
                let done = Work::new(desk, &of, &now, &change, new, &meta)?.run()?;
                close()?;
                Ok(done)
            },
            move |(_, table): &(Redefined, RegisterTable)| {
                let mut catalog = swap.write().unwrap_or_else(PoisonError::into_inner);
                *catalog = Arc::new(catalog.with(vec![table.clone()]));
            },
        );
        self.forget_statements();
        drop(closed.lock().unwrap_or_else(PoisonError::into_inner).take());
        done.map(|(done, _)| done)
    }

    /// What a new definition would do to the records of a district. Changes nothing.
    ///
    /// # Errors
    /// As for [`Store::apply_definition`], but records that cannot be carried over are told in the result.
    pub fn try_definition(
        &self,
        district: &District,
        change: &NewDefinition,
    ) -> Result<Redefined, StoreError> {
        self.check_old(change)?;
        let new = RegisterTable::new(&change.new)?;
        let Some(old) = &change.old else {
            return Ok(Redefined::default());
        };
        self.read(district, |reader| {
            check_version(reader, &change.new)?;
            let total = count(reader, &old.id)?;
            let mut done = Redefined::default();
            let mut seen = BTreeSet::new();
            each_page(reader, &old.id, |_, records| {
                for record in records {
                    done.records += 1;
                    match carried(change, &new, &record).and_then(|fields| {
                        twice(&new, &record, &fields, &mut seen)?;
                        Ok(fields)
                    }) {
                        Ok(fields) => {
                            let before = writer::after_text(&record);
                            let after = Record { fields, ..record };
                            done.changed += u64::from(writer::after_text(&after) != before);
                        }
                        Err(found) if done.failed.len() < TOLD => {
                            done.failed.push((record.id, found));
                        }
                        Err(_) => {}
                    }
                }
                (change.progress)(done.records, total);
                Ok(())
            })?;
            Ok(done)
        })
    }

    fn check_old(&self, change: &NewDefinition) -> Result<(), StoreError> {
        let now = self
            .definitions()
            .into_iter()
            .find(|d| d.id == change.new.id);
        if now == change.old {
            return Ok(());
        }
        Err(StoreError::Definition {
            register: change.new.id.clone(),
            problem: "定义刚被别人改过，请重新打开后再改。".to_owned(),
        })
    }
}

/// The new values of a record, checked.
fn carried(
    change: &NewDefinition,
    new: &RegisterTable,
    record: &Record,
) -> Result<Fields, Vec<Finding>> {
    let mut fields = (change.convert)(record)?;
    writer::tidy(&mut fields);
    codec::check_all(&new.definition.fields, &fields).map_err(|error| {
        let place = error.field().unwrap_or_default().to_owned();
        let remedy = "请在迁移规则（migrate.set）里写明怎样转换。";
        vec![Finding::error(
            "definition.conversion",
            place,
            format!("{error}。"),
            remedy,
        )]
    })?;
    fields.retain(|id, _| new.stores(id));
    Ok(fields)
}

/// A unique value that two records would have.
fn twice(
    new: &RegisterTable,
    record: &Record,
    fields: &Fields,
    seen: &mut BTreeSet<(String, String)>,
) -> Result<(), Vec<Finding>> {
    if record.withdrawn {
        return Ok(());
    }
    for field in new.fields.iter().filter(|f| f.unique) {
        let Some(value) = fields.get(&field.id) else {
            continue;
        };
        let key = (field.id.clone(), format!("{:?}", codec::key_cell(value)));
        if !seen.insert(key) {
            let problem = format!("“{}”不许重复，但已有记录的值与它相同。", field.label.zh);
            let remedy = "请先合并重复的记录，或取消不许重复。";
            return Err(vec![Finding::error(
                "definition.duplicate",
                field.id.clone(),
                problem,
                remedy,
            )]);
        }
    }
    Ok(())
}

fn count(reader: &mut Reader<'_>, register: &str) -> Result<u64, StoreError> {
    reader.count(register, &everything())
}

fn everything() -> Query {
    Query {
        withdrawn: crate::Withdrawn::With,
        ..Query::default()
    }
    .limited(PAGE_MAX)
}

/// Goes through all records of a register by id. A record may be changed after it was read.
fn each_page(
    reader: &mut Reader<'_>,
    register: &str,
    mut work: impl FnMut(&mut Reader<'_>, Vec<Record>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut query = everything();
    loop {
        let page = reader.list(register, &query)?;
        let records = page.records.into_iter().map(|stored| stored.record);
        work(reader, records.collect())?;
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(()),
        }
    }
}

fn check_version(reader: &mut Reader<'_>, new: &Definition) -> Result<(), StoreError> {
    let used = reader.definition_versions(&new.id)?;
    if used.iter().all(|v| v.version != new.version) {
        return Ok(());
    }
    Err(StoreError::Definition {
        register: new.id.clone(),
        problem: format!("版本号 {} 已经用过，请换一个更大的版本号。", new.version),
    })
}

/// The work inside the transaction.
struct Work<'a, 'd> {
    desk: &'a mut Desk<'d>,
    district: &'a District,
    catalog: &'a Arc<Catalog>,
    change: &'a NewDefinition,
    new: RegisterTable,
    meta: &'a Meta,
    /// The journal's newest entry before the work.
    until: i64,
    /// Whether a search text became another.
    rewritten: bool,
    done: Redefined,
}

impl<'a, 'd> Work<'a, 'd> {
    fn new(
        desk: &'a mut Desk<'d>,
        district: &'a District,
        catalog: &'a Arc<Catalog>,
        change: &'a NewDefinition,
        new: RegisterTable,
        meta: &'a Meta,
    ) -> Result<Self, StoreError> {
        crate::instant::seconds(&meta.at)?;
        desk.tx.lock_schema()?;
        Ok(Self {
            until: desk.head.seq(),
            desk,
            district,
            catalog,
            change,
            new,
            meta,
            rewritten: false,
            done: Redefined::default(),
        })
    }

    fn reader(&mut self) -> Reader<'_> {
        Reader {
            tx: &mut *self.desk.tx,
            district: self.district.clone(),
            catalog: self.catalog.clone(),
            committed: false,
        }
    }

    fn run(mut self) -> Result<(Redefined, RegisterTable), StoreError> {
        let new = self.change.new.clone();
        check_version(&mut self.reader(), &new)?;
        let mut former = None;
        if let Some(old) = &self.change.old {
            let old = self.catalog.table(&old.id)?;
            let layout = Layout::of(&old, &self.new)?;
            self.check_neighbours(&layout)?;
            for shape in layout.staged.shapes() {
                schema::widen(self.desk.tx, &shape, &mut self.done.migrated)?;
            }
            self.convert(&layout)?;
            self.rename(&layout)?;
            former = Some(old);
        }
        for shape in self.new.shapes() {
            schema::settle(self.desk.tx, &shape).map_err(|e| schema::not_unique(e, &self.new))?;
        }
        self.new.past = history::load(self.desk.tx, &new.id)?;
        let (text, meta) = (self.change.toml.clone(), self.meta.clone());
        let mut writer = Writer {
            tx: &mut *self.desk.tx,
            head: &mut *self.desk.head,
            district: self.district.clone(),
            catalog: self.catalog.clone(),
        };
        if let Some(old) = former {
            writer.take_over_search(&old, &self.new, self.rewritten)?;
        }
        writer.note_definition(&new, &text, &meta)?;
        for (name, content) in &self.change.files {
            writer.keep_definition_file(&new, name, content, &meta)?;
        }
        Ok((self.done, self.new))
    }

    /// Tables are shared by the districts of a database: what changes them must not change the records of others.
    fn check_neighbours(&mut self, layout: &Layout) -> Result<(), StoreError> {
        if layout.only_adds() {
            return Ok(());
        }
        let table = layout.reading.table.clone();
        for other in crate::journal::districts(self.desk.tx)? {
            let sql = format!("SELECT record_id FROM {table} WHERE district_code = $1 LIMIT 1");
            let rows = self.desk.tx.query(&sql, &[Cell::from(other.as_str())])?;
            if other != *self.district && !rows.is_empty() {
                return Err(StoreError::Definition {
                    register: self.change.new.id.clone(),
                    problem: format!(
                        "同一个数据库里的 {} 也在用这个台账，只能增加字段，不能改名、改类型或停用字段。",
                        other.as_str()
                    ),
                });
            }
        }
        Ok(())
    }

    fn convert(&mut self, layout: &Layout) -> Result<(), StoreError> {
        let register = self.change.new.id.clone();
        let total = count(&mut self.reader(), &register)?;
        let catalog = Arc::new(self.catalog.with(vec![layout.reading.clone()]));
        let mut after = None;
        loop {
            let mut reader = Reader {
                catalog: catalog.clone(),
                ..self.reader()
            };
            let query = Query {
                after: after.take(),
                ..everything()
            };
            let page = reader.list(&register, &query)?;
            let mut entries = Vec::new();
            for stored in page.records {
                entries.extend(self.convert_one(layout, stored.record)?);
            }
            self.desk.head.append(self.desk.tx, entries)?;
            (self.change.progress)(self.done.records, total);
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        if self.done.failed.is_empty() {
            return Ok(());
        }
        let failed = std::mem::take(&mut self.done.failed);
        Err(StoreError::Conversion { register, failed })
    }

    /// Carries one record over; gives the journal entry when its values changed.
    fn convert_one(&mut self, layout: &Layout, read: Record) -> Result<Option<Entry>, StoreError> {
        self.done.records += 1;
        let standing = layout.standing(&read.fields);
        let (own, back) = layout.parted(read.fields.clone());
        let before = Record {
            fields: own,
            ..read
        };
        let mut fields = match carried(self.change, &self.new, &before) {
            Ok(fields) => fields,
            Err(found) => {
                if self.done.failed.len() < TOLD {
                    self.done.failed.push((before.id, found));
                }
                return Ok(None);
            }
        };
        for (id, value) in back {
            fields.entry(id).or_insert(value);
        }
        if !self.done.failed.is_empty() {
            return Ok(None);
        }
        let mut after = Record {
            fields,
            ..before.clone()
        };
        let told = writer::after_text(&before) != writer::after_text(&after);
        after.version += i64::from(told);
        self.write_row(layout, &standing, &before, &after)?;
        self.write_tables(layout, &standing, &after)?;
        if !told {
            return Ok(None);
        }
        self.done.changed += 1;
        Ok(Some(Entry {
            patch: Some(writer::patch_text(&before, &after)),
            ..writer::entry("migrate", &self.new, &after, self.meta)
        }))
    }

    fn write_row(
        &mut self,
        layout: &Layout,
        standing: &Fields,
        before: &Record,
        after: &Record,
    ) -> Result<(), StoreError> {
        let start = format!(
            "UPDATE {} SET version = $2, search_text = $3",
            layout.staged.table
        );
        let mut sql = Sql::new(start, self.district.as_str());
        sql.bind(after.version);
        let text = search_text(&self.new, &after.fields, after.number.as_deref());
        sql.bind(text.as_str());
        let told = after.version != before.version;
        if told {
            let at = sql.bind(self.meta.at.as_str());
            sql.push(&format!(", updated_at = {at}"));
        }
        let mut set = 0;
        let next = layout.under_way(&after.fields);
        for field in &layout.staged.fields {
            let value = next.get(&field.id);
            if value == standing.get(&field.id) {
                continue;
            }
            set += 1;
            let mut cells = Vec::new();
            codec::push_cells(field, value, &mut cells);
            for (column, cell) in schema::field_columns(field).into_iter().zip(cells) {
                let mark = sql.bind(cell);
                sql.push(&format!(", {} = {mark}", quoted(&column.name)));
            }
        }
        let search = text != search_text(&layout.reading, &before.fields, before.number.as_deref());
        self.rewritten |= search;
        if set == 0 && !told && !search {
            return Ok(());
        }
        let id = sql.bind(after.id.0);
        sql.push(&format!(" WHERE district_code = $1 AND record_id = {id}"));
        self.desk.tx.execute(&sql.text, &sql.cells)?;
        Ok(())
    }

    fn write_tables(
        &mut self,
        layout: &Layout,
        standing: &Fields,
        after: &Record,
    ) -> Result<(), StoreError> {
        let next = layout.under_way(&after.fields);
        for sub in &layout.staged.subs {
            let fresh = layout.is_new_table(&sub.field);
            let (now, then) = (standing.get(&sub.field), next.get(&sub.field));
            if now == then && !fresh {
                continue;
            }
            let head = [Cell::from(self.district.as_str()), Cell::Int(after.id.0)];
            if !fresh {
                let sql = format!(
                    "DELETE FROM {} WHERE district_code = $1 AND record_id = $2",
                    sub.table
                );
                self.desk.tx.execute(&sql, &head)?;
            }
            let rows = then.map_or(&[][..], |value| value.as_rows());
            let cells = writer::sub_rows(sub, &head, rows);
            insert_rows(self.desk.tx, &sub.table, &sub.write_columns, cells)?;
        }
        Ok(())
    }

    /// Gives columns and tables their last names, in two steps so that two fields may change places.
    fn rename(&mut self, layout: &Layout) -> Result<(), StoreError> {
        let Renames { columns, tables } = layout.renames();
        let connection: &mut dyn Connection = self.desk.tx;
        let shape_names = layout
            .reading
            .shapes()
            .into_iter()
            .chain(layout.staged.shapes());
        for name in shape_names.map(|s| s.name).collect::<BTreeSet<_>>() {
            for index in connection.indexes(&name)? {
                connection.define(&format!("DROP INDEX {}", quoted(&index)))?;
            }
            schema::forget_meanings(connection, &name)?;
        }
        let between = |n: usize| format!("between_{n}");
        let moves: Vec<(usize, &(String, String, String))> = columns.iter().enumerate().collect();
        let column = |table: &str, from: &str, to: &str| {
            let (table, from, to) = (quoted(table), quoted(from), quoted(to));
            format!("ALTER TABLE {table} RENAME COLUMN {from} TO {to}")
        };
        for (n, (table, from, _)) in &moves {
            connection.define(&column(table, from, &between(*n)))?;
        }
        for (n, (table, _, to)) in &moves {
            connection.define(&column(table, &between(*n), to))?;
        }
        let table =
            |from: &str, to: &str| format!("ALTER TABLE {} RENAME TO {}", quoted(from), quoted(to));
        for (n, (from, _)) in tables.iter().enumerate() {
            connection.define(&table(from, &between(n)))?;
        }
        for (n, (_, to)) in tables.iter().enumerate() {
            connection.define(&table(&between(n), to))?;
        }
        self.remember(layout)
    }

    fn remember(&mut self, layout: &Layout) -> Result<(), StoreError> {
        let register = self.change.new.id.clone();
        let connection: &mut dyn Connection = self.desk.tx;
        for past in &layout.past {
            history::follow(connection, &register, &past.field.id, past.now.as_deref())?;
        }
        for past in &layout.past {
            let past = history::PastField {
                until: self.until,
                ..past.clone()
            };
            history::note(connection, &self.change.new, &past)?;
        }
        for id in layout.restored() {
            let back = self.catalog.table(&register)?;
            let kept = back
                .past
                .iter()
                .find(|p| p.field.id == *id && p.archived.is_some());
            if let Some(kept) = kept {
                let kept = history::PastField {
                    archived: None,
                    now: Some(id.clone()),
                    ..kept.clone()
                };
                history::note(connection, &self.change.new, &kept)?;
            }
        }
        // Files hang on field ids.
        let sql = "UPDATE attachment_link SET field = $4 WHERE district_code = $1 AND field = $3 \
                   AND record_id IN (SELECT record_id FROM record_index \
                                     WHERE district_code = $1 AND register = $2)";
        for (from, to) in layout.renamed_fields() {
            let cells = [self.district.as_str(), &register, from, to].map(Cell::from);
            connection.execute(sql, &cells)?;
        }
        Ok(())
    }
}
