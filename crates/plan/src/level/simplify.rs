//! The plan in whole periods, for the core that thinks ahead.
//!
//! Calendars become a ratio of working time to time, capacities their largest value, budgets a rate. What the core finds
//! is only an order of work, tried on the real plan; so rounding costs quality at worst, never a rule. With one calendar
//! and works that are multiples of a day, nothing is rounded.

use ground::{Minute, Timeline};

use super::placing::Placing;
use super::{Resource, ResourceKind};
use crate::graph::Role;
use crate::network::{LagCalendar, Link, LinkKind};
use crate::rcpsp::{CAPACITY_MAX, Lag, Problem, RESOURCES_MAX};

/// More periods than this for the plan without limits only slow the core down.
const PERIODS_MAX: i64 = 2_000;
/// A year of weeks, over which the ratio of a calendar is taken.
const YEAR: Minute = 364 * 1440;
/// Lanes of the core hold this much; budgets use it all.
const RATE_FULL: i64 = 20_000;

struct Scale<'p, 'a> {
    placing: &'p Placing<'a>,
    /// Minutes of the common time for a working minute of each calendar.
    stretch: Vec<f64>,
    /// Minutes of the common time in a period.
    period: f64,
}

/// The simplified plan; jobs are activities.
pub(super) fn problem(placing: &Placing, resources: &[Resource]) -> Problem {
    let scale = Scale::of(placing);
    let mut problem = Problem {
        durations: vec![0; placing.index.len()],
        releases: vec![0; placing.index.len()],
        ..Problem::default()
    };
    for (position, &index) in placing.index.iter().enumerate() {
        if placing.graph().role(position) != Role::Work {
            continue;
        }
        let work = placing.graph().work(position);
        problem.durations[index] = scale.periods(scale.own(index, work)).max(1) as u32;
        let activity = placing.activity(position);
        if !activity.constraints.is_empty() || placing.graph().before(position).is_empty() {
            let wait = placing.free.remaining_start[index] - placing.free.frame;
            problem.releases[index] = scale.periods(scale.clock(wait)).max(0) as u32;
        }
    }
    let used = used_resources(placing, resources);
    add_resources(placing, resources, &used, &scale, &mut problem);
    for link in &placing.network.links {
        let done = |index: usize| placing.network.activities[index].remaining() == 0;
        let lag = scale.lag(link, &problem.durations);
        if !(done(link.from)
            && matches!(
                placing.network.activities[link.from].progress,
                crate::Progress::Finished { .. }
            ))
        {
            problem.lags.push(lag);
        }
    }
    problem
}

impl<'p, 'a> Scale<'p, 'a> {
    fn of(placing: &'p Placing<'a>) -> Self {
        let from = placing.free.frame;
        let ratio =
            |timeline: &Timeline| YEAR as f64 / timeline.between(from, from + YEAR).max(1) as f64;
        let mut stretch: Vec<f64> = placing.network.calendars.iter().map(ratio).collect();
        let first = placing
            .network
            .activities
            .first()
            .map_or(0, |activity| activity.calendar);
        let common = placing
            .network
            .activities
            .iter()
            .all(|activity| activity.calendar == first);
        if common {
            // One calendar: its working minutes are the common time.
            stretch.fill(1.0);
        }
        let mut scale = Scale {
            placing,
            stretch,
            period: 1.0,
        };
        let length = scale.clock(placing.free.finish - from);
        let step = scale.common_step() as f64;
        scale.period = step.max(length / PERIODS_MAX as f64).max(1.0);
        scale
    }

    /// Greatest common divisor of all works.
    fn common_step(&self) -> i64 {
        let works = self
            .placing
            .network
            .activities
            .iter()
            .map(|activity| activity.remaining());
        works.filter(|&work| work > 0).fold(0, gcd)
    }

    fn own(&self, index: usize, minutes: i64) -> f64 {
        minutes as f64 * self.stretch[self.placing.network.activities[index].calendar]
    }

    /// Minutes of the clock in the common time.
    fn clock(&self, minutes: i64) -> f64 {
        let first = self
            .placing
            .network
            .activities
            .first()
            .map_or(0, |activity| activity.calendar);
        if self.stretch[first] != 1.0 {
            return minutes as f64;
        }
        let frame = self.placing.free.frame;
        self.placing.network.calendars[first].between(frame, frame + minutes) as f64
    }

    fn periods(&self, minutes: f64) -> i64 {
        (minutes / self.period).round() as i64
    }

    fn lag(&self, link: &Link, durations: &[u32]) -> Lag {
        let minutes = match link.lag_calendar {
            LagCalendar::Successor => self.own(link.to, link.lag),
            LagCalendar::Predecessor => self.own(link.from, link.lag),
            _ => self.clock(link.lag.abs()) * link.lag.signum() as f64,
        };
        let lag = self.periods(minutes) as i32;
        let (from, to) = (durations[link.from] as i32, durations[link.to] as i32);
        let periods = match link.kind {
            LinkKind::FS => from + lag,
            LinkKind::SS => lag,
            LinkKind::FF => from + lag - to,
            LinkKind::SF => lag - to,
        };
        Lag {
            from: link.from as u32,
            to: link.to as u32,
            periods,
        }
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The resources most asked for, as many as the core takes.
fn used_resources(placing: &Placing, resources: &[Resource]) -> Vec<usize> {
    let mut asked = vec![0u32; resources.len()];
    for need in placing.needs.iter().flatten() {
        asked[need.0] += 1;
    }
    let mut used: Vec<usize> = (0..resources.len()).filter(|&at| asked[at] > 0).collect();
    used.sort_by_key(|&at| std::cmp::Reverse(asked[at]));
    used.truncate(RESOURCES_MAX);
    used
}

fn add_resources(
    placing: &Placing,
    resources: &[Resource],
    used: &[usize],
    scale: &Scale,
    problem: &mut Problem,
) {
    problem.needs = vec![0; problem.durations.len() * used.len()];
    for (at, &resource) in used.iter().enumerate() {
        let capacity = resources[resource].capacity_max().max(1);
        let full = match resources[resource].kind {
            ResourceKind::Renewable => capacity.min(i64::from(CAPACITY_MAX)),
            ResourceKind::Consumed(_) => RATE_FULL,
        };
        problem.capacities.push(full as u32);
        for (position, needs) in placing.needs.iter().enumerate() {
            let job = placing.index[position];
            let asked = needs.iter().filter(|need| need.0 == resource);
            let units: i64 = asked.map(|need| need.1).sum();
            let share = match resources[resource].kind {
                ResourceKind::Renewable => units as f64 / capacity as f64,
                ResourceKind::Consumed(per) => {
                    let length = scale.clock(i64::from(per.months()) * 30 * 1440) / scale.period;
                    units as f64 * length
                        / (f64::from(problem.durations[job].max(1)) * capacity as f64)
                }
            };
            let units = (share * full as f64).ceil().clamp(0.0, full as f64);
            problem.needs[job * used.len() + at] = units as u32;
        }
    }
}
