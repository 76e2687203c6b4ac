//! `clndr_data`: the nested list in which P6 keeps the shifts and exceptions of a calendar,
//! `(0||DaysOfWeek()((0||2()((0||0(s|08:00|f|16:00)()))) …`. Days of the week count from Sunday = 1, dates of exceptions
//! are days since 1899-12-30.

use ground::timeline::{date_of_day, day_number};
use ground::{Date, Shift};

use crate::schedule_file::calendar::{CalendarException, NamedCalendar};

/// One element: `(0||name(arguments)(children))`.
#[derive(Default)]
struct Node<'a> {
    name: &'a str,
    arguments: &'a str,
    children: Vec<Node<'a>>,
}

/// P6 nests five deep; a text that goes deeper was made to exhaust the reader.
const DEPTH: usize = 12;

/// Fills week and exceptions from the text; false when it is none of this kind, or cut off.
pub(super) fn fill(calendar: &mut NamedCalendar, text: &str) -> bool {
    let mut scan = Scan { rest: text };
    let Some(root) = scan.node(0) else {
        return false;
    };
    let mut understood = true;
    for part in &root.children {
        match part.name {
            "DaysOfWeek" => {
                for day in &part.children {
                    understood &= fill_day(calendar, day);
                }
            }
            "Exceptions" => {
                for day in &part.children {
                    understood &= fill_exception(calendar, day);
                }
            }
            _ => {}
        }
    }
    understood && root.children.iter().any(|part| part.name == "DaysOfWeek")
}

fn fill_day(calendar: &mut NamedCalendar, node: &Node) -> bool {
    let (Ok(day @ 1..=7), Some(shifts)) = (node.name.parse::<usize>(), shifts(node)) else {
        return false;
    };
    // Sunday, day 1, is the last of ours.
    calendar.week[(day + 5) % 7] = Some(shifts);
    true
}

fn fill_exception(calendar: &mut NamedCalendar, node: &Node) -> bool {
    let serial = value(node.arguments, "d").and_then(|serial| serial.parse::<i64>().ok());
    let (Some(serial @ 0..=200_000), Some(shifts)) = (serial, shifts(node)) else {
        return false;
    };
    let exception = CalendarException {
        name: String::new(),
        shifts,
    };
    calendar
        .exceptions
        .insert(date_of_serial(serial), exception);
    true
}

/// Day serials count from 1899-12-30, as in old spreadsheets.
fn date_of_serial(serial: i64) -> Date {
    date_of_day(serial + day_number(Date::constant(1899, 12, 30)))
}

/// The day serial of a date.
pub(super) fn serial_of(date: Date) -> i64 {
    day_number(date) - day_number(Date::constant(1899, 12, 30))
}

fn shifts(node: &Node) -> Option<Vec<Shift>> {
    let mut shifts = Vec::with_capacity(node.children.len());
    for child in &node.children {
        let from = clock(value(child.arguments, "s")?)?;
        let to = match clock(value(child.arguments, "f")?)? {
            0 => 1440,
            // 23:59 is how some exporters write the end of the day.
            1439 => 1440,
            to => to,
        };
        if from >= to {
            return None;
        }
        shifts.push(Shift { from, to });
    }
    shifts.sort_unstable();
    Some(shifts)
}

/// The value after a key of `s|08:00|f|16:00`.
fn value<'a>(arguments: &'a str, key: &str) -> Option<&'a str> {
    let mut parts = arguments.split('|');
    while let Some(part) = parts.next() {
        let value = parts.next();
        if part.trim() == key {
            return value.map(str::trim);
        }
    }
    None
}

/// `16:00` or `4:00 PM`, in minutes of the day.
fn clock(text: &str) -> Option<u16> {
    let (hour, rest) = text.split_once(':')?;
    let hour: u16 = hour.trim().parse().ok()?;
    let minute: u16 = rest.get(..2)?.parse().ok()?;
    let half = rest.get(2..).unwrap_or("").trim().to_ascii_uppercase();
    let hour = match half.as_str() {
        "PM" if hour < 12 => hour + 12,
        "AM" if hour == 12 => 0,
        _ => hour,
    };
    (hour < 24 && minute < 60 || hour == 24 && minute == 0).then_some(hour * 60 + minute)
}

struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    /// Passes over blanks and the control characters that stand for line ends.
    fn skip(&mut self) {
        let blank = |c: char| c.is_whitespace() || c.is_control();
        self.rest = self.rest.trim_start_matches(blank);
    }

    fn take(&mut self, mark: char) -> Option<()> {
        self.skip();
        self.rest = self.rest.strip_prefix(mark)?;
        Some(())
    }

    fn until(&mut self, mark: char) -> Option<&'a str> {
        let (before, after) = self.rest.split_once(mark)?;
        self.rest = after;
        Some(before)
    }

    fn node(&mut self, depth: usize) -> Option<Node<'a>> {
        if depth > DEPTH {
            return None;
        }
        self.take('(')?;
        let head = self.until('(')?;
        let name = head.rsplit("||").next().unwrap_or_default().trim();
        let arguments = self.until(')')?;
        self.take('(')?;
        let mut children = Vec::new();
        self.skip();
        while self.rest.starts_with('(') {
            children.push(self.node(depth + 1)?);
            self.skip();
        }
        self.take(')')?;
        self.take(')')?;
        Some(Node {
            name,
            arguments,
            children,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i16, month: i8, day: i8) -> Date {
        Date::constant(year, month, day)
    }

    fn filled(text: &str) -> Option<NamedCalendar> {
        let mut calendar = NamedCalendar::default();
        fill(&mut calendar, text).then_some(calendar)
    }

    #[test]
    fn days_count_from_sunday_and_serials_from_1899() {
        let calendar = filled(
            "(0||CalendarData()(\u{7f}\u{7f}  (0||DaysOfWeek()((0||1()())(0||2()((0||0(s|08:00|f|12:00)())\u{7f}(0||1(f|00:00|s|13:00)())))))(0||VIEW(ShowTotal|N)())(0||Exceptions()((0||0(d|43650)())(0||1(d|45045)((0||0(s|8:00 AM|f|4:30 PM)()))))))))",
        )
        .expect("well formed");
        let span = |from, to| Shift { from, to };
        assert_eq!(calendar.week[6], Some(vec![]));
        assert_eq!(
            calendar.week[0],
            Some(vec![span(480, 720), span(780, 1440)])
        );
        assert_eq!(calendar.week[1], None);
        assert_eq!(calendar.exceptions[&date(2019, 7, 4)].shifts, []);
        let worked = date(2023, 4, 29);
        assert_eq!(calendar.exceptions[&worked].shifts, [span(480, 990)]);
        assert_eq!(serial_of(worked), 45_045);
    }

    #[test]
    fn what_is_cut_off_or_nested_without_end_is_not_understood() {
        let deep = "(0||a()(".repeat(100_000);
        for text in [
            "",
            "()",
            "(0||CalendarData()((0||DaysOfWeek()((0||1()(",
            deep.as_str(),
        ] {
            assert!(filled(text).is_none());
        }
        let backwards =
            "(0||CalendarData()((0||DaysOfWeek()((0||2()((0||0(s|16:00|f|08:00)())))))))";
        assert!(filled(backwards).is_none());
    }
}
