//! Runs the program as people do.
#![allow(dead_code, reason = "each test program uses some of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

pub(crate) mod house;
pub(crate) mod town;

use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The program, without this machine's settings.
pub(crate) fn tabella() -> Command {
    let mut command = Command::cargo_bin("tabella").unwrap();
    command.env_remove("NO_COLOR").env("TABELLA_PASSPHRASE", "correct horse");
    command
}

/// Runs in JSON mode: exactly one object on standard output; answers it with the exit code.
pub(crate) fn json(args: &[&str]) -> (i32, Value) {
    let output = tabella().arg("--json").args(args).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{args:?}: {e}: {text:?}"));
    assert!(value.is_object() && text.ends_with('\n') && text.trim_end().lines().count() == 1, "{text}");
    let code = output.status.code().unwrap();
    assert_eq!(code != 0, value.get("error").is_some(), "{args:?}: {value}");
    (code, value)
}

/// Runs and expects success.
pub(crate) fn done(args: &[&str]) -> Value {
    let (code, value) = json(args);
    assert_eq!(code, 0, "{args:?}: {value}");
    value
}

/// Runs twice, in JSON mode and for people, and expects a failure with this exit code and this code in JSON.
pub(crate) fn fails(args: &[&str], exit: i32, code: &str) -> Value {
    let (actual, value) = json(args);
    assert_eq!((actual, value["error"]["code"].as_str()), (exit, Some(code)), "{args:?}: {value}");
    let output = tabella().args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(exit), "{args:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    if code == "usage" {
        assert!(text.contains("error: "), "{args:?}: {text}");
    } else {
        let causes = text.lines().filter(|line| line.starts_with("error: ")).count();
        assert_eq!(causes, 1, "{args:?}: {text}");
    }
    assert!(!text.contains("panicked") && !text.contains("internal error"), "{args:?}: {text}");
    value
}

/// A path as an argument.
pub(crate) fn arg(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A folder with a name that is not easy.
pub(crate) fn odd_folder(root: &Path, name: &str) -> PathBuf {
    let path = root.join(format!("{name} – ключ é 'x'"));
    std::fs::create_dir(&path).unwrap();
    path
}
