//! Record ids: 64-bit numbers below 2^53, made here and not by the database, growing within a
//! district. Layout: 32 bits of seconds since 2020, 6 bits of node, 15 bits of counter.

use ground::RecordId;

/// 2020-01-01T00:00:00Z. With 32 bits of seconds ids last until the year 2156.
const EPOCH: i64 = 1_577_836_800;
const NODE_BITS: u32 = 6;
const COUNTER_BITS: u32 = 15;

/// Node numbers run from 0 to this.
pub const NODE_MAX: u8 = (1 << NODE_BITS) - 1;

/// The id after `last` at `now` (seconds since 1970) on a node. Always greater than `last`: when a
/// second's 32,768 ids are used up, or the clock stepped back, the id runs ahead of the clock.
///
/// ```
/// let first = store::next_id(0, 1_700_000_000, 3);
/// assert!(store::next_id(first.0, 1_700_000_000, 3) > first);
/// assert!(store::next_id(first.0, 1_600_000_000, 3) > first);
/// ```
pub fn next_id(last: i64, now: i64, node: u8) -> RecordId {
    let clock = compose((now - EPOCH).max(0), node);
    if clock > last {
        return RecordId(clock.max(1));
    }
    let next = last + 1;
    let same_run = next >> COUNTER_BITS == last >> COUNTER_BITS;
    let own = (last >> COUNTER_BITS) & i64::from(NODE_MAX) == i64::from(node);
    if same_run && own {
        return RecordId(next);
    }
    RecordId(compose((last >> (NODE_BITS + COUNTER_BITS)) + 1, node))
}

fn compose(seconds: i64, node: u8) -> i64 {
    (seconds << (NODE_BITS + COUNTER_BITS)) | (i64::from(node.min(NODE_MAX)) << COUNTER_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_678_406_400;

    #[test]
    fn a_full_second_borrows_from_the_next() {
        let mut last = 0;
        for _ in 0..100_000 {
            let id = next_id(last, NOW, 5).0;
            assert!(id > last);
            assert_eq!((id >> COUNTER_BITS) & i64::from(NODE_MAX), 5);
            last = id;
        }
        assert!(last < ground::ids::RECORD_ID_LIMIT);
    }

    proptest! {
        #[test]
        fn ids_only_grow(steps in prop::collection::vec((0i64..4_000_000_000, 0u8..64), 1..50)) {
            let mut last = 0;
            for (now, node) in steps {
                let id = next_id(last, EPOCH + now, node);
                prop_assert!(id.0 > last && RecordId::new(id.0).is_some());
                last = id.0;
            }
        }
    }
}
