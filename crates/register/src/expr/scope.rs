//! What an expression sees: the record, the moment, the person, and the rest of the district through a door.

use std::sync::Arc;

use ground::{Date, RecordId, WorkCalendar};

use super::narrow::Held;
use super::tree::Val;
use crate::definition::Definition;
use crate::record::{Fields, Record};

/// The moment of a request: fixed once, so that every rule sees the same.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Civil day at the district's place.
    pub today: Date,
    /// Instant, UTC, fixed width `2023-03-10T00:30:00Z`.
    pub now: &'a str,
    /// Calendar of the register's deadlines.
    pub calendar: &'a WorkCalendar,
}

/// Who asks: `user.id`, `user.name`, `user.org`, `user.roles`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct User {
    /// Login.
    pub id: String,
    /// Name.
    pub name: String,
    /// The person's organisation record.
    pub org: Option<RecordId>,
    /// Path of that organisation.
    pub org_path: String,
    /// Organisations above it, the district itself left out: what one of them holds, this person holds too.
    pub above: Vec<RecordId>,
    /// Account roles.
    pub roles: Vec<String>,
}

/// A record with the definition it is read by.
#[derive(Clone, Debug)]
pub struct Known {
    /// Definition in force.
    pub definition: Arc<Definition>,
    /// The record.
    pub record: Arc<Record>,
}

/// The door to the rest of the district. `app` opens it on the store; tests on a few records.
pub trait World {
    /// A record; none when unknown or withdrawn.
    fn record(&self, register: &str, id: RecordId) -> Option<Known>;
    /// All records of a register that are in use, for `exists(register, …)` and campaigns.
    fn records(&self, register: &str) -> Vec<Known>;
    /// Those of them whose fields may be equal to these values, in the same order: at least all that are. Whoever asks
    /// tests each; a world that can look values up need not read the rest.
    fn records_where(&self, register: &str, equal: &[(&str, Val)]) -> Vec<Known> {
        let mut all = self.records(register);
        all.retain(|known| {
            equal
                .iter()
                .all(|(field, val)| may_equal(known, field, val))
        });
        all
    }
}

fn may_equal(known: &Known, field: &str, val: &Val) -> bool {
    let wanted = Held::wanted(&known.definition, field, val);
    wanted.is_none_or(|wanted| Held::of(&known.record.fields, field) == wanted)
}

/// A world with nothing in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nowhere;

impl World for Nowhere {
    fn record(&self, _register: &str, _id: RecordId) -> Option<Known> {
        None
    }

    fn records(&self, _register: &str) -> Vec<Known> {
        Vec::new()
    }
}

/// Everything an expression may name.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// Definition of the record.
    pub definition: &'a Definition,
    /// Its values (those being checked, not yet stored).
    pub fields: &'a Fields,
    /// The stored record, when there is one: id, number, organisation, version.
    pub record: Option<&'a Record>,
    /// The moment.
    pub moment: Moment<'a>,
    /// Who asks; none for jobs and for figures.
    pub user: Option<&'a User>,
    /// The rest.
    pub world: &'a dyn World,
    /// Further names: `old`, `ref`, `row`, `period`, `unit`, `option`, `person`, `start`.
    pub names: &'a [(&'a str, Val)],
}

impl<'a> Scope<'a> {
    /// A scope of plain values, for checks that need no person and no other record.
    pub fn new(definition: &'a Definition, fields: &'a Fields, moment: Moment<'a>) -> Scope<'a> {
        Scope {
            definition,
            fields,
            record: None,
            moment,
            user: None,
            world: &Nowhere,
            names: &[],
        }
    }
}
