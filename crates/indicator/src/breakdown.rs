//! Breaking a target down to organisations or months, with cells that are already fixed.

use ground::apportion;

/// One cell of a breakdown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// Its weight; last year's comparable base, say.
    pub weight: u64,
    /// A value that is fixed and not to be touched.
    pub locked: Option<i64>,
}

/// Why a target cannot be broken down.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BreakdownError {
    /// The fixed cells alone are more than the whole.
    #[error("已锁定的分项合计 {locked},超过总目标 {total};请先放开或调低锁定的分项")]
    LockedExceed {
        /// Sum of the fixed cells.
        locked: i128,
        /// The whole.
        total: i64,
    },
    /// All cells are fixed and do not add up to the whole.
    #[error("分项已全部锁定,合计 {locked} 与总目标 {total} 不符;请放开至少一个分项")]
    NothingOpen {
        /// Sum of the fixed cells.
        locked: i128,
        /// The whole.
        total: i64,
    },
}

/// 分解. Splits `total` over the cells: fixed ones keep their value, the rest share what is left by
/// weight, to the last unit (largest remainder). The parts add up to `total` exactly.
pub fn break_down(total: i64, shares: &[Share]) -> Result<Vec<i64>, BreakdownError> {
    let locked: i128 = shares
        .iter()
        .filter_map(|share| share.locked.map(i128::from))
        .sum();
    let rest = i128::from(total) - locked;
    let weights: Vec<u64> = shares
        .iter()
        .filter(|share| share.locked.is_none())
        .map(|share| share.weight)
        .collect();
    if weights.is_empty() && rest != 0 {
        return Err(BreakdownError::NothingOpen { locked, total });
    }
    let exceeds = if total >= 0 { rest < 0 } else { rest > 0 };
    let rest = match i64::try_from(rest) {
        Ok(rest) if !exceeds => rest,
        _ => return Err(BreakdownError::LockedExceed { locked, total }),
    };
    let mut open = apportion(rest, &weights).into_iter();
    let fill = |share: &Share| match share.locked {
        Some(value) => value,
        None => open
            .next()
            .expect("apportion gives one part for each weight"),
    };
    Ok(shares.iter().map(fill).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn open(weight: u64) -> Share {
        Share {
            weight,
            locked: None,
        }
    }

    fn fixed(value: i64) -> Share {
        Share {
            weight: 1,
            locked: Some(value),
        }
    }

    #[test]
    fn fixed_cells_stay_and_the_rest_is_shared() {
        assert_eq!(
            break_down(100, &[open(1), fixed(40), open(2)]),
            Ok(vec![20, 40, 40])
        );
        assert_eq!(break_down(100, &[fixed(60), fixed(40)]), Ok(vec![60, 40]));
        assert_eq!(break_down(-10, &[open(1), open(1)]), Ok(vec![-5, -5]));
    }

    #[test]
    fn fixed_cells_above_the_whole_are_an_error_with_a_remedy() {
        let error = break_down(100, &[fixed(120), open(1)]).expect_err("too much is fixed");
        assert_eq!(
            error.to_string(),
            "已锁定的分项合计 120,超过总目标 100;请先放开或调低锁定的分项"
        );
        assert!(matches!(
            break_down(100, &[fixed(99)]),
            Err(BreakdownError::NothingOpen { .. })
        ));
    }

    proptest! {
        #[test]
        fn the_parts_add_up_to_the_whole(
            total in 0_i64..1_000_000,
            weights in prop::collection::vec(0_u64..1000, 1..20),
            lock in 0_i64..1000,
        ) {
            let mut shares: Vec<Share> = weights.iter().map(|weight| open(*weight)).collect();
            shares.push(fixed(lock.min(total)));
            let parts = break_down(total, &shares).expect("fixed cells fit");
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            prop_assert_eq!(parts.last(), Some(&lock.min(total)));
        }
    }
}
