//! Sets of positions in working order.

use crate::graph::Arc;

/// A set of positions, walked in working order or against it while it grows ahead.
#[derive(Clone)]
pub(super) struct Places(Vec<u64>);

impl Places {
    pub fn new(count: usize) -> Self {
        Places(vec![0; count.div_ceil(64)])
    }

    pub fn put(&mut self, i: usize) {
        self.0[i / 64] |= 1 << (i % 64);
    }

    pub fn take(&mut self, i: usize) {
        self.0[i / 64] &= !(1 << (i % 64));
    }

    pub fn has(&self, i: usize) -> bool {
        self.0[i / 64] >> (i % 64) & 1 != 0
    }

    /// All places of the other set.
    pub fn join(&mut self, other: &Places) {
        for (bits, more) in self.0.iter_mut().zip(&other.0) {
            *bits |= more;
        }
    }

    /// The other ends of the links.
    pub fn put_all(&mut self, arcs: &[Arc]) {
        for arc in arcs {
            self.put(arc.other());
        }
    }

    /// The first place at or after `from`.
    pub fn next(&self, from: usize) -> Option<usize> {
        let mut word = from / 64;
        let mut bits = self.0.get(word)? & (!0 << (from % 64));
        while bits == 0 {
            word += 1;
            bits = *self.0.get(word)?;
        }
        Some(word * 64 + bits.trailing_zeros() as usize)
    }

    /// The last place before `end`.
    pub fn last(&self, end: usize) -> Option<usize> {
        let (mut word, rest) = (end / 64, end % 64);
        let mut bits = match self.0.get(word) {
            Some(bits) => bits & !(!0 << rest),
            None => 0,
        };
        while bits == 0 {
            word = word.checked_sub(1)?;
            bits = self.0[word];
        }
        Some(word * 64 + 63 - bits.leading_zeros() as usize)
    }

    pub fn to_vec(&self) -> Vec<usize> {
        let count = self.0.iter().map(|bits| bits.count_ones() as usize).sum();
        let mut list = Vec::with_capacity(count);
        for (word, &bits) in self.0.iter().enumerate() {
            let mut rest = bits;
            while rest != 0 {
                list.push(word * 64 + rest.trailing_zeros() as usize);
                rest &= rest - 1;
            }
        }
        list
    }

    pub fn list(&self) -> impl Iterator<Item = usize> {
        let words = self.0.iter().enumerate();
        words.flat_map(|(word, &bits)| {
            let mut rest = bits;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest.checked_sub(1)?;
                Some(word * 64 + bit)
            })
        })
    }
}
