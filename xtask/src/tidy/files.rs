//! Rules on all files: no path of a machine, no registry host, no lock file with download addresses, no rooms without
//! meaning, no marks of a merge.

use super::{Complaint, SourceFile};

/// Names that say nothing about what is in the room.
const EMPTY_NAMES: &[&str] = &[
    "utils", "util", "common", "manager", "helper", "helpers", "misc",
];

/// All complaints about file names and machine traces.
pub fn check(files: &[SourceFile]) -> Vec<Complaint> {
    files
        .iter()
        .flat_map(|file| [name(file), trace(file), lock(file), merge(file)])
        .flatten()
        .collect()
}

fn name(file: &SourceFile) -> Option<Complaint> {
    let stem = |part: &str| part.split('.').next().unwrap_or_default().to_owned();
    let bad = file
        .path
        .split('/')
        .map(stem)
        .find(|part| EMPTY_NAMES.contains(&part.as_str()))?;
    Some(Complaint::new(
        &file.path,
        format!("`{bad}` says nothing: name the room by what is in it"),
    ))
}

/// Traces are assembled here so that this file does not complain about itself.
fn traces() -> Vec<String> {
    let hosts = [
        ("crates", "io"),
        ("registry.npmjs", "org"),
        ("pypi", "org"),
        ("files.pythonhosted", "org"),
        ("npmmirror", "com"),
    ];
    let folders = [("/wo", "rk/"), ("/ro", "ot/"), ("/ho", "me/")];
    let hosts = hosts.iter().map(|(name, end)| format!("{name}.{end}"));
    hosts
        .chain(folders.iter().map(|(a, b)| format!("{a}{b}")))
        .collect()
}

/// A relative path may pass through folders that are called like those of a machine.
fn begins_a_path(line: &str, at: usize) -> bool {
    !line[..at].ends_with(|before: char| before == '.' || before == '@' || before.is_alphanumeric())
}

fn trace(file: &SourceFile) -> Option<Complaint> {
    if file.path == "Cargo.lock" {
        return None;
    }
    let words = traces();
    let (number, word) = file.text.lines().enumerate().find_map(|(number, line)| {
        let word = words.iter().find(|word| {
            line.match_indices(word.as_str())
                .any(|(at, _)| begins_a_path(line, at))
        })?;
        Some((number + 1, word.clone()))
    })?;
    Some(Complaint::new(
        format!("{}:{number}", file.path),
        format!("`{word}` is a path of a machine or a registry host: leave it out"),
    ))
}

fn lock(file: &SourceFile) -> Option<Complaint> {
    let addressed = file.path.ends_with("package-lock.json") && file.text.contains("\"resolved\"");
    addressed.then(|| Complaint::new(&file.path, "download addresses in the lock file: npm install with omit-lockfile-registry-resolved=true"))
}

/// What a merge leaves where two hands wrote on the same line.
fn merge(file: &SourceFile) -> Option<Complaint> {
    let marks = ['<', '>'].map(|sign| format!("{} ", String::from(sign).repeat(7)));
    let marked = |line: &str| marks.iter().any(|mark| line.starts_with(mark.as_str()));
    let number = file.text.lines().position(marked)? + 1;
    Some(Complaint::new(
        format!("{}:{number}", file.path),
        "the mark of a merge: keep one of the two texts",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, text: &str) -> usize {
        check(&[SourceFile {
            path: path.into(),
            text: text.into(),
        }])
        .len()
    }

    #[test]
    fn the_mark_of_a_merge_is_told() {
        let mark = format!("one\n{} HEAD\ntwo", "<".repeat(7));
        assert_eq!(told("docs/page.md", &mark), 1);
        assert_eq!(told("docs/page.md", "a heading\n=======\n"), 0);
    }

    #[test]
    fn machine_paths_and_empty_names_are_told() {
        let path = format!("see {}{}", "/wo", "rk/main");
        assert_eq!(told("docs/a.md", &path), 1);
        assert_eq!(told("crates/plan/src/utils.rs", "//! x"), 1);
        assert_eq!(told("web/package-lock.json", "{\"resolved\": 1}"), 1);
        assert_eq!(told("docs/a.md", "plain"), 0);
    }
}
