//! What citizens bring with them: exported identities and phrases.

use tabella_protocol::identity::{Identity, Phrase};

/// An identity as Semaphore's JavaScript exports it.
#[must_use]
pub fn identity_export(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let Ok(identity) = Identity::import(text) else { return false };
    let again = Identity::import(&identity.export()).expect("what was exported here is imported");
    assert_eq!(again.commitment(), identity.commitment());
    true
}

/// A recovery phrase.
#[must_use]
pub fn identity_phrase(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let Ok(phrase) = Phrase::parse(text) else { return false };
    let again = Phrase::parse(phrase.expose_secret()).expect("a phrase is read again");
    assert_eq!(again.expose_secret(), phrase.expose_secret());
    true
}
