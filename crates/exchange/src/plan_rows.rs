//! 紧前工作 of an imported works plan: texts understood, codes known, no loops; each finding with its cell. The
//! notation and the links are `plan`'s.

use ground::Finding;
use plan::{LagFactors, PredecessorRow, link_rows};
use register::{Definition, Value};

use crate::read::Draft;

/// Activities of one table, gathered while it is read.
pub(crate) struct PlanRows {
    active: bool,
    rows: Vec<Activity>,
}

struct Activity {
    code: String,
    name: String,
    predecessors: String,
    duration_days: i64,
    place: String,
}

/// Working minutes of a day, for lags in percent of a duration.
const MINUTES_PER_DAY: i64 = 480;

impl PlanRows {
    /// Gathers only for registers that hold plans: those with a code and predecessors.
    pub(crate) fn of(definition: &Definition) -> PlanRows {
        let active =
            definition.field("code").is_some() && definition.field("predecessors").is_some();
        PlanRows {
            active,
            rows: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, draft: &Draft) {
        if !self.active {
            return;
        }
        let text = |id: &str| {
            draft
                .fields
                .get(id)
                .and_then(Value::as_text)
                .unwrap_or_default()
                .to_string()
        };
        self.rows.push(Activity {
            code: text("code"),
            name: text("name"),
            predecessors: text("predecessors"),
            duration_days: draft
                .fields
                .get("duration_days")
                .and_then(Value::as_int)
                .unwrap_or(0),
            place: draft.cell_place("predecessors"),
        });
    }

    /// Checks all predecessors together.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let rows: Vec<PredecessorRow> = self
            .rows
            .iter()
            .map(|a| PredecessorRow {
                code: &a.code,
                predecessors: &a.predecessors,
                duration: a.duration_days.saturating_mul(MINUTES_PER_DAY),
                place: &a.place,
            })
            .collect();
        let (links, mut findings) = link_rows(&rows, &LagFactors::default());
        let pairs: Vec<(usize, usize)> = links.iter().map(|l| (l.from, l.to)).collect();
        findings
            .extend(find_loop(self.rows.len(), &pairs).map(|members| self.loop_finding(&members)));
        findings
    }

    fn loop_finding(&self, members: &[usize]) -> Finding {
        let mut names: Vec<String> = members
            .iter()
            .map(|&i| format!("{} {}", self.rows[i].code, self.rows[i].name))
            .collect();
        names.extend(names.first().cloned());
        Finding::error(
            "plan.loop",
            &self.rows[members[0]].place,
            format!("紧前工作绕成了圈:{}", names.join(" → ")),
            "圈里的工作互相等待,永远开不了工;请删去其中一个紧前关系",
        )
    }
}

/// One loop of the links, in order, or `None`. Activities that can be put in order are taken away first.
fn find_loop(count: usize, links: &[(usize, usize)]) -> Option<Vec<usize>> {
    let mut waits = vec![0usize; count];
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); count];
    for &(from, to) in links {
        waits[to] += 1;
        after[from].push(to);
    }
    let mut ready: Vec<usize> = (0..count).filter(|&i| waits[i] == 0).collect();
    while let Some(done) = ready.pop() {
        for &next in &after[done] {
            waits[next] -= 1;
            if waits[next] == 0 {
                ready.push(next);
            }
        }
    }
    let mut at = (0..count).find(|&i| waits[i] > 0)?;
    // Every activity left has one left before it: going back must meet itself.
    let before = |to: usize| {
        links
            .iter()
            .find(|(f, t)| *t == to && waits[*f] > 0)
            .map(|(f, _)| *f)
    };
    let mut path = Vec::new();
    while !path.contains(&at) {
        path.push(at);
        at = before(at)?;
    }
    let start = path.iter().position(|&i| i == at)?;
    let mut members = path.split_off(start);
    members.reverse();
    Some(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_found_and_told_in_order() {
        assert_eq!(find_loop(4, &[(0, 1), (1, 2), (2, 3)]), None);
        let members = find_loop(5, &[(0, 1), (1, 2), (2, 3), (3, 1), (3, 4)]).expect("a loop");
        assert_eq!(members.len(), 3);
        for pair in members.windows(2) {
            assert!(
                [(1, 2), (2, 3), (3, 1)].contains(&(pair[0], pair[1])),
                "{members:?}"
            );
        }
    }
}
