//! The sheets of an XLSForm as a tree of questions. Column names come in many spellings (`bind:relevant`, `relevance`,
//! `label::English`); one table says which are one.

use std::collections::BTreeMap;

use ground::Finding;

use crate::sheet::{CellValue, Sheet};
use crate::workbook::Workbook;

/// 表单.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Form {
    /// `form_title` of the sheet settings.
    pub title: Option<String>,
    /// `form_id`.
    pub form_id: Option<String>,
    /// Questions in order.
    pub questions: Vec<Question>,
    /// Choice lists in the order of the sheet.
    pub choices: BTreeMap<String, Vec<FormChoice>>,
}

/// 选项.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FormChoice {
    /// Stored name.
    pub name: String,
    /// Label, Chinese before others.
    pub label: String,
    /// Further columns, for choice filters.
    pub attributes: BTreeMap<String, String>,
}

/// 题目. A question, group or repeat.
#[derive(Clone, PartialEq, Debug)]
pub struct Question {
    /// Name; empty names have been given one.
    pub name: String,
    /// Kind.
    pub kind: QuestionKind,
    /// Label, Chinese before others.
    pub label: String,
    /// Hint.
    pub hint: String,
    /// `required`, as written.
    pub required: String,
    /// XPath texts as written, empty when absent.
    pub relevant: String,
    /// Constraint.
    pub constraint: String,
    /// Message of the constraint.
    pub constraint_message: String,
    /// Calculation.
    pub calculation: String,
    /// Choice filter.
    pub choice_filter: String,
    /// Default.
    pub default: String,
    /// `read_only`, as written.
    pub read_only: String,
    /// `start=1 end=10`.
    pub parameters: String,
    /// `survey!A12`.
    pub place: String,
    /// Inner questions of groups, repeats and loops.
    pub children: Vec<Question>,
}

/// Kinds of question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum QuestionKind {
    /// One line of text; barcodes too.
    Text,
    /// Whole number.
    Integer,
    /// Number with a point.
    Decimal,
    /// Number between limits.
    Range,
    /// Date.
    Date,
    /// Time of day.
    Time,
    /// Date and time.
    DateTime,
    /// One of a list.
    SelectOne(Choices),
    /// Several of a list; a ranking too.
    SelectMany(Choices),
    /// Text without answer.
    Note,
    /// Tick to confirm.
    Acknowledge,
    /// Computed.
    Calculate,
    /// Kept, not shown.
    Hidden,
    /// Point, line, area.
    Geo(&'static str),
    /// File, with its media type.
    File(&'static str),
    /// Telephone number typed in.
    Phone,
    /// Start, end, device and the like: columns of the system.
    Metadata,
    /// Several questions together.
    Group,
    /// Rows.
    Repeat,
    /// The same questions for each choice.
    Loop(String),
}

/// Where the options of a question are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choices {
    /// List name, file name or `${repeat}`.
    pub list: String,
    /// A text for another answer is asked.
    pub or_other: bool,
    /// The list is in a file or in another part of the form.
    pub external: bool,
}

/// Column spellings → one name. After lower case, `-` and blanks to `_`, language cut off.
const COLUMNS: &[(&str, &str)] = &[
    ("bind:relevant", "relevant"),
    ("bind::relevant", "relevant"),
    ("relevance", "relevant"),
    ("bind:constraint", "constraint"),
    ("bind::constraint", "constraint"),
    ("bind:jr:constraintmsg", "constraint_message"),
    ("bind::jr:constraintmsg", "constraint_message"),
    ("bind:required", "required"),
    ("bind::required", "required"),
    ("bind:calculate", "calculation"),
    ("bind::calculate", "calculation"),
    ("calculate", "calculation"),
    ("bind:readonly", "read_only"),
    ("bind::readonly", "read_only"),
    ("readonly", "read_only"),
    ("read_only", "read_only"),
    ("caption", "label"),
    ("requiredmsg", "required_message"),
    ("list", "list_name"),
    ("value", "name"),
];

/// Words of metadata types.
const METADATA: &[&str] = &[
    "start",
    "end",
    "today",
    "deviceid",
    "subscriberid",
    "simserial",
    "phonenumber",
    "username",
    "email",
    "audit",
    "uri:deviceid",
    "uri:subscriberid",
    "uri:simserial",
    "uri:phonenumber",
    "uri:username",
    "uri:email",
    "imei",
    "get start time",
    "get end time",
    "get today",
    "get device id",
    "get subscriber id",
    "get sim id",
    "get phone number",
    "start-geopoint",
    "start_geopoint",
    "background-audio",
    "device id",
    "subscriber id",
    "sim id",
    "start time",
    "end time",
    "background_geopoint",
    "background-geopoint",
    "xml-external",
    "csv-external",
];

/// Types with one word.
fn simple(word: &str) -> Option<QuestionKind> {
    Some(match word {
        "text" | "string" | "barcode" | "q string" | "add text prompt" => QuestionKind::Text,
        "int" | "integer" | "q int" | "add integer prompt" => QuestionKind::Integer,
        "decimal" | "q decimal" | "add decimal prompt" => QuestionKind::Decimal,
        "range" => QuestionKind::Range,
        "date" | "q date" | "add date prompt" => QuestionKind::Date,
        "time" => QuestionKind::Time,
        "datetime" | "q datetime" | "add date time prompt" => QuestionKind::DateTime,
        "note" | "q note" | "add note prompt" => QuestionKind::Note,
        "acknowledge" | "trigger" | "q acknowledge" | "add acknowledge prompt" => {
            QuestionKind::Acknowledge
        }
        "calculate" | "calculation" | "q calculate" | "add calculate prompt" => {
            QuestionKind::Calculate
        }
        "hidden" | "osm" => QuestionKind::Hidden,
        "geopoint" | "gps" | "location" | "q location" | "q geopoint" | "add location prompt" => {
            QuestionKind::Geo("geo_point")
        }
        "geotrace" => QuestionKind::Geo("geo_line"),
        "geoshape" => QuestionKind::Geo("geo_area"),
        "image" | "photo" | "q image" | "q picture" | "add image prompt" => {
            QuestionKind::File("image/*")
        }
        "audio" | "q audio" | "add audio prompt" => QuestionKind::File("audio/*"),
        "video" | "q video" | "add video prompt" => QuestionKind::File("video/*"),
        "file" => QuestionKind::File(""),
        "phone number" | "phone_number" => QuestionKind::Phone,
        word if METADATA.contains(&word) => QuestionKind::Metadata,
        _ => return None,
    })
}

/// The sheet with the questions; an only sheet of another name is taken for it.
pub(super) fn survey_sheet(workbook: &Workbook) -> Option<&Sheet> {
    let named = workbook
        .sheets
        .iter()
        .find(|s| s.name.trim().eq_ignore_ascii_case("survey"));
    let only = || match workbook.sheets.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    named.or_else(only)
}

pub(super) fn has_type_column(sheet: &Sheet) -> bool {
    rows_of(sheet).is_ok_and(|rows| rows.columns.values().any(|name| name.0 == "type"))
}

/// Blank rows after which a sheet is over: what stands far below is scribbling.
const GAP: u32 = 60;

/// Cells of a sheet by column name.
struct Rows<'a> {
    sheet: &'a Sheet,
    head: u32,
    /// Column → (name, language).
    columns: BTreeMap<u16, (String, String)>,
}

impl Rows<'_> {
    fn body(&self) -> impl Iterator<Item = u32> + '_ {
        let mut last = self.head;
        let below = self.sheet.rows().filter(|row| *row > self.head);
        let told = move |row: &u32| self.columns.keys().any(|c| self.sheet.is_filled(*row, *c));
        below.filter(told).take_while(move |row| {
            let near = row - last <= GAP;
            last = *row;
            near
        })
    }

    /// The text under a column name: in Chinese, without language, in English, in any language.
    fn get(&self, row: u32, name: &str) -> String {
        let mut found: Option<(u8, String)> = None;
        for (column, (own, language)) in &self.columns {
            if own != name {
                continue;
            }
            let text = cell_text(self.sheet, row, *column);
            if text.is_empty() {
                continue;
            }
            let rank = match language.to_lowercase() {
                l if l.contains("zh") || l.contains("中") || l.contains("chinese") => 0,
                l if l.is_empty() => 1,
                l if l.contains("en") => 2,
                _ => 3,
            };
            if found.as_ref().is_none_or(|(best, _)| rank < *best) {
                found = Some((rank, text));
            }
        }
        found.map(|(_, text)| text).unwrap_or_default()
    }

    fn place(&self, row: u32) -> String {
        format!("{}!第{}行", self.sheet.name, row + 1)
    }
}

/// A cell as the form's author typed it: truth values are words of the file format here, not 是 and 否.
fn cell_text(sheet: &Sheet, row: u32, column: u16) -> String {
    match sheet.value(row, column) {
        Some(CellValue::Bool(true)) => "TRUE".to_owned(),
        Some(CellValue::Bool(false)) => "FALSE".to_owned(),
        _ => sheet.text(row, column).trim().to_owned(),
    }
}

fn rows_of(sheet: &Sheet) -> Result<Rows<'_>, Finding> {
    let mut rows = Rows {
        sheet,
        head: 0,
        columns: BTreeMap::new(),
    };
    let Some(head) = sheet.rows().next() else {
        return Ok(rows);
    };
    rows.head = head;
    let mut spelled: BTreeMap<(String, String), (String, u16)> = BTreeMap::new();
    for column in sheet.columns_in(head) {
        let written = cell_text(sheet, head, column);
        let name = column_name(&written);
        if let Some((before, _)) = spelled.insert(name.clone(), (written.clone(), column))
            && !name.0.is_empty()
        {
            return Err(Finding::error(
                "xlsform.column_twice",
                format!("{}!第{}行", sheet.name, head + 1),
                format!("“{before}”和“{written}”是同一列的两种写法（或写了两遍）。"),
                "请只留一列，另一列改名或删去。",
            ));
        }
        rows.columns.insert(column, name);
    }
    Ok(rows)
}

/// `label::English (en)` → (`label`, `english (en)`).
fn column_name(written: &str) -> (String, String) {
    let lower = written.trim().to_lowercase();
    if let Some((_, name)) = COLUMNS.iter().find(|(spelling, _)| *spelling == lower) {
        return ((*name).to_owned(), String::new());
    }
    let (base, language) = ["::", ":"]
        .iter()
        .find_map(|mark| lower.split_once(mark))
        .unwrap_or((&lower, ""));
    let base = base.trim().replace([' ', '-'], "_");
    let translated = [
        "label",
        "hint",
        "caption",
        "constraint_message",
        "required_message",
        "guidance_hint",
    ];
    if !language.is_empty() && !translated.contains(&base.as_str()) {
        return (lower.clone(), String::new());
    }
    let name = COLUMNS.iter().find(|(spelling, _)| *spelling == base);
    let name = name.map_or(base.clone(), |(_, name)| (*name).to_owned());
    (name, language.trim().to_owned())
}

type Findings = Vec<Finding>;

/// Reads all sheets.
pub(super) fn read(workbook: &Workbook) -> Result<(Form, Findings), Findings> {
    let Some(survey) = survey_sheet(workbook) else {
        return Err(vec![Finding::error(
            "xlsform.no_survey",
            "工作簿",
            "没有名为 survey 的工作表。",
            "XLSForm 的题目写在 survey 表里；普通台账请用由表格起草定义。",
        )]);
    };
    let mut findings = Vec::new();
    let choices = read_choices(workbook, &mut findings).map_err(|f| vec![f])?;
    let rows = rows_of(survey).map_err(|f| vec![f])?;
    let mut reader = Reader {
        rows: &rows,
        choices: &choices,
        findings,
        broken: Vec::new(),
        unnamed: 0,
    };
    let mut body = rows.body().collect::<Vec<_>>().into_iter();
    let questions = reader.questions(&mut body, None);
    if !reader.broken.is_empty() {
        return Err(reader.broken);
    }
    let findings = reader.findings;
    if questions.is_empty() {
        return Err(vec![Finding::error(
            "xlsform.empty",
            survey.name.clone(),
            "survey 表里没有题目。",
            "请在 type、name、label 三列下写题目。",
        )]);
    }
    let (title, form_id) = settings(workbook);
    Ok((
        Form {
            title,
            form_id,
            questions,
            choices,
        },
        findings,
    ))
}

fn settings(workbook: &Workbook) -> (Option<String>, Option<String>) {
    let sheet = workbook
        .sheets
        .iter()
        .find(|s| s.name.trim().eq_ignore_ascii_case("settings"));
    let Some(rows) = sheet.and_then(|s| rows_of(s).ok()) else {
        return (None, None);
    };
    let Some(row) = rows.body().next() else {
        return (None, None);
    };
    let text = |names: [&str; 2]| {
        let found = names.iter().map(|n| rows.get(row, n));
        found.into_iter().find(|t| !t.is_empty())
    };
    (
        text(["form_title", "title"]),
        text(["form_id", "id_string"]),
    )
}

fn read_choices(
    workbook: &Workbook,
    findings: &mut Findings,
) -> Result<BTreeMap<String, Vec<FormChoice>>, Finding> {
    let mut lists: BTreeMap<String, Vec<FormChoice>> = BTreeMap::new();
    let named = |sheet: &&Sheet| {
        let name = sheet.name.trim().to_lowercase();
        matches!(
            name.as_str(),
            "choices" | "columns" | "choices and columns" | "external_choices"
        )
    };
    for sheet in workbook.sheets.iter().filter(named) {
        let rows = rows_of(sheet)?;
        for row in rows.body() {
            let list = rows.get(row, "list_name");
            let name = rows.get(row, "name");
            if list.is_empty() || name.is_empty() {
                if !(list.is_empty() && name.is_empty()) {
                    findings.push(Finding::warning(
                        "xlsform.choice",
                        rows.place(row),
                        "这一行选项缺 list_name 或 name，没有读取。",
                        "请补齐 list_name 和 name。",
                    ));
                }
                continue;
            }
            let label = Some(rows.get(row, "label")).filter(|l| !l.is_empty());
            let attributes = rows
                .columns
                .iter()
                .filter(|(_, (own, _))| !matches!(own.as_str(), "list_name" | "name" | "label"))
                .map(|(column, (own, _))| (own.clone(), cell_text(sheet, row, *column)))
                .filter(|(_, text)| !text.is_empty());
            let choice = FormChoice {
                label: label.unwrap_or_else(|| name.clone()),
                attributes: attributes.collect(),
                name: name.clone(),
            };
            let options = lists.entry(list).or_default();
            if options.iter().all(|known| known.name != name) {
                options.push(choice);
            }
        }
    }
    Ok(lists)
}

struct Reader<'a> {
    rows: &'a Rows<'a>,
    choices: &'a BTreeMap<String, Vec<FormChoice>>,
    findings: Findings,
    broken: Findings,
    unnamed: usize,
}

/// What a row of the survey is.
enum Line {
    Skip,
    End(&'static str),
    Begin(QuestionKind),
    Ask(QuestionKind),
}

impl Reader<'_> {
    /// Questions up to the row that closes `open`.
    fn questions(
        &mut self,
        body: &mut std::vec::IntoIter<u32>,
        open: Option<(&QuestionKind, u32)>,
    ) -> Vec<Question> {
        let mut found = Vec::new();
        while let Some(row) = body.next() {
            match self.line(row) {
                Line::Skip => {}
                Line::End(word) => {
                    if open.is_some_and(|(kind, _)| end_word(kind) == word) {
                        return found;
                    }
                    self.refuse(
                        row,
                        format!("这里结束了没有开始的 {word}。"),
                        "请核对 begin 和 end 是否成对。",
                    );
                    return found;
                }
                Line::Begin(kind) => {
                    let mut question = self.question(row, kind.clone());
                    question.children = self.questions(body, Some((&kind, row)));
                    found.push(question);
                }
                Line::Ask(kind) => {
                    let question = self.question(row, kind);
                    let other = self.other_of(&question);
                    found.push(question);
                    found.extend(other);
                }
            }
        }
        if let Some((kind, row)) = open {
            let word = end_word(kind);
            self.refuse(
                row,
                format!("这里开始的 {word} 没有结束。"),
                "请在后面加一行 end。",
            );
        }
        found
    }

    fn refuse(&mut self, row: u32, problem: String, remedy: &str) {
        self.broken.push(Finding::error(
            "xlsform.survey",
            self.rows.place(row),
            problem,
            remedy,
        ));
    }

    fn line(&mut self, row: u32) -> Line {
        let written = self.rows.get(row, "type");
        let word = written.split_whitespace().collect::<Vec<_>>().join(" ");
        let lower = word.to_lowercase();
        if lower.is_empty() {
            let told = ["name", "label"]
                .iter()
                .any(|c| !self.rows.get(row, c).is_empty());
            if told && !self.rows.get(row, "name").is_empty() {
                self.findings.push(Finding::warning(
                    "xlsform.no_type",
                    self.rows.place(row),
                    "这一行没有写 type，没有读取。",
                    "请补上题型，或在行首加 # 作为注释。",
                ));
            }
            return Line::Skip;
        }
        if lower.starts_with('#')
            || lower.starts_with("set form")
            || lower.starts_with("set default")
        {
            return Line::Skip;
        }
        if let Some(rest) = lower.strip_prefix("end") {
            let rest = rest.trim_start_matches(['_', ' ']);
            match rest {
                "group" | "lgroup" => return Line::End("group"),
                "repeat" => return Line::End("repeat"),
                "loop" => return Line::End("loop"),
                _ => {}
            }
        }
        if let Some(begun) = self.begin(row, &lower, &word) {
            return begun;
        }
        if lower == "include" {
            self.refuse(
                row,
                "include 要引入的另一张表不在这个工作簿里。".into(),
                "请把被引入的题目复制进来，再导入。",
            );
            return Line::Skip;
        }
        let lower = if lower.starts_with("osm ") {
            "osm".to_owned()
        } else {
            lower
        };
        match simple(&lower).or_else(|| self.select(row, &word)) {
            Some(kind) => Line::Ask(kind),
            None => {
                self.refuse(
                    row,
                    format!("不认识题型“{written}”。"),
                    "请改用 XLSForm 的题型，例如 text、integer、select_one 列表名。",
                );
                Line::Skip
            }
        }
    }

    fn begin(&mut self, row: u32, lower: &str, word: &str) -> Option<Line> {
        let rest = lower.strip_prefix("begin")?.trim_start_matches(['_', ' ']);
        if rest == "group" || rest == "lgroup" {
            return Some(Line::Begin(QuestionKind::Group));
        }
        if rest == "repeat" {
            return Some(Line::Begin(QuestionKind::Repeat));
        }
        let list = rest.strip_prefix("loop over ")?;
        let list = &word[word.len() - list.len()..];
        if !self.choices.contains_key(list) {
            self.refuse(
                row,
                format!("没有名为“{list}”的选项列表。"),
                "请在 choices 表里补上，或改正列表名。",
            );
        }
        Some(Line::Begin(QuestionKind::Loop(list.to_owned())))
    }

    /// `select_one yes_no or_other`, `select all that apply from x or specify other`, `rank list` …
    fn select(&mut self, row: u32, word: &str) -> Option<QuestionKind> {
        const ONE: &[&str] = &[
            "select_one_from_file ",
            "select_one_external ",
            "select one external ",
            "select_one ",
            "select one from ",
            "select one using ",
            "select one ",
        ];
        const MANY: &[&str] = &[
            "select_multiple_from_file ",
            "select_multiple ",
            "select all that apply from ",
            "select all that apply ",
            "select multiple from ",
            "select multiple ",
            "rank ",
        ];
        let lower = word.to_lowercase();
        let prefix =
            |words: &[&'static str]| words.iter().find(|p| lower.starts_with(**p)).copied();
        let (one, begin) = match (prefix(ONE), prefix(MANY)) {
            (Some(begin), _) => (true, begin),
            (None, Some(begin)) => (false, begin),
            (None, None) => return None,
        };
        let rest = word[begin.len()..].trim();
        let other = [" or specify other", " or_other", " or other"];
        let cut = other.iter().find_map(|tail| rest.strip_suffix(tail));
        let list = cut.unwrap_or(rest).trim().to_owned();
        let external =
            begin.contains("file") || begin.contains("external") || list.starts_with("${");
        if !external && !self.choices.contains_key(&list) {
            self.refuse(
                row,
                format!("没有名为“{list}”的选项列表。"),
                "请在 choices 表里补上，或改正列表名。",
            );
        }
        let choices = Choices {
            list,
            or_other: cut.is_some(),
            external,
        };
        Some(if one {
            QuestionKind::SelectOne(choices)
        } else {
            QuestionKind::SelectMany(choices)
        })
    }

    fn question(&mut self, row: u32, kind: QuestionKind) -> Question {
        let get = |name: &str| self.rows.get(row, name);
        let mut question = Question {
            name: get("name"),
            label: get("label"),
            hint: get("hint"),
            required: get("required"),
            relevant: get("relevant"),
            constraint: get("constraint"),
            constraint_message: get("constraint_message"),
            calculation: get("calculation"),
            choice_filter: get("choice_filter"),
            default: get("default"),
            read_only: get("read_only"),
            parameters: get("parameters"),
            place: self.rows.place(row),
            children: Vec::new(),
            kind,
        };
        if question.name.is_empty() {
            match question.kind {
                QuestionKind::Note => {
                    self.unnamed += 1;
                    question.name = format!("generated_note_name_{}", row + 1);
                }
                QuestionKind::Metadata => question.name = "metadata".to_owned(),
                _ => self.refuse(
                    row,
                    "这一题（或这一组）没有 name。".into(),
                    "请在 name 列写一个英文名。",
                ),
            }
        }
        if question.kind == QuestionKind::Calculate
            && question.calculation.is_empty()
            && question.default.is_empty()
        {
            self.refuse(
                row,
                "计算题没有写 calculation。".into(),
                "请在 calculation 列写算式，或删去这一行。",
            );
        }
        question
    }

    /// The text that `or_other` asks for.
    fn other_of(&self, question: &Question) -> Option<Question> {
        let (QuestionKind::SelectOne(choices) | QuestionKind::SelectMany(choices)) = &question.kind
        else {
            return None;
        };
        choices.or_other.then(|| Question {
            name: format!("{}_other", question.name),
            kind: QuestionKind::Text,
            label: format!("{}（其他，请写明）", question.label),
            relevant: format!("selected(${{{}}}, 'other')", question.name),
            hint: String::new(),
            required: String::new(),
            constraint: String::new(),
            constraint_message: String::new(),
            calculation: String::new(),
            choice_filter: String::new(),
            default: String::new(),
            read_only: String::new(),
            parameters: String::new(),
            place: question.place.clone(),
            children: Vec::new(),
        })
    }
}

fn end_word(kind: &QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Repeat => "repeat",
        QuestionKind::Loop(_) => "loop",
        _ => "group",
    }
}
