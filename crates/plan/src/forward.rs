//! 顺排: early dates, in link order, with the one thing that sets each.
//!
//! A bound on a finish is turned into a bound on the start of the remaining work; where the bound falls into non-working
//! time of the activity, the finish stands on the bound itself, so that no link is broken by a calendar.

mod plain;

use std::ops::{Index, IndexMut};

use ground::{Minute, Timeline};

use crate::backward::Late;
use crate::crew;
use crate::graph::{Arc, Graph, Move, Role, carry};
use crate::network::{Activity, ConstraintKind, Driver, Options, OutOfSequence, Progress, Timing};
use crate::span;

pub(crate) use plain::{Flow, dated, flow};

/// Early dates of every activity: `early[i]` is one line of memory, so that placing an activity fetches one.
#[derive(Clone)]
pub(crate) struct Early {
    lines: Vec<EarlyLine>,
    pub project_finish: Minute,
}

/// Early dates of one activity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct EarlyLine {
    pub start: Minute,
    pub finish: Minute,
    /// Where the remaining work starts; of a finished activity the instant until which logic runs through it (P6), else
    /// its finish.
    pub restart: Minute,
    pub driver: Driver,
    /// Of plain work only: working minutes of its calendar before `restart` and before `finish`. Neighbours on the same
    /// calendar are measured by them without asking the calendar.
    pub begin: u32,
    pub end: u32,
}

impl Index<usize> for Early {
    type Output = EarlyLine;

    #[inline]
    fn index(&self, i: usize) -> &EarlyLine {
        &self.lines[i]
    }
}

impl IndexMut<usize> for Early {
    #[inline]
    fn index_mut(&mut self, i: usize) -> &mut EarlyLine {
        &mut self.lines[i]
    }
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

    /// Of two links that ask the same the first written one is named, whatever the working order.
    fn raise_by_link(&mut self, at: Minute, link: usize) {
        let first = match self.driver {
            Driver::Link(named) => link < named,
            _ => true,
        };
        if at > self.at || (at == self.at && first) {
            *self = Bound {
                at,
                driver: Driver::Link(link),
            };
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

impl Early {
    pub fn new(count: usize) -> Self {
        let line = EarlyLine {
            start: 0,
            finish: 0,
            restart: 0,
            driver: Driver::ProjectStart,
            begin: 0,
            end: 0,
        };
        Early {
            lines: vec![line; count],
            project_finish: Minute::MIN,
        }
    }

    /// Puts activity `i` elsewhere than its links ask.
    pub fn move_to(&mut self, graph: Graph, i: usize, start: Minute, finish: Minute) {
        let timeline = graph.timeline(i);
        let line = &mut self.lines[i];
        (line.start, line.restart, line.finish) = (start, start, finish);
        line.begin = timeline.work_before(start) as u32;
        line.end = timeline.work_before(finish) as u32;
    }

    /// One line for each position.
    pub fn lines(&self) -> &[EarlyLine] {
        &self.lines
    }

    /// The lines in another working order.
    pub fn rearrange(&mut self, moves: &[Move]) {
        carry(&mut self.lines, moves);
    }
}

pub(crate) fn pass(graph: Graph, options: &Options) -> Early {
    let mut early = Early::new(graph.len());
    let frame = Frame::new(graph, options);
    let mut project_finish = Minute::MIN;
    for i in 0..graph.len() {
        place(graph, &frame, &mut early, None, i);
        if graph.role(i) != Role::Hammock {
            project_finish = project_finish.max(early[i].finish);
        }
    }
    early.project_finish = project_finish;
    if project_finish == Minute::MIN {
        early.project_finish = options.start;
    }
    early
}

/// 排定日期 where something is planned late inside its total float: early dates once more, those activities held to
/// their late starts, so that successors planned as soon as possible follow them.
pub(crate) fn pass_with_late(graph: Graph, options: &Options, late: &Late, early: &Early) -> Early {
    let mut planned = early.clone();
    let frame = Frame::new(graph, options);
    for i in 0..graph.len() {
        place(graph, &frame, &mut planned, Some(late), i);
        // Work late in its free float has been moved already and moves nobody; a predecessor that stands on its late
        // dates may still push it further.
        let timing = graph.special(i).map(|activity| activity.timing);
        if timing == Some(Timing::LateInFreeFloat) && planned[i].finish < early[i].finish {
            planned[i] = early[i];
        }
    }
    planned
}

/// The earliest work start that project start and data date leave, once per calendar.
pub(crate) struct Frame {
    data_date: Option<Minute>,
    driver: Driver,
    base: Vec<Minute>,
    /// Working minutes of each calendar before its base, and in all.
    base_work: Vec<i64>,
    total_work: Vec<i64>,
}

impl Frame {
    pub fn new(graph: Graph, options: &Options) -> Self {
        // Microsoft Project leaves unfinished work where it is; its status date moves nothing.
        let data_date = options.data_date.filter(|_| !graph.rules.as_microsoft);
        let at = data_date.map_or(options.start, |date| date.max(options.start));
        let driver = if data_date == Some(at) {
            Driver::DataDate
        } else {
            Driver::ProjectStart
        };
        let calendars = graph.network.calendars.iter();
        Frame {
            data_date,
            driver,
            base_work: calendars.clone().map(|line| line.work_before(at)).collect(),
            total_work: calendars
                .clone()
                .map(|line| line.work_before(Minute::MAX))
                .collect(),
            base: calendars.map(|timeline| timeline.next_start(at)).collect(),
        }
    }

    /// A started activity does not wait for the project start, only for the data date.
    fn base(&self, graph: Graph, i: usize) -> Bound {
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
                at: self.base[graph.calendar(i)],
                driver: self.driver,
            },
        }
    }
}

/// Early dates of activity `i`; its predecessors have theirs.
pub(crate) fn place(graph: Graph, frame: &Frame, early: &mut Early, late: Option<&Late>, i: usize) {
    if graph.is_plain(i) {
        return plain::place(graph, frame, early, i);
    }
    match graph.role(i) {
        Role::Done => place_done(graph, early, i),
        Role::Summary => span::roll_up_early(graph, early, i),
        Role::Hammock => {}
        _ => place_open(graph, frame, early, late, i),
    }
}

/// P6 lets logic run through a finished activity: what its predecessors still hold back, its successors wait for.
fn place_done(graph: Graph, early: &mut Early, i: usize) {
    let Progress::Finished {
        actual_start,
        actual_finish,
    } = graph.progress(i)
    else {
        return;
    };
    early[i].start = actual_start;
    early[i].finish = actual_finish;
    early[i].restart = actual_finish;
    early[i].driver = Driver::Actual;
    if graph.rules.as_p6 && graph.rules.out_of_sequence == OutOfSequence::RetainedLogic {
        let asked = graph.before(i).iter();
        let through = asked.map(|&arc| link_bound(graph, early, i, arc)).max();
        early[i].restart = through
            .filter(|&at| at > graph.rules.frame)
            .map_or(actual_finish, |at| at.max(actual_finish));
    }
}

/// Microsoft Project asks the project start only of work that nothing else places: a start held by a link, and a task
/// without links that has a "no earlier than" of its own, may lie before it. Of 717 such tasks in 49 public files 713 do;
/// the other four hang on a start-to-finish link alone and keep to the project start.
fn stands_free(graph: Graph, i: usize, bounds: &Bounds) -> bool {
    let placed = bounds.constraint_start.is_set() || bounds.constraint_finish.is_set();
    graph.progress(i) == Progress::NotStarted
        && (bounds.start.is_set() || (placed && graph.before(i).is_empty()))
}

fn place_open(graph: Graph, frame: &Frame, early: &mut Early, late: Option<&Late>, i: usize) {
    let mut bounds = gather(graph, early, i);
    let base = if graph.rules.as_microsoft && stands_free(graph, i, &bounds) {
        NONE
    } else {
        frame.base(graph, i)
    };
    let special = graph.special(i);
    if let (Some(late), Some(activity)) = (late, special)
        && activity.timing == Timing::LateInTotalFloat
    {
        bounds.constraint_start.raise(late[i].start, Driver::Late);
    }
    let timeline = graph.timeline(i);
    let (mut start, mut finish, mut driver) = if graph.role(i) == Role::End {
        place_end(timeline, base, &bounds)
    } else {
        place_work(timeline, graph.work(i), base, &bounds)
    };
    let mut shown = start;
    finish = crew::finish(graph, i, start).unwrap_or(finish);
    if let Some(activity) = special {
        if let Some(placed) = place_special(graph, activity, i, (start, finish), &bounds) {
            (start, finish, driver) = placed;
        }
        shown = match activity.progress {
            Progress::Started { actual_start, .. } => actual_start,
            _ => start,
        };
    }
    early[i].restart = start;
    early[i].finish = finish;
    early[i].driver = driver;
    early[i].start = shown;
}

/// Dates that do not follow from the bounds: manual ones, hard constraints, an expected finish, and work that keeps its
/// place once started (Microsoft Project).
fn place_special(
    graph: Graph,
    activity: &Activity,
    i: usize,
    (start, finish): (Minute, Minute),
    bounds: &Bounds,
) -> Option<(Minute, Minute, Driver)> {
    let timeline = graph.timeline(i);
    if let Some((start, finish)) = activity.fixed {
        return Some((start, finish, Driver::Fixed));
    }
    if let Progress::Started {
        actual_start,
        remaining,
    } = activity.progress
        && graph.rules.as_microsoft
    {
        if activity.duration == 0 {
            return Some((actual_start, actual_start, Driver::Actual));
        }
        if let Some(finish) = crew::finish(graph, i, actual_start) {
            let restart = crew::restart(graph, i, actual_start).unwrap_or(finish);
            return Some((restart.min(finish), finish, Driver::Actual));
        }
        let done = (activity.duration - remaining).max(0);
        let whole = (done + remaining).saturating_add(activity.pause);
        let finish = timeline.advance(timeline.next_start(actual_start), whole);
        let restart = timeline.advance(timeline.next_start(actual_start), done);
        return Some((
            timeline.next_start(restart).min(finish),
            finish,
            Driver::Actual,
        ));
    }
    if let Some(hard) = hard(graph, activity, i) {
        return Some(hard);
    }
    if graph.rules.as_microsoft
        && let Some(pulled) = pulled(graph, activity, i, start)
    {
        return Some(pulled);
    }
    if activity.delay > 0 && activity.progress == Progress::NotStarted {
        let start = timeline.next_start(start.saturating_add(activity.delay));
        let finish = timeline.advance(start, graph.work(i));
        return Some((start, finish, Driver::Delay));
    }
    let expected = activity.expected_finish?;
    // P6 keeps the remaining work where a finish is driven by others or the date has passed.
    let counts = graph.role(i) == Role::Work
        && activity.timing == Timing::AsSoonAsPossible
        && !bounds.finish.is_set()
        && expected >= start
        && expected >= graph.rules.frame
        && timeline.between(finish, expected) != 0;
    let driver = if bounds.start.is_set() {
        bounds.start.driver
    } else {
        Driver::ExpectedFinish
    };
    counts.then_some((start, expected, driver))
}

/// Microsoft Project honours "no later than" against links: early dates move before the bound.
fn pulled(
    graph: Graph,
    activity: &Activity,
    i: usize,
    start: Minute,
) -> Option<(Minute, Minute, Driver)> {
    let timeline = graph.timeline(i);
    let work = graph.work(i);
    let limits = activity.constraints.iter().filter_map(|constraint| {
        let at = match constraint.kind {
            ConstraintKind::StartNoLater => constraint.at,
            ConstraintKind::FinishNoLater if work > 0 => timeline.retreat(constraint.at, work),
            ConstraintKind::FinishNoLater => constraint.at,
            _ => return None,
        };
        (at < start).then_some((at, constraint.kind))
    });
    let (at, kind) = limits.min_by_key(|(at, _)| *at)?;
    Some((at, timeline.advance(at, work), Driver::Constraint(kind)))
}

fn hard(graph: Graph, activity: &Activity, i: usize) -> Option<(Minute, Minute, Driver)> {
    let timeline = graph.timeline(i);
    let work = graph.work(i);
    for constraint in &activity.constraints {
        let driver = Driver::Constraint(constraint.kind);
        match constraint.kind {
            ConstraintKind::MandatoryStart | ConstraintKind::MustStart
                if activity.progress == Progress::NotStarted =>
            {
                let start = match graph.role(i) {
                    Role::End => constraint.at,
                    _ => timeline.next_start(constraint.at),
                };
                return Some((start, timeline.advance(start, work), driver));
            }
            ConstraintKind::MandatoryFinish | ConstraintKind::MustFinish => {
                let start = match graph.role(i) {
                    Role::Work => timeline.retreat(constraint.at, work),
                    _ => constraint.at,
                };
                return Some((start, constraint.at, driver));
            }
            _ => {}
        }
    }
    None
}

/// When activity `i` would be over if its links and nothing else placed it; none without links.
pub(crate) fn finish_by_links(graph: Graph, early: &Early, i: usize) -> Option<Minute> {
    let bounds = gather(graph, early, i);
    if !(bounds.start.is_set() || bounds.finish.is_set()) {
        return None;
    }
    let timeline = graph.timeline(i);
    let (_, finish, _) = match graph.role(i) {
        Role::End => place_end(timeline, NONE, &bounds),
        _ => place_work(timeline, graph.work(i), NONE, &bounds),
    };
    Some(finish)
}

/// What a link asks of its successor `i`.
pub(crate) fn link_bound(graph: Graph, early: &Early, i: usize, arc: Arc) -> Minute {
    let from = arc.other();
    let leaves_start = arc.kind().leaves_start();
    match graph.progress(from) {
        // Logic held back before a finished activity runs on from there; the lag has begun with the fact.
        Progress::Finished {
            actual_start,
            actual_finish,
        } if early[from].restart > actual_finish => {
            let since = if leaves_start {
                actual_start
            } else {
                actual_finish
            };
            graph.lagged_since(arc, i, early[from].restart, since)
        }
        Progress::Started { actual_start, .. }
            if leaves_start && !graph.rules.lag_from_actual && !graph.rules.as_microsoft =>
        {
            graph.lagged_since(arc, i, early[from].restart, actual_start)
        }
        _ if leaves_start => graph.lagged(arc, i, early[from].start),
        _ => graph.lagged(arc, i, early[from].finish),
    }
}

/// Started work no longer waits for what is unfinished when progress goes before logic.
fn waits_no_more(graph: Graph, i: usize) -> bool {
    graph.rules.out_of_sequence != OutOfSequence::RetainedLogic
        && graph.progress(i) != Progress::NotStarted
}

fn gather(graph: Graph, early: &Early, i: usize) -> Bounds {
    let mut bounds = Bounds {
        start: NONE,
        finish: NONE,
        constraint_start: NONE,
        constraint_finish: NONE,
    };
    let free = waits_no_more(graph, i);
    for &arc in graph.before(i) {
        if free && graph.role(arc.other()) != Role::Done {
            continue;
        }
        let at = link_bound(graph, early, i, arc);
        let bound = if arc.kind().enters_start() {
            &mut bounds.start
        } else {
            &mut bounds.finish
        };
        bound.raise_by_link(at, arc.link());
    }
    if let Some(activity) = graph.special(i) {
        constrain(activity, activity, &mut bounds);
        for summary in span::ancestors(&graph, i) {
            constrain(graph.activity(summary), activity, &mut bounds);
        }
    }
    bounds
}

/// Lower bounds of `activity` from the constraints of `owner`: itself, or a summary it belongs to, of which only what
/// holds a start back concerns a single member.
fn constrain(owner: &Activity, activity: &Activity, bounds: &mut Bounds) {
    let own = std::ptr::eq(owner, activity);
    for constraint in &owner.constraints {
        let driver = Driver::Constraint(constraint.kind);
        match constraint.kind {
            ConstraintKind::StartNoEarlier | ConstraintKind::StartOn
                if activity.progress == Progress::NotStarted =>
            {
                bounds.constraint_start.raise(constraint.at, driver);
            }
            ConstraintKind::FinishNoEarlier | ConstraintKind::FinishOn if own => {
                bounds.constraint_finish.raise(constraint.at, driver);
            }
            _ => {}
        }
    }
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
pub(crate) fn drives(graph: Graph, early: &Early, i: usize, arc: Arc) -> bool {
    let at = link_bound(graph, early, i, arc);
    let timeline = graph.timeline(i);
    match graph.role(i) {
        Role::Done | Role::Summary | Role::Hammock => false,
        Role::End => end_boundary(timeline, at) == early[i].finish,
        _ if arc.kind().enters_start() => timeline.next_start(at) == early[i].restart,
        _ => at == early[i].finish || start_for(timeline, at, graph.work(i)) == early[i].restart,
    }
}
