//! Proving keys of snarkjs, `.zkey`, for Groth16 over BN254.
//!
//! | section | holds |
//! | --- | --- |
//! | 1 header | proof system (4): 1 for Groth16 |
//! | 2 groth16 header | moduli q and r, each with its size in front; numbers of variables n, public inputs p, domain elements d (4 each); alpha, beta in G1, beta, gamma in G2, delta in G1, delta in G2 |
//! | 3 IC | p + 1 points of G1 |
//! | 4 coefficients | their number (4); matrix (0 for A, 1 for B), row, column (4 each) and value (32) of each |
//! | 5 points A, 6 points B1 | n points of G1 each: the queries a, and b in G1 |
//! | 7 points B2 | n points of G2: the query b in G2 |
//! | 8 points C | n - p - 1 points of G1: the query l |
//! | 9 points H | d points of G1: the query h, in the basis [`QuotientBasis::OddCoset`](tabella_prover::QuotientBasis::OddCoset) |
//! | 10 contributions | transcript of the ceremony; may be missing |
//!
//! The last p + 1 rows of A bind the public inputs: row `m + i` holds the coefficient 1 in column `i`. They are checked, and are not
//! among the [matrices](tabella_prover::matrices::Matrices) of the key, whose prover adds them itself.

mod coefficients;
mod contributions;
mod read;
mod write;

use contributions::Contributions;
use tabella_prover::ProvingKey;

/// Number of the proof system Groth16.
const GROTH16: u32 = 1;

/// A proving key of snarkjs: a [`ProvingKey`] and what else its file holds, so that it can be written back byte by byte.
#[derive(Clone, Debug)]
pub struct Zkey {
    key: ProvingKey,
    /// Numbers of the sections in the order of the file.
    order: Vec<u32>,
    /// For each coefficient of the file its place in the usual order, if it differs: by row, A before B, by column.
    coefficients: Option<Vec<u32>>,
    contributions: Option<Contributions>,
}

impl Zkey {
    /// The key.
    #[must_use]
    pub const fn key(&self) -> &ProvingKey {
        &self.key
    }

    /// The key, without what only its file is concerned with.
    #[must_use]
    pub fn into_key(self) -> ProvingKey {
        self.key
    }

    /// Number of contributions to the second phase of the ceremony; `None` if the file has no transcript.
    ///
    /// The transcript is opaque here: its form is checked, it is written back as it was, but its points and signatures are not
    /// looked at. Whether a ceremony was held tells `snarkjs zkey verify`, or the hash of the file.
    #[must_use]
    pub fn contributions(&self) -> Option<u32> {
        self.contributions.as_ref().map(Contributions::count)
    }
}
