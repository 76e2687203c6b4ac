//! 概率分析 against closed forms: chains, parallel branches, shared factors.

use std::collections::BTreeMap;

use ground::timeline::{OFFICE_DAY, Shift};
use ground::{Minute, Timeline, minute_of};
use plan::risk::{Estimate, Shape, Simulation, simulate};
use plan::{Activity, ActivityKind, Link, Network, Options, Progress};

const RUNS: usize = 20_000;

/// Work around the clock: a minute of work is a minute of the clock.
fn nonstop() -> Timeline {
    let day = || vec![Shift { from: 0, to: 1440 }];
    let week = [day(), day(), day(), day(), day(), day(), day()];
    Timeline::from_week(&week, &BTreeMap::new())
}

fn start() -> Minute {
    minute_of("2023-03-06".parse().unwrap(), 0, 0)
}

fn network(works: &[i64], links: &[(usize, usize)]) -> Network {
    let task = |(i, &work): (usize, &i64)| {
        Activity::task(format!("{}", i + 1), format!("工作{}", i + 1), 0, work)
    };
    Network {
        calendars: vec![nonstop()],
        activities: works.iter().enumerate().map(task).collect(),
        links: links
            .iter()
            .map(|&(from, to)| Link::finish_start(from, to))
            .collect(),
    }
}

fn run(network: &Network, estimates: &[Option<Estimate>]) -> Simulation {
    simulate(network, &Options::from_start(start()), estimates, RUNS, 42).unwrap()
}

fn uniform(low: i64, high: i64) -> Option<Estimate> {
    Some(Estimate {
        shape: Shape::Uniform,
        ..Estimate::pert(low, low, high)
    })
}

/// Mean and standard deviation of the finish, minutes after the start.
fn moments(answer: &Simulation) -> (f64, f64) {
    let count = answer.finishes.len() as f64;
    let after = |finish: &Minute| (finish - start()) as f64;
    let mean = answer.finishes.iter().map(after).sum::<f64>() / count;
    let squares = answer
        .finishes
        .iter()
        .map(|f| (after(f) - mean).powi(2))
        .sum::<f64>();
    (mean, (squares / count).sqrt())
}

#[test]
fn a_chain_has_the_sum_of_the_means_and_of_the_variances() {
    let network = network(&[10_000, 20_000, 9_000], &[(0, 1), (1, 2)]);
    let estimates = [
        Some(Estimate::pert(6_000, 10_000, 20_000)),
        Some(Estimate::triangular(10_000, 20_000, 60_000)),
        None,
    ];
    let (mean, deviation) = moments(&run(&network, &estimates));
    // PERT: mean (6 + 40 + 20) / 6 = 11; variance (11 − 6)(20 − 11) / 7. Triangle: mean 30, variance (a² + b² + c² − ab − ac − bc) / 18.
    let expected = (5.0f64 * 9.0 / 7.0 + (100.0 + 400.0 + 3600.0 - 200.0 - 600.0 - 1200.0) / 18.0)
        .sqrt()
        * 1_000.0;
    assert!(
        (mean - 50_000.0).abs() < 4.0 * expected / (RUNS as f64).sqrt(),
        "mean {mean}"
    );
    assert!(
        (deviation / expected - 1.0).abs() < 0.02,
        "deviation {deviation}, not {expected}"
    );
}

#[test]
fn the_later_of_two_equal_branches_has_the_squared_distribution() {
    let network = network(&[5_000, 5_000, 0], &[(0, 2), (1, 2)]);
    let answer = run(&network, &[uniform(0, 10_000), uniform(0, 10_000), None]);
    for tenth in 1..10 {
        let share = f64::from(tenth) / 10.0;
        let chance = answer.chance_by(start() + i64::from(tenth) * 1_000);
        assert!(
            (chance - share * share).abs() < 0.015,
            "{chance} by {share}"
        );
    }
    let (mean, _) = moments(&answer);
    assert!((mean - 6_666.7).abs() < 70.0, "{mean}");
    let first = answer.activities[0].criticality;
    assert!(
        (first - 0.5).abs() < 0.015,
        "each branch is as often the longer one: {first}"
    );
}

#[test]
fn a_shared_factor_widens_a_chain_and_keeps_its_mean() {
    let network = network(&[5_000, 5_000], &[(0, 1)]);
    let alone = Estimate::triangular(0, 5_000, 10_000);
    let (own_mean, own) = moments(&run(&network, &[Some(alone), Some(alone)]));
    let shared = Some(alone.sharing(1.0));
    let (mean, all) = moments(&run(&network, &[shared, shared]));
    assert!((mean - own_mean).abs() < 120.0, "{mean} and {own_mean}");
    // Independent: √2 deviations; moving together: 2.
    assert!((all / own - 2f64.sqrt()).abs() < 0.03, "{all} and {own}");
}

#[test]
fn the_activity_that_moves_the_finish_most_is_told_by_its_effect() {
    // The short branch never decides; of the long branch the second activity is four times as uncertain.
    let network = network(&[10_000, 10_000, 5_000], &[(0, 1)]);
    let estimates = [
        uniform(9_000, 11_000),
        uniform(6_000, 14_000),
        uniform(4_000, 6_000),
    ];
    let activities = run(&network, &estimates).activities;
    assert_eq!(
        [activities[0].criticality, activities[2].criticality],
        [1.0, 0.0]
    );
    assert!(
        (activities[1].effect / activities[0].effect - 4.0).abs() < 0.4,
        "{activities:?}"
    );
    assert!(activities[2].effect.abs() < 60.0, "{activities:?}");
    assert!(
        activities[1].correlation > 0.95 && activities[2].correlation.abs() < 0.03,
        "{activities:?}"
    );
    let exact = 8_000.0 / 12f64.sqrt();
    assert!(
        (activities[1].deviation / exact - 1.0).abs() < 0.02
            && (activities[1].mean - 10_000.0).abs() < 80.0
    );
}

#[test]
fn the_seed_decides_alone() {
    let network = network(&[10_000, 10_000], &[(0, 1)]);
    let estimates = [
        uniform(9_000, 11_000),
        Some(Estimate::pert(5_000, 9_000, 20_000).sharing(0.4)),
    ];
    let options = Options::from_start(start());
    let by = |seed| simulate(&network, &options, &estimates, 1_000, seed).unwrap();
    assert_eq!(by(1), by(1));
    assert_ne!(by(1).finishes, by(2).finishes);
}

#[test]
fn a_certain_plan_has_one_finish_and_a_curve_of_one_point() {
    let network = network(&[10_000, 10_000], &[(0, 1)]);
    let answer = run(&network, &[]);
    assert_eq!(answer.curve(10), [(start() + 20_000, 1.0)]);
    assert_eq!(
        (answer.p50(), answer.p80()),
        (answer.planned_finish, answer.planned_finish)
    );
    assert_eq!(answer.chance_by(answer.planned_finish - 1), 0.0);
}

#[test]
fn the_curve_rises_from_the_first_finish_to_the_last() {
    let network = network(&[10_000], &[]);
    let answer = run(&network, &[uniform(5_000, 15_000)]);
    let curve = answer.curve(21);
    assert_eq!(curve.len(), 21);
    assert!(curve.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
    assert_eq!(curve[0].0, answer.finishes[0]);
    assert_eq!(curve[20], (answer.finishes[RUNS - 1], 1.0));
    assert!(answer.chance_by(answer.p80()) >= 0.8 && answer.chance_by(answer.p80() - 1) < 0.8);
}

#[test]
fn only_the_work_that_remains_is_drawn() {
    let mut network = network(&[10_000, 10_000, 10_000, 0], &[(0, 1), (1, 2), (2, 3)]);
    network.calendars = vec![Timeline::from_week(
        &std::array::from_fn(|_| OFFICE_DAY.to_vec()),
        &BTreeMap::new(),
    )];
    network.activities[3].kind = ActivityKind::FinishMilestone;
    let (actual_start, actual_finish) = (start() + 480, start() + 1_020);
    network.activities[0].progress = Progress::Finished {
        actual_start,
        actual_finish,
    };
    network.activities[1].progress = Progress::Started {
        actual_start: actual_finish,
        remaining: 4_800,
    };
    let options = Options {
        data_date: Some(start() + 1_440),
        ..Options::from_start(start())
    };
    let estimate = uniform(4_000, 8_000);
    let answer = simulate(&network, &options, &[estimate; 4], 500, 1).unwrap();
    let deviations: Vec<bool> = answer
        .activities
        .iter()
        .map(|activity| activity.deviation > 0.0)
        .collect();
    assert_eq!(deviations, [false, true, true, false]);
    assert_eq!(answer.activities[3].criticality, 1.0);
}

#[test]
fn an_estimate_out_of_order_is_told_and_left_out() {
    let network = network(&[10_000], &[]);
    let answer = run(&network, &[Some(Estimate::pert(9_000, 5_000, 20_000))]);
    assert_eq!(answer.findings[0].code, "risk.estimate");
    assert_eq!(answer.finishes[0], answer.finishes[RUNS - 1]);
}
