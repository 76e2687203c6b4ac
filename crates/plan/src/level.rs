//! 资源平衡: dates that keep links, calendars, constraints and progress, and never ask for more of a resource than there is.
//!
//! The serial scheme on real dates: activity after activity is put where the engine's forward pass allows it and the
//! resources suffice. Which goes first is decided by priority rules ([`Leveller::first`]), then by a search
//! ([`Leveller::improve`]) that lets the period core (`rcpsp`) think ahead on a simplified plan and tries its orders, and
//! shifts of its own, on the real one. `stock` keeps the resources, `placing` builds schedules, `simplify` makes the plan
//! of whole periods, `tell` gives reasons, loads and what is lacking.

mod placing;
mod simplify;
mod stock;
mod tell;

use ground::{Finding, Minute};

use crate::network::{Network, Options};
use crate::random::Random;
use crate::rcpsp;
use placing::Placing;
pub use tell::{DayLoad, Relief};

/// 资源.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resource {
    /// 编号.
    pub code: String,
    /// 名称.
    pub name: String,
    /// 计量单位: 台, 人, 万元.
    pub unit: String,
    /// Given back after use, or used up.
    pub kind: ResourceKind,
    /// 可用量 over time, by `from`. Before the first step there is none.
    pub capacity: Vec<Step>,
}

/// How a resource is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResourceKind {
    /// 队伍、机械: held in working time, free again afterwards. Capacity is units at any moment.
    Renewable,
    /// 资金、材料: used up evenly over the working time. Capacity is the amount for each period, as it stands at the
    /// period's first minute; what a period leaves over is not carried on.
    Consumed(Per),
}

/// Civil period of a budget.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Per {
    /// 月.
    Month,
    /// 季.
    Quarter,
    /// 年.
    Year,
}

impl Per {
    fn months(self) -> i8 {
        match self {
            Per::Month => 1,
            Per::Quarter => 3,
            Per::Year => 12,
        }
    }
}

/// A capacity from an instant on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// First minute.
    pub from: Minute,
    /// Units, from then until the next step.
    pub units: i64,
}

impl Resource {
    /// A renewable resource with the same capacity for ever.
    pub fn constant(code: impl Into<String>, name: impl Into<String>, units: i64) -> Self {
        Resource {
            code: code.into(),
            name: name.into(),
            unit: String::new(),
            kind: ResourceKind::Renewable,
            capacity: vec![Step {
                from: Minute::MIN,
                units,
            }],
        }
    }

    /// Units, or amount of the period that begins there.
    pub fn capacity_at(&self, at: Minute) -> i64 {
        let step = self.capacity.iter().rev().find(|step| step.from <= at);
        step.map_or(0, |step| step.units)
    }

    fn capacity_max(&self) -> i64 {
        self.capacity
            .iter()
            .map(|step| step.units)
            .max()
            .unwrap_or(0)
    }
}

/// 资源需求.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Need {
    /// Index into `Network::activities`.
    pub activity: usize,
    /// Index into the resources.
    pub resource: usize,
    /// Renewable: units held while the activity works. Consumed: the amount of all its remaining work.
    pub units: i64,
}

/// 平衡结果. One entry per activity in every list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Levelled {
    /// 计划开始 of the remaining work; of finished activities the actual finish.
    pub start: Vec<Minute>,
    /// 计划完成; the actual finish once there is one.
    pub finish: Vec<Minute>,
    /// 计算完成 of the project.
    pub end: Minute,
    /// Minutes (of the clock) that finishes lie behind deadlines and "finish no later" constraints, added up.
    pub late: i64,
    /// Minutes (of the clock) that activities start later than links alone would have it, added up.
    pub delay: i64,
    /// Who waits for what.
    pub waits: Vec<Wait>,
}

impl Levelled {
    /// Smaller is better: kept deadlines first, then the finish, then the work that need not wait.
    fn cost(&self) -> (i64, Minute, i64) {
        (self.late, self.end, self.delay)
    }
}

/// 等待. An activity that could begin by its links at `from` and begins at `to` for want of a resource.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wait {
    /// Index into `Network::activities`.
    pub activity: usize,
    /// The resource that ends the wait: the last one to be had.
    pub resource: usize,
    /// When links, constraints and calendars would let it begin.
    pub from: Minute,
    /// When it begins.
    pub to: Minute,
    /// Activities that have the resource at `until`; empty when there is simply none of it.
    pub holders: Vec<usize>,
    /// The last instant at which the resource was lacking.
    pub until: Minute,
}

/// How to level.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rules {
    /// 只在时差内调: an activity that finds no place before its late finish stays on its early dates, and the overload with
    /// it.
    pub within_float: bool,
}

/// A plan with its resources, ready to be levelled.
///
/// ```
/// use ground::{HolidayTable, WorkCalendar, date_of_finish, minute_of};
/// use plan::level::{Leveller, Need, Resource, Rules};
/// use plan::{Activity, Network, Options};
///
/// let calendar = WorkCalendar::official(HolidayTable::shipped()).timeline();
/// let network = Network {
///     calendars: vec![calendar],
///     activities: vec![Activity::task("1", "一标段桩基", 0, 5 * 480), Activity::task("2", "二标段桩基", 0, 5 * 480)],
///     links: vec![],
/// };
/// let options = Options::from_start(minute_of("2023-03-06".parse().unwrap(), 0, 0));
/// let rigs = [Resource::constant("ZJ", "桩机", 1)];
/// let needs = [0, 1].map(|activity| Need { activity, resource: 0, units: 1 });
/// let leveller = Leveller::new(&network, &options, &rigs, &needs, Rules::default()).unwrap();
/// let answer = leveller.first();
/// assert_eq!(date_of_finish(answer.end).to_string(), "2023-03-17", "one rig drives one section after the other");
/// assert_eq!(
///     leveller.explain(&answer.waits[0]),
///     "2“二标段桩基”按前后关系 2023-03-06 可以开工，要等桩机到 2023-03-13：之前由 1“一标段桩基”占用。"
/// );
/// ```
pub struct Leveller<'a> {
    resources: &'a [Resource],
    placing: Placing<'a>,
    findings: Vec<Finding>,
}

impl<'a> Leveller<'a> {
    /// Makes the plan ready. Needs that can never be met, or point nowhere, are left out and told by [`Leveller::findings`].
    ///
    /// # Errors
    /// What keeps the network from being scheduled at all, see [`crate::schedule`].
    pub fn new(
        network: &'a Network,
        options: &'a Options,
        resources: &'a [Resource],
        needs: &[Need],
        rules: Rules,
    ) -> Result<Self, Vec<Finding>> {
        let (needs, findings) = tell::sound_needs(network, resources, needs);
        let placing = Placing::new(network, options, resources, &needs, rules)?;
        Ok(Leveller {
            resources,
            placing,
            findings,
        })
    }

    /// `level.index` (a need points nowhere), `level.units` (negative) and `level.capacity` (more than there ever is).
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// 初排. The best of three priority rules: by late finish, by late start, by total float.
    pub fn first(&self) -> Levelled {
        let keys = self.placing.rule_keys();
        let answers = keys.iter().map(|keys| self.placing.build(keys));
        answers
            .min_by_key(Levelled::cost)
            .unwrap_or_else(|| self.placing.build(&[]))
    }

    /// 优化. Looks for something better than `first` until `keep_going`, shown the best so far, says no. The same seed and
    /// the same answers give the same dates.
    pub fn improve(&self, seed: u64, keep_going: impl FnMut(&Levelled) -> bool) -> Levelled {
        self.improve_from(&[], seed, keep_going)
    }

    /// 继续优化. The same, begun from the starts of an answer that is known, one for each activity, and never worse than
    /// what their order gives. Empty: nothing is known.
    pub fn improve_from(
        &self,
        known: &[Minute],
        seed: u64,
        mut keep_going: impl FnMut(&Levelled) -> bool,
    ) -> Levelled {
        let mut best = self.first();
        if !known.is_empty() {
            let answer = self.placing.build(known);
            if answer.cost() < best.cost() {
                best = answer;
            }
        }
        if best.waits.is_empty() {
            return best;
        }
        let near = if known.is_empty() {
            Vec::new()
        } else {
            ranks(&best.start)
        };
        self.think_ahead(&near, seed, &mut best, &mut keep_going);
        let mut random = Random::new(seed);
        let mut keys = best.start.clone();
        while !best.waits.is_empty() && keep_going(&best) {
            let tried = self.placing.shifted(&keys, &best, &mut random);
            let answer = self.placing.build(&tried);
            if answer.cost() <= best.cost() {
                keys.clone_from(&answer.start);
                best = answer;
            }
        }
        best
    }

    /// The period core works on the simplified plan; each order it finds is tried on the real one.
    fn think_ahead(
        &self,
        near: &[u32],
        seed: u64,
        best: &mut Levelled,
        keep_going: &mut impl FnMut(&Levelled) -> bool,
    ) {
        let problem = simplify::problem(&self.placing, self.resources);
        let (mut makespan, mut since) = (u32::MAX, 0);
        // A problem with findings cannot be thought about; the shifts that follow do without.
        let _ = rcpsp::solve_from(&problem, near, seed, |found| {
            if found.makespan < makespan {
                (makespan, since) = (found.makespan, found.schedules);
                self.try_order(&found.start, best);
            }
            found.schedules < since + PATIENCE && keep_going(best)
        })
        .map(|found| self.try_order(&found.start, best));
    }

    fn try_order(&self, start: &[u32], best: &mut Levelled) {
        let keys: Vec<Minute> = start.iter().map(|&start| Minute::from(start)).collect();
        let answer = self.placing.build(&keys);
        if answer.cost() < best.cost() {
            *best = answer;
        }
    }
}

/// Whose turn it is by start: 0 for all that begin first.
fn ranks(start: &[Minute]) -> Vec<u32> {
    let mut known = start.to_vec();
    known.sort_unstable();
    known.dedup();
    let rank = |start: &Minute| known.partition_point(|one| one < start) as u32;
    start.iter().map(rank).collect()
}

/// Schedules of the period core without progress before shifts on the real plan take over.
const PATIENCE: u64 = 30_000;
