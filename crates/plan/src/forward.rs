//! 顺排: early dates, in link order, with the one thing that sets each.
//!
//! A bound on a finish is turned into a bound on the start of the remaining work; where the bound falls into non-working
//! time of the activity, the finish stands on the bound itself, so that no link is broken by a calendar.

use ground::{Minute, Timeline};

use crate::graph::{Arc, Graph, Role};
use crate::network::{ConstraintKind, Driver, Options, Progress};

/// Early dates. `restart` is where the remaining work starts.
pub(crate) struct Early {
    pub start: Vec<Minute>,
    pub finish: Vec<Minute>,
    pub restart: Vec<Minute>,
    pub driver: Vec<Driver>,
    pub project_finish: Minute,
}

/// A lower bound and what it comes from.
#[derive(Clone, Copy)]
struct Bound {
    at: Minute,
    driver: Driver,
}

const NONE: Bound = Bound {
    at: Minute::MIN,
    driver: Driver::ProjectStart,
};

impl Bound {
    fn raise(&mut self, at: Minute, driver: Driver) {
        if at > self.at {
            *self = Bound { at, driver };
        }
    }

    fn is_set(self) -> bool {
        self.at != Minute::MIN
    }
}

/// Lower bounds of one activity. Links and constraints apart, because on a tie the link is named.
struct Bounds {
    start: Bound,
    finish: Bound,
    constraint_start: Bound,
    constraint_finish: Bound,
}

pub(crate) fn pass(graph: &Graph, options: &Options) -> Early {
    let count = graph.len();
    let mut early = Early {
        start: vec![0; count],
        finish: vec![0; count],
        restart: vec![0; count],
        driver: vec![Driver::ProjectStart; count],
        project_finish: Minute::MIN,
    };
    let frame = Frame::new(graph, options);
    for i in graph.first_to_last() {
        if let Progress::Finished {
            actual_start,
            actual_finish,
        } = graph.progress(i)
        {
            early.start[i] = actual_start;
            early.finish[i] = actual_finish;
            early.restart[i] = actual_finish;
            early.driver[i] = Driver::Actual;
        } else {
            place(graph, &frame, &mut early, i);
        }
        early.project_finish = early.project_finish.max(early.finish[i]);
    }
    if count == 0 {
        early.project_finish = options.start;
    }
    early
}

/// The earliest work start that project start and data date leave, once per calendar.
struct Frame {
    data_date: Option<Minute>,
    driver: Driver,
    base: Vec<Minute>,
}

impl Frame {
    fn new(graph: &Graph, options: &Options) -> Self {
        let at = options.frame();
        let driver = if options.data_date == Some(at) {
            Driver::DataDate
        } else {
            Driver::ProjectStart
        };
        let base = graph
            .network
            .calendars
            .iter()
            .map(|timeline| timeline.next_start(at))
            .collect();
        Frame {
            data_date: options.data_date,
            driver,
            base,
        }
    }

    /// A started activity does not wait for the project start, only for the data date.
    fn base(&self, graph: &Graph, i: usize) -> Bound {
        match graph.progress(i) {
            Progress::Started { actual_start, .. } => {
                let timeline = graph.timeline(i);
                match self.data_date {
                    Some(date) if date >= actual_start => Bound {
                        at: timeline.next_start(date),
                        driver: Driver::DataDate,
                    },
                    _ => Bound {
                        at: timeline.next_start(actual_start),
                        driver: Driver::Actual,
                    },
                }
            }
            _ => Bound {
                at: self.base[graph.calendar[i] as usize],
                driver: self.driver,
            },
        }
    }
}

fn place(graph: &Graph, frame: &Frame, early: &mut Early, i: usize) {
    let base = frame.base(graph, i);
    let bounds = gather(graph, early, i);
    let (start, finish, driver) = if graph.role[i] == Role::End {
        place_end(graph.timeline(i), base, &bounds)
    } else {
        place_work(graph.timeline(i), graph.work[i], base, &bounds)
    };
    early.restart[i] = start;
    early.finish[i] = finish;
    early.driver[i] = driver;
    early.start[i] = match graph.progress(i) {
        Progress::Started { actual_start, .. } => actual_start,
        _ => start,
    };
}

/// What a link asks of its successor `i`.
fn link_bound(graph: &Graph, early: &Early, i: usize, arc: Arc) -> Minute {
    let from = arc.other();
    let base = if arc.kind().leaves_start() {
        early.start[from]
    } else {
        early.finish[from]
    };
    graph.lagged(arc, i, base)
}

fn gather(graph: &Graph, early: &Early, i: usize) -> Bounds {
    let mut bounds = Bounds {
        start: NONE,
        finish: NONE,
        constraint_start: NONE,
        constraint_finish: NONE,
    };
    for &arc in graph.before(i) {
        let at = link_bound(graph, early, i, arc);
        let bound = if arc.kind().enters_start() {
            &mut bounds.start
        } else {
            &mut bounds.finish
        };
        bound.raise(at, Driver::Link(arc.link()));
    }
    let Some(activity) = graph.special(i) else {
        return bounds;
    };
    for constraint in &activity.constraints {
        let driver = Driver::Constraint(constraint.kind);
        match constraint.kind {
            ConstraintKind::StartNoEarlier
            | ConstraintKind::StartOn
            | ConstraintKind::MandatoryStart
            | ConstraintKind::MustStart => {
                if activity.progress == Progress::NotStarted {
                    bounds.constraint_start.raise(constraint.at, driver);
                }
            }
            ConstraintKind::FinishNoEarlier
            | ConstraintKind::FinishOn
            | ConstraintKind::MandatoryFinish
            | ConstraintKind::MustFinish => {
                bounds.constraint_finish.raise(constraint.at, driver);
            }
            ConstraintKind::StartNoLater | ConstraintKind::FinishNoLater => {}
        }
    }
    bounds
}

/// A finish milestone stands on its latest bound, moved to its own working time.
fn place_end(timeline: &Timeline, base: Bound, bounds: &Bounds) -> (Minute, Minute, Driver) {
    let mut best = base;
    for link in [bounds.start, bounds.finish] {
        if link.is_set() && link.at >= best.at {
            best = link;
        }
    }
    best.raise(bounds.constraint_start.at, bounds.constraint_start.driver);
    best.raise(bounds.constraint_finish.at, bounds.constraint_finish.driver);
    let at = end_boundary(timeline, best.at);
    (at, at, best.driver)
}

/// `at` itself inside or at the end of a work period; in a pause the start of the next one, as P6
/// has it: nobody takes over a building on a day off.
fn end_boundary(timeline: &Timeline, at: Minute) -> Minute {
    if timeline.previous_finish(at) == at {
        at
    } else {
        timeline.next_start(at)
    }
}

fn place_work(
    timeline: &Timeline,
    work: i64,
    base: Bound,
    bounds: &Bounds,
) -> (Minute, Minute, Driver) {
    let mut best = base;
    if bounds.start.is_set() {
        let at = timeline.next_start(bounds.start.at);
        if at >= best.at {
            best = Bound {
                at,
                driver: bounds.start.driver,
            };
        }
    }
    if bounds.constraint_start.is_set() {
        best.raise(
            timeline.next_start(bounds.constraint_start.at),
            bounds.constraint_start.driver,
        );
    }
    for bound in [bounds.finish, bounds.constraint_finish] {
        if bound.is_set() {
            best.raise(start_for(timeline, bound.at, work), bound.driver);
        }
    }
    let mut finish = timeline.advance(best.at, work);
    if work > 0 {
        for bound in [bounds.finish, bounds.constraint_finish] {
            if bound.at > finish {
                finish = bound.at;
                best.driver = bound.driver;
            }
        }
    }
    (best.at, finish, best.driver)
}

/// The start from which `work` minutes end at `finish`, or at the last working minute before it.
fn start_for(timeline: &Timeline, finish: Minute, work: i64) -> Minute {
    timeline.next_start(timeline.retreat(finish, work))
}

/// True when the link leaves its successor no earlier date than it has.
pub(crate) fn drives(graph: &Graph, early: &Early, i: usize, arc: Arc) -> bool {
    let at = link_bound(graph, early, i, arc);
    let timeline = graph.timeline(i);
    match graph.role[i] {
        Role::Done => false,
        Role::End => end_boundary(timeline, at) == early.finish[i],
        _ if arc.kind().enters_start() => timeline.next_start(at) == early.restart[i],
        _ => at == early.finish[i] || start_for(timeline, at, graph.work[i]) == early.restart[i],
    }
}
