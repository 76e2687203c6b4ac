//! 最小割: the fewest activities that together lie on every driving chain to what is most late. Where branches run side
//! by side, shortening one of them alone wins nothing; only such a set does.

use std::collections::{HashMap, VecDeque};

use crate::compress::link_floats;
use crate::network::{Driver, LinkKind, Network, Schedule};

/// What cannot be cut.
const NEVER: i64 = i64::MAX / 4;
/// What one more activity weighs; more than the shares of any set of activities together, so that fewer come first.
const ONE_MORE: i64 = 1 << 40;

/// The activities to shorten together, ascending; empty where some driving chain has nothing that can be shortened.
///
/// `price` tells for an activity what a day less costs it (parts in a million of itself), `None` where nothing can be
/// taken; of sets with equally many activities the one with the smallest sum is chosen.
pub(crate) fn cheapest_cut(
    network: &Network,
    answer: &Schedule,
    price: impl Fn(usize) -> Option<i64>,
) -> Vec<usize> {
    let ends = ends(network, answer);
    let mut flow = Flow::default();
    let (source, sink) = (flow.node(), flow.node());
    let tight = tight_links(network, answer);
    // A member that a link into its summary drives hangs on that link.
    let into = |i: usize| {
        let mut links = tight.get(&i).cloned().unwrap_or_default();
        if let Driver::Link(k) = answer.driver[i]
            && !links.contains(&k)
        {
            links.push(k);
        }
        links
    };
    let mut known: HashMap<usize, (usize, usize)> = HashMap::new();
    let mut open: Vec<usize> = ends.clone();
    while let Some(i) = open.pop() {
        if known.contains_key(&i) {
            continue;
        }
        known.insert(i, (flow.node(), flow.node()));
        if starts_by_itself(answer.driver[i]).is_none() {
            open.extend(into(i).into_iter().map(|k| network.links[k].from));
        }
    }
    let mut members: Vec<usize> = known.keys().copied().collect();
    members.sort_unstable();
    let mut work = Vec::with_capacity(members.len());
    for &i in &members {
        let (start, finish) = known[&i];
        let weight = price(i).map_or(NEVER, |price| ONE_MORE + price.clamp(0, 1_000_000));
        work.push((i, flow.edge(start, finish, weight)));
        match starts_by_itself(answer.driver[i]) {
            Some(true) => drop(flow.edge(source, finish, NEVER)),
            Some(false) => drop(flow.edge(source, start, NEVER)),
            None if into(i).is_empty() => drop(flow.edge(source, start, NEVER)),
            None => {}
        }
        for k in into(i) {
            let link = &network.links[k];
            let Some(&before) = known.get(&link.from) else {
                continue;
            };
            let (from, to) = match link.kind {
                LinkKind::FS => (before.1, start),
                LinkKind::SS => (before.0, start),
                LinkKind::FF => (before.1, finish),
                LinkKind::SF => (before.0, finish),
            };
            flow.edge(from, to, NEVER);
        }
    }
    for i in ends {
        flow.edge(known[&i].1, sink, NEVER);
    }
    if !flow.fill(source, sink) {
        return Vec::new();
    }
    let reached = flow.reached(source);
    let cut = |&(i, edge): &(usize, usize)| {
        let (from, to) = flow.ends_of(edge);
        (reached[from] && !reached[to]).then_some(i)
    };
    work.iter().filter_map(cut).collect()
}

/// Activities with the least float whose late dates hang from a target, a bound, the project finish or work that has more.
fn ends(network: &Network, answer: &Schedule) -> Vec<usize> {
    // What only spans others is as late as they are, and cannot be shortened itself.
    let open = |i: &usize| !matches!(answer.driver[*i], Driver::Actual | Driver::Rollup);
    let all = || (0..answer.total_float.len()).filter(open);
    let Some(least) = all().map(|i| answer.total_float[i]).min() else {
        return Vec::new();
    };
    let worst = || all().filter(|&i| answer.total_float[i] == least);
    let bound = |i: &usize| match answer.late_driver[*i] {
        Driver::Link(k) => answer.total_float[network.links[k].to] > least,
        Driver::Rollup => false,
        _ => true,
    };
    let ends: Vec<usize> = worst().filter(bound).collect();
    match ends.is_empty() {
        true => worst().collect(),
        false => ends,
    }
}

/// Links without room, by the activity they lead into.
fn tight_links(network: &Network, answer: &Schedule) -> HashMap<usize, Vec<usize>> {
    let mut tight: HashMap<usize, Vec<usize>> = HashMap::new();
    for (k, room) in link_floats(network, answer).into_iter().enumerate() {
        if room.is_some_and(|room| room <= 0) {
            tight.entry(network.links[k].to).or_default().push(k);
        }
    }
    tight
}

/// None where links set the date; else whether it is the finish that is set, whatever the work takes.
fn starts_by_itself(driver: Driver) -> Option<bool> {
    match driver {
        Driver::Link(_) | Driver::Rollup => None,
        Driver::ExpectedFinish | Driver::Deadline => Some(true),
        Driver::Constraint(kind) => Some(kind.words().1 == "完成"),
        _ => Some(false),
    }
}

/// A network of pipes; each edge is followed by its reverse.
#[derive(Default)]
struct Flow {
    edges: Vec<(usize, usize, i64)>,
    out: Vec<Vec<usize>>,
}

impl Flow {
    fn node(&mut self) -> usize {
        self.out.push(Vec::new());
        self.out.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize, room: i64) -> usize {
        let edge = self.edges.len();
        self.edges.push((from, to, room));
        self.edges.push((to, from, 0));
        self.out[from].push(edge);
        self.out[to].push(edge + 1);
        edge
    }

    fn ends_of(&self, edge: usize) -> (usize, usize) {
        (self.edges[edge].0, self.edges[edge].1)
    }

    /// Lets through what fits (Edmonds and Karp 1972); false when some way cannot be cut, or there is none.
    fn fill(&mut self, source: usize, sink: usize) -> bool {
        let mut some = false;
        while let Some(way) = self.way(source, sink) {
            let room = way.iter().map(|&edge| self.edges[edge].2).min();
            let room = room.unwrap_or(NEVER);
            // What went through before may have eaten a part of an endless pipe.
            if room > NEVER / 2 {
                return false;
            }
            for edge in way {
                self.edges[edge].2 -= room;
                self.edges[edge ^ 1].2 += room;
            }
            some = true;
        }
        some
    }

    /// The edges of a shortest way with room left.
    fn way(&self, source: usize, sink: usize) -> Option<Vec<usize>> {
        let mut came: Vec<Option<usize>> = vec![None; self.out.len()];
        let mut queue = VecDeque::from([source]);
        while let Some(at) = queue.pop_front() {
            for &edge in &self.out[at] {
                let (_, to, room) = self.edges[edge];
                if room > 0 && to != source && came[to].is_none() {
                    came[to] = Some(edge);
                    queue.push_back(to);
                }
            }
        }
        let mut way = Vec::new();
        let mut at = sink;
        while at != source {
            let edge = came[at]?;
            way.push(edge);
            at = self.edges[edge].0;
        }
        Some(way)
    }

    fn reached(&self, source: usize) -> Vec<bool> {
        let mut reached = vec![false; self.out.len()];
        let mut open = vec![source];
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut reached[at], true) {
                continue;
            }
            let next = self.out[at].iter().map(|&edge| self.edges[edge]);
            open.extend(next.filter(|edge| edge.2 > 0).map(|edge| edge.1));
        }
        reached
    }
}
