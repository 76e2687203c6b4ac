//! What a definition knows about workbooks: constants in titles (第七期, 目标:2023年8月20日), group
//! rows (签约一批) and the header levels of cross tables. Finding tables in sheets is left to
//! `exchange`.

use std::collections::BTreeMap;

use ground::{Finding, Severity};

use crate::definition::{Definition, Field, FieldKind, Text};
use crate::read::{Hints, plain, read_cell};
use crate::record::{Fields, Value};

/// How the rows of a workbook become records.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ImportRule {
    /// One record a row, or one record a cell.
    pub layout: ImportLayout,
    /// Fields that together find the existing record a row updates.
    pub match_on: Vec<String>,
    /// Fields that a group row may give to the rows under it.
    pub groups: Vec<String>,
    /// What stands in titles and unit rows.
    pub constants: Vec<ConstantRule>,
    /// Cross tables: the field that the first column gives.
    pub row: Option<String>,
    /// Cross tables: fields given by each header level, from the top.
    pub levels: Vec<LevelRule>,
    /// Cross tables: fields whose values stand in the cells.
    pub measures: Vec<String>,
    /// Headers that are no data (排名 is computed).
    pub ignore: Vec<String>,
    /// Known workbooks, `[[import]]`. Their headers and values are synonyms of the fields and options too, so that a
    /// workbook is recognised without naming its template.
    pub templates: Vec<ImportTemplate>,
}

/// 导入模板. A workbook that comes again and again in the same form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportTemplate {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Option<Text>,
    /// Name of the sheet; none = the likeliest.
    pub sheet: Option<String>,
    /// Row of the header, from 1; none = found by looking.
    pub header_row: Option<u32>,
    /// Fields (or `number`) that together find the existing record.
    pub match_on: Vec<String>,
    /// What a row does whose record is known.
    pub on_match: OnMatch,
    /// Header → field path.
    pub columns: BTreeMap<String, String>,
    /// Field → (text in the workbook → code).
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// What a column does that nothing is known of.
    pub unknown_column: UnknownColumn,
}

/// What a row does whose record is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnMatch {
    /// Changes it.
    #[default]
    Update,
    /// Is left out.
    Skip,
    /// Is refused.
    Refuse,
}

/// What a column does that nothing is known of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum UnknownColumn {
    /// The user is asked.
    #[default]
    Ask,
    /// The workbook is refused.
    Reject,
    /// It is left out.
    Ignore,
}

/// Shape of the workbook.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ImportLayout {
    /// One record a row.
    #[default]
    Rows,
    /// 交叉表. Rows of one thing, columns of another.
    Cross,
}

/// Fields given by one header level of a cross table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LevelRule {
    /// Field ids; one text may give several (1—2月累计 gives period and basis).
    pub fields: Vec<String>,
}

/// A title pattern with holes, `目标:{target_date}{target_kind}`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConstantRule {
    pattern: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Literal(String),
    Hole(String),
}

/// What a group row says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupRow {
    /// Field that the rows below get.
    pub field: String,
    /// Its value.
    pub value: Value,
    /// The count printed in brackets, `签约一批(2个)`.
    pub count: Option<i64>,
}

/// What a header path of a cross table says about its column.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CrossHeader {
    /// Fields of every record of this column.
    pub fields: Fields,
    /// The field that the cell's value goes to; none when the column is left out.
    pub measure: Option<String>,
    /// The column is on the definition's ignore list.
    pub ignored: bool,
    /// Parts of the header that could not be read.
    pub findings: Vec<Finding>,
}

impl ConstantRule {
    /// Splits a pattern into texts and holes.
    pub(crate) fn parse(pattern: &str) -> ConstantRule {
        let mut pieces = Vec::new();
        let mut rest = pattern;
        while let Some((before, (hole, after))) = rest
            .split_once('{')
            .and_then(|(b, r)| Some((b, r.split_once('}')?)))
        {
            push_literal(&mut pieces, before);
            pieces.push(Piece::Hole(hole.to_owned()));
            rest = after;
        }
        push_literal(&mut pieces, rest);
        ConstantRule {
            pattern: pattern.to_owned(),
            pieces,
        }
    }

    /// The pattern as written.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Ids of the fields it fills.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|p| match p {
            Piece::Hole(id) => Some(id.as_str()),
            Piece::Literal(_) => None,
        })
    }
}

fn push_literal(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Literal(plain(text)));
    }
}

/// Reads constants from the title, unit and note texts of a sheet; `(text, place)` each. The first
/// text that gives a field wins. A text that fits a pattern but whose hole cannot be read (an
/// unknown project name) gives a finding.
pub fn read_constants(
    definition: &Definition,
    texts: &[(&str, &str)],
    hints: &Hints,
) -> (Fields, Vec<Finding>) {
    let (mut fields, mut findings) = (Fields::new(), Vec::new());
    for (text, place) in texts {
        let text = plain(text);
        let hints = hints.in_year_of(&text);
        for rule in &definition.import.constants {
            let scan = Scan {
                definition,
                place,
                hints: &hints,
            };
            let Some(found) = scan.find(rule, &text) else {
                continue;
            };
            // A year or day made up by rule is no news in a title; a doubt is.
            let told = found
                .findings
                .into_iter()
                .filter(|f| f.severity > Severity::Info);
            findings.extend(told);
            for (id, value) in found.fields {
                fields.entry(id).or_insert(value);
            }
        }
    }
    (fields, findings)
}

#[derive(Clone, Default)]
struct Found {
    fields: Vec<(String, Value)>,
    findings: Vec<Finding>,
}

struct Scan<'a> {
    definition: &'a Definition,
    place: &'a str,
    hints: &'a Hints,
}

/// Longest text tried for a date, number or period.
const HOLE_MAX: usize = 32;

impl Scan<'_> {
    fn find(&self, rule: &ConstantRule, text: &str) -> Option<Found> {
        match rule.pieces.first()? {
            Piece::Literal(literal) => {
                let starts = text.match_indices(literal.as_str());
                let mut rests = starts.map(|(at, _)| &text[at + literal.len()..]);
                rests.find_map(|rest| self.rest(&rule.pieces[1..], rest))
            }
            Piece::Hole(id) => self.leading_hole(id, &rule.pieces[1..], text),
        }
    }

    /// A hole before the first literal: the text from the start, or from a later character for
    /// kinds that cannot be mistaken.
    fn leading_hole(&self, id: &str, pieces: &[Piece], text: &str) -> Option<Found> {
        let field = self.definition.field(id)?;
        let end = match pieces.first() {
            Some(Piece::Literal(literal)) => text.find(literal.as_str())?,
            _ => return self.rest(&[&[Piece::Hole(id.to_owned())], pieces].concat(), text),
        };
        let before = &text[..end];
        let starts = before.char_indices().map(|(at, _)| at);
        let clean = starts
            .take_while(|at| *at == 0 || !is_named(&field.kind))
            .find_map(|at| {
                let cell = self.read(field, &before[at..]);
                (cell.fields.len() == 1 && cell.findings.iter().all(is_mild)).then_some(cell)
            });
        let first = clean.or_else(|| is_named(&field.kind).then(|| self.read(field, before)))?;
        let rest = self.rest(pieces, &text[end..])?;
        Some(join(first, rest))
    }

    fn rest(&self, pieces: &[Piece], text: &str) -> Option<Found> {
        let text = text.trim_start();
        match pieces.first() {
            None => Some(Found::default()),
            Some(Piece::Literal(literal)) => {
                self.rest(&pieces[1..], text.strip_prefix(literal.as_str())?)
            }
            Some(Piece::Hole(id)) => self.hole(self.definition.field(id)?, &pieces[1..], text),
        }
    }

    fn hole(&self, field: &Field, pieces: &[Piece], text: &str) -> Option<Found> {
        if let FieldKind::Code { .. } = field.kind {
            return self.code_hole(field, pieces, text);
        }
        if is_named(&field.kind) {
            return self.named_hole(field, pieces, text);
        }
        let ends = text
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take(HOLE_MAX);
        let ends: Vec<usize> = ends.collect();
        ends.into_iter().rev().find_map(|end| {
            let cell = self.read(field, &text[..end]);
            if cell.fields.is_empty() || !cell.findings.iter().all(is_mild) {
                return None;
            }
            Some(join(cell, self.rest(pieces, &text[end..])?))
        })
    }

    /// The longest label, code or synonym that the text starts with; absent is no fault.
    fn code_hole(&self, field: &Field, pieces: &[Piece], text: &str) -> Option<Found> {
        let words = field.choices.iter().flat_map(|c| {
            let labels = std::iter::once(&c.label.zh).chain(&c.synonyms);
            labels.map(|word| (plain(word), c.code.clone()))
        });
        let best = words
            .filter(|(w, _)| text.starts_with(w.as_str()))
            .max_by_key(|(w, _)| w.len());
        let Some((word, code)) = best else {
            return self.rest(pieces, text);
        };
        let rest = self.rest(pieces, &text[word.len()..])?;
        let own = Found {
            fields: vec![(field.id.clone(), Value::Text(code))],
            findings: Vec::new(),
        };
        Some(join(own, rest))
    }

    /// Names run to the next literal, or to a bracket or stop.
    fn named_hole(&self, field: &Field, pieces: &[Piece], text: &str) -> Option<Found> {
        let end = match pieces.first() {
            Some(Piece::Literal(literal)) => text.find(literal.as_str())?,
            _ => text
                .find(['(', ')', ';', ',', '。', '、', ' '])
                .unwrap_or(text.len()),
        };
        let rest = self.rest(pieces, &text[end..])?;
        Some(join(self.read(field, &text[..end]), rest))
    }

    fn read(&self, field: &Field, text: &str) -> Found {
        let cell = read_cell(field, text, None, self.place, self.hints);
        let value = cell.value.map(|v| (field.id.clone(), v));
        Found {
            fields: value.into_iter().collect(),
            findings: cell.findings,
        }
    }
}

fn join(first: Found, rest: Found) -> Found {
    Found {
        fields: [first.fields, rest.fields].concat(),
        findings: [first.findings, rest.findings].concat(),
    }
}

fn is_mild(finding: &Finding) -> bool {
    finding.severity != Severity::Error
}

/// Kinds whose text is a name: any text fits, so it is never cut to make it fit.
fn is_named(kind: &FieldKind) -> bool {
    use FieldKind as K;
    matches!(
        kind,
        K::Text | K::LongText | K::Person | K::Ref { .. } | K::Refs { .. } | K::TextList
    )
}

/// Reads a group row such as `签约一批(2个)`; none when the text is no group of this register.
pub fn read_group(definition: &Definition, text: &str, hints: &Hints) -> Option<GroupRow> {
    let text = plain(text);
    let (name, bracket) = match text.split_once('(') {
        Some((name, rest)) => (name, rest.trim_end_matches(')')),
        None => (text.as_str(), ""),
    };
    let name = strip_numbering(name.trim());
    let digits: String = bracket.chars().filter(char::is_ascii_digit).collect();
    definition.import.groups.iter().find_map(|id| {
        let field = definition.field(id)?;
        let cell = read_cell(field, name, None, "", hints);
        let clean = cell.findings.iter().all(is_mild);
        let value = cell.value.filter(|_| clean)?;
        Some(GroupRow {
            field: id.clone(),
            value,
            count: digits.parse().ok(),
        })
    })
}

/// `一、签约一批` and `(二)开工一批` lose their ordinal.
fn strip_numbering(text: &str) -> &str {
    let ordinal = |c: char| "一二三四五六七八九十0123456789".contains(c);
    match text.split_once(['、', '.']) {
        Some((number, rest)) if !number.is_empty() && number.chars().all(ordinal) => rest.trim(),
        _ => text,
    }
}

/// Reads a header path of a cross table from the top: `[固定资产投资, 1—2月累计, 同比增长]`.
/// `constants` are those of the title: its year completes a period without a year.
pub fn read_cross_header(
    definition: &Definition,
    path: &[&str],
    place: &str,
    hints: &Hints,
) -> CrossHeader {
    let rule = &definition.import;
    let path: Vec<String> = path.iter().map(|t| plain(t)).collect();
    if path
        .iter()
        .any(|t| rule.ignore.iter().any(|i| plain(i) == *t))
    {
        return CrossHeader {
            ignored: true,
            ..CrossHeader::default()
        };
    }
    let last = path.last().map_or("", String::as_str);
    let named = rule.measures.iter().find(|id| heads(definition, id, last));
    let deep = path.len() > rule.levels.len();
    let measure = match named {
        None if deep => None,
        None => rule.measures.first().cloned(),
        Some(id) => Some(id.clone()),
    };
    let upper = if named.is_some() || deep {
        &path[..path.len().saturating_sub(1)]
    } else {
        &path[..]
    };
    let mut header = CrossHeader {
        measure,
        ..CrossHeader::default()
    };
    if header.measure.is_none() {
        header
            .findings
            .push(unknown_measure(definition, last, place));
    }
    for (text, level) in upper.iter().zip(&rule.levels) {
        level_fields(definition, level, text, place, hints, &mut header);
    }
    header
}

fn heads(definition: &Definition, id: &str, text: &str) -> bool {
    definition
        .field(id)
        .is_some_and(|f| f.header_words().any(|w| plain(w) == text))
}

fn unknown_measure(definition: &Definition, text: &str, place: &str) -> Finding {
    let labels = definition
        .import
        .measures
        .iter()
        .filter_map(|id| definition.field(id));
    let labels: Vec<&str> = labels.map(|f| f.label.zh.as_str()).collect();
    Finding::error(
        "header.unknown_measure",
        place,
        format!("看不懂表头“{text}”是什么数。"),
        format!(
            "请改成“{}”，或在对应关系里选择忽略这一列。",
            labels.join("\"或\"")
        ),
    )
}

fn level_fields(
    definition: &Definition,
    level: &LevelRule,
    text: &str,
    place: &str,
    hints: &Hints,
    header: &mut CrossHeader,
) {
    let mut read = 0;
    let mut findings = Vec::new();
    for field in level.fields.iter().filter_map(|id| definition.field(id)) {
        let value = match &field.kind {
            FieldKind::Code { .. } => contained_choice(field, text),
            _ => {
                let cell = read_cell(field, text, None, place, hints);
                findings.extend(cell.findings);
                cell.value
            }
        };
        if let Some(value) = value {
            read += 1;
            header.fields.insert(field.id.clone(), value);
        }
    }
    // A level with several fields may give only some of them: 累计 alone is a basis, no period.
    if read == 0 {
        header.findings.extend(findings);
    }
}

/// The option whose longest word stands inside the text.
fn contained_choice(field: &Field, text: &str) -> Option<Value> {
    let words = field.choices.iter().flat_map(|c| {
        let labels = std::iter::once(&c.label.zh).chain(&c.synonyms);
        labels.map(|word| (plain(word), c.code.clone()))
    });
    let inside = words.filter(|(w, _)| text.contains(w.as_str()));
    inside
        .max_by_key(|(w, _)| w.len())
        .map(|(_, code)| Value::Text(code))
}
