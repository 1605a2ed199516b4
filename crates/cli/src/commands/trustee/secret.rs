//! `tabella trustee new` and `register`: the secret of a trustee, and what the others get of it.

use crate::{
    commands::secret_file::{self, NewFile},
    error::Failure,
    files::{self, Existing, Privacy},
    passphrase::PassphraseArgs,
    report::{Report, table},
    ui::Ui,
};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tabella::{
    primitives::{edwards::Point, encoding::Canonical, rng},
    protocol::trustee::{MAX_SECRET_FILE_BYTES, TrusteeKeys, TrusteeName, TrusteeSecret},
};

/// A trustee's secret to make.
#[derive(Args, Debug)]
pub(super) struct NewArgs {
    #[command(flatten)]
    out: NewFile,
}

/// The file with a trustee's secret.
#[derive(Args, Debug)]
pub(super) struct TrusteeFile {
    /// The file with the trustee's secret
    pub(super) trustee: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// A registration to make.
#[derive(Args, Debug)]
pub(super) struct RegisterArgs {
    #[command(flatten)]
    trustee: TrusteeFile,
    /// The name by which the others know you
    #[arg(long, value_parser = parse_name)]
    name: TrusteeName,
    /// The registration file to write
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Overwrite it if it is there
    #[arg(long)]
    force: bool,
}

fn parse_name(text: &str) -> Result<TrusteeName, String> {
    TrusteeName::new(text).map_err(|cause| cause.to_string())
}

impl TrusteeFile {
    /// The files that are read for it.
    pub(super) fn inputs(&self) -> Vec<&Path> {
        self.passphrase.file().into_iter().chain([self.trustee.as_path()]).collect()
    }

    /// Decrypts the secret.
    pub(super) fn open(&self, ui: &Ui) -> Result<TrusteeSecret, Failure> {
        let decrypt = TrusteeSecret::decrypt_from_bytes;
        let what = "the file of a trustee's secret";
        secret_file::open(&self.trustee, &self.passphrase, MAX_SECRET_FILE_BYTES, what, decrypt, ui)
    }
}

pub(super) fn new(args: &NewArgs, ui: &Ui) -> Result<Report, Failure> {
    args.out.check_free()?;
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let secret = TrusteeSecret::generate(&mut rng);
    args.out.write_after(|passphrase, work| secret.encrypt_to_bytes(passphrase, work), ui, || Ok(()))?;
    let path = args.out.out.display().to_string();
    let mut rows = key_rows(secret.keys());
    rows.push(("file", path.clone()));
    let text = format!(
        "the trustee's secret was made\n{}Come forward with `tabella trustee register`; keep the file and its passphrase to yourself.\n",
        table(&rows)
    );
    Ok(Report::new(json!({"keys": keys_json(secret.keys()), "path": path}), text))
}

pub(super) fn register(args: RegisterArgs, ui: &Ui) -> Result<Report, Failure> {
    let RegisterArgs { trustee, name, out, force } = args;
    let existing = Existing::from_force(force);
    files::check_output(&out, existing, &trustee.inputs())?;
    let registration = trustee.open(ui)?.register(name);
    let mut text = registration.to_json();
    text.push('\n');
    files::write(&out, text.as_bytes(), existing, Privacy::Public)?;
    let (name, keys) = (registration.name(), registration.keys());
    let mut rows = vec![("name", name.to_string())];
    rows.extend(key_rows(keys));
    rows.push(("file", out.display().to_string()));
    let text = format!(
        "the registration was made\n{}Give the file to whoever convenes the ceremony, and compare keys with the others.\n",
        table(&rows)
    );
    let json = json!({"name": name.as_str(), "keys": keys_json(keys), "path": out.display().to_string()});
    Ok(Report::new(json, text))
}

/// Both keys, for people.
fn key_rows(keys: &TrusteeKeys) -> Vec<(&'static str, String)> {
    let packed = |point: &Point| tabella::primitives::encoding::encode_hex(&point.to_packed());
    vec![("encryption key", packed(&keys.encryption)), ("signing key", packed(&keys.signing))]
}

/// Both keys in JSON, as coordinates in decimal.
pub(super) fn keys_json(keys: &TrusteeKeys) -> Value {
    json!({"encryption": point_json(&keys.encryption), "signing": point_json(&keys.signing)})
}

/// A point in JSON, as coordinates in decimal.
pub(super) fn point_json(point: &Point) -> Value {
    let (x, y) = point.to_xy();
    json!([x.to_decimal(), y.to_decimal()])
}
