//! Who is compared, and with whom.

use serde::Serialize;

/// One prover in a page of its own.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Contender {
    /// Its name in the tables.
    pub(super) name: &'static str,
    /// The script of its page.
    script: &'static str,
    /// Whether its page is isolated from other origins, which threads with shared memory want.
    isolated: bool,
    /// Whether its first visit is measured.
    cold: bool,
    /// Whether it can prepare a proof.
    prepared: bool,
    /// For our package: which instructions, if not the best there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    simd: Option<&'static str>,
    /// For snarkjs: its own option.
    single: bool,
    /// For arkworks: the module it is in.
    module: &'static str,
    /// The contender that it is compared with.
    #[serde(skip)]
    pub(super) against: Option<&'static str>,
}

/// What is so for most.
const BASE: Contender = Contender {
    name: "",
    script: "",
    isolated: false,
    cold: false,
    prepared: false,
    simd: None,
    single: false,
    module: "",
    against: None,
};
const SNARKJS: Contender = Contender { name: "snarkjs, default", script: "snarkjs", cold: true, ..BASE };
const SNARKJS_SINGLE: Contender = Contender { name: "snarkjs, singleThread", single: true, ..SNARKJS };
const OURS_THREADS: Contender = Contender {
    name: "ours, isolated page: threads",
    script: "ours",
    isolated: true,
    cold: true,
    prepared: true,
    against: Some(SNARKJS.name),
    ..BASE
};
const OURS_SINGLE: Contender = Contender {
    name: "ours, any page: one thread",
    isolated: false,
    against: Some(SNARKJS_SINGLE.name),
    ..OURS_THREADS
};

/// All of them, in the order of a round.
pub(super) const CONTENDERS: [Contender; 7] = [
    OURS_THREADS,
    OURS_SINGLE,
    Contender {
        name: "ours, threads, without relaxed SIMD",
        simd: Some("simd128"),
        cold: false,
        ..OURS_THREADS
    },
    Contender {
        name: "ours, one thread, without relaxed SIMD",
        simd: Some("simd128"),
        cold: false,
        ..OURS_SINGLE
    },
    SNARKJS,
    SNARKJS_SINGLE,
    Contender {
        name: "ark-groth16, one thread, witness given",
        script: "arkworks",
        module: "relaxed",
        ..BASE
    },
];
