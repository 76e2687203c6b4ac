//! The serial scheme on real dates. The engine says where an activity may begin; from there on the resources decide.

use ground::{Finding, Minute, Timeline};

use super::stock::{Span, Stock};
use super::{Levelled, Need, Resource, Rules, Wait};
use crate::forward::{self, Early};
use crate::graph::{Graph, Packed, Role};
use crate::network::{Activity, ConstraintKind, Network, Options, Progress, Schedule, schedule};
use crate::random::Random;

/// Beyond this instant (2084-01-01) nothing is looked for: calendars end soon after.
const HORIZON: Minute = 41_638 * 1440;

/// The plan, compiled for building it again and again.
pub(super) struct Placing<'a> {
    pub network: &'a Network,
    pub options: &'a Options,
    /// Without resources.
    pub free: Schedule,
    /// Needs of each position in working order.
    pub needs: Vec<Vec<(usize, i64)>>,
    packed: Packed,
    /// Activity at each position.
    pub index: Vec<usize>,
    /// The full resources.
    stocks: Vec<Stock>,
    rules: Rules,
}

/// The last obstacle an activity met.
#[derive(Clone, Copy)]
struct Obstacle {
    resource: usize,
    until: Minute,
}

impl<'a> Placing<'a> {
    pub fn new(
        network: &'a Network,
        options: &'a Options,
        resources: &[Resource],
        needs: &[Need],
        rules: Rules,
    ) -> Result<Self, Vec<Finding>> {
        let free = schedule(network, options)?;
        let packed = Packed::build(network, options)?;
        let position = packed.positions();
        let mut own = vec![Vec::new(); position.len()];
        for need in needs.iter().filter(|need| need.units > 0) {
            own[position[need.activity] as usize].push((need.resource, need.units));
        }
        let mut placing = Placing {
            network,
            options,
            free,
            needs: own,
            index: (0..position.len()).map(|i| packed.index(i)).collect(),
            packed,
            stocks: Vec::new(),
            rules,
        };
        placing.stocks = placing.full_stocks(resources);
        Ok(placing)
    }

    /// Steps end with shifts for twice the time the plan needs without limits; later ones are coarse.
    pub fn full_stocks(&self, resources: &[Resource]) -> Vec<Stock> {
        let first = self.free.frame;
        let last = first + 2 * (self.free.finish - first).max(1440);
        let stock = |(at, resource): (usize, &Resource)| {
            let asks = |i: &usize| self.needs[*i].iter().any(|need| need.0 == at);
            let calendar = |i: usize| self.activity(i).calendar;
            let mut used: Vec<usize> = (0..self.needs.len()).filter(asks).map(calendar).collect();
            used.sort_unstable();
            used.dedup();
            let timelines: Vec<&Timeline> = used
                .iter()
                .map(|&calendar| &self.network.calendars[calendar])
                .collect();
            Stock::full(resource, &timelines, first, last)
        };
        resources.iter().enumerate().map(stock).collect()
    }

    /// The compiled network.
    pub fn graph(&self) -> Graph<'_> {
        Graph::new(self.network, &self.packed, self.options)
    }

    pub fn activity(&self, position: usize) -> &'a Activity {
        &self.network.activities[self.index[position]]
    }

    pub fn timeline(&self, position: usize) -> &'a Timeline {
        &self.network.calendars[self.activity(position).calendar]
    }

    /// Keys by activity of the priority rules, smaller first.
    pub fn rule_keys(&self) -> [Vec<Minute>; 3] {
        let late_finish = self.free.late_finish.clone();
        let late_start = self.free.late_start.clone();
        [late_finish, late_start, self.free.total_float.clone()]
    }

    /// Keys near those of a schedule: some activity that waits goes before one it waits for, or a few go anywhere near.
    pub fn shifted(&self, keys: &[Minute], best: &Levelled, random: &mut Random) -> Vec<Minute> {
        let mut keys = keys.to_vec();
        let span = (best.end - self.free.frame).max(1);
        for _ in 0..1 + random.below(3) {
            let wait = &best.waits[random.below(best.waits.len() as u32) as usize];
            let before = wait
                .holders
                .get(random.below(wait.holders.len() as u32) as usize);
            match before {
                Some(&holder) if random.below(4) > 0 => keys[wait.activity] = keys[holder] - 1,
                _ => {
                    let any = random.below(keys.len() as u32) as usize;
                    let room = random.below((span / 8).clamp(1, i64::from(u32::MAX)) as u32);
                    keys[any] += 2 * i64::from(room) - span / 8;
                }
            }
        }
        keys
    }

    /// Builds the schedule that serves smaller keys (by activity) first. What is under way or stands on a fixed date comes
    /// before everything else, and predecessors come before their successors.
    pub fn build(&self, keys: &[Minute]) -> Levelled {
        self.build_from(self.stocks.clone(), keys)
    }

    /// The same on other stocks.
    pub fn build_from(&self, stocks: Vec<Stock>, keys: &[Minute]) -> Levelled {
        let graph = self.graph();
        let mut build = Build {
            placing: self,
            graph,
            stocks,
            frame: forward::Frame::new(graph, self.options),
            early: Early::new(graph.len()),
            obstacles: vec![None; graph.len()],
            wanted: vec![0; graph.len()],
        };
        let mut order: Vec<usize> = (0..graph.len()).collect();
        let key = |i: usize| keys.get(self.index[i]).copied().unwrap_or(0);
        order.sort_by_key(|&i| {
            (
                self.is_movable(i),
                key(i),
                self.free.late_start[self.index[i]],
                i,
            )
        });
        let mut placed = vec![false; graph.len()];
        let mut open = Vec::new();
        for first in order {
            open.push(first);
            while let Some(&i) = open.last() {
                let before = graph.before(i).iter().map(|arc| arc.other());
                let count = open.len();
                open.extend(before.filter(|&from| !placed[from]));
                if open.len() == count {
                    open.pop();
                    if !placed[i] {
                        placed[i] = true;
                        build.place(i);
                    }
                }
            }
        }
        build.spans();
        build.answer()
    }

    /// False for what stands where it stands, whoever else needs the resource.
    fn is_movable(&self, position: usize) -> bool {
        let activity = self.activity(position);
        let bound = |kind: ConstraintKind| {
            use ConstraintKind::{MandatoryFinish, MandatoryStart, MustFinish, MustStart};
            matches!(
                kind,
                MandatoryStart | MandatoryFinish | MustStart | MustFinish
            )
        };
        activity.progress == Progress::NotStarted
            && activity.fixed.is_none()
            && !activity
                .constraints
                .iter()
                .any(|constraint| bound(constraint.kind))
    }

    pub fn span(&self, position: usize, start: Minute, finish: Minute) -> Span<'a> {
        let timeline = self.timeline(position);
        Span {
            timeline,
            start,
            finish,
            work: timeline.between(start, finish),
        }
    }
}

/// A schedule being built.
struct Build<'p, 'a> {
    placing: &'p Placing<'a>,
    graph: Graph<'p>,
    stocks: Vec<Stock>,
    frame: forward::Frame,
    early: Early,
    obstacles: Vec<Option<Obstacle>>,
    /// Start that links, constraints and calendars allow.
    wanted: Vec<Minute>,
}

impl Build<'_, '_> {
    fn place(&mut self, i: usize) {
        let placing = self.placing;
        forward::place(self.graph, &self.frame, &mut self.early, None, i);
        self.wanted[i] = self.early[i].restart;
        if self.graph.role(i) != Role::Work || placing.needs[i].is_empty() {
            return;
        }
        if placing.is_movable(i) {
            self.wait(i);
        }
        let span = placing.span(i, self.early[i].restart, self.early[i].finish);
        for &(resource, units) in &placing.needs[i] {
            self.stocks[resource].take(span, units);
        }
    }

    /// Summaries once more, now that all their members have dates; hammocks keep the dates of the plan without limits.
    fn spans(&mut self) {
        for i in 0..self.graph.len() {
            match self.graph.role(i) {
                Role::Summary => forward::place(self.graph, &self.frame, &mut self.early, None, i),
                Role::Hammock => {
                    let index = self.placing.index[i];
                    self.early[i].start = self.placing.free.early_start[index];
                    self.early[i].restart = self.placing.free.remaining_start[index];
                    self.early[i].finish = self.placing.free.early_finish[index];
                }
                _ => continue,
            }
            self.wanted[i] = self.early[i].restart;
        }
    }

    /// Moves the activity to the first place where all its resources suffice.
    fn wait(&mut self, i: usize) {
        let timeline = self.placing.timeline(i);
        let early = (self.early[i].restart, self.early[i].finish);
        let work = self.graph.work(i);
        let latest = match self.placing.rules.within_float {
            true => self.placing.free.late_finish[self.placing.index[i]].max(early.1),
            false => HORIZON,
        };
        let (mut start, mut finish) = early;
        let mut met = None;
        while let Some((obstacle, past)) = self.obstacle(i, start, finish) {
            start = timeline.next_start(past.max(start + 1));
            finish = timeline.advance(start, work).max(early.1);
            met = Some(obstacle);
            if finish > latest {
                // No place: it stays on its early dates, and the overload is told by the load.
                return;
            }
        }
        if met.is_some() {
            self.early.move_to(self.graph, i, start, finish);
            self.obstacles[i] = met;
        }
    }

    /// The first need that is not met between the dates, and the start that gets past it.
    fn obstacle(&self, i: usize, start: Minute, finish: Minute) -> Option<(Obstacle, Minute)> {
        let span = self.placing.span(i, start, finish);
        self.placing.needs[i].iter().find_map(|&(resource, units)| {
            let (past, until) = self.stocks[resource].obstacle(span, units)?;
            Some((Obstacle { resource, until }, past))
        })
    }

    fn answer(self) -> Levelled {
        let placing = self.placing;
        let waits = (0..placing.needs.len())
            .filter_map(|i| self.told(i))
            .collect();
        let open = |&i: &usize| self.graph.role(i) != Role::Done;
        let late = (0..placing.needs.len())
            .filter(open)
            .map(|i| lateness(placing.activity(i), self.early[i].finish));
        let late = late.sum();
        let delay = (0..placing.needs.len())
            .map(|i| self.early[i].restart - self.wanted[i])
            .sum();
        let dated = (0..self.graph.len()).filter(|&i| self.graph.role(i) != Role::Hammock);
        let end = dated.map(|i| self.early[i].finish).max();
        let end = end.unwrap_or(placing.options.start);
        let lines = self.early.lines();
        Levelled {
            late,
            delay,
            end,
            waits,
            start: placing.packed.by_activity(lines, |line| line.restart),
            finish: placing.packed.by_activity(lines, |line| line.finish),
        }
    }

    fn told(&self, i: usize) -> Option<Wait> {
        let obstacle = self.obstacles[i]?;
        let placing = self.placing;
        let holds = |other: &usize| {
            let asks = placing.needs[*other]
                .iter()
                .any(|need| need.0 == obstacle.resource);
            asks && *other != i
                && self.early[*other].restart <= obstacle.until
                && obstacle.until < self.early[*other].finish
        };
        let holders = (0..placing.needs.len()).filter(holds);
        Some(Wait {
            activity: placing.index[i],
            resource: obstacle.resource,
            from: self.wanted[i],
            to: self.early[i].restart,
            holders: holders.map(|other| placing.index[other]).collect(),
            until: obstacle.until,
        })
    }
}

fn lateness(activity: &Activity, finish: Minute) -> i64 {
    let bounds = activity.constraints.iter().filter(|constraint| {
        matches!(
            constraint.kind,
            ConstraintKind::FinishNoLater | ConstraintKind::FinishOn
        )
    });
    let bounds = bounds
        .map(|constraint| constraint.at)
        .chain(activity.deadline);
    bounds.min().map_or(0, |bound| (finish - bound).max(0))
}
