//! From the text of a cell to a value. What cannot be read stays absent and gives a finding with
//! the text as written; what was read with a guess gives an info or a warning beside its value.

mod date;
mod name;
mod number;

use ground::{Date, Finding, MoneyUnit, RecordId};
use std::collections::BTreeMap;
use std::sync::Arc;

pub use date::{DateError, DateReading, read_date, read_period};

use crate::definition::{Field, FieldKind, TextFormat};
use crate::record::{Fields, Value};
use crate::same::{Known, NameIndex};
use crate::suggest::nearest;

/// A cell as read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReadCell {
    /// The value; none for an empty cell and for one that could not be read.
    pub value: Option<Value>,
    /// A name that the directory does not have, for the field that `else_to` names.
    pub other: Option<(String, Value)>,
    /// Errors for what could not be read, warnings and infos for what was read with a guess.
    pub findings: Vec<Finding>,
}

impl ReadCell {
    fn value(value: Value) -> ReadCell {
        ReadCell {
            value: Some(value),
            ..ReadCell::default()
        }
    }

    fn with(value: Value, findings: Vec<Finding>) -> ReadCell {
        ReadCell {
            value: Some(value),
            other: None,
            findings,
        }
    }

    fn noted(value: Value, finding: Finding) -> ReadCell {
        ReadCell {
            value: Some(value),
            other: None,
            findings: vec![finding],
        }
    }

    fn refused(finding: Finding) -> ReadCell {
        ReadCell {
            findings: vec![finding],
            ..ReadCell::default()
        }
    }
}

/// What reading may lean on: the directory, records of other registers and a day. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hints {
    today: Date,
    orgs: Arc<NameIndex>,
    refs: BTreeMap<String, Arc<NameIndex>>,
}

impl Hints {
    /// No names; `today` completes dates without a year. Give the table's as-of date if it has one.
    pub fn new(today: Date) -> Hints {
        Hints {
            today,
            orgs: Arc::default(),
            refs: BTreeMap::new(),
        }
    }

    /// Adds the organisations of the directory, with short names as aliases.
    pub fn with_orgs(mut self, orgs: impl Into<NameIndex>) -> Hints {
        self.orgs = Arc::new(orgs.into());
        self
    }

    /// Adds the records of another register.
    pub fn with_refs(mut self, register: &str, known: impl Into<NameIndex>) -> Hints {
        self.refs
            .insert(register.to_owned(), Arc::new(known.into()));
        self
    }

    /// The day that completes dates without a year.
    pub fn today(&self) -> Date {
        self.today
    }

    /// The same names with another day.
    pub fn on(&self, today: Date) -> Hints {
        Hints {
            today,
            ..self.clone()
        }
    }

    /// The directory of organisations.
    pub fn orgs(&self) -> &NameIndex {
        &self.orgs
    }

    /// The records of a register, if given.
    pub fn refs(&self, register: &str) -> Option<&NameIndex> {
        self.refs.get(register).map(Arc::as_ref)
    }

    /// The name of a known record, for texts on screens.
    pub fn name_of(&self, register: &str, id: RecordId) -> Option<&str> {
        let index = if register == "organisation" {
            Some(self.orgs())
        } else {
            self.refs(register)
        };
        index?.known(id).map(|k: &Known| k.name.as_str())
    }

    /// With the year of the text's first `20xx年`, which rules the rest of the text.
    pub(crate) fn in_year_of(&self, text: &str) -> Hints {
        let at = text
            .find('年')
            .and_then(|at| text.get(at.checked_sub(4)?..at));
        let year = at.and_then(|digits| digits.parse::<i16>().ok());
        let last_day = year.and_then(|y| Date::new(y, 12, 31).ok());
        match last_day {
            Some(day) if day.year() != self.today.year() => self.on(day),
            _ => self.clone(),
        }
    }
}

/// Reads the text of a cell. `unit` is the money unit of the header; `place` stands in findings.
/// An empty cell, `—`, `/` and `无` give no value and no finding.
///
/// ```
/// use register::{Field, FieldKind, Hints, Value, read_cell};
/// let field = Field::new("completion_planned", "竣工", FieldKind::Date);
/// let hints = Hints::new(ground::Date::constant(2023, 1, 28));
/// let cell = read_cell(&field, "2023年10月底", None, "第七期!J12", &hints);
/// assert_eq!(cell.value, Some(Value::Date(ground::Date::constant(2023, 10, 31))));
/// assert_eq!(cell.findings[0].problem, "“竣工”写的是“2023年10月底”，按 2023-10-31 记。");
/// ```
pub fn read_cell(
    field: &Field,
    text: &str,
    unit: Option<MoneyUnit>,
    place: &str,
    hints: &Hints,
) -> ReadCell {
    let cell = Cell {
        field,
        text: text.trim(),
        place,
        hints,
    };
    if field.kind == FieldKind::Bool {
        return cell.bool();
    }
    if is_blank(cell.text) {
        return ReadCell::default();
    }
    cell.read(unit)
}

/// A cell on its way to a value.
pub(super) struct Cell<'a> {
    field: &'a Field,
    text: &'a str,
    place: &'a str,
    hints: &'a Hints,
}

impl Cell<'_> {
    fn read(&self, unit: Option<MoneyUnit>) -> ReadCell {
        match &self.field.kind {
            FieldKind::Text | FieldKind::Person => self.text(one_line(self.text)),
            FieldKind::LongText => self.text(self.text.to_owned()),
            FieldKind::Int => self.int(),
            FieldKind::Decimal { digits } => self.decimal(*digits),
            FieldKind::Money => self.money(unit),
            FieldKind::Percent => self.percent(),
            FieldKind::Bool => self.bool(),
            FieldKind::Date => self.date(),
            FieldKind::DateTime => self.date_time(),
            FieldKind::Period => self.period(),
            FieldKind::Code { .. } => self.code(),
            FieldKind::Org => self.org(),
            FieldKind::Phone => self.phone(),
            FieldKind::Uscc => self.uscc(),
            FieldKind::Ref { to } => self.reference(to),
            FieldKind::Refs { to } => self.references(to),
            FieldKind::TextList => ReadCell::value(Value::TextList(self.parts())),
            FieldKind::Codes { .. } => self.codes(),
            FieldKind::IdCard => self.id_card(),
            FieldKind::Attachment | FieldKind::Signature => self.attachment(),
            FieldKind::Note => ReadCell::default(),
            FieldKind::GeoPoint => self.geo_point(),
            FieldKind::GeoLine | FieldKind::GeoArea => self.geo_points(),
            FieldKind::Table { columns } => self.rows(columns),
        }
    }

    fn label(&self) -> &str {
        &self.field.label.zh
    }

    /// `第12行"总投资"` when the place ends in a row number, else `"总投资"`.
    fn subject(&self) -> String {
        let cell = self.place.rsplit('!').next().unwrap_or("");
        let row = cell.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let is_cell = row.len() < cell.len() && !row.is_empty();
        match row.parse::<u32>() {
            Ok(row) if is_cell => format!("第{row}行“{}”", self.label()),
            _ => format!("“{}”", self.label()),
        }
    }

    fn error(&self, code: &str, what: &str, remedy: impl Into<String>) -> Finding {
        let problem = format!("{}写的是“{}”，{what}。", self.subject(), self.text);
        Finding::error(code, self.place, problem, remedy)
    }

    fn warning(&self, code: &str, what: &str, remedy: impl Into<String>) -> Finding {
        let problem = format!("{}写的是“{}”，{what}。", self.subject(), self.text);
        Finding::warning(code, self.place, problem, remedy)
    }

    fn info(&self, code: &str, what: &str, remedy: impl Into<String>) -> Finding {
        let problem = format!("“{}”写的是“{}”，{what}。", self.label(), self.text);
        Finding::info(code, self.place, problem, remedy)
    }

    fn text(&self, text: String) -> ReadCell {
        let check = match self.field.format {
            Some(TextFormat::ProjectCode) => ground::check_project_code(&text),
            Some(TextFormat::Region) => ground::check_region(&text),
            None => Ok(()),
        };
        match check {
            Ok(()) => ReadCell::value(Value::Text(text)),
            Err(wrong) => {
                let finding = self.warning("cell.bad_code", &wrong.problem, wrong.remedy);
                ReadCell::noted(Value::Text(text), finding)
            }
        }
    }

    fn bool(&self) -> ReadCell {
        let text = plain(self.text).to_lowercase();
        match text.as_str() {
            "" | "-" | "--" | "/" => ReadCell::default(),
            "是" | "√" | "✓" | "✔" | "有" | "已" | "对" | "y" | "yes" | "true" | "1" | "完成"
            | "已完成" => ReadCell::value(Value::Bool(true)),
            "否" | "×" | "✗" | "✘" | "x" | "无" | "未" | "错" | "n" | "no" | "false" | "0"
            | "未完成" | "没有" => ReadCell::value(Value::Bool(false)),
            _ => ReadCell::refused(self.error("cell.bad_bool", "看不出是或否", "请填“是”或“否”。")),
        }
    }

    fn code(&self) -> ReadCell {
        match self.choice(self.text) {
            Ok(code) => ReadCell::value(Value::Text(code)),
            Err(wanted) => self.other(&wanted, None),
        }
    }

    /// An answer that no option has: kept in the field meant for it (其他，请注明), with the option `other` where the
    /// list has one.
    fn other(&self, wanted: &str, known: Option<Vec<String>>) -> ReadCell {
        let Some(field) = &self.field.else_to else {
            return ReadCell::refused(self.unknown_choice(wanted));
        };
        let option = self.field.choice("other").map(|c| c.code.clone());
        let value = match known {
            None => option.map(Value::Text),
            Some(codes) => {
                let codes: Vec<String> = codes.into_iter().chain(option).collect();
                (!codes.is_empty()).then_some(Value::TextList(codes))
            }
        };
        let finding = self.info(
            "cell.option_kept",
            "选项里没有，按原文记",
            "如是已有的选项，请改成选项的写法。",
        );
        ReadCell {
            value,
            other: Some((field.clone(), Value::Text(wanted.to_owned()))),
            findings: vec![finding],
        }
    }

    /// Every part that is an option; the others are told.
    fn codes(&self) -> ReadCell {
        let (mut codes, mut findings, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for part in self.parts() {
            match self.choice(&part) {
                Ok(code) if codes.contains(&code) => {}
                Ok(code) => codes.push(code),
                Err(wanted) if self.field.else_to.is_some() => others.push(wanted),
                Err(wanted) => findings.push(self.unknown_choice(&wanted)),
            }
        }
        if !others.is_empty() {
            return self.other(&others.join("、"), Some(codes));
        }
        ReadCell {
            value: (!codes.is_empty()).then_some(Value::TextList(codes)),
            other: None,
            findings,
        }
    }

    /// The code that a text stands for, else the text made plain.
    fn choice(&self, text: &str) -> Result<String, String> {
        // Most cells are written as the label stands; only others are worth normalising.
        if let Some(choice) = self.field.choices.iter().find(|c| c.label.zh == text) {
            return Ok(choice.code.clone());
        }
        let wanted = plain(text);
        let bare = wanted.split('(').next().unwrap_or("").trim().to_owned();
        let found = self.field.choices.iter().find(|choice| {
            let mut words = std::iter::once(&choice.label.zh).chain(&choice.synonyms);
            let meant = |w: String| w == wanted || (!bare.is_empty() && w == bare);
            choice.code == wanted || words.any(|w| meant(plain(w)))
        });
        match found {
            Some(choice) => Ok(choice.code.clone()),
            None => Err(wanted),
        }
    }

    /// A citizen number. Findings never repeat it.
    fn id_card(&self) -> ReadCell {
        let text: String = plain(self.text)
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        let text = text.to_uppercase();
        match ground::check_citizen_id(&text) {
            Ok(()) => ReadCell::value(Value::Text(text)),
            Err(wrong) => {
                let problem = format!("{}：{}。", self.subject(), wrong.problem);
                let finding = Finding::error("cell.bad_id_card", self.place, problem, wrong.remedy);
                ReadCell::refused(finding)
            }
        }
    }

    /// Points one after the other, each `经度,纬度`.
    fn geo_points(&self) -> ReadCell {
        let text = plain(self.text).replace(['\n', ' '], ";");
        match crate::validate::points(&self.field.kind, &text) {
            Some(points) => ReadCell::value(Value::Text(points)),
            None => ReadCell::refused(self.error(
                "cell.bad_points",
                "看不懂这些位置",
                "请写“经度,纬度;经度,纬度”，线至少两点，面至少三点，也可导入后在地图上画。",
            )),
        }
    }

    fn unknown_choice(&self, wanted: &str) -> Finding {
        let labels: Vec<&str> = self
            .field
            .choices
            .iter()
            .map(|c| c.label.zh.as_str())
            .collect();
        let remedy = match nearest(wanted, labels.iter().copied()) {
            Some(label) => format!("是不是“{label}”？请从选项里选。"),
            None => format!("请填下列之一：{}。", labels.join("、")),
        };
        self.error("cell.unknown_choice", "不在选项里", remedy)
    }

    fn phone(&self) -> ReadCell {
        let text: String = plain(self.text)
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        let value = Value::Text(text.clone());
        if crate::validate::is_phone(&text) {
            return ReadCell::value(value);
        }
        let finding = self.warning(
            "cell.bad_phone",
            "不像电话号码",
            "请填 11 位手机号，或“区号-号码”，例如 0371-67770000。",
        );
        ReadCell::noted(value, finding)
    }

    fn uscc(&self) -> ReadCell {
        let text: String = plain(self.text)
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        let text = text.to_uppercase();
        match ground::check_uscc(&text) {
            Ok(()) => ReadCell::value(Value::Text(text)),
            Err(wrong) => {
                ReadCell::refused(self.error("cell.bad_uscc", &wrong.problem, wrong.remedy))
            }
        }
    }

    fn attachment(&self) -> ReadCell {
        ReadCell::refused(self.warning(
            "cell.attachment",
            "附件不能从表格导入",
            "请导入后在该条记录上传文件。",
        ))
    }

    /// `113.61,34.75`, longitude first. Swapped axes cannot be taken for one another in China.
    fn geo_point(&self) -> ReadCell {
        let text = plain(self.text).replace(['E', 'N', '东', '北', '经', '纬', '°'], "");
        let parts: Vec<&str> = text
            .split([',', ';', ' '])
            .filter(|p| !p.is_empty())
            .collect();
        let point = match parts[..] {
            [x, y] => crate::validate::point(x, y).or_else(|| crate::validate::point(y, x)),
            _ => None,
        };
        match point {
            Some(point) => ReadCell::value(Value::Text(point)),
            None => ReadCell::refused(self.error(
                "cell.bad_point",
                "看不懂这个位置",
                "请写“经度,纬度”，例如 113.611000,34.748000(CGCS2000)。",
            )),
        }
    }

    /// Lines of one cell become rows with their first text column.
    fn rows(&self, columns: &[Field]) -> ReadCell {
        let Some(column) = columns
            .iter()
            .find(|c| matches!(c.kind, FieldKind::Text | FieldKind::LongText))
        else {
            return ReadCell::refused(self.error(
                "cell.table",
                "这一栏是表格，不能写在一个单元格里",
                "请把各列分开填写。",
            ));
        };
        let lines: Vec<&str> = self.text.split(|c| is_mark(c, ";\n")).collect();
        let several = lines.len() > 1;
        let lines = lines.into_iter().enumerate();
        let lines = lines.map(|(n, line)| without_bullet(line, several.then_some(n + 1)));
        let rows = lines
            .filter(|l| !is_blank(l))
            .map(|line| Fields::from([(column.id.clone(), Value::Text(one_line(line)))]));
        let rows: Vec<Fields> = rows.collect();
        if rows.is_empty() {
            ReadCell::default()
        } else {
            ReadCell::value(Value::Rows(rows))
        }
    }

    fn parts(&self) -> Vec<String> {
        split_list(self.text)
    }
}

/// Items of a list written in one cell.
fn split_list(text: &str) -> Vec<String> {
    let parts = text.split(|c| is_mark(c, "、,;/\n"));
    parts.map(one_line).filter(|p| !is_blank(p)).collect()
}

/// One of these marks, in half or full width.
fn is_mark(c: char, marks: &str) -> bool {
    marks.contains(ground::numeral::narrow_char(c))
}

/// Without `1.`, `(2)` or `③` before a line. A number right behind the mark is part of the number
/// (`1.5公里断头路`) unless the marks count the lines (`1.断头路`, `2.10kV临时用电未接入`).
fn without_bullet(line: &str, nth: Option<usize>) -> &str {
    let line = line.trim();
    let circled = |c: char| ('①'..='⑳').contains(&c);
    if line.starts_with(circled) {
        return line.trim_start_matches(circled).trim();
    }
    let open = line.trim_start_matches(|c| is_mark(c, "("));
    let rest = open.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = open[..open.len() - rest.len()].parse::<usize>().ok();
    let Some(mark) = rest.chars().next().filter(|c| is_mark(*c, ".、)")) else {
        return line;
    };
    let closed = rest[mark.len_utf8()..].trim();
    let decimal = mark == '.' && closed.starts_with(|c: char| c.is_ascii_digit());
    let counted = number.is_some() && number == nth;
    if number.is_some() && (!decimal || counted) {
        closed
    } else {
        line
    }
}

/// Nothing, or a mark that says "nothing to fill in here".
pub(crate) fn is_blank(text: &str) -> bool {
    // The longest such mark has two wide characters; blanks aside, longer cells need no look.
    if text.trim().len() > 8 {
        return false;
    }
    let text = plain(text);
    matches!(
        text.as_str(),
        "" | "-" | "--" | "/" | "\\" | "无" | "暂无" | "没有" | "n/a" | "N/A"
    )
}

/// Half width, one kind of dash, no blanks at the ends and single blanks inside: for comparing.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match ground::numeral::narrow_char(c) {
            '—' | '–' | '―' | '~' | '～' => plain.push('-'),
            '“' | '”' | '「' | '」' => plain.push('"'),
            c if c.is_whitespace() => {
                if !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            c => plain.push(c),
        }
    }
    plain
}

/// Joins broken lines: without a blank between two Chinese characters, with one elsewhere.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.trim().chars() {
        if c.is_whitespace() {
            gap = c == '\n' || c == '\r' || c == ' ' || gap;
            continue;
        }
        if gap && !(line.ends_with(is_wide) && is_wide(c)) {
            line.push(' ');
        }
        gap = false;
        line.push(c);
    }
    line
}

fn is_wide(c: char) -> bool {
    c as u32 >= 0x2e80
}

#[cfg(test)]
mod tests;
