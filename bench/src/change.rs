//! One change after another in a plan that is kept, each timed alone on this thread: every kind of change, anywhere and
//! on what was the critical path. A change that moves the finish of the project moves nearly every late date with it and
//! is told apart.

use ground::Finding;
use plan::{
    Activity, Constraint, ConstraintKind, Link, Live, Network, Options, Progress, Schedule,
};

use crate::figure;
use crate::random::Random;

/// How many single changes of a kind are timed, half of them on what was the critical path.
const CHANGES: usize = 100;
/// The same changes once more from the start: of each the least time counts.
const ROUNDS: usize = 3;
/// A tenth of an office day.
const TENTH: i64 = 48;

/// What is changed.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Duration,
    Constraint,
    Started,
    Finished,
    Lag,
    LinkRemoved,
    LinkAdded,
}

const KINDS: [Kind; 7] = [
    Kind::Duration,
    Kind::Constraint,
    Kind::Started,
    Kind::Finished,
    Kind::Lag,
    Kind::LinkRemoved,
    Kind::LinkAdded,
];

/// Prints the figures of all kinds of change in one network. What `only` names is part of the kind's name; empty for all.
pub fn run(shape: &str, network: &Network, options: &Options, only: &str) {
    let Ok(live) = Live::new(network.clone(), *options) else {
        return;
    };
    let answer = live.schedule();
    for kind in KINDS {
        let name = format!("{kind:?}").to_lowercase();
        if !name.contains(only) {
            continue;
        }
        let mut rounds: Vec<Vec<Timed>> = Vec::new();
        for _ in 0..ROUNDS {
            rounds.extend(one_round(network, options, &answer, kind));
        }
        tell(
            &format!("{} {shape}, {name}", network.activities.len()),
            &rounds,
        );
    }
}

/// Milliseconds of one change, and whether the finish of the project moved.
#[derive(Clone, Copy)]
struct Timed {
    cpu: f64,
    finish_moved: bool,
}

fn tell(name: &str, rounds: &[Vec<Timed>]) {
    let Some(first) = rounds.first() else {
        return;
    };
    let (mut within, mut beyond) = (Vec::new(), Vec::new());
    for (i, one) in first.iter().enumerate() {
        let least = rounds.iter().map(|round| round[i].cpu);
        let times = if one.finish_moved {
            &mut beyond
        } else {
            &mut within
        };
        times.push(least.fold(f64::MAX, f64::min));
    }
    figure::spread(name, &mut within, "CPU, finish kept");
    figure::spread(name, &mut beyond, "CPU, finish moved");
}

fn one_round(
    network: &Network,
    options: &Options,
    answer: &Schedule,
    kind: Kind,
) -> Option<Vec<Timed>> {
    let mut live = Live::new(network.clone(), *options).ok()?;
    let count = network.activities.len();
    let critical: Vec<usize> = (0..count).filter(|&i| answer.total_float[i] == 0).collect();
    let mut by_start: Vec<usize> = (0..count).collect();
    by_start.sort_by_key(|&i| (answer.early_start[i], answer.early_finish[i]));
    let mut random = Random::new(3);
    let mut list = Vec::new();
    for turn in 0..CHANGES {
        let index = if turn < CHANGES / 2 {
            random.below(count as u64) as usize
        } else {
            critical[random.below(critical.len() as u64) as usize]
        };
        let before = live.finish();
        let amount = random.below(1000) as i64;
        let cpu = change(&mut live, answer, &by_start, kind, (index, amount))?;
        let finish_moved = live.finish() != before;
        list.push(Timed { cpu, finish_moved });
    }
    Some(list)
}

/// Milliseconds of one change about the activity at `index`.
fn change(
    live: &mut Live,
    answer: &Schedule,
    by_start: &[usize],
    kind: Kind,
    (index, amount): (usize, i64),
) -> Option<f64> {
    match kind {
        Kind::Lag | Kind::LinkRemoved => {
            // A link that drives, so that something follows.
            let at = match answer.driver[index] {
                plan::Driver::Link(at) => at,
                _ => amount as usize,
            };
            let at = at % live.network().links.len();
            let link = live.network().links[at];
            let lag = (1 + amount % 10) * TENTH;
            Some(match kind {
                Kind::LinkRemoved => timed(|| live.remove_link(at)),
                _ => timed(|| live.change_link(at, Link { lag, ..link })),
            })
        }
        Kind::LinkAdded => {
            let start = answer.early_start[index];
            let rank = by_start.partition_point(|&i| answer.early_start[i] <= start);
            let to = by_start[(rank + amount as usize % 200).min(by_start.len() - 1)];
            (to != index).then(|| timed(|| live.add_link(Link::finish_start(index, to))))
        }
        _ => {
            let activity = edited(live, answer, kind, (index, amount));
            Some(timed(|| live.change(index, activity)))
        }
    }
}

fn edited(live: &Live, answer: &Schedule, kind: Kind, (index, amount): (usize, i64)) -> Activity {
    let mut activity = live.network().activities[index].clone();
    let actual_start = answer.early_start[index];
    match kind {
        Kind::Constraint => {
            let kind = ConstraintKind::StartNoEarlier;
            let at = actual_start + amount;
            activity.constraints = vec![Constraint { kind, at }];
        }
        Kind::Started => {
            let remaining = (1 + amount % 10) * TENTH;
            activity.progress = Progress::Started {
                actual_start,
                remaining,
            };
        }
        Kind::Finished => {
            let actual_finish = answer.early_finish[index] + amount;
            activity.progress = Progress::Finished {
                actual_start,
                actual_finish,
            };
        }
        _ => activity.duration = (1 + amount % 10) * TENTH,
    }
    activity
}

/// Milliseconds of CPU. What is refused has its price too.
fn timed<T>(work: impl FnOnce() -> Result<T, Vec<Finding>>) -> f64 {
    let mut work = Some(work);
    let (cost, _) = figure::best(1, || work.take().map(|work| work()));
    cost.cpu * 1e3
}
