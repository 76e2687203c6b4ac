//! A TOML table with a memory: it knows where each value stands in the file and gathers findings
//! instead of stopping at the first.

use std::cell::RefCell;
use std::ops::Range;

use ground::{Finding, Severity};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::definition::Text;
use crate::suggest::did_you_mean;

/// The file and what was found in it so far.
pub(super) struct Source<'a> {
    file: &'a str,
    text: &'a str,
    findings: RefCell<Vec<Finding>>,
}

impl<'a> Source<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Source<'a> {
        Source {
            file,
            text,
            findings: RefCell::default(),
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

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings.into_inner()
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

    /// Reports every key that is neither known nor planned. Order is that of the file.
    pub(super) fn allow(&self, known: &[&str], later: &[&str]) {
        let mut keys: Vec<_> = self.table.keys().collect();
        keys.sort_by_key(|k| k.span().start);
        for key in keys {
            let (word, offset) = (key.get_ref().as_ref(), key.span().start);
            if later.contains(&word) {
                self.source.error(
                    "not_yet",
                    offset,
                    format!("\"{word}\"这一版还不支持。"),
                    "请先去掉这一项;表达式、流程、期限和指标在后续版本提供。",
                );
            } else if !known.contains(&word) {
                let remedy = did_you_mean(word, known.iter().copied())
                    .unwrap_or_else(|| format!("这里可以写:{}。", known.join("、")));
                self.source
                    .error("unknown_key", offset, format!("不认识\"{word}\"。"), remedy);
            }
        }
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue>, wanted: &str) {
        self.source.error(
            "wrong_type",
            value.span().start,
            format!("\"{key}\"写成了{}。", kind_name(value.get_ref())),
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
                self.wrong(key, value, "带引号的文字,如 \"project\"");
                None
            }
        }
    }

    /// A text that must be there.
    pub(super) fn needed(&self, key: &str, example: &str) -> Option<At<String>> {
        if self.get(key).is_none() {
            self.source.error(
                "missing_key",
                self.offset(),
                format!("缺少\"{key}\"。"),
                format!("请补上,例如:{key} = {example}"),
            );
        }
        self.text(key)
    }

    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            DeValue::String(text) if text.as_ref() == "true" => Some(true),
            DeValue::String(text) if text.as_ref() == "false" => Some(false),
            DeValue::String(text) => {
                self.source.error(
                    "not_yet",
                    value.span().start,
                    format!("\"{key}\"写的是表达式\"{text}\",这一版还不能算表达式。"),
                    format!("请改成 {key} = true 或 {key} = false。"),
                );
                None
            }
            _ => {
                self.wrong(key, value, "true 或 false");
                None
            }
        }
    }

    /// A number as written, so that `0.85` stays exact.
    pub(super) fn number(&self, key: &str) -> Option<At<String>> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            DeValue::Integer(n) if n.radix() == 10 => n.as_str().to_owned(),
            DeValue::Float(n) => n.as_str().to_owned(),
            DeValue::String(text) => text.to_string(),
            _ => {
                self.wrong(key, value, "数字,如 500");
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
                    format!("\"{key}\"写的是 {}。", at.value),
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
            self.wrong(key, value, "列表,如 [\"name\"]");
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
                self.wrong(key, value, &format!("一节,如 [{key}]"));
                None
            }
        }
    }

    pub(super) fn tables(&self, key: &str) -> Vec<View<'a>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, value, &format!("成组的节,如 [[{key}]]"));
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
        table.allow(&["zh-CN", "en"], &[]);
        let zh = table.needed("zh-CN", "\"中文名称\"")?;
        Some(Text {
            zh: zh.value,
            en: table.text("en").map(|t| t.value),
        })
    }

    /// A text per language that must be there.
    pub(super) fn needed_words(&self, key: &str) -> Option<Text> {
        if self.get(key).is_none() {
            self.source.error(
                "missing_key",
                self.offset(),
                format!("缺少\"{key}\"。"),
                format!("请补上,例如:{key} = {{ \"zh-CN\" = \"中文名称\" }}"),
            );
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
