//! Identities: made, restored, imported, and what follows from them.

use crate::{failure::Failure, work::generator};
use tabella::{
    Citizen,
    identity::{Identity as ProtocolIdentity, Phrase, PhraseLength},
};
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

/// An identity. Its secret stays in this memory until [`Identity::export`] is called; it is erased when freed.
#[wasm_bindgen]
pub struct Identity {
    pub(crate) citizen: Citizen,
}

/// Twenty-four new words, from which [`Identity::from_phrase`] makes an identity. Secret.
///
/// # Errors
/// `no-randomness`.
#[wasm_bindgen(js_name = generatePhrase)]
pub fn generate_phrase() -> Result<String, Failure> {
    Ok(Phrase::generate(PhraseLength::Words24, &mut generator()?).expose_secret().to_owned())
}

#[wasm_bindgen]
impl Identity {
    fn of(identity: ProtocolIdentity) -> Self {
        Self { citizen: Citizen::from_identity(identity) }
    }

    /// A new identity from 32 random bytes.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn generate() -> Result<Self, Failure> {
        Ok(Self::of(ProtocolIdentity::generate(&mut generator()?)))
    }

    /// The identity of 12 or 24 words and a passphrase, which may be empty.
    ///
    /// # Errors
    /// `bad-phrase`.
    #[wasm_bindgen(js_name = fromPhrase)]
    pub fn from_phrase(words: String, passphrase: String) -> Result<Self, Failure> {
        let (words, passphrase) = (Zeroizing::new(words), Zeroizing::new(passphrase));
        let phrase = Phrase::parse(&words).map_err(Failure::with("bad-phrase"))?;
        Ok(Self::of(ProtocolIdentity::from_phrase(&phrase, &passphrase)))
    }

    /// Reads what `identity.export()` of Semaphore or [`Self::export`] wrote.
    ///
    /// # Errors
    /// `bad-identity`.
    pub fn import(exported: String) -> Result<Self, Failure> {
        let exported = Zeroizing::new(exported);
        ProtocolIdentity::import(&exported).map(Self::of).map_err(Failure::with("bad-identity"))
    }

    /// The private key in Base64, as Semaphore exports it. Secret.
    pub fn export(&self) -> String {
        self.citizen.identity().export().as_str().to_owned()
    }

    /// The commitment, decimal.
    pub fn commitment(&self) -> String {
        self.citizen.commitment().to_string()
    }
}
