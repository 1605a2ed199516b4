//! From shares to numbers: the first t good shares decrypt, whatever else comes in.
//!
//! ```text
//! D_k = sum lambda_j D_j,k over t trustees        T_k B8 = B_k - D_k        T_k by baby steps and giant steps
//! ```

use super::{
    DecryptionShare, DroppedShare, EncryptedSum, KeyCeremony, Package, ShareFault, TrusteeIndex, Verified,
    polynomial,
};
use alloc::{collections::BTreeMap, vec::Vec};
use core::fmt;
use tabella_primitives::{
    cancel::CancelToken,
    discrete_log::{DiscreteLogError, DiscreteLogTable},
    edwards::{Point, Scalar},
    progress::OnProgress,
};

/// Why shares do not decrypt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CombineError {
    /// Fewer good shares than the threshold.
    TooFew {
        /// Number of good shares.
        shares: usize,
        /// The threshold t.
        threshold: u8,
    },
    /// Two shares of one trustee.
    Duplicate {
        /// Whose.
        trustee: TrusteeIndex,
    },
    /// A share that was verified for another sum, or under other keys.
    OtherSum {
        /// Whose.
        trustee: TrusteeIndex,
    },
}

impl fmt::Display for CombineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { shares, threshold } => {
                write!(f, "good shares: {shares}; needed: {threshold}")
            }
            Self::Duplicate { trustee } => write!(f, "two shares of trustee {trustee}"),
            Self::OtherSum { trustee } => write!(f, "the share of trustee {trustee} is for another sum"),
        }
    }
}

impl core::error::Error for CombineError {}

/// A decrypted sum, still in the exponent: `T_k B8`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedSum {
    points: Vec<Point>,
    trustees: Vec<TrusteeIndex>,
}

impl OpenedSum {
    /// The points `T_k B8`.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The t trustees whose shares were used, ascending.
    #[must_use]
    pub fn trustees(&self) -> &[TrusteeIndex] {
        &self.trustees
    }

    /// The numbers T_1..T_k. Progress is told for each number by itself.
    ///
    /// # Errors
    /// [`DiscreteLogError`].
    pub fn numbers(
        &self,
        table: &DiscreteLogTable,
        cancel: &CancelToken,
        on_progress: OnProgress<'_>,
    ) -> Result<Vec<u64>, DiscreteLogError> {
        self.points.iter().map(|point| table.solve(point, cancel, on_progress)).collect()
    }
}

/// Decrypts a sum by the first t of these shares.
///
/// # Errors
/// [`CombineError`].
pub fn combine(
    ceremony: &KeyCeremony,
    sum: &EncryptedSum,
    shares: &[DecryptionShare<Verified>],
) -> Result<OpenedSum, CombineError> {
    let threshold = ceremony.parameters().threshold();
    let mut used: Vec<&DecryptionShare<Verified>> = Vec::new();
    for share in shares {
        let trustee = share.trustee();
        if share.sum() != sum.digest() || ceremony.verification_key(trustee).is_none() {
            return Err(CombineError::OtherSum { trustee });
        }
        if used.iter().any(|other| other.trustee() == trustee) {
            return Err(CombineError::Duplicate { trustee });
        }
        used.push(share);
    }
    if used.len() < usize::from(threshold) {
        return Err(CombineError::TooFew { shares: used.len(), threshold });
    }
    used.truncate(threshold.into());
    used.sort_by_key(|share| share.trustee());
    let trustees: Vec<TrusteeIndex> = used.iter().map(|share| share.trustee()).collect();
    let coefficients: Vec<Scalar> =
        trustees.iter().map(|trustee| polynomial::lagrange(*trustee, &trustees)).collect();
    let points = sum
        .sum()
        .bodies()
        .iter()
        .enumerate()
        .map(|(slot, body)| {
            let images: Vec<Point> =
                used.iter().filter_map(|share| share.images().get(slot).copied()).collect();
            *body - Point::multi_mul_vartime(&images, &coefficients)
        })
        .collect();
    Ok(OpenedSum { points, trustees })
}

/// Takes shares as they come: keeps the good ones, names and drops the others.
#[derive(Clone, Debug)]
pub struct ShareCollector<'a> {
    ceremony: &'a KeyCeremony,
    sum: &'a EncryptedSum,
    shares: BTreeMap<TrusteeIndex, DecryptionShare<Verified>>,
    dropped: Vec<DroppedShare>,
    closed: bool,
}

impl<'a> ShareCollector<'a> {
    /// Collects shares of this sum.
    #[must_use]
    pub const fn new(ceremony: &'a KeyCeremony, sum: &'a EncryptedSum) -> Self {
        Self { ceremony, sum, shares: BTreeMap::new(), dropped: Vec::new(), closed: false }
    }

    /// Takes a share, and says whether it is new: the same one again changes nothing.
    ///
    /// # Errors
    /// [`DroppedShare`], which is kept in [`Self::dropped`] too. The shares before it are as good as they were.
    pub fn add(&mut self, package: &Package) -> Result<bool, DroppedShare> {
        match self.examine(package) {
            Ok(share) => Ok(self.shares.insert(share.trustee(), share).is_none()),
            Err(dropped) => {
                self.dropped.push(dropped.clone());
                Err(dropped)
            }
        }
    }

    fn examine(&self, package: &Package) -> Result<DecryptionShare<Verified>, DroppedShare> {
        let share = DecryptionShare::from_package(self.ceremony, package)?;
        let trustee = share.trustee();
        if self.closed {
            return Err(DroppedShare { trustee, fault: ShareFault::Late });
        }
        let share = share.verify(self.ceremony, self.sum)?;
        if self.shares.get(&trustee).is_some_and(|first| *first != share) {
            return Err(DroppedShare { trustee, fault: ShareFault::Duplicate });
        }
        Ok(share)
    }

    /// Ends the collection: shares that come later are dropped as late.
    pub const fn close(&mut self) {
        self.closed = true;
    }

    /// The good shares, by trustee.
    pub fn shares(&self) -> impl Iterator<Item = &DecryptionShare<Verified>> {
        self.shares.values()
    }

    /// What was dropped, in the order in which it came.
    #[must_use]
    pub fn dropped(&self) -> &[DroppedShare] {
        &self.dropped
    }

    /// Qualified trustees without a good share.
    #[must_use]
    pub fn missing(&self) -> Vec<TrusteeIndex> {
        let here = |trustee: &TrusteeIndex| self.shares.contains_key(trustee);
        self.ceremony.qualified().iter().copied().filter(|trustee| !here(trustee)).collect()
    }

    /// Whether there are enough good shares.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.shares.len() >= usize::from(self.ceremony.parameters().threshold())
    }

    /// Decrypts.
    ///
    /// # Errors
    /// [`CombineError::TooFew`].
    pub fn combine(&self) -> Result<OpenedSum, CombineError> {
        let shares: Vec<_> = self.shares.values().cloned().collect();
        combine(self.ceremony, self.sum, &shares)
    }
}
