//! The door from an expression to the district: records of any register, read in the transaction that asks, each read
//! once. Moment and person of a request stand here too, so that every rule of it sees the same.

mod lookup;

use crate::App;
use crate::account::Actor;
use crate::clock::end_of_day;
use crate::definitions::Definitions;
use crate::error::AppError;
use ground::{Date, OrgPath, RecordId};
use lookup::{LookedUp, Sought, Whole};
use portfolio::Calendars;
use register::Definition;
use register::expr::{Known, Moment, User, Val, World};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use store::{Query, Reader, StoreError};

/// Calendar of deadlines unless a definition names another.
const OFFICIAL: &str = "cn5";

/// What one request sees: definitions in force, the day, the instant, the calendars. Owned, so that it can go into a
/// write.
#[derive(Clone)]
pub struct Setting {
    /// Definitions in force when the request came.
    pub definitions: Arc<Definitions>,
    /// The day that counts as today.
    pub today: Date,
    /// The instant, UTC.
    pub now: String,
    /// The instant whose knowledge is asked for; none = what is known now.
    pub past: Option<String>,
    calendars: Arc<Calendars>,
}

impl Setting {
    /// The setting of a request, now or (with an earlier day) as of the end of that day.
    pub fn new(app: &App, day: Option<Date>) -> Self {
        let past = day.filter(|day| *day < app.today());
        Self {
            definitions: app.definitions(),
            today: day.unwrap_or_else(|| app.today()),
            now: past.map_or_else(|| app.present(), end_of_day),
            past: past.map(end_of_day),
            calendars: app.calendars(),
        }
    }

    /// The same setting at another moment, for histories that are told afterwards.
    pub fn at(&self, today: Date, now: &str) -> Self {
        Self {
            today,
            now: now.to_owned(),
            ..self.clone()
        }
    }

    /// The moment as a register's rules see it.
    pub fn moment(&self, definition: &Definition) -> Moment<'_> {
        // A name that no calendar has means the official working days: deadlines are theirs (民法典 201, 203).
        let own = Some(definition.calendar.as_str()).filter(|id| self.calendars.knows(id));
        let position = self.calendars.position(own.or(Some(OFFICIAL)));
        Moment {
            today: self.today,
            now: &self.now,
            calendar: self.calendars.calendar(position),
        }
    }
}

/// The person as rules see them.
pub fn user(reader: &mut Reader<'_>, actor: &Actor) -> Result<User, StoreError> {
    let own = actor.org.to_string();
    let paths = std::iter::successors(Some(own.as_str()), |path| {
        path.rsplit_once('.').map(|(above, _)| above)
    });
    let paths: Vec<&str> = paths.collect();
    let mut units = reader.ids_named("organisation", "path", &paths)?;
    units.sort();
    let is_own = |path: &str| path == own;
    // What the district itself holds is held by its offices and not by every street of it.
    let is_root = |path: &str| !path.contains('.');
    Ok(User {
        id: actor.login.clone(),
        name: actor.name.clone(),
        org: units
            .iter()
            .find(|(_, path)| is_own(path))
            .map(|(id, _)| *id),
        above: units
            .iter()
            .filter(|(_, path)| !is_own(path) && !is_root(path))
            .map(|(id, _)| *id)
            .collect(),
        org_path: own.clone(),
        roles: actor.roles.clone(),
    })
}

/// The organisation record at a path.
pub fn org_at(reader: &mut Reader<'_>, path: &OrgPath) -> Result<Option<RecordId>, StoreError> {
    let found = reader.ids_named("organisation", "path", &[path.as_str()])?;
    Ok(found.first().map(|(id, _)| *id))
}

/// The district through a reader. What could not be read counts as unknown; [`StoreWorld::finish`] tells of it.
pub struct StoreWorld<'r, 'a> {
    reader: RefCell<&'r mut Reader<'a>>,
    setting: &'r Setting,
    records: RefCell<HashMap<(String, RecordId), Option<Known>>>,
    registers: RefCell<HashMap<String, Rc<Whole>>>,
    looked_up: RefCell<HashMap<String, LookedUp>>,
    trouble: RefCell<Option<StoreError>>,
}

impl<'r, 'a> StoreWorld<'r, 'a> {
    /// Opens the door.
    pub fn new(reader: &'r mut Reader<'a>, setting: &'r Setting) -> Self {
        Self {
            reader: RefCell::new(reader),
            setting,
            records: RefCell::default(),
            registers: RefCell::default(),
            looked_up: RefCell::default(),
            trouble: RefCell::default(),
        }
    }

    /// The first reading that failed, if any.
    ///
    /// # Errors
    /// The store's.
    pub fn finish(self) -> Result<(), AppError> {
        match self.trouble.into_inner() {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    fn read<T>(&self, work: impl FnOnce(&mut Reader<'a>) -> Result<T, StoreError>) -> Option<T> {
        let mut reader = self.reader.borrow_mut();
        match work(&mut reader) {
            Ok(value) => Some(value),
            Err(StoreError::NotFound { .. } | StoreError::Unknown { .. }) => None,
            Err(error) => {
                self.trouble.borrow_mut().get_or_insert(error);
                None
            }
        }
    }

    fn load(&self, register: &str, id: RecordId) -> Option<Known> {
        let definition = self.setting.definitions.get(register)?.clone();
        let stored = self.read(|reader| match &self.setting.past {
            Some(instant) => reader.get_as_of(register, id, instant),
            None => reader.get(register, id),
        })?;
        (!stored.record.withdrawn).then(|| Known {
            definition,
            record: Arc::new(stored.record),
        })
    }

    /// Records of a register that are in use; none when the store knows the query's fields by other names.
    fn load_some(&self, register: &str, query: &Query) -> Option<Vec<Known>> {
        let definition = self.setting.definitions.get(register)?;
        let found = self.read(|reader| match &self.setting.past {
            Some(instant) => reader.all_as_of(register, query, instant),
            None => reader.all(register, query),
        })?;
        let known = |stored: store::Stored| Known {
            definition: definition.clone(),
            record: Arc::new(stored.record),
        };
        Some(found.into_iter().map(known).collect())
    }

    /// A register read as a whole.
    fn whole(&self, register: &str) -> Rc<Whole> {
        if let Some(kept) = self.registers.borrow().get(register) {
            return kept.clone();
        }
        let all = self.load_some(register, &Query::default());
        let whole = Rc::new(Whole::of(all.unwrap_or_default()));
        let mut kept = self.registers.borrow_mut();
        kept.insert(register.to_owned(), whole.clone());
        whole
    }

    /// Whether the whole register is, or should be, at hand. An earlier day is told from the whole journal each time.
    fn is_read_whole(&self, register: &str) -> bool {
        if self.setting.past.is_some() || self.registers.borrow().contains_key(register) {
            return true;
        }
        let mut all = self.looked_up.borrow_mut();
        let looked_up = all.entry(register.to_owned()).or_insert_with(|| {
            let count = self.read(|reader| reader.count(register, &Query::default()));
            LookedUp::among(count.unwrap_or(0))
        });
        looked_up.is_dearer_than_all()
    }

    /// The records that hold what is sought, from the database, which finds them by index.
    fn look_up(&self, register: &str, sought: &Sought) -> Option<Vec<Known>> {
        let kept = |all: &HashMap<String, LookedUp>| all.get(register)?.get(sought);
        if let Some(kept) = kept(&self.looked_up.borrow()) {
            return Some(kept);
        }
        let found = self.load_some(register, &sought.query()?)?;
        let mut all = self.looked_up.borrow_mut();
        if let Some(looked_up) = all.get_mut(register) {
            looked_up.keep(sought.clone(), found.clone());
        }
        Some(found)
    }
}

impl World for StoreWorld<'_, '_> {
    fn record(&self, register: &str, id: RecordId) -> Option<Known> {
        let key = (register.to_owned(), id);
        if let Some(kept) = self.records.borrow().get(&key) {
            return kept.clone();
        }
        let found = self.load(register, id);
        self.records.borrow_mut().insert(key, found.clone());
        found
    }

    fn records(&self, register: &str) -> Vec<Known> {
        self.whole(register).all().to_vec()
    }

    fn records_where(&self, register: &str, equal: &[(&str, Val)]) -> Vec<Known> {
        let definition = self.setting.definitions.get(register);
        let sought = definition.and_then(|definition| Sought::best(definition, equal));
        let Some(sought) = sought else {
            return self.records(register);
        };
        if !self.is_read_whole(register)
            && let Some(found) = self.look_up(register, &sought)
        {
            return found;
        }
        self.whole(register).holding(&sought)
    }
}
