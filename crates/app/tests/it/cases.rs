//! `registers/*/cases.md`: scenarios that an official can read, played on a real district in a temporary folder.

mod claims;
mod grammar;
mod plans;
mod stage;
mod words;

use std::fmt::Write as _;
use std::path::Path;

use grammar::{Scenario, Sentence};
use stage::Stage;

/// Plays a scenario; the first sentence that does not hold, with its line.
fn play(register: &str, scenario: &Scenario) -> Option<String> {
    let mut stage = Stage::open(register, scenario);
    for step in &scenario.steps {
        let told = match &step.sentence {
            Sentence::Then(claims) => {
                claims
                    .iter()
                    .find_map(|claim| match claims::check(&mut stage, claim) {
                        Ok(None) => None,
                        Ok(Some(miss)) => {
                            Some(format!("应为 {}，实为 {}", miss.claimed, miss.found))
                        }
                        Err(doubt) => Some(doubt),
                    })
            }
            _ => stage.play(step).err(),
        };
        let unasked = stage.refused.as_ref().filter(|_| {
            let next = scenario.steps.iter().find(|s| s.line > step.line);
            !next.is_some_and(|next| next.text.contains("被拒"))
        });
        let told = told.or_else(|| unasked.map(|why| format!("没有办成：{why}")));
        if let Some(told) = told {
            return Some(format!(
                "registers/{register}/cases.md:{} {}\n    {}\n    {told}",
                step.line, scenario.title, step.text
            ));
        }
    }
    None
}

#[test]
fn every_scenario_of_every_programme_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../registers");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("registers")
        .flatten()
        .map(|entry| entry.path().join("cases.md"))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    assert!(files.len() >= 8, "the programmes have their scenarios");
    let (mut played, mut broken) = (0, String::new());
    for file in files {
        let register = file.parent().and_then(Path::file_name).expect("folder");
        let register = register.to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).expect("cases");
        match grammar::read(&text) {
            Err(trouble) => {
                let (line, problem) = (trouble.line, trouble.problem);
                let _ = writeln!(broken, "registers/{register}/cases.md:{line} {problem}");
            }
            Ok(scenarios) => {
                played += scenarios.len();
                for told in scenarios.iter().filter_map(|one| play(&register, one)) {
                    let _ = writeln!(broken, "{told}");
                }
            }
        }
    }
    assert!(broken.is_empty(), "of {played} scenarios:\n{broken}");
}
