//! 纲目 The order in which a plan is shown and which activity is part of which summary. Siblings stand by their
//! position where one is set, else by their codes; a summary stands before its parts.

use std::collections::HashMap;

use ground::{ActivityId, Finding};
use plan::ActivityKind;

use crate::activity::Activity;

/// Parents and depth by place in the ordered list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outline {
    /// Place of the summary that an activity belongs to; always an earlier place.
    pub parents: Vec<Option<usize>>,
    /// 0 for the outermost.
    pub levels: Vec<usize>,
}

/// Activities in plan order with their outline. A parent that is not there, is no summary or closes a circle is told,
/// and the activity stands outermost.
pub(crate) fn ordered(activities: &[Activity]) -> (Vec<&Activity>, Outline, Vec<Finding>) {
    let mut all: Vec<&Activity> = activities.iter().collect();
    all.sort_by(|a, b| {
        let places = (a.position.is_none(), a.position).cmp(&(b.position.is_none(), b.position));
        let codes = || natural(&a.code).cmp(natural(&b.code));
        let last = || (a.planned_start, a.id).cmp(&(b.planned_start, b.id));
        places.then_with(codes).then_with(last)
    });
    if all.iter().all(|activity| activity.parent.is_none()) {
        let outline = Outline {
            parents: vec![None; all.len()],
            levels: vec![0; all.len()],
        };
        return (all, outline, Vec::new());
    }
    let mut findings = Vec::new();
    let parents = parents(&all, &mut findings);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); all.len()];
    let mut roots = Vec::new();
    for (i, parent) in parents.iter().enumerate() {
        match parent {
            Some(parent) => children[*parent].push(i),
            None => roots.push(i),
        }
    }
    let (order, outline) = walk(&roots, &children);
    (
        order.into_iter().map(|i| all[i]).collect(),
        outline,
        findings,
    )
}

/// Depth first without recursion: plans of other programs are nested deeper than anyone draws.
fn walk(roots: &[usize], children: &[Vec<usize>]) -> (Vec<usize>, Outline) {
    let mut order = Vec::with_capacity(children.len());
    let mut outline = Outline::default();
    let mut open: Vec<(usize, Option<usize>, usize)> =
        roots.iter().rev().map(|&i| (i, None, 0)).collect();
    while let Some((i, parent, level)) = open.pop() {
        let place = order.len();
        order.push(i);
        outline.parents.push(parent);
        outline.levels.push(level);
        let below = children[i].iter().rev();
        open.extend(below.map(|&child| (child, Some(place), level + 1)));
    }
    (order, outline)
}

fn parents(all: &[&Activity], findings: &mut Vec<Finding>) -> Vec<Option<usize>> {
    let places: HashMap<ActivityId, usize> =
        all.iter().enumerate().map(|(i, a)| (a.id, i)).collect();
    let mut parents: Vec<Option<usize>> = all
        .iter()
        .map(|activity| {
            let place = places.get(&activity.parent?).copied();
            let summary = place.filter(|place| all[*place].kind == ActivityKind::Summary);
            if summary.is_none() {
                let problem = "上级工作不是本计划里的汇总工作，按没有上级计算。";
                findings.push(odd(activity, problem));
            }
            summary
        })
        .collect();
    for i in 0..parents.len() {
        if closes(&parents, i) {
            findings.push(odd(all[i], "上级工作绕了一圈又回到自己，按没有上级计算。"));
            parents[i] = None;
        }
    }
    parents
}

/// Whether the way up from a place comes back to it.
fn closes(parents: &[Option<usize>], from: usize) -> bool {
    let mut at = parents[from];
    let mut steps = 0;
    while let Some(place) = at {
        if place == from {
            return true;
        }
        steps += 1;
        if steps > parents.len() {
            return false;
        }
        at = parents[place];
    }
    false
}

fn odd(activity: &Activity, problem: &str) -> Finding {
    let place = crate::network::place(activity);
    Finding::warning("plan_parent", place, problem, "请改选上级工作。")
}

/// `2.10` after `2.9`: digits compare as numbers, the rest as text. Parts are (text, number after it).
pub fn natural(code: &str) -> impl Iterator<Item = (&str, u64)> {
    let mut rest = code.trim();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let digit = |c: u8| c.is_ascii_digit();
        let words = rest.bytes().position(digit).unwrap_or(rest.len());
        let (text, tail) = rest.split_at(words);
        let digits = tail.bytes().position(|c| !digit(c)).unwrap_or(tail.len());
        let (number, after) = tail.split_at(digits);
        rest = after;
        Some((text, number.parse().unwrap_or(u64::MAX)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::{record, text};
    use ground::RecordId;
    use register::Value;

    #[test]
    fn codes_are_ordered_by_their_numbers() {
        let mut codes = ["10", "2", "1.10", "1.9", "A2", "A10"];
        codes.sort_by(|a, b| natural(a).cmp(natural(b)));
        assert_eq!(codes, ["1.9", "1.10", "2", "10", "A2", "A10"]);
    }

    fn activity(id: i64, code: &str, kind: &str, parent: i64, position: Option<i64>) -> Activity {
        let mut fields = vec![
            ("project", Value::Ref(RecordId(1))),
            ("name", text(code)),
            ("code", text(code)),
            ("kind", text(kind)),
        ];
        if parent > 0 {
            fields.push(("parent", Value::Ref(RecordId(parent))));
        }
        if let Some(position) = position {
            fields.push(("position", Value::Int(position)));
        }
        Activity::from_record(&record(id, &fields))
            .0
            .expect("activity")
    }

    fn shown(all: &[Activity]) -> (Vec<String>, Vec<usize>, usize) {
        let (order, outline, findings) = ordered(all);
        let codes = order.iter().map(|a| a.code.clone()).collect();
        (codes, outline.levels, findings.len())
    }

    #[test]
    fn parts_stand_under_their_summary() {
        let all = [
            activity(1, "1", "task", 4, None),
            activity(2, "2", "task", 0, None),
            activity(3, "3", "task", 5, None),
            activity(4, "B", "summary", 0, None),
            activity(5, "C", "summary", 4, None),
        ];
        let (codes, levels, findings) = shown(&all);
        assert_eq!(codes, ["2", "B", "1", "C", "3"]);
        assert_eq!((levels, findings), (vec![0, 0, 1, 1, 2], 0));
    }

    #[test]
    fn circles_and_strange_parents_are_told_and_lose_nothing() {
        let all = [
            activity(1, "1", "summary", 2, None),
            activity(2, "2", "summary", 1, None),
            activity(3, "3", "task", 9, None),
            activity(4, "4", "task", 3, None),
        ];
        let (codes, _, findings) = shown(&all);
        assert_eq!((codes.len(), findings), (4, 3));
    }

    #[test]
    fn a_position_goes_before_the_code() {
        let all = [
            activity(1, "9", "task", 0, Some(10)),
            activity(2, "1", "task", 0, Some(20)),
            activity(3, "2", "task", 0, None),
        ];
        assert_eq!(shown(&all).0, ["9", "1", "2"]);
    }
}
