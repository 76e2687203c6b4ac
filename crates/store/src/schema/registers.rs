//! The tables of a register: one for its records, one for each table field. Columns are named by
//! field id, so that any SQL tool can read them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use register::{Definition, Field, FieldKind};

use super::history::PastField;
use super::{Column, Index, NAME_MAX, ROWS, Shape};
use crate::codec::{ColumnType, bound_column, column_type};
use crate::counted::Counts;
use crate::error::StoreError;

/// Columns that every record has; no field may take their names.
const RECORD_COLUMNS: [&str; 9] = [
    "district_code",
    "record_id",
    "version",
    "org_path",
    "number",
    "withdrawn",
    "created_at",
    "updated_at",
    "search_text",
];

/// Sort indexes per register at most: each costs a write per record.
const SORT_INDEXES: usize = 6;

/// Filter columns carried inside each filter and sort index, so that a filtered and sorted page is
/// found without touching the rows it passes over.
const CARRIED: usize = 6;

/// System fields that task lists over all registers go by, besides state and holder.
const TASK_COLUMNS: [&str; 2] = ["clock_due", "created_by"];

/// Indexes for filters alone at most.
const FILTER_INDEXES: usize = 8;

/// `"name"`, safe from the words of SQL.
pub(crate) fn quoted(name: &str) -> String {
    debug_assert!(!name.contains('"'));
    format!("\"{name}\"")
}

/// Name of a register's table.
pub(crate) fn table_name(register: &str) -> String {
    format!("r_{register}")
}

/// Name of the table that a register's search goes by.
fn search_name(register: &str) -> String {
    format!("s_{register}")
}

fn search_shape(name: &str) -> Shape {
    Shape {
        name: name.to_owned(),
        columns: vec![
            Column::text("district_code").required(),
            Column::text("part").required(),
            Column::int("record_id").required(),
        ],
        key: vec!["district_code", "part", "record_id"],
        indexes: Vec::new(),
        only_key: true,
    }
}

/// A register as the database sees it.
#[derive(Clone, Debug)]
pub(crate) struct RegisterTable {
    pub definition: Definition,
    /// Quoted name of the table.
    pub table: String,
    /// Fields with columns of their own, in the definition's order.
    pub fields: Vec<Field>,
    pub subs: Vec<SubTable>,
    /// Quoted name of the table of the search.
    pub search: String,
    /// Columns of a record in reading order: the record columns without the district and the
    /// search text, then those of the fields.
    pub read_columns: String,
    /// Columns in writing order: all record columns, then those of the fields.
    pub write_columns: String,
    /// Fields that search texts are made of.
    pub searched: Vec<String>,
    /// Columns that an index begins with (after the district).
    pub indexed: BTreeSet<String>,
    /// Fields of earlier definitions, for what the journal keeps of them.
    pub past: Vec<PastField>,
    /// How many records each district has here, about; only ever to choose a way of reading.
    pub sizes: Sizes,
    /// Counts of its lists.
    pub counts: Counts,
    shape: Shape,
}

/// Sizes of a register that were counted, by district. Records are never deleted, so a size is never less than it was:
/// that a register is large stays true, that it is small is asked again after some uses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sizes(Arc<Mutex<HashMap<String, (i64, u8)>>>);

impl Sizes {
    /// The size, unless it has to be counted (anew): it was small, and that was told often enough.
    pub fn known(&self, district: &str, large: i64) -> Option<i64> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (size, uses) = all.get_mut(district)?;
        if *size > large {
            return Some(*size);
        }
        *uses = uses.checked_add(1)?;
        Some(*size)
    }

    pub fn keep(&self, district: &str, size: i64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(district.to_owned(), (size, 0));
    }
}

/// A table field's table.
#[derive(Clone, Debug)]
pub(crate) struct SubTable {
    /// The table field.
    pub field: String,
    /// Quoted name.
    pub table: String,
    pub columns: Vec<Field>,
    /// Column names in writing order: district, record, row, then the columns.
    pub write_columns: String,
    shape: Shape,
}

impl RegisterTable {
    /// The tables for a definition.
    ///
    /// # Errors
    /// [`StoreError::Definition`] when a name is too long or taken by the store itself.
    pub fn new(definition: &Definition) -> Result<Self, StoreError> {
        let refuse = |problem| {
            Err(StoreError::Definition {
                register: definition.id.clone(),
                problem,
            })
        };
        if let Some(problem) = name_problem(definition) {
            return refuse(problem);
        }
        let name = table_name(&definition.id);
        let stored = definition.stored_fields();
        let (tables, fields): (Vec<&Field>, Vec<&Field>) =
            stored.partition(|f| matches!(f.kind, FieldKind::Table { .. }));
        let fields: Vec<Field> = fields.into_iter().cloned().collect();
        let shape = record_shape(&name, definition, &fields);
        let read = RECORD_COLUMNS[1..8].iter().map(|c| (*c).to_owned());
        let read = read.chain(fields.iter().flat_map(value_columns));
        let written = RECORD_COLUMNS.iter().map(|c| (*c).to_owned());
        let written = written.chain(fields.iter().flat_map(value_columns));
        let named = [&definition.name_field, &definition.alias_field];
        let searched = |f: &&Field| f.search || named.contains(&&Some(f.id.clone()));
        let indexed = shape
            .indexes
            .iter()
            .filter_map(|i| i.columns.get(1).cloned())
            .collect();
        Ok(Self {
            definition: definition.clone(),
            table: quoted(&name),
            read_columns: column_list(read),
            write_columns: column_list(written),
            searched: fields
                .iter()
                .filter(searched)
                .map(|f| f.id.clone())
                .collect(),
            subs: tables
                .into_iter()
                .map(|f| SubTable::new(&name, f))
                .collect(),
            fields,
            indexed,
            past: Vec::new(),
            search: quoted(&search_name(&definition.id)),
            sizes: Sizes::default(),
            counts: Counts::default(),
            shape,
        })
    }

    /// All tables of the register.
    pub fn shapes(&self) -> Vec<Shape> {
        let mut shapes = vec![self.shape.clone()];
        shapes.extend(self.subs.iter().map(|s| s.shape.clone()));
        shapes.push(search_shape(&search_name(&self.definition.id)));
        shapes
    }

    /// What search texts are made of. When it changes they are made anew.
    pub fn recipe(&self) -> String {
        self.searched.join(" ")
    }

    /// A field with a column of its own.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.id == id)
    }

    /// Whether the index that begins with one column also holds another, so that asking about it reads no row.
    pub fn carries(&self, first: &str, column: &str) -> bool {
        self.shape.indexes.iter().any(|index| {
            index.columns.get(1).is_some_and(|begins| begins == first)
                && index.columns.iter().any(|held| held == column)
        })
    }

    /// Whether a field is kept; one that is computed when it is read is not.
    pub fn stores(&self, id: &str) -> bool {
        self.field(id).is_some() || self.subs.iter().any(|s| s.field == id)
    }
}

impl SubTable {
    fn new(register: &str, field: &Field) -> Self {
        let name = format!("{register}__{}", field.id);
        let columns: Vec<Field> = field.columns().to_vec();
        let mut shape = vec![
            Column::text("district_code").required(),
            Column::int("record_id").required(),
            Column::int("row_no").required(),
        ];
        shape.extend(columns.iter().flat_map(field_columns));
        let written = shape.iter().map(|c| c.name.clone());
        Self {
            field: field.id.clone(),
            table: quoted(&name),
            write_columns: column_list(written),
            columns,
            shape: Shape {
                name,
                columns: shape,
                key: vec!["district_code", "record_id", "row_no"],
                indexes: Vec::new(),
                only_key: false,
            },
        }
    }

    /// Columns of a row's values in reading order.
    pub fn value_columns(&self) -> String {
        column_list(self.columns.iter().flat_map(value_columns))
    }
}

fn column_list(names: impl Iterator<Item = String>) -> String {
    names.map(|n| quoted(&n)).collect::<Vec<_>>().join(", ")
}

fn value_columns(field: &Field) -> Vec<String> {
    field_columns(field).into_iter().map(|c| c.name).collect()
}

pub(crate) fn field_columns(field: &Field) -> Vec<Column> {
    let Some(ty) = column_type(field) else {
        return Vec::new();
    };
    let column = Column {
        name: field.id.clone(),
        ty,
        required: false,
        meaning: meaning(field),
    };
    if field.kind != FieldKind::Money {
        return vec![column];
    }
    vec![column, Column::text(&bound_column(&field.id))]
}

/// What a column's content means. Texts may become other texts; scales and targets may not change.
pub(super) fn meaning(field: &Field) -> String {
    use FieldKind as K;
    match &field.kind {
        K::Decimal { digits } => format!("decimal:{digits}"),
        K::Org | K::Ref { .. } => format!("ref:{}", field.kind.target().unwrap_or_default()),
        K::Refs { to } => format!("refs:{to}"),
        K::TextList | K::Attachment | K::Codes { .. } => "text_list".to_owned(),
        kind if column_type(field) == Some(ColumnType::Int) => kind.keyword().to_owned(),
        K::Date | K::DateTime => field.kind.keyword().to_owned(),
        _ => "text".to_owned(),
    }
}

fn name_problem(definition: &Definition) -> Option<String> {
    let table = table_name(&definition.id);
    let mut names = BTreeSet::new();
    for field in definition.stored_fields() {
        let sub = format!("{table}__{}", field.id);
        let is_table = !field.columns().is_empty();
        if is_table && sub.len() > NAME_MAX || field.id.len() > NAME_MAX - "_bound".len() {
            return Some(format!("字段 id“{}”太长,请改短。", field.id));
        }
        for name in value_columns(field) {
            if RECORD_COLUMNS.contains(&name.as_str()) || !names.insert(name.clone()) {
                return Some(format!("字段 id“{name}”已被系统或别的字段占用,请换一个。"));
            }
        }
        let mut columns = BTreeSet::from(["row_no".to_owned()]);
        for name in field.columns().iter().flat_map(value_columns) {
            if RECORD_COLUMNS[..2].contains(&name.as_str()) || !columns.insert(name.clone()) {
                return Some(format!(
                    "表格“{}”的列 id“{name}”被占用,请换一个。",
                    field.id
                ));
            }
        }
    }
    (table.len() > NAME_MAX).then(|| format!("台账 id“{}”太长,请改短。", definition.id))
}

fn record_shape(name: &str, definition: &Definition, fields: &[Field]) -> Shape {
    let mut columns = vec![
        Column::text("district_code").required(),
        Column::int("record_id").required(),
        Column::int("version").required(),
        Column::text("org_path").required(),
        Column::text("number"),
        Column::int("withdrawn").required(),
        Column::text("created_at").required(),
        Column::text("updated_at").required(),
        Column::text("search_text").required(),
    ];
    columns.extend(fields.iter().flat_map(field_columns));
    Shape {
        name: name.to_owned(),
        columns,
        key: vec!["district_code", "record_id"],
        indexes: record_indexes(name, definition, fields),
        only_key: false,
    }
}

/// Indexes of a register: unique values, each reference, the organisation, filters by short codes,
/// and for sorting the name and the first listed fields.
fn record_indexes(name: &str, definition: &Definition, fields: &[Field]) -> Vec<Index> {
    let unique = |column: &str| Index::on(name, &["district_code", column], true).live_only();
    let mut indexes = vec![unique("number")];
    indexes.extend(fields.iter().filter(|f| f.unique).map(|f| unique(&f.id)));
    let listed = definition.list_columns();
    let references = fields.iter().filter(|f| is_reference(f));
    let room = FILTER_INDEXES.saturating_sub(references.clone().count());
    let mut codes: Vec<&Field> = fields
        .iter()
        .filter(|f| is_short(f) && !is_reference(f))
        .collect();
    // What everyone's task list asks for comes first.
    codes.sort_by_key(|f| !f.system);
    let codes = codes.into_iter();
    let filters: Vec<&str> = references
        .chain(codes.take(room))
        .map(|f| f.id.as_str())
        .collect();
    let mut carried = filters.clone();
    // What people see in the list they also filter by, and task lists by state and holder.
    let in_tasks = |id: &&str| !fields.iter().any(|f| f.id == **id && f.system);
    carried.sort_by_key(|id| {
        let shown = listed.iter().position(|l| l == id).unwrap_or(usize::MAX);
        (in_tasks(id), shown)
    });
    carried.truncate(CARRIED);
    let carrying = |column: &str, more: &[&str], per_value: u32| {
        let mut columns = vec![
            "district_code",
            column,
            "record_id",
            "withdrawn",
            "org_path",
        ];
        columns.extend(carried.iter().chain(more));
        let mut seen = BTreeSet::new();
        columns.retain(|column| seen.insert(*column));
        Index::on(name, &columns, false).per_value(per_value)
    };
    let filters = std::iter::once("org_path").chain(filters.iter().copied());
    indexes.extend(filters.map(|column| carrying(column, &[], ROWS / 200)));
    let by_name = definition.name_field.as_deref();
    let others = listed.iter().copied().filter(|l| Some(*l) != by_name);
    let sorted = by_name.into_iter().chain(others);
    let sorted = sorted.filter(|id| fields.iter().any(|f| f.id == *id && is_sortable(f)));
    let sorted: Vec<&str> = sorted.take(SORT_INDEXES).collect();
    let mut sorted = sorted;
    // 待办: what is due next, and what a person has begun, whatever the list shows.
    for task in TASK_COLUMNS {
        let system = fields.iter().any(|f| f.id == task && f.system);
        if system && !sorted.contains(&task) {
            sorted.push(task);
        }
    }
    // Numbers and dates that the list shows are filtered by range: they are short, too.
    let ranges = sorted
        .iter()
        .copied()
        .filter(|id| fields.iter().any(|f| f.id == *id && is_range(f)));
    let ranges: Vec<&str> = ranges.collect();
    indexes.extend(
        sorted
            .iter()
            .map(|column| carrying(column, &ranges, ROWS / 20_000)),
    );
    indexes
}

fn is_reference(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Org | FieldKind::Ref { .. })
}

fn is_short(field: &Field) -> bool {
    is_reference(field) || matches!(field.kind, FieldKind::Code { .. } | FieldKind::Bool)
}

fn is_range(field: &Field) -> bool {
    is_sortable(field) && !matches!(field.kind, FieldKind::Text | FieldKind::Uscc)
}

/// Fields worth a sort index: short codes and references have their filter index already.
fn is_sortable(field: &Field) -> bool {
    use FieldKind as K;
    matches!(
        field.kind,
        K::Text
            | K::Int
            | K::Decimal { .. }
            | K::Money
            | K::Percent
            | K::Date
            | K::DateTime
            | K::Period
            | K::Uscc
    )
}
