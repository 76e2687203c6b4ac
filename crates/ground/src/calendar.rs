//! Working calendars: which days are worked, by the official notices and by the layers a site or a
//! district puts over them (春节停工, 高考静音, 扬尘管控, 汛期). Minute arithmetic is in `timeline`.

use crate::holidays::HolidayTable;
use crate::timeline::{OFFICE_DAY, Shift, Timeline, date_of_day, day_number};
use crate::{Date, Finding};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// What kind of day a calendar sees.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DayKind {
    /// 工作日. An ordinary working day.
    Working,
    /// 休息日. An ordinary day off of the week.
    Rest,
    /// 节假日. Off by the yearly notice; with the festival's name.
    Holiday(String),
    /// 调休上班. A rest day that is worked, by the notice or by a working layer; with the name.
    MakeUp(String),
    /// 停工. Off by a layer that would else be worked; with the layer's name.
    Exception(String),
}

/// A named exception laid over a calendar, both ends counted. Later layers win over earlier ones
/// and over the notices.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Layer {
    /// 春节停工, 高考静音 … shown to users.
    pub name: String,
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// False: no work on these days. True: work on each of them, rest days too.
    pub working: bool,
    /// Working hours of these days where they differ from the week's; only of a working layer.
    #[serde(default, skip)]
    pub hours: Option<Vec<Shift>>,
}

/// 春节停工. Sites stand still around the festival, longer than the official holiday.
pub const SPRING_FESTIVAL_STOP: &str = "春节停工";
/// 高考静音. No noisy work near schools during the entrance examinations.
pub const EXAM_QUIET: &str = "高考静音";
/// 扬尘管控. Dust control stops of the heating season.
pub const DUST_CONTROL: &str = "扬尘管控";
/// 汛期. No work in river beds during the flood season.
pub const FLOOD_SEASON: &str = "汛期";

impl Layer {
    /// A stop: no work from `first` to `last`.
    pub fn stop(name: &str, first: Date, last: Date) -> Layer {
        Layer {
            name: name.to_owned(),
            first,
            last,
            working: false,
            hours: None,
        }
    }

    /// Extra work: every day from `first` to `last` is worked.
    pub fn extra_work(name: &str, first: Date, last: Date) -> Layer {
        Layer {
            name: name.to_owned(),
            first,
            last,
            working: true,
            hours: None,
        }
    }

    /// The same layer with hours of its own: 汛期夜间停工, 高考期间只在白天施工.
    pub fn with_hours(self, hours: Vec<Shift>) -> Layer {
        Layer {
            hours: Some(hours),
            ..self
        }
    }

    /// Reads lines of `name,first,last,working,source` under a header line; `working` is 停工
    /// (`false`, `0`) or 施工 (`true`, `1`), empty means 停工. Bad lines become findings.
    pub fn from_csv(text: &str) -> (Vec<Layer>, Vec<Finding>) {
        let mut layers = Vec::new();
        let mut findings = Vec::new();
        let lines = text
            .trim_start_matches('\u{feff}')
            .lines()
            .enumerate()
            .skip(1);
        for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            match read_layer(&crate::holidays::csv_cells(line)) {
                Ok(layer) => layers.push(layer),
                Err(problem) => findings.push(Finding::error(
                    "calendar.layer",
                    format!("第{}行", index + 1),
                    problem,
                    "请按“名称,起始日,截止日,停工或施工,依据”填写,日期写成 2027-01-20。",
                )),
            }
        }
        (layers, findings)
    }

    fn contains(&self, date: Date) -> bool {
        self.first <= date && date <= self.last
    }
}

fn read_layer(cells: &[String]) -> Result<Layer, String> {
    let cell = |index: usize| cells.get(index).map_or("", |cell| cell.trim());
    let date = |index: usize| -> Result<Date, String> {
        cell(index)
            .parse()
            .map_err(|_| format!("日期“{}”读不出来", cell(index)))
    };
    let (first, last) = (date(1)?, date(2)?);
    if cell(0).is_empty() {
        return Err("没有名称".to_owned());
    }
    if last < first {
        return Err(format!("截止日 {last} 早于起始日 {first}"));
    }
    let working = match cell(3) {
        "" | "停工" | "false" | "0" => false,
        "施工" | "true" | "1" => true,
        other => return Err(format!("“{other}”既不是停工也不是施工")),
    };
    Ok(Layer {
        name: cell(0).to_owned(),
        first,
        last,
        working,
        hours: None,
    })
}

/// 工作日历. Days off of the week, official holidays, layers. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct WorkCalendar {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    id: String,
    name: String,
    /// Working hours by weekday, Monday first; an empty list is a day off.
    week: [Vec<Shift>; 7],
    holidays: HolidayTable,
    /// Whether the notices matter to this calendar at all.
    by_notice: bool,
    layers: Vec<Layer>,
    compiled: OnceLock<Timeline>,
}

impl WorkCalendar {
    /// 工作日 (`cn5`): Monday to Friday 08:00–12:00 and 13:00–17:00, official holidays off,
    /// make-up days worked.
    pub fn official(holidays: &HolidayTable) -> Self {
        let week = [true, true, true, true, true, false, false];
        Self::of("cn5", "工作日", week.map(office), holidays.clone(), true)
    }

    /// 六天 (`site6`): Monday to Saturday, official holidays off, make-up Sundays worked.
    pub fn six_day(holidays: &HolidayTable) -> Self {
        let week = [true, true, true, true, true, true, false];
        Self::of("site6", "六天", week.map(office), holidays.clone(), true)
    }

    /// 七天 (`site7`): every day; put 春节停工 over it as a layer.
    pub fn seven_day() -> Self {
        let week = [true; 7].map(office);
        Self::of("site7", "七天", week, HolidayTable::default(), false)
    }

    /// A calendar with hours of its own by weekday, Monday first (an empty list is a day off). With `holidays` it
    /// rests and works as the notices say, without them they do not matter to it.
    pub fn of_week(
        id: &str,
        name: &str,
        week: [Vec<Shift>; 7],
        holidays: Option<&HolidayTable>,
    ) -> Self {
        let by_notice = holidays.is_some();
        Self::of(
            id,
            name,
            week,
            holidays.cloned().unwrap_or_default(),
            by_notice,
        )
    }

    fn of(
        id: &str,
        name: &str,
        week: [Vec<Shift>; 7],
        holidays: HolidayTable,
        by_notice: bool,
    ) -> Self {
        WorkCalendar {
            inner: Arc::new(Inner {
                id: id.to_owned(),
                name: name.to_owned(),
                week,
                holidays,
                by_notice,
                layers: Vec::new(),
                compiled: OnceLock::new(),
            }),
        }
    }

    /// The calendar with one more layer on top; id and name stay.
    pub fn with_layer(self, layer: Layer) -> Self {
        let mut layers = self.inner.layers.clone();
        layers.push(layer);
        self.rebuilt(self.inner.id.clone(), self.inner.name.clone(), layers)
    }

    /// The same calendar under another id and name, for a site that has its own layers.
    pub fn named(self, id: &str, name: &str) -> Self {
        self.rebuilt(id.to_owned(), name.to_owned(), self.inner.layers.clone())
    }

    fn rebuilt(&self, id: String, name: String, layers: Vec<Layer>) -> Self {
        let Inner {
            week,
            holidays,
            by_notice,
            ..
        } = &*self.inner;
        WorkCalendar {
            inner: Arc::new(Inner {
                id,
                name,
                week: week.clone(),
                holidays: holidays.clone(),
                by_notice: *by_notice,
                layers,
                compiled: OnceLock::new(),
            }),
        }
    }

    /// Stable id: `cn5`, `site6`, `site7`, or the one given.
    pub fn id(&self) -> &str {
        &self.inner.id
    }

    /// Name shown to users: 工作日, 六天, 七天.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Working hours by weekday, Monday first; an empty list is a day off.
    pub fn week(&self) -> &[Vec<Shift>; 7] {
        &self.inner.week
    }

    /// Whether official holidays and make-up days count in it.
    pub fn by_notice(&self) -> bool {
        self.inner.by_notice
    }

    /// The layers, lowest first.
    pub fn layers(&self) -> &[Layer] {
        &self.inner.layers
    }

    /// What kind of day it is, and why. A stop on a day that is off anyway keeps the day's own
    /// kind; a working layer on a rest day or holiday makes it a [`DayKind::MakeUp`].
    pub fn kind(&self, date: Date) -> DayKind {
        let own = self.own_kind(date);
        let worked = matches!(own, DayKind::Working | DayKind::MakeUp(_));
        match self
            .inner
            .layers
            .iter()
            .rev()
            .find(|layer| layer.contains(date))
        {
            Some(layer) if layer.working && !worked => DayKind::MakeUp(layer.name.clone()),
            Some(layer) if !layer.working && worked => DayKind::Exception(layer.name.clone()),
            _ => own,
        }
    }

    fn own_kind(&self, date: Date) -> DayKind {
        let in_week = !self.hours_of_weekday(date).is_empty();
        match self.inner.holidays.get(date) {
            Some(day) if day.off => DayKind::Holiday(day.name.clone()),
            Some(day) if !in_week => DayKind::MakeUp(day.name.clone()),
            _ if in_week => DayKind::Working,
            _ => DayKind::Rest,
        }
    }

    fn hours_of_weekday(&self, date: Date) -> &[Shift] {
        &self.inner.week[date.weekday().to_monday_zero_offset() as usize]
    }

    /// Hours of a rest day that is worked: those of the first worked weekday, or office hours where none is.
    fn usual_hours(&self) -> Vec<Shift> {
        let first = self.inner.week.iter().find(|hours| !hours.is_empty());
        first.cloned().unwrap_or_else(|| OFFICE_DAY.to_vec())
    }

    /// Working hours of a day, exceptions and holidays counted; empty on a day off.
    pub fn hours_on(&self, date: Date) -> Vec<Shift> {
        if !self.is_working(date) {
            return Vec::new();
        }
        let mut layers = self.inner.layers.iter().rev();
        let top = layers.find(|layer| layer.contains(date));
        if let Some(hours) = top.and_then(|layer| layer.hours.clone()) {
            return hours;
        }
        match self.hours_of_weekday(date) {
            [] => self.usual_hours(),
            hours => hours.to_vec(),
        }
    }

    /// True when there is work on that day.
    pub fn is_working(&self, date: Date) -> bool {
        matches!(self.kind(date), DayKind::Working | DayKind::MakeUp(_))
    }

    /// Working minutes of the day; 480 or 0 where office hours are kept.
    pub fn minutes_on(&self, date: Date) -> i64 {
        self.compiled().minutes_on(date)
    }

    /// The `n`-th working day after `date`; the start day is not counted (民法典 201). A negative
    /// `n` counts back; 0 gives `date` itself. Saturates at the ends of 1984–2084.
    pub fn add_workdays(&self, date: Date, n: i32) -> Date {
        let line = self.compiled();
        let n = i64::from(n);
        match n {
            0 => date,
            1.. => line.work_day(line.work_days_before(day_number(date) + 1) + n - 1),
            _ => line.work_day(line.work_days_before(day_number(date)) + n),
        }
    }

    /// Working days in `(a, b]`: the start day is not counted, the end day is. Negative when `b`
    /// lies before `a`.
    pub fn workdays_between(&self, a: Date, b: Date) -> i32 {
        let line = self.compiled();
        (line.work_days_before(day_number(b) + 1) - line.work_days_before(day_number(a) + 1)) as i32
    }

    /// Working days from `first` to `last`, both counted; 0 when `last` lies before `first`.
    pub fn workdays_within(&self, first: Date, last: Date) -> i32 {
        let line = self.compiled();
        (line.work_days_before(day_number(last) + 1) - line.work_days_before(day_number(first)))
            .max(0) as i32
    }

    /// `date` itself when worked, else the next working day.
    pub fn next_working(&self, date: Date) -> Date {
        let line = self.compiled();
        line.work_day(line.work_days_before(day_number(date)))
    }

    /// `date` itself when worked, else the working day before.
    pub fn previous_working(&self, date: Date) -> Date {
        let line = self.compiled();
        line.work_day(line.work_days_before(day_number(date) + 1) - 1)
    }

    /// A term that ends on a rest day runs to the next working day (民法典 203).
    pub fn roll_deadline(&self, date: Date) -> Date {
        self.next_working(date)
    }

    /// 节前. The last working day before the next official holiday, on `from` itself at the earliest; weekends before and
    /// behind belong to the holiday. None where the notices do not reach.
    pub fn before_holiday(&self, from: Date) -> Option<Date> {
        let (mut eve, mut known) = (None, None);
        let mut date = from;
        // A year counts as published by its 1 October: from any day the next one is at most 366 days away, and who asks
        // amid 国庆 passes its week first. A calendar that works on holidays finds none.
        for _ in 0..400 {
            let year = date.year();
            if known != Some(year) && !self.published(year) {
                return None;
            }
            known = Some(year);
            match self.kind(date) {
                DayKind::Holiday(_) if eve.is_some() => return eve,
                DayKind::Working | DayKind::MakeUp(_) => eve = Some(date),
                _ => {}
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    /// True when the holidays of that year are known, or do not matter to this calendar. Where
    /// false, only weekends are known, and forecasts say 日历未公布.
    pub fn published(&self, year: i16) -> bool {
        !self.inner.by_notice || self.inner.holidays.published(year)
    }

    /// The calendar compiled for minute arithmetic; compiled once, then shared.
    pub fn timeline(&self) -> Timeline {
        self.compiled().clone()
    }

    fn compiled(&self) -> &Timeline {
        self.inner.compiled.get_or_init(|| self.compile())
    }

    fn compile(&self) -> Timeline {
        let mut exceptions: BTreeMap<Date, Vec<Shift>> = BTreeMap::new();
        for (date, _) in self.inner.holidays.iter() {
            exceptions.insert(date, self.hours_on(date));
        }
        for layer in &self.inner.layers {
            let days = day_number(layer.first)..=day_number(layer.last);
            for date in days.map(date_of_day) {
                exceptions.insert(date, self.hours_on(date));
            }
        }
        Timeline::from_week(&self.inner.week, &exceptions)
    }
}

/// Office hours on a worked day.
fn office(worked: bool) -> Vec<Shift> {
    if worked {
        OFFICE_DAY.to_vec()
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn official() -> WorkCalendar {
        WorkCalendar::official(HolidayTable::shipped())
    }

    #[test]
    fn the_eve_of_a_holiday_is_the_last_working_day_before_it_and_its_weekends() {
        let eve = |from: Date| official().before_holiday(from).map(|day| day.to_string());
        // 2025: 清明 4—6 April (Friday to Sunday), 劳动节 1—5 May with Sunday 27 April worked.
        assert_eq!(eve(date(2025, 3, 10)).as_deref(), Some("2025-04-03"));
        assert_eq!(eve(date(2025, 4, 3)).as_deref(), Some("2025-04-03"));
        assert_eq!(eve(date(2025, 4, 4)).as_deref(), Some("2025-04-30"));
        assert_eq!(eve(date(2025, 4, 30)).as_deref(), Some("2025-04-30"));
        // 2023: 春节 21—27 January; Friday the 20th is worked.
        assert_eq!(eve(date(2023, 1, 3)).as_deref(), Some("2023-01-20"));
        // The year behind is not published, and a calendar without holidays has no eve.
        assert_eq!(eve(date(2026, 9, 30)).as_deref(), Some("2026-09-30"));
        assert_eq!(eve(date(2026, 10, 8)), None);
        assert_eq!(eve(date(2060, 1, 4)), None);
        assert_eq!(
            WorkCalendar::seven_day().before_holiday(date(2023, 9, 1)),
            None
        );
    }

    #[test]
    fn working_days_of_2023_to_2026_are_249_251_248_248() {
        let calendar = official();
        let count = |year| calendar.workdays_within(date(year, 1, 1), date(year, 12, 31));
        assert_eq!([2023, 2024, 2025, 2026].map(count), [249, 251, 248, 248]);
    }

    #[test]
    fn the_28th_of_january_2023_is_a_make_up_saturday() {
        let calendar = official();
        assert_eq!(
            calendar.kind(date(2023, 1, 28)),
            DayKind::MakeUp("春节".to_owned())
        );
        assert_eq!(
            calendar.kind(date(2023, 1, 27)),
            DayKind::Holiday("春节".to_owned())
        );
        assert_eq!(calendar.kind(date(2023, 2, 4)), DayKind::Rest);
        assert_eq!(calendar.kind(date(2023, 3, 10)), DayKind::Working);
        assert_eq!(calendar.next_working(date(2023, 1, 21)), date(2023, 1, 28));
        assert_eq!(calendar.minutes_on(date(2023, 1, 28)), 480);
        assert_eq!(calendar.minutes_on(date(2023, 1, 27)), 0);
    }

    #[test]
    fn a_calendar_of_its_own_hours_counts_them() {
        let day = vec![
            Shift { from: 420, to: 720 },
            Shift {
                from: 840,
                to: 1140,
            },
        ];
        let mut week: [Vec<Shift>; 7] = std::array::from_fn(|_| day.clone());
        week[6] = Vec::new();
        let night = vec![Shift { from: 480, to: 600 }];
        let site = WorkCalendar::of_week("s", "工地", week, None).with_layer(
            Layer::extra_work("高考", date(2023, 6, 7), date(2023, 6, 11)).with_hours(night),
        );
        assert_eq!(site.minutes_on(date(2023, 6, 5)), 600);
        assert_eq!(site.minutes_on(date(2023, 6, 8)), 120);
        assert_eq!(site.minutes_on(date(2023, 6, 11)), 120);
        assert_eq!(site.minutes_on(date(2023, 6, 18)), 0);
        assert_eq!(site.timeline().minutes_per_day(), 600);
        // 2023-01-28 is a Saturday worked by the notice: it has the hours of a usual day.
        let five = [true, true, true, true, true, false, false]
            .map(|on| if on { day.clone() } else { Vec::new() });
        let office = WorkCalendar::of_week("o", "办公", five, Some(HolidayTable::shipped()));
        assert_eq!(office.minutes_on(date(2023, 1, 28)), 600);
        assert_eq!(office.minutes_on(date(2023, 1, 27)), 0);
    }

    #[test]
    fn a_term_does_not_count_its_first_day_and_rolls_off_rest_days() {
        let calendar = official();
        assert_eq!(
            calendar.add_workdays(date(2023, 3, 10), 1),
            date(2023, 3, 13)
        );
        assert_eq!(
            calendar.add_workdays(date(2023, 3, 11), 1),
            date(2023, 3, 13)
        );
        assert_eq!(
            calendar.add_workdays(date(2023, 3, 10), 0),
            date(2023, 3, 10)
        );
        assert_eq!(
            calendar.add_workdays(date(2023, 3, 13), -1),
            date(2023, 3, 10)
        );
        assert_eq!(
            calendar.add_workdays(date(2023, 1, 20), 2),
            date(2023, 1, 29)
        );
        assert_eq!(calendar.roll_deadline(date(2023, 3, 11)), date(2023, 3, 13));
        assert_eq!(calendar.roll_deadline(date(2023, 3, 10)), date(2023, 3, 10));
        assert_eq!(
            calendar.previous_working(date(2023, 3, 12)),
            date(2023, 3, 10)
        );
        assert_eq!(
            calendar.workdays_between(date(2023, 3, 10), date(2023, 3, 13)),
            1
        );
        assert_eq!(
            calendar.workdays_between(date(2023, 3, 13), date(2023, 3, 10)),
            -1
        );
        assert_eq!(
            calendar.workdays_between(date(2023, 3, 10), date(2023, 3, 12)),
            0
        );
    }

    #[test]
    fn six_and_seven_day_sites_work_more_days() {
        let six = WorkCalendar::six_day(HolidayTable::shipped());
        let seven = WorkCalendar::seven_day();
        assert_eq!(six.kind(date(2023, 2, 4)), DayKind::Working);
        assert_eq!(six.kind(date(2023, 1, 28)), DayKind::Working);
        assert_eq!(
            six.kind(date(2023, 1, 29)),
            DayKind::MakeUp("春节".to_owned())
        );
        assert_eq!(six.kind(date(2023, 2, 5)), DayKind::Rest);
        assert_eq!(
            six.kind(date(2023, 1, 22)),
            DayKind::Holiday("春节".to_owned())
        );
        assert_eq!(
            seven.workdays_within(date(2023, 1, 1), date(2023, 12, 31)),
            365
        );
        assert_eq!((six.id(), seven.id()), ("site6", "site7"));
    }

    #[test]
    fn layers_stop_or_add_work_and_the_later_wins() {
        let stop = Layer::stop(SPRING_FESTIVAL_STOP, date(2023, 1, 15), date(2023, 2, 5));
        let site = WorkCalendar::seven_day().with_layer(stop);
        assert_eq!(
            site.kind(date(2023, 1, 15)),
            DayKind::Exception("春节停工".to_owned())
        );
        assert_eq!(
            site.workdays_within(date(2023, 1, 1), date(2023, 2, 28)),
            59 - 22
        );
        let keep = Layer::extra_work("抢工", date(2023, 2, 3), date(2023, 2, 5));
        let site = site.with_layer(keep.clone());
        assert_eq!(site.kind(date(2023, 2, 4)), DayKind::Working);
        assert_eq!(site.add_workdays(date(2023, 1, 14), 1), date(2023, 2, 3));
        let office = official().with_layer(keep);
        assert_eq!(
            office.kind(date(2023, 2, 4)),
            DayKind::MakeUp("抢工".to_owned())
        );
        assert_eq!(office.minutes_on(date(2023, 2, 4)), 480);
        let quiet = Layer::stop(EXAM_QUIET, date(2023, 6, 7), date(2023, 6, 10));
        let office = official().with_layer(quiet);
        assert_eq!(office.kind(date(2023, 6, 10)), DayKind::Rest);
        assert!(!office.is_working(date(2023, 6, 8)));
        assert_eq!(office.named("s1", "一标段").name(), "一标段");
    }

    #[test]
    fn layers_are_read_from_lines_and_bad_lines_are_named() {
        let (layers, findings) = Layer::from_csv(
            "名称,起,止,停工或施工,依据\n扬尘管控,2023-11-15,2024-03-15,停工,文件\n汛期,2023-09-30,2023-06-01,,\n抢工,2023-05-01,2023-05-03,施工,\n汛期,2023-06,2023-09-30,,\n",
        );
        assert_eq!(layers.len(), 2);
        assert!(!layers[0].working && layers[1].working);
        let places: Vec<_> = findings
            .iter()
            .map(|finding| finding.place.as_str())
            .collect();
        assert_eq!(places, ["第3行", "第5行"]);
    }

    #[test]
    fn an_unpublished_year_knows_weekends_only_and_says_so() {
        let calendar = official();
        assert!(calendar.published(2026) && !calendar.published(2027));
        assert!(WorkCalendar::seven_day().published(2027));
        assert_eq!(calendar.kind(date(2027, 10, 1)), DayKind::Working);
        assert_eq!(calendar.kind(date(2027, 10, 2)), DayKind::Rest);
    }

    #[test]
    fn beyond_the_century_the_answer_saturates() {
        let calendar = official();
        assert_eq!(
            calendar.add_workdays(date(2084, 12, 1), 1_000_000).year(),
            2085
        );
        assert_eq!(
            calendar.add_workdays(date(1984, 1, 10), -1_000_000).year(),
            1984
        );
        assert_eq!(calendar.workdays_between(Date::MIN, date(1984, 1, 1)), 0);
        assert_eq!(calendar.add_workdays(Date::MAX, i32::MAX).year(), 2085);
        assert_eq!(calendar.add_workdays(Date::MIN, i32::MIN).year(), 1984);
    }

    proptest! {
        #[test]
        fn counting_agrees_with_walking_day_by_day(start in 0_i64..1400, span in 0_i64..400) {
            let calendar = official().with_layer(Layer::stop("停", date(2024, 3, 4), date(2024, 3, 20)));
            let day = |n: i64| date_of_day(day_number(date(2023, 1, 1)) + n);
            let (a, b) = (day(start), day(start + span));
            let walked = (start + 1..=start + span).filter(|n| calendar.is_working(day(*n))).count() as i32;
            prop_assert_eq!(calendar.workdays_between(a, b), walked);
            prop_assert_eq!(calendar.workdays_between(b, a), -walked);
            if calendar.is_working(b) {
                prop_assert_eq!(calendar.add_workdays(a, walked), if walked == 0 { a } else { b });
            }
            let rolled = calendar.roll_deadline(a);
            prop_assert!(rolled >= a && calendar.is_working(rolled));
        }
    }
}
