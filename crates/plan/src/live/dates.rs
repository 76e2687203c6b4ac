//! The dates of a kept plan, and how a change runs through them.
//!
//! Most work is straight: its early dates follow from the ends of work on its own calendar, its late dates from the late
//! starts of such work and the end of the backward pass. It is kept as numbers of working minutes, early ones from the
//! beginning of the calendar (`Flow`), late ones back from the end of the pass (`Float`), so that a moved finish of the
//! project changes one number for each calendar instead of every late date. Its lines of dates are true only after
//! `date_early` and `date_late`; those of all other activities always are.

use ground::Minute;

use super::places::Places;
use crate::backward::{self, Float, Late, LateLine};
use crate::forward::{self, Early, EarlyLine, Flow};
use crate::graph::{Graph, Move, Role, carry};
use crate::network::Options;

/// Early and late dates by position.
pub(super) struct Dates {
    early: Early,
    late: Late,
    start: forward::Frame,
    end: backward::Frame,
    flows: Vec<Flow>,
    floats: Vec<Float>,
    /// The longest tail there has been on each calendar.
    tail_max: Vec<i64>,
}

/// What a change touches.
pub(super) struct Touch<'a> {
    /// Activities to be placed anew, and those whose late dates alone are.
    pub onward: &'a [usize],
    pub back: &'a [usize],
    /// What `around` made true before the change.
    pub around: &'a Places,
}

impl Touch<'_> {
    /// Whose early and whose late dates must be looked at first.
    fn first(&self, graph: Graph) -> (Places, Places) {
        let (mut waiting, mut stale) = (Places::new(graph.len()), Places::new(graph.len()));
        for &i in self.onward {
            waiting.put(i);
            waiting.put_all(graph.after(i));
            stale.put(i);
            stale.put_all(graph.before(i));
        }
        for &i in self.back {
            stale.put(i);
        }
        (waiting, stale)
    }
}

/// So many activities are placed because a neighbour says so; beyond, each asks its neighbours itself, which costs less
/// where most have moved.
fn few(graph: Graph) -> usize {
    8 + graph.len() / 32
}

/// The finish of the project while early dates move.
struct Finish {
    latest: Minute,
    /// What stood at the finish came earlier: it must be looked for among all.
    fallen: bool,
}

/// The end of the backward pass on its way to another place.
struct Tide {
    /// Where it was.
    old: backward::Frame,
    /// Activities whose late dates or floats must be looked at.
    stale: Places,
    /// Activities that move with the end if nobody looks at them.
    shifted: Places,
    /// Activities whose early dates moved.
    went: Places,
}

impl Dates {
    /// Calculates everything. `plain`: no rule looks beyond neighbours, so that changes can be followed.
    pub fn new(graph: Graph, options: &Options, plain: bool) -> Self {
        let mut early = forward::pass(graph, options);
        let mut late = backward::pass(graph, options, &mut early);
        crate::span::fill(graph, options, &mut early, &mut late);
        let mut dates = Dates {
            start: forward::Frame::new(graph, options),
            end: backward::Frame::new(graph, options, &early),
            flows: Vec::new(),
            floats: Vec::new(),
            tail_max: vec![0; graph.network.calendars.len()],
            early,
            late,
        };
        if plain {
            dates.count(graph);
        }
        dates
    }

    /// Takes the numbers from lines that are all true.
    fn count(&mut self, graph: Graph) {
        self.flows = self.early.lines().iter().map(Flow::of).collect();
        let lines = self.late.lines().iter().enumerate();
        let floats = lines.map(|(i, line)| Float::of(graph, &self.end, line, i));
        self.floats = floats.collect();
        for i in (0..graph.len()).rev() {
            self.note_late(graph, i);
        }
    }

    pub fn finish(&self) -> Minute {
        self.early.project_finish
    }

    /// The same dates in another working order.
    pub fn rearrange(&mut self, moves: &[Move]) {
        self.early.rearrange(moves);
        self.late.rearrange(moves);
        carry(&mut self.flows, moves);
        carry(&mut self.floats, moves);
    }

    /// All lines, true.
    pub fn whole(&self, graph: Graph) -> (Early, Late) {
        let (mut early, mut late) = (self.early.clone(), self.late.clone());
        for (i, &flow) in self.flows.iter().enumerate() {
            if graph.is_straight_before(i) {
                early[i] = forward::dated(graph, &self.start, flow, i);
            }
        }
        for (i, &float) in self.floats.iter().enumerate() {
            if self.end.floats(graph, i) {
                backward::date(graph, &self.end, &early, &mut late, (float, &self.flows), i);
            }
        }
        (early, late)
    }

    /// Makes the lines of these activities and of their neighbours true, before a change makes other work of them.
    pub fn around(&mut self, graph: Graph, ends: &[usize]) -> Places {
        let mut around = Places::new(graph.len());
        for &i in ends {
            around.put(i);
            around.put_all(graph.before(i));
            around.put_all(graph.after(i));
        }
        for i in around.list() {
            self.date_early(graph, i);
            self.date_late(graph, i);
        }
        around
    }

    /// Carries a change on, first in link order, then against it; whose dates or floats moved.
    pub fn follow(&mut self, graph: Graph, options: &Options, touch: &Touch) -> Places {
        let mut moved = Places::new(graph.len());
        let (stale, finish) = self.forward(graph, touch, &mut moved);
        self.early.project_finish = finish;
        let end = backward::Frame::new(graph, options, &self.early);
        let mut tide = Tide {
            old: std::mem::replace(&mut self.end, end),
            stale,
            shifted: Places::new(graph.len()),
            went: moved.clone(),
        };
        let (was, is) = (tide.old.cap_work(), self.end.cap_work());
        let still = was.iter().zip(is).any(|(was, is)| was == is);
        if tide.old.project_finish() != finish {
            self.lift(graph, &mut tide);
        }
        if still {
            self.free(graph, &mut tide);
        }
        self.backward(graph, touch, &mut tide, &mut moved);
        moved
    }

    /// Places what is touched, its successors and all that follows; answers whose late dates are touched, and the finish
    /// of the project.
    fn forward(&mut self, graph: Graph, touch: &Touch, moved: &mut Places) -> (Places, Minute) {
        let (mut waiting, stale) = touch.first(graph);
        let mut finish = Finish {
            latest: self.early.project_finish,
            fallen: false,
        };
        let mut at = touch.onward.iter().copied().min();
        for _ in 0..few(graph) {
            let Some(i) = at else { break };
            if self.step_early(graph, touch, i, &mut finish) {
                moved.put(i);
                waiting.put_all(graph.after(i));
            }
            at = waiting.next(i + 1);
        }
        for i in at.unwrap_or(graph.len())..graph.len() {
            let follows = || graph.before(i).iter().any(|arc| moved.has(arc.other()));
            let asked = graph.is_straight_before(i) || waiting.has(i) || follows();
            if asked && self.step_early(graph, touch, i, &mut finish) {
                moved.put(i);
            }
        }
        let latest = match finish.fallen {
            true => self.latest_finish(graph),
            false => finish.latest,
        };
        (stale, latest)
    }

    /// Places early dates of activity `i`; did they move?
    #[inline]
    fn step_early(&mut self, graph: Graph, touch: &Touch, i: usize, finish: &mut Finish) -> bool {
        match graph.is_straight_before(i) && !touch.around.has(i) {
            true => self.flow_on(graph, i, finish),
            false => self.place_early(graph, i, finish),
        }
    }

    /// Another number for straight work; did it move?
    #[inline]
    fn flow_on(&mut self, graph: Graph, i: usize, finish: &mut Finish) -> bool {
        let old = self.flows[i];
        let new = Flow {
            was: old.begin,
            ..forward::flow(graph, &self.start, &self.flows, i)
        };
        self.flows[i] = new;
        let (was, is) = (old.end_beyond(graph, i), new.end_beyond(graph, i));
        let project = self.end.project_work()[graph.calendar(i)];
        finish.fallen |= is < was && was >= project;
        if is > project {
            finish.latest = finish.latest.max(graph.timeline(i).finish_at(is));
        }
        old.begin != new.begin
    }

    /// Places early dates one by one; did they move?
    fn place_early(&mut self, graph: Graph, i: usize, finish: &mut Finish) -> bool {
        for &arc in graph.before(i) {
            self.date_early(graph, arc.other());
        }
        let old = self.early[i];
        forward::place(graph, &self.start, &mut self.early, None, i);
        let new = self.early[i];
        self.flows[i] = Flow {
            was: self.flows[i].begin,
            ..Flow::of(&new)
        };
        finish.fallen |= new.finish < old.finish && old.finish == self.early.project_finish;
        finish.latest = finish.latest.max(new.finish);
        let dates = |line: &EarlyLine| (line.start, line.finish, line.restart);
        dates(&old) != dates(&new)
    }

    fn latest_finish(&self, graph: Graph) -> Minute {
        let calendars = &graph.network.calendars;
        let mut ends = vec![i64::MIN; calendars.len()];
        let mut latest = Minute::MIN;
        for i in 0..graph.len() {
            if graph.is_straight_before(i) {
                let end = &mut ends[graph.calendar(i)];
                *end = self.flows[i].end_beyond(graph, i).max(*end);
            } else {
                latest = latest.max(self.early[i].finish);
            }
        }
        let set = calendars.iter().zip(ends).filter(|(_, end)| *end >= 0);
        let finishes = set.map(|(line, end)| line.finish_at(end));
        finishes.fold(latest, Minute::max)
    }

    /// The end of the pass is no longer where it was: what floats moves with it, all else is looked at.
    fn lift(&self, graph: Graph, tide: &mut Tide) {
        let (was, is) = (tide.old.cap_work(), self.end.cap_work());
        let (ended, ends) = (tide.old.project_work(), self.end.project_work());
        // Before the first working minute of a calendar numbers go on and dates stand still.
        let ends_of_pass = was.iter().zip(is);
        let mut deep = self.tail_max.iter().zip(ends_of_pass);
        let sunk = deep.any(|(&tail, (&was, &is))| tail >= was.min(is));
        for i in 0..graph.len() {
            let calendar = graph.calendar(i);
            let floats = self.end.floats(graph, i);
            // With a target late dates stay, and who has no successor is free up to the finish of the project.
            let freed = ended[calendar] != ends[calendar] && graph.after(i).is_empty();
            if sunk || freed || !floats {
                tide.stale.put(i);
            }
            if floats && was[calendar] != is[calendar] {
                tide.shifted.put(i);
            }
        }
    }

    /// Neighbours of what moved early, where they do not move for another reason.
    fn free(&self, graph: Graph, tide: &mut Tide) {
        for i in tide.went.list() {
            let near = graph.before(i).iter().map(|arc| arc.other());
            for i in near.chain([i]) {
                if !tide.went.has(i) || !self.end.floats(graph, i) {
                    tide.stale.put(i);
                }
            }
        }
    }

    /// Late dates of what is stale and of all that hangs on it.
    fn backward(&mut self, graph: Graph, touch: &Touch, tide: &mut Tide, moved: &mut Places) {
        let mut at = tide.stale.last(graph.len());
        while let Some(i) = at {
            let (pulls, any) = match self.end.floats(graph, i) && !touch.around.has(i) {
                true => self.float_on(graph, tide, i),
                false => self.place_late(graph, i),
            };
            tide.shifted.take(i);
            if any {
                moved.put(i);
            }
            if pulls {
                tide.stale.put_all(graph.before(i));
            }
            at = tide.stale.last(i);
        }
        moved.join(&tide.shifted);
    }

    /// Another number for work that floats: do its predecessors have to be looked at, did dates or floats move?
    #[inline]
    fn float_on(&mut self, graph: Graph, tide: &Tide, i: usize) -> (bool, bool) {
        let calendar = graph.calendar(i);
        let new = backward::float(graph, &self.end, &self.floats, i);
        let old = std::mem::replace(&mut self.floats[i], new);
        let deepest = &mut self.tail_max[calendar];
        *deepest = i64::from(new.tail).max(*deepest);
        let (was, is) = (tide.old.cap_work()[calendar], self.end.cap_work()[calendar]);
        let any = old.span(was) != new.span(is) || self.is_freed(graph, tide, i);
        (old.tail != new.tail, any)
    }

    /// The room up to the successors of work that floats is not what it was.
    fn is_freed(&self, graph: Graph, tide: &Tide, i: usize) -> bool {
        let calendar = graph.calendar(i);
        let mut was = tide.old.project_work()[calendar];
        let mut is = self.end.project_work()[calendar];
        for &arc in graph.after(i) {
            let flow = self.flows[arc.other()];
            let old = match tide.went.has(arc.other()) {
                true => flow.was,
                false => flow.begin,
            };
            (was, is) = (was.min(i64::from(old)), is.min(i64::from(flow.begin)));
        }
        was != is
    }

    /// Places late dates one by one: do its predecessors have to be looked at, did dates or floats move?
    fn place_late(&mut self, graph: Graph, i: usize) -> (bool, bool) {
        self.date_early(graph, i);
        for &arc in graph.after(i) {
            self.date_early(graph, arc.other());
            self.date_late(graph, arc.other());
        }
        let (old, tail) = (self.late[i], self.floats[i].tail);
        backward::place(graph, &self.end, &self.early, &mut self.late, i);
        let new = self.late[i];
        self.note_late(graph, i);
        let dates = |line: &LateLine| (line.start, line.finish);
        let floats = |line: &LateLine| (line.total_float, line.free_float);
        let shown = dates(&old) != dates(&new) && graph.role(i) != Role::Done;
        let pulls = (dates(&old), old.latest) != (dates(&new), new.latest);
        let pulls = pulls || self.floats[i].tail != tail;
        (pulls, shown || floats(&old) != floats(&new))
    }

    /// Takes over the numbers of activity `i`, whose successors have theirs and whose line is true unless it floats.
    #[inline]
    fn note_late(&mut self, graph: Graph, i: usize) {
        let float = match self.end.floats(graph, i) {
            true => backward::float(graph, &self.end, &self.floats, i),
            false => Float::of(graph, &self.end, &self.late[i], i),
        };
        let deepest = &mut self.tail_max[graph.calendar(i)];
        *deepest = i64::from(float.tail).max(*deepest);
        self.floats[i] = float;
    }

    fn date_early(&mut self, graph: Graph, i: usize) {
        if graph.is_straight_before(i) {
            self.early[i] = forward::dated(graph, &self.start, self.flows[i], i);
        }
    }

    fn date_late(&mut self, graph: Graph, i: usize) {
        if self.end.floats(graph, i) {
            self.date_early(graph, i);
            let float = self.floats[i];
            let numbers = (float, &self.flows[..]);
            backward::date(graph, &self.end, &self.early, &mut self.late, numbers, i);
        }
    }
}

/// Dates and floats an activity shows, to tell whether they moved.
pub(super) fn shown(lines: &(Early, Late), i: usize) -> [i64; 6] {
    let (early, late) = (&lines.0[i], &lines.1[i]);
    [
        early.start,
        early.finish,
        late.start,
        late.finish,
        late.total_float,
        late.free_float,
    ]
}
