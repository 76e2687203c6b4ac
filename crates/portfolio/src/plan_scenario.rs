//! 推演方案 PlanScenario: changes of a project's plan that were tried and kept under a name. What each change says is
//! its author's: here it stays a text.

use ground::{ActivityId, Date, Finding, ProjectId, RecordId};
use register::{Fields, Record, Value};

use crate::reading::{Reader, read_all};

/// 推演方案.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanScenario {
    /// Record id.
    pub id: RecordId,
    /// Version of the record.
    pub version: i64,
    /// Project.
    pub project: ProjectId,
    /// 方案名称.
    pub name: String,
    /// 说明.
    pub remark: String,
    /// 存下的日子.
    pub kept_on: Date,
    /// 谁存的.
    pub kept_by: String,
    /// 完工 as it was computed when the scenario was kept.
    pub finish: Option<Date>,
    /// Days by which that was later than the target.
    pub slip_days: Option<i64>,
    /// 完工 of the plan itself at that time.
    pub plan_finish: Option<Date>,
    /// 采用的日子, with the batch of the journal that did it.
    pub adopted: Option<(Date, RecordId)>,
    /// Changes in the order in which they are made.
    pub changes: Vec<ScenarioChange>,
}

/// One change of a scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScenarioChange {
    /// 第几步, from 1.
    pub step: i64,
    /// What that step does, in words.
    pub step_text: String,
    /// The activity it changes; none for an added one and for all at once.
    pub activity: Option<ActivityId>,
    /// 编号 then.
    pub code: String,
    /// 工作内容 then.
    pub name: String,
    /// The change, as it is asked for.
    pub change: String,
    /// Values of the activity then, of the fields that it changes.
    pub before: String,
}

impl PlanScenario {
    /// Reads a record of the register.
    pub fn from_record(record: &Record) -> (Option<PlanScenario>, Vec<Finding>) {
        let mut reader = Reader::new(record, "推演方案");
        let scenario = read(&mut reader, record);
        reader.finish(scenario)
    }

    /// Reads many records; withdrawn ones are left out.
    pub fn from_records(records: &[Record]) -> (Vec<PlanScenario>, Vec<Finding>) {
        read_all(records, PlanScenario::from_record)
    }
}

fn read(reader: &mut Reader<'_>, record: &Record) -> Option<PlanScenario> {
    let project = reader.reference("project");
    let project = reader.need("project", "项目", project);
    let kept_on = reader.date("kept_on");
    let kept_on = reader.need("kept_on", "存下的日子", kept_on);
    let batch = reader.text("adopted_batch");
    let batch = batch.and_then(|text| text.parse().ok()).map(RecordId);
    Some(PlanScenario {
        id: record.id,
        version: record.version,
        project: ProjectId(project?),
        name: reader.text("name").unwrap_or_default(),
        remark: reader.text("remark").unwrap_or_default(),
        kept_on: kept_on?,
        kept_by: reader.text("kept_by").unwrap_or_default(),
        finish: reader.date("finish"),
        slip_days: reader.int("slip_days"),
        plan_finish: reader.date("plan_finish"),
        adopted: reader.date("adopted_on").zip(batch),
        changes: reader.rows("changes", read_change),
    })
}

fn read_change(row: &Fields) -> Option<ScenarioChange> {
    let text = |id: &str| {
        let text = row.get(id).and_then(Value::as_text);
        text.unwrap_or_default().to_owned()
    };
    Some(ScenarioChange {
        step: row.get("step").and_then(Value::as_int).unwrap_or(1),
        step_text: text("step_text"),
        activity: row
            .get("activity")
            .and_then(Value::as_ref_id)
            .map(ActivityId),
        code: text("code"),
        name: text("name"),
        change: text("change"),
        before: text("before"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::{day, record, text};

    #[test]
    fn a_scenario_reads_its_changes_and_is_adopted_only_with_a_batch() {
        let row = Fields::from([
            ("step".to_owned(), Value::Int(2)),
            ("activity".to_owned(), Value::Ref(RecordId(7))),
            ("change".to_owned(), text("{}")),
        ]);
        let fields = [
            ("project", Value::Ref(RecordId(1))),
            ("name", text("两班倒")),
            ("kept_on", Value::Date(day("2023-03-10"))),
            ("adopted_on", Value::Date(day("2023-03-12"))),
            ("changes", Value::Rows(vec![row])),
        ];
        let (scenario, findings) = PlanScenario::from_record(&record(5, &fields));
        assert_eq!(findings, []);
        let scenario = scenario.expect("a scenario");
        assert_eq!(scenario.changes[0].step, 2);
        assert_eq!(scenario.changes[0].activity, Some(ActivityId(RecordId(7))));
        assert_eq!(
            scenario.adopted, None,
            "a day without a batch proves nothing"
        );
    }
}
