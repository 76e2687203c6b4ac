//! `cargo xtask tidy`: the walls of the house as one test. Rules live one in a file; this file collects them.

mod dependencies;
mod documents;
mod files;
mod glossary;
mod schemas;
mod source;

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// What a rule found: the place and the sentence that says the fix.
pub struct Complaint {
    place: String,
    sentence: String,
}

impl Complaint {
    fn new(place: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            sentence: sentence.into(),
        }
    }
}

/// A file under version control, as text.
pub struct SourceFile {
    /// Path from the repository root, with `/`.
    path: String,
    text: String,
}

/// Runs all rules and fails with the list of complaints.
pub fn run(root: &Path) -> Result<()> {
    let files = tracked_files(root)?;
    let mut complaints = Vec::new();
    complaints.extend(dependencies::walls(root)?);
    complaints.extend(dependencies::licences(root)?);
    complaints.extend(source::check(&files));
    complaints.extend(schemas::check(&files));
    complaints.extend(files::check(&files));
    complaints.extend(documents::check(root, &files));
    complaints.extend(glossary::check(root, &files)?);
    for complaint in &complaints {
        println!("{}: {}", complaint.place, complaint.sentence);
    }
    if complaints.is_empty() {
        println!("tidy: {} files, walls stand", files.len());
        return Ok(());
    }
    bail!("tidy: {} things to mend", complaints.len())
}

/// All files git tracks or would add (ignored ones left out), read as text; binary files are skipped.
fn tracked_files(root: &Path) -> Result<Vec<SourceFile>> {
    let listing = std::process::Command::new("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ])
        .current_dir(root)
        .output()?;
    let names = String::from_utf8(listing.stdout)?;
    let read = |name: &str| {
        let text = std::fs::read_to_string(PathBuf::from(root).join(name)).ok()?;
        Some(SourceFile {
            path: name.to_owned(),
            text,
        })
    };
    Ok(names
        .split('\0')
        .filter(|name| !name.is_empty())
        .filter_map(read)
        .collect())
}
