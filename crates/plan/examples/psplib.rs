//! Solves instances of PSPLIB form and compares them with the best known makespans: the measuring loop behind
//! `docs/benchmarks.md`.
//!
//! `psplib FOLDER SET SECONDS [EVERY [OFFSET [THREADS]]]`: FOLDER holds `J30_1.txt` … and `best-known.csv`, SET is J30, J60,
//! J90 or J120, SECONDS is CPU time of each search, EVERY takes each n-th instance, THREADS solves one instance on several seeds at once.

use std::process::ExitCode;

use plan::rcpsp::{Problem, Solution, solve};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [folder, set, seconds, rest @ ..] = words.as_slice() else {
        eprintln!("usage: psplib FOLDER SET SECONDS [EVERY [OFFSET [THREADS]]]");
        return ExitCode::from(2);
    };
    let number = |at: usize, usual: usize| {
        rest.get(at)
            .and_then(|text| text.parse().ok())
            .unwrap_or(usual)
    };
    let Ok(seconds) = seconds.parse() else {
        eprintln!("{seconds} is not a number");
        return ExitCode::from(2);
    };
    let threads = number(2, 1);
    match measure(folder, set, seconds, number(0, 1), number(1, 0), threads) {
        Ok(line) => println!("{line}"),
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(1);
        }
    }
    ExitCode::SUCCESS
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
        sums.add(&problem, &search(&problem, seconds, threads), known);
    }
    Ok(sums.line(set, seconds, threads))
}

fn best_known(table: &str, name: &str) -> Option<f64> {
    let line = table
        .lines()
        .find(|line| line.split(',').nth(2) == Some(name))?;
    line.rsplit(',').next()?.trim().parse().ok()
}

/// Jobs and resources, capacities, then per job duration, needs, number of successors and successors from 1.
fn instance(text: &str) -> Option<Problem> {
    let mut numbers = text
        .split_whitespace()
        .map_while(|word| word.parse::<u32>().ok());
    let (jobs, resources) = (numbers.next()?, numbers.next()? as usize);
    let mut problem = Problem {
        capacities: numbers.by_ref().take(resources).collect(),
        ..Problem::default()
    };
    let mut links = Vec::new();
    for job in 0..jobs {
        problem.durations.push(numbers.next()?);
        problem.needs.extend(numbers.by_ref().take(resources));
        let after = numbers.next()? as usize;
        links.extend(
            numbers
                .by_ref()
                .take(after)
                .map(|to| (job, to.wrapping_sub(1))),
        );
    }
    for (from, to) in links {
        problem.follow(from, to);
    }
    problem.findings().is_empty().then_some(problem)
}

/// The best of searches with different seeds, each for the same CPU time of its own thread.
fn search(problem: &Problem, seconds: f64, threads: usize) -> Solution {
    let one = |seed: usize| {
        let begin = cpu();
        solve(problem, seed as u64 + 1, |_| cpu() - begin < seconds)
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

/// CPU seconds of this thread, by the kernel's account.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat
        .split_whitespace()
        .next()
        .and_then(|text| text.parse::<f64>().ok());
    nanoseconds.map_or(f64::NAN, |n| n / 1e9)
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
