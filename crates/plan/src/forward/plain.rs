//! Early dates of plain work: nothing but links and a calendar speak of it, so that numbers of working minutes do.

use ground::{Minute, Timeline};

use super::{Early, EarlyLine, Frame, link_bound};
use crate::graph::Graph;
use crate::network::Driver;

/// The latest of the bounds that links ask of plain work.
#[derive(Clone, Copy)]
struct Asked {
    at: Minute,
    link: usize,
    /// Working minutes before `at` on the calendar of the activity that is asked, where that is known.
    work: Option<u32>,
}

impl Asked {
    const NOTHING: Asked = Asked {
        at: Minute::MIN,
        link: usize::MAX,
        work: None,
    };

    /// As `super::Bound::raise_by_link`.
    #[inline]
    fn raise(&mut self, at: Minute, link: usize, work: Option<u32>) {
        if at > self.at || (at == self.at && link < self.link) {
            *self = Asked { at, link, work };
        }
    }

    fn is_set(self) -> bool {
        self.at != Minute::MIN
    }

    #[inline]
    fn work_before(self, timeline: &Timeline) -> i64 {
        let known = self.work.map(i64::from);
        known.unwrap_or_else(|| timeline.work_before(self.at))
    }
}

/// What `super::place_open` gives for plain work, by numbers of working minutes: between activities of one calendar only the
/// answer is turned into dates. Nearly all activities of a large plan come here.
pub(super) fn place(graph: Graph, frame: &Frame, early: &mut Early, i: usize) {
    if graph.is_straight_before(i) {
        let start = asked_straight(graph, early, i);
        conclude(graph, frame, early, i, (start, Asked::NOTHING));
    } else {
        let asked = asked(graph, early, i);
        conclude(graph, frame, early, i, asked);
    }
}

/// `asked` where nothing but ends of work on the own calendar counts.
#[inline]
fn asked_straight(graph: Graph, early: &Early, i: usize) -> Asked {
    let (mut end, mut link) = (0, usize::MAX);
    for &arc in graph.before(i) {
        let other = early[arc.other()].end;
        // The first written of equals, as everywhere.
        let first = if other == end { link } else { usize::MAX };
        if other >= end {
            (end, link) = (other, first.min(arc.link()));
        }
    }
    let at = if link == usize::MAX { Minute::MIN } else { 0 };
    Asked {
        at,
        link,
        work: Some(end),
    }
}

/// Early dates of plain work from what its links ask.
#[inline(always)]
fn conclude(
    graph: Graph,
    frame: &Frame,
    early: &mut Early,
    i: usize,
    (start, finish): (Asked, Asked),
) {
    let (timeline, work) = (graph.timeline(i), graph.work(i));
    let calendar = graph.calendar(i);
    let (mut begin, mut driver) = (frame.base_work[calendar], frame.driver);
    // Microsoft Project: see `stands_free`.
    if graph.rules.as_microsoft && start.is_set() {
        begin = 0;
    }
    if start.is_set() {
        let by_start = start.work_before(timeline);
        if by_start >= begin {
            (begin, driver) = (by_start, Driver::Link(start.link));
        }
    }
    if finish.is_set() {
        let by_finish = finish.work_before(timeline).saturating_sub(work);
        if by_finish > begin {
            (begin, driver) = (by_finish, Driver::Link(finish.link));
        }
    }
    let mut end = begin.saturating_add(work).min(frame.total_work[calendar]);
    let mut at = timeline.finish_at(begin.saturating_add(work));
    if finish.at > at {
        (at, driver) = (finish.at, Driver::Link(finish.link));
        end = finish.work_before(timeline);
    }
    let start = timeline.start_at(begin);
    early[i] = EarlyLine {
        start,
        finish: at,
        restart: start,
        driver,
        begin: begin as u32,
        end: end as u32,
    };
}

/// What links ask of the start and of the finish of plain work `i`.
#[inline]
fn asked(graph: Graph, early: &Early, i: usize) -> (Asked, Asked) {
    let own = graph.plain_on(i);
    let (mut start, mut finish) = (Asked::NOTHING, Asked::NOTHING);
    for &arc in graph.before(i) {
        let from = arc.other();
        let (at, work) = if graph.plain_on(from) != own || arc.has_lag() {
            (link_bound(graph, early, i, arc), None)
        } else if arc.kind().leaves_start() {
            (early[from].start, Some(early[from].begin))
        } else {
            (early[from].finish, Some(early[from].end))
        };
        if arc.kind().enters_start() {
            start.raise(at, arc.link(), work);
        } else {
            finish.raise(at, arc.link(), work);
        }
    }
    (start, finish)
}

/// Early dates of plain work as working minutes of its own calendar, for `live`: what is straight follows from these
/// numbers alone, and is turned into dates when somebody looks at them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flow {
    /// Working minutes before its start and before its finish.
    pub begin: u32,
    pub end: u32,
    /// `begin` before it was placed last.
    pub was: u32,
    /// The link that sets the start, `NO_LINK` for the start of the project or the data date.
    pub link: u32,
}

/// No link's index.
const NO_LINK: u32 = u32::MAX;

impl Flow {
    /// The numbers of a line.
    pub fn of(line: &EarlyLine) -> Flow {
        let link = match line.driver {
            Driver::Link(link) => link as u32,
            _ => NO_LINK,
        };
        Flow {
            begin: line.begin,
            end: line.end,
            was: line.begin,
            link,
        }
    }

    /// Working minutes before the finish, beyond the end of the calendar too.
    pub fn end_beyond(self, graph: Graph, i: usize) -> i64 {
        i64::from(self.begin).saturating_add(graph.work(i))
    }
}

/// The numbers of straight work `i`; its predecessors have theirs.
#[inline]
pub(crate) fn flow(graph: Graph, frame: &Frame, flows: &[Flow], i: usize) -> Flow {
    let (mut asked, mut link) = (0, NO_LINK);
    for &arc in graph.before(i) {
        let other = flows[arc.other()].end;
        // The first written of equals, as everywhere.
        let first = if other == asked { link } else { NO_LINK };
        if other >= asked {
            (asked, link) = (other, first.min(arc.link() as u32));
        }
    }
    let calendar = graph.calendar(i);
    // Microsoft Project: see `stands_free`.
    let free = graph.rules.as_microsoft && link != NO_LINK;
    let base = if free { 0 } else { frame.base_work[calendar] };
    let mut begin = i64::from(asked);
    if link == NO_LINK || begin < base {
        (begin, link) = (base, NO_LINK);
    }
    let end = begin.saturating_add(graph.work(i));
    Flow {
        begin: begin as u32,
        end: end.min(frame.total_work[calendar]) as u32,
        was: begin as u32,
        link,
    }
}

/// The line of straight work `i` from its numbers.
pub(crate) fn dated(graph: Graph, frame: &Frame, flow: Flow, i: usize) -> EarlyLine {
    let timeline = graph.timeline(i);
    let start = timeline.start_at(i64::from(flow.begin));
    EarlyLine {
        start,
        finish: timeline.finish_at(flow.end_beyond(graph, i)),
        restart: start,
        driver: match flow.link {
            NO_LINK => frame.driver,
            link => Driver::Link(link as usize),
        },
        begin: flow.begin,
        end: flow.end,
    }
}
