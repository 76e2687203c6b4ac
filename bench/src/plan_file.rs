//! Reading plans of other programs: a generated plan written as P6 XER and as Project XML, each read whole. The files
//! stay in the folder for `bench/peers/mpxj_read.py`.

use std::fmt::Write as _;
use std::path::Path;

use exchange::schedule_file::{self, ScheduleFile, write_mspdi, write_xer};
use plan::schedule;

use crate::figure;
use crate::random::Random;

const RUNS: usize = 3;

/// Writes both files of `count` activities into `folder` and measures how they are read.
pub fn run(count: usize, folder: &Path) -> Result<(), String> {
    let (file, findings) = schedule_file::read("generated", text(count).as_bytes());
    if let Some(finding) = findings.first() {
        return Err(finding.to_string());
    }
    let plan = schedule(&file.network, &file.options).map_err(|loops| format!("{loops:?}"))?;
    for (ending, bytes) in [
        ("xer", write_xer(&file, &plan).0),
        ("xml", write_mspdi(&file, &plan).0),
    ] {
        let path = folder.join(format!("plan.{ending}"));
        std::fs::write(path, &bytes).map_err(|error| error.to_string())?;
        let (cost, again) = figure::best(RUNS, || schedule_file::read(ending, &bytes).0);
        equal(&file, &again)?;
        let remark = format!(
            "{} MB, {} links",
            bytes.len() >> 20,
            again.network.links.len()
        );
        figure::line(
            &format!("read: {count} activities as {ending}"),
            &cost,
            &remark,
        );
    }
    Ok(())
}

/// The figure counts only when everything was read.
fn equal(file: &ScheduleFile, again: &ScheduleFile) -> Result<(), String> {
    let same = file.ids.len() == again.ids.len() && file.network.links == again.network.links;
    same.then_some(())
        .ok_or_else(|| "the file does not read back".to_owned())
}

/// The plan as our own text: durations of 1–10 days, two predecessors within the last 200, one in fifty not before a date.
fn text(count: usize) -> String {
    let mut random = Random::new(1);
    let mut text = String::from("name = \"generated\"\nstart = 2023-01-02\ncalendar = \"cn5\"\n");
    for index in 0..count {
        let days = 1 + random.below(10);
        let _ = writeln!(
            text,
            "[[activity]]\ncode = \"A{index}\"\nname = \"工作 {index}\"\nduration_days = {}",
            days as f64 / 10.0
        );
        let near = index.min(200) as u64;
        if near > 0 {
            let first = index - 1 - random.below(near) as usize;
            let second = index - 1 - random.below(near) as usize;
            let rest = if first == second {
                String::new()
            } else {
                format!(",A{second}")
            };
            let _ = writeln!(text, "predecessors = \"A{first}{rest}\"");
        }
        if index % 50 == 49 {
            text += "start_no_earlier = 2023-02-01\n";
        }
    }
    text
}
