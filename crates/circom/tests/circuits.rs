//! Files of circom and snarkjs at work: proofs, round trips, and constraints named by number.
#![allow(clippy::unwrap_used, clippy::as_conversions, reason = "tests")]

mod common;

use common::{R1CS, UNFINISHED, WTNS, ZKEY, rearranged};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use tabella_circom::{Fault, R1cs, Zkey, json, wtns};
use tabella_primitives::Fr;
use tabella_prover::{KeyError, ProveError, Prover, ProvingKey, QuotientBasis};
use tabella_verifier::WeakKey;

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

fn key() -> ProvingKey {
    Zkey::from_bytes(ZKEY).unwrap().into_key()
}

#[test]
fn a_key_of_snarkjs_proves() {
    let key = key();
    assert_eq!(key.quotient_basis(), QuotientBasis::OddCoset);
    let matrices = key.matrices();
    assert_eq!(
        (matrices.constraints(), matrices.public_inputs(), matrices.witness_variables(), matrices.knows_c()),
        (7, 2, 8, false)
    );
    let proved = Prover::new(&key).prove_assignment(wtns::from_bytes(WTNS).unwrap(), &mut rng()).unwrap();
    assert_eq!(key.prepared().verify_inputs(&proved.public_inputs, &proved.proof), Ok(()));

    let published = json::key_from_json(include_str!("data/verification_key.json")).unwrap();
    assert_eq!(published, *key.verifying_key());
    let public = json::inputs_from_json(include_str!("data/public.json")).unwrap();
    assert_eq!(public, proved.public_inputs);
    let theirs = json::proof_from_json(include_str!("data/proof.json")).unwrap();
    assert_eq!(key.prepared().verify_inputs(&public, &theirs), Ok(()));
}

#[test]
fn files_are_written_back_byte_by_byte() {
    let zkey = Zkey::from_bytes(ZKEY).unwrap();
    assert_eq!(zkey.to_bytes(), ZKEY);
    assert_eq!(zkey.contributions(), Some(2));
    // In any order of the sections, and without transcript.
    for order in [[1, 2, 4, 3, 9, 8, 5, 6, 7, 10], [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]] {
        let file = rearranged(ZKEY, &order);
        let other = Zkey::from_bytes(&file).unwrap();
        assert!(other.key() == zkey.key());
        assert_eq!(other.to_bytes(), file);
    }
    let file = rearranged(ZKEY, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let other = Zkey::from_bytes(&file).unwrap();
    assert_eq!((other.contributions(), other.to_bytes() == file), (None, true));

    assert_eq!(*wtns::to_bytes(&wtns::from_bytes(WTNS).unwrap()), WTNS);
}

#[test]
fn coefficients_in_another_order_are_the_same_key_and_are_written_back_so() {
    let place = common::section(ZKEY, 4);
    let content = &ZKEY[place.content..place.content + place.length];
    let mut entries: Vec<&[u8]> = content[4..].chunks(44).collect();
    entries.reverse();
    entries.swap(3, 17);
    let file = common::with_section(ZKEY, 4, &[&content[..4], &entries.concat()].concat());
    let zkey = Zkey::from_bytes(&file).unwrap();
    assert!(*zkey.key() == key());
    assert_eq!(zkey.to_bytes(), file);
}

#[test]
fn our_own_format_holds_a_key_of_snarkjs() {
    let key = key();
    let bytes = key.to_bytes();
    assert!(ProvingKey::is_magic(&bytes) && !ProvingKey::is_magic(ZKEY));
    assert!(ProvingKey::from_bytes(&bytes).unwrap() == key);
    for length in [0, 15, 16, 23, 24, 111, 112, bytes.len() - 1] {
        assert!(ProvingKey::from_bytes(&bytes[..length]).is_err(), "{length}");
    }
    // C is unknown: eleven sections, of which the head names the basis.
    assert_eq!(bytes[24], 11);
    let head = usize::from(bytes[40]) + 256 * usize::from(bytes[41]);
    assert_eq!(bytes[head..head + 8], 1u64.to_le_bytes());
    // In the other basis query h has one point less.
    assert!(ProvingKey::from_bytes(&common::overwritten(&bytes, head, &[0])).is_err());
}

#[test]
fn a_key_known_by_its_hash_is_the_same_without_its_points_being_checked() {
    assert!(Zkey::from_trusted_bytes_checked_by_hash(ZKEY).unwrap().into_key() == key());
    // On no curve: the hash would have told, here nothing does but the proof.
    let at = common::section(ZKEY, 5).content;
    let file = common::overwritten(ZKEY, at, &[ZKEY[at] ^ 1]);
    assert!(Zkey::from_bytes(&file).is_err());
    assert!(Zkey::from_trusted_bytes_checked_by_hash(&file).is_ok());
    // Form and bounds are checked all the same.
    assert!(Zkey::from_trusted_bytes_checked_by_hash(&ZKEY[..ZKEY.len() - 1]).is_err());
    let file = common::overwritten(ZKEY, at, &[255; 32]);
    assert_eq!(Zkey::from_trusted_bytes_checked_by_hash(&file).unwrap_err().fault, Fault::NotCanonical);
}

#[test]
fn a_key_without_contribution_is_refused_as_forgeable() {
    let error = Zkey::from_bytes(UNFINISHED).unwrap_err();
    let weak = tabella_verifier::KeyError::Weak(WeakKey::GammaIsDelta);
    assert_eq!(error.fault, Fault::Key(KeyError::VerifyingKey(weak)));
    assert_eq!(
        error.to_string(),
        ".zkey file, section 2 (groth16 header), offset 124: in the proving key: forgeable key: gamma equals delta up to \
         sign (the setup was not finished)"
    );
}

#[test]
fn without_c_a_wrong_witness_is_noticed_by_its_proof_and_with_c_by_its_constraint() {
    let key = key();
    let honest = wtns::from_bytes(WTNS).unwrap();
    let constraints = R1cs::from_bytes(R1CS).unwrap();
    assert_eq!((constraints.public_outputs(), constraints.private_inputs()), (1, 2));
    let complete = key.clone().with_constraints(constraints.into_matrices()).unwrap();
    assert!(complete.matrices().knows_c());
    assert_ne!(complete.circuit_digest(), key.circuit_digest());
    // The same proof from the same randomness.
    let one = Prover::new(&key).prove_assignment(honest.clone(), &mut rng()).unwrap();
    let other = Prover::new(&complete).prove_assignment(honest.clone(), &mut rng()).unwrap();
    assert_eq!(one, other);

    // Wire 5 is x[0] = start + 7, fixed by constraint 0; wire 4 is used by nothing.
    for (wire, constraint) in
        [(1, Some(6)), (2, Some(1)), (3, Some(0)), (5, Some(0)), (6, Some(1)), (10, Some(5)), (4, None)]
    {
        let mut wrong = honest.clone();
        wrong[wire] += Fr::from(1);
        let answers =
            [&key, &complete].map(|key| Prover::new(key).prove_assignment(wrong.clone(), &mut rng()));
        match constraint {
            None => assert!(answers.iter().all(Result::is_ok)),
            Some(constraint) => {
                let name = format!("constraint #{constraint}");
                let [without, with] = answers;
                assert_eq!(without, Err(ProveError::UnsatisfiedOrDamaged), "wire {wire}");
                assert_eq!(with, Err(ProveError::Unsatisfied { constraint, name }), "wire {wire}");
            }
        }
    }
}

#[test]
fn a_preparation_without_c_does_not_vouch_for_rows_with_c() {
    let bare = key();
    let complete = bare.clone().with_constraints(R1cs::from_bytes(R1CS).unwrap().into_matrices()).unwrap();
    assert_eq!(bare.verifying_key(), complete.verifying_key());
    let mut wrong = wtns::from_bytes(WTNS).unwrap();
    wrong[3] += Fr::from(1);
    // Without C every row seems to hold.
    let preparation = Prover::new(&bare).prepare_assignment(wrong.clone()).unwrap();
    let mut prover =
        Prover::new(&complete).with_preparation(&preparation).insecurely_without_self_verification();
    assert_eq!(prover.prove_assignment(wrong, &mut rng()), Err(ProveError::PreparedForAnotherKey));
}

#[test]
fn constraints_of_another_circuit_do_not_complete_a_key() {
    let mut two = [0; 32];
    two[0] = 2;
    // Another coefficient in B: another circuit, with as many of everything.
    let place = common::section(R1CS, 2);
    let mut at = place.content;
    let mut rows = Vec::new();
    for _ in 0..7 * 3 {
        let count = usize::try_from(u32::from_le_bytes(R1CS[at..at + 4].try_into().unwrap())).unwrap();
        rows.push(at);
        at += 4 + 36 * count;
    }
    // Constraint 1: its A, B and C follow the three of constraint 0.
    let at = rows[4];
    let changed = common::overwritten(R1CS, at + 8, &two);
    let other = R1cs::from_bytes(&changed).unwrap().into_matrices();
    assert_eq!(key().with_constraints(other), Err(KeyError::OtherCircuit));
    // Another C is not noticed: a key holds none. It names constraints wrongly, and proves nothing wrong.
    let at = rows[5];
    let changed = common::overwritten(R1CS, at + 8, &two);
    let other = R1cs::from_bytes(&changed).unwrap().into_matrices();
    assert!(key().with_constraints(other).is_ok());
}
