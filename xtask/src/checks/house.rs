//! The rules of the house: for files and manifests, which no compiler checks.

use crate::{failure::Failure, repository::Repository};
use std::{fs, path::Path};

/// Files that every copy of the repository has.
const REQUIRED: [&str; 7] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "rust-toolchain.toml",
];

/// What no file may contain, and why. The words are written in two halves, so that this file does not contain them.
const FORBIDDEN: [(&str, &str, &str); 13] = [
    ("/ho", "me/", "a path of one machine"),
    ("/ro", "ot/", "a path of one machine"),
    ("/wo", "rk/", "a path of one machine"),
    ("/Us", "ers/", "a path of one machine"),
    ("C:\\", "Users", "a path of one machine"),
    ("arti", "factory", "the name of one machine's package registry"),
    ("index.", "crates.io", "the host of a package registry"),
    ("static.", "crates.io", "the host of a package registry"),
    ("registry.", "npmjs.org", "the host of a package registry"),
    ("files.", "pythonhosted.org", "the host of a package registry"),
    ("TO", "DO", "unfinished work is written down elsewhere"),
    ("FIX", "ME", "unfinished work is written down elsewhere"),
    ("-----BEGIN ", "OPENSSH PRIVATE KEY", "a private key"),
];

/// What the manifest of every crate takes from the workspace.
const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

/// Above this number of lines a source file is asked whether it holds two ideas.
const LONG: usize = 800;

/// Checks all rules; the answer is a line for the summary.
pub(crate) fn run(repository: &Repository) -> Result<String, Failure> {
    let files = repository.files()?;
    let mut findings: Vec<String> = REQUIRED
        .iter()
        .filter(|name| !files.iter().any(|file| file == Path::new(name)))
        .map(|name| format!("{name}: missing"))
        .collect();
    let mut warnings = Vec::new();
    for file in &files {
        let path = repository.root.join(file);
        let bytes = fs::read(&path).map_err(|e| Failure::file(&path, &e))?;
        // Binary files hold keys and fuzz inputs: no words.
        let Ok(text) = String::from_utf8(bytes) else { continue };
        if file.file_name().is_none_or(|name| name != "Cargo.lock") {
            findings.extend(
                forbidden_words(&text).map(|(line, what)| format!("{}:{line}: {what}", file.display())),
            );
        }
        if file.extension().is_some_and(|extension| extension == "rs") && text.lines().count() > LONG {
            warnings.push(format!(
                "{}: {} lines: does it hold two ideas?",
                file.display(),
                text.lines().count()
            ));
        }
    }
    for package in &repository.metadata.packages {
        let text = fs::read_to_string(&package.manifest_path)
            .map_err(|e| Failure::file(&package.manifest_path, &e))?;
        findings.extend(manifest(&text).map(|what| format!("{}: {what}", package.name)));
        for target in
            package.targets.iter().filter(|t| t.kind.iter().any(|kind| kind == "lib" || kind == "bin"))
        {
            let text =
                fs::read_to_string(&target.src_path).map_err(|e| Failure::file(&target.src_path, &e))?;
            if !text.starts_with("//!") && !text.contains("#![doc = include_str!(") {
                findings.push(format!(
                    "{}: {} does not begin with a description",
                    package.name,
                    target.src_path.display()
                ));
            }
        }
    }
    for warning in &warnings {
        println!("warning: {warning}");
    }
    if findings.is_empty() {
        Ok(format!("{} files, {} warnings", files.len(), warnings.len()))
    } else {
        Err(Failure::Findings { check: "house", list: findings })
    }
}

/// Forbidden words with the number of their line.
fn forbidden_words(text: &str) -> impl Iterator<Item = (usize, String)> {
    text.lines().enumerate().flat_map(|(index, line)| {
        FORBIDDEN
            .iter()
            .filter(move |(head, tail, _)| contains_joined(line, head, tail))
            .map(move |(head, tail, why)| (index + 1, format!("`{head}{tail}`: {why}")))
    })
}

/// Whether `head` immediately followed by `tail` stands in the line.
fn contains_joined(line: &str, head: &str, tail: &str) -> bool {
    line.match_indices(head)
        .any(|(at, _)| line.get(at + head.len()..).is_some_and(|rest| rest.starts_with(tail)))
}

/// What the manifest of a crate lacks.
fn manifest(text: &str) -> impl Iterator<Item = String> {
    // The crates that hold the `unsafe` of the house cannot inherit a `forbid`, and state their lints themselves.
    let own = text.contains("[lints.rust]\n") && text.contains("\nunsafe_code = \"deny\"\n");
    let lints = own
        || text.lines().skip_while(|line| line.trim() != "[lints]").nth(1).map(str::trim)
            == Some("workspace = true");
    let lines: Vec<String> = INHERITED
        .iter()
        .filter(|key| !text.lines().any(|line| line.trim() == format!("{key}.workspace = true")))
        .map(|key| format!("`{key}` is not taken from the workspace"))
        .chain((!lints).then(|| "`[lints] workspace = true` is missing".to_owned()))
        .collect();
    lines.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planted_words_are_found_with_their_line() {
        let text = format!("first\nlet path = \"/ho{}someone/x\";\n// TO{}: later", "me/", "DO");
        let found: Vec<_> = forbidden_words(&text).collect();
        assert_eq!(
            found,
            [
                (2, format!("`/ho{}`: a path of one machine", "me/")),
                (3, format!("`TO{}`: unfinished work is written down elsewhere", "DO"))
            ]
        );
    }

    #[test]
    fn innocent_words_pass() {
        assert_eq!(forbidden_words("let root = tree.root(); // work/home, at home").count(), 0);
    }

    #[test]
    fn a_bare_manifest_lacks_everything() {
        assert_eq!(manifest("[package]\nname = \"x\"\n").count(), INHERITED.len() + 1);
        let whole: String = INHERITED.iter().map(|key| format!("{key}.workspace = true\n")).collect();
        assert_eq!(manifest(&format!("{whole}\n[lints]\nworkspace = true\n")).count(), 0);
        assert_eq!(manifest(&whole).collect::<Vec<_>>(), ["`[lints] workspace = true` is missing"]);
    }
}
