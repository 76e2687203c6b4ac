//! 分头作业: a task whose resources work at different times is done when the last of them is (Microsoft Project). Its
//! duration, the time in which any of them works, does not tell when that is.
//!
//! `ResourceCosts.mpp` has the plainest case: 80 hours at night beside 80 hours round the clock, a duration of 136 hours,
//! and a finish after ten nights; late start, and where the rest resumes, follow the crews in the same way.

use ground::{Minute, Timeline};

use crate::graph::Graph;

/// 班组. What one resource does on the task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Crew {
    /// Index into `Network::calendars`.
    pub calendar: usize,
    /// Working minutes of that calendar, overtime left out.
    pub work: i64,
    /// What is still to be done of them.
    pub remaining: i64,
}

fn crews<'a>(graph: Graph<'a>, i: usize) -> impl Iterator<Item = (&'a Crew, &'a Timeline)> {
    let crews = graph.special(i).map_or(&[][..], |activity| &activity.crews);
    crews.iter().filter_map(move |crew| {
        let timeline = graph.network.calendars.get(crew.calendar)?;
        Some((crew, timeline))
    })
}

/// When the last crew is done if all may begin at `start`; none for an activity without crews.
pub(crate) fn finish(graph: Graph, i: usize, start: Minute) -> Option<Minute> {
    let ends = crews(graph, i).map(|(crew, line)| line.advance(line.next_start(start), crew.work));
    ends.max()
}

/// When the first crew has to begin so that all are done at `finish`.
pub(crate) fn start(graph: Graph, i: usize, finish: Minute) -> Option<Minute> {
    let starts =
        crews(graph, i).map(|(crew, line)| line.retreat(line.previous_finish(finish), crew.work));
    starts.min()
}

/// Where the first crew that is not done goes on, all having begun at `start`.
pub(crate) fn restart(graph: Graph, i: usize, start: Minute) -> Option<Minute> {
    let open = crews(graph, i).filter(|(crew, _)| crew.remaining > 0);
    let places = open.map(|(crew, line)| {
        let done = (crew.work - crew.remaining).max(0);
        line.next_start(line.advance(line.next_start(start), done))
    });
    places.min()
}
