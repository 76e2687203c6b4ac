//! How many records a list has. A count walks all of them, a page only its own; so a count is kept until the journal
//! says that the register has changed, by whatever process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::Cell;
use crate::error::StoreError;
use crate::query::{Fence, Plan, Query, Sql};
use crate::reader::{COUNT, Reader};
use crate::schema::RegisterTable;

/// Entries of the journal looked through for a change; after more of them counting again is no dearer.
const FOLLOWED: i64 = 512;

/// Lists of one register whose counts are kept.
const KEPT: usize = 256;

/// Counts by what was asked, each with the position of the journal up to which it is known to hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts(Arc<Mutex<HashMap<String, (i64, u64)>>>);

impl Counts {
    fn get(&self, asked: &str) -> Option<(i64, u64)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(asked).copied()
    }

    fn keep(&self, asked: String, position: i64, count: u64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Another reader of a later moment may have been faster.
        if all.get(&asked).is_some_and(|(at, _)| *at > position) {
            return;
        }
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(asked, (position, count));
    }
}

impl Reader<'_> {
    /// Records that fit, all pages together.
    pub fn count(&mut self, register: &str, query: &Query) -> Result<u64, StoreError> {
        // Inside a write there is more than the journal tells, and it may be taken back.
        if !self.committed {
            return self.counted(register, query);
        }
        let table = self.table(register)?;
        let whole = Query {
            after: None,
            at: 0,
            sort: None,
            ..query.clone()
        };
        let plan = self.plan(&table, &whole)?;
        // Search texts that are made anew change what is found without a line in the journal.
        if !plan.words.is_empty() && !self.texts_stand(&table)? {
            return self.counted(register, query);
        }
        let asked = self.asked(&plan);
        let position = self.position()?;
        if let Some((at, count)) = table.counts.get(&asked)
            && self.is_unchanged(&table, &plan, (at, position))?
        {
            table.counts.keep(asked, position, count);
            return Ok(count);
        }
        let count = self.counted(register, query)?;
        table.counts.keep(asked, position, count);
        Ok(count)
    }

    fn counted(&mut self, register: &str, query: &Query) -> Result<u64, StoreError> {
        let rows = self.fold(register, query, COUNT, "")?;
        Ok(rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0) as u64)
    }

    /// What is asked, with district and values, as one text.
    fn asked(&self, plan: &Plan) -> String {
        let mut sql = Sql::new("", self.district.as_str());
        plan.write_conditions(&mut sql, self.dialect(), Fence::All);
        format!("{} {:?}", sql.text, sql.cells)
    }

    /// Whether nothing that the plan asks about was written between two positions.
    fn is_unchanged(
        &mut self,
        table: &RegisterTable,
        plan: &Plan,
        (from, to): (i64, i64),
    ) -> Result<bool, StoreError> {
        if from == to {
            return Ok(true);
        }
        // A condition may look into other registers: then any entry counts. An older moment than the kept one is asked anew.
        if !plan.is_own() || !(from..from + FOLLOWED).contains(&to) {
            return Ok(false);
        }
        let register = self.dialect().fenced("register");
        let sql = format!(
            "SELECT seq FROM journal WHERE district_code = $1 AND seq > $2 AND {register} = $3 LIMIT 1"
        );
        let of = Cell::from(table.definition.id.as_str());
        let rows = self.tx.query(&sql, &[self.cell(), Cell::Int(from), of])?;
        Ok(rows.is_empty())
    }
}
