//! 倒排: late dates against link order.
//!
//! Each activity gets one latest instant: the last minute at which it may be over without breaking a link, a bound or
//! the target. Late dates are that instant moved to the activity's own working time; its predecessors are measured
//! against the instant itself, so that a weekend between two calendars makes no false delay. P6 measures them against
//! the dates it shows (1,037 finish milestones of the 3,994-activity file say so), and so do we where its files are read.

mod plain;

use std::ops::{Index, IndexMut};

use ground::{Minute, Timeline};

use crate::crew;
use crate::forward::{self, Early};
use crate::graph::{Arc, Graph, Move, Role, carry};
use crate::network::{
    Activity, ActivityKind, Constraint, ConstraintKind, Driver, FloatRule, Options, OutOfSequence,
    Progress, Timing,
};
use crate::span;

pub(crate) use plain::{Float, date, float};

/// Late dates and floats of every activity: `late[i]` is one line of memory.
#[derive(Clone)]
pub(crate) struct Late(Vec<LateLine>);

/// Late dates and floats of one activity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct LateLine {
    pub start: Minute,
    pub finish: Minute,
    pub total_float: i64,
    pub free_float: i64,
    pub driver: Driver,
    pub latest: Minute,
    /// Of plain work only: working minutes of its calendar before `start`.
    pub begin: u32,
}

impl Index<usize> for Late {
    type Output = LateLine;

    #[inline]
    fn index(&self, i: usize) -> &LateLine {
        &self.0[i]
    }
}

impl IndexMut<usize> for Late {
    #[inline]
    fn index_mut(&mut self, i: usize) -> &mut LateLine {
        &mut self.0[i]
    }
}

/// Upper bounds of one activity, and the room its successors' early dates leave.
struct Bounds {
    finish: Minute,
    finish_driver: Driver,
    start: Minute,
    start_driver: Driver,
    /// The link behind `start` has no lag.
    start_plain: bool,
    free_finish: Minute,
    free_start: Minute,
    open_end: bool,
}

impl Bounds {
    fn new() -> Self {
        Bounds {
            finish: Minute::MAX,
            finish_driver: Driver::ProjectFinish,
            start: Minute::MAX,
            start_driver: Driver::ProjectFinish,
            start_plain: false,
            free_finish: Minute::MAX,
            free_start: Minute::MAX,
            open_end: true,
        }
    }
}

impl Late {
    pub fn new(count: usize) -> Self {
        let line = LateLine {
            start: 0,
            finish: 0,
            total_float: 0,
            free_float: 0,
            driver: Driver::Actual,
            latest: 0,
            begin: 0,
        };
        Late(vec![line; count])
    }

    /// One line for each position.
    pub fn lines(&self) -> &[LateLine] {
        &self.0
    }

    /// The lines in another working order.
    pub fn rearrange(&mut self, moves: &[Move]) {
        carry(&mut self.0, moves);
    }
}

/// Late dates and floats; work planned late in its free float moves its early dates on the way (P6), which is why they
/// are changed here.
pub(crate) fn pass(graph: Graph, options: &Options, early: &mut Early) -> Late {
    let mut late = Late::new(graph.len());
    let frame = Frame::new(graph, options, early);
    for i in (0..graph.len()).rev() {
        place(graph, &frame, early, &mut late, i);
        if graph.data.late_timing {
            move_late(graph, &frame, early, &mut late, i);
        }
    }
    late
}

/// The end of the backward pass, and where it lies in each calendar.
pub(crate) struct Frame {
    cap: Minute,
    driver: Driver,
    cap_finish: Vec<Minute>,
    /// Working minutes before the cap and before the project finish in each calendar, and in all.
    cap_work: Vec<i64>,
    project_work: Vec<i64>,
    total_work: Vec<i64>,
    project_finish: Minute,
    /// Finish of each project by number, where floats run to the own one.
    own: Vec<Minute>,
    /// The same, also where a target takes the place of the finish.
    own_finish: Vec<Minute>,
    float: FloatRule,
    open_ends_critical: bool,
    /// No option of foreign programs: plain work can be placed by its links alone.
    plain: bool,
}

impl Frame {
    pub fn new(graph: Graph, options: &Options, early: &Early) -> Self {
        let (cap, driver) = match options.target {
            Some(target) => (target, Driver::Target),
            None => (early.project_finish, Driver::ProjectFinish),
        };
        let calendars = graph.network.calendars.iter();
        let own_finish = if options.float_to_own_project {
            finishes(graph, early)
        } else {
            Vec::new()
        };
        let own = match options.target {
            None => own_finish.clone(),
            Some(_) => Vec::new(),
        };
        let rules = graph.rules;
        Frame {
            cap,
            driver,
            plain: own_finish.is_empty()
                && !(rules.as_p6 || rules.as_microsoft || options.open_ends_critical)
                && rules.out_of_sequence == OutOfSequence::RetainedLogic,
            cap_finish: calendars.map(|line| line.previous_finish(cap)).collect(),
            cap_work: work_before(graph, cap),
            project_work: work_before(graph, early.project_finish),
            total_work: work_before(graph, Minute::MAX),
            project_finish: early.project_finish,
            own,
            own_finish,
            float: options.float,
            open_ends_critical: options.open_ends_critical,
        }
    }

    /// Late dates of activity `i` follow from those of plain work on its calendar and the end of the pass alone.
    pub fn floats(&self, graph: Graph, i: usize) -> bool {
        self.plain && graph.is_afloat(i)
    }

    /// Working minutes before the end of the pass in each calendar.
    pub fn cap_work(&self) -> &[i64] {
        &self.cap_work
    }

    pub fn project_finish(&self) -> Minute {
        self.project_finish
    }

    /// Working minutes before the finish of the project in each calendar.
    pub fn project_work(&self) -> &[i64] {
        &self.project_work
    }

    /// Where free float of activity `i` ends at the latest: the finish of its own project where floats run to that.
    fn finish_of(&self, graph: Graph, i: usize) -> Minute {
        if self.own_finish.is_empty() {
            return self.project_finish;
        }
        let own = self.own_finish.get(graph.activity(i).project as usize);
        own.copied().unwrap_or(self.project_finish)
    }

    fn cap(&self, graph: Graph, i: usize) -> Minute {
        if self.own.is_empty() {
            self.cap
        } else {
            let own = self.own.get(graph.activity(i).project as usize);
            own.copied().unwrap_or(self.cap)
        }
    }

    /// The cap moved to working time of activity `i`.
    fn cap_finish(&self, graph: Graph, i: usize) -> Minute {
        if self.own.is_empty() {
            self.cap_finish[graph.calendar(i)]
        } else {
            graph.timeline(i).previous_finish(self.cap(graph, i))
        }
    }
}

/// Working minutes before an instant in each calendar.
fn work_before(graph: Graph, at: Minute) -> Vec<i64> {
    let calendars = graph.network.calendars.iter();
    calendars.map(|line| line.work_before(at)).collect()
}

/// More projects than this are numbered by somebody's keys, not counted; they share the latest finish.
const PROJECTS_MAX: u32 = 100_000;

fn finishes(graph: Graph, early: &Early) -> Vec<Minute> {
    let mut own = Vec::new();
    for i in (0..graph.len()).filter(|&i| graph.role(i) != Role::Hammock) {
        let project = graph.activity(i).project;
        if project < PROJECTS_MAX {
            let project = project as usize;
            if own.len() <= project {
                own.resize(project + 1, Minute::MIN);
            }
            own[project] = own[project].max(early[i].finish);
        }
    }
    own
}

/// Late dates and floats of activity `i`; its successors have theirs.
pub(crate) fn place(graph: Graph, frame: &Frame, early: &Early, late: &mut Late, i: usize) {
    if frame.plain && graph.is_plain(i) {
        return plain::place(graph, frame, early, late, i);
    }
    match graph.role(i) {
        Role::Done if !graph.rules.as_p6 => {
            late[i].start = early[i].start;
            late[i].finish = early[i].finish;
            late[i].latest = early[i].finish;
        }
        Role::Hammock => {}
        _ => place_open(graph, frame, early, late, i),
    }
}

fn place_open(graph: Graph, frame: &Frame, early: &Early, late: &mut Late, i: usize) {
    let bounds = gather(graph, early, late, i);
    let (mut latest, driver) = latest(graph, frame, early, late, i, &bounds);
    let timeline = graph.timeline(i);
    let role = graph.role(i);
    // A finish milestone never stands inside a pause, so the time before the pause is its latest.
    if role == Role::End && timeline.next_start(latest) != latest {
        latest = timeline.previous_finish(latest);
    }
    let mut finish = timeline.previous_finish(latest);
    let mut start = finish;
    match role {
        Role::Work => {
            start = timeline.retreat(finish, work(graph, early, i));
            start = crew::start(graph, i, latest).unwrap_or(start);
            // P6 shows (and passes on) a late start that a start without lag asks for inside a pause as the end of the
            // work before it: eleven such starts in the 3,994-activity file.
            if graph.rules.as_p6
                && driver == bounds.start_driver
                && bounds.start_plain
                && timeline.next_start(bounds.start) == start
                && bounds.start != start
            {
                start = timeline.previous_finish(bounds.start);
            }
        }
        Role::Point if timeline.next_start(latest) == latest => (start, finish) = (latest, latest),
        // A milestone of Microsoft Project that must be reached by 08:00 says so (`sample.xml`).
        Role::End if graph.rules.as_microsoft && timeline.next_start(latest) == latest => {
            (start, finish) = (latest, latest);
        }
        _ => {}
    }
    // Work that ends with a successor's weekend shows that end on both sides.
    if role == Role::Work && finish < early[i].finish && early[i].finish <= latest {
        finish = early[i].finish;
    }
    if role == Role::Summary {
        // Until the members are placed: what bounds the first start among them.
        start = bounds.start;
        finish = latest;
    } else if graph.rules.as_microsoft {
        (start, finish) = microsoft(graph, early, i, latest, (start, finish));
    }
    late[i].start = start;
    late[i].finish = finish;
    late[i].latest = latest;
    late[i].driver = driver;
    late[i].total_float = total(graph, frame.float, early, i, (start, finish));
    if graph.rules.as_microsoft && is_hard(graph, i) {
        late[i].total_float = late[i]
            .total_float
            .min(broken_by_links(graph, early, i, finish));
    }
    late[i].free_float = free(graph, frame, early, i, &bounds);
    // Where no successor is, Microsoft Project shows one slack twice, whatever follows the summary above.
    if bounds.open_end && graph.rules.as_microsoft {
        late[i].free_float = late[i].total_float;
    }
}

fn is_hard(graph: Graph, i: usize) -> bool {
    let hard = |c: &Constraint| {
        matches!(
            c.kind,
            ConstraintKind::MustStart | ConstraintKind::MustFinish
        )
    };
    graph
        .special(i)
        .is_some_and(|activity| activity.constraints.iter().any(hard))
}

/// By how much the links ask for a later finish than a must-date allows: Microsoft Project shows it as negative slack of the
/// task whose date was kept (`slack9.mpp`, "Milestone 2": a day).
fn broken_by_links(graph: Graph, early: &Early, i: usize, finish: Minute) -> i64 {
    forward::finish_by_links(graph, early, i).map_or(i64::MAX, |asked| {
        float_timeline(graph, i).between(asked, finish)
    })
}

/// Where a task stands that somebody placed by hand.
fn fixed(graph: Graph, i: usize) -> Option<(Minute, Minute)> {
    graph.special(i).and_then(|activity| activity.fixed)
}

/// What Microsoft Project shows as late dates where it does not count back from the late finish. Work that has begun
/// keeps its actual start (all 311 such tasks of the public files). A manual task may last until the instant its
/// successor has to begin, so 08:00 of the next day instead of 17:00 (128 of 128 with a successor after its finish);
/// without room at its finish it begins late where it begins early, however long it is said to last.
fn microsoft(
    graph: Graph,
    early: &Early,
    i: usize,
    latest: Minute,
    (start, finish): (Minute, Minute),
) -> (Minute, Minute) {
    match (fixed(graph, i), graph.progress(i)) {
        (Some((early_start, _)), _) if graph.timeline(i).between(early[i].finish, latest) == 0 => {
            (early_start, latest)
        }
        (Some(_), _) => (start, latest),
        (None, Progress::Started { actual_start, .. }) => (actual_start, finish),
        _ => (start, finish),
    }
}

/// Remaining work; an expected finish has stretched it.
fn work(graph: Graph, early: &Early, i: usize) -> i64 {
    match graph.special(i) {
        Some(activity) if activity.expected_finish.is_some() => graph
            .timeline(i)
            .between(early[i].restart, early[i].finish)
            .max(0),
        Some(activity) if graph.rules.as_microsoft => match activity.progress {
            Progress::Started { .. } => activity.duration.saturating_add(activity.pause),
            _ => graph.work(i),
        },
        _ => graph.work(i),
    }
}

/// 总时差 of activity `i` between its early dates and `late`.
pub(crate) fn total(
    graph: Graph,
    rule: FloatRule,
    early: &Early,
    i: usize,
    late: (Minute, Minute),
) -> i64 {
    let timeline = float_timeline(graph, i);
    let finish = || timeline.between(early[i].finish, late.1);
    if rule == FloatRule::Finish {
        return finish();
    }
    let start = timeline.between(early[i].restart, late.0);
    match rule {
        FloatRule::Start => start,
        // The start of started work is past; only its finish can still move.
        _ if graph.progress(i) != Progress::NotStarted => finish(),
        // So can only the finish of a manual task (Microsoft Project: 25 tasks of mpp14timephasedsegmentsmanualoffsets).
        _ if graph.rules.as_microsoft && fixed(graph, i).is_some() => finish(),
        _ => start.min(finish()),
    }
}

/// The calendar total float is counted on.
fn float_timeline<'a>(graph: Graph<'a>, i: usize) -> &'a Timeline {
    let own = graph.special(i).and_then(|a| a.float_calendar);
    let own = own.and_then(|index| graph.network.calendars.get(index));
    own.unwrap_or(graph.timeline(i))
}

/// The late date of successor `to` that a link into it is measured against.
fn late_bound(graph: Graph, early: &Early, late: &Late, to: usize, arc: Arc) -> Minute {
    let starts = arc.kind().enters_start();
    match graph.role(to) {
        _ if graph.rules.as_p6 => {
            if starts {
                late[to].start
            } else {
                late[to].finish
            }
        }
        // Microsoft Project: what remains of a started successor begins where it is, whatever its float; who waits for a
        // summary waits for its start, which is the actual one of that member (`TaskWBS.mpp`, `ResourceTimephasedData.mpp`).
        Role::Work if starts && started(graph, to) => match graph.network.links[arc.link()].to {
            summary if graph.network.activities[summary].kind == ActivityKind::Summary => {
                late[to].start
            }
            _ => early[to].restart,
        },
        Role::Work if starts => late[to].start,
        _ => late[to].latest,
    }
}

fn started(graph: Graph, i: usize) -> bool {
    graph.rules.as_microsoft && matches!(graph.progress(i), Progress::Started { .. })
}

/// The early date of successor `to` that room is measured to: where its remaining work starts; with Microsoft Project where
/// it started.
fn early_bound(graph: Graph, early: &Early, to: usize, arc: Arc) -> Minute {
    if arc.kind().enters_start() && started(graph, to) {
        early[to].start
    } else if arc.kind().enters_start() {
        early[to].restart
    } else {
        early[to].finish
    }
}

/// How a link out of activity `i` counts backwards.
enum Hold {
    /// Not at all: the fact it waits for is there.
    Free,
    /// With its whole lag.
    Whole,
    /// With what is left of a lag that runs since then.
    Since(Minute),
}

fn hold(graph: Graph, progress: Progress, arc: Arc) -> Hold {
    let rules = graph.rules;
    let to = arc.other();
    let done = graph.role(to) == Role::Done;
    if done && !rules.as_p6 {
        return Hold::Free;
    }
    // The successor went ahead: nothing in its remaining work waits for this one.
    let ahead = rules.out_of_sequence != OutOfSequence::RetainedLogic
        && !matches!(progress, Progress::Finished { .. })
        && graph.progress(to) != Progress::NotStarted;
    if ahead && rules.out_of_sequence == OutOfSequence::ProgressOverride {
        return Hold::Free;
    }
    let leaves_start = arc.kind().leaves_start();
    match progress {
        Progress::NotStarted => Hold::Whole,
        _ if leaves_start && !rules.as_p6 => Hold::Free,
        Progress::Started { actual_start, .. } if leaves_start => Hold::Since(actual_start),
        Progress::Started { .. } => Hold::Whole,
        Progress::Finished { actual_start, .. } if leaves_start => Hold::Since(actual_start),
        Progress::Finished { actual_finish, .. } => Hold::Since(actual_finish),
    }
}

/// With actual dates, what went ahead of `i` bounds it by its actual start, long past: that is the point of the option.
fn actual_bound(graph: Graph, progress: Progress, arc: Arc) -> Option<Minute> {
    if graph.rules.out_of_sequence != OutOfSequence::ActualDates
        || matches!(progress, Progress::Finished { .. })
    {
        return None;
    }
    let starts = arc.kind().enters_start();
    match graph.progress(arc.other()) {
        Progress::Started { actual_start, .. } if starts => Some(actual_start),
        Progress::Finished { actual_start, .. } if starts => Some(actual_start),
        Progress::Finished { actual_finish, .. } => Some(actual_finish),
        _ => None,
    }
}

fn gather(graph: Graph, early: &Early, late: &Late, i: usize) -> Bounds {
    let mut bounds = Bounds::new();
    let progress = graph.progress(i);
    for &arc in graph.after(i) {
        let to = arc.other();
        bounds.open_end = false;
        let since = match hold(graph, progress, arc) {
            Hold::Free => continue,
            Hold::Whole => None,
            Hold::Since(since) => Some(since),
        };
        let unlagged = |bound| match since {
            None => graph.unlagged(arc, i, bound),
            Some(since) => graph.unlagged_since(arc, i, bound, since),
        };
        let actual = actual_bound(graph, progress, arc);
        let at = unlagged(actual.unwrap_or_else(|| late_bound(graph, early, late, to, arc)));
        let free = unlagged(early_bound(graph, early, to, arc));
        let driver = Driver::Link(arc.link());
        if arc.kind().leaves_start() {
            if at < bounds.start {
                bounds.start_plain = !arc.has_lag();
            }
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
fn latest(
    graph: Graph,
    frame: &Frame,
    early: &Early,
    late: &Late,
    i: usize,
    bounds: &Bounds,
) -> (Minute, Driver) {
    let timeline = graph.timeline(i);
    let cap_finish = frame.cap_finish(graph, i);
    let mut best = (frame.cap(graph, i), frame.driver);
    if bounds.finish != Minute::MAX {
        let tie = bounds.finish < best.0 || timeline.previous_finish(bounds.finish) <= cap_finish;
        best = (
            bounds.finish.min(best.0),
            if tie { bounds.finish_driver } else { best.1 },
        );
    }
    let manual = graph.rules.as_microsoft && fixed(graph, i).is_some();
    if bounds.start != Minute::MAX && graph.role(i) != Role::Summary && !manual {
        let at = end_from_start(graph, early, i, bounds.start);
        if at <= best.0 {
            best = (at, bounds.start_driver);
        }
    }
    if frame.open_ends_critical && bounds.open_end && early[i].finish < best.0 {
        best = (early[i].finish, Driver::ProjectFinish);
    }
    let Some(activity) = graph.special(i) else {
        return best;
    };
    for summary in span::ancestors(&graph, i) {
        best = under(graph, early, late, i, summary, best);
    }
    bound(graph, early, i, activity, best)
}

/// A member may not outlast the latest instant of its summary; of the summary's start only the first member is guardian.
fn under(
    graph: Graph,
    early: &Early,
    late: &Late,
    i: usize,
    summary: usize,
    best: (Minute, Driver),
) -> (Minute, Driver) {
    let at = if late[summary].latest < best.0 {
        (late[summary].latest, late[summary].driver)
    } else {
        best
    };
    let start = late[summary].start;
    if start == Minute::MAX || early[i].start > early[summary].start {
        return at;
    }
    let by_start = end_from_start(graph, early, i, start);
    if by_start < at.0 {
        (by_start, late[summary].driver)
    } else {
        at
    }
}

/// Upper bounds from deadline and constraints of the activity itself; a hard one replaces what links ask.
fn bound(
    graph: Graph,
    early: &Early,
    i: usize,
    activity: &Activity,
    mut best: (Minute, Driver),
) -> (Minute, Driver) {
    if let Some(deadline) = activity.deadline
        && deadline < best.0
    {
        best = (deadline, Driver::Deadline);
    }
    let waiting = activity.progress == Progress::NotStarted;
    for constraint in &activity.constraints {
        let driver = Driver::Constraint(constraint.kind);
        let at = match constraint.kind {
            ConstraintKind::FinishNoLater | ConstraintKind::FinishOn => constraint.at,
            ConstraintKind::StartNoLater | ConstraintKind::StartOn if waiting => {
                end_from_start(graph, early, i, constraint.at)
            }
            ConstraintKind::MandatoryStart | ConstraintKind::MustStart if waiting => {
                return (end_from_start(graph, early, i, constraint.at), driver);
            }
            ConstraintKind::MandatoryFinish | ConstraintKind::MustFinish => {
                return (constraint.at, driver);
            }
            _ => continue,
        };
        if at < best.0 {
            best = (at, driver);
        }
    }
    best
}

/// The latest instant that is still the end of work begun at `start`: just before the next working minute.
fn end_from_start(graph: Graph, early: &Early, i: usize, start: Minute) -> Minute {
    if graph.role(i) != Role::Work {
        return start;
    }
    let timeline = graph.timeline(i);
    timeline.next_start(timeline.advance(timeline.next_start(start), work(graph, early, i)))
}

/// Room to the nearest early date of a successor, and never beyond the project finish (which an
/// overlapping successor does not guard).
fn free(graph: Graph, frame: &Frame, early: &Early, i: usize, bounds: &Bounds) -> i64 {
    let timeline = graph.timeline(i);
    // P6: what stretches to an expected finish has no room of its own.
    let stretched = graph
        .special(i)
        .is_some_and(|a| a.expected_finish.is_some());
    if graph.rules.as_p6 && (stretched || graph.role(i) == Role::Done) {
        return 0;
    }
    let finish = bounds.free_finish.min(frame.finish_of(graph, i));
    let float = timeline.between(early[i].finish, finish);
    if bounds.free_start == Minute::MAX {
        return float;
    }
    float.min(timeline.between(early[i].restart, bounds.free_start))
}

/// 尽晚而不推后续 (P6 ALAP): the early dates move to the end of the free float. Successors have moved before, so that a
/// chain of such work moves as one.
fn move_late(graph: Graph, frame: &Frame, early: &mut Early, late: &mut Late, i: usize) {
    let timing = graph.special(i).map(|activity| activity.timing);
    if timing != Some(Timing::LateInFreeFloat)
        || matches!(graph.role(i), Role::Done | Role::Summary | Role::Hammock)
        || graph.progress(i) != Progress::NotStarted
    {
        return;
    }
    let bounds = gather(graph, early, late, i);
    let timeline = graph.timeline(i);
    let by_start = match bounds.free_start {
        Minute::MAX => Minute::MAX,
        start => end_from_start(graph, early, i, start),
    };
    let finish = frame.finish_of(graph, i);
    let instant = bounds.free_finish.min(by_start).min(finish);
    let (start, finish) = match graph.role(i) {
        Role::Work => {
            let finish = timeline.previous_finish(instant);
            (timeline.retreat(finish, graph.work(i)), finish)
        }
        Role::Point => {
            let at = timeline.next_start(instant);
            (at, at)
        }
        _ => (
            timeline.previous_finish(instant),
            timeline.previous_finish(instant),
        ),
    };
    if finish > early[i].finish {
        early[i].start = start;
        early[i].restart = start;
        early[i].finish = finish;
        early[i].driver = Driver::Late;
        let bounds = gather(graph, early, late, i);
        late[i].total_float = total(
            graph,
            frame.float,
            early,
            i,
            (late[i].start, late[i].finish),
        );
        late[i].free_float = free(graph, frame, early, i, &bounds);
    }
}
