//! Tools that are no part of Rust: found on the path, or built once into the folder of build outputs.
//!
//! Nothing of the developer's own installation is touched. Versions are pinned, and each tool's lock file is honoured.

use crate::{failure::Failure, process::Process, repository::Repository};
use std::{
    env,
    ffi::{OsStr, OsString},
    path::PathBuf,
};

/// One tool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    /// The package, which is also the program.
    package: &'static str,
    /// The version that is installed.
    version: &'static str,
    /// The oldest minor version accepted when found on the path: (major, minor, patch).
    oldest: (u32, u32, u32),
    /// How the package is built.
    features: &'static [&'static str],
}

/// Runs tests side by side and names the slow ones.
pub(crate) const NEXTEST: Tool = Tool {
    package: "cargo-nextest",
    version: "0.9.151",
    oldest: (0, 9, 100),
    // Without the part that replaces the program by a newer one.
    features: &["--no-default-features", "--features", "default-no-update"],
};

/// Checks licences, sources and advisories of dependencies.
pub(crate) const DENY: Tool =
    Tool { package: "cargo-deny", version: "0.20.2", oldest: (0, 20, 0), features: &[] };

/// Builds and runs fuzz targets; needs a nightly toolchain.
pub(crate) const FUZZ: Tool =
    Tool { package: "cargo-fuzz", version: "0.13.2", oldest: (0, 12, 0), features: &[] };

/// Optimised enough to be quick, and built in half the time that a package's own release profile takes.
const QUICK_BUILD: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
];

impl Tool {
    /// The program: the one on the path if it is new enough, else ours, which is built first where `install` allows it.
    pub(crate) fn find(self, repository: &Repository, install: bool) -> Result<OsString, Failure> {
        let on_path = OsString::from(self.package);
        if let Some(found) = self.version_of(&on_path, repository)
            && found >= self.oldest
        {
            return Ok(on_path);
        }
        let folder = repository.target().join("tools").join(format!("{}-{}", self.package, self.version));
        let ours: PathBuf = folder.join("bin").join(format!("{}{}", self.package, env::consts::EXE_SUFFIX));
        if self.version_of(ours.as_os_str(), repository).is_some() {
            return Ok(ours.into_os_string());
        }
        if !install {
            return Err(Failure::Start { program: self.package.into(), reason: "not installed".into() });
        }
        println!("{} {} is not here yet: building it once (some minutes)", self.package, self.version);
        let mut build = repository
            .cargo()
            .args(["install", self.package, "--locked", "--version", self.version])
            .args(self.features)
            .args(["--root".into(), folder.into_os_string()])
            .args(["--target-dir".into(), repository.target().join("tools").join("build").into_os_string()]);
        for (name, value) in QUICK_BUILD {
            build = build.env(name, value);
        }
        build.run()?;
        Ok(ours.into_os_string())
    }

    /// The version which the program states, if it runs at all.
    fn version_of(self, program: &OsStr, repository: &Repository) -> Option<(u32, u32, u32)> {
        // Cargo's subcommands expect their own name first.
        let name = self.package.strip_prefix("cargo-").unwrap_or(self.package);
        let arguments: &[&str] =
            if self.package == NEXTEST.package { &[name, "--version"] } else { &["--version"] };
        let text = Process::new(program, &repository.root).args(arguments).capture().ok()?;
        text.split_whitespace().find_map(parse_version)
    }
}

/// `1.2.3` as numbers; what follows the patch number is ignored.
fn parse_version(word: &str) -> Option<(u32, u32, u32)> {
    let mut parts = word.splitn(3, '.');
    let (major, minor, patch) = (parts.next()?, parts.next()?, parts.next()?);
    let patch: String = patch.chars().take_while(char::is_ascii_digit).collect();
    Some((major.parse().ok()?, minor.parse().ok()?, patch.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(parse_version("0.9.151"), Some((0, 9, 151)));
        assert_eq!(parse_version("1.2.3-rc1"), Some((1, 2, 3)));
        assert_eq!(parse_version("cargo-deny"), None);
    }

    #[test]
    fn pinned_versions_are_accepted_themselves() {
        for tool in [NEXTEST, DENY, FUZZ] {
            assert!(parse_version(tool.version).unwrap() >= tool.oldest, "{}", tool.package);
        }
    }
}
