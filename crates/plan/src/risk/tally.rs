//! What the runs add up to. Sums are whole numbers: the order in which threads bring them does not matter.

use ground::Minute;

use super::Exposure;

/// Counts and sums of some of the runs; lists by position in working order.
pub(super) struct Tally {
    finishes: Vec<Minute>,
    /// Runs in which each activity lay on a longest path.
    pub critical: Vec<u32>,
    /// Work drawn in the present run.
    pub drawn: Vec<i64>,
    sums: Vec<Sums>,
    moved: i128,
    moved_squares: i128,
}

/// Sums over the runs of one activity's work, its square, and its product with the finish's move.
#[derive(Clone, Copy, Default)]
struct Sums {
    work: i128,
    squares: i128,
    products: i128,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(count: usize) -> Self {
        Tally {
            finishes: Vec::new(),
            critical: vec![0; count],
            drawn: vec![0; count],
            sums: vec![Sums::default(); count],
            moved: 0,
            moved_squares: 0,
        }
    }

    /// Counts the finish of a run.
    pub fn count(&mut self, finish: Minute, planned: Minute) {
        let moved = i128::from(finish - planned);
        self.finishes.push(finish);
        self.moved += moved;
        self.moved_squares += moved * moved;
    }

    /// Counts the drawn work of an activity beside the move of the finish.
    pub fn relate(&mut self, position: usize, moved: i64) {
        let work = i128::from(self.drawn[position]);
        let sums = &mut self.sums[position];
        sums.work += work;
        sums.squares += work * work;
        sums.products += work * i128::from(moved);
    }

    /// Takes over what another thread counted.
    pub fn add(&mut self, other: Tally) {
        self.finishes.extend(other.finishes);
        self.moved += other.moved;
        self.moved_squares += other.moved_squares;
        for (own, other) in self.critical.iter_mut().zip(other.critical) {
            *own += other;
        }
        for (own, other) in self.sums.iter_mut().zip(other.sums) {
            own.work += other.work;
            own.squares += other.squares;
            own.products += other.products;
        }
    }

    /// The exposure of each activity, given its position in working order.
    pub fn exposures(&self, position: &[usize]) -> Vec<Exposure> {
        position.iter().map(|&at| self.exposure(at)).collect()
    }

    fn exposure(&self, at: usize) -> Exposure {
        let runs = self.finishes.len() as i128;
        let sums = self.sums[at];
        // n² times variance and covariance, exact.
        let spread = runs * sums.squares - sums.work * sums.work;
        let together = runs * sums.products - sums.work * self.moved;
        let finish_spread = runs * self.moved_squares - self.moved * self.moved;
        let (spread, together) = (spread as f64, together as f64);
        let (mut correlation, mut effect) = (0.0, 0.0);
        if spread > 0.0 && finish_spread > 0 {
            correlation = together / (spread.sqrt() * (finish_spread as f64).sqrt());
            effect = together / spread.sqrt() / runs as f64;
        }
        Exposure {
            criticality: f64::from(self.critical[at]) / runs as f64,
            correlation,
            effect,
            mean: sums.work as f64 / runs as f64,
            deviation: spread.sqrt() / runs as f64,
        }
    }

    /// The finishes, earliest first.
    pub fn sorted_finishes(mut self) -> Vec<Minute> {
        self.finishes.sort_unstable();
        self.finishes
    }
}
