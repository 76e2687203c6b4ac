//! Splitting a whole into parts that add up again: largest remainder (Hamilton).

/// 分解. Splits `total` by `weights`; the parts add up to `total` exactly and each is within one
/// unit of its exact share. Left-over units go to the largest remainders, ties to the earlier
/// part. A negative total is split by its size and gets its sign back. When all weights are 0
/// the parts are equal. Without weights there are no parts (and the total has nowhere to go).
///
/// ```
/// assert_eq!(ground::apportion(100, &[1, 1, 1]), [34, 33, 33]);
/// assert_eq!(ground::apportion(-7, &[3, 1]), [-5, -2]);
/// ```
pub fn apportion(total: i64, weights: &[u64]) -> Vec<i64> {
    let whole: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
    if whole == 0 {
        return match weights.len() {
            0 => Vec::new(),
            count => apportion(total, &vec![1; count]),
        };
    }
    let size = u128::from(total.unsigned_abs());
    // 2^63 × 2^64 is below 2^128: the product cannot overflow.
    let shares: Vec<(u128, u128)> = weights
        .iter()
        .map(|&weight| size * u128::from(weight))
        .map(|product| (product / whole, product % whole))
        .collect();
    let mut parts: Vec<u128> = shares.iter().map(|share| share.0).collect();
    let left = size - parts.iter().sum::<u128>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&index| (std::cmp::Reverse(shares[index].1), index));
    for &index in order.iter().take(left as usize) {
        parts[index] += 1;
    }
    parts
        .into_iter()
        .map(|part| with_sign(part, total))
        .collect()
}

/// Parts are never greater in size than the total, so they fit; only `i64::MIN` needs the detour.
fn with_sign(part: u128, total: i64) -> i64 {
    let size = part as i128;
    (if total < 0 { -size } else { size }) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn left_over_units_go_to_the_largest_remainders_then_to_the_first() {
        assert_eq!(apportion(10, &[1, 2, 3]), [2, 3, 5]);
        assert_eq!(apportion(2, &[1, 1, 1]), [1, 1, 0]);
        assert_eq!(apportion(0, &[5, 5]), [0, 0]);
    }

    #[test]
    fn weights_of_zero_get_nothing_unless_all_are_zero() {
        assert_eq!(apportion(7, &[0, 1, 0]), [0, 7, 0]);
        assert_eq!(apportion(7, &[0, 0]), [4, 3]);
        assert_eq!(apportion(7, &[]), Vec::<i64>::new());
    }

    #[test]
    fn extremes_do_not_overflow() {
        assert_eq!(apportion(i64::MIN, &[u64::MAX]), [i64::MIN]);
        assert_eq!(
            apportion(i64::MAX, &[u64::MAX, u64::MAX])
                .iter()
                .sum::<i64>(),
            i64::MAX
        );
    }

    proptest! {
        #[test]
        fn parts_add_up_and_each_is_within_one_of_its_share(
            total in any::<i64>(),
            weights in prop::collection::vec(0_u64..1_000_000_000, 1..40),
        ) {
            let parts = apportion(total, &weights);
            prop_assert_eq!(parts.iter().map(|&part| i128::from(part)).sum::<i128>(), i128::from(total));
            let whole: i128 = weights.iter().map(|&w| i128::from(w)).sum();
            let (weights, whole) =
                if whole == 0 { (vec![1; weights.len()], weights.len() as i128) } else { (weights, whole) };
            for (&part, &weight) in parts.iter().zip(&weights) {
                let off = i128::from(part) * whole - i128::from(total) * i128::from(weight);
                prop_assert!(off.abs() < whole, "part {} of weight {}", part, weight);
            }
        }
    }
}
