//! Prints what an import would bring, as JSON: `dry_run FILE REGISTER [--today DATE] [--names NAMES.json]`.
//!
//! REGISTER is a folder with a `definition.toml`. NAMES lists what is known, one list a register:
//! `{"organisation": [["区发改委", "中原区发展和改革委员会"]]}`, first the name, then its aliases.

use std::path::Path;

use exchange::{ReadContext, dry_run};
use register::{Hints, Known};

fn main() {
    let mut files = Vec::new();
    let (mut today, mut names) = (ground::Date::constant(2023, 3, 10), None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--today" => {
                today = arguments
                    .next()
                    .and_then(|d| d.parse().ok())
                    .expect("--today takes a date")
            }
            "--names" => names = arguments.next(),
            _ => files.push(argument),
        }
    }
    let [file, register] = files.as_slice() else {
        eprintln!("usage: dry_run FILE REGISTER [--today DATE] [--names NAMES.json]");
        std::process::exit(2);
    };
    let path = Path::new(register).join("definition.toml");
    let text = std::fs::read_to_string(&path).expect("the register has a definition.toml");
    let (definition, findings) = register::parse("definition.toml", &text);
    for finding in findings {
        eprintln!("{finding}");
    }
    let definition = definition.expect("the definition is good");
    let hints = names.map_or_else(|| Hints::new(today), |n| known(&n, today));
    let bytes = std::fs::read(file).expect("the file is readable");
    let name = Path::new(file)
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let run = dry_run(&bytes, &name, &definition, &ReadContext::new(&hints));
    println!(
        "{}",
        serde_json::to_string_pretty(&run).expect("plain data")
    );
}

/// Names by register, numbered from 1 in the order of the file.
fn known(file: &str, today: ground::Date) -> Hints {
    let text = std::fs::read_to_string(file).expect("the names file is readable");
    let names: std::collections::BTreeMap<String, Vec<Vec<String>>> =
        serde_json::from_str(&text).expect("JSON of lists of names");
    let mut hints = Hints::new(today);
    for (register, rows) in names {
        let known: Vec<Known> = rows
            .iter()
            .enumerate()
            .filter_map(|(at, row)| {
                let id = ground::RecordId::new(at as i64 + 1)?;
                Some(
                    row[1..]
                        .iter()
                        .fold(Known::named(id, row.first()?), |k, alias| k.alias(alias)),
                )
            })
            .collect();
        hints = if register == "organisation" {
            hints.with_orgs(known)
        } else {
            hints.with_refs(&register, known)
        };
    }
    hints
}
