//! The end of a key ceremony: keys, shares, and a transcript that every trustee signed.
//!
//! ```text
//! QUAL: who is left           Y_k = sum over QUAL of A_i,k,0              x_j,k = sum over QUAL of f_i,k(j)
//! VK_j,k = x_j,k B8 = sum over QUAL, m of j^m A_i,k,m
//! transcript = keccak(tag, session, digest of every package of rounds 0 to 3, QUAL, Y_1..Y_k)
//! ```
//!
//! The digest of the transcript goes into the election. An auditor makes all of it anew from the packages alone.

use super::{
    Blame, Board, CeremonyError, CeremonyParameters, MAX_TRUSTEES, Package, PackageError, Round, RoundError,
    SessionId, TrusteeIndex, TrusteeSecret,
    board::KEPT,
    held::{Held, secret_package},
    package::Body,
    polynomial, round3,
};
use crate::wire::{self, DecodeError, Reader};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    domain,
    edwards::{Point, PointSum, Scalar},
    elgamal::EncryptionKey,
    encoding::EncodingError,
    secret::Secret,
};

/// Type and version of the JSON form of a ceremony's record.
pub const CEREMONY_FORMAT: &str = "tabella-key-ceremony-v1";
/// Greatest length in bytes of the JSON form of a ceremony's record.
pub const MAX_CEREMONY_BYTES: usize = 2 * 1024 * 1024;

/// Greatest number of packages in a ceremony's record: two of each trustee for each of four rounds, and an endorsement.
pub const MAX_CEREMONY_PACKAGES: usize = 9 * 20;
const _: () = assert!(MAX_TRUSTEES == 20);

secret_package! {
    /// A trustee's share x_j,1..x_j,k of the secret keys.
    KeyShare, stage 4
}

impl KeyShare {
    /// The digest of the ceremony's transcript.
    #[must_use]
    pub fn transcript(&self) -> Option<&Digest> {
        self.0.seen.first().map(|(_, digest)| digest)
    }

    /// The scalars x_j,1..x_j,k.
    pub(super) fn scalars(&self) -> &[Secret<Scalar>] {
        self.0.rows.first().map_or(&[], |(_, row)| row)
    }
}

/// The body of an endorsement: the transcript's digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Endorsement(Digest);

impl Body for Endorsement {
    const ROUND: Round = Round::Endorse;

    fn to_bytes(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let digest = Digest::from_bytes(reader.take()?);
        reader.finish()?;
        Ok(Self(digest))
    }
}

/// What came out of a key ceremony. Public. Whoever has one knows that every package was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCeremony {
    parameters: CeremonyParameters,
    transcript: Digest,
    qualified: Vec<TrusteeIndex>,
    blames: Vec<Blame>,
    key: EncryptionKey,
    verification: BTreeMap<TrusteeIndex, Vec<Point>>,
}

impl KeyCeremony {
    /// The result on a board on which round 3 is closed, before it is signed.
    pub(super) fn of(board: &Board) -> Result<Self, CeremonyError> {
        let parameters = board.parameters();
        if board.closed() != Some(Round::Complain) {
            return Err(CeremonyError::OutOfOrder { round: Round::Endorse });
        }
        let commitments = board.commitments();
        // The sum of the polynomials, coefficient by coefficient.
        let mut sums: Vec<Vec<PointSum>> = Vec::new();
        for dealer in &commitments {
            sums.resize(dealer.len(), Vec::new());
            for (sums, polynomial) in sums.iter_mut().zip(*dealer) {
                sums.resize(polynomial.len(), PointSum::new());
                for (sum, point) in sums.iter_mut().zip(polynomial) {
                    *sum += point;
                }
            }
        }
        let joint: Vec<Vec<Point>> = sums.iter().map(|sums| PointSum::normalize(sums)).collect();
        let constants = joint.iter().filter_map(|polynomial| polynomial.first().copied()).collect();
        let key = EncryptionKey::new(constants).map_err(|_| CeremonyError::DegenerateKey)?;
        let qualified = board.left().to_vec();
        let at = |trustee: TrusteeIndex| {
            joint.iter().map(|p| polynomial::evaluate_commitments(p, trustee)).collect::<Vec<Point>>()
        };
        let verification: BTreeMap<_, _> = qualified.iter().map(|trustee| (*trustee, at(*trustee))).collect();
        if verification.values().flatten().any(Point::is_identity) {
            return Err(CeremonyError::DegenerateKey);
        }
        let mut hasher =
            TaggedHasher::new(domain::TRUSTEE_TRANSCRIPT).digest(parameters.session().as_digest());
        for package in board.packages() {
            hasher = hasher.digest(&package.digest());
        }
        let numbers: Vec<u8> = qualified.iter().map(|trustee| trustee.get()).collect();
        hasher = hasher.bytes(&numbers);
        for point in key.points() {
            hasher = hasher.bytes(&point.to_xy_bytes());
        }
        Ok(Self {
            transcript: hasher.finish(),
            parameters: parameters.clone(),
            qualified,
            blames: board.blames().to_vec(),
            key,
            verification,
        })
    }

    /// The parameters.
    #[must_use]
    pub const fn parameters(&self) -> &CeremonyParameters {
        &self.parameters
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> &SessionId {
        self.parameters.session()
    }

    /// The digest of the transcript, which every qualified trustee signed.
    #[must_use]
    pub const fn transcript(&self) -> &Digest {
        &self.transcript
    }

    /// Who holds shares, ascending; at least t.
    #[must_use]
    pub fn qualified(&self) -> &[TrusteeIndex] {
        &self.qualified
    }

    /// Who was excluded for what.
    #[must_use]
    pub fn blames(&self) -> &[Blame] {
        &self.blames
    }

    /// The keys Y_1..Y_k under which ballots are encrypted.
    #[must_use]
    pub const fn key(&self) -> &EncryptionKey {
        &self.key
    }

    /// The verification keys VK_j,1..VK_j,k of a qualified trustee.
    #[must_use]
    pub fn verification_key(&self, trustee: TrusteeIndex) -> Option<&[Point]> {
        self.verification.get(&trustee).map(Vec::as_slice)
    }
}

/// Adds up the shares of all who are left, and signs the transcript, once round 3 is closed.
///
/// # Errors
/// [`RoundError`].
pub fn endorse(
    secret: round3::SecretPackage,
    me: &TrusteeSecret,
    board: &Board,
) -> Result<(KeyShare, Package), RoundError> {
    let held = secret.0;
    board.check_turn(Round::Complain, &held, me)?;
    let ceremony = KeyCeremony::of(board).map_err(RoundError::Ceremony)?;
    let mut sums: Vec<Secret<Scalar>> =
        (0..board.parameters().slots()).map(|_| Secret::new(Scalar::default())).collect();
    let dealt = held.rows.iter().filter(|(dealer, _)| board.left().iter().any(|left| left.get() == *dealer));
    for (_, shares) in dealt {
        for (sum, share) in sums.iter_mut().zip(shares) {
            *sum.expose_secret_mut() += share.expose_secret();
        }
    }
    let share = KeyShare(Held {
        session: held.session,
        trustee: held.trustee,
        seen: alloc::vec![(held.trustee, ceremony.transcript)],
        public: Vec::new(),
        rows: alloc::vec![(held.trustee.get(), sums)],
    });
    let package = Package::sign(share.0.session, share.0.trustee, &Endorsement(ceremony.transcript), me);
    Ok((share, package))
}

/// All packages of a ceremony, as a file has them: nothing about them was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CeremonyRecord {
    parameters: CeremonyParameters,
    packages: Vec<Package>,
}

impl CeremonyRecord {
    /// The record of a board and of the endorsements.
    #[must_use]
    pub fn new(board: &Board, endorsements: &[Package]) -> Self {
        let packages = board.packages().chain(endorsements).cloned().collect();
        Self::from_packages(board.parameters().clone(), packages)
    }

    /// The record of some packages, put in order: by round, sender and digest.
    #[must_use]
    pub fn from_packages(parameters: CeremonyParameters, mut packages: Vec<Package>) -> Self {
        packages.sort_by_key(Package::order);
        Self { parameters, packages }
    }

    /// The parameters.
    #[must_use]
    pub const fn parameters(&self) -> &CeremonyParameters {
        &self.parameters
    }

    /// The packages.
    #[must_use]
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// Re-does every check of the ceremony.
    ///
    /// # Errors
    /// [`CeremonyError`] names the first thing that is wrong.
    pub fn verify(&self) -> Result<KeyCeremony, CeremonyError> {
        let mut board = Board::new(self.parameters.clone());
        let mut endorsed: BTreeMap<TrusteeIndex, Digest> = BTreeMap::new();
        let mut other = Vec::new();
        let mut kept: BTreeMap<(Round, TrusteeIndex), BTreeSet<Digest>> = BTreeMap::new();
        for package in &self.packages {
            let (round, trustee, digest) = package.order();
            let of_sender = kept.entry((round, trustee)).or_default();
            if !of_sender.insert(digest) || of_sender.len() > KEPT {
                return Err(CeremonyError::TooManyPackages { round, trustee });
            }
            match round {
                Round::Endorse => {
                    package.verify(&self.parameters)?;
                    let sender = package.sender();
                    // What is no digest is none of this transcript.
                    let digest = Endorsement::from_bytes(package.body()).map(|Endorsement(digest)| digest);
                    match (digest, endorsed.get(&sender)) {
                        (Ok(digest), None) => drop(endorsed.insert(sender, digest)),
                        (Ok(digest), Some(first)) if digest == *first => (),
                        _ => other.push(sender),
                    }
                }
                actual @ (Round::Decrypt | Round::LeftOut) => {
                    return Err(PackageError::OtherRound { actual }.into());
                }
                _ => board.add(package.clone())?,
            }
        }
        for round in [Round::Commit, Round::Reveal, Round::Deal, Round::Complain] {
            board.close(round)?;
        }
        let ceremony = KeyCeremony::of(&board)?;
        let trustees: Vec<TrusteeIndex> =
            endorsed.keys().copied().filter(|trustee| !ceremony.qualified.contains(trustee)).collect();
        if !trustees.is_empty() {
            return Err(CeremonyError::NotQualified { trustees });
        }
        other.extend(endorsed.iter().filter(|(_, d)| **d != ceremony.transcript).map(|(t, _)| *t));
        if !other.is_empty() {
            other.sort();
            other.dedup();
            return Err(CeremonyError::OtherTranscript { trustees: other });
        }
        let trustees: Vec<TrusteeIndex> =
            ceremony.qualified.iter().copied().filter(|trustee| !endorsed.contains_key(trustee)).collect();
        if !trustees.is_empty() {
            return Err(CeremonyError::NotEndorsed { trustees });
        }
        Ok(ceremony)
    }

    /// The record in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(&CeremonyFile {
            format: CEREMONY_FORMAT.to_string(),
            parameters: self.parameters.clone(),
            packages: self.packages.clone(),
        })
    }

    /// Decodes [`Self::to_json`]: at most [`MAX_CEREMONY_PACKAGES`] packages in their one order (by round, sender and digest), none twice.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        let file: CeremonyFile = wire::parse_json(bytes, MAX_CEREMONY_BYTES)?;
        wire::expect_format(CEREMONY_FORMAT, &file.format)?;
        let (packages, most) = (file.packages, MAX_CEREMONY_PACKAGES);
        if packages.len() > most {
            let error = EncodingError::Length { expected: most, actual: packages.len() };
            return Err(DecodeError::Field { field: "packages", error });
        }
        let orders: Vec<_> = packages.iter().map(Package::order).collect();
        if !orders.is_sorted_by(|a, b| a < b) {
            return Err(DecodeError::PackageOrder);
        }
        Ok(Self { parameters: file.parameters, packages })
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CeremonyFile {
    format: String,
    parameters: CeremonyParameters,
    packages: Vec<Package>,
}
