//! What a file is, by how it begins: whoever gives one in the place of another is told which is which.

use crate::{error::Failure, files};
use std::{fmt, io::Read, path::Path};

/// A kind of file that users of circom, snarkjs and Tabella have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Proving key of snarkjs.
    Zkey,
    /// Proving key of Tabella, as `groth16 export tabella` and `groth16 export compact` write it.
    OwnKey,
    /// Key of Tabella that names circuit and provenance.
    KeyFile,
    /// Tables of a proving key.
    Tables,
    /// Values of all variables.
    Wtns,
    /// Constraints of a circuit.
    R1cs,
    /// WebAssembly, in which circom writes witness programs.
    Wasm,
    /// Source of a circuit.
    Circom,
    /// Verification key in JSON.
    VerificationKey,
    /// Proof in JSON.
    Proof,
    /// A list in JSON, as public inputs are.
    List,
    /// An object in JSON, as the inputs of a circuit are.
    Object,
    /// Any other text.
    Text,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Zkey => "a proving key of snarkjs (.zkey)",
            Self::OwnKey => "a proving key of Tabella",
            Self::KeyFile => "a key file of Tabella",
            Self::Tables => "tables of a proving key",
            Self::Wtns => "a witness (.wtns)",
            Self::R1cs => "constraints of a circuit (.r1cs)",
            Self::Wasm => "a program in WebAssembly (.wasm)",
            Self::Circom => "source code of a circuit (.circom)",
            Self::VerificationKey => "a verification key in JSON",
            Self::Proof => "a proof in JSON",
            Self::List => "a list in JSON",
            Self::Object => "an object in JSON",
            Self::Text => "a text",
        })
    }
}

/// How much of a file is looked at.
const HEAD: usize = 4096;

impl Kind {
    /// The kind of a file with this beginning; none if it begins like nothing that is known here.
    pub(super) fn of(file: &[u8]) -> Option<Self> {
        const BEGINNINGS: [(&[u8], Kind); 8] = [
            (b"zkey", Kind::Zkey),
            (b"wtns", Kind::Wtns),
            (b"r1cs", Kind::R1cs),
            (b"\0asm", Kind::Wasm),
            (b"tabella-pk-", Kind::OwnKey),
            (b"tabella-ck-", Kind::OwnKey),
            (b"tabella-key", Kind::KeyFile),
            (b"tabella-tables-", Kind::Tables),
        ];
        let known = BEGINNINGS.into_iter().find(|(beginning, _)| file.starts_with(beginning));
        if let Some((_, kind)) = known {
            return Some(kind);
        }
        let text = String::from_utf8_lossy(file.get(..HEAD).unwrap_or(file));
        let text = text.trim_start_matches('\u{feff}').trim_start();
        match text.chars().next() {
            Some('[') => Some(Self::List),
            Some('{') if text.contains("\"vk_alpha_1\"") => Some(Self::VerificationKey),
            Some('{') if text.contains("\"pi_a\"") => Some(Self::Proof),
            Some('{') => Some(Self::Object),
            _ if text.contains("pragma circom") => Some(Self::Circom),
            Some(_) if !cut(text).contains(|c: char| c == '\u{fffd}' || is_binary(c)) => Some(Self::Text),
            _ => None,
        }
    }
}

/// A text without a character that may have been cut at its end.
fn cut(text: &str) -> &str {
    text.strip_suffix('\u{fffd}').unwrap_or(text)
}

/// Whether a character stands in no text.
fn is_binary(character: char) -> bool {
    character.is_control() && !character.is_whitespace()
}

/// What a command wants in a place.
pub(super) struct Wanted {
    /// In a sentence: "is not ..".
    what: &'static str,
    /// Where such files come from.
    files: &'static str,
    kinds: &'static [Kind],
}

/// To prove with.
pub(super) const PROVING_KEY: Wanted = Wanted {
    what: "a proving key",
    files: "a .zkey of snarkjs, or a proving key of Tabella",
    kinds: &[Kind::Zkey, Kind::OwnKey, Kind::KeyFile],
};
/// Values of all variables.
pub(super) const WITNESS: Wanted = Wanted {
    what: "a witness",
    files: "a .wtns, as `snarkjs wtns calculate` writes it; input.json goes with --wasm",
    kinds: &[Kind::Wtns],
};
/// Values of a circuit's inputs.
pub(super) const INPUTS: Wanted = Wanted {
    what: "a file of inputs",
    files: "input.json; a .wtns goes without --wasm",
    kinds: &[Kind::Object],
};
/// The program that computes witnesses.
pub(super) const PROGRAM: Wanted = Wanted {
    what: "a witness program",
    files: "the .wasm that `circom --wasm` writes",
    kinds: &[Kind::Wasm],
};
/// Constraints of a circuit.
pub(super) const CONSTRAINTS: Wanted = Wanted {
    what: "a circuit's constraints",
    files: "the .r1cs that `circom --r1cs` writes",
    kinds: &[Kind::R1cs],
};
/// To verify with.
pub(super) const VERIFICATION_KEY: Wanted = Wanted {
    what: "a verification key",
    files: "verification_key.json, which `groth16 export verification-key` makes of a proving key",
    kinds: &[Kind::VerificationKey, Kind::Object],
};
/// Values that everybody knows.
pub(super) const PUBLIC: Wanted =
    Wanted { what: "a list of public inputs", files: "public.json", kinds: &[Kind::List] };
/// What is verified.
pub(super) const PROOF: Wanted =
    Wanted { what: "a proof", files: "proof.json", kinds: &[Kind::Proof, Kind::Object] };
/// What can be looked at.
pub(super) const ANY: Wanted = Wanted {
    what: "a file to inspect",
    files: "a .zkey, .r1cs or .wtns, or a proving key of Tabella",
    kinds: &[Kind::Zkey, Kind::OwnKey, Kind::KeyFile, Kind::R1cs, Kind::Wtns],
};

impl Wanted {
    /// The failure of a file that could not be read as what is wanted: it is another kind, or something in it is wrong.
    pub(super) fn refuse(&self, path: &Path, file: &[u8], cause: impl fmt::Display) -> Failure {
        self.other(path, file).unwrap_or_else(|| Failure::malformed(path, self.what, cause))
    }

    /// Reads UTF-8 text of at most `limit` bytes.
    pub(super) fn read_text(&self, path: &Path, limit: u64) -> Result<String, Failure> {
        let bytes = files::read(path, limit).map_err(|failure| {
            // What is too large is most often something else. A pipe has no beginning to look at again.
            let mut head = Vec::new();
            let file = path.is_file().then(|| files::open(path).ok()).flatten();
            let read = file.and_then(|file| file.take(16).read_to_end(&mut head).ok());
            read.and_then(|_| self.other(path, &head)).unwrap_or(failure)
        })?;
        String::from_utf8(bytes).map_err(|e| self.refuse(path, e.as_bytes(), e.utf8_error()))
    }

    /// Whether files of this kind are wanted.
    pub(super) fn takes(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    /// The failure of a file of another kind, or an empty one; none if it is of this one, or of none that is known.
    pub(super) fn other(&self, path: &Path, file: &[u8]) -> Option<Failure> {
        let wanted = || format!("wanted here: {}", self.files);
        if file.is_empty() {
            let empty = format_args!("{} is empty, where {} should be", path.display(), self.what);
            return Some(Failure::bad_input("truncated-file", empty).hint(wanted()));
        }
        let kind = Kind::of(file).filter(|kind| !self.takes(*kind))?;
        let failure = Failure::malformed(path, self.what, format_args!("it is {kind}"));
        Some(failure.hint(wanted()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_how_files_begin() {
        let example = |name: &str| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/circom");
            Kind::of(&std::fs::read(folder.join(name)).unwrap())
        };
        assert_eq!(example("power.zkey"), Some(Kind::Zkey));
        assert_eq!(example("power.wtns"), Some(Kind::Wtns));
        assert_eq!(example("power.r1cs"), Some(Kind::R1cs));
        assert_eq!(example("power.wasm"), Some(Kind::Wasm));
        assert_eq!(example("power.circom"), Some(Kind::Circom));
        assert_eq!(example("verification_key.json"), Some(Kind::VerificationKey));
        assert_eq!(example("input.json"), Some(Kind::Object));
        assert_eq!(Kind::of(b" \n[\"1\"]"), Some(Kind::List));
        assert_eq!(Kind::of("\u{feff}{\"pi_a\": []}".as_bytes()), Some(Kind::Proof));
        assert_eq!(Kind::of(b"tabella-pk-v3\0\0\0"), Some(Kind::OwnKey));
        assert_eq!(Kind::of(b"tabella-tables-2"), Some(Kind::Tables));
        assert_eq!((Kind::of(b""), Kind::of(&[0xff; 5000]), Kind::of(b"a\0b")), (None, None, None));
        assert_eq!(
            (Kind::of(b"hello\n"), Kind::of("7 \u{e9}".as_bytes())),
            (Some(Kind::Text), Some(Kind::Text))
        );
        let refused = PROVING_KEY.refuse(Path::new("notes.txt"), b"notes\n", "");
        assert_eq!(refused.message(), "notes.txt is not a proving key: it is a text");
        assert!(refused.hint_text().is_some_and(|hint| hint.starts_with("wanted here: a .zkey")));
    }
}
