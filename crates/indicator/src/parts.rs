//! Do the parts make the whole? Sums of rounded figures may differ a little; more than that is
//! an error somebody made.

use ground::Finding;

/// How parts and whole compare.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PartsVerdict {
    /// 一致. Equal.
    Holds,
    /// 四舍五入差. Differs by no more than rounding explains.
    Rounding,
    /// 不符.
    Fails,
    /// 无法核对. A part is missing.
    NotCheckable,
}

/// The outcome, with the sum that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartsCheck {
    /// The verdict.
    pub verdict: PartsVerdict,
    /// Sum of the parts that are there.
    pub sum: i128,
    /// `sum − total`.
    pub difference: i128,
    /// Said to the user unless the sum holds or rounding explains it.
    pub finding: Option<Finding>,
}

/// 分项与合计. Compares `total` with its `parts` (label and value, `None` missing). `step` is the size
/// of the last published digit in the values' own scale: each of the n parts and the total may be
/// off by half a step, so `|sum − total| ≤ step × (n + 1) / 2` is rounding. 0 for exact counts.
pub fn check_parts(
    place: &str,
    total: i64,
    parts: &[(&str, Option<i64>)],
    step: u32,
) -> PartsCheck {
    let sum: i128 = parts
        .iter()
        .filter_map(|(_, value)| value.map(i128::from))
        .sum();
    let difference = sum - i128::from(total);
    let missing: Vec<&str> = parts
        .iter()
        .filter(|(_, value)| value.is_none())
        .map(|(label, _)| *label)
        .collect();
    let allowed = i128::from(step) * (parts.len() as i128 + 1);
    let (verdict, finding) = if !missing.is_empty() || parts.is_empty() {
        (
            PartsVerdict::NotCheckable,
            Some(not_checkable(place, &missing)),
        )
    } else if difference == 0 {
        (PartsVerdict::Holds, None)
    } else if difference.abs() * 2 <= allowed {
        (PartsVerdict::Rounding, None)
    } else {
        (
            PartsVerdict::Fails,
            Some(fails(place, total, sum, difference)),
        )
    };
    PartsCheck {
        verdict,
        sum,
        difference,
        finding,
    }
}

fn not_checkable(place: &str, missing: &[&str]) -> Finding {
    let problem = if missing.is_empty() {
        "没有分项,合计无法核对".to_owned()
    } else {
        format!("{}缺数,合计无法核对", missing.join("、"))
    };
    Finding::info(
        "indicator.parts_missing",
        place,
        problem,
        "补齐分项后会自动核对;确无此项的请填“—”并说明。",
    )
}

fn fails(place: &str, total: i64, sum: i128, difference: i128) -> Finding {
    let word = if difference > 0 { "多" } else { "少" };
    Finding::error(
        "indicator.parts_total",
        place,
        format!(
            "分项之和 {sum} 与合计 {total} 不符,{word} {}",
            difference.abs()
        ),
        "请核对合计,或找出多填、漏填、单位不同的分项。",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(total: i64, parts: &[Option<i64>], step: u32, verdict: PartsVerdict) -> PartsCheck {
        let named: Vec<(&str, Option<i64>)> = parts.iter().map(|part| ("某街道", *part)).collect();
        let found = check_parts("全区", total, &named, step);
        assert_eq!(found.verdict, verdict, "{found:?}");
        found
    }

    #[test]
    fn counts_must_be_exact() {
        check(15, &[Some(2), Some(6), Some(7)], 0, PartsVerdict::Holds);
        let wrong = check(16, &[Some(2), Some(6), Some(7)], 0, PartsVerdict::Fails);
        let finding = wrong.finding.expect("a failure is told");
        assert_eq!(finding.problem, "分项之和 15 与合计 16 不符,少 1");
    }

    #[test]
    fn rounding_explains_half_a_step_for_each_figure() {
        // Three parts and a total, each rounded to 10: up to 20 apart.
        check(
            120,
            &[Some(30), Some(40), Some(30)],
            10,
            PartsVerdict::Rounding,
        );
        check(
            121,
            &[Some(30), Some(40), Some(30)],
            10,
            PartsVerdict::Fails,
        );
        check(79, &[Some(30), Some(40), Some(30)], 10, PartsVerdict::Fails);
    }

    #[test]
    fn a_missing_part_is_named_and_not_taken_for_zero() {
        let parts = [("林山寨街道", Some(5)), ("柳湖街道", None)];
        let found = check_parts("全区", 5, &parts, 0);
        assert_eq!(found.verdict, PartsVerdict::NotCheckable);
        assert!(
            found
                .finding
                .expect("told")
                .problem
                .starts_with("柳湖街道缺数")
        );
        check(0, &[], 0, PartsVerdict::NotCheckable);
    }

    #[test]
    fn the_largest_values_do_not_overflow() {
        check(
            i64::MIN,
            &[Some(i64::MAX), Some(i64::MAX)],
            1,
            PartsVerdict::Fails,
        );
    }
}
