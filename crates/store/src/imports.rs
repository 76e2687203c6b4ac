//! 导入批次. An import is one batch of journal entries: it is found as a whole, and it is undone as
//! a whole by entries that lead back, as long as nobody has changed its records since.

use std::collections::BTreeMap;

use ground::RecordId;
use register::Record;

use crate::engine::{Cell, Row};
use crate::error::StoreError;
use crate::insert::LIST_MAX;
use crate::past::record_from;
use crate::reader::Reader;
use crate::writer::{Meta, Writer};

/// What is known of a file before its rows are written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewBatch {
    /// Register that is filled.
    pub register: String,
    /// Name of the file as the user knows it.
    pub file_name: String,
    /// SHA-256 of the file, hex: the same file twice is noticed.
    pub file_digest: Option<String>,
    /// Rows that are written.
    pub rows: u64,
    /// What the import found, as JSON, for the list of imports.
    pub summary: Option<String>,
}

/// An import as it is listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Batch {
    /// Id, also in [`Meta::batch`] of its writes.
    pub id: RecordId,
    /// What it wrote.
    pub new: NewBatch,
    /// When.
    pub at: String,
    /// By whom.
    pub actor: String,
    /// When and by whom it was undone.
    pub undone: Option<(String, String)>,
}

const COLUMNS: &str = "batch_id, register, file_name, file_digest, rows, summary, at, actor, \
                       undone_at, undone_by";

fn read_batch(row: &Row) -> Result<Batch, StoreError> {
    let (undone_at, undone_by) = (row.opt_text(8)?, row.opt_text(9)?);
    Ok(Batch {
        id: RecordId(row.int(0)?),
        new: NewBatch {
            register: row.text(1)?,
            file_name: row.text(2)?,
            file_digest: row.opt_text(3)?,
            rows: row.int(4)? as u64,
            summary: row.opt_text(5)?,
        },
        at: row.text(6)?,
        actor: row.text(7)?,
        undone: undone_at.zip(undone_by),
    })
}

/// What a batch did to one record.
struct Touched {
    register: String,
    first_seq: i64,
    created: bool,
    last_version: i64,
}

impl Writer<'_> {
    /// Opens an import. Its id goes into [`Meta::batch`] of the writes that follow in the same
    /// transaction, so that half an import never exists.
    pub fn begin_batch(&mut self, new: &NewBatch, meta: &Meta) -> Result<RecordId, StoreError> {
        let id = self.new_id(meta)?;
        let sql = "INSERT INTO import_batch (district_code, batch_id, register, file_name, \
                   file_digest, rows, summary, at, actor, state) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let rows = i64::try_from(new.rows).unwrap_or(i64::MAX);
        let cells = [
            self.cell(),
            Cell::Int(id.0),
            Cell::from(new.register.as_str()),
            Cell::from(new.file_name.as_str()),
            Cell::text(new.file_digest.as_deref()),
            Cell::Int(rows),
            Cell::text(new.summary.as_deref()),
            Cell::from(meta.at.as_str()),
            Cell::from(meta.actor.as_str()),
            Cell::from("done"),
        ];
        self.tx.execute(sql, &cells)?;
        Ok(id)
    }

    /// Undoes an import: what it made is withdrawn, what it changed gets its earlier values back.
    /// Gives the records touched.
    ///
    /// # Errors
    /// [`StoreError::ChangedSince`] with the records that were changed after it,
    /// [`StoreError::AlreadyUndone`], [`StoreError::Unknown`], and [`StoreError::Duplicate`] when
    /// an earlier unique value has been taken meanwhile.
    pub fn undo_batch(
        &mut self,
        batch: RecordId,
        meta: &Meta,
    ) -> Result<Vec<(String, RecordId)>, StoreError> {
        let known = self.reader().batch(batch)?;
        if known.undone.is_some() {
            return Err(StoreError::AlreadyUndone);
        }
        let touched = self.touched(batch)?;
        let current = self.current_of(&touched)?;
        let mut changed: Vec<(String, RecordId)> = Vec::new();
        for (id, t) in &touched {
            if !self.stands_as_left(*id, t, current.get(id))? {
                changed.push((t.register.clone(), *id));
            }
        }
        if !changed.is_empty() {
            return Err(StoreError::ChangedSince { records: changed });
        }
        let meta = Meta {
            batch: Some(batch),
            ..meta.clone()
        };
        for (id, touched) in &touched {
            self.undo_record(&current[id], touched, &meta)?;
        }
        let sql = "UPDATE import_batch SET state = 'undone', undone_at = $3, undone_by = $4 \
                   WHERE district_code = $1 AND batch_id = $2";
        let (at, by) = (
            Cell::from(meta.at.as_str()),
            Cell::from(meta.actor.as_str()),
        );
        self.tx
            .execute(sql, &[self.cell(), Cell::Int(batch.0), at, by])?;
        Ok(touched
            .into_iter()
            .map(|(id, t)| (t.register, id))
            .collect())
    }

    /// Whether a record is now what the batch left: never changed since, or changed and changed back (by the undo of a
    /// later import, say).
    fn stands_as_left(
        &mut self,
        id: RecordId,
        touched: &Touched,
        current: Option<&Record>,
    ) -> Result<bool, StoreError> {
        let Some(current) = current else {
            return Ok(false);
        };
        if current.version == touched.last_version {
            return Ok(true);
        }
        let sql = "SELECT after, seq FROM journal WHERE district_code = $1 AND record_id = $2 \
                   AND version = $3 AND after IS NOT NULL ORDER BY seq DESC LIMIT 1";
        let cells = [
            self.cell(),
            Cell::Int(id.0),
            Cell::Int(touched.last_version),
        ];
        let rows = self.tx.query(sql, &cells)?;
        let Some(row) = rows.first() else {
            return Ok(false);
        };
        let table = self.catalog.table(&touched.register)?;
        let left = record_from(&table, id, touched.last_version, &row.text(0)?, row.int(1)?)?;
        Ok(left.fields == current.fields && left.withdrawn == current.withdrawn)
    }

    fn touched(&mut self, batch: RecordId) -> Result<BTreeMap<RecordId, Touched>, StoreError> {
        let sql = "SELECT record_id, register, seq, version, action FROM journal \
                   WHERE district_code = $1 AND batch_id = $2 AND after IS NOT NULL ORDER BY seq";
        let mut touched: BTreeMap<RecordId, Touched> = BTreeMap::new();
        for row in self.tx.query(sql, &[self.cell(), Cell::Int(batch.0)])? {
            let version = row.int(3)?;
            let register = row.text(1)?;
            let first_seq = row.int(2)?;
            let created = row.text(4)? == "create";
            let fresh = Touched {
                register,
                first_seq,
                created,
                last_version: version,
            };
            touched
                .entry(RecordId(row.int(0)?))
                .or_insert(fresh)
                .last_version = version;
        }
        Ok(touched)
    }

    fn current_of(
        &mut self,
        touched: &BTreeMap<RecordId, Touched>,
    ) -> Result<BTreeMap<RecordId, Record>, StoreError> {
        let mut by_register: BTreeMap<&str, Vec<RecordId>> = BTreeMap::new();
        for (id, touched) in touched {
            by_register.entry(&touched.register).or_default().push(*id);
        }
        let mut found = BTreeMap::new();
        for (register, ids) in by_register {
            for ids in ids.chunks(LIST_MAX) {
                let records = self.reader().get_many(register, ids)?;
                found.extend(records.into_iter().map(|s| (s.record.id, s.record)));
            }
        }
        Ok(found)
    }

    fn undo_record(
        &mut self,
        current: &Record,
        touched: &Touched,
        meta: &Meta,
    ) -> Result<(), StoreError> {
        let table = self.catalog.table(&touched.register)?;
        let after = if touched.created {
            Record {
                withdrawn: true,
                ..current.clone()
            }
        } else {
            let sql = "SELECT after, seq FROM journal \
                       WHERE district_code = $1 AND register = $2 AND record_id = $3 \
                       AND seq < $4 AND after IS NOT NULL ORDER BY seq DESC LIMIT 1";
            let register = Cell::from(touched.register.as_str());
            let seq = Cell::Int(touched.first_seq);
            let rows = self
                .tx
                .query(sql, &[self.cell(), register, Cell::Int(current.id.0), seq])?;
            let row = rows.first().ok_or_else(|| StoreError::Corrupt {
                place: format!("流水 {}", current.id),
                detail: format!("no entry before seq {}", touched.first_seq),
            })?;
            let (id, version) = (current.id, current.version);
            let mut after = record_from(&table, id, version, &row.text(0)?, row.int(1)?)?;
            after.fields.retain(|id, _| table.stores(id));
            after
        };
        self.put("undo", &table, current, after, meta).map(|_| ())
    }

    /// Remembers how the columns of a kind of workbook (by fingerprint) were mapped, as JSON.
    pub fn remember_mapping(
        &mut self,
        register: &str,
        fingerprint: &str,
        mapping: &str,
        meta: &Meta,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO import_mapping \
                   (district_code, register, fingerprint, mapping, at, actor) \
                   VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (district_code, register, fingerprint) DO UPDATE \
                   SET mapping = excluded.mapping, at = excluded.at, actor = excluded.actor";
        let texts = [
            self.district.as_str(),
            register,
            fingerprint,
            mapping,
            &meta.at,
            &meta.actor,
        ];
        self.tx.execute(sql, &texts.map(Cell::from))?;
        Ok(())
    }
}

impl Reader<'_> {
    /// An import.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] when there is none with this id.
    pub fn batch(&mut self, id: RecordId) -> Result<Batch, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM import_batch WHERE district_code = $1 AND batch_id = $2"
        );
        let rows = self
            .tx
            .query(&sql, &[Cell::from(self.district.as_str()), Cell::Int(id.0)])?;
        let row = rows.first().ok_or_else(|| StoreError::Unknown {
            name: format!("批次 {id}"),
        })?;
        read_batch(row)
    }

    /// The newest imports, at most `limit`; before the one with id `before` when given.
    pub fn batches(
        &mut self,
        before: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<Batch>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM import_batch WHERE district_code = $1 AND batch_id < $2 \
             ORDER BY batch_id DESC LIMIT $3"
        );
        let before = before.map_or(i64::MAX, |id| id.0);
        let district = Cell::from(self.district.as_str());
        let cells = [
            district,
            Cell::Int(before),
            Cell::Int(i64::from(limit.min(1000))),
        ];
        self.tx
            .query(&sql, &cells)?
            .iter()
            .map(read_batch)
            .collect()
    }

    /// Imports of exactly this file that still stand.
    pub fn batches_of_file(&mut self, digest: &str) -> Result<Vec<Batch>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM import_batch WHERE district_code = $1 AND file_digest = $2 \
             AND state = 'done' ORDER BY batch_id"
        );
        let cells = [Cell::from(self.district.as_str()), Cell::from(digest)];
        self.tx
            .query(&sql, &cells)?
            .iter()
            .map(read_batch)
            .collect()
    }

    /// The remembered mapping of a kind of workbook, as JSON.
    pub fn mapping(
        &mut self,
        register: &str,
        fingerprint: &str,
    ) -> Result<Option<String>, StoreError> {
        let sql = "SELECT mapping FROM import_mapping \
                   WHERE district_code = $1 AND register = $2 AND fingerprint = $3";
        let cells = [self.district.as_str(), register, fingerprint].map(Cell::from);
        let rows = self.tx.query(sql, &cells)?;
        Ok(rows.first().map(|row| row.text(0)).transpose()?)
    }
}
