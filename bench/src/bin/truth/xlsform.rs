//! The 58 public XLSForms: what we read of each beside what the reference converter makes of it.

use super::Tally;
use exchange::{Question, QuestionKind, open_workbook, read_xlsform};
use std::collections::BTreeMap;
use std::path::Path;

/// Written by `bench/peers/xlsform_reference.py`.
const REFERENCE: &str = include_str!("../../../peers/xlsform_reference.tsv");

/// Judges all forms.
pub fn judge(folder: &Path, tally: &mut Tally) {
    let mut expected: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in REFERENCE.lines().filter(|l| !l.starts_with('#')) {
        let (form, row) = line.split_once('\t').unwrap_or((line, ""));
        expected.entry(form).or_default().push(row);
    }
    let (mut carried, mut all) = (0, 0);
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
    for (form, rows) in expected {
        let Ok(bytes) = std::fs::read(folder.join("truth/xlsform").join(form)) else {
            tally.check(form, "file", "missing", "there");
            continue;
        };
        let read = open_workbook(&bytes, form)
            .map_err(|finding| vec![finding])
            .and_then(|workbook| read_xlsform(&workbook, "form"));
        match read {
            Err(findings) => {
                let place = findings
                    .first()
                    .map(|f| f.place.clone())
                    .unwrap_or_default();
                let told = place.contains('!') && place.contains('行');
                let theirs = rows.first().copied().unwrap_or("");
                let why = findings.first().map_or("", |f| f.problem.as_str());
                let ours = match (told, theirs) {
                    (true, "refused") => "refused".to_owned(),
                    _ => format!("refused at {place}: {why}"),
                };
                tally.check(form, "whole form", ours, theirs);
            }
            Ok(read) => {
                carried += read.translated.0;
                all += read.translated.1;
                for one in &read.kept {
                    let why = format!("{}“{}”：{}", one.what, one.text, one.why);
                    *kept.entry(why).or_default() += 1;
                }
                let mut ours = Vec::new();
                list(
                    &read.form.questions,
                    "",
                    FLAT.contains(&form).then_some(false),
                    &mut ours,
                );
                compare(form, &ours, &rows, tally);
                let (definition, findings) = register::parse("form/definition.toml", &read.toml);
                let told = findings
                    .iter()
                    .map(|f| format!("{} {}", f.place, f.problem));
                let parsed = definition
                    .map_or_else(|| told.collect::<Vec<_>>().join("; "), |_| "parses".into());
                tally.check(form, "definition", parsed, "parses");
            }
        }
    }
    println!("xlsform: {carried} of {all} expressions carried over");
    for (why, times) in kept {
        println!("  not carried over ({times}): {why}");
    }
}

fn compare(form: &str, ours: &[String], theirs: &[&str], tally: &mut Tally) {
    for row in theirs {
        let path = row.split('\t').next().unwrap_or("");
        let own = ours.iter().find(|o| o.split('\t').next() == Some(path));
        tally.check(form, path, own.map_or("nothing", String::as_str), row);
    }
    let known = |path: &str| {
        theirs
            .iter()
            .any(|row| row.split('\t').next() == Some(path))
    };
    for row in ours {
        let path = row.split('\t').next().unwrap_or("");
        if !known(path) {
            tally.check(form, path, row, "nothing");
        }
    }
}

/// Forms whose groups the converter dissolves: it repeats the group's condition on each question in it.
const FLAT: [&str; 1] = ["example_xls/flat_xlsform_test.xlsx"];

/// Rows of all questions; `inherited` says whether a dissolved group above has a condition.
fn list(questions: &[Question], above: &str, inherited: Option<bool>, out: &mut Vec<String>) {
    for question in questions {
        let path = if above.is_empty() {
            question.name.clone()
        } else {
            format!("{above}/{}", question.name)
        };
        let (kind, choices) = match &question.kind {
            QuestionKind::Text => ("text", ""),
            QuestionKind::Integer => ("integer", ""),
            QuestionKind::Decimal => ("decimal", ""),
            QuestionKind::Range => ("range", ""),
            QuestionKind::Date => ("date", ""),
            QuestionKind::Time => ("time", ""),
            QuestionKind::DateTime => ("datetime", ""),
            QuestionKind::SelectOne(choices) => ("select_one", choices.list.as_str()),
            QuestionKind::SelectMany(choices) => ("select_many", choices.list.as_str()),
            QuestionKind::Note => ("note", ""),
            QuestionKind::Acknowledge => ("acknowledge", ""),
            QuestionKind::Calculate => ("calculate", ""),
            QuestionKind::Hidden => ("hidden", ""),
            QuestionKind::Geo(_) => ("geo", ""),
            QuestionKind::File(_) => ("file", ""),
            QuestionKind::Phone => ("phone", ""),
            QuestionKind::Metadata => ("metadata", ""),
            QuestionKind::Group => ("group", ""),
            QuestionKind::Repeat => ("repeat", ""),
            QuestionKind::Loop(_) => ("loop", ""),
        };
        let required = matches!(
            question.required.trim().to_lowercase().as_str(),
            "yes" | "true" | "true()"
        );
        let own = !question.relevant.is_empty();
        let group = matches!(question.kind, QuestionKind::Group);
        let relevant = own || inherited == Some(true);
        let flag = |set: bool| if set { "1" } else { "0" };
        out.push(
            [
                path.as_str(),
                kind,
                flag(required),
                flag(if group { own } else { relevant }),
                flag(!question.constraint.is_empty()),
                choices,
            ]
            .join("\t"),
        );
        list(&question.children, &path, inherited.map(|_| relevant), out);
    }
}
