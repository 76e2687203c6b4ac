//! What a plan file brings beside its activities, matched with what is there: calendars that work on the same days at
//! the same hours are ours, the others are made; resources are known by code or name; baselines that are here already
//! are not taken twice.

use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::permit::Access;
use crate::project_plan::PlanBook;
use crate::project_plan::brought::{Brought, BroughtBaseline};
use crate::project_plan::sheet::Beside;
use exchange::schedule_file::{CalendarException, ResourceKind, ScheduleFile};
use ground::timeline::{date_of_day, day_number};
use ground::{
    ActivityId, Date, Finding, Minute, RecordId, Timeline, date_of_finish, date_of_start, minute_of,
};
use plan::Progress;
use portfolio::print_hours;
use register::law::Ability;
use register::{Fields, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Days that calendars are compared on beyond those of the plan: work slips.
const BEYOND: i64 = 2 * 366;
/// Longest stretch compared; a date of another century is a slip.
const LONGEST: i64 = 20 * 366;
/// Exceptions that a calendar of ours can hold.
const EXCEPTIONS: usize = 400;
/// Resource needs of one activity.
const NEEDS: usize = 40;

/// What somebody may make.
#[derive(Clone, Copy)]
pub(super) struct Makes {
    calendars: bool,
    resources: bool,
    baselines: bool,
    reports: bool,
}

impl Makes {
    pub fn of(app: &App, actor: &Actor) -> Result<Self, AppError> {
        let may = |register: &str| -> Result<bool, AppError> {
            let access = Access::new(app, actor, &app.definition(register)?)?;
            Ok(access.need(Ability::Create).is_ok())
        };
        Ok(Self {
            calendars: may("work_calendar")?,
            resources: may("plan_resource")?,
            baselines: may("plan_baseline")?,
            reports: may("progress_report")?,
        })
    }
}

/// A calendar of the file and ours that does its work.
#[derive(Clone, Debug)]
pub(super) struct Stand {
    /// Name in the file.
    pub name: String,
    /// Our code.
    pub code: String,
    /// Made with the plan.
    pub new: bool,
}

/// Things of a file carried over.
pub(super) struct Carrier<'a> {
    pub brought: Brought,
    pub findings: Vec<Finding>,
    book: &'a PlanBook,
    beside: &'a Beside,
    file: &'a ScheduleFile,
    own: &'a [usize],
    makes: Makes,
    stands: BTreeMap<usize, Stand>,
    /// What rows call the resources of the file by.
    resources: BTreeMap<usize, String>,
}

impl<'a> Carrier<'a> {
    pub fn new(
        (book, beside): (&'a PlanBook, &'a Beside),
        (file, own): (&'a ScheduleFile, &'a [usize]),
        makes: Makes,
    ) -> Self {
        let mut carrier = Self {
            brought: Brought::default(),
            findings: Vec::new(),
            book,
            beside,
            file,
            own,
            makes,
            stands: BTreeMap::new(),
            resources: BTreeMap::new(),
        };
        carrier.carry_calendars();
        carrier.carry_resources();
        carrier
    }

    /// Calendars in use, in the order of the file.
    pub fn stands(&self) -> Vec<Stand> {
        self.stands.values().cloned().collect()
    }

    /// Our calendar for one of the file.
    pub fn calendar(&self, at: usize) -> &str {
        self.stands.get(&at).map_or("site7", |stand| &stand.code)
    }

    fn carry_calendars(&mut self) {
        let activities = &self.file.network.activities;
        let used: BTreeSet<usize> = self.own.iter().map(|i| activities[*i].calendar).collect();
        let span = self.span();
        for at in used {
            let name = self
                .file
                .calendars
                .get(at)
                .map_or("", |one| one.name.trim());
            let name = if name.is_empty() {
                "文件日历"
            } else {
                name
            };
            let name: String = name.chars().take(60).collect();
            let stand = self.known_calendar(at, span).map(|code| (code, false));
            let stand = stand.or_else(|| Some((self.new_calendar(at, &name, span)?, true)));
            let (code, new) = stand.unwrap_or_else(|| {
                let problem = format!("文件日历“{name}”没有带过来，用一周天数相同的标准日历代替。");
                let remedy = "日期会有出入；请由有权新增日历的人导入，或先在“工作日历”里建好。";
                self.findings.push(Finding::warning(
                    "plan.calendar_lost",
                    name.clone(),
                    problem,
                    remedy,
                ));
                (self.standard(at).to_owned(), false)
            });
            self.stands.insert(at, Stand { name, code, new });
        }
    }

    /// First and last day on which calendars are compared.
    fn span(&self) -> (Date, Date) {
        let stored = |i: &usize| self.file.stored.get(*i).copied().unwrap_or_default();
        let planned = |i: &usize| &self.file.details[*i];
        let starts = self
            .own
            .iter()
            .flat_map(|i| [planned(i).planned_start, stored(i).start]);
        let ends = self
            .own
            .iter()
            .flat_map(|i| [planned(i).planned_finish, stored(i).finish]);
        let start = starts.flatten().min().unwrap_or(self.file.options.start);
        let end = ends.flatten().max().unwrap_or(start).max(start);
        let first = day_number(date_of_start(start)) - 31;
        let last = (day_number(date_of_finish(end)) + BEYOND).min(first + LONGEST);
        (date_of_day(first), date_of_day(last))
    }

    fn days((first, last): (Date, Date)) -> impl Iterator<Item = Date> {
        (day_number(first)..=day_number(last)).map(date_of_day)
    }

    /// What a calendar works on each day on which calendars are compared.
    pub fn worked(&self, calendar: &Timeline) -> Vec<Worked> {
        let days = Self::days(self.span());
        days.map(|day| worked_on(calendar, day)).collect()
    }

    /// A calendar in reach that works on the same days from the same hour to the same hour: where calendars of
    /// different hours meet, an hour more in the evening makes a day.
    fn known_calendar(&self, at: usize, span: (Date, Date)) -> Option<String> {
        let theirs = &self.file.network.calendars[at];
        let same = |ours: &Timeline| {
            Self::days(span).all(|day| worked_on(ours, day) == worked_on(theirs, day))
        };
        let state = &self.book.state;
        let reach = |code: &str| {
            let kept = state.kept_calendars.iter().find(|kept| kept.code == code);
            kept.and_then(|kept| kept.project)
                .is_none_or(|project| project == self.book.project.id)
        };
        let all = state
            .calendars
            .all()
            .iter()
            .zip(state.calendars.timelines());
        let found = all
            .filter(|(one, _)| reach(one.id()))
            .find(|(_, ours)| same(ours));
        found.map(|(one, _)| one.id().to_owned())
    }

    /// The fields of a calendar that works as the file's does; gives its code.
    fn new_calendar(&mut self, at: usize, name: &str, span: (Date, Date)) -> Option<String> {
        let whole = self
            .file
            .whole_calendar(at)
            .filter(|_| self.makes.calendars)?;
        let text = |text: &str| Value::Text(text.to_owned());
        let day = |(weekday, shifts): (usize, &Option<Vec<ground::Shift>>)| {
            let mut row = Fields::from([("day".to_owned(), Value::Int(weekday as i64 + 1))]);
            let hours = print_hours(shifts.as_deref().unwrap_or_default());
            if !hours.is_empty() {
                row.insert("hours".to_owned(), Value::Text(hours));
            }
            row
        };
        let mut exceptions = ranges(&whole.exceptions, span);
        if exceptions.len() > EXCEPTIONS {
            let problem = format!(
                "文件日历“{name}”有 {} 段例外，只带前 {EXCEPTIONS} 段。",
                exceptions.len()
            );
            let finding = Finding::warning(
                "plan.calendar_long",
                name,
                problem,
                "请核对后面的停工和加班。",
            );
            self.findings.push(finding);
            exceptions.truncate(EXCEPTIONS);
        }
        let code = self.free_code();
        let mut fields = Fields::from([
            ("code".to_owned(), text(&code)),
            ("name".to_owned(), text(name)),
            ("project".to_owned(), Value::Ref(self.book.project.id.0)),
            // Holidays of the file stand among its exceptions.
            ("follow_holidays".to_owned(), Value::Bool(false)),
            (
                "week".to_owned(),
                Value::Rows(whole.week.iter().enumerate().map(day).collect()),
            ),
            ("source".to_owned(), text("计划文件")),
        ]);
        if !exceptions.is_empty() {
            fields.insert("exceptions".to_owned(), Value::Rows(exceptions));
        }
        self.brought.calendars.push(fields);
        Some(code)
    }

    fn free_code(&self) -> String {
        let made = self.brought.calendars.len();
        let taken = |code: &String| self.book.state.calendars.knows(code);
        let codes = (made + 1..).map(|n| format!("p{}-{n}", self.book.project.id.0));
        let new: Vec<&str> = self
            .brought
            .calendars
            .iter()
            .filter_map(|fields| fields.get("code").and_then(Value::as_text))
            .collect();
        codes
            .into_iter()
            .find(|code| !taken(code) && !new.contains(&code.as_str()))
            .unwrap_or_default()
    }

    /// The standard calendar with as many working days in a usual week.
    fn standard(&self, calendar: usize) -> &'static str {
        let timeline = &self.file.network.calendars[calendar];
        // Ten weeks from a March on: festivals of a single week do not decide.
        let first = Date::constant(2023, 3, 6);
        let ten = (first, date_of_day(day_number(first) + 69));
        match Self::days(ten)
            .filter(|day| timeline.minutes_on(*day) > 0)
            .count()
        {
            66.. => "site7",
            54..=65 => "site6",
            _ => "cn5",
        }
    }

    /// Resources that the activities need: known ones by code or name, new ones made for the project.
    fn carry_resources(&mut self) {
        let own: BTreeSet<usize> = self.own.iter().copied().collect();
        let assigned = self.file.assignments.iter();
        let used: BTreeSet<usize> = assigned
            .filter(|one| own.contains(&one.activity))
            .map(|one| one.resource)
            .collect();
        let mut lost = 0;
        for at in used {
            match self.known_resource(at) {
                Some(id) => drop(self.resources.insert(at, id)),
                None if self.makes.resources => {
                    let key = Brought::resource_key(self.brought.resources.len());
                    let fields = self.new_resource(at);
                    self.brought.resources.push(fields);
                    self.resources.insert(at, key);
                }
                None => lost += 1,
            }
        }
        if lost > 0 {
            let problem = format!("文件里有 {lost} 种资源本单位没有登记，也无权新增，没有带过来。");
            let remedy = "请先在“计划资源”登记，或由有权的人导入。";
            let finding = Finding::warning("plan.resource_lost", "资源", problem, remedy);
            self.findings.push(finding);
        }
    }

    /// Code as the file has it, else its key there.
    fn resource_code(&self, at: usize) -> String {
        let resource = &self.file.resources[at];
        let code = match resource.code.trim() {
            "" => resource.id.trim(),
            code => code,
        };
        code.chars().take(40).collect()
    }

    fn known_resource(&self, at: usize) -> Option<String> {
        let (code, name) = (self.resource_code(at), self.file.resources[at].name.trim());
        let known = || self.beside.resources.iter().map(|(one, _)| one);
        let by_both = known().find(|one| one.code == code && one.name == name);
        let found = by_both.or_else(|| known().find(|one| !name.is_empty() && one.name == name));
        found.map(|one| one.id.to_string())
    }

    fn new_resource(&self, at: usize) -> Fields {
        let resource = &self.file.resources[at];
        let text = |text: &str| Value::Text(text.to_owned());
        let code = self.resource_code(at);
        let name: String = match resource.name.trim() {
            "" => code.clone(),
            name => name.chars().take(60).collect(),
        };
        let unit = match resource.kind {
            ResourceKind::Labour => "人",
            ResourceKind::Equipment => "台",
            ResourceKind::Material => "份",
            ResourceKind::Cost => "元",
        };
        // Without a limit in the file there is as much as the busiest activity needs.
        let needs = self
            .file
            .assignments
            .iter()
            .filter(|one| one.resource == at);
        let most = needs.map(|one| self.units(one)).max().unwrap_or(100);
        let stated = resource
            .max_units
            .filter(|units| units.is_finite() && *units > 0.0);
        let capacity = stated.map_or(most, |units| (units * 100.0).round() as i64);
        let row = Fields::from([("units".to_owned(), hundredths(capacity))]);
        Fields::from([
            ("code".to_owned(), text(&code)),
            ("name".to_owned(), text(&name)),
            ("unit".to_owned(), text(unit)),
            ("project".to_owned(), Value::Ref(self.book.project.id.0)),
            ("capacity".to_owned(), Value::Rows(vec![row])),
            ("source".to_owned(), text("计划文件")),
        ])
    }

    /// Units at work at a time in hundredths; where the file only has an amount of work, that over the duration.
    fn units(&self, one: &exchange::schedule_file::Assignment) -> i64 {
        if one.units.is_finite() && one.units > 0.0 {
            return (one.units.min(1e8) * 100.0).round() as i64;
        }
        let duration = self.file.network.activities[one.activity].duration.max(1);
        one.work.saturating_mul(100) / duration
    }

    /// What the rows need: resource (id or key) and units, by activity. None in a file that knows no resources.
    pub fn needs(&self) -> Option<BTreeMap<usize, Vec<(String, String)>>> {
        if self.file.resources.is_empty() {
            return None;
        }
        // In the order of the file.
        let mut all: BTreeMap<usize, Vec<(&String, i64)>> = BTreeMap::new();
        for one in &self.file.assignments {
            let Some(key) = self.resources.get(&one.resource) else {
                continue;
            };
            let needs = all.entry(one.activity).or_default();
            match needs.iter_mut().find(|(known, _)| *known == key) {
                Some((_, units)) => *units += self.units(one),
                None => needs.push((key, self.units(one))),
            }
        }
        let text = |units: i64| match units % 100 {
            0 => (units / 100).to_string(),
            part => format!("{}.{part:02}", units / 100),
        };
        let rows = |needs: Vec<(&String, i64)>| {
            let needs = needs
                .into_iter()
                .filter(|(_, units)| *units > 0)
                .take(NEEDS);
            needs
                .map(|(key, units)| (key.clone(), text(units)))
                .collect()
        };
        Some(
            all.into_iter()
                .map(|(activity, needs)| (activity, rows(needs)))
                .collect(),
        )
    }

    /// What the file says of running work, as reports of its data date: without one, work is presumed to go on as planned.
    pub fn carry_reports(
        &mut self,
        row: impl Fn(usize) -> RecordId,
        days: impl Fn(usize, i64) -> i64,
    ) {
        let head = self
            .own
            .first()
            .map(|i| self.file.network.activities[*i].project);
        let head = head.and_then(|at| self.file.projects.get(at as usize));
        let today = self.book.state.today;
        let day = head
            .and_then(|head| head.data_date)
            .map_or(today, word_of_day)
            .min(today);
        let mut lost = 0;
        for &i in self.own {
            let Progress::Started { remaining, .. } = self.file.network.activities[i].progress
            else {
                continue;
            };
            let id = row(i);
            let own = self.book.reports().iter();
            if own
                .clone()
                .any(|one| one.activity == Some(ActivityId(id)) && one.reported_on >= day)
            {
                continue;
            }
            if !self.makes.reports {
                lost += 1;
                continue;
            }
            let percent = (self.file.details[i].percent.clamp(0.0, 100.0) * 100.0).round() as i64;
            self.brought.reports.push(Fields::from([
                ("project".to_owned(), Value::Ref(self.book.project.id.0)),
                ("activity".to_owned(), Value::Ref(id)),
                ("reported_on".to_owned(), Value::Date(day)),
                ("percent".to_owned(), Value::Percent(percent)),
                ("remaining_days".to_owned(), Value::Int(days(i, remaining))),
                ("source".to_owned(), Value::Text("计划文件".to_owned())),
            ]));
        }
        if lost > 0 {
            let problem = format!("文件里 {lost} 项在干的工作的完成率没有带过来：您无权填进度。");
            let remedy = "请由有权填报的人导入，或另填进度。";
            self.findings.push(Finding::warning(
                "plan.report_lost",
                "进度",
                problem,
                remedy,
            ));
        }
    }

    /// Baselines of the file; `row` gives what a row is called by, its code and its name.
    pub fn carry_baselines(&mut self, row: impl Fn(usize) -> (String, String, String)) {
        let numbers: BTreeSet<u8> = self
            .own
            .iter()
            .flat_map(|i| self.file.baselines[*i].iter().map(|one| one.number))
            // In a file of ours the first one only carries the planned dates.
            .filter(|number| !(self.file.own && *number == 0))
            .collect();
        for number in numbers {
            let dates = |i: &usize| {
                let own = self.file.baselines[*i]
                    .iter()
                    .find(|one| one.number == number)?;
                let (start, finish) = own.start.zip(own.finish)?;
                let (key, code, name) = row(*i);
                let start = date_of_start(start);
                Some((key, code, name, (start, date_of_finish(finish).max(start))))
            };
            let rows: Vec<_> = self.own.iter().filter_map(dates).collect();
            if rows.is_empty() || self.has_baseline(&rows) {
                continue;
            }
            if !self.makes.baselines {
                let problem = "文件里的基准没有带过来：您无权新增基准。".to_owned();
                let remedy = "请由有权的人导入，或在“基准”里另定。";
                self.findings.push(Finding::warning(
                    "plan.baseline_lost",
                    "基准",
                    problem,
                    remedy,
                ));
                return;
            }
            let name = self.free_name(number);
            self.brought.baselines.push(BroughtBaseline { name, rows });
        }
    }

    /// Whether a baseline with these dates is here already.
    fn has_baseline(&self, rows: &[(String, String, String, (Date, Date))]) -> bool {
        let theirs: BTreeMap<&str, (Date, Date)> = rows
            .iter()
            .map(|(_, code, _, dates)| (code.as_str(), *dates))
            .collect();
        self.beside.baselines.iter().any(|known| {
            let ours: BTreeMap<&str, (Date, Date)> = known
                .rows
                .iter()
                .map(|row| (row.code.as_str(), (row.start, row.finish)))
                .collect();
            ours == theirs
        })
    }

    fn free_name(&self, number: u8) -> String {
        let plain = match number {
            0 => "文件基准".to_owned(),
            number => format!("文件基准{number}"),
        };
        let taken = |name: &String| self.beside.baselines.iter().any(|one| one.name == *name);
        let names = (1..).map(|n: u32| match n {
            1 => plain.clone(),
            n => format!("{plain}（{n}）"),
        });
        names
            .into_iter()
            .find(|name| !taken(name))
            .unwrap_or_default()
    }
}

/// Work of a day: how long, from when and until when.
pub(super) type Worked = (i64, Minute, Minute);

fn worked_on(calendar: &Timeline, day: Date) -> Worked {
    match calendar.minutes_on(day) {
        0 => (0, 0, 0),
        minutes => {
            let start = calendar.next_start(minute_of(day, 0, 0));
            let finish = calendar.previous_finish(minute_of(day, 24, 0));
            (minutes, start, finish)
        }
    }
}

/// The day of whose evening a data date speaks: at eight in the morning that is the day before.
pub(super) fn word_of_day(data_date: Minute) -> Date {
    const MORNING: i64 = 8 * 60;
    match data_date.rem_euclid(1440) {
        0..=MORNING => date_of_day(data_date.div_euclid(1440) - 1),
        _ => date_of_day(data_date.div_euclid(1440)),
    }
}

fn hundredths(units: i64) -> Value {
    Value::Decimal {
        scaled: units.max(1),
        digits: 2,
    }
}

/// Exceptions of the span as rows of our register; neighbouring days that are alike make one row.
fn ranges(days: &BTreeMap<Date, CalendarException>, (first, last): (Date, Date)) -> Vec<Fields> {
    let mut runs: Vec<(Date, Date, &CalendarException)> = Vec::new();
    for (day, exception) in days.range(first..=last) {
        match runs.last_mut() {
            Some((_, end, former))
                if *former == exception && day_number(*day) == day_number(*end) + 1 =>
            {
                *end = *day;
            }
            _ => runs.push((*day, *day, exception)),
        }
    }
    let row = |(first, last, exception): (Date, Date, &CalendarException)| {
        let working = !exception.shifts.is_empty();
        let name = match (exception.name.trim(), working) {
            ("", true) => "加班",
            ("", false) => "停工",
            (name, _) => name,
        };
        let mut row = Fields::from([
            (
                "name".to_owned(),
                Value::Text(name.chars().take(60).collect()),
            ),
            ("first".to_owned(), Value::Date(first)),
            ("last".to_owned(), Value::Date(last)),
            ("working".to_owned(), Value::Bool(working)),
        ]);
        if working {
            let hours = print_hours(&exception.shifts);
            row.insert("hours".to_owned(), Value::Text(hours));
        }
        row
    };
    runs.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::Shift;

    #[test]
    fn a_data_date_in_the_morning_speaks_of_the_evening_before() {
        let day = |text: &str| text.parse::<Date>().expect("a date");
        let of = |hour, minute| word_of_day(ground::minute_of(day("2023-03-11"), hour, minute));
        assert_eq!(of(0, 0), day("2023-03-10"));
        assert_eq!(of(8, 0), day("2023-03-10"));
        assert_eq!(of(17, 0), day("2023-03-11"));
    }

    #[test]
    fn neighbouring_days_that_are_alike_make_one_exception() {
        let day = |text: &str| text.parse::<Date>().expect("a date");
        let closed = CalendarException {
            name: "春节".to_owned(),
            shifts: Vec::new(),
        };
        let worked = CalendarException {
            name: String::new(),
            shifts: vec![Shift { from: 480, to: 720 }],
        };
        let days = BTreeMap::from([
            (day("1999-01-01"), closed.clone()),
            (day("2023-01-21"), closed.clone()),
            (day("2023-01-22"), closed.clone()),
            (day("2023-01-24"), closed),
            (day("2023-01-28"), worked),
        ]);
        let rows = ranges(&days, (day("2022-12-01"), day("2024-01-01")));
        let shape: Vec<(Option<Date>, Option<Date>, Option<&str>)> = rows
            .iter()
            .map(|row| {
                let date = |id: &str| row.get(id).and_then(Value::as_date);
                (
                    date("first"),
                    date("last"),
                    row.get("hours").and_then(Value::as_text),
                )
            })
            .collect();
        assert_eq!(
            shape,
            [
                (Some(day("2023-01-21")), Some(day("2023-01-22")), None),
                (Some(day("2023-01-24")), Some(day("2023-01-24")), None),
                (
                    Some(day("2023-01-28")),
                    Some(day("2023-01-28")),
                    Some("08:00-12:00")
                ),
            ]
        );
        assert_eq!(rows[2]["name"].as_text(), Some("加班"));
    }
}
