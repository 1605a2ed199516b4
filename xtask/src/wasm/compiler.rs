//! Modules: compiled for the target, with the JavaScript that loads them.

use super::{TARGET, toolchain::Toolchain};
use crate::{failure::Failure, process::Process, repository::Repository};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// How a module is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Build {
    /// As it is measured and shipped.
    Best,
    /// As it is checked: in a fraction of the time.
    Quick,
}

/// What a module may use of its browser.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flavour {
    /// The name of its build in the package.
    pub(super) name: &'static str,
    /// Whether it shares its memory between threads.
    threads: bool,
    /// Whether it has relaxed SIMD.
    relaxed: bool,
}

/// One thread, relaxed SIMD.
pub(super) const PLAIN_RELAXED: Flavour = Flavour { name: "plain-relaxed", threads: false, relaxed: true };
/// One thread, the SIMD that every browser has.
pub(super) const PLAIN_SIMD128: Flavour = Flavour { name: "plain-simd128", threads: false, relaxed: false };
/// Threads, relaxed SIMD.
pub(super) const THREADS_RELAXED: Flavour = Flavour { name: "threads-relaxed", threads: true, relaxed: true };
/// Threads, the SIMD that every browser has.
pub(super) const THREADS_SIMD128: Flavour =
    Flavour { name: "threads-simd128", threads: true, relaxed: false };

impl Flavour {
    /// Flags of the compiler. A panic is a trap at once, without a message and the places in the sources that one would name: these are a
    /// sixth of a module. Shared memory has a greatest size, 1 GiB, and newer linkers keep what thread-local storage needs only if they are
    /// asked to.
    fn flags(self) -> String {
        let mut features = vec!["+simd128"];
        if self.threads {
            features.extend(["+atomics", "+bulk-memory", "+mutable-globals"]);
        }
        if self.relaxed {
            features.push("+relaxed-simd");
        }
        let mut flags: Vec<String> =
            ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none"]
                .map(Into::into)
                .into();
        flags.push(format!("-Ctarget-feature={}", features.join(",")));
        if self.threads {
            let link = ["--shared-memory", "--import-memory", "--max-memory=1073741824"];
            let keep = ["__wasm_init_tls", "__tls_size", "__tls_align", "__tls_base"];
            flags.extend(link.map(|argument| format!("-Clink-arg={argument}")));
            flags.extend(keep.map(|symbol| format!("-Clink-arg=--export={symbol}")));
        }
        flags.join(" ")
    }
}

/// Compiles modules of the workspace in `bindings/wasm`.
pub(super) struct Compiler<'a> {
    repository: &'a Repository,
    toolchain: Toolchain,
    build: Build,
}

impl<'a> Compiler<'a> {
    /// A compiler, with the main workspace's lock file.
    pub(super) fn new(repository: &'a Repository, build: Build) -> Result<Self, Failure> {
        let (from, to) = (repository.root.join("Cargo.lock"), workspace(repository).join("Cargo.lock"));
        // What only this workspace needs stands behind it and stays as it is.
        if fs::metadata(&to).and_then(|to| to.modified()).ok()
            < fs::metadata(&from).and_then(|from| from.modified()).ok()
        {
            fs::copy(&from, &to).map_err(|e| Failure::file(&from, &e))?;
        }
        Ok(Self { repository, toolchain: Toolchain::find(repository), build })
    }

    /// The compiler's name and version.
    pub(super) fn version(&self) -> Result<String, Failure> {
        self.toolchain.version(self.repository)
    }

    /// Compiles a package in one flavour: `FOLDER/NAME.js` and `FOLDER/NAME_bg.wasm`, FOLDER being the answer. `options` are cargo's.
    pub(super) fn compile(
        &self,
        package: &str,
        flavour: Flavour,
        name: &str,
        options: &[&str],
    ) -> Result<PathBuf, Failure> {
        let outputs = outputs(self.repository);
        let manifest = workspace(self.repository).join("Cargo.toml");
        let mut cargo = self.toolchain.cargo(self.repository);
        if self.build == Build::Quick {
            cargo = cargo
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "2")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        }
        cargo = cargo.args(["build", "--release", "--package", package, "--target", TARGET]).args(options);
        if flavour.threads {
            cargo = cargo.args(["--features", "threads"]);
        }
        // Flags are part of what outputs are known by, so that all flavours share the build scripts and macros of one folder.
        let target = outputs.join("build");
        cargo
            .args([Path::new("--target-dir"), &target, Path::new("--manifest-path"), &manifest])
            .env("RUSTFLAGS", flavour.flags())
            .run()?;
        let module = target.join(TARGET).join("release").join(format!("{}.wasm", package.replace('-', "_")));
        let quick = if self.build == Build::Quick { "quick-" } else { "" };
        let folder = outputs.join(format!("{quick}{package}"));
        self.repository
            .cargo()
            .args(["run", "--quiet", "--package", "tabella-wasm-bindgen", "--target-dir"])
            .args([&outputs.join("bindgen")])
            .args([Path::new("--manifest-path"), &manifest, Path::new("--")])
            .args([module.as_path(), &folder, Path::new(name)])
            .run()?;
        Ok(folder)
    }
}

/// The workspace of what runs in a browser.
pub(super) fn workspace(repository: &Repository) -> PathBuf {
    repository.root.join("bindings").join("wasm")
}

/// Where everything comes to.
pub(super) fn outputs(repository: &Repository) -> PathBuf {
    repository.target().join("wasm")
}

/// Copies `files` of a folder beside the packages of its lock file, and installs these unless they are there.
pub(super) fn npm_folder(
    install: bool,
    source: &Path,
    folder: &Path,
    copy: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|e| Failure::file(folder, &e))?;
    let lock = "package-lock.json";
    let installed = folder.join("node_modules").join(".package-lock.json").is_file()
        && fs::read(source.join(lock)).ok() == fs::read(folder.join(lock)).ok();
    copy()?;
    if installed {
        return Ok(());
    }
    if !install {
        return Err(Failure::Start {
            program: folder.display().to_string(),
            reason: "its npm packages are not installed".into(),
        });
    }
    Process::new("npm", folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).run()
}
