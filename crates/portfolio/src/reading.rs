//! Reading one record: values of the expected kind, a finding for every value of another kind. A record that
//! lacks what a type cannot live without gives findings and no value; nothing here is an `Err`.

use std::collections::BTreeMap;

use ground::{Amount, Date, Finding, RecordId};
use register::{Fields, Record, Value};

/// A whole number or a decimal in hundredths, cut.
pub(crate) fn hundredths(value: Option<&Value>) -> Option<i64> {
    let value = value?;
    if let Some(whole) = value.as_int() {
        return whole.checked_mul(100);
    }
    let (scaled, digits) = value.as_decimal()?;
    match digits {
        0..=2 => scaled.checked_mul(10_i64.pow(u32::from(2 - digits))),
        _ => Some(scaled / 10_i64.pow(u32::from(digits - 2))),
    }
}

/// Display names of organisations, projects and rounds by record id. Texts need names, records hold ids.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<RecordId, String>);

impl Names {
    /// The name, or `编号 12` when the directory does not know the id.
    pub fn show(&self, id: RecordId) -> String {
        self.0
            .get(&id)
            .cloned()
            .unwrap_or_else(|| format!("编号 {id}"))
    }

    /// The name, if known.
    pub fn get(&self, id: RecordId) -> Option<&str> {
        self.0.get(&id).map(String::as_str)
    }

    /// Adds or replaces a name.
    pub fn insert(&mut self, id: RecordId, name: impl Into<String>) {
        self.0.insert(id, name.into());
    }
}

impl<S: Into<String>> FromIterator<(RecordId, S)> for Names {
    fn from_iter<I: IntoIterator<Item = (RecordId, S)>>(pairs: I) -> Self {
        Names(
            pairs
                .into_iter()
                .map(|(id, name)| (id, name.into()))
                .collect(),
        )
    }
}

/// Takes typed values out of a record and notes what does not fit.
pub(crate) struct Reader<'a> {
    record: &'a Record,
    register: &'static str,
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(record: &'a Record, register: &'static str) -> Self {
        Reader {
            record,
            register,
            findings: Vec::new(),
        }
    }

    pub(crate) fn finish<T>(self, value: Option<T>) -> (Option<T>, Vec<Finding>) {
        (value, self.findings)
    }

    pub(crate) fn text(&mut self, field: &str) -> Option<String> {
        self.take(field, "文字", Value::as_text).map(str::to_owned)
    }

    pub(crate) fn int(&mut self, field: &str) -> Option<i64> {
        self.take(field, "整数", Value::as_int)
    }

    pub(crate) fn bool(&mut self, field: &str) -> Option<bool> {
        self.take(field, "是或否", Value::as_bool)
    }

    pub(crate) fn date(&mut self, field: &str) -> Option<Date> {
        self.take(field, "日期", Value::as_date)
    }

    pub(crate) fn money(&mut self, field: &str) -> Option<Amount> {
        self.take(field, "金额", Value::as_money)
    }

    pub(crate) fn percent(&mut self, field: &str) -> Option<i64> {
        self.take(field, "百分比", Value::as_percent)
    }

    pub(crate) fn reference(&mut self, field: &str) -> Option<RecordId> {
        self.take(field, "所指的记录", Value::as_ref_id)
    }

    /// A decimal of any scale in hundredths, cut.
    pub(crate) fn hundredths(&mut self, field: &str) -> Option<i64> {
        self.take(field, "数", |value| hundredths(Some(value)))
    }

    /// Rows of a table field that read as something.
    pub(crate) fn rows<T>(&self, field: &str, read: impl Fn(&Fields) -> Option<T>) -> Vec<T> {
        self.record.rows(field).iter().filter_map(read).collect()
    }

    pub(crate) fn texts(&mut self, field: &str) -> Vec<String> {
        self.record.texts(field).to_vec()
    }

    /// A value the type cannot live without: its absence is an error finding.
    pub(crate) fn need<T>(&mut self, field: &str, label: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.already_told(field) {
            let problem = format!("缺少“{label}”,这条记录不参加汇总。");
            self.note(
                "value_missing",
                field,
                problem,
                &format!("请补填“{label}”。"),
            );
        }
        value
    }

    /// An error about a value that is there but cannot be used.
    pub(crate) fn note(&mut self, code: &str, field: &str, problem: String, remedy: &str) {
        self.findings
            .push(Finding::error(code, self.place(field), problem, remedy));
    }

    fn take<T>(
        &mut self,
        field: &str,
        kind: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Option<T> {
        let record = self.record;
        let value = record.fields.get(field)?;
        let read = read(value);
        if read.is_none() {
            let problem = format!("这一项应为{kind},记录里存的是别的类型。");
            self.note("value_kind", field, problem, "请在台账里重新填写这一项。");
        }
        read
    }

    fn already_told(&self, field: &str) -> bool {
        let place = self.place(field);
        self.findings.iter().any(|f| f.place == place)
    }

    fn place(&self, field: &str) -> String {
        format!("{} 编号{} {field}", self.register, self.record.id)
    }
}

/// Reads every record that is not withdrawn; good ones go on, bad ones leave findings.
pub(crate) fn read_all<T>(
    records: &[Record],
    read: impl Fn(&Record) -> (Option<T>, Vec<Finding>),
) -> (Vec<T>, Vec<Finding>) {
    let mut values = Vec::new();
    let mut findings = Vec::new();
    for record in records.iter().filter(|r| !r.withdrawn) {
        let (value, told) = read(record);
        values.extend(value);
        findings.extend(told);
    }
    (values, findings)
}

#[cfg(test)]
pub(crate) mod fixtures {
    //! Records made by hand for the tests of this room.
    use super::*;
    use crate::activity::{Activity, ProgressReport};
    use ground::{Fen, OrgPath};

    /// A record with the given id and fields.
    pub(crate) fn record(id: i64, fields: &[(&str, Value)]) -> Record {
        Record {
            id: RecordId(id),
            version: 1,
            org: OrgPath::new("410102").expect("path"),
            number: None,
            fields: fields
                .iter()
                .map(|(k, v)| ((*k).to_owned(), v.clone()))
                .collect(),
            withdrawn: false,
        }
    }

    pub(crate) fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    /// Exact money in 亿元, at most two decimals of a 元 behind it.
    pub(crate) fn yi(tenths: i64) -> Amount {
        Amount::exact(Fen(tenths * 1_000_000_000))
    }

    pub(crate) fn day(text: &str) -> Date {
        text.parse().expect("date")
    }

    /// An activity of project 1 that is worked on every day.
    pub(crate) fn activity(id: i64, start: &str, finish: &str) -> Activity {
        let fields = [
            ("project", Value::Ref(RecordId(1))),
            ("name", text("主体施工")),
            ("calendar", text("site7")),
            ("planned_start", Value::Date(day(start))),
            ("planned_finish", Value::Date(day(finish))),
        ];
        let read = Activity::from_record(&record(id, &fields));
        read.0.expect("activity")
    }

    /// A report on an activity of project 1.
    pub(crate) fn report(activity: i64, on: &str, percent: i64) -> ProgressReport {
        let fields = [
            ("project", Value::Ref(RecordId(1))),
            ("activity", Value::Ref(RecordId(activity))),
            ("reported_on", Value::Date(day(on))),
            ("percent", Value::Percent(percent)),
        ];
        let read = ProgressReport::from_record(&record(activity * 100 + percent, &fields));
        read.0.expect("report")
    }
}
