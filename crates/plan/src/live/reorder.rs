//! 换序: another working order after a link that goes against it. Only what lies between its ends and hangs on one of
//! them changes places (Pearce and Kelly, A dynamic topological sort algorithm for directed acyclic graphs, 2006).

use super::places::Places;
use crate::graph::{Arc, Graph, Move};

/// Where activities have to go so that `from` stands before `to`, which stands before it now. `None` where `to` leads to
/// `from` already, which would be a loop, and where so much would move that a new beginning costs no more.
pub(super) fn moves(graph: Graph, from: usize, to: usize) -> Option<Vec<Move>> {
    let onward = reached(graph, to, |i| graph.after(i), |i| i <= from)?;
    if onward.binary_search(&from).is_ok() {
        return None;
    }
    let back = reached(graph, from, |i| graph.before(i), |i| i >= to)?;
    // What leads to `from` takes the first of the places of both, what hangs on `to` the others, each in its own order.
    let now = back.iter().chain(&onward);
    let mut places: Vec<usize> = now.clone().copied().collect();
    places.sort_unstable();
    let moves = now.zip(places).map(|(&now, then)| Move { now, then });
    Some(moves.filter(|one| one.now != one.then).collect())
}

/// What hangs on `first` in one direction, itself included, in working order; `None` when it is too much.
fn reached<'a>(
    graph: Graph<'a>,
    first: usize,
    near: impl Fn(usize) -> &'a [Arc],
    within: impl Fn(usize) -> bool,
) -> Option<Vec<usize>> {
    let many = 64 + graph.len() / 16;
    let mut seen = Places::new(graph.len());
    let mut list = vec![first];
    seen.put(first);
    let mut next = 0;
    while let Some(&i) = list.get(next) {
        next += 1;
        for arc in near(i) {
            let other = arc.other();
            if within(other) && !seen.has(other) {
                seen.put(other);
                list.push(other);
            }
        }
        if list.len() > many {
            return None;
        }
    }
    list.sort_unstable();
    Some(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Packed;
    use crate::network::{Activity, Link, Network, Options};
    use ground::{HolidayTable, WorkCalendar};

    /// The activities by index after a link from `from` to `to`, where another order is found without a new beginning.
    fn order_after(
        count: usize,
        links: &[(usize, usize)],
        from: usize,
        to: usize,
    ) -> Option<Vec<usize>> {
        let calendar = WorkCalendar::official(HolidayTable::shipped());
        let task = |i: usize| Activity::task(i.to_string(), "工作", 0, 480);
        let network = Network {
            calendars: vec![calendar.timeline()],
            activities: (0..count).map(task).collect(),
            links: links
                .iter()
                .map(|&(from, to)| Link::finish_start(from, to))
                .collect(),
        };
        let options = Options::from_start(0);
        let mut packed = Packed::build(&network, &options).expect("no loop");
        let moves = moves(Graph::new(&network, &packed, &options), from, to)?;
        packed.rearrange(&moves);
        let mut lists: Vec<(usize, usize)> = Vec::new();
        for i in 0..count {
            let after = packed.after_mut().of(i).to_vec();
            lists.extend(
                after
                    .iter()
                    .map(|arc| (packed.index(i), packed.index(arc.other()))),
            );
            assert!(after.iter().all(|arc| arc.other() > i), "a working order");
        }
        lists.sort_unstable();
        let mut written = links.to_vec();
        written.sort_unstable();
        assert_eq!(lists, written, "the links are those that were written");
        Some((0..count).map(|i| packed.index(i)).collect())
    }

    #[test]
    fn only_what_hangs_on_the_ends_between_them_changes_places() {
        // 1 → 3 → 5 stands before 4 → 6; then 6 has to come before 1. Nothing asks 0, 2 and 7 to move.
        let links = [(1, 3), (3, 5), (4, 6), (5, 7)];
        let order = order_after(8, &links, 6, 1).expect("no loop");
        assert_eq!(order, [0, 4, 2, 6, 1, 3, 5, 7]);
    }

    #[test]
    fn a_way_back_is_no_order() {
        assert_eq!(order_after(4, &[(0, 1), (1, 2), (2, 3)], 3, 0), None);
        assert_eq!(order_after(2, &[], 1, 1), None);
    }
}
