//! Microsoft Project XML (MSPDI, Project 2003 to 365). Tasks are read one by one; links, calendars and assignments are
//! joined at the end, because a file may name them before they come.

mod calendars;
mod join;
mod recurring;
mod tasks;
mod write;
mod write_calendars;

use plan::{CriticalRule, Dialect, FloatRule, LinkKind, Network, Options};
use rustc_hash::{FxHashMap, FxHashSet};

use super::calendar::NamedCalendar;
use super::fields::Fields;
use super::remarks::Remarks;
use super::xml::{self, Layout, NameId, Names, Record, Scanner, names};
use super::{Assignment, DayFactors, Format, ProjectHead, Resource, ResourceKind, ScheduleFile};
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
    subject = "Subject",
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
    /// Byte of the file at which the task starts.
    at: usize,
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

/// What stands before the target in the subject of a file we wrote: Project has no date by which all must be finished.
pub(super) const TARGET_MARK: &str = "必须完成：";

fn target(text: &str) -> Option<ground::Minute> {
    super::text::minute(text.as_bytes())
}

/// Reads the file; what is missing in it is told in `remarks`.
pub(super) fn read(bytes: &[u8], remarks: &mut Remarks) -> ScheduleFile {
    let text = xml::decode(bytes, remarks);
    let mut names = Names::default();
    let n = HeadNames::of(&mut names);
    let mut reader = Reader::new(remarks, &mut names);
    let mut scanner = Scanner::new(&text, names, "mspdi.broken", LAYOUT);
    let mut record = Record::default();
    while scanner.next(&mut record, reader.remarks) {
        let name = record.name();
        if record.parent == n.project {
            reader.read_head(&record, &n, &scanner);
        } else if name == n.task {
            reader.read_task(&record, &scanner);
        } else if name == n.calendar {
            reader.read_calendar(&record, &scanner);
        } else if name == n.resource {
            reader.read_resource(&record, &scanner);
        } else if name == n.assignment {
            reader.read_assignment(&record, &scanner);
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

    fn read_head(&mut self, record: &Record, n: &HeadNames, scanner: &Scanner) {
        let (name, value) = (record.name(), record.root());
        let text = value.text();
        let mut fields = Fields::of(record, scanner, ("项目", ""), self.remarks);
        let head = &mut self.head;
        let project = &mut head.project;
        if name == n.name {
            text.clone_into(&mut project.name);
        } else if name == n.title {
            text.clone_into(&mut head.title);
        } else if name == n.from_start {
            project.from_finish = matches!(text, "0" | "false");
        } else if name == n.start {
            project.start = fields.date_of(name, text);
        } else if name == n.finish {
            project.finish = fields.date_of(name, text);
        } else if name == n.status {
            project.data_date = fields.date_of(name, text);
        } else if name == n.slack {
            head.slack_days = fields.integer_of(name, text).unwrap_or(0);
        } else if name == n.calendar_uid {
            text.clone_into(&mut head.calendar);
        } else if name == n.honor {
            head.honor_constraints = matches!(text, "1" | "true");
        } else if name == n.subject {
            project.must_finish = text.strip_prefix(TARGET_MARK).and_then(target);
        } else if name == n.author {
            self.file.own = text == OWN_AUTHOR;
        } else if let Some(factor) = factor(&mut project.factors, name, n) {
            *factor = positive(&mut fields, name, text).unwrap_or(*factor);
        }
    }

    fn read_calendar(&mut self, record: &Record, scanner: &Scanner) {
        let name = record.root().value(self.means.name);
        let mut fields = Fields::of(record, scanner, ("日历", name), self.remarks);
        let (calendar, base) = self.calendar_reader.read(&mut fields);
        self.calendars
            .insert(calendar.id.clone(), self.file.calendars.len());
        self.file.calendars.push(calendar);
        self.bases.push(base);
    }

    fn read_resource(&mut self, record: &Record, scanner: &Scanner) {
        let n = &self.means;
        let name = record.root().value(n.name);
        let mut fields = Fields::of(record, scanner, ("资源", name), self.remarks);
        let Some(uid) = fields.integer(n.uid) else {
            return;
        };
        if name.is_empty() && uid <= 0 {
            return;
        }
        let kinds = [
            ("0", ResourceKind::Material),
            ("1", ResourceKind::Labour),
            ("2", ResourceKind::Cost),
        ];
        let kind = fields.word(n.kind, &kinds, "按工时资源处理");
        let kind = match fields.flag(n.cost) {
            true => ResourceKind::Cost,
            false => kind.unwrap_or(ResourceKind::Labour),
        };
        self.resources.insert(uid, self.file.resources.len());
        self.resource_calendars
            .push(fields.value(n.calendar).to_owned());
        self.file.resources.push(Resource {
            id: uid.to_string(),
            code: fields.value(n.initials).to_owned(),
            name: name.to_owned(),
            kind,
            calendar: None,
            max_units: fields.number(n.max_units),
        });
    }

    fn read_assignment(&mut self, record: &Record, scanner: &Scanner) {
        let n = &self.means;
        let mut fields = Fields::of(record, scanner, ("资源分配", ""), self.remarks);
        let (Some(task), Some(resource)) = (fields.integer(n.task), fields.integer(n.resource))
        else {
            return;
        };
        // -65535 stands for "nobody yet".
        if resource < 0 {
            return;
        }
        let mut work = |name| fields.duration(name).unwrap_or(0);
        let (all, remaining, overtime) = (work(n.work), work(n.remaining), work(n.overtime));
        let assignment = Assignment {
            activity: 0,
            resource: 0,
            units: fields.number(n.units).unwrap_or(0.0),
            work: all,
            remaining_work: remaining,
            overtime,
        };
        if fields.integer(n.contour).unwrap_or(0) != 0 {
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
        self.join_calendars(scanner);
        self.join_links(scanner);
        self.join_assignments();
        self.follow_resource_calendars();
        self.close_head();
        self.take_target_back();
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

    /// Deadlines that only say the target again, as [`write`] sets them on what nothing follows.
    fn take_target_back(&mut self) {
        let target = self.file.options.target;
        let from_finish = self.file.projects.iter().any(|head| head.from_finish);
        if target.is_none() || from_finish {
            return;
        }
        let guarded = guarded(&self.file.network);
        for (activity, guarded) in self.file.network.activities.iter_mut().zip(guarded) {
            if !guarded && activity.deadline == target {
                activity.deadline = None;
            }
        }
    }

    /// Tasks whose calendar is not there; -1, 0 and nothing stand for the project's.
    fn tell_unknown_calendars(&mut self, scanner: &Scanner) {
        for (wanted, activity) in self
            .task_calendars
            .iter()
            .zip(&self.file.network.activities)
        {
            let key = wanted.key.as_str();
            if matches!(key, "" | "-1" | "0") || self.calendars.contains_key(key) {
                continue;
            }
            self.remarks.warning(
                "mspdi.unknown_calendar",
                || {
                    format!(
                        "第{}行的任务“{}”，CalendarUID",
                        scanner.line(wanted.at),
                        activity.name
                    )
                },
                || format!("日历 {key} 不在文件里，改用项目日历"),
                "请在 Project 中给任务指定日历后重新导出",
            );
        }
    }

    /// Bases by their keys; without any calendar the standard one.
    fn join_calendars(&mut self, scanner: &Scanner) {
        self.tell_unknown_calendars(scanner);
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

/// Per activity whether the finish is guarded by a successor that waits for it.
fn guarded(network: &Network) -> Vec<bool> {
    let mut guarded = vec![false; network.activities.len()];
    for link in network
        .links
        .iter()
        .filter(|link| matches!(link.kind, LinkKind::FS | LinkKind::FF))
    {
        guarded[link.from] = true;
    }
    guarded
}

/// The factor that an element of the head sets.
fn factor<'f>(factors: &'f mut DayFactors, name: NameId, n: &HeadNames) -> Option<&'f mut i64> {
    if name == n.day {
        Some(&mut factors.minutes_per_day)
    } else if name == n.week {
        Some(&mut factors.minutes_per_week)
    } else if name == n.month {
        Some(&mut factors.days_per_month)
    } else {
        None
    }
}

/// A factor: one to a hundred thousand, else it is told and what was there stays.
fn positive(fields: &mut Fields, name: NameId, text: &str) -> Option<i64> {
    let value = fields.integer_of(name, text)?;
    let fits = (1..=100_000).contains(&value);
    if !fits {
        fields.warn(name, || {
            format!("“{text}”不在 1 到 100000 之间，按通常的值处理")
        });
    }
    fits.then_some(value)
}
