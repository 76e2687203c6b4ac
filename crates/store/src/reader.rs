//! Reading: one district, one snapshot. Lists find their rows by index only, then fetch the page.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ground::{District, OrgPath, RecordId};
use register::{Fields, Known, Record, Value, known_of};

use crate::catalog::Catalog;
use crate::codec;
use crate::engine::{Cell, Connection, Dialect, Row};
use crate::error::StoreError;
use crate::insert::{LIST_MAX, in_list};
use crate::journal::{self, Entry, JournalQuery, Touched, Verified};
use crate::query::{Fence, Key, Page, Plan, Query, Sql, Stored, Test, id_cells};
use crate::schema::{RegisterTable, SubTable, quoted};
use crate::search::{Candidates, FOR_A_PAGE, FOR_ALL, Words};

/// Entries of an index walked in the time in which one record is fetched and sorted (0.1 µs and 0.5 µs, measured).
const WALKED: i64 = 5;

pub(crate) const COUNT: &str = "COUNT(*)";

/// A read snapshot of one district. Everything read through one reader belongs to one moment.
pub struct Reader<'a> {
    pub(crate) tx: &'a mut dyn Connection,
    pub(crate) district: District,
    pub(crate) catalog: Arc<Catalog>,
    /// Whether it reads what is committed: only of that may anything be kept.
    pub(crate) committed: bool,
}

/// Sum of a field over a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sum {
    /// Fen, or the field's own scale.
    pub total: i64,
    /// Records with a value.
    pub counted: u64,
    /// Records without one: the sum says nothing about them.
    pub missing: u64,
}

/// One line of a count by value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// The value; `None` for the records without one.
    pub key: Option<Value>,
    /// Records with it.
    pub count: u64,
    /// Sum of the asked field over them.
    pub sum: Option<Sum>,
}

/// A step in the history of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The journal entry.
    pub entry: Entry,
    /// The record after it.
    pub record: Record,
}

impl Reader<'_> {
    pub(crate) fn cell(&self) -> Cell {
        Cell::from(self.district.as_str())
    }

    pub(crate) fn table(&self, register: &str) -> Result<Arc<RegisterTable>, StoreError> {
        self.catalog.table(register)
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.tx.dialect()
    }

    pub(crate) fn plan(
        &self,
        table: &Arc<RegisterTable>,
        query: &Query,
    ) -> Result<Plan, StoreError> {
        Plan::in_sql(&self.catalog, table, self.dialect(), query)
    }

    /// The record with this id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the district has no such record in the register.
    pub fn get(&mut self, register: &str, id: RecordId) -> Result<Stored, StoreError> {
        let found = self.get_many(register, &[id])?.pop();
        found.ok_or_else(|| StoreError::NotFound {
            register: register.to_owned(),
            id,
        })
    }

    /// Records by id, in the order asked; unknown ids are left out.
    pub fn get_many(
        &mut self,
        register: &str,
        ids: &[RecordId],
    ) -> Result<Vec<Stored>, StoreError> {
        let table = self.table(register)?;
        let mut found = BTreeMap::new();
        for ids in ids.chunks(LIST_MAX) {
            let mut cells = vec![self.cell()];
            let list = in_list(id_cells(ids), &mut cells);
            let (columns, name) = (&table.read_columns, &table.table);
            let sql = format!(
                "SELECT {columns} FROM {name} WHERE district_code = $1 AND record_id IN {list}"
            );
            for row in self.tx.query(&sql, &cells)? {
                let stored = read_record(&table, row)?;
                found.insert(stored.record.id, stored);
            }
            self.fill_rows(&table, ids, &mut found)?;
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// Adds the rows of table fields.
    fn fill_rows(
        &mut self,
        table: &RegisterTable,
        ids: &[RecordId],
        found: &mut BTreeMap<RecordId, Stored>,
    ) -> Result<(), StoreError> {
        for sub in &table.subs {
            let mut cells = vec![self.cell()];
            let list = in_list(id_cells(ids), &mut cells);
            let sql = format!(
                "SELECT record_id, {} FROM {} WHERE district_code = $1 AND record_id IN {list} \
                 ORDER BY record_id, row_no",
                sub.value_columns(),
                sub.table
            );
            for mut row in self.tx.query(&sql, &cells)? {
                let id = RecordId(row.int(0)?);
                let Some(stored) = found.get_mut(&id) else {
                    continue;
                };
                let fields = &mut stored.record.fields;
                let rows = fields
                    .entry(sub.field.clone())
                    .or_insert(Value::Rows(Vec::new()));
                if let Value::Rows(rows) = rows {
                    rows.push(read_row(sub, &mut row)?);
                }
            }
        }
        Ok(())
    }

    /// The register and organisation of a record known by its id alone.
    pub fn locate(&mut self, id: RecordId) -> Result<Option<(String, OrgPath)>, StoreError> {
        let sql = "SELECT register, org_path FROM record_index \
                   WHERE district_code = $1 AND record_id = $2";
        let rows = self.tx.query(sql, &[self.cell(), Cell::Int(id.0)])?;
        let place = |row: &Row| Ok((row.text(0)?, org(row.text(1)?)?));
        rows.first().map(place).transpose()
    }

    /// What records are called, by id: their name, else their number, else nothing; unknown ids are left out. Only these
    /// two columns are read, for each page of a list asks this of all it points at.
    pub fn names(
        &mut self,
        register: &str,
        ids: &[RecordId],
    ) -> Result<Vec<(RecordId, String)>, StoreError> {
        let table = self.table(register)?;
        let field = table.definition.name_field.as_deref();
        let field = field.and_then(|id| table.field(id));
        let name = field.map_or("record_id".to_owned(), |field| quoted(&field.id));
        let mut found = Vec::with_capacity(ids.len());
        for ids in ids.chunks(LIST_MAX) {
            let mut cells = vec![self.cell()];
            let list = in_list(id_cells(ids), &mut cells);
            let sql = format!(
                "SELECT record_id, {name}, number FROM {} \
                 WHERE district_code = $1 AND record_id IN {list}",
                table.table
            );
            for row in self.tx.query(&sql, &cells)? {
                let value = match field {
                    Some(field) => codec::value_of(field, row.cell(1), None)?,
                    None => None,
                };
                let name = value.as_ref().and_then(Value::as_text).map(str::to_owned);
                let name = name.map_or_else(|| row.opt_text(2), |name| Ok(Some(name)))?;
                found.push((RecordId(row.int(0)?), name.unwrap_or_default()));
            }
        }
        Ok(found)
    }

    /// Those of the records that are there and in use.
    pub fn in_use(
        &mut self,
        register: &str,
        ids: &[RecordId],
    ) -> Result<BTreeSet<RecordId>, StoreError> {
        let table = self.table(register)?;
        let mut found = BTreeSet::new();
        for ids in ids.chunks(LIST_MAX) {
            let mut cells = vec![self.cell()];
            let list = in_list(id_cells(ids), &mut cells);
            let withdrawn = self.dialect().fenced("withdrawn");
            let sql = format!(
                "SELECT record_id FROM {} WHERE district_code = $1 AND record_id IN {list} \
                 AND {withdrawn} = 0",
                table.table
            );
            for row in self.tx.query(&sql, &cells)? {
                found.insert(RecordId(row.int(0)?));
            }
        }
        Ok(found)
    }

    /// Ids of the records in use with one of these values in a unique text field, each with its value.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] when the register has no such field.
    pub fn ids_named(
        &mut self,
        register: &str,
        field: &str,
        values: &[&str],
    ) -> Result<Vec<(RecordId, String)>, StoreError> {
        let table = self.table(register)?;
        let column = Key::of(&table, field)?.column;
        let mut found = Vec::new();
        for values in values.chunks(LIST_MAX) {
            let mut cells = vec![self.cell()];
            let list = in_list(values.iter().map(|value| Cell::from(*value)), &mut cells);
            let (name, column) = (&table.table, quoted(&column));
            let sql = format!(
                "SELECT record_id, {column} FROM {name} \
                 WHERE district_code = $1 AND withdrawn = 0 AND {column} IN {list}"
            );
            for row in self.tx.query(&sql, &cells)? {
                found.push((RecordId(row.int(0)?), row.text(1)?));
            }
        }
        Ok(found)
    }

    /// A page of a list.
    pub fn list(&mut self, register: &str, query: &Query) -> Result<Page, StoreError> {
        let table = self.table(register)?;
        let plan = self.plan(&table, query)?;
        self.page(&table, &plan, None)
    }

    /// The first page of a list and how many records there are in all. Counting first tells how to read the page.
    pub fn list_counted(
        &mut self,
        register: &str,
        query: &Query,
    ) -> Result<(Page, u64), StoreError> {
        let count = self.count(register, query)?;
        let table = self.table(register)?;
        let plan = self.plan(&table, query)?;
        Ok((self.page(&table, &plan, Some(count))?, count))
    }

    fn page(
        &mut self,
        table: &Arc<RegisterTable>,
        plan: &Plan,
        count: Option<u64>,
    ) -> Result<Page, StoreError> {
        let mut keys = self.page_keys(table, plan, count)?;
        let more = keys.len() > plan.limit;
        keys.truncate(plan.limit);
        let last = keys.last().filter(|_| more);
        let next = last.map(|(id, cell)| plan.cursor(id.0, cell));
        let ids: Vec<RecordId> = keys.iter().map(|(id, _)| *id).collect();
        Ok(Page {
            records: self.get_many(&table.definition.id, &ids)?,
            next,
        })
    }

    /// All records that fit, page after page, in the order of the query.
    pub fn all(&mut self, register: &str, query: &Query) -> Result<Vec<Stored>, StoreError> {
        let mut query = Query {
            limit: crate::query::PAGE_MAX,
            ..query.clone()
        };
        let mut found = Vec::new();
        loop {
            let page = self.list(register, &query)?;
            found.extend(page.records);
            match page.next {
                Some(next) => (query.after, query.at) = (Some(next), 0),
                None => return Ok(found),
            }
        }
    }

    /// Ids and sort cells of the page and one row beyond it.
    fn page_keys(
        &mut self,
        table: &RegisterTable,
        plan: &Plan,
        count: Option<u64>,
    ) -> Result<Vec<(RecordId, Cell)>, StoreError> {
        let narrow = match count {
            Some(0) => return Ok(Vec::new()),
            _ if !plan.words.is_empty() => self.narrow(table, plan, FOR_A_PAGE)?,
            Some(count) if count > LIST_MAX as u64 => Narrow::No,
            Some(count) if self.is_walked(table, plan, count as i64)? => Narrow::No,
            Some(_) => self.narrow(table, plan, FOR_A_PAGE)?,
            None => match self.narrow(table, plan, FOR_A_PAGE)? {
                Narrow::Ids(ids) if self.is_walked(table, plan, ids.len() as i64)? => Narrow::No,
                other => other,
            },
        };
        if narrow.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = plan.limit + 1;
        let in_missing = plan.after.as_ref().is_some_and(|c| c.cell() == Cell::Null);
        let mut keys = Vec::new();
        if !in_missing {
            keys = self.keys(table, plan, &narrow, Part::Valued, (wanted, plan.at))?;
        }
        if plan.sort.nullable && keys.len() < wanted {
            let passed = match keys.is_empty() && plan.at > 0 {
                true => plan.at.saturating_sub(self.valued(table, plan, &narrow)?),
                false => 0,
            };
            let left = (wanted - keys.len(), passed);
            keys.extend(self.keys(table, plan, &narrow, Part::Missing, left)?);
        }
        Ok(keys)
    }

    /// Records of a list that have a value in its sort column.
    fn valued(
        &mut self,
        table: &RegisterTable,
        plan: &Plan,
        narrow: &Narrow,
    ) -> Result<u64, StoreError> {
        let column = quoted(&plan.sort.column);
        let start = format!(
            "SELECT COUNT(*) FROM {} WHERE district_code = $1 AND {column} IS NOT NULL",
            table.table
        );
        let mut sql = Sql::new(start, self.district.as_str());
        narrow.write(&mut sql);
        plan.write_conditions(&mut sql, self.dialect(), Fence::But(&plan.sort.column));
        let rows = self.tx.query(&sql.text, &sql.cells)?;
        Ok(rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0) as u64)
    }

    /// What the conditions leave, when it is little: then sorting it is cheaper than walking the sort index. The
    /// index asked carries the other filters, so what it passes over costs little.
    fn narrow(
        &mut self,
        table: &RegisterTable,
        plan: &Plan,
        most: i64,
    ) -> Result<Narrow, StoreError> {
        // Words are what a person looks for: few records hold them, whatever else is asked.
        let words = match self.words(table, plan, most)? {
            Words::Few(candidates) => return Ok(Narrow::Words(candidates)),
            other => other,
        };
        let by_id = plan.sort.column == "record_id";
        let column = match best_test(table, plan) {
            Some(test) if test.key.column == plan.sort.column => return Ok(Narrow::No),
            Some(test) if by_id && test.is_equality() => return Ok(Narrow::No),
            Some(test) => test.key.column.as_str(),
            None if plan.scope.as_ref().is_some_and(|scope| scope.depth() > 1) => "org_path",
            // Only reading all rows tells which hold the words.
            None if !plan.words.is_empty() && matches!(words, Words::Unknown) => "",
            None => return Ok(Narrow::No),
        };
        let start = format!(
            "SELECT record_id FROM {} WHERE district_code = $1",
            table.table
        );
        let mut sql = Sql::new(start, self.district.as_str());
        plan.write_conditions(&mut sql, self.dialect(), Fence::But(column));
        let limit = sql.bind(LIST_MAX as i64 + 1);
        sql.push(&format!(" LIMIT {limit}"));
        let rows = self.tx.query(&sql.text, &sql.cells)?;
        if rows.len() > LIST_MAX {
            return Ok(Narrow::No);
        }
        let ids: Result<Vec<RecordId>, _> = rows.iter().map(|r| r.int(0).map(RecordId)).collect();
        Ok(Narrow::Ids(ids?))
    }

    /// Whether walking the sort index from end to end costs no more than fetching and sorting this many records: the
    /// index holds all that is asked, and the register has few others.
    fn is_walked(
        &mut self,
        table: &RegisterTable,
        plan: &Plan,
        count: i64,
    ) -> Result<bool, StoreError> {
        if !plan.is_carried(table, &plan.sort.column) {
            return Ok(false);
        }
        let large = WALKED * LIST_MAX as i64;
        if let Some(size) = table.sizes.known(self.district.as_str(), large) {
            return Ok(size <= WALKED * count);
        }
        let sql = format!(
            "SELECT COUNT(*) FROM (SELECT record_id FROM {} WHERE district_code = $1 LIMIT $2) AS x",
            table.table
        );
        let rows = self.tx.query(&sql, &[self.cell(), Cell::Int(large + 1)])?;
        let size = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
        table.sizes.keep(self.district.as_str(), size);
        Ok(size <= WALKED * count)
    }

    fn keys(
        &mut self,
        table: &RegisterTable,
        plan: &Plan,
        narrow: &Narrow,
        part: Part,
        (limit, passed): (usize, u64),
    ) -> Result<Vec<(RecordId, Cell)>, StoreError> {
        let dialect = self.dialect();
        let column = quoted(&plan.sort.column);
        let start = format!(
            "SELECT record_id, {column} FROM {} WHERE district_code = $1",
            table.table
        );
        let mut sql = Sql::new(start, self.district.as_str());
        let sort = if narrow.write(&mut sql) {
            plan.write_conditions(&mut sql, dialect, Fence::All);
            dialect.fenced(&column)
        } else {
            plan.write_conditions(&mut sql, dialect, Fence::But(free_column(table, plan)));
            column
        };
        write_part(&mut sql, plan, part, &sort);
        let limit = sql.bind(limit as i64);
        sql.push(&format!(" LIMIT {limit}"));
        if passed > 0 {
            let passed = sql.bind(i64::try_from(passed).unwrap_or(i64::MAX));
            sql.push(&format!(" OFFSET {passed}"));
        }
        let rows = self.tx.query(&sql.text, &sql.cells)?;
        rows.iter()
            .map(|r| Ok((RecordId(r.int(0)?), r.cell(1).clone())))
            .collect()
    }

    /// Sum of a money, whole, decimal or percent field over the records that fit.
    ///
    /// # Errors
    /// [`StoreError::Query`] for a field that cannot be summed, [`StoreError::Overflow`].
    pub fn sum(&mut self, register: &str, query: &Query, field: &str) -> Result<Sum, StoreError> {
        let table = self.table(register)?;
        let rows = self.fold(register, query, &sum_columns(&table, field)?, "")?;
        rows.first()
            .map_or(Ok(Sum::default()), |row| read_sum(row, 0))
    }

    /// Records that fit, counted by the value of a field, and another field summed over each;
    /// ordered by value, records without a value last.
    pub fn group(
        &mut self,
        register: &str,
        query: &Query,
        by: &str,
        sum: Option<&str>,
    ) -> Result<Vec<Group>, StoreError> {
        let table = self.table(register)?;
        let key = Key::of(&table, by)?;
        let column = quoted(&key.column);
        let sums = sum.map(|field| sum_columns(&table, field)).transpose()?;
        let sums = sums.map_or(String::new(), |s| format!(", {s}"));
        let columns = format!("{column}, COUNT(*){sums}");
        let group = format!(" GROUP BY {column} ORDER BY {column} NULLS LAST");
        let rows = self.fold(register, query, &columns, &group)?;
        let read = |row: &Row| {
            let key = match key.field() {
                Some(field) => codec::value_of(field, row.cell(0), None)?,
                None => plain_value(row.cell(0)),
            };
            let sum = sum.map(|_| read_sum(row, 2)).transpose()?;
            Ok(Group {
                key,
                count: row.int(1)? as u64,
                sum,
            })
        };
        rows.iter().map(read).collect()
    }

    pub(crate) fn fold(
        &mut self,
        register: &str,
        query: &Query,
        columns: &str,
        group: &str,
    ) -> Result<Vec<Row>, StoreError> {
        let table = self.table(register)?;
        let whole = Query {
            after: None,
            at: 0,
            sort: None,
            ..query.clone()
        };
        let plan = self.plan(&table, &whole)?;
        let start = format!(
            "SELECT {columns} FROM {} WHERE district_code = $1",
            table.table
        );
        let mut sql = Sql::new(start, self.district.as_str());
        if let Some(column) = carrier(&table, &plan, columns == COUNT) {
            plan.write_conditions(&mut sql, self.dialect(), Fence::But(column));
        } else {
            let narrow = self.narrow(&table, &plan, FOR_ALL)?;
            if narrow.is_empty() {
                sql.push(" AND 1 = 0");
            } else {
                narrow.write(&mut sql);
            }
            plan.write_conditions(&mut sql, self.dialect(), Fence::All);
        }
        sql.push(group);
        self.tx
            .query(&sql.text, &sql.cells)
            .map_err(|error| match error.detail.as_str() {
                // SQLite: integer overflow; PostgreSQL 22003: bigint out of range.
                detail if detail.contains("overflow") || detail.contains("22003") => {
                    StoreError::Overflow
                }
                _ => error.into(),
            })
    }

    /// Names, aliases and key values of all records in use: what an import is matched against.
    pub fn known(&mut self, register: &str) -> Result<Vec<Known>, StoreError> {
        let table = self.table(register)?;
        let sql = format!(
            "SELECT {} FROM {} WHERE district_code = $1 AND withdrawn = 0 ORDER BY record_id",
            table.read_columns, table.table
        );
        let rows = self.tx.query(&sql, &[self.cell()])?;
        let known = rows.into_iter().map(|row| {
            read_record(&table, row).map(|stored| known_of(&table.definition, &stored.record))
        });
        known.collect()
    }

    /// The same of some records; those withdrawn are left out.
    pub fn known_among(
        &mut self,
        register: &str,
        ids: &[RecordId],
    ) -> Result<Vec<Known>, StoreError> {
        let table = self.table(register)?;
        let found = self.get_many(register, ids)?;
        let in_use = found.iter().filter(|stored| !stored.record.withdrawn);
        let known = in_use.map(|stored| known_of(&table.definition, &stored.record));
        Ok(known.collect())
    }

    /// Journal entries that fit.
    pub fn journal(&mut self, query: &JournalQuery) -> Result<Vec<Entry>, StoreError> {
        journal::entries(self.tx, &self.district, query)
    }

    /// Seq of the newest journal entry: it grows with every write, so what was computed at a
    /// position stays right until the position moves.
    pub fn position(&mut self) -> Result<i64, StoreError> {
        journal::position(self.tx, &self.district)
    }

    /// Entries after a position, oldest first, at most `limit` (1 to 1000): for change events.
    pub fn changes(&mut self, after: i64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let after = Some(after);
        self.journal(&JournalQuery {
            after,
            limit,
            ..JournalQuery::default()
        })
    }

    /// The same without what was written: which records were touched.
    pub fn touched(&mut self, after: i64, limit: u32) -> Result<Vec<Touched>, StoreError> {
        journal::touched(self.tx, &self.district, after, limit)
    }

    /// Proves the journal whole or names its first bad entry.
    pub fn verify_journal(&mut self) -> Result<Verified, StoreError> {
        journal::verify(self.tx, &self.district)
    }
}

/// The two parts of a sorted list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Valued,
    Missing,
}

/// What is known of the records of a list before they are sorted.
enum Narrow {
    /// Nothing, or that they are many.
    No,
    /// They are among these.
    Ids(Vec<RecordId>),
    /// They are among those that hold a word.
    Words(Candidates),
}

impl Narrow {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Ids(ids) if ids.is_empty())
    }

    /// Writes it as a condition; false when there is none.
    fn write(&self, sql: &mut Sql) -> bool {
        match self {
            Self::No => return false,
            Self::Ids(ids) => {
                let list = in_list(id_cells(ids), &mut sql.cells);
                sql.push(&format!(" AND record_id IN {list}"));
            }
            Self::Words(candidates) => candidates.write(sql),
        }
        true
    }
}

/// The test whose index leaves the fewest rows, as far as its kind tells.
fn best_test<'a>(table: &RegisterTable, plan: &'a Plan) -> Option<&'a Test> {
    let indexed = |test: &&Test| table.indexed.contains(&test.key.column);
    let tests = plan.tests.iter().filter(indexed);
    let ranked = tests.filter_map(|test| test.breadth().map(|breadth| (breadth, test)));
    ranked
        .min_by_key(|(breadth, _)| *breadth)
        .map(|(_, test)| test)
}

/// The column whose index is followed to count and to add up: it names the values that are meant, or it holds all that
/// is to be counted. Elsewhere reading the whole table may be less than to follow an index to most of its rows.
fn carrier<'a>(table: &RegisterTable, plan: &'a Plan, counted: bool) -> Option<&'a str> {
    // Few records hold the words that are looked for: they are found another way.
    if !plan.words.is_empty() {
        return None;
    }
    if let Some(test) = best_test(table, plan) {
        let column = test.key.column.as_str();
        let held = counted && plan.is_carried(table, column);
        return (held || test.names_values()).then_some(column);
    }
    let below = plan.scope.as_ref().is_some_and(|scope| scope.depth() > 1);
    (below && plan.is_carried(table, "org_path")).then_some("org_path")
}

/// The column whose index carries the list: the sort column, or for a list by id the best equality
/// (its index continues with the id).
fn free_column<'a>(table: &RegisterTable, plan: &'a Plan) -> &'a str {
    if plan.sort.column != "record_id" {
        return &plan.sort.column;
    }
    let equal = best_test(table, plan).filter(|test| test.is_equality());
    equal.map_or("record_id", |test| &test.key.column)
}

/// Writes what makes the page begin and go on in order. `sort` is the sort column as it stands in
/// the statement.
fn write_part(sql: &mut Sql, plan: &Plan, part: Part, sort: &str) {
    let (than, order) = if plan.descending {
        ("<", "DESC")
    } else {
        (">", "ASC")
    };
    let by_id = plan.sort.column == "record_id";
    match (&plan.after, part) {
        (Some(after), Part::Valued) if by_id => {
            let id = sql.bind(after.id);
            sql.push(&format!(" AND record_id {than} {id}"));
        }
        (Some(after), Part::Valued) => {
            let (key, id) = (sql.bind(after.cell()), sql.bind(after.id));
            sql.push(&format!(" AND ({sort}, record_id) {than} ({key}, {id})"));
        }
        (Some(after), Part::Missing) if after.cell() == Cell::Null => {
            let id = sql.bind(after.id);
            sql.push(&format!(" AND {sort} IS NULL AND record_id {than} {id}"));
        }
        (_, Part::Missing) => sql.push(&format!(" AND {sort} IS NULL")),
        (None, Part::Valued) if plan.sort.nullable => sql.push(&format!(" AND {sort} IS NOT NULL")),
        (None, Part::Valued) => {}
    }
    match part {
        _ if by_id => sql.push(&format!(" ORDER BY {sort} {order}")),
        Part::Valued => sql.push(&format!(" ORDER BY {sort} {order}, record_id {order}")),
        Part::Missing => sql.push(&format!(" ORDER BY record_id {order}")),
    }
}

fn sum_columns(table: &RegisterTable, field: &str) -> Result<String, StoreError> {
    use register::FieldKind as K;
    let key = Key::of(table, field)?;
    match key.field().map(|f| &f.kind) {
        Some(K::Money | K::Int | K::Decimal { .. } | K::Percent) => {
            let column = quoted(field);
            Ok(format!(
                "CAST(SUM({column}) AS BIGINT), COUNT({column}), COUNT(*)"
            ))
        }
        _ => Err(StoreError::Query {
            problem: format!("“{field}”不是可以合计的字段"),
        }),
    }
}

fn read_sum(row: &Row, at: usize) -> Result<Sum, StoreError> {
    let counted = row.int(at + 1)?;
    let missing = row.int(at + 2)? - counted;
    Ok(Sum {
        total: row.opt_int(at)?.unwrap_or(0),
        counted: counted as u64,
        missing: missing as u64,
    })
}

fn plain_value(cell: &Cell) -> Option<Value> {
    match cell {
        Cell::Int(number) => Some(Value::Int(*number)),
        Cell::Text(text) => Some(Value::Text(text.clone())),
        _ => None,
    }
}

pub(crate) fn org(path: String) -> Result<OrgPath, StoreError> {
    OrgPath::new(&path).map_err(|error| StoreError::Corrupt {
        place: "机构路径".to_owned(),
        detail: error.to_string(),
    })
}

/// Reads a row of [`RegisterTable::read_columns`].
fn read_record(table: &RegisterTable, mut row: Row) -> Result<Stored, StoreError> {
    let mut fields = Fields::new();
    let mut at = 7;
    for field in &table.fields {
        if let Some(value) = codec::read_cells(field, &mut row, &mut at)? {
            fields.insert(field.id.clone(), value);
        }
    }
    Ok(Stored {
        record: Record {
            id: RecordId(row.int(0)?),
            version: row.int(1)?,
            org: org(row.take_text(2)?)?,
            number: row.opt_text(3)?,
            withdrawn: row.int(4)? != 0,
            fields,
        },
        created_at: row.take_text(5)?,
        updated_at: row.take_text(6)?,
    })
}

fn read_row(sub: &SubTable, row: &mut Row) -> Result<Fields, StoreError> {
    let mut fields = Fields::new();
    let mut at = 1;
    for field in &sub.columns {
        if let Some(value) = codec::read_cells(field, row, &mut at)? {
            fields.insert(field.id.clone(), value);
        }
    }
    Ok(fields)
}
