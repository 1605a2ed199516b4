//! Shares of a decryption: made by a trustee, checked by everyone.
//!
//! ```text
//! D_j,k = x_j,k A          one proof for all k that D_j,k and VK_j,k have one logarithm, to A and to B8
//! ```
//!
//! Election, transcript of the ceremony, number of ballots, A, B, VK and D stand in the challenge: no share serves another election,
//! sum, ceremony or trustee. A share that was read is [`Unverified`]; [`DecryptionShare::verify`] makes it [`Verified`], and only
//! such are combined.

use super::{
    AuthorisedSum, EncryptedSum, KeyCeremony, KeyShare, Package, PackageError, Round, TrusteeIndex,
    TrusteeSecret, package::Body,
};
use crate::{
    election::ElectionId,
    wire::{self, DecodeError, Reader},
};
use alloc::vec::Vec;
use core::{fmt, marker::PhantomData};
use tabella_primitives::{
    digest::Digest,
    dleq::{DleqProof, Statement},
    domain,
    edwards::Point,
    elgamal::MAX_SLOTS,
    encoding::EncodingError,
    knowledge::InvalidProof,
    rng::CryptoRng,
    transcript::Transcript,
};

/// Marks a share that nobody has checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unverified {}

/// Marks a share whose proof holds for the sum and the trustee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {}

/// A trustee's share of the decryption of a sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecryptionShare<S> {
    trustee: TrusteeIndex,
    body: ShareBody,
    state: PhantomData<S>,
}

/// The body of a package with a share.
///
/// Bytes: election (32), digest of the sum (32), k (1), D_1..D_k packed (32 each), proof (64).
#[derive(Clone, Debug, PartialEq, Eq)]
struct ShareBody {
    election: ElectionId,
    sum: Digest,
    images: Vec<Point>,
    proof: DleqProof,
}

impl Body for ShareBody {
    const ROUND: Round = Round::Decrypt;

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.election.as_bytes().to_vec();
        bytes.extend(self.sum.as_bytes());
        bytes.push(u8::try_from(self.images.len()).expect("keys are few"));
        bytes.extend(self.images.iter().flat_map(Point::to_packed));
        bytes.extend(self.proof.to_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let election = ElectionId::from_digest(Digest::from_bytes(reader.take()?));
        let sum = Digest::from_bytes(reader.take()?);
        let slots = usize::from(reader.u8()?);
        if slots == 0 || slots > MAX_SLOTS {
            return Err(DecodeError::Field { field: "counts", error: EncodingError::NotCanonical });
        }
        let mut images = Vec::with_capacity(slots);
        for _ in 0..slots {
            let point = reader.take::<{ Point::PACKED_LEN }>()?;
            images.push(Point::from_packed(&point).map_err(wire::in_field("images"))?);
        }
        let proof = DleqProof::from_bytes(&reader.take::<{ DleqProof::ENCODED_LEN }>()?)
            .map_err(wire::in_field("proof"))?;
        reader.finish()?;
        Ok(Self { election, sum, images, proof })
    }
}

/// What is wrong with a share.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShareFault {
    /// The package is not the trustee's; nobody is to blame.
    Package(PackageError),
    /// The signed body is no share.
    Malformed(DecodeError),
    /// The trustee was excluded from the ceremony, and has no key.
    NotQualified,
    /// It is for another election.
    OtherElection {
        /// The election in the share.
        actual: ElectionId,
    },
    /// It is for other ballots of the election.
    OtherSum {
        /// The digest in the share.
        actual: Digest,
    },
    /// It is for another number of keys.
    WrongSlots {
        /// The number of keys.
        expected: usize,
        /// The number in the share.
        actual: usize,
    },
    /// The proof does not hold: the share is wrong.
    InvalidProof(InvalidProof),
    /// The trustee has given another good share already.
    Duplicate,
    /// It came after the shares were closed.
    Late,
}

impl fmt::Display for ShareFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package(error) => error.fmt(f),
            Self::Malformed(error) => write!(f, "malformed share: {error}"),
            Self::NotQualified => f.write_str("excluded from the key ceremony"),
            Self::OtherElection { actual } => write!(f, "a share for another election, {actual}"),
            Self::OtherSum { actual } => write!(f, "a share for another sum, {actual}"),
            Self::WrongSlots { expected, actual } => {
                write!(f, "a share for {actual} keys where there are {expected}")
            }
            Self::InvalidProof(error) => write!(f, "a wrong share: {error}"),
            Self::Duplicate => f.write_str("one more share"),
            Self::Late => f.write_str("a late share"),
        }
    }
}

/// A share that was dropped, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroppedShare {
    /// Whose it says it is.
    pub trustee: TrusteeIndex,
    /// What is wrong with it.
    pub fault: ShareFault,
}

impl DroppedShare {
    /// The trustee, if it is to blame: for a signed body that can be no share of these keys, and for a proof that does not hold. Not for a package that it
    /// did not sign, nor for where and when one that it did sign lies: anybody can put a share among those of another sum, or bring it late.
    #[must_use]
    pub const fn culprit(&self) -> Option<TrusteeIndex> {
        match self.fault {
            ShareFault::Malformed(_) | ShareFault::WrongSlots { .. } | ShareFault::InvalidProof(_) => {
                Some(self.trustee)
            }
            ShareFault::Package(_)
            | ShareFault::NotQualified
            | ShareFault::OtherElection { .. }
            | ShareFault::OtherSum { .. }
            | ShareFault::Duplicate
            | ShareFault::Late => None,
        }
    }
}

impl fmt::Display for DroppedShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trustee {}: {}", self.trustee, self.fault)
    }
}

impl core::error::Error for DroppedShare {}

/// What the proof is about besides VK, A and D.
fn transcript(ceremony: &KeyCeremony, sum: &EncryptedSum, trustee: TrusteeIndex) -> Transcript {
    let mut transcript = ceremony.parameters().transcript(domain::TRUSTEE_DECRYPTION, trustee);
    transcript.digest("ceremony", ceremony.transcript());
    transcript.digest("election", sum.election().as_digest());
    transcript.u64("ballots", sum.sum().count());
    transcript.points("bodies", sum.sum().bodies());
    transcript
}

/// Why a trustee makes no share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecryptError {
    /// The share of the key is another trustee's or another ceremony's than the sum was authorised for, or the keys are not the trustee's.
    NotItsKey,
}

impl fmt::Display for DecryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotItsKey => f.write_str("the sum was not authorised for this share of the key"),
        }
    }
}

impl core::error::Error for DecryptError {}

impl KeyShare {
    /// Decrypts a sum as far as this trustee can. Takes only what [`OpeningLedger::authorise`](super::OpeningLedger::authorise) gave.
    ///
    /// # Errors
    /// [`DecryptError`].
    pub fn decrypt(
        &self,
        me: &TrusteeSecret,
        ceremony: &KeyCeremony,
        authorised: &AuthorisedSum,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Package, DecryptError> {
        let (trustee, sum) = (self.trustee(), authorised.sum());
        let fits = (authorised.session, authorised.trustee) == (*self.session(), trustee)
            && ceremony.session() == self.session()
            && self.transcript() == Some(ceremony.transcript())
            && sum.transcript() == ceremony.transcript()
            && ceremony.parameters().keys_of(trustee) == Some(me.keys());
        let keys = ceremony.verification_key(trustee).filter(|_| fits).ok_or(DecryptError::NotItsKey)?;
        let base = sum.sum().shared();
        let images: Vec<Point> = self.scalars().iter().map(|x| base.mul_secret(x.expose_secret())).collect();
        let statement = Statement { base, keys, images: &images };
        let proof = DleqProof::prove(transcript(ceremony, sum, trustee), &statement, self.scalars(), rng);
        let body = ShareBody { election: *sum.election(), sum: *sum.digest(), images, proof };
        Ok(Package::sign(*self.session(), trustee, &body, me))
    }
}

impl DecryptionShare<Unverified> {
    /// Reads a share out of its package, after the signature was checked.
    ///
    /// # Errors
    /// [`DroppedShare`].
    pub fn from_package(ceremony: &KeyCeremony, package: &Package) -> Result<Self, DroppedShare> {
        let trustee = package.sender();
        let drop = |fault| DroppedShare { trustee, fault };
        package.verify(ceremony.parameters()).map_err(|error| drop(ShareFault::Package(error)))?;
        let actual = package.round();
        if actual != Round::Decrypt {
            return Err(drop(ShareFault::Package(PackageError::OtherRound { actual })));
        }
        let body =
            ShareBody::from_bytes(package.body()).map_err(|error| drop(ShareFault::Malformed(error)))?;
        Ok(Self { trustee, body, state: PhantomData })
    }

    /// Checks the share against the sum and the trustee's verification keys.
    ///
    /// # Errors
    /// [`DroppedShare`] names trustee and reason.
    pub fn verify(
        self,
        ceremony: &KeyCeremony,
        sum: &EncryptedSum,
    ) -> Result<DecryptionShare<Verified>, DroppedShare> {
        let trustee = self.trustee;
        match self.check(ceremony, sum) {
            Ok(()) => Ok(DecryptionShare { trustee, body: self.body, state: PhantomData }),
            Err(fault) => Err(DroppedShare { trustee, fault }),
        }
    }

    fn check(&self, ceremony: &KeyCeremony, sum: &EncryptedSum) -> Result<(), ShareFault> {
        let keys = ceremony.verification_key(self.trustee).ok_or(ShareFault::NotQualified)?;
        if self.body.election != *sum.election() {
            return Err(ShareFault::OtherElection { actual: self.body.election });
        }
        if self.body.sum != *sum.digest() {
            return Err(ShareFault::OtherSum { actual: self.body.sum });
        }
        let (expected, actual) = (keys.len(), self.body.images.len());
        if expected != actual {
            return Err(ShareFault::WrongSlots { expected, actual });
        }
        let statement = Statement { base: sum.sum().shared(), keys, images: &self.body.images };
        self.body
            .proof
            .verify(transcript(ceremony, sum, self.trustee), &statement)
            .map_err(ShareFault::InvalidProof)
    }
}

impl<S> DecryptionShare<S> {
    /// Whose share it is.
    #[must_use]
    pub const fn trustee(&self) -> TrusteeIndex {
        self.trustee
    }

    /// The points D_1..D_k.
    #[must_use]
    pub fn images(&self) -> &[Point] {
        &self.body.images
    }

    /// The digest of the sum for which it was made.
    #[must_use]
    pub const fn sum(&self) -> &Digest {
        &self.body.sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trustee::tests::{Cast, election};
    use tabella_primitives::elgamal::Ciphertext;

    /// Each value removed from what is absorbed would make two of these challenges equal. VK, A and D are `primitives::dleq`'s.
    #[test]
    fn every_value_that_is_absorbed_changes_the_challenge() {
        let draw = |ceremony: &KeyCeremony, sum: &EncryptedSum, trustee: u8| {
            transcript(ceremony, sum, TrusteeIndex::new(trustee).unwrap()).challenge_scalar("challenge")
        };
        let held = Cast::new(3, 2, 2).hold();
        let ceremony = &held.ceremony;
        let ballots = held.ballots(&[[1, 2], [3, 4], [5, 6]]);
        let sum_of =
            |election, ballots: &[Ciphertext]| EncryptedSum::of(ceremony, election, ballots).unwrap();
        let sum = sum_of(election(1), &ballots);
        let mut all = alloc::vec![
            draw(ceremony, &sum, 1),
            draw(ceremony, &sum, 2),
            draw(ceremony, &sum_of(election(2), &ballots), 1),
            draw(ceremony, &sum_of(election(1), &ballots[1..]), 1),
        ];
        // One body changed, everything else the same; and the same points said to be of another number of ballots.
        for slot in 0..2 {
            let mut points = ballots[0].points().to_vec();
            points[slot + 1] = -points[slot + 1];
            let changed = [Ciphertext::from_points(points).unwrap(), ballots[1].clone(), ballots[2].clone()];
            all.push(draw(ceremony, &sum_of(election(1), &changed), 1));
        }
        let two = {
            let merged: alloc::vec::Vec<Point> =
                ballots[0].points().iter().zip(ballots[1].points()).map(|(a, b)| *a + *b).collect();
            [Ciphertext::from_points(merged).unwrap(), ballots[2].clone()]
        };
        let two = sum_of(election(1), &two);
        assert_eq!(two.sum().bodies(), sum.sum().bodies());
        all.push(draw(ceremony, &two, 1));
        // The same ballots under another ceremony of the same parameters.
        let again = Cast::new(3, 2, 2).with_seed(99).hold();
        assert_eq!(again.ceremony.session(), ceremony.session());
        all.push(draw(&again.ceremony, &sum, 1));
        for (i, a) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|b| a != b), "{i}");
        }
    }
}
