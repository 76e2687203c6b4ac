//! 履约率, 开工率, 投产率, 达效率, 转化率: who counts in the numerator, who in the frozen denominator, with the
//! basis (口径) written out and the list behind each figure. Forecasts (预计) never mix with facts; rates that a
//! page stated are in `round`.
//!
//! Rules: domain rules 2.3. The denominator is the list as announced, less projects taken out with approval,
//! which are shown beside the rate. An empty denominator is "—", never 0 or 100 %.

use std::collections::{BTreeMap, BTreeSet};

use ground::{Date, Fen, ProjectId, Ratio, RoundId};
use serde::Serialize;

use crate::membership::Membership;
use crate::project::{Project, StageDates};
use crate::round::Batch;

/// Which rate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RateKind {
    /// 履约率: of 签约一批, those with a 履约 day.
    Fulfilment,
    /// 开工率(签约转开工): of 签约一批, those with a 开工 day.
    Start,
    /// 开工率(开工批核实): of 开工一批, those whose start was verified on site. A ceremony is no start.
    StartVerified,
    /// 投产率: of 开工一批, those with a 投产 day.
    Commission,
    /// 达效率: of 投产一批, those with a 达效 day.
    Benefit,
}

impl RateKind {
    /// All of them, in the order of the pipeline.
    pub const ALL: [RateKind; 5] = [
        RateKind::Fulfilment,
        RateKind::Start,
        RateKind::StartVerified,
        RateKind::Commission,
        RateKind::Benefit,
    ];

    /// Name as printed.
    pub fn label(self) -> &'static str {
        match self {
            RateKind::Fulfilment => "履约率",
            RateKind::Start => "开工率",
            RateKind::StartVerified => "开工核实率",
            RateKind::Commission => "投产率",
            RateKind::Benefit => "达效率",
        }
    }

    /// `fulfilment`, `start`, `start_verified`, `commission`, `benefit`.
    pub fn code(self) -> &'static str {
        match self {
            RateKind::Fulfilment => "fulfilment",
            RateKind::Start => "start",
            RateKind::StartVerified => "start_verified",
            RateKind::Commission => "commission",
            RateKind::Benefit => "benefit",
        }
    }

    /// The batch that makes the denominator.
    pub fn batch(self) -> Batch {
        match self {
            RateKind::Fulfilment | RateKind::Start => Batch::Signed,
            RateKind::StartVerified | RateKind::Commission => Batch::Started,
            RateKind::Benefit => Batch::Commissioned,
        }
    }

    fn event(self) -> &'static str {
        match self {
            RateKind::Fulfilment => "已履约",
            RateKind::Start => "已开工",
            RateKind::StartVerified => "开工已现场核实",
            RateKind::Commission => "已投产",
            RateKind::Benefit => "已达效",
        }
    }

    /// The day of the fact, as claimed, or as verified where the kind asks for it.
    fn reached(self, dates: &StageDates) -> Option<Date> {
        match self {
            RateKind::Fulfilment => dates.fulfilled_on,
            RateKind::Start => dates.started_on,
            RateKind::StartVerified => dates.started_verified_on,
            RateKind::Commission => dates.commissioned_on,
            RateKind::Benefit => dates.benefits_on,
        }
    }

    /// The day it is expected; 履约 and verification have no forecast of their own.
    fn expected(self, dates: &StageDates) -> Option<Date> {
        match self {
            RateKind::Start => dates.started_forecast_on.or(dates.start_planned),
            RateKind::Commission => dates.commissioned_forecast_on.or(dates.completion_planned),
            RateKind::Benefit => dates.benefits_forecast_on,
            RateKind::Fulfilment | RateKind::StartVerified => None,
        }
    }
}

/// Who makes the denominator of 开工率. The provincial rule divides by 履约 projects, the plain one by all signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StartBasis {
    /// 签约一批全部.
    #[default]
    Signed,
    /// 签约一批中已履约的.
    Fulfilled,
}

/// What is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RateRequest {
    /// Which rate.
    pub kind: RateKind,
    /// Rounds whose lists are taken; a project in several of them counts once.
    pub rounds: BTreeSet<RoundId>,
    /// Facts up to and including this day.
    pub as_of: Date,
    /// 预计 up to and including this day; none for no forecast.
    pub horizon: Option<Date>,
    /// Denominator of 开工率.
    pub start_basis: StartBasis,
}

impl RateRequest {
    /// A rate of one round on a day, without forecast.
    pub fn of(kind: RateKind, round: RoundId, as_of: Date) -> RateRequest {
        let rounds = BTreeSet::from([round]);
        RateRequest {
            kind,
            rounds,
            as_of,
            horizon: None,
            start_basis: StartBasis::default(),
        }
    }
}

/// One side of a rate: by number of projects and by money, with the list behind the numerator.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Share {
    /// Projects.
    pub by_count: Ratio,
    /// Fen of announced amounts; projects without an amount are in neither part.
    pub by_money: Ratio,
    /// Who counts in the numerator.
    pub projects: Vec<ProjectId>,
}

/// 率 with its basis.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Rate {
    /// Which rate.
    pub kind: RateKind,
    /// Facts on `as_of`.
    pub actual: Share,
    /// 预计: facts or a planned day up to the horizon. Printed with 预计, never instead of the fact.
    pub forecast: Option<Share>,
    /// 口径, a sentence to print under the figure.
    pub basis: String,
    /// Who makes the denominator.
    pub denominator: Vec<ProjectId>,
    /// 调出, listed beside the rate.
    pub adjusted_out: Vec<ProjectId>,
    /// In the denominator, but without an announced amount: not in the money-weighted rate.
    pub without_amount: Vec<ProjectId>,
    /// Members whose project record is missing: they stay in the denominator and reach nothing.
    pub unknown: Vec<ProjectId>,
    /// Day of the facts.
    pub as_of: Date,
    /// Day of the forecast.
    pub horizon: Option<Date>,
}

/// The frozen list behind a rate.
struct Cohort {
    amounts: BTreeMap<ProjectId, Option<Fen>>,
    out: BTreeSet<ProjectId>,
}

/// Computes a rate. `projects` need not be ordered and may hold others.
pub fn rate(request: &RateRequest, memberships: &[Membership], projects: &[Project]) -> Rate {
    let dates: BTreeMap<ProjectId, &StageDates> =
        projects.iter().map(|p| (p.id, &p.dates)).collect();
    let mut cohort = cohort(request, memberships);
    if request.kind == RateKind::Start && request.start_basis == StartBasis::Fulfilled {
        let by = |d: &StageDates| d.fulfilled_on.is_some_and(|day| day <= request.as_of);
        cohort
            .amounts
            .retain(|id, _| dates.get(id).is_some_and(|d| by(d)));
    }
    let reached = |id: &ProjectId, day: Date, with_plan: bool| {
        let Some(dates) = dates.get(id) else {
            return false;
        };
        let fact = request.kind.reached(dates).is_some_and(|d| d <= day);
        fact || (with_plan && request.kind.expected(dates).is_some_and(|d| d <= day))
    };
    let forecast = request
        .horizon
        .map(|day| share(&cohort.amounts, |id| reached(id, day, true)));
    Rate {
        kind: request.kind,
        actual: share(&cohort.amounts, |id| reached(id, request.as_of, false)),
        forecast,
        basis: basis(request, &cohort),
        without_amount: missing_amounts(&cohort.amounts),
        unknown: cohort
            .amounts
            .keys()
            .filter(|id| !dates.contains_key(id))
            .copied()
            .collect(),
        denominator: cohort.amounts.keys().copied().collect(),
        adjusted_out: cohort.out.into_iter().collect(),
        as_of: request.as_of,
        horizon: request.horizon,
    }
}

/// A project in several of the rounds keeps the amount announced last.
fn cohort(request: &RateRequest, memberships: &[Membership]) -> Cohort {
    let batch = request.kind.batch();
    let mut own: Vec<&Membership> = memberships
        .iter()
        .filter(|m| m.batch == batch && request.rounds.contains(&m.round))
        .collect();
    own.sort_by_key(|m| m.round);
    let mut cohort = Cohort {
        amounts: BTreeMap::new(),
        out: BTreeSet::new(),
    };
    for member in own {
        if member.is_out_on(request.as_of) {
            cohort.out.insert(member.project);
        } else {
            let fen = member.amount_announced.map(|a| a.fen);
            let known = cohort.amounts.entry(member.project).or_default();
            *known = fen.or(*known);
        }
    }
    cohort.out.retain(|id| !cohort.amounts.contains_key(id));
    cohort
}

fn share(amounts: &BTreeMap<ProjectId, Option<Fen>>, hit: impl Fn(&ProjectId) -> bool) -> Share {
    let projects: Vec<ProjectId> = amounts.keys().copied().filter(|id| hit(id)).collect();
    let whole: i128 = amounts.values().flatten().map(|f| i128::from(f.0)).sum();
    let part: i128 = projects
        .iter()
        .filter_map(|id| amounts[id])
        .map(|f| i128::from(f.0))
        .sum();
    Share {
        by_count: Ratio::new(projects.len() as i128, amounts.len() as i128),
        by_money: Ratio::new(part, whole),
        projects,
    }
}

fn missing_amounts(amounts: &BTreeMap<ProjectId, Option<Fen>>) -> Vec<ProjectId> {
    amounts
        .iter()
        .filter(|(_, amount)| amount.is_none())
        .map(|(id, _)| *id)
        .collect()
}

fn basis(request: &RateRequest, cohort: &Cohort) -> String {
    let kind = request.kind;
    let whole = match (kind, request.start_basis) {
        (RateKind::Start, StartBasis::Fulfilled) => "签约一批中已履约的项目",
        _ => kind.batch().label(),
    };
    let mut text = format!(
        "{}={}中截至 {} {}的项目数÷{}项目数(按公布名单固定",
        kind.label(),
        kind.batch().label(),
        request.as_of,
        kind.event(),
        whole
    );
    match cohort.out.len() {
        0 => text.push(')'),
        n => text += &format!(",减经批准调出的 {n} 个)"),
    }
    if let Some(day) = request.horizon {
        text += &format!(";预计数另加计划日期不晚于 {day} 的项目");
    }
    text.push('。');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::membership::Role;
    use crate::reading::fixtures::{day, record, text, yi};
    use ground::RecordId;
    use register::Value;

    fn project(id: i64, fields: &[(&str, &str)]) -> Project {
        let mut all = vec![("name", text("项目"))];
        all.extend(fields.iter().map(|(k, v)| (*k, Value::Date(day(v)))));
        Project::from_record(&record(id, &all)).0.expect("project")
    }

    fn member(round: i64, project: i64, batch: Batch, tenths: Option<i64>) -> Membership {
        Membership {
            id: None,
            round: RoundId(RecordId(round)),
            batch,
            project: ProjectId(RecordId(project)),
            amount_announced: tenths.map(yi),
            role: Role::New,
            adjusted_out: None,
            transferred_from: None,
            rolled_on: None,
            evidence: None,
            approver: None,
        }
    }

    fn ask(kind: RateKind) -> RateRequest {
        RateRequest::of(kind, RoundId(RecordId(7)), day("2023-03-10"))
    }

    #[test]
    fn an_empty_denominator_shows_a_dash() {
        let rate = rate(&ask(RateKind::Benefit), &[], &[]);
        assert_eq!(rate.actual.by_count.percent_text(), "—");
        assert_eq!(rate.actual.by_money.percent_text(), "—");
    }

    #[test]
    fn count_and_money_are_weighted_apart() {
        let members = [
            member(7, 1, Batch::Signed, Some(12)),
            member(7, 2, Batch::Signed, Some(8)),
        ];
        let projects = [
            project(1, &[("fulfilled_on", "2023-03-01")]),
            project(2, &[]),
        ];
        let rate = rate(&ask(RateKind::Fulfilment), &members, &projects);
        assert_eq!(rate.actual.by_count.percent_text(), "50.0%");
        assert_eq!(rate.actual.by_money.percent_text(), "60.0%");
        assert_eq!(rate.actual.projects, vec![ProjectId(RecordId(1))]);
    }

    #[test]
    fn a_forecast_is_never_counted_as_a_fact() {
        let members = [member(7, 1, Batch::Commissioned, Some(10))];
        let projects = [project(1, &[("benefits_forecast_on", "2023-06-30")])];
        let mut request = ask(RateKind::Benefit);
        request.horizon = Some(day("2023-12-31"));
        let rate = rate(&request, &members, &projects);
        assert_eq!(rate.actual.by_count.percent_text(), "0.0%");
        assert_eq!(
            rate.forecast.expect("asked").by_count.percent_text(),
            "100%"
        );
        assert!(rate.basis.contains("预计"));
    }

    #[test]
    fn a_fact_after_the_day_does_not_count_yet() {
        let members = [member(7, 1, Batch::Started, Some(10))];
        let projects = [project(1, &[("commissioned_on", "2023-03-11")])];
        let rate = rate(&ask(RateKind::Commission), &members, &projects);
        assert_eq!(rate.actual.by_count, Ratio::new(0, 1));
    }

    #[test]
    fn an_approved_way_out_leaves_the_denominator_and_is_listed() {
        let mut out = member(7, 2, Batch::Started, Some(10));
        out.adjusted_out = Some(Some(day("2023-03-01")));
        let members = [member(7, 1, Batch::Started, Some(10)), out];
        let projects = [
            project(1, &[("commissioned_on", "2023-03-01")]),
            project(2, &[]),
        ];
        let rate = rate(&ask(RateKind::Commission), &members, &projects);
        assert_eq!(rate.actual.by_count.percent_text(), "100%");
        assert_eq!(rate.adjusted_out, vec![ProjectId(RecordId(2))]);
        assert!(rate.basis.contains("调出的 1 个"));
    }

    #[test]
    fn a_project_without_an_amount_counts_by_number_only() {
        let members = [
            member(7, 1, Batch::Signed, Some(10)),
            member(7, 2, Batch::Signed, None),
        ];
        let projects = [
            project(1, &[]),
            project(2, &[("fulfilled_on", "2023-02-01")]),
        ];
        let rate = rate(&ask(RateKind::Fulfilment), &members, &projects);
        assert_eq!(rate.actual.by_count, Ratio::new(1, 2));
        assert_eq!(rate.actual.by_money, Ratio::new(0, yi(10).fen.0.into()));
        assert_eq!(rate.without_amount, vec![ProjectId(RecordId(2))]);
    }

    #[test]
    fn the_provincial_start_rate_divides_by_fulfilled_projects() {
        let members = [
            member(7, 1, Batch::Signed, Some(1)),
            member(7, 2, Batch::Signed, Some(1)),
        ];
        let projects = [
            project(
                1,
                &[("fulfilled_on", "2023-02-01"), ("started_on", "2023-03-01")],
            ),
            project(2, &[]),
        ];
        let mut request = ask(RateKind::Start);
        let plain = rate(&request, &members, &projects);
        request.start_basis = StartBasis::Fulfilled;
        let provincial = rate(&request, &members, &projects);
        assert_eq!(plain.actual.by_count.percent_text(), "50.0%");
        assert_eq!(provincial.actual.by_count.percent_text(), "100%");
        assert!(provincial.basis.contains("已履约的项目"));
    }

    #[test]
    fn a_project_in_two_rounds_counts_once_in_a_joint_rate() {
        let members = [
            member(6, 1, Batch::Started, Some(10)),
            member(7, 1, Batch::Started, Some(12)),
        ];
        let mut request = ask(RateKind::Commission);
        request.rounds.insert(RoundId(RecordId(6)));
        let rate = rate(&request, &members, &[project(1, &[])]);
        assert_eq!(rate.actual.by_count, Ratio::new(0, 1));
        assert_eq!(rate.actual.by_money.denominator, i128::from(yi(12).fen.0));
    }
}
