//! Public plan files (`PLAN_FILES=FOLDER`): every P6 and Project file below a folder, its own dates and floats against
//! ours. The files stay outside the repository; why one of them differs stands by its name in `plan_files.txt`. A file
//! that differs without a reason, or in more activities than its reason was found for, fails the run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use exchange::schedule_file::{Format, ScheduleFile, read};
use plan::{ActivityKind, Progress, Schedule, schedule};

use super::schedules::{ours, theirs};

const REASONS: &str = include_str!("plan_files.txt");

/// What was compared of one file or one table of them.
#[derive(Default, Clone, Copy)]
struct Sum {
    files: usize,
    whole_files: usize,
    activities: usize,
    whole: usize,
    dates: (usize, usize),
    floats: (usize, usize),
}

impl Sum {
    fn add(&mut self, other: &Sum) {
        self.files += other.files;
        self.whole_files += other.whole_files;
        self.activities += other.activities;
        self.whole += other.whole;
        self.dates = (self.dates.0 + other.dates.0, self.dates.1 + other.dates.1);
        self.floats = (
            self.floats.0 + other.floats.0,
            self.floats.1 + other.floats.1,
        );
    }

    fn line(&self) -> String {
        let share = 100.0 * self.whole as f64 / self.activities.max(1) as f64;
        format!(
            "{} files, {} wholly equal; {} activities, {} wholly equal ({share:.2} %); dates {} of {}; floats {} of {}",
            self.files,
            self.whole_files,
            self.activities,
            self.whole,
            self.dates.0,
            self.dates.1,
            self.floats.0,
            self.floats.1
        )
    }
}

/// Compares all files below `folder`, prints sums and differing files; gives the number of those nobody explained.
pub fn run(folder: &Path) -> Result<usize, String> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    let reasons = reasons();
    let mut tables: BTreeMap<&str, Sum> = BTreeMap::new();
    let (mut failed, mut refused) = (0, 0);
    for path in &paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
        match compare(&name, &bytes) {
            Outcome::Refused => refused += 1,
            Outcome::Unsaid => {
                failed += 1;
                println!("  differs  {name}: not calculated, and nothing says why");
            }
            Outcome::Compared(table, sum) => {
                tables.entry(table).or_default().add(&sum);
                failed += usize::from(!explained(&name, &sum, reasons.get(&*name)));
            }
        }
    }
    tell(&tables, refused);
    Ok(failed)
}

fn tell(tables: &BTreeMap<&str, Sum>, refused: usize) {
    let mut all = Sum::default();
    for (table, sum) in tables {
        println!("{table}: {}", sum.line());
        all.add(sum);
    }
    println!("plan files: {}", all.line());
    println!("{refused} more hold no plan and say so");
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if ["xer", "xml", "pmxml"].iter().any(|known| ending == *known) {
            paths.push(path);
        }
    }
    Ok(())
}

enum Outcome {
    /// No plan in it; a finding says so.
    Refused,
    /// No dates and no finding.
    Unsaid,
    Compared(&'static str, Sum),
}

fn compare(name: &str, bytes: &[u8]) -> Outcome {
    let (file, findings) = read(name, bytes);
    let remedied = findings.iter().any(|finding| !finding.remedy.is_empty());
    match schedule(&file.network, &file.options) {
        Ok(answer) if !file.ids.is_empty() => {
            Outcome::Compared(table(name, file.format), compared(&file, &answer))
        }
        Ok(_) if remedied => Outcome::Refused,
        Err(findings) if !findings.is_empty() => Outcome::Refused,
        _ => Outcome::Unsaid,
    }
}

fn table(name: &str, format: Format) -> &'static str {
    match format {
        Format::Xer => "P6 XER",
        Format::Pmxml => "P6 XML",
        _ if name.ends_with("__mpp.xml") => "Project .mpp",
        _ => "Project XML",
    }
}

fn compared(file: &ScheduleFile, answer: &Schedule) -> Sum {
    let mut sum = Sum {
        files: 1,
        ..Sum::default()
    };
    for (i, activity) in file.network.activities.iter().enumerate() {
        if activity.kind != ActivityKind::Summary {
            compare_one(file, answer, i, &mut sum);
        }
    }
    sum.whole_files = usize::from(sum.whole == sum.activities);
    sum
}

/// Of finished work only start and finish: its early and late dates are a convention of each program.
fn compare_one(file: &ScheduleFile, answer: &Schedule, i: usize, sum: &mut Sum) {
    let done = matches!(
        file.network.activities[i].progress,
        Progress::Finished { .. }
    );
    let (ours, theirs) = (ours(file, answer, i), theirs(&file.stored[i]));
    let mut whole = true;
    for (column, (ours, theirs)) in ours.into_iter().zip(theirs).enumerate() {
        let Some(theirs) = theirs.filter(|_| !done || matches!(column, 4 | 5)) else {
            continue;
        };
        let count = if column < 6 {
            &mut sum.dates
        } else {
            &mut sum.floats
        };
        count.0 += usize::from(ours == theirs);
        count.1 += 1;
        whole &= ours == theirs;
    }
    sum.activities += 1;
    sum.whole += usize::from(whole);
}

/// Why a file differs, and in how many activities that was found.
struct Reason {
    activities: usize,
    words: &'static str,
}

/// `= words` opens a reason; the lines below name its files with the number of their differing activities.
fn reasons() -> BTreeMap<&'static str, Reason> {
    let mut reasons = BTreeMap::new();
    let mut words = "";
    for line in REASONS.lines().filter(|line| !line.starts_with('#')) {
        if let Some(reason) = line.strip_prefix("= ") {
            words = reason;
        } else if let Some((name, count)) = line.rsplit_once(' ') {
            let activities = count.parse().unwrap_or(0);
            reasons.insert(name, Reason { activities, words });
        }
    }
    reasons
}

/// Prints a differing file with its reason; false where none is known for as much.
fn explained(name: &str, sum: &Sum, reason: Option<&Reason>) -> bool {
    let differ = sum.activities - sum.whole;
    if differ == 0 {
        return true;
    }
    let known = reason.map_or(0, |reason| reason.activities);
    let words = reason.map_or("no reason known", |reason| reason.words);
    let verdict = if differ <= known {
        "known  "
    } else {
        "differs"
    };
    let of = sum.activities;
    println!("  {verdict}  {name}: {differ} of {of}, known {known}: {words}");
    differ <= known
}
