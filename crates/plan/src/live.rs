//! 增量排程: a schedule that follows one change after another without starting over.
//!
//! A change puts the activities it touches on a list in working order; each is placed anew, and only where a date moved
//! do its neighbours follow (`dates`). When the finish of the project moves, most late dates move with it without being
//! looked at. Plans with summaries, hammocks, work planned late or floats to own projects are calculated whole on every
//! change. The answer is always the one [`schedule`](crate::schedule) gives for the changed network.

mod dates;
mod places;
mod reorder;

use ground::Finding;

use self::dates::{Dates, Touch, shown};
use self::places::Places;
use crate::graph::{Arc, Graph, Move, Packed};
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
    dates: Dates,
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
        let graph = Graph::new(&network, &packed, &options);
        let dates = Dates::new(graph, &options, is_followed(&packed, &options));
        Ok(Live {
            dates,
            position: packed.positions(),
            stored: packed.stored(),
            network,
            options,
            packed,
        })
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// 计算完成 of the plan as it is now.
    pub fn finish(&self) -> ground::Minute {
        self.dates.finish()
    }

    /// The dates as they are now.
    pub fn schedule(&self) -> Schedule {
        let (early, late) = self.dates.whole(self.graph());
        crate::network::answer(self.graph(), &self.options, early, late)
    }

    fn graph(&self) -> Graph<'_> {
        Graph::new(&self.network, &self.packed, &self.options)
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
        let around = self.around(&[at]);
        let new = &self.network.activities[index];
        self.packed.refresh(at, new, &self.options);
        Ok(self.follow(&[at], &[at], &around))
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
            // There is a loop, or a rule that looks beyond neighbours.
            return self.start_over(|network| {
                network.links.pop();
            });
        };
        let around = self.around(&[from, to]);
        self.tie(index, from, to);
        let moved = self.follow(&[to], &[from], &around);
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
        let around = self.around(&[old_from, old_to, from, to]);
        self.untie(index, old_from, old_to);
        self.tie(index, from, to);
        let moved = self.follow(&[old_to, to], &[old_from, from], &around);
        self.sweep()?;
        Ok(moved)
    }

    /// The positions of both ends of a sound link in a plain plan, the first before the second: a link against the
    /// working order makes another order first. `None` where the plan has to be calculated anew.
    fn in_order(&mut self, link: &Link) -> Option<(usize, usize)> {
        let ends = |live: &Live| -> Option<(usize, usize)> {
            let (from, to) = (live.position.get(link.from)?, live.position.get(link.to)?);
            Some((*from as usize, *to as usize))
        };
        let (from, to) = ends(self)?;
        let known = match link.lag_calendar {
            crate::network::LagCalendar::Of(calendar) => calendar < self.network.calendars.len(),
            _ => true,
        };
        if !known || !self.is_plain() {
            return None;
        }
        if from >= to {
            let moves = reorder::moves(self.graph(), from, to)?;
            self.rearrange(&moves);
        }
        ends(self)
    }

    fn rearrange(&mut self, moves: &[Move]) {
        self.packed.rearrange(moves);
        self.dates.rearrange(moves);
        for one in moves {
            self.position[self.packed.index(one.then)] = one.then as u32;
        }
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
        let place = |link: Link| {
            let ends = [link.from, link.to];
            ends.map(|i| self.position[i] as usize)
        };
        let [from, to] = place(gone);
        // The last link takes the place of the one that is gone; where that is itself, its ends stand twice.
        let [last_from, last_to] = match self.network.links.get(index) {
            Some(&link) => place(link),
            None => [from, to],
        };
        let around = self.around(&[from, to, last_from, last_to]);
        self.untie(index, from, to);
        if index != last {
            self.untie(last, last_from, last_to);
            self.tie(index, last_from, last_to);
        }
        let moved = self.follow(&[to, last_to], &[from, last_from], &around);
        self.sweep()?;
        Ok(moved)
    }

    fn is_plain(&self) -> bool {
        is_followed(&self.packed, &self.options)
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
        let graph = Graph::new(&self.network, &packed, &self.options);
        let dates = Dates::new(graph, &self.options, is_followed(&packed, &self.options));
        let (old, new) = (self.dates.whole(self.graph()), dates.whole(graph));
        let position = packed.positions();
        let went = |&i: &usize| {
            let (was, is) = (self.position[i] as usize, position[i] as usize);
            shown(&old, was) != shown(&new, is)
        };
        let moved = (0..position.len()).filter(went).collect();
        self.stored = packed.stored();
        (self.packed, self.position, self.dates) = (packed, position, dates);
        Ok(moved)
    }

    /// To be called with the positions a change touches before it is done.
    fn around(&mut self, ends: &[usize]) -> Places {
        let graph = Graph::new(&self.network, &self.packed, &self.options);
        self.dates.around(graph, ends)
    }

    /// Carries a change on from the activities it touches.
    fn follow(&mut self, onward: &[usize], back: &[usize], around: &Places) -> Vec<usize> {
        let graph = Graph::new(&self.network, &self.packed, &self.options);
        let touch = Touch {
            onward,
            back,
            around,
        };
        let moved = self.dates.follow(graph, &self.options, &touch);
        if self.packed.is_in_order() {
            return moved.to_vec();
        }
        let mut told = Places::new(self.position.len());
        for i in moved.list() {
            told.put(self.packed.index(i));
        }
        told.to_vec()
    }
}

/// No rule looks beyond the neighbours of an activity.
fn is_followed(packed: &Packed, options: &Options) -> bool {
    packed.spans.is_none() && !packed.late_timing && !options.float_to_own_project
}

/// The activity has no rule that looks beyond its neighbours.
fn is_plain(activity: &Activity) -> bool {
    use crate::network::ActivityKind::{LevelOfEffort, Summary};
    activity.timing == Timing::AsSoonAsPossible
        && activity.parent.is_none()
        && !matches!(activity.kind, LevelOfEffort | Summary)
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
