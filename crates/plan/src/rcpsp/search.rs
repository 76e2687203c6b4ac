//! The search: two populations of schedules, one for each direction of time, that breed each other.
//!
//! A child takes a window of time from its father and the rest from its mother, and is built in the other direction of
//! time, which justifies it at the same stroke: the bi-population genetic algorithm of Debels and Vanhoucke (Operations
//! Research 55, 2007), with the windows chosen where the father uses the resources better than the mother (the peak
//! crossover of Valls, Ballestín and Quintanilla, European Journal of Operational Research 185, 2008) and with fresh
//! populations when one has run dry. Settings measured on PSPLIB, see `docs/benchmarks.md`.

use super::Solution;
use super::side::{Desk, Side};
use crate::random::Random;

/// Schedules in each population. 30 and 100 are both worse on J120 at 1 s.
const MEMBERS: usize = 60;
/// Children of each couple; the best of them is kept.
const CHILDREN: usize = 2;
/// Windows tried for the one with the greatest difference of use.
const WINDOWS: u32 = 8;
/// Generations without a better schedule after which the populations are made anew.
const PATIENCE: u32 = 40;
/// Windows are a quarter to three quarters of the father's makespan.
const WINDOW_SHARES: (f64, f64) = (0.25, 0.5);
/// Every third population has nothing from the best schedule, which may lie in a valley of its own.
const FRESH: u32 = 3;
/// Starts of the best schedule are shaken by up to this share of its makespan for three quarters of a new population.
const SHAKE: f64 = 0.1;

/// A schedule as its children need it.
#[derive(Clone, Default)]
struct Member {
    /// Starts in the opposite direction of time: the order in which that side builds.
    key: Vec<u32>,
    makespan: u32,
    /// Use of the resources before each period, in the own direction of time.
    load: Vec<u32>,
}

/// A state of the search.
pub(super) struct Search<const W: usize> {
    sides: [Side<W>; 2],
    desks: [Desk<W>; 2],
    populations: [Vec<Member>; 2],
    best: Solution,
    random: Random,
    /// Populations made so far.
    rounds: u32,
    /// Keys of the child to be built.
    child: Vec<u32>,
    order: Vec<u32>,
    /// Buckets of the counting sort.
    places: Vec<u32>,
    /// Filled in place of the member it replaces, so that breeding allocates nothing.
    spare: Member,
}

impl<const W: usize> Search<W> {
    /// Nothing scheduled yet.
    pub fn new(sides: [Side<W>; 2], lower_bound: u32, seed: u64) -> Self {
        let jobs = sides[0].len();
        Search {
            desks: [sides[0].desk(), sides[1].desk()],
            populations: [
                vec![Member::default(); MEMBERS],
                vec![Member::default(); MEMBERS],
            ],
            best: Solution {
                start: Vec::new(),
                makespan: u32::MAX,
                lower_bound,
                schedules: 0,
            },
            random: Random::new(seed),
            rounds: 0,
            child: vec![0; jobs],
            order: vec![0; jobs],
            places: Vec::new(),
            spare: Member::default(),
            sides,
        }
    }

    /// Begins with the schedule of an order, smaller numbers first; the first population is bred from it.
    pub fn begin_near(&mut self, order: &[u32]) {
        self.child.copy_from_slice(order);
        self.build(0);
        self.rounds = 1;
    }

    /// Searches until told to stop or nothing better exists.
    pub fn run(mut self, mut keep_going: impl FnMut(&Solution) -> bool) -> Solution {
        self.populate();
        let (mut parents, mut idle, mut round) = (1, 0, u32::MAX);
        while self.best.makespan > self.best.lower_bound && keep_going(&self.best) {
            let shortest = self.breed(parents);
            parents = 1 - parents;
            idle = if shortest < round { 0 } else { idle + 1 };
            round = round.min(shortest);
            if idle > PATIENCE {
                self.populate();
                (parents, idle, round) = (1, 0, u32::MAX);
            }
        }
        self.best
    }

    /// New schedules forward, each justified backward.
    fn populate(&mut self) {
        let near = !self.rounds.is_multiple_of(FRESH);
        self.rounds += 1;
        for at in 0..MEMBERS {
            if near && at % 4 != 0 {
                self.shake();
            } else {
                self.latest_start_first(at);
            }
            let makespan = self.build(0);
            self.keep(0, at, makespan);
            self.child.copy_from_slice(&self.populations[0][at].key);
            let makespan = self.build(1);
            self.keep(1, at, makespan);
        }
    }

    /// The order of the best schedule, shaken.
    fn shake(&mut self) {
        let noise = 1 + (f64::from(self.best.makespan) * SHAKE) as u32;
        for (key, start) in self.child.iter_mut().zip(&self.best.start) {
            *key = start + self.random.below(noise);
        }
    }

    /// The latest-start rule: plain for the first member, sampled by noise of a third of the longest path for most, and
    /// drowned in noise for every third, lest an order that the rule never gives be missing.
    fn latest_start_first(&mut self, at: usize) {
        let after = |job: usize| self.sides[1].head[job] + self.sides[1].duration[job];
        let longest = (0..self.child.len()).map(after).max().unwrap_or(0);
        let noise = match at {
            0 => 1,
            _ if at % 3 == 2 => 2 * longest + 2,
            _ => 1 + longest / 3,
        };
        for (job, key) in self.child.iter_mut().enumerate() {
            *key = longest - after(job) + self.random.below(noise);
        }
    }

    /// One generation: the population `parents` fills the better places of the other one. Answers the shortest makespan.
    fn breed(&mut self, parents: usize) -> u32 {
        let children = 1 - parents;
        let mut shortest = u32::MAX;
        for at in 0..MEMBERS {
            let mother = self.tournament(parents);
            let mut limit = self.populations[children][at].makespan;
            for _ in 0..CHILDREN {
                self.cross(parents, at, mother);
                let makespan = self.build(children);
                if makespan <= limit {
                    limit = makespan;
                    self.keep(children, at, makespan);
                }
            }
            shortest = shortest.min(limit);
        }
        shortest
    }

    /// The better of two members.
    fn tournament(&mut self, population: usize) -> usize {
        let mut pick = || self.random.below(MEMBERS as u32) as usize;
        let (a, b) = (pick(), pick());
        let makespan = |at: usize| self.populations[population][at].makespan;
        if makespan(a) <= makespan(b) { a } else { b }
    }

    /// The child's keys: the father's inside a window of time, the mother's before and after it.
    fn cross(&mut self, parents: usize, father: usize, mother: usize) {
        let population = &self.populations[parents];
        let (father, mother) = (&population[father], &population[mother]);
        let (from, to) = window(&mut self.random, father, mother);
        let keys = father.key.iter().zip(&mother.key);
        for (child, (&own, &other)) in self.child.iter_mut().zip(keys) {
            *child = if (from..=to).contains(&own) {
                own
            } else if other < from {
                other
            } else {
                other + to + 1
            };
        }
    }

    /// Builds the child on a side and remembers the best schedule of all.
    fn build(&mut self, side: usize) -> u32 {
        self.sort(side == 1);
        let makespan = self.sides[side].build(&mut self.desks[side], &self.order);
        self.best.schedules += 1;
        if makespan < self.best.makespan {
            self.best.makespan = makespan;
            self.best.start.clone_from(&self.desks[side].start);
            if side == 1 {
                mirror(&self.sides[side].duration, makespan, &mut self.best.start);
            }
        }
        makespan
    }

    /// The jobs by key; equal keys in their written order, or against it when time runs backwards.
    fn sort(&mut self, against: bool) {
        let largest = self.child.iter().copied().max().unwrap_or(0) as usize;
        self.places.clear();
        self.places.resize(largest + 2, 0);
        for &key in &self.child {
            self.places[key as usize + 1] += 1;
        }
        let mut sum = 0;
        for place in &mut self.places {
            sum += *place;
            *place = sum;
        }
        let jobs = self.child.len();
        for at in 0..jobs {
            let job = if against { jobs - 1 - at } else { at };
            let place = &mut self.places[self.child[job] as usize];
            self.order[*place as usize] = job as u32;
            *place += 1;
        }
    }

    /// Puts the schedule on the side's desk in place of a member.
    fn keep(&mut self, side: usize, at: usize, makespan: u32) {
        let (compiled, desk) = (&self.sides[side], &self.desks[side]);
        self.spare.makespan = makespan;
        self.spare.key.clone_from(&desk.start);
        mirror(&compiled.duration, makespan, &mut self.spare.key);
        compiled.load(desk, makespan, &mut self.spare.load);
        std::mem::swap(&mut self.spare, &mut self.populations[side][at]);
    }
}

/// Starts seen from the other end of time.
fn mirror(duration: &[u32], makespan: u32, start: &mut [u32]) {
    for (start, duration) in start.iter_mut().zip(duration) {
        *start = makespan - *start - duration;
    }
}

/// The window, in time of the keys, where the father uses most more of the resources than the mother.
fn window(random: &mut Random, father: &Member, mother: &Member) -> (u32, u32) {
    let span = father.makespan;
    let share = WINDOW_SHARES.0 + WINDOW_SHARES.1 * random.unit();
    let length = (share * f64::from(span)) as u32;
    let mut best = (i64::MIN, 0);
    for _ in 0..WINDOWS {
        let from = random.below(span - length + 1);
        let more = father.used(from, length) - mother.used(from, length);
        best = best.max((more, from));
    }
    (best.1, best.1 + length)
}

impl Member {
    /// Use within a window of the keys' time, which runs against the load's.
    fn used(&self, from: u32, length: u32) -> i64 {
        let at = |key: u32| i64::from(self.load[self.makespan.saturating_sub(key) as usize]);
        at(from) - at(from + length)
    }
}
