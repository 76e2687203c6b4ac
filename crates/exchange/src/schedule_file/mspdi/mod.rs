//! Microsoft Project XML (MSPDI, Project 2003 to 365). Tasks are read one by one; links, calendars and assignments are
//! joined at the end, because a file may name them before they come.

mod calendars;
mod join;
mod recurring;
mod tasks;
mod write;
mod write_calendars;

use plan::{CriticalRule, Dialect, FloatRule, Options};
use rustc_hash::{FxHashMap, FxHashSet};

use super::calendar::NamedCalendar;
use super::remarks::Remarks;
use super::xml::{self, Layout, Names, Record, Scanner, iso_duration, names};
use super::{Assignment, Format, ProjectHead, Resource, ResourceKind, ScheduleFile};
pub use write::write;

use calendars::CalendarReader;
use tasks::{PendingLink, TaskNames};

const LAYOUT: Layout = Layout {
    containers: &["Project", "Calendars", "Tasks", "Resources", "Assignments"],
    skipped: &[
        "TimephasedData",
        "ExtendedAttribute",
        "ExtendedAttributes",
        "OutlineCode",
        "OutlineCodes",
        "WBSMasks",
        "Rates",
    ],
};

names!(
    HeadNames: project = "Project", task = "Task", calendar = "Calendar", resource = "Resource",
    assignment = "Assignment", name = "Name", title = "Title", from_start = "ScheduleFromStart", start = "StartDate",
    finish = "FinishDate", status = "StatusDate", slack = "CriticalSlackLimit", calendar_uid = "CalendarUID",
    day = "MinutesPerDay", week = "MinutesPerWeek", month = "DaysPerMonth", honor = "HonorConstraints", author = "Author",
);

names!(
    MeansNames: uid = "UID", name = "Name", initials = "Initials", kind = "Type", max_units = "MaxUnits",
    calendar = "CalendarUID", cost = "IsCostResource", task = "TaskUID", resource = "ResourceUID", units = "Units",
    work = "Work", remaining = "RemainingWork", overtime = "OvertimeWork",
    contour = "WorkContour",
);

/// The file under construction and the keys that lead into it.
struct Reader<'r> {
    file: ScheduleFile,
    remarks: &'r mut Remarks,
    head: Head,
    task_names: TaskNames,
    means: MeansNames,
    calendar_reader: CalendarReader,
    calendars: FxHashMap<String, usize>,
    bases: Vec<String>,
    tasks: FxHashMap<i64, usize>,
    /// Per activity: its calendar's key, `-1` for the project's.
    task_calendars: Vec<TaskCalendar>,
    /// Outline levels above the next task, with the activities that stand there.
    outline: Vec<(i64, usize)>,
    links: Vec<PendingLink>,
    resources: FxHashMap<i64, usize>,
    /// Per resource: its calendar's key.
    resource_calendars: Vec<String>,
    assignments: Vec<(i64, i64, Assignment)>,
    /// Tasks somebody works on at changing rates.
    contoured: FxHashSet<i64>,
}

/// What a task says about its working time.
struct TaskCalendar {
    key: String,
    elapsed: bool,
}

/// Values that stand directly in the project element.
#[derive(Default)]
struct Head {
    project: ProjectHead,
    title: String,
    calendar: String,
    slack_days: i64,
    honor_constraints: bool,
}

/// Who wrote a file that comes from here: its WBS column holds our codes, baseline 0 the planned dates.
pub(super) const OWN_AUTHOR: &str = "guatu";

/// Reads the file; what is missing in it is told in `remarks`.
pub(super) fn read(bytes: &[u8], remarks: &mut Remarks) -> ScheduleFile {
    let text = xml::decode(bytes);
    let mut names = Names::default();
    let n = HeadNames::of(&mut names);
    let mut reader = Reader::new(remarks, &mut names);
    let mut scanner = Scanner::new(&text, names, "mspdi.broken", LAYOUT);
    let mut record = Record::default();
    while scanner.next(&mut record, reader.remarks) {
        let name = record.name();
        if record.parent == n.project {
            reader.read_head(&record, &n);
        } else if name == n.task {
            reader.read_task(&record, &scanner);
        } else if name == n.calendar {
            reader.read_calendar(&record);
        } else if name == n.resource {
            reader.read_resource(&record);
        } else if name == n.assignment {
            reader.read_assignment(&record);
        }
    }
    reader.finish(&scanner)
}

impl<'r> Reader<'r> {
    fn new(remarks: &'r mut Remarks, names: &mut Names) -> Self {
        Reader {
            file: ScheduleFile::empty(Format::Mspdi),
            remarks,
            head: Head::default(),
            task_names: TaskNames::of(names),
            means: MeansNames::of(names),
            calendar_reader: CalendarReader::of(names),
            calendars: FxHashMap::default(),
            bases: Vec::new(),
            tasks: FxHashMap::default(),
            task_calendars: Vec::new(),
            outline: Vec::new(),
            links: Vec::new(),
            resources: FxHashMap::default(),
            resource_calendars: Vec::new(),
            assignments: Vec::new(),
            contoured: FxHashSet::default(),
        }
    }

    fn read_head(&mut self, record: &Record, n: &HeadNames) {
        let (name, value) = (record.name(), record.root());
        let text = value.text();
        let head = &mut self.head;
        let project = &mut head.project;
        let date = || super::text::minute(text.as_bytes());
        let positive = || {
            text.parse::<i64>()
                .ok()
                .filter(|number| (1..=100_000).contains(number))
        };
        let factors = &mut project.factors;
        if name == n.name {
            text.clone_into(&mut project.name);
        } else if name == n.title {
            text.clone_into(&mut head.title);
        } else if name == n.from_start {
            project.from_finish = matches!(text, "0" | "false");
        } else if name == n.start {
            project.start = date();
        } else if name == n.finish {
            project.finish = date();
        } else if name == n.status {
            project.data_date = date();
        } else if name == n.slack {
            head.slack_days = text.parse().unwrap_or(0);
        } else if name == n.calendar_uid {
            text.clone_into(&mut head.calendar);
        } else if name == n.day {
            factors.minutes_per_day = positive().unwrap_or(factors.minutes_per_day);
        } else if name == n.week {
            factors.minutes_per_week = positive().unwrap_or(factors.minutes_per_week);
        } else if name == n.month {
            factors.days_per_month = positive().unwrap_or(factors.days_per_month);
        } else if name == n.honor {
            head.honor_constraints = matches!(text, "1" | "true");
        } else if name == n.author {
            self.file.own = text == OWN_AUTHOR;
        }
    }

    fn read_calendar(&mut self, record: &Record) {
        let (calendar, base) = self.calendar_reader.read(record.root());
        self.calendars
            .insert(calendar.id.clone(), self.file.calendars.len());
        self.file.calendars.push(calendar);
        self.bases.push(base);
    }

    fn read_resource(&mut self, record: &Record) {
        let (root, n) = (record.root(), &self.means);
        let Some(uid) = root.integer(n.uid) else {
            return;
        };
        if root.value(n.name).is_empty() && uid <= 0 {
            return;
        }
        let kind = match root.integer(n.kind) {
            _ if root.flag(n.cost) => ResourceKind::Cost,
            Some(0) => ResourceKind::Material,
            Some(2) => ResourceKind::Cost,
            _ => ResourceKind::Labour,
        };
        self.resources.insert(uid, self.file.resources.len());
        self.resource_calendars
            .push(root.value(n.calendar).to_owned());
        self.file.resources.push(Resource {
            id: uid.to_string(),
            code: root.value(n.initials).to_owned(),
            name: root.value(n.name).to_owned(),
            kind,
            calendar: None,
            max_units: root.number(n.max_units),
        });
    }

    fn read_assignment(&mut self, record: &Record) {
        let (root, n) = (record.root(), &self.means);
        let (Some(task), Some(resource)) = (root.integer(n.task), root.integer(n.resource)) else {
            return;
        };
        // -65535 stands for "nobody yet".
        if resource < 0 {
            return;
        }
        let work = |name| iso_duration(root.value(name)).unwrap_or(0);
        let assignment = Assignment {
            activity: 0,
            resource: 0,
            units: root.number(n.units).unwrap_or(0.0),
            work: work(n.work),
            remaining_work: work(n.remaining),
            overtime: work(n.overtime),
        };
        if root.integer(n.contour).unwrap_or(0) != 0 {
            self.contoured.insert(task);
        }
        self.assignments.push((task, resource, assignment));
    }

    fn finish(mut self, scanner: &Scanner) -> ScheduleFile {
        if self.file.ids.is_empty() {
            let remedy = "请在 Project 中打开并核对，再“另存为”XML 格式";
            self.remarks
                .file_error("mspdi.no_tasks", "文件里没有任务", remedy);
        }
        self.join_calendars();
        self.join_links(scanner);
        self.join_assignments();
        self.follow_resource_calendars();
        self.close_head();
        self.file.take_wbs_codes();
        self.file.compile_calendars();
        self.keep_pauses();
        self.file
    }

    fn close_head(&mut self) {
        let mut head = std::mem::take(&mut self.head);
        if !head.title.is_empty() {
            head.project.code = std::mem::replace(&mut head.project.name, head.title);
        }
        let project = &mut head.project;
        project.calendar = self.calendars.get(&head.calendar).copied().unwrap_or(0);
        if project.from_finish {
            project.must_finish = project.finish;
        }
        let stored = self.file.stored.iter().filter_map(|dates| dates.start);
        let start = project.start.or_else(|| stored.min()).unwrap_or(0);
        let limit = head.slack_days.clamp(-10_000, 10_000) * project.factors.minutes_per_day;
        self.file.options = Options {
            data_date: project.data_date,
            target: project.must_finish,
            critical: CriticalRule::Threshold(limit),
            float: FloatRule::Smaller,
            dialect: Dialect::MicrosoftProject,
            ..Options::from_start(start)
        };
        self.file.projects.push(head.project);
    }

    /// Bases by their keys; without any calendar the standard one.
    fn join_calendars(&mut self) {
        let file = &mut self.file;
        if file.calendars.is_empty() {
            file.calendars.push(NamedCalendar::standard());
        }
        for (index, key) in self.bases.iter().enumerate() {
            let base = self.calendars.get(key).copied();
            file.calendars[index].base = base.filter(|base| *base != index);
        }
    }
}
