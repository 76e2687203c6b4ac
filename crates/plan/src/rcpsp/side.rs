//! One direction of time, compiled: the serial schedule generation scheme without an allocation in its loop.
//!
//! Backward is forward on the mirrored problem: a job that starts at `s` starts at `makespan - s - duration` there.
//! The free units of up to four resources lie in one word, 16 bits each, so that one subtraction compares them all.

use super::Problem;

/// Resources in one word.
pub(super) const LANES: usize = 4;
/// The top bit of each lane.
const TOP: u64 = 0x8000_8000_8000_8000;
/// A job without a place yet.
const OPEN: u32 = u32::MAX;

/// A start that this one waits for: `start >= start[job] + periods`.
#[derive(Clone, Copy)]
struct Wait {
    job: u32,
    periods: i32,
}

/// The compiled problem in one direction.
pub(super) struct Side<const W: usize> {
    /// Duration of each job.
    pub duration: Vec<u32>,
    /// Longest path from the beginning to the job's start, without resources.
    pub head: Vec<u32>,
    /// Units the job takes, packed.
    need: Vec<[u64; W]>,
    capacity: [u64; W],
    /// 65,536 / capacity of each resource.
    weight: [[u32; LANES]; W],
    release: Vec<u32>,
    /// From the job's start to the end of everything, at least its duration.
    out: Vec<u32>,
    first: Vec<u32>,
    waits: Vec<Wait>,
}

/// What a schedule is built in; one for each side, used again and again.
pub(super) struct Desk<const W: usize> {
    free: Vec<[u64; W]>,
    /// Periods from here on are untouched.
    used: usize,
    /// Start of each job in the last schedule.
    pub start: Vec<u32>,
    stack: Vec<u32>,
}

impl<const W: usize> Side<W> {
    /// The problem as it is.
    pub fn forward(problem: &Problem) -> Self {
        let waits = problem.lags.iter().map(|lag| {
            (
                lag.to,
                Wait {
                    job: lag.from,
                    periods: lag.periods,
                },
            )
        });
        let release = (0..problem.len()).map(|job| problem.release(job)).collect();
        Self::compile(problem, waits, release, problem.durations.clone())
    }

    /// The problem with time running backwards. Releases become what must still pass after the mirrored job.
    pub fn backward(problem: &Problem) -> Self {
        let duration = |job: u32| problem.durations[job as usize] as i32;
        let waits = problem.lags.iter().map(|lag| {
            let periods = lag.periods + duration(lag.to) - duration(lag.from);
            (
                lag.from,
                Wait {
                    job: lag.to,
                    periods,
                },
            )
        });
        let out = (0..problem.len())
            .map(|job| problem.release(job) + problem.durations[job])
            .collect();
        Self::compile(problem, waits, vec![0; problem.len()], out)
    }

    fn compile(
        problem: &Problem,
        waits: impl Iterator<Item = (u32, Wait)> + Clone,
        release: Vec<u32>,
        out: Vec<u32>,
    ) -> Self {
        let jobs = problem.len();
        let mut first = vec![0u32; jobs + 1];
        waits
            .clone()
            .for_each(|(own, _)| first[own as usize + 1] += 1);
        for job in 0..jobs {
            first[job + 1] += first[job];
        }
        let mut next = first.clone();
        let mut packed = vec![Wait { job: 0, periods: 0 }; problem.lags.len()];
        for (own, wait) in waits {
            let place = &mut next[own as usize];
            packed[*place as usize] = wait;
            *place += 1;
        }
        let resources = problem.capacities.len();
        let need = (0..jobs)
            .map(|job| pack(&problem.needs[job * resources..(job + 1) * resources]))
            .collect();
        let mut weight = [[0; LANES]; W];
        for (resource, &units) in problem.capacities.iter().enumerate() {
            weight[resource / LANES][resource % LANES] = 0x1_0000 / units.max(1);
        }
        let mut side = Side {
            duration: problem.durations.clone(),
            head: Vec::new(),
            need,
            capacity: pack(&problem.capacities),
            weight,
            release,
            out,
            first,
            waits: packed,
        };
        side.head = side.heads();
        side
    }

    /// Number of jobs.
    pub fn len(&self) -> usize {
        self.duration.len()
    }

    /// An empty desk for this side.
    pub fn desk(&self) -> Desk<W> {
        Desk {
            free: Vec::new(),
            used: 0,
            start: vec![OPEN; self.len()],
            stack: Vec::new(),
        }
    }

    /// The earliest starts without resources.
    fn heads(&self) -> Vec<u32> {
        let unlimited = Side {
            duration: self.duration.clone(),
            head: Vec::new(),
            need: vec![[0; W]; self.len()],
            capacity: self.capacity,
            weight: self.weight,
            release: self.release.clone(),
            out: self.out.clone(),
            first: self.first.clone(),
            waits: self.waits.clone(),
        };
        let mut desk = unlimited.desk();
        let order: Vec<u32> = (0..self.len() as u32).collect();
        unlimited.build(&mut desk, &order);
        desk.start
    }

    /// Sums of use before each period of the desk's schedule; each resource counts 256 a period when it is full.
    pub fn load(&self, desk: &Desk<W>, makespan: u32, sums: &mut Vec<u32>) {
        sums.clear();
        sums.push(0);
        let mut sum = 0;
        for free in desk.free.iter().take(makespan as usize) {
            for ((free, capacity), weight) in free.iter().zip(self.capacity).zip(&self.weight) {
                // No lane of `free` exceeds its capacity, so no lane borrows.
                let used = capacity - free;
                for (lane, weight) in weight.iter().enumerate() {
                    let units = (used >> (16 * lane)) as u32 & 0xffff;
                    sum += (units * weight) >> 8;
                }
            }
            sums.push(sum);
        }
        sums.resize(makespan as usize + 1, sum);
    }

    fn waits(&self, job: usize) -> &[Wait] {
        &self.waits[self.first[job] as usize..self.first[job + 1] as usize]
    }

    /// Serial scheme: each job of `order` at its earliest place, what it waits for before it. Answers the makespan;
    /// the starts stay on the desk.
    pub fn build(&self, desk: &mut Desk<W>, order: &[u32]) -> u32 {
        desk.free[..desk.used].fill(self.capacity);
        desk.used = 0;
        desk.start.fill(OPEN);
        let mut makespan = 0;
        for &job in order {
            if desk.start[job as usize] == OPEN {
                makespan = self.place_with_waits(desk, job, makespan);
            }
        }
        makespan
    }

    fn place_with_waits(&self, desk: &mut Desk<W>, job: u32, mut makespan: u32) -> u32 {
        let mut now = job as usize;
        loop {
            match self.earliest(&desk.start, now) {
                Ok(at) => {
                    let start = desk.fit(at, self.duration[now], &self.need[now], self.capacity);
                    desk.start[now] = start;
                    makespan = makespan.max(start + self.out[now]);
                    match desk.stack.pop() {
                        Some(next) => now = next as usize,
                        None => return makespan,
                    }
                }
                Err(other) => {
                    desk.stack.push(now as u32);
                    now = other as usize;
                }
            }
        }
    }

    /// The earliest start the other jobs leave, or a job that must be placed first.
    #[inline]
    fn earliest(&self, start: &[u32], job: usize) -> Result<u32, u32> {
        let mut at = self.release[job] as i32;
        for wait in self.waits(job) {
            let other = start[wait.job as usize];
            if other == OPEN {
                return Err(wait.job);
            }
            at = at.max(other as i32 + wait.periods);
        }
        Ok(at as u32)
    }
}

impl<const W: usize> Desk<W> {
    /// Takes the first span from `at` on with enough of everything, and answers where it begins.
    #[inline]
    fn fit(&mut self, at: u32, duration: u32, need: &[u64; W], capacity: [u64; W]) -> u32 {
        let (at, duration) = (at as usize, duration as usize);
        if duration == 0 || *need == [0; W] {
            return at as u32;
        }
        let room = self.used.max(at) + duration;
        if self.free.len() < room {
            self.free.resize(room * 2, capacity);
        }
        let mut begin = at;
        for (period, free) in self.free[at..].iter().enumerate() {
            if !fits(free, need) {
                begin = at + period + 1;
            } else if at + period + 1 - begin == duration {
                break;
            }
        }
        let end = begin + duration;
        for free in &mut self.free[begin..end] {
            for word in 0..W {
                free[word] -= need[word];
            }
        }
        self.used = self.used.max(end);
        begin as u32
    }
}

/// True when no lane of `need` exceeds its lane of `free`.
#[inline]
fn fits<const W: usize>(free: &[u64; W], need: &[u64; W]) -> bool {
    let mut tops = TOP;
    for word in 0..W {
        tops &= (free[word] | TOP).wrapping_sub(need[word]);
    }
    tops & TOP == TOP
}

/// Units of up to `4 W` resources, one lane each.
fn pack<const W: usize>(units: &[u32]) -> [u64; W] {
    let mut words = [0; W];
    for (resource, &units) in units.iter().enumerate() {
        words[resource / LANES] |= u64::from(units) << (16 * (resource % LANES));
    }
    words
}
