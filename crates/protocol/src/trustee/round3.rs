//! Round 3: complain of bad shares, in such a way that everyone can judge.
//!
//! A complaint shows the point S of one envelope with a proof that it is the right one [Chaum-Pedersen 1992]: `S = p_j E` and
//! `P_j = p_j B8`. Everyone opens the envelope by it. If the share is bad, the dealer is excluded; if it is good, or the proof does
//! not hold, the complainer is. A good share that is shown so was known to the complainer anyway.

use super::{
    Board, CeremonyParameters, Fault, Package, Round, RoundError, TrusteeIndex, TrusteeSecret,
    fault::Blame,
    held::secret_package,
    package::{Body, index_of},
    round1::Reveal,
    round2::{self, Deal},
    sealed::{Route, SealedShare},
    view,
};
use crate::wire::{self, DecodeError, Reader};
use alloc::vec::Vec;
use core::slice;
use tabella_primitives::{
    digest::Digest,
    dleq::{DleqProof, Statement},
    domain,
    edwards::Point,
    encoding::EncodingError,
    rng::CryptoRng,
    transcript::Transcript,
};
use zeroize::Zeroize;

secret_package! {
    /// After round 3: the shares that were dealt to this trustee and are good, its own among them.
    SecretPackage, stage 3
}

/// One complaint. Bytes: against whom (1), S packed (32), proof (64).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    pub(super) against: TrusteeIndex,
    pub(super) shared: Point,
    pub(super) proof: DleqProof,
}

/// The content: complaints, ascending by whom they are against; mostly none. Bytes: their number (1), then each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Complaints(pub(super) Vec<Complaint>);

impl Body for Complaints {
    const ROUND: Round = Round::Complain;

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.push(u8::try_from(self.0.len()).expect("trustees are few"));
        for complaint in &self.0 {
            bytes.push(complaint.against.get());
            bytes.extend(complaint.shared.to_packed());
            bytes.extend(complaint.proof.to_bytes());
        }
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let mut complaints: Vec<Complaint> = Vec::new();
        for _ in 0..reader.u8()? {
            let against = index_of("against", reader.u8()?)?;
            if complaints.last().is_some_and(|last| last.against >= against) {
                return Err(DecodeError::Field { field: "against", error: EncodingError::NotCanonical });
            }
            let shared = Point::from_packed(&reader.take::<{ Point::PACKED_LEN }>()?)
                .map_err(wire::in_field("shared"))?;
            let proof = DleqProof::from_bytes(&reader.take::<{ DleqProof::ENCODED_LEN }>()?)
                .map_err(wire::in_field("proof"))?;
            complaints.push(Complaint { against, shared, proof });
        }
        reader.finish()?;
        Ok(Self(complaints))
    }
}

/// What the proof of a complaint is about besides the points: whose complaint, and of which package.
pub(super) fn transcript(
    parameters: &CeremonyParameters,
    complainer: TrusteeIndex,
    against: TrusteeIndex,
    deal: &Digest,
) -> Transcript {
    let mut transcript = parameters.transcript(domain::TRUSTEE_COMPLAINT, complainer);
    transcript.u64("against", against.get().into());
    transcript.digest("deal", deal);
    transcript
}

impl Complaint {
    /// Opens an envelope for everyone to see.
    pub(super) fn open(
        parameters: &CeremonyParameters,
        complainer: TrusteeIndex,
        against: TrusteeIndex,
        me: &TrusteeSecret,
        sealed: &SealedShare,
        deal: &Digest,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        let shared = sealed.ephemeral.mul_secret(me.decryption().expose_secret());
        let statement = Statement {
            base: &sealed.ephemeral,
            keys: slice::from_ref(&me.keys().encryption),
            images: slice::from_ref(&shared),
        };
        let context = transcript(parameters, complainer, against, deal);
        let proof = DleqProof::prove(context, &statement, slice::from_ref(me.decryption()), rng);
        Self { against, shared, proof }
    }
}

/// What a dealer said: its commitments, its envelopes, and the digest of the package with them.
pub(super) struct Dealt<'a> {
    pub(super) reveal: &'a Reveal,
    pub(super) deal: &'a Deal,
    pub(super) digest: Digest,
}

/// Who is to blame for a complaint: always one of the two.
pub(super) fn judge(
    parameters: &CeremonyParameters,
    complainer: TrusteeIndex,
    complaint: &Complaint,
    dealt: Option<&Dealt<'_>>,
) -> Blame {
    let against = complaint.against;
    let blame = |culprit, fault| Blame { culprit, fault };
    let of_nobody = blame(complainer, Fault::FalseComplaint { against });
    let Some(dealt) = dealt else { return of_nobody };
    let Some(sealed) = dealt.deal.share_for(complainer) else { return of_nobody };
    let Some(keys) = parameters.keys_of(complainer) else { return of_nobody };
    let statement = Statement {
        base: &sealed.ephemeral,
        keys: slice::from_ref(&keys.encryption),
        images: slice::from_ref(&complaint.shared),
    };
    let context = transcript(parameters, complainer, against, &dealt.digest);
    if let Err(error) = complaint.proof.verify(context, &statement) {
        return blame(complainer, Fault::ComplaintProof { against, error });
    }
    let route = Route { parameters, dealer: against, recipient: complainer, key: &keys.encryption };
    match sealed.open(&route, &complaint.shared, &dealt.reveal.commitments) {
        Some(_) => of_nobody,
        None => blame(against, Fault::BadShare { recipient: complainer }),
    }
}

/// Opens the envelopes for this trustee and complains of those that are bad, once round 2 is closed. A trustee without complaint says so.
///
/// # Errors
/// [`RoundError`].
pub fn complain(
    secret: round2::SecretPackage,
    me: &TrusteeSecret,
    board: &Board,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<(SecretPackage, Package), RoundError> {
    let mut held = secret.0;
    board.check_turn(Round::Deal, &held, me)?;
    let parameters = board.parameters();
    let recipient = held.trustee;
    let mut complaints = Complaints::default();
    for dealer in board.left().iter().copied().filter(|dealer| *dealer != recipient) {
        let Some(dealt) = board.dealt(dealer) else { continue };
        let Some(sealed) = dealt.deal.share_for(recipient) else { continue };
        let mut shared = sealed.ephemeral.mul_secret(me.decryption().expose_secret());
        let route = Route { parameters, dealer, recipient, key: &me.keys().encryption };
        let opened = sealed.open(&route, &shared, &dealt.reveal.commitments);
        shared.zeroize();
        match opened {
            Some(shares) => held.rows.push((dealer.get(), shares)),
            None => complaints.0.push(Complaint::open(
                parameters,
                recipient,
                dealer,
                me,
                sealed,
                &dealt.digest,
                rng,
            )),
        }
    }
    held.seen = board.seen();
    let package = view::sign(board, recipient, &complaints, me);
    Ok((SecretPackage(held), package))
}
