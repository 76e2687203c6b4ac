//! 最长线路: every activity on a driving chain to the latest finish.

use crate::forward::{Early, drives};
use crate::graph::{Graph, Role};

/// Walks back from the activities that finish last, along every link that leaves its successor no room.
/// Floats play no part, so the path shows under any target and across calendars. Stops at finished activities.
pub(crate) fn longest(graph: Graph, early: &Early) -> Vec<bool> {
    let mut on_path = graph
        .unfinished(|i| early[i].finish == early.project_finish && graph.role(i) != Role::Summary);
    let mut open: Vec<usize> = (0..graph.len()).filter(|&i| on_path[i]).collect();
    while let Some(i) = open.pop() {
        for &arc in graph.before(i) {
            let from = arc.other();
            if !on_path[from] && graph.role(from) != Role::Done && drives(graph, early, i, arc) {
                on_path[from] = true;
                open.push(from);
            }
        }
    }
    on_path
}
