//! Where values lie while records are carried from one definition to the next. New columns are added beside the old
//! ones, records are converted, and only then columns change their names: until then every record reads as before.

use std::collections::{BTreeMap, BTreeSet};

use register::{Definition, Field, FieldKind, Fields, Value};

use crate::error::StoreError;
use crate::schema::history::{PastField, alike};
use crate::schema::{RegisterTable, field_columns, table_name};

/// Mark behind the name of a column that waits for its place.
const NEXT: &str = "next";

/// Mark behind the name of a column that nobody fills any more.
const ARCHIVED: &str = "archived";

/// The way from one definition to the next.
pub(super) struct Layout {
    /// The old register, with columns that come back from the archive.
    pub reading: RegisterTable,
    /// The new register under the column names that it has during the work.
    pub staged: RegisterTable,
    /// New field id → column name during the work.
    names: BTreeMap<String, String>,
    /// Columns that come back: name in the archive → field id.
    restored: BTreeMap<String, String>,
    /// Fields whose columns change names at the end: name now, name then.
    moves: Vec<(Field, String)>,
    /// What becomes of the old fields.
    pub past: Vec<PastField>,
}

/// Names that change at the end.
pub(super) struct Renames {
    /// Table, column now, column then.
    pub columns: Vec<(String, String, String)>,
    /// Table now and then.
    pub tables: Vec<(String, String)>,
}

impl Layout {
    pub fn of(old: &RegisterTable, new: &RegisterTable) -> Result<Self, StoreError> {
        let mut plan = Planner::new(old, new);
        let staged: Vec<Field> = new
            .definition
            .fields
            .iter()
            .filter(|f| new.stores(&f.id))
            .map(|f| plan.stage(f))
            .collect();
        plan.archive_rest();
        let reading = Definition {
            fields: old
                .definition
                .fields
                .iter()
                .cloned()
                .chain(plan.back.clone())
                .collect(),
            ..old.definition.clone()
        };
        let writing = Definition {
            fields: staged,
            ..new.definition.clone()
        };
        Ok(Self {
            reading: RegisterTable::new(&reading)?,
            staged: RegisterTable::new(&writing)?,
            names: plan.names,
            restored: plan.restored,
            moves: plan.moves,
            past: plan.past,
        })
    }

    /// Whether all it does is to add columns.
    pub fn only_adds(&self) -> bool {
        self.moves.is_empty() && self.past.is_empty()
    }

    /// Splits what was read into the values of the old fields and those that come back from the archive.
    pub fn parted(&self, read: Fields) -> (Fields, Fields) {
        let (back, own): (Fields, Fields) = read
            .into_iter()
            .partition(|(id, _)| self.restored.contains_key(id));
        let back = back
            .into_iter()
            .filter_map(|(id, value)| Some((self.restored.get(&id)?.clone(), value)));
        (own, back.collect())
    }

    /// New values under the names of the work.
    pub fn under_way(&self, fields: &Fields) -> Fields {
        let named = fields
            .iter()
            .filter_map(|(id, value)| Some((self.names.get(id)?.clone(), value.clone())));
        named.collect()
    }

    /// Values read, as far as a column of the work holds them already.
    pub fn standing(&self, read: &Fields) -> BTreeMap<String, Value> {
        let held = |id: &String| self.names.values().any(|name| name == id);
        let fresh = |id: &String| {
            let staged = self.staged.definition.field(id);
            let before = self.reading.definition.field(id);
            staged.zip(before).is_none_or(|(a, b)| !alike(a, b))
        };
        read.iter()
            .filter(|(id, _)| held(id) && !fresh(id))
            .map(|(id, value)| (id.clone(), value.clone()))
            .collect()
    }

    /// Table fields whose rows go into a table of their own.
    pub fn is_new_table(&self, staged_id: &str) -> bool {
        self.reading.subs.iter().all(|s| s.field != staged_id)
    }

    /// The last names of columns and tables.
    pub fn renames(&self) -> Renames {
        let register = table_name(&self.staged.definition.id);
        let (mut columns, mut tables) = (Vec::new(), Vec::new());
        for (field, to) in &self.moves {
            if let FieldKind::Table { .. } = field.kind {
                let name = |id: &str| format!("{register}__{id}");
                tables.push((name(&field.id), name(to)));
                continue;
            }
            let then = Field {
                id: to.clone(),
                ..field.clone()
            };
            let pairs = field_columns(field).into_iter().zip(field_columns(&then));
            columns.extend(pairs.map(|(a, b)| (register.clone(), a.name, b.name)));
        }
        Renames { columns, tables }
    }

    /// New field id and the name that its column had before, for what hangs on field ids elsewhere.
    pub fn renamed_fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.past
            .iter()
            .filter_map(|p| Some((p.field.id.as_str(), p.now.as_deref()?)))
    }

    /// Archive names that are in use again.
    pub fn restored(&self) -> impl Iterator<Item = &String> {
        self.restored.values()
    }
}

struct Planner<'a> {
    old: &'a RegisterTable,
    /// Names that columns and tables have or will have.
    taken: BTreeSet<String>,
    /// Old fields whose columns go on.
    kept: BTreeSet<String>,
    /// Old fields that new ones of another name have taken over.
    claimed: BTreeSet<String>,
    names: BTreeMap<String, String>,
    restored: BTreeMap<String, String>,
    back: Vec<Field>,
    moves: Vec<(Field, String)>,
    past: Vec<PastField>,
}

impl<'a> Planner<'a> {
    fn new(old: &'a RegisterTable, new: &RegisterTable) -> Self {
        let ids = |table: &RegisterTable| -> Vec<String> {
            table
                .definition
                .fields
                .iter()
                .map(|f| f.id.clone())
                .collect()
        };
        let archived = old.past.iter().filter_map(|p| p.archived.clone());
        Self {
            old,
            taken: [ids(old), ids(new)]
                .concat()
                .into_iter()
                .chain(archived)
                .collect(),
            kept: BTreeSet::new(),
            claimed: claimed(old, new),
            names: BTreeMap::new(),
            restored: BTreeMap::new(),
            back: Vec::new(),
            moves: Vec::new(),
            past: Vec::new(),
        }
    }

    fn old_field(&self, id: &str) -> Option<&'a Field> {
        let stored = self.old.stores(id);
        self.old.definition.field(id).filter(|_| stored)
    }

    /// The new field as it stands during the work.
    fn stage(&mut self, field: &Field) -> Field {
        let name = self.name_of(field);
        self.names.insert(field.id.clone(), name.clone());
        Field {
            id: name,
            ..field.clone()
        }
    }

    fn name_of(&mut self, field: &Field) -> String {
        let same = self.old_field(&field.id);
        let own = same.filter(|old| goes_on(old, field) && !self.claimed.contains(&old.id));
        if let Some(old) = own {
            self.kept.insert(old.id.clone());
            return old.id.clone();
        }
        let before = field.renamed_from.as_deref();
        let before = before.filter(|_| same.is_none());
        let before = before.and_then(|id| self.old_field(id));
        if let Some(old) = before.filter(|old| goes_on(old, field)) {
            self.kept.insert(old.id.clone());
            self.moves.push((old.clone(), field.id.clone()));
            self.past.push(PastField {
                field: old.clone(),
                until: 0,
                now: Some(field.id.clone()),
                archived: None,
            });
            return old.id.clone();
        }
        if let Some(column) = self.taken_back(field) {
            return column;
        }
        if same.is_none() {
            return field.id.clone();
        }
        let name = self.free(&field.id, NEXT);
        let waiting = Field {
            id: name.clone(),
            ..field.clone()
        };
        self.moves.push((waiting, field.id.clone()));
        name
    }

    /// The column in which an earlier definition kept this very field. Rows of tables stay where they are.
    fn taken_back(&mut self, field: &Field) -> Option<String> {
        let is_table = matches!(field.kind, FieldKind::Table { .. });
        let kept =
            self.old.past.iter().find(|p| {
                p.field.id == field.id && p.archived.is_some() && alike(&p.field, field)
            })?;
        let column = kept.archived.clone().filter(|_| !is_table)?;
        let back = Field {
            id: column.clone(),
            ..kept.field.clone()
        };
        self.back.push(back.clone());
        self.moves.push((back, field.id.clone()));
        self.restored.insert(column.clone(), field.id.clone());
        Some(column)
    }

    /// Old fields that do not go on keep their values under another name.
    fn archive_rest(&mut self) {
        let left: Vec<&Field> = self
            .old
            .definition
            .fields
            .iter()
            .filter(|f| self.old.stores(&f.id) && !self.kept.contains(&f.id))
            .collect();
        for field in left {
            let name = self.free(&field.id, ARCHIVED);
            self.moves.insert(0, (field.clone(), name.clone()));
            self.past.push(PastField {
                field: field.clone(),
                until: 0,
                now: None,
                archived: Some(name),
            });
        }
    }

    fn free(&mut self, id: &str, mark: &str) -> String {
        // Names end somewhere; what is cut off does not matter here.
        let stem: String = id.chars().take(24).collect();
        let numbered = |n: u32| {
            let n = if n == 1 { String::new() } else { n.to_string() };
            format!("{stem}_{mark}{n}")
        };
        let name = (1..).map(numbered).find(|name| !self.taken.contains(name));
        let name = name.unwrap_or_default();
        self.taken.insert(name.clone());
        name
    }
}

/// Old fields that go on under another name. A field that had its name before has not been renamed, whatever is still
/// written in its definition.
fn claimed(old: &RegisterTable, new: &RegisterTable) -> BTreeSet<String> {
    let fields = new.definition.fields.iter().filter(|f| !old.stores(&f.id));
    let taken = fields.filter_map(|field| {
        let before = old.definition.field(field.renamed_from.as_deref()?)?;
        (old.stores(&before.id) && goes_on(before, field)).then(|| before.id.clone())
    });
    taken.collect()
}

/// Whether the old field's column or table can go on as the new field's.
fn goes_on(old: &Field, new: &Field) -> bool {
    match (&old.kind, &new.kind) {
        (FieldKind::Table { columns: old }, FieldKind::Table { columns: new }) => old
            .iter()
            .all(|o| new.iter().any(|n| n.id == o.id && alike(o, n))),
        _ => alike(old, new),
    }
}
