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

/// Counters read in this call, by scope.
#[derive(Default)]
struct Counters(BTreeMap<String, i64>);

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
        let Some(pattern) = &table.definition.number else {
            return Ok(numbers);
        };
        let mut counters = Counters::default();
        for one in new.iter().filter(|one| one.number.is_some()) {
            self.count_on(table, pattern, one, meta, &mut counters)?;
        }
        if table.definition.number_at.is_none() {
            let from: HashSet<String> = numbers.iter().flatten().cloned().collect();
            let waiting: Vec<usize> = (0..new.len()).filter(|&i| numbers[i].is_none()).collect();
            let ones: Vec<&NewRecord> = waiting.iter().map(|&i| &new[i]).collect();
            let drawn = self.draw_free(table, pattern, &ones, &from, meta, &mut counters)?;
            for (i, number) in waiting.into_iter().zip(drawn) {
                numbers[i] = number;
            }
        }
        self.store_counters(table, counters)?;
        Ok(numbers)
    }

    /// The next number for one record; none while a field of the pattern is empty.
    pub(crate) fn next_number(
        &mut self,
        table: &RegisterTable,
        new: &NewRecord,
        meta: &Meta,
    ) -> Result<Option<String>, StoreError> {
        let Some(pattern) = &table.definition.number else {
            return Ok(None);
        };
        let mut counters = Counters::default();
        let none = HashSet::new();
        let drawn = self.draw_free(table, pattern, &[new], &none, meta, &mut counters)?;
        self.store_counters(table, counters)?;
        Ok(drawn.into_iter().next().flatten())
    }

    /// A number that came from outside moves the counter on.
    fn count_on(
        &mut self,
        table: &RegisterTable,
        pattern: &NumberPattern,
        new: &NewRecord,
        meta: &Meta,
        counters: &mut Counters,
    ) -> Result<(), StoreError> {
        let context = context(new, meta);
        let number = new.number.as_deref().unwrap_or_default();
        let followed = pattern.sequence(&context, number);
        if let Some(seq) = followed.filter(|seq| *seq <= FOLLOWED_MAX) {
            let last = self.counter(table, &pattern.scope_key(&context), counters)?;
            *last = (*last).max(seq as i64);
        }
        Ok(())
    }

    /// Draws for all; where one of the numbers is there already, draws again from the start and looks at each.
    fn draw_free(
        &mut self,
        table: &RegisterTable,
        pattern: &NumberPattern,
        new: &[&NewRecord],
        from_outside: &HashSet<String>,
        meta: &Meta,
        counters: &mut Counters,
    ) -> Result<Vec<Option<String>>, StoreError> {
        let before = counters.0.clone();
        let mut drawn = Vec::with_capacity(new.len());
        for one in new {
            drawn.push(self.draw(table, pattern, one, meta, counters)?);
        }
        let given: Vec<&str> = drawn.iter().flatten().map(String::as_str).collect();
        let distinct: HashSet<&str> = given.iter().copied().collect();
        let clash = distinct.len() < given.len()
            || given.iter().any(|number| from_outside.contains(*number));
        if !clash && !self.any_taken(table, &given)? {
            return Ok(drawn);
        }
        counters.0 = before;
        let mut taken = from_outside.clone();
        for (one, place) in new.iter().zip(&mut drawn) {
            loop {
                *place = self.draw(table, pattern, one, meta, counters)?;
                let Some(number) = place.as_deref() else {
                    break;
                };
                if !taken.contains(number) && !self.any_taken(table, &[number])? {
                    taken.insert(number.to_owned());
                    break;
                }
            }
        }
        Ok(drawn)
    }

    fn draw(
        &mut self,
        table: &RegisterTable,
        pattern: &NumberPattern,
        new: &NewRecord,
        meta: &Meta,
        counters: &mut Counters,
    ) -> Result<Option<String>, StoreError> {
        let context = context(new, meta);
        if pattern.render(&context, 0).is_none() {
            return Ok(None);
        }
        let last = self.counter(table, &pattern.scope_key(&context), counters)?;
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
        table: &RegisterTable,
        scope: &str,
        counters: &'c mut Counters,
    ) -> Result<&'c mut i64, StoreError> {
        if !counters.0.contains_key(scope) {
            let sql = "SELECT last FROM number_counter \
                       WHERE district_code = $1 AND register = $2 AND scope = $3";
            let register = Cell::from(table.definition.id.as_str());
            let rows = self
                .tx
                .query(sql, &[self.cell(), register, Cell::from(scope)])?;
            let last = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
            counters.0.insert(scope.to_owned(), last);
        }
        Ok(counters.0.get_mut(scope).expect("inserted above"))
    }

    fn store_counters(
        &mut self,
        table: &RegisterTable,
        counters: Counters,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO number_counter (district_code, register, scope, last) \
                   VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (district_code, register, scope) DO UPDATE SET last = excluded.last";
        for (scope, last) in counters.0 {
            let register = Cell::from(table.definition.id.as_str());
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
