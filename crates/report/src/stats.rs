//! Statistics of repeated measurements that assume nothing of their distribution.
//!
//! Running times are bounded below and disturbed upwards, so that the minimum is nearest to what the work needs, and the
//! median says what a user meets. Means and standard deviations would tell of the disturbance.

use serde::Serialize;

/// What is reported of one series of measurements, in the unit of its samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Number of samples.
    pub samples: usize,
    /// The least.
    pub min: f64,
    /// A quarter of the samples lies below.
    pub lower_quartile: f64,
    /// Half of the samples lies below.
    pub median: f64,
    /// Three quarters of the samples lie below.
    pub upper_quartile: f64,
    /// The greatest.
    pub max: f64,
    /// Lower end of the interval that has the median of the distribution with at least 95 % confidence; the least sample if
    /// there are too few for that.
    pub median_low: f64,
    /// Upper end of that interval.
    pub median_high: f64,
}

/// Summarises samples; `None` without any, or if one is not a number.
#[must_use]
pub fn summary(samples: &[f64]) -> Option<Summary> {
    if samples.iter().any(|sample| sample.is_nan()) {
        return None;
    }
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (min, max) = (*sorted.first()?, *sorted.last()?);
    let below = order_statistic(sorted.len());
    Some(Summary {
        samples: sorted.len(),
        min,
        lower_quartile: quantile(&sorted, 1)?,
        median: quantile(&sorted, 2)?,
        upper_quartile: quantile(&sorted, 3)?,
        max,
        median_low: *sorted.get(below)?,
        median_high: *sorted.get(sorted.len() - 1 - below)?,
    })
}

/// `numerator[i] / denominator[i]` for samples taken in the same rounds: what slowed the machine down for a while slowed both.
#[must_use]
pub fn paired_ratios(numerator: &[f64], denominator: &[f64]) -> Vec<f64> {
    numerator.iter().zip(denominator).map(|(n, d)| n / d).collect()
}

/// The quantile of so many quarters, interpolated linearly between neighbours.
fn quantile(sorted: &[f64], quarters: usize) -> Option<f64> {
    let place = sorted.len().checked_sub(1)? * quarters;
    let (at, rest) = (place / 4, u32::try_from(place % 4).ok()?);
    let (low, high) = (*sorted.get(at)?, *sorted.get(at + 1).or_else(|| sorted.get(at))?);
    Some(low + (high - low) * f64::from(rest) / 4.0)
}

/// The greatest k such that sample k, counted from 0 from both ends, bounds the median with 95 % confidence: at most k of n
/// tosses of a coin show heads with a probability of at most 2.5 %. 0 if there is none.
fn order_statistic(n: usize) -> usize {
    let tosses = u32::try_from(n).unwrap_or(u32::MAX);
    // Probability of exactly k heads, from that of k - 1: in logarithms, for 2^-n would vanish.
    let mut log = -f64::from(tosses) * std::f64::consts::LN_2;
    let mut sum = log.exp();
    let mut k = 0;
    while sum <= 0.025 {
        k += 1;
        log += (f64::from(tosses - k + 1) / f64::from(k)).ln();
        sum += log.exp();
    }
    // The interval from sample k - 1 (from 0) has the median unless fewer than k samples lie on one side.
    usize::try_from(k.saturating_sub(1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_series_by_hand() {
        let s = summary(&[4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!((s.samples, s.min, s.median, s.max), (4, 1.0, 2.5, 4.0));
        assert_eq!((s.lower_quartile, s.upper_quartile), (1.75, 3.25));
        assert_eq!((s.median_low, s.median_high), (1.0, 4.0));
        assert_eq!(summary(&[]), None);
        assert_eq!(summary(&[f64::NAN, 1.0]), None);
        assert_eq!(summary(&[7.0]).unwrap().median, 7.0);
    }

    #[test]
    fn intervals_of_the_median_are_those_of_the_sign_test() {
        // Tables of the sign test: for n = 6 the extremes, 15: the 4th from each end, 30: the 10th, 100: the 40th.
        for (n, place) in [(5, 0), (6, 0), (15, 3), (30, 9), (100, 39)] {
            assert_eq!(order_statistic(n), place, "{n}");
        }
        let samples: Vec<f64> = (0..15u32).map(f64::from).collect();
        let s = summary(&samples).unwrap();
        assert_eq!((s.median_low, s.median, s.median_high), (3.0, 7.0, 11.0));
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        assert_eq!(paired_ratios(&[2.0, 9.0], &[1.0, 3.0]), [2.0, 3.0]);
    }
}
