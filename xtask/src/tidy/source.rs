//! Rules on Rust sources: a `//!` head, no clock or file below `app`, functions of one screen, no unfinished code.

use super::{Complaint, SourceFile};

/// Rooms in which nothing opens a file, a socket or a clock.
const PURE: &[&str] = &[
    "ground",
    "plan",
    "indicator",
    "register",
    "press",
    "portfolio",
    "exchange",
    "report",
];
/// A function fits one screen.
const FUNCTION_LINES: usize = 70;
/// A story told by an integration test is read from top to bottom and may take a longer breath.
const STORY_LINES: usize = 120;
/// A file longer than this usually holds two rooms.
const FILE_LINES: usize = 900;

/// All complaints about Rust sources.
pub fn check(files: &[SourceFile]) -> Vec<Complaint> {
    let rust = files.iter().filter(|file| file.path.ends_with(".rs"));
    rust.flat_map(|file| {
        let mut complaints = Vec::new();
        complaints.extend(head(file));
        complaints.extend(effects(file));
        complaints.extend(lengths(file));
        complaints
    })
    .collect()
}

fn head(file: &SourceFile) -> Option<Complaint> {
    let first = file.text.lines().find(|line| !line.trim().is_empty())?;
    let missing = !first.starts_with("//!");
    missing.then(|| {
        Complaint::new(
            &file.path,
            "begin the file with a `//!` line: what the room is for, what it leaves to others",
        )
    })
}

/// The crate a path belongs to, for sources (tests and examples may touch the world).
fn room_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("crates/")?;
    let (room, rest) = rest.split_once('/')?;
    rest.starts_with("src/").then_some(room)
}

fn effects(file: &SourceFile) -> Vec<Complaint> {
    let Some(room) = room_of(&file.path) else {
        return Vec::new();
    };
    let pure = PURE.contains(&room);
    let clock_free = pure || room == "store";
    let clocks = [
        "SystemTime::now",
        "Zoned::now",
        "Timestamp::now",
        "Instant::now",
    ];
    let doors = ["std::fs", "std::net", "File::open"];
    let body = file.text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut complaints = Vec::new();
    for (number, line) in body.lines().enumerate() {
        let place = format!("{}:{}", file.path, number + 1);
        if clock_free && clocks.iter().any(|word| line.contains(word)) {
            complaints.push(Complaint::new(
                &place,
                "no clock below `app`: take the time as an argument",
            ));
        }
        if pure && doors.iter().any(|word| line.contains(word)) {
            complaints.push(Complaint::new(
                &place,
                "no file or socket in this room: bytes come in, bytes go out",
            ));
        }
    }
    complaints
}

fn lengths(file: &SourceFile) -> Vec<Complaint> {
    let lines: Vec<&str> = file.text.lines().collect();
    let mut complaints = Vec::new();
    if lines.len() > FILE_LINES {
        complaints.push(Complaint::new(
            &file.path,
            format!("{} lines: split the file, it holds two rooms", lines.len()),
        ));
    }
    for (start, line) in lines.iter().enumerate() {
        let Some(length) = function_length(&lines, start, line) else {
            continue;
        };
        let limit = if file.path.contains("/tests/") {
            STORY_LINES
        } else {
            FUNCTION_LINES
        };
        if length > limit {
            let place = format!("{}:{}", file.path, start + 1);
            complaints.push(Complaint::new(
                place,
                format!("a function of {length} lines: take leaves out until it fits {limit}"),
            ));
        }
    }
    complaints
}

/// Lines from a `fn` line to the closing brace at the same indent.
fn function_length(lines: &[&str], start: usize, line: &str) -> Option<usize> {
    let trimmed = line.trim_start();
    let is_function = [
        "fn ",
        "pub fn ",
        "async fn ",
        "pub async fn ",
        "pub(crate) fn ",
        "pub(super) fn ",
    ]
    .iter()
    .any(|word| trimmed.starts_with(word));
    if !is_function || trimmed.ends_with(';') {
        return None;
    }
    let indent = line.len() - trimmed.len();
    let close = format!("{}}}", " ".repeat(indent));
    let end = lines[start..]
        .iter()
        .position(|candidate| *candidate == close)?;
    Some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints_of(path: &str, text: &str) -> Vec<String> {
        check(&[SourceFile {
            path: path.into(),
            text: text.into(),
        }])
        .into_iter()
        .map(|complaint| complaint.sentence)
        .collect()
    }

    #[test]
    fn a_file_without_head_and_a_clock_below_app_are_told() {
        let told = complaints_of("crates/plan/src/lib.rs", "fn a() { Zoned::now(); }\n");
        assert_eq!(told.len(), 2);
        assert!(
            complaints_of(
                "crates/app/src/lib.rs",
                "//! App.\nfn a() { Zoned::now(); }\n"
            )
            .is_empty()
        );
    }

    #[test]
    fn a_long_function_is_told_with_its_length() {
        let text = format!(
            "//! Head.\nfn long() {{\n{}}}\n",
            "    work();\n".repeat(80)
        );
        assert!(complaints_of("crates/plan/src/lib.rs", &text)[0].contains("82 lines"));
    }
}
