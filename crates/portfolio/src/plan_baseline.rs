//! 计划基准 PlanBaseline: dates of a project's plan as they were once agreed, with who and why.

use std::collections::BTreeMap;

use ground::{ActivityId, Date, Finding, ProjectId, RecordId};
use register::{Fields, Record, Value};

use crate::reading::{Reader, read_all};

/// 基准.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanBaseline {
    /// Record id.
    pub id: RecordId,
    /// Project.
    pub project: ProjectId,
    /// 基准名称.
    pub name: String,
    /// 定下的日子.
    pub taken_on: Date,
    /// 定的人.
    pub taken_by: String,
    /// 依据.
    pub reason: String,
    /// Dates of each activity, in plan order.
    pub rows: Vec<BaselineRow>,
}

/// One activity as it was agreed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BaselineRow {
    /// The activity; none when it has no record, e.g. from an imported file.
    pub activity: Option<ActivityId>,
    /// 编号 then.
    pub code: String,
    /// 工作内容 then.
    pub name: String,
    /// First day.
    pub start: Date,
    /// Last day.
    pub finish: Date,
}

impl PlanBaseline {
    /// Reads a record of the baseline register.
    pub fn from_record(record: &Record) -> (Option<PlanBaseline>, Vec<Finding>) {
        let mut reader = Reader::new(record, "计划基准");
        let baseline = read_baseline(&mut reader, record);
        reader.finish(baseline)
    }

    /// Reads many records; withdrawn ones are left out.
    pub fn from_records(records: &[Record]) -> (Vec<PlanBaseline>, Vec<Finding>) {
        read_all(records, PlanBaseline::from_record)
    }

    /// Rows by activity.
    pub fn by_activity(&self) -> BTreeMap<ActivityId, &BaselineRow> {
        let known = self.rows.iter();
        known.filter_map(|row| Some((row.activity?, row))).collect()
    }

    /// The last day of the whole baseline.
    pub fn finish(&self) -> Option<Date> {
        self.rows.iter().map(|row| row.finish).max()
    }
}

fn read_baseline(reader: &mut Reader<'_>, record: &Record) -> Option<PlanBaseline> {
    let project = reader.reference("project");
    let project = reader.need("project", "项目", project);
    let taken_on = reader.date("taken_on");
    let taken_on = reader.need("taken_on", "定下的日子", taken_on);
    Some(PlanBaseline {
        id: record.id,
        project: ProjectId(project?),
        name: reader.text("name").unwrap_or_default(),
        taken_on: taken_on?,
        taken_by: reader.text("taken_by").unwrap_or_default(),
        reason: reader.text("reason").unwrap_or_default(),
        rows: reader.rows("rows", read_row),
    })
}

/// A row needs both days.
fn read_row(row: &Fields) -> Option<BaselineRow> {
    let text = |id: &str| {
        row.get(id)
            .and_then(Value::as_text)
            .unwrap_or("")
            .to_owned()
    };
    let date = |id: &str| row.get(id).and_then(Value::as_date);
    Some(BaselineRow {
        activity: row
            .get("activity")
            .and_then(Value::as_ref_id)
            .map(ActivityId),
        code: text("code"),
        name: text("name"),
        start: date("start")?,
        finish: date("finish")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::{day, record, text};

    #[test]
    fn a_baseline_reads_its_rows_and_knows_its_end() {
        let row = |activity: i64, finish: &str| {
            Fields::from([
                ("activity".to_owned(), Value::Ref(RecordId(activity))),
                ("start".to_owned(), Value::Date(day("2023-02-01"))),
                ("finish".to_owned(), Value::Date(day(finish))),
            ])
        };
        let half = Fields::from([("code".to_owned(), text("3"))]);
        let fields = [
            ("project", Value::Ref(RecordId(1))),
            ("name", text("开工时的计划")),
            ("taken_on", Value::Date(day("2023-02-01"))),
            (
                "rows",
                Value::Rows(vec![row(7, "2023-04-01"), row(8, "2023-03-01"), half]),
            ),
        ];
        let (baseline, findings) = PlanBaseline::from_record(&record(5, &fields));
        assert_eq!(findings, []);
        let baseline = baseline.expect("a baseline");
        assert_eq!(baseline.rows.len(), 2, "a row without days says nothing");
        assert_eq!(baseline.finish(), Some(day("2023-04-01")));
        assert!(
            baseline
                .by_activity()
                .contains_key(&ActivityId(RecordId(8)))
        );
    }
}
