//! What is measured: circuits, contenders, and the order in which they are asked.

use super::{Options, foreign, prepare::Prepared};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// A circuit that is ready to be proved.
#[derive(Debug)]
pub(super) struct Circuit {
    /// Its name in the record.
    pub(super) name: String,
    /// Number of constraints.
    pub(super) constraints: usize,
    /// The proving key.
    pub(super) zkey: PathBuf,
    /// The witness.
    pub(super) wtns: PathBuf,
    /// The verification key, in snarkjs' form.
    pub(super) verification_key: PathBuf,
}

/// Semaphore's circuit with the key of its ceremony, from the npm package `@zk-kit/semaphore-artifacts` 4.13.0.
#[derive(Debug)]
pub(super) struct Semaphore {
    /// Depth of the tree.
    pub(super) depth: u8,
    /// Number of constraints.
    pub(super) constraints: usize,
    /// SHA-256 of `semaphore-<depth>.zkey`.
    pub(super) zkey: &'static str,
    /// SHA-256 of `semaphore-<depth>.wasm`.
    pub(super) wasm: &'static str,
    /// SHA-256 of `semaphore-<depth>.json`, the verification key.
    pub(super) verification_key: &'static str,
    /// SHA-256 of the witness that `benches/peers/snarkjs/witness.mjs` makes.
    pub(super) wtns: &'static str,
}

/// The depths that can be measured.
pub(super) const SEMAPHORE: [Semaphore; 2] = [
    Semaphore {
        depth: 20,
        constraints: 6_431,
        zkey: "33f9a067a80c7daf90e085449073613a9559a1904dd40aeb6d603afb7988c2cc",
        wasm: "6f71e55586929e520e76027ebe067daac8b41e2f4b8057313a5fd0304e1e44ee",
        verification_key: "6fda771369c19517c8f7575cb9f1d18a8846e46baa1dc0c032bac9492c29559e",
        wtns: "a551d07f8241795d9fd1deb35f8e1f3c96290b6fb1f73e47a69537754616e6ae",
    },
    Semaphore {
        depth: 32,
        constraints: 9_383,
        zkey: "2e5f7a9f880c337134ee4c7fc4e53573813b4c9c6ae46221c0b56e7992304650",
        wasm: "528333d1247f585d33c5a40f46053fb7f8b1f5b8b8fa29118abfc47a60921dc5",
        verification_key: "3c0fd8c30c15df4db6970c0dfac35a3ac8d566ed5924072c9852ee566d4a90ae",
        wtns: "601c40eaf0d3b0525e1861c55a025dd6570a135e1720da75251296a2f22a6b50",
    },
];

/// The peer to which ratios are given.
pub(super) const REFERENCE: &str = "ark-groth16";
/// How the names of this prover's configurations begin.
pub(super) const OURS: &str = "tabella";
/// Peers that are in no package registry, and are named as absent unless given.
const FOREIGN: [&str; 2] = ["rapidsnark", "gnark"];

/// A prover that takes part, in one configuration.
#[derive(Debug, Clone)]
pub(super) struct Contender {
    /// Its name in the record.
    pub(super) name: String,
    /// The program, and arguments before those of the line protocol.
    pub(super) program: Vec<PathBuf>,
    /// Arguments after those of the line protocol.
    pub(super) options: Vec<String>,
    /// Environment.
    pub(super) env: Vec<(&'static str, String)>,
    /// How it was built.
    pub(super) build: String,
}

/// Everybody who takes part, and a sentence for each who does not.
pub(super) fn contenders(options: &Options, prepared: &Prepared) -> (Vec<Contender>, Vec<String>) {
    let mut all = Vec::new();
    for kernel in &options.kernels {
        for tables in &options.tables {
            let env = if kernel == "auto" { Vec::new() } else { vec![("TABELLA_KERNEL", kernel.clone())] };
            all.push(Contender {
                name: format!("{OURS} {kernel}, tables {tables}"),
                program: vec![prepared.ours.clone()],
                options: vec!["--tables".into(), tables.clone()],
                env,
                build: prepared.ours_build.clone(),
            });
        }
    }
    let plain = |name: &str, program: Vec<PathBuf>, build: &str| Contender {
        name: name.to_owned(),
        program,
        options: Vec::new(),
        env: Vec::new(),
        build: build.to_owned(),
    };
    all.push(plain(REFERENCE, vec![prepared.ark.clone()], &prepared.ark_build));
    let script = prepared.node_folder.join("peer.mjs");
    all.push(plain("snarkjs", vec!["node".into(), script], "npm package as published"));
    let mut absent = Vec::new();
    let given = foreign();
    for (name, path) in &given {
        if Path::new(path).is_file() {
            all.push(plain(name, vec![path.into()], "binary given in TABELLA_PEERS"));
        } else {
            absent.push(format!("{name}: TABELLA_PEERS names {path}, which is no file"));
        }
    }
    for name in FOREIGN {
        if given.iter().all(|(given, _)| given != name) {
            absent.push(format!("{name}: not given in TABELLA_PEERS"));
        }
    }
    all.retain(|contender| {
        let skipped = options.skip.iter().any(|part| contender.name.contains(part));
        if skipped {
            absent.push(format!("{}: left out by --skip", contender.name));
        }
        !skipped
    });
    (all, absent)
}

/// The order of one round: the same numbers in another order, which the seed decides.
pub(super) fn order(seed: &str, round: usize, contenders: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..contenders).collect();
    order.sort_by_key(|index| Sha256::digest(format!("{seed}/{round}/{index}")));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_permutations_that_differ_and_repeat() {
        let rounds: Vec<_> = (0..30).map(|round| order("x", round, 9)).collect();
        for round in &rounds {
            let mut sorted = round.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..9).collect::<Vec<_>>());
        }
        assert!(rounds.windows(2).all(|pair| pair[0] != pair[1]));
        assert_eq!(rounds[3], order("x", 3, 9));
        assert_ne!(rounds[3], order("y", 3, 9));
        // Nobody is always first.
        let first: std::collections::BTreeSet<_> = rounds.iter().map(|round| round[0]).collect();
        assert!(first.len() > 5);
    }
}
