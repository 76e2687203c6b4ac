//! One name, one shape: two types of the server under one schema name would silently replace each other in the OpenAPI
//! document, and clients generated from it would believe the wrong one.

use super::{Complaint, SourceFile};
use std::collections::BTreeMap;

const DERIVED: &str = "ToSchema";

/// A complaint for every schema name that a second type bears.
pub fn check(files: &[SourceFile]) -> Vec<Complaint> {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let mut complaints = Vec::new();
    let server = |file: &&SourceFile| file.path.starts_with("crates/server/src/");
    for file in files.iter().filter(server) {
        for (line, name) in names(&file.text) {
            let place = format!("{}:{line}", file.path);
            if let Some(other) = first.get(&name) {
                let sentence = format!(
                    "`{name}` is the schema of {other} already: name one of them by `#[schema(as = …)]`"
                );
                complaints.push(Complaint::new(place, sentence));
            } else {
                first.insert(name, place);
            }
        }
    }
    complaints
}

/// Line and schema name of each type that derives a schema.
fn names(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut derived = false;
    let mut renamed = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("#[derive(") {
            derived = line.contains(DERIVED);
            renamed = None;
        } else if let Some(name) = line.strip_prefix("#[schema(as = ") {
            renamed = Some(name.trim_end_matches([')', ']']).to_owned());
        } else if let Some(name) = type_name(line)
            && std::mem::take(&mut derived)
        {
            found.push((number + 1, renamed.take().unwrap_or(name)));
        }
    }
    found
}

/// `Due` of `pub struct Due {`.
fn type_name(line: &str) -> Option<String> {
    let words = line.strip_prefix("pub ").unwrap_or(line);
    let words = words.strip_prefix("(crate) ").unwrap_or(words);
    let name = words
        .strip_prefix("struct ")
        .or_else(|| words.strip_prefix("enum "))?;
    Some(
        name.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_name_is_borne_once() {
        let file = |path: &str, text: &str| SourceFile {
            path: format!("crates/server/src/{path}"),
            text: text.to_owned(),
        };
        let files = [
            file(
                "a.rs",
                "#[derive(Serialize, ToSchema)]\n#[schema(as = Due)]\npub struct DueView {\n}\n",
            ),
            file(
                "b.rs",
                "#[derive(Clone)]\nstruct Other;\n#[derive(ToSchema)]\npub struct Due {}\n",
            ),
            file("c.rs", "#[derive(ToSchema)]\nenum Rag {}\n"),
        ];
        let places: Vec<String> = check(&files).into_iter().map(|c| c.place).collect();
        assert_eq!(places, ["crates/server/src/b.rs:4"]);
    }
}
