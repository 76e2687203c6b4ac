//! A TOML table with a memory: it knows where each value stands in the file and gathers findings
//! instead of stopping at the first.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;

use ground::{Date, Finding, Severity};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::language::{Block, Key, Meaning, Shape, key_names};
use crate::definition::Text;
use crate::expr::{Expr, ExprError};
use crate::law::Span;
use crate::suggest::did_you_mean;

/// The file and what was found in it so far.
pub(super) struct Source<'a> {
    file: &'a str,
    text: &'a str,
    findings: RefCell<Vec<Finding>>,
    exprs: RefCell<Vec<Used>>,
}

/// An expression with its place in the file and what it has to be.
#[derive(Clone, Debug)]
pub(super) struct Used {
    pub(super) expr: Expr,
    pub(super) offset: usize,
    pub(super) names: Names,
}

/// What an expression may name besides what every rule may, and what it has to give.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) known: Vec<(&'static str, Name)>,
    pub(super) wanted: Wanted,
    /// It is about the records of another register.
    pub(super) elsewhere: bool,
}

/// What a further name stands for.
#[derive(Clone, Debug)]
pub(super) enum Name {
    Any,
    /// A record of a register.
    Record(String),
    /// A row of a table field.
    Row(String),
    Period,
    Date,
}

/// What an expression has to give.
#[derive(Clone, Debug, Default)]
pub(super) enum Wanted {
    #[default]
    Any,
    Condition,
    /// A value of this field.
    Value(String),
}

impl Names {
    /// No further names.
    pub(super) fn none() -> Names {
        Names::default()
    }

    pub(super) fn with(mut self, word: &'static str, name: Name) -> Names {
        self.known.push((word, name));
        self
    }

    /// The same for an expression that must be yes or no.
    pub(super) fn condition(&self) -> Names {
        Names {
            wanted: Wanted::Condition,
            ..self.clone()
        }
    }

    /// The same for an expression whose value goes into a field.
    pub(super) fn value_of(&self, field: &str) -> Names {
        Names {
            wanted: Wanted::Value(field.to_owned()),
            ..self.clone()
        }
    }
}

/// What a key says that may be a flag or an expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Rule {
    Unsaid,
    Always(bool),
    When(Expr),
}

/// Texts per language.
static WORDS: Block = Block {
    about: "各语言的文字",
    keys: &[
        Key {
            id: "zh-CN",
            shape: Shape::Text,
            about: "中文",
        },
        Key {
            id: "en",
            shape: Shape::Text,
            about: "英文",
        },
    ],
};

impl<'a> Source<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Source<'a> {
        Source {
            file,
            text,
            findings: RefCell::default(),
            exprs: RefCell::default(),
        }
    }

    /// `registers/project/definition.toml:12`.
    fn place(&self, offset: usize) -> String {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        format!("{}:{line}", self.file)
    }

    pub(super) fn error(
        &self,
        code: &str,
        offset: usize,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let code = format!("definition.{code}");
        let finding = Finding::error(&code, self.place(offset), problem, remedy);
        self.findings.borrow_mut().push(finding);
    }

    pub(super) fn warning(
        &self,
        code: &str,
        offset: usize,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let code = format!("definition.{code}");
        let finding = Finding::warning(&code, self.place(offset), problem, remedy);
        self.findings.borrow_mut().push(finding);
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings.into_inner()
    }

    /// An expression, kept for the check of its names once the whole file is read.
    pub(super) fn expr(&self, at: &At<String>, names: &Names) -> Option<Expr> {
        let start = at.offset + self.quotes(at.offset);
        match Expr::parse(&at.value) {
            Ok(expr) => {
                self.exprs.borrow_mut().push(Used {
                    expr: expr.clone(),
                    offset: start,
                    names: names.clone(),
                });
                Some(expr)
            }
            Err(ExprError {
                offset,
                problem,
                remedy,
            }) => {
                self.error("bad_expr", start + offset, problem, remedy);
                None
            }
        }
    }

    /// How many bytes of quotes stand before a text's first character.
    fn quotes(&self, offset: usize) -> usize {
        let rest = self.text.get(offset..).unwrap_or("");
        match rest {
            _ if rest.starts_with("\"\"\"\n") || rest.starts_with("'''\n") => 4,
            _ if rest.starts_with("\"\"\"") || rest.starts_with("'''") => 3,
            _ if rest.starts_with(['"', '\'']) => 1,
            _ => 0,
        }
    }

    /// Expressions read so far.
    pub(super) fn used(&self) -> Vec<Used> {
        self.exprs.borrow().clone()
    }

    fn meaning<T: Copy>(&self, key: &str, at: &At<String>, table: &[Meaning<T>]) -> Option<T> {
        let found = table.iter().find(|(word, _)| *word == at.value);
        if found.is_none() {
            let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
            let remedy = did_you_mean(&at.value, words.iter().copied())
                .unwrap_or_else(|| format!("可以写：{}。", words.join("、")));
            let problem = format!("{key} 里不能写“{}”。", at.value);
            self.error("unknown_word", at.offset, problem, remedy);
        }
        found.map(|(_, meaning)| *meaning)
    }

    fn span(&self, at: &At<String>) -> Option<Span> {
        let span = Span::parse(&at.value);
        if span.is_err() {
            self.error(
                "bad_span",
                at.offset,
                format!("看不懂时长“{}”。", at.value),
                "请写数字加单位：5wd（工作日）、45cd（日历日）、2w（周）、1m（月）、1y（年）、4h（小时）、4wh（工作小时）、30min（分钟）；到期前写负数，如 -1wd。",
            );
        }
        span.ok()
    }

    pub(super) fn has_errors(&self) -> bool {
        self.findings
            .borrow()
            .iter()
            .any(|f| f.severity == Severity::Error)
    }
}

/// A value with the offset of its first byte.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) offset: usize,
}

/// A key and a text, each with its place.
pub(super) type Pair = (At<String>, At<String>);

/// One table of the file.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) source: &'a Source<'a>,
    table: &'a DeTable<'a>,
    span: (usize, usize),
}

impl<'a> View<'a> {
    pub(super) fn new(source: &'a Source<'a>, table: &'a DeTable<'a>, span: Range<usize>) -> Self {
        View {
            source,
            table,
            span: (span.start, span.end),
        }
    }

    pub(super) fn offset(&self) -> usize {
        self.span.0
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    /// Keys and where their values stand.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, &'a Spanned<DeValue<'a>>)> {
        self.table
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), value))
    }

    /// Reports every key that the block does not have. Order is that of the file.
    pub(super) fn allow(&self, block: &Block) {
        let known = key_names(block);
        let mut keys: Vec<_> = self.table.keys().collect();
        keys.sort_by_key(|k| k.span().start);
        for key in keys {
            let (word, offset) = (key.get_ref().as_ref(), key.span().start);
            if !known.contains(&word) {
                self.unknown_key(word, offset, &known);
            }
        }
    }

    fn unknown_key(&self, word: &str, offset: usize, known: &[&str]) {
        let remedy = did_you_mean(word, known.iter().copied())
            .unwrap_or_else(|| format!("这里可以写：{}。", known.join("、")));
        self.source
            .error("unknown_key", offset, format!("不认识“{word}”。"), remedy);
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue>, wanted: &str) {
        self.source.error(
            "wrong_type",
            value.span().start,
            format!("“{key}”写成了{}。", kind_name(value.get_ref())),
            format!("请改成{wanted}。"),
        );
    }

    pub(super) fn text(&self, key: &str) -> Option<At<String>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(At {
                value: text.to_string(),
                offset: value.span().start,
            }),
            _ => {
                self.wrong(key, value, "带引号的文字，如 \"project\"");
                None
            }
        }
    }

    /// The id of one of several: well formed and single.
    pub(super) fn id(
        &self,
        what: &str,
        example: &str,
        seen: &mut BTreeSet<String>,
    ) -> Option<String> {
        let at = self.needed("id", example)?;
        super::check_id_shape(self.source, &at);
        if !seen.insert(at.value.clone()) {
            self.source.error(
                "duplicate_id",
                at.offset,
                format!("{what}“{}”定义了两次。", at.value),
                "请删去一个，或给它换一个 id。",
            );
            return None;
        }
        Some(at.value)
    }

    /// Where the first block of a key stands.
    pub(super) fn first(&self, key: &str) -> usize {
        let Some(value) = self.get(key) else {
            return self.offset();
        };
        match value.get_ref() {
            DeValue::Array(items) => items
                .iter()
                .next()
                .map_or(value.span().start, |i| i.span().start),
            _ => value.span().start,
        }
    }

    /// Whether a value is a list of tables.
    pub(super) fn are_tables(&self, key: &str) -> bool {
        match self.get(key).map(|v| v.get_ref()) {
            Some(DeValue::Array(items)) => items
                .iter()
                .next()
                .is_some_and(|item| matches!(item.get_ref(), DeValue::Table(_))),
            _ => false,
        }
    }

    /// Whether a value is a list.
    pub(super) fn is_list(&self, key: &str) -> bool {
        matches!(self.get(key).map(|v| v.get_ref()), Some(DeValue::Array(_)))
    }

    /// Whether a value is a text.
    pub(super) fn is_text(&self, key: &str) -> bool {
        matches!(self.get(key).map(|v| v.get_ref()), Some(DeValue::String(_)))
    }

    /// A text that must be there.
    pub(super) fn needed(&self, key: &str, example: &str) -> Option<At<String>> {
        if self.get(key).is_none() {
            self.missing(key, example);
        }
        self.text(key)
    }

    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            DeValue::String(text) if text.as_ref() == "true" => Some(true),
            DeValue::String(text) if text.as_ref() == "false" => Some(false),
            _ => {
                self.wrong(key, value, "true 或 false");
                None
            }
        }
    }

    /// `true`, `false`, or an expression in quotes.
    pub(super) fn rule(&self, key: &str, names: &Names) -> Rule {
        match self.get(key).map(|v| v.get_ref()) {
            None => Rule::Unsaid,
            Some(DeValue::Boolean(flag)) => Rule::Always(*flag),
            Some(DeValue::String(text)) if text.as_ref() == "true" => Rule::Always(true),
            Some(DeValue::String(text)) if text.as_ref() == "false" => Rule::Always(false),
            _ => self.condition(key, names).map_or(Rule::Unsaid, Rule::When),
        }
    }

    /// An expression. `names` are names that it may use besides those that every rule may.
    pub(super) fn expr(&self, key: &str, names: &Names) -> Option<Expr> {
        let at = self.text(key)?;
        self.source.expr(&at, names)
    }

    /// An expression that must be yes or no.
    pub(super) fn condition(&self, key: &str, names: &Names) -> Option<Expr> {
        self.expr(key, &names.condition())
    }

    /// An expression that must be there.
    pub(super) fn needed_expr(&self, key: &str, example: &str, names: &Names) -> Option<Expr> {
        let at = self.needed(key, example)?;
        self.source.expr(&at, names)
    }

    /// A table of expressions by field, with the place of each key.
    pub(super) fn exprs(&self, key: &str, names: &Names) -> Vec<(At<String>, Expr)> {
        let Some(table) = self.table(key) else {
            return Vec::new();
        };
        let read = table.keys().into_iter().filter_map(|at| {
            let expr = table.expr(&at.value, &names.value_of(&at.value))?;
            Some((at, expr))
        });
        read.collect()
    }

    /// A table of expressions by names that are no fields of this register.
    pub(super) fn exprs_anywhere(&self, key: &str, names: &Names) -> Vec<(At<String>, Expr)> {
        let Some(table) = self.table(key) else {
            return Vec::new();
        };
        let keys = table.keys().into_iter();
        keys.filter_map(|at| Some((at.clone(), table.expr(&at.value, names)?)))
            .collect()
    }

    /// A table of texts, with the places of keys and values.
    pub(super) fn text_map(&self, key: &str) -> Vec<Pair> {
        let Some(table) = self.table(key) else {
            return Vec::new();
        };
        let keys = table.keys().into_iter();
        keys.filter_map(|at| Some((at.clone(), table.text(&at.value)?)))
            .collect()
    }

    /// Tables of texts by a key.
    pub(super) fn text_maps(&self, key: &str) -> Vec<(At<String>, Vec<Pair>)> {
        let Some(table) = self.table(key) else {
            return Vec::new();
        };
        let keys = table.keys().into_iter();
        keys.map(|at| (at.clone(), table.text_map(&at.value)))
            .collect()
    }

    /// Keys with their places, in the order of the file.
    pub(super) fn keys(&self) -> Vec<At<String>> {
        let keys = self.table.keys().map(|key| At {
            value: key.get_ref().to_string(),
            offset: key.span().start,
        });
        let mut keys: Vec<At<String>> = keys.collect();
        keys.sort_by_key(|k| k.offset);
        keys
    }

    /// One of the words of the language.
    pub(super) fn choose<T: Copy>(&self, key: &str, table: &[Meaning<T>]) -> Option<T> {
        let at = self.text(key)?;
        self.source.meaning(key, &at, table)
    }

    /// Several words of the language.
    pub(super) fn choose_all<T: Copy>(&self, key: &str, table: &[Meaning<T>]) -> Vec<T> {
        let texts = self.texts(key);
        let read = texts.iter();
        read.filter_map(|at| self.source.meaning(key, at, table))
            .collect()
    }

    /// One of these words, as written.
    pub(super) fn word(&self, key: &str, words: &[&'static str]) -> Option<String> {
        let at = self.text(key)?;
        let table: Vec<Meaning<()>> = words.iter().map(|w| (*w, ())).collect();
        self.source.meaning(key, &at, &table).map(|()| at.value)
    }

    /// A length of time: `5wd`.
    pub(super) fn span(&self, key: &str) -> Option<Span> {
        let at = self.text(key)?;
        self.source.span(&at)
    }

    /// Lengths of time.
    pub(super) fn spans(&self, key: &str) -> Vec<Span> {
        let texts = self.texts(key);
        let read = texts.iter();
        read.filter_map(|at| self.source.span(at)).collect()
    }

    /// One text or a list of texts.
    pub(super) fn text_or_texts(&self, key: &str) -> Vec<At<String>> {
        match self.get(key).map(|v| v.get_ref()) {
            Some(DeValue::String(_)) => self.text(key).into_iter().collect(),
            _ => self.texts(key),
        }
    }

    /// One table or several.
    pub(super) fn one_or_many(&self, key: &str) -> Vec<View<'a>> {
        match self.get(key).map(|v| v.get_ref()) {
            Some(DeValue::Table(_)) => self.table(key).into_iter().collect(),
            _ => self.tables(key),
        }
    }

    /// A date, `2025-05-12` without quotes or in them.
    pub(super) fn date(&self, key: &str) -> Option<Date> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            DeValue::Datetime(date) => date.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        let date = text.parse().ok();
        if date.is_none() {
            self.wrong(key, value, "日期，如 2025-05-12");
        }
        date
    }

    /// Whether a value is written as a date.
    pub(super) fn is_date(&self, key: &str) -> bool {
        matches!(
            self.get(key).map(|v| v.get_ref()),
            Some(DeValue::Datetime(_))
        )
    }

    /// The place of a key's value, else of the table.
    pub(super) fn place(&self, key: &str) -> usize {
        self.get(key).map_or(self.offset(), |v| v.span().start)
    }

    /// Tells that a key is missing.
    pub(super) fn missing(&self, key: &str, example: &str) {
        self.source.error(
            "missing_key",
            self.offset(),
            format!("缺少“{key}”。"),
            format!("请补上，例如：{key} = {example}"),
        );
    }

    /// A number as written, so that `0.85` stays exact.
    pub(super) fn number(&self, key: &str) -> Option<At<String>> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            DeValue::Integer(n) if n.radix() == 10 => n.as_str().to_owned(),
            DeValue::Float(n) => n.as_str().to_owned(),
            DeValue::String(text) => text.to_string(),
            _ => {
                self.wrong(key, value, "数字，如 500");
                return None;
            }
        };
        Some(At {
            value: text.replace('_', ""),
            offset: value.span().start,
        })
    }

    /// A small whole number within limits.
    pub(super) fn count(&self, key: &str, from: usize, to: usize) -> Option<usize> {
        let at = self.number(key)?;
        match at.value.parse() {
            Ok(n) if (from..=to).contains(&n) => Some(n),
            _ => {
                self.source.error(
                    "out_of_range",
                    at.offset,
                    format!("“{key}”写的是 {}。", at.value),
                    format!("请写 {from} 到 {to} 之间的整数。"),
                );
                None
            }
        }
    }

    pub(super) fn texts(&self, key: &str) -> Vec<At<String>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, value, "列表，如 [\"name\"]");
            return Vec::new();
        };
        let read = items.iter().filter_map(|item| match item.get_ref() {
            DeValue::String(text) => Some(At {
                value: text.to_string(),
                offset: item.span().start,
            }),
            _ => {
                self.wrong(key, item, "带引号的文字");
                None
            }
        });
        read.collect()
    }

    pub(super) fn table(&self, key: &str) -> Option<View<'a>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(View::new(self.source, table, value.span())),
            _ => {
                self.wrong(key, value, &format!("一节，如 [{key}]"));
                None
            }
        }
    }

    pub(super) fn tables(&self, key: &str) -> Vec<View<'a>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, value, &format!("成组的节，如 [[{key}]]"));
            return Vec::new();
        };
        let read = items.iter().filter_map(|item| match item.get_ref() {
            DeValue::Table(table) => Some(View::new(self.source, table, item.span())),
            _ => {
                self.wrong(key, item, "一节或 { … }");
                None
            }
        });
        read.collect()
    }

    /// A text per language: `{ "zh-CN" = "…", en = "…" }`.
    pub(super) fn words(&self, key: &str) -> Option<Text> {
        let table = self.table(key)?;
        table.allow(&WORDS);
        let zh = table.needed("zh-CN", "\"中文名称\"")?;
        Some(Text {
            zh: zh.value,
            en: table.text("en").map(|t| t.value),
        })
    }

    /// A text per language that must be there.
    pub(super) fn needed_words(&self, key: &str) -> Option<Text> {
        if self.get(key).is_none() {
            self.missing(key, "{ \"zh-CN\" = \"中文名称\" }");
        }
        self.words(key)
    }
}

fn kind_name(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "文字",
        DeValue::Integer(_) | DeValue::Float(_) => "数字",
        DeValue::Boolean(_) => "true/false",
        DeValue::Datetime(_) => "日期",
        DeValue::Array(_) => "列表",
        DeValue::Table(_) => "一节",
    }
}
