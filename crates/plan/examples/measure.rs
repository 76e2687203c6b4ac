//! The measurements of resources and chance without the rest of the product: `bench levelling` in a crate that builds in
//! seconds.

use std::process::ExitCode;

#[path = "../../../bench/src/instance.rs"]
mod instance;
#[path = "../../../bench/src/levelling.rs"]
mod levelling;
#[path = "../../../bench/src/random.rs"]
mod random;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match levelling::run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}
