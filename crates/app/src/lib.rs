//! One function for each thing a person does: rights, transaction, audit, page. `app` introduces the rooms below to
//! each other; transport and JSON live above it.

pub mod account;
pub mod asks;
pub mod attachment;
pub mod audit;
pub mod backup;
pub mod bulk;
mod clock;
pub mod cycle;
pub mod definition_editing;
mod definitions;
pub mod delegation;
mod directory;
mod district;
pub mod draft;
mod duty;
mod error;
pub mod figure;
pub mod flow;
mod fonts;
pub mod home;
pub mod imports;
mod light;
pub mod matters;
pub mod metrics;
pub mod notice;
pub mod page;
mod permit;
pub mod plan_file;
pub mod project;
pub mod project_plan;
pub mod proposing;
pub mod records;
pub mod register_page;
pub mod reports;
pub mod reschedule;
pub mod rounds;
pub mod sample;
pub mod saved_views;
mod settle;
pub mod snapshot;
pub mod spans;
pub mod task;
pub mod tick;
pub mod wall;
mod world;

pub use account::Actor;
pub use clock::{Clock, ClockHand};
pub use definitions::{Definitions, shipped as shipped_definitions};
pub use error::AppError;
pub use exchange::{Check, Verdict};
pub use plan::Rag;
pub use register;

use ground::{Date, District, HolidayTable, OrgPath};
use plan::LightRule;
use portfolio::Calendars;
use register::Definition;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use store::{DatabaseUrl, Meta, Reader, Store, StoreError, Writer};

/// District used when a new folder names none.
const DEFAULT_DISTRICT: (&str, &str) = ("410102", "中原区");

/// What to open and with which clock.
pub struct OpenOptions {
    /// Data folder: the database (unless `database` is given) and the attachments.
    pub data: PathBuf,
    /// PostgreSQL address in place of the embedded database.
    pub database: Option<String>,
    /// District code; the folder's own when absent.
    pub district: Option<String>,
    /// District name, for a new folder.
    pub district_name: Option<String>,
    /// Where the time comes from.
    pub clock: Clock,
}

/// A district opened for work. Shared by all threads of a server.
pub struct App {
    store: Store,
    district: District,
    district_name: String,
    root: OrgPath,
    clock: Clock,
    data: PathBuf,
    definitions: RwLock<Arc<Definitions>>,
    /// Definitions that had come into force when those here were read.
    definitions_seen: Mutex<i64>,
    holidays: Arc<HolidayTable>,
    calendars: Arc<Calendars>,
    light_rule: LightRule,
    cache: Mutex<district::Cache>,
    directory: Mutex<directory::Cache>,
    uploads: Mutex<imports::Uploads>,
    plan_files: Mutex<project_plan::PlanFiles>,
    live_plans: project_plan::LivePlans,
}

/// A change that somebody made, without its content.
#[derive(Clone, Debug)]
pub struct Change {
    /// Journal position.
    pub seq: i64,
    /// Register, empty for events that are about no record.
    pub register: String,
    /// Record id, empty for the same.
    pub record_id: String,
    /// Login of who did it.
    pub actor: String,
    /// Path of the record's organisation; the district's when unknown.
    pub org_path: OrgPath,
}

impl App {
    /// Opens (or begins) a district.
    ///
    /// # Errors
    /// The folder or database cannot be opened, or a shipped definition is broken.
    pub fn open(options: OpenOptions) -> Result<Self, AppError> {
        std::fs::create_dir_all(&options.data)?;
        let url = match &options.database {
            Some(address) => DatabaseUrl::Postgres(address.clone()),
            None => DatabaseUrl::Folder(options.data.clone()),
        };
        let store = Store::open(&url).map_err(AppError::Store)?;
        let district = choose_district(&store, options.district.as_deref())?;
        let seen = store.read(&district, |reader| reader.definition_count());
        let seen = seen.map_err(AppError::Store)?;
        let definitions = definitions::in_force(&store, &district)?;
        let holidays = holidays_of(&options.data)?;
        let root = OrgPath::new(district.as_str())
            .map_err(|error| district_problem(&error.to_string()))?;
        let mut app = Self {
            store,
            district,
            district_name: String::new(),
            root,
            clock: options.clock,
            data: options.data,
            definitions: RwLock::new(Arc::new(definitions)),
            definitions_seen: Mutex::new(seen),
            calendars: Arc::new(Calendars::standard(&holidays)),
            holidays: Arc::new(holidays),
            light_rule: LightRule::default(),
            cache: Mutex::default(),
            directory: Mutex::default(),
            uploads: Mutex::default(),
            plan_files: Mutex::default(),
            live_plans: project_plan::LivePlans::default(),
        };
        app.district_name = definitions::district_name(&app, options.district_name.as_deref())?;
        Ok(app)
    }

    /// The day that counts as today.
    pub fn today(&self) -> Date {
        self.clock.today()
    }

    /// Whether the clock stands on a day.
    pub fn clock_stands(&self) -> bool {
        self.clock.stands()
    }

    /// District code.
    pub fn district(&self) -> &District {
        &self.district
    }

    /// District name: 中原区.
    pub fn district_name(&self) -> &str {
        &self.district_name
    }

    /// Path of the district's own organisation.
    pub fn root(&self) -> &OrgPath {
        &self.root
    }

    /// All definitions in force, as a snapshot: take it once for one piece of work.
    pub fn definitions(&self) -> Arc<Definitions> {
        self.definitions
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts a definition into force for all work that begins from now on.
    pub(crate) fn bring_in(&self, definition: register::Definition) {
        let mut kept = self
            .definitions
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *kept = Arc::new(kept.with(definition));
    }

    /// Takes over definitions that another process on the same database brought into force. Cheap when there are none:
    /// one count.
    ///
    /// # Errors
    /// The store's, or a definition of the district that this program cannot read.
    pub fn take_over_definitions(&self) -> Result<(), AppError> {
        let count = self.read(|reader| reader.definition_count())?;
        self.take_over(count)
    }

    /// The same where the count is known.
    pub(crate) fn take_over(&self, count: i64) -> Result<(), AppError> {
        let mut seen = self
            .definitions_seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if *seen == count {
            return Ok(());
        }
        let set = definitions::in_force(&self.store, &self.district)?;
        self.store.forget_statements();
        let mut kept = self
            .definitions
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *kept = Arc::new(set);
        *seen = count;
        Ok(())
    }

    /// One definition.
    ///
    /// # Errors
    /// `NotFound` when there is no such register.
    pub fn definition(&self, register: &str) -> Result<Arc<Definition>, AppError> {
        let found = self.definitions().get(register).cloned();
        found.ok_or_else(|| AppError::NotFound(format!("台账“{register}”")))
    }

    /// Journal position: grows with every write.
    pub fn position(&self) -> Result<i64, AppError> {
        self.read(|reader| reader.position())
    }

    /// Changes after a position, oldest first.
    pub fn changes_since(&self, position: i64) -> Result<Vec<Change>, AppError> {
        const AT_ONCE: u32 = 200;
        self.read(|reader| {
            let entries = reader.changes(position, AT_ONCE)?;
            let change = |entry: store::Entry| {
                let place = entry
                    .record
                    .map(|id| reader.locate(id))
                    .transpose()?
                    .flatten();
                Ok(Change {
                    seq: entry.seq,
                    register: entry.register.unwrap_or_default(),
                    record_id: entry.record.map(|id| id.to_string()).unwrap_or_default(),
                    actor: entry.actor,
                    org_path: place.map_or_else(|| self.root.clone(), |(_, path)| path),
                })
            };
            entries
                .into_iter()
                .map(change)
                .collect::<Result<Vec<_>, StoreError>>()
        })
    }

    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&mut Reader<'_>) -> Result<T, StoreError>,
    ) -> Result<T, AppError> {
        self.store
            .read(&self.district, work)
            .map_err(AppError::from)
    }

    /// A read in which more than the store may fail.
    pub(crate) fn look<T>(
        &self,
        work: impl FnOnce(&mut Reader<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.store.read(&self.district, work)
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        self.store.write(&self.district, work)
    }

    /// Enters all waiting records into the search, slice by slice; gives how many. By the definitions that are in force
    /// by now: a process that was idle since another applied one would make the texts of before again.
    ///
    /// # Errors
    /// When the store fails, or as for [`App::take_over_definitions`].
    pub fn enter_search(&self) -> Result<usize, AppError> {
        self.take_over_definitions()?;
        let mut all = 0;
        loop {
            match self.store.enter_search(&self.district)? {
                0 => return Ok(all),
                done => all += done,
            }
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn holidays(&self) -> Arc<HolidayTable> {
        self.holidays.clone()
    }

    pub(crate) fn calendars(&self) -> Arc<Calendars> {
        self.calendars.clone()
    }

    pub(crate) fn light_rule(&self) -> &LightRule {
        &self.light_rule
    }

    pub(crate) fn cache(&self) -> MutexGuard<'_, district::Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn directory_cache(&self) -> MutexGuard<'_, directory::Cache> {
        self.directory
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn live_plans(&self) -> &project_plan::LivePlans {
        &self.live_plans
    }

    pub(crate) fn plan_files(&self) -> MutexGuard<'_, project_plan::PlanFiles> {
        self.plan_files
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn uploads(&self) -> MutexGuard<'_, imports::Uploads> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present instant, for reads.
    pub(crate) fn present(&self) -> String {
        self.clock.present()
    }

    /// Who, when and why, for the journal.
    pub(crate) fn meta(&self, actor: &Actor, reason: &str) -> Meta {
        let mut meta = Meta::new(actor.login.clone(), self.clock.instant(), self.today());
        meta.reason = (!reason.trim().is_empty()).then(|| reason.trim().to_owned());
        meta
    }
}

/// File in the data folder with the holidays of years that were published after this program, in the form of the shipped
/// table: date, kind, name, source.
const HOLIDAYS: &str = "holidays.csv";

/// The shipped holidays with those of the district's own file; a file that cannot be read is told, not passed over.
fn holidays_of(data: &Path) -> Result<HolidayTable, AppError> {
    let path = data.join(HOLIDAYS);
    if !path.is_file() {
        return Ok(HolidayTable::shipped().clone());
    }
    let (own, findings) = HolidayTable::from_csv(&std::fs::read_to_string(&path)?);
    let broken = findings
        .iter()
        .any(|finding| finding.severity == ground::Severity::Error);
    if broken {
        return Err(AppError::Invalid(findings));
    }
    Ok(HolidayTable::shipped().merged(&own))
}

/// Stable name of a check's verdict: holds, fails, rounding, not_checkable.
pub fn verdict_code(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::Fails => "fails",
        Verdict::Rounding => "rounding",
        Verdict::NotCheckable => "not_checkable",
    }
}

fn choose_district(store: &Store, asked: Option<&str>) -> Result<District, AppError> {
    let known = store.districts().map_err(AppError::Store)?;
    let code = match (asked, known.as_slice()) {
        (Some(code), _) => code.to_owned(),
        (None, [only]) => only.as_str().to_owned(),
        (None, []) => DEFAULT_DISTRICT.0.to_owned(),
        (None, several) => {
            let codes: Vec<&str> = several.iter().map(District::as_str).collect();
            return Err(district_problem(&format!(
                "库里有 {} 个区县（{}），要用 --district 指明一个",
                codes.len(),
                codes.join("、")
            )));
        }
    };
    ground::codes::check_region(&code).map_err(|error| district_problem(&error.to_string()))?;
    District::new(&code).map_err(|error| district_problem(&error.to_string()))
}

fn district_problem(problem: &str) -> AppError {
    AppError::invalid(ground::Finding::error(
        "app.district",
        "--district",
        problem,
        "请填 GB/T 2260 的六位区划代码，例如 410102。",
    ))
}
