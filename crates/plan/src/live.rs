//! 增量排程: a schedule that follows one change after another without starting over.
//!
//! A change puts the activities it touches on a list in working order; each is placed anew, and only where a date moved
//! do its neighbours follow. When the finish of the project moves, every late date may move, and the backward pass runs
//! whole. Plans with summaries, hammocks, work planned late or floats to own projects are calculated whole on every
//! change. The answer is always the one [`schedule`](crate::schedule) gives for the changed network.

use ground::{Finding, Minute};

use crate::backward::{self, Late};
use crate::forward::{self, Early};
use crate::graph::{Arc, Graph, Packed, Role};
use crate::network::{Activity, Link, Network, Options, Schedule, Timing};

/// 增量排程. A network with its dates, kept true under changes.
///
/// ```
/// use ground::{HolidayTable, WorkCalendar, minute_of};
/// use plan::{Activity, Link, Live, Network, Options};
///
/// let calendar = WorkCalendar::official(HolidayTable::shipped());
/// let network = Network {
///     calendars: vec![calendar.timeline()],
///     activities: vec![
///         Activity::task("1", "桩基", 0, 5 * 480),
///         Activity::task("2", "主体", 0, 3 * 480),
///     ],
///     links: vec![Link::finish_start(0, 1)],
/// };
/// let monday = minute_of("2023-03-06".parse().unwrap(), 0, 0);
/// let mut live = Live::new(network, Options::from_start(monday)).unwrap();
/// let moved = live.change(0, Activity::task("1", "桩基", 0, 6 * 480)).unwrap();
/// assert_eq!(moved, [0, 1]);
/// ```
pub struct Live {
    network: Network,
    options: Options,
    packed: Packed,
    position: Vec<u32>,
    early: Early,
    late: Late,
    /// Links stored when the network was packed; lists given up are swept when there are as many again.
    stored: usize,
}

impl Live {
    /// Schedules the network and keeps it.
    ///
    /// # Errors
    /// As [`schedule`](crate::schedule).
    pub fn new(network: Network, options: Options) -> Result<Self, Vec<Finding>> {
        let packed = Packed::build(&network, &options)?;
        let (early, late) = passes(&network, &packed, &options);
        Ok(Live {
            position: packed.positions(),
            stored: packed.stored(),
            network,
            options,
            packed,
            early,
            late,
        })
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// 计算完成 of the plan as it is now.
    pub fn finish(&self) -> ground::Minute {
        self.early.project_finish
    }

    /// The dates as they are now.
    pub fn schedule(&self) -> Schedule {
        let graph = Graph::new(&self.network, &self.packed, &self.options);
        crate::network::answer(graph, &self.options, self.early.clone(), self.late.clone())
    }

    /// Replaces the activity at `index`; the activities whose dates or floats moved, in ascending order.
    ///
    /// # Errors
    /// As [`schedule`](crate::schedule), or `plan.index` when there is no such activity; nothing is changed then.
    pub fn change(&mut self, index: usize, activity: Activity) -> Result<Vec<usize>, Vec<Finding>> {
        let Some(place) = self.network.activities.get_mut(index) else {
            return Err(vec![missing(format!("第 {} 项工作", index + 1))]);
        };
        let old = std::mem::replace(place, activity);
        let new = &self.network.activities[index];
        let quick = self.is_plain() && is_plain(&old) && is_plain(new);
        let sound = new.calendar < self.network.calendars.len() && new.remaining() >= 0;
        if !quick || !sound {
            return self.start_over(|network| network.activities[index] = old);
        }
        let at = self.position[index] as usize;
        self.packed.refresh(at, new, &self.options);
        Ok(self.follow(&[at], &[at]))
    }

    /// Brings the kept schedule to another state of the plan: change by change where a few activities differ, whole
    /// where links, calendars, options or much else do.
    ///
    /// # Errors
    /// As [`schedule`](crate::schedule); what is kept is then some sound state between the two.
    pub fn follow_to(&mut self, network: &Network, options: &Options) -> Result<(), Vec<Finding>> {
        let pairs = self.network.activities.iter().zip(&network.activities);
        let changed = pairs.enumerate().filter(|(_, (old, new))| old != new);
        let changed: Vec<usize> = changed.map(|(i, _)| i).collect();
        // Each change of a plan that is not plain is a whole calculation, and one that moves the finish almost half of one.
        let few = match self.is_plain() {
            true => 8,
            false => 1,
        };
        if !self.is_kin(network, options) || changed.len() > few {
            *self = Live::new(network.clone(), *options)?;
            return Ok(());
        }
        for i in changed {
            self.change(i, network.activities[i].clone())?;
        }
        Ok(())
    }

    /// The two differ in nothing but single activities.
    fn is_kin(&self, network: &Network, options: &Options) -> bool {
        let (old, new) = (&self.network.calendars, &network.calendars);
        self.options == *options
            && self.network.links == network.links
            && self.network.activities.len() == network.activities.len()
            && old.len() == new.len()
            && old.iter().zip(new).all(|(old, new)| old.is_clone_of(new))
    }

    /// Adds a link; the activities whose dates or floats moved, in ascending order.
    ///
    /// # Errors
    /// As [`schedule`](crate::schedule), `plan.loop` among them; nothing is changed then.
    pub fn add_link(&mut self, link: Link) -> Result<Vec<usize>, Vec<Finding>> {
        let index = self.network.links.len();
        self.network.links.push(link);
        let Some((from, to)) = self.in_order(&link) else {
            // Against the working order: a new order has to be found, or there is a loop.
            return self.start_over(|network| {
                network.links.pop();
            });
        };
        self.tie(index, from, to);
        let moved = self.follow(&[to], &[from]);
        self.sweep()?;
        Ok(moved)
    }

    /// Replaces the link at `index`: another lag, another kind, other ends. The activities whose dates or floats moved,
    /// in ascending order.
    ///
    /// # Errors
    /// As [`schedule`](crate::schedule), or `plan.index` when there is no such link; nothing is changed then.
    pub fn change_link(&mut self, index: usize, link: Link) -> Result<Vec<usize>, Vec<Finding>> {
        let Some(place) = self.network.links.get_mut(index) else {
            return Err(vec![missing(format!("第 {} 条关系", index + 1))]);
        };
        let old = std::mem::replace(place, link);
        let Some((from, to)) = self.in_order(&link) else {
            return self.start_over(|network| network.links[index] = old);
        };
        let old_from = self.position[old.from] as usize;
        let old_to = self.position[old.to] as usize;
        self.untie(index, old_from, old_to);
        self.tie(index, from, to);
        let moved = self.follow(&[old_to, to], &[old_from, from]);
        self.sweep()?;
        Ok(moved)
    }

    /// The positions of both ends, where the link is sound and keeps to the working order of a plain plan.
    fn in_order(&self, link: &Link) -> Option<(usize, usize)> {
        let from = *self.position.get(link.from)?;
        let to = *self.position.get(link.to)?;
        let known = match link.lag_calendar {
            crate::network::LagCalendar::Of(calendar) => calendar < self.network.calendars.len(),
            _ => true,
        };
        (from < to && known && self.is_plain()).then_some((from as usize, to as usize))
    }

    /// Removes the link at `index`; the last link takes its place, as in `Vec::swap_remove`.
    ///
    /// # Errors
    /// `plan.index` when there is no such link.
    pub fn remove_link(&mut self, index: usize) -> Result<Vec<usize>, Vec<Finding>> {
        if index >= self.network.links.len() {
            return Err(vec![missing(format!("第 {} 条关系", index + 1))]);
        }
        let last = self.network.links.len() - 1;
        let gone = self.network.links.swap_remove(index);
        if !self.is_plain() {
            return self.start_over(|network| {
                network.links.push(gone);
                network.links.swap(index, last);
            });
        }
        let place = |i: usize| self.position[i] as usize;
        let (from, to) = (place(gone.from), place(gone.to));
        self.untie(index, from, to);
        let (mut onward, mut back) = (vec![to], vec![from]);
        if index != last {
            let moved = self.network.links[index];
            let (from, to) = (
                self.position[moved.from] as usize,
                self.position[moved.to] as usize,
            );
            self.untie(last, from, to);
            self.tie(index, from, to);
            onward.push(to);
            back.push(from);
        }
        let moved = self.follow(&onward, &back);
        self.sweep()?;
        Ok(moved)
    }

    /// No rule that looks beyond the neighbours of an activity.
    fn is_plain(&self) -> bool {
        self.packed.spans.is_none()
            && !self.packed.late_timing
            && !self.options.float_to_own_project
    }

    fn tie(&mut self, index: usize, from: usize, to: usize) {
        let link = self.network.links.get(index);
        let mut list = self.packed.before_mut().of(to).to_vec();
        list.push(Arc::new(from as u32, index as u32, link));
        self.packed.before_mut().replace(to, list);
        let mut list = self.packed.after_mut().of(from).to_vec();
        list.push(Arc::new(to as u32, index as u32, link));
        self.packed.after_mut().replace(from, list);
        self.packed.mark(from);
        self.packed.mark(to);
    }

    fn untie(&mut self, index: usize, from: usize, to: usize) {
        let without = |list: &[Arc]| -> Vec<Arc> {
            let kept = list.iter().filter(|arc| arc.link() != index);
            kept.copied().collect()
        };
        let list = without(self.packed.before_mut().of(to));
        self.packed.before_mut().replace(to, list);
        let list = without(self.packed.after_mut().of(from));
        self.packed.after_mut().replace(from, list);
        self.packed.mark(from);
        self.packed.mark(to);
    }

    /// Packs anew when half of what is stored are lists given up.
    fn sweep(&mut self) -> Result<(), Vec<Finding>> {
        if self.packed.stored() > 2 * self.stored + 4096 {
            self.start_over(|_| {})?;
        }
        Ok(())
    }

    /// Calculates everything; `undo` is called when that cannot be done.
    fn start_over(&mut self, undo: impl FnOnce(&mut Network)) -> Result<Vec<usize>, Vec<Finding>> {
        let packed = match Packed::build(&self.network, &self.options) {
            Ok(packed) => packed,
            Err(findings) => {
                undo(&mut self.network);
                return Err(findings);
            }
        };
        let (early, late) = passes(&self.network, &packed, &self.options);
        let position = packed.positions();
        let moved = (0..position.len())
            .filter(|&i| {
                let (old, new) = (self.position[i] as usize, position[i] as usize);
                line(&self.early, &self.late, old) != line(&early, &late, new)
            })
            .collect();
        self.stored = packed.stored();
        (self.packed, self.position) = (packed, position);
        (self.early, self.late) = (early, late);
        Ok(moved)
    }

    /// Carries a change on from the activities it touches, first in link order, then against it.
    fn follow(&mut self, onward: &[usize], back: &[usize]) -> Vec<usize> {
        let mut moved = Places::new(self.position.len());
        let (mut stale, finish) = self.forward(onward, &mut moved);
        for &i in back {
            stale.put(i);
        }
        self.backward(stale, finish, &mut moved);
        let mut told = Places::new(self.position.len());
        for i in moved.list() {
            told.put(self.packed.index(i));
        }
        let mut list = Vec::with_capacity(told.count());
        list.extend(told.list());
        list
    }

    /// Places `seeds`, their successors and all that follows; answers whose late dates and floats must be looked at, and
    /// the finish of the project: looked for among all only where one that stood there came earlier.
    fn forward(&mut self, seeds: &[usize], moved: &mut Places) -> (Places, Minute) {
        let (mut fallen, mut latest) = (false, self.early.project_finish);
        let graph = Graph::new(&self.network, &self.packed, &self.options);
        let frame = forward::Frame::new(graph, &self.options);
        let mut waiting = Places::new(graph.len());
        for &i in seeds {
            waiting.put(i);
            waiting.put_all(graph.after(i));
        }
        let mut touched = Places::new(graph.len());
        let mut at = seeds.iter().copied().min();
        while let Some(i) = at {
            let old = self.early[i];
            forward::place(graph, &frame, &mut self.early, None, i);
            touched.put(i);
            let new = &self.early[i];
            fallen |= new.finish < old.finish && old.finish == self.early.project_finish;
            latest = latest.max(new.finish);
            if (old.start, old.finish, old.restart) != (new.start, new.finish, new.restart) {
                moved.put(i);
                waiting.put_all(graph.after(i));
            }
            at = waiting.next(i + 1);
        }
        if fallen {
            let finishes = self.early.lines().iter().map(|line| line.finish);
            latest = finishes.max().unwrap_or(self.options.start);
        }
        (touched, latest)
    }

    fn backward(&mut self, mut stale: Places, finish: Minute, moved: &mut Places) {
        let (early, late) = (&mut self.early, &mut self.late);
        let graph = Graph::new(&self.network, &self.packed, &self.options);
        let whole = finish != early.project_finish;
        early.project_finish = finish;
        let frame = backward::Frame::new(graph, &self.options, early);
        let touched = Places(stale.0.clone());
        for i in touched.list() {
            stale.put_all(graph.before(i));
        }
        if whole {
            for i in (0..graph.len()).rev() {
                if settle(early, late, graph, &frame, i).1 {
                    moved.put(i);
                }
            }
            return;
        }
        let mut at = stale.last(graph.len());
        while let Some(i) = at {
            let (dates, any) = settle(early, late, graph, &frame, i);
            if any {
                moved.put(i);
            }
            if dates {
                stale.put_all(graph.before(i));
            }
            at = stale.last(i);
        }
    }
}

/// A set of positions, walked in working order or against it while it grows ahead.
struct Places(Vec<u64>);

impl Places {
    fn new(count: usize) -> Self {
        Places(vec![0; count.div_ceil(64)])
    }

    fn put(&mut self, i: usize) {
        self.0[i / 64] |= 1 << (i % 64);
    }

    /// The other ends of the links.
    fn put_all(&mut self, arcs: &[Arc]) {
        for arc in arcs {
            self.put(arc.other());
        }
    }

    /// The first place at or after `from`.
    fn next(&self, from: usize) -> Option<usize> {
        let mut word = from / 64;
        let mut bits = self.0.get(word)? & (!0 << (from % 64));
        while bits == 0 {
            word += 1;
            bits = *self.0.get(word)?;
        }
        Some(word * 64 + bits.trailing_zeros() as usize)
    }

    /// The last place before `end`.
    fn last(&self, end: usize) -> Option<usize> {
        let (mut word, rest) = (end / 64, end % 64);
        let mut bits = match self.0.get(word) {
            Some(bits) => bits & !(!0 << rest),
            None => 0,
        };
        while bits == 0 {
            word = word.checked_sub(1)?;
            bits = self.0[word];
        }
        Some(word * 64 + 63 - bits.leading_zeros() as usize)
    }

    fn count(&self) -> usize {
        self.0.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    fn list(&self) -> impl Iterator<Item = usize> {
        let words = self.0.iter().enumerate();
        words.flat_map(|(word, &bits)| {
            let mut rest = bits;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest.checked_sub(1)?;
                Some(word * 64 + bit)
            })
        })
    }
}

/// Places the late dates of activity `i`: did they move, did anything?
fn settle(
    early: &Early,
    late: &mut Late,
    graph: Graph,
    frame: &backward::Frame,
    i: usize,
) -> (bool, bool) {
    let old = late[i];
    backward::place(graph, frame, early, late, i);
    let new = &late[i];
    let dates = (old.start, old.finish, old.latest) != (new.start, new.finish, new.latest);
    let shown = dates && graph.role(i) != Role::Done;
    let floats = (old.total_float, old.free_float) != (new.total_float, new.free_float);
    (dates, shown || floats)
}

fn passes(network: &Network, packed: &Packed, options: &Options) -> (Early, Late) {
    let graph = Graph::new(network, packed, options);
    let mut early = forward::pass(graph, options);
    let mut late = backward::pass(graph, options, &mut early);
    crate::span::fill(graph, options, &mut early, &mut late);
    (early, late)
}

/// The activity has no rule that looks beyond its neighbours.
fn is_plain(activity: &Activity) -> bool {
    use crate::network::ActivityKind::{LevelOfEffort, Summary};
    activity.timing == Timing::AsSoonAsPossible
        && activity.parent.is_none()
        && !matches!(activity.kind, LevelOfEffort | Summary)
}

fn line(early: &Early, late: &Late, i: usize) -> [i64; 6] {
    [
        early[i].start,
        early[i].finish,
        late[i].start,
        late[i].finish,
        late[i].total_float,
        late[i].free_float,
    ]
}

fn missing(what: String) -> Finding {
    let remedy = "请刷新计划后再改。";
    Finding::error(
        "plan.index",
        what.clone(),
        format!("{what}不存在。"),
        remedy,
    )
}
