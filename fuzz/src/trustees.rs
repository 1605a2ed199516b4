//! What trustees send each other, keep and publish, and ciphertexts.

use crate::texts::survives;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use tabella_primitives::{
    digest::Digest,
    elgamal::{Ciphertext, Randomness},
};
use tabella_protocol::{
    election::ElectionId,
    trustee::{
        CeremonyParameters, CeremonyRecord, HeldInMemory, KeyShare, OpeningLedger, OpeningPolicy, Package,
        TrusteeName, TrusteeRegistration, TrusteeSecret, hold_in_memory,
    },
};

/// A ciphertext.
#[must_use]
pub fn ciphertext_bytes(data: &[u8]) -> bool {
    let decoded = Ciphertext::from_bytes(data);
    decoded.inspect(|ciphertext| assert_eq!(ciphertext.to_bytes(), data)).is_ok()
}

/// A package between trustees.
#[must_use]
pub fn trustee_package_bytes(data: &[u8]) -> bool {
    let decoded = Package::from_bytes(data);
    decoded.inspect(|package| assert_eq!(package.to_bytes(), data)).is_ok()
}

/// A package between trustees, as JSON.
#[must_use]
pub fn trustee_package_json(data: &[u8]) -> bool {
    survives(data, |text| Package::from_json(text.as_bytes()), Package::to_json)
}

/// The parameters of a key ceremony.
#[must_use]
pub fn trustee_parameters_json(data: &[u8]) -> bool {
    survives(data, |text| CeremonyParameters::from_json(text.as_bytes()), CeremonyParameters::to_json)
}

/// A trustee's name and keys; the signature is checked too, whatever comes out.
#[must_use]
pub fn trustee_registration_json(data: &[u8]) -> bool {
    if let Ok(registration) = TrusteeRegistration::from_json(data) {
        let _ = registration.verify();
    }
    survives(data, |text| TrusteeRegistration::from_json(text.as_bytes()), TrusteeRegistration::to_json)
}

/// The record of a key ceremony; it is verified too, whatever comes out.
#[must_use]
pub fn key_ceremony_json(data: &[u8]) -> bool {
    if let Ok(record) = CeremonyRecord::from_json(data) {
        let _ = record.verify();
    }
    survives(data, |text| CeremonyRecord::from_json(text.as_bytes()), CeremonyRecord::to_json)
}

/// A trustee's share of the keys, as it is kept.
#[must_use]
pub fn key_share_bytes(data: &[u8]) -> bool {
    let decoded = KeyShare::from_bytes(data);
    decoded.inspect(|share| assert_eq!(share.expose_bytes().as_slice(), data)).is_ok()
}

/// What a trustee has opened.
#[must_use]
pub fn opening_ledger_json(data: &[u8]) -> bool {
    survives(data, |text| OpeningLedger::from_json(text.as_bytes()), OpeningLedger::to_json)
}

/// Inputs that these targets accept; none for another target.
pub(crate) fn seeds(target: &str) -> Vec<Vec<u8>> {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let secrets = [1, 2].map(|byte| TrusteeSecret::from_seed(&[byte; 32]));
    if target == "trustee_registration_json" {
        let name = TrusteeName::new("Ann \u{e9}").expect("a name");
        return vec![secrets[0].register(name).to_json().into_bytes()];
    }
    let keys = secrets.iter().map(|secret| *secret.keys()).collect();
    let parameters = CeremonyParameters::new([3; 32], 2, 1, keys).expect("2 of 2");
    if target == "trustee_parameters_json" {
        return vec![parameters.to_json().into_bytes()];
    }
    let held: HeldInMemory =
        hold_in_memory(parameters, &secrets, rng, |_, packages| packages).expect("both are honest");
    let record = held.record();
    match target {
        "trustee_package_bytes" => record.packages().iter().map(Package::to_bytes).collect(),
        "trustee_package_json" => {
            record.packages().iter().map(|package| package.to_json().into_bytes()).collect()
        }
        "key_ceremony_json" => vec![record.to_json().into_bytes()],
        "key_share_bytes" => held.shares.iter().map(|share| share.expose_bytes().to_vec()).collect(),
        _ => {
            let ceremony = record.verify().expect("both are honest");
            let ballots =
                [4u64, 5].map(|n| ceremony.key().encrypt(&[n], &Randomness::random(rng)).expect("one slot"));
            if target == "ciphertext_bytes" {
                return ballots.iter().map(Ciphertext::to_bytes).collect();
            }
            let mut ledger = OpeningLedger::new();
            let trustee = ceremony.qualified()[0];
            let election = ElectionId::from_digest(Digest::from_bytes([6; 32]));
            let policy = OpeningPolicy::new(2).expect("two ballots");
            let authorised = ledger.authorise(&ceremony, trustee, election, &ballots, policy);
            authorised.expect("the first sum of two ballots");
            vec![ledger.to_json().into_bytes()]
        }
    }
}
