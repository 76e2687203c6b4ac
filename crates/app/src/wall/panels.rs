//! The three panels under the chart: 以日保周, 现场交办, 本旬到期节点.

use crate::district::DistrictState;
use crate::home;
use crate::page::Item;
use crate::page::wall::CascadeRow;
use ground::{PeriodKind, ProjectId};
use plan::Rag;
use portfolio::matter::MatterPace;
use portfolio::{Matter, NodeCount, Standing};
use std::collections::BTreeSet;

/// Lines of the two lists.
const LINES: usize = 4;

/// Nodes done and due in day, week, dekad, month and quarter of the projects shown.
pub fn cascade(state: &DistrictState, all: &[&Standing]) -> Vec<CascadeRow> {
    let shown: BTreeSet<ProjectId> = all.iter().map(|standing| standing.project).collect();
    let activities: Vec<_> = state
        .activities
        .iter()
        .filter(|(id, _)| shown.contains(id))
        .flat_map(|(_, list)| list.iter().cloned())
        .collect();
    let reports: Vec<_> = state
        .reports
        .iter()
        .filter(|(id, _)| shown.contains(id))
        .flat_map(|(_, list)| list.iter().cloned())
        .collect();
    if activities.is_empty() {
        return Vec::new();
    }
    let counts = portfolio::node_counts(&activities, &reports, &state.calendars, state.today);
    let names = ["今日", "本周", "本旬", "本月", ""];
    counts
        .iter()
        .zip(names)
        .map(|(count, name)| row(count, name))
        .collect()
}

fn row(count: &NodeCount, name: &str) -> CascadeRow {
    let shortfall = count.shortfall();
    let label = if name.is_empty() {
        home::period_name(count.period)
    } else {
        name.to_owned()
    };
    let (rag, text) = match (count.should, shortfall) {
        (0, _) => (Rag::Grey, "无节点".to_owned()),
        (_, 0) => (Rag::Green, "序时内".to_owned()),
        (_, short) => (Rag::Yellow, format!("差 {short} 项")),
    };
    let pace_permille = count.pace().basis_points().map_or(0, |points| points / 10);
    CascadeRow {
        label,
        done: count.done,
        should: count.should,
        pace_permille,
        rag,
        text,
    }
}

/// Matters that are not closed.
fn open_matters(state: &DistrictState) -> Vec<&Matter> {
    let mut open: Vec<&Matter> = state
        .matters
        .iter()
        .filter(|matter| !matter.state.is_closed())
        .collect();
    open.sort_by_key(|matter| (matter.due_on.is_none(), matter.due_on, matter.id));
    open
}

/// How many matters are not closed.
pub fn orders_open(state: &DistrictState) -> usize {
    open_matters(state).len()
}

/// The open matters of projects nearest their day.
pub fn orders(state: &DistrictState) -> Vec<Item> {
    let line = |matter: &Matter| {
        let (rag, word) = match matter.pace(state.today) {
            MatterPace::Overdue(_) => (Rag::Red, "逾期"),
            MatterPace::Soon(left) if left <= 2 => (Rag::Red, "临期"),
            MatterPace::Soon(_) => (Rag::Yellow, "办理中"),
            _ => (Rag::Grey, "办理中"),
        };
        let mut item = home::matter_item(state, matter, rag, word);
        if let Some(due) = matter.due_on {
            item.due_text = format!("{}/{} 前", due.month(), due.day());
        }
        item
    };
    let open = open_matters(state);
    let of_projects = open.iter().filter(|matter| matter.project.is_some());
    let rest = open.iter().filter(|matter| matter.project.is_none());
    of_projects
        .chain(rest)
        .take(LINES)
        .map(|matter| line(matter))
        .collect()
}

fn nodes(state: &DistrictState, all: &[&Standing]) -> Vec<portfolio::DueNode> {
    let standings: Vec<Standing> = all.iter().map(|standing| (*standing).clone()).collect();
    portfolio::due_nodes(&standings, state.today)
}

/// Milestones due in the dekad or overdue.
pub fn due(state: &DistrictState, all: &[&Standing]) -> Vec<Item> {
    let line = |node: portfolio::DueNode| Item {
        rag: node.rag,
        word: node.rag.label().to_owned(),
        text: node.name.clone(),
        due_text: node.text(),
        link: home::project_link(node.project),
        unit: node.project_name,
    };
    nodes(state, all)
        .into_iter()
        .take(LINES)
        .map(line)
        .collect()
}

/// 3月上旬 · 剩 3 件.
pub fn due_note(state: &DistrictState, all: &[&Standing]) -> String {
    let dekad = PeriodKind::Dekad.containing(state.today).label();
    let dekad = dekad
        .split_once('年')
        .map_or(dekad.as_str(), |(_, rest)| rest);
    format!("{dekad} · 剩 {} 件", nodes(state, all).len())
}
