//! Records by a value of one field: looked up in the database while few values are asked for, in the register read once
//! when they are many. A page of a long list asks for a few dozen values, a figure over all records for nearly all.

use register::expr::{Held, Known, Val};
use register::{Definition, Field, FieldKind, Value};
use std::cell::RefCell;
use std::collections::HashMap;
use store::{Filter, Query};

/// Records read one after another in the time of one look-up (some 20 µs and 0.4 ms, measured).
const PER_LOOK_UP: u64 = 20;

/// A field and what it must hold.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Sought {
    field: String,
    held: Held,
    /// Whether no value of the field is held as a blank text too, which the database keeps apart.
    is_reference: bool,
}

impl Sought {
    /// Of several equalities the one that leaves the fewest records: a reference that is there before all others.
    pub fn best(definition: &Definition, equal: &[(&str, Val)]) -> Option<Self> {
        let sought = equal.iter().filter_map(|(id, val)| {
            let field = definition.field(id)?;
            Some(Self {
                field: field.id.clone(),
                held: Held::wanted(definition, id, val)?,
                is_reference: is_reference(field),
            })
        });
        sought.min_by_key(|one| match (&one.held, one.is_reference) {
            (Held::Ref(_), _) => 0,
            (Held::Text(_), _) => 1,
            (_, true) => 2,
            _ => 3,
        })
    }

    /// The query that finds these records; none where the database holds something else than evaluation sees.
    pub fn query(&self) -> Option<Query> {
        let filter = match &self.held {
            Held::Ref(id) => Filter::eq(&self.field, Value::Ref(*id)),
            Held::Text(text) if !text.contains('\0') => {
                Filter::eq(&self.field, Value::Text(text.clone()))
            }
            Held::Missing if self.is_reference => Filter::missing(&self.field),
            _ => return None,
        };
        Some(Query::default().filter(filter))
    }
}

fn is_reference(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Org | FieldKind::Ref { .. })
}

/// What was looked up in one register.
pub(super) struct LookedUp {
    count: u64,
    asked: u64,
    found: HashMap<Sought, Vec<Known>>,
}

impl LookedUp {
    /// Nothing yet, in a register of so many records.
    pub fn among(count: u64) -> Self {
        Self {
            count,
            asked: 0,
            found: HashMap::new(),
        }
    }

    /// Whether all that was looked up took as long as to read the whole register.
    pub fn is_dearer_than_all(&self) -> bool {
        self.asked * PER_LOOK_UP >= self.count
    }

    pub fn get(&self, sought: &Sought) -> Option<Vec<Known>> {
        self.found.get(sought).cloned()
    }

    pub fn keep(&mut self, sought: Sought, found: Vec<Known>) {
        self.asked += 1;
        self.found.insert(sought, found);
    }
}

/// All records of a register, and their places by what the fields hold that were sought.
pub(super) struct Whole {
    all: Vec<Known>,
    places: RefCell<HashMap<String, HashMap<Held, Vec<usize>>>>,
}

impl Whole {
    pub fn of(all: Vec<Known>) -> Self {
        Self {
            all,
            places: RefCell::default(),
        }
    }

    pub fn all(&self) -> &[Known] {
        &self.all
    }

    /// The records that hold what is sought, in their order.
    pub fn holding(&self, sought: &Sought) -> Vec<Known> {
        let mut places = self.places.borrow_mut();
        let by_held = places
            .entry(sought.field.clone())
            .or_insert_with(|| self.places_by(&sought.field));
        let found = by_held.get(&sought.held).into_iter().flatten();
        found.map(|at| self.all[*at].clone()).collect()
    }

    fn places_by(&self, field: &str) -> HashMap<Held, Vec<usize>> {
        let mut places: HashMap<Held, Vec<usize>> = HashMap::new();
        for (at, known) in self.all.iter().enumerate() {
            let held = Held::of(&known.record.fields, field);
            places.entry(held).or_default().push(at);
        }
        places
    }
}
