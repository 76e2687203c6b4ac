//! Primavera P6 XER: tab-separated tables. Read in one pass per table over the bytes as they lie, so that time and memory
//! grow with the number of rows only. Tables this room does not know (codes, currencies, risks, …) are passed over.

mod clndr;
mod heads;
mod means;
mod table;
mod tasks;
mod write;

pub use write::{XerEncoding, write, write_as};

use plan::{CriticalRule, Dialect, FloatRule, LagCalendar, Options, OutOfSequence};
use rustc_hash::{FxHashMap, FxHashSet};

use super::remarks::Remarks;
use super::{Format, ScheduleFile, text};
use table::Table;

/// Declares the columns of one table that are looked at; each is found once by its name.
macro_rules! columns {
    ($name:ident: $($field:ident),+ $(,)?) => {
        struct $name { $($field: super::table::Column),+ }
        impl $name {
            fn of(table: &super::table::Table) -> Self {
                $name { $($field: table.column(stringify!($field))),+ }
            }
        }
    };
}
pub(super) use columns;

/// The schedule options of one project.
#[derive(Clone, Copy)]
struct Settings {
    lag: LagRule,
    out_of_sequence: OutOfSequence,
    float: FloatRule,
    critical: CriticalRule,
    open_ends_critical: bool,
    float_to_own_project: bool,
    start_lag_from_actual: bool,
    expected_finish: bool,
    /// Whether dates from links to projects outside the file count.
    external: bool,
}

/// Whose working time a lag takes (P6 "calendar for scheduling relationship lag").
#[derive(Clone, Copy)]
enum LagRule {
    Of(LagCalendar),
    ProjectDefault,
}

/// What P6 does when the file does not say (its own defaults).
impl Default for Settings {
    fn default() -> Self {
        Settings {
            lag: LagRule::Of(LagCalendar::Predecessor),
            out_of_sequence: OutOfSequence::RetainedLogic,
            float: FloatRule::Finish,
            critical: CriticalRule::Threshold(0),
            open_ends_critical: false,
            float_to_own_project: false,
            start_lag_from_actual: false,
            expected_finish: true,
            external: true,
        }
    }
}

/// The file under construction and the keys that lead into it.
struct Reader<'a, 'r> {
    file: ScheduleFile,
    remarks: &'r mut Remarks,
    projects: FxHashMap<&'a [u8], usize>,
    /// Projects that only came along: ends of links into other projects.
    stubs: FxHashSet<&'a [u8]>,
    /// Baseline projects: index of the project each belongs to, and its number.
    baselines: FxHashMap<&'a [u8], (usize, u8)>,
    settings: Vec<Settings>,
    calendars: FxHashMap<&'a [u8], usize>,
    wbs: FxHashMap<&'a [u8], usize>,
    tasks: FxHashMap<&'a [u8], usize>,
    resources: FxHashMap<&'a [u8], usize>,
    /// Activities that are worked when their resources work.
    dependent: Vec<usize>,
}

/// Reads the file; what is missing in it is told in `remarks`.
pub(super) fn read(bytes: &[u8], remarks: &mut Remarks) -> ScheduleFile {
    let encoding = text::encoding_of(bytes);
    let bytes = text::widened(bytes, encoding);
    let encoding = if matches!(bytes, std::borrow::Cow::Owned(_)) {
        encoding_rs::UTF_8
    } else {
        encoding
    };
    let tables = table::tables(&bytes, encoding);
    let mut reader = Reader::new(remarks);
    reader.check_whole(&tables, &bytes);
    reader.all(&tables);
    reader.finish()
}

impl<'a, 'r> Reader<'a, 'r> {
    fn new(remarks: &'r mut Remarks) -> Self {
        Reader {
            file: ScheduleFile::empty(Format::Xer),
            remarks,
            projects: FxHashMap::default(),
            stubs: FxHashSet::default(),
            baselines: FxHashMap::default(),
            settings: Vec::new(),
            calendars: FxHashMap::default(),
            wbs: FxHashMap::default(),
            tasks: FxHashMap::default(),
            resources: FxHashMap::default(),
            dependent: Vec::new(),
        }
    }

    /// A file that was cut off lacks its last line; one without activities is of no use.
    fn check_whole(&mut self, tables: &[Table], bytes: &[u8]) {
        if !tables.iter().any(|table| table.name == "TASK") {
            let problem = "文件里没有 TASK 表，读不到作业";
            let remedy = "请在 P6 中导出项目（含作业），不要只导出编码或资源";
            self.remarks.file_error("xer.no_tasks", problem, remedy);
        }
        let tail = &bytes[bytes.len().saturating_sub(64)..];
        if !tail.windows(2).any(|mark| mark == b"%E") {
            let problem = "文件没有结束行 %E，可能没有传完";
            self.remarks.warning(
                "xer.cut_off",
                || "文件末尾".to_owned(),
                || problem.to_owned(),
                "请核对作业数；不一致时重新导出、重新传送",
            );
        }
    }

    fn all(&mut self, tables: &[Table<'a>]) {
        let named = |name: &'static str| tables.iter().filter(move |table| table.name == name);
        named("PROJECT").for_each(|table| self.read_projects(table));
        named("CALENDAR").for_each(|table| self.read_calendars(table));
        self.join_calendars(tables);
        named("SCHEDOPTIONS").for_each(|table| self.read_settings(table));
        named("PROJWBS").for_each(|table| self.read_wbs(table));
        self.join_wbs(tables);
        named("TASK").for_each(|table| self.read_tasks(table));
        named("TASK").for_each(|table| self.read_baseline_tasks(table));
        self.file.join_summaries();
        named("TASKPRED").for_each(|table| self.read_links(table));
        named("RSRC").for_each(|table| self.read_resources(table));
        named("RSRCRATE").for_each(|table| self.read_capacities(table));
        named("TASKRSRC").for_each(|table| self.read_assignments(table));
        named("TASKMEMO").for_each(|table| self.read_notes(table));
    }

    /// Puts the options together, compiles the calendars in use and gives the file away.
    fn finish(mut self) -> ScheduleFile {
        self.follow_resource_calendars();
        self.file.options = self.options();
        self.file.aim_projects(self.remarks);
        self.make_ids_unique();
        self.file.compile_calendars();
        self.file
    }

    fn options(&mut self) -> Options {
        let heads = &self.file.projects;
        let data_date = heads.iter().filter_map(|head| head.data_date).min();
        if heads.iter().any(|head| head.data_date != data_date) {
            self.remarks.warning(
                "xer.data_dates",
                || "PROJECT表".to_owned(),
                || "各项目的数据日期不同，按最早的一个计算".to_owned(),
                "请在 P6 中把各项目更新到同一数据日期，或分项目导出",
            );
        }
        let starts = heads.iter().filter_map(|head| head.start);
        let start = starts
            .min()
            .or(data_date)
            .unwrap_or_else(|| self.first_stored());
        let settings = self.settings.first().copied().unwrap_or_default();
        Options {
            data_date,
            critical: settings.critical,
            out_of_sequence: settings.out_of_sequence,
            float: settings.float,
            open_ends_critical: settings.open_ends_critical,
            float_to_own_project: settings.float_to_own_project,
            start_lag_from_actual: settings.start_lag_from_actual,
            dialect: Dialect::P6,
            ..Options::from_start(start)
        }
    }

    fn first_stored(&self) -> ground::Minute {
        let stored = self.file.stored.iter();
        stored.filter_map(|dates| dates.start).min().unwrap_or(0)
    }

    /// The same activity code in two projects gets the project's code in front; within one project P6 allows it once.
    fn make_ids_unique(&mut self) {
        let file = &mut self.file;
        if file.projects.len() < 2 {
            return;
        }
        let mut seen: FxHashMap<String, usize> = FxHashMap::default();
        for id in &file.ids {
            *seen.entry(id.clone()).or_default() += 1;
        }
        for (activity, id) in file.network.activities.iter_mut().zip(&mut file.ids) {
            if seen.get(id).is_some_and(|count| *count > 1) {
                let project = &file.projects[activity.project as usize].code;
                *id = format!("{project}:{id}");
                activity.code.clone_from(id);
            }
        }
    }
}
