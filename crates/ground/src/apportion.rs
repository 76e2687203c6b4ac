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
    parts.into_iter().map(|part| with_sign(part, total)).collect()
}

/// Parts are never greater in size than the total, so they fit; only `i64::MIN` needs the detour.
fn with_sign(part: u128, total: i64) -> i64 {
    let size = part as i128;
    (if total < 0 { -size } else { size }) as i64
}
