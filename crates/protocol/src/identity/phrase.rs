//! An identity on paper: twelve or twenty-four words after BIP-39.
//!
//! ```text
//! seed = PBKDF2-HMAC-SHA512(phrase, "mnemonic" || passphrase, 2048 rounds), 64 bytes             [BIP-39]
//! private key = keccak256(tag, seed), tag = domain::IDENTITY_FROM_PHRASE, 32 bytes     [TaggedHasher]
//! ```
//!
//! The tag keeps a phrase that also guards a wallet from giving both the same key. Another passphrase gives another identity, and
//! none is wrong: a mistyped passphrase cannot be noticed here, only by the commitment that comes out.

use super::Identity;
use alloc::string::{String, ToString};
use bip39::{Language, Mnemonic};
use core::fmt;
use tabella_primitives::{digest::TaggedHasher, domain, rng::CryptoRng, secret::Secret};
use zeroize::{Zeroize, Zeroizing};

/// Number of words of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhraseLength {
    /// Twelve words, 128 bits of entropy.
    Words12,
    /// Twenty-four words, 256 bits of entropy.
    Words24,
}

impl PhraseLength {
    const fn entropy_len(self) -> usize {
        match self {
            Self::Words12 => 16,
            Self::Words24 => 32,
        }
    }
}

/// A BIP-39 phrase in English whose checksum is right.
///
/// Secret. Printed as `Phrase(..)`, erased when dropped.
#[derive(Clone)]
pub struct Phrase(Secret<String>);

/// Why words are not a phrase. The words themselves are not repeated: they are secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PhraseError {
    /// Neither 12 nor 24 words.
    WordCount {
        /// How many there are.
        actual: usize,
    },
    /// The word at this place, counted from 1, is not in the English list of BIP-39.
    UnknownWord {
        /// Its place, from 1.
        position: usize,
    },
    /// All words are in the list, but the checksum says that one is wrong or two have changed places.
    Checksum,
}

impl fmt::Display for PhraseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WordCount { actual } => write!(f, "a phrase has 12 or 24 words, found {actual}"),
            Self::UnknownWord { position } => {
                write!(f, "word {position} is not in the English list of BIP-39; check its spelling")
            }
            Self::Checksum => f.write_str(
                "the checksum of the phrase is wrong: a word is mistaken, or two have changed places",
            ),
        }
    }
}

impl core::error::Error for PhraseError {}

impl Phrase {
    /// A new phrase.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "both lengths are lengths of BIP-39")]
    pub fn generate(length: PhraseLength, rng: &mut impl CryptoRng) -> Self {
        let mut entropy = Zeroizing::new([0u8; 32]);
        let (entropy, _) = entropy.split_at_mut(length.entropy_len());
        rng.fill_bytes(entropy);
        let mnemonic = Mnemonic::from_entropy_in(Language::English, entropy)
            .expect("16 or 32 bytes are a length of BIP-39");
        Self(Secret::new(mnemonic.to_string()))
    }

    /// Reads a phrase as people type it: any blanks between the words, upper or lower case.
    ///
    /// # Errors
    /// [`PhraseError`] names the place of a wrong word.
    pub fn parse(text: &str) -> Result<Self, PhraseError> {
        let actual = text.split_whitespace().count();
        if actual != 12 && actual != 24 {
            return Err(PhraseError::WordCount { actual });
        }
        let lower = Zeroizing::new(text.to_lowercase());
        let mnemonic =
            Mnemonic::parse_in_normalized(Language::English, &lower).map_err(|error| match error {
                bip39::Error::UnknownWord(index) => PhraseError::UnknownWord { position: index + 1 },
                bip39::Error::BadWordCount(actual) => PhraseError::WordCount { actual },
                _ => PhraseError::Checksum,
            })?;
        Ok(Self(Secret::new(mnemonic.to_string())))
    }

    /// The words, in lower case with one blank between them. Whoever calls this answers for what becomes of them.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    /// The 64-byte seed of BIP-39. The passphrase is normalised (NFKD) as BIP-39 asks.
    fn seed(&self, passphrase: &str) -> Zeroizing<[u8; 64]> {
        let mnemonic = Mnemonic::parse_in_normalized(Language::English, self.expose_secret())
            .expect("a Phrase is made of checked words");
        Zeroizing::new(mnemonic.to_seed(passphrase))
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phrase(..)")
    }
}

impl Identity {
    /// The identity of a phrase and a passphrase, which may be empty (formula at the head of this module's source and in the
    /// project's protocol: BIP-39 seed, then a tagged hash to 32 bytes).
    ///
    /// Not what other programs of the Semaphore family would derive: Semaphore knows no phrases. [`Identity::export`] takes
    /// the identity to them.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "a Phrase is made of checked words")]
    pub fn from_phrase(phrase: &Phrase, passphrase: &str) -> Self {
        let seed = phrase.seed(passphrase);
        let digest = TaggedHasher::new(domain::IDENTITY_FROM_PHRASE).bytes(seed.as_ref()).finish();
        let mut private_key = *digest.as_bytes();
        let identity = Self::from_private_key(&private_key);
        private_key.zeroize();
        identity
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec::Vec};

    const ABANDON: &str =
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    /// The first and the last English vector of BIP-39's own list (trezor/python-mnemonic, vectors.json), passphrase TREZOR.
    #[test]
    fn official_seeds() {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert_eq!(
            hex(Phrase::parse(ABANDON).unwrap().seed("TREZOR").as_ref()),
            "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04"
        );
        let last = "void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen \
                    patrol group space point ten exist slush involve unfold";
        assert_eq!(
            hex(Phrase::parse(last).unwrap().seed("TREZOR").as_ref()),
            "01f5bced59dec48e362f2c45b5de68b9fd6c92c6634f44d6d40aab69056506f0e35524a518034ddc1192e1dacd32c1ed3eaa3c3b131c88ed8e7e54c49a5d0998"
        );
    }

    /// Pinned: a change here locks people out of their identities. Computed with ethers 6 (BIP-39, Keccak) and Semaphore's own JavaScript.
    #[test]
    fn derivation_is_pinned() {
        let phrase = Phrase::parse(ABANDON).unwrap();
        assert_eq!(
            Identity::from_phrase(&phrase, "").commitment().to_string(),
            "21058648649206165515136145017285239214965303445327978686714227602925233591336"
        );
        assert_eq!(
            Identity::from_phrase(&phrase, "TREZOR").commitment().to_string(),
            "13589656323194863743131903574682194011408844711405398478969545319627544681886"
        );
    }

    #[test]
    fn sloppy_typing_is_understood() {
        let typed = format!("  {}\n", ABANDON.to_uppercase().replace(' ', " \t "));
        assert_eq!(Phrase::parse(&typed).unwrap().expose_secret(), ABANDON);
    }

    #[test]
    fn mistakes_are_named() {
        let error = |text: &str| Phrase::parse(text).err();
        assert_eq!(error(""), Some(PhraseError::WordCount { actual: 0 }));
        assert_eq!(error("abandon about"), Some(PhraseError::WordCount { actual: 2 }));
        // Fifteen words are BIP-39, but not offered here.
        let fifteen = ["abandon"; 15].join(" ");
        assert_eq!(error(&fifteen), Some(PhraseError::WordCount { actual: 15 }));
        let misspelt = ABANDON.replacen("abandon", "abandom", 1);
        assert_eq!(error(&misspelt), Some(PhraseError::UnknownWord { position: 1 }));
        assert_eq!(
            error(&ABANDON.replace("about", "abouts")),
            Some(PhraseError::UnknownWord { position: 12 })
        );
        assert_eq!(error(&ABANDON.replace("about", "abandon")), Some(PhraseError::Checksum));
        assert!(!format!("{:?}{}", error(&misspelt), error(&misspelt).unwrap()).contains("abandom"));
    }

    #[test]
    fn generated_phrases_read_back() {
        let mut rng = tabella_primitives::rng::from_os().unwrap();
        for (length, words) in [(PhraseLength::Words12, 12), (PhraseLength::Words24, 24)] {
            let phrase = Phrase::generate(length, &mut rng);
            assert_eq!(phrase.expose_secret().split(' ').collect::<Vec<_>>().len(), words);
            assert_eq!(
                Phrase::parse(phrase.expose_secret()).unwrap().expose_secret(),
                phrase.expose_secret()
            );
            assert_eq!(format!("{phrase:?}"), "Phrase(..)");
        }
    }
}
