//! `tabella identity ..`: what a citizen keeps.

use super::{
    registration::{self, RegisterArgs},
    secret_file::{self, NewFile},
    voter::{self, NullifierArgs},
};
use crate::{
    error::Failure,
    files::{self, Existing, Privacy},
    passphrase::{PassphraseArgs, warn_if_exposed},
    report::{Report, table},
    ui::{GOOD, STRONG, Ui, WARNING, styled},
};
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
};
use tabella::{
    identity::{Identity, IdentityCommitment, MAX_FILE_LEN, Phrase, PhraseLength, Signature},
    primitives::{
        Fr,
        eddsa::message_from_text,
        edwards::{Point, Scalar},
        encoding::Canonical,
        rng,
    },
    protocol::encrypted::{DEFAULT_WORK_FACTOR, WorkFactor},
};
use zeroize::Zeroizing;

/// Identities.
#[derive(Args, Debug)]
pub(crate) struct IdentityArgs {
    #[command(subcommand)]
    command: IdentityCommand,
}

#[derive(Debug, Subcommand)]
enum IdentityCommand {
    /// Make a new identity, encrypted with a passphrase; prints its commitment
    New {
        #[command(flatten)]
        out: NewFile,
        /// Derive it from a recovery phrase of so many words, and print the phrase once
        #[arg(long, value_name = "WORDS", num_args = 0..=1, default_missing_value = "24", value_parser = ["12", "24"])]
        phrase: Option<String>,
    },
    /// Make the identity of a recovery phrase again
    Recover {
        #[command(flatten)]
        out: NewFile,
        /// Read the phrase from this file (else: from standard input)
        #[arg(long, value_name = "FILE")]
        phrase_file: Option<PathBuf>,
    },
    /// Show the commitment and the public key
    Show(IdentityFile),
    /// Show your nullifier in an election: your mark there, by which you know a ballot as yours. On a machine that you trust
    Nullifier(NullifierArgs),
    /// Make a registration for the registrar: the commitment, with a proof that its key is yours
    Register(RegisterArgs),
    /// Write the private key in Base64, as Semaphore's `identity.export()`; the file is NOT encrypted
    Export {
        #[command(flatten)]
        identity: IdentityFile,
        /// The file to write
        #[arg(long, short)]
        out: PathBuf,
        /// Overwrite it if it is there
        #[arg(long)]
        force: bool,
    },
    /// Make an identity file from a private key in Base64, as Semaphore's `identity.export()` gives it
    Import {
        /// The file with the Base64 text
        exported: PathBuf,
        /// Take a private key of less than 16 bytes too, which machines can guess; for known answers
        #[arg(long)]
        weak_key: bool,
        #[command(flatten)]
        out: NewFile,
    },
    /// Sign a message in the citizen's own name (not anonymous), as Semaphore's `identity.signMessage`
    Sign {
        #[command(flatten)]
        identity: IdentityFile,
        /// The message: a decimal number below r, or a text of at most 31 bytes
        #[arg(long, short, allow_hyphen_values = true)]
        message: String,
        /// The file to write the signature to
        #[arg(long, short)]
        out: PathBuf,
        /// Overwrite it if it is there
        #[arg(long)]
        force: bool,
    },
    /// Check a signature file
    Verify {
        /// The signature file
        signature: PathBuf,
        /// The commitment that must have signed
        #[arg(long)]
        commitment: Option<String>,
        /// The message that must have been signed
        #[arg(long, short, allow_hyphen_values = true)]
        message: Option<String>,
    },
}

/// An identity file that is there.
#[derive(Args, Debug)]
pub(crate) struct IdentityFile {
    /// The identity file
    identity: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// Shortest private key that is imported without `--weak-key` (bytes): 128 bits, if they are random.
const LEAST_KEY_LEN: usize = 16;

/// A signature with its statement.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct SignatureFile {
    format: String,
    kind: MessageKind,
    message: String,
    public_key: [String; 2],
    r8: [String; 2],
    s: String,
}

/// What a signed message is. A number and a text can stand for the same field element, so that one signature fits both:
/// the file says which was meant.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum MessageKind {
    /// A decimal number.
    Number,
    /// Any other text.
    Text,
}

/// Type and version of a signature file.
const SIGNATURE_FORMAT: &str = "tabella-signature-v1";

pub(crate) fn run(args: IdentityArgs, ui: &Ui) -> Result<Report, Failure> {
    match args.command {
        IdentityCommand::New { out, phrase } => new(&out, phrase.as_deref(), ui),
        IdentityCommand::Recover { out, phrase_file } => recover(&out, phrase_file.as_deref(), ui),
        IdentityCommand::Show(identity) => {
            let identity = identity.open(ui)?;
            Ok(describe(&identity, &styled(STRONG, "identity"), None))
        }
        IdentityCommand::Nullifier(args) => voter::show(&args, ui),
        IdentityCommand::Register(args) => registration::make(&args, ui),
        IdentityCommand::Export { identity, out, force } => {
            let existing = Existing::from_force(force);
            files::check_output(&out, existing, &identity.inputs())?;
            let exported = identity.open(ui)?.export();
            files::write(&out, exported.as_bytes(), existing, Privacy::Secret)?;
            ui.note("the file holds the private key in clear: whoever reads it votes in your place");
            Ok(Report::new(
                json!({"path": out.display().to_string()}),
                format!("the private key is in {}", out.display()),
            ))
        }
        IdentityCommand::Import { exported, weak_key, out } => {
            out.check(&[&exported])?;
            warn_if_exposed(&exported, ui);
            let text = Zeroizing::new(files::read_text(&exported, files::SMALL, "an exported identity")?);
            let identity = Identity::import(text.trim_end())
                .map_err(|cause| Failure::malformed(&exported, "an exported identity", cause))?;
            let len = identity.expose_private_key().len();
            if len < LEAST_KEY_LEN && !weak_key {
                return Err(Failure::refused(
                    "weak-key",
                    format_args!("the private key has {len} bytes, less than {LEAST_KEY_LEN}: it can be guessed"),
                )
                .hint("whoever guesses it votes in your place; make a new identity, or say --weak-key for known answers"));
            }
            write(&out, &identity, ui)?;
            Ok(describe(&identity, "the identity was imported", Some(&out.out)))
        }
        IdentityCommand::Sign { identity, message, out, force } => {
            let existing = Existing::from_force(force);
            files::check_output(&out, existing, &identity.inputs())?;
            sign(&identity.open(ui)?, &message, &out, existing)
        }
        IdentityCommand::Verify { signature, commitment, message } => {
            verify(&signature, commitment.as_deref(), message.as_deref())
        }
    }
}

fn new(out: &NewFile, phrase: Option<&str>, ui: &Ui) -> Result<Report, Failure> {
    out.check_free()?;
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let Some(words) = phrase else {
        let identity = Identity::generate(&mut rng);
        write(out, &identity, ui)?;
        return Ok(describe(&identity, "the identity was made", Some(&out.out)));
    };
    let length = if words == "12" { PhraseLength::Words12 } else { PhraseLength::Words24 };
    let phrase = Phrase::generate(length, &mut rng);
    let identity = Identity::from_phrase(&phrase, "");
    let mut report = describe(&identity, "the identity was made", Some(&out.out));
    report.text.push_str(&format!(
        "\n{}\n\n  {}\n",
        styled(WARNING, "Write the recovery phrase on paper. It is shown only now, and whoever has it votes in your place:"),
        phrase.expose_secret()
    ));
    if let Value::Object(members) = &mut report.json {
        members.insert("recovery_phrase".into(), phrase.expose_secret().into());
    }
    // The phrase is in no file: an identity without it, made by somebody who trusts in it, must not come to be.
    let encrypt = |passphrase: &str, work| identity.encrypt_to_bytes(passphrase, work);
    out.write_after(encrypt, ui, || {
        ui.show(&mut report).map_err(|cause| {
            Failure::unwritten(
                "not-shown",
                format_args!("no identity was made, for its phrase could not be shown: {}", cause.message()),
            )
        })
    })?;
    Ok(report)
}

fn recover(out: &NewFile, phrase_file: Option<&Path>, ui: &Ui) -> Result<Report, Failure> {
    out.check(&Vec::from_iter(phrase_file))?;
    let text = Zeroizing::new(match phrase_file {
        Some(path) => files::read_text(path, files::SMALL, "a recovery phrase")?,
        None if std::io::stdin().is_terminal() => rpassword::prompt_password("Recovery phrase: ")
            .map_err(|_| Failure::usage("no phrase was given"))?,
        None => {
            let mut text = String::new();
            std::io::stdin()
                .take(files::SMALL)
                .read_to_string(&mut text)
                .map_err(|e| Failure::io("read", Path::new("standard input"), &e))?;
            text
        }
    });
    let phrase = Phrase::parse(&text).map_err(|cause| Failure::bad_input("wrong-phrase", cause))?;
    let identity = Identity::from_phrase(&phrase, "");
    write(out, &identity, ui)?;
    Ok(describe(&identity, "the identity was recovered", Some(&out.out)))
}

fn describe(identity: &Identity, what: &str, path: Option<&Path>) -> Report {
    let (x, y) = identity.public_key().to_xy();
    let (x, y) = (x.to_decimal(), y.to_decimal());
    let commitment = identity.commitment().to_string();
    let mut rows =
        vec![("commitment", commitment.clone()), ("public key x", x.clone()), ("public key y", y.clone())];
    if let Some(path) = path {
        rows.push(("file", path.display().to_string()));
    }
    let mut text = format!("{what}\n{}", table(&rows));
    if path.is_some() {
        text.push_str(
            "Register with `tabella identity register`; keep the file and its passphrase to yourself.\n",
        );
    }
    Report::new(
        json!({"commitment": commitment, "public_key": [x, y], "path": path.map(|path| path.display().to_string())}),
        text,
    )
}

/// An identity with what its file was encrypted with: other secrets of the same citizen are kept in the same way.
pub(crate) struct Unlocked {
    pub(crate) identity: Identity,
    pub(crate) passphrase: Zeroizing<String>,
    pub(crate) work: WorkFactor,
}

impl IdentityFile {
    /// An identity file that is named by an option.
    pub(crate) const fn new(identity: PathBuf, passphrase: PassphraseArgs) -> Self {
        Self { identity, passphrase }
    }

    /// The files that it is read from: never to be written by the same command.
    pub(crate) fn inputs(&self) -> Vec<&Path> {
        std::iter::once(self.identity.as_path()).chain(self.passphrase.file()).collect()
    }

    /// Decrypts the identity.
    pub(crate) fn open(&self, ui: &Ui) -> Result<Identity, Failure> {
        self.unlock(ui).map(|unlocked| unlocked.identity)
    }

    /// Decrypts the identity; keeps the passphrase.
    pub(crate) fn unlock(&self, ui: &Ui) -> Result<Unlocked, Failure> {
        let decrypt = |bytes: &[u8], passphrase: &str| {
            let identity = Identity::decrypt_from_bytes(bytes, passphrase)?;
            let work = WorkFactor::of(bytes).unwrap_or(DEFAULT_WORK_FACTOR);
            Ok(Unlocked { identity, passphrase: Zeroizing::new(passphrase.to_owned()), work })
        };
        secret_file::open(&self.identity, &self.passphrase, MAX_FILE_LEN, "an identity file", decrypt, ui)
    }
}

fn write(out: &NewFile, identity: &Identity, ui: &Ui) -> Result<(), Failure> {
    out.write_after(|passphrase, work| identity.encrypt_to_bytes(passphrase, work), ui, || Ok(()))
}

/// A decimal number as itself, any other text as its bytes. A text that begins with NUL is refused: it would be the same
/// number as the text without it.
fn message_of(text: &str) -> Result<(MessageKind, Fr), Failure> {
    let refused = |cause: String| Failure::usage(format_args!("the message cannot be signed: {cause}"));
    let kind = if !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit()) {
        MessageKind::Number
    } else {
        MessageKind::Text
    };
    let message = match kind {
        MessageKind::Number => Fr::from_decimal(text),
        MessageKind::Text if text.starts_with('\0') => return Err(refused("it begins with NUL".into())),
        MessageKind::Text => message_from_text(text),
    };
    message.map(|message| (kind, message)).map_err(|cause| refused(cause.to_string()))
}

/// A signed message with its kind, for people.
fn text_of(file: &SignatureFile) -> String {
    match file.kind {
        MessageKind::Number => format!("{} (a number)", file.message),
        MessageKind::Text => format!("{:?} (a text)", file.message),
    }
}

fn sign(identity: &Identity, message: &str, out: &Path, existing: Existing) -> Result<Report, Failure> {
    let (kind, signed) = message_of(message)?;
    let signature = identity.sign(&signed);
    let pair = |point: &Point| {
        let (x, y) = point.to_xy();
        [x.to_decimal(), y.to_decimal()]
    };
    let file = SignatureFile {
        format: SIGNATURE_FORMAT.to_owned(),
        kind,
        message: message.to_owned(),
        public_key: pair(identity.public_key()),
        r8: pair(signature.r8()),
        s: signature.s().to_decimal(),
    };
    files::write_json(out, &file, existing)?;
    let json = serde_json::to_value(&file).map_err(Failure::internal)?;
    let shown = out.display().to_string();
    let text = format!(
        "the signature is in {shown}\n{}",
        table(&[("message", text_of(&file)), ("signed number", signed.to_decimal())])
    );
    Ok(Report::new(json!({"path": shown, "signature": json}), text))
}

fn verify(path: &Path, commitment: Option<&str>, message: Option<&str>) -> Result<Report, Failure> {
    let file: SignatureFile = files::read_json(path, files::SMALL, "a signature")?;
    let malformed = |cause: String| Failure::malformed(path, "a signature", cause);
    if file.format != SIGNATURE_FORMAT {
        return Err(malformed(format!("its format is not {SIGNATURE_FORMAT:?}")));
    }
    let point = |[x, y]: &[String; 2]| {
        let x = Fr::from_decimal(x).map_err(|e| e.to_string())?;
        let y = Fr::from_decimal(y).map_err(|e| e.to_string())?;
        Point::from_xy(x, y).map_err(|e| e.to_string())
    };
    let public_key = point(&file.public_key).map_err(malformed)?;
    let s = Scalar::from_decimal(&file.s).map_err(|e| malformed(e.to_string()))?;
    let signature = Signature::from_parts(point(&file.r8).map_err(malformed)?, s)
        .map_err(|e| malformed(e.to_string()))?;
    let (kind, signed) =
        message_of(&file.message).map_err(|failure| malformed(failure.message().to_owned()))?;
    if kind != file.kind {
        return Err(malformed("its message is not of the kind that it names".into()));
    }
    let signer = IdentityCommitment::of_public_key(&public_key).to_string();
    if message.is_some_and(|message| message != file.message) {
        return Err(Failure::refused("other-message", "the signature is for another message"));
    }
    if commitment.is_some_and(|commitment| commitment != signer) {
        return Err(Failure::refused("other-signer", format_args!("the signature is by {signer}")));
    }
    Identity::verify(&public_key, &signed, &signature)
        .map_err(|cause| Failure::refused("invalid-signature", cause))?;
    let signed = signed.to_decimal();
    let rows =
        [("message", text_of(&file)), ("signed number", signed.clone()), ("commitment", signer.clone())];
    let text = format!("{}\n{}", styled(GOOD, "the signature is valid"), table(&rows));
    let json = json!({
        "valid": true,
        "kind": file.kind,
        "message": file.message,
        "signed_number": signed,
        "commitment": signer,
    });
    Ok(Report::new(json, text))
}
