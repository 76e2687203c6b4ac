//! The network as flat arrays in working order: every predecessor stands before its successors, so
//! that both passes run through memory in one direction whatever order the plan was written in.
//!
//! Built once per calculation, kept by `live` between changes. Dates are the business of `forward` and `backward`, indexes
//! and loops of `order`, summaries and hammocks of `span`. Positions in these arrays are not indexes of activities:
//! `by_activity` turns answers back.

use ground::{Finding, Minute, Timeline};

use crate::network::{
    Activity, ActivityKind, Dialect, LagCalendar, Link, LinkKind, Network, Options, OutOfSequence,
    Progress, Timing,
};
use crate::span::Spans;

/// How an activity takes part in the passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// Has work left.
    Work,
    /// Sits at the start of a work period (start milestone).
    Point,
    /// A task without work left: possible at the start of a work period, permissible up to the end of one.
    Rest,
    /// No work, sits at the end of a work period where it can (finish milestone).
    End,
    /// Finished: stands on its actual dates.
    Done,
    /// Rolls up from its members.
    Summary,
    /// Spans its links; takes no part in the passes.
    Hammock,
}

/// What the options decide inside the passes.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    /// Logic runs through finished activities, and what remains of a started one is bound by the starts that wait for it;
    /// successors' late dates count as shown, moved to their own working time (P6).
    pub as_p6: bool,
    /// Started work keeps the place its start gave it (Microsoft Project).
    pub as_microsoft: bool,
    pub out_of_sequence: OutOfSequence,
    pub lag_from_actual: bool,
    /// 数据日期, else the project start.
    pub frame: Minute,
}

impl Rules {
    pub fn of(options: &Options) -> Self {
        Rules {
            as_p6: options.dialect == Dialect::P6,
            as_microsoft: options.dialect == Dialect::MicrosoftProject,
            out_of_sequence: options.out_of_sequence,
            lag_from_actual: options.start_lag_from_actual,
            frame: options.frame(),
        }
    }
}

/// A link as the passes see it; links of a summary stand once for each member they bind.
#[derive(Clone, Copy)]
pub(crate) struct Edge {
    pub from: u32,
    pub to: u32,
    pub link: u32,
}

/// One side of a link: the other activity, and the link's index, kind and "has a lag" in one word.
#[derive(Clone, Copy)]
pub(crate) struct Arc {
    pub other: u32,
    tag: u32,
}

const LINK_BITS: u32 = 29;
pub(crate) const LINK_MASK: u32 = (1 << LINK_BITS) - 1;
const LAG_FLAG: u32 = 1 << 31;

impl Arc {
    /// `link` is `None` for the tie of a member to its summary, which only orders.
    pub fn new(other: u32, index: u32, link: Option<&Link>) -> Self {
        let (kind, lag) = link.map_or((LinkKind::FS, 0), |link| (link.kind, link.lag));
        let lag = if lag == 0 { 0 } else { LAG_FLAG };
        Arc {
            other,
            tag: index | (kind as u32) << LINK_BITS | lag,
        }
    }

    pub fn other(self) -> usize {
        self.other as usize
    }

    pub fn link(self) -> usize {
        (self.tag & LINK_MASK) as usize
    }

    pub fn kind(self) -> LinkKind {
        match self.tag >> LINK_BITS & 3 {
            0 => LinkKind::FS,
            1 => LinkKind::SS,
            2 => LinkKind::FF,
            _ => LinkKind::SF,
        }
    }

    /// From finish to start without lag.
    pub fn is_bare(self) -> bool {
        self.tag & !LINK_MASK == 0
    }

    pub fn has_lag(self) -> bool {
        self.tag & LAG_FLAG != 0
    }
}

/// Adjacency: `spans` tells from where to where the arcs of each activity lie in `arcs`. Packed when built; a list that changes moves to the
/// end of `arcs`.
#[derive(Clone, Default)]
pub(crate) struct Adjacency {
    spans: Vec<(u32, u32)>,
    arcs: Vec<Arc>,
}

/// From where to where each list lies, from where it starts.
fn spans(first: &[u32]) -> Vec<(u32, u32)> {
    first.windows(2).map(|ends| (ends[0], ends[1])).collect()
}

impl Adjacency {
    /// Counting sort of the edges by the end `own` picks; edges of one activity stay in their written order.
    pub fn build(
        count: usize,
        links: &[Link],
        edges: impl Iterator<Item = Edge> + Clone,
        own: fn(&Edge) -> (u32, u32),
    ) -> Self {
        let mut first = vec![0u32; count + 1];
        for edge in edges.clone() {
            first[own(&edge).0 as usize + 1] += 1;
        }
        for i in 0..count {
            first[i + 1] += first[i];
        }
        let spans = spans(&first);
        let mut end = first;
        let mut arcs = vec![Arc { other: 0, tag: 0 }; end[count] as usize];
        for edge in edges {
            let (own, other) = own(&edge);
            let place = &mut end[own as usize];
            arcs[*place as usize] = Arc::new(other, edge.link, links.get(edge.link as usize));
            *place += 1;
        }
        Adjacency { spans, arcs }
    }

    /// The same arcs with activity `order[i]` at position `i`.
    fn reordered(&self, order: &[u32], position: &[u32]) -> Self {
        let mut moved = Adjacency {
            spans: Vec::with_capacity(self.spans.len()),
            arcs: Vec::with_capacity(self.arcs.len()),
        };
        for &index in order {
            let first = moved.arcs.len() as u32;
            let own = self.of(index as usize).iter();
            moved.arcs.extend(own.map(|arc| Arc {
                other: position[arc.other()],
                tag: arc.tag,
            }));
            moved.spans.push((first, moved.arcs.len() as u32));
        }
        moved
    }

    /// The arcs seen from the other end.
    fn reversed(&self) -> Self {
        let count = self.spans.len();
        let mut first = vec![0u32; count + 1];
        for arc in &self.arcs {
            first[arc.other() + 1] += 1;
        }
        for i in 0..count {
            first[i + 1] += first[i];
        }
        let spans = spans(&first);
        let mut end = first;
        let mut arcs = vec![Arc { other: 0, tag: 0 }; self.arcs.len()];
        for own in 0..count {
            for arc in self.of(own) {
                let place = &mut end[arc.other()];
                arcs[*place as usize] = Arc {
                    other: own as u32,
                    tag: arc.tag,
                };
                *place += 1;
            }
        }
        Adjacency { spans, arcs }
    }

    pub fn of(&self, i: usize) -> &[Arc] {
        let (first, end) = self.spans[i];
        &self.arcs[first as usize..end as usize]
    }

    /// What the other ends of links will be called when those who move have moved: own position, link, new position.
    fn renamed(&self, moves: &[Move]) -> Vec<(usize, usize, u32)> {
        let own = |one: &Move| {
            let then = one.then as u32;
            let arcs = self.of(one.now).iter();
            arcs.map(move |arc| (arc.other(), arc.link(), then))
        };
        moves.iter().flat_map(own).collect()
    }

    /// Gives the other ends these names, then the lists their new places.
    fn rearrange(&mut self, names: &[(usize, usize, u32)], moves: &[Move]) {
        for &(own, link, name) in names {
            let (first, end) = self.spans[own];
            let arcs = &mut self.arcs[first as usize..end as usize];
            for arc in arcs.iter_mut().filter(|arc| arc.link() == link) {
                arc.other = name;
            }
        }
        carry(&mut self.spans, moves);
    }

    /// Gives activity `i` another list, in the order of the links.
    pub fn replace(&mut self, i: usize, mut list: Vec<Arc>) {
        list.sort_by_key(|arc| arc.link());
        let first = self.arcs.len() as u32;
        self.arcs.extend(list);
        self.spans[i] = (first, self.arcs.len() as u32);
    }
}

/// An activity that changes places in the working order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Move {
    pub now: usize,
    pub then: usize,
}

/// Rows by position after the moves; `moves` give every place they take from to another.
pub(crate) fn carry<T: Copy>(rows: &mut [T], moves: &[Move]) {
    let carried: Vec<T> = moves.iter().map(|one| rows[one.now]).collect();
    for (one, row) in moves.iter().zip(carried) {
        rows[one.then] = row;
    }
}

/// Plain work that no link asks for a finish: it ends with a working minute, never inside a pause.
const SHARP: u8 = 1;
/// Plain work whose links come without lag from the finish of sharp work on its own calendar.
const STRAIGHT_BEFORE: u8 = 2;
/// Plain work whose links go without lag from its finish to the start of plain work on its own calendar.
const STRAIGHT_AFTER: u8 = 4;

/// Both of these: late dates that only shift with the end of the pass.
const AFLOAT: u8 = SHARP | STRAIGHT_AFTER;

/// No calendar's index.
pub(crate) const NOT_PLAIN: u32 = u32::MAX;

/// An activity as the passes see it.
#[derive(Clone, Copy)]
struct Node {
    /// Remaining work, minutes.
    work: i64,
    /// Calendar index.
    calendar: u32,
    /// The calendar of plain work, `NOT_PLAIN` for everything else: one look tells whether two activities count the same
    /// working minutes and nothing else speaks of them.
    plain_on: u32,
    role: Role,
    /// More to say than work and calendar: one of the few activities whose record must be opened.
    special: bool,
    /// `SHARP`, `STRAIGHT_BEFORE`, `STRAIGHT_AFTER`.
    marks: u8,
}

impl Node {
    fn new(activity: &Activity, dialect: Dialect) -> Node {
        let (role, special) = (role(activity, dialect), is_special(activity));
        let calendar = activity.calendar as u32;
        let plain = role == Role::Work && !special;
        Node {
            work: span(activity),
            calendar,
            plain_on: if plain { calendar } else { NOT_PLAIN },
            role,
            special,
            marks: 0,
        }
    }
}

/// The compiled network; every list is by position in working order.
#[derive(Clone, Default)]
pub(crate) struct Packed {
    nodes: Vec<Node>,
    /// Activity at each position; `None` when the written order is a working order.
    order: Option<Vec<u32>>,
    before: Adjacency,
    after: Adjacency,
    /// Summaries and hammocks; `None` in a plan of tasks and milestones.
    pub spans: Option<Box<Spans>>,
    /// Something is planned late inside its float.
    pub late_timing: bool,
    /// Something is planned late inside its total float.
    pub late_in_total: bool,
    pub any_done: bool,
}

impl Packed {
    /// Checks the indexes, orders the activities and packs them with their links.
    pub fn build(network: &Network, options: &Options) -> Result<Self, Vec<Finding>> {
        let spanned = crate::order::check(network)?;
        if spanned {
            let (spans, edges) = Spans::build(network);
            let ordering = edges.iter().copied().chain(spans.memberships(network));
            // The ties of members to their summaries order, but bind nothing.
            let order = crate::order::order(network, ordering)?.map(|(order, _)| order);
            let after = Packed::links_after(network, edges.iter().copied());
            let mut packed = Packed::pack(network, options, after, order);
            packed.spans = Some(Box::new(spans.placed(&packed.positions())));
            return Ok(packed);
        }
        let links = network.links.iter().enumerate();
        let edges = links.map(|(i, link)| Edge {
            from: link.from as u32,
            to: link.to as u32,
            link: i as u32,
        });
        let (order, after) = match crate::order::order(network, edges.clone())? {
            Some((order, after)) => (Some(order), after),
            None => (None, Packed::links_after(network, edges)),
        };
        Ok(Packed::pack(network, options, after, order))
    }

    fn links_after(network: &Network, edges: impl Iterator<Item = Edge> + Clone) -> Adjacency {
        let count = network.activities.len();
        Adjacency::build(count, &network.links, edges, |e| (e.from, e.to))
    }

    /// `after` is by activity.
    fn pack(
        network: &Network,
        options: &Options,
        after: Adjacency,
        order: Option<Vec<u32>>,
    ) -> Self {
        let mut packed = Packed {
            order,
            ..Packed::default()
        };
        packed.after = match &packed.order {
            Some(order) => after.reordered(order, &packed.positions()),
            None => after,
        };
        packed.before = packed.after.reversed();
        packed.take_nodes(network, options);
        packed.mark_all();
        packed
    }

    /// The activities are opened as they were written, one after the other in memory.
    fn take_nodes(&mut self, network: &Network, options: &Options) {
        let mut nodes = Vec::with_capacity(network.activities.len());
        for activity in &network.activities {
            let node = Node::new(activity, options.dialect);
            self.any_done |= node.role == Role::Done;
            self.late_timing |= activity.timing != Timing::AsSoonAsPossible;
            self.late_in_total |= activity.timing == Timing::LateInTotalFloat;
            nodes.push(node);
        }
        self.nodes = match &self.order {
            Some(order) => order.iter().map(|&index| nodes[index as usize]).collect(),
            None => nodes,
        };
    }

    fn mark_all(&mut self) {
        for i in 0..self.nodes.len() {
            self.nodes[i].marks = self.sharp(i);
        }
        for i in 0..self.nodes.len() {
            self.nodes[i].marks |= self.straight(i);
        }
    }

    /// Takes over a changed activity; `live` sees to what follows from it.
    pub fn refresh(&mut self, i: usize, activity: &Activity, options: &Options) {
        self.nodes[i] = Node::new(activity, options.dialect);
        self.any_done |= self.nodes[i].role == Role::Done;
        self.mark(i);
    }

    /// Marks activity `i` and its neighbours anew after it or its links changed.
    pub fn mark(&mut self, i: usize) {
        self.nodes[i].marks = self.sharp(i);
        let arcs = self.before.of(i).iter().chain(self.after.of(i));
        let near: Vec<usize> = arcs.map(|arc| arc.other()).collect();
        for i in near.into_iter().chain([i]) {
            self.nodes[i].marks = self.nodes[i].marks & SHARP | self.straight(i);
        }
    }

    /// Another working order of the same network, for plans of tasks and milestones.
    pub fn rearrange(&mut self, moves: &[Move]) {
        let (before, after) = (self.after.renamed(moves), self.before.renamed(moves));
        self.before.rearrange(&before, moves);
        self.after.rearrange(&after, moves);
        carry(&mut self.nodes, moves);
        let count = self.nodes.len() as u32;
        let order = self.order.get_or_insert_with(|| (0..count).collect());
        carry(order, moves);
    }

    fn sharp(&self, i: usize) -> u8 {
        let arcs = self.before.of(i);
        let free = arcs.iter().all(|arc| arc.kind().enters_start());
        SHARP * u8::from(free && self.nodes[i].plain_on != NOT_PLAIN)
    }

    fn straight(&self, i: usize) -> u8 {
        let own = self.nodes[i].plain_on;
        if own == NOT_PLAIN {
            return 0;
        }
        let near = |arc: &Arc| arc.is_bare() && self.nodes[arc.other()].plain_on == own;
        let before = self.before.of(i).iter();
        let before = before
            .clone()
            .all(|arc| near(arc) && self.nodes[arc.other()].marks & SHARP != 0);
        let after = self.after.of(i).iter().all(near);
        (STRAIGHT_BEFORE * u8::from(before)) | (STRAIGHT_AFTER * u8::from(after))
    }

    /// Another amount of remaining work, for a trial.
    pub fn set_work(&mut self, i: usize, work: i64) {
        self.nodes[i].work = work;
    }

    /// Index of the activity at position `i`.
    pub fn index(&self, i: usize) -> usize {
        self.order.as_ref().map_or(i, |order| order[i] as usize)
    }

    /// Positions are indexes.
    pub fn is_in_order(&self) -> bool {
        self.order.is_none()
    }

    /// Position of each activity.
    pub fn positions(&self) -> Vec<u32> {
        let Some(order) = &self.order else {
            return (0..self.nodes.len() as u32).collect();
        };
        let mut position = vec![0u32; order.len()];
        for (i, &index) in order.iter().enumerate() {
            position[index as usize] = i as u32;
        }
        position
    }

    /// Arcs kept in one direction, those of lists given up included.
    pub fn stored(&self) -> usize {
        self.after.arcs.len()
    }

    pub fn before_mut(&mut self) -> &mut Adjacency {
        &mut self.before
    }

    pub fn after_mut(&mut self) -> &mut Adjacency {
        &mut self.after
    }

    /// Hands the positions of all activities over, block after block in the order of the activities, so that what is
    /// looked up for one of a block stays near for the next thing asked of it.
    pub fn by_block(&self, mut take: impl FnMut(&[u32])) {
        const BLOCK: usize = 4096;
        let count = self.nodes.len();
        let position = self.order.as_ref().map(|_| self.positions());
        let mut own = Vec::with_capacity(BLOCK);
        for first in (0..count).step_by(BLOCK) {
            let end = count.min(first + BLOCK);
            own.clear();
            match &position {
                Some(position) => own.extend_from_slice(&position[first..end]),
                None => own.extend(first as u32..end as u32),
            }
            take(&own);
        }
    }

    /// A value of each line by position, as values by activity.
    pub fn by_activity<L, T: Copy + Default>(
        &self,
        lines: &[L],
        value: impl Fn(&L) -> T,
    ) -> Vec<T> {
        let Some(order) = &self.order else {
            return lines.iter().map(value).collect();
        };
        let mut answer = vec![T::default(); lines.len()];
        for (&index, line) in order.iter().zip(lines) {
            answer[index as usize] = value(line);
        }
        answer
    }
}

/// The compiled network beside the one it was compiled from. `i` is a position in working order everywhere.
#[derive(Clone, Copy)]
pub(crate) struct Graph<'a> {
    pub network: &'a Network,
    pub data: &'a Packed,
    pub rules: Rules,
}

impl<'a> Graph<'a> {
    pub fn new(network: &'a Network, data: &'a Packed, options: &Options) -> Self {
        Graph {
            network,
            data,
            rules: Rules::of(options),
        }
    }

    pub fn len(&self) -> usize {
        self.data.nodes.len()
    }

    pub fn activity(&self, i: usize) -> &'a Activity {
        &self.network.activities[self.data.index(i)]
    }

    /// The activity, if it has more to say than work and calendar.
    pub fn special(&self, i: usize) -> Option<&'a Activity> {
        if self.data.nodes[i].special {
            Some(self.activity(i))
        } else {
            None
        }
    }

    pub fn role(&self, i: usize) -> Role {
        self.data.nodes[i].role
    }

    pub fn work(&self, i: usize) -> i64 {
        self.data.nodes[i].work
    }

    pub fn calendar(&self, i: usize) -> usize {
        self.data.nodes[i].calendar as usize
    }

    pub fn progress(&self, i: usize) -> Progress {
        self.special(i)
            .map_or(Progress::NotStarted, |activity| activity.progress)
    }

    pub fn timeline(&self, i: usize) -> &'a Timeline {
        &self.network.calendars[self.calendar(i)]
    }

    /// Work that nothing but its links, its calendar and the target speaks of.
    pub fn is_plain(&self, i: usize) -> bool {
        self.data.nodes[i].plain_on != NOT_PLAIN
    }

    /// The calendar of plain work, else `NOT_PLAIN`.
    pub fn plain_on(&self, i: usize) -> u32 {
        self.data.nodes[i].plain_on
    }

    /// Its early dates follow from the ends of work on its own calendar.
    pub fn is_straight_before(&self, i: usize) -> bool {
        self.data.nodes[i].marks & STRAIGHT_BEFORE != 0
    }

    /// Its late dates follow from the late starts of work on its own calendar.
    pub fn is_straight_after(&self, i: usize) -> bool {
        self.data.nodes[i].marks & STRAIGHT_AFTER != 0
    }

    /// The same, and its early finish is the end of a working minute: its late dates are a matter of numbers alone.
    pub fn is_afloat(&self, i: usize) -> bool {
        self.data.nodes[i].marks & AFLOAT == AFLOAT
    }

    /// Links into activity `i`.
    pub fn before(&self, i: usize) -> &'a [Arc] {
        self.data.before.of(i)
    }

    /// Links out of activity `i`.
    pub fn after(&self, i: usize) -> &'a [Arc] {
        self.data.after.of(i)
    }

    /// `rule` for unfinished activities with dates of their own, false for others.
    pub fn unfinished(&self, rule: impl Fn(usize) -> bool) -> Vec<bool> {
        (0..self.len())
            .map(|i| !matches!(self.role(i), Role::Done | Role::Hammock) && rule(i))
            .collect()
    }

    /// The lag of the link from position `from` to `to`, and the calendar it runs on.
    fn lag(&self, arc: Arc, from: usize, to: usize) -> (i64, Option<&'a Timeline>) {
        let link = &self.network.links[arc.link()];
        let timeline = match link.lag_calendar {
            LagCalendar::Predecessor => Some(self.timeline(from)),
            LagCalendar::Successor => Some(self.timeline(to)),
            LagCalendar::Of(index) => Some(&self.network.calendars[index]),
            LagCalendar::Elapsed => None,
        };
        (link.lag, timeline)
    }

    /// What is left of a lag that began to run at `since` and has passed until the data date.
    fn rest(&self, lag: i64, timeline: Option<&Timeline>, since: Minute) -> i64 {
        let frame = self.rules.frame;
        let passed = timeline.map_or(frame - since, |line| line.between(since, frame));
        (lag - passed.max(0)).max(lag.min(0))
    }

    /// The date `base` of predecessor `arc.other()`, later by the lag of its link into `to`: the
    /// end of the lag's last working minute.
    pub fn lagged(&self, arc: Arc, to: usize, base: Minute) -> Minute {
        if !arc.has_lag() {
            return base;
        }
        let (lag, timeline) = self.lag(arc, arc.other(), to);
        later(base, lag, timeline)
    }

    /// The same for a lag of which the part since `since` has passed.
    pub fn lagged_since(&self, arc: Arc, to: usize, base: Minute, since: Minute) -> Minute {
        if !arc.has_lag() {
            return base;
        }
        let (lag, timeline) = self.lag(arc, arc.other(), to);
        later(base, self.rest(lag, timeline, since), timeline)
    }

    /// The latest date of predecessor `from` that `lagged` still brings to `bound`, a date of
    /// successor `arc.other()`, or before.
    pub fn unlagged(&self, arc: Arc, from: usize, bound: Minute) -> Minute {
        if !arc.has_lag() {
            return bound;
        }
        let (lag, timeline) = self.lag(arc, from, arc.other());
        earlier(bound, lag, timeline)
    }

    /// The same for a lag of which the part since `since` has passed.
    pub fn unlagged_since(&self, arc: Arc, from: usize, bound: Minute, since: Minute) -> Minute {
        if !arc.has_lag() {
            return bound;
        }
        let (lag, timeline) = self.lag(arc, from, arc.other());
        earlier(bound, self.rest(lag, timeline, since), timeline)
    }
}

fn later(base: Minute, lag: i64, timeline: Option<&Timeline>) -> Minute {
    match (lag, timeline) {
        (0, _) => base,
        (lag, None) => base.saturating_add(lag),
        (lag, Some(timeline)) => timeline.finish_at(timeline.work_before(base).saturating_add(lag)),
    }
}

fn earlier(bound: Minute, lag: i64, timeline: Option<&Timeline>) -> Minute {
    match (lag, timeline) {
        (0, _) => bound,
        (lag, None) => bound.saturating_sub(lag),
        (lag, Some(timeline)) => timeline.start_at(timeline.work_before(bound).saturating_sub(lag)),
    }
}

/// Working minutes from the restart of an activity to its end.
fn span(activity: &Activity) -> i64 {
    match activity.remaining() {
        0 => 0,
        remaining => remaining.saturating_add(activity.pause),
    }
}

fn is_special(activity: &Activity) -> bool {
    !activity.constraints.is_empty()
        || activity.deadline.is_some()
        || activity.progress != Progress::NotStarted
        || activity.timing != Timing::AsSoonAsPossible
        || activity.parent.is_some()
        || activity.fixed.is_some()
        || activity.expected_finish.is_some()
        || activity.delay != 0
        || activity.float_calendar.is_some()
        || !activity.crews.is_empty()
}

fn role(activity: &Activity, dialect: Dialect) -> Role {
    match (activity.progress, activity.kind) {
        (_, ActivityKind::Summary) => Role::Summary,
        (_, ActivityKind::LevelOfEffort) => Role::Hammock,
        (Progress::Finished { .. }, _) => Role::Done,
        (_, ActivityKind::FinishMilestone) => Role::End,
        (_, ActivityKind::StartMilestone) => Role::Point,
        _ if activity.remaining() > 0 => Role::Work,
        // A task of no duration is how Microsoft Project writes a milestone of either kind.
        _ if dialect == Dialect::MicrosoftProject => Role::End,
        _ => Role::Rest,
    }
}
