//! 计划表 The sheet of a plan: each activity with what was filled in and what the engine says about it.

use super::{PlanBook, day_text, days_text, edit, tenths};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::light;
use crate::page::project_plan::{
    CalendarName, ConstraintView, DriverView, NeedView, PlanLink, PlanRow, PlanSheet, PlanSummary,
    ResourceName, RowDates,
};
use ground::{Date, Finding, RecordId, date_of_finish, date_of_start};
use plan::{ActivityKind, CriticalRule, Driver, LagCalendar, Link, LinkKind, Schedule};
use portfolio::activity::{CONSTRAINTS, KINDS, TIMINGS};
use portfolio::{Activity, Bar, BarState, PlanBaseline, PlanResource, Scheduled};
use register::Record;
use std::collections::BTreeMap;

mod bands;
mod beside;
mod shortfall;

use bands::{Limits, band, bands};
pub(super) use beside::{Beside, baseline_view, records, resources};

/// Minutes of a day in which lags are written, as `plan::LagFactors` counts them.
const LAG_DAY: i64 = 480;
const ELAPSED_DAY: i64 = 1440;

/// What a reader asks of a sheet beyond its project and day.
#[derive(Clone, Debug, Default)]
pub struct SheetQuery {
    /// Id of the baseline to compare with, `none` for none; the newest when absent.
    pub baseline: Option<String>,
    /// 次关键: working days of float beyond critical up to which an activity is near-critical; 5 when absent.
    pub near_days: Option<i64>,
}

/// The sheet of a project on a day.
pub fn sheet(
    app: &App,
    actor: &Actor,
    id: &str,
    day: Option<Date>,
    query: &SheetQuery,
) -> Result<PlanSheet, AppError> {
    let book = PlanBook::open(app, actor, id, day)?;
    let beside = Beside::read(app, &book, query.baseline.as_deref())?;
    let scheduled = book.scheduled(app, book.activities());
    let names = BTreeMap::new();
    let view = SheetView {
        book: &book,
        scheduled: &scheduled,
        records: &book.records(),
        keys: &names,
        beside: &beside,
        limits: Limits::of(&book.rules, query.near_days),
    };
    let mut sheet = view.sheet(app)?;
    sheet.snapshot = beside::snapshot(app, &book, &scheduled)?;
    sheet.can_undo = super::change::newest(app, &book)?;
    Ok(sheet)
}

/// A scheduled plan with what stands beside it.
pub(super) struct SheetView<'a> {
    pub book: &'a PlanBook,
    pub scheduled: &'a Scheduled<'a>,
    pub records: &'a BTreeMap<RecordId, Record>,
    /// Keys of rows that a dry run adds.
    pub keys: &'a BTreeMap<RecordId, String>,
    pub beside: &'a Beside,
    /// Up to which float an activity is critical and near-critical.
    limits: Limits,
}

impl<'a> SheetView<'a> {
    /// The view of a plan tried out.
    pub fn tried(
        (book, scheduled): (&'a PlanBook, &'a Scheduled<'a>),
        records: &'a BTreeMap<RecordId, Record>,
        keys: &'a BTreeMap<RecordId, String>,
        beside: &'a Beside,
        query: &SheetQuery,
    ) -> Self {
        Self {
            book,
            scheduled,
            records,
            keys,
            beside,
            limits: Limits::of(&book.rules, query.near_days),
        }
    }

    pub fn sheet(&self, app: &App) -> Result<PlanSheet, AppError> {
        let (book, standing) = (self.book, &self.scheduled.standing);
        let activities: Vec<PlanRow> = (0..self.scheduled.built.activities.len())
            .map(|i| self.row(i))
            .collect();
        Ok(PlanSheet {
            project_id: book.project.id.to_string(),
            project_name: book.project.name.clone(),
            today: book.state.today,
            data_date: standing.data_date,
            editable: book.editable,
            position: app.position()?,
            target: standing.target.as_ref().map(|t| (t.date, t.kind.clone())),
            summary: self.summary(),
            links: self.links(),
            bands: bands(&activities, self.limits),
            calendars: self.calendars(),
            resources: self.beside.resources.iter().map(resource_name).collect(),
            baselines: self.beside.baselines.iter().map(baseline_view).collect(),
            baseline: self.beside.chosen().map(beside::ghost),
            snapshot: None,
            shortfall: self.shortfall(),
            compressions: self.compressions(),
            can_undo: None,
            findings: self.findings(),
            activities,
        })
    }

    fn findings(&self) -> Vec<Finding> {
        let of_calendars = self.book.state.calendar_findings.iter();
        let of_plan = self.scheduled.standing.findings.iter();
        let told = of_plan.chain(of_calendars).cloned();
        let told = told.chain(self.too_many_to_compress());
        let named = |finding| {
            let record = |id| self.records.get(&id);
            edit::named(finding, record, &self.book.definition)
        };
        told.map(named).collect()
    }

    fn id(&self, i: usize) -> String {
        self.id_of(self.scheduled.built.activities[i].id.0)
    }

    pub fn id_of(&self, id: RecordId) -> String {
        match self.keys.get(&id) {
            Some(key) => key.clone(),
            None => id.to_string(),
        }
    }

    fn row(&self, i: usize) -> PlanRow {
        let scheduled = self.scheduled;
        let built = &scheduled.built;
        let (activity, node) = (built.activities[i], &built.network.activities[i]);
        let bar = scheduled.standing.activities.get(i);
        let schedule = scheduled.schedule.as_ref();
        let record = self.records.get(&activity.id.0);
        let text = |id: &str| record.and_then(|r| r.text(id)).unwrap_or("").to_owned();
        let calendar = self.book.state.calendars.calendar(node.calendar);
        let per_day = self.per_day(i);
        let total_float = bar.and(schedule).map(|s| tenths(s.total_float[i], per_day));
        let state = bar.map_or(BarState::NotStarted, |bar| bar.state);
        PlanRow {
            id: self.id(i),
            version: record.map_or(0, |r| r.version),
            code: activity.code.clone(),
            name: activity.name.clone(),
            kind: kind_words(activity.kind),
            parent_id: built.outline.parents[i].map(|parent| self.id(parent)),
            level: built.outline.levels[i],
            unit_id: activity.unit.map(|id| id.to_string()),
            unit: self.book.state.unit_name(activity.unit),
            performer: text("performer"),
            responsible_person: text("responsible_person"),
            calendar: calendar.id().to_owned(),
            calendar_label: calendar.name().to_owned(),
            duration_days: activity.duration_days,
            duration_text: duration_text(activity, calendar.name()),
            predecessors: activity.predecessors.clone().unwrap_or_default(),
            timing: word_of(&TIMINGS, activity.timing),
            constraints: activity.constraints.iter().map(constraint_view).collect(),
            deadline: activity.deadline,
            manual: activity.manual,
            estimate: activity.estimate,
            weight: activity.weight,
            expected_finish: activity.expected_finish,
            remaining_days: (state == BarState::Running).then(|| {
                node.remaining().div_euclid(per_day) + i64::from(node.remaining() % per_day > 0)
            }),
            resources: self.needs(activity),
            dates: self.dates(i),
            state: state_word(state),
            assumed: bar.is_some_and(|bar| bar.assumed),
            percent: bar.map_or(0, |bar| bar.percent),
            reported_on: bar.and_then(|bar| bar.reported_on),
            total_float,
            // A summary is no work: there is nothing of its own that could be put off.
            free_float: bar
                .filter(|bar| bar.kind != ActivityKind::Summary)
                .and(schedule)
                .map(|s| tenths(self.free_float(s, i), per_day)),
            critical: bar.is_some_and(|bar| bar.critical),
            on_longest_path: schedule.is_some_and(|s| s.longest_path[i]),
            band: band(state, total_float, self.within(i), self.limits),
            slip_days: bar.map_or(0, |bar| bar.slip_days),
            rag: bar.map_or(plan::Rag::Grey, |bar| bar.rag),
            driver: schedule.and_then(|schedule| self.driver(schedule, i)),
            late_driver: bar.and(schedule).and_then(|s| self.late_driver(s, i)),
            why: portfolio::why_date(scheduled, i).unwrap_or_default(),
            variance: bar.and_then(|bar| self.variance(activity, bar)),
            on_wall: activity.on_wall,
            remark: text("remark"),
            editable: self.book.editable,
            demo: text("source").contains(crate::sample::DEMO),
        }
    }

    /// Whether the plan's own threshold of float makes an activity critical.
    fn within(&self, i: usize) -> bool {
        let float = self.scheduled.schedule.as_ref().map(|s| s.total_float[i]);
        match self.scheduled.options.critical {
            CriticalRule::Threshold(most) => float.is_some_and(|float| float <= most),
            CriticalRule::LongestPath => false,
        }
    }

    /// 自由时差 as shown. Work without successors may by P6's rule be late up to the end of the whole project, while its
    /// total float runs to the target: where there is one, more than that is nothing to be shown.
    fn free_float(&self, schedule: &Schedule, i: usize) -> i64 {
        let free = schedule.free_float[i];
        match self.scheduled.options.target {
            Some(_) => free.min(schedule.total_float[i].max(0)),
            None => free,
        }
    }

    fn per_day(&self, i: usize) -> i64 {
        let network = &self.scheduled.built.network;
        let calendar = network.activities[i].calendar;
        network.calendars[calendar].minutes_per_day().max(1)
    }

    fn dates(&self, i: usize) -> RowDates {
        let activity = self.scheduled.built.activities[i];
        let Some(bar) = self.scheduled.standing.activities.get(i) else {
            return RowDates {
                planned: (activity.planned_start, activity.planned_finish),
                actual: (activity.actual_start, activity.actual_finish),
                ..RowDates::default()
            };
        };
        RowDates {
            planned: (bar.planned_start, bar.planned_finish),
            actual: (bar.actual_start, bar.actual_finish),
            forecast: (Some(bar.forecast_start), Some(bar.forecast_finish)),
            early: self.early(i, bar),
            late: (Some(bar.late_start), Some(bar.late_finish)),
        }
    }

    /// The earliest dates; those of a summary stand in its bar, which rolls up its parts.
    fn early(&self, i: usize, bar: &Bar) -> (Option<Date>, Option<Date>) {
        let schedule = self.scheduled.schedule.as_ref();
        match schedule.filter(|schedule| schedule.stands_late(i)) {
            Some(schedule) => (
                Some(date_of_start(schedule.early_start[i])),
                Some(date_of_finish(schedule.early_finish[i])),
            ),
            None => (Some(bar.forecast_start), Some(bar.forecast_finish)),
        }
    }

    fn needs(&self, activity: &Activity) -> Vec<NeedView> {
        let need = |(id, units): &(RecordId, i64)| {
            let known = self.beside.resources.iter().find(|(one, _)| one.id == *id);
            NeedView {
                resource_id: id.to_string(),
                code: known.map_or(String::new(), |(one, _)| one.code.clone()),
                name: known.map_or_else(|| format!("编号 {id}"), |(one, _)| one.name.clone()),
                units: *units,
            }
        };
        activity.resources.iter().map(need).collect()
    }

    /// Working days after the baseline, on the activity's calendar.
    fn variance(&self, activity: &Activity, bar: &Bar) -> Option<(i64, i64)> {
        let row = self.beside.chosen_rows().get(&activity.id).copied()?;
        let calendars = &self.book.state.calendars;
        let calendar = calendars.calendar(calendars.of(activity));
        let days = |then: Date, now: Date| i64::from(calendar.workdays_between(then, now));
        Some((
            days(row.0, bar.forecast_start),
            days(row.1, bar.forecast_finish),
        ))
    }

    fn driver(&self, schedule: &Schedule, i: usize) -> Option<DriverView> {
        let network = &self.scheduled.built.network;
        let view = |kind, text: String| {
            Some(DriverView {
                kind,
                text,
                activity_id: None,
            })
        };
        match schedule.placed_by(i) {
            Driver::Link(index) => {
                let link = &network.links[index];
                Some(DriverView {
                    kind: "link",
                    text: waits_for(network, schedule, link),
                    activity_id: Some(self.id(link.from)),
                })
            }
            Driver::Constraint(kind) => {
                let (before, after) = kind.words();
                view("constraint", format!("限制条件：{before}…{after}"))
            }
            Driver::DataDate => view("data_date", "数据截至日之后才能排".to_owned()),
            Driver::ProjectStart => view("project_start", "项目从这一天开始".to_owned()),
            Driver::Actual => view("actual", "按实际进展往后排".to_owned()),
            Driver::Fixed => view("fixed", "手动排在这一天".to_owned()),
            Driver::Delay => view("timing", "因资源调配推迟".to_owned()),
            Driver::ExpectedFinish => view("expected_finish", "按预期完成推算".to_owned()),
            Driver::Late => view("timing", late_words(&network.activities[i]).to_owned()),
            Driver::Rollup => view("children", "由下级或前后工作算出".to_owned()),
            Driver::Deadline | Driver::Target | Driver::ProjectFinish => {
                view("timing", "按目标倒排".to_owned())
            }
        }
    }

    fn links(&self) -> Vec<PlanLink> {
        let network = &self.scheduled.built.network;
        let schedule = self.scheduled.schedule.as_ref();
        let room = schedule.map(|schedule| plan::link_floats(network, schedule));
        let slack = |index: usize, link: &Link| {
            let minutes = room.as_ref()?.get(index).copied().flatten()?;
            Some(tenths(minutes, self.per_day(link.to)))
        };
        let one = |(index, link): (usize, &Link)| {
            let from = &network.activities[link.from].code;
            let lag_text = lag_text(link);
            let kind = match (link.kind, lag_text.is_empty()) {
                (LinkKind::FS, true) => "",
                (kind, _) => kind.code(),
            };
            let drives = |schedule: &Schedule| schedule.placed_by(link.to) == Driver::Link(index);
            PlanLink {
                from_id: self.id(link.from),
                to_id: self.id(link.to),
                kind: link.kind.code(),
                lag_days: tenths(link.lag, lag_day(link)),
                driving: schedule.is_some_and(drives),
                slack_days: slack(index, link),
                text: format!("{from}{kind}{lag_text}"),
                lag_text,
            }
        };
        network.links.iter().enumerate().map(one).collect()
    }

    fn calendars(&self) -> Vec<CalendarName> {
        let own = |project: Option<ground::ProjectId>| {
            project.is_none_or(|project| project == self.book.project.id)
        };
        let state = &self.book.state;
        let hidden: Vec<&str> = state
            .kept_calendars
            .iter()
            .filter(|kept| !own(kept.project))
            .map(|kept| kept.code.as_str())
            .collect();
        let all = state.calendars.all().iter();
        all.filter(|calendar| !hidden.contains(&calendar.id()))
            .map(|calendar| CalendarName {
                code: calendar.id().to_owned(),
                name: calendar.name().to_owned(),
                minutes_per_day: calendar.timeline().minutes_per_day(),
            })
            .collect()
    }

    fn summary(&self) -> PlanSummary {
        let standing = &self.scheduled.standing;
        let work: Vec<&Bar> = standing.activities.iter().filter(|b| b.is_work()).collect();
        let count = |state| work.iter().filter(|bar| bar.state == state).count();
        let nodes = self.scheduled.built.network.activities.iter();
        let weighed = standing.activities.iter().zip(nodes);
        let (mut done, mut whole) = (0_i128, 0_i128);
        for (bar, node) in weighed.filter(|(bar, _)| bar.is_work()) {
            let finished = bar.state == BarState::Done;
            let percent = if finished { 10_000 } else { bar.percent };
            whole += i128::from(node.duration);
            done += i128::from(node.duration) * i128::from(percent);
        }
        let float = standing.float_workdays.map(|days| days * 10);
        PlanSummary {
            forecast_finish: standing.forecast_finish,
            slip_days: standing.slip_days,
            verdict: standing.verdict.map_or_else(String::new, |v| v.text()),
            float_days: float,
            float_text: crate::project::float_text(standing),
            start_by: standing.start_by,
            light: light::view(&standing.light),
            activities: self
                .scheduled
                .built
                .activities
                .iter()
                .filter(|a| is_work(a))
                .count(),
            done: count(BarState::Done),
            running: count(BarState::Running),
            not_started: count(BarState::NotStarted),
            percent: i64::try_from(done.checked_div(whole).unwrap_or(0)).unwrap_or(0),
            critical_path: self
                .critical_path()
                .into_iter()
                .map(|i| self.id(i))
                .collect(),
        }
    }
}

fn is_work(activity: &Activity) -> bool {
    !matches!(
        activity.kind,
        ActivityKind::Summary | ActivityKind::LevelOfEffort
    )
}

fn resource_name((resource, own): &(PlanResource, bool)) -> ResourceName {
    ResourceName {
        id: resource.id.to_string(),
        code: resource.code.clone(),
        name: resource.name.clone(),
        unit: resource.unit.clone(),
        own: *own,
    }
}

/// 等“桩基工程”完成（3月5日），再过 5 天.
fn waits_for(network: &plan::Network, schedule: &Schedule, link: &Link) -> String {
    let from = &network.activities[link.from];
    let name = if from.name.is_empty() {
        &from.code
    } else {
        &from.name
    };
    let (day, event) = match link.kind {
        LinkKind::FS | LinkKind::FF => (date_of_finish(schedule.planned_finish[link.from]), "完成"),
        LinkKind::SS | LinkKind::SF => (date_of_start(schedule.planned_start[link.from]), "开始"),
    };
    let days = days_text(tenths(link.lag.saturating_abs(), lag_day(link)));
    let unit = match link.lag_calendar {
        LagCalendar::Elapsed => "个自然日",
        _ => "天",
    };
    let lag = match link.lag {
        0 => String::new(),
        lag if lag > 0 => format!("，再过 {days} {unit}"),
        _ => format!("，可提前 {days} {unit}"),
    };
    let day = day_text(day, day);
    format!("等“{name}”{event}（{day}）{lag}")
}

fn lag_day(link: &Link) -> i64 {
    match link.lag_calendar {
        LagCalendar::Elapsed => ELAPSED_DAY,
        _ => LAG_DAY,
    }
}

/// +5天, -10天, +2自然日; a lag that is no whole tenth of a day stands in minutes.
pub(super) fn lag_text(link: &Link) -> String {
    if link.lag == 0 {
        return String::new();
    }
    let elapsed = link.lag_calendar == LagCalendar::Elapsed;
    let day = lag_day(link);
    let (size, unit) = match (link.lag % day, link.lag % 60, elapsed) {
        (0, _, false) => (day, "天"),
        (0, _, true) => (day, "自然日"),
        (_, 0, false) => (60, "小时"),
        (_, 0, true) => (60, "自然小时"),
        (_, _, false) => (1, "分钟"),
        (_, _, true) => (1, "自然分钟"),
    };
    format!("{:+}{unit}", link.lag / size)
}

/// Which end of which float late work stands at.
fn late_words(node: &plan::Activity) -> &'static str {
    match node.timing {
        plan::Timing::LateInFreeFloat => "尽晚安排：再晚就要推后续工作",
        _ => "尽晚安排：排到时差末尾",
    }
}

fn kind_words(kind: ActivityKind) -> (&'static str, &'static str) {
    let label = match kind {
        ActivityKind::Task => "任务",
        ActivityKind::StartMilestone => "开始节点",
        ActivityKind::FinishMilestone => "完成节点",
        ActivityKind::LevelOfEffort => "伴随工作",
        ActivityKind::Summary => "汇总",
    };
    (word_of(&KINDS, kind), label)
}

/// The register's code of a value.
pub(super) fn word_of<T: PartialEq + Copy>(words: &[(&'static str, T)], value: T) -> &'static str {
    let found = words.iter().find(|(_, one)| *one == value);
    found.map_or("", |(word, _)| word)
}

fn state_word(state: BarState) -> &'static str {
    match state {
        BarState::Done => "done",
        BarState::Running => "running",
        BarState::NotStarted => "not_started",
    }
}

fn constraint_view((kind, date): &(plan::ConstraintKind, Date)) -> ConstraintView {
    let (before, after) = kind.words();
    ConstraintView {
        kind: word_of(&CONSTRAINTS, *kind),
        date: *date,
        text: format!("{before} {date} {after}"),
    }
}

fn duration_text(activity: &Activity, calendar: &str) -> String {
    match (activity.kind, activity.duration_days) {
        (ActivityKind::Summary, _) => "由下级算出".to_owned(),
        (ActivityKind::LevelOfEffort, _) => "由前后工作算出".to_owned(),
        (_, Some(days)) => format!("{days} 天（{calendar}）"),
        (_, None) => String::new(),
    }
}

/// The chosen baseline's days by activity.
pub(super) type BaselineDays = BTreeMap<ground::ActivityId, (Date, Date)>;

fn days_of(baseline: &PlanBaseline) -> BaselineDays {
    let rows = baseline.by_activity().into_iter();
    rows.map(|(id, row)| (id, (row.start, row.finish)))
        .collect()
}
