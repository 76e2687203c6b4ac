//! The glossary (`docs/glossary.toml`): one concept, one name. A term in use must occur in the code under its English
//! name, and a register field whose label is a glossary term must carry that name.

use super::{Complaint, SourceFile};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct Glossary {
    term: Vec<Term>,
}

/// One concept: Chinese term, English name as an identifier, and whether the code has it yet.
#[derive(Deserialize)]
struct Term {
    zh: String,
    en: String,
    #[serde(default)]
    later: bool,
}

/// All complaints about names.
pub fn check(root: &Path, files: &[SourceFile]) -> Result<Vec<Complaint>> {
    let path = "docs/glossary.toml";
    let text = std::fs::read_to_string(root.join(path)).with_context(|| path)?;
    let glossary: Glossary = toml::from_str(&text)?;
    let code: Vec<&SourceFile> = files.iter().filter(|file| is_code(&file.path)).collect();
    let mut complaints: Vec<Complaint> = glossary
        .term
        .iter()
        .filter_map(|term| usage(path, term, &code))
        .collect();
    let definitions = files
        .iter()
        .filter(|file| file.path.starts_with("registers/") && file.path.ends_with(".toml"));
    complaints.extend(definitions.flat_map(|file| fields(&glossary, file)));
    Ok(complaints)
}

fn is_code(path: &str) -> bool {
    let code = path.ends_with(".rs") || path.ends_with(".toml");
    code && path != "docs/glossary.toml" && !path.starts_with("xtask/")
}

fn usage(path: &str, term: &Term, code: &[&SourceFile]) -> Option<Complaint> {
    let found = code.iter().any(|file| file.text.contains(&term.en));
    match (found, term.later) {
        (false, false) => Some(Complaint::new(
            path,
            format!(
                "{} `{}` is not in the code: rename the code, or mark the term later = true",
                term.zh, term.en
            ),
        )),
        _ => None,
    }
}

/// Complaints about `label` lines whose field id is not the glossary's name. Id and label stand on near lines.
fn fields(glossary: &Glossary, file: &SourceFile) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut id = String::new();
    for (number, line) in file.text.lines().enumerate() {
        if let Some(value) = quoted_after(line, "id") {
            id = value;
        }
        let Some(label) = quoted_after(line, "label = { \"zh-CN\"")
            .or_else(|| quoted_after(line, "label = { zh-CN"))
        else {
            continue;
        };
        let Some(term) = glossary.term.iter().find(|term| term.zh == label) else {
            continue;
        };
        if !term.en.eq_ignore_ascii_case(&id)
            && term.en.chars().all(|c| c.is_lowercase() || c == '_')
        {
            let place = format!("{}:{}", file.path, number + 1);
            complaints.push(Complaint::new(
                place,
                format!(
                    "{label} is `{}` in the glossary, here it is `{id}`",
                    term.en
                ),
            ));
        }
    }
    complaints
}

fn quoted_after(line: &str, key: &str) -> Option<String> {
    let rest = line
        .trim_start()
        .strip_prefix(key)?
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    Some(rest.strip_prefix('"')?.split('"').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_names_a_term_otherwise_is_told() {
        let glossary = Glossary {
            term: vec![Term {
                zh: "总投资".into(),
                en: "investment_total".into(),
                later: false,
            }],
        };
        let text = "id = \"total\"\nlabel = { \"zh-CN\" = \"总投资\" }\n";
        let file = SourceFile {
            path: "registers/x/definition.toml".into(),
            text: text.into(),
        };
        assert_eq!(fields(&glossary, &file).len(), 1);
        let good = SourceFile {
            path: file.path.clone(),
            text: text.replace("\"total\"", "\"investment_total\""),
        };
        assert!(fields(&glossary, &good).is_empty());
    }
}
