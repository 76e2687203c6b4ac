//! Before anything is calculated: does every index point somewhere, is there a working order, and if not, which loops
//! stand in its way.

use ground::Finding;

use crate::graph::{Adjacency, Arc, Edge, LINK_MASK};
use crate::network::{Activity, ActivityKind, LagCalendar, Link, Network};

/// More findings than this help nobody.
const FINDINGS_MAX: usize = 20;

/// Checks what the arrays rely on; true when the plan holds summaries or hammocks.
pub(crate) fn check(network: &Network) -> Result<bool, Vec<Finding>> {
    let count = network.activities.len();
    if count >= LINK_MASK as usize || network.links.len() >= LINK_MASK as usize {
        let problem = format!(
            "网络有 {count} 项工作、{} 条关系，超出一次可算的规模。",
            network.links.len()
        );
        let remedy = "请按项目分开计算。";
        return Err(vec![Finding::error(
            "plan.size",
            "计划网络",
            problem,
            remedy,
        )]);
    }
    let mut findings = Vec::new();
    let mut spanned = false;
    for activity in &network.activities {
        let span = matches!(
            activity.kind,
            ActivityKind::Summary | ActivityKind::LevelOfEffort
        );
        spanned |= span || activity.parent.is_some();
        let broken = activity.calendar >= network.calendars.len()
            || activity.remaining() < 0
            || activity.parent.is_some();
        if broken {
            check_activity(network, activity, &mut findings);
        }
    }
    for (index, link) in network.links.iter().enumerate() {
        check_link(network, index, link, &mut findings);
    }
    if findings.is_empty() && spanned {
        findings.extend(ring_of_parents(network));
    }
    findings.truncate(FINDINGS_MAX);
    if findings.is_empty() {
        Ok(spanned)
    } else {
        Err(findings)
    }
}

fn check_activity(network: &Network, activity: &Activity, findings: &mut Vec<Finding>) {
    let mut tell = |code, problem: String, remedy: &str| {
        let place = format!("工作 {}", activity.code);
        findings.push(Finding::error(code, place, problem, remedy));
    };
    let name = &activity.name;
    if activity.calendar >= network.calendars.len() {
        let problem = format!("工作「{name}」所用的日历不存在。");
        tell("plan.index", problem, "请为这项工作选一个已有的日历。");
    }
    if activity.remaining() < 0 {
        let problem = format!("工作「{name}」的工期是负数。");
        tell("plan.duration", problem, "请把工期改为 0 或正数。");
    }
    let Some(parent) = activity.parent else {
        return;
    };
    let kind = network.activities.get(parent).map(|parent| parent.kind);
    if kind != Some(ActivityKind::Summary) {
        let problem = format!("工作「{name}」所属的汇总工作不存在，或不是汇总工作。");
        let remedy = "请把它归到一项汇总工作下，或不归属。";
        tell("plan.parent", problem, remedy);
    }
}

fn check_link(network: &Network, index: usize, link: &Link, findings: &mut Vec<Finding>) {
    let count = network.activities.len();
    let mut tell = |problem: String, remedy: &str| {
        let place = format!("关系 {}", index + 1);
        findings.push(Finding::error("plan.index", place, problem, remedy));
    };
    if let LagCalendar::Of(calendar) = link.lag_calendar
        && calendar >= network.calendars.len()
    {
        let problem = format!("第 {} 条关系的间隔所用的日历不存在。", index + 1);
        tell(problem, "请为这条关系的间隔选一个已有的日历。");
    }
    if link.from >= count || link.to >= count {
        let problem = format!("第 {} 条关系指向不存在的工作。", index + 1);
        tell(problem, "请核对前置工作的编号，或删去这条关系。");
    }
}

/// A summary that belongs to itself by way of others would have no dates at all.
fn ring_of_parents(network: &Network) -> Option<Finding> {
    let count = network.activities.len();
    for (index, activity) in network.activities.iter().enumerate() {
        let mut at = activity.parent;
        for _ in 0..=count {
            match at {
                None => break,
                Some(parent) if parent == index => {
                    let problem = format!("汇总工作「{}」经层层归属又归到自己。", activity.name);
                    let place = format!("工作 {}", activity.code);
                    let remedy = "请改正其中一项的所属汇总工作。";
                    return Some(Finding::error("plan.parent", place, problem, remedy));
                }
                Some(parent) => at = network.activities[parent].parent,
            }
        }
    }
    None
}

/// A working order (Kahn) beside the edges as seen from their predecessors, or `None` when the written order is one, as
/// in most imported plans.
pub(crate) fn order(
    network: &Network,
    edges: impl Iterator<Item = Edge> + Clone,
) -> Result<Option<(Vec<u32>, Adjacency)>, Vec<Finding>> {
    if edges.clone().all(|edge| edge.from < edge.to) {
        return Ok(None);
    }
    let count = network.activities.len();
    let after = Adjacency::build(count, &network.links, edges.clone(), |e| (e.from, e.to));
    let mut waiting = vec![0u32; count];
    for edge in edges.clone() {
        waiting[edge.to as usize] += 1;
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
        Ok(Some((order, after)))
    } else {
        Err(loops(network, edges, &waiting))
    }
}

/// Every activity left waiting has a predecessor left waiting; following one each leads into a
/// loop. Here positions are indexes of activities.
fn loops(
    network: &Network,
    edges: impl Iterator<Item = Edge> + Clone,
    waiting: &[u32],
) -> Vec<Finding> {
    let before = Adjacency::build(waiting.len(), &network.links, edges, |e| (e.to, e.from));
    let mut seen = vec![0u32; waiting.len()];
    let mut findings = Vec::new();
    for first in (0..waiting.len()).filter(|&i| waiting[i] > 0) {
        let walk = first as u32 + 1;
        let mut trail: Vec<Step> = Vec::new();
        let mut at = first;
        while seen[at] == 0 {
            seen[at] = walk;
            let arc = before.of(at).iter().find(|arc| waiting[arc.other()] > 0);
            let Some(&arc) = arc else { break };
            trail.push(Step { arc, to: at });
            at = arc.other();
        }
        if seen[at] == walk && !trail.is_empty() && findings.len() < FINDINGS_MAX {
            let entry = trail.iter().position(|step| step.to == at);
            findings.push(loop_finding(network, &trail[entry.unwrap_or(0)..]));
        }
    }
    findings
}

/// One step of a loop, seen from its successor.
struct Step {
    arc: Arc,
    to: usize,
}

/// `trail` runs against the links; the loop is told in working direction, and the link to look at first is the
/// one that goes back in the written order.
fn loop_finding(network: &Network, trail: &[Step]) -> Finding {
    let name = |i: usize| {
        let activity = &network.activities[i];
        format!("{}「{}」", activity.code, activity.name)
    };
    let mut steps: Vec<String> = trail.iter().rev().map(|s| name(s.arc.other())).collect();
    steps.extend(trail.last().map(|s| name(s.arc.other())));
    let problem = format!(
        "{} 项工作互为前置，成了一个圈：{}。",
        trail.len(),
        steps.join(" → ")
    );
    let links = trail
        .iter()
        .rev()
        .filter_map(|step| network.links.get(step.arc.link()));
    let suspect = links
        .clone()
        .find(|link| link.to <= link.from)
        .or(links.clone().next());
    let remedy = suspect.map_or(String::new(), |link| {
        format!(
            "先看 {} 的前置工作里的 {} 是否写反或多写；圈里删去任意一条关系即可计算。",
            name(link.to),
            name(link.from)
        )
    });
    let place = suspect.map_or(String::new(), |link| {
        format!("工作 {}", network.activities[link.to].code)
    });
    Finding::error("plan.loop", place, problem, remedy)
}
