//! 周承诺 PlanCommitment: what was promised of an activity for one week, and what became of it.

use ground::{ActivityId, Date, Finding, Period, PeriodKind, ProjectId, RecordId};
use plan::{Commitment, MissReason, Outcome};
use register::Record;

use crate::reading::{Reader, read_all};

/// 周承诺.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanCommitment {
    /// Record id.
    pub id: RecordId,
    /// Version of the record.
    pub version: i64,
    /// Project.
    pub project: ProjectId,
    /// Activity.
    pub activity: ActivityId,
    /// 哪一周.
    pub week: Period,
    /// 承诺内容.
    pub content: String,
    /// 承诺做到, hundredths of a percent.
    pub percent: Option<i64>,
    /// 承诺单位.
    pub unit: Option<RecordId>,
    /// 实施单位 that is in no directory.
    pub performer: String,
    /// What became of it.
    pub outcome: Outcome,
    /// 说明.
    pub note: String,
    /// 承诺日期.
    pub promised_on: Option<Date>,
}

impl PlanCommitment {
    /// Reads a record of the register.
    pub fn from_record(record: &Record) -> (Option<PlanCommitment>, Vec<Finding>) {
        let mut reader = Reader::new(record, "周承诺");
        let commitment = read(&mut reader, record);
        reader.finish(commitment)
    }

    /// Reads many records; withdrawn ones are left out.
    pub fn from_records(records: &[Record]) -> (Vec<PlanCommitment>, Vec<Finding>) {
        read_all(records, PlanCommitment::from_record)
    }

    /// As the engine counts it.
    pub fn counted(&self) -> Commitment {
        Commitment {
            activity: self.activity.to_string(),
            week: self.week,
            outcome: self.outcome,
        }
    }
}

fn read(reader: &mut Reader<'_>, record: &Record) -> Option<PlanCommitment> {
    let project = reader.reference("project");
    let project = reader.need("project", "项目", project);
    let activity = reader.reference("activity");
    let activity = reader.need("activity", "工序", activity);
    let week = reader.text("week");
    let week = reader.need("week", "哪一周", week).and_then(|text| {
        let week = text
            .parse()
            .ok()
            .filter(|p: &Period| p.kind() == PeriodKind::Week);
        if week.is_none() {
            let problem = format!("“{text}”不是一周。");
            reader.note(
                "commitment_week",
                "week",
                problem,
                "请写成 2023年第10周 或 2023W10。",
            );
        }
        week
    });
    let reason = reader.text("reason");
    let outcome = match reader.text("outcome").as_deref() {
        Some("kept") => Outcome::Kept,
        Some("missed") => Outcome::Missed(reason.as_deref().and_then(MissReason::of)),
        _ => Outcome::Open,
    };
    Some(PlanCommitment {
        id: record.id,
        version: record.version,
        project: ProjectId(project?),
        activity: ActivityId(activity?),
        week: week?,
        content: reader.text("content").unwrap_or_default(),
        percent: reader.percent("percent"),
        unit: reader.reference("unit"),
        performer: reader.text("performer").unwrap_or_default(),
        outcome,
        note: reader.text("note").unwrap_or_default(),
        promised_on: reader.date("promised_on"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::{record, text};
    use register::Value;

    #[test]
    fn a_commitment_reads_its_week_and_outcome_and_tells_what_is_no_week() {
        let whole = |week: &str| {
            [
                ("project", Value::Ref(RecordId(1))),
                ("activity", Value::Ref(RecordId(7))),
                ("week", text(week)),
                ("content", text("桩基工程做到 70%")),
                ("percent", Value::Percent(7_000)),
                ("outcome", text("missed")),
                ("reason", text("land")),
            ]
        };
        let (one, findings) = PlanCommitment::from_record(&record(5, &whole("2023W10")));
        assert_eq!(findings, []);
        let one = one.expect("a commitment");
        assert_eq!(
            one.week,
            Period::Week {
                year: 2023,
                week: 10
            }
        );
        assert_eq!(one.outcome, Outcome::Missed(Some(MissReason::Land)));
        assert_eq!(one.percent, Some(7_000));
        let (none, findings) = PlanCommitment::from_record(&record(5, &whole("2023M03")));
        assert_eq!(none, None);
        assert_eq!(findings[0].code, "commitment_week");
    }
}
