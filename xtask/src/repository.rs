//! Where the repository is, which files belong to it, and what the tree looks like.

use crate::{failure::Failure, metadata::Metadata, process::Process};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The working tree in which the tasks run.
#[derive(Debug)]
pub(crate) struct Repository {
    /// The folder of the workspace manifest.
    pub(crate) root: PathBuf,
    /// What `cargo metadata` says of the workspace.
    pub(crate) metadata: Metadata,
}

impl Repository {
    /// Asks cargo about the workspace in which this task was built.
    pub(crate) fn discover() -> Result<Self, Failure> {
        let here = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = here.parent().unwrap_or(&here).to_path_buf();
        let text = cargo_in(&root).args(["metadata", "--format-version=1", "--no-deps"]).capture()?;
        Ok(Self { metadata: Metadata::parse(&text)?, root })
    }

    /// Cargo, to be run in the root.
    pub(crate) fn cargo(&self) -> Process {
        cargo_in(&self.root)
    }

    /// The folder of build outputs.
    pub(crate) fn target(&self) -> &Path {
        &self.metadata.target_directory
    }

    /// The command line tool as its tests use it. A build of the tool alone would compile most of what it consists of once more, for fewer
    /// features.
    pub(crate) fn program(&self) -> Result<PathBuf, Failure> {
        self.cargo().args(["test", "--workspace", "--test", "serve", "--no-run"]).run()?;
        Ok(self.target().join("debug").join(format!("tabella{}", env::consts::EXE_SUFFIX)))
    }

    /// Where results of a measurement go: to those that are kept in the repository, or beside the build outputs of `what`.
    pub(crate) fn results(&self, keep: bool, what: &str) -> PathBuf {
        if keep {
            self.root.join("benches").join("results")
        } else {
            self.target().join(what).join("results")
        }
    }

    /// The files of the repository, relative to the root: tracked ones and new ones that git does not ignore.
    /// Without git (an unpacked archive) every file outside the build outputs.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>, Failure> {
        if !self.has_git() {
            let mut files = Vec::new();
            walk(&self.root, &self.root, self.target(), &mut files)?;
            files.sort();
            return Ok(files);
        }
        let list = self.git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
        let mut files: Vec<_> = list.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect();
        // A deleted file stays in the index until the deletion is staged.
        files.retain(|file| self.root.join(file).is_file());
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// The lines of `git status`: what differs from the last commit. None without git.
    pub(crate) fn status(&self) -> Result<Option<Vec<String>>, Failure> {
        if !self.has_git() {
            return Ok(None);
        }
        let text = self.git(["status", "--porcelain=v1", "--untracked-files=all"])?;
        Ok(Some(text.lines().map(str::to_owned).collect()))
    }

    /// The commit that is checked out, with `-dirty` if the tree differs from it. None without git.
    pub(crate) fn commit(&self) -> Option<String> {
        self.has_git()
            .then(|| self.git(["describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]).ok())?
            .map(|text| text.trim().to_owned())
    }

    fn has_git(&self) -> bool {
        self.root.join(".git").exists()
    }

    fn git<const N: usize>(&self, arguments: [&str; N]) -> Result<String, Failure> {
        Process::new("git", &self.root).args(arguments).capture()
    }
}

/// The cargo that runs this task, or the one on the path.
fn cargo_in(root: &Path) -> Process {
    Process::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), root)
}

fn walk(folder: &Path, root: &Path, target: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(|e| Failure::file(folder, &e))? {
        let path = entry.map_err(|e| Failure::file(folder, &e))?.path();
        if path == target || path.file_name().is_some_and(|name| name == ".git" || name == "target") {
            continue;
        }
        if path.is_dir() {
            walk(&path, root, target, files)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            files.push(relative.to_path_buf());
        }
    }
    Ok(())
}
