//! The measurements of dates, resources and chance without the rest of the product: `bench levelling` and, after the word
//! `schedule`, `bench schedule` in a crate that builds in seconds. `changes SHAPE KIND` measures single changes alone.

use std::process::ExitCode;

#[path = "../../../bench/src/change.rs"]
mod change;
#[allow(dead_code, reason = "the rest of bench uses the other half")]
#[path = "../../../bench/src/figure.rs"]
mod figure;
#[path = "../../../bench/src/instance.rs"]
mod instance;
#[path = "../../../bench/src/levelling.rs"]
mod levelling;
#[path = "../../../bench/src/random.rs"]
mod random;
#[path = "../../../bench/src/schedule.rs"]
mod schedule;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let [first, sizes @ ..] = &words[..]
        && *first == "schedule"
    {
        let sizes: Vec<usize> = sizes.iter().filter_map(|size| size.parse().ok()).collect();
        schedule::run(&sizes);
        return ExitCode::SUCCESS;
    }
    if let ["changes", shape, kind] = words[..] {
        schedule::changes(&[100_000], &[shape, kind]);
        return ExitCode::SUCCESS;
    }
    match levelling::run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}
