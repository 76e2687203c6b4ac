//! 编号: the numbers of records. A record brings its number from outside, or gets the next of its counter that nobody has.
//!
//! Counters are kept by scope (register, year, whatever the pattern counts apart). A number from outside moves the counter
//! of today's scope on, so that it is not given again; one of another year, or written by hand in another form, moves none,
//! so a number is given only after a look at those that are there.

use std::collections::{BTreeMap, HashSet};

use register::{NumberContext, NumberPattern};

use crate::engine::Cell;
use crate::error::StoreError;
use crate::insert::{LIST_MAX, in_list};
use crate::schema::RegisterTable;
use crate::writer::{Meta, NewRecord, Writer};

/// A counter follows no number beyond this: that is a key of another system, or a slip of the hand.
const FOLLOWED_MAX: u64 = 999_999_999;

/// The numbers of one call: what they are made of, and the counters read so far, by scope.
struct Drawing<'a> {
    table: &'a RegisterTable,
    pattern: &'a NumberPattern,
    meta: &'a Meta,
    counters: BTreeMap<String, i64>,
}

impl<'a> Drawing<'a> {
    /// None where the register numbers nothing.
    fn of(table: &'a RegisterTable, meta: &'a Meta) -> Option<Self> {
        Some(Drawing {
            table,
            pattern: table.definition.number.as_ref()?,
            meta,
            counters: BTreeMap::new(),
        })
    }
}

impl Writer<'_> {
    /// The numbers of `new`, in order: their own, the next of their counters, or none yet where the definition gives them
    /// at a transition (`number.assign`) or a field of the pattern is still empty.
    pub(crate) fn numbers(
        &mut self,
        table: &RegisterTable,
        new: &[NewRecord],
        meta: &Meta,
    ) -> Result<Vec<Option<String>>, StoreError> {
        let mut numbers: Vec<_> = new.iter().map(|one| one.number.clone()).collect();
        let Some(mut drawing) = Drawing::of(table, meta) else {
            return Ok(numbers);
        };
        for one in new.iter().filter(|one| one.number.is_some()) {
            self.count_on(&mut drawing, one)?;
        }
        if table.definition.number_at.is_none() {
            let from: HashSet<String> = numbers.iter().flatten().cloned().collect();
            let waiting: Vec<usize> = (0..new.len()).filter(|&i| numbers[i].is_none()).collect();
            let ones: Vec<&NewRecord> = waiting.iter().map(|&i| &new[i]).collect();
            let drawn = self.draw_free(&mut drawing, &ones, from)?;
            for (i, number) in waiting.into_iter().zip(drawn) {
                numbers[i] = number;
            }
        }
        self.store_counters(drawing)?;
        Ok(numbers)
    }

    /// The next number for one record; none while a field of the pattern is empty.
    pub(crate) fn next_number(
        &mut self,
        table: &RegisterTable,
        new: &NewRecord,
        meta: &Meta,
    ) -> Result<Option<String>, StoreError> {
        let Some(mut drawing) = Drawing::of(table, meta) else {
            return Ok(None);
        };
        let drawn = self.draw_free(&mut drawing, &[new], HashSet::new())?;
        self.store_counters(drawing)?;
        Ok(drawn.into_iter().next().flatten())
    }

    /// A number that came from outside moves the counter on.
    fn count_on(&mut self, drawing: &mut Drawing, new: &NewRecord) -> Result<(), StoreError> {
        let context = context(new, drawing.meta);
        let number = new.number.as_deref().unwrap_or_default();
        let followed = drawing.pattern.sequence(&context, number);
        if let Some(seq) = followed.filter(|seq| *seq <= FOLLOWED_MAX) {
            let last = self.counter(drawing, &drawing.pattern.scope_key(&context))?;
            *last = (*last).max(seq as i64);
        }
        Ok(())
    }

    /// Draws for all; where one of the numbers is there already or `taken`, draws again from the start and looks at each.
    fn draw_free(
        &mut self,
        drawing: &mut Drawing,
        new: &[&NewRecord],
        mut taken: HashSet<String>,
    ) -> Result<Vec<Option<String>>, StoreError> {
        let before = drawing.counters.clone();
        let mut drawn = Vec::with_capacity(new.len());
        for one in new {
            drawn.push(self.draw(drawing, one)?);
        }
        let given: Vec<&str> = drawn.iter().flatten().map(String::as_str).collect();
        let distinct: HashSet<&str> = given.iter().copied().collect();
        let clash =
            distinct.len() < given.len() || given.iter().any(|number| taken.contains(*number));
        if !clash && !self.any_taken(drawing.table, &given)? {
            return Ok(drawn);
        }
        drawing.counters = before;
        for (one, place) in new.iter().zip(&mut drawn) {
            *place = self.draw_one_free(drawing, one, &taken)?;
            taken.extend(place.clone());
        }
        Ok(drawn)
    }

    /// The next number that nobody has and that is not `taken`.
    fn draw_one_free(
        &mut self,
        drawing: &mut Drawing,
        new: &NewRecord,
        taken: &HashSet<String>,
    ) -> Result<Option<String>, StoreError> {
        loop {
            let drawn = self.draw(drawing, new)?;
            let Some(number) = drawn.as_deref() else {
                return Ok(None);
            };
            if !taken.contains(number) && !self.any_taken(drawing.table, &[number])? {
                return Ok(drawn);
            }
        }
    }

    fn draw(
        &mut self,
        drawing: &mut Drawing,
        new: &NewRecord,
    ) -> Result<Option<String>, StoreError> {
        let context = context(new, drawing.meta);
        let pattern = drawing.pattern;
        if pattern.render(&context, 0).is_none() {
            return Ok(None);
        }
        let last = self.counter(drawing, &pattern.scope_key(&context))?;
        *last += 1;
        Ok(pattern.render(&context, *last as u64))
    }

    /// A record in use has one of these numbers.
    fn any_taken(&mut self, table: &RegisterTable, numbers: &[&str]) -> Result<bool, StoreError> {
        for part in numbers.chunks(LIST_MAX) {
            let mut cells = vec![self.cell()];
            let list = in_list(part.iter().map(|number| Cell::from(*number)), &mut cells);
            let sql = format!(
                "SELECT record_id FROM {} WHERE district_code = $1 AND withdrawn = 0 \
                 AND number IN {list} LIMIT 1",
                table.table
            );
            if !self.tx.query(&sql, &cells)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn counter<'c>(
        &mut self,
        drawing: &'c mut Drawing,
        scope: &str,
    ) -> Result<&'c mut i64, StoreError> {
        if !drawing.counters.contains_key(scope) {
            let sql = "SELECT last FROM number_counter \
                       WHERE district_code = $1 AND register = $2 AND scope = $3";
            let register = Cell::from(drawing.table.definition.id.as_str());
            let rows = self
                .tx
                .query(sql, &[self.cell(), register, Cell::from(scope)])?;
            let last = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
            drawing.counters.insert(scope.to_owned(), last);
        }
        Ok(drawing.counters.get_mut(scope).expect("inserted above"))
    }

    fn store_counters(&mut self, drawing: Drawing) -> Result<(), StoreError> {
        let sql = "INSERT INTO number_counter (district_code, register, scope, last) \
                   VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (district_code, register, scope) DO UPDATE SET last = excluded.last";
        for (scope, last) in drawing.counters {
            let register = Cell::from(drawing.table.definition.id.as_str());
            let cells = [self.cell(), register, Cell::Text(scope), Cell::Int(last)];
            self.tx.execute(sql, &cells)?;
        }
        Ok(())
    }
}

fn context<'n>(new: &'n NewRecord, meta: &Meta) -> NumberContext<'n> {
    NumberContext {
        date: meta.today,
        org: &new.org,
        org_abbr: new.org_abbr.as_deref().unwrap_or_default(),
        fields: &new.fields,
    }
}
