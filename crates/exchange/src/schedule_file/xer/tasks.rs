//! TASK and TASKPRED: activities with their progress, constraints and stored dates; links.

use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, LagCalendar, Link, LinkKind, Progress,
    Timing,
};

use super::table::{Row, Table};
use super::{LagRule, Reader, columns};
use crate::schedule_file::{BaselineDates, Detail, StoredDates};

columns!(
    TaskColumns: task_id, proj_id, wbs_id, clndr_id, task_code, task_name, task_type, status_code, complete_pct_type,
    phys_complete_pct, target_drtn_hr_cnt, remain_drtn_hr_cnt, total_float_hr_cnt, free_float_hr_cnt, act_start_date,
    act_end_date, early_start_date, early_end_date, late_start_date, late_end_date, target_start_date,
    target_end_date, expect_end_date, resume_date, external_early_start_date, external_late_end_date, cstr_type,
    cstr_date, cstr_type2, cstr_date2, driving_path_flag, act_work_qty, remain_work_qty, priority_type,
);

columns!(LinkColumns: task_id, pred_task_id, pred_proj_id, proj_id, pred_type, lag_hr_cnt);

columns!(MemoColumns: task_id, task_memo);

impl<'a> Reader<'a, '_> {
    pub(super) fn read_tasks(&mut self, table: &Table<'a>) {
        let needed = ["task_id", "proj_id", "task_code"];
        if !table.has(&needed) {
            self.remarks.error(
                "xer.fields",
                || table.place(),
                || format!("缺少栏目{}中的一个，作业没有读入", needed.join("、")),
                "请用 P6 自己的导出功能重新导出",
            );
            return;
        }
        let c = TaskColumns::of(table);
        table.each(|row| self.read_task(row, &c));
    }

    fn read_task(&mut self, row: &Row<'a, '_>, c: &TaskColumns) {
        let (key, project) = (row.raw(c.task_id), row.raw(c.proj_id));
        if self.stubs.contains(project) || self.baselines.contains_key(project) {
            return;
        }
        let known = self.projects.get(project).copied();
        let problem = if key.is_empty() {
            "没有 task_id"
        } else if row.ends_before(c.task_code) || row.too_long() {
            "栏数与表头不符（可能被截断，或名称里有制表符）"
        } else if self.tasks.contains_key(key) {
            "的 task_id 与前面的作业重复"
        } else if known.is_none() {
            "的 proj_id 不在 PROJECT 表中"
        } else {
            ""
        };
        match known {
            Some(project) if problem.is_empty() => {
                self.tasks.insert(key, self.file.ids.len());
                self.push_task(row, c, project);
            }
            _ => self.broken(row, problem),
        }
    }

    fn push_task(&mut self, row: &Row<'a, '_>, c: &TaskColumns, project: usize) {
        let code = row.text(c.task_code);
        let kind = self.kind(row, c);
        let calendar = self.calendar_of(row, c, project);
        let target = row.minutes(c.target_drtn_hr_cnt, self.remarks);
        let remaining = row.minutes(c.remain_drtn_hr_cnt, self.remarks).or(target);
        if remaining.is_none() && kind == ActivityKind::Task {
            self.remarks.warning(
                "xer.duration",
                || row.place(),
                || "作业没有工期，按 0 处理".to_owned(),
                "请在 P6 中补填工期",
            );
        }
        let remaining = self.not_negative(row, remaining.unwrap_or(0));
        let progress = self.progress(row, c, remaining);
        let duration = match progress {
            Progress::NotStarted => remaining,
            _ => target.unwrap_or(remaining).max(0),
        };
        let mut activity = Activity::task(code.clone(), row.text(c.task_name), calendar, duration);
        activity.kind = kind;
        activity.progress = progress;
        activity.project = project as u32;
        if self.settings[project].expected_finish {
            activity.expected_finish = row.date(c.expect_end_date, self.remarks);
        }
        self.constrain(&mut activity, row, c, project);
        let detail = Detail {
            key: row.text(c.task_id),
            wbs: self.wbs.get(row.raw(c.wbs_id)).copied(),
            planned_duration: target.unwrap_or(remaining),
            planned_start: row.date(c.target_start_date, self.remarks),
            planned_finish: row.date(c.target_end_date, self.remarks),
            percent: self.percent(row, c, &activity),
            physical: row.number(c.phys_complete_pct, self.remarks).unwrap_or(0.0),
            priority: self.priority(row, c),
            own_calendar: Some(calendar),
            ignores_resources: true,
            ..Detail::default()
        };
        let stored = self.stored(row, c, progress);
        if row.raw(c.task_type) == b"TT_Rsrc" {
            self.dependent.push(self.file.ids.len());
        }
        self.file.network.activities.push(activity);
        self.file.ids.push(code);
        self.file.details.push(detail);
        self.file.baselines.push(Vec::new());
        self.file.stored.push(stored);
    }

    fn kind(&mut self, row: &Row, c: &TaskColumns) -> ActivityKind {
        match row.raw(c.task_type) {
            b"TT_Task" | b"TT_Rsrc" | b"" => ActivityKind::Task,
            b"TT_Mile" => ActivityKind::StartMilestone,
            b"TT_FinMile" => ActivityKind::FinishMilestone,
            b"TT_LOE" => ActivityKind::LevelOfEffort,
            b"TT_WBS" => ActivityKind::Summary,
            _ => {
                self.remarks.warning(
                    "xer.task_type",
                    || row.place(),
                    || {
                        format!(
                            "不认识的作业类型“{}”，按普通作业处理",
                            row.text(c.task_type)
                        )
                    },
                    "请在 P6 中核对作业类型",
                );
                ActivityKind::Task
            }
        }
    }

    /// Priority as Project counts it.
    fn priority(&mut self, row: &Row, c: &TaskColumns) -> Option<i64> {
        let name = row.raw(c.priority_type);
        let known = PRIORITIES.iter().find(|(word, _)| word.as_bytes() == name);
        if known.is_none() && !name.is_empty() {
            self.remarks.warning(
                "xer.priority",
                || row.place(),
                || format!("不认识的优先级“{}”，按普通处理", row.text(c.priority_type)),
                "请在 P6 中核对优先级",
            );
        }
        known.map(|(_, priority)| *priority)
    }

    fn calendar_of(&mut self, row: &Row, c: &TaskColumns, project: usize) -> usize {
        if let Some(&calendar) = self.calendars.get(row.raw(c.clndr_id)) {
            return calendar;
        }
        self.remarks.warning(
            "xer.unknown_calendar",
            || row.place(),
            || {
                format!(
                    "日历 {} 不在 CALENDAR 表中，改用项目日历",
                    row.text(c.clndr_id)
                )
            },
            "请在 P6 中给作业指定日历后重新导出",
        );
        self.file.projects[project].calendar
    }

    fn not_negative(&mut self, row: &Row, minutes: i64) -> i64 {
        if minutes < 0 {
            self.remarks.warning(
                "xer.duration",
                || row.place(),
                || "工期是负数，按 0 处理".to_owned(),
                "请在 P6 中改正工期",
            );
        }
        minutes.max(0)
    }

    fn progress(&mut self, row: &Row, c: &TaskColumns, remaining: i64) -> Progress {
        let start = row.date(c.act_start_date, self.remarks);
        let finish = row.date(c.act_end_date, self.remarks);
        let status = row.raw(c.status_code);
        match (status, start, finish) {
            (b"TK_Complete", Some(start), Some(finish)) => {
                if finish < start {
                    self.remarks.warning(
                        "xer.actual",
                        || row.place(),
                        || "实际完成早于实际开始，实际开始按实际完成处理".to_owned(),
                        "请在 P6 中核对实际开始、实际完成",
                    );
                }
                Progress::of(Some(start), Some(finish), 0)
            }
            // A milestone has only one of the two.
            (b"TK_Complete", Some(date), None) | (b"TK_Complete", None, Some(date)) => {
                Progress::of(Some(date), Some(date), 0)
            }
            (b"TK_Active", Some(actual_start), _) => Progress::Started {
                actual_start,
                remaining,
            },
            (b"TK_Active", None, _) | (b"TK_Complete", None, None) => {
                self.remarks.warning(
                    "xer.actual",
                    || row.place(),
                    || "作业已开始或已完成，却没有实际日期，按未开始处理".to_owned(),
                    "请在 P6 中补填实际开始、实际完成",
                );
                Progress::NotStarted
            }
            (b"TK_NotStart" | b"", ..) => Progress::NotStarted,
            _ => {
                self.remarks.warning(
                    "xer.status",
                    || row.place(),
                    || {
                        let status = row.text(c.status_code);
                        format!("不认识的作业状态“{status}”，按未开始处理")
                    },
                    "请在 P6 中核对作业状态",
                );
                Progress::NotStarted
            }
        }
    }

    fn constrain(&mut self, activity: &mut Activity, row: &Row, c: &TaskColumns, project: usize) {
        for (kind, date) in [(c.cstr_type, c.cstr_date), (c.cstr_type2, c.cstr_date2)] {
            let date = row.date(date, self.remarks);
            match (row.raw(kind), date) {
                (b"", _) => {}
                (b"CS_ALAP", _) => activity.timing = Timing::LateInFreeFloat,
                (name, Some(at)) if constraint_kind(name).is_some() => {
                    let constraint = constraint_kind(name).map(|kind| Constraint { kind, at });
                    activity.constraints.extend(constraint);
                }
                _ => self.remarks.warning(
                    "xer.constraint",
                    || row.place(),
                    || format!("限制条件“{}”不认识或没有日期，没有采用", row.text(kind)),
                    "请在 P6 中核对限制条件及其日期",
                ),
            }
        }
        if activity.progress == Progress::NotStarted && self.settings[project].external {
            self.constrain_from_outside(activity, row, c);
        }
        if !matches!(activity.progress, Progress::Finished { .. })
            && row.date(c.resume_date, self.remarks).is_some()
        {
            self.remarks.info(
                "xer.suspended",
                || row.place(),
                || "作业填有暂停和恢复日期，计算不考虑暂停".to_owned(),
                "需要时把恢复日期写成“不早于…开始”",
            );
        }
    }

    /// Dates that links into other projects left behind (P6 "external early start", "external late finish").
    fn constrain_from_outside(&mut self, activity: &mut Activity, row: &Row, c: &TaskColumns) {
        for (column, kind) in [
            (c.external_early_start_date, ConstraintKind::StartNoEarlier),
            (c.external_late_end_date, ConstraintKind::FinishNoLater),
        ] {
            if let Some(at) = row.date(column, self.remarks) {
                activity.constraints.push(Constraint { kind, at });
            }
        }
    }

    fn percent(&mut self, row: &Row, c: &TaskColumns, activity: &Activity) -> f64 {
        let physical = row.number(c.phys_complete_pct, self.remarks).unwrap_or(0.0);
        match (activity.progress, row.raw(c.complete_pct_type)) {
            (Progress::Finished { .. }, _) => 100.0,
            (_, b"CP_Phys") => physical,
            (Progress::NotStarted, _) => 0.0,
            (_, b"CP_Units") => {
                let done = row.number(c.act_work_qty, self.remarks).unwrap_or(0.0);
                let rest = row.number(c.remain_work_qty, self.remarks).unwrap_or(0.0);
                if done + rest > 0.0 {
                    100.0 * done / (done + rest)
                } else {
                    0.0
                }
            }
            (Progress::Started { remaining, .. }, _) if activity.duration > 0 => {
                let done = activity.duration - remaining.min(activity.duration);
                100.0 * done as f64 / activity.duration as f64
            }
            _ => 0.0,
        }
    }

    fn stored(&mut self, row: &Row, c: &TaskColumns, progress: Progress) -> StoredDates {
        let mut date = |column| row.date(column, self.remarks);
        let early_start = date(c.early_start_date);
        let early_finish = date(c.early_end_date);
        let (start, finish) = match progress {
            Progress::NotStarted => (early_start, early_finish),
            Progress::Started { actual_start, .. } => (Some(actual_start), early_finish),
            Progress::Finished {
                actual_start,
                actual_finish,
            } => (Some(actual_start), Some(actual_finish)),
        };
        StoredDates {
            early_start,
            early_finish,
            late_start: date(c.late_start_date),
            late_finish: date(c.late_end_date),
            start,
            finish,
            total_float: row.minutes(c.total_float_hr_cnt, self.remarks),
            free_float: row.minutes(c.free_float_hr_cnt, self.remarks),
            critical: None,
            longest_path: match row.raw(c.driving_path_flag) {
                b"Y" => Some(true),
                b"N" => Some(false),
                _ => None,
            },
        }
    }

    /// Activities of baseline projects: dates for the activity of the same code.
    pub(super) fn read_baseline_tasks(&mut self, table: &Table<'a>) {
        if self.baselines.is_empty() {
            return;
        }
        let c = TaskColumns::of(table);
        let mut by_code = rustc_hash::FxHashMap::default();
        for (index, activity) in self.file.network.activities.iter().enumerate() {
            by_code.insert((activity.project as usize, activity.code.clone()), index);
        }
        table.each(|row| {
            let Some(&(project, number)) = self.baselines.get(row.raw(c.proj_id)) else {
                return;
            };
            let Some(&index) = by_code.get(&(project, row.text(c.task_code))) else {
                return;
            };
            let mut date = |first, second| {
                let first = row.date(first, self.remarks);
                first.or_else(|| row.date(second, self.remarks))
            };
            let baseline = BaselineDates {
                number,
                start: date(c.act_start_date, c.target_start_date),
                finish: date(c.act_end_date, c.target_end_date),
                duration: row.minutes(c.target_drtn_hr_cnt, self.remarks),
            };
            self.file.baselines[index].push(baseline);
        });
    }

    pub(super) fn read_links(&mut self, table: &Table<'a>) {
        let c = LinkColumns::of(table);
        table.each(|row| {
            let from = self.tasks.get(row.raw(c.pred_task_id)).copied();
            let to = self.tasks.get(row.raw(c.task_id)).copied();
            match (from, to) {
                (Some(from), Some(to)) if from != to => self.push_link(row, &c, from, to),
                (Some(_), Some(_)) => self.broken(row, "的紧前作业就是作业自己"),
                _ => self.missing_end(row, &c),
            }
        });
    }

    fn push_link(&mut self, row: &Row, c: &LinkColumns, from: usize, to: usize) {
        let kind = match row.raw(c.pred_type) {
            b"PR_SS" => LinkKind::SS,
            b"PR_FF" => LinkKind::FF,
            b"PR_SF" => LinkKind::SF,
            b"PR_FS" | b"" => LinkKind::FS,
            _ => {
                self.remarks.warning(
                    "xer.link_type",
                    || row.place(),
                    || {
                        let kind = row.text(c.pred_type);
                        format!("不认识的关系类型“{kind}”，按完成—开始（FS）处理")
                    },
                    "请在 P6 中核对这条关系",
                );
                LinkKind::FS
            }
        };
        let project = self.file.network.activities[to].project as usize;
        let lag_calendar = match self.settings[project].lag {
            LagRule::Of(calendar) => calendar,
            LagRule::ProjectDefault => LagCalendar::Of(self.file.projects[project].calendar),
        };
        self.file.network.links.push(Link {
            from,
            to,
            kind,
            lag: row.minutes(c.lag_hr_cnt, self.remarks).unwrap_or(0),
            lag_calendar,
        });
    }

    /// A link whose other end is not among the activities read.
    fn missing_end(&mut self, row: &Row, c: &LinkColumns) {
        let elsewhere =
            |project: &[u8]| self.stubs.contains(project) || self.baselines.contains_key(project);
        if self.baselines.contains_key(row.raw(c.proj_id)) {
            return;
        }
        if elsewhere(row.raw(c.proj_id)) || !self.projects.contains_key(row.raw(c.pred_proj_id)) {
            self.remarks.info(
                "xer.external_link",
                || row.place(),
                || "逻辑关系的一端在其他项目，文件里没有，未采用".to_owned(),
                "需要时请在 P6 中把相关项目一并导出",
            );
            return;
        }
        self.remarks.error(
            "xer.link",
            || row.place(),
            || {
                let (task, before) = (row.text(c.task_id), row.text(c.pred_task_id));
                format!("作业 {task} 或紧前作业 {before} 不在 TASK 表中，这条逻辑关系没有读入")
            },
            "请重新导出；仍然如此时在 P6 中删除这条关系后重建",
        );
    }

    pub(super) fn read_notes(&mut self, table: &Table<'a>) {
        let c = MemoColumns::of(table);
        table.each(|row| {
            if let Some(&index) = self.tasks.get(row.raw(c.task_id)) {
                let notes = &mut self.file.details[index].notes;
                if !notes.is_empty() {
                    notes.push('\n');
                }
                notes.push_str(&plain(&row.text(c.task_memo)));
            }
        });
    }
}

/// Notes are HTML in P6: the text between the marks, with the usual entities put right.
fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            '\u{7f}' if !inside => text.push('\n'),
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    let text = text.replace("&nbsp;", " ").replace("&lt;", "<");
    text.replace("&gt;", ">")
        .replace("&amp;", "&")
        .trim()
        .to_owned()
}

/// Priorities of P6, and what they are in Project.
pub(super) const PRIORITIES: [(&str, i64); 5] = [
    ("PT_Top", 800),
    ("PT_High", 600),
    ("PT_Normal", 500),
    ("PT_Low", 400),
    ("PT_Lowest", 200),
];

fn constraint_kind(name: &[u8]) -> Option<ConstraintKind> {
    Some(match name {
        b"CS_MSO" => ConstraintKind::StartOn,
        b"CS_MSOA" => ConstraintKind::StartNoEarlier,
        b"CS_MSOB" => ConstraintKind::StartNoLater,
        b"CS_MEO" => ConstraintKind::FinishOn,
        b"CS_MEOA" => ConstraintKind::FinishNoEarlier,
        b"CS_MEOB" => ConstraintKind::FinishNoLater,
        b"CS_MANDSTART" => ConstraintKind::MandatoryStart,
        b"CS_MANDFIN" => ConstraintKind::MandatoryFinish,
        _ => return None,
    })
}
