//! A form as a definition: groups become conditions on their fields, repeats become sub-tables, choice lists stay,
//! every submitted form goes draft → submitted → closed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ground::Finding;

use super::coerce::quoted;
use super::form::{Choices, Form, FormChoice, Question, QuestionKind};
use super::xpath::{Kind, Meaning, Translation, Wanted, translate};
use super::{Kept, XlsForm};

/// Code of the option that `or_other` adds.
const OTHER: &str = "other";

/// Longest id of a definition.
const ID_MAX: usize = 40;

/// Names that every record has of its own.
const TAKEN: &[&str] = &[
    "id",
    "version",
    "district",
    "district_code",
    "org",
    "org_path",
    "number",
    "withdrawn",
    "seq",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "def_version",
    "parent_id",
    "row_no",
    "search_text",
    "record_id",
    "state",
    "state_at",
    "holder",
    "clock_due",
    "flow_version",
    "opened_from",
    "steps",
    "signatures",
    "extensions",
];

struct Writer<'a> {
    form: &'a Form,
    ids: BTreeMap<String, Meaning>,
    /// Expressions that the checker of definitions refused, by id and column, with its reason.
    refused: &'a BTreeMap<(String, String), String>,
    /// Questions asked in the rows of a sub-table, and the question that is the table.
    rows: BTreeMap<String, String>,
    /// The table whose columns are being written.
    inside: Option<String>,
    lists: BTreeMap<String, String>,
    used: BTreeSet<String>,
    /// Lists of questions that also take another answer.
    others: BTreeSet<String>,
    findings: Vec<Finding>,
    kept: Vec<Kept>,
    translated: usize,
}

/// How often a definition is written anew without what the checker refused; once is enough for all public forms.
const ROUNDS: usize = 4;

/// Writes the definition. What our own checker refuses of an expression goes back to a comment, so that the text is a
/// definition in any case.
pub(super) fn define(form: Form, id: &str, findings: Vec<Finding>) -> XlsForm {
    let mut refused = BTreeMap::new();
    let mut written = write(&form, id, &findings, &refused);
    for _ in 0..ROUNDS {
        let more = refusals(&written.toml);
        if more.iter().all(|(key, _)| refused.contains_key(key)) {
            break;
        }
        refused.extend(more);
        written = write(&form, id, &findings, &refused);
    }
    XlsForm { form, ..written }
}

fn write(
    form: &Form,
    id: &str,
    findings: &[Finding],
    refused: &BTreeMap<(String, String), String>,
) -> XlsForm {
    let mut writer = Writer {
        form,
        ids: BTreeMap::new(),
        refused,
        rows: BTreeMap::new(),
        inside: None,
        lists: BTreeMap::new(),
        others: BTreeSet::new(),
        used: TAKEN.iter().map(|name| (*name).to_owned()).collect(),
        findings: findings.to_vec(),
        kept: Vec::new(),
        translated: 0,
    };
    writer.name_all(&form.questions, None);
    writer.name_lists();
    writer.kinds_of_calculations(&form.questions);
    let mut fields = String::new();
    writer.fields(&form.questions, &[], &mut fields);
    let toml = writer.document(id, &fields);
    XlsForm {
        toml,
        translated: (writer.translated, writer.translated + writer.kept.len()),
        kept: writer.kept,
        findings: writer.findings,
        form: Form::default(),
    }
}

/// Keys of a definition that hold what a column of the form said.
const KEYS: [(&str, &str); 6] = [
    ("visible", "relevant"),
    ("required", "required"),
    ("check", "constraint"),
    ("compute", "calculation"),
    ("pick", "choice_filter"),
    ("default", "default"),
];

/// What the checker refuses in a written definition: id of the field, column of the form, reason.
fn refusals(toml: &str) -> Vec<((String, String), String)> {
    let (definition, findings) = register::parse("form/definition.toml", toml);
    if definition.is_some() {
        return Vec::new();
    }
    let lines: Vec<&str> = toml.lines().collect();
    let mut out = Vec::new();
    for finding in findings {
        let line = finding
            .place
            .rsplit(':')
            .next()
            .and_then(|n| n.parse().ok());
        let Some(at) = line.filter(|n: &usize| (1..=lines.len()).contains(n)) else {
            continue;
        };
        let id = lines[..at].iter().rev().find_map(|line| id_in(line));
        let Some(id) = id else { continue };
        for (key, what) in KEYS {
            let own = lines[at - 1].starts_with(&format!("{key} = "));
            let in_row = lines[at - 1].contains(&format!(", {key} = "));
            if own || in_row {
                let why = finding.problem.trim_end_matches('。').to_owned();
                out.push(((id.clone(), what.to_owned()), why));
            }
        }
    }
    out
}

/// `id = "age"` at the start of a line or of a column.
fn id_in(line: &str) -> Option<String> {
    let rest = line
        .trim_start_matches([' ', '{'])
        .strip_prefix("id = \"")?;
    rest.split('"').next().map(str::to_owned)
}

/// A name as an id: lower case, letters, digits and `_`.
fn id_of(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => out.push(c.to_ascii_lowercase()),
            _ if !out.ends_with('_') => out.push('_'),
            _ => {}
        }
    }
    let out = out.trim_matches('_');
    let out: String = out.chars().take(ID_MAX - 4).collect();
    match out.chars().next() {
        Some(c) if c.is_ascii_alphabetic() => out.trim_end_matches('_').to_owned(),
        Some(_) => format!("q_{out}"),
        None => "question".to_owned(),
    }
}

fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_yes(text: &str) -> bool {
    matches!(
        text.trim().to_lowercase().as_str(),
        "yes" | "true" | "true()" | "1" | "是"
    )
}

impl Writer<'_> {
    fn unused(&mut self, wanted: &str) -> String {
        let mut id = wanted.to_owned();
        let mut n = 2;
        while !self.used.insert(id.clone()) {
            id = format!("{wanted}_{n}");
            n += 1;
        }
        id
    }

    fn name_all(&mut self, questions: &[Question], table: Option<&str>) {
        for question in questions {
            match &question.kind {
                QuestionKind::Metadata => {}
                QuestionKind::Group => self.name_all(&question.children, table),
                kind => {
                    let text = self.unused(&id_of(&question.name));
                    let meaning = Meaning {
                        text,
                        kind: self.kind_of(kind),
                    };
                    self.ids.insert(question.name.clone(), meaning);
                    if let Some(table) = table {
                        self.rows.insert(question.name.clone(), table.to_owned());
                    }
                    if matches!(kind, QuestionKind::Repeat | QuestionKind::Loop(_)) {
                        let table = table.unwrap_or(&question.name).to_owned();
                        self.name_all(&question.children, Some(&table));
                    }
                }
            }
        }
    }

    fn kind_of(&self, kind: &QuestionKind) -> Kind {
        let codes = |choices: &Choices| -> Option<Vec<String>> {
            let options = self.form.choices.get(&choices.list)?;
            let other = choices.or_other.then(|| OTHER.to_owned());
            Some(
                options
                    .iter()
                    .map(|o| o.name.clone())
                    .chain(other)
                    .collect(),
            )
        };
        match kind {
            QuestionKind::Integer | QuestionKind::Decimal | QuestionKind::Range => Kind::Number,
            QuestionKind::Date => Kind::Date,
            QuestionKind::DateTime => Kind::Instant,
            QuestionKind::Acknowledge => Kind::Bool,
            QuestionKind::SelectOne(choices) => codes(choices).map_or(Kind::Text, Kind::Code),
            QuestionKind::SelectMany(choices) => codes(choices).map_or(Kind::Text, Kind::Many),
            QuestionKind::Repeat | QuestionKind::Loop(_) => Kind::Rows,
            QuestionKind::Geo(_) | QuestionKind::File(_) | QuestionKind::Note => Kind::Other,
            _ => Kind::Text,
        }
    }

    /// A calculation is of the kind of its value; one may build on those above it.
    fn kinds_of_calculations(&mut self, questions: &[Question]) {
        for question in questions {
            let table = matches!(question.kind, QuestionKind::Repeat | QuestionKind::Loop(_));
            let around = self.inside.clone();
            if table && around.is_none() {
                self.inside = Some(question.name.clone());
            }
            if question.kind == QuestionKind::Calculate {
                let kind = self.kind_of_calculation(question);
                if let Some(meaning) = self.ids.get_mut(&question.name) {
                    meaning.kind = kind;
                }
            }
            self.kinds_of_calculations(&question.children);
            self.inside = around;
        }
    }

    fn kind_of_calculation(&self, question: &Question) -> Kind {
        let text = question.calculation.trim();
        match self.translated(question, "calculation", text) {
            Translation::Done { kind, .. } => match kind {
                Kind::Code(_) | Kind::Many(_) | Kind::Other => Kind::Text,
                kind => kind,
            },
            Translation::Kept(_) => {
                let figures = [
                    "round(", "int(", "number(", "sum(", "count(", "pow(", "sqrt(",
                ];
                let figure = figures.iter().any(|name| text.starts_with(name));
                if figure { Kind::Number } else { Kind::Text }
            }
        }
    }

    /// What a name means where the expression stands: inside a row its neighbours are `row.…`; from outside, the
    /// cells of a sub-table are no single value.
    fn meaning(&self, name: &str) -> Option<Meaning> {
        let meaning = self.ids.get(name)?;
        let with = |text: String, kind: Kind| Some(Meaning { text, kind });
        match (self.rows.get(name), &self.inside) {
            (None, _) => Some(meaning.clone()),
            (Some(table), Some(inside)) if table == inside => {
                with(format!("row.{}", meaning.text), meaning.kind.clone())
            }
            (Some(table), _) => {
                let table = self.field_id(table);
                let cells = format!("{table}.map(r, r.{})", meaning.text);
                with(cells, Kind::Cells(Box::new(meaning.kind.clone())))
            }
        }
    }

    fn name_lists(&mut self) {
        let mut used = BTreeSet::new();
        for list in self.form.choices.keys() {
            let wanted = id_of(list);
            let mut id = wanted.clone();
            let mut n = 2;
            while !used.insert(id.clone()) {
                id = format!("{wanted}_{n}");
                n += 1;
            }
            self.lists.insert(list.clone(), id);
        }
    }

    fn field_id(&self, name: &str) -> String {
        let known = self.ids.get(name).map(|meaning| meaning.text.clone());
        known.unwrap_or_else(|| id_of(name))
    }

    fn document(&mut self, id: &str, fields: &str) -> String {
        let title = self
            .form
            .title
            .clone()
            .or_else(|| self.form.form_id.clone());
        let title = title.unwrap_or_else(|| id.to_owned());
        let mut out = format!(
            "# 由 XLSForm 表单“{}”转来，请核对后启用。\n\n",
            title.replace('\n', " ")
        );
        let _ = writeln!(out, "[register]\nid = {}\nversion = \"1.0.0\"", quote(id));
        let _ = writeln!(out, "title = {{ \"zh-CN\" = {} }}\n", quote(&title));
        let lists: Vec<(String, String)> = self
            .form
            .choices
            .iter()
            .filter(|(list, _)| fields.contains(&format!("list = \"{}\"", self.lists[*list])))
            .map(|(list, options)| {
                let mut text = list_text(options);
                let asked = self.others.contains(list) && options.iter().all(|o| o.name != OTHER);
                if asked {
                    text.push_str("  { code = \"other\", \"zh-CN\" = \"其他\" },\n");
                }
                (self.lists[list].clone(), text)
            })
            .collect();
        if !lists.is_empty() {
            out.push_str("[choices]\n");
        }
        for (list, options) in lists {
            let _ = writeln!(out, "{list} = [\n{options}]");
        }
        out.push('\n');
        out.push_str(fields);
        out.push_str(FLOW);
        out
    }

    fn kept(&mut self, question: &Question, what: &str, text: &str, why: &str, out: &mut String) {
        self.told(question, what, text, why, out);
        self.kept.push(Kept {
            place: question.place.clone(),
            what: what.to_owned(),
            text: text.to_owned(),
            why: why.to_owned(),
        });
    }

    fn told(&mut self, question: &Question, what: &str, text: &str, why: &str, out: &mut String) {
        self.findings.push(Finding::warning(
            "xlsform.expression",
            question.place.clone(),
            format!("{what}“{text}”没有转过来：{why}。"),
            "原文作为注释留在定义里，请手工改写。",
        ));
        for line in text.lines() {
            let _ = writeln!(out, "# {what} {line}");
        }
    }

    fn translated(&self, question: &Question, what: &str, text: &str) -> Translation {
        let own = self.meaning(&question.name).unwrap_or_else(|| Meaning {
            text: id_of(&question.name),
            kind: Kind::Text,
        });
        let columns: BTreeSet<&String> = self
            .form
            .choices
            .values()
            .flatten()
            .flat_map(|choice| choice.attributes.keys())
            .collect();
        let filter = what == "choice_filter";
        let bare = |name: &str| {
            let lower = name.to_lowercase();
            let known = filter && (columns.contains(&lower) || lower == "name" || lower == "label");
            known.then(|| format!("option.{}", id_of(&lower)))
        };
        let wanted = match what {
            "calculation" | "default" => Wanted::Value,
            _ => Wanted::Truth,
        };
        translate(text, wanted, &own, &|name| self.meaning(name), &bare)
    }

    /// An expression in our language, or a comment and a finding.
    fn expression(
        &mut self,
        question: &Question,
        what: &str,
        text: &str,
        out: &mut String,
    ) -> Option<String> {
        if text.is_empty() {
            return None;
        }
        let key = (self.field_id(&question.name), what.to_owned());
        let outcome = match self.refused.get(&key) {
            Some(why) => Translation::Kept(why.clone()),
            None => self.translated(question, what, text),
        };
        match outcome {
            Translation::Done { text, .. } => {
                self.translated += 1;
                Some(text)
            }
            Translation::Kept(why) => {
                self.kept(question, what, text, &why, out);
                None
            }
        }
    }

    fn fields(&mut self, questions: &[Question], shown: &[String], out: &mut String) {
        for question in questions {
            match &question.kind {
                QuestionKind::Metadata => self.findings.push(Finding::info(
                    "xlsform.metadata",
                    question.place.clone(),
                    format!("“{}”由系统自动记录，不作为字段。", question.name),
                    "填报人、时间都在每条记录的历史里。",
                )),
                QuestionKind::Group => {
                    let mut inner = shown.to_vec();
                    inner.extend(self.expression(question, "relevant", &question.relevant, out));
                    if !question.label.is_empty() {
                        let _ = writeln!(out, "# ---- {} ----", question.label.replace('\n', " "));
                    }
                    self.fields(&question.children, &inner, out);
                }
                QuestionKind::Repeat | QuestionKind::Loop(_) => self.table(question, shown, out),
                _ => self.field(question, shown, out),
            }
        }
    }

    fn field(&mut self, question: &Question, shown: &[String], out: &mut String) {
        let mut notes = String::new();
        let mut lines = vec![format!("id = {}", quote(&self.field_id(&question.name)))];
        lines.extend(self.type_lines(question));
        lines.push(format!(
            "label = {{ \"zh-CN\" = {} }}",
            quote(&label_of(question))
        ));
        if !question.hint.is_empty() {
            lines.push(format!(
                "hint = {{ \"zh-CN\" = {} }}",
                quote(&question.hint)
            ));
        }
        lines.extend(self.rules(question, shown, &mut notes));
        lines.extend(self.default_line(question, &mut notes));
        out.push_str(&notes);
        let _ = writeln!(out, "[[field]]\n{}\n", lines.join("\n"));
    }

    /// Keys that carry expressions: when it is shown, whether it must be filled in, what is checked, computed, offered.
    fn rules(&mut self, question: &Question, shown: &[String], notes: &mut String) -> Vec<String> {
        let mut lines = Vec::new();
        let mut conditions = shown.to_vec();
        conditions.extend(self.expression(question, "relevant", &question.relevant, notes));
        match conditions.as_slice() {
            [] => {}
            [one] => lines.push(format!("visible = {}", quote(one))),
            several => {
                let all: Vec<String> = several.iter().map(|c| format!("({c})")).collect();
                lines.push(format!("visible = {}", quote(&all.join(" && "))));
            }
        }
        lines.extend(self.required(question, notes));
        if is_yes(&question.read_only) && self.inside.is_none() {
            lines.push("read_only = \"true\"".into());
        }
        let rule = self.expression(question, "constraint", &question.constraint, notes);
        lines.extend(rule.map(|rule| {
            let message = Some(question.constraint_message.as_str()).filter(|m| !m.is_empty());
            let message = quote(message.unwrap_or("填写的内容不合要求"));
            format!(
                "check = {{ rule = {}, message = {{ \"zh-CN\" = {message} }} }}",
                quote(&rule)
            )
        }));
        let value = self.expression(question, "calculation", &question.calculation, notes);
        lines.extend(value.map(|value| format!("compute = {}", quote(&value))));
        let pick = self.expression(question, "choice_filter", &question.choice_filter, notes);
        lines.extend(pick.map(|pick| format!("pick = {}", quote(&pick))));
        lines
    }

    /// `yes`, `no` or a condition.
    fn required(&mut self, question: &Question, notes: &mut String) -> Option<String> {
        let text = question.required.trim();
        let no = ["no", "false", "false()", "0", "否"];
        if question.kind == QuestionKind::Note || no.contains(&text.to_lowercase().as_str()) {
            return None;
        }
        if is_yes(text) {
            return Some("required = true".into());
        }
        let rule = self.expression(question, "required", text, notes)?;
        Some(format!("required = {}", quote(&rule)))
    }

    /// Constants by the kind of question, other defaults as expressions.
    fn default_line(&mut self, question: &Question, notes: &mut String) -> Option<String> {
        let text = question.default.trim();
        if text.is_empty() {
            return None;
        }
        let plain = match &question.kind {
            QuestionKind::Integer if text.parse::<i64>().is_ok() => Some(text.to_owned()),
            QuestionKind::Decimal if text.parse::<f64>().is_ok() => Some(text.to_owned()),
            QuestionKind::Text | QuestionKind::Hidden | QuestionKind::SelectOne(_)
                if !text.contains("${") =>
            {
                Some(quoted(text))
            }
            QuestionKind::Date if text == "today()" => Some(text.to_owned()),
            QuestionKind::Date => text
                .parse::<ground::Date>()
                .ok()
                .map(|day| format!("date('{day}')")),
            _ => None,
        };
        let key = (self.field_id(&question.name), "default".to_owned());
        let value = match (plain, self.refused.get(&key)) {
            (Some(plain), None) => Some(plain),
            _ if text.contains(['(', '$']) => self.expression(question, "default", text, notes),
            (_, refused) => {
                let why = refused.map_or("不是这种题的值", String::as_str).to_owned();
                self.told(question, "default", text, &why, notes);
                None
            }
        };
        value.map(|value| format!("default = {}", quote(&value)))
    }

    fn type_lines(&mut self, question: &Question) -> Vec<String> {
        let of = |keyword: &str| vec![format!("type = \"{keyword}\"")];
        match &question.kind {
            QuestionKind::Integer => of("int"),
            QuestionKind::Decimal => vec!["type = \"decimal\"".into(), "digits = 6".into()],
            QuestionKind::Range => range_lines(&question.parameters),
            QuestionKind::Date => of("date"),
            QuestionKind::DateTime => of("datetime"),
            QuestionKind::Note => of("note"),
            QuestionKind::Acknowledge => of("bool"),
            QuestionKind::Phone => of("phone"),
            QuestionKind::Geo(keyword) => of(keyword),
            QuestionKind::File("") => of("attachment"),
            QuestionKind::File(media) => vec![
                "type = \"attachment\"".into(),
                format!("accept = [\"{media}\"]"),
            ],
            QuestionKind::Calculate => match self.ids.get(&question.name).map(|m| &m.kind) {
                Some(Kind::Number) => vec!["type = \"decimal\"".into(), "digits = 6".into()],
                Some(Kind::Date) => of("date"),
                Some(Kind::Instant) => of("datetime"),
                Some(Kind::Bool) => of("bool"),
                _ => of("text"),
            },
            QuestionKind::SelectOne(choices) => self.select_lines(question, choices, "code"),
            QuestionKind::SelectMany(choices) => self.select_lines(question, choices, "multi_code"),
            _ => of("text"),
        }
    }

    fn select_lines(
        &mut self,
        question: &Question,
        choices: &Choices,
        keyword: &str,
    ) -> Vec<String> {
        match self.lists.get(&choices.list) {
            Some(list) => {
                if choices.or_other {
                    self.others.insert(choices.list.clone());
                }
                vec![
                    format!("type = \"{keyword}\""),
                    format!("list = \"{list}\""),
                ]
            }
            None => {
                self.findings.push(Finding::warning(
                    "xlsform.outside_list",
                    question.place.clone(),
                    format!("选项在表单之外（{}），先按文字填写。", choices.list),
                    "请把选项写进 choices，或改成指向一个台账的 ref。",
                ));
                vec!["type = \"text\"".into()]
            }
        }
    }

    fn table(&mut self, question: &Question, shown: &[String], out: &mut String) {
        let mut notes = String::new();
        let mut columns = Vec::new();
        if let QuestionKind::Loop(list) = &question.kind {
            let id = self.unused(&format!("{}_of", id_of(&question.name)));
            let list = self.lists.get(list).cloned().unwrap_or_default();
            columns.push(format!("{{ id = \"{id}\", type = \"code\", list = \"{list}\", label = {{ \"zh-CN\" = \"哪一项\" }} }}"));
        }
        self.inside = Some(question.name.clone());
        self.columns(&question.children, &mut columns, &mut notes);
        self.inside = None;
        let mut conditions = shown.to_vec();
        conditions.extend(self.expression(question, "relevant", &question.relevant, &mut notes));
        out.push_str(&notes);
        if columns.is_empty() {
            let _ = writeln!(out, "# {} 里没有可填的列", question.name);
            return;
        }
        let _ = writeln!(
            out,
            "[[field]]\nid = {}\ntype = \"table\"",
            quote(&self.field_id(&question.name))
        );
        let _ = writeln!(
            out,
            "label = {{ \"zh-CN\" = {} }}",
            quote(&label_of(question))
        );
        if !conditions.is_empty() {
            let all: Vec<String> = conditions.iter().map(|c| format!("({c})")).collect();
            let _ = writeln!(out, "visible = {}", quote(&all.join(" && ")));
        }
        let _ = writeln!(out, "columns = [\n  {},\n]\n", columns.join(",\n  "));
    }

    /// Columns of a sub-table; their conditions speak of the row as `row.…`.
    fn columns(&mut self, questions: &[Question], columns: &mut Vec<String>, notes: &mut String) {
        for question in questions {
            match &question.kind {
                QuestionKind::Group => self.columns(&question.children, columns, notes),
                QuestionKind::Repeat | QuestionKind::Loop(_) => {
                    self.findings.push(Finding::warning(
                        "xlsform.nested_repeat",
                        question.place.clone(),
                        format!(
                            "“{}”是重复组里的重复组，它的题并入外层的行。",
                            label_of(question)
                        ),
                        "一行里要填多项时，请把它分成另一个台账。",
                    ));
                    self.columns(&question.children, columns, notes);
                }
                QuestionKind::Metadata | QuestionKind::Note | QuestionKind::Hidden => {}
                _ => {
                    let mut parts = vec![format!("id = {}", quote(&self.field_id(&question.name)))];
                    parts.extend(self.type_lines(question));
                    parts.push(format!(
                        "label = {{ \"zh-CN\" = {} }}",
                        quote(&label_of(question))
                    ));
                    parts.extend(self.rules(question, &[], notes));
                    columns.push(format!("{{ {} }}", parts.join(", ")));
                }
            }
        }
    }
}

/// The states a form has when it says nothing of its own.
const FLOW: &str = r#"[[state]]
id = "draft"
label = { "zh-CN" = "草稿" }
initial = true
[[state]]
id = "submitted"
label = { "zh-CN" = "已提交" }
[[state]]
id = "closed"
label = { "zh-CN" = "已办结" }
final = true
done = true

[[transition]]
id = "submit"
from = ["draft"]
to = "submitted"
label = { "zh-CN" = "提交" }
roles = ["creator", "clerk"]
[[transition]]
id = "return"
from = ["submitted"]
to = "draft"
label = { "zh-CN" = "退回" }
roles = ["supervisor"]
ask = ["reason"]
[[transition]]
id = "close"
from = ["submitted"]
to = "closed"
label = { "zh-CN" = "办结" }
roles = ["supervisor"]
"#;

fn label_of(question: &Question) -> String {
    let text = question
        .label
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    if text.is_empty() {
        question.name.clone()
    } else {
        text.chars().take(200).collect()
    }
}

fn list_text(options: &[FormChoice]) -> String {
    let mut out = String::new();
    for option in options {
        let mut line = format!(
            "  {{ code = {}, \"zh-CN\" = {}",
            quote(&option.name),
            quote(&option.label)
        );
        let attributes: Vec<String> = option
            .attributes
            .iter()
            .filter(|(name, _)| {
                !name.contains(':')
                    && !matches!(name.as_str(), "image" | "audio" | "video" | "order")
            })
            .map(|(name, value)| format!("{} = {}", id_of(name), quote(value)))
            .collect();
        if !attributes.is_empty() {
            let _ = write!(line, ", with = {{ {} }}", attributes.join(", "));
        }
        let _ = writeln!(out, "{line} }},");
    }
    out
}

/// `start=1 end=10 step=1` of a range.
fn range_lines(parameters: &str) -> Vec<String> {
    let value = |name: &str| {
        let pair = parameters
            .split([' ', ',', ';'])
            .find_map(|p| p.trim().strip_prefix(name));
        pair.and_then(|v| v.trim().strip_prefix('='))
            .map(|v| v.trim().to_owned())
    };
    let whole = |text: &Option<String>| text.as_ref().is_none_or(|t| t.parse::<i64>().is_ok());
    let (start, end, step) = (value("start"), value("end"), value("step"));
    let integer = whole(&start) && whole(&end) && whole(&step);
    let mut lines = if integer {
        vec!["type = \"int\"".to_owned()]
    } else {
        vec!["type = \"decimal\"".to_owned(), "digits = 3".to_owned()]
    };
    lines.extend(start.map(|v| format!("min = {v}")));
    lines.extend(end.map(|v| format!("max = {v}")));
    lines
}
