//! A working calendar compiled for minute arithmetic: constant-time steps over a century, as a
//! schedule of 100,000 activities needs them (forward, backward, floats within 0.1 s).
//!
//! How it works: every working minute of 1984–2084 has a number, its *work coordinate*. One table
//! per day gives the coordinate of its first minute; a coarse table leads from a coordinate back
//! to its day; a table per shift pattern does both inside a day. All arithmetic is then
//! "coordinate, plus or minus work, back to the clock". Out of range saturates at the ends.

use crate::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Minutes since 1970-01-01T00:00 of the local civil clock.
pub type Minute = i64;

const DAY: i64 = 1440;
/// 1984-01-01, as days since 1970-01-01.
const FIRST_DAY: i64 = 5_113;
/// 2085-01-01, the first day out of range.
const END_DAY: i64 = 42_004;
const DAYS: usize = (END_DAY - FIRST_DAY) as usize;

/// One working span inside a day, in minutes from midnight: 08:00–12:00 is `480..720`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Shift {
    /// First working minute, 0..1440.
    pub from: u16,
    /// End, exclusive, at most 1440.
    pub to: u16,
}

/// The Chinese office day: 08:00–12:00 and 13:00–17:00, eight hours.
pub const OFFICE_DAY: [Shift; 2] = [
    Shift { from: 480, to: 720 },
    Shift {
        from: 780,
        to: 1020,
    },
];

/// A compiled working calendar. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Timeline {
    tables: Arc<Tables>,
    minutes_per_day: i64,
}

#[derive(Debug)]
struct Tables {
    days: Vec<Day>,
    /// Days with work, in order, closed by a sentinel at the end of the range.
    work_days: Vec<WorkDay>,
    /// Index into `work_days` for each block of `1 << block_bits` coordinates.
    blocks: Vec<u32>,
    block_bits: u32,
    patterns: Patterns,
    total: i64,
}

#[derive(Clone, Copy, Debug)]
struct Day {
    /// Work coordinate of the day's first minute.
    work_before: u32,
    /// Number of days with work before this one.
    work_days_before: u16,
    pattern: u16,
}

#[derive(Clone, Copy, Debug)]
struct WorkDay {
    work_before: u32,
    day: u16,
    pattern: u16,
}

/// Minutes 0..=1440 of a day.
const MARKS: usize = DAY as usize + 1;

/// The arithmetic inside a day, tabulated per shift pattern, all patterns in one table each.
#[derive(Debug, Default)]
struct Patterns {
    /// Working minutes before each minute 0..=1440 of the day.
    worked: Vec<u16>,
    /// Clock minute at which working minute n of the day starts; `DAY` places per pattern.
    start_of: Vec<u16>,
    /// Working minutes of the whole day.
    totals: Vec<u16>,
}

impl Patterns {
    fn push(&mut self, shifts: &[Shift]) -> u16 {
        let mut works = [false; DAY as usize];
        for shift in shifts {
            let to = usize::from(shift.to).min(works.len());
            let from = usize::from(shift.from).min(to);
            works[from..to].fill(true);
        }
        let mut starts = Vec::with_capacity(works.len());
        for (minute, &working) in works.iter().enumerate() {
            self.worked.push(starts.len() as u16);
            if working {
                starts.push(minute as u16);
            }
        }
        let total = starts.len() as u16;
        self.worked.push(total);
        starts.resize(works.len(), 0);
        self.start_of.extend(starts);
        self.totals.push(total);
        (self.totals.len() - 1) as u16
    }

    #[inline]
    fn worked(&self, pattern: u16, offset: usize) -> u16 {
        self.worked[usize::from(pattern) * MARKS + offset]
    }

    #[inline]
    fn start_of(&self, pattern: u16, within: u32) -> u16 {
        self.start_of[usize::from(pattern) * DAY as usize + within as usize]
    }
}

impl Timeline {
    /// Both are clones of one compiled calendar.
    pub fn is_clone_of(&self, other: &Timeline) -> bool {
        Arc::ptr_eq(&self.tables, &other.tables) && self.minutes_per_day == other.minutes_per_day
    }

    /// Compiles a calendar: the shifts of the seven weekdays, Monday first, and the shifts of
    /// single days that differ (an empty list closes the day). Shifts may overlap; what lies
    /// outside 1984–2084 is ignored.
    pub fn from_week(week: &[Vec<Shift>; 7], exceptions: &BTreeMap<Date, Vec<Shift>>) -> Timeline {
        let by_day: BTreeMap<i64, &Vec<Shift>> = exceptions
            .iter()
            .map(|(date, shifts)| (day_number(*date), shifts))
            .collect();
        Timeline::from_days(|day| match by_day.get(&day) {
            Some(shifts) => shifts,
            // 1970-01-01 was a Thursday.
            None => &week[(day + 3).rem_euclid(7) as usize],
        })
    }

    /// Compiles a calendar from a function of the day number (days since 1970-01-01).
    pub fn from_days<'a>(shifts_of: impl Fn(i64) -> &'a [Shift]) -> Timeline {
        Builder::default().build(shifts_of)
    }

    /// The same calendar with another length of the "day" in which durations are counted.
    pub fn with_minutes_per_day(&self, minutes: i64) -> Timeline {
        Timeline {
            tables: self.tables.clone(),
            minutes_per_day: minutes.max(1),
        }
    }

    /// Earliest minute at or after `m` at which work can start: `m` itself inside a shift, else
    /// the next 08:00. The end of the range when no work is left.
    #[inline]
    pub fn next_start(&self, m: Minute) -> Minute {
        self.tables.start_at(self.tables.coordinate(m))
    }

    /// Latest minute at or before `m` at which work can end: `m` itself inside or at the end of a
    /// shift, else the last 17:00. The start of the range when no work lies before.
    #[inline]
    pub fn previous_finish(&self, m: Minute) -> Minute {
        self.tables.finish_at(self.tables.coordinate(m))
    }

    /// The minute at which `work` working minutes, begun at `start`, are done: a finish boundary
    /// (17:00, not the next 08:00). No work leaves `start` as it is; negative work retreats.
    #[inline]
    pub fn advance(&self, start: Minute, work: i64) -> Minute {
        if work <= 0 {
            return if work == 0 {
                start
            } else {
                self.retreat(start, work.saturating_neg())
            };
        }
        self.tables
            .finish_at(self.tables.coordinate(start).saturating_add(work))
    }

    /// The minute at which work must begin so that `work` working minutes are done by `finish`:
    /// a start boundary (08:00, not the 17:00 before). No work leaves `finish` as it is.
    #[inline]
    pub fn retreat(&self, finish: Minute, work: i64) -> Minute {
        if work <= 0 {
            return if work == 0 {
                finish
            } else {
                self.advance(finish, work.saturating_neg())
            };
        }
        self.tables
            .start_at(self.tables.coordinate(finish).saturating_sub(work))
    }

    /// Working minutes from `a` to `b`; negative when `b` lies before `a`.
    #[inline]
    pub fn between(&self, a: Minute, b: Minute) -> i64 {
        self.tables.coordinate(b) - self.tables.coordinate(a)
    }

    /// Working minutes of the range before `m`: the number by which work is added and compared.
    #[inline]
    pub fn work_before(&self, m: Minute) -> i64 {
        self.tables.coordinate(m)
    }

    /// The minute at which work with so many minutes before it can start: `next_start` of what `work_before` counted.
    #[inline]
    pub fn start_at(&self, work_before: i64) -> Minute {
        self.tables.start_at(work_before)
    }

    /// The minute at which so many minutes are done: `previous_finish` of what `work_before` counted.
    #[inline]
    pub fn finish_at(&self, work_before: i64) -> Minute {
        self.tables.finish_at(work_before)
    }

    /// Working minutes in one "day" of a duration: the most common length of a working day.
    pub fn minutes_per_day(&self) -> i64 {
        self.minutes_per_day
    }

    /// Working minutes on one day; 0 outside the range.
    pub fn minutes_on(&self, date: Date) -> i64 {
        let index = day_number(date) - FIRST_DAY;
        match usize::try_from(index)
            .ok()
            .and_then(|index| self.tables.days.get(index))
        {
            Some(day) => i64::from(self.tables.patterns.totals[usize::from(day.pattern)]),
            None => 0,
        }
    }

    /// Number of days with work before the day of this number; saturates at the ends of the range.
    pub(crate) fn work_days_before(&self, day: i64) -> i64 {
        let tables = &*self.tables;
        let index = day - FIRST_DAY;
        if index < 0 {
            return 0;
        }
        match tables.days.get(index as usize) {
            Some(day) => i64::from(day.work_days_before),
            None => tables.work_days.len() as i64 - 1,
        }
    }

    /// The day with work that has `count` such days before it; saturates at the ends.
    pub(crate) fn work_day(&self, count: i64) -> Date {
        let tables = &*self.tables;
        let last = tables.work_days.len() as i64 - 1;
        let index = count.clamp(0, last) as usize;
        date_of_day(FIRST_DAY + i64::from(tables.work_days[index].day))
    }
}

impl Tables {
    /// Working minutes of the range before `m`.
    #[inline]
    fn coordinate(&self, m: Minute) -> i64 {
        let minutes = m.saturating_sub(FIRST_DAY * DAY);
        if minutes < 0 {
            return 0;
        }
        let minutes = minutes as u64;
        let index = (minutes / DAY as u64) as usize;
        let Some(day) = self.days.get(index) else {
            return self.total;
        };
        let offset = (minutes % DAY as u64) as usize;
        i64::from(day.work_before) + i64::from(self.patterns.worked(day.pattern, offset))
    }

    /// The minute at which the working minute with this coordinate starts.
    #[inline]
    fn start_at(&self, coordinate: i64) -> Minute {
        let coordinate = coordinate.max(0);
        if coordinate >= self.total {
            return END_DAY * DAY;
        }
        let work_day = self.work_day_of(coordinate as u32);
        let within = coordinate as u32 - work_day.work_before;
        let clock = self.patterns.start_of(work_day.pattern, within);
        (FIRST_DAY + i64::from(work_day.day)) * DAY + i64::from(clock)
    }

    /// The minute at which the working minute before this coordinate ends.
    #[inline]
    fn finish_at(&self, coordinate: i64) -> Minute {
        if coordinate <= 0 {
            return FIRST_DAY * DAY;
        }
        if coordinate > self.total {
            return END_DAY * DAY;
        }
        let last = (coordinate - 1) as u32;
        let work_day = self.work_day_of(last);
        let clock = self
            .patterns
            .start_of(work_day.pattern, last - work_day.work_before);
        (FIRST_DAY + i64::from(work_day.day)) * DAY + i64::from(clock) + 1
    }

    /// The day that holds the working minute; the coordinate must be below `total`.
    #[inline]
    fn work_day_of(&self, coordinate: u32) -> WorkDay {
        let mut index = self.blocks[(coordinate >> self.block_bits) as usize] as usize;
        // One day further or not is a toss, which is added rather than guessed; more days further are rare.
        index += usize::from(self.work_days[index + 1].work_before <= coordinate);
        while self.work_days[index + 1].work_before <= coordinate {
            index += 1;
        }
        self.work_days[index]
    }
}

#[derive(Default)]
struct Builder {
    patterns: Patterns,
    numbers: BTreeMap<Vec<Shift>, u16>,
    /// How many days have each pattern.
    used: Vec<u32>,
    days: Vec<Day>,
    work_days: Vec<WorkDay>,
}

impl Builder {
    fn build<'a>(mut self, shifts_of: impl Fn(i64) -> &'a [Shift]) -> Timeline {
        let mut work: u32 = 0;
        for index in 0..DAYS {
            let pattern = self.pattern_number(shifts_of(FIRST_DAY + index as i64));
            self.used[usize::from(pattern)] += 1;
            let work_days_before = self.work_days.len() as u16;
            self.days.push(Day {
                work_before: work,
                work_days_before,
                pattern,
            });
            let length = self.patterns.totals[usize::from(pattern)];
            if length > 0 {
                self.work_days.push(WorkDay {
                    work_before: work,
                    day: index as u16,
                    pattern,
                });
                work += u32::from(length);
            }
        }
        let end = WorkDay {
            work_before: work,
            day: DAYS as u16,
            pattern: 0,
        };
        self.work_days.push(end);
        self.finish(work)
    }

    fn pattern_number(&mut self, shifts: &[Shift]) -> u16 {
        if let Some(&number) = self.numbers.get(shifts) {
            return number;
        }
        let number = self.patterns.push(shifts);
        self.used.push(0);
        self.numbers.insert(shifts.to_vec(), number);
        number
    }

    fn finish(self, total: u32) -> Timeline {
        let totals = &self.patterns.totals;
        let longest = totals.iter().max().copied().unwrap_or(0);
        // A block is the largest power of two not above the longest day: a lookup then passes
        // over one day at most, unless days shorter than the longest come in a row.
        let block_bits = u32::from(longest.max(1)).ilog2();
        let blocks = blocks(&self.work_days, total, block_bits);
        let worked = totals
            .iter()
            .zip(&self.used)
            .filter(|(total, _)| **total > 0);
        let common = worked
            .max_by_key(|(_, used)| **used)
            .map_or(480, |(total, _)| *total);
        let tables = Tables {
            days: self.days,
            work_days: self.work_days,
            blocks,
            block_bits,
            patterns: self.patterns,
            total: i64::from(total),
        };
        Timeline {
            tables: Arc::new(tables),
            minutes_per_day: i64::from(common),
        }
    }
}

/// For each block of coordinates the working day that holds its first one.
fn blocks(work_days: &[WorkDay], total: u32, block_bits: u32) -> Vec<u32> {
    let count = (total >> block_bits) + 1;
    let mut index = 0;
    (0..count)
        .map(|block| {
            let coordinate = block << block_bits;
            while index + 2 < work_days.len() && work_days[index + 1].work_before <= coordinate {
                index += 1;
            }
            index as u32
        })
        .collect()
}

/// Days since 1970-01-01. (The civil algorithm of Howard Hinnant, years from March.)
pub fn day_number(date: Date) -> i64 {
    let month = i64::from(date.month());
    let year = i64::from(date.year()) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(date.day()) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date of a day number; saturates at the ends of `Date`.
pub fn date_of_day(day: i64) -> Date {
    let Some(shifted) = day.checked_add(719_468) else {
        return Date::MAX;
    };
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day_of_month = (day_of_year - (153 * march_month + 2) / 5 + 1) as i8;
    let month = (if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    }) as i8;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let date = i16::try_from(year)
        .ok()
        .and_then(|year| Date::new(year, month, day_of_month).ok());
    date.unwrap_or(if day < 0 { Date::MIN } else { Date::MAX })
}

/// The minute of a civil date and time. `hour` 24 is the end of the day.
pub fn minute_of(date: Date, hour: i8, minute: i8) -> Minute {
    day_number(date) * DAY + i64::from(hour) * 60 + i64::from(minute)
}

/// The date on which something that starts at `m` starts.
pub fn date_of_start(m: Minute) -> Date {
    date_of_day(m.div_euclid(DAY))
}

/// The date on which something that finishes at `m` finishes: midnight belongs to the day before.
pub fn date_of_finish(m: Minute) -> Date {
    date_of_day(m.saturating_sub(1).div_euclid(DAY))
}

/// `2023-03-10T08:00`.
pub fn iso_minutes(m: Minute) -> String {
    let clock = m.rem_euclid(DAY);
    format!("{}T{:02}:{:02}", date_of_start(m), clock / 60, clock % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Layer, WorkCalendar};
    use crate::holidays::HolidayTable;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn official() -> Timeline {
        WorkCalendar::official(HolidayTable::shipped()).timeline()
    }

    fn at(text: &str) -> Minute {
        let time: jiff::civil::DateTime = text.parse().expect(text);
        minute_of(time.date(), time.hour(), time.minute())
    }

    #[test]
    fn a_day_ends_at_17_and_the_next_begins_at_8() {
        let line = official();
        let check = |m: Minute, expect: &str| assert_eq!(iso_minutes(m), expect);
        check(
            line.advance(at("2023-03-10T08:00"), 480),
            "2023-03-10T17:00",
        );
        check(
            line.advance(at("2023-03-10T08:00"), 481),
            "2023-03-13T08:01",
        );
        check(
            line.advance(at("2023-03-10T17:00"), 240),
            "2023-03-13T12:00",
        );
        check(
            line.advance(at("2023-03-10T08:00"), 240),
            "2023-03-10T12:00",
        );
        check(
            line.retreat(at("2023-03-13T17:00"), 480),
            "2023-03-13T08:00",
        );
        check(
            line.retreat(at("2023-03-13T08:00"), 480),
            "2023-03-10T08:00",
        );
        check(
            line.retreat(at("2023-03-13T13:00"), 240),
            "2023-03-13T08:00",
        );
        check(line.next_start(at("2023-03-10T17:00")), "2023-03-13T08:00");
        check(line.next_start(at("2023-03-10T12:30")), "2023-03-10T13:00");
        check(line.next_start(at("2023-03-10T09:15")), "2023-03-10T09:15");
        check(
            line.previous_finish(at("2023-03-13T08:00")),
            "2023-03-10T17:00",
        );
        check(
            line.previous_finish(at("2023-03-10T12:00")),
            "2023-03-10T12:00",
        );
        check(
            line.previous_finish(at("2023-03-12T03:00")),
            "2023-03-10T17:00",
        );
        assert_eq!(
            line.between(at("2023-03-10T12:30"), at("2023-03-13T09:00")),
            300
        );
        assert_eq!(
            line.between(at("2023-03-13T09:00"), at("2023-03-10T12:30")),
            -300
        );
        assert_eq!(line.minutes_per_day(), 480);
    }

    #[test]
    fn the_make_up_saturday_of_2023_is_worked() {
        let line = official();
        assert_eq!(
            iso_minutes(line.advance(at("2023-01-20T17:00"), 480)),
            "2023-01-28T17:00"
        );
    }

    #[test]
    fn no_work_moves_nothing() {
        let line = official();
        let sunday = at("2023-03-12T03:00");
        assert_eq!(line.advance(sunday, 0), sunday);
        assert_eq!(line.retreat(sunday, 0), sunday);
    }

    #[test]
    fn midnight_finishes_the_day_before() {
        let midnight = at("2023-03-11T00:00");
        assert_eq!(date_of_finish(midnight), date(2023, 3, 10));
        assert_eq!(date_of_start(midnight), date(2023, 3, 11));
        assert_eq!(date_of_finish(at("2023-03-10T17:00")), date(2023, 3, 10));
        assert_eq!(minute_of(date(2023, 3, 10), 24, 0), midnight);
    }

    #[test]
    fn ends_of_the_range_saturate() {
        let line = official();
        let (first, end) = (
            minute_of(date(1984, 1, 1), 0, 0),
            minute_of(date(2085, 1, 1), 0, 0),
        );
        assert_eq!(line.advance(at("2023-03-10T08:00"), i64::MAX), end);
        assert_eq!(
            line.retreat(at("2023-03-10T08:00"), i64::MAX),
            iso_start(&line)
        );
        assert_eq!(line.advance(i64::MIN, 480), at("1984-01-02T17:00"));
        assert_eq!(line.advance(i64::MAX, 480), end);
        assert_eq!(line.retreat(i64::MIN, 480), iso_start(&line));
        assert_eq!(line.next_start(i64::MAX), end);
        assert_eq!(line.previous_finish(i64::MIN), first);
        assert_eq!(line.advance(0, i64::MIN), iso_start(&line));
        assert_eq!(
            line.between(i64::MIN, i64::MAX),
            -line.between(i64::MAX, i64::MIN)
        );
        assert_eq!(date_of_start(i64::MAX), Date::MAX);
        assert_eq!(date_of_finish(i64::MIN), Date::MIN);
    }

    fn iso_start(line: &Timeline) -> Minute {
        line.next_start(minute_of(date(1984, 1, 1), 0, 0))
    }

    #[test]
    fn a_calendar_without_work_saturates_and_does_not_hang() {
        let none: [Vec<Shift>; 7] = Default::default();
        let line = Timeline::from_week(&none, &BTreeMap::new());
        assert_eq!(line.next_start(0), minute_of(date(2085, 1, 1), 0, 0));
        assert_eq!(line.advance(0, 1), minute_of(date(2085, 1, 1), 0, 0));
        assert_eq!(line.retreat(0, 1), minute_of(date(2085, 1, 1), 0, 0));
        assert_eq!(line.between(0, i64::MAX), 0);
        assert_eq!(line.work_day(0).year(), 2085);
    }

    #[test]
    fn round_the_clock_work_finishes_at_midnight() {
        let week = [(); 7].map(|()| vec![Shift { from: 0, to: 1440 }]);
        let line = Timeline::from_week(&week, &BTreeMap::new());
        let start = at("2023-03-10T00:00");
        assert_eq!(line.advance(start, 1440), at("2023-03-11T00:00"));
        assert_eq!(
            line.next_start(at("2023-03-11T00:00")),
            at("2023-03-11T00:00")
        );
        assert_eq!(line.minutes_per_day(), 1440);
        assert_eq!(line.with_minutes_per_day(480).minutes_per_day(), 480);
    }

    #[test]
    fn days_and_dates_agree_with_the_civil_calendar() {
        for (day, expect) in [
            (0, date(1970, 1, 1)),
            (FIRST_DAY, date(1984, 1, 1)),
            (END_DAY, date(2085, 1, 1)),
        ] {
            assert_eq!(day_number(expect), day);
            assert_eq!(date_of_day(day), expect);
        }
        for day in (-300_000..300_000).step_by(97) {
            assert_eq!(day_number(date_of_day(day)), day);
        }
        assert_eq!(day_number(date(2023, 3, 10)), 19_426);
    }

    /// Short days, long days, overlapping and reversed shifts, closed weeks.
    fn any_line() -> impl Strategy<Value = Timeline> {
        let shift = (0_u16..1440, 0_u16..1500).prop_map(|(from, to)| Shift { from, to });
        let day = prop::collection::vec(shift, 0..3);
        let week = prop::collection::vec(day.clone(), 7);
        let days = prop::collection::btree_map(19_000_i64..20_000, day, 0..20);
        (week, days).prop_map(|(week, days)| {
            let week: [Vec<Shift>; 7] = week.try_into().expect("seven days");
            let days = days
                .into_iter()
                .map(|(day, shifts)| (date_of_day(day), shifts))
                .collect();
            Timeline::from_week(&week, &days)
        })
    }

    /// Truth by walking minute by minute.
    fn works(line: &Timeline, m: Minute) -> bool {
        line.between(m, m + 1) == 1
    }

    #[test]
    fn work_counted_before_a_minute_leads_back_to_its_start_and_finish() {
        let line = official();
        for m in (at("2023-03-09T00:00")..at("2023-03-14T00:00")).step_by(7) {
            let work = line.work_before(m);
            assert_eq!(line.start_at(work), line.next_start(m));
            assert_eq!(line.finish_at(work), line.previous_finish(m));
            assert_eq!(line.finish_at(work + 60), line.advance(m, 60));
            assert_eq!(line.start_at(work - 60), line.retreat(m, 60));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn arithmetic_holds_on_any_calendar(line in any_line(), s in 27_000_000_i64..29_000_000, w in 1_i64..100_000) {
            let finish = line.advance(s, w);
            if finish < END_DAY * DAY {
                prop_assert_eq!(line.between(s, finish), w);
                prop_assert!(works(&line, finish - 1));
                prop_assert_eq!(line.retreat(finish, w), line.next_start(s));
            }
            let start = line.retreat(s, w);
            if line.between(start, s) == w {
                prop_assert!(works(&line, start));
                prop_assert_eq!(line.advance(start, w), line.previous_finish(s));
            }
            prop_assert!(line.advance(s, w + 1) >= finish);
            prop_assert!(line.advance(s + 1, w) >= finish);
            prop_assert!(line.retreat(s, w + 1) <= start);
            prop_assert!(line.retreat(s + 1, w) >= start);
        }

        #[test]
        fn starts_and_finishes_are_the_nearest_working_minutes(line in any_line(), s in 27_500_000_i64..28_500_000) {
            let start = line.next_start(s);
            prop_assert!(start >= s);
            prop_assert_eq!(line.between(s, start), 0);
            if start < END_DAY * DAY {
                prop_assert!(works(&line, start));
            }
            let finish = line.previous_finish(s);
            prop_assert!(finish <= s);
            prop_assert_eq!(line.between(finish, s), 0);
            if finish > FIRST_DAY * DAY {
                prop_assert!(works(&line, finish - 1));
            }
        }

        #[test]
        fn office_time_agrees_with_a_walk_over_the_days(first in 0_i64..1_400, hours in 0_i64..24, days in 1_i64..60) {
            let calendar = WorkCalendar::official(HolidayTable::shipped())
                .with_layer(Layer::stop("停", date(2024, 5, 6), date(2024, 5, 31)));
            let line = calendar.timeline();
            let start_day = day_number(date(2023, 1, 1)) + first;
            let start = start_day * DAY + hours * 60;
            let finish = line.advance(start, days * 480);
            let walked: i64 = (start_day..=finish / DAY)
                .map(|day| calendar.minutes_on(date_of_day(day)))
                .sum();
            let before = calendar.minutes_on(date_of_day(start_day)) - line.between(start, (start_day + 1) * DAY);
            let after = line.between(finish, (finish / DAY + 1) * DAY);
            prop_assert_eq!(walked - before - after, days * 480);
        }
    }
}
