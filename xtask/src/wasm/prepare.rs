//! Finds or installs what is needed, builds the modules, and fetches key and witness.

use super::{MODULES, TARGET};
use crate::{failure::Failure, process::Process, repository::Repository};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The harness, which is copied beside its packages.
const FILES: [&str; 7] = [
    "package.json",
    "package-lock.json",
    "probe.mjs",
    "check.mjs",
    "measure.mjs",
    "node.mjs",
    "chromium.mjs",
];
/// Debian's packages with a second Rust, each with a file by which it is known.
const RUST: [(&str, &str); 4] = [
    ("rustc-web", "/usr/bin/rustc"),
    ("rust-web-src", "/usr/lib/rustlib/src/rust/library/std/Cargo.toml"),
    ("cargo-web", "/usr/bin/cargo"),
    ("lld-22", "/usr/bin/wasm-ld-22"),
];
/// Debian's browser.
const CHROMIUM: (&str, &str) = ("chromium", "/usr/bin/chromium");

/// How a module is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Build {
    /// As it is measured.
    Best,
    /// As it is checked: in a fraction of the time.
    Quick,
}

/// What is measured, ready to run.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) modules: PathBuf,
    pub(super) harness: PathBuf,
    pub(super) zkey: PathBuf,
    pub(super) wtns: PathBuf,
    /// The compiler of the modules.
    pub(super) rustc: String,
}

/// Where the target comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Toolchain {
    /// The Rust of this task has it.
    Own,
    /// A second Rust beside it.
    Debian,
}

/// Installs packages of Debian that are missing, where that is allowed and can be done.
pub(super) fn install_missing(repository: &Repository, install: bool, browser: bool) -> Result<(), Failure> {
    let mut wanted = Vec::new();
    if !own_rust_has_target(repository) {
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
        list.push(format!("in place of the Rust among them: rustup target add {TARGET}"));
    }
    if missing.contains(&CHROMIUM.0) {
        list.push("another Chromium can be named by the environment variable CHROMIUM".into());
    }
    Err(Failure::Findings { check: "wasm", list })
}

/// Builds modules, and gets the harness' packages, the key and the witness.
pub(super) fn all(
    repository: &Repository,
    install: bool,
    build: Build,
    modules: &[&str],
) -> Result<Prepared, Failure> {
    let folder = repository.target().join("wasm");
    let source = repository.root.join("benches").join("wasm");
    let (from, to) = (repository.root.join("Cargo.lock"), source.join("Cargo.lock"));
    fs::copy(&from, &to).map_err(|e| Failure::file(&from, &e))?;
    let toolchain = if own_rust_has_target(repository) { Toolchain::Own } else { Toolchain::Debian };
    let built = folder.join(if build == Build::Best { "modules" } else { "quick-modules" });
    let compiler = Compiler {
        repository,
        toolchain,
        build,
        manifest: source.join("Cargo.toml"),
        folder: folder.clone(),
        modules: built.clone(),
    };
    for (name, flags) in MODULES.iter().filter(|(name, _)| modules.contains(name)) {
        compiler.compile(name, flags)?;
    }
    let harness = folder.join("harness");
    fetch(repository, install, &source.join("harness"), &harness)?;
    let artifacts = harness.join("node_modules").join("@zk-kit").join("semaphore-artifacts");
    let (zkey, wtns) = (artifacts.join("semaphore-20.zkey"), folder.join("semaphore-20.wtns"));
    Process::new("node", &harness)
        .args([Path::new("witness.mjs"), &artifacts.join("semaphore-20.wasm"), Path::new("20"), &wtns])
        .run()?;
    let rustc = match toolchain {
        Toolchain::Own => env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()),
        Toolchain::Debian => RUST[0].1.into(),
    };
    let rustc = Process::new(rustc, &repository.root).args(["--version"]).capture()?.trim().to_owned();
    Ok(Prepared { modules: built, harness, zkey, wtns, rustc })
}

/// Builds modules.
struct Compiler<'a> {
    repository: &'a Repository,
    toolchain: Toolchain,
    build: Build,
    /// Manifest of the modules.
    manifest: PathBuf,
    /// Folder of the build outputs.
    folder: PathBuf,
    /// Folder that the modules come to.
    modules: PathBuf,
}

impl Compiler<'_> {
    /// Builds one module, and the JavaScript that loads it.
    fn compile(&self, name: &str, flags: &str) -> Result<(), Failure> {
        let quick = self.build == Build::Quick;
        let target = self.folder.join(if quick { format!("quick-{name}") } else { name.to_owned() });
        let mut cargo = match self.toolchain {
            Toolchain::Own => self.repository.cargo(),
            Toolchain::Debian => Process::new(RUST[2].1, &self.repository.root)
                .env("RUSTC", RUST[0].1)
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", RUST[3].1)
                .args(["-Zbuild-std=std,panic_abort"]),
        };
        if quick {
            cargo = cargo
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "2")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        }
        cargo
            .args(["build", "--release", "--package", "tabella-wasm-kernel", "--target", TARGET])
            .args([Path::new("--target-dir"), &target, Path::new("--manifest-path"), &self.manifest])
            .env("RUSTFLAGS", flags)
            .run()?;
        let module = target.join(TARGET).join("release").join("tabella_wasm_kernel.wasm");
        self.repository
            .cargo()
            .args(["run", "--quiet", "--package", "tabella-wasm-bindgen", "--target-dir"])
            .args([&self.folder.join("bindgen")])
            .args([Path::new("--manifest-path"), &self.manifest, Path::new("--")])
            .args([module.as_path(), &self.modules, Path::new(name)])
            .run()
    }
}

/// Whether the Rust of this task has the target's standard library.
fn own_rust_has_target(repository: &Repository) -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    Process::new(rustc, &repository.root)
        .args(["--print", "target-libdir", "--target", TARGET])
        .capture()
        .is_ok_and(|path| PathBuf::from(path.trim()).is_dir())
}

/// Copies the harness, and installs the packages of its lock file unless they are there.
fn fetch(repository: &Repository, install: bool, source: &Path, harness: &Path) -> Result<(), Failure> {
    fs::create_dir_all(harness).map_err(|e| Failure::file(harness, &e))?;
    let lock = "package-lock.json";
    let installed = harness.join("node_modules").join(".package-lock.json").is_file()
        && fs::read(source.join(lock)).ok() == fs::read(harness.join(lock)).ok();
    let witness = repository.root.join("benches").join("peers").join("snarkjs").join("witness.mjs");
    for from in FILES.iter().map(|name| source.join(name)).chain([witness]) {
        let Some(name) = from.file_name() else { continue };
        fs::copy(&from, harness.join(name)).map_err(|e| Failure::file(&from, &e))?;
    }
    if installed {
        return Ok(());
    }
    if !install {
        return Err(Failure::Start {
            program: "the harness".into(),
            reason: "its npm packages are not installed".into(),
        });
    }
    Process::new("npm", harness).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).run()
}
