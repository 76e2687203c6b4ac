//! 我们自己的计划文本 (TOML): a plan that people type, with predecessors as in their tables (`2FS-10,3SS+5天`) and the
//! shipped working calendars. `shape` lists its keys, `dates` reads its dates.

mod dates;
mod rules;
mod shape;
#[cfg(test)]
mod tests;

use ground::timeline::date_of_day;
use ground::{Finding, HolidayTable, Layer, Timeline, WorkCalendar};
use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, LagFactors, Options, PredecessorRow,
    Progress, Timing, link_rows,
};
use rustc_hash::FxHashMap;

use super::calendar::NamedCalendar;
use super::remarks::Remarks;
use super::{Detail, Format, ProjectHead, ScheduleFile, StoredDates, xml};
use dates::Dates;
use shape::{ActivityText, CalendarText, KindText, PlanText};

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
        self.check_calendars(plan);
        let calendar = self.calendar(plan, plan.calendar.as_deref().unwrap_or("cn5"));
        let timeline = self.compiled[calendar].clone();
        let mut dates = Dates {
            place: "计划",
            timeline: &timeline,
            remarks: self.remarks,
        };
        let start = dates.moment(Some(&plan.start), "start").unwrap_or(0);
        let target = dates.finish(plan.target.as_ref(), "target");
        let head = ProjectHead {
            code: plan.code.clone(),
            name: plan.name.clone(),
            data_date: dates.moment(plan.data_date.as_ref(), "data_date"),
            start: Some(start),
            must_finish: target,
            calendar,
            ..ProjectHead::default()
        };
        let options = Options {
            data_date: head.data_date,
            target,
            ..Options::from_start(start)
        };
        self.file.options = rules::lay_on(&plan.options, options, self.remarks);
        self.file.projects.push(head);
        for (number, row) in (1..).zip(&plan.activity) {
            self.activity(plan, row, number);
        }
        if plan.activity.is_empty() {
            let problem = "计划里没有工作";
            let remedy = "请用 [[activity]] 逐项写编号、名称和工期";
            self.remarks.file_error("toml.empty", problem, remedy);
        }
        self.link(plan);
        let links = &mut self.file.network.links;
        rules::lay_lags(&plan.options, links, calendar, self.remarks);
        self.file.compile_calendars();
        self.file
    }

    /// What is wrong with a calendar is told whether or not an activity asks for it.
    fn check_calendars(&mut self, plan: &PlanText) {
        for (i, calendar) in plan.calendars.iter().enumerate() {
            if plan.calendars[..i]
                .iter()
                .any(|one| one.code == calendar.code)
            {
                self.remarks.error(
                    "toml.calendar",
                    || place_of(calendar),
                    || "编号和前面的日历相同，没有采用".to_owned(),
                    "请换一个编号，或者合成一个日历",
                );
            } else {
                self.calendar(plan, &calendar.code);
            }
        }
    }

    /// The calendar of that code, made when it is first asked for.
    fn calendar(&mut self, plan: &PlanText, code: &str) -> usize {
        if let Some(&index) = self.known.get(code) {
            return index;
        }
        let own = plan.calendars.iter().find(|calendar| calendar.code == code);
        let mut calendar = self.shipped(own.map_or(code, |calendar| calendar.base.as_str()));
        for layer in own.map_or_else(Vec::new, |calendar| self.layers(calendar)) {
            calendar = calendar.with_layer(layer);
        }
        let index = self.file.calendars.len();
        self.compiled.push(calendar.timeline());
        self.file.calendars.push(NamedCalendar::of(&calendar, code));
        self.known.insert(code.to_owned(), index);
        index
    }

    fn shipped(&mut self, base: &str) -> WorkCalendar {
        let holidays = HolidayTable::shipped();
        match base {
            "cn5" => WorkCalendar::official(holidays),
            "site6" => WorkCalendar::six_day(holidays),
            "site7" => WorkCalendar::seven_day(),
            _ => {
                self.remarks.warning(
                    "toml.calendar",
                    || base.to_owned(),
                    || format!("没有日历“{base}”，改用 cn5"),
                    "可用 cn5、site6、site7，或在 [[calendars]] 里另立",
                );
                WorkCalendar::official(holidays)
            }
        }
    }

    /// The sound layers of a calendar.
    fn layers(&mut self, calendar: &CalendarText) -> Vec<Layer> {
        let (place, timeline) = (place_of(calendar), WorkCalendar::seven_day().timeline());
        let mut dates = Dates {
            place: &place,
            timeline: &timeline,
            remarks: self.remarks,
        };
        let mut layers = Vec::new();
        for layer in &calendar.layer {
            let first = dates.moment(Some(&layer.first), "first");
            let last = dates.moment(Some(&layer.last), "last");
            let (Some(first), Some(last)) = (first, last) else {
                continue;
            };
            if last < first {
                let problem = format!("“{}”的末日早于首日，没有采用", layer.name);
                dates.tell("toml.calendar", &problem, "请核对 first 和 last");
                continue;
            }
            layers.push(Layer {
                name: layer.name.clone(),
                first: date_of_day(first.div_euclid(1440)),
                last: date_of_day(last.div_euclid(1440)),
                working: layer.working,
                hours: None,
            });
        }
        layers
    }

    fn activity(&mut self, plan: &PlanText, row: &ActivityText, number: usize) {
        let calendar = match &row.calendar {
            Some(code) => self.calendar(plan, code),
            None => self.file.projects[0].calendar,
        };
        let (place, timeline) = (place_at(row, number), self.compiled[calendar].clone());
        let mut dates = Dates {
            place: &place,
            timeline: &timeline,
            remarks: self.remarks,
        };
        let duration = duration(row, &mut dates);
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
        activity.progress = progress(row, duration, &mut dates);
        activity.constraints = constraints(row, &mut dates);
        activity.deadline = dates.finish(row.deadline.as_ref(), "deadline");
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
            .map(|(n, row)| place_at(row, n))
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
        let mut parents = Vec::with_capacity(plan.activity.len());
        for (row, place) in plan.activity.iter().zip(&places) {
            let parent = row.parent.as_deref();
            let known = parent.and_then(|parent| index.get(parent).copied());
            if let (Some(parent), None) = (parent, known) {
                self.remarks.error(
                    "toml.parent",
                    || place.clone(),
                    || format!("所属的汇总工作“{parent}”在本计划里找不到"),
                    "请核对 parent，或者删去",
                );
            }
            parents.push(known);
        }
        for (activity, parent) in self.file.network.activities.iter_mut().zip(parents) {
            activity.parent = parent;
        }
    }
}

fn place_at(row: &ActivityText, number: usize) -> String {
    format!("第{number}项“{}”", row.name)
}

fn place_of(calendar: &CalendarText) -> String {
    format!("日历“{}”", calendar.code)
}

/// Working minutes; a milestone has none.
fn duration(row: &ActivityText, dates: &mut Dates) -> i64 {
    let minutes = dates.work(row.duration_days, "工期");
    let milestone = matches!(
        row.kind,
        KindText::StartMilestone | KindText::FinishMilestone
    );
    if milestone && minutes > 0 {
        let problem = "里程碑不占工期，填的工期没有采用";
        dates.warn("toml.duration", problem, "请删去工期，或者改为一般工作");
        return 0;
    }
    minutes
}

fn progress(row: &ActivityText, duration: i64, dates: &mut Dates) -> Progress {
    let start = dates.start(row.actual_start.as_ref(), "actual_start");
    let finish = dates.finish(row.actual_finish.as_ref(), "actual_finish");
    let remaining = row.remaining_days.map(|days| dates.work(days, "剩余工期"));
    if remaining.is_some() && row.actual_start.is_none() {
        let problem = "没有实际开始，剩余工期没有采用";
        dates.warn(
            "toml.progress",
            problem,
            "请填 actual_start，或者改 duration_days",
        );
    }
    if let (Some(from), Some(to)) = (start, finish)
        && to < from
    {
        let problem = "实际完成早于实际开始，实际开始按实际完成处理";
        dates.warn("toml.progress", problem, "请核对两个实际日期");
        return Progress::of(Some(to), Some(to), 0);
    }
    Progress::of(start, finish, remaining.unwrap_or(duration))
}

fn constraints(row: &ActivityText, dates: &mut Dates) -> Vec<Constraint> {
    use ConstraintKind::{
        FinishNoEarlier, FinishNoLater, FinishOn, MandatoryFinish, MandatoryStart, StartNoEarlier,
        StartNoLater, StartOn,
    };
    let starts = [
        (&row.start_no_earlier, "start_no_earlier", StartNoEarlier),
        (&row.start_no_later, "start_no_later", StartNoLater),
        (&row.start_on, "start_on", StartOn),
        (&row.mandatory_start, "mandatory_start", MandatoryStart),
    ];
    let finishes = [
        (&row.finish_no_earlier, "finish_no_earlier", FinishNoEarlier),
        (&row.finish_no_later, "finish_no_later", FinishNoLater),
        (&row.finish_on, "finish_on", FinishOn),
        (&row.mandatory_finish, "mandatory_finish", MandatoryFinish),
    ];
    let mut constraints = Vec::new();
    for (when, key, kind) in starts {
        let at = dates.start(when.as_ref(), key);
        constraints.extend(at.map(|at| Constraint { kind, at }));
    }
    for (when, key, kind) in finishes {
        let at = dates.finish(when.as_ref(), key);
        constraints.extend(at.map(|at| Constraint { kind, at }));
    }
    constraints
}

impl Remarks {
    /// Findings of others, as they are.
    fn take(&mut self, findings: Vec<Finding>) {
        findings.into_iter().for_each(|finding| self.add(finding));
    }
}
