//! 滚动转化: a project passes from a batch of one round into the next batch of a later round, with day, evidence
//! and approver. Out of the member lists come the transfer matrix, the 转化率 and the stuck lists.

use std::collections::{BTreeMap, BTreeSet};

use ground::{Date, Fen, Finding, ProjectId, Ratio, RoundId};
use serde::Serialize;

use crate::membership::{Membership, Role};
use crate::project::{Project, StageDates};
use crate::rates::Share;
use crate::round::{Batch, Round};

/// 转入. What is written down when a project rolls forward.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transfer {
    /// Project.
    pub project: ProjectId,
    /// Round it leaves (its line there stays: lists are frozen).
    pub from: RoundId,
    /// Round it enters.
    pub to: RoundId,
    /// Day of approval.
    pub on: Date,
    /// 佐证: construction permit, acceptance paper …
    pub evidence: String,
    /// 审批人 or approving unit.
    pub approver: String,
}

/// Makes the membership in the later round. The line of the earlier round stays as it is, so the number of
/// distinct projects does not change.
///
/// No membership and findings: the project is not in `from`, was taken out, is in 投产一批 (达效 is no batch),
/// is already in the target batch of `to`, `to` is not a later round, or evidence or approver are empty.
pub fn roll_forward(
    transfer: &Transfer,
    rounds: &[Round],
    memberships: &[Membership],
) -> (Option<Membership>, Vec<Finding>) {
    let mut findings = formal_findings(transfer, rounds);
    let source = memberships
        .iter()
        .filter(|m| m.project == transfer.project && m.round == transfer.from)
        .filter(|m| !m.is_out_on(transfer.on))
        .max_by_key(|m| m.batch);
    let Some(source) = source else {
        findings.push(refuse(
            "roll_source",
            "项目不在转出的那一期名单里,或已调出。",
            "请先核对名单。",
        ));
        return (None, findings);
    };
    let Some(batch) = source.batch.next() else {
        findings.push(refuse(
            "roll_last",
            "投产一批之后是达效,没有下一批可转。",
            "请填写达效日期。",
        ));
        return (None, findings);
    };
    let already = memberships
        .iter()
        .any(|m| m.project == transfer.project && m.round == transfer.to && m.batch == batch);
    if already {
        findings.push(refuse(
            "roll_twice",
            "项目已在转入的那一批里。",
            "不用再转。",
        ));
    }
    if !findings.is_empty() {
        return (None, findings);
    }
    (Some(rolled(transfer, source, batch)), findings)
}

fn rolled(transfer: &Transfer, source: &Membership, batch: Batch) -> Membership {
    Membership {
        id: None,
        round: transfer.to,
        batch,
        project: transfer.project,
        amount_announced: source.amount_announced,
        role: Role::Rolled,
        adjusted_out: None,
        transferred_from: Some(transfer.from),
        rolled_on: Some(transfer.on),
        evidence: Some(transfer.evidence.trim().to_owned()),
        approver: Some(transfer.approver.trim().to_owned()),
    }
}

fn formal_findings(transfer: &Transfer, rounds: &[Round]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if transfer.evidence.trim().is_empty() {
        findings.push(refuse(
            "roll_evidence",
            "没有佐证材料。",
            "请写明施工许可、验收意见等佐证。",
        ));
    }
    if transfer.approver.trim().is_empty() {
        findings.push(refuse(
            "roll_approver",
            "没有审批人。",
            "请填写批准转入的单位或职务。",
        ));
    }
    let no = |id: RoundId| rounds.iter().find(|r| r.id == id).map(|r| r.no);
    match (no(transfer.from), no(transfer.to)) {
        (Some(from), Some(to)) if from < to => {}
        (Some(_), Some(_)) => {
            findings.push(refuse(
                "roll_order",
                "转入的期次不晚于转出的期次。",
                "请改选后一期。",
            ));
        }
        _ => findings.push(refuse(
            "roll_round",
            "转出或转入的期次不存在。",
            "请先登记期次。",
        )),
    }
    findings
}

fn refuse(code: &str, problem: &str, remedy: &str) -> Finding {
    Finding::error(code, "滚动转入", problem, remedy)
}

/// One cell of a transfer matrix.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Cell {
    /// Projects of the cell.
    pub projects: Vec<ProjectId>,
    /// Their money as announced in the earlier round (in the later one for newcomers), fen.
    pub amount: Fen,
}

/// 转化矩阵 between two rounds. A missing batch on the left is 新进, on the right 不在后一期名单.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransferMatrix {
    /// Earlier round.
    pub from: RoundId,
    /// Later round.
    pub to: RoundId,
    /// Cells that hold a project.
    pub cells: BTreeMap<(Option<Batch>, Option<Batch>), Cell>,
    /// Rounds without a member list: the matrix says nothing about them.
    pub unlisted: Vec<RoundId>,
}

impl TransferMatrix {
    /// Number of projects in a cell.
    pub fn count(&self, from: Option<Batch>, to: Option<Batch>) -> usize {
        self.cells.get(&(from, to)).map_or(0, |c| c.projects.len())
    }
}

/// Where each project of either round went. A project in two batches of one round stands in the later batch.
pub fn transfer_matrix(
    from: RoundId,
    to: RoundId,
    memberships: &[Membership],
    as_of: Date,
) -> TransferMatrix {
    let (before, after) = (
        positions(from, memberships, as_of),
        positions(to, memberships, as_of),
    );
    let projects: BTreeSet<ProjectId> = before.keys().chain(after.keys()).copied().collect();
    let mut cells: BTreeMap<(Option<Batch>, Option<Batch>), Cell> = BTreeMap::new();
    for project in projects {
        let (left, right) = (before.get(&project), after.get(&project));
        let cell = cells
            .entry((left.map(|l| l.0), right.map(|r| r.0)))
            .or_default();
        cell.projects.push(project);
        let fen = left.or(right).and_then(|line| line.1).unwrap_or_default();
        cell.amount = cell.amount.checked_add(fen).unwrap_or(Fen(i64::MAX));
    }
    let lists = [(from, &before), (to, &after)];
    let unlisted = lists
        .iter()
        .filter(|(_, list)| list.is_empty())
        .map(|(id, _)| *id)
        .collect();
    TransferMatrix {
        from,
        to,
        cells,
        unlisted,
    }
}

type Position = (Batch, Option<Fen>);

fn positions(
    round: RoundId,
    memberships: &[Membership],
    as_of: Date,
) -> BTreeMap<ProjectId, Position> {
    let mut found: BTreeMap<ProjectId, Position> = BTreeMap::new();
    for member in memberships
        .iter()
        .filter(|m| m.round == round && !m.is_out_on(as_of))
    {
        let line = (member.batch, member.amount_announced.map(|a| a.fen));
        let known = found.entry(member.project).or_insert(line);
        if known.0 < line.0 {
            *known = line;
        }
    }
    found
}

/// 转化率 p→p+1: members of a batch that stand in the next batch of the later round, by count and by money.
/// Without a list on either side the rate is "—".
pub fn conversion(matrix: &TransferMatrix, batch: Batch) -> Share {
    let unknown = Share {
        by_count: Ratio::new(0, 0),
        by_money: Ratio::new(0, 0),
        projects: vec![],
    };
    let Some(next) = batch.next().filter(|_| matrix.unlisted.is_empty()) else {
        return unknown;
    };
    let row: Vec<_> = matrix
        .cells
        .iter()
        .filter(|((from, _), _)| *from == Some(batch))
        .collect();
    let whole: i128 = row.iter().map(|(_, c)| c.projects.len() as i128).sum();
    let money: i128 = row.iter().map(|(_, c)| i128::from(c.amount.0)).sum();
    let hit = matrix
        .cells
        .get(&(Some(batch), Some(next)))
        .cloned()
        .unwrap_or_default();
    Share {
        by_count: Ratio::new(hit.projects.len() as i128, whole),
        by_money: Ratio::new(hit.amount.0.into(), money),
        projects: hit.projects,
    }
}

/// Which step a project is stuck before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StuckKind {
    /// 签约未开工.
    SignedNotStarted,
    /// 开工未投产.
    StartedNotCommissioned,
    /// 投产未达效.
    CommissionedNotBenefited,
}

impl StuckKind {
    /// 签约未开工, 开工未投产, 投产未达效.
    pub fn label(self) -> &'static str {
        match self {
            StuckKind::SignedNotStarted => "签约未开工",
            StuckKind::StartedNotCommissioned => "开工未投产",
            StuckKind::CommissionedNotBenefited => "投产未达效",
        }
    }

    fn of(batch: Batch) -> StuckKind {
        match batch {
            Batch::Signed => StuckKind::SignedNotStarted,
            Batch::Started => StuckKind::StartedNotCommissioned,
            Batch::Commissioned => StuckKind::CommissionedNotBenefited,
        }
    }

    fn since_and_done(self, dates: &StageDates) -> (Option<Date>, Option<Date>) {
        match self {
            StuckKind::SignedNotStarted => (None, dates.started_on),
            StuckKind::StartedNotCommissioned => (dates.started_on, dates.commissioned_on),
            StuckKind::CommissionedNotBenefited => (dates.commissioned_on, dates.benefits_on),
        }
    }
}

/// A project that has not made its next step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Stuck {
    /// Project.
    pub project: ProjectId,
    /// Which list.
    pub kind: StuckKind,
    /// Since when: the day of the step before, else the ceremony of the first round in this batch.
    pub since: Option<Date>,
    /// Days from `since` to the day asked for.
    pub age_days: Option<i64>,
    /// Rounds in which it stood in this batch.
    pub rounds: usize,
    /// 两期以上仍在同一批: in the same batch of two rounds or more.
    pub repeats: bool,
}

/// The three lists on a day, oldest first. Only the latest batch a project reached is asked.
pub fn stuck(
    rounds: &[Round],
    memberships: &[Membership],
    projects: &[Project],
    as_of: Date,
) -> Vec<Stuck> {
    let mut batches: BTreeMap<ProjectId, Batch> = BTreeMap::new();
    for member in memberships.iter().filter(|m| !m.is_out_on(as_of)) {
        let batch = batches.entry(member.project).or_insert(member.batch);
        *batch = (*batch).max(member.batch);
    }
    let mut found: Vec<Stuck> = projects
        .iter()
        .filter_map(|p| stuck_one(p, *batches.get(&p.id)?, rounds, memberships, as_of))
        .collect();
    found.sort_by_key(|s| (s.kind, std::cmp::Reverse(s.age_days), s.project));
    found
}

fn stuck_one(
    project: &Project,
    batch: Batch,
    rounds: &[Round],
    memberships: &[Membership],
    as_of: Date,
) -> Option<Stuck> {
    let kind = StuckKind::of(batch);
    let (since, done) = kind.since_and_done(&project.dates);
    if done.is_some_and(|day| day <= as_of) {
        return None;
    }
    let ids: BTreeSet<RoundId> = memberships
        .iter()
        .filter(|m| m.project == project.id && m.batch == batch && !m.is_out_on(as_of))
        .map(|m| m.round)
        .collect();
    let held = rounds
        .iter()
        .filter(|r| ids.contains(&r.id))
        .filter_map(|r| r.held_on)
        .min();
    let since = since.or(held).filter(|day| *day <= as_of);
    let age_days = since.map(|day| crate::calendars::days_between(day, as_of));
    Some(Stuck {
        project: project.id,
        kind,
        since,
        age_days,
        rounds: ids.len(),
        repeats: ids.len() >= 2,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::membership::distinct_projects;
    use crate::reading::fixtures::{day, record, text, yi};
    use ground::RecordId;
    use proptest::prelude::*;
    use register::Value;

    fn round(no: i64, held: &str) -> Round {
        let fields = [
            ("round_no", Value::Int(no)),
            ("held_on", Value::Date(day(held))),
        ];
        Round::from_record(&record(no, &fields)).0.expect("round")
    }

    fn rounds() -> Vec<Round> {
        vec![round(6, "2022-10-28"), round(7, "2023-01-28")]
    }

    fn member(no: i64, project: i64, batch: Batch) -> Membership {
        Membership {
            id: None,
            round: RoundId(RecordId(no)),
            batch,
            project: ProjectId(RecordId(project)),
            amount_announced: Some(yi(10)),
            role: Role::New,
            adjusted_out: None,
            transferred_from: None,
            rolled_on: None,
            evidence: None,
            approver: None,
        }
    }

    fn transfer(project: i64) -> Transfer {
        Transfer {
            project: ProjectId(RecordId(project)),
            from: RoundId(RecordId(6)),
            to: RoundId(RecordId(7)),
            on: day("2023-01-28"),
            evidence: "竣工验收意见".into(),
            approver: "区发改委".into(),
        }
    }

    fn codes(findings: &[Finding]) -> Vec<&str> {
        findings.iter().map(|f| f.code.as_str()).collect()
    }

    #[test]
    fn a_started_project_rolls_into_the_commissioned_batch() {
        let list = [member(6, 1, Batch::Started)];
        let (made, findings) = roll_forward(&transfer(1), &rounds(), &list);
        let made = made.expect("rolled");
        assert_eq!(findings, vec![]);
        assert_eq!((made.batch, made.role), (Batch::Commissioned, Role::Rolled));
        assert_eq!(made.amount_announced, Some(yi(10)));
        assert_eq!(made.approver.as_deref(), Some("区发改委"));
    }

    #[test]
    fn a_transfer_without_evidence_or_approver_is_refused_and_told() {
        let list = [member(6, 1, Batch::Started)];
        let bare = Transfer {
            evidence: " ".into(),
            approver: String::new(),
            ..transfer(1)
        };
        let (made, findings) = roll_forward(&bare, &rounds(), &list);
        assert_eq!(made, None);
        assert_eq!(codes(&findings), ["roll_evidence", "roll_approver"]);
    }

    #[test]
    fn nothing_rolls_twice_backwards_or_out_of_an_empty_list() {
        let list = [
            member(6, 1, Batch::Started),
            member(7, 1, Batch::Commissioned),
        ];
        let (_, twice) = roll_forward(&transfer(1), &rounds(), &list);
        assert_eq!(codes(&twice), ["roll_twice"]);
        let back = Transfer {
            from: RoundId(RecordId(7)),
            to: RoundId(RecordId(6)),
            ..transfer(1)
        };
        let (_, order) = roll_forward(&back, &rounds(), &list);
        assert_eq!(codes(&order), ["roll_order", "roll_last"]);
        let (_, absent) = roll_forward(&transfer(2), &rounds(), &list);
        assert_eq!(codes(&absent), ["roll_source"]);
    }

    #[test]
    fn the_matrix_names_newcomers_and_those_who_left() {
        let list = [
            member(6, 1, Batch::Started),
            member(6, 2, Batch::Signed),
            member(7, 1, Batch::Commissioned),
            member(7, 3, Batch::Signed),
        ];
        let (six, seven) = (RoundId(RecordId(6)), RoundId(RecordId(7)));
        let matrix = transfer_matrix(six, seven, &list, day("2023-03-10"));
        assert_eq!(
            matrix.count(Some(Batch::Started), Some(Batch::Commissioned)),
            1
        );
        assert_eq!(matrix.count(Some(Batch::Signed), None), 1);
        assert_eq!(matrix.count(None, Some(Batch::Signed)), 1);
        assert_eq!(
            conversion(&matrix, Batch::Started).by_count.percent_text(),
            "100%"
        );
        assert_eq!(
            conversion(&matrix, Batch::Signed).by_count.percent_text(),
            "0.0%"
        );
    }

    #[test]
    fn conversion_from_a_round_without_a_list_is_a_dash() {
        let (six, seven) = (RoundId(RecordId(6)), RoundId(RecordId(7)));
        let list = [member(7, 1, Batch::Commissioned)];
        let matrix = transfer_matrix(six, seven, &list, day("2023-03-10"));
        assert_eq!(matrix.unlisted, vec![six]);
        assert_eq!(
            conversion(&matrix, Batch::Started).by_count.percent_text(),
            "—"
        );
    }

    #[test]
    fn a_project_signed_in_two_rounds_and_not_started_is_stuck_since_the_first() {
        let list = [member(6, 1, Batch::Signed), member(7, 1, Batch::Signed)];
        let project = Project::from_record(&record(1, &[("name", text("甲"))]))
            .0
            .expect("project");
        let found = stuck(&rounds(), &list, &[project], day("2023-03-10"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].since, Some(day("2022-10-28")));
        assert_eq!(found[0].age_days, Some(133));
        assert!(found[0].repeats);
        assert_eq!(found[0].kind.label(), "签约未开工");
    }

    #[test]
    fn a_project_that_made_its_step_is_not_stuck() {
        let list = [member(7, 1, Batch::Signed)];
        let fields = [
            ("name", text("甲")),
            ("started_on", Value::Date(day("2023-03-01"))),
        ];
        let project = Project::from_record(&record(1, &fields))
            .0
            .expect("project");
        let before = stuck(
            &rounds(),
            &list,
            std::slice::from_ref(&project),
            day("2023-02-28"),
        );
        assert_eq!(before.len(), 1);
        assert_eq!(
            stuck(&rounds(), &list, &[project], day("2023-03-01")),
            vec![]
        );
    }

    proptest! {
        #[test]
        fn rolling_forward_keeps_the_number_of_distinct_projects(
            lines in prop::collection::vec((1i64..20, 0usize..3), 1..30),
            project in 1i64..20,
        ) {
            let mut list: Vec<Membership> =
                lines.iter().map(|(p, b)| member(6, *p, Batch::ALL[*b])).collect();
            let before = distinct_projects(&list);
            let (made, findings) = roll_forward(&transfer(project), &rounds(), &list);
            prop_assert_eq!(made.is_none(), !findings.is_empty());
            list.extend(made);
            prop_assert_eq!(distinct_projects(&list), before);
        }
    }
}
