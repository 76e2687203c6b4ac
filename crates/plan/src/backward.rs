//! 倒排: late dates against link order, total and free float.
//!
//! Each activity gets one latest instant: the last minute at which it may be over without breaking a link, a bound or
//! the target. Late dates are that instant moved to the activity's own working time; its predecessors are measured
//! against the instant itself, so that a weekend between two calendars makes no false delay.

use ground::Minute;

use crate::forward::Early;
use crate::graph::{Arc, Graph, Role};
use crate::network::{ConstraintKind, Driver, Options, Progress};

/// Late dates and floats.
pub(crate) struct Late {
    pub start: Vec<Minute>,
    pub finish: Vec<Minute>,
    pub total_float: Vec<i64>,
    pub free_float: Vec<i64>,
    pub driver: Vec<Driver>,
    latest: Vec<Minute>,
}

/// Upper bounds of one activity, and the room its successors' early dates leave.
struct Bounds {
    finish: Minute,
    finish_driver: Driver,
    start: Minute,
    start_driver: Driver,
    free_finish: Minute,
    free_start: Minute,
}

pub(crate) fn pass(graph: &Graph, options: &Options, early: &Early) -> Late {
    let count = graph.len();
    let mut late = Late {
        start: vec![0; count],
        finish: vec![0; count],
        total_float: vec![0; count],
        free_float: vec![0; count],
        driver: vec![Driver::Actual; count],
        latest: vec![0; count],
    };
    let frame = Frame::new(graph, options, early);
    for i in graph.first_to_last().rev() {
        if graph.role[i] == Role::Done {
            late.start[i] = early.start[i];
            late.finish[i] = early.finish[i];
            late.latest[i] = early.finish[i];
        } else {
            place(graph, &frame, early, &mut late, i);
        }
    }
    late
}

/// The end of the backward pass, and where it lies in each calendar.
struct Frame {
    cap: Minute,
    driver: Driver,
    cap_finish: Vec<Minute>,
    project_finish: Minute,
}

impl Frame {
    fn new(graph: &Graph, options: &Options, early: &Early) -> Self {
        let (cap, driver) = match options.target {
            Some(target) => (target, Driver::Target),
            None => (early.project_finish, Driver::ProjectFinish),
        };
        let cap_finish = graph
            .network
            .calendars
            .iter()
            .map(|timeline| timeline.previous_finish(cap))
            .collect();
        Frame {
            cap,
            driver,
            cap_finish,
            project_finish: early.project_finish,
        }
    }
}

fn place(graph: &Graph, frame: &Frame, early: &Early, late: &mut Late, i: usize) {
    let bounds = gather(graph, early, late, i);
    let (mut latest, driver) = latest(graph, frame, i, &bounds);
    let timeline = graph.timeline(i);
    // A finish milestone never stands inside a pause, so the time before the pause is its latest.
    if graph.role[i] == Role::End && timeline.next_start(latest) != latest {
        latest = timeline.previous_finish(latest);
    }
    let mut finish = timeline.previous_finish(latest);
    let mut start = finish;
    match graph.role[i] {
        Role::Work => start = timeline.retreat(finish, graph.work[i]),
        Role::Point if timeline.next_start(latest) == latest => (start, finish) = (latest, latest),
        _ => {}
    }
    // Work that ends with a successor's weekend shows that end on both sides.
    if graph.role[i] == Role::Work && finish < early.finish[i] && early.finish[i] <= latest {
        finish = early.finish[i];
    }
    late.start[i] = start;
    late.finish[i] = finish;
    late.latest[i] = latest;
    late.driver[i] = driver;
    late.total_float[i] = timeline.between(early.finish[i], finish);
    late.free_float[i] = free(graph, frame, early, i, &bounds);
}

/// The late date of successor `to` that a link into it is measured against.
fn late_bound(graph: &Graph, late: &Late, to: usize, arc: Arc) -> Minute {
    if arc.kind().enters_start() && graph.role[to] == Role::Work {
        late.start[to]
    } else {
        late.latest[to]
    }
}

fn early_bound(early: &Early, to: usize, arc: Arc) -> Minute {
    if arc.kind().enters_start() {
        early.restart[to]
    } else {
        early.finish[to]
    }
}

fn gather(graph: &Graph, early: &Early, late: &Late, i: usize) -> Bounds {
    let mut bounds = Bounds {
        finish: Minute::MAX,
        finish_driver: Driver::ProjectFinish,
        start: Minute::MAX,
        start_driver: Driver::ProjectFinish,
        free_finish: Minute::MAX,
        free_start: Minute::MAX,
    };
    let started = graph.progress(i) != Progress::NotStarted;
    for &arc in graph.after(i) {
        let to = arc.other();
        let leaves_start = arc.kind().leaves_start();
        if graph.role[to] == Role::Done || (started && leaves_start) {
            continue;
        }
        let at = graph.unlagged(arc, i, late_bound(graph, late, to, arc));
        let free = graph.unlagged(arc, i, early_bound(early, to, arc));
        let driver = Driver::Link(arc.link());
        if leaves_start {
            lower(&mut bounds.start, &mut bounds.start_driver, at, driver);
            bounds.free_start = bounds.free_start.min(free);
        } else {
            lower(&mut bounds.finish, &mut bounds.finish_driver, at, driver);
            bounds.free_finish = bounds.free_finish.min(free);
        }
    }
    bounds
}

fn lower(at: &mut Minute, driver: &mut Driver, new: Minute, new_driver: Driver) {
    if new < *at {
        *at = new;
        *driver = new_driver;
    }
}

/// The latest instant of activity `i` and what sets it. On a tie in working time the link is named.
fn latest(graph: &Graph, frame: &Frame, i: usize, bounds: &Bounds) -> (Minute, Driver) {
    let timeline = graph.timeline(i);
    let cap_finish = frame.cap_finish[graph.calendar[i] as usize];
    let mut best = (frame.cap, frame.driver);
    if bounds.finish != Minute::MAX {
        let tie = bounds.finish < best.0 || timeline.previous_finish(bounds.finish) <= cap_finish;
        best = (
            bounds.finish.min(best.0),
            if tie { bounds.finish_driver } else { best.1 },
        );
    }
    if bounds.start != Minute::MAX {
        let at = end_from_start(graph, i, bounds.start);
        if at <= best.0 {
            best = (at, bounds.start_driver);
        }
    }
    let Some(activity) = graph.special(i) else {
        return best;
    };
    if let Some(deadline) = activity.deadline
        && deadline < best.0
    {
        best = (deadline, Driver::Deadline);
    }
    for constraint in &activity.constraints {
        let at = match constraint.kind {
            ConstraintKind::FinishNoLater
            | ConstraintKind::FinishOn
            | ConstraintKind::MandatoryFinish
            | ConstraintKind::MustFinish => constraint.at,
            ConstraintKind::StartNoLater
            | ConstraintKind::StartOn
            | ConstraintKind::MandatoryStart
            | ConstraintKind::MustStart
                if activity.progress == Progress::NotStarted =>
            {
                end_from_start(graph, i, constraint.at)
            }
            _ => continue,
        };
        if at < best.0 {
            best = (at, Driver::Constraint(constraint.kind));
        }
    }
    best
}

/// The latest instant that is still the end of work begun at `start`: just before the next working minute.
fn end_from_start(graph: &Graph, i: usize, start: Minute) -> Minute {
    if graph.role[i] != Role::Work {
        return start;
    }
    let timeline = graph.timeline(i);
    timeline.next_start(timeline.advance(timeline.next_start(start), graph.work[i]))
}

/// Room to the nearest early date of a successor, and never beyond the project finish (which an
/// overlapping successor does not guard).
fn free(graph: &Graph, frame: &Frame, early: &Early, i: usize, bounds: &Bounds) -> i64 {
    let timeline = graph.timeline(i);
    let finish = bounds.free_finish.min(frame.project_finish);
    let float = timeline.between(early.finish[i], finish);
    if bounds.free_start == Minute::MAX {
        return float;
    }
    float.min(timeline.between(early.restart[i], bounds.free_start))
}
