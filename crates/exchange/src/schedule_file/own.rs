//! 我们自己的计划文本 (TOML): a plan that people type, with predecessors as in their tables (`2FS-10,3SS+5天`) and the
//! shipped working calendars. The names of the keys are those of the works plan register.

use ground::timeline::date_of_day;
use ground::{Finding, HolidayTable, Layer, Minute, Timeline, WorkCalendar};
use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, LagFactors, Options, PredecessorRow,
    Progress, Timing, link_rows,
};
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::calendar::NamedCalendar;
use super::remarks::Remarks;
use super::{Detail, Format, ProjectHead, ScheduleFile, StoredDates, text, xml};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanText {
    #[serde(default)]
    name: String,
    #[serde(default)]
    code: String,
    start: When,
    target: Option<When>,
    data_date: Option<When>,
    calendar: Option<String>,
    #[serde(default, rename = "calendars")]
    calendars: Vec<CalendarText>,
    #[serde(default)]
    activity: Vec<ActivityText>,
}

/// A site's calendar: a shipped one with layers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarText {
    code: String,
    base: String,
    #[serde(default)]
    layer: Vec<LayerText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerText {
    name: String,
    first: When,
    last: When,
    #[serde(default)]
    working: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActivityText {
    code: String,
    name: String,
    #[serde(default)]
    duration_days: f64,
    #[serde(default)]
    predecessors: String,
    calendar: Option<String>,
    #[serde(default)]
    kind: KindText,
    parent: Option<String>,
    actual_start: Option<When>,
    actual_finish: Option<When>,
    remaining_days: Option<f64>,
    start_no_earlier: Option<When>,
    start_no_later: Option<When>,
    finish_no_earlier: Option<When>,
    finish_no_later: Option<When>,
    start_on: Option<When>,
    finish_on: Option<When>,
    mandatory_start: Option<When>,
    mandatory_finish: Option<When>,
    deadline: Option<When>,
    /// True: as late as its successors allow.
    #[serde(default)]
    late: bool,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum KindText {
    #[default]
    Task,
    StartMilestone,
    FinishMilestone,
    LevelOfEffort,
    Summary,
}

/// A date or a date and time, with or without quotes.
#[derive(Deserialize)]
#[serde(untagged)]
enum When {
    Plain(toml::value::Datetime),
    Quoted(String),
}

impl When {
    fn minute(&self) -> Option<Minute> {
        match self {
            When::Plain(value) => text::minute(value.to_string().as_bytes()),
            When::Quoted(value) => text::minute(value.as_bytes()),
        }
    }

    /// The moment from which on something may start.
    fn start(&self) -> Option<Minute> {
        self.minute()
    }

    /// The moment by which something must be over: a bare date means the end of its working day.
    fn finish(&self, timeline: &Timeline) -> Option<Minute> {
        let minute = self.minute()?;
        let bare = minute.rem_euclid(1440) == 0;
        Some(if bare {
            timeline.previous_finish(minute + 1440)
        } else {
            minute
        })
    }
}

/// Reads the text; what is wrong in it is told in `remarks`.
pub(super) fn read(bytes: &[u8], remarks: &mut Remarks) -> ScheduleFile {
    let decoded = xml::decode(bytes, remarks);
    let plan: PlanText = match toml::from_str(decoded.strip_prefix('\u{feff}').unwrap_or(&decoded))
    {
        Ok(plan) => plan,
        Err(error) => {
            let line = error.span().map_or(1, |span| line_of(&decoded, span.start));
            let problem = format!("第{line}行读不懂：{}", error.message());
            remarks.file_error("toml.syntax", &problem, "请对照手册“计划文本”一节改正");
            return ScheduleFile::empty(Format::Toml);
        }
    };
    Reader::new(remarks).read(&plan)
}

fn line_of(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at.min(text.len())];
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

struct Reader<'r> {
    file: ScheduleFile,
    remarks: &'r mut Remarks,
    known: FxHashMap<String, usize>,
    compiled: Vec<Timeline>,
}

impl<'r> Reader<'r> {
    fn new(remarks: &'r mut Remarks) -> Self {
        Reader {
            file: ScheduleFile::empty(Format::Toml),
            remarks,
            known: FxHashMap::default(),
            compiled: Vec::new(),
        }
    }

    fn read(mut self, plan: &PlanText) -> ScheduleFile {
        let calendar = self.calendar(plan, plan.calendar.as_deref().unwrap_or("cn5"));
        let timeline = self.compiled[calendar].clone();
        let start = self.moment(plan.start.start(), "start");
        let date = |when: &Option<When>| when.as_ref().and_then(When::start);
        let target = plan
            .target
            .as_ref()
            .and_then(|target| target.finish(&timeline));
        let head = ProjectHead {
            code: plan.code.clone(),
            name: plan.name.clone(),
            data_date: date(&plan.data_date),
            start: Some(start),
            must_finish: target,
            calendar,
            ..ProjectHead::default()
        };
        self.file.options = Options {
            data_date: head.data_date,
            target,
            ..Options::from_start(start)
        };
        self.file.projects.push(head);
        for (number, row) in (1..).zip(&plan.activity) {
            self.activity(plan, row, number);
        }
        self.link(plan);
        self.file.compile_calendars();
        self.file
    }

    fn moment(&mut self, minute: Option<Minute>, key: &str) -> Minute {
        if minute.is_none() {
            let problem = format!("“{key}”不是日期");
            self.remarks
                .file_error("toml.date", &problem, "请写成 2023-03-10");
        }
        minute.unwrap_or(0)
    }

    /// The calendar of that code, made when it is first asked for.
    fn calendar(&mut self, plan: &PlanText, code: &str) -> usize {
        if let Some(&index) = self.known.get(code) {
            return index;
        }
        let own = plan.calendars.iter().find(|calendar| calendar.code == code);
        let base = own.map_or(code, |calendar| calendar.base.as_str());
        let holidays = HolidayTable::shipped();
        let mut calendar = match base {
            "cn5" => WorkCalendar::official(holidays),
            "site6" => WorkCalendar::six_day(holidays),
            "site7" => WorkCalendar::seven_day(),
            _ => {
                let problem = format!("没有日历“{base}”，改用 cn5");
                let remedy = "可用 cn5、site6、site7，或在 [[calendars]] 里另立";
                self.remarks
                    .warning("toml.calendar", || base.to_owned(), || problem, remedy);
                WorkCalendar::official(holidays)
            }
        };
        for layer in own.iter().flat_map(|calendar| &calendar.layer) {
            if let (Some(first), Some(last)) = (layer.first.start(), layer.last.start()) {
                calendar = calendar.with_layer(Layer {
                    name: layer.name.clone(),
                    first: date_of_day(first.div_euclid(1440)),
                    last: date_of_day(last.div_euclid(1440)),
                    working: layer.working,
                    hours: None,
                });
            }
        }
        let index = self.file.calendars.len();
        self.compiled.push(calendar.timeline());
        self.file.calendars.push(NamedCalendar::of(&calendar, code));
        self.known.insert(code.to_owned(), index);
        index
    }

    fn activity(&mut self, plan: &PlanText, row: &ActivityText, number: usize) {
        let place = || format!("第{number}项“{}”", row.name);
        let calendar = match &row.calendar {
            Some(code) => self.calendar(plan, code),
            None => self.file.projects[0].calendar,
        };
        let timeline = self.compiled[calendar].clone();
        if !(0.0..=100_000.0).contains(&row.duration_days) {
            self.remarks.error(
                "toml.duration",
                place,
                || format!("工期 {} 天超出范围，按 0 处理", row.duration_days),
                "请填 0 到 100000 之间的天数",
            );
        }
        let remaining = row.remaining_days.unwrap_or(0.0);
        if !(0.0..=100_000.0).contains(&remaining) {
            self.remarks.error(
                "toml.duration",
                place,
                || format!("剩余工期 {remaining} 天超出范围，按 0 处理"),
                "请填 0 到 100000 之间的天数",
            );
        }
        let minutes = |days: f64| match (0.0..=100_000.0).contains(&days) {
            true => (days * timeline.minutes_per_day() as f64).round() as i64,
            false => 0,
        };
        let duration = minutes(row.duration_days);
        let mut activity = Activity::task(row.code.clone(), row.name.clone(), calendar, duration);
        activity.kind = match row.kind {
            KindText::Task => ActivityKind::Task,
            KindText::StartMilestone => ActivityKind::StartMilestone,
            KindText::FinishMilestone => ActivityKind::FinishMilestone,
            KindText::LevelOfEffort => ActivityKind::LevelOfEffort,
            KindText::Summary => ActivityKind::Summary,
        };
        if row.late {
            activity.timing = Timing::LateInFreeFloat;
        }
        activity.progress = progress(row, &timeline, row.remaining_days.map_or(duration, minutes));
        activity.constraints = constraints(row, &timeline);
        activity.deadline = row
            .deadline
            .as_ref()
            .and_then(|when| when.finish(&timeline));
        self.file.network.activities.push(activity);
        self.file.ids.push(row.code.clone());
        self.file.baselines.push(Vec::new());
        self.file.stored.push(StoredDates::default());
        self.file.details.push(Detail {
            key: number.to_string(),
            own_calendar: row.calendar.as_ref().map(|_| calendar),
            planned_duration: duration,
            ..Detail::default()
        });
    }

    /// Predecessors and summaries, now that every code is known.
    fn link(&mut self, plan: &PlanText) {
        let places: Vec<String> = (1..)
            .zip(&plan.activity)
            .map(|(n, row)| format!("第{n}项“{}”", row.name))
            .collect();
        let rows: Vec<PredecessorRow> = plan
            .activity
            .iter()
            .zip(&places)
            .zip(&self.file.network.activities)
            .map(|((row, place), activity)| PredecessorRow {
                code: &row.code,
                predecessors: &row.predecessors,
                duration: activity.duration,
                place,
            })
            .collect();
        let (links, findings) = link_rows(&rows, &LagFactors::default());
        self.file.network.links = links;
        self.remarks.take(findings);
        let index: FxHashMap<&str, usize> = self
            .file
            .ids
            .iter()
            .enumerate()
            .map(|(i, id)| (id.as_str(), i))
            .collect();
        let parents: Vec<Option<usize>> = plan
            .activity
            .iter()
            .map(|row| index.get(row.parent.as_deref()?).copied())
            .collect();
        for (activity, parent) in self.file.network.activities.iter_mut().zip(parents) {
            activity.parent = parent;
        }
    }
}

fn progress(row: &ActivityText, timeline: &Timeline, remaining: i64) -> Progress {
    let start = row
        .actual_start
        .as_ref()
        .and_then(When::start)
        .map(|at| timeline.next_start(at));
    let finish = row
        .actual_finish
        .as_ref()
        .and_then(|when| when.finish(timeline));
    Progress::of(start, finish, remaining)
}

fn constraints(row: &ActivityText, timeline: &Timeline) -> Vec<Constraint> {
    let starts = [
        (&row.start_no_earlier, ConstraintKind::StartNoEarlier),
        (&row.start_no_later, ConstraintKind::StartNoLater),
        (&row.start_on, ConstraintKind::StartOn),
        (&row.mandatory_start, ConstraintKind::MandatoryStart),
    ];
    let finishes = [
        (&row.finish_no_earlier, ConstraintKind::FinishNoEarlier),
        (&row.finish_no_later, ConstraintKind::FinishNoLater),
        (&row.finish_on, ConstraintKind::FinishOn),
        (&row.mandatory_finish, ConstraintKind::MandatoryFinish),
    ];
    let start = |when: &When| when.start().map(|at| timeline.next_start(at));
    let starts = starts
        .iter()
        .filter_map(|(when, kind)| Some((*kind, start(when.as_ref()?)?)));
    let finishes = finishes
        .iter()
        .filter_map(|(when, kind)| Some((*kind, when.as_ref()?.finish(timeline)?)));
    starts
        .chain(finishes)
        .map(|(kind, at)| Constraint { kind, at })
        .collect()
}

impl Remarks {
    /// Findings of others, as they are.
    fn take(&mut self, findings: Vec<Finding>) {
        findings.into_iter().for_each(|finding| self.add(finding));
    }
}
