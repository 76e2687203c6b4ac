//! Schedule files as Primavera P6 and Microsoft Project wrote them: their own dates and floats against what our engine
//! makes of the same activities, links and calendars. Beside it what no file states, in `shifted`: what late dates a target
//! before or after the finish gives.
//!
//! Every difference that remains is in `KNOWN` with its reason; one without a reason fails the run, and so does a reason
//! that nothing needs any more.

use std::collections::BTreeMap;
use std::path::Path;

use crate::{Tally, earlier, shifted};
use exchange::schedule_file::{Format, ScheduleFile, StoredDates, read};
use ground::iso_minutes;
use plan::{ActivityKind, Dialect, LagCalendar, Progress, Schedule, schedule};

/// Files of `truth/schedules` that hold dates of their own.
const FILES: [&str; 11] = [
    "p6-network-3994.xer",
    "percent-complete-8.4.xer",
    "mspdirelations.xml",
    "mspdiduration.xml",
    "mspdipriority.xml",
    "sample.xml",
    "task-links-project2003-mspdi.xml",
    "task-links-project2007-mspdi.xml",
    "task-links-project2010-mspdi.xml",
    "task-links-project2013-mspdi.xml",
    "task-baselines-project2003-mspdi.xml",
];

const COLUMNS: [&str; 8] = [
    "early_start",
    "early_finish",
    "late_start",
    "late_finish",
    "start",
    "finish",
    "total_float",
    "free_float",
];

/// A difference we know: file, column, activities, why.
struct Known {
    file: &'static str,
    column: &'static str,
    ids: &'static [&'static str],
    reason: &'static str,
}

/// Compares all files of the folder.
pub fn judge(folder: &Path, all: &mut Tally) {
    for name in FILES {
        let path = folder.join("truth/schedules").join(name);
        let Ok(bytes) = std::fs::read(&path) else {
            println!("{name}: not in this folder");
            continue;
        };
        let mut tally = Tally::default();
        let (file, _) = read(name, &bytes);
        match schedule(&file.network, &file.options) {
            Ok(answer) => {
                compare(name, &file, &answer, &mut tally);
                shifted::judge(name, &file, &answer, &mut tally);
                drivers(name, &file, &answer, &mut tally);
                if name == FILES[0] {
                    let text = String::from_utf8_lossy(&bytes);
                    earlier::judge(name, &text, &file, &answer, &mut tally);
                }
            }
            Err(findings) => tally.check(name, "schedule", format!("{findings:?}"), "ok"),
        }
        all.equal += tally.equal;
        all.different += tally.different;
    }
    lag_calendars(folder, all);
}

fn compare(name: &str, file: &ScheduleFile, answer: &Schedule, tally: &mut Tally) {
    let mut counts = [(0, 0); COLUMNS.len()];
    let mut used: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut left = (0, 0);
    for (i, stored) in file.stored.iter().enumerate() {
        if !measured(file, i) {
            continue;
        }
        let (ours, theirs) = (ours(file, answer, i), theirs(stored));
        for (k, column) in COLUMNS.iter().enumerate() {
            let Some(their) = theirs[k] else { continue };
            if *column == "total_float" && file.float_left(answer, i) {
                left = (left.0 + 1, left.1 + usize::from(ours[k] != their));
                continue;
            }
            counts[k].1 += 1;
            if ours[k] == their {
                counts[k].0 += 1;
                tally.equal += 1;
            } else if let Some(known) = known(name, column, &file.ids[i]) {
                *used.entry((column, known.reason)).or_default() += 1;
            } else {
                let what = format!("{} {column}", file.ids[i]);
                tally.check(name, &what, shown(k, ours[k]), &shown(k, their));
            }
        }
    }
    for (k, (equal, of)) in counts.iter().enumerate().filter(|(_, (_, of))| *of > 0) {
        println!("{name}: {} {equal} of {of} equal", COLUMNS[k]);
    }
    if left.0 > 0 {
        let (count, differ) = left;
        println!(
            "{name}: total_float of {count} more is of an earlier run of P6, see earlier.rs; {differ} differ"
        );
    }
    for ((column, reason), count) in &used {
        println!("  known    {name}: {count} {column}: {reason}");
    }
    for known in KNOWN.iter().filter(|known| known.file == name) {
        let needed = used
            .get(&(known.column, known.reason))
            .copied()
            .unwrap_or(0);
        if needed < known.ids.len() {
            let what = format!("{} reasons for {}", known.ids.len(), known.column);
            tally.check(name, &what, needed, &known.ids.len().to_string());
        }
    }
}

/// P6 keeps no early and late dates of finished activities, and no program shows them of summaries in the same way.
fn measured(file: &ScheduleFile, i: usize) -> bool {
    let activity = &file.network.activities[i];
    activity.kind != ActivityKind::Summary
        && !matches!(activity.progress, Progress::Finished { .. })
}

fn known(file: &str, column: &str, id: &str) -> Option<&'static Known> {
    KNOWN
        .iter()
        .find(|known| known.file == file && known.column == column && known.ids.contains(&id))
}

pub(super) fn ours(file: &ScheduleFile, answer: &Schedule, i: usize) -> [i64; 8] {
    let remaining = match file.format {
        Format::Mspdi => answer.early_start[i],
        _ => answer.remaining_start[i],
    };
    [
        remaining,
        answer.early_finish[i],
        answer.late_start[i],
        answer.late_finish[i],
        answer.planned_start[i],
        answer.planned_finish[i],
        answer.total_float[i],
        answer.free_float[i],
    ]
}

pub(super) fn theirs(stored: &StoredDates) -> [Option<i64>; 8] {
    [
        stored.early_start,
        stored.early_finish,
        stored.late_start,
        stored.late_finish,
        stored.start,
        stored.finish,
        stored.total_float,
        stored.free_float,
    ]
}

fn shown(column: usize, value: i64) -> String {
    if column < 6 {
        iso_minutes(value)
    } else {
        format!("{value} min")
    }
}

/// Every date names what sets it, and every negative float the chain behind it.
fn drivers(name: &str, file: &ScheduleFile, answer: &Schedule, tally: &mut Tally) {
    let told = (0..file.ids.len())
        .filter(|&i| {
            let why = plan::why(&file.network, answer, i);
            let chain = plan::late_chain(&file.network, answer, i);
            let named = answer.total_float[i] >= 0 || !chain.is_empty();
            why.ends_with('。') && named
        })
        .count();
    tally.check(
        name,
        "dates with a reason",
        told,
        &file.ids.len().to_string(),
    );
    let dialect = match file.format {
        Format::Mspdi => Dialect::MicrosoftProject,
        _ => Dialect::P6,
    };
    let same = file.options.dialect == dialect;
    tally.check(name, "conventions of its program", same, "true");
}

/// P6 wrote these four with its four settings for the calendar of lags, and with one activity. A second one and a link
/// with a lag are written into the text, so that there is a lag to follow the setting.
fn lag_calendars(folder: &Path, all: &mut Tally) {
    let settings = [
        ("PredecessorCalendar.xer", LagCalendar::Predecessor),
        ("SuccessorCalendar.xer", LagCalendar::Successor),
        ("ProjectDefaultCalendar.xer", LagCalendar::Of(0)),
        ("TwentyFourHourCalendar.xer", LagCalendar::Elapsed),
    ];
    for (name, expect) in settings {
        let path = folder.join("truth/schedules").join(name);
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("{name}: not in this folder");
            continue;
        };
        let (file, _) = read(name, with_link(&text).as_bytes());
        let lags = file.network.links.iter();
        let found: Vec<_> = lags.map(|link| (link.lag, link.lag_calendar)).collect();
        let mut tally = Tally::default();
        let expect = format!("{:?}", [(960, expect)]);
        tally.check(name, "lag and its calendar", format!("{found:?}"), &expect);
        all.take(name, tally);
    }
}

/// The text with its activity A1000 once more as A1010, two days after A1000.
fn with_link(text: &str) -> String {
    let mut lines = Vec::new();
    let mut table = "";
    for line in text.lines() {
        table = line.strip_prefix("%T\t").unwrap_or(table);
        lines.push(line.to_owned());
        if table == "TASK" && line.starts_with("%R\t1338401\t") {
            let second = line.replace("\t1338401\t", "\t1338402\t");
            lines.push(second.replace("\tA1000\t", "\tA1010\t"));
        }
        if table == "TASKPRED" && line.starts_with("%F") {
            lines.push("%R\t1\t1338402\t1338401\t34738\t34738\tPR_FS\t16".to_owned());
        }
    }
    lines.join("\r\n")
}

/// Project added tasks 6 to 10 at 08:07 and stored the file without calculating the four before them again: they still
/// end with 21 April, the finish of the project until then.
const OLD_FINISH: &str = "文件存的是加入第6至10项任务之前的项目完成日，之后没有重算这四项";

const KNOWN: [Known; 4] = [
    Known {
        file: "mspdiduration.xml",
        column: "late_start",
        ids: &["1", "2", "3", "4"],
        reason: OLD_FINISH,
    },
    Known {
        file: "mspdiduration.xml",
        column: "late_finish",
        ids: &["1", "2", "3", "4"],
        reason: OLD_FINISH,
    },
    Known {
        file: "mspdiduration.xml",
        column: "total_float",
        ids: &["1", "2", "3", "4"],
        reason: OLD_FINISH,
    },
    Known {
        file: "mspdiduration.xml",
        column: "free_float",
        ids: &["1", "2", "3", "4"],
        reason: OLD_FINISH,
    },
];
