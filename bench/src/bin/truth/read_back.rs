//! Plans we write, read back by MPXJ (`bench/peers/mpxj_read_back.py`): needs the built binary, Java and two Python
//! packages. Where they are missing a line says so and nothing is counted.

use std::path::Path;
use std::process::Command;

use super::Tally;

/// Files of the folder that go through both writers.
const FILES: [&str; 4] = [
    "p6-network-3994.xer",
    "mspdirelations.xml",
    "sample.xml",
    "task-links-project2013-mspdi.xml",
];

pub(crate) fn judge(folder: &Path, tally: &mut Tally) {
    let Some(binary) = binary() else {
        println!("mpxj read-back: skipped, the binary is not built (make build)");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/mpxj_read_back.py");
    let python = std::env::var_os("BENCH_PYTHON").unwrap_or_else(|| "python3".into());
    let files = FILES.map(|file| folder.join("truth/schedules").join(file));
    let output = Command::new(python)
        .arg(script)
        .arg(binary)
        .args(files)
        .output();
    match output {
        Ok(output) => count(&output, tally),
        Err(problem) => println!("mpxj read-back: skipped, Python does not run: {problem}"),
    }
}

/// The binary beside this program.
fn binary() -> Option<std::path::PathBuf> {
    let own = std::env::current_exe().ok()?;
    let binary = own.with_file_name("guatu");
    binary.is_file().then_some(binary)
}

/// Each line `… : N equal, M different, …` counts.
fn count(output: &std::process::Output, tally: &mut Tally) {
    let text = String::from_utf8_lossy(&output.stdout);
    print!("{text}");
    if !output.status.success() && !text.contains("different") {
        let problem = String::from_utf8_lossy(&output.stderr);
        return tally.check("mpxj", "read-back runs", problem.trim(), "");
    }
    for line in text.lines().filter(|line| line.contains(" equal, ")) {
        let number = |word: &str| {
            let before = line.split(word).next().unwrap_or_default();
            before
                .rsplit([' ', ':'])
                .find_map(|part| part.parse::<usize>().ok())
                .unwrap_or(0)
        };
        tally.equal += number(" equal,");
        tally.different += number(" different,");
    }
}
