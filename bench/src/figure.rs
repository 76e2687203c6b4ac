//! Seconds and memory of a piece of work, from the kernel's own account, and the line that tells them.

use std::hint::black_box;
use std::time::Instant;

/// What a piece of work cost.
#[derive(Clone, Copy)]
pub struct Cost {
    /// User and system time, seconds.
    pub cpu: f64,
    /// Seconds on the wall clock.
    pub wall: f64,
    /// Peak resident memory of the process during the work, megabytes.
    pub peak: u64,
}

/// Runs the work once. CPU time is that of all threads, in steps of 10 ms.
pub fn once<T>(work: impl FnOnce() -> T) -> (Cost, T) {
    measured(process_seconds, work)
}

/// Runs work that stays on this thread `runs` times (at least once) and keeps the run with the least CPU time,
/// measured in nanoseconds: what other programs on the machine take away shows in the other runs. The answer is that of
/// the last run; no two of them stand in memory at once.
pub fn best<T>(runs: usize, mut work: impl FnMut() -> T) -> (Cost, T) {
    let (mut best, mut answer) = measured(thread_seconds, &mut work);
    for _ in 1..runs {
        drop(answer);
        let (cost, next) = measured(thread_seconds, &mut work);
        answer = next;
        if cost.cpu < best.cpu {
            best = cost;
        }
    }
    (best, answer)
}

fn measured<T>(clock: fn() -> f64, work: impl FnOnce() -> T) -> (Cost, T) {
    // 5 sets the high-water mark of resident memory back to what is resident now.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let (cpu, start) = (clock(), Instant::now());
    let result = black_box(work());
    let wall = start.elapsed().as_secs_f64();
    let cost = Cost {
        cpu: clock() - cpu,
        wall,
        peak: peak(),
    };
    (cost, result)
}

/// Prints one figure: name, CPU, wall clock, memory, and a remark.
pub fn line(name: &str, cost: &Cost, remark: &str) {
    let Cost { cpu, wall, peak } = cost;
    println!("{name:<44} {cpu:>9.3} s CPU {wall:>9.3} s wall {peak:>6} MB  {remark}");
}

/// Prints the middle and the slow end of single times in milliseconds. Without times there is nothing to say.
pub fn spread(name: &str, times: &mut [f64], remark: &str) {
    if times.is_empty() {
        return;
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 1000];
    let (p50, p99, max, count) = (at(500), at(990), at(1000), times.len());
    println!(
        "{name:<44} p50 {p50:>7.2} ms  p99 {p99:>7.2} ms  max {max:>7.2} ms  {count:>4} times  {remark}"
    );
}

/// Times of this thread in seconds. The kernel brings the account up to date when it schedules; without the yield it
/// would be late by up to a tick.
pub fn thread_seconds() -> f64 {
    std::thread::yield_now();
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split_whitespace().next();
    nanoseconds
        .and_then(|text| text.parse::<f64>().ok())
        .map_or(f64::NAN, |n| n / 1e9)
}

/// Times of the whole process in seconds: fields 14 and 15 of its line, in ticks of 10 ms. The name in field 2 may hold
/// spaces, so fields are counted from its closing bracket.
pub fn process_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok());
    match (ticks(11), ticks(12)) {
        (Some(user), Some(system)) => (user + system) / 100.0,
        _ => f64::NAN,
    }
}

/// `VmHWM` in megabytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(0)
        >> 10
}
