//! Round 2: deal the values of the polynomials, to each of the others in an envelope of its own.
//!
//! All envelopes of one dealer travel in one public package. So everyone sees that everybody was dealt to, and a complaint is about
//! something that all have.

use super::{
    Board, CeremonyParameters, Fault, Package, Round, RoundError, TrusteeIndex, TrusteeSecret,
    held::secret_package,
    package::{Body, index_of},
    polynomial, round1,
    sealed::{Route, SealedShare},
    view,
};
use crate::wire::{DecodeError, Reader};
use alloc::vec::Vec;
use tabella_primitives::{elgamal::MAX_SLOTS, encoding::EncodingError, rng::CryptoRng};

secret_package! {
    /// After round 2: the trustee's own values of its own polynomials.
    SecretPackage, stage 2
}

/// The content: one envelope for each of the others, ascending.
///
/// Bytes: k (1), number of envelopes (1), then recipient (1) and envelope each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deal {
    pub(super) slots: u8,
    pub(super) shares: Vec<(TrusteeIndex, SealedShare)>,
}

impl Body for Deal {
    const ROUND: Round = Round::Deal;

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.push(self.slots);
        bytes.push(u8::try_from(self.shares.len()).expect("trustees are few"));
        for (recipient, share) in &self.shares {
            bytes.push(recipient.get());
            share.write(&mut bytes);
        }
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let (slots, count) = (reader.u8()?, reader.u8()?);
        if usize::from(slots) > MAX_SLOTS || count > super::MAX_TRUSTEES {
            return Err(DecodeError::Field { field: "counts", error: EncodingError::NotCanonical });
        }
        let mut shares = Vec::with_capacity(count.into());
        for _ in 0..count {
            let recipient = index_of("recipient", reader.u8()?)?;
            shares.push((recipient, SealedShare::read(&mut reader, slots.into())?));
        }
        reader.finish()?;
        Ok(Self { slots, shares })
    }
}

impl Deal {
    /// The envelope for this trustee.
    pub(super) fn share_for(&self, recipient: TrusteeIndex) -> Option<&SealedShare> {
        self.shares.iter().find(|(to, _)| *to == recipient).map(|(_, share)| share)
    }
}

/// Checks what everyone can check of a trustee's content of round 2; `left` are those who are not excluded yet.
pub(super) fn check(
    parameters: &CeremonyParameters,
    dealer: TrusteeIndex,
    left: &[TrusteeIndex],
    content: &[u8],
) -> Result<Deal, Fault> {
    let deal = Deal::from_bytes(content).map_err(|error| Fault::Malformed { round: Round::Deal, error })?;
    if deal.slots != parameters.slots() {
        return Err(Fault::WrongSlots { expected: parameters.slots(), actual: deal.slots });
    }
    let others = left.iter().filter(|other| **other != dealer);
    if !others.eq(deal.shares.iter().map(|(recipient, _)| recipient)) {
        return Err(Fault::WrongRecipients);
    }
    for (recipient, share) in &deal.shares {
        let recipient = *recipient;
        let keys = parameters.keys_of(recipient).ok_or(Fault::WrongRecipients)?;
        let route = Route { parameters, dealer, recipient, key: &keys.encryption };
        share.verify(&route).map_err(|error| Fault::EphemeralProof { recipient, error })?;
    }
    Ok(deal)
}

/// Deals shares to all who are left, once round 1 is closed.
///
/// # Errors
/// [`RoundError`].
pub fn deal(
    secret: round1::SecretPackage,
    me: &TrusteeSecret,
    board: &Board,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<(SecretPackage, Package), RoundError> {
    let mut held = secret.0;
    board.check_turn(Round::Reveal, &held, me)?;
    let parameters = board.parameters();
    let dealer = held.trustee;
    let at = |trustee| held.rows.iter().map(move |(_, polynomial)| polynomial::evaluate(polynomial, trustee));
    let mut shares = Vec::new();
    for recipient in board.left().iter().copied().filter(|other| *other != dealer) {
        let keys = parameters.keys_of(recipient).ok_or(RoundError::NotRegistered)?;
        let route = Route { parameters, dealer, recipient, key: &keys.encryption };
        shares.push((recipient, route.seal(&at(recipient).collect::<Vec<_>>(), rng)));
    }
    let own = at(dealer).collect();
    let content = Deal { slots: parameters.slots(), shares };
    held.rows = alloc::vec![(dealer.get(), own)];
    held.seen = board.seen();
    let package = view::sign(board, dealer, &content, me);
    Ok((SecretPackage(held), package))
}
