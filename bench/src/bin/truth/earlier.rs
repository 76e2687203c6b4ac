//! The floats that P6 left from an earlier run. It writes the total float of an activity planned as late as possible
//! together with the move; where the activity has no room to move, the figure of the run before stays in the file beside
//! new dates. In p6-network-3994.xer these are 47 activities, of which 43 differ from what the dates in the file give.
//! The run before went by another state of the project, of which three things are known: Calendar3 worked 08:00 to 16:00
//! (as Calendar6 and the only exception of Calendar3 still do), and A1468 and A1723, reported complete, were finished.
//! Set back to it, the engine gives all 47 as P6 stored them.

use crate::Tally;
use exchange::schedule_file::{ScheduleFile, read};
use plan::{Schedule, schedule};
use std::collections::BTreeMap;

/// The calendar that changed, and the one that still works as it did.
const CALENDARS: (&str, &str) = ("Calendar3", "Calendar6");
/// Finished in the state before; a day before its data date.
const FINISHED: ([&str; 2], &str) = (["A1468", "A1723"], "2017-09-08 16:00");
/// How many floats P6 left alone.
const LEFT: usize = 47;

/// Checks that the floats left alone are those of the state before.
pub fn judge(name: &str, text: &str, file: &ScheduleFile, answer: &Schedule, tally: &mut Tally) {
    let ids = file.ids.iter().enumerate();
    let left = ids.filter(|(i, _)| file.float_left(answer, *i));
    let left: Vec<(usize, &String)> = left.collect();
    tally.check(
        name,
        "floats left by an earlier run",
        left.len(),
        &LEFT.to_string(),
    );
    let (before, _) = read(name, set_back(text).as_bytes());
    let Ok(then) = schedule(&before.network, &before.options) else {
        return tally.check(name, "the state before", "no dates", "dates");
    };
    for (i, id) in left {
        let ours = before.ids.iter().position(|one| one == id);
        let ours = ours.map(|at| then.total_float[at]);
        let what = format!("{id} total_float in the state before");
        tally.check(
            name,
            &what,
            format!("{ours:?}"),
            &format!("{:?}", file.stored[i].total_float),
        );
    }
}

/// The file with the three things as they were.
fn set_back(text: &str) -> String {
    let before = hours_of(text, CALENDARS.1);
    let change = |table: &str, row: &mut BTreeMap<&str, String>| match table {
        "CALENDAR" if row["clndr_name"] == CALENDARS.0 => {
            row.insert("clndr_data", before.clone());
        }
        "TASK" if FINISHED.0.contains(&row["task_code"].as_str()) => {
            row.insert("status_code", "TK_Complete".to_owned());
            row.insert("act_end_date", FINISHED.1.to_owned());
            row.insert("remain_drtn_hr_cnt", "0".to_owned());
            row.insert("expect_end_date", String::new());
        }
        _ => {}
    };
    rewritten(text, change)
}

/// The working hours of a calendar as the file has them.
fn hours_of(text: &str, calendar: &str) -> String {
    let mut hours = String::new();
    rewritten(text, |table, row| {
        if table == "CALENDAR" && row["clndr_name"] == calendar {
            hours = row["clndr_data"].clone();
        }
    });
    hours
}

/// The text with each row as `change` leaves it.
fn rewritten(text: &str, mut change: impl FnMut(&str, &mut BTreeMap<&str, String>)) -> String {
    let (mut table, mut columns) = ("", Vec::new());
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut cells = line.split('\t');
        match cells.next() {
            Some("%T") => table = cells.next().unwrap_or_default(),
            Some("%F") => columns = cells.collect(),
            Some("%R") => {
                let cells = cells
                    .map(str::to_owned)
                    .chain(std::iter::repeat(String::new()));
                let mut row: BTreeMap<&str, String> = columns.iter().copied().zip(cells).collect();
                change(table, &mut row);
                let cells: Vec<&str> = columns.iter().map(|one| row[one].as_str()).collect();
                lines.push(format!("%R\t{}", cells.join("\t")));
                continue;
            }
            _ => {}
        }
        lines.push(line.to_owned());
    }
    lines.join("\r\n")
}
