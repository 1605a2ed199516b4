//! What the tally circuit is given.

use super::{TallyInstance, TallyShare, TallyShareError, TallyStatement, share};
use crate::trustee::{DecryptionShare, KeyCeremony, TrusteeIndex, Verified, polynomial};
use alloc::vec::Vec;
use core::fmt;
use tabella_primitives::edwards::{Point, Scalar};

/// Greatest threshold for which there is a tally circuit: it has places for so many shares.
pub const MAX_TALLY_SHARES: usize = 8;

/// A trustee's part in a proof of a tally, and how much of it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProvenShare {
    /// The proof.
    pub share: TallyShare,
    /// V.
    pub key: Point,
    /// E.
    pub image: Point,
    /// The weight w, not 0.
    pub weight: Scalar,
}

/// Why shares are no witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TallyWitnessError {
    /// The threshold is above [`MAX_TALLY_SHARES`].
    ThresholdTooHigh {
        /// The threshold.
        threshold: u8,
    },
    /// Fewer shares than the threshold.
    TooFew {
        /// Number of shares.
        shares: usize,
        /// The threshold.
        threshold: u8,
    },
    /// Two shares of one trustee.
    Duplicate {
        /// Whose.
        trustee: TrusteeIndex,
    },
    /// A share is wrong.
    Share(TallyShareError),
}

impl fmt::Display for TallyWitnessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ThresholdTooHigh { threshold } => write!(
                f,
                "a tally by {threshold} trustees cannot be proved in a circuit; {MAX_TALLY_SHARES} at most"
            ),
            Self::TooFew { shares, threshold } => {
                write!(f, "parts of trustees: {shares}; needed: {threshold}")
            }
            Self::Duplicate { trustee } => write!(f, "two parts of trustee {trustee}"),
            Self::Share(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for TallyWitnessError {}

/// A statement with [`MAX_TALLY_SHARES`] proven shares, all of it public data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TallyWitness {
    statement: TallyStatement,
    shares: Vec<ProvenShare>,
}

impl TallyWitness {
    /// Checks the shares, each with the decryption share of its trustee, and weighs the first t of them by Lagrange. Places that are left
    /// repeat the first share, whose weight they take from.
    ///
    /// # Errors
    /// [`TallyWitnessError`].
    pub fn new(
        statement: TallyStatement,
        ceremony: &KeyCeremony,
        shares: &[(TallyShare, DecryptionShare<Verified>)],
    ) -> Result<Self, TallyWitnessError> {
        let threshold = ceremony.parameters().threshold();
        let count = usize::from(threshold);
        if count > MAX_TALLY_SHARES {
            return Err(TallyWitnessError::ThresholdTooHigh { threshold });
        }
        if shares.len() < count {
            return Err(TallyWitnessError::TooFew { shares: shares.len(), threshold });
        }
        let trustees: Vec<TrusteeIndex> =
            shares.iter().take(count).map(|(share, _)| share.trustee()).collect();
        let mut proven = Vec::with_capacity(MAX_TALLY_SHARES);
        for (place, (share, decryption)) in shares.iter().take(count).enumerate() {
            let trustee = share.trustee();
            if trustees.iter().take(place).any(|other| *other == trustee) {
                return Err(TallyWitnessError::Duplicate { trustee });
            }
            let (key, image) =
                share.verify(ceremony, &statement, decryption).map_err(TallyWitnessError::Share)?;
            let weight = polynomial::lagrange(trustee, &trustees);
            proven.push(ProvenShare { share: *share, key, image, weight });
        }
        fill(&mut proven);
        Ok(Self { statement, shares: proven })
    }

    /// The statement.
    #[must_use]
    pub const fn statement(&self) -> &TallyStatement {
        &self.statement
    }

    /// The shares, [`MAX_TALLY_SHARES`] of them.
    #[must_use]
    pub fn shares(&self) -> &[ProvenShare] {
        &self.shares
    }
}

/// Repeats the first share in the places that are left; no weight becomes 0.
fn fill(shares: &mut Vec<ProvenShare>) {
    let left = MAX_TALLY_SHARES.saturating_sub(shares.len());
    let Some(first) = shares.first_mut() else { return };
    let times = Scalar::from(u64::try_from(left).unwrap_or(0));
    let one = Scalar::from(1u64);
    // Taking 1 for each place may leave nothing; then taking 2 does not.
    let each = if first.weight == times { one + one } else { one };
    first.weight -= each * times;
    let repeated = ProvenShare { weight: each, ..*first };
    shares.extend(core::iter::repeat_n(repeated, left));
}

/// The tally relation in plain code, twin of the circuit (`docs/relations/tally.md`).
#[must_use]
pub fn tally_holds(instance: &TallyInstance, witness: &TallyWitness) -> bool {
    let TallyWitness { statement, shares } = witness;
    let zero = Scalar::from(0u64);
    let proven = |proven: &ProvenShare| {
        let points = [&proven.key, &proven.image];
        let fixed = proven.weight != zero && *proven.share.response() != zero;
        fixed
            && !points.iter().any(|point| point.is_identity())
            && share::holds(statement, &proven.share, &proven.key, &proven.image)
    };
    let weights: Vec<Scalar> = shares.iter().map(|share| share.weight).collect();
    let sum = |points: &[Point]| Point::multi_mul_vartime(points, &weights);
    let keys: Vec<Point> = shares.iter().map(|share| share.key).collect();
    let images: Vec<Point> = shares.iter().map(|share| share.image).collect();
    *instance == statement.instance()
        && shares.len() == MAX_TALLY_SHARES
        && shares.iter().all(proven)
        && sum(&keys) == statement.combined_key()
        && sum(&images) == statement.combined_image()
}
