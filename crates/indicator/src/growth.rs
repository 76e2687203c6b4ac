//! Growth on the same period of last year, and the walk between monthly and year-to-date values.

use ground::{Finding, Period, Ratio};

/// 同比. Growth, where it can be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Growth {
    /// `current / base − 1`.
    Rate(Ratio),
    /// 扭亏. From a loss (or nothing) to a gain.
    TurnedPositive,
    /// 继续亏损. A loss (or nothing) on a loss has no rate.
    BothNegative,
    /// No value in the base period.
    NoBase,
}

impl Growth {
    /// `13.0%`, `-4.2%`, `1.5倍` from 100 % on, 扭亏, or —.
    pub fn text(self) -> String {
        match self {
            Growth::Rate(rate) => match rate.basis_points() {
                Some(points) if points >= 10_000 => times(points),
                Some(_) => rate.percent_text(),
                None => "—".to_owned(),
            },
            Growth::TurnedPositive => "扭亏".to_owned(),
            Growth::BothNegative | Growth::NoBase => "—".to_owned(),
        }
    }
}

/// 增长1.5倍: from 100 % on, growth is told in multiples of the base (domain rules 2.4).
fn times(points: i64) -> String {
    let tenths = ground::money::divide_half_even(i128::from(points), 1_000);
    format!("{}.{}倍", tenths / 10, tenths % 10)
}

/// Nominal growth of `current` on the same period of last year. Not for indicators at
/// comparable prices: their growth is published, not computed.
///
/// ```
/// use indicator::year_on_year;
/// assert_eq!(year_on_year(113, Some(100)).text(), "13.0%");
/// assert_eq!(year_on_year(113, None).text(), "—");
/// ```
pub fn year_on_year(current: i64, base: Option<i64>) -> Growth {
    match base {
        None => Growth::NoBase,
        Some(base) if base > 0 => {
            let base = i128::from(base);
            Growth::Rate(Ratio::new(i128::from(current) - base, base))
        }
        Some(_) if current > 0 => Growth::TurnedPositive,
        Some(0) => Growth::NoBase,
        Some(_) => Growth::BothNegative,
    }
}

/// Growth the rest of the year needs to reach `target`, when the same rest brought
/// `base_year − base_to_date` last year; `None` when that was nothing.
pub fn needed_growth(
    target: i64,
    to_date: i64,
    base_year: i64,
    base_to_date: i64,
) -> Option<Ratio> {
    let rest_of_base = i128::from(base_year) - i128::from(base_to_date);
    let rest = i128::from(target) - i128::from(to_date);
    (rest_of_base > 0).then(|| Ratio::new(rest - rest_of_base, rest_of_base))
}

/// 累计 from 当期: running sums of one year's months, quarters or merged months. The periods must
/// follow each other from January; from the first hole on nothing is told, and a finding says so.
pub fn ytd_from_flows(flows: &[(Period, i64)]) -> (Vec<(Period, i64)>, Vec<Finding>) {
    let mut totals = Vec::new();
    let mut sum: i64 = 0;
    for (period, flow) in in_order(flows) {
        if let Some(problem) = hole_before(totals.last().map(|(p, _)| *p), period) {
            return (totals, vec![hole(period, problem)]);
        }
        let Some(total) = sum.checked_add(flow) else {
            return (totals, vec![hole(period, "累计数超出可存范围".to_owned())]);
        };
        sum = total;
        totals.push((period, sum));
    }
    (totals, Vec::new())
}

/// 当期 from 累计: differences of neighbours. A year-to-date value below the one before stays, with a
/// warning: on a flow that cannot fall it means revised or mistyped data.
pub fn flows_from_ytd(totals: &[(Period, i64)]) -> (Vec<(Period, i64)>, Vec<Finding>) {
    let mut flows: Vec<(Period, i64)> = Vec::new();
    let mut findings = Vec::new();
    let mut before: i64 = 0;
    for (period, total) in in_order(totals) {
        if let Some(problem) = hole_before(flows.last().map(|(p, _)| *p), period) {
            findings.push(hole(period, problem));
            break;
        }
        let Some(flow) = total.checked_sub(before) else {
            findings.push(hole(period, "当期数超出可存范围".to_owned()));
            break;
        };
        if flow < 0 {
            findings.push(Finding::warning(
                "indicator.ytd_falls",
                period.label(),
                format!("累计数 {total} 小于上一期累计数 {before}"),
                "请核对是否前期数有修订,或单位填错。",
            ));
        }
        flows.push((period, flow));
        before = total;
    }
    (flows, findings)
}

/// 累计同比 from 当期 values of this year and of last year. Where a period has no complete
/// year-to-date value last year, its growth is [`Growth::NoBase`].
pub fn growth_of_ytd(
    now: &[(Period, i64)],
    before: &[(Period, i64)],
) -> (Vec<(Period, Growth)>, Vec<Finding>) {
    let (now, mut findings) = ytd_from_flows(now);
    let (before, more) = ytd_from_flows(before);
    findings.extend(more);
    // By last day, so that January and February apart still serve 1—2月.
    let base = |period: Period| {
        let end = period.year_before().last();
        before
            .iter()
            .find(|(known, _)| known.last() == end)
            .map(|(_, total)| *total)
    };
    let growth = now
        .iter()
        .map(|(period, total)| (*period, year_on_year(*total, base(*period))));
    (growth.collect(), findings)
}

fn in_order(values: &[(Period, i64)]) -> Vec<(Period, i64)> {
    let mut values = values.to_vec();
    values.sort_by_key(|(period, _)| (period.first(), period.last()));
    values
}

/// Why `period` does not carry on from `before` (or from 1 January); `None` when it does.
fn hole_before(before: Option<Period>, period: Period) -> Option<String> {
    let start = Period::Year(period.first().year()).first();
    let Some(before) = before else {
        return (period.first() != start)
            .then(|| format!("缺 {start} 至 {} 之间的数", period.first()));
    };
    let follows = before
        .last()
        .tomorrow()
        .is_ok_and(|day| day == period.first());
    if follows && period.first().year() == before.first().year() {
        return None;
    }
    let word = if period.first() <= before.last() {
        "重叠"
    } else {
        "之间缺数"
    };
    Some(format!("{} 与 {} {word}", before.label(), period.label()))
}

fn hole(period: Period, problem: String) -> Finding {
    Finding::error(
        "indicator.hole",
        period.label(),
        problem,
        "请从 1 月起按月(1—2月可合并)补齐,一年一组。",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(list: &[(&str, i64)]) -> Vec<(Period, i64)> {
        list.iter()
            .map(|(code, value)| (code.parse().expect("a period"), *value))
            .collect()
    }

    #[test]
    fn growth_is_not_computed_on_nothing_or_on_a_loss() {
        assert_eq!(year_on_year(113, Some(100)).text(), "13.0%");
        assert_eq!(year_on_year(95, Some(100)).text(), "-5.0%");
        assert_eq!(year_on_year(250, Some(100)).text(), "1.5倍");
        assert_eq!(year_on_year(-20, Some(100)).text(), "-120.0%");
        assert_eq!(year_on_year(5, Some(-3)).text(), "扭亏");
        assert_eq!(year_on_year(-5, Some(-3)), Growth::BothNegative);
        assert_eq!(year_on_year(0, Some(0)), Growth::NoBase);
        assert_eq!(year_on_year(5, None).text(), "—");
    }

    #[test]
    fn merged_january_and_february_begin_the_year() {
        let flows = values(&[("2025M01-02", 30), ("2025M04", 20), ("2025M03", 15)]);
        let (totals, findings) = ytd_from_flows(&flows);
        assert_eq!(findings, []);
        assert_eq!(
            totals,
            values(&[("2025M01-02", 30), ("2025M03", 45), ("2025M04", 65)])
        );
        assert_eq!(
            flows_from_ytd(&totals).0,
            values(&[("2025M01-02", 30), ("2025M03", 15), ("2025M04", 20)])
        );
    }

    #[test]
    fn a_hole_or_an_overlap_stops_the_sum_and_is_told() {
        let (totals, findings) = ytd_from_flows(&values(&[("2025M01", 1), ("2025M03", 3)]));
        assert_eq!(totals.len(), 1);
        assert_eq!(
            findings[0].to_string(),
            "2025年3月:2025年1月 与 2025年3月 之间缺数。请从 1 月起按月(1—2月可合并)补齐,一年一组。"
        );
        let (totals, findings) = ytd_from_flows(&values(&[("2025M02", 1)]));
        assert!(totals.is_empty() && findings[0].problem.contains("2025-01-01 至 2025-02-01"));
        let (_, findings) = ytd_from_flows(&values(&[("2025M01-02", 1), ("2025M02", 1)]));
        assert!(findings[0].problem.contains("重叠"));
        let (_, findings) = ytd_from_flows(&values(&[("2024Q4", 1), ("2025Q1", 1)]));
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn a_falling_year_to_date_is_kept_with_a_warning() {
        let (flows, findings) = flows_from_ytd(&values(&[("2025M01", 10), ("2025M02", 8)]));
        assert_eq!(flows[1].1, -2);
        assert_eq!(findings[0].code, "indicator.ytd_falls");
    }

    #[test]
    fn growth_of_the_year_to_date_comes_from_flows() {
        let now = values(&[("2025M01-02", 220), ("2025M03", 110)]);
        let before = values(&[("2024M01", 90), ("2024M02", 110), ("2024M03", 100)]);
        let (growth, findings) = growth_of_ytd(&now, &before);
        assert_eq!(findings, []);
        let texts: Vec<_> = growth.iter().map(|(_, growth)| growth.text()).collect();
        assert_eq!(texts, ["10.0%", "10.0%"]);
        let (growth, _) = growth_of_ytd(&now, &before[..2]);
        assert_eq!(growth[1].1, Growth::NoBase);
    }

    #[test]
    fn the_rest_must_grow_faster_when_the_start_was_slow() {
        // Target 110 on a base of 100; 20 of 25 done: 90 against 75 is 20 % more.
        assert_eq!(
            needed_growth(110, 20, 100, 25)
                .map(Ratio::percent_text)
                .as_deref(),
            Some("20.0%")
        );
        assert_eq!(needed_growth(110, 20, 100, 100), None);
    }

    proptest! {
        #[test]
        fn flows_and_totals_are_inverse(values in prop::collection::vec(0_i64..1_000_000, 1..12)) {
            let flows: Vec<(Period, i64)> = values.iter().enumerate()
                .map(|(index, value)| (Period::Month { year: 2025, month: index as i8 + 1 }, *value))
                .collect();
            let (totals, findings) = ytd_from_flows(&flows);
            prop_assert!(findings.is_empty());
            prop_assert_eq!(totals.last().map(|(_, total)| *total), Some(values.iter().sum::<i64>()));
            prop_assert_eq!(flows_from_ytd(&totals), (flows, Vec::new()));
        }
    }
}
