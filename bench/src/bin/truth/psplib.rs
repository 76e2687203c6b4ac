//! Instances of PSPLIB against their best known makespans, by a fixed number of schedules so that every run answers the
//! same. Whole sets by the clock are the business of `bench levelling`.

use super::Tally;
use plan::rcpsp::solve;
use std::path::Path;
use std::process::Command;

#[path = "../../instance.rs"]
mod instance;

/// Schedules each search may build: about a second of the largest ones. And its seed.
const SCHEDULES: u64 = 150_000;
const SEED: u64 = 1;
/// Set, instances taken, and the share above the best known value that is allowed, in thousandths. The search
/// reaches every one of the small instances; of the large ones the best known values took days elsewhere.
const SETS: [(&str, &[u32], u32); 3] = [
    ("J30", &[1, 97, 193, 289, 385, 401, 480], 0),
    ("J60", &[1, 101, 201, 301, 450], 20),
    ("J120", &[1, 201, 301, 501], 50),
];

/// Solves the instances and compares them.
pub fn judge(archive: &Path, tally: &mut Tally) {
    let Some(table) = member(archive, "best-known.csv") else {
        return tally.check("psplib.tar.gz", "best-known.csv", "missing", "there");
    };
    for (set, instances, allowed) in SETS {
        for number in instances {
            let name = format!("{set}_{number}.txt");
            let ours = member(archive, &name)
                .and_then(|text| instance::instance(&text))
                .and_then(|problem| solve(&problem, SEED, |best| best.schedules < SCHEDULES).ok());
            let known = instance::best_known(&table, &name);
            let (Some(ours), Some(known)) = (ours, known) else {
                tally.check("psplib.tar.gz", &name, "unread", "read");
                continue;
            };
            let limit = known + known * allowed / 1_000;
            let told = match ours.makespan {
                makespan if (known..=limit).contains(&makespan) => "reached".to_owned(),
                makespan => format!("{makespan}, best known {known}, allowed {limit}"),
            };
            tally.check("psplib.tar.gz", &name, told, "reached");
        }
    }
}

fn member(archive: &Path, name: &str) -> Option<String> {
    let out = Command::new("tar")
        .arg("-xzOf")
        .arg(archive)
        .arg(name)
        .output()
        .ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    (!text.is_empty()).then_some(text)
}
