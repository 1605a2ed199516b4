//! `cargo xtask wasm`: the npm package.

use super::{
    compiler::{
        Build, Compiler, Flavour, PLAIN_RELAXED, PLAIN_SIMD128, THREADS_RELAXED, THREADS_SIMD128, npm_folder,
        outputs, workspace,
    },
    toolchain,
};
use crate::{failure::Failure, process::Process, repository::Repository};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// How each module of the package is built: a page takes the first that its browser can run.
const BUILDS: [Flavour; 4] = [THREADS_RELAXED, THREADS_SIMD128, PLAIN_RELAXED, PLAIN_SIMD128];
/// What a module knows, by the entry of the package that starts it, with what cargo is told for it.
type Parts = (&'static str, &'static [&'static str]);
/// Everything.
const TABELLA: Parts = ("tabella", &[]);
/// Proofs of Semaphore alone.
const SEMAPHORE: Parts = ("semaphore", &["--no-default-features"]);
/// Those that tests use: everything without relaxed SIMD, which older Node does not know, and in place of what there is not; and of what
/// most browsers load one.
const QUICK_BUILDS: [(Parts, Flavour); 3] =
    [(TABELLA, THREADS_SIMD128), (TABELLA, PLAIN_SIMD128), (SEMAPHORE, PLAIN_RELAXED)];
/// The proving key that the package brings along, of Semaphore's ceremony: enough for groups of a million.
const KEY: &str = "semaphore-20";
/// Sources of the package, beside the folder of the same name.
const FILES: [&str; 5] = ["package.json", "package-lock.json", "tsconfig.json", "build.mjs", "README.md"];

/// How the package is built.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Options {
    /// In a fraction of the time, for tests: modules are optimised less, and none has relaxed SIMD.
    #[arg(long)]
    quick: bool,
    /// Install nothing.
    #[arg(long)]
    no_install: bool,
}

impl Options {
    /// For tests.
    pub(crate) const fn quick(install: bool) -> Self {
        Self { quick: true, no_install: !install }
    }

    pub(super) const fn install(&self) -> bool {
        !self.no_install
    }
}

/// Builds the package; the answer is its folder, which `npm pack` packs and `npm install` takes.
pub(crate) fn build(repository: &Repository, options: &Options) -> Result<PathBuf, Failure> {
    toolchain::install_missing(repository, options.install(), false)?;
    let (build, builds) = if options.quick {
        (Build::Quick, QUICK_BUILDS.to_vec())
    } else {
        let all = [TABELLA, SEMAPHORE].into_iter();
        (Build::Best, all.flat_map(|parts| BUILDS.map(|flavour| (parts, flavour))).collect())
    };
    let compiler = Compiler::new(repository, build)?;
    let mut modules = PathBuf::new();
    let mut names = Vec::new();
    for ((parts, options), flavour) in builds {
        let name = format!("{parts}-{}", flavour.name);
        modules = compiler.compile("tabella-wasm", flavour, &name, options)?;
        names.push(name);
    }
    let source = workspace(repository).join("package");
    let folder = outputs(repository).join("package-build");
    npm_folder(options.install(), &source, &folder, || {
        for name in FILES {
            copy(&source.join(name), &folder.join(name))?;
        }
        copy_folder(&source.join("src"), &folder.join("src"))
    })?;
    let package = outputs(repository).join("package");
    fs::create_dir_all(&package).map_err(|e| Failure::file(&package, &e))?;
    Process::new("node", &folder)
        .args([Path::new("build.mjs"), &modules, &package])
        .args(options.quick.then_some("--quick"))
        .args(names)
        .run()?;
    for name in ["package.json", "README.md"] {
        copy(&source.join(name), &package.join(name))?;
    }
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&repository.root.join(name), &package.join(name))?;
    }
    let keys = package.join("keys");
    fs::create_dir_all(&keys).map_err(|e| Failure::file(&keys, &e))?;
    let published = folder.join("node_modules/@zk-kit/semaphore-artifacts").join(format!("{KEY}.zkey"));
    let tabella = match build {
        Build::Best => {
            repository.cargo().args(["run", "--quiet", "--release", "--package", "tabella-cli", "--"])
        }
        Build::Quick => Process::new(repository.program()?, &repository.root),
    };
    // Not `.key`: the development server of Vite hands out no files of that name.
    tabella
        .args(["groth16", "export", "compact"])
        .args([&published, &keys.join(format!("{KEY}.bin"))])
        .args(["--force"])
        .run()?;
    println!("the npm package: {}", package.display());
    Ok(package)
}

/// Copies a file.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::copy(from, to).map(drop).map_err(|e| Failure::file(from, &e))
}

/// Copies what is in a folder beside the npm packages that lie there.
pub(super) fn copy_files(from: &Path, to: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(from).map_err(|e| Failure::file(from, &e))? {
        let from = entry.map_err(|e| Failure::file(from, &e))?.path();
        let Some(name) = from.file_name().filter(|name| *name != "node_modules" && *name != "dist") else {
            continue;
        };
        let to = to.join(name);
        if from.is_dir() { copy_folder(&from, &to)? } else { copy(&from, &to)? }
    }
    Ok(())
}

/// Copies a folder in place of what is there.
pub(super) fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(to) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Failure::file(to, &e)),
        _ => fs::create_dir_all(to).map_err(|e| Failure::file(to, &e))?,
    }
    for entry in fs::read_dir(from).map_err(|e| Failure::file(from, &e))? {
        let entry = entry.map_err(|e| Failure::file(from, &e))?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        let folder = entry.file_type().map_err(|e| Failure::file(&from, &e))?.is_dir();
        if folder { copy_folder(&from, &to)? } else { copy(&from, &to)? }
    }
    Ok(())
}
