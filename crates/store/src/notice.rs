//! 提醒 What persons are told of records, and when a record is to be looked at again by the clock. Both are made from
//! the records and their rules; what they say is decided above.

use ground::RecordId;

use crate::engine::{Cell, Row};
use crate::error::StoreError;
use crate::insert::{LIST_MAX, in_list, insert_rows};
use crate::query::id_cells;
use crate::reader::Reader;
use crate::writer::Writer;

/// One person told of one record, once for each key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Who is told.
    pub login: String,
    /// Record.
    pub record: RecordId,
    /// Names the occasion: told once, however often the clock runs.
    pub key: String,
    /// Register of the record.
    pub register: String,
    /// Kind of notice, a word of the layer above.
    pub kind: String,
    /// Why, in words.
    pub reason: String,
    /// When, UTC.
    pub at: String,
    /// When it was read, or what it asks for was done.
    pub done_at: Option<String>,
}

/// When a record is to be looked at again; none = not before it changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LookAgain {
    /// Register.
    pub register: String,
    /// Record.
    pub record: RecordId,
    /// Moment, UTC.
    pub at: Option<String>,
}

const NOTICE: &str = "login, record_id, key, register, kind, reason, at, done_at";

fn read_notice(row: &Row) -> Result<Notice, StoreError> {
    Ok(Notice {
        login: row.text(0)?,
        record: RecordId(row.int(1)?),
        key: row.text(2)?,
        register: row.text(3)?,
        kind: row.text(4)?,
        reason: row.text(5)?,
        at: row.text(6)?,
        done_at: row.opt_text(7)?,
    })
}

impl Reader<'_> {
    /// Notices of a kind to a person, newest first, at most `limit` after the first `skip`; of those still open only
    /// when `open` says so.
    pub fn notices(
        &mut self,
        login: &str,
        kind: &str,
        open: bool,
        (skip, limit): (usize, usize),
    ) -> Result<Vec<Notice>, StoreError> {
        let only = if open { " AND done_at IS NULL" } else { "" };
        let sql = format!(
            "SELECT {NOTICE} FROM notice WHERE district_code = $1 AND login = $2 AND kind = $3{only} \
             ORDER BY at DESC, record_id DESC, key LIMIT $4 OFFSET $5"
        );
        let cells = [
            self.cell(),
            Cell::from(login),
            Cell::from(kind),
            Cell::Int(limit as i64),
            Cell::Int(skip as i64),
        ];
        self.tx
            .query(&sql, &cells)?
            .iter()
            .map(read_notice)
            .collect()
    }

    /// How many notices of a kind a person has not read.
    pub fn open_notices(&mut self, login: &str, kind: &str) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM notice WHERE district_code = $1 AND login = $2 \
                   AND kind = $3 AND done_at IS NULL";
        let cells = [self.cell(), Cell::from(login), Cell::from(kind)];
        let rows = self.tx.query(sql, &cells)?;
        let count = rows.first().map(|row| row.int(0)).transpose()?;
        Ok(count.unwrap_or(0) as u64)
    }

    /// Records whose moment has come, the earliest first.
    pub fn looks_due(
        &mut self,
        now: &str,
        limit: usize,
    ) -> Result<Vec<(String, RecordId)>, StoreError> {
        let sql = "SELECT register, record_id FROM look_again \
                   WHERE district_code = $1 AND at <= $2 ORDER BY at, record_id LIMIT $3";
        let cells = [self.cell(), Cell::from(now), Cell::Int(limit as i64)];
        let rows = self.tx.query(sql, &cells)?;
        rows.iter()
            .map(|row| Ok((row.text(0)?, RecordId(row.int(1)?))))
            .collect()
    }

    /// Ids of all records of a register that are in use.
    pub fn ids(&mut self, register: &str) -> Result<Vec<RecordId>, StoreError> {
        let table = self.table(register)?;
        let sql = format!(
            "SELECT record_id FROM {} WHERE district_code = $1 AND withdrawn = 0 ORDER BY record_id",
            table.table
        );
        let rows = self.tx.query(&sql, &[self.cell()])?;
        rows.iter().map(|row| Ok(RecordId(row.int(0)?))).collect()
    }
}

impl Writer<'_> {
    /// Tells a person; a key that they were told before changes nothing. Whether it is new is the answer.
    pub fn notify(&mut self, notice: &Notice) -> Result<bool, StoreError> {
        let sql = format!(
            "INSERT INTO notice (district_code, {NOTICE}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (district_code, login, record_id, key) DO NOTHING"
        );
        let cells = [
            self.cell(),
            Cell::from(notice.login.as_str()),
            Cell::Int(notice.record.0),
            Cell::from(notice.key.as_str()),
            Cell::from(notice.register.as_str()),
            Cell::from(notice.kind.as_str()),
            Cell::from(notice.reason.as_str()),
            Cell::from(notice.at.as_str()),
            Cell::text(notice.done_at.as_deref()),
        ];
        Ok(self.tx.execute(&sql, &cells)? > 0)
    }

    /// Marks open notices of a kind to a person about a record as read or done; gives how many.
    pub fn end_notices(
        &mut self,
        login: &str,
        kind: &str,
        record: RecordId,
        at: &str,
    ) -> Result<u64, StoreError> {
        let sql = "UPDATE notice SET done_at = $5 WHERE district_code = $1 AND login = $2 \
                   AND kind = $3 AND record_id = $4 AND done_at IS NULL";
        let cells = [
            self.cell(),
            Cell::from(login),
            Cell::from(kind),
            Cell::Int(record.0),
            Cell::from(at),
        ];
        Ok(self.tx.execute(sql, &cells)?)
    }

    /// Marks all open notices of a kind to a person as read.
    pub fn end_all_notices(
        &mut self,
        login: &str,
        kind: &str,
        at: &str,
    ) -> Result<u64, StoreError> {
        let sql = "UPDATE notice SET done_at = $4 WHERE district_code = $1 AND login = $2 \
                   AND kind = $3 AND done_at IS NULL";
        let cells = [
            self.cell(),
            Cell::from(login),
            Cell::from(kind),
            Cell::from(at),
        ];
        Ok(self.tx.execute(sql, &cells)?)
    }

    /// Open notices of a kind about a record.
    pub fn open_notices_of(
        &mut self,
        record: RecordId,
        kind: &str,
    ) -> Result<Vec<Notice>, StoreError> {
        let sql = format!(
            "SELECT {NOTICE} FROM notice WHERE district_code = $1 AND record_id = $2 \
             AND kind = $3 AND done_at IS NULL ORDER BY login, key"
        );
        let cells = [self.cell(), Cell::Int(record.0), Cell::from(kind)];
        self.tx
            .query(&sql, &cells)?
            .iter()
            .map(read_notice)
            .collect()
    }

    /// Keeps when records are to be looked at again, in place of what was kept of them.
    pub fn look_again(&mut self, looks: &[LookAgain]) -> Result<(), StoreError> {
        for some in looks.chunks(LIST_MAX) {
            let ids: Vec<RecordId> = some.iter().map(|look| look.record).collect();
            let mut cells = vec![self.cell()];
            let list = in_list(id_cells(&ids), &mut cells);
            let sql =
                format!("DELETE FROM look_again WHERE district_code = $1 AND record_id IN {list}");
            self.tx.execute(&sql, &cells)?;
        }
        let row = |look: &LookAgain| {
            let at = look.at.as_deref()?;
            Some(vec![
                self.cell(),
                Cell::from(look.register.as_str()),
                Cell::Int(look.record.0),
                Cell::from(at),
            ])
        };
        let rows: Vec<Vec<Cell>> = looks.iter().filter_map(row).collect();
        let columns = "district_code, register, record_id, at";
        Ok(insert_rows(self.tx, "look_again", columns, rows)?)
    }
}
