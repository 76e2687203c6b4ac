//! A form as a definition: groups become conditions on their fields, repeats become sub-tables, choice lists stay,
//! every submitted form goes draft → submitted → closed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ground::Finding;

use super::XlsForm;
use super::form::{Choices, Form, FormChoice, Question, QuestionKind};
use super::xpath::{Meaning, Translation, translate};

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
    /// Questions asked in the rows of a sub-table, and the question that is the table.
    rows: BTreeMap<String, String>,
    /// The table whose columns are being written.
    inside: Option<String>,
    lists: BTreeMap<String, String>,
    used: BTreeSet<String>,
    /// Lists of questions that also take another answer.
    others: BTreeSet<String>,
    findings: Vec<Finding>,
    expressions: usize,
    translated: usize,
}

/// Writes the definition.
pub(super) fn define(form: Form, id: &str, findings: Vec<Finding>) -> XlsForm {
    let mut writer = Writer {
        form: &form,
        ids: BTreeMap::new(),
        rows: BTreeMap::new(),
        inside: None,
        lists: BTreeMap::new(),
        others: BTreeSet::new(),
        used: TAKEN.iter().map(|name| (*name).to_owned()).collect(),
        findings,
        expressions: 0,
        translated: 0,
    };
    writer.name_all(&form.questions, None);
    writer.name_lists();
    let mut fields = String::new();
    writer.fields(&form.questions, &[], &mut fields);
    let toml = writer.document(id, &fields);
    let translated = (writer.translated, writer.expressions);
    let findings = writer.findings;
    XlsForm {
        toml,
        translated,
        findings,
        form,
    }
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
                    let id = self.unused(&id_of(&question.name));
                    let many = matches!(kind, QuestionKind::SelectMany(_));
                    let meaning = if many {
                        Meaning::Many(id)
                    } else {
                        Meaning::Field(id)
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

    /// What a name means where the expression stands: inside a row its neighbours are `row.…`; from outside, the
    /// cells of a sub-table are no single value.
    fn meaning(&self, name: &str) -> Option<Meaning> {
        let meaning = self.ids.get(name)?;
        match (self.rows.get(name), &self.inside) {
            (None, _) => Some(meaning.clone()),
            (Some(table), Some(inside)) if table == inside => Some(match meaning {
                Meaning::Field(id) => Meaning::Field(format!("row.{id}")),
                Meaning::Many(id) => Meaning::Many(format!("row.{id}")),
            }),
            (Some(_), _) => None,
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
        match self.ids.get(name) {
            Some(Meaning::Field(id) | Meaning::Many(id)) => id.clone(),
            None => id_of(name),
        }
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
        self.expressions += 1;
        let own = self.meaning(&question.name);
        let own = own.unwrap_or_else(|| Meaning::Field(id_of(&question.name)));
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
        let meaning = |name: &str| self.meaning(name);
        match translate(text, &own, &meaning, &bare) {
            Translation::Done(done) => {
                self.translated += 1;
                Some(done)
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
        if is_yes(&question.required) && question.kind != QuestionKind::Note {
            lines.push("required = true".into());
        }
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
        if self.inside.is_none() {
            let value = self.expression(question, "calculation", &question.calculation, notes);
            lines.extend(value.map(|value| format!("compute = {}", quote(&value))));
        } else if !question.calculation.is_empty() {
            self.expressions += 1;
            let text = question.calculation.clone();
            self.kept(
                question,
                "calculation",
                &text,
                "子表的行内还不能自动计算",
                notes,
            );
        }
        let pick = self.expression(question, "choice_filter", &question.choice_filter, notes);
        lines.extend(pick.map(|pick| format!("pick = {}", quote(&pick))));
        lines
    }

    /// Constant defaults only; those that depend on the device or on other answers are told.
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
                Some(super::xpath::quoted(text))
            }
            QuestionKind::Date if text == "today()" => Some(text.to_owned()),
            QuestionKind::Date => text
                .parse::<ground::Date>()
                .ok()
                .map(|day| format!("date('{day}')")),
            _ => None,
        };
        if plain.is_none() {
            self.kept(question, "default", text, "只有常数可以作默认值", notes);
        }
        plain.map(|value| format!("default = {}", quote(&value)))
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
