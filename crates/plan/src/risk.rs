//! 概率分析 (Monte Carlo): three-point durations in, the chance of each finish out.
//!
//! Every run draws the remaining work of the estimated activities and makes the forward pass of the ordinary engine,
//! with its calendars, links, constraints and progress. `shape` knows the distributions, `tally` adds up the runs.

mod shape;
mod tally;

use ground::{Finding, Minute};

use crate::forward;
use crate::graph::{Graph, Packed, Role};
use crate::network::{Network, Options};
use crate::path;
use crate::random::Random;
use shape::{Quantiles, normal_share};
use tally::Tally;

/// 三点估算. How long the work that remains of an activity may take, in working minutes of its calendar.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Estimate {
    /// 乐观.
    pub optimistic: i64,
    /// 最可能.
    pub likely: i64,
    /// 悲观.
    pub pessimistic: i64,
    /// 分布.
    pub shape: Shape,
    /// 共同因素的份量, 0 to 1: how far a factor that all activities share (weather, funds) decides where between
    /// optimistic and pessimistic the work ends up. Two activities with shares `a` and `b` have normal scores with the
    /// correlation `a b`; 0 is independent.
    pub shared: f64,
}

/// Distribution between the optimistic and the pessimistic duration.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Shape {
    /// PERT-贝塔: mean (optimistic + 4 likely + pessimistic) / 6, the two parameters of the beta distribution adding up
    /// to 6 (Malcolm and others, Operations Research 7, 1959, in the form now usual).
    #[default]
    PertBeta,
    /// 三角.
    Triangular,
    /// 均匀; the likely duration plays no part.
    Uniform,
}

impl Estimate {
    /// A PERT-beta estimate of its own.
    pub fn pert(optimistic: i64, likely: i64, pessimistic: i64) -> Self {
        Estimate {
            optimistic,
            likely,
            pessimistic,
            shape: Shape::PertBeta,
            shared: 0.0,
        }
    }

    /// A triangular estimate of its own.
    pub fn triangular(optimistic: i64, likely: i64, pessimistic: i64) -> Self {
        Estimate {
            shape: Shape::Triangular,
            ..Estimate::pert(optimistic, likely, pessimistic)
        }
    }

    /// The same estimate with `share` of it decided by the common factor.
    pub fn sharing(self, share: f64) -> Self {
        Estimate {
            shared: share,
            ..self
        }
    }

    fn is_in_order(&self) -> bool {
        0 <= self.optimistic
            && self.optimistic <= self.likely
            && self.likely <= self.pessimistic
            && (0.0..=1.0).contains(&self.shared)
    }
}

/// 模拟结果.
#[derive(Clone, PartialEq, Debug)]
pub struct Simulation {
    /// Finish of the project in each run, earliest first; never empty.
    pub finishes: Vec<Minute>,
    /// The finish with the durations as planned: what the plan promises.
    pub planned_finish: Minute,
    /// One entry per activity.
    pub activities: Vec<Exposure>,
    /// Estimates that were not used, with the reason.
    pub findings: Vec<Finding>,
}

/// How an activity takes part in the uncertainty of the finish.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Exposure {
    /// 关键度: share of the runs in which the activity lies on a longest path, 0 to 1.
    pub criticality: f64,
    /// Correlation of its work with the project finish, −1 to 1; 0 without an estimate.
    pub correlation: f64,
    /// 敏感度: minutes (of the clock) the project finish moves on average when the work is one standard deviation longer.
    pub effect: f64,
    /// Mean of the drawn work, working minutes.
    pub mean: f64,
    /// Standard deviation of the drawn work, working minutes.
    pub deviation: f64,
}

impl Simulation {
    /// The earliest date by which the share `chance` (0 to 1) of the runs have finished.
    pub fn finish_at(&self, chance: f64) -> Minute {
        let count = self.finishes.len();
        let needed = (chance.clamp(0.0, 1.0) * count as f64).ceil() as usize;
        self.finishes[needed.clamp(1, count) - 1]
    }

    /// P50: as likely earlier as later.
    pub fn p50(&self) -> Minute {
        self.finish_at(0.5)
    }

    /// P80: four of five runs are over.
    pub fn p80(&self) -> Minute {
        self.finish_at(0.8)
    }

    /// 按期概率: share of the runs that finish by `date`, 0 to 1.
    pub fn chance_by(&self, date: Minute) -> f64 {
        let met = self.finishes.partition_point(|&finish| finish <= date);
        met as f64 / self.finishes.len() as f64
    }

    /// S曲线: each different finish with the share of the runs over by then. `points` bounds their number; the first and
    /// the last finish are always among them.
    pub fn curve(&self, points: usize) -> Vec<(Minute, f64)> {
        let last = self.finishes.len() - 1;
        let steps = points.clamp(2, self.finishes.len().max(2)) - 1;
        let mut curve: Vec<(Minute, f64)> = Vec::with_capacity(steps + 1);
        for step in 0..=steps {
            let finish = self.finishes[last * step / steps];
            if curve.last().is_none_or(|&(date, _)| date < finish) {
                curve.push((finish, self.chance_by(finish)));
            }
        }
        curve
    }
}

/// 模拟. Draws every estimated activity `runs` times (at least once) and schedules forward.
///
/// An estimate is of the work that remains: of a started activity what is left after the data date; finished activities
/// and milestones are not drawn. An activity without an estimate keeps its duration. A seed gives the same answer
/// whatever the number of processors.
///
/// # Errors
/// What keeps the network from being scheduled at all, see [`crate::schedule`].
///
/// ```
/// use ground::{HolidayTable, WorkCalendar, minute_of};
/// use plan::risk::{Estimate, simulate};
/// use plan::{Activity, Network, Options};
///
/// let calendar = WorkCalendar::official(HolidayTable::shipped()).timeline();
/// let pile = Activity::task("1", "桩基", 0, 10 * 480);
/// let network = Network { calendars: vec![calendar], activities: vec![pile], links: vec![] };
/// let options = Options::from_start(minute_of("2023-03-06".parse().unwrap(), 0, 0));
/// let estimate = Estimate::pert(8 * 480, 10 * 480, 20 * 480);
/// let answer = simulate(&network, &options, &[Some(estimate)], 1_000, 1).unwrap();
/// assert!(answer.chance_by(answer.planned_finish) < 0.5, "the planned duration is the likely one, not the mean");
/// assert!(answer.p50() < answer.p80());
/// ```
pub fn simulate(
    network: &Network,
    options: &Options,
    estimates: &[Option<Estimate>],
    runs: usize,
    seed: u64,
) -> Result<Simulation, Vec<Finding>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    simulate_on(threads, network, options, estimates, runs, seed)
}

fn simulate_on(
    threads: usize,
    network: &Network,
    options: &Options,
    estimates: &[Option<Estimate>],
    runs: usize,
    seed: u64,
) -> Result<Simulation, Vec<Finding>> {
    let packed = Packed::build(network, options)?;
    let graph = Graph::new(network, &packed, options);
    let planned_finish = forward::pass(graph, options).project_finish;
    let (model, findings) = Model::new(graph, options, estimates, planned_finish, seed);
    let tally = model.run(network, &packed, runs.max(1), threads.max(1));
    Ok(Simulation {
        planned_finish,
        findings,
        activities: tally.exposures(&model.position),
        finishes: tally.sorted_finishes(),
    })
}

/// What all runs share.
struct Model<'a> {
    options: &'a Options,
    /// Drawn activities: position in working order, and how to draw.
    drawn: Vec<Drawn>,
    tables: Vec<Quantiles>,
    /// Position in working order of each activity.
    position: Vec<usize>,
    planned_finish: Minute,
    seed: u64,
}

struct Drawn {
    position: usize,
    low: f64,
    width: f64,
    table: usize,
    shared: f64,
}

/// Runs that one thread takes at a time; small enough to share the load, large enough not to notice.
const BLOCK: usize = 64;

impl<'a> Model<'a> {
    fn new(
        graph: Graph,
        options: &'a Options,
        estimates: &[Option<Estimate>],
        planned_finish: Minute,
        seed: u64,
    ) -> (Self, Vec<Finding>) {
        let positions: Vec<usize> = (0..graph.len()).collect();
        let places = graph.data.by_activity(&positions, |&position| position);
        let mut model = Model {
            options,
            drawn: Vec::new(),
            tables: Vec::new(),
            position: places,
            planned_finish,
            seed,
        };
        let mut findings = Vec::new();
        let mut known = std::collections::HashMap::new();
        for (index, estimate) in estimates.iter().enumerate().take(graph.len()) {
            let Some(estimate) = estimate else { continue };
            let position = model.position[index];
            if !estimate.is_in_order() {
                findings.push(out_of_order(graph.activity(position), estimate));
            } else if graph.role(position) == Role::Work {
                model.add(position, estimate, &mut known);
            }
        }
        (model, findings)
    }

    fn add(
        &mut self,
        position: usize,
        estimate: &Estimate,
        known: &mut std::collections::HashMap<(Shape, u64), usize>,
    ) {
        let width = (estimate.pessimistic - estimate.optimistic) as f64;
        let mode = match width {
            0.0 => 0.5,
            _ => (estimate.likely - estimate.optimistic) as f64 / width,
        };
        let table = *known
            .entry((estimate.shape, mode.to_bits()))
            .or_insert_with(|| {
                self.tables.push(Quantiles::of(estimate.shape, mode));
                self.tables.len() - 1
            });
        self.drawn.push(Drawn {
            position,
            low: estimate.optimistic as f64,
            width,
            table,
            shared: estimate.shared,
        });
    }

    /// All runs. Threads take blocks in turn; sums are of whole numbers, so their order does not matter.
    fn run(&self, network: &Network, packed: &Packed, runs: usize, threads: usize) -> Tally {
        let blocks = runs.div_ceil(BLOCK);
        let next = std::sync::atomic::AtomicUsize::new(0);
        let work = || {
            let mut tally = Tally::new(network.activities.len());
            let mut packed = packed.clone();
            loop {
                let block = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if block >= blocks {
                    return tally;
                }
                for run in block * BLOCK..runs.min((block + 1) * BLOCK) {
                    self.once(network, &mut packed, &mut tally, run as u64);
                }
            }
        };
        std::thread::scope(|scope| {
            let helpers: Vec<_> = (1..threads.min(blocks))
                .map(|_| scope.spawn(work))
                .collect();
            let mut all = work();
            for helper in helpers {
                match helper.join() {
                    Ok(tally) => all.add(tally),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            all
        })
    }

    fn once(&self, network: &Network, packed: &mut Packed, tally: &mut Tally, run: u64) {
        // Every run has its own stream, so that it does not matter which thread makes it.
        let mut random = Random::new(self.seed ^ (run + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let common = random.normal();
        for drawn in &self.drawn {
            let share = if drawn.shared == 0.0 {
                random.unit()
            } else {
                let own = (1.0 - drawn.shared * drawn.shared).sqrt();
                normal_share(drawn.shared * common + own * random.normal())
            };
            let at = self.tables[drawn.table].at(share);
            // Work that shrinks to nothing would turn the task into a milestone; one minute keeps it a task.
            let work = ((drawn.low + drawn.width * at).round() as i64).max(1);
            packed.set_work(drawn.position, work);
            tally.drawn[drawn.position] = work;
        }
        let graph = Graph::new(network, packed, self.options);
        let early = forward::pass(graph, self.options);
        tally.count(early.project_finish, self.planned_finish);
        for (position, &on_path) in path::longest(graph, &early).iter().enumerate() {
            tally.critical[position] += u32::from(on_path);
        }
        let moved = early.project_finish - self.planned_finish;
        for drawn in &self.drawn {
            tally.relate(drawn.position, moved);
        }
    }
}

fn out_of_order(activity: &crate::Activity, estimate: &Estimate) -> Finding {
    let days = |minutes: i64| minutes as f64 / 480.0;
    let problem = format!(
        "工作“{}”的三点估算不成立：乐观 {} 天、最可能 {} 天、悲观 {} 天。",
        activity.name,
        days(estimate.optimistic),
        days(estimate.likely),
        days(estimate.pessimistic)
    );
    let remedy = "请按乐观 ≤ 最可能 ≤ 悲观填写，共同因素的份量在 0 到 1 之间；本次按计划工期计算。";
    let place = format!("工作 {}", activity.code);
    Finding::warning("risk.estimate", place, problem, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Activity, Link};
    use ground::{HolidayTable, WorkCalendar, minute_of};

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let task = |i: usize| Activity::task(i.to_string(), i.to_string(), 0, 4_800);
        let network = Network {
            calendars: vec![WorkCalendar::official(HolidayTable::shipped()).timeline()],
            activities: (0..30).map(task).collect(),
            links: (3..30)
                .map(|i| Link::finish_start(i - 1 - i % 3, i))
                .collect(),
        };
        let options = Options::from_start(minute_of("2023-03-06".parse().unwrap(), 0, 0));
        let estimates: Vec<_> = (0..30)
            .map(|i| Some(Estimate::pert(2_400, 4_800, 9_600).sharing(f64::from(i % 3) * 0.3)))
            .collect();
        let on = |threads| simulate_on(threads, &network, &options, &estimates, 300, 9).unwrap();
        assert_eq!(on(1), on(3));
        assert_eq!(on(1).finishes.len(), 300);
    }
}
