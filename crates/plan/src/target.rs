//! 倒排到目标: the whole plan from its target — for every activity when it is possible, when it
//! must be, and when it is planned — and what is missing where the target cannot be met.
//!
//! The rule of the mixture (尽早 and 尽晚 activities in one plan), which never looks at the order
//! in which activities are written:
//! 1. Early dates by links, constraints and data date alone; late dates from the target alone.
//! 2. An activity planned late in its free float (尽晚而不推后续) moves to the end of that float,
//!    successors first, so that a chain of them moves as one; no early date of another moves.
//! 3. An activity planned late in its total float (倒排) stands on its late dates, or on its early
//!    ones where those are later (negative float): nothing is planned before it is possible.
//! 4. Everything else follows the *planned* dates of its predecessors, and so does an activity of
//!    the second kind where they push it further.
//!
//! So planned dates lie between the early and the late ones wherever the target can be met.

use ground::{Finding, Minute};

use crate::explain::driving_chain;
use crate::network::{Network, Options, Progress, Schedule, schedule};

/// 差距 of one path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shortfall {
    /// Working minutes by which the path is too long, on the calendar of its last activity.
    pub minutes: i64,
    /// The driving chain, first activity first.
    pub chain: Vec<usize>,
}

/// 目标计划.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TargetPlan {
    /// All dates: early = possible, late = required (倒排), and the planned ones between them.
    pub answer: Schedule,
    /// 最迟开工: the first late start of unfinished work; the target when nothing is left to do.
    pub start_by: Minute,
    /// Paths that are too long, worst first; empty when the target can be met.
    pub shortfalls: Vec<Shortfall>,
}

/// Plans to `options.target` (without one: to the computed finish, and then nothing is missing).
///
/// A target that cannot be met is never an error: it is negative float, and `shortfalls` names the
/// chain behind it.
///
/// # Errors
/// As [`schedule`].
pub fn plan_to_target(network: &Network, options: &Options) -> Result<TargetPlan, Vec<Finding>> {
    let answer = schedule(network, options)?;
    let starts = network.activities.iter().zip(&answer.late_start);
    let start_by = starts
        .filter(|(activity, _)| !matches!(activity.progress, Progress::Finished { .. }))
        .map(|(_, &start)| start)
        .min();
    Ok(TargetPlan {
        start_by: start_by.or(options.target).unwrap_or(answer.finish),
        shortfalls: shortfalls(network, &answer),
        answer,
    })
}

/// 差距 per path: one for each activity too late by itself, that is where no successor is at least
/// as late; worst first, ties in written order.
pub fn shortfalls(network: &Network, answer: &Schedule) -> Vec<Shortfall> {
    let open = |i: usize| !matches!(network.activities[i].progress, Progress::Finished { .. });
    let late = |i: usize| open(i) && answer.total_float[i] < 0;
    let mut passed_on = vec![false; network.activities.len()];
    for link in &network.links {
        let (from, to) = (link.from, link.to);
        passed_on[from] |= late(to) && answer.total_float[to] <= answer.total_float[from];
    }
    let ends = (0..network.activities.len()).filter(|&i| late(i) && !passed_on[i]);
    let mut all: Vec<Shortfall> = ends
        .map(|end| Shortfall {
            minutes: -answer.total_float[end],
            chain: driving_chain(network, answer, end),
        })
        .collect();
    all.sort_by_key(|shortfall| std::cmp::Reverse(shortfall.minutes));
    all
}
