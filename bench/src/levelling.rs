//! Resources and chance, measured: instances of PSPLIB beside their best known makespans, a generated plan of real dates, and
//! a simulation. The peer of the first is `bench/peers/cpsat_rcpsp.py`.
//!
//! Built alone, without the rest of the product: `cargo run --release -p plan --example measure`.

use std::collections::BTreeMap;

use ground::timeline::OFFICE_DAY;
use ground::{HolidayTable, Timeline, WorkCalendar, date_of_finish, minute_of};
use plan::level::{Leveller, Need, Resource, Rules};
use plan::rcpsp::{Problem, Solution, solve};
use plan::risk::{Estimate, simulate};
use plan::{Activity, Link, Network, Options};

use crate::figure::{process_seconds, thread_seconds};
use crate::instance::{best_known, instance};
use crate::random::Random;

const USAGE: &str = "\
usage: levelling FOLDER SET SECONDS [EVERY [OFFSET [THREADS]]]   instances of PSPLIB (J30, J60, J90, J120)
       levelling plan [ACTIVITIES [SECONDS]]                     a generated plan with crews and cranes
       levelling chance [ACTIVITIES [RUNS]]                      Monte Carlo on a generated plan";

/// Runs one measurement and prints its line. FOLDER holds `J30_1.txt` … and `best-known.csv`; SECONDS is CPU time of each
/// search; EVERY takes each n-th instance from OFFSET on; THREADS solves one instance from as many seeds at once.
pub fn run(words: &[&str]) -> Result<(), String> {
    let number = |at: usize, usual: f64| match words.get(at) {
        None => Ok(usual),
        Some(text) => text
            .parse()
            .map_err(|_| format!("{text} is not a number\n{USAGE}")),
    };
    let line = match words {
        ["plan", ..] => level(number(1, 2_000.0)? as usize, number(2, 5.0)?),
        ["chance", ..] => chance(number(1, 1_000.0)? as usize, number(2, 10_000.0)? as usize),
        [folder, set, _, ..] => {
            let (every, offset, threads) = (number(3, 1.0)?, number(4, 0.0)?, number(5, 1.0)?);
            measure(
                folder,
                set,
                number(2, 1.0)?,
                every as usize,
                offset as usize,
                threads as usize,
            )?
        }
        _ => return Err(USAGE.to_owned()),
    };
    println!("{line}");
    Ok(())
}

/// Works of 1 to 20 days, links to one or two of the last forty, on an office calendar with its holidays.
fn generated(count: usize) -> Network {
    let mut random = Random::new(1);
    let week: [Vec<_>; 7] = std::array::from_fn(|day| {
        if day < 6 {
            OFFICE_DAY.to_vec()
        } else {
            Vec::new()
        }
    });
    let mut network = Network {
        calendars: vec![
            WorkCalendar::official(HolidayTable::shipped()).timeline(),
            Timeline::from_week(&week, &BTreeMap::new()),
        ],
        activities: Vec::new(),
        links: Vec::new(),
    };
    for i in 0..count {
        let work = 480 * (1 + random.below(20) as i64);
        network.activities.push(Activity::task(
            i.to_string(),
            format!("工作{i}"),
            i % 2,
            work,
        ));
        for _ in 0..(1 + random.below(2)).min(i as u64) {
            let from = i - 1 - random.below(i.min(40) as u64) as usize;
            network.links.push(Link::finish_start(from, i));
        }
    }
    network
}

fn options() -> Options {
    Options::from_start(minute_of("2023-03-06".parse().expect("a date"), 0, 0))
}

/// Six resources, each activity needs two of them; they hold the plan back to about twice its length.
fn level(count: usize, seconds: f64) -> String {
    let (network, options) = (generated(count), options());
    let mut random = Random::new(2);
    let resources: Vec<Resource> = (0..6)
        .map(|at| Resource::constant(at.to_string(), format!("资源{at}"), 12))
        .collect();
    let mut needs = Vec::new();
    for activity in 0..count {
        let resource = random.below(6) as usize;
        let units = || 1 + activity as i64 % 5;
        needs.push(Need {
            activity,
            resource,
            units: units(),
        });
        needs.push(Need {
            activity,
            resource: (resource + 1) % 6,
            units: 1,
        });
    }
    let begin = thread_seconds();
    let leveller = Leveller::new(&network, &options, &resources, &needs, Rules::default())
        .expect("no loop is generated");
    let first = leveller.first();
    let answered = thread_seconds() - begin;
    let free = plan::schedule(&network, &options)
        .expect("no loop is generated")
        .finish;
    let (begin, mut questions) = (thread_seconds(), 0);
    let best = leveller.improve(1, |_| {
        questions += 1;
        thread_seconds() - begin < seconds
    });
    let over = leveller
        .load(&best.start, &best.finish)
        .iter()
        .flatten()
        .filter(|day| day.is_over())
        .count();
    format!(
        "levelling: {count} activities: {} without limits, first answer {} after {answered:.3} s CPU, {} after {seconds} s more ({questions} steps), {} wait, {over} days over",
        date_of_finish(free),
        date_of_finish(first.end),
        date_of_finish(best.end),
        best.waits.len()
    )
}

/// Three-point estimates of 80 %, 100 % and 150 % for every activity.
fn chance(count: usize, runs: usize) -> String {
    let (network, options) = (generated(count), options());
    let estimate = |activity: &Activity| {
        let work = activity.duration;
        Some(Estimate::pert(work * 4 / 5, work, work * 3 / 2))
    };
    let estimates: Vec<_> = network.activities.iter().map(estimate).collect();
    let (begin, wall) = (process_seconds(), std::time::Instant::now());
    let answer = simulate(&network, &options, &estimates, runs, 1).expect("no loop is generated");
    format!(
        "chance: {runs} runs of {count} activities: {:.2} s CPU, {:.2} s wall; planned {}, P50 {}, P80 {}",
        process_seconds() - begin,
        wall.elapsed().as_secs_f64(),
        date_of_finish(answer.planned_finish),
        date_of_finish(answer.p50()),
        date_of_finish(answer.p80())
    )
}

/// Sums over the instances of a set.
#[derive(Default)]
struct Sums {
    count: f64,
    gap: f64,
    above_path: f64,
    best_known: f64,
    proven: f64,
    schedules: f64,
}

fn measure(
    folder: &str,
    set: &str,
    seconds: f64,
    every: usize,
    offset: usize,
    threads: usize,
) -> Result<String, String> {
    let read = |name: &str| {
        std::fs::read_to_string(format!("{folder}/{name}"))
            .map_err(|error| format!("{name}: {error}"))
    };
    let table = read("best-known.csv")?;
    let count = if set == "J120" { 600 } else { 480 };
    let mut sums = Sums::default();
    for k in (1 + offset..=count).step_by(every) {
        let name = format!("{set}_{k}.txt");
        let known =
            best_known(&table, &name).ok_or_else(|| format!("{name} has no best known value"))?;
        let problem =
            instance(&read(&name)?).ok_or_else(|| format!("{name} is not of PSPLIB form"))?;
        sums.add(
            &problem,
            &search(&problem, seconds, threads),
            f64::from(known),
        );
    }
    Ok(sums.line(set, seconds, threads))
}

/// The best of searches with different seeds, each for the same CPU time of its own thread.
fn search(problem: &Problem, seconds: f64, threads: usize) -> Solution {
    let one = |seed: usize| {
        let begin = thread_seconds();
        solve(problem, seed as u64 + 1, |_| {
            thread_seconds() - begin < seconds
        })
        .expect("the instance has no findings")
    };
    let answers: Vec<Solution> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads)
            .map(|seed| scope.spawn(move || one(seed)))
            .collect();
        all.into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    answers
        .into_iter()
        .min_by_key(|answer| answer.makespan)
        .expect("at least one thread")
}

/// The critical path: the same problem without needs is solved by its first schedule.
fn path(problem: &Problem) -> f64 {
    let free = Problem {
        needs: vec![0; problem.needs.len()],
        ..problem.clone()
    };
    solve(&free, 1, |_| false).map_or(f64::NAN, |answer| f64::from(answer.makespan))
}

impl Sums {
    fn add(&mut self, problem: &Problem, answer: &Solution, known: f64) {
        let makespan = f64::from(answer.makespan);
        self.count += 1.0;
        self.gap += makespan / known - 1.0;
        self.above_path += makespan / path(problem) - 1.0;
        self.best_known += f64::from(u8::from(makespan <= known));
        self.proven += f64::from(u8::from(answer.makespan == answer.lower_bound));
        self.schedules += answer.schedules as f64;
    }

    fn line(&self, set: &str, seconds: f64, threads: usize) -> String {
        let share = |sum: f64| 100.0 * sum / self.count;
        format!(
            "{set}: {} instances, {seconds} s × {threads}: gap {:.3} %, best known or better {:.1} %, proven {:.1} %, above critical path {:.2} %, {:.0} schedules each",
            self.count,
            share(self.gap),
            share(self.best_known),
            share(self.proven),
            share(self.above_path),
            self.schedules / self.count
        )
    }
}
