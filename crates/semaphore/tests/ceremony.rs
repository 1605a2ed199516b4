//! Proofs with the ceremony's keys, against Semaphore's own JavaScript. Needs Semaphore's files:
//!
//! - `TABELLA_SEMAPHORE_PEER`: a folder with the scripts of `tests/peer` and their installed packages. `cargo xtask test --only
//!   semaphore-peer` makes it.
//! - `TABELLA_SEMAPHORE_DEPTHS`: which depths, `1 20 32` if unset.
//! - `TABELLA_UPDATE_PARAMS=1`: writes the pins of all compact keys instead of comparing them. To be done only when their format has
//!   changed, and to be said in the changelog.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{path::PathBuf, process::Command, time::Instant};
use tabella_circom::{
    Zkey,
    program::{Inputs, Limits, WitnessProgram},
};
use tabella_keys::{KeyCache, KeyOpener, Wanted};
use tabella_primitives::{Fr, rng};
use tabella_protocol::{
    identity::Identity,
    registry::{MembershipPath, Registry},
    value::SemaphoreValue,
};
use tabella_prover::{ProvingKey, TableSize};
use tabella_semaphore::{
    Artifact, ArtifactError, Artifacts, CompactKey, Depth, OpenError, SemaphoreProver, Witness,
};
use tabella_verifier::{InvalidProof, semaphore::SemaphoreProof};

struct Peer {
    folder: PathBuf,
    depths: Vec<Depth>,
}

impl Peer {
    /// `None`, with a line that says so, if Semaphore's files are not here.
    fn find() -> Option<Self> {
        let Some(folder) = std::env::var_os("TABELLA_SEMAPHORE_PEER") else {
            println!("skipped: TABELLA_SEMAPHORE_PEER is not set");
            return None;
        };
        let depths = std::env::var("TABELLA_SEMAPHORE_DEPTHS").unwrap_or_else(|_| "1 20 32".into());
        let depths = depths.split(' ').map(|depth| Depth::new(depth.parse().unwrap()).unwrap());
        Some(Self { folder: folder.into(), depths: depths.collect() })
    }

    fn artifacts(&self) -> Artifacts {
        Artifacts::open(self.folder.join("node_modules/@zk-kit/semaphore-artifacts"))
    }

    fn node(&self, script: &str, arguments: &[String]) -> String {
        let output =
            Command::new("node").current_dir(&self.folder).arg(script).args(arguments).output().unwrap();
        let (stdout, stderr) = (&output.stdout, &output.stderr);
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(stderr));
        String::from_utf8(stdout.clone()).unwrap()
    }
}

/// The members of `peer/prove.mjs`.
fn members() -> Vec<Identity> {
    (0..5).map(|number| Identity::from_private_key_text(&format!("member {number}"))).collect()
}

fn registry(members: &[Identity]) -> Registry {
    let mut registry = Registry::new();
    for member in members {
        registry.append(member.commitment()).unwrap();
    }
    registry
}

fn text(text: &str) -> SemaphoreValue {
    SemaphoreValue::from_text(text).unwrap()
}

#[test]
fn our_proofs_are_taken_by_semaphore_and_theirs_by_us() {
    let Some(peer) = Peer::find() else { return };
    let members = members();
    let registry = registry(&members);
    let mut rng = rng::from_os().unwrap();
    let arguments: Vec<String> =
        peer.depths.iter().filter(|d| d.levels() >= 3).map(Depth::to_string).collect();
    let theirs: Vec<serde_json::Value> = serde_json::from_str(&peer.node("prove.mjs", &arguments)).unwrap();
    let mut theirs = theirs.iter();
    let mut ours = Vec::new();
    for depth in &peer.depths {
        let prover = SemaphoreProver::open(&peer.artifacts(), *depth).unwrap();
        let mut checked: Vec<SemaphoreProof> = Vec::new();
        if depth.levels() >= 3 {
            let theirs = SemaphoreProof::from_json(&theirs.next().unwrap().to_string()).unwrap();
            assert_eq!(theirs.root, *registry.root().unwrap().as_field());
            let path = registry.path_of(&members[2].commitment()).unwrap();
            let scope = text(&format!("depth {depth}"));
            let proof = prover.prove(&members[2], &path, text("peer"), scope, &mut rng).unwrap();
            assert_eq!(SemaphoreProof { proof: theirs.proof, ..proof.clone() }, theirs);
            assert_ne!(proof.proof, theirs.proof);
            checked.extend([theirs, proof]);
        }
        // A group of one, whose path is empty, and one as deep as the circuit.
        let full = vec![Fr::from(7u64); depth.levels()];
        let full = MembershipPath::from_parts((1 << depth.levels()) - 1, full).unwrap();
        for path in [MembershipPath::from_parts(0, Vec::new()).unwrap(), full] {
            checked.push(prover.prove(&members[0], &path, text("hello"), text("7"), &mut rng).unwrap());
        }
        for proof in &checked {
            assert_eq!(prover.verify(proof), Ok(()));
            let other = SemaphoreProof { message: [7; 32], ..proof.clone() };
            assert_eq!(prover.verify(&other), Err(InvalidProof::NotSatisfied));
        }
        ours.extend(checked.iter().map(|proof| serde_json::from_str(&proof.to_json()).unwrap()));
    }
    let file = peer.folder.join("ours.json");
    std::fs::write(&file, serde_json::Value::Array(ours).to_string()).unwrap();
    let said = peer.node("verify.mjs", &["ours.json".into()]);
    println!("{}", said.trim());
}

/// The witness program itself, run by the interpreter.
#[test]
fn the_published_program_gives_the_same_witness() {
    let Some(peer) = Peer::find() else { return };
    let depth = Depth::new(20).unwrap();
    let identity = Identity::from_private_key_text("interpreted");
    let siblings: Vec<Fr> = (1..=7u64).map(|n| -Fr::from(n)).collect();
    let path = MembershipPath::from_parts(0b101_1001, siblings.clone()).unwrap();
    let compute = || Witness::compute(depth, identity.secret(), &path, &text("m"), &text("s")).unwrap();
    let witness = compute();
    let times = (0..20).map(|_| {
        let start = Instant::now();
        drop(compute());
        start.elapsed()
    });
    println!("native, least of 20: {:?}", times.min().unwrap());

    let mut inputs = Inputs::new();
    let mut set = |name: &str, values: Vec<Fr>| inputs.insert(name, values.into());
    set("secret", vec![*identity.secret().expose_as_field_element().expose_secret()]);
    set("merkleProofLength", vec![Fr::from(7u64)]);
    set("merkleProofIndex", vec![Fr::from(path.index())]);
    set("merkleProofSiblings", [siblings, vec![Fr::from(0u64); 13]].concat());
    set("message", vec![text("m").hash()]);
    set("scope", vec![text("s").hash()]);
    let program = peer.artifacts().read(Artifact::witness_program(depth)).unwrap();
    let program = WitnessProgram::from_bytes(&program).unwrap();
    let start = Instant::now();
    let interpreted = program.run(&inputs, &Limits::default()).unwrap();
    println!("interpreted: {:?}", start.elapsed());
    assert_eq!(interpreted.as_slice(), witness.expose_values());
}

#[test]
fn a_key_of_another_depth_is_refused() {
    let Some(peer) = Peer::find() else { return };
    let [one, two] = [1, 2].map(|depth| Depth::new(depth).unwrap());
    let bytes = peer.artifacts().read(Artifact::proving_key(one)).unwrap();
    assert!(matches!(
        SemaphoreProver::from_zkey(&bytes, two, &KeyOpener::new()),
        Err(OpenError::Artifact(_))
    ));
    let prover = SemaphoreProver::from_zkey(&bytes, one, &KeyOpener::new()).unwrap();
    // What it proves with is the ceremony's key, as the known answers have it.
    let published = tabella_testkit::semaphore_vector("verification_keys.json")["keys"]["1"].to_string();
    let published = tabella_verifier::snarkjs::key_from_json(&published).unwrap();
    assert_eq!(*prover.key().verifying_key(), published);
}

/// What is pinned is opened without its points being checked again; this is where they are checked. `TABELLA_SEMAPHORE_DEPTHS` names
/// all 32 when pins change.
#[test]
fn pinned_keys_pass_every_check() {
    let Some(peer) = Peer::find() else { return };
    for depth in &peer.depths {
        let bytes = peer.artifacts().read(Artifact::proving_key(*depth)).unwrap();
        let checked = Zkey::from_bytes(&bytes).unwrap().into_key();
        assert!(*SemaphoreProver::open(&peer.artifacts(), *depth).unwrap().key() == checked, "{depth}");
    }
}

#[test]
fn the_pin_decides_whatever_a_cache_says() {
    let Some(peer) = Peer::find() else { return };
    let depth = Depth::new(1).unwrap();
    let (root, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let cache = KeyCache::at(root.path().join("cache"));
    let mut bytes = peer.artifacts().read(Artifact::proving_key(depth)).unwrap();
    let opener = KeyOpener::new().with_cache(cache.clone()).with_tables(Wanted::Size(TableSize::Small));
    let opened = SemaphoreProver::open_with(&peer.artifacts(), depth, &opener).unwrap();
    assert_eq!(opened.key().points().size(), TableSize::Small);

    // Another file, of which the cache says that it was validated.
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(folder.path().join("semaphore-1.zkey"), &bytes).unwrap();
    let name = ProvingKey::name_of(&bytes);
    let said = format!("tabella: key {name} was validated by rules {}\n", KeyCache::rules());
    std::fs::write(cache.validated_path(&name), said).unwrap();
    assert!(cache.is_validated(&name));
    let refused = SemaphoreProver::open_with(&Artifacts::open(folder.path()), depth, &opener);
    assert!(matches!(refused, Err(OpenError::Artifact(ArtifactError::Hash { .. }))));
}

#[test]
fn compact_keys_are_those_that_are_pinned() {
    let Some(peer) = Peer::find() else { return };
    let compact = |depth| {
        let file = peer.artifacts().read(Artifact::proving_key(depth)).unwrap();
        let key = Zkey::from_trusted_bytes_checked_by_hash(&file).unwrap().into_key();
        (file.len(), key.to_compact_bytes())
    };
    if std::env::var_os("TABELLA_UPDATE_PARAMS").is_some_and(|value| value == "1") {
        let mut pins = String::from(
            "# Compact proving keys of Semaphore v4's ceremony, made from the .zkey of npm @zk-kit/semaphore-artifacts 4.13.0. A line is a \
             depth, the\n# length in bytes and the digest (BLAKE3, under the tag of proving keys) of the key.\n",
        );
        for depth in Depth::all() {
            let (_, bytes) = compact(depth);
            pins += &format!("{depth} {} {}\n", bytes.len(), ProvingKey::name_of(&bytes));
        }
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/data/compact_keys.txt"), pins).unwrap();
        return;
    }
    for depth in Depth::all() {
        let (whole, bytes) = compact(depth);
        let pin = (u64::try_from(bytes.len()).unwrap(), ProvingKey::name_of(&bytes));
        assert_eq!(CompactKey::of(depth).pin(), pin, "{depth}");
        if peer.depths.contains(&depth) {
            println!("depth {depth}: {} bytes of {whole}", bytes.len());
            let start = Instant::now();
            let prover = SemaphoreProver::from_compact(&bytes, depth).unwrap();
            println!("depth {depth}: read in {:?}", start.elapsed());
            let (mut rng, alone) = (rng::from_os().unwrap(), MembershipPath::from_parts(0, vec![]).unwrap());
            let identity = members().swap_remove(0);
            let proof = prover.prove(&identity, &alone, text("yes"), text("lunch"), &mut rng).unwrap();
            let whole = SemaphoreProver::open(&peer.artifacts(), depth).unwrap();
            assert_eq!(whole.verify(&proof), Ok(()));
        }
    }
}
