//! Plans as Microsoft Project XML, element by element in the order of the schema, with the dates we calculated.

use std::fmt::Write as _;

use ground::{Finding, Minute, iso_minutes};
use plan::{
    Activity, ActivityKind, ConstraintKind, CriticalRule, Driver, LagCalendar, LinkKind, Progress,
    Schedule, Timing,
};

use super::write_calendars::{CalendarKeys, write_calendars};
use crate::schedule_file::outline::{OutlineRow, RowOf, Span, rows, spans};
use crate::schedule_file::remarks::Remarks;
use crate::schedule_file::{Format, LagShown, ResourceKind, ScheduleFile};

/// The file as Project XML, and what could not be said in it.
///
/// Start and finish are the early dates; a project scheduled from its finish ([`super::super::ProjectHead::from_finish`])
/// shows the late ones. `schedule` must be the one of `file.network`.
pub fn write(file: &ScheduleFile, schedule: &Schedule) -> (Vec<u8>, Vec<Finding>) {
    let mut remarks = Remarks::new("Project XML");
    let rows = rows(file);
    let from_finish = file.projects.first().is_some_and(|head| head.from_finish);
    let writer = Writer {
        file,
        schedule,
        keys: Keys::of(file, &rows),
        from_finish,
        targets: match from_finish {
            true => vec![None; file.ids.len()],
            false => targets(file),
        },
    };
    writer.tell_losses(&mut remarks);
    let mut xml = Xml::with_capacity(file.ids.len() * 1_800 + 20_000);
    writer.all(&mut xml, &rows, &mut remarks);
    (xml.text.into_bytes(), remarks.into_findings())
}

/// Text under construction.
pub(super) struct Xml {
    pub(super) text: String,
}

impl Xml {
    fn with_capacity(bytes: usize) -> Self {
        Xml {
            text: String::with_capacity(bytes),
        }
    }

    pub(super) fn open(&mut self, name: &str) {
        let _ = writeln!(self.text, "<{name}>");
    }

    pub(super) fn close(&mut self, name: &str) {
        let _ = writeln!(self.text, "</{name}>");
    }

    /// A value that needs no escaping: numbers and dates.
    pub(super) fn plain(&mut self, name: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.text, "<{name}>{value}</{name}>");
    }

    pub(super) fn flag(&mut self, name: &str, value: bool) {
        self.plain(name, i32::from(value));
    }

    pub(super) fn date(&mut self, name: &str, minute: Minute) {
        self.plain(name, format_args!("{}:00", iso_minutes(minute)));
    }

    pub(super) fn optional_date(&mut self, name: &str, minute: Option<Minute>) {
        if let Some(minute) = minute {
            self.date(name, minute);
        }
    }

    pub(super) fn duration(&mut self, name: &str, minutes: i64) {
        let (sign, size) = if minutes < 0 {
            ("-", -minutes)
        } else {
            ("", minutes)
        };
        self.plain(name, format_args!("{sign}PT{}H{}M0S", size / 60, size % 60));
    }

    /// Text of people: marks of XML escaped, characters XML cannot hold left out.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let _ = write!(self.text, "<{name}>");
        for c in value.chars() {
            match c {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '\t' | '\n' => self.text.push(c),
                '\r' => self.text.push_str("&#13;"),
                '\u{fffe}' | '\u{ffff}' => {}
                c if c < ' ' => {}
                c => self.text.push(c),
            }
        }
        let _ = writeln!(self.text, "</{name}>");
    }
}

/// Numbers the file will call things by.
struct Keys {
    /// Per activity.
    tasks: Vec<i64>,
    calendars: CalendarKeys,
    resources: Vec<i64>,
}

impl Keys {
    /// A Project file keeps its numbers; others get the number of their row.
    fn of(file: &ScheduleFile, rows: &[OutlineRow]) -> Self {
        let mut tasks = vec![0; file.ids.len()];
        for (number, row) in rows.iter().enumerate() {
            if let RowOf::Activity(index) = row.of {
                tasks[index] = number as i64 + 1;
            }
        }
        let known: Option<Vec<i64>> = file.details.iter().map(|d| d.key.parse().ok()).collect();
        let resources = file
            .resources
            .iter()
            .map(|r| r.id.parse().ok())
            .collect::<Option<Vec<i64>>>();
        let numbered = (1..=file.resources.len() as i64).collect();
        let own = file.format == Format::Mspdi;
        Keys {
            tasks: known.filter(|_| own).unwrap_or(tasks),
            calendars: CalendarKeys::of(file),
            resources: resources.filter(|_| own).unwrap_or(numbered),
        }
    }
}

struct Writer<'a> {
    file: &'a ScheduleFile,
    schedule: &'a Schedule,
    keys: Keys,
    from_finish: bool,
    /// Per activity the target to be written as its deadline.
    targets: Vec<Option<Minute>>,
}

/// The date by which the project of each activity must be finished, on those whose finish nothing waits for.
fn targets(file: &ScheduleFile) -> Vec<Option<Minute>> {
    let guarded = super::guarded(&file.network);
    let activities = file.network.activities.iter().zip(guarded);
    let target = |(activity, guarded): (&Activity, bool)| {
        let head = file.projects.get(activity.project as usize);
        let target = head.and_then(|head| head.must_finish);
        let open = !matches!(activity.progress, Progress::Finished { .. });
        let derived = matches!(
            activity.kind,
            ActivityKind::Summary | ActivityKind::LevelOfEffort
        );
        target
            .or(file.options.target)
            .filter(|_| open && !guarded && !derived)
    };
    activities.map(target).collect()
}

impl Writer<'_> {
    fn all(&self, xml: &mut Xml, rows: &[OutlineRow], remarks: &mut Remarks) {
        xml.text
            .push_str("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
        xml.text
            .push_str("<Project xmlns=\"http://schemas.microsoft.com/project\">\n");
        self.head(xml);
        write_calendars(xml, self.file, &self.keys.calendars);
        self.tasks(xml, rows, remarks);
        self.resources(xml);
        self.assignments(xml);
        xml.close("Project");
    }

    /// What Project has no place for, one finding for each kind.
    fn tell_losses(&self, remarks: &mut Remarks) {
        remarks.counted_out(
            "mspdi.target",
            self.targets.iter().flatten().count(),
            "项收尾任务的期限里写入了必须完成日期：Project 没有项目的必须完成日期",
            "拖期照样显示；目标晚于计算完成时，Project 自己重算的时差比这里小",
        );
        let links = &self.file.network.links;
        let calendar = |i: usize| self.file.network.activities[i].calendar;
        let moved = links.iter().filter(|link| match link.lag_calendar {
            _ if link.lag == 0 => false,
            LagCalendar::Successor | LagCalendar::Elapsed => false,
            LagCalendar::Predecessor => calendar(link.from) != calendar(link.to),
            LagCalendar::Of(own) => own != calendar(link.to),
        });
        remarks.counted_out(
            "mspdi.lag_calendar",
            moved.count(),
            "条关系的间隔原按别的日历计，Project 只按后续任务的日历计",
            "请在 Project 中核对这些任务的日期",
        );
        let in_order = self.file.options.out_of_sequence == plan::OutOfSequence::RetainedLogic;
        remarks.counted_out(
            "mspdi.out_of_sequence",
            usize::from(!in_order),
            "项排程选项没有写入：Project 没有“忽略逻辑”和“实际日期”的算法",
            "不按顺序开工的任务，请在 Project 中核对日期",
        );
        let activities = self.file.network.activities.iter().enumerate();
        let held = activities.filter(|(i, activity)| self.held(*i, activity).is_some());
        let (free, bound): (Vec<_>, Vec<_>) = held.partition(|(_, one)| one.constraints.is_empty());
        remarks.counted_out(
            "mspdi.data_date",
            free.len(),
            "项没开工的任务加了“不得早于…开始”：Project 不按数据日期往后排",
            "数据日期改动以后，请重新导出",
        );
        remarks.counted_out(
            "mspdi.data_date_lost",
            bound.len(),
            "项没开工的任务另有限制条件，数据日期没有写入，Project 重算会排到数据日期以前",
            "请在 Project 中核对这些任务的日期",
        );
        let projects = self.file.projects.len().saturating_sub(1);
        remarks.counted_out(
            "mspdi.projects",
            projects,
            "个项目并入了第一个项目：Project XML 一个文件只有一个项目",
            "需要分开时请在 P6 中分项目导出",
        );
    }

    fn head(&self, xml: &mut Xml) {
        let head = self.file.projects.first().cloned().unwrap_or_default();
        let options = &self.file.options;
        let (name, title) = match head.code.as_str() {
            "" => (head.name.as_str(), ""),
            code => (code, head.name.as_str()),
        };
        xml.plain("SaveVersion", 14);
        xml.text("Name", name);
        xml.text("Title", title);
        if let (Some(target), false, true) = (
            head.must_finish.or(options.target),
            self.from_finish,
            self.file.projects.len() < 2,
        ) {
            let mark = super::TARGET_MARK;
            xml.plain("Subject", format_args!("{mark}{}", iso_minutes(target)));
        }
        if self.file.own {
            xml.text("Author", super::OWN_AUTHOR);
        }
        xml.flag("ScheduleFromStart", !self.from_finish);
        xml.date("StartDate", head.start.unwrap_or(options.start));
        let finish = head.must_finish.filter(|_| self.from_finish);
        xml.date("FinishDate", finish.unwrap_or(self.schedule.finish));
        let factors = head.factors;
        let limit = match options.critical {
            CriticalRule::Threshold(minutes) => minutes.div_euclid(factors.minutes_per_day.max(1)),
            CriticalRule::LongestPath => 0,
        };
        xml.plain("CriticalSlackLimit", limit);
        xml.plain("CalendarUID", self.keys.calendars.base_of(head.calendar));
        xml.plain("MinutesPerDay", factors.minutes_per_day);
        xml.plain("MinutesPerWeek", factors.minutes_per_week);
        xml.plain("DaysPerMonth", factors.days_per_month);
        xml.plain("DurationFormat", 7);
        xml.flag("HonorConstraints", self.honors());
        xml.flag("NewTasksAreManual", false);
        xml.optional_date("StatusDate", head.data_date);
    }

    /// Whether constraint dates come before links: what "must start on" means.
    fn honors(&self) -> bool {
        use ConstraintKind::{MandatoryFinish, MandatoryStart, MustFinish, MustStart};
        let hard = [MandatoryFinish, MandatoryStart, MustFinish, MustStart];
        let mut activities = self.file.network.activities.iter();
        activities.any(|a| a.constraints.iter().any(|c| hard.contains(&c.kind)))
    }

    fn tasks(&self, xml: &mut Xml, rows: &[OutlineRow], remarks: &mut Remarks) {
        let links = self.links_into();
        let spans = spans(self.file, self.schedule);
        xml.open("Tasks");
        self.project_task(xml);
        let mut counters: Vec<usize> = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            counters.resize(row.level, 0);
            counters[row.level - 1] += 1;
            let place = Place::of(number + 1, row.level, &counters);
            xml.open("Task");
            match row.of {
                RowOf::Node(index) => self.node(xml, index, spans[index], &place),
                RowOf::Activity(index) => self.activity(xml, index, &place, &links, remarks),
            }
            xml.close("Task");
        }
        xml.close("Tasks");
    }

    /// Links by the activity they lead into.
    fn links_into(&self) -> Vec<Vec<usize>> {
        let mut into = vec![Vec::new(); self.file.ids.len()];
        for (index, link) in self.file.network.links.iter().enumerate() {
            into[link.to].push(index);
        }
        into
    }

    /// Task 0: the project itself.
    fn project_task(&self, xml: &mut Xml) {
        let head = self.file.projects.first();
        xml.open("Task");
        xml.plain("UID", 0);
        xml.plain("ID", 0);
        xml.text(
            "Name",
            head.map_or("", |head| match head.name.as_str() {
                "" => head.code.as_str(),
                name => name,
            }),
        );
        xml.plain("Type", 1);
        xml.flag("IsNull", false);
        xml.plain("OutlineNumber", 0);
        xml.plain("OutlineLevel", 0);
        xml.date(
            "Start",
            self.schedule
                .early_start
                .iter()
                .copied()
                .min()
                .unwrap_or(self.schedule.frame),
        );
        xml.date("Finish", self.schedule.finish);
        xml.flag("Summary", true);
        xml.close("Task");
    }

    fn node(&self, xml: &mut Xml, index: usize, span: Option<Span>, place: &Place) {
        let node = &self.file.wbs[index];
        // Numbers of rows are free: activities of such files are numbered by rows too.
        xml.plain("UID", place.id);
        xml.plain("ID", place.id);
        xml.text(
            "Name",
            if node.name.is_empty() {
                &node.code
            } else {
                &node.name
            },
        );
        xml.flag("Active", true);
        xml.flag("Manual", false);
        xml.plain("Type", 1);
        xml.flag("IsNull", false);
        xml.text("WBS", &node.code);
        place.write(xml);
        if let Some(span) = span {
            let (start, finish) = match self.from_finish {
                true => (span.late_start, span.late_finish),
                false => (span.start, span.finish),
            };
            let calendar = self
                .file
                .projects
                .get(node.project)
                .map_or(0, |head| head.calendar);
            let timeline = &self.file.network.calendars[calendar];
            xml.date("Start", start);
            xml.date("Finish", finish);
            xml.duration("Duration", timeline.between(start, finish).max(0));
            xml.plain("DurationFormat", 7);
        }
        xml.flag("Milestone", false);
        xml.flag("Summary", true);
        xml.plain("ConstraintType", 0);
        xml.plain("CalendarUID", -1);
    }

    fn activity(
        &self,
        xml: &mut Xml,
        index: usize,
        place: &Place,
        links: &[Vec<usize>],
        remarks: &mut Remarks,
    ) {
        let activity = &self.file.network.activities[index];
        let detail = &self.file.details[index];
        let foreign = self.file.format != Format::Mspdi;
        // Project knows no hammocks, and its summaries come from the outline.
        let summary = activity.kind == ActivityKind::Summary;
        let spanning =
            activity.kind == ActivityKind::LevelOfEffort || summary && !self.is_outlined();
        let (start, finish) = self.shown(index, activity);
        xml.plain("UID", self.keys.tasks[index]);
        xml.plain("ID", place.id);
        xml.text("Name", &activity.name);
        xml.flag("Active", true);
        xml.flag("Manual", spanning || activity.fixed.is_some());
        xml.plain("Type", 0);
        xml.flag("IsNull", false);
        xml.text(
            "WBS",
            if foreign {
                &activity.code
            } else {
                &detail.wbs_code
            },
        );
        place.write(xml);
        if let Some(priority) = detail.priority {
            xml.plain("Priority", priority);
        }
        xml.date("Start", start);
        xml.date("Finish", finish);
        self.durations(xml, index, activity, spanning, (start, finish));
        xml.flag("Milestone", is_milestone(activity));
        xml.flag("Summary", summary && self.is_outlined());
        xml.flag("Critical", self.schedule.critical[index]);
        self.calculated(xml, index, activity);
        self.progress(xml, index, activity, (start, finish));
        self.bounds(xml, index, activity, remarks);
        xml.flag("IgnoreResourceCalendar", detail.ignores_resources);
        xml.text("Notes", &detail.notes);
        if detail.physical > 0.0 {
            xml.plain("PhysicalPercentComplete", detail.physical.round());
        }
        if !spanning {
            links[index].iter().for_each(|&link| self.link(xml, link));
        }
        self.baselines(xml, index);
    }

    /// Summaries are activities with members below them; else the rows hang from nodes, and P6's summaries have none.
    fn is_outlined(&self) -> bool {
        self.file.wbs.is_empty()
    }

    /// Where work that has not begun is held by the data date or the start of the project alone: Project would begin it on
    /// its own start date, whatever the status date says.
    fn held(&self, index: usize, activity: &Activity) -> Option<Minute> {
        let head = self.file.projects.first();
        let start = head
            .and_then(|head| head.start)
            .unwrap_or(self.file.options.start);
        let at = self.schedule.early_start[index];
        let driver = self.schedule.driver[index];
        let free = matches!(driver, Driver::DataDate | Driver::ProjectStart)
            && activity.progress == Progress::NotStarted
            && activity.kind != ActivityKind::LevelOfEffort
            && activity.kind != ActivityKind::Summary
            && activity.fixed.is_none()
            && !self.from_finish;
        let first = self.file.network.calendars[activity.calendar].next_start(start);
        (free && at > first).then_some(at)
    }

    /// The dates the plan shows: early ones, late ones when everything hangs from the finish, and what people fixed.
    fn shown(&self, index: usize, activity: &Activity) -> (Minute, Minute) {
        let s = self.schedule;
        let late = self.from_finish && activity.progress == Progress::NotStarted;
        match activity.fixed {
            Some(fixed) => fixed,
            None if late => (s.late_start[index], s.late_finish[index]),
            None => (s.early_start[index], s.early_finish[index]),
        }
    }

    fn durations(
        &self,
        xml: &mut Xml,
        index: usize,
        activity: &Activity,
        spanning: bool,
        (start, finish): (Minute, Minute),
    ) {
        let timeline = &self.file.network.calendars[activity.calendar];
        let started = activity.progress != Progress::NotStarted;
        let measured =
            spanning || activity.fixed.is_some() || started && self.file.format != Format::Mspdi;
        let duration = match measured {
            _ if is_milestone(activity) => 0,
            true => timeline.between(start, finish).max(0),
            false => activity.duration,
        };
        xml.duration("Duration", duration);
        if spanning || activity.fixed.is_some() {
            xml.date("ManualStart", start);
            xml.date("ManualFinish", finish);
            xml.duration("ManualDuration", duration);
        }
        // 7: days; 8: days of the clock.
        let elapsed = self.keys.calendars.is_elapsed(activity.calendar);
        xml.plain("DurationFormat", if elapsed { 8 } else { 7 });
        if let Progress::Started { remaining, .. } = activity.progress {
            let done = (duration - remaining).max(0);
            let stop = if done > 0 {
                timeline.advance(start, done)
            } else {
                start
            };
            xml.date("Stop", stop);
            xml.date("Resume", self.schedule.remaining_start[index]);
        }
    }

    fn calculated(&self, xml: &mut Xml, index: usize, activity: &Activity) {
        let s = self.schedule;
        xml.date("EarlyStart", s.early_start[index]);
        xml.date("EarlyFinish", s.early_finish[index]);
        if matches!(activity.progress, Progress::Finished { .. }) {
            xml.date("LateStart", s.early_start[index]);
            xml.date("LateFinish", s.early_finish[index]);
        } else {
            xml.date("LateStart", s.late_start[index]);
            xml.date("LateFinish", s.late_finish[index]);
        }
        // Slacks stand in tenths of a minute.
        xml.plain("FreeSlack", s.free_float[index].saturating_mul(10));
        xml.plain("TotalSlack", s.total_float[index].saturating_mul(10));
    }

    fn progress(&self, xml: &mut Xml, index: usize, activity: &Activity, shown: (Minute, Minute)) {
        let timeline = &self.file.network.calendars[activity.calendar];
        let whole = match self.file.format {
            Format::Mspdi => activity.duration,
            _ => timeline.between(shown.0, shown.1).max(0),
        };
        xml.plain("PercentComplete", self.file.details[index].percent.round());
        match activity.progress {
            Progress::NotStarted => {
                xml.duration("ActualDuration", 0);
                xml.duration("RemainingDuration", activity.remaining());
            }
            Progress::Started {
                actual_start,
                remaining,
            } => {
                xml.date("ActualStart", actual_start);
                xml.duration("ActualDuration", (whole - remaining).max(0));
                xml.duration("RemainingDuration", remaining);
            }
            Progress::Finished {
                actual_start,
                actual_finish,
            } => {
                xml.date("ActualStart", actual_start);
                xml.date("ActualFinish", actual_finish);
                xml.duration("ActualDuration", whole);
                xml.duration("RemainingDuration", 0);
            }
        }
    }

    fn bounds(&self, xml: &mut Xml, index: usize, activity: &Activity, remarks: &mut Remarks) {
        let detail = &self.file.details[index];
        let first = activity.constraints.first();
        let second = activity.constraints.get(1);
        let late = activity.timing != Timing::AsSoonAsPossible
            || self.from_finish && self.file.format != Format::Mspdi;
        let held = match activity.timing {
            Timing::AsSoonAsPossible => self.held(index, activity),
            _ => None,
        };
        let kind = match (first, held) {
            (Some(constraint), _) => constraint_type(constraint.kind),
            (None, Some(_)) => constraint_type(ConstraintKind::StartNoEarlier),
            (None, None) => i32::from(late),
        };
        // A second "finish no later" bounds the late finish only: that is a deadline.
        let deadline = second
            .filter(|c| c.kind == ConstraintKind::FinishNoLater)
            .map(|c| c.at);
        if second.is_some() && (deadline.is_none() || self.file.deadline_of(activity).is_some())
            || first.is_some() && activity.timing != Timing::AsSoonAsPossible
            || activity.expected_finish.is_some()
        {
            remarks.warning(
                "mspdi.bounds_lost",
                || activity.code.clone(),
                || "Project 只有一个限制条件，没有预计完成日期，多出的没有写入".to_owned(),
                "请在 Project 中核对这项任务的日期",
            );
        }
        xml.plain("ConstraintType", kind);
        let default = self.file.projects.first().map_or(0, |head| head.calendar);
        let assigned = detail.ignores_resources && self.file.format != Format::Mspdi;
        let own = detail
            .own_calendar
            .filter(|&own| assigned || own != default);
        xml.plain(
            "CalendarUID",
            own.map_or(-1, |own| self.keys.calendars.base_of(own)),
        );
        let at = first.map(|constraint| constraint.at);
        xml.optional_date("ConstraintDate", at.or(held));
        let own = self.file.deadline_of(activity);
        let deadlines = [own.or(deadline), self.targets[index]];
        xml.optional_date("Deadline", deadlines.into_iter().flatten().min());
        if activity.delay > 0 {
            xml.plain("LevelingDelay", activity.delay.saturating_mul(10));
            xml.plain("LevelingDelayFormat", 8);
        }
    }

    fn link(&self, xml: &mut Xml, index: usize) {
        let link = &self.file.network.links[index];
        xml.open("PredecessorLink");
        xml.plain("PredecessorUID", self.keys.tasks[link.from]);
        xml.plain(
            "Type",
            match link.kind {
                LinkKind::FF => 0,
                LinkKind::FS => 1,
                LinkKind::SF => 2,
                LinkKind::SS => 3,
            },
        );
        xml.flag("CrossProject", false);
        let shown = self.lag_shown(index);
        match shown.percent {
            Some(percent) => xml.plain("LinkLag", percent),
            None => xml.plain("LinkLag", link.lag.saturating_mul(10)),
        };
        xml.plain("LagFormat", shown.format);
        xml.close("PredecessorLink");
    }

    /// As the file shows it; in days where it does not say.
    fn lag_shown(&self, index: usize) -> LagShown {
        let elapsed = self.file.network.links[index].lag_calendar == LagCalendar::Elapsed;
        let usual = if elapsed { 8 } else { 7 };
        let said = self.file.lags_shown.get(index).copied();
        said.unwrap_or(LagShown {
            format: usual,
            percent: None,
        })
    }

    fn baselines(&self, xml: &mut Xml, index: usize) {
        for baseline in &self.file.baselines[index] {
            xml.open("Baseline");
            xml.plain("Number", baseline.number);
            xml.optional_date("Start", baseline.start);
            xml.optional_date("Finish", baseline.finish);
            if let Some(duration) = baseline.duration {
                xml.duration("Duration", duration);
                xml.plain("DurationFormat", 7);
            }
            xml.close("Baseline");
        }
    }

    fn resources(&self, xml: &mut Xml) {
        xml.open("Resources");
        for (index, resource) in self.file.resources.iter().enumerate() {
            xml.open("Resource");
            xml.plain("UID", self.keys.resources[index]);
            xml.plain("ID", index + 1);
            xml.text("Name", &resource.name);
            xml.plain(
                "Type",
                match resource.kind {
                    ResourceKind::Labour | ResourceKind::Equipment => 1,
                    ResourceKind::Material => 0,
                    ResourceKind::Cost => 2,
                },
            );
            xml.flag("IsNull", false);
            xml.text("Initials", &resource.code);
            if let Some(units) = resource.max_units {
                xml.plain("MaxUnits", units);
            }
            if let Some(calendar) = self.keys.calendars.of_resource(index) {
                xml.plain("CalendarUID", calendar);
            }
            xml.flag("IsCostResource", resource.kind == ResourceKind::Cost);
            xml.close("Resource");
        }
        xml.close("Resources");
    }

    fn assignments(&self, xml: &mut Xml) {
        xml.open("Assignments");
        for (number, assignment) in self.file.assignments.iter().enumerate() {
            let activity = &self.file.network.activities[assignment.activity];
            let (start, finish) = self.shown(assignment.activity, activity);
            xml.open("Assignment");
            xml.plain("UID", number + 1);
            xml.plain("TaskUID", self.keys.tasks[assignment.activity]);
            xml.plain("ResourceUID", self.keys.resources[assignment.resource]);
            xml.date("Finish", finish);
            xml.duration("RemainingWork", assignment.remaining_work);
            xml.date("Start", start);
            xml.plain("Units", assignment.units);
            xml.duration("Work", assignment.work);
            xml.close("Assignment");
        }
        xml.close("Assignments");
    }
}

/// Where a row stands in the outline.
struct Place {
    id: usize,
    level: usize,
    number: String,
}

/// Levels of an outline number that are written out; deeper rows are told apart by their own number.
const OUTLINE_LEVELS: usize = 50;

impl Place {
    fn of(id: usize, level: usize, counters: &[usize]) -> Self {
        let number = match level {
            0..=OUTLINE_LEVELS => {
                let parts: Vec<String> = counters.iter().map(ToString::to_string).collect();
                parts.join(".")
            }
            _ => id.to_string(),
        };
        Place { id, level, number }
    }

    fn write(&self, xml: &mut Xml) {
        xml.plain("OutlineNumber", &self.number);
        xml.plain("OutlineLevel", self.level);
    }
}

fn is_milestone(activity: &Activity) -> bool {
    matches!(
        activity.kind,
        ActivityKind::StartMilestone | ActivityKind::FinishMilestone
    )
}

fn constraint_type(kind: ConstraintKind) -> i32 {
    match kind {
        ConstraintKind::StartOn | ConstraintKind::MandatoryStart | ConstraintKind::MustStart => 2,
        ConstraintKind::FinishOn | ConstraintKind::MandatoryFinish | ConstraintKind::MustFinish => {
            3
        }
        ConstraintKind::StartNoEarlier => 4,
        ConstraintKind::StartNoLater => 5,
        ConstraintKind::FinishNoEarlier => 6,
        ConstraintKind::FinishNoLater => 7,
    }
}
