//! Distributions as tables: a share between 0 and 1 in, the place between optimistic and pessimistic out.

use super::Shape;

/// Cells of a table. Spreading each cell's probability evenly adds about 1/(12·CELLS²) to the variance over 0..1, which
/// is 0.04 % of the variance of a slanted PERT-beta and less of others.
const CELLS: usize = 128;

/// The distribution function on a grid over 0..1, with a guide from shares to cells.
pub(super) struct Quantiles {
    /// Share below the left edge of each cell, closed by 1.
    below: Vec<f64>,
    /// First cell to look at for each of `CELLS` equal ranges of shares.
    guide: Vec<u32>,
}

impl Quantiles {
    /// The table of a shape with its mode at `mode` (0 to 1).
    pub fn of(shape: Shape, mode: f64) -> Self {
        let weights: Vec<f64> = match shape {
            Shape::Uniform => vec![1.0; CELLS],
            Shape::Triangular => cells(|left, right| triangle(mode, right) - triangle(mode, left)),
            Shape::PertBeta => cells(|left, right| beta(mode, left, right)),
        };
        let total: f64 = weights.iter().sum();
        let mut below = Vec::with_capacity(CELLS + 1);
        let mut sum = 0.0;
        for weight in weights {
            below.push(sum / total);
            sum += weight;
        }
        below.push(1.0);
        let guide = (0..CELLS)
            .map(|range| {
                let share = range as f64 / CELLS as f64;
                (below.partition_point(|&edge| edge <= share) - 1).min(CELLS - 1) as u32
            })
            .collect();
        Quantiles { below, guide }
    }

    /// The place (0 to 1) below which `share` (0 to 1) of the distribution lies.
    #[inline]
    pub fn at(&self, share: f64) -> f64 {
        let range = ((share * CELLS as f64) as usize).min(CELLS - 1);
        let mut cell = self.guide[range] as usize;
        while cell + 1 < CELLS && self.below[cell + 1] < share {
            cell += 1;
        }
        let (low, high) = (self.below[cell], self.below[cell + 1]);
        let inside = if high > low {
            (share - low) / (high - low)
        } else {
            0.5
        };
        (cell as f64 + inside.clamp(0.0, 1.0)) / CELLS as f64
    }
}

fn cells(weight: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    (0..CELLS)
        .map(|cell| weight(cell as f64 / CELLS as f64, (cell + 1) as f64 / CELLS as f64))
        .collect()
}

/// Distribution function of the triangle over 0..1 with the given mode.
fn triangle(mode: f64, x: f64) -> f64 {
    if x < mode {
        x * x / mode
    } else if mode < 1.0 {
        1.0 - (1.0 - x) * (1.0 - x) / (1.0 - mode)
    } else {
        1.0
    }
}

/// Weight of a cell under x^(4 mode) (1 − x)^(4 − 4 mode), the PERT-beta density without its constant, by the
/// three-point Gauss rule.
fn beta(mode: f64, left: f64, right: f64) -> f64 {
    let density = |x: f64| x.powf(4.0 * mode) * (1.0 - x).powf(4.0 - 4.0 * mode);
    let (middle, half) = ((left + right) / 2.0, (right - left) / 2.0);
    let offset = half * 0.6f64.sqrt();
    half * (5.0 * density(middle - offset) + 8.0 * density(middle) + 5.0 * density(middle + offset))
        / 9.0
}

/// Share of the standard normal distribution below `z`, to 1e-7 (Abramowitz and Stegun 26.2.17).
pub(super) fn normal_share(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let series = t
        * (0.319_381_530
            + t * (-0.356_563_782
                + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let tail = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt() * series;
    if z > 0.0 { 1.0 - tail } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of a table by the rectangle rule over 100,000 shares.
    fn moments(shape: Shape, mode: f64) -> (f64, f64) {
        let table = Quantiles::of(shape, mode);
        let values: Vec<f64> = (0..100_000)
            .map(|k| table.at((k as f64 + 0.5) / 100_000.0))
            .collect();
        let mean = values.iter().sum::<f64>() / 100_000.0;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 100_000.0;
        (mean, variance)
    }

    fn check(shape: Shape, mode: f64, mean: f64, variance: f64) {
        let (m, v) = moments(shape, mode);
        assert!(
            (m - mean).abs() < 1e-4,
            "{shape:?} {mode}: mean {m}, not {mean}"
        );
        assert!(
            (v - variance).abs() < 5e-4 * variance,
            "{shape:?} {mode}: variance {v}, not {variance}"
        );
    }

    #[test]
    fn the_tables_have_the_published_means_and_variances() {
        for mode in [0.0, 0.1, 0.3, 0.5, 0.8, 1.0] {
            // Beta with a + b = 6: mean a/6 = (1 + 4 mode)/6, variance mean (1 − mean) / 7.
            let mean = (1.0 + 4.0 * mode) / 6.0;
            check(Shape::PertBeta, mode, mean, mean * (1.0 - mean) / 7.0);
            let variance = (1.0 - mode + mode * mode) / 18.0;
            check(Shape::Triangular, mode, (1.0 + mode) / 3.0, variance);
            check(Shape::Uniform, mode, 0.5, 1.0 / 12.0);
        }
    }

    #[test]
    fn the_ends_of_a_table_are_the_ends_of_the_range() {
        for shape in [Shape::PertBeta, Shape::Triangular, Shape::Uniform] {
            let table = Quantiles::of(shape, 0.3);
            assert_eq!((table.at(0.0), table.at(1.0)), (0.0, 1.0), "{shape:?}");
        }
    }

    #[test]
    fn the_normal_share_has_its_tabulated_values() {
        for (z, share) in [
            (0.0, 0.5),
            (1.0, 0.841_344_7),
            (-1.959_964, 0.025),
            (3.0, 0.998_650_1),
        ] {
            assert!(
                (normal_share(z) - share).abs() < 1e-6,
                "{z}: {}",
                normal_share(z)
            );
        }
    }
}
