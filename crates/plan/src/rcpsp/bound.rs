//! Lower bounds: the critical path, and the work that must pass through a resource between a head and a tail.

use super::Problem;

/// No schedule is shorter. `head` and `tail` are longest paths to a job's start and from its finish to the end.
pub(super) fn lower_bound(problem: &Problem, head: &[u32], tail: &[u32]) -> u32 {
    let path = (0..problem.len())
        .map(|job| head[job] + problem.durations[job] + tail[job])
        .max()
        .unwrap_or(0);
    let energy = (0..problem.capacities.len())
        .map(|resource| energy(problem, resource, head, tail))
        .max()
        .unwrap_or(0);
    path.max(energy)
}

/// Jobs that start no earlier than `h` and are followed by at least `t` need `energy / capacity` periods between.
fn energy(problem: &Problem, resource: usize, head: &[u32], tail: &[u32]) -> u32 {
    let (resources, capacity) = (problem.capacities.len(), problem.capacities[resource]);
    if capacity == 0 {
        return 0;
    }
    let mut jobs: Vec<(u32, u32, u64)> = (0..problem.len())
        .map(|job| {
            let need = u64::from(problem.needs[job * resources + resource]);
            (
                tail[job],
                head[job],
                u64::from(problem.durations[job]) * need,
            )
        })
        .filter(|job| job.2 > 0)
        .collect();
    jobs.sort_unstable_by(|a, b| b.cmp(a));
    let mut heads: Vec<u32> = jobs.iter().map(|job| job.1).collect();
    heads.sort_unstable();
    heads.dedup();
    let mut best = 0;
    for head in heads {
        let mut work = 0;
        for job in jobs.iter().filter(|job| job.1 >= head) {
            work += job.2;
            let periods = work.div_ceil(u64::from(capacity)) as u32;
            best = best.max(head + periods + job.0);
        }
    }
    best
}
