//! What is left of a resource over time, while a schedule is built.
//!
//! A renewable resource is a row of steps with free units. The steps end wherever a shift of some calendar ends, so that
//! work takes the resource in its working time and gives it back over night; in a step that is only partly worked the
//! whole step counts, which is never too little. A consumed resource is a purse for each civil period.

use ground::{Date, Minute, Timeline, date_of_start, minute_of};

use super::{Per, Resource, ResourceKind};

const DAY: Minute = 1440;

/// Free units of one resource.
#[derive(Clone)]
pub(super) enum Stock {
    /// Units free from each instant on, until the next; the first instant is the beginning of time.
    Renewable(Vec<(Minute, i64)>),
    /// Amount left of the period that begins at each instant.
    Consumed(Vec<(Minute, i64)>),
}

/// The work that asks for units.
#[derive(Clone, Copy)]
pub(super) struct Span<'a> {
    pub timeline: &'a Timeline,
    pub start: Minute,
    pub finish: Minute,
    /// Working minutes between the two.
    pub work: i64,
}

impl Stock {
    /// The full resource, in steps that end with the shifts of `timelines` between `first` and `last`.
    pub fn full(resource: &Resource, timelines: &[&Timeline], first: Minute, last: Minute) -> Self {
        match resource.kind {
            ResourceKind::Renewable => {
                let mut ends = vec![Minute::MIN];
                ends.extend(resource.capacity.iter().map(|step| step.from));
                for timeline in timelines {
                    shift_ends(timeline, first, last, &mut ends);
                }
                ends.sort_unstable();
                ends.dedup();
                let steps = ends.into_iter().map(|at| (at, resource.capacity_at(at)));
                Stock::Renewable(steps.collect())
            }
            ResourceKind::Consumed(per) => {
                let starts = period_starts(per, first);
                Stock::Consumed(starts.map(|at| (at, resource.capacity_at(at))).collect())
            }
        }
    }

    /// `None` when the span finds its units; else the earliest start that gets past the first obstacle, and that obstacle.
    pub fn obstacle(&self, span: Span, units: i64) -> Option<(Minute, Minute)> {
        match self {
            Stock::Renewable(steps) => {
                let mut at = step_at(steps, span.start);
                while at < steps.len() && steps[at].0 < span.finish {
                    if steps[at].1 < units && worked(steps, at, span) > 0 {
                        return Some((end_of(steps, at), steps[at].0.max(span.start)));
                    }
                    at += 1;
                }
                None
            }
            Stock::Consumed(purses) => {
                let shares = Shares::new(purses, span, units);
                let mut shares = shares.filter(|&(at, amount, _)| amount > purses[at].1);
                let (at, _, _) = shares.next()?;
                let end = end_of(purses, at);
                // Only so many working minutes may fall into this period; begun that late, the rest falls behind it.
                let minutes = i128::from(purses[at].1.max(0)) * i128::from(span.work);
                let minutes = (minutes / i128::from(units.max(1))) as i64;
                let start = span.timeline.retreat(end, minutes);
                Some((start.max(span.start + 1), purses[at].0.max(span.start)))
            }
        }
    }

    /// Takes the units for the span, whether they are there or not.
    pub fn take(&mut self, span: Span, units: i64) {
        match self {
            Stock::Renewable(steps) => {
                split(steps, span.start);
                split(steps, span.finish);
                let mut at = step_at(steps, span.start);
                while at < steps.len() && steps[at].0 < span.finish {
                    if worked(steps, at, span) > 0 {
                        steps[at].1 -= units;
                    }
                    at += 1;
                }
            }
            Stock::Consumed(purses) => {
                let amounts: Vec<(usize, i64, i64)> = Shares::new(purses, span, units).collect();
                for (at, amount, _) in amounts {
                    purses[at].1 -= amount;
                }
            }
        }
    }

    /// Steps or purses: beginning, end and what is left.
    pub fn spans(&self) -> impl Iterator<Item = (Minute, Minute, i64)> {
        let (Stock::Renewable(list) | Stock::Consumed(list)) = self;
        (0..list.len()).map(|at| (list[at].0, end_of(list, at), list[at].1))
    }
}

/// Index of the step that holds the instant.
fn step_at(steps: &[(Minute, i64)], at: Minute) -> usize {
    steps.partition_point(|step| step.0 <= at).saturating_sub(1)
}

fn end_of(steps: &[(Minute, i64)], at: usize) -> Minute {
    steps.get(at + 1).map_or(Minute::MAX, |step| step.0)
}

fn split(steps: &mut Vec<(Minute, i64)>, at: Minute) {
    let step = step_at(steps, at);
    if steps[step].0 < at {
        steps.insert(step + 1, (at, steps[step].1));
    }
}

/// Working minutes of the span within a step.
fn worked(steps: &[(Minute, i64)], at: usize, span: Span) -> i64 {
    let from = steps[at].0.max(span.start);
    span.timeline
        .between(from, end_of(steps, at).min(span.finish))
}

/// A span's amount by period: index, amount, working minutes. The amounts add up to the whole.
struct Shares<'a> {
    purses: &'a [(Minute, i64)],
    span: Span<'a>,
    units: i64,
    at: usize,
    done: i64,
}

impl<'a> Shares<'a> {
    fn new(purses: &'a [(Minute, i64)], span: Span<'a>, units: i64) -> Self {
        Shares {
            purses,
            span,
            units,
            at: step_at(purses, span.start),
            done: 0,
        }
    }
}

impl Iterator for Shares<'_> {
    type Item = (usize, i64, i64);

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        if at >= self.purses.len() || (self.purses[at].0 >= self.span.finish && self.done > 0) {
            return None;
        }
        let minutes = worked(self.purses, at, self.span).max(0);
        let spent = |minutes: i64| {
            let spent = i128::from(self.units) * i128::from(minutes.min(self.span.work));
            (spent / i128::from(self.span.work.max(1))) as i64
        };
        let amount = spent(self.done + minutes) - spent(self.done);
        self.at += 1;
        self.done += minutes;
        Some((at, amount, minutes))
    }
}

/// Beginnings and ends of shifts.
fn shift_ends(timeline: &Timeline, first: Minute, last: Minute, ends: &mut Vec<Minute>) {
    let mut start = timeline.next_start(first);
    while start < last {
        // The shift goes on as long as working minutes are minutes of the clock.
        let (mut low, mut high) = (1, DAY);
        while low < high {
            let middle = (low + high + 1) / 2;
            if timeline.advance(start, middle) == start + middle {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        ends.extend([start, start + low]);
        let next = timeline.next_start(start + low);
        if next <= start {
            return;
        }
        start = next;
    }
}

/// Calendars end in 2084, and so do the purses.
const YEARS_END: i16 = 2085;

fn period_starts(per: Per, first: Minute) -> impl Iterator<Item = Minute> {
    let first = date_of_start(first);
    let (year, months) = (first.year(), per.months());
    let years = year..YEARS_END.max(year + 1);
    let starts = years.flat_map(move |year| {
        (0..12 / months).map(move |at| Date::constant(year, at * months + 1, 1))
    });
    starts.map(|date| minute_of(date, 0, 0))
}

/// The date of the day an instant lies in, as days since 1970.
pub(super) fn day_of(at: Minute) -> i64 {
    at.div_euclid(DAY)
}
