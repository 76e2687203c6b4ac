//! Reading the past: every step of a record, and lists as they stood. The journal is replayed; conditions are judged by
//! the evaluator over the records of that day.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use ground::{Date, RecordId, WorkCalendar};
use register::Record;
use register::expr::{Known, Moment, Scope, World};

use crate::codec;
use crate::engine::Cell;
use crate::error::StoreError;
use crate::journal::{self, Entry, JournalQuery};
use crate::query::{Page, Plan, Query, Stored};
use crate::reader::{Reader, Step, org};
use crate::schema::RegisterTable;

impl Reader<'_> {
    /// Every step of a record, oldest first.
    pub fn history(&mut self, register: &str, id: RecordId) -> Result<Vec<Step>, StoreError> {
        let table = self.table(register)?;
        let mut query = JournalQuery {
            register: Some(register.to_owned()),
            record: Some(id),
            limit: 1000,
            ..JournalQuery::default()
        };
        let mut steps = Vec::new();
        loop {
            let entries = journal::entries(self.tx, &self.district, &query)?;
            let Some(last) = entries.last().map(|e| e.seq) else {
                return Ok(steps);
            };
            query.after = Some(last);
            for entry in entries {
                let Some(record) = record_after(&table, &entry)? else {
                    continue;
                };
                steps.push(Step { entry, record });
            }
        }
    }

    /// The record as it stood at `instant`: after its newest entry not later than that.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was not there yet.
    pub fn get_as_of(
        &mut self,
        register: &str,
        id: RecordId,
        instant: &str,
    ) -> Result<Stored, StoreError> {
        crate::instant::seconds(instant)?;
        let table = self.table(register)?;
        let cells = [
            self.cell(),
            Cell::from(register),
            Cell::Int(id.0),
            Cell::from(instant),
        ];
        let found = self
            .replay(&table, " AND record_id = $3 AND at <= $4", &cells)?
            .pop();
        found.ok_or_else(|| StoreError::NotFound {
            register: register.to_owned(),
            id,
        })
    }

    /// The list as it stood at `instant`.
    pub fn list_as_of(
        &mut self,
        register: &str,
        query: &Query,
        instant: &str,
    ) -> Result<Page, StoreError> {
        Ok(self.list_counted_as_of(register, query, instant)?.0)
    }

    /// The list as it stood at `instant` and how many records it had in all.
    pub fn list_counted_as_of(
        &mut self,
        register: &str,
        query: &Query,
        instant: &str,
    ) -> Result<(Page, u64), StoreError> {
        let table = self.table(register)?;
        let plan = Plan::of(&table, query)?;
        let all = self.replay_all(&table, instant)?;
        let point = Point::Instant(instant.to_owned());
        let fitting = self.judged(&table, (query, &plan), all, &point)?;
        let count = fitting.len() as u64;
        Ok((plan.page_of(fitting), count))
    }

    /// All records that fitted at `instant`, by id.
    pub fn all_as_of(
        &mut self,
        register: &str,
        query: &Query,
        instant: &str,
    ) -> Result<Vec<Stored>, StoreError> {
        let table = self.table(register)?;
        let all = self.replay_all(&table, instant)?;
        self.all_of(&table, query, all, &Point::Instant(instant.to_owned()))
    }

    /// All records of a register as they were right after an entry of the journal.
    pub fn all_at(
        &mut self,
        register: &str,
        query: &Query,
        seq: i64,
    ) -> Result<Vec<Stored>, StoreError> {
        let table = self.table(register)?;
        let cells = [self.cell(), Cell::from(register), Cell::Int(seq)];
        let all = self.replay(&table, " AND seq <= $3", &cells)?;
        self.all_of(&table, query, all, &Point::Seq(seq))
    }

    fn all_of(
        &mut self,
        table: &RegisterTable,
        query: &Query,
        all: Vec<Stored>,
        point: &Point,
    ) -> Result<Vec<Stored>, StoreError> {
        let mut plan = Plan::of(table, query)?;
        plan.limit = usize::MAX;
        let fitting = self.judged(table, (query, &plan), all, point)?;
        Ok(plan.page_of(fitting).records)
    }

    fn replay_all(
        &mut self,
        table: &RegisterTable,
        instant: &str,
    ) -> Result<Vec<Stored>, StoreError> {
        crate::instant::seconds(instant)?;
        let register = Cell::from(table.definition.id.as_str());
        let cells = [self.cell(), register, Cell::from(instant)];
        self.replay(table, " AND at <= $3", &cells)
    }

    /// The newest state of each record among the entries that fit. `$1` is the district, `$2` the
    /// register.
    fn replay(
        &mut self,
        table: &RegisterTable,
        condition: &str,
        cells: &[Cell],
    ) -> Result<Vec<Stored>, StoreError> {
        let sql = format!(
            "SELECT j.record_id, j.version, j.after, j.at, m.first_at, j.seq FROM journal AS j \
             JOIN (SELECT record_id, MAX(seq) AS seq, MIN(at) AS first_at FROM journal \
                   WHERE district_code = $1 AND register = $2 AND after IS NOT NULL{condition} \
                   GROUP BY record_id) AS m ON m.seq = j.seq \
             WHERE j.district_code = $1 ORDER BY j.record_id"
        );
        let mut found = Vec::new();
        for row in self.tx.query(&sql, cells)? {
            let (id, version) = (RecordId(row.int(0)?), row.int(1)?);
            let record = record_from(table, id, version, &row.text(2)?, row.int(5)?)?;
            let (updated_at, created_at) = (row.text(3)?, row.text(4)?);
            found.push(Stored {
                record,
                created_at,
                updated_at,
            });
        }
        Ok(found)
    }

    /// The records that fit, and for which the query's condition is true as the evaluator sees them among the records
    /// of that day.
    fn judged(
        &mut self,
        table: &RegisterTable,
        (query, plan): (&Query, &Plan),
        mut all: Vec<Stored>,
        point: &Point,
    ) -> Result<Vec<Stored>, StoreError> {
        all.retain(|stored| plan.passes(stored, table));
        let Some(condition) = &query.condition else {
            return Ok(all);
        };
        let calendar = WorkCalendar::seven_day();
        let past = Past {
            reader: RefCell::new(self),
            point,
            found: RefCell::default(),
            failed: RefCell::default(),
        };
        let holds = |stored: &Stored| {
            let moment = Moment {
                // The condition is bound: nothing in it asks for the day.
                today: Date::constant(1970, 1, 1),
                now: "1970-01-01T00:00:00Z",
                calendar: &calendar,
            };
            let scope = Scope {
                record: Some(&stored.record),
                world: &past,
                ..Scope::new(&table.definition, &stored.record.fields, moment)
            };
            register::expr::holds(condition, &scope)
        };
        let kept = all.into_iter().filter(holds).collect();
        match past.failed.into_inner() {
            Some(error) => Err(error),
            None => Ok(kept),
        }
    }
}

/// A place in the past.
#[derive(Clone, Debug)]
enum Point {
    Instant(String),
    Seq(i64),
}

/// The district as it was.
struct Past<'p, 'r> {
    reader: RefCell<&'p mut Reader<'r>>,
    point: &'p Point,
    /// Registers that were asked for, each replayed once.
    found: RefCell<BTreeMap<String, Rc<BTreeMap<RecordId, Known>>>>,
    failed: RefCell<Option<StoreError>>,
}

impl Past<'_, '_> {
    fn register(&self, register: &str) -> Rc<BTreeMap<RecordId, Known>> {
        if let Some(found) = self.found.borrow().get(register) {
            return found.clone();
        }
        let records = self.replayed(register).unwrap_or_else(|error| {
            self.failed.borrow_mut().get_or_insert(error);
            BTreeMap::new()
        });
        let records = Rc::new(records);
        self.found
            .borrow_mut()
            .insert(register.to_owned(), records.clone());
        records
    }

    fn replayed(&self, register: &str) -> Result<BTreeMap<RecordId, Known>, StoreError> {
        let mut reader = self.reader.borrow_mut();
        let table = reader.table(register)?;
        let all = match self.point {
            Point::Instant(instant) => reader.replay_all(&table, instant)?,
            Point::Seq(seq) => {
                let cells = [reader.cell(), Cell::from(register), Cell::Int(*seq)];
                reader.replay(&table, " AND seq <= $3", &cells)?
            }
        };
        let definition = Arc::new(table.definition.clone());
        let used = all.into_iter().filter(|stored| !stored.record.withdrawn);
        let known = used.map(|stored| {
            let (id, record) = (stored.record.id, Arc::new(stored.record));
            let definition = definition.clone();
            (id, Known { definition, record })
        });
        Ok(known.collect())
    }
}

impl World for Past<'_, '_> {
    fn record(&self, register: &str, id: RecordId) -> Option<Known> {
        self.register(register).get(&id).cloned()
    }

    fn records(&self, register: &str) -> Vec<Known> {
        self.register(register).values().cloned().collect()
    }
}

/// The record after a journal entry; `None` for events that leave no record behind.
fn record_after(table: &RegisterTable, entry: &Entry) -> Result<Option<Record>, StoreError> {
    match (entry.record, entry.version, &entry.after) {
        (Some(id), Some(version), Some(after)) => {
            record_from(table, id, version, after, entry.seq).map(Some)
        }
        _ => Ok(None),
    }
}

/// Reads the `after` of the journal entry at `seq`.
pub(crate) fn record_from(
    table: &RegisterTable,
    id: RecordId,
    version: i64,
    after: &str,
    seq: i64,
) -> Result<Record, StoreError> {
    let corrupt = |detail: String| StoreError::Corrupt {
        place: format!("流水 {id}"),
        detail,
    };
    let json: serde_json::Value =
        serde_json::from_str(after).map_err(|e| corrupt(e.to_string()))?;
    let text = |key: &str| json.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    let fields = json.get("fields").and_then(|v| v.as_object());
    let fields = fields.ok_or_else(|| corrupt("no fields".to_owned()))?;
    Ok(Record {
        id,
        version,
        org: org(text("org").unwrap_or_default())?,
        number: text("number"),
        withdrawn: json
            .get("withdrawn")
            .and_then(serde_json::Value::as_bool)
            .unwrap_or(false),
        fields: codec::from_json(table, fields, seq)?,
    })
}
