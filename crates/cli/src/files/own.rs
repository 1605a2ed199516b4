//! What one of Tabella's own files is, by how it begins: whoever gives one in the place of another is told which it is.

use super::open;
use std::{io::Read, path::Path};
use tabella::{
    ballot::{BALLOT_FORMAT, CHALLENGED_FORMAT, SECRET_BALLOT_FORMAT},
    election::MANIFEST_FORMAT,
    record::{RECEIPT_FORMAT, RECORD_FORMAT, SUM_PROOF_FORMAT, TALLY_PROOF_FORMAT},
};

/// A kind of file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OwnFile {
    /// In a sentence: "it is ..".
    pub(crate) what: &'static str,
    /// What it is for, where that is not plain.
    pub(crate) hint: Option<&'static str>,
}

/// How much of a file is looked at.
const HEAD: usize = 512;

/// Formats of JSON files.
const FORMATS: [(&str, OwnFile); 19] = [
    (
        "tabella-sealed-ballot-v1",
        OwnFile {
            what: "a sealed ballot",
            hint: Some(
                "`tabella ballot challenge` opens it, to see what is in it; `tabella ballot cast` makes of it the ballot that is handed in; it is one or the other",
            ),
        },
    ),
    (
        CHALLENGED_FORMAT,
        OwnFile {
            what: "a challenged ballot",
            hint: Some(
                "it is never cast: `tabella ballot check` says what is in it; seal another one to vote",
            ),
        },
    ),
    ("tabella-ballot-opening-v1", plain("the opening of a ballot")),
    (BALLOT_FORMAT, plain("a ballot")),
    (SECRET_BALLOT_FORMAT, plain("a ballot")),
    (RECEIPT_FORMAT, plain("a receipt")),
    (MANIFEST_FORMAT, plain("an election manifest")),
    ("tabella-membership-path-v1", plain("a membership path")),
    ("tabella-registration-v1", plain("a registration")),
    ("tabella-registry", plain("a registry")),
    ("tabella-signature-v1", plain("a signature")),
    (SUM_PROOF_FORMAT, plain("a proof of a sum")),
    (TALLY_PROOF_FORMAT, plain("a proof of a tally")),
    ("tabella-tally-share-v1", plain("a part of a proof")),
    ("tabella-key-ceremony-v1", plain("the record of a key ceremony")),
    ("tabella-trustee-parameters-v1", plain("the parameters of a ceremony")),
    ("tabella-trustee-registration-v1", plain("a trustee's registration")),
    ("tabella-trustee-package-v1", plain("a trustee's package")),
    (RECORD_FORMAT, plain("an election record")),
];

/// Files that are no JSON.
const BEGINNINGS: [(&[u8], OwnFile); 2] = [
    (
        b"-----BEGIN AGE ENCRYPTED FILE-----",
        plain("a file under a passphrase, as identities and trustees' secrets are"),
    ),
    (b"redb", plain("a registry or a ballot box")),
];

const fn plain(what: &'static str) -> OwnFile {
    OwnFile { what, hint: None }
}

impl OwnFile {
    /// The kind of a file with this beginning; none if it begins like none of ours.
    pub(crate) fn of(file: &[u8]) -> Option<&'static Self> {
        if let Some((_, own)) = BEGINNINGS.iter().find(|(beginning, _)| file.starts_with(beginning)) {
            return Some(own);
        }
        let head = String::from_utf8_lossy(file.get(..HEAD).unwrap_or(file));
        // The first member of the first object that names a format: our files begin with it.
        let (_, rest) = head.split_once("\"format\"")?;
        let name = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?.split('"').next()?;
        FORMATS.iter().find(|(format, _)| *format == name).map(|(_, own)| own)
    }

    /// The kind of a file that could not be read as `wanted`, if it is another one of ours.
    pub(crate) fn instead_of(wanted: &str, path: &Path) -> Option<&'static Self> {
        // A pipe has no beginning to look at again.
        let file = path.is_file().then(|| open(path).ok()).flatten()?;
        let mut head = Vec::new();
        file.take(u64::try_from(HEAD).ok()?).read_to_end(&mut head).ok()?;
        Self::of(&head).filter(|own| own.what != wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_files_are_known_by_their_formats() {
        let what = |text: &str| OwnFile::of(text.as_bytes()).map(|own| own.what);
        let named = |format: &str| what(&format!("{{\n  \"format\" : \"{format}\", \"x\": 1}}"));
        assert_eq!(named(CHALLENGED_FORMAT), Some("a challenged ballot"));
        for format in [BALLOT_FORMAT, SECRET_BALLOT_FORMAT] {
            assert_eq!(named(format), Some("a ballot"));
        }
        assert_eq!(named(MANIFEST_FORMAT), Some("an election manifest"));
        assert_eq!(named(RECEIPT_FORMAT), Some("a receipt"));
        assert_eq!(named(SUM_PROOF_FORMAT), Some("a proof of a sum"));
        assert_eq!(named(TALLY_PROOF_FORMAT), Some("a proof of a tally"));
        assert_eq!(named(RECORD_FORMAT), Some("an election record"));
        assert_eq!(what("-----BEGIN AGE ENCRYPTED FILE-----\nx").map(|what| &what[..6]), Some("a file"));
        for other in ["", "{}", "{\"format\":1}", "{\"format\":\"other\"}", "\"format\"", "text"] {
            assert_eq!(what(other), None, "{other}");
        }
    }
}
