//! 汇总工作 and 伴随工作: activities whose dates follow from others.
//!
//! A link into a summary binds each of its members, a link out of it leaves from its rolled-up dates (Microsoft Project's
//! rule). Constraints of a summary that hold a start back or bound a finish hold for every member; the other kinds say
//! nothing about a single member and are left to the summary's own late dates. A hammock (P6 level of effort) spans the
//! dates its links lead to, moves nobody and is measured last.

use ground::Minute;

use crate::backward::Late;
use crate::forward::Early;
use crate::graph::{Edge, Graph, LINK_MASK, Role};
use crate::network::{ActivityKind, Driver, LagCalendar, Link, Network, Options, Progress};

/// No parent.
const NONE: u32 = u32::MAX;

/// Who belongs to whom, by position once `placed`.
#[derive(Clone, Default)]
pub(crate) struct Spans {
    parent: Vec<u32>,
    members: Vec<Vec<u32>>,
    /// Links with a hammock at one end, by index.
    hammock_links: Vec<u32>,
    /// Position of each activity.
    position: Vec<u32>,
}

impl Spans {
    /// The membership, and the links as the passes see them.
    pub fn build(network: &Network) -> (Self, Vec<Edge>) {
        let count = network.activities.len();
        let mut spans = Spans {
            parent: vec![NONE; count],
            members: vec![Vec::new(); count],
            hammock_links: Vec::new(),
            position: (0..count as u32).collect(),
        };
        for (i, activity) in network.activities.iter().enumerate() {
            if let Some(parent) = activity.parent {
                spans.parent[i] = parent as u32;
                spans.members[parent].push(i as u32);
            }
        }
        let mut edges = Vec::with_capacity(network.links.len());
        for (index, link) in network.links.iter().enumerate() {
            let hammock = |i: usize| network.activities[i].kind == ActivityKind::LevelOfEffort;
            if hammock(link.from) || hammock(link.to) {
                spans.hammock_links.push(index as u32);
                continue;
            }
            for to in spans.leaves(link.to) {
                edges.push(Edge {
                    from: link.from as u32,
                    to,
                    link: index as u32,
                });
            }
        }
        (spans, edges)
    }

    /// The activity itself, or the members of a summary down to the last level.
    fn leaves(&self, i: usize) -> Vec<u32> {
        let mut leaves = Vec::new();
        let mut open = vec![i as u32];
        while let Some(at) = open.pop() {
            let members = &self.members[at as usize];
            if members.is_empty() {
                leaves.push(at);
            }
            open.extend(members.iter().rev());
        }
        leaves
    }

    /// Members come before their summary in working order.
    pub fn memberships(&self, network: &Network) -> impl Iterator<Item = Edge> + Clone {
        let parents = network.activities.iter().enumerate();
        parents.filter_map(|(i, activity)| {
            Some(Edge {
                from: i as u32,
                to: activity.parent? as u32,
                link: LINK_MASK,
            })
        })
    }

    /// The same by positions in working order.
    pub fn placed(self, position: &[u32]) -> Self {
        let count = position.len();
        let mut placed = Spans {
            parent: vec![NONE; count],
            members: vec![Vec::new(); count],
            hammock_links: self.hammock_links,
            position: position.to_vec(),
        };
        for (i, &at) in position.iter().enumerate() {
            if self.parent[i] != NONE {
                placed.parent[at as usize] = position[self.parent[i] as usize];
            }
            let members = self.members[i].iter();
            placed.members[at as usize] = members.map(|&m| position[m as usize]).collect();
        }
        placed
    }

    /// The summary activity `i` belongs to.
    pub fn parent(&self, i: usize) -> Option<usize> {
        let parent = self.parent[i];
        (parent != NONE).then_some(parent as usize)
    }

    pub fn members(&self, i: usize) -> impl Iterator<Item = usize> {
        self.members[i].iter().map(|&m| m as usize)
    }
}

/// The summaries activity `i` belongs to, nearest first.
pub(crate) fn ancestors<'a>(graph: &Graph<'a>, i: usize) -> impl Iterator<Item = usize> + use<'a> {
    let spans = graph.data.spans.as_deref();
    let parent = move |i: usize| spans.and_then(|spans| spans.parent(i));
    std::iter::successors(parent(i), move |&at| parent(at))
}

/// Early dates of summary `i` from its members, which stand before it.
pub(crate) fn roll_up_early(graph: Graph, early: &mut Early, i: usize) {
    let Some(spans) = &graph.data.spans else {
        return;
    };
    let dated = |m: &usize| graph.role(*m) != Role::Hammock;
    let members = || spans.members(i).filter(dated);
    let at = graph.timeline(i).next_start(graph.rules.frame);
    early[i].start = members().map(|m| early[m].start).min().unwrap_or(at);
    early[i].restart = members().map(|m| early[m].restart).min().unwrap_or(at);
    early[i].finish = members().map(|m| early[m].finish).max().unwrap_or(at);
    early[i].driver = Driver::Rollup;
}

/// Last: summaries take the dates of their members, hammocks those their links lead to.
pub(crate) fn fill(graph: Graph, options: &Options, early: &mut Early, late: &mut Late) {
    let Some(spans) = &graph.data.spans else {
        return;
    };
    // A hammock may hang on another one; as many rounds as a chain of hammocks has links settle it.
    for _ in 0..4 {
        for i in (0..graph.len()).filter(|&i| graph.role(i) == Role::Hammock) {
            hang(graph, spans, early, late, i);
        }
    }
    for i in (0..graph.len()).filter(|&i| graph.role(i) == Role::Summary) {
        roll_up_early(graph, early, i);
        let members = || spans.members(i).filter(|&m| graph.role(m) != Role::Done);
        if let (Some(start), Some(finish)) = (
            members().map(|m| late[m].start).min(),
            members().map(|m| late[m].finish).max(),
        ) {
            late[i].start = start;
            late[i].finish = finish;
        } else {
            late[i].start = early[i].start;
            late[i].finish = early[i].finish;
        }
        let float = (late[i].start, late[i].finish);
        late[i].total_float = crate::backward::total(graph, options.float, early, i, float);
    }
}

/// What the links of a hammock say: the earliest start, the latest finish, early and late.
#[derive(Default)]
struct Span {
    start: Option<(Minute, Minute)>,
    finish: Option<(Minute, Minute)>,
}

impl Span {
    fn start(&mut self, early: Minute, late: Minute) {
        let (e, l) = self.start.unwrap_or((early, late));
        self.start = Some((e.min(early), l.min(late)));
    }

    fn finish(&mut self, early: Minute, late: Minute) {
        let (e, l) = self.finish.unwrap_or((early, late));
        self.finish = Some((e.max(early), l.max(late)));
    }
}

fn hang(graph: Graph, spans: &Spans, early: &mut Early, late: &mut Late, i: usize) {
    let mut span = Span::default();
    for &index in &spans.hammock_links {
        let link = &graph.network.links[index as usize];
        let (from, to) = (spans.position[link.from], spans.position[link.to]);
        let (from, to) = (from as usize, to as usize);
        if to == i {
            let base = if link.kind.leaves_start() {
                (early[from].start, late[from].start)
            } else {
                (early[from].finish, late[from].finish)
            };
            let at = |m| shifted(graph, link, from, to, m, link.lag);
            if link.kind.enters_start() {
                span.start(at(base.0), at(base.1));
            } else {
                span.finish(at(base.0), at(base.1));
            }
        } else if from == i {
            let base = if link.kind.enters_start() {
                (early[to].start, late[to].start)
            } else {
                (early[to].finish, late[to].finish)
            };
            let at = |m| shifted(graph, link, from, to, m, link.lag.saturating_neg());
            if link.kind.leaves_start() {
                span.start(at(base.0), at(base.1));
            } else {
                span.finish(at(base.0), at(base.1));
            }
        }
    }
    hang_on(graph, early, late, i, &span);
}

fn shifted(graph: Graph, link: &Link, from: usize, to: usize, base: Minute, lag: i64) -> Minute {
    let timeline = match link.lag_calendar {
        LagCalendar::Predecessor => graph.timeline(from),
        LagCalendar::Successor => graph.timeline(to),
        LagCalendar::Of(index) => &graph.network.calendars[index],
        LagCalendar::Elapsed => return base.saturating_add(lag),
    };
    timeline.advance(base, lag)
}

fn hang_on(graph: Graph, early: &mut Early, late: &mut Late, i: usize, span: &Span) {
    let timeline = graph.timeline(i);
    let frame = graph.rules.frame;
    let (mut start, late_start) = span.start.unwrap_or((frame, Minute::MAX));
    let progress = graph.progress(i);
    if let Progress::Started { actual_start, .. } | Progress::Finished { actual_start, .. } =
        progress
    {
        start = actual_start;
    }
    let (mut finish, late_finish) = span.finish.unwrap_or((start, late_start));
    if let Progress::Finished { actual_finish, .. } = progress {
        finish = actual_finish;
    }
    let first = timeline.next_start(start);
    let last = timeline
        .previous_finish(finish)
        .max(first.min(finish))
        .max(start);
    early[i].start = if progress == Progress::NotStarted {
        first
    } else {
        start
    };
    early[i].restart = timeline.next_start(start.max(frame));
    early[i].finish = last;
    early[i].driver = Driver::Rollup;
    late[i].finish = if late_finish == Minute::MAX {
        last
    } else {
        timeline.previous_finish(late_finish)
    };
    late[i].start = if late_start == Minute::MAX {
        late[i].finish
    } else {
        timeline.next_start(late_start).min(late[i].finish)
    };
    late[i].driver = Driver::Rollup;
    late[i].total_float = timeline.between(early[i].finish, late[i].finish);
    late[i].free_float = 0;
}
