//! 资源受限排程 (RCPSP) in whole periods: jobs with minimum time lags, renewable resources of constant capacity, the
//! least makespan.
//!
//! The core under levelling: no calendar, no minute, no clock. `side` builds schedules in either direction of time,
//! `search` improves them, `bound` says when nothing better exists.

mod bound;
mod rules;
mod search;
mod side;

use ground::Finding;

use side::{LANES, Side};

/// Largest capacity of one resource: a lane of 16 bits keeps its top bit for the comparison.
pub const CAPACITY_MAX: u32 = 0x7fff;

/// Most resources of one problem.
pub const RESOURCES_MAX: usize = 32;

/// What is to be scheduled, in whole periods.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// Duration of each job, periods; 0 is a milestone and takes no resource.
    pub durations: Vec<u32>,
    /// Units of each renewable resource at any time, at most [`CAPACITY_MAX`].
    pub capacities: Vec<u32>,
    /// Units a job takes while it runs: `needs[job * capacities.len() + resource]`.
    pub needs: Vec<u32>,
    /// Minimum time lags between starts.
    pub lags: Vec<Lag>,
    /// Earliest start of each job; empty = 0 for all.
    pub releases: Vec<u32>,
}

/// `start[to] >= start[from] + periods`. Finish–start is `periods = duration of from`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lag {
    /// Job that is measured from.
    pub from: u32,
    /// Job that waits.
    pub to: u32,
    /// Periods between the two starts; negative lets the second begin before the first.
    pub periods: i32,
}

/// The best schedule found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Solution {
    /// Start period of each job.
    pub start: Vec<u32>,
    /// End of the last job.
    pub makespan: u32,
    /// No schedule is shorter than this; equal to `makespan` when the schedule is proven optimal.
    pub lower_bound: u32,
    /// Schedules generated.
    pub schedules: u64,
}

impl Problem {
    /// A finish–start link without lag.
    pub fn follow(&mut self, from: u32, to: u32) {
        let periods = self.durations.get(from as usize).copied().unwrap_or(0) as i32;
        self.lags.push(Lag { from, to, periods });
    }

    /// Number of jobs.
    pub fn len(&self) -> usize {
        self.durations.len()
    }

    /// True without jobs.
    pub fn is_empty(&self) -> bool {
        self.durations.is_empty()
    }

    /// What keeps the problem from being scheduled: `rcpsp.shape`, `rcpsp.capacity` (a job needs more than there ever
    /// is) and `rcpsp.loop`.
    pub fn findings(&self) -> Vec<Finding> {
        if !self.is_well_formed() {
            return vec![misshapen()];
        }
        let resources = self.capacities.len();
        for (at, &need) in self.needs.iter().enumerate() {
            let (job, resource) = (at / resources, at % resources);
            if need > self.capacities[resource] && self.durations[job] > 0 {
                let problem = format!(
                    "任务{}需要资源{} {need} 个单位，总共只有 {} 个。",
                    job + 1,
                    resource + 1,
                    self.capacities[resource]
                );
                let remedy = "请增加资源，或减少任务每期所需。";
                let place = format!("任务{}", job + 1);
                return vec![Finding::error("rcpsp.capacity", place, problem, remedy)];
            }
        }
        if rules::topological(self).is_none() {
            let problem = "任务互为前置，成了一个圈。";
            return vec![Finding::error(
                "rcpsp.loop",
                "",
                problem,
                "请删去圈里的一条关系。",
            )];
        }
        Vec::new()
    }

    fn is_well_formed(&self) -> bool {
        let (jobs, resources) = (self.len(), self.capacities.len());
        resources <= RESOURCES_MAX
            && self.needs.len() == jobs * resources
            && (self.releases.is_empty() || self.releases.len() == jobs)
            && self.capacities.iter().all(|&units| units <= CAPACITY_MAX)
            && self
                .lags
                .iter()
                .all(|lag| (lag.from.max(lag.to) as usize) < jobs)
    }

    fn release(&self, job: usize) -> u32 {
        self.releases.get(job).copied().unwrap_or(0)
    }
}

/// 求解. Searches until `keep_going`, shown the best schedule so far, says no, or until that schedule is proven optimal.
/// The same seed and the same answers give the same schedule. The first question comes after the first schedules.
///
/// # Errors
/// The findings of [`Problem::findings`].
///
/// ```
/// use plan::rcpsp::{Problem, solve};
///
/// // Three jobs of two periods share one crane; two of them could run side by side otherwise.
/// let mut problem = Problem { durations: vec![2, 2, 2], capacities: vec![1], needs: vec![1, 1, 0], ..Problem::default() };
/// problem.follow(0, 2);
/// let answer = solve(&problem, 1, |best| best.schedules < 1_000).unwrap();
/// assert_eq!((answer.makespan, answer.lower_bound), (4, 4));
/// ```
pub fn solve(
    problem: &Problem,
    seed: u64,
    keep_going: impl FnMut(&Solution) -> bool,
) -> Result<Solution, Vec<Finding>> {
    solve_from(problem, &[], seed, keep_going)
}

/// The same, begun near a schedule that is known: `order` holds a number for each job, smaller where the job goes first.
/// Empty: nothing is known.
///
/// # Errors
/// The findings of [`Problem::findings`], and `rcpsp.shape` when `order` is of other jobs.
pub fn solve_from(
    problem: &Problem,
    order: &[u32],
    seed: u64,
    keep_going: impl FnMut(&Solution) -> bool,
) -> Result<Solution, Vec<Finding>> {
    let findings = problem.findings();
    if !findings.is_empty() {
        return Err(findings);
    }
    if !order.is_empty() && order.len() != problem.len() {
        return Err(vec![misshapen()]);
    }
    Ok(match problem.capacities.len().div_ceil(LANES) {
        0 | 1 => run::<1>(problem, order, seed, keep_going),
        2 => run::<2>(problem, order, seed, keep_going),
        3 | 4 => run::<4>(problem, order, seed, keep_going),
        _ => run::<8>(problem, order, seed, keep_going),
    })
}

fn misshapen() -> Finding {
    let problem = "任务、资源与关系的数目对不上，或者超出范围。";
    Finding::error("rcpsp.shape", "", problem, "")
}

fn run<const W: usize>(
    problem: &Problem,
    order: &[u32],
    seed: u64,
    keep_going: impl FnMut(&Solution) -> bool,
) -> Solution {
    let sides = [Side::<W>::forward(problem), Side::<W>::backward(problem)];
    let lower_bound = bound::lower_bound(problem, &sides[0].head, &sides[1].head);
    let mut search = search::Search::new(sides, lower_bound, seed);
    if !order.is_empty() {
        search.begin_near(order);
    }
    search.run(keep_going)
}
