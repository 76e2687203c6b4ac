//! 工作日历 Calendars that a district or a project keeps itself: read from records and laid over the standard ones. A
//! calendar may stand on another one (its base); what that chain gives is compiled here once.

use std::collections::{BTreeMap, BTreeSet};

use ground::{Date, Finding, HolidayTable, Layer, ProjectId, RecordId, Shift, WorkCalendar};
use register::{Fields, Record, Value};

use crate::calendars::{Calendars, days_between};
use crate::reading::{Reader, read_all};

/// 工作日历 as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptCalendar {
    /// Record id.
    pub id: RecordId,
    /// 代号; `cn5`, `site6`, `site7` change the standard one for the whole district.
    pub code: String,
    /// 名称.
    pub name: String,
    /// 专用项目.
    pub project: Option<ProjectId>,
    /// Code of the calendar it stands on.
    pub base: Option<String>,
    /// 随法定节假日; `None` = as the base.
    pub follow_holidays: Option<bool>,
    /// Hours by weekday, Monday first; `None` = the base's week.
    pub week: Option<[Vec<Shift>; 7]>,
    /// 停工与加班, lowest first.
    pub exceptions: Vec<Layer>,
}

/// Longest exception in days: five years. More is a slip of the year.
const EXCEPTION_DAYS: i64 = 5 * 366;

impl KeptCalendar {
    /// Reads a record of the calendar register.
    pub fn from_record(record: &Record) -> (Option<KeptCalendar>, Vec<Finding>) {
        let mut reader = Reader::new(record, "工作日历");
        let calendar = read_calendar(&mut reader, record);
        reader.finish(calendar)
    }

    /// Reads many records; withdrawn ones are left out.
    pub fn from_records(records: &[Record]) -> (Vec<KeptCalendar>, Vec<Finding>) {
        read_all(records, KeptCalendar::from_record)
    }
}

fn read_calendar(reader: &mut Reader<'_>, record: &Record) -> Option<KeptCalendar> {
    let code = reader.text("code");
    let code = reader.need("code", "代号", code);
    let name = reader.text("name").or_else(|| code.clone())?;
    Some(KeptCalendar {
        id: record.id,
        code: code?,
        name,
        project: reader.reference("project").map(ProjectId),
        base: reader.text("base").filter(|code| !code.trim().is_empty()),
        follow_holidays: reader.bool("follow_holidays"),
        week: read_week(reader, record.rows("week")),
        exceptions: read_exceptions(reader, record.rows("exceptions")),
    })
}

fn read_week(reader: &mut Reader<'_>, rows: &[Fields]) -> Option<[Vec<Shift>; 7]> {
    if rows.is_empty() {
        return None;
    }
    let mut week: [Vec<Shift>; 7] = Default::default();
    for row in rows {
        let day = row.get("day").and_then(Value::as_int).unwrap_or(0);
        let Some(hours) = usize::try_from(day - 1)
            .ok()
            .and_then(|day| week.get_mut(day))
        else {
            let problem = format!("星期“{day}”不在 1 到 7 之间，这一行不采用。");
            reader.note(
                "calendar_week",
                "week",
                problem,
                "请填 1（星期一）到 7（星期日）。",
            );
            continue;
        };
        match parse_hours(row.get("hours").and_then(Value::as_text).unwrap_or("")) {
            Ok(shifts) => *hours = shifts,
            Err(problem) => reader.note("calendar_hours", "week", problem, HOURS_REMEDY),
        }
    }
    Some(week)
}

const HOURS_REMEDY: &str = "请写成 08:00-12:00,13:00-17:00。";

fn read_exceptions(reader: &mut Reader<'_>, rows: &[Fields]) -> Vec<Layer> {
    let mut layers = Vec::new();
    for row in rows {
        let text = |id: &str| row.get(id).and_then(Value::as_text).unwrap_or("");
        let Some(first) = row.get("first").and_then(Value::as_date) else {
            continue;
        };
        let last = row.get("last").and_then(Value::as_date).unwrap_or(first);
        if !(0..EXCEPTION_DAYS).contains(&days_between(first, last)) {
            let problem = format!("“{}”从 {first} 到 {last}，不采用。", text("name"));
            let remedy = "请核对第一天和最后一天；一段最长五年。";
            reader.note("calendar_exception", "exceptions", problem, remedy);
            continue;
        }
        let working = row.get("working").and_then(Value::as_bool).unwrap_or(false);
        let mut layer = match working {
            true => Layer::extra_work(text("name"), first, last),
            false => Layer::stop(text("name"), first, last),
        };
        match parse_hours(text("hours")) {
            Ok(hours) if working && !hours.is_empty() => layer = layer.with_hours(hours),
            Ok(_) => {}
            Err(problem) => reader.note("calendar_hours", "exceptions", problem, HOURS_REMEDY),
        }
        layers.push(layer);
    }
    layers
}

/// Hours as people write them: `08:00-12:00,13:00-17:00`, with full-width marks too; an empty text is no work.
///
/// # Errors
/// What cannot be read, in words.
///
/// ```
/// use ground::Shift;
/// assert_eq!(portfolio::parse_hours("08:00－12：00"), Ok(vec![Shift { from: 480, to: 720 }]));
/// assert!(portfolio::parse_hours("8点到12点").is_err());
/// ```
pub fn parse_hours(text: &str) -> Result<Vec<Shift>, String> {
    let plain: String = text
        .chars()
        .map(|c| match c {
            '：' => ':',
            '－' | '–' | '—' | '~' | '～' | '至' => '-',
            '，' | '、' | '；' | ';' => ',',
            other => other,
        })
        .filter(|c| !c.is_whitespace())
        .collect();
    let wrong = |part: &str| format!("上班时段“{part}”读不出来。");
    let mut shifts = Vec::new();
    for part in plain.split(',').filter(|part| !part.is_empty()) {
        let (from, to) = part.split_once('-').ok_or_else(|| wrong(part))?;
        let from = clock(from).ok_or_else(|| wrong(part))?;
        let to = clock(to).ok_or_else(|| wrong(part))?;
        if from >= to {
            return Err(format!("上班时段“{part}”的结束不在开始之后。"));
        }
        shifts.push(Shift { from, to });
    }
    shifts.sort();
    if shifts.windows(2).any(|pair| pair[1].from < pair[0].to) {
        return Err(format!("上班时段“{text}”有重叠。"));
    }
    Ok(shifts)
}

/// Minutes since midnight of `8:00`, `24:00`.
fn clock(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour.checked_mul(60)?.checked_add(minute)?;
    (minute < 60 && total <= 24 * 60).then_some(total)
}

/// Hours as they are written.
pub fn print_hours(shifts: &[Shift]) -> String {
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let part = |shift: &Shift| format!("{}-{}", clock(shift.from), clock(shift.to));
    shifts.iter().map(part).collect::<Vec<_>>().join(",")
}

/// The standard calendars with the kept ones beside or over them. A base that is not there, or a chain of bases that
/// closes, is told, and 七天 stands in for it.
pub fn calendars_with(
    standard: &Calendars,
    holidays: &HolidayTable,
    kept: &[KeptCalendar],
) -> (Calendars, Vec<Finding>) {
    let mut maker = Maker {
        standard,
        holidays,
        by_code: kept.iter().map(|one| (one.code.as_str(), one)).collect(),
        made: BTreeMap::new(),
        findings: Vec::new(),
    };
    for one in kept {
        maker.make(&one.code, &mut BTreeSet::new());
    }
    let mut all = standard.clone();
    for calendar in maker.made.into_values() {
        all = all.with(calendar);
    }
    for one in kept {
        all.know_record(one.id, &one.code);
    }
    (all, maker.findings)
}

struct Maker<'a> {
    standard: &'a Calendars,
    holidays: &'a HolidayTable,
    by_code: BTreeMap<&'a str, &'a KeptCalendar>,
    made: BTreeMap<String, WorkCalendar>,
    findings: Vec<Finding>,
}

impl<'a> Maker<'a> {
    /// The calendar of a code; `above` are the codes that wait for it.
    fn make(&mut self, code: &str, above: &mut BTreeSet<String>) -> Option<WorkCalendar> {
        if let Some(made) = self.made.get(code) {
            return Some(made.clone());
        }
        let standard = self.standard;
        let own = |id: &str| {
            standard
                .knows(id)
                .then(|| standard.calendar(standard.position(Some(id))).clone())
        };
        let Some(kept) = self.by_code.get(code).copied() else {
            return own(code);
        };
        above.insert(code.to_owned());
        let base = match kept.base.as_deref() {
            Some(base) if above.contains(base) && base != code => {
                self.tell(kept, format!("以“{base}”为准，绕了一圈又回到自己。"));
                None
            }
            // A kept calendar of a standard code stands on the standard one.
            Some(base) if base == code => own(code),
            Some(base) => {
                let found = self.make(base, above);
                if found.is_none() {
                    self.tell(kept, format!("没有代号为“{base}”的日历。"));
                }
                found
            }
            None => own(code),
        };
        above.remove(code);
        let calendar = self.compiled(kept, base);
        self.made.insert(code.to_owned(), calendar.clone());
        Some(calendar)
    }

    fn compiled(&self, kept: &KeptCalendar, base: Option<WorkCalendar>) -> WorkCalendar {
        let base = base.unwrap_or_else(WorkCalendar::seven_day);
        let follows = kept.follow_holidays.unwrap_or(base.by_notice());
        let week = kept.week.clone().unwrap_or_else(|| base.week().clone());
        let holidays = follows.then_some(self.holidays);
        let own = WorkCalendar::of_week(&kept.code, &kept.name, week, holidays);
        let layers = base.layers().iter().chain(&kept.exceptions).cloned();
        layers.fold(own, WorkCalendar::with_layer)
    }

    fn tell(&mut self, kept: &KeptCalendar, problem: String) {
        let place = format!("工作日历“{}”", kept.name);
        let remedy = "请改“以哪本为准”；现在按七天计算。";
        self.findings
            .push(Finding::error("calendar_base", place, problem, remedy));
    }
}

/// The days of a year on which a calendar differs from its plain week.
pub fn differing_days(calendar: &WorkCalendar, year: i16) -> Vec<Date> {
    let Ok(first) = Date::new(year, 1, 1) else {
        return Vec::new();
    };
    let number = ground::timeline::day_number(first);
    let differs = |day: &Date| {
        let plain = &calendar.week()[day.weekday().to_monday_zero_offset() as usize];
        calendar.hours_on(*day) != *plain
    };
    (number..number + 366)
        .map(ground::timeline::date_of_day)
        .filter(|day| day.year() == year)
        .filter(differs)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::{day, record, text};

    fn table(rows: &[&[(&str, Value)]]) -> Value {
        let row = |cells: &&[(&str, Value)]| {
            cells
                .iter()
                .map(|(id, value)| ((*id).to_owned(), value.clone()))
                .collect()
        };
        Value::Rows(rows.iter().map(row).collect())
    }

    fn kept(id: i64, fields: &[(&str, Value)]) -> KeptCalendar {
        let (calendar, findings) = KeptCalendar::from_record(&record(id, fields));
        assert_eq!(findings, []);
        calendar.expect("a calendar")
    }

    fn standard() -> Calendars {
        Calendars::standard(HolidayTable::shipped())
    }

    #[test]
    fn a_site_calendar_stands_on_another_and_adds_its_stop() {
        let stop = table(&[&[
            ("name", text("春节停工")),
            ("first", Value::Date(day("2023-01-15"))),
            ("last", Value::Date(day("2023-02-05"))),
        ]]);
        let site = kept(
            9,
            &[
                ("code", text("lianhu")),
                ("name", text("莲湖校区工地")),
                ("base", text("site6")),
                ("exceptions", stop),
            ],
        );
        let (calendars, findings) = calendars_with(&standard(), HolidayTable::shipped(), &[site]);
        assert_eq!(findings, []);
        let own = calendars.calendar(calendars.position(Some("lianhu")));
        assert!(!own.is_working(day("2023-01-30")), "in the stop");
        assert!(own.is_working(day("2023-02-06")));
        assert!(!own.is_working(day("2023-02-12")), "a Sunday");
        assert!(!own.is_working(day("2023-04-05")), "清明节, as the base");
        assert_eq!(calendars.code_of(RecordId(9)), Some("lianhu"));
        assert!(calendars.knows("site6"), "the standard ones stay");
    }

    #[test]
    fn bases_that_close_a_circle_are_told_and_do_not_hang() {
        let one = kept(1, &[("code", text("a")), ("base", text("b"))]);
        let two = kept(2, &[("code", text("b")), ("base", text("a"))]);
        let three = kept(3, &[("code", text("c")), ("base", text("missing"))]);
        let (calendars, findings) =
            calendars_with(&standard(), HolidayTable::shipped(), &[one, two, three]);
        assert!(["a", "b", "c"].iter().all(|code| calendars.knows(code)));
        let codes: Vec<&str> = findings.iter().map(|f| f.code.as_str()).collect();
        assert_eq!(codes, ["calendar_base", "calendar_base"]);
    }

    #[test]
    fn hours_of_the_week_are_minutes_of_the_plan() {
        let week = table(&[
            &[
                ("day", Value::Int(1)),
                ("hours", text("7:00-12:00，14：00-19:00")),
            ],
            &[("day", Value::Int(7)), ("hours", text(""))],
        ]);
        let site = kept(1, &[("code", text("x")), ("week", week)]);
        let (calendars, _) = calendars_with(&standard(), HolidayTable::shipped(), &[site]);
        let timeline = calendars.timeline(calendars.position(Some("x")));
        assert_eq!(timeline.minutes_on(day("2023-03-06")), 600);
        assert_eq!(timeline.minutes_on(day("2023-03-07")), 0);
    }

    #[test]
    fn odd_hours_and_endless_exceptions_are_told() {
        let long = table(&[&[
            ("name", text("停工")),
            ("first", Value::Date(day("2003-01-01"))),
            ("last", Value::Date(day("2023-02-05"))),
        ]]);
        let week = table(&[
            &[("day", Value::Int(1)), ("hours", text("早八点"))],
            &[("day", Value::Int(8)), ("hours", text("08:00-09:00"))],
        ]);
        let fields = [("code", text("x")), ("week", week), ("exceptions", long)];
        let (calendar, findings) = KeptCalendar::from_record(&record(1, &fields));
        assert_eq!(calendar.expect("kept").exceptions, []);
        let codes: Vec<&str> = findings.iter().map(|f| f.code.as_str()).collect();
        assert_eq!(
            codes,
            ["calendar_hours", "calendar_week", "calendar_exception"]
        );
    }

    #[test]
    fn hours_print_as_they_are_read() {
        for text in ["", "08:00-12:00,13:00-17:00", "00:00-24:00"] {
            assert_eq!(print_hours(&parse_hours(text).expect("hours")), text);
        }
        for text in [
            "12:00-08:00",
            "08:00-12:00,11:00-13:00",
            "08:60-09:00",
            "x",
            "25:00-26:00",
        ] {
            assert!(parse_hours(text).is_err(), "{text}");
        }
    }
}
