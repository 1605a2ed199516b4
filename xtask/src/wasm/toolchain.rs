//! The Rust that compiles modules: the task's own where it has the target, else a second one beside it; and what else Debian has.

use super::TARGET;
use crate::{failure::Failure, process::Process, repository::Repository};
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Debian's packages with a second Rust, each with a file by which it is known.
const RUST: [(&str, &str); 4] = [
    ("rustc-web", "/usr/bin/rustc"),
    ("rust-web-src", "/usr/lib/rustlib/src/rust/library/std/Cargo.toml"),
    ("cargo-web", "/usr/bin/cargo"),
    ("lld-22", "/usr/bin/wasm-ld-22"),
];
/// Debian's browser.
const CHROMIUM: (&str, &str) = ("chromium", "/usr/bin/chromium");

/// Where the target's standard library comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Toolchain {
    /// The Rust of this task has it compiled, and as source, from which that for threads is built.
    Own,
    /// A second Rust beside it, as source.
    Debian,
}

impl Toolchain {
    /// The one that is here.
    pub(super) fn find(repository: &Repository) -> Self {
        if own_rust_has_target(repository) { Self::Own } else { Self::Debian }
    }

    /// `cargo` that compiles for the target; the standard library is built too where that is wanted or there is none.
    pub(super) fn cargo(self, repository: &Repository, own_library: bool) -> Process {
        let (cargo, library) = match self {
            Self::Own => (repository.cargo(), own_library),
            Self::Debian => (
                Process::new(RUST[2].1, &repository.root)
                    .env("RUSTC", RUST[0].1)
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", RUST[3].1),
                true,
            ),
        };
        // Building the standard library is for nightly compilers, and for stable ones that are told to be one.
        if library { cargo.env("RUSTC_BOOTSTRAP", "1").args(["-Zbuild-std=std,panic_abort"]) } else { cargo }
    }

    /// The compiler's name and version.
    pub(super) fn version(self, repository: &Repository) -> Result<String, Failure> {
        let rustc = match self {
            Self::Own => own_rustc(),
            Self::Debian => RUST[0].1.into(),
        };
        let version = Process::new(rustc, &repository.root).args(["--version"]).capture()?;
        Ok(version.trim().to_owned())
    }
}

/// Installs packages of Debian that are missing, where that is allowed and can be done.
pub(super) fn install_missing(repository: &Repository, install: bool, browser: bool) -> Result<(), Failure> {
    let mut wanted = Vec::new();
    if Toolchain::find(repository) == Toolchain::Debian {
        wanted.extend(RUST);
    }
    if browser && env::var_os("CHROMIUM").is_none() {
        wanted.push(CHROMIUM);
    }
    let missing: Vec<&str> = wanted
        .into_iter()
        .filter(|(_, file)| !Path::new(file).exists())
        .map(|(package, _)| package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let can_install = install && Path::new("/usr/bin/apt-get").exists();
    if can_install {
        let apt = |arguments: &[&str]| {
            Process::new("apt-get", &repository.root)
                .env("DEBIAN_FRONTEND", "noninteractive")
                .args(arguments)
                .run()
        };
        let packages: Vec<&str> = ["install", "--yes", "--no-install-recommends"]
            .into_iter()
            .chain(missing.iter().copied())
            .collect();
        if apt(&["update"]).and_then(|()| apt(&packages)).is_ok() {
            return Ok(());
        }
    }
    let mut list = vec![format!("missing, as Debian's packages are named: {}", missing.join(", "))];
    if missing.iter().any(|package| *package != CHROMIUM.0) {
        list.push(format!(
            "in place of the Rust among them: rustup target add {TARGET} and rustup component add rust-src"
        ));
    }
    if missing.contains(&CHROMIUM.0) {
        list.push("another Chromium can be named by the environment variable CHROMIUM".into());
    }
    Err(Failure::Findings { check: "wasm", list })
}

fn own_rustc() -> OsString {
    env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

/// Whether the Rust of this task has the target's standard library, compiled and as source.
fn own_rust_has_target(repository: &Repository) -> bool {
    let ask = |arguments: &[&str]| {
        let answer = Process::new(own_rustc(), &repository.root).args(arguments).capture().ok()?;
        Some(PathBuf::from(answer.trim()))
    };
    let compiled = ask(&["--print", "target-libdir", "--target", TARGET]);
    let source =
        ask(&["--print", "sysroot"]).map(|root| root.join("lib/rustlib/src/rust/library/std/Cargo.toml"));
    compiled.is_some_and(|path| path.is_dir()) && source.is_some_and(|path| path.is_file())
}
