//! Plans as P6 XER, with the dates we calculated. Text is written in GB 18030 unless UTF-8 is asked for: P6 Professional
//! reads the code page of the computer, which is that one where Chinese is read; other programs expect UTF-8.

mod links;

use ground::{Finding, Minute, Shift, iso_minutes};
use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, CriticalRule, FloatRule, LagCalendar,
    OutOfSequence, Progress, Schedule, Timing,
};

use super::clndr::serial_of;
use super::tasks::PRIORITIES;
use crate::schedule_file::calendar::{CalendarKind, NamedCalendar, flattened};
use crate::schedule_file::remarks::Remarks;
use crate::schedule_file::{Format, ProjectHead, ResourceKind, ScheduleFile, WbsNode};

/// 编码 of the text in an XER file, which does not say it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum XerEncoding {
    /// GB 18030, of which GBK is a part: what P6 Professional reads on a Chinese computer.
    #[default]
    Gbk,
    /// UTF-8: for programs that read XER elsewhere.
    Utf8,
}

impl XerEncoding {
    /// Name as users know it.
    pub fn label(self) -> &'static str {
        match self {
            XerEncoding::Gbk => "GBK（GB 18030）",
            XerEncoding::Utf8 => "UTF-8",
        }
    }
}

/// The file as XER in GB 18030, and what could not be said in it. `schedule` must be the one of `file.network`.
pub fn write(file: &ScheduleFile, schedule: &Schedule) -> (Vec<u8>, Vec<Finding>) {
    write_as(file, schedule, XerEncoding::Gbk)
}

/// As [`write`], in an encoding of choice.
pub fn write_as(
    file: &ScheduleFile,
    schedule: &Schedule,
    encoding: XerEncoding,
) -> (Vec<u8>, Vec<Finding>) {
    let mut remarks = Remarks::new("XER");
    let plan = Plan::of(file);
    let mut out = Tables::with_capacity(file.ids.len() * 700 + 20_000);
    let writer = Writer {
        file,
        schedule,
        plan: &plan,
    };
    writer.tell_losses(&mut remarks);
    writer.heads(&mut out);
    writer.calendars(&mut out);
    writer.settings(&mut out);
    writer.nodes(&mut out);
    writer.resources(&mut out);
    writer.activities(&mut out, &mut remarks);
    writer.notes(&mut out);
    writer.links(&mut out, &mut remarks);
    writer.assignments(&mut out);
    out.text.push_str("%E\r\n");
    let bytes = match encoding {
        XerEncoding::Gbk => encoding_rs::GB18030.encode(&out.text).0.into_owned(),
        XerEncoding::Utf8 => out.text.into_bytes(),
    };
    (bytes, remarks.into_findings())
}

/// Tables under construction.
struct Tables {
    text: String,
}

impl Tables {
    fn with_capacity(bytes: usize) -> Self {
        let mut text = String::with_capacity(bytes);
        text.push_str("ERMHDR\t8.4\t2000-01-01\tProject\tadmin\tadmin\tdbxDatabaseNoName\tProject Management\tCNY\r\n");
        Tables { text }
    }

    fn table(&mut self, name: &str, fields: &str) {
        self.text.push_str("%T\t");
        self.text.push_str(name);
        self.text.push_str("\r\n%F");
        for field in fields.split_whitespace() {
            self.text.push('\t');
            self.text.push_str(field);
        }
        self.text.push_str("\r\n");
    }

    fn row(&mut self) {
        self.text.push_str("%R");
    }

    fn end(&mut self) {
        self.text.push_str("\r\n");
    }

    /// A cell as it is.
    fn cell(&mut self, value: impl std::fmt::Display) {
        use std::fmt::Write as _;
        let _ = write!(self.text, "\t{value}");
    }

    /// Text of people: what would end the cell or the row becomes a blank.
    fn words(&mut self, value: &str) {
        self.text.push('\t');
        let blank = |c: char| {
            if matches!(c, '\t' | '\r' | '\n') {
                ' '
            } else {
                c
            }
        };
        self.text.extend(value.chars().map(blank));
    }

    fn flag(&mut self, value: bool) {
        self.cell(if value { 'Y' } else { 'N' });
    }

    fn date(&mut self, minute: Option<Minute>) {
        match minute {
            Some(minute) => self.cell(iso_minutes(minute).replace('T', " ")),
            None => self.cell(""),
        }
    }

    /// Minutes as hours, exact to the minute.
    fn hours(&mut self, minutes: i64) {
        if minutes % 60 == 0 {
            return self.cell(minutes / 60);
        }
        let text = format!("{:.7}", minutes as f64 / 60.0);
        self.cell(text.trim_end_matches('0'));
    }
}

/// What P6 needs and a file of another program lacks: a code, a tree of nodes, keys.
struct Plan {
    heads: Vec<ProjectHead>,
    nodes: Vec<WbsNode>,
    /// Per activity its node.
    node_of: Vec<usize>,
    tasks: Vec<i64>,
    /// Activities that became nodes.
    became_node: Vec<bool>,
}

impl Plan {
    fn of(file: &ScheduleFile) -> Self {
        let mut heads = file.projects.clone();
        if heads.is_empty() {
            heads.push(ProjectHead::default());
        }
        for (number, head) in (1..).zip(&mut heads) {
            if head.code.is_empty() {
                head.code = match head.name.as_str() {
                    "" => format!("P{number}"),
                    name => name.chars().take(20).collect(),
                };
            }
        }
        let own = file.format == Format::Xer;
        let keys: Option<Vec<i64>> = file.details.iter().map(|d| d.key.parse().ok()).collect();
        let numbered = || (1001..1001 + file.ids.len() as i64).collect();
        let tasks = keys.filter(|_| own).unwrap_or_else(numbered);
        let (nodes, node_of, became_node) = match file.wbs.is_empty() {
            true => tree(file, &heads),
            false => kept(file),
        };
        Plan {
            heads,
            nodes,
            node_of,
            tasks,
            became_node,
        }
    }
}

/// The tree of a P6 file; an activity without node hangs from the first.
fn kept(file: &ScheduleFile) -> (Vec<WbsNode>, Vec<usize>, Vec<bool>) {
    let node_of = file
        .details
        .iter()
        .map(|detail| detail.wbs.unwrap_or(0))
        .collect();
    (file.wbs.clone(), node_of, vec![false; file.ids.len()])
}

/// Summaries of a Project file as nodes below one node of the project.
fn tree(file: &ScheduleFile, heads: &[ProjectHead]) -> (Vec<WbsNode>, Vec<usize>, Vec<bool>) {
    let mut nodes: Vec<WbsNode> = (0..)
        .zip(heads)
        .map(|(project, head)| WbsNode {
            id: String::new(),
            code: head.code.clone(),
            name: if head.name.is_empty() {
                head.code.clone()
            } else {
                head.name.clone()
            },
            parent: None,
            project,
        })
        .collect();
    let activities = &file.network.activities;
    let became: Vec<bool> = activities
        .iter()
        .map(|a| a.kind == ActivityKind::Summary)
        .collect();
    let mut node_of: Vec<usize> = activities.iter().map(|a| a.project as usize).collect();
    for (index, activity) in activities.iter().enumerate() {
        if became[index] {
            node_of[index] = nodes.len();
            nodes.push(WbsNode {
                id: String::new(),
                code: activity.code.clone(),
                name: activity.name.clone(),
                parent: Some(activity.project as usize),
                project: activity.project as usize,
            });
        }
    }
    for (index, activity) in activities.iter().enumerate() {
        let Some(parent) = activity.parent.filter(|&parent| became[parent]) else {
            continue;
        };
        match became[index] {
            true => nodes[node_of[index]].parent = Some(node_of[parent]),
            false => node_of[index] = node_of[parent],
        }
    }
    crate::schedule_file::cut_wbs_loops(&mut nodes);
    (nodes, node_of, became)
}

struct Writer<'a> {
    file: &'a ScheduleFile,
    schedule: &'a Schedule,
    plan: &'a Plan,
}

const NODE: i64 = 1;
const PROJECT_FIELDS: &str = "proj_id fy_start_month_num proj_short_name clndr_id critical_drtn_hr_cnt last_recalc_date plan_start_date plan_end_date scd_end_date critical_path_type def_duration_type def_complete_pct_type export_flag";
const TASK_FIELDS: &str = "task_id proj_id wbs_id clndr_id phys_complete_pct complete_pct_type task_type duration_type status_code task_code task_name total_float_hr_cnt free_float_hr_cnt remain_drtn_hr_cnt target_drtn_hr_cnt cstr_date act_start_date act_end_date late_start_date late_end_date expect_end_date early_start_date early_end_date restart_date reend_date target_start_date target_end_date rem_late_start_date rem_late_end_date cstr_type priority_type cstr_date2 cstr_type2 driving_path_flag";
const SETTING_FIELDS: &str = "schedoptions_id proj_id sched_outer_depend_type sched_open_critical_flag sched_lag_early_start_flag sched_retained_logic sched_setplantoforecast sched_float_type sched_calendar_on_relationship_lag sched_use_expect_end_flag sched_progress_override sched_use_project_end_date_for_float";

impl Writer<'_> {
    /// Calendars count from 1; those of a P6 file keep their keys.
    fn calendar_key(&self, index: usize) -> i64 {
        let known = self
            .file
            .calendars
            .get(index)
            .and_then(|c| c.id.parse().ok());
        known
            .filter(|_| self.file.format == Format::Xer)
            .unwrap_or(index as i64 + 1)
    }

    fn project_key(&self, index: usize) -> i64 {
        let known = self
            .plan
            .heads
            .get(index)
            .and_then(|head| head.id.parse().ok());
        known
            .filter(|_| self.file.format == Format::Xer)
            .unwrap_or(index as i64 + 1)
    }

    fn node_key(&self, index: usize) -> i64 {
        let known = self
            .plan
            .nodes
            .get(index)
            .and_then(|node| node.id.parse().ok());
        known
            .filter(|_| self.file.format == Format::Xer)
            .unwrap_or(NODE + index as i64)
    }

    fn resource_key(&self, index: usize) -> i64 {
        let known = self
            .file
            .resources
            .get(index)
            .and_then(|r| r.id.parse().ok());
        known
            .filter(|_| self.file.format == Format::Xer)
            .unwrap_or(index as i64 + 1)
    }

    /// What is not written, one finding for each kind.
    fn tell_losses(&self, remarks: &mut Remarks) {
        let activities = || self.file.network.activities.iter();
        remarks.counted_out(
            "xer.baselines_lost",
            self.file.baselines.iter().map(Vec::len).sum(),
            "条基准没有写入：P6 的基准是另一个项目",
            "要带基准时请写成 Project XML，或在 P6 中另存基准",
        );
        remarks.counted_out(
            "xer.delays_lost",
            activities().filter(|a| a.delay > 0).count(),
            "项任务的资源调配延迟没有写入：P6 没有这一栏",
            "请在 P6 中重新调配资源",
        );
        remarks.counted_out(
            "xer.splits_lost",
            activities().filter(|a| a.pause > 0).count(),
            "项任务的拆分没有写入：P6 的作业不能拆分",
            "请在 P6 中用暂停、恢复日期表示，或拆成两项作业",
        );
        let overtime = self.file.assignments.iter().filter(|a| a.overtime > 0);
        remarks.counted_out(
            "xer.overtime_lost",
            overtime.count(),
            "处资源分配的加班没有写入",
            "请在 P6 中核对这些分配的工时",
        );
    }

    fn heads(&self, out: &mut Tables) {
        out.table("CURRTYPE", "curr_id decimal_digit_cnt curr_symbol decimal_symbol digit_group_symbol pos_curr_fmt_type neg_curr_fmt_type curr_type curr_short_name group_digit_cnt base_exch_rate");
        out.text
            .push_str("%R\t1\t2\tY\t.\t,\t#1.1\t(#1.1)\tYuan\tCNY\t3\t1\r\n");
        out.table("PROJECT", PROJECT_FIELDS);
        let options = &self.file.options;
        for (index, head) in self.plan.heads.iter().enumerate() {
            let (limit, rule) = match options.critical {
                CriticalRule::Threshold(minutes) => (minutes, "CT_TotFloat"),
                CriticalRule::LongestPath => (0, "CT_DrivPath"),
            };
            out.row();
            out.cell(self.project_key(index));
            out.cell(1);
            out.words(&head.code);
            out.cell(self.calendar_key(head.calendar));
            out.hours(limit);
            let data_date = head.data_date.or(options.data_date);
            out.date(data_date.or_else(|| Some(self.progress_date())));
            out.date(head.start.or(Some(options.start)));
            let only = self.plan.heads.len() == 1;
            out.date(head.must_finish.or(options.target.filter(|_| only)));
            out.date(Some(self.schedule.finish));
            out.cell(rule);
            out.cell("DT_FixedDUR2");
            out.cell("CP_Drtn");
            out.flag(true);
            out.end();
        }
    }

    /// P6 always calculates from a data date. A Project file may have none: then the latest moment that its progress
    /// reaches, the start of the project when there is no progress.
    fn progress_date(&self) -> Minute {
        let network = &self.file.network;
        let reached = network.activities.iter().filter_map(|a| match a.progress {
            Progress::NotStarted => None,
            Progress::Finished { actual_finish, .. } => Some(actual_finish),
            Progress::Started {
                actual_start,
                remaining,
            } => {
                let done = (a.duration - remaining).max(0);
                Some(network.calendars[a.calendar].advance(actual_start, done))
            }
        });
        reached.max().unwrap_or(self.file.options.start)
    }

    fn calendars(&self, out: &mut Tables) {
        out.table("CALENDAR", "clndr_id default_flag clndr_name proj_id base_clndr_id last_chng_date clndr_type day_hr_cnt week_hr_cnt month_hr_cnt year_hr_cnt rsrc_private clndr_data");
        let own = self.file.format == Format::Xer;
        for index in 0..self.file.calendars.len() {
            let calendar = &self.file.calendars[index];
            let whole = match own {
                true => calendar.clone(),
                false => flattened(&self.file.calendars, index),
            };
            let day = calendar
                .minutes_per_day
                .unwrap_or_else(|| longest_day(&whole));
            out.row();
            out.cell(self.calendar_key(index));
            out.flag(
                self.plan
                    .heads
                    .first()
                    .is_some_and(|head| head.calendar == index),
            );
            out.words(&calendar.name);
            out.cell("");
            match calendar.base.filter(|_| own) {
                Some(base) => out.cell(self.calendar_key(base)),
                None => out.cell(""),
            }
            out.cell("");
            let resource = own && calendar.kind == CalendarKind::Resource;
            out.cell(if resource { "CA_Rsrc" } else { "CA_Base" });
            out.hours(day);
            out.hours(whole.week.iter().flatten().flatten().map(length).sum());
            out.hours(day * 20);
            out.hours(day * 250);
            out.flag(false);
            out.cell(clndr_data(&whole));
            out.end();
        }
    }

    fn settings(&self, out: &mut Tables) {
        out.table("SCHEDOPTIONS", SETTING_FIELDS);
        let options = &self.file.options;
        for index in 0..self.plan.heads.len() {
            out.row();
            out.cell(index + 1);
            out.cell(self.project_key(index));
            out.cell("SD_Both");
            out.flag(options.open_ends_critical);
            out.flag(!options.start_lag_from_actual);
            out.flag(options.out_of_sequence == OutOfSequence::RetainedLogic);
            out.flag(false);
            out.cell(match options.float {
                FloatRule::Finish => "FT_FF",
                FloatRule::Start => "FT_SS",
                FloatRule::Smaller => "FT_MIN",
            });
            out.cell(match self.lag_calendar() {
                LagCalendar::Predecessor => "rcal_Predecessor",
                LagCalendar::Successor => "rcal_Successor",
                LagCalendar::Elapsed => "rcal_24Hour",
                LagCalendar::Of(_) => "rcal_ProjDefault",
            });
            out.flag(true);
            out.flag(options.out_of_sequence == OutOfSequence::ProgressOverride);
            out.flag(options.float_to_own_project);
            out.end();
        }
    }

    /// P6 knows one lag calendar for all links: that of the first link with a lag.
    fn lag_calendar(&self) -> LagCalendar {
        let links = &self.file.network.links;
        let first = links.iter().find(|link| link.lag != 0).or(links.first());
        first.map_or(LagCalendar::Predecessor, |link| link.lag_calendar)
    }

    fn nodes(&self, out: &mut Tables) {
        out.table("PROJWBS", "wbs_id proj_id obs_id seq_num proj_node_flag status_code wbs_short_name wbs_name parent_wbs_id");
        for (index, node) in self.plan.nodes.iter().enumerate() {
            out.row();
            out.cell(self.node_key(index));
            out.cell(self.project_key(node.project));
            out.cell("");
            out.cell(index + 1);
            out.flag(node.parent.is_none());
            out.cell("WS_Open");
            out.words(&node.code);
            out.words(&node.name);
            match node.parent {
                Some(parent) => out.cell(self.node_key(parent)),
                None => out.cell(""),
            }
            out.end();
        }
    }

    fn resources(&self, out: &mut Tables) {
        if self.file.resources.is_empty() {
            return;
        }
        out.table(
            "RSRC",
            "rsrc_id rsrc_short_name rsrc_name rsrc_type clndr_id",
        );
        for (index, resource) in self.file.resources.iter().enumerate() {
            out.row();
            out.cell(self.resource_key(index));
            out.words(&resource.code);
            out.words(&resource.name);
            out.cell(match resource.kind {
                ResourceKind::Labour => "RT_Labor",
                ResourceKind::Equipment => "RT_Equip",
                ResourceKind::Material | ResourceKind::Cost => "RT_Mat",
            });
            match resource.calendar {
                Some(calendar) => out.cell(self.calendar_key(calendar)),
                None => out.cell(""),
            }
            out.end();
        }
        out.table("RSRCRATE", "rsrc_rate_id rsrc_id max_qty_per_hr start_date");
        for (index, resource) in self.file.resources.iter().enumerate() {
            if let Some(units) = resource.max_units {
                out.row();
                out.cell(index + 1);
                out.cell(self.resource_key(index));
                out.cell(units);
                out.date(Some(self.file.options.start));
                out.end();
            }
        }
    }

    fn activities(&self, out: &mut Tables, remarks: &mut Remarks) {
        out.table("TASK", TASK_FIELDS);
        for (index, activity) in self.file.network.activities.iter().enumerate() {
            if !self.plan.became_node[index] {
                self.activity(out, index, activity, remarks);
            }
        }
    }

    fn activity(&self, out: &mut Tables, index: usize, activity: &Activity, remarks: &mut Remarks) {
        let detail = &self.file.details[index];
        let (status, remaining) = self.standing(index, activity);
        let physical = self.needs_physical(index, activity);
        let (first, second) = self.bounds(activity, remarks);
        let s = self.schedule;
        out.row();
        out.cell(self.plan.tasks[index]);
        out.cell(self.project_key(activity.project as usize));
        out.cell(self.node_key(self.plan.node_of[index]));
        out.cell(self.calendar_key(activity.calendar));
        out.cell(match physical {
            true => detail.percent,
            false => detail.physical,
        });
        out.cell(if physical { "CP_Phys" } else { "CP_Drtn" });
        out.cell(task_type(activity.kind));
        out.cell("DT_FixedDUR2");
        out.cell(status);
        out.words(&activity.code);
        out.words(&activity.name);
        let open = !matches!(activity.progress, Progress::Finished { .. });
        self.floats(out, index, open);
        out.hours(remaining);
        out.hours(self.planned_duration(index, activity));
        out.date(first.1);
        let (actual_start, actual_finish) = actual(activity.progress);
        out.date(actual_start);
        out.date(actual_finish);
        out.date(Some(s.late_start[index]));
        out.date(Some(s.late_finish[index]));
        out.date(activity.expected_finish);
        let early = (Some(s.remaining_start[index]), Some(s.early_finish[index]));
        let late = (Some(s.late_start[index]), Some(s.late_finish[index]));
        let planned = self.planned(index, detail.planned_start, detail.planned_finish);
        let left =
            |dates: (Option<Minute>, Option<Minute>)| if open { dates } else { (None, None) };
        for (start, finish) in [early, left(early), planned, left(late)] {
            out.date(start);
            out.date(finish);
        }
        out.cell(first.0);
        out.cell(priority(detail.priority));
        out.date(second.1);
        out.cell(second.0);
        out.flag(s.longest_path[index]);
        out.end();
    }

    fn floats(&self, out: &mut Tables, index: usize, open: bool) {
        if open {
            out.hours(self.schedule.total_float[index]);
            out.hours(self.schedule.free_float[index]);
        } else {
            out.cell("");
            out.cell("");
        }
    }

    /// P6 planned dates: what the file said, else what is planned now.
    fn planned(
        &self,
        index: usize,
        start: Option<Minute>,
        finish: Option<Minute>,
    ) -> (Option<Minute>, Option<Minute>) {
        let s = self.schedule;
        let project = self.file.network.activities[index].project as usize;
        let late = self
            .file
            .projects
            .get(project)
            .is_some_and(|head| head.from_finish);
        let now = match late {
            true => (s.late_start[index], s.late_finish[index]),
            false => (s.early_start[index], s.early_finish[index]),
        };
        (start.or(Some(now.0)), finish.or(Some(now.1)))
    }

    fn planned_duration(&self, index: usize, activity: &Activity) -> i64 {
        match (activity.fixed, self.file.format) {
            (Some((start, finish)), _) => self.file.network.calendars[activity.calendar]
                .between(start, finish)
                .max(0),
            (None, Format::Xer) => self.file.details[index].planned_duration,
            _ => activity.duration,
        }
    }

    fn standing(&self, index: usize, activity: &Activity) -> (&'static str, i64) {
        match activity.progress {
            Progress::NotStarted if activity.fixed.is_some() => {
                ("TK_NotStart", self.planned_duration(index, activity))
            }
            Progress::NotStarted => ("TK_NotStart", activity.duration),
            Progress::Started { remaining, .. } => ("TK_Active", remaining),
            Progress::Finished { .. } => ("TK_Complete", 0),
        }
    }

    /// True when the percentage is not what the durations say.
    fn needs_physical(&self, index: usize, activity: &Activity) -> bool {
        let percent = self.file.details[index].percent;
        match activity.progress {
            Progress::Finished { .. } => false,
            Progress::NotStarted => percent > 0.0,
            Progress::Started { remaining, .. } => {
                let whole = activity.duration.max(1) as f64;
                let done =
                    100.0 * (activity.duration - remaining.min(activity.duration)) as f64 / whole;
                (percent - done).abs() > 0.01
            }
        }
    }

    /// First and second constraint: name and date.
    fn bounds(&self, activity: &Activity, remarks: &mut Remarks) -> (Bound, Bound) {
        let mut bounds: Vec<Bound> = activity.constraints.iter().map(bound).collect();
        if let Some((start, _)) = activity.fixed {
            bounds.insert(0, ("CS_MANDSTART", Some(start)));
        }
        if let Some(deadline) = self.file.deadline_of(activity) {
            bounds.push(("CS_MEOB", Some(deadline)));
        }
        if activity.timing != Timing::AsSoonAsPossible {
            bounds.push(("CS_ALAP", None));
        }
        if bounds.len() > 2 {
            remarks.warning(
                "xer.bounds_lost",
                || activity.code.clone(),
                || "P6 只有两个限制条件，多出的没有写入".to_owned(),
                "请在 P6 中核对这项作业的日期",
            );
        }
        let mut bounds = bounds.into_iter();
        let none = ("", None);
        (bounds.next().unwrap_or(none), bounds.next().unwrap_or(none))
    }

    fn notes(&self, out: &mut Tables) {
        let noted = |detail: &&crate::schedule_file::Detail| !detail.notes.is_empty();
        if !self.file.details.iter().any(|detail| noted(&detail)) {
            return;
        }
        out.table("MEMOTYPE", "memo_type_id memo_type");
        out.text.push_str("%R\t1\tNotes\r\n");
        out.table("TASKMEMO", "memo_id task_id memo_type_id proj_id task_memo");
        for (index, detail) in self.file.details.iter().enumerate() {
            if detail.notes.is_empty() || self.plan.became_node[index] {
                continue;
            }
            out.row();
            out.cell(index + 1);
            out.cell(self.plan.tasks[index]);
            out.cell(1);
            out.cell(self.project_key(self.file.network.activities[index].project as usize));
            let html = detail
                .notes
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            // P6 writes a line end inside a cell as this character.
            out.words(&html.replace('\n', "\u{7f}"));
            out.end();
        }
    }

    fn assignments(&self, out: &mut Tables) {
        if self.file.assignments.is_empty() {
            return;
        }
        out.table("TASKRSRC", "taskrsrc_id task_id proj_id rsrc_id target_qty remain_qty target_qty_per_hr remain_qty_per_hr");
        for (number, assignment) in self.file.assignments.iter().enumerate() {
            if self.plan.became_node[assignment.activity] {
                continue;
            }
            let project = self.file.network.activities[assignment.activity].project;
            out.row();
            out.cell(number + 1);
            out.cell(self.plan.tasks[assignment.activity]);
            out.cell(self.project_key(project as usize));
            out.cell(self.resource_key(assignment.resource));
            out.hours(assignment.work);
            out.hours(assignment.remaining_work);
            out.cell(assignment.units);
            out.cell(assignment.units);
            out.end();
        }
    }
}

/// Name of a constraint and its date.
type Bound = (&'static str, Option<Minute>);

fn bound(constraint: &Constraint) -> Bound {
    let name = match constraint.kind {
        ConstraintKind::StartOn => "CS_MSO",
        ConstraintKind::StartNoEarlier => "CS_MSOA",
        ConstraintKind::StartNoLater => "CS_MSOB",
        ConstraintKind::FinishOn => "CS_MEO",
        ConstraintKind::FinishNoEarlier => "CS_MEOA",
        ConstraintKind::FinishNoLater => "CS_MEOB",
        ConstraintKind::MandatoryStart | ConstraintKind::MustStart => "CS_MANDSTART",
        ConstraintKind::MandatoryFinish | ConstraintKind::MustFinish => "CS_MANDFIN",
    };
    (name, Some(constraint.at))
}

/// The nearest of P6's five priorities.
fn priority(priority: Option<i64>) -> &'static str {
    let wanted = priority.unwrap_or(500);
    let nearest = PRIORITIES
        .iter()
        .min_by_key(|(_, size)| (size - wanted).abs());
    nearest.map_or("PT_Normal", |(name, _)| name)
}

fn task_type(kind: ActivityKind) -> &'static str {
    match kind {
        ActivityKind::Task => "TT_Task",
        ActivityKind::StartMilestone => "TT_Mile",
        ActivityKind::FinishMilestone => "TT_FinMile",
        ActivityKind::LevelOfEffort => "TT_LOE",
        ActivityKind::Summary => "TT_WBS",
    }
}

fn actual(progress: Progress) -> (Option<Minute>, Option<Minute>) {
    match progress {
        Progress::NotStarted => (None, None),
        Progress::Started { actual_start, .. } => (Some(actual_start), None),
        Progress::Finished {
            actual_start,
            actual_finish,
        } => (Some(actual_start), Some(actual_finish)),
    }
}

fn length(shift: &Shift) -> i64 {
    i64::from(shift.to) - i64::from(shift.from)
}

/// Hours of a day of work, where the calendar does not say.
fn longest_day(calendar: &NamedCalendar) -> i64 {
    let days = calendar.week.iter().flatten();
    days.map(|day| day.iter().map(length).sum())
        .max()
        .unwrap_or(480)
}

/// The nested list of shifts and exceptions.
fn clndr_data(calendar: &NamedCalendar) -> String {
    let mut text = String::from("(0||CalendarData()((0||DaysOfWeek()(");
    for day in 1..=7 {
        let shifts = calendar.week[(day + 5) % 7].as_deref().unwrap_or_default();
        text += &format!("(0||{day}()({}))", spans(shifts));
    }
    text += "))(0||VIEW(ShowTotal|N)())(0||Exceptions()(";
    for (number, (date, exception)) in calendar.exceptions.iter().enumerate() {
        let serial = serial_of(*date);
        text += &format!("(0||{number}(d|{serial})({}))", spans(&exception.shifts));
    }
    text + "))))"
}

fn spans(shifts: &[Shift]) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute % 1440 / 60, minute % 60);
    let span = |(number, shift): (usize, &Shift)| {
        format!(
            "(0||{number}(s|{}|f|{})())",
            clock(shift.from),
            clock(shift.to)
        )
    };
    shifts.iter().enumerate().map(span).collect()
}
