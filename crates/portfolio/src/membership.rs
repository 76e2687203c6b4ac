//! 期次成员 Membership: a project in a batch of a round, with the amount as announced then. A project may be in
//! many rounds and a round has many projects; counting over rounds is therefore by distinct project.

use std::collections::BTreeSet;

use ground::{Amount, Date, Finding, ProjectId, RecordId, RoundId};
use register::Record;

use crate::reading::{Reader, read_all};
use crate::round::Batch;

/// How a project came into the round.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// 新进.
    New,
    /// 滚动转入 from a batch of an earlier round.
    Rolled,
}

impl Role {
    /// `new` or `rolled`.
    pub fn code(self) -> &'static str {
        match self {
            Role::New => "new",
            Role::Rolled => "rolled",
        }
    }
}

/// 成员. One line of a round's list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Membership {
    /// Record id; none for a membership that `roll_forward` made and nobody stored yet.
    pub id: Option<RecordId>,
    /// Round.
    pub round: RoundId,
    /// Batch.
    pub batch: Batch,
    /// Project.
    pub project: ProjectId,
    /// 投资额 as announced for this round; later changes of the project do not touch it.
    pub amount_announced: Option<Amount>,
    /// New or rolled.
    pub role: Role,
    /// 调出: taken out of the round with approval on this day. An out without a day counts from the start.
    pub adjusted_out: Option<Option<Date>>,
    /// 转自期次, for rolled ones.
    pub transferred_from: Option<RoundId>,
    /// Day of the transfer into this round, for rolled ones.
    pub rolled_on: Option<Date>,
    /// What proves the transfer.
    pub evidence: Option<String>,
    /// Who approved the transfer or the way out.
    pub approver: Option<String>,
}

impl Membership {
    /// Reads a record of the membership register.
    pub fn from_record(record: &Record) -> (Option<Membership>, Vec<Finding>) {
        let mut reader = Reader::new(record, "期次成员");
        let membership = read_membership(&mut reader, record.id);
        reader.finish(membership)
    }

    /// Reads many records; withdrawn ones are left out. The same project twice in one batch of one round is a
    /// finding, and the later line is dropped.
    pub fn from_records(records: &[Record]) -> (Vec<Membership>, Vec<Finding>) {
        let (memberships, mut findings) = read_all(records, Membership::from_record);
        let mut seen = BTreeSet::new();
        let mut kept = Vec::with_capacity(memberships.len());
        for membership in memberships {
            if seen.insert((membership.round, membership.batch, membership.project)) {
                kept.push(membership);
            } else {
                findings.push(twice(&membership));
            }
        }
        (kept, findings)
    }

    /// Whether the project counts as taken out on `day`.
    pub fn is_out_on(&self, day: Date) -> bool {
        match self.adjusted_out {
            None => false,
            Some(None) => true,
            Some(Some(since)) => since <= day,
        }
    }
}

/// Number of different projects behind any list of memberships.
///
/// ```
/// use portfolio::distinct_projects;
/// assert_eq!(distinct_projects(&[]).len(), 0);
/// ```
pub fn distinct_projects(memberships: &[Membership]) -> BTreeSet<ProjectId> {
    memberships.iter().map(|m| m.project).collect()
}

fn twice(membership: &Membership) -> Finding {
    let id = membership.id.map_or_else(String::new, |id| id.to_string());
    Finding::error(
        "membership_twice",
        format!("期次成员 编号{id}"),
        format!(
            "同一个项目在这一期的{}里登记了两次,只算一次。",
            membership.batch
        ),
        "请撤销多出的一条;如果是两个项目,请改正项目名称。",
    )
}

fn read_membership(reader: &mut Reader<'_>, id: RecordId) -> Option<Membership> {
    let round = reader.reference("round");
    let round = reader.need("round", "期次", round);
    let project = reader.reference("project");
    let project = reader.need("project", "项目", project);
    let batch = read_batch(reader);
    let (round, project, batch) = (round?, project?, batch?);
    Some(Membership {
        id: Some(id),
        round: RoundId(round),
        batch,
        project: ProjectId(project),
        amount_announced: reader.money("amount_announced"),
        role: read_role(reader),
        adjusted_out: read_out(reader),
        transferred_from: reader.reference("transferred_from").map(RoundId),
        rolled_on: reader.date("rolled_on"),
        evidence: reader.text("evidence"),
        approver: reader.text("approver"),
    })
}

fn read_batch(reader: &mut Reader<'_>) -> Option<Batch> {
    let code = reader.text("batch");
    let code = reader.need("batch", "批次", code)?;
    let batch = Batch::from_code(&code);
    if batch.is_none() {
        let problem = format!("批次“{code}”不是签约、开工、投产三批之一。");
        reader.note(
            "batch_unknown",
            "batch",
            problem,
            "请选签约一批、开工一批或投产一批。",
        );
    }
    batch
}

fn read_role(reader: &mut Reader<'_>) -> Role {
    match reader.text("role").as_deref() {
        Some("rolled") => Role::Rolled,
        _ => Role::New,
    }
}

fn read_out(reader: &mut Reader<'_>) -> Option<Option<Date>> {
    let day = reader.date("adjusted_on");
    match reader.bool("adjusted_out") {
        Some(true) => Some(day),
        Some(false) => None,
        // A day alone says it too.
        None => day.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::{day, record, text, yi};
    use register::Value;

    fn line(id: i64, project: i64, batch: &str) -> Record {
        record(
            id,
            &[
                ("round", Value::Ref(RecordId(7))),
                ("project", Value::Ref(RecordId(project))),
                ("batch", text(batch)),
                ("amount_announced", Value::Money(yi(12))),
            ],
        )
    }

    #[test]
    fn the_same_project_twice_in_a_batch_counts_once_and_is_told() {
        let records = [
            line(1, 100, "signed"),
            line(2, 100, "signed"),
            line(3, 100, "started"),
        ];
        let (memberships, findings) = Membership::from_records(&records);
        assert_eq!(memberships.len(), 2);
        assert_eq!(distinct_projects(&memberships).len(), 1);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].code, "membership_twice");
    }

    #[test]
    fn an_unknown_batch_is_told_and_left_out() {
        let (memberships, findings) = Membership::from_records(&[line(1, 100, "竣工")]);
        assert_eq!(memberships, vec![]);
        assert_eq!(findings[0].code, "batch_unknown");
        assert!(findings[0].problem.contains("竣工"));
    }

    #[test]
    fn a_project_is_out_from_the_day_of_approval() {
        let mut out = line(1, 100, "signed");
        out.fields.insert("adjusted_out".into(), Value::Bool(true));
        out.fields
            .insert("adjusted_on".into(), Value::Date(day("2023-03-01")));
        let (membership, _) = Membership::from_record(&out);
        let membership = membership.expect("read");
        assert!(!membership.is_out_on(day("2023-02-28")));
        assert!(membership.is_out_on(day("2023-03-01")));
    }
}
