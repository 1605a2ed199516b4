//! All domain tags of Tabella, in one list.
//!
//! A tag is the first thing absorbed by every hash whose input Semaphore v4 does not fix, so that a value made
//! for one purpose can never pose as a value made for another. Tags are ASCII, start with `tabella/` and end in
//! a version. [`ALL`] is tested to be free of duplicates and of prefixes of one another.

/// Digest of an election manifest: the election's identifier.
pub const ELECTION: &str = "tabella/election/v1";
/// Digest of the choice in an open ballot: the message which the membership proof binds.
pub const OPEN_SELECTION: &str = "tabella/ballot/open-selection/v1";
/// Digest of a whole cast ballot, without its proof: what a receipt names.
pub const BALLOT: &str = "tabella/ballot/v1";
/// One link of the hash chain of a ballot box and of an election record.
pub const RECORD_LINK: &str = "tabella/record/link/v1";
/// Digest of a whole election record.
pub const RECORD: &str = "tabella/record/v1";
/// Digest of one entry of an election record.
pub const RECORD_ENTRY: &str = "tabella/record/entry/v1";
/// Digest of a tally.
pub const TALLY: &str = "tabella/tally/v1";
/// Digest of a circuit's constraint matrices.
pub const CIRCUIT: &str = "tabella/circuit/v1";
/// Digest of a circuit's constraint matrices A and B, where C is unknown.
pub const CIRCUIT_WITHOUT_C: &str = "tabella/circuit-without-c/v1";
/// Digest of a verifying key: the key's name.
pub const VERIFYING_KEY: &str = "tabella/verifying-key/v1";
/// Digest of the bytes of a proving key, by BLAKE3: the key's name.
pub const PROVING_KEY: &str = "tabella/proving-key/v2";
/// Digest of the tables of a proving key, by BLAKE3.
pub const KEY_TABLES: &str = "tabella/key-tables/v1";
/// Digest of the header of a key file.
pub const KEY_FILE_HEADER: &str = "tabella/key-file/header/v1";
/// Seed of development parameters. Public on purpose: such keys protect nothing.
pub const DEVELOPMENT_SETUP: &str = "tabella/insecure-development-setup/v1";
/// Coefficients of a batch verification.
pub const BATCH: &str = "tabella/batch-verification/v1";
/// Private key of an identity from the seed of a BIP-39 phrase.
pub const IDENTITY_FROM_PHRASE: &str = "tabella/identity/from-phrase/v1";
/// What a citizen signs to register: label of the registry and commitment.
pub const REGISTRATION: &str = "tabella/registration/v1";
/// Digest of one page of nodes in a registry store.
pub const REGISTRY_PAGE: &str = "tabella/registry-store/page/v1";
/// One link of the hash chain of a registry's states in a registry store.
pub const REGISTRY_STATE: &str = "tabella/registry-store/state/v1";
/// Digest of the parameters of a key ceremony: the session's name.
pub const TRUSTEE_SESSION: &str = "tabella/trustee/session/v1";
/// Registered keys of a trustee from its seed.
pub const TRUSTEE_KEYS: &str = "tabella/trustee/keys/v1";
/// What a trustee signs: one package of a key ceremony or of a decryption.
pub const TRUSTEE_PACKAGE: &str = "tabella/trustee/package/v1";
/// What a trustee had seen when it spoke: every package of the rounds that were closed.
pub const TRUSTEE_VIEW: &str = "tabella/trustee/view/v1";
/// Hash by which a trustee commits to its package of round 1.
pub const TRUSTEE_COMMITMENT: &str = "tabella/trustee/commitment/v1";
/// Proof that a dealer knows the secrets which it deals.
pub const TRUSTEE_KNOWLEDGE: &str = "tabella/trustee/knowledge/v1";
/// Proof that a dealer made the ephemeral key of an encrypted share.
pub const TRUSTEE_EPHEMERAL: &str = "tabella/trustee/ephemeral/v1";
/// Key of an encrypted share.
pub const TRUSTEE_SHARE: &str = "tabella/trustee/encrypted-share/v1";
/// Proof that a complaint opens the encrypted share of which it complains.
pub const TRUSTEE_COMPLAINT: &str = "tabella/trustee/complaint/v1";
/// Digest of a key ceremony: all packages, who is left, and the keys.
pub const TRUSTEE_TRANSCRIPT: &str = "tabella/trustee/transcript/v1";
/// What a trustee signs to take part under a name.
pub const TRUSTEE_REGISTRATION: &str = "tabella/trustee/registration/v1";
/// The key under which a trustee keeps the state of a ceremony.
pub const TRUSTEE_STATE: &str = "tabella/trustee/state/v1";
/// Proof that a share of a decryption is right.
pub const TRUSTEE_DECRYPTION: &str = "tabella/trustee/decryption/v1";
/// Digest of a sum of ciphertexts: what is opened, of which election.
pub const ENCRYPTED_SUM: &str = "tabella/encrypted-sum/v1";
/// Identifier of an election with secret ballots.
pub const SEALED_ELECTION: &str = "tabella/sealed-election/v1";
/// Nullifier of a secret ballot.
pub const SEALED_NULLIFIER: &str = "tabella/sealed-nullifier/v1";
/// Digest of a secret ballot.
pub const SEALED_BALLOT: &str = "tabella/sealed-ballot/v1";
/// Point at which the fingerprint of a secret ballot is taken.
pub const SEALED_CHALLENGE: &str = "tabella/sealed-challenge/v1";
/// Digest of a sum of secret ballots, for circuits.
pub const SEALED_SUM: &str = "tabella/sealed-sum/v1";
/// Commitment to the ballots that one proof of a sum adds.
pub const SEALED_BATCH: &str = "tabella/sealed-batch/v1";
/// Point at which the fingerprint of such ballots is taken.
pub const SEALED_BATCH_CHALLENGE: &str = "tabella/sealed-batch-challenge/v1";
/// Coefficients that combine the options of a tally.
pub const TALLY_COEFFICIENT: &str = "tabella/sealed-tally/coefficient/v1";
/// Challenge of a trustee's proof for a tally.
pub const TALLY_SHARE: &str = "tabella/sealed-tally/share/v1";
/// Nonce of such a proof.
pub const TALLY_NONCE: &str = "tabella/sealed-tally/nonce/v1";
/// Digest of a secret ballot with its election and circuit: what a receipt names.
pub const SECRET_BALLOT: &str = "tabella/secret-ballot/v1";
/// Leaf of a registry in which citizens have weights.
pub const WEIGHTED_LEAF: &str = "tabella/weighted-leaf/v1";

/// Key under which a wallet keeps a sealed ballot until its voter decides.
pub const KEPT_BALLOT: &str = "tabella/kept-ballot/v1";

/// Every tag above.
pub const ALL: [&str; 46] = [
    ELECTION,
    OPEN_SELECTION,
    BALLOT,
    RECORD_LINK,
    RECORD,
    RECORD_ENTRY,
    TALLY,
    CIRCUIT,
    CIRCUIT_WITHOUT_C,
    VERIFYING_KEY,
    PROVING_KEY,
    KEY_TABLES,
    KEY_FILE_HEADER,
    DEVELOPMENT_SETUP,
    BATCH,
    IDENTITY_FROM_PHRASE,
    REGISTRATION,
    REGISTRY_PAGE,
    REGISTRY_STATE,
    TRUSTEE_SESSION,
    TRUSTEE_KEYS,
    TRUSTEE_PACKAGE,
    TRUSTEE_VIEW,
    TRUSTEE_COMMITMENT,
    TRUSTEE_KNOWLEDGE,
    TRUSTEE_EPHEMERAL,
    TRUSTEE_SHARE,
    TRUSTEE_COMPLAINT,
    TRUSTEE_TRANSCRIPT,
    TRUSTEE_REGISTRATION,
    TRUSTEE_STATE,
    TRUSTEE_DECRYPTION,
    ENCRYPTED_SUM,
    SEALED_ELECTION,
    SEALED_NULLIFIER,
    SEALED_BALLOT,
    SEALED_CHALLENGE,
    SEALED_SUM,
    SEALED_BATCH,
    SEALED_BATCH_CHALLENGE,
    TALLY_COEFFICIENT,
    TALLY_SHARE,
    TALLY_NONCE,
    SECRET_BALLOT,
    WEIGHTED_LEAF,
    KEPT_BALLOT,
];

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn tags_are_distinct_and_none_is_a_prefix_of_another() {
        for (i, a) in ALL.iter().enumerate() {
            assert!(a.starts_with("tabella/") && a.is_ascii(), "{a}");
            for (j, b) in ALL.iter().enumerate() {
                assert!(i == j || !b.starts_with(a), "{a} / {b}");
            }
        }
    }

    #[test]
    fn the_list_is_complete() {
        let declared = include_str!("domain.rs")
            .lines()
            .filter(|l| l.starts_with("pub const") && l.contains(": &str ="))
            .count();
        assert_eq!(declared, ALL.len());
    }
}
