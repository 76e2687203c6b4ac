//! 资源受限排程: schedules are feasible, small ones are the best there are, bounds hold, seeds repeat.

use plan::rcpsp::{Lag, Problem, Solution, solve};
use proptest::prelude::*;

/// Every lag, release and capacity, period by period.
fn broken(problem: &Problem, answer: &Solution) -> Option<String> {
    for lag in &problem.lags {
        let (from, to) = (
            answer.start[lag.from as usize],
            answer.start[lag.to as usize],
        );
        if i64::from(to) < i64::from(from) + i64::from(lag.periods) {
            return Some(format!("{lag:?}: {from} and {to}"));
        }
    }
    let resources = problem.capacities.len();
    for period in 0..answer.makespan {
        for (resource, &capacity) in problem.capacities.iter().enumerate() {
            let runs = |job: &usize| {
                let start = answer.start[*job];
                start <= period && period < start + problem.durations[*job]
            };
            let jobs = (0..problem.len()).filter(runs);
            let used: u32 = jobs
                .map(|job| problem.needs[job * resources + resource])
                .sum();
            if used > capacity {
                return Some(format!(
                    "period {period}: {used} of {capacity} of resource {resource}"
                ));
            }
        }
    }
    let end = (0..problem.len())
        .map(|job| answer.start[job] + problem.durations[job])
        .max();
    if end.unwrap_or(0) != answer.makespan {
        return Some(format!("makespan {} but end {end:?}", answer.makespan));
    }
    let early = problem
        .releases
        .iter()
        .zip(&answer.start)
        .any(|(release, start)| start < release);
    early.then(|| "a release is broken".to_owned())
}

/// The least makespan, by trying every order of the jobs. The best schedule is among those of the serial scheme
/// (Kolisch, European Journal of Operational Research 90, 1996).
fn least(problem: &Problem) -> u32 {
    fn extend(problem: &Problem, start: &mut Vec<Option<u32>>, least: &mut u32) {
        if start.iter().all(Option::is_some) {
            let end = |job: usize| start[job].unwrap() + problem.durations[job];
            *least = (*least).min((0..problem.len()).map(end).max().unwrap_or(0));
            return;
        }
        for job in 0..problem.len() {
            let mut waits = problem.lags.iter().filter(|lag| lag.to as usize == job);
            if start[job].is_none() && waits.all(|lag| start[lag.from as usize].is_some()) {
                start[job] = Some(earliest(problem, start, job));
                extend(problem, start, least);
                start[job] = None;
            }
        }
    }
    let mut best = u32::MAX;
    extend(problem, &mut vec![None; problem.len()], &mut best);
    best
}

fn earliest(problem: &Problem, start: &[Option<u32>], job: usize) -> u32 {
    let resources = problem.capacities.len();
    let waits = problem.lags.iter().filter(|lag| lag.to as usize == job);
    let bound = waits
        .map(|lag| start[lag.from as usize].unwrap() as i32 + lag.periods)
        .max();
    let bound = bound
        .unwrap_or(0)
        .max(problem.releases.get(job).map_or(0, |&r| r as i32)) as u32;
    let fits = |at: u32| {
        (at..at + problem.durations[job]).all(|period| {
            (0..resources).all(|resource| {
                let runs = |other: &usize| {
                    start[*other]
                        .is_some_and(|s| s <= period && period < s + problem.durations[*other])
                };
                let used: u32 = (0..problem.len())
                    .filter(runs)
                    .map(|other| problem.needs[other * resources + resource])
                    .sum();
                used + problem.needs[job * resources + resource] <= problem.capacities[resource]
            })
        })
    };
    (bound..).find(|&at| fits(at)).unwrap()
}

fn problems(
    jobs: std::ops::Range<usize>,
    resources: std::ops::Range<usize>,
) -> impl Strategy<Value = Problem> {
    (jobs, resources).prop_flat_map(|(jobs, resources)| {
        let lag = (0..jobs.max(2) as u32, 0..jobs.max(2) as u32, -1..4i32);
        (
            prop::collection::vec(0..6u32, jobs),
            prop::collection::vec(0..4u32, jobs * resources),
            prop::collection::vec(3..6u32, resources),
            prop::collection::vec(lag, 0..=jobs * 2),
            prop::collection::vec(prop_oneof![3 => Just(0u32), 1 => 0..8u32], jobs),
        )
            .prop_map(|(durations, needs, capacities, lags, releases)| {
                let mut problem = Problem {
                    durations,
                    capacities,
                    needs,
                    releases,
                    lags: Vec::new(),
                };
                for (a, b, extra) in lags {
                    let (from, to) = (a.min(b), a.max(b));
                    if from < to && (to as usize) < problem.len() {
                        let periods = problem.durations[from as usize] as i32 + extra;
                        problem.lags.push(Lag { from, to, periods });
                    }
                }
                problem
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn small_problems_are_solved_to_the_least_makespan(problem in problems(1..7, 1..4)) {
        let answer = solve(&problem, 1, |best| best.schedules < 4_000).unwrap();
        prop_assert_eq!(broken(&problem, &answer), None);
        prop_assert_eq!(answer.makespan, least(&problem));
        prop_assert!(answer.lower_bound <= answer.makespan);
    }

    #[test]
    fn schedules_keep_links_releases_and_capacities(problem in problems(20..50, 1..12)) {
        let answer = solve(&problem, 3, |best| best.schedules < 600).unwrap();
        prop_assert_eq!(broken(&problem, &answer), None);
        prop_assert!(answer.lower_bound <= answer.makespan);
    }
}

/// Twelve jobs on two resources, invented.
fn twelve() -> Problem {
    let mut problem = Problem {
        durations: vec![0, 4, 3, 6, 2, 5, 4, 3, 7, 2, 5, 0],
        capacities: vec![5, 3],
        needs: vec![
            0, 0, 3, 1, 2, 2, 2, 0, 4, 1, 3, 1, 2, 2, 3, 0, 2, 1, 5, 1, 3, 2, 0, 0,
        ],
        ..Problem::default()
    };
    for (from, to) in [
        (0, 1),
        (0, 2),
        (0, 3),
        (1, 4),
        (1, 5),
        (2, 6),
        (3, 7),
        (4, 8),
        (5, 9),
        (6, 9),
        (7, 10),
        (8, 11),
        (9, 11),
        (10, 11),
    ] {
        problem.follow(from, to);
    }
    problem
}

#[test]
fn the_same_seed_gives_the_same_schedule() {
    let by = |seed| solve(&twelve(), seed, |best| best.schedules < 500).unwrap();
    assert_eq!(by(5), by(5));
}

#[test]
fn a_proven_schedule_ends_the_search() {
    // Six jobs of three periods, two at a time: the work alone fills nine periods.
    let problem = Problem {
        durations: vec![3; 6],
        capacities: vec![2],
        needs: vec![1; 6],
        ..Problem::default()
    };
    let answer = solve(&problem, 1, |best| best.schedules < 20_000).unwrap();
    assert!(answer.schedules < 20_000, "{answer:?}");
    assert_eq!((answer.makespan, answer.lower_bound), (9, 9));
    assert_eq!(broken(&problem, &answer), None);
}

#[test]
fn a_need_above_every_capacity_is_a_finding() {
    let problem = Problem {
        durations: vec![1],
        capacities: vec![2],
        needs: vec![3],
        ..Problem::default()
    };
    let findings = solve(&problem, 1, |_| false).unwrap_err();
    assert_eq!(findings[0].code, "rcpsp.capacity");
    assert_eq!(
        findings[0].problem,
        "任务1需要资源1 3 个单位，总共只有 2 个。"
    );
}

#[test]
fn a_loop_and_a_wrong_shape_are_findings() {
    let mut problem = Problem {
        durations: vec![1, 1],
        ..Problem::default()
    };
    problem.follow(0, 1);
    problem.follow(1, 0);
    assert_eq!(
        solve(&problem, 1, |_| false).unwrap_err()[0].code,
        "rcpsp.loop"
    );
    problem.needs.push(1);
    assert_eq!(
        solve(&problem, 1, |_| false).unwrap_err()[0].code,
        "rcpsp.shape"
    );
}
