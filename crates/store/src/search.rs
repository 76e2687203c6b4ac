//! 检索 Where the words of a search stand: an ordinary table per register with one row for each place of a search text
//! at which a word may begin. A part of a name is thus the beginning of a key, found by range on every engine.
//!
//! New records are not entered one by one, which would touch twenty pages for each: they wait behind a mark, `upto`,
//! and are entered some hundreds at a time. A search looks at the entries up to the mark and at the few records behind
//! it, so it is exact at every moment; a database that has no entries yet is one where all records are behind the mark.
//! What is found is always held against `search_text` itself, so an entry too many does no harm.

use std::collections::BTreeSet;

use ground::{District, RecordId};
use register::version::is_newer;

use crate::engine::{Cell, Row, Tx};
use crate::error::StoreError;
use crate::insert::{LIST_MAX, in_list, insert_missing};
use crate::query::{Plan, Sql, search_text};
use crate::reader::Reader;
use crate::schema::RegisterTable;
use crate::writer::Writer;

/// Width of an entry: four Chinese characters or eight letters. Of a million names a thousandth of a thousandth shares
/// that much, unless it is a word that a search cannot narrow by anyway.
const WIDTH: usize = 8;

/// Characters entered at once, each an entry: 50 ms of the writer's time, and it may be that of somebody who makes a
/// record. A longer text is entered alone.
const SLICE: usize = 8_192;

/// Records entered at once at most.
const SLICE_RECORDS: usize = 512;

/// Records that are read at once for a slice: few enough that the longest of texts take little room.
const STEP: usize = 32;

/// Journal entries between two slices: so many new records wait, more or less.
const EVERY: i64 = 256;

/// Records behind the mark that a search still looks at one by one.
const BEHIND: i64 = 4_096;

/// Candidates that are fetched and sorted for a page. A word in more records than that is met soon enough when the sort
/// index is walked: fifty rows of a million stand within 7,000 (both cost 20 ms, 3 µs a record).
pub(crate) const FOR_A_PAGE: i64 = 7_000;

/// Candidates that are fetched for a count or a sum. Beyond them reading all is as quick.
pub(crate) const FOR_ALL: i64 = 100_000;

fn width(c: char) -> usize {
    if c.is_ascii() { 1 } else { 2 }
}

/// The beginning of a text that an entry holds. Never empty unless the text is.
fn start(text: &str) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += width(*c);
        used > WIDTH
    });
    end.map_or(text, |(at, _)| &text[..at])
}

/// What a search text is entered under.
fn parts(text: &str) -> BTreeSet<&str> {
    let lines = text.split('\n');
    lines
        .flat_map(|line| line.char_indices().map(|(at, _)| start(&line[at..])))
        .collect()
}

/// Who is likely to hold all words of a query.
pub(crate) struct Candidates {
    table: String,
    records: String,
    from: String,
    upto: i64,
}

impl Candidates {
    /// Writes ` AND record_id IN (…)`.
    pub fn write(&self, sql: &mut Sql) {
        let (low, high) = (
            sql.bind(self.from.as_str()),
            sql.bind(beyond(&self.from).as_str()),
        );
        let upto = sql.bind(self.upto);
        sql.push(&format!(
            " AND record_id IN (SELECT record_id FROM {} WHERE district_code = $1 \
             AND part >= {low} AND part < {high} UNION ALL \
             SELECT record_id FROM {} WHERE district_code = $1 AND record_id > {upto})",
            self.table, self.records
        ));
    }
}

/// What the entries say about the words of a query.
pub(crate) enum Words {
    /// No words, or no entries to ask.
    Unknown,
    /// Too many records hold them.
    Frequent,
    /// Only these may.
    Few(Candidates),
}

/// Greater than every text that begins so.
fn beyond(start: &str) -> String {
    format!("{start}\u{10ffff}")
}

impl Reader<'_> {
    /// The rarest word of a query, when fewer than `most` records hold it.
    pub(crate) fn words(
        &mut self,
        table: &RegisterTable,
        plan: &Plan,
        most: i64,
    ) -> Result<Words, StoreError> {
        if plan.words.is_empty() {
            return Ok(Words::Unknown);
        }
        let upto = mark(self.tx, &self.district, table)?.map_or(0, |mark| mark.upto);
        let behind = format!(
            "SELECT COUNT(*) FROM (SELECT record_id FROM {} WHERE district_code = $1 \
             AND record_id > $2 LIMIT $3) AS behind",
            table.table
        );
        let cells = [self.cell(), Cell::Int(upto), Cell::Int(BEHIND + 1)];
        if self.number(&behind, &cells)? > BEHIND {
            return Ok(Words::Unknown);
        }
        let held = format!(
            "SELECT COUNT(*) FROM (SELECT record_id FROM {} WHERE district_code = $1 \
             AND part >= $2 AND part < $3 LIMIT $4) AS held",
            table.search
        );
        let mut fewest = most + 1;
        let mut rarest = "";
        for word in &plan.words {
            let from = start(word);
            let cells = [
                self.cell(),
                Cell::from(from),
                Cell::Text(beyond(from)),
                Cell::Int(fewest),
            ];
            let count = self.number(&held, &cells)?;
            if count < fewest {
                (fewest, rarest) = (count, from);
            }
        }
        if fewest > most {
            return Ok(Words::Frequent);
        }
        Ok(Words::Few(Candidates {
            table: table.search.clone(),
            records: table.table.clone(),
            from: rarest.to_owned(),
            upto,
        }))
    }

    /// Whether the search texts of all records are those of the definition in force.
    pub(crate) fn texts_stand(&mut self, table: &RegisterTable) -> Result<bool, StoreError> {
        let mark = mark(self.tx, &self.district, table)?;
        Ok(mark.is_some_and(|mark| mark.recipe == table.recipe() && mark.upto >= mark.again))
    }

    /// Whether records wait to be entered, or to have their texts made anew.
    pub(crate) fn search_waits(&mut self) -> Result<bool, StoreError> {
        let catalog = self.catalog.clone();
        for definition in catalog.definitions() {
            let table = catalog.table(&definition.id)?;
            let mark = mark(self.tx, &self.district, &table)?;
            if mark.as_ref().is_some_and(|mark| mark.is_ahead(&table)) {
                continue;
            }
            let right = mark.filter(|mark| mark.recipe == table.recipe());
            let upto = right.map_or(0, |mark| mark.upto);
            let sql = format!(
                "SELECT record_id FROM {} WHERE district_code = $1 AND record_id > $2 LIMIT 1",
                table.table
            );
            let cells = [self.cell(), Cell::Int(upto)];
            if !self.tx.query(&sql, &cells)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn number(&mut self, sql: &str, cells: &[Cell]) -> Result<i64, StoreError> {
        let rows = self.tx.query(sql, cells)?;
        Ok(rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0))
    }
}

/// How far the records of a register are entered.
struct Mark {
    /// Records up to this id are.
    upto: i64,
    /// Records up to this id may have search texts of an earlier definition.
    again: i64,
    /// The search fields when that was.
    recipe: String,
    /// Version of the definition that they stand in; none in marks of before they had one.
    version: Option<String>,
}

impl Mark {
    /// Whether a later definition than ours says how search texts are made: then another process has it in force, and
    /// what it made is not made again the former way.
    fn is_ahead(&self, table: &RegisterTable) -> bool {
        let theirs = self.version.as_deref();
        let later = theirs.is_some_and(|version| is_newer(version, &table.definition.version));
        later && self.recipe != table.recipe()
    }
}

fn mark(
    tx: &mut dyn Tx,
    district: &District,
    table: &RegisterTable,
) -> Result<Option<Mark>, StoreError> {
    let sql = "SELECT upto, again, recipe, version FROM search_mark \
               WHERE district_code = $1 AND register = $2";
    let cells = [
        Cell::from(district.as_str()),
        Cell::from(table.definition.id.as_str()),
    ];
    let rows = tx.query(sql, &cells)?;
    let read = |row: &Row| {
        Ok(Mark {
            upto: row.int(0)?,
            again: row.int(1)?,
            recipe: row.text(2)?,
            version: row.opt_text(3)?,
        })
    };
    rows.first().map(read).transpose()
}

impl Writer<'_> {
    /// A new definition took over the records, and where search texts followed from them otherwise they were written
    /// anew. Then all are to be entered again; else what is entered stands.
    pub(crate) fn take_over_search(
        &mut self,
        old: &RegisterTable,
        new: &RegisterTable,
        rewritten: bool,
    ) -> Result<(), StoreError> {
        let found = mark(self.tx, &self.district, old)?;
        // What was made by a still earlier recipe is made anew whole, as ever.
        let Some(mut mark) = found.filter(|mark| mark.recipe == old.recipe()) else {
            return Ok(());
        };
        if rewritten {
            if mark.upto < mark.again {
                mark.again = self.newest(old)?;
            } else {
                mark.again = 0;
            }
            mark.upto = 0;
        }
        mark.recipe = new.recipe();
        mark.version = Some(new.definition.version.clone());
        self.put_mark(new, &mark)
    }

    /// Enters waiting records each time so many journal entries have passed.
    pub(crate) fn enter_some(
        &mut self,
        table: &RegisterTable,
        seq_before: i64,
    ) -> Result<(), StoreError> {
        if seq_before / EVERY != self.head.seq() / EVERY {
            self.enter_slice(table)?;
        }
        Ok(())
    }

    /// Enters the next waiting records of any register; gives how many. Zero when none wait.
    pub fn enter_search(&mut self) -> Result<usize, StoreError> {
        for definition in self.catalog.definitions() {
            let table = self.catalog.table(&definition.id)?;
            let done = self.enter_slice(&table)?;
            if done > 0 {
                return Ok(done);
            }
        }
        Ok(0)
    }

    fn enter_slice(&mut self, table: &RegisterTable) -> Result<usize, StoreError> {
        let mut now = match mark(self.tx, &self.district, table)? {
            Some(mark) if mark.recipe == table.recipe() => mark,
            Some(mark) if mark.is_ahead(table) => return Ok(0),
            _ => Mark {
                upto: 0,
                again: self.newest(table)?,
                recipe: table.recipe(),
                version: Some(table.definition.version.clone()),
            },
        };
        let texts = self.slice(table, &now)?;
        let Some((last, _)) = texts.last() else {
            return Ok(0);
        };
        now.upto = last.0;
        self.enter(table, &texts)?;
        self.put_mark(table, &now)?;
        Ok(texts.len())
    }

    /// The next waiting records with their search texts: as many as a slice holds, at least one.
    fn slice(
        &mut self,
        table: &RegisterTable,
        mark: &Mark,
    ) -> Result<Vec<(RecordId, String)>, StoreError> {
        let (mut found, mut room, mut upto) = (Vec::new(), SLICE, mark.upto);
        while found.len() < SLICE_RECORDS {
            let mut texts = self.texts_after(table, upto)?;
            let Some((last, _)) = texts.last() else {
                break;
            };
            upto = last.0;
            self.mend_texts(table, mark.again, &mut texts)?;
            for (id, text) in texts {
                let long = text.chars().count();
                if long > room && !found.is_empty() {
                    return Ok(found);
                }
                room = room.saturating_sub(long);
                found.push((id, text));
            }
        }
        Ok(found)
    }

    fn texts_after(
        &mut self,
        table: &RegisterTable,
        upto: i64,
    ) -> Result<Vec<(RecordId, String)>, StoreError> {
        let sql = format!(
            "SELECT record_id, search_text FROM {} WHERE district_code = $1 AND record_id > $2 \
             ORDER BY record_id LIMIT $3",
            table.table
        );
        let cells = [self.cell(), Cell::Int(upto), Cell::Int(STEP as i64)];
        let rows = self.tx.query(&sql, &cells)?;
        let text = |row: &Row| Ok((RecordId(row.int(0)?), row.text(1)?));
        rows.iter().map(text).collect()
    }

    /// Search texts of records from before the definition's search fields changed.
    fn mend_texts(
        &mut self,
        table: &RegisterTable,
        again: i64,
        texts: &mut [(RecordId, String)],
    ) -> Result<(), StoreError> {
        let old: Vec<RecordId> = texts
            .iter()
            .map(|t| t.0)
            .filter(|id| id.0 <= again)
            .collect();
        if old.is_empty() {
            return Ok(());
        }
        let records = self.reader().get_many(&table.definition.id, &old)?;
        for (stored, (id, text)) in records.iter().zip(texts) {
            debug_assert_eq!(stored.record.id, *id, "both in the order of ids");
            let record = &stored.record;
            let right = search_text(table, &record.fields, record.number.as_deref());
            if right == *text {
                continue;
            }
            let sql = format!(
                "UPDATE {} SET search_text = $3 WHERE district_code = $1 AND record_id = $2",
                table.table
            );
            let cells = [self.cell(), Cell::Int(id.0), Cell::from(right.as_str())];
            self.tx.execute(&sql, &cells)?;
            *text = right;
        }
        Ok(())
    }

    fn enter(
        &mut self,
        table: &RegisterTable,
        texts: &[(RecordId, String)],
    ) -> Result<(), StoreError> {
        let all = texts
            .iter()
            .flat_map(|(id, text)| parts(text).into_iter().map(|part| (part, *id)));
        self.enter_parts(table, all.collect())
    }

    fn enter_parts(
        &mut self,
        table: &RegisterTable,
        mut all: Vec<(&str, RecordId)>,
    ) -> Result<(), StoreError> {
        // In the order of the table: neighbours share a page.
        all.sort_unstable();
        let row =
            |(part, id): (&str, RecordId)| vec![self.cell(), Cell::from(part), Cell::Int(id.0)];
        let rows = all.into_iter().map(row).collect();
        insert_missing(
            self.tx,
            &table.search,
            "district_code, part, record_id",
            rows,
        )?;
        Ok(())
    }

    /// The search text of a record changed.
    pub(crate) fn re_enter(
        &mut self,
        table: &RegisterTable,
        id: RecordId,
        before: &str,
        after: &str,
    ) -> Result<(), StoreError> {
        let mark = mark(self.tx, &self.district, table)?;
        let Some(mark) = mark.filter(|mark| id.0 <= mark.upto) else {
            return Ok(());
        };
        let (old, new) = (parts(before), parts(after));
        let gone: Vec<&str> = old.difference(&new).copied().collect();
        for gone in gone.chunks(LIST_MAX) {
            let mut cells = vec![self.cell(), Cell::Int(id.0)];
            let list = in_list(gone.iter().map(|part| Cell::from(*part)), &mut cells);
            let sql = format!(
                "DELETE FROM {} WHERE district_code = $1 AND record_id = $2 AND part IN {list}",
                table.search
            );
            self.tx.execute(&sql, &cells)?;
        }
        // Under an earlier definition the record was entered with another text than `before`.
        let known = mark.recipe == table.recipe();
        let missing = new.iter().filter(|part| !known || !old.contains(*part));
        self.enter_parts(table, missing.map(|part| (*part, id)).collect())
    }

    fn newest(&mut self, table: &RegisterTable) -> Result<i64, StoreError> {
        let sql = format!(
            "SELECT record_id FROM {} WHERE district_code = $1 ORDER BY record_id DESC LIMIT 1",
            table.table
        );
        let rows = self.tx.query(&sql, &[self.cell()])?;
        Ok(rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0))
    }

    fn put_mark(&mut self, table: &RegisterTable, mark: &Mark) -> Result<(), StoreError> {
        let sql = "INSERT INTO search_mark (district_code, register, upto, again, recipe, version) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (district_code, register) \
                   DO UPDATE SET upto = excluded.upto, again = excluded.again, \
                   recipe = excluded.recipe, version = excluded.version";
        let cells = [
            self.cell(),
            Cell::from(table.definition.id.as_str()),
            Cell::Int(mark.upto),
            Cell::Int(mark.again),
            Cell::from(mark.recipe.as_str()),
            Cell::text(mark.version.as_deref()),
        ];
        self.tx.execute(sql, &cells)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_entered_at_each_place_of_each_line() {
        let of = |text| parts(text).into_iter().collect::<Vec<_>>();
        assert_eq!(
            of("甲1乙丙丁戊\nAB"),
            [
                "1乙丙丁",
                "AB",
                "B",
                "丁戊",
                "丙丁戊",
                "乙丙丁戊",
                "戊",
                "甲1乙丙"
            ]
        );
        assert_eq!(of("\n"), Vec::<&str>::new());
        assert_eq!(of("甲甲甲"), ["甲", "甲甲", "甲甲甲"]);
    }

    #[test]
    fn a_word_inside_a_text_begins_an_entry_of_it() {
        let text = "XM2023\n新材料产业园7号（二期）";
        for line in text.split('\n') {
            let chars: Vec<char> = line.chars().collect();
            for from in 0..chars.len() {
                for to in from + 1..=chars.len() {
                    let word: String = chars[from..to].iter().collect();
                    let (low, high) = (start(&word).to_owned(), beyond(start(&word)));
                    let held = parts(text)
                        .iter()
                        .any(|p| *p >= low.as_str() && *p < high.as_str());
                    assert!(held, "{word}");
                }
            }
        }
    }
}
