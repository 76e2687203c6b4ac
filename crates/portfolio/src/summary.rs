//! 汇总 of a round by batch: counts and money computed from the member list, set beside what was announced, with
//! every part = whole check written out. Rounds share projects, so `across` counts distinct projects and never
//! adds the totals of rounds.

use std::collections::{BTreeMap, BTreeSet};

use ground::{Date, Fen, MoneyUnit, ProjectId};
use serde::Serialize;

use crate::membership::Membership;
use crate::round::{Batch, Round, Stated};

/// A count of projects and their money.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Part {
    /// Members, taken-out ones left out.
    pub projects: Vec<ProjectId>,
    /// Sum of the announced amounts, fen.
    pub amount: Fen,
    /// Members without an announced amount: the sum is then too small and says so.
    pub without_amount: Vec<ProjectId>,
    /// 调出 on or before the day, listed beside the sum.
    pub adjusted_out: Vec<ProjectId>,
}

impl Part {
    /// Number of members counted.
    pub fn count(&self) -> usize {
        self.projects.len()
    }
}

/// One batch of a round: announced and computed side by side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchSummary {
    /// Batch.
    pub batch: Batch,
    /// As announced.
    pub stated: Stated,
    /// From the member list; none when the round has no list.
    pub computed: Option<Part>,
}

/// Result of a check.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckVerdict {
    /// Both sides agree.
    Holds,
    /// They differ.
    Fails,
    /// A side is missing or carries 约/余/近.
    NotCheckable,
}

/// 勾稽 One check, written so that an official can read it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Check {
    /// `分批个数 2+6+7=15,与公布的 15 个一致`.
    pub statement: String,
    /// Result.
    pub verdict: CheckVerdict,
}

/// 一期的汇总.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoundSummary {
    /// Always the three batches in order.
    pub batches: Vec<BatchSummary>,
    /// Announced total.
    pub stated_total: Stated,
    /// From the member list, each project once; none when the round has no list.
    pub computed_total: Option<Part>,
    /// Checks of parts against wholes and of lists against announcements.
    pub checks: Vec<Check>,
    /// The day of the sum.
    pub as_of: Date,
}

impl RoundSummary {
    /// Checks that fail.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks
            .iter()
            .filter(|c| c.verdict == CheckVerdict::Fails)
    }

    /// Number of projects: from the list when there is one, else as announced, else the announced parts together.
    pub fn count(&self) -> Option<i64> {
        let listed = self.computed_total.as_ref().map(|p| p.count() as i64);
        listed
            .or(self.stated_total.count)
            .or_else(|| self.sum_of_parts(|s| s.count))
    }

    /// Money in fen by the same order of preference. Parts with 约 or 余 give no sum.
    pub fn amount(&self) -> Option<Fen> {
        let listed = self.computed_total.as_ref().map(|p| p.amount);
        listed.or(exact_fen(&self.stated_total)).or_else(|| {
            let fen = self.sum_of_parts(|s| exact_fen(s).map(|f| f.0))?;
            Some(Fen(fen))
        })
    }

    fn sum_of_parts(&self, part: impl Fn(&Stated) -> Option<i64>) -> Option<i64> {
        self.batches
            .iter()
            .try_fold(0i64, |sum, b| sum.checked_add(part(&b.stated)?))
    }
}

/// Sums a round on a day. `memberships` may hold other rounds too. A combined figure (前五期) has no list.
pub fn summarise(round: &Round, memberships: &[Membership], as_of: Date) -> RoundSummary {
    let own: Vec<&Membership> = memberships.iter().filter(|m| m.round == round.id).collect();
    let listed = !own.is_empty();
    let batches = Batch::ALL.map(|batch| BatchSummary {
        batch,
        stated: round.stated.get(&batch).copied().unwrap_or_default(),
        computed: listed.then(|| part(own.iter().filter(|m| m.batch == batch).copied(), as_of)),
    });
    let computed_total = listed.then(|| part(own.iter().copied(), as_of));
    let mut summary = RoundSummary {
        batches: batches.to_vec(),
        stated_total: round.stated_total,
        computed_total,
        checks: Vec::new(),
        as_of,
    };
    summary.checks = checks(&summary);
    summary
}

/// Each project counts once, with the greatest amount it was announced with.
fn part<'a>(members: impl Iterator<Item = &'a Membership>, as_of: Date) -> Part {
    let mut amounts: BTreeMap<ProjectId, Option<Fen>> = BTreeMap::new();
    let mut out = BTreeSet::new();
    for member in members {
        if member.is_out_on(as_of) {
            out.insert(member.project);
            continue;
        }
        let fen = member.amount_announced.map(|a| a.fen);
        let known = amounts.entry(member.project).or_default();
        *known = (*known).max(fen);
    }
    let without = amounts
        .iter()
        .filter(|(_, a)| a.is_none())
        .map(|(p, _)| *p)
        .collect();
    let sum = Fen::try_sum(amounts.values().flatten().copied());
    Part {
        projects: amounts.keys().copied().collect(),
        amount: sum.unwrap_or(Fen(i64::MAX)),
        without_amount: without,
        adjusted_out: out.into_iter().collect(),
    }
}

fn checks(summary: &RoundSummary) -> Vec<Check> {
    let mut checks = vec![announced_counts(summary), announced_amounts(summary)];
    for batch in &summary.batches {
        if let Some(part) = &batch.computed {
            checks.push(list_count(batch, part));
            checks.push(list_amount(batch, part));
        }
    }
    if let Some(total) = &summary.computed_total {
        checks.push(parts_of_list(summary, total));
    }
    checks
}

fn announced_counts(summary: &RoundSummary) -> Check {
    let parts: Option<Vec<i64>> = summary.batches.iter().map(|b| b.stated.count).collect();
    let Some(parts) = parts else {
        return not_checkable("没有公布各批个数,无法核对");
    };
    let sum = parts.iter().sum::<i64>();
    let terms = join(parts.iter().map(i64::to_string));
    let Some(total) = summary.stated_total.count else {
        return not_checkable(&format!("分批个数 {terms}={sum},没有公布合计,无法核对"));
    };
    compare(
        "公布的分批个数",
        &terms,
        &sum.to_string(),
        &format!("{total} 个"),
        sum == total,
    )
}

fn announced_amounts(summary: &RoundSummary) -> Check {
    let parts: Option<Vec<Fen>> = summary
        .batches
        .iter()
        .map(|b| exact_fen(&b.stated))
        .collect();
    let Some(parts) = parts else {
        return not_checkable("没有公布各批的确切投资,无法核对");
    };
    let Some(sum) = Fen::try_sum(parts.iter().copied()) else {
        return not_checkable("公布的投资超出可计算的范围,无法核对");
    };
    let terms = join(parts.iter().map(|f| f.show(MoneyUnit::YiYuan)));
    let sum_text = sum.show(MoneyUnit::YiYuan);
    let Some(total) = exact_fen(&summary.stated_total) else {
        let text = format!("分批投资 {terms}={sum_text},没有公布确切的合计,无法核对");
        return not_checkable(&text);
    };
    let whole = format!("{} 亿元", total.show(MoneyUnit::YiYuan));
    compare("公布的分批投资", &terms, &sum_text, &whole, sum == total)
}

fn list_count(batch: &BatchSummary, part: &Part) -> Check {
    let Some(stated) = batch.stated.count else {
        return not_checkable(&format!(
            "{}没有公布个数,名单有 {} 个",
            batch.batch,
            part.count()
        ));
    };
    // A project taken out later was announced all the same.
    let announced = (part.count() + part.adjusted_out.len()) as i64;
    let out = match part.adjusted_out.len() {
        0 => String::new(),
        n => format!("(含调出 {n} 个)"),
    };
    let what = format!("{}名单{out} {announced} 个,公布 {stated} 个", batch.batch);
    verdict(what, announced == stated)
}

fn list_amount(batch: &BatchSummary, part: &Part) -> Check {
    let label = batch.batch.label();
    let Some(stated) = exact_fen(&batch.stated) else {
        return not_checkable(&format!("{label}没有公布确切投资"));
    };
    if !part.without_amount.is_empty() {
        let missing = part.without_amount.len();
        return not_checkable(&format!("{label}有 {missing} 个项目没有填投资,无法核对"));
    }
    if !part.adjusted_out.is_empty() {
        return not_checkable(&format!("{label}有项目调出,名单投资与公布数口径不同"));
    }
    let unit = MoneyUnit::YiYuan;
    let what = format!(
        "{label}名单 {} 亿元,公布 {} 亿元",
        part.amount.show(unit),
        stated.show(unit)
    );
    verdict(what, part.amount == stated)
}

fn parts_of_list(summary: &RoundSummary, total: &Part) -> Check {
    let counts = summary
        .batches
        .iter()
        .filter_map(|b| b.computed.as_ref())
        .map(Part::count);
    let counts: Vec<usize> = counts.collect();
    let sum: usize = counts.iter().sum();
    let terms = join(counts.iter().map(usize::to_string));
    let whole = format!("{} 个(同一项目只算一次)", total.count());
    compare(
        "名单分批个数",
        &terms,
        &sum.to_string(),
        &whole,
        sum == total.count(),
    )
}

fn compare(what: &str, terms: &str, sum: &str, whole: &str, holds: bool) -> Check {
    let tail = if holds {
        format!("与合计 {whole}一致")
    } else {
        format!("与合计 {whole}不符")
    };
    Check {
        statement: format!("{what} {terms}={sum},{tail}"),
        verdict: as_verdict(holds),
    }
}

fn verdict(what: String, holds: bool) -> Check {
    let tail = if holds { "一致" } else { "不符" };
    Check {
        statement: format!("{what},{tail}"),
        verdict: as_verdict(holds),
    }
}

fn as_verdict(holds: bool) -> CheckVerdict {
    if holds {
        CheckVerdict::Holds
    } else {
        CheckVerdict::Fails
    }
}

fn not_checkable(statement: &str) -> Check {
    Check {
        statement: statement.to_owned(),
        verdict: CheckVerdict::NotCheckable,
    }
}

fn join(terms: impl Iterator<Item = String>) -> String {
    terms.collect::<Vec<_>>().join("+")
}

/// Only an exact amount can be checked: 约 and 余 bound a figure, they do not give it.
fn exact_fen(stated: &Stated) -> Option<Fen> {
    let amount = stated.amount?;
    (amount.bound == ground::Bound::Exact).then_some(amount.fen)
}

/// Several rounds together. Money of rounds is never added: a project recurs in rounds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Across {
    /// Different projects over all listed rounds.
    pub distinct: BTreeSet<ProjectId>,
    /// Lines over all listed rounds; greater than `distinct` when projects recur.
    pub lines: usize,
    /// Projects that stand in more than one round, with the round names.
    pub recurring: BTreeMap<ProjectId, Vec<String>>,
    /// Rounds announced by totals only: what they share with others cannot be known.
    pub unlisted: Vec<String>,
    /// The sentence printed under the table.
    pub note: String,
}

/// Looks at several rounds together on a day.
pub fn across(rounds: &[Round], memberships: &[Membership], as_of: Date) -> Across {
    let mut seen: BTreeMap<ProjectId, Vec<String>> = BTreeMap::new();
    let mut unlisted = Vec::new();
    let mut lines = 0;
    for round in rounds {
        let own = memberships
            .iter()
            .filter(|m| m.round == round.id && !m.is_out_on(as_of));
        let projects: BTreeSet<ProjectId> = own.map(|m| m.project).collect();
        if projects.is_empty() {
            unlisted.push(round.name.clone());
        }
        lines += projects.len();
        for project in projects {
            seen.entry(project).or_default().push(round.name.clone());
        }
    }
    let distinct = seen.keys().copied().collect();
    seen.retain(|_, names| names.len() > 1);
    let note = across_note(&unlisted, seen.len());
    Across {
        distinct,
        lines,
        recurring: seen,
        unlisted,
        note,
    }
}

fn across_note(unlisted: &[String], recurring: usize) -> String {
    let mut note = "各期有同一项目滚动转入,合计投资不能相加".to_owned();
    if recurring > 0 {
        note += &format!(";{recurring} 个项目在多期出现,只计一次");
    }
    if !unlisted.is_empty() {
        note += &format!(";{}只有分批数,没有名单,不参加去重", unlisted.join("、"));
    }
    note + "。"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::membership::{Role, distinct_projects};
    use crate::reading::fixtures::{day, yi};
    use ground::{Amount, RecordId, RoundId};
    use proptest::prelude::*;

    fn member(round: i64, project: i64, batch: Batch, tenths: i64) -> Membership {
        Membership {
            id: None,
            round: RoundId(RecordId(round)),
            batch,
            project: ProjectId(RecordId(project)),
            amount_announced: Some(yi(tenths)),
            role: Role::New,
            adjusted_out: None,
            transferred_from: None,
            rolled_on: None,
            evidence: None,
            approver: None,
        }
    }

    fn round(no: i64, total: (i64, i64), parts: [(i64, i64); 3]) -> Round {
        let stated = |(count, tenths)| Stated {
            count: Some(count),
            amount: Some(yi(tenths)),
        };
        Round {
            id: RoundId(RecordId(no)),
            no,
            first_no: no,
            name: format!("第{no}期"),
            held_on: None,
            stated_total: stated(total),
            stated: Batch::ALL.into_iter().zip(parts.map(stated)).collect(),
            stated_rates: vec![],
            all_started: vec![],
        }
    }

    #[test]
    fn announced_parts_that_miss_the_total_are_told_with_both_sums() {
        let seven = round(7, (16, 624), [(2, 20), (6, 312), (7, 292)]);
        let summary = summarise(&seven, &[], day("2023-01-28"));
        let told: Vec<&str> = summary.failures().map(|c| c.statement.as_str()).collect();
        assert_eq!(told, ["公布的分批个数 2+6+7=15,与合计 16 个不符"]);
        assert!(summary.checks[1].statement.contains("2+31.2+29.2=62.4"));
    }

    #[test]
    fn a_round_known_by_totals_only_has_no_computed_part() {
        let mut six = round(6, (18, 0), [(3, 140), (7, 292), (8, 638)]);
        six.stated_total.amount = None;
        let summary = summarise(&six, &[], day("2023-01-28"));
        assert_eq!(summary.computed_total, None);
        assert_eq!(summary.count(), Some(18));
        assert_eq!(summary.amount(), Some(yi(1070).fen));
        assert_eq!(summary.checks[1].verdict, CheckVerdict::NotCheckable);
        assert!(summary.checks[1].statement.contains("14+29.2+63.8=107"));
    }

    #[test]
    fn an_approximate_amount_is_not_checked() {
        let mut seven = round(7, (15, 624), [(2, 20), (6, 312), (7, 292)]);
        let about = Amount {
            fen: yi(20).fen,
            bound: ground::Bound::About,
        };
        seven.stated.get_mut(&Batch::Signed).expect("part").amount = Some(about);
        let summary = summarise(&seven, &[], day("2023-01-28"));
        assert_eq!(summary.checks[1].verdict, CheckVerdict::NotCheckable);
    }

    #[test]
    fn a_project_in_two_rounds_counts_once_and_is_named() {
        let rounds = [
            round(6, (1, 10), [(0, 0), (1, 10), (0, 0)]),
            round(7, (1, 10), [(0, 0); 3]),
        ];
        let members = [
            member(6, 1, Batch::Started, 10),
            member(7, 1, Batch::Commissioned, 10),
        ];
        let both = across(&rounds, &members, day("2023-03-10"));
        assert_eq!((both.distinct.len(), both.lines), (1, 2));
        assert_eq!(both.recurring.values().next().map(Vec::len), Some(2));
        assert!(both.note.contains("不能相加"));
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(lines in prop::collection::vec((0usize..3, 1i64..900), 0..60)) {
            let members: Vec<Membership> = lines
                .iter()
                .enumerate()
                .map(|(i, (b, tenths))| member(7, i as i64 + 1, Batch::ALL[*b], *tenths))
                .collect();
            let summary = summarise(&round(7, (0, 0), [(0, 0); 3]), &members, day("2023-03-10"));
            let parts: Vec<&Part> = summary.batches.iter().filter_map(|b| b.computed.as_ref()).collect();
            let count: usize = parts.iter().map(|p| p.count()).sum();
            let amount = Fen::try_sum(parts.iter().map(|p| p.amount));
            match &summary.computed_total {
                Some(total) => {
                    prop_assert_eq!(count, total.count());
                    prop_assert_eq!(amount, Some(total.amount));
                    prop_assert_eq!(count, distinct_projects(&members).len());
                }
                None => prop_assert!(lines.is_empty()),
            }
        }
    }
}
