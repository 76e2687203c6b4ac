//! The network as flat arrays in working order: every predecessor stands before its successors, so
//! that both passes run through memory in one direction whatever order the plan was written in.
//!
//! Built once per calculation. Checks indexes and finds loops; dates are the business of `forward`
//! and `backward`. Positions in these arrays are not indexes of activities: `by_activity` turns
//! answers back.

use ground::{Finding, Minute, Timeline};

use crate::network::{Activity, ActivityKind, LagCalendar, Link, LinkKind, Network, Progress};

/// How an activity takes part in the passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// Has work left.
    Work,
    /// No work, sits at the start of a work period (start milestone, task of no duration).
    Point,
    /// No work, sits at the end of a work period where it can (finish milestone).
    End,
    /// Finished: stands on its actual dates and passes nothing on to its predecessors.
    Done,
}

/// One side of a link: the other activity, and the link's index, kind and "has a lag" in one word.
#[derive(Clone, Copy)]
pub(crate) struct Arc {
    pub other: u32,
    tag: u32,
}

const LINK_BITS: u32 = 29;
const LINK_MASK: u32 = (1 << LINK_BITS) - 1;
const LAG_FLAG: u32 = 1 << 31;

impl Arc {
    fn new(other: usize, index: usize, link: &Link) -> Self {
        let lag = if link.lag == 0 { 0 } else { LAG_FLAG };
        Arc {
            other: other as u32,
            tag: index as u32 | (link.kind as u32) << LINK_BITS | lag,
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

    pub fn has_lag(self) -> bool {
        self.tag & LAG_FLAG != 0
    }
}

/// Compressed adjacency: the arcs of activity `i` are `arcs[first[i]..first[i + 1]]`.
struct Adjacency {
    first: Vec<u32>,
    arcs: Vec<Arc>,
}

impl Adjacency {
    /// Counting sort of the links by the end `key` picks; links of one activity stay in their written order.
    fn build(count: usize, links: &[Link], key: fn(&Link) -> (usize, usize)) -> Self {
        let mut first = vec![0u32; count + 1];
        for link in links {
            first[key(link).0 + 1] += 1;
        }
        for i in 0..count {
            first[i + 1] += first[i];
        }
        let mut next = first.clone();
        let mut arcs = vec![Arc { other: 0, tag: 0 }; links.len()];
        for (index, link) in links.iter().enumerate() {
            let (own, other) = key(link);
            arcs[next[own] as usize] = Arc::new(other, index, link);
            next[own] += 1;
        }
        Adjacency { first, arcs }
    }

    /// The same arcs with activity `order[i]` at position `i`.
    fn reordered(&self, order: &[u32]) -> Self {
        let mut position = vec![0u32; order.len()];
        for (i, &index) in order.iter().enumerate() {
            position[index as usize] = i as u32;
        }
        let mut first = Vec::with_capacity(self.first.len());
        let mut arcs = Vec::with_capacity(self.arcs.len());
        first.push(0);
        for &index in order {
            let own = self.of(index as usize).iter();
            arcs.extend(own.map(|arc| Arc {
                other: position[arc.other()],
                tag: arc.tag,
            }));
            first.push(arcs.len() as u32);
        }
        Adjacency { first, arcs }
    }

    /// The arcs seen from the other end.
    fn reversed(&self) -> Self {
        let count = self.first.len() - 1;
        let mut first = vec![0u32; count + 1];
        for arc in &self.arcs {
            first[arc.other() + 1] += 1;
        }
        for i in 0..count {
            first[i + 1] += first[i];
        }
        let mut next = first.clone();
        let mut arcs = vec![Arc { other: 0, tag: 0 }; self.arcs.len()];
        for own in 0..count {
            for arc in self.of(own) {
                let place = &mut next[arc.other()];
                arcs[*place as usize] = Arc {
                    other: own as u32,
                    tag: arc.tag,
                };
                *place += 1;
            }
        }
        Adjacency { first, arcs }
    }

    fn of(&self, i: usize) -> &[Arc] {
        &self.arcs[self.first[i] as usize..self.first[i + 1] as usize]
    }
}

/// The compiled network. `i` is a position in working order everywhere.
pub(crate) struct Graph<'a> {
    pub network: &'a Network,
    /// Remaining work, minutes.
    pub work: Vec<i64>,
    /// Calendar index.
    pub calendar: Vec<u32>,
    pub role: Vec<Role>,
    /// Constraints, a deadline or actual dates: the few activities whose record must be opened.
    special: Vec<bool>,
    /// Activity at each position; `None` when the written order is a working order.
    order: Option<Vec<u32>>,
    before: Adjacency,
    after: Adjacency,
}

impl<'a> Graph<'a> {
    /// Checks the indexes, orders the activities and packs them with their links.
    pub fn build(network: &'a Network) -> Result<Self, Vec<Finding>> {
        let broken = check(network);
        if !broken.is_empty() {
            return Err(broken);
        }
        let count = network.activities.len();
        let after = Adjacency::build(count, &network.links, |l| (l.from, l.to));
        let order = order(network, &after)?;
        let after = match &order {
            Some(order) => after.reordered(order),
            None => after,
        };
        let mut graph = Graph {
            network,
            work: Vec::with_capacity(count),
            calendar: Vec::with_capacity(count),
            role: Vec::with_capacity(count),
            special: Vec::with_capacity(count),
            order,
            before: after.reversed(),
            after,
        };
        for i in 0..count {
            let activity = graph.activity(i);
            graph.work.push(activity.remaining());
            graph.calendar.push(activity.calendar as u32);
            graph.role.push(role(activity));
            graph.special.push(is_special(activity));
        }
        Ok(graph)
    }

    pub fn len(&self) -> usize {
        self.first_to_last().len()
    }

    /// All positions, predecessors before successors.
    pub fn first_to_last(&self) -> std::ops::Range<usize> {
        0..self.network.activities.len()
    }

    pub fn activity(&self, i: usize) -> &'a Activity {
        let index = self.order.as_ref().map_or(i, |order| order[i] as usize);
        &self.network.activities[index]
    }

    /// The activity, if it has more to say than work and calendar.
    pub fn special(&self, i: usize) -> Option<&'a Activity> {
        if self.special[i] {
            Some(self.activity(i))
        } else {
            None
        }
    }

    pub fn progress(&self, i: usize) -> Progress {
        self.special(i)
            .map_or(Progress::NotStarted, |activity| activity.progress)
    }

    pub fn timeline(&self, i: usize) -> &'a Timeline {
        &self.network.calendars[self.calendar[i] as usize]
    }

    /// Links into activity `i`.
    pub fn before(&self, i: usize) -> &[Arc] {
        self.before.of(i)
    }

    /// Links out of activity `i`.
    pub fn after(&self, i: usize) -> &[Arc] {
        self.after.of(i)
    }

    /// `rule` for unfinished activities, false for finished ones.
    pub fn unfinished(&self, rule: impl Fn(usize) -> bool) -> Vec<bool> {
        (0..self.len())
            .map(|i| self.role[i] != Role::Done && rule(i))
            .collect()
    }

    /// Values by position as values by activity.
    pub fn by_activity<T: Copy>(&self, values: Vec<T>) -> Vec<T> {
        let Some(order) = &self.order else {
            return values;
        };
        let mut answer = values.clone();
        for (&index, value) in order.iter().zip(values) {
            answer[index as usize] = value;
        }
        answer
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

    /// The date `base` of predecessor `arc.other()`, later by the lag of its link into `to`: the
    /// end of the lag's last working minute.
    pub fn lagged(&self, arc: Arc, to: usize, base: Minute) -> Minute {
        if !arc.has_lag() {
            return base;
        }
        match self.lag(arc, arc.other(), to) {
            (lag, None) => base.saturating_add(lag),
            (lag, Some(timeline)) if lag > 0 => timeline.advance(base, lag),
            (lag, Some(timeline)) => {
                timeline.previous_finish(timeline.retreat(base, lag.saturating_neg()))
            }
        }
    }

    /// The latest date of predecessor `from` that `lagged` still brings to `bound`, a date of
    /// successor `arc.other()`, or before.
    pub fn unlagged(&self, arc: Arc, from: usize, bound: Minute) -> Minute {
        if !arc.has_lag() {
            return bound;
        }
        match self.lag(arc, from, arc.other()) {
            (lag, None) => bound.saturating_sub(lag),
            (lag, Some(timeline)) if lag > 0 => timeline.next_start(timeline.retreat(bound, lag)),
            (lag, Some(timeline)) => {
                timeline.next_start(timeline.advance(bound, lag.saturating_neg()))
            }
        }
    }
}

fn is_special(activity: &Activity) -> bool {
    !activity.constraints.is_empty()
        || activity.deadline.is_some()
        || activity.progress != Progress::NotStarted
}

fn role(activity: &Activity) -> Role {
    match (activity.progress, activity.kind) {
        (Progress::Finished { .. }, _) => Role::Done,
        (_, ActivityKind::FinishMilestone) => Role::End,
        (_, ActivityKind::StartMilestone) => Role::Point,
        _ if activity.remaining() == 0 => Role::Point,
        _ => Role::Work,
    }
}

/// More findings than this help nobody.
const FINDINGS_MAX: usize = 20;

fn check(network: &Network) -> Vec<Finding> {
    let mut findings = Vec::new();
    let count = network.activities.len();
    if count >= u32::MAX as usize || network.links.len() >= LINK_MASK as usize {
        let problem = format!(
            "网络有 {count} 项工作、{} 条关系,超出一次可算的规模。",
            network.links.len()
        );
        return vec![Finding::error(
            "plan.size",
            "计划网络",
            problem,
            "请按项目分开计算。",
        )];
    }
    for activity in &network.activities {
        let place = || format!("工作 {}", activity.code);
        if activity.calendar >= network.calendars.len() {
            let problem = format!("工作「{}」所用的日历不存在。", activity.name);
            findings.push(Finding::error(
                "plan.index",
                place(),
                problem,
                "请为这项工作选一个已有的日历。",
            ));
        }
        if activity.remaining() < 0 {
            let problem = format!("工作「{}」的工期是负数。", activity.name);
            findings.push(Finding::error(
                "plan.duration",
                place(),
                problem,
                "请把工期改为 0 或正数。",
            ));
        }
    }
    for (index, link) in network.links.iter().enumerate() {
        if let LagCalendar::Of(calendar) = link.lag_calendar
            && calendar >= network.calendars.len()
        {
            let problem = format!("第 {} 条关系的间隔所用的日历不存在。", index + 1);
            let place = format!("关系 {}", index + 1);
            findings.push(Finding::error(
                "plan.index",
                place,
                problem,
                "请为这条关系的间隔选一个已有的日历。",
            ));
        }
        if link.from >= count || link.to >= count {
            let problem = format!("第 {} 条关系指向不存在的工作。", index + 1);
            let place = format!("关系 {}", index + 1);
            findings.push(Finding::error(
                "plan.index",
                place,
                problem,
                "请核对前置工作的编号,或删去这条关系。",
            ));
        }
    }
    findings.truncate(FINDINGS_MAX);
    findings
}

/// A working order (Kahn), or `None` when the written order is one, as in most imported plans.
fn order(network: &Network, after: &Adjacency) -> Result<Option<Vec<u32>>, Vec<Finding>> {
    let count = network.activities.len();
    if network.links.iter().all(|link| link.from < link.to) {
        return Ok(None);
    }
    let mut waiting = vec![0u32; count];
    for link in &network.links {
        waiting[link.to] += 1;
    }
    let mut order: Vec<u32> = (0..count as u32)
        .filter(|&i| waiting[i as usize] == 0)
        .collect();
    let mut next = 0;
    while next < order.len() {
        for arc in after.of(order[next] as usize) {
            let left = &mut waiting[arc.other()];
            *left -= 1;
            if *left == 0 {
                order.push(arc.other);
            }
        }
        next += 1;
    }
    if order.len() == count {
        Ok(Some(order))
    } else {
        Err(loops(network, &waiting))
    }
}

/// Every activity left waiting has a predecessor left waiting; following one each leads into a
/// loop. Here positions are indexes of activities.
fn loops(network: &Network, waiting: &[u32]) -> Vec<Finding> {
    let before = Adjacency::build(waiting.len(), &network.links, |l| (l.to, l.from));
    let mut seen = vec![0u32; waiting.len()];
    let mut findings = Vec::new();
    for first in (0..waiting.len()).filter(|&i| waiting[i] > 0) {
        let walk = first as u32 + 1;
        let mut trail: Vec<Arc> = Vec::new();
        let mut at = first;
        while seen[at] == 0 {
            seen[at] = walk;
            let arc = before.of(at).iter().find(|arc| waiting[arc.other()] > 0);
            let Some(&arc) = arc else { break };
            trail.push(arc);
            at = arc.other();
        }
        if seen[at] == walk && !trail.is_empty() && findings.len() < FINDINGS_MAX {
            let entry = trail
                .iter()
                .position(|arc| network.links[arc.link()].to == at);
            findings.push(loop_finding(network, &trail[entry.unwrap_or(0)..]));
        }
    }
    findings
}

/// `trail` runs against the links; the loop is told in working direction, and the link to look at first is the
/// one that goes back in the written order.
fn loop_finding(network: &Network, trail: &[Arc]) -> Finding {
    let links: Vec<&Link> = trail
        .iter()
        .rev()
        .map(|arc| &network.links[arc.link()])
        .collect();
    let name = |i: usize| {
        format!(
            "{}「{}」",
            network.activities[i].code, network.activities[i].name
        )
    };
    let mut steps: Vec<String> = links.iter().map(|link| name(link.from)).collect();
    steps.extend(links.first().map(|link| name(link.from)));
    let problem = format!(
        "{} 项工作互为前置,成了一个圈:{}。",
        links.len(),
        steps.join(" → ")
    );
    let suspect = links
        .iter()
        .find(|link| link.to <= link.from)
        .or(links.first());
    let remedy = suspect.map_or(String::new(), |link| {
        format!(
            "先看 {} 的前置工作里的 {} 是否写反或多写;圈里删去任意一条关系即可计算。",
            name(link.to),
            name(link.from)
        )
    });
    let place = suspect.map_or(String::new(), |link| {
        format!("工作 {}", network.activities[link.to].code)
    });
    Finding::error("plan.loop", place, problem, remedy)
}
