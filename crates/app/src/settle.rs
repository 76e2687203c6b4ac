//! A record on its way to the store: its values with all that follows from them, in the setting of the request.

use crate::world::Setting;
use ground::Finding;
use register::expr::{Scope, User, World};
use register::{Definition, Fields, Record};

/// A record on its way to the store, with what its rules may ask.
#[derive(Clone, Copy)]
pub struct Draft<'a> {
    /// Definition it is read by.
    pub definition: &'a Definition,
    /// The stored record; none for a new one.
    pub before: Option<&'a Record>,
    /// Day, instant, calendars.
    pub setting: &'a Setting,
    /// Who asks.
    pub user: Option<&'a User>,
    /// The rest of the district.
    pub world: &'a dyn World,
}

impl<'a> Draft<'a> {
    /// The scope of the rules over these values.
    pub fn scope<'s>(&'s self, fields: &'s Fields) -> Scope<'s> {
        Scope {
            definition: self.definition,
            fields,
            record: self.before,
            moment: self.setting.moment(self.definition),
            user: self.user,
            world: self.world,
            names: &[],
        }
    }

    /// The values with everything that is stored beside what was typed.
    pub fn settled(&self, fields: Fields) -> Fields {
        register::settled(&self.scope(&fields))
    }

    /// The values as they are shown: with the computed ones that follow the day.
    pub fn shown(&self, fields: &Fields) -> Fields {
        register::shown_fields(&self.scope(fields))
    }

    /// What is wrong with the values by all rules of the definition.
    pub fn findings(&self, fields: &Fields) -> Vec<Finding> {
        register::validate_in(&self.scope(fields))
    }
}

/// Changes that lead from one set of values to another.
pub fn changes(before: &Fields, after: &Fields) -> store::Changes {
    let mut changes: store::Changes = after
        .iter()
        .filter(|(id, value)| before.get(*id) != Some(value))
        .map(|(id, value)| (id.clone(), Some(value.clone())))
        .collect();
    let gone = before.keys().filter(|id| !after.contains_key(*id));
    changes.extend(gone.map(|id| (id.clone(), None)));
    changes
}
