//! What a P6 export says before its activities: projects and their schedule options, calendars, work breakdown.

use ground::Shift;
use plan::{CriticalRule, FloatRule, LagCalendar, OutOfSequence};

use super::table::{Row, Table};
use super::{LagRule, Reader, Settings, clndr, columns};
use crate::schedule_file::calendar::{CalendarKind, NamedCalendar};
use crate::schedule_file::{DayFactors, ProjectHead, WbsNode};

columns!(
    ProjectColumns: proj_id, proj_short_name, orig_proj_id, export_flag, clndr_id, last_recalc_date, plan_start_date,
    plan_end_date, scd_end_date, critical_path_type, critical_drtn_hr_cnt,
);

columns!(
    SettingColumns: proj_id, sched_calendar_on_relationship_lag, sched_retained_logic, sched_progress_override,
    sched_float_type, sched_open_critical_flag, sched_use_project_end_date_for_float, sched_lag_early_start_flag,
    sched_use_expect_end_flag, sched_outer_depend_type,
);

columns!(
    CalendarColumns: clndr_id, clndr_name, clndr_type, base_clndr_id, day_hr_cnt, clndr_data,
);

columns!(WbsColumns: wbs_id, proj_id, parent_wbs_id, wbs_short_name, wbs_name, proj_node_flag);

impl<'a> Reader<'a, '_> {
    pub(super) fn read_projects(&mut self, table: &Table<'a>) {
        let c = ProjectColumns::of(table);
        let (mut ids, mut exported) = (Vec::new(), false);
        table.each(|row| {
            ids.push((row.raw(c.proj_id), row.raw(c.orig_proj_id)));
            exported |= row.raw(c.export_flag) == b"Y";
        });
        table.each(|row| {
            let (id, original) = (row.raw(c.proj_id), row.raw(c.orig_proj_id));
            let baseline_of = ids
                .iter()
                .any(|(other, _)| *other == original && *other != id);
            if id.is_empty() {
                self.broken(row, "没有 proj_id");
            } else if !original.is_empty() && baseline_of {
                let known = self.projects.get(original).copied().unwrap_or(0);
                let number = self.baselines.len().min(10) as u8;
                self.baselines.insert(id, (known, number));
            } else if exported && row.raw(c.export_flag) == b"N" {
                self.stubs.insert(id);
            } else if !self.projects.contains_key(id) {
                self.push_project(row, &c);
            }
        });
    }

    fn push_project(&mut self, row: &Row<'a, '_>, c: &ProjectColumns) {
        self.projects
            .insert(row.raw(c.proj_id), self.file.projects.len());
        self.file.projects.push(ProjectHead {
            id: row.text(c.proj_id),
            code: row.text(c.proj_short_name),
            name: String::new(),
            data_date: row.date(c.last_recalc_date, self.remarks),
            start: row.date(c.plan_start_date, self.remarks),
            must_finish: row.date(c.plan_end_date, self.remarks),
            finish: row.date(c.scd_end_date, self.remarks),
            // The key of the calendar is looked up when the calendars are known.
            calendar: usize::MAX,
            from_finish: false,
            factors: DayFactors::default(),
        });
        let threshold = row.minutes(c.critical_drtn_hr_cnt, self.remarks);
        let critical = match row.raw(c.critical_path_type) {
            b"CT_DrivPath" => CriticalRule::LongestPath,
            _ => CriticalRule::Threshold(threshold.unwrap_or(0)),
        };
        self.settings.push(Settings {
            critical,
            ..Settings::default()
        });
    }

    pub(super) fn read_settings(&mut self, table: &Table<'a>) {
        let c = SettingColumns::of(table);
        table.each(|row| {
            let Some(&project) = self.projects.get(row.raw(c.proj_id)) else {
                return;
            };
            let critical = self.settings[project].critical;
            self.settings[project] = settings(row, &c, critical);
        });
    }

    pub(super) fn read_calendars(&mut self, table: &Table<'a>) {
        let c = CalendarColumns::of(table);
        table.each(|row| {
            let id = row.raw(c.clndr_id);
            if id.is_empty() || self.calendars.contains_key(id) {
                return self.broken(row, "没有 clndr_id，或与前面的日历重复");
            }
            let hours = row.minutes(c.day_hr_cnt, self.remarks);
            let mut calendar = NamedCalendar {
                id: row.text(c.clndr_id),
                name: row.text(c.clndr_name),
                minutes_per_day: hours.filter(|minutes| (1..=1440).contains(minutes)),
                kind: match row.raw(c.clndr_type) {
                    b"CA_Rsrc" => CalendarKind::Resource,
                    _ => CalendarKind::Base,
                },
                ..NamedCalendar::default()
            };
            if !clndr::fill(&mut calendar, &row.text(c.clndr_data)) {
                self.remarks.warning(
                    "xer.calendar",
                    || row.place(),
                    || {
                        format!(
                            "日历“{}”的工作时间读不懂或不完整，缺的日子按周一至周五八小时处理",
                            calendar.name
                        )
                    },
                    "请在 P6 中打开这个日历核对工作时间，保存后重新导出",
                );
                complete(&mut calendar);
            }
            self.calendars.insert(id, self.file.calendars.len());
            self.file.calendars.push(calendar);
        });
    }

    /// Bases and project defaults, now that every calendar has its place.
    pub(super) fn join_calendars(&mut self, tables: &[Table<'a>]) {
        if self.file.calendars.is_empty() {
            self.file.calendars.push(NamedCalendar::standard());
        }
        for table in tables.iter().filter(|table| table.name == "CALENDAR") {
            let c = CalendarColumns::of(table);
            table.each(|row| {
                let own = self.calendars.get(row.raw(c.clndr_id));
                let base = self.calendars.get(row.raw(c.base_clndr_id));
                if let (Some(&own), Some(&base)) = (own, base)
                    && own != base
                {
                    self.file.calendars[own].base = Some(base);
                }
            });
        }
        for table in tables.iter().filter(|table| table.name == "PROJECT") {
            let c = ProjectColumns::of(table);
            table.each(|row| {
                if let Some(&project) = self.projects.get(row.raw(c.proj_id)) {
                    let calendar = self.calendars.get(row.raw(c.clndr_id)).copied();
                    self.file.projects[project].calendar = calendar.unwrap_or(0);
                }
            });
        }
    }

    pub(super) fn read_wbs(&mut self, table: &Table<'a>) {
        let c = WbsColumns::of(table);
        table.each(|row| {
            let id = row.raw(c.wbs_id);
            let Some(&project) = self.projects.get(row.raw(c.proj_id)) else {
                return;
            };
            if id.is_empty() || self.wbs.contains_key(id) {
                return self.broken(row, "没有 wbs_id，或与前面的重复");
            }
            if row.flag(c.proj_node_flag) {
                self.file.projects[project].name = row.text(c.wbs_name);
            }
            self.wbs.insert(id, self.file.wbs.len());
            self.file.wbs.push(WbsNode {
                id: row.text(c.wbs_id),
                code: row.text(c.wbs_short_name),
                name: row.text(c.wbs_name),
                parent: None,
                project,
            });
        });
    }

    /// Parents, now that every node has its place. A node whose parent is not there hangs from the project.
    pub(super) fn join_wbs(&mut self, tables: &[Table<'a>]) {
        for table in tables.iter().filter(|table| table.name == "PROJWBS") {
            let c = WbsColumns::of(table);
            table.each(|row| {
                let own = self.wbs.get(row.raw(c.wbs_id));
                let parent = self.wbs.get(row.raw(c.parent_wbs_id));
                if let (Some(&own), Some(&parent)) = (own, parent) {
                    self.file.wbs[own].parent = Some(parent);
                }
            });
        }
        crate::schedule_file::cut_wbs_loops(&mut self.file.wbs);
    }

    /// A row that cannot be taken.
    pub(super) fn broken(&mut self, row: &Row, what: &str) {
        self.remarks.error(
            "xer.row",
            || row.place(),
            || format!("这一行{what}，没有读入"),
            "请在 P6 中核对后重新导出",
        );
    }
}

fn settings(row: &Row, c: &SettingColumns, critical: CriticalRule) -> Settings {
    let lag = match row
        .raw(c.sched_calendar_on_relationship_lag)
        .to_ascii_lowercase()
        .as_slice()
    {
        b"rcal_successor" => LagRule::Of(LagCalendar::Successor),
        b"rcal_24hour" => LagRule::Of(LagCalendar::Elapsed),
        b"rcal_projdefault" | b"rcal_project" | b"rcal_projectdefault" => LagRule::ProjectDefault,
        _ => LagRule::Of(LagCalendar::Predecessor),
    };
    // The two flags together are one choice of three.
    let retained = row.raw(c.sched_retained_logic) != b"N";
    let out_of_sequence = match (retained, row.flag(c.sched_progress_override)) {
        (_, true) => OutOfSequence::ProgressOverride,
        (true, false) => OutOfSequence::RetainedLogic,
        (false, false) => OutOfSequence::ActualDates,
    };
    Settings {
        lag,
        out_of_sequence,
        float: match row.raw(c.sched_float_type) {
            b"FT_SS" => FloatRule::Start,
            b"FT_MIN" => FloatRule::Smaller,
            _ => FloatRule::Finish,
        },
        critical,
        open_ends_critical: row.flag(c.sched_open_critical_flag),
        float_to_own_project: row.flag(c.sched_use_project_end_date_for_float),
        // Y: the lag of a start-start link counts from the early start, not from the actual one.
        start_lag_from_actual: row.raw(c.sched_lag_early_start_flag) == b"N",
        expected_finish: row.raw(c.sched_use_expect_end_flag) != b"N",
        external: row.raw(c.sched_outer_depend_type) != b"SD_None",
    }
}

/// Days without a pattern of their own get the standard one.
fn complete(calendar: &mut NamedCalendar) {
    let standard = NamedCalendar::standard();
    let none = |day: &Option<Vec<Shift>>| day.as_ref().is_none_or(Vec::is_empty);
    if calendar.week.iter().all(none) {
        calendar.week = standard.week;
        return;
    }
    for (day, standard) in calendar.week.iter_mut().zip(standard.week) {
        if day.is_none() {
            *day = standard;
        }
    }
}
