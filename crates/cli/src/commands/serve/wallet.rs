//! The built wallet that a site serves: found beside this program, or built by the checkout that started it.

use crate::{error::Failure, ui::Ui};
use std::{
    env, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The command that builds it.
const BUILD: &str = "cargo xtask wallet";

/// The folder of the wallet's files.
pub(super) fn find(given: Option<PathBuf>, ui: &Ui) -> Result<PathBuf, Failure> {
    if let Some(folder) = given {
        if is_wallet(&folder) {
            return Ok(folder);
        }
        let message = format_args!("{} holds no index.html: it is not a built wallet", folder.display());
        return Err(Failure::bad_input("no-wallet", message).hint(format!("`{BUILD}` builds it")));
    }
    if let Some(folder) = beside_this_program() {
        return Ok(folder);
    }
    if let Some((cargo, checkout)) = checkout() {
        ui.note_now(&format!(
            "the wallet is not built yet; running `{BUILD}`, which takes minutes the first time"
        ));
        build(&cargo, &checkout)?;
        if let Some(folder) = beside_this_program() {
            return Ok(folder);
        }
    }
    let hint = format!("run `{BUILD}` in a checkout of Tabella, and name its target/wasm/wallet by --site");
    Err(Failure::bad_input("no-wallet", "the wallet is not built").hint(hint))
}

fn is_wallet(folder: &Path) -> bool {
    folder.join("index.html").is_file()
}

/// This program lies in a folder of target/, and the wallet in another.
fn beside_this_program() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    program
        .ancestors()
        .skip(1)
        .map(|folder| folder.join("wasm").join("wallet"))
        .find(|folder| is_wallet(folder))
}

/// The cargo that started this program, and the checkout.
fn checkout() -> Option<(PathBuf, PathBuf)> {
    let cargo = env::var_os("CARGO")?;
    // crates/cli
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?);
    Some((cargo.into(), package.parent()?.parent()?.to_path_buf()))
}

fn build(cargo: &Path, checkout: &Path) -> Result<(), Failure> {
    let failed = |cause: &io::Error| Failure::io("run", cargo, cause);
    let status = Command::new(cargo)
        .args(["xtask", "wallet"])
        .current_dir(checkout)
        .stdin(Stdio::null())
        // Standard output is the report's.
        .stdout(io::stderr())
        .status()
        .map_err(|cause| failed(&cause))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::internal("the wallet could not be built").hint(format!("`{BUILD}` says why")))
    }
}
