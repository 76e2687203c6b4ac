//! 计划文件: schedules of Primavera P6 (XER, PMXML) and Microsoft Project (MSPDI) as our plan values, and back.
//!
//! [`read`] looks at the bytes, not at the name's ending. What a file says wrongly becomes a finding with its table or
//! element, line, problem and remedy; the good rows go on. Calculating dates is `plan`'s business: what the other
//! program calculated is kept beside it in [`StoredDates`].

mod calendar;
#[cfg(test)]
mod damage_tests;
mod fields;
mod lag_shown;
mod mspdi;
mod outline;
mod own;
mod pmxml;
mod remarks;
#[cfg(test)]
mod round_trip_tests;
#[cfg(test)]
mod tests;
mod text;
mod xer;
mod xml;

pub use calendar::{CalendarException, CalendarKind, NamedCalendar};
pub use lag_shown::LagShown;
pub use mspdi::write as write_mspdi;
pub use xer::{XerEncoding, write as write_xer, write_as as write_xer_as};

use calendar::compile_used;

use ground::{Finding, Minute};
use plan::{ActivityKind, LagCalendar, Network, Options, Progress};
use remarks::Remarks;

/// Bytes of a schedule file: 1 GB. A P6 export of 1,000,000 activities has about 500 MB.
pub const FILE_BYTES: usize = 1 << 30;

/// 文件格式.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Primavera P6 text export (`.xer`).
    Xer,
    /// Microsoft Project XML.
    Mspdi,
    /// Primavera P6 XML (`.xml`, P6 EPPM and P6 Professional).
    Pmxml,
    /// Our own text (`.toml`).
    Toml,
}

impl Format {
    /// Name as users know it.
    pub fn label(self) -> &'static str {
        match self {
            Format::Xer => "P6 XER",
            Format::Mspdi => "Project XML",
            Format::Pmxml => "P6 XML",
            Format::Toml => "计划文本",
        }
    }
}

/// One schedule file: the network to be calculated and everything beside it that a user would miss after writing it back.
///
/// `ids`, `details`, `baselines` and `stored` have one entry per activity of `network`, in its order.
#[derive(Clone, Debug)]
pub struct ScheduleFile {
    /// Where it came from.
    pub format: Format,
    /// 项目. `plan::Activity::project` is an index into this list.
    pub projects: Vec<ProjectHead>,
    /// What is to be scheduled.
    pub network: Network,
    /// How, as the file's own program would.
    pub options: Options,
    /// What people and programs call the activity: P6 activity code, MSP UID.
    pub ids: Vec<String>,
    /// What is told about each activity beside its place in the network.
    pub details: Vec<Detail>,
    /// 工作分解结构 of P6 files; Project files hold theirs as summary activities.
    pub wbs: Vec<WbsNode>,
    /// 日历, in the order of `network.calendars`; those after its end are used by no activity and not compiled.
    pub calendars: Vec<NamedCalendar>,
    /// 基准: up to eleven per activity.
    pub baselines: Vec<Vec<BaselineDates>>,
    /// What the program that wrote the file calculated.
    pub stored: Vec<StoredDates>,
    /// 资源.
    pub resources: Vec<Resource>,
    /// 资源分配.
    pub assignments: Vec<Assignment>,
    /// In which unit Project shows the lag of each link of `network`; empty where the file says nothing.
    pub lags_shown: Vec<LagShown>,
    /// Written from a plan of ours: codes stand in the WBS column of Project XML, planned dates in baseline 0.
    pub own: bool,
}

/// 项目 of a schedule file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProjectHead {
    /// Key inside the file.
    pub id: String,
    /// Short code; may be empty.
    pub code: String,
    /// Name; may be empty.
    pub name: String,
    /// 数据日期 (P6), 状态日期 (Project).
    pub data_date: Option<Minute>,
    /// 项目开始.
    pub start: Option<Minute>,
    /// 必须完成 (P6 "must finish by"), or the finish from which a Project file is scheduled backwards.
    pub must_finish: Option<Minute>,
    /// The finish that the file's program calculated.
    pub finish: Option<Minute>,
    /// Index into [`ScheduleFile::calendars`].
    pub calendar: usize,
    /// True for a Project file scheduled from its finish date.
    pub from_finish: bool,
    /// Working minutes in a "day", "week" and "month" of a duration.
    pub factors: DayFactors,
}

/// What one day, week and month of a duration mean, in working minutes (a month in days).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DayFactors {
    /// Working minutes in a day.
    pub minutes_per_day: i64,
    /// Working minutes in a week.
    pub minutes_per_week: i64,
    /// Working days in a month.
    pub days_per_month: i64,
}

/// Eight hours, five days, twenty days: what both programs start with.
impl Default for DayFactors {
    fn default() -> Self {
        DayFactors {
            minutes_per_day: 480,
            minutes_per_week: 2400,
            days_per_month: 20,
        }
    }
}

/// What a file tells about an activity beside its place in the network.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Detail {
    /// Key inside the file: P6 `task_id` / ObjectId, MSP UID.
    pub key: String,
    /// Index into [`ScheduleFile::wbs`].
    pub wbs: Option<usize>,
    /// WBS code written on the task (Project).
    pub wbs_code: String,
    /// Calendar written on the activity, an index into [`ScheduleFile::calendars`]; none where the project's holds.
    pub own_calendar: Option<usize>,
    /// The calendars of its resources do not matter (Project).
    pub ignores_resources: bool,
    /// 计划工期 as it was agreed (P6 original duration), working minutes.
    pub planned_duration: i64,
    /// 计划开始 (P6 planned start).
    pub planned_start: Option<Minute>,
    /// 计划完成 (P6 planned finish).
    pub planned_finish: Option<Minute>,
    /// 完成百分比, 0 to 100.
    pub percent: f64,
    /// 实物完成百分比, 0 to 100, beside the percentage of time.
    pub physical: f64,
    /// 优先级 as Project counts it, 0 to 1000, 500 where nothing is said; those of P6 are 800, 600, 500, 400 and 200.
    pub priority: Option<i64>,
    /// 备注.
    pub notes: String,
}

/// 工作分解结构 node.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WbsNode {
    /// Key inside the file.
    pub id: String,
    /// Code of this level.
    pub code: String,
    /// Name.
    pub name: String,
    /// Index into [`ScheduleFile::wbs`]; none for the node of the project itself.
    pub parent: Option<usize>,
    /// Index into [`ScheduleFile::projects`].
    pub project: usize,
}

/// One baseline of one activity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BaselineDates {
    /// 0 to 10.
    pub number: u8,
    /// 基准开始.
    pub start: Option<Minute>,
    /// 基准完成.
    pub finish: Option<Minute>,
    /// 基准工期, working minutes.
    pub duration: Option<i64>,
}

/// What the program that wrote the file calculated; empty where the file says nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StoredDates {
    /// Early start of the remaining work.
    pub early_start: Option<Minute>,
    /// Early finish.
    pub early_finish: Option<Minute>,
    /// Late start.
    pub late_start: Option<Minute>,
    /// Late finish.
    pub late_finish: Option<Minute>,
    /// Start shown: the actual one if there is one.
    pub start: Option<Minute>,
    /// Finish shown: the actual one if there is one.
    pub finish: Option<Minute>,
    /// Total float, working minutes.
    pub total_float: Option<i64>,
    /// Free float, working minutes.
    pub free_float: Option<i64>,
    /// Critical, or on the driving path where the file says so.
    pub critical: Option<bool>,
    /// On the longest path (P6 `driving_path_flag`).
    pub longest_path: Option<bool>,
}

/// 资源种类.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ResourceKind {
    /// 人工.
    #[default]
    Labour,
    /// 机械设备.
    Equipment,
    /// 材料.
    Material,
    /// 费用.
    Cost,
}

/// 资源.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Resource {
    /// Key inside the file.
    pub id: String,
    /// Short code; may be empty.
    pub code: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: ResourceKind,
    /// Index into [`ScheduleFile::calendars`].
    pub calendar: Option<usize>,
    /// How much of it there is: 1 = one person or machine the whole working time.
    pub max_units: Option<f64>,
}

/// 资源分配.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Assignment {
    /// Index into the activities.
    pub activity: usize,
    /// Index into [`ScheduleFile::resources`].
    pub resource: usize,
    /// Units at work at a time: 1 = one person or machine the whole working time.
    pub units: f64,
    /// Budgeted work in minutes of one unit; for materials the quantity times 60.
    pub work: i64,
    /// Work still to be done, likewise.
    pub remaining_work: i64,
    /// 加班: the part of `work` that is done outside working time.
    pub overtime: i64,
}

/// Reads a schedule file of any of the formats; `name` only appears in the findings.
///
/// Never fails: a file that is none of them, or holds no activity, gives an empty network and a finding of severity error.
pub fn read(name: &str, bytes: &[u8]) -> (ScheduleFile, Vec<Finding>) {
    let mut remarks = Remarks::new(name);
    let file = read_any(bytes, &mut remarks);
    check_p6(&file, &mut remarks);
    (file, remarks.into_findings())
}

fn read_any(bytes: &[u8], remarks: &mut Remarks) -> ScheduleFile {
    if bytes.len() > FILE_BYTES {
        let problem = format!("文件有{}MB，超过{}MB", bytes.len() >> 20, FILE_BYTES >> 20);
        remarks.file_error(
            "schedule.too_large",
            &problem,
            "请在 P6 或 Project 中按项目分开导出",
        );
        return ScheduleFile::empty(Format::Xer);
    }
    match text::recognise(bytes) {
        Ok(Format::Xer) => xer::read(bytes, remarks),
        Ok(Format::Mspdi) => mspdi::read(bytes, remarks),
        Ok(Format::Toml) => own::read(bytes, remarks),
        Ok(Format::Pmxml) => pmxml::read(bytes, remarks),
        Err(what) => {
            let problem = format!("这不是计划文件，而是{what}");
            remarks.file_error("schedule.format", &problem, FOREIGN_REMEDY);
            ScheduleFile::empty(Format::Xer)
        }
    }
}

/// What P6 itself does not allow and a file holds only after somebody worked on it: one code twice in a project, actual
/// dates after the data date.
fn check_p6(file: &ScheduleFile, remarks: &mut Remarks) {
    if !matches!(file.format, Format::Xer | Format::Pmxml) {
        return;
    }
    let mut codes = rustc_hash::FxHashSet::default();
    for activity in &file.network.activities {
        let place = || format!("作业 {}“{}”", activity.code, activity.name);
        if !codes.insert((activity.project, activity.code.as_str())) {
            remarks.warning(
                "p6.code_twice",
                place,
                || format!("作业代码 {} 在同一项目里不止一个", activity.code),
                "请在 P6 中改成不同的代码；按代码比较和收进计划时分不清是哪一项",
            );
        }
        let head = file.projects.get(activity.project as usize);
        let data_date = head.and_then(|head| head.data_date);
        let (what, at) = match activity.progress {
            Progress::NotStarted => continue,
            Progress::Started { actual_start, .. } => ("实际开始", actual_start),
            Progress::Finished { actual_finish, .. } => ("实际完成", actual_finish),
        };
        if data_date.is_some_and(|data_date| at > data_date) {
            remarks.warning(
                "p6.actual_after_data_date",
                place,
                || format!("{what} {} 晚于数据日期", &ground::iso_minutes(at)[..10]),
                "请在 P6 中核对实际日期，或把项目更新到更晚的数据日期",
            );
        }
    }
}

const FOREIGN_REMEDY: &str =
    "请在 P6 中导出 XER 或 XML，或在 Project 中“另存为”XML 格式（.mpp 文件不能直接读取）";

impl ScheduleFile {
    /// Whether the file may hold the total float of an earlier run for an activity, given its own schedule: P6 writes the
    /// total float of work planned as late as possible together with the move, so where there is no room to move, the
    /// figure of the run before stays (decision 0013).
    pub fn float_left(&self, schedule: &plan::Schedule, activity: usize) -> bool {
        let work = &self.network.activities[activity];
        self.format != Format::Mspdi
            && work.timing == plan::Timing::LateInFreeFloat
            && work.progress == Progress::NotStarted
            && schedule.driver[activity] != plan::Driver::Late
    }

    /// A file without content, scheduled from 1970.
    fn empty(format: Format) -> Self {
        ScheduleFile {
            format,
            projects: Vec::new(),
            network: Network {
                calendars: Vec::new(),
                activities: Vec::new(),
                links: Vec::new(),
            },
            options: Options::from_start(0),
            ids: Vec::new(),
            details: Vec::new(),
            wbs: Vec::new(),
            calendars: Vec::new(),
            baselines: Vec::new(),
            stored: Vec::new(),
            resources: Vec::new(),
            assignments: Vec::new(),
            lags_shown: Vec::new(),
            own: false,
        }
    }
}

impl ScheduleFile {
    /// A calendar with everything it takes from its bases, as one without a base.
    pub fn whole_calendar(&self, index: usize) -> Option<NamedCalendar> {
        (index < self.calendars.len()).then(|| calendar::flattened(&self.calendars, index))
    }

    /// In a file of ours, activities get back the codes they had here, unless two would be alike.
    pub(crate) fn take_wbs_codes(&mut self) {
        let codes: std::collections::BTreeSet<&str> = self
            .details
            .iter()
            .map(|detail| detail.wbs_code.as_str())
            .collect();
        if !self.own || codes.len() < self.details.len() || codes.contains("") {
            return;
        }
        for (activity, detail) in self.network.activities.iter_mut().zip(&self.details) {
            activity.code.clone_from(&detail.wbs_code);
        }
    }

    /// Compiles the calendars that activities, projects and lags use, and puts them first.
    pub(crate) fn compile_calendars(&mut self) {
        if self.calendars.is_empty() {
            self.calendars.push(NamedCalendar::standard());
        }
        let mut used = vec![false; self.calendars.len()];
        let network = &self.network;
        for activity in &network.activities {
            used[activity.calendar] = true;
            for index in activity.float_calendar.iter() {
                used[*index] = true;
            }
            for crew in &activity.crews {
                used[crew.calendar] = true;
            }
        }
        for link in &network.links {
            if let LagCalendar::Of(index) = link.lag_calendar {
                used[index] = true;
            }
        }
        for head in &self.projects {
            used[head.calendar] = true;
        }
        let (compiled, place) = compile_used(&mut self.calendars, &used);
        self.network.calendars = compiled;
        self.move_calendars(&place);
    }

    /// 各项目的必须完成: several projects have each their own date. The plan is aimed at the latest of them, and what
    /// belongs to a project with an earlier one is bounded by deadlines; [`Self::deadline_of`] takes them out again.
    pub(crate) fn aim_projects(&mut self, remarks: &mut Remarks) {
        let targets: Vec<Option<Minute>> = self.projects.iter().map(|p| p.must_finish).collect();
        let latest = targets.iter().flatten().max().copied();
        if targets.iter().all(Option::is_some) {
            self.options.target = latest;
        }
        if targets.len() < 2 || latest.is_none() {
            return;
        }
        remarks.counted_out(
            "p6.no_target",
            targets.iter().filter(|target| target.is_none()).count(),
            "个项目没有必须完成日期，别的项目有：必须完成日期晚于计算完成的，时差只算到计算完成",
            "要按必须完成日期算出全部时差，请在 P6 中给每个项目填上，或分项目导出",
        );
        for activity in &mut self.network.activities {
            let target = targets.get(activity.project as usize).copied().flatten();
            let derived = matches!(
                activity.kind,
                ActivityKind::Summary | ActivityKind::LevelOfEffort
            );
            if target.is_some() && target != self.options.target && !derived {
                activity.deadline = target;
            }
        }
    }

    /// Aims every project of the file at one instant, whatever dates of their own they had.
    pub fn aim_all(&mut self, at: Minute) {
        let activities = self.network.activities.iter();
        let own: Vec<Option<Minute>> = activities.map(|one| self.deadline_of(one)).collect();
        for (activity, own) in self.network.activities.iter_mut().zip(own) {
            activity.deadline = own;
        }
        for head in &mut self.projects {
            head.must_finish = Some(at);
        }
        self.options.target = Some(at);
    }

    /// 目标时限 of an activity, without what [`Self::aim_projects`] put there.
    pub fn deadline_of(&self, activity: &plan::Activity) -> Option<Minute> {
        let head = self.projects.get(activity.project as usize);
        let target = head.and_then(|head| head.must_finish);
        let several = self.projects.len() > 1;
        activity
            .deadline
            .filter(|at| !several || Some(*at) != target)
    }

    /// A P6 activity of kind "WBS summary" spans the activities of its node and of the nodes below it.
    pub(crate) fn join_summaries(&mut self) {
        let mut summary_of = vec![None; self.wbs.len()];
        for (index, activity) in self.network.activities.iter().enumerate() {
            if let (ActivityKind::Summary, Some(wbs)) = (activity.kind, self.details[index].wbs) {
                summary_of[wbs] = Some(index);
            }
        }
        if summary_of.iter().all(Option::is_none) {
            return;
        }
        for index in 0..self.ids.len() {
            let mut node = self.details[index].wbs;
            if self.network.activities[index].kind == ActivityKind::Summary {
                node = node.and_then(|node| self.wbs[node].parent);
            }
            while let Some(at) = node.filter(|&at| summary_of[at].is_none()) {
                node = self.wbs[at].parent;
            }
            self.network.activities[index].parent = node.and_then(|at| summary_of[at]);
        }
    }

    fn move_calendars(&mut self, place: &[usize]) {
        for activity in &mut self.network.activities {
            activity.calendar = place[activity.calendar];
            activity.float_calendar = activity.float_calendar.map(|index| place[index]);
            for crew in &mut activity.crews {
                crew.calendar = place[crew.calendar];
            }
        }
        for link in &mut self.network.links {
            if let LagCalendar::Of(index) = &mut link.lag_calendar {
                *index = place[*index];
            }
        }
        for head in &mut self.projects {
            head.calendar = place[head.calendar];
        }
        for detail in &mut self.details {
            detail.own_calendar = detail.own_calendar.map(|index| place[index]);
        }
        for resource in &mut self.resources {
            resource.calendar = resource.calendar.map(|index| place[index]);
        }
    }
}

/// Cuts the parent of a node that is its own ancestor, so that walking up always ends.
pub(crate) fn cut_wbs_loops(wbs: &mut [WbsNode]) {
    // 0 not looked at, 1 on the way up, 2 known to end.
    let mut state = vec![0u8; wbs.len()];
    for start in 0..wbs.len() {
        let (mut way, mut at) = (Vec::new(), Some(start));
        while let Some(node) = at.filter(|&node| state[node] == 0) {
            state[node] = 1;
            way.push(node);
            at = wbs[node].parent;
        }
        if let (Some(node), Some(&last)) = (at, way.last())
            && state[node] == 1
        {
            wbs[last].parent = None;
        }
        for node in way {
            state[node] = 2;
        }
    }
}
