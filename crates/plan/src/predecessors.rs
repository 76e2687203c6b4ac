//! 前置工作 of a whole plan: the predecessor column as links, with lags in minutes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use ground::Finding;

use crate::network::{LagCalendar, Link, LinkKind};
use crate::notation::{
    LagUnit, PredecessorRef, REMEDY, half_width, parse_predecessors, plain_codes,
};

/// Minutes per unit: the conversion factors of the plan, not properties of a calendar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LagFactors {
    /// Working minutes of a day, 480 unless told.
    pub minutes_per_day: i64,
    /// Working days of a week, 5 unless told.
    pub days_per_week: i64,
    /// Working days of a month, 20 unless told (MS Project's default; the 22 of labour rules differs).
    pub days_per_month: i64,
    /// Calendar of lags in working units.
    pub calendar: LagCalendar,
}

impl Default for LagFactors {
    fn default() -> Self {
        LagFactors {
            minutes_per_day: 480,
            days_per_week: 5,
            days_per_month: 20,
            calendar: LagCalendar::Predecessor,
        }
    }
}

impl LagFactors {
    /// The lag in minutes and the calendar it runs on. Percent is taken of `duration`, the
    /// predecessor's duration in minutes, and cut to whole minutes.
    pub fn minutes(&self, lag: i64, unit: LagUnit, duration: i64) -> (i64, LagCalendar) {
        const HOUR: i64 = 60;
        const DAY: i64 = 24 * HOUR;
        let calendar = match unit.is_elapsed() {
            true => LagCalendar::Elapsed,
            false => self.calendar,
        };
        let size = match unit {
            LagUnit::Percent | LagUnit::ElapsedPercent => {
                let part = i128::from(lag) * i128::from(duration) / 100;
                return (i64::try_from(part).unwrap_or(i64::MAX), calendar);
            }
            LagUnit::Minute | LagUnit::ElapsedMinute => 1,
            LagUnit::Hour | LagUnit::ElapsedHour => HOUR,
            LagUnit::Day => self.minutes_per_day,
            LagUnit::Week => self.minutes_per_day * self.days_per_week,
            LagUnit::Month => self.minutes_per_day * self.days_per_month,
            LagUnit::ElapsedDay => DAY,
            LagUnit::ElapsedWeek => 7 * DAY,
            LagUnit::ElapsedMonth => 30 * DAY,
        };
        (lag.saturating_mul(size), calendar)
    }
}

/// One row of a plan as far as links are concerned.
#[derive(Clone, Copy, Debug)]
pub struct PredecessorRow<'a> {
    /// 编号.
    pub code: &'a str,
    /// 前置工作.
    pub predecessors: &'a str,
    /// Working minutes, for lags in percent.
    pub duration: i64,
    /// Where the row stands: `计划!F3`.
    pub place: &'a str,
}

/// Turns the predecessor column of a plan into links; index = row.
///
/// Findings: `plan.predecessor` (text not understood), `plan.predecessor_missing` (no such code),
/// `plan.predecessor_self`, `plan.code_twice`, `plan.predecessor_twice`. What is wrong is left out.
pub fn link_rows(rows: &[PredecessorRow], factors: &LagFactors) -> (Vec<Link>, Vec<Finding>) {
    let mut findings = Vec::new();
    let known = codes(rows, &mut findings);
    let mut plan = Plan {
        rows,
        known,
        factors,
        links: Vec::with_capacity(rows.len() * 2),
        findings,
    };
    for (to, row) in rows.iter().enumerate() {
        let first = plan.links.len();
        if let Some(codes) = plain_codes(row.predecessors) {
            for code in codes {
                plan.add(first, to, Wanted::plain(code));
            }
            continue;
        }
        let (refs, unread) = parse_predecessors(row.predecessors, row.place);
        plan.findings.extend(unread);
        for reference in &refs {
            plan.add(first, to, Wanted::of(reference));
        }
    }
    (plan.links, plan.findings)
}

/// One predecessor of a row, its code still in the text it was read from.
struct Wanted<'a> {
    code: &'a str,
    kind: LinkKind,
    lag: i64,
    unit: LagUnit,
}

impl<'a> Wanted<'a> {
    fn plain(code: &'a str) -> Self {
        Wanted {
            code,
            kind: LinkKind::FS,
            lag: 0,
            unit: LagUnit::Day,
        }
    }

    fn of(reference: &'a PredecessorRef) -> Self {
        Wanted {
            code: &reference.code,
            kind: reference.kind,
            lag: reference.lag,
            unit: reference.unit,
        }
    }
}

/// The rows and what has become of them so far.
struct Plan<'a> {
    rows: &'a [PredecessorRow<'a>],
    known: HashMap<Cow<'a, str>, usize>,
    factors: &'a LagFactors,
    links: Vec<Link>,
    findings: Vec<Finding>,
}

impl Plan<'_> {
    /// Adds the link of row `to`, whose links begin at `first`, or says why not.
    fn add(&mut self, first: usize, to: usize, wanted: Wanted) {
        match self.link_of(&wanted, to) {
            Err(finding) => self.findings.push(finding),
            Ok(link) if self.links[first..].contains(&link) => {
                let problem = format!("前置工作 {} 写了两次。", wanted.code);
                let remedy = "只算一次，请删去多余的一个。";
                self.findings.push(Finding::warning(
                    "plan.predecessor_twice",
                    self.rows[to].place,
                    problem,
                    remedy,
                ));
            }
            Ok(link) => self.links.push(link),
        }
    }

    fn link_of(&self, wanted: &Wanted, to: usize) -> Result<Link, Finding> {
        let code = wanted.code;
        let place = self.rows[to].place;
        let known = self.known.get(code_key(code).as_ref()).copied();
        let split = || self.with_kind(wanted);
        let found = known.map(|from| (from, wanted.kind, wanted.lag, wanted.unit));
        let Some((from, kind, lag, unit)) = found.or_else(split) else {
            let problem = format!("前置工作 {code} 在本计划里找不到。");
            return Err(Finding::error(
                "plan.predecessor_missing",
                place,
                problem,
                format!("请核对编号，或先把这项工作补进计划。{REMEDY}"),
            ));
        };
        if from == to {
            let problem = format!("工作 {code} 把自己写成了前置工作。");
            let remedy = "请改成它真正等待的那一项，或删去。";
            return Err(Finding::error(
                "plan.predecessor_self",
                place,
                problem,
                remedy,
            ));
        }
        let duration = self.rows[from].duration;
        let (lag, lag_calendar) = self.factors.minutes(lag, unit, duration);
        Ok(Link {
            from,
            to,
            kind,
            lag,
            lag_calendar,
        })
    }
}

impl Plan<'_> {
    /// A code that ends in a letter with the kind behind it: `AFS-2天` where `A` is known. The longest known code counts.
    fn with_kind(&self, wanted: &Wanted) -> Option<(usize, LinkKind, i64, LagUnit)> {
        let cuts = wanted.code.char_indices().rev();
        for (cut, _) in cuts.filter(|(cut, _)| *cut > 0) {
            let (code, tail) = wanted.code.split_at(cut);
            let Some(&from) = self.known.get(code_key(code).as_ref()) else {
                continue;
            };
            // Behind a digit a kind is read as one.
            let (refs, findings) = parse_predecessors(&format!("1{tail}"), "");
            let [one] = refs.as_slice() else { continue };
            if !findings.is_empty() || one.code != "1" || one.lag != 0 && wanted.lag != 0 {
                continue;
            }
            let kinded = tail.starts_with(['F', 'f', 'S', 's', '完', '开']);
            if kinded && wanted.kind == LinkKind::FS {
                let lagged = if one.lag == 0 {
                    (wanted.lag, wanted.unit)
                } else {
                    (one.lag, one.unit)
                };
                return Some((from, one.kind, lagged.0, lagged.1));
            }
        }
        None
    }
}

fn codes<'a>(
    rows: &'a [PredecessorRow],
    findings: &mut Vec<Finding>,
) -> HashMap<Cow<'a, str>, usize> {
    let mut known: HashMap<Cow<'a, str>, usize> = HashMap::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let code = code_key(row.code);
        if code.is_empty() {
            continue;
        }
        match known.entry(code) {
            Entry::Vacant(free) => {
                free.insert(index);
            }
            Entry::Occupied(taken) => {
                let first = &rows[*taken.get()];
                findings.push(code_twice(row, first));
            }
        }
    }
    known
}

fn code_twice(row: &PredecessorRow, first: &PredecessorRow) -> Finding {
    let problem = format!("编号 {} 与 {} 的编号相同。", row.code.trim(), first.place);
    let remedy = "请给每项工作不同的编号；现按先出现的一项计算关系。";
    Finding::error("plan.code_twice", row.place, problem, remedy)
}

/// Codes are compared in half width, without outer spaces, letters in either case. Most are written that way
/// already and are not copied.
fn code_key(code: &str) -> Cow<'_, str> {
    let code = code.trim();
    if code
        .bytes()
        .all(|c| c.is_ascii() && !c.is_ascii_lowercase())
    {
        return Cow::Borrowed(code);
    }
    let half: String = code.chars().map(half_width).collect();
    Cow::Owned(half.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::LinkKind::{FS, SS};
    use LagUnit::{ElapsedDay, Month, Week};

    #[test]
    fn rows_become_links_and_say_what_is_wrong() {
        let row = |code, predecessors, place| PredecessorRow {
            code,
            predecessors,
            duration: 4_800,
            place,
        };
        let rows = [
            row("1", "", "F2"),
            row("2", "1FS+50%，9", "F3"),
            row("３", "3,1,1", "F4"),
            row("2", "2SS+1周", "F5"),
        ];
        let (links, findings) = link_rows(&rows, &LagFactors::default());
        let shape: Vec<_> = links
            .iter()
            .map(|l| (l.from, l.to, l.kind, l.lag))
            .collect();
        assert_eq!(shape, [(0, 1, FS, 2_400), (0, 2, FS, 0), (1, 3, SS, 2_400)]);
        let told: Vec<_> = findings
            .iter()
            .map(|f| (f.code.as_str(), f.place.as_str()))
            .collect();
        let expect = [
            ("plan.code_twice", "F5"),
            ("plan.predecessor_missing", "F3"),
            ("plan.predecessor_self", "F4"),
            ("plan.predecessor_twice", "F4"),
        ];
        assert_eq!(told, expect);
    }

    #[test]
    fn a_known_code_that_ends_in_a_letter_may_be_followed_by_a_kind() {
        use crate::network::LinkKind::FF;
        fn row<'a>(code: &'a str, predecessors: &'a str) -> PredecessorRow<'a> {
            PredecessorRow {
                code,
                predecessors,
                duration: 4_800,
                place: "F2",
            }
        }
        let shape = |cell: &str, codes: [&str; 2]| {
            let rows = [row(codes[0], ""), row(codes[1], ""), row("Z", cell)];
            let (links, findings) = link_rows(&rows, &LagFactors::default());
            assert_eq!(findings, [], "{cell}");
            links
                .iter()
                .map(|l| (l.from, l.kind, l.lag))
                .collect::<Vec<_>>()
        };
        assert_eq!(shape("AFS-2天", ["A", "B"]), [(0, FS, -960)]);
        assert_eq!(shape("bss+2天,AFF", ["A", "B"]), [(1, SS, 960), (0, FF, 0)]);
        // What is a code as it stands stays one.
        assert_eq!(shape("AFS", ["A", "AFS"]), [(1, FS, 0)]);
        let rows = [row("A", ""), row("Z", "CFS-2天")];
        let (_, findings) = link_rows(&rows, &LagFactors::default());
        assert!(findings[0].remedy.contains("引号"), "{findings:?}");
    }

    #[test]
    fn elapsed_units_run_on_the_clock() {
        let factors = LagFactors::default();
        assert_eq!(
            factors.minutes(2, ElapsedDay, 0),
            (2_880, LagCalendar::Elapsed)
        );
        assert_eq!(
            factors.minutes(2, Week, 0),
            (4_800, LagCalendar::Predecessor)
        );
        assert_eq!(
            factors.minutes(-1, Month, 0),
            (-9_600, LagCalendar::Predecessor)
        );
    }

    #[test]
    fn a_percentage_by_the_clock_is_of_the_working_time() {
        let factors = LagFactors {
            calendar: LagCalendar::Successor,
            ..LagFactors::default()
        };
        let half = |unit| factors.minutes(50, unit, 960);
        assert_eq!(half(LagUnit::Percent), (480, LagCalendar::Successor));
        assert_eq!(half(LagUnit::ElapsedPercent), (480, LagCalendar::Elapsed));
    }
}
