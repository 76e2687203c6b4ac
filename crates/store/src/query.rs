//! What a list asks for, and its two evaluations: as SQL conditions for the current state, and over
//! records in memory for an earlier day. Both compare the same cells, so they give the same answer.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::sync::Arc;

use ground::{OrgPath, RecordId, normal_name};
use register::expr::Expr;
use register::{Field, FieldKind, Fields, Record, Value};
use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::codec::{ColumnType, column_type, key_cell};
use crate::condition::{self, Compiled};
use crate::engine::{Cell, Dialect};
use crate::error::StoreError;
use crate::insert::{LIST_MAX, in_list};
use crate::schema::{RegisterTable, quoted};

/// Rows of a page at most.
pub const PAGE_MAX: u32 = 500;

/// Longest search text in characters, and most words in it.
const SEARCH_MAX: usize = 100;
const WORDS_MAX: usize = 8;

/// How a value is compared. A missing value passes only `Ne` and `IsMissing`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// Equal.
    Eq,
    /// Not equal; a missing value is not equal to any.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// One of several.
    In,
    /// The text, or one of the texts or references of a list, contains this. Latin letters match
    /// in both cases.
    Contains,
    /// No value; with `Value::Bool(false)` some value.
    IsMissing,
}

/// The right side of a comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operand {
    /// Nothing, for `IsMissing`.
    None,
    /// One value.
    One(Value),
    /// Several, for `In`.
    Many(Vec<Value>),
}

/// One condition of a list. `field` is a field id or one of `record_id`, `number`, `version`,
/// `org_path`, `created_at`, `updated_at`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filter {
    /// Left side.
    pub field: String,
    /// Comparison.
    pub op: Op,
    /// Right side.
    pub value: Operand,
}

impl Filter {
    /// A condition with one value.
    pub fn new(field: impl Into<String>, op: Op, value: Value) -> Self {
        Self {
            field: field.into(),
            op,
            value: Operand::One(value),
        }
    }

    /// `field == value`.
    pub fn eq(field: impl Into<String>, value: Value) -> Self {
        Self::new(field, Op::Eq, value)
    }

    /// `field` is one of `values`.
    pub fn one_of(field: impl Into<String>, values: Vec<Value>) -> Self {
        Self {
            field: field.into(),
            op: Op::In,
            value: Operand::Many(values),
        }
    }

    /// `field` has no value.
    pub fn missing(field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            op: Op::IsMissing,
            value: Operand::None,
        }
    }
}

/// Order of a list. Missing values stand last in both directions; equal values follow their id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sort {
    /// Field id or record column.
    pub field: String,
    /// Greatest first.
    pub descending: bool,
}

impl Default for Sort {
    /// By id, which is the order of creation.
    fn default() -> Self {
        Self {
            field: "record_id".to_owned(),
            descending: false,
        }
    }
}

/// A list query.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Query {
    /// Only records of this organisation and those below it.
    pub scope: Option<OrgPath>,
    /// All must hold.
    pub filters: Vec<Filter>,
    /// Must be true, too. Already bound: nothing in it depends on the moment or the person. Lists of today take what
    /// [`crate::Store::sql_able`] approves of, lists of an earlier day take anything.
    pub condition: Option<Expr>,
    /// Words that the search fields contain, parted by blanks; all must be found.
    pub search: Option<String>,
    /// Order; by id when absent.
    pub sort: Option<Sort>,
    /// Rows of the page, 1 to 500; 0 stands for 50.
    pub limit: u32,
    /// Where to go on: the `next` of the page before.
    pub after: Option<String>,
    /// Rows passed over before the page: the list is entered at a place. Not together with `after`.
    pub at: u64,
    /// What of the records taken out of use.
    pub withdrawn: Withdrawn,
}

/// 撤销. Whether a list shows records that were taken out of use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Withdrawn {
    /// Records in use.
    #[default]
    Without,
    /// All.
    With,
    /// Only those taken out of use.
    Only,
}

impl Withdrawn {
    fn shows(self, withdrawn: bool) -> bool {
        match self {
            Withdrawn::Without => !withdrawn,
            Withdrawn::With => true,
            Withdrawn::Only => withdrawn,
        }
    }
}

impl Query {
    /// The query with one more condition.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    /// The query with a condition instead of the one it had.
    pub fn when(mut self, condition: Option<Expr>) -> Self {
        self.condition = condition;
        self
    }

    /// The query sorted by a field.
    pub fn sorted(mut self, field: impl Into<String>, descending: bool) -> Self {
        self.sort = Some(Sort {
            field: field.into(),
            descending,
        });
        self
    }

    /// The query with this many rows.
    pub fn limited(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }
}

/// A record with its moments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stored {
    /// The record.
    pub record: Record,
    /// Moment of its first entry.
    pub created_at: String,
    /// Moment of its newest entry.
    pub updated_at: String,
}

/// Column by which a list is filtered or sorted.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub column: String,
    field: Option<Field>,
    text: bool,
    pub nullable: bool,
}

impl Key {
    /// # Errors
    /// [`StoreError::Unknown`] when the register has no such column.
    pub fn of(table: &RegisterTable, id: &str) -> Result<Self, StoreError> {
        let text = match id {
            "record_id" | "version" => false,
            "org_path" | "created_at" | "updated_at" | "number" => true,
            _ => {
                let field = table.field(id);
                let field = field.ok_or_else(|| StoreError::Unknown {
                    name: id.to_owned(),
                })?;
                let text = column_type(field) == Some(ColumnType::Text);
                let field = Some(field.clone());
                return Ok(Self {
                    column: id.to_owned(),
                    field,
                    text,
                    nullable: true,
                });
            }
        };
        Ok(Self {
            column: id.to_owned(),
            field: None,
            text,
            nullable: id == "number",
        })
    }

    /// The field, unless it is a record column.
    pub fn field(&self) -> Option<&Field> {
        self.field.as_ref()
    }

    /// What the column holds for a record.
    fn cell(&self, stored: &Stored) -> Cell {
        match (&self.field, self.column.as_str()) {
            (Some(field), _) => stored
                .record
                .fields
                .get(&field.id)
                .map_or(Cell::Null, key_cell),
            (None, "record_id") => Cell::Int(stored.record.id.0),
            (None, "version") => Cell::Int(stored.record.version),
            (None, "org_path") => Cell::from(stored.record.org.as_str()),
            (None, "created_at") => Cell::from(stored.created_at.as_str()),
            (None, "updated_at") => Cell::from(stored.updated_at.as_str()),
            (None, _) => Cell::text(stored.record.number.as_deref()),
        }
    }

    /// The cell to compare with, if the value is of the column's kind.
    fn operand(&self, value: &Value) -> Result<Cell, StoreError> {
        let fits = match &self.field {
            Some(field) => value.fits(field),
            None => matches!(
                (self.text, value),
                (true, Value::Text(_) | Value::DateTime(_))
                    | (false, Value::Int(_) | Value::Ref(_))
            ),
        };
        let cell = if fits { key_cell(value) } else { Cell::Null };
        if cell == Cell::Null || has_nul(&cell) {
            let problem = format!("“{}”不能与这样的值比较", self.column);
            return Err(StoreError::Query { problem });
        }
        Ok(cell)
    }
}

fn has_nul(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(text) if text.contains('\0'))
}

/// A condition with its values as cells.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub key: Key,
    op: Op,
    cells: Vec<Cell>,
}

impl Test {
    fn of(table: &RegisterTable, filter: &Filter) -> Result<Self, StoreError> {
        let key = Key::of(table, &filter.field)?;
        let refuse = |problem: &str| {
            Err(StoreError::Query {
                problem: format!("“{}”{problem}", filter.field),
            })
        };
        let (op, cells) = match (filter.op, &filter.value) {
            (Op::IsMissing, Operand::None | Operand::One(Value::Bool(true))) => {
                (Op::IsMissing, Vec::new())
            }
            (Op::IsMissing, Operand::One(Value::Bool(false))) => (Op::IsMissing, vec![Cell::Null]),
            (Op::Contains, Operand::One(value)) => match contained(&key, value) {
                Some(text) => (Op::Contains, vec![Cell::Text(text)]),
                None => return refuse("不能按“包含”查找这样的值"),
            },
            (Op::In, Operand::Many(values)) if values.len() > LIST_MAX => {
                return refuse("的可选值太多");
            }
            (Op::In, Operand::Many(values)) => (
                Op::In,
                values
                    .iter()
                    .map(|v| key.operand(v))
                    .collect::<Result<_, _>>()?,
            ),
            (Op::In | Op::IsMissing | Op::Contains, _) | (_, Operand::None | Operand::Many(_)) => {
                return refuse("的比较方式与给出的值不配");
            }
            (op, Operand::One(value)) => (op, vec![key.operand(value)?]),
        };
        Ok(Self { key, op, cells })
    }

    /// A test whose cells are of the column's kind.
    pub fn plain(key: Key, op: Op, cells: Vec<Cell>) -> Self {
        Self { key, op, cells }
    }

    fn passes(&self, stored: &Stored) -> bool {
        let cell = self.key.cell(stored);
        if cell == Cell::Null {
            return match self.op {
                Op::IsMissing => self.cells.is_empty(),
                op => op == Op::Ne,
            };
        }
        let order = self.cells.first().map(|other| compare(&cell, other));
        match self.op {
            Op::Eq => order == Some(Ordering::Equal),
            Op::Ne => order != Some(Ordering::Equal),
            Op::Lt => order == Some(Ordering::Less),
            Op::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Op::Gt => order == Some(Ordering::Greater),
            Op::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            Op::In => self.cells.contains(&cell),
            Op::Contains => match (&cell, self.cells.first()) {
                (Cell::Text(text), Some(Cell::Text(part))) => {
                    text.to_ascii_lowercase().contains(part)
                }
                _ => false,
            },
            Op::IsMissing => !self.cells.is_empty(),
        }
    }

    /// How many rows the test is likely to leave, fewest first; `None` when no index helps it. An
    /// organisation or a record stands for fewer rows than a choice, a choice for fewer than a range.
    pub fn breadth(&self) -> Option<u8> {
        use FieldKind as K;
        let kind = self.key.field.as_ref().map(|f| &f.kind);
        match (self.op, kind) {
            (Op::Eq, None | Some(K::Text | K::Uscc | K::IdCard | K::Phone)) => Some(0),
            (Op::Eq, Some(K::Org | K::Ref { .. })) => Some(1),
            (Op::In, Some(K::Org | K::Ref { .. })) => Some(2),
            (Op::Eq | Op::In, _) => Some(3),
            (Op::Lt | Op::Le | Op::Gt | Op::Ge, _) => Some(4),
            (Op::Ne | Op::Contains | Op::IsMissing, _) => None,
        }
    }

    /// Whether it is `column = value`.
    pub fn is_equality(&self) -> bool {
        self.op == Op::Eq
    }

    /// Whether it names the values that are meant.
    pub fn names_values(&self) -> bool {
        matches!(self.op, Op::Eq | Op::In)
    }

    fn write(&self, column: &str, sql: &mut Sql) {
        let sign = match self.op {
            Op::Eq => "=",
            Op::Ne => "IS DISTINCT FROM",
            Op::Lt => "<",
            Op::Le => "<=",
            Op::Gt => ">",
            Op::Ge => ">=",
            Op::IsMissing => {
                let not = if self.cells.is_empty() { "" } else { "NOT " };
                return sql.push(&format!(" AND {column} IS {not}NULL"));
            }
            Op::In if self.cells.is_empty() => return sql.push(" AND 1 = 0"),
            Op::In => {
                let list = in_list(self.cells.iter().cloned(), &mut sql.cells);
                return sql.push(&format!(" AND {column} IN {list}"));
            }
            Op::Contains => {
                let Some(Cell::Text(part)) = self.cells.first() else {
                    return;
                };
                let mark = sql.bind(Cell::Text(like_pattern(part)));
                return sql.push(&format!(" AND lower({column}) LIKE {mark} ESCAPE '!'"));
            }
        };
        if let Some(cell) = self.cells.first() {
            let mark = sql.bind(cell.clone());
            sql.push(&format!(" AND {column} {sign} {mark}"));
        }
    }
}

/// The text that the column's text must contain, in lower case.
fn contained(key: &Key, value: &Value) -> Option<String> {
    let kind = key.field.as_ref().map(|f| &f.kind);
    match (kind, value) {
        (Some(FieldKind::Refs { .. }), Value::Ref(id)) => Some(format!("\"{id}\"")),
        (Some(FieldKind::Refs { .. }), _) => None,
        (Some(FieldKind::Codes { .. }), Value::Text(code)) => Some(format!("\"{code}\"")),
        (_, Value::Text(text)) if key.text && !text.is_empty() && !text.contains('\0') => {
            Some(text.to_ascii_lowercase())
        }
        _ => None,
    }
}

fn like_pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for c in part.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn compare(a: &Cell, b: &Cell) -> Ordering {
    match (a, b) {
        (Cell::Int(a), Cell::Int(b)) => a.cmp(b),
        (Cell::Text(a), Cell::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Cell::Null, Cell::Null) => Ordering::Equal,
        (Cell::Null, _) => Ordering::Greater,
        (_, Cell::Null) => Ordering::Less,
        _ => Ordering::Equal,
    }
}

/// A statement under construction: text and its parameters.
pub(crate) struct Sql {
    pub text: String,
    pub cells: Vec<Cell>,
}

impl Sql {
    /// A statement whose `$1` is the district.
    pub fn new(text: impl Into<String>, district: &str) -> Self {
        Self {
            text: text.into(),
            cells: vec![Cell::from(district)],
        }
    }

    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a parameter and gives its placeholder.
    pub fn bind(&mut self, cell: impl Into<Cell>) -> String {
        self.cells.push(cell.into());
        format!("${}", self.cells.len())
    }
}

/// A checked query, ready to run.
#[derive(Debug)]
pub(crate) struct Plan {
    pub scope: Option<OrgPath>,
    pub tests: Vec<Test>,
    pub words: Vec<String>,
    pub sort: Key,
    pub descending: bool,
    pub limit: usize,
    pub after: Option<Cursor>,
    pub at: u64,
    withdrawn: Withdrawn,
    /// Parts of the condition that no index serves.
    conditions: Vec<Compiled>,
}

/// Where a page ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Cursor {
    field: String,
    descending: bool,
    number: Option<i64>,
    text: Option<String>,
    pub id: i64,
}

impl Cursor {
    /// The sort value of the last row; `Null` among the rows without one.
    pub fn cell(&self) -> Cell {
        self.number
            .map_or_else(|| Cell::text(self.text.as_deref()), Cell::Int)
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = hex::decode(text).ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

/// Which conditions may use an index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fence<'a> {
    /// None: rows are found some other way.
    All,
    /// Only those on this column.
    But(&'a str),
}

impl Plan {
    /// Checks a query against the register.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] for a field that is not there, [`StoreError::Query`] for the rest.
    pub fn of(table: &RegisterTable, query: &Query) -> Result<Self, StoreError> {
        let sort = query.sort.clone().unwrap_or_default();
        let refuse = |problem: &str| StoreError::Query {
            problem: problem.to_owned(),
        };
        if query.limit > PAGE_MAX {
            return Err(refuse(&format!("一页最多 {PAGE_MAX} 条")));
        }
        let after = match query.after.as_deref().map(Cursor::read) {
            None => None,
            Some(Some(c)) if c.field == sort.field && c.descending == sort.descending => Some(c),
            Some(_) => return Err(refuse("翻页标记无效或与排序不符,请从第一页重新打开")),
        };
        if after.is_some() && query.at > 0 {
            return Err(refuse("翻页标记和起始行只能给一个"));
        }
        let tests = query
            .filters
            .iter()
            .map(|f| Test::of(table, f))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            scope: query.scope.clone(),
            tests,
            words: search_words(query.search.as_deref().unwrap_or_default()),
            sort: Key::of(table, &sort.field)?,
            descending: sort.descending,
            limit: if query.limit == 0 {
                50
            } else {
                query.limit as usize
            },
            after,
            at: query.at,
            withdrawn: query.withdrawn,
            conditions: Vec::new(),
        })
    }

    /// The query with its condition as SQL.
    ///
    /// # Errors
    /// As for [`Plan::of`], and [`StoreError::Query`] for a condition that only the evaluator can decide.
    pub fn in_sql(
        catalog: &Catalog,
        table: &Arc<RegisterTable>,
        dialect: Dialect,
        query: &Query,
    ) -> Result<Self, StoreError> {
        let mut plan = Self::of(table, query)?;
        let Some(expr) = &query.condition else {
            return Ok(plan);
        };
        for part in condition::conjuncts(expr.tree()) {
            if let Some(test) = condition::tests_of(catalog, table, part) {
                plan.tests.push(test);
                continue;
            }
            let compiled = Compiled::of(catalog, table, dialect, part);
            plan.conditions
                .push(compiled.ok_or_else(|| StoreError::Query {
                    problem: format!("条件“{}”不能由数据库直接判断", expr.text()),
                })?);
        }
        Ok(plan)
    }

    /// Writes all conditions but paging: ` AND …`.
    pub fn write_conditions(&self, sql: &mut Sql, dialect: Dialect, fence: Fence<'_>) {
        let column = |name: &str| match fence {
            Fence::But(free) if free == name => quoted(name),
            _ => dialect.fenced(&quoted(name)),
        };
        // What leaves the fewest rows is asked first: SQLite passes a row over at the first test that fails.
        let mut tests: Vec<&Test> = self.tests.iter().collect();
        tests.sort_by_key(|test| test.breadth().unwrap_or(u8::MAX));
        for test in tests {
            test.write(&column(&test.key.column), sql);
        }
        self.write_scope(sql, &column("org_path"));
        if self.withdrawn != Withdrawn::With {
            let withdrawn = match fence {
                // The index of a unique value holds the records in use only, and serves who says so plainly.
                Fence::But(free) if self.names_one(free) => quoted("withdrawn"),
                // So does the index of numbers, when they are sorted by.
                Fence::But("number") if self.withdrawn == Withdrawn::Without => quoted("withdrawn"),
                _ => column("withdrawn"),
            };
            let said = i64::from(self.withdrawn == Withdrawn::Only);
            sql.push(&format!(" AND {withdrawn} = {said}"));
        }
        for condition in &self.conditions {
            condition.write(sql);
        }
        self.write_search(sql);
    }

    /// Whether a value of a unique column is asked for.
    fn names_one(&self, column: &str) -> bool {
        let unique = |key: &Key| match &key.field {
            Some(field) => field.unique,
            None => key.column == "number",
        };
        self.tests
            .iter()
            .any(|test| test.key.column == column && test.names_values() && unique(&test.key))
    }

    /// Whether only the register's own columns are asked: nothing of what a condition may look up elsewhere.
    pub fn is_own(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Whether the index that begins with this column holds all that the conditions ask.
    pub fn is_carried(&self, table: &RegisterTable, first: &str) -> bool {
        let held = |test: &Test| table.carries(first, &test.key.column);
        let plain = self.words.is_empty() && self.conditions.is_empty();
        plain && table.carries(first, "org_path") && self.tests.iter().all(held)
    }

    fn write_scope(&self, sql: &mut Sql, column: &str) {
        let Some(scope) = &self.scope else { return };
        // '.' is followed by '/' in ASCII: the scope and all paths below it lie from `scope` up to
        // `scope/`. Between them lie also neighbours such as `scope-2`, which the rest keeps out.
        let own = sql.bind(scope.as_str());
        let below = sql.bind(format!("{scope}."));
        let end = sql.bind(format!("{scope}/"));
        sql.push(&format!(
            " AND {column} >= {own} AND {column} < {end} AND ({column} = {own} OR {column} > {below})"
        ));
    }

    fn write_search(&self, sql: &mut Sql) {
        for word in &self.words {
            let mark = sql.bind(like_pattern(word));
            sql.push(&format!(" AND search_text LIKE {mark} ESCAPE '!'"));
        }
    }

    /// The cursor behind a row.
    pub fn cursor(&self, id: i64, cell: &Cell) -> String {
        let (number, text) = match cell {
            Cell::Int(number) => (Some(*number), None),
            Cell::Text(text) => (None, Some(text.clone())),
            _ => (None, None),
        };
        let (field, descending) = (self.sort.column.clone(), self.descending);
        let cursor = Cursor {
            field,
            descending,
            number,
            text,
            id,
        };
        hex::encode(serde_json::to_vec(&cursor).unwrap_or_default())
    }

    /// The same page over records in memory that fit.
    pub fn page_of(&self, fitting: Vec<Stored>) -> Page {
        let mut rows: Vec<(Cell, Stored)> = fitting
            .into_iter()
            .map(|stored| (self.sort.cell(&stored), stored))
            .collect();
        let order = |a: (&Cell, i64), b: (&Cell, i64)| self.order(a, b);
        rows.sort_by(|(ka, a), (kb, b)| order((ka, a.record.id.0), (kb, b.record.id.0)));
        if let Some(after) = &self.after {
            let (key, id) = (after.cell(), after.id);
            rows.retain(|(k, s)| order((k, s.record.id.0), (&key, id)) == Ordering::Greater);
        }
        let passed = usize::try_from(self.at).unwrap_or(usize::MAX);
        rows.drain(..passed.min(rows.len()));
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let last = rows.last().filter(|_| more);
        let next = last.map(|(key, stored)| self.cursor(stored.record.id.0, key));
        Page {
            records: rows.into_iter().map(|(_, stored)| stored).collect(),
            next,
        }
    }

    /// Whether a record in memory is one that the query asks for.
    pub fn passes(&self, stored: &Stored, table: &RegisterTable) -> bool {
        let record = &stored.record;
        self.withdrawn.shows(record.withdrawn)
            && self
                .scope
                .as_ref()
                .is_none_or(|scope| record.org.is_within(scope))
            && self.tests.iter().all(|test| test.passes(stored))
            && (self.words.is_empty() || {
                let text = search_text(table, &record.fields, record.number.as_deref());
                self.words.iter().all(|word| text.contains(word))
            })
    }

    fn order(&self, a: (&Cell, i64), b: (&Cell, i64)) -> Ordering {
        let missing = (*a.0 == Cell::Null).cmp(&(*b.0 == Cell::Null));
        let by_value = compare(a.0, b.0).then(a.1.cmp(&b.1));
        missing.then(if self.descending {
            by_value.reverse()
        } else {
            by_value
        })
    }
}

/// A page of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// Its rows.
    pub records: Vec<Stored>,
    /// What to ask for as `after` to see the next page; `None` on the last.
    pub next: Option<String>,
}

/// 检索文本. Name, aliases, number and search fields in normal form, one line each.
pub(crate) fn search_text(table: &RegisterTable, fields: &Fields, number: Option<&str>) -> String {
    let mut text = number.map(normal_name).unwrap_or_default();
    for field in &table.searched {
        let parts: &[String] = match fields.get(field) {
            Some(Value::Text(text)) => std::slice::from_ref(text),
            Some(Value::TextList(texts)) => texts,
            _ => &[],
        };
        for part in parts {
            let _ = write!(text, "\n{}", normal_name(part));
        }
    }
    text
}

fn search_words(text: &str) -> Vec<String> {
    let text: String = text
        .chars()
        .filter(|c| *c != '\0')
        .take(SEARCH_MAX)
        .collect();
    let words = text
        .split_whitespace()
        .map(normal_name)
        .filter(|w| !w.is_empty());
    words.take(WORDS_MAX).collect()
}

/// Ids as cells.
pub(crate) fn id_cells(ids: &[RecordId]) -> impl Iterator<Item = Cell> {
    ids.iter().map(|id| Cell::Int(id.0))
}
