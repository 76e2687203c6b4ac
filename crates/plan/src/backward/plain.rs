//! Late dates of plain work: nothing but links, a calendar and the end of the pass speak of it, so that numbers of
//! working minutes do.

use ground::{Minute, Timeline};

use super::{Frame, Late, LateLine, early_bound, late_bound};
use crate::forward::{Early, Flow};
use crate::graph::{Graph, Role};
use crate::network::{Driver, FloatRule};

/// The earliest of the bounds that links put on one end of plain work.
#[derive(Clone, Copy)]
struct Held {
    at: Minute,
    link: usize,
    /// Working minutes before `at` on the calendar of the activity that is held, where that is known.
    work: Option<u32>,
}

impl Held {
    const NOTHING: Held = Held {
        at: Minute::MAX,
        link: usize::MAX,
        work: None,
    };

    #[inline]
    fn lower(&mut self, at: Minute, link: usize, work: Option<u32>) {
        if at < self.at {
            *self = Held { at, link, work };
        }
    }

    fn is_set(self) -> bool {
        self.at != Minute::MAX
    }

    #[inline]
    fn work_before(self, timeline: &Timeline) -> i64 {
        let known = self.work.map(i64::from);
        known.unwrap_or_else(|| timeline.work_before(self.at))
    }
}

/// Room up to the early dates of successors: the least in working minutes where they are known, and the earliest instant
/// among the others.
#[derive(Clone, Copy)]
struct Free {
    work: u32,
    at: Minute,
}

impl Free {
    const ALL: Free = Free {
        work: u32::MAX,
        at: Minute::MAX,
    };

    #[inline]
    fn work_before(self, timeline: &Timeline) -> i64 {
        if self.at == Minute::MAX {
            return i64::from(self.work);
        }
        i64::from(self.work).min(timeline.work_before(self.at))
    }
}

/// `Bounds` of plain work.
struct PlainBounds {
    finish: Held,
    start: Held,
    free_finish: Free,
    free_start: Free,
}

/// What `super::place_open` gives for plain work, by numbers of working minutes: between activities of one calendar only the
/// answer is turned into dates. Nearly all activities of a large plan come here.
pub(super) fn place(graph: Graph, frame: &Frame, early: &Early, late: &mut Late, i: usize) {
    if graph.is_straight_after(i) {
        let bounds = gather_straight(graph, early, late, i);
        conclude(graph, frame, early, late, i, &bounds);
    } else {
        let bounds = gather_plain(graph, early, late, i);
        conclude(graph, frame, early, late, i, &bounds);
    }
}

/// `gather_plain` where nothing but late starts of work on the own calendar counts.
#[inline]
fn gather_straight(graph: Graph, early: &Early, late: &Late, i: usize) -> PlainBounds {
    let (mut held, mut free) = (u32::MAX, u32::MAX);
    let (mut link, mut at) = (0, Minute::MAX);
    for &arc in graph.after(i) {
        let to = &late[arc.other()];
        if to.begin < held {
            (held, link, at) = (to.begin, arc.link(), to.start);
        }
        free = free.min(early[arc.other()].begin);
    }
    PlainBounds {
        finish: Held {
            at,
            link,
            work: Some(held),
        },
        start: Held::NOTHING,
        free_finish: Free {
            work: free,
            ..Free::ALL
        },
        free_start: Free::ALL,
    }
}

/// Late dates and floats of plain work from its bounds.
#[inline(always)]
fn conclude(
    graph: Graph,
    frame: &Frame,
    early: &Early,
    late: &mut Late,
    i: usize,
    bounds: &PlainBounds,
) {
    let (timeline, work) = (graph.timeline(i), graph.work(i));
    let (latest, end, driver) = latest_plain(graph, frame, i, bounds);
    let own = &early[i];
    let mut finish = timeline.finish_at(end);
    if finish < own.finish && own.finish <= latest {
        finish = own.finish;
    }
    let begin = (end - work).max(0);
    let by_start = begin - i64::from(own.begin);
    let by_finish = end - i64::from(own.end);
    let room = bounds.free_finish.work_before(timeline);
    let room = room.min(frame.project_work[graph.calendar(i)]) - i64::from(own.end);
    let room_start = bounds.free_start.work_before(timeline) - i64::from(own.begin);
    late[i] = LateLine {
        start: timeline.start_at(begin),
        finish,
        total_float: match frame.float {
            FloatRule::Finish => by_finish,
            FloatRule::Start => by_start,
            FloatRule::Smaller => by_start.min(by_finish),
        },
        free_float: room.min(room_start),
        driver,
        latest,
        begin: begin as u32,
    };
}

/// `latest` of plain work, the working minutes before it, and what sets it.
#[inline(always)]
fn latest_plain(
    graph: Graph,
    frame: &Frame,
    i: usize,
    bounds: &PlainBounds,
) -> (Minute, i64, Driver) {
    let (timeline, calendar) = (graph.timeline(i), graph.calendar(i));
    let mut best = (frame.cap, frame.cap_work[calendar], frame.driver);
    if bounds.finish.is_set() {
        let work = bounds.finish.work_before(timeline);
        let driver = Driver::Link(bounds.finish.link);
        if bounds.finish.at < best.0 {
            best = (bounds.finish.at, work, driver);
        } else if work <= best.1 {
            best.2 = driver;
        }
    }
    if bounds.start.is_set() {
        let begin = bounds.start.work_before(timeline);
        let end = begin.saturating_add(graph.work(i));
        let at = timeline.start_at(end);
        if at <= best.0 {
            let end = end.min(frame.total_work[calendar]);
            best = (at, end, Driver::Link(bounds.start.link));
        }
    }
    best
}

/// `gather` where every link counts whole, except into what is done.
#[inline]
fn gather_plain(graph: Graph, early: &Early, late: &Late, i: usize) -> PlainBounds {
    let own = graph.plain_on(i);
    let mut bounds = PlainBounds {
        finish: Held::NOTHING,
        start: Held::NOTHING,
        free_finish: Free::ALL,
        free_start: Free::ALL,
    };
    for &arc in graph.after(i) {
        let to = arc.other();
        let (held, free) = if arc.kind().leaves_start() {
            (&mut bounds.start, &mut bounds.free_start)
        } else {
            (&mut bounds.finish, &mut bounds.free_finish)
        };
        if graph.plain_on(to) == own && !arc.has_lag() && arc.kind().enters_start() {
            held.lower(late[to].start, arc.link(), Some(late[to].begin));
            free.work = free.work.min(early[to].begin);
        } else if graph.role(to) != Role::Done {
            let at = late_bound(graph, early, late, to, arc);
            held.lower(graph.unlagged(arc, i, at), arc.link(), None);
            let at = graph.unlagged(arc, i, early_bound(graph, early, to, arc));
            free.at = free.at.min(at);
        }
    }
    bounds
}

/// Late dates of plain work as working minutes of its own calendar, counted back from the end of the pass, for `live`:
/// where nothing but such work follows they stay as they are when the finish of the project moves.
#[derive(Clone, Copy)]
pub(crate) struct Float {
    /// Working minutes from the late start to the end of the pass.
    pub tail: u32,
    /// The longest tail that follows, 0 without successors: working minutes from the late finish.
    pub after: u32,
    /// The link to it, `NO_LINK` without successors.
    link: u32,
}

/// No link's index.
const NO_LINK: u32 = u32::MAX;

impl Float {
    /// What predecessors need of plain work that is placed by more than numbers. Means nothing for other activities.
    pub fn of(graph: Graph, frame: &Frame, line: &LateLine, i: usize) -> Float {
        let tail = frame.cap_work[graph.calendar(i)] - i64::from(line.begin);
        Float {
            tail: tail.max(0) as u32,
            after: 0,
            link: NO_LINK,
        }
    }

    /// Working minutes before the late start and the late finish, `cap` of them before the end of the pass. Dates stop at
    /// the first working minute of the calendar.
    pub fn span(self, cap: i64) -> (i64, i64) {
        let before = |tail: u32| (cap - i64::from(tail)).max(0);
        (before(self.tail), before(self.after))
    }
}

/// The numbers of activity `i` that floats; its successors have theirs.
#[inline]
pub(crate) fn float(graph: Graph, frame: &Frame, floats: &[Float], i: usize) -> Float {
    let (mut after, mut link) = (0, NO_LINK);
    for &arc in graph.after(i) {
        let tail = floats[arc.other()].tail;
        if tail > after || link == NO_LINK {
            (after, link) = (tail, arc.link() as u32);
        }
    }
    let cap = frame.cap_work[graph.calendar(i)];
    if i64::from(after) > cap {
        link = first_held(graph, floats, cap, i);
    }
    let tail = i64::from(after).saturating_add(graph.work(i));
    Float {
        tail: tail.min(i64::from(u32::MAX)) as u32,
        after,
        link,
    }
}

/// The first link to the earliest late start, where dates stop at the first working minute of the calendar.
#[cold]
fn first_held(graph: Graph, floats: &[Float], cap: i64, i: usize) -> u32 {
    let after = graph.after(i).iter();
    let first = after.min_by_key(|arc| floats[arc.other()].span(cap).0);
    first.map_or(NO_LINK, |arc| arc.link() as u32)
}

/// The line of activity `i` that floats, from its numbers, its early line and the early numbers of its
/// successors.
pub(crate) fn date(
    graph: Graph,
    frame: &Frame,
    early: &Early,
    late: &mut Late,
    (float, flows): (Float, &[Flow]),
    i: usize,
) {
    let begins = graph.after(i).iter().map(|arc| flows[arc.other()].begin);
    let (_, end) = float.span(frame.cap_work[graph.calendar(i)]);
    let finish = match float.link {
        NO_LINK => Held::NOTHING,
        link => Held {
            at: graph.timeline(i).start_at(end),
            link: link as usize,
            work: Some(end as u32),
        },
    };
    let bounds = PlainBounds {
        finish,
        start: Held::NOTHING,
        free_finish: Free {
            work: begins.min().unwrap_or(u32::MAX),
            ..Free::ALL
        },
        free_start: Free::ALL,
    };
    conclude(graph, frame, early, late, i, &bounds);
}
