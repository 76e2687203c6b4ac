//! 流水. The journal of a district: every write appends an entry in its own transaction; entries
//! are sealed in hash-linked blocks. Nothing here is ever changed or deleted.

use std::fmt::Write as _;

use ground::{District, RecordId};
use sha2::{Digest, Sha256};

use crate::engine::{Cell, EngineError, Row, Tx};
use crate::error::StoreError;
use crate::ids;
use crate::insert::insert_rows;

/// Entries per block at most: a large import is sealed in several blocks.
const BLOCK: usize = 1024;

/// Entries read at once while verifying.
const CHUNK: i64 = 2048;

/// The hash before the first block.
const ORIGIN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

const COLUMNS: &str = "district_code, seq, at, actor, action, register, record_id, version, \
                       batch_id, reason, source, patch, after, mark";

/// One line of the journal. `patch` and `after` are JSON texts; which of the optional parts are
/// there depends on the action.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Entry {
    /// Place in the district's journal, from 1 without gaps.
    pub seq: i64,
    /// Moment, UTC, fixed width.
    pub at: String,
    /// Who: a login, or the name of a job.
    pub actor: String,
    /// `create`, `update`, `withdraw`, `restore`, `undo`, or the name of another event.
    pub action: String,
    /// Register, or the kind of thing an event is about.
    pub register: Option<String>,
    /// The record.
    pub record: Option<RecordId>,
    /// Version of the record after this entry.
    pub version: Option<i64>,
    /// The import it belongs to.
    pub batch: Option<RecordId>,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// Where it came from: file, sheet and cell, or the address of a request.
    pub source: Option<String>,
    /// Changed fields as JSON; a removed value is null. Absent when the whole record is new.
    pub patch: Option<String>,
    /// The record after the entry as JSON: org, number, withdrawn, fields.
    pub after: Option<String>,
}

impl Entry {
    fn into_cells(self, district: &str, mark: i64) -> Vec<Cell> {
        let text = |text: Option<String>| text.map_or(Cell::Null, Cell::Text);
        vec![
            Cell::from(district),
            Cell::Int(self.seq),
            Cell::Text(self.at),
            Cell::Text(self.actor),
            Cell::Text(self.action),
            text(self.register),
            Cell::int(self.record.map(|id| id.0)),
            Cell::int(self.version),
            Cell::int(self.batch.map(|id| id.0)),
            text(self.reason),
            text(self.source),
            text(self.patch),
            text(self.after),
            Cell::Int(mark),
        ]
    }

    /// Reads the columns seq … after, which begin at `at` in the row.
    fn read(row: &Row, at: usize) -> Result<Entry, EngineError> {
        Ok(Entry {
            seq: row.int(at)?,
            at: row.text(at + 1)?,
            actor: row.text(at + 2)?,
            action: row.text(at + 3)?,
            register: row.opt_text(at + 4)?,
            record: row.opt_int(at + 5)?.map(RecordId),
            version: row.opt_int(at + 6)?,
            batch: row.opt_int(at + 7)?.map(RecordId),
            reason: row.opt_text(at + 8)?,
            source: row.opt_text(at + 9)?,
            patch: row.opt_text(at + 10)?,
            after: row.opt_text(at + 11)?,
        })
    }

    /// SHA-256 over the canonical row: each part as length and bytes, absent parts marked apart
    /// from empty ones, so that no two rows share a canonical form.
    fn digest(&self, district: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut part = |bytes: Option<&[u8]>| match bytes {
            None => hash.update([0]),
            Some(bytes) => {
                hash.update([1]);
                hash.update((bytes.len() as u64).to_be_bytes());
                hash.update(bytes);
            }
        };
        let number = |n: Option<i64>| n.map(i64::to_be_bytes);
        part(Some(district.as_bytes()));
        part(Some(&self.seq.to_be_bytes()));
        for text in [&self.at, &self.actor, &self.action] {
            part(Some(text.as_bytes()));
        }
        part(self.register.as_deref().map(str::as_bytes));
        for n in [
            self.record.map(|id| id.0),
            self.version,
            self.batch.map(|id| id.0),
        ] {
            part(number(n).as_ref().map(<[u8; 8]>::as_slice));
        }
        for text in [&self.reason, &self.source, &self.patch, &self.after] {
            part(text.as_deref().map(str::as_bytes));
        }
        hash.finalize().into()
    }
}

/// The part of a row's digest kept beside it: with it, a changed row is found by itself, while the
/// block's full hash proves that row and mark were not changed together.
fn mark(digest: &[u8; 32]) -> i64 {
    let head: [u8; 8] = digest[..8].try_into().expect("eight of 32 bytes");
    i64::from_be_bytes(head) & i64::MAX
}

/// The end of a district's journal, held by the writer for one transaction. Holding it makes all
/// writes to a district follow one another, also those of several processes on one server.
pub(crate) struct Head {
    pub district: String,
    node: u8,
    seq: i64,
    hash: String,
    last_id: i64,
    stored: (i64, i64),
    /// Digests of the entries not yet sealed.
    open: Vec<[u8; 32]>,
}

/// A point to which a head goes back when a job fails.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    seq: i64,
    last_id: i64,
    open: usize,
}

impl Head {
    /// Locks the district's row and reads it; makes it for a new district.
    pub fn lock(tx: &mut dyn Tx, district: &str, node: u8) -> Result<Head, EngineError> {
        let read = "UPDATE journal_head SET seq = seq WHERE district_code = $1 \
                    RETURNING seq, hash, last_id";
        let mut rows = tx.query(read, &[Cell::from(district)])?;
        if rows.is_empty() {
            let make = "INSERT INTO journal_head (district_code, seq, hash, last_id) \
                        VALUES ($1, 0, $2, 0) ON CONFLICT (district_code) DO NOTHING";
            tx.execute(make, &[Cell::from(district), Cell::from(ORIGIN)])?;
            rows = tx.query(read, &[Cell::from(district)])?;
        }
        let row = rows.first().cloned().unwrap_or(Row(Vec::new()));
        let (seq, hash, last_id) = (row.int(0)?, row.text(1)?, row.int(2)?);
        let district = district.to_owned();
        Ok(Head {
            district,
            node,
            seq,
            hash,
            last_id,
            stored: (seq, last_id),
            open: Vec::new(),
        })
    }

    pub fn mark(&self) -> Mark {
        Mark {
            seq: self.seq,
            last_id: self.last_id,
            open: self.open.len(),
        }
    }

    pub fn back_to(&mut self, mark: Mark) {
        self.seq = mark.seq;
        self.last_id = mark.last_id;
        self.open.truncate(mark.open);
    }

    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// A new id at `now` (seconds since 1970).
    pub fn next_id(&mut self, now: i64) -> RecordId {
        let id = ids::next_id(self.last_id, now, self.node);
        self.last_id = id.0;
        id
    }

    /// Appends entries; their `seq` is set here. Gives the last seq.
    pub fn append(
        &mut self,
        tx: &mut dyn Tx,
        entries: impl IntoIterator<Item = Entry>,
    ) -> Result<i64, EngineError> {
        let mut rows = Vec::new();
        for mut entry in entries {
            self.seq += 1;
            entry.seq = self.seq;
            let digest = entry.digest(&self.district);
            rows.push(entry.into_cells(&self.district, mark(&digest)));
            self.open.push(digest);
        }
        insert_rows(tx, "journal", COLUMNS, rows)?;
        Ok(self.seq)
    }

    /// Seals the open entries and writes the head back; called once before the commit.
    pub fn seal(&mut self, tx: &mut dyn Tx) -> Result<(), EngineError> {
        if self.stored == (self.seq, self.last_id) {
            return Ok(());
        }
        let mut first = self.seq - self.open.len() as i64 + 1;
        for digests in std::mem::take(&mut self.open).chunks(BLOCK) {
            let last = first + digests.len() as i64 - 1;
            let hash = block_hash(&self.hash, first, last, digests);
            let sql = "INSERT INTO journal_block \
                       (district_code, first_seq, last_seq, previous_hash, hash) \
                       VALUES ($1, $2, $3, $4, $5)";
            let previous = std::mem::replace(&mut self.hash, hash);
            let cells = [
                Cell::from(self.district.as_str()),
                Cell::Int(first),
                Cell::Int(last),
                Cell::Text(previous),
                Cell::from(self.hash.as_str()),
            ];
            tx.execute(sql, &cells)?;
            first = last + 1;
        }
        let sql = "UPDATE journal_head SET seq = $2, hash = $3, last_id = $4 \
                   WHERE district_code = $1";
        let hash = Cell::from(self.hash.as_str());
        let district = Cell::from(self.district.as_str());
        tx.execute(
            sql,
            &[district, Cell::Int(self.seq), hash, Cell::Int(self.last_id)],
        )?;
        self.stored = (self.seq, self.last_id);
        Ok(())
    }
}

fn block_hash(previous: &str, first: i64, last: i64, digests: &[[u8; 32]]) -> String {
    let mut hash = Sha256::new();
    hash.update(previous.as_bytes());
    hash.update(first.to_be_bytes());
    hash.update(last.to_be_bytes());
    for digest in digests {
        hash.update(digest);
    }
    hex::encode(hash.finalize())
}

/// What the check of a journal found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// Entries that are in order, counted from the first.
    pub entries: i64,
    /// Blocks that are in order, counted from the first.
    pub blocks: i64,
    /// Hash of the last good block; kept elsewhere it proves that the end was not cut off.
    pub hash: String,
    /// The first thing that is wrong; `None` when the journal is whole.
    pub broken: Option<Broken>,
}

/// The first bad place of a journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// Seq of the entry.
    pub seq: i64,
    /// What is wrong, for the auditor.
    pub problem: String,
}

struct Block {
    first: i64,
    last: i64,
    previous: String,
    hash: String,
}

/// Proves the journal of a district whole, or names its first bad entry.
pub(crate) fn verify(tx: &mut dyn Tx, district: &District) -> Result<Verified, StoreError> {
    let mut found = Verified {
        entries: 0,
        blocks: 0,
        hash: ORIGIN.to_owned(),
        broken: None,
    };
    loop {
        let blocks = blocks_after(tx, district, found.entries)?;
        if blocks.is_empty() {
            break;
        }
        for block in blocks {
            if let Some(broken) = check_block(tx, district, &found, &block)? {
                found.broken = Some(broken);
                return Ok(found);
            }
            found.entries = block.last;
            found.blocks += 1;
            found.hash = block.hash;
        }
    }
    found.broken = check_end(tx, district, &found)?;
    Ok(found)
}

fn blocks_after(tx: &mut dyn Tx, district: &District, seq: i64) -> Result<Vec<Block>, StoreError> {
    let sql = "SELECT first_seq, last_seq, previous_hash, hash FROM journal_block \
               WHERE district_code = $1 AND last_seq > $2 ORDER BY first_seq LIMIT $3";
    let cells = [
        Cell::from(district.as_str()),
        Cell::Int(seq),
        Cell::Int(CHUNK),
    ];
    let mut blocks = Vec::new();
    for row in tx.query(sql, &cells)? {
        blocks.push(Block {
            first: row.int(0)?,
            last: row.int(1)?,
            previous: row.text(2)?,
            hash: row.text(3)?,
        });
    }
    Ok(blocks)
}

fn check_block(
    tx: &mut dyn Tx,
    district: &District,
    before: &Verified,
    block: &Block,
) -> Result<Option<Broken>, StoreError> {
    let broken = |seq: i64, problem: &str| {
        Ok(Some(Broken {
            seq,
            problem: format!("第 {seq} 条:{problem}"),
        }))
    };
    if block.first != before.entries + 1 || block.last < block.first {
        return broken(before.entries + 1, "缺少封存块");
    }
    if block.previous != before.hash {
        return broken(block.first, "封存块与前一块不衔接");
    }
    let mut digests = Vec::new();
    let mut next = block.first;
    while next <= block.last {
        let entries = entries_between(tx, district, next, block.last)?;
        if entries.is_empty() {
            return broken(next, "这一条被删除");
        }
        for (entry, kept_mark) in entries {
            if entry.seq != next {
                return broken(next, "这一条被删除");
            }
            let digest = entry.digest(district.as_str());
            if mark(&digest) != kept_mark {
                return broken(next, "内容被改动");
            }
            digests.push(digest);
            next += 1;
        }
    }
    if block_hash(&block.previous, block.first, block.last, &digests) != block.hash {
        return broken(
            block.first,
            "本块内容与封存时不一致(内容和校验值被一起改动)",
        );
    }
    Ok(None)
}

/// The head must stand where the last block ends, and nothing may follow it.
fn check_end(
    tx: &mut dyn Tx,
    district: &District,
    found: &Verified,
) -> Result<Option<Broken>, StoreError> {
    let sql = "SELECT seq, hash FROM journal_head WHERE district_code = $1";
    let rows = tx.query(sql, &[Cell::from(district.as_str())])?;
    let (seq, hash) = match rows.first() {
        Some(row) => (row.int(0)?, row.text(1)?),
        None => (0, ORIGIN.to_owned()),
    };
    let loose = entries_between(tx, district, found.entries + 1, i64::MAX)?;
    let next = found.entries + 1;
    let problem = match loose.first() {
        Some((entry, _)) => Some((entry.seq, "这一条没有封存")),
        None if seq > found.entries => Some((next, "末尾的条目被截去")),
        None if seq < found.entries || hash != found.hash => Some((next, "末尾标记被改动")),
        None => None,
    };
    Ok(problem.map(|(seq, text)| Broken {
        seq,
        problem: format!("第 {seq} 条:{text}"),
    }))
}

fn entries_between(
    tx: &mut dyn Tx,
    district: &District,
    first: i64,
    last: i64,
) -> Result<Vec<(Entry, i64)>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM journal \
         WHERE district_code = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq LIMIT $4"
    );
    let cells = [
        Cell::from(district.as_str()),
        Cell::Int(first),
        Cell::Int(last),
        Cell::Int(CHUNK),
    ];
    let rows = tx.query(&sql, &cells)?;
    rows.iter()
        .map(|row| Ok((Entry::read(row, 1)?, row.int(13)?)))
        .collect()
}

/// Which journal entries are wanted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct JournalQuery {
    /// Only of this register (or kind of event).
    pub register: Option<String>,
    /// Only of this record.
    pub record: Option<RecordId>,
    /// Only by this actor.
    pub actor: Option<String>,
    /// Only of this import.
    pub batch: Option<RecordId>,
    /// Only this action.
    pub action: Option<String>,
    /// From this moment on.
    pub from: Option<String>,
    /// Up to and including this moment.
    pub to: Option<String>,
    /// Only entries after this seq.
    pub after: Option<i64>,
    /// Only entries before this seq.
    pub before: Option<i64>,
    /// Newest first; otherwise oldest first.
    pub newest_first: bool,
    /// At most so many, 1 to 1000.
    pub limit: u32,
}

/// Entries that fit a query.
pub(crate) fn entries(
    tx: &mut dyn Tx,
    district: &District,
    query: &JournalQuery,
) -> Result<Vec<Entry>, StoreError> {
    let mut sql = format!("SELECT {COLUMNS} FROM journal WHERE district_code = $1");
    let mut cells = vec![Cell::from(district.as_str())];
    let number = |id: Option<RecordId>| id.map(|id| Cell::Int(id.0));
    let text = |text: &Option<String>| text.clone().map(Cell::Text);
    let tests = [
        ("register =", text(&query.register)),
        ("record_id =", number(query.record)),
        ("actor =", text(&query.actor)),
        ("batch_id =", number(query.batch)),
        ("action =", text(&query.action)),
        ("at >=", text(&query.from)),
        ("at <=", text(&query.to)),
        ("seq >", query.after.map(Cell::Int)),
        ("seq <", query.before.map(Cell::Int)),
    ];
    for (test, cell) in tests {
        if let Some(cell) = cell {
            cells.push(cell);
            let _ = write!(sql, " AND {test} ${}", cells.len());
        }
    }
    let order = if query.newest_first { "DESC" } else { "ASC" };
    cells.push(Cell::Int(i64::from(query.limit.clamp(1, 1000))));
    let _ = write!(sql, " ORDER BY seq {order} LIMIT ${}", cells.len());
    let rows = tx.query(&sql, &cells)?;
    rows.iter().map(|row| Ok(Entry::read(row, 1)?)).collect()
}

/// What an entry was about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Touched {
    /// Its place in the journal.
    pub seq: i64,
    /// Register, or the kind of thing an event is about.
    pub register: Option<String>,
    /// The record.
    pub record: Option<RecordId>,
    /// Whether it made the record.
    pub created: bool,
}

/// What the entries after a seq were about, oldest first.
pub(crate) fn touched(
    tx: &mut dyn Tx,
    district: &District,
    after: i64,
    limit: u32,
) -> Result<Vec<Touched>, StoreError> {
    let sql = "SELECT seq, register, record_id, action FROM journal \
               WHERE district_code = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let limit = i64::from(limit.clamp(1, 1000));
    let cells = [
        Cell::from(district.as_str()),
        Cell::Int(after),
        Cell::Int(limit),
    ];
    let read = |row: &Row| {
        Ok(Touched {
            seq: row.int(0)?,
            register: row.opt_text(1)?,
            record: row.opt_int(2)?.map(RecordId),
            created: row.text(3)? == "create",
        })
    };
    tx.query(sql, &cells)?.iter().map(read).collect()
}

/// Seq of the newest entry; 0 for an empty journal.
pub(crate) fn position(tx: &mut dyn Tx, district: &District) -> Result<i64, StoreError> {
    let sql = "SELECT seq FROM journal_head WHERE district_code = $1";
    let rows = tx.query(sql, &[Cell::from(district.as_str())])?;
    Ok(rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0))
}

/// Districts that have a journal here.
pub(crate) fn districts(tx: &mut dyn Tx) -> Result<Vec<District>, StoreError> {
    let rows = tx.query(
        "SELECT district_code FROM journal_head ORDER BY district_code",
        &[],
    )?;
    let district = |row: &Row| {
        let code = row.text(0)?;
        District::new(&code).map_err(|e| StoreError::Corrupt {
            place: "journal_head".to_owned(),
            detail: e.to_string(),
        })
    };
    rows.iter().map(district).collect()
}
