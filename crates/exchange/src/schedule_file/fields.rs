//! The fields of one record of an XML schedule file, asked for one by one: absent, good or bad. Absent and bad both give
//! none, and what is bad is told with the line, the record, the element and the value.

use ground::Minute;

use super::remarks::Remarks;
use super::text;
use super::xml::{Element, NameId, Record, Scanner, iso_duration};

/// What stands at [`Fields`] that could not be used, for the remedy of the finding.
const REMEDY: &str = "请在原程序中核对这一栏后重新导出";

/// One element under examination, with what a finding about it has to name.
pub(crate) struct Fields<'s> {
    element: Element<'s>,
    scanner: &'s Scanner<'s>,
    /// Byte of the file at which the record starts.
    at: usize,
    /// 任务, 作业, 日历, …
    what: &'static str,
    /// What people call it; may be empty.
    name: &'s str,
    remarks: &'s mut Remarks,
}

impl<'s> Fields<'s> {
    /// The fields of a record; `what` and `name` tell people which one it is.
    pub(crate) fn of(
        record: &'s Record,
        scanner: &'s Scanner<'s>,
        (what, name): (&'static str, &'s str),
        remarks: &'s mut Remarks,
    ) -> Self {
        Fields {
            element: record.root(),
            scanner,
            at: record.at,
            what,
            name,
            remarks,
        }
    }

    /// The fields of an element inside this one.
    pub(crate) fn inside(&mut self, element: Element<'s>) -> Fields<'_> {
        Fields {
            element,
            scanner: self.scanner,
            at: self.at,
            what: self.what,
            name: self.name,
            remarks: self.remarks,
        }
    }

    /// The element itself.
    pub(crate) fn element(&self) -> Element<'s> {
        self.element
    }

    /// The text of a field; empty when it is absent.
    pub(crate) fn value(&self, field: NameId) -> &'s str {
        self.element.value(field)
    }

    /// True for `1` and `true`.
    pub(crate) fn flag(&self, field: NameId) -> bool {
        self.element.flag(field)
    }

    /// A date as minute of the clock.
    pub(crate) fn date(&mut self, field: NameId) -> Option<Minute> {
        self.date_of(field, self.value(field))
    }

    /// An ISO 8601 duration (Project) in minutes.
    pub(crate) fn duration(&mut self, field: NameId) -> Option<i64> {
        self.parsed(field, self.value(field), iso_duration, "时长（PT8H0M0S）")
    }

    /// Hours (P6) in minutes.
    pub(crate) fn hours(&mut self, field: NameId) -> Option<i64> {
        self.hours_of(field, self.value(field))
    }

    /// A number.
    pub(crate) fn number(&mut self, field: NameId) -> Option<f64> {
        let parse = |value: &str| text::number(value.as_bytes());
        self.parsed(field, self.value(field), parse, "数")
    }

    /// A whole number.
    pub(crate) fn integer(&mut self, field: NameId) -> Option<i64> {
        self.integer_of(field, self.value(field))
    }

    /// `value`, which stands in `field`, as a date.
    pub(crate) fn date_of(&mut self, field: NameId, value: &str) -> Option<Minute> {
        let parse = |value: &str| text::minute(value.as_bytes());
        self.parsed(field, value, parse, "日期（年-月-日T时:分）")
    }

    /// `value`, which stands in `field`, as hours in minutes.
    pub(crate) fn hours_of(&mut self, field: NameId, value: &str) -> Option<i64> {
        let parse = |value: &str| text::hours(value.as_bytes());
        self.parsed(field, value, parse, "小时数")
    }

    /// `value`, which stands in `field`, as a whole number.
    pub(crate) fn integer_of(&mut self, field: NameId, value: &str) -> Option<i64> {
        self.parsed(field, value, |value| value.parse().ok(), "整数")
    }

    /// A minute count that cannot be below zero.
    pub(crate) fn not_negative(&mut self, field: NameId, minutes: Option<i64>) -> Option<i64> {
        if minutes.is_some_and(|minutes| minutes < 0) {
            let value = self.value(field);
            self.warn(field, || format!("“{value}”是负数，按 0 处理"));
        }
        minutes.map(|minutes| minutes.max(0))
    }

    /// What a word of `field` means; `otherwise` says what an unknown one is taken for.
    pub(crate) fn word<T: Copy>(
        &mut self,
        field: NameId,
        words: &[(&str, T)],
        otherwise: &str,
    ) -> Option<T> {
        let value = self.value(field);
        let known = words.iter().find(|(word, _)| *word == value);
        if known.is_none() && !value.is_empty() {
            self.warn(field, || format!("不认识“{value}”，{otherwise}"));
        }
        known.map(|(_, meaning)| *meaning)
    }

    /// Tells what is wrong with a field that is taken over in another way than it stands there.
    pub(crate) fn warn(&mut self, field: NameId, problem: impl FnOnce() -> String) {
        let (scanner, at, what, name) = (self.scanner, self.at, self.what, self.name);
        let place = || {
            let line = scanner.line(at);
            let field = scanner.name_of(field);
            match name {
                "" => format!("第{line}行的{what}，{field}"),
                name => format!("第{line}行的{what}“{name}”，{field}"),
            }
        };
        self.remarks.warning("xml.value", place, problem, REMEDY);
    }

    fn parsed<T>(
        &mut self,
        field: NameId,
        value: &str,
        parse: impl Fn(&str) -> Option<T>,
        what: &str,
    ) -> Option<T> {
        if value.is_empty() {
            return None;
        }
        let good = parse(value);
        if good.is_none() {
            self.warn(field, || format!("“{value}”不是{what}，按未填处理"));
        }
        good
    }
}
