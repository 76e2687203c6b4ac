//! 三个一批 Rounds: batches, checks, rates with their basis, transfer matrix, stuck lists.

use crate::App;
use crate::account::Actor;
use crate::district::{self, DistrictState};
use crate::error::AppError;
use crate::figure::Figure;
use crate::page::round::{RateLine, RoundBatch, RoundLine, RoundPage, StuckList, TransferTable};
use exchange::{Check, Verdict};
use ground::{Date, Fen, ProjectId};
use portfolio::{Batch, CheckVerdict, Rate, RateKind, RateRequest, Round, RoundSummary, StuckKind};

/// All single rounds, newest first.
pub fn list(app: &App, actor: &Actor, day: Option<Date>) -> Result<Vec<RoundLine>, AppError> {
    actor.need_read()?;
    let state = district::state_for(app, actor, day)?;
    let line = |round: &Round| {
        let summary = portfolio::summarise(round, &state.memberships, state.today);
        let project_count = usize::try_from(summary.count().unwrap_or(0)).unwrap_or_default();
        RoundLine {
            no: round.no,
            label: round.name.clone(),
            project_count,
            held_on: round.held_on,
        }
    };
    Ok(state
        .rounds
        .iter()
        .rev()
        .filter(|round| !round.is_combined())
        .map(line)
        .collect())
}

/// One round.
pub fn page(app: &App, actor: &Actor, no: i64, day: Option<Date>) -> Result<RoundPage, AppError> {
    actor.need_read()?;
    let state = district::state_for(app, actor, day)?;
    let round = find(&state, no)?;
    let summary = portfolio::summarise(round, &state.memberships, state.today);
    Ok(RoundPage {
        no,
        label: round.name.clone(),
        batches: summary
            .batches
            .iter()
            .map(|batch| batch_line(&state, round, batch))
            .collect(),
        checks: checks(&summary),
        rates: RateKind::ALL
            .into_iter()
            .map(|kind| rate_line(&state, round, kind))
            .collect(),
        transfer: transfer(&state, round),
        stuck: stuck(&state),
    })
}

/// The single round of a number.
pub fn find(state: &DistrictState, no: i64) -> Result<&Round, AppError> {
    let round = state
        .rounds
        .iter()
        .find(|round| round.no == no && !round.is_combined());
    round.ok_or_else(|| AppError::NotFound(format!("第{no}期")))
}

fn batch_line(state: &DistrictState, round: &Round, batch: &portfolio::BatchSummary) -> RoundBatch {
    let basis = format!("{}{}成员公布投资额之和", round.name, batch.batch.label());
    let (count, fen) = match &batch.computed {
        Some(part) => (part.count(), part.amount),
        None => {
            let count = batch
                .stated
                .count
                .and_then(|count| usize::try_from(count).ok())
                .unwrap_or(0);
            (
                count,
                batch.stated.amount.map_or(Fen(0), |amount| amount.fen),
            )
        }
    };
    let filter = format!(
        "round:eq:{}&filter=batch:eq:{}",
        round.id,
        batch.batch.code()
    );
    let amount =
        Figure::money(fen, basis, state.today).from_records("round_membership", filter, count);
    RoundBatch {
        batch: batch.batch.code().to_owned(),
        label: batch.batch.label().to_owned(),
        count,
        amount,
    }
}

fn checks(summary: &RoundSummary) -> Vec<Check> {
    let verdict = |verdict: CheckVerdict| match verdict {
        CheckVerdict::Holds => Verdict::Holds,
        CheckVerdict::Fails => Verdict::Fails,
        CheckVerdict::NotCheckable => Verdict::NotCheckable,
    };
    let check = |check: &portfolio::Check| Check {
        statement: check.statement.clone(),
        left: String::new(),
        right: String::new(),
        verdict: verdict(check.verdict),
    };
    summary.checks.iter().map(check).collect()
}

fn rate_line(state: &DistrictState, round: &Round, kind: RateKind) -> RateLine {
    let request = RateRequest::of(kind, round.id, state.today);
    let rate: Rate = portfolio::rate(&request, &state.memberships, &state.projects);
    let figure = |share: &portfolio::Share, money: bool| {
        let ratio = if money {
            share.by_money
        } else {
            share.by_count
        };
        let basis = if money {
            format!("{}（按公布投资额）", rate.basis)
        } else {
            rate.basis.clone()
        };
        Figure::rate(ratio, basis, state.today)
    };
    RateLine {
        name: kind.label().to_owned(),
        actual: figure(&rate.actual, false),
        forecast: rate.forecast.as_ref().map(|share| figure(share, false)),
        weighted: figure(&rate.actual, true),
        basis: rate.basis.clone(),
        numerator: rate
            .actual
            .projects
            .iter()
            .map(ToString::to_string)
            .collect(),
        denominator: rate.denominator.len(),
        adjusted_out: rate.adjusted_out.len(),
    }
}

/// Rows: batch before; columns: batch now; both with a last line for projects outside.
fn transfer(state: &DistrictState, round: &Round) -> TransferTable {
    let before = state
        .rounds
        .iter()
        .rev()
        .find(|other| other.no < round.no && !other.is_combined());
    let Some(before) = before else {
        return (Vec::new(), Vec::new(), Vec::new());
    };
    let matrix = portfolio::transfer_matrix(before.id, round.id, &state.memberships, state.today);
    let ends: Vec<Option<Batch>> = Batch::ALL.into_iter().map(Some).chain([None]).collect();
    let label = |round: &Round, batch: &Option<Batch>, none: &str| {
        batch.map_or_else(
            || none.to_owned(),
            |batch| format!("{}{}", round.name, batch.label()),
        )
    };
    let rows = ends
        .iter()
        .map(|batch| label(before, batch, "新增"))
        .collect();
    let columns = ends
        .iter()
        .map(|batch| label(round, batch, "未转入"))
        .collect();
    let cells = ends
        .iter()
        .map(|from| ends.iter().map(|to| matrix.count(*from, *to)).collect())
        .collect();
    (rows, columns, cells)
}

fn stuck(state: &DistrictState) -> Vec<StuckList> {
    let found = portfolio::stuck(
        &state.rounds,
        &state.memberships,
        &state.projects,
        state.today,
    );
    let name = |id: ProjectId| {
        state
            .project(id)
            .map(|project| project.name.clone())
            .unwrap_or_default()
    };
    let list = |kind: StuckKind| {
        let items: Vec<_> = found
            .iter()
            .filter(|one| one.kind == kind)
            .map(|one| {
                (
                    one.project.to_string(),
                    name(one.project),
                    one.age_days.unwrap_or(0),
                )
            })
            .collect();
        StuckList {
            kind: format!("{kind:?}").to_lowercase(),
            label: kind.label().to_owned(),
            items,
        }
    };
    [
        StuckKind::SignedNotStarted,
        StuckKind::StartedNotCommissioned,
        StuckKind::CommissionedNotBenefited,
    ]
    .into_iter()
    .map(list)
    .collect()
}
