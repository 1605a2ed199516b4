//! The Rust that compiles modules: the task's own where it has the source of the standard library, else a second one beside it; and what
//! else Debian has.

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
    /// The Rust of this task has its source.
    Own,
    /// A second Rust beside it, as source.
    Debian,
}

impl Toolchain {
    /// The one that is here.
    pub(super) fn find(repository: &Repository) -> Self {
        if own_rust_has_source(repository) { Self::Own } else { Self::Debian }
    }

    /// `cargo` that compiles for the target, with the standard library, which is to be small and for threads.
    pub(super) fn cargo(self, repository: &Repository) -> Process {
        let cargo = match self {
            Self::Own => repository.cargo(),
            Self::Debian => Process::new(RUST[2].1, &repository.root)
                .env("RUSTC", RUST[0].1)
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", RUST[3].1),
        };
        // Building the standard library is for nightly compilers, and for stable ones that are told to be one.
        cargo
            .env("RUSTC_BOOTSTRAP", "1")
            .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"])
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
        list.push("in place of the Rust among them: rustup component add rust-src".into());
    }
    if missing.contains(&CHROMIUM.0) {
        list.push("another Chromium can be named by the environment variable CHROMIUM".into());
    }
    Err(Failure::Findings { check: "wasm", list })
}

fn own_rustc() -> OsString {
    env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

/// Whether the Rust of this task has the source of the standard library.
fn own_rust_has_source(repository: &Repository) -> bool {
    let root = Process::new(own_rustc(), &repository.root).args(["--print", "sysroot"]).capture();
    root.is_ok_and(|root| {
        PathBuf::from(root.trim()).join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file()
    })
}
