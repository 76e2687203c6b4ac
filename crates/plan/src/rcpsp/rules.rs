//! Orders of jobs to begin with: topological order and latest-finish rule.

use super::Problem;

/// An order in which every job comes after those it waits for; `None` when there is a loop.
pub(super) fn topological(problem: &Problem) -> Option<Vec<u32>> {
    let jobs = problem.len();
    let mut waiting = vec![0u32; jobs];
    let mut after: Vec<Vec<u32>> = vec![Vec::new(); jobs];
    for lag in &problem.lags {
        waiting[lag.to as usize] += 1;
        after[lag.from as usize].push(lag.to);
    }
    let mut order: Vec<u32> = (0..jobs as u32)
        .filter(|&job| waiting[job as usize] == 0)
        .collect();
    let mut next = 0;
    while next < order.len() {
        for &to in &after[order[next] as usize] {
            waiting[to as usize] -= 1;
            if waiting[to as usize] == 0 {
                order.push(to);
            }
        }
        next += 1;
    }
    (order.len() == jobs).then_some(order)
}
