//! Measurements of the budgets, each beside what it is compared with in `docs/benchmarks.md`. Never a test.
//!
//! `scripts/bench.sh` runs all of it with the peers. A figure is one line: name, CPU seconds, seconds on the wall
//! clock, peak memory, remark.

mod change;
mod district;
mod expression;
mod figure;
mod import;
mod instance;
mod levelling;
mod list;
mod load;
mod pdf;
mod plan_file;
mod random;
mod schedule;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
usage: bench schedule [TASKS...]       dates and floats of generated networks
       bench district                  300 projects × 200 activities to lights and SVG
       bench files [COUNT [FOLDER]]    plans as P6 XER and Project XML, read
       bench levelling WHAT...         plans under scarce resources, chances of a finish ('bench levelling' lists them)
       bench expr                      rules of a register evaluated on records
       bench pdf                       A1 wall chart of 2,000 bars
       bench list [ROWS [FOLDER]]      pages of 1,000,000 records in SQLite
       bench workbook FILE [ROWS]      writes the workbook that is imported
       bench import FILE               opens, reads, validates and commits it
       bench load NAME ADDRESS PIDS CONNECTIONS SECONDS METHOD PATH BODY IDS_FILE [HEADER...]
                                       asks a server on kept connections ('-': no body, no ids)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn run(words: &[&str]) -> Result<(), String> {
    match words {
        ["schedule", sizes @ ..] => {
            let sizes = sizes
                .iter()
                .map(|text| number(text))
                .collect::<Result<Vec<_>, _>>()?;
            let usual = vec![100_000, 1_000_000];
            schedule::run(if sizes.is_empty() { &usual } else { &sizes });
        }
        ["district"] => district::run(),
        ["files", rest @ ..] if rest.len() <= 2 => {
            let count = rest.first().map_or(Ok(100_000), |text| number(text))?;
            let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
            plan_file::run(count, rest.get(1).map_or(folder.path(), Path::new))?;
        }
        ["levelling", rest @ ..] => levelling::run(rest)?,
        ["expr"] => expression::run(),
        ["pdf"] => pdf::run(),
        ["list", rest @ ..] if rest.len() <= 2 => {
            let rows = rest.first().map_or(Ok(1_000_000), |text| number(text))?;
            list::run(rows, rest.get(1).map(Path::new)).map_err(|e| e.to_string())?;
        }
        ["workbook", file, rest @ ..] if rest.len() <= 1 => {
            let rows = rest.first().map_or(Ok(100_000), |text| number(text))?;
            import::generate(Path::new(file), rows).map_err(|e| e.to_string())?;
        }
        ["import", file] => import::run(Path::new(file)).map_err(|e| e.to_string())?,
        [
            "load",
            name,
            address,
            pids,
            connections,
            seconds,
            method,
            path,
            body,
            ids,
            headers @ ..,
        ] => {
            let ids = match *ids {
                "-" => String::new(),
                file => std::fs::read_to_string(file).map_err(|e| e.to_string())?,
            };
            let plan = load::Plan {
                address: (*address).to_owned(),
                pids: pids.split(',').map(number).collect::<Result<_, _>>()?,
                connections: number(connections)?,
                seconds: number(seconds)?,
                method: (*method).to_owned(),
                path: (*path).to_owned(),
                body: if *body == "-" { "" } else { *body }.to_owned(),
                headers: headers.iter().map(|h| (*h).to_owned()).collect(),
                ids: ids.lines().map(str::to_owned).collect(),
                name: (*name).to_owned(),
            };
            load::run(&plan).map_err(|e| e.to_string())?;
        }
        _ => return Err(USAGE.to_owned()),
    }
    Ok(())
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{text} is not a number\n{USAGE}"))
}
