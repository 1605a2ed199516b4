//! The values of all wires of Semaphore v4's circuit, computed natively.
//!
//! circom's own way is to run a WebAssembly program, which takes 30 to 130 ms. This one takes the circuit's formulas,
//! writes what they give into the order of wires that the ceremony fixed (`wires`), and takes about one.
//!
//! | module | what |
//! | --- | --- |
//! | `wires` | which wire is where |
//! | `hash` | Poseidon of two inputs |
//! | `table`, `key` | public key from secret scalar |
//! | `tree` | root from leaf and path |

mod hash;
mod inversion;
mod key;
mod table;
mod tree;
mod wires;

use crate::depth::Depth;
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, PrimeField};
use core::fmt;
use tabella_primitives::{Fr, edwards::Scalar};
use tabella_protocol::{identity::IdentitySecret, registry::MembershipPath, value::SemaphoreValue};
use wires::{Wires, write, write_bits};
use zeroize::Zeroizing;

/// Values of all wires for one proof: 1, the four public ones (root, nullifier, message, scope), then the secret ones.
///
/// Secret. Printed as `Witness(..)`, erased when dropped.
pub struct Witness {
    depth: Depth,
    root: Fr,
    nullifier: Fr,
    wires: Zeroizing<Vec<Fr>>,
}

/// Why there is no witness.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WitnessError {
    /// The path has more siblings than the circuit has levels.
    PathTooLong {
        /// Levels of the circuit.
        depth: Depth,
        /// Siblings of the path.
        siblings: usize,
    },
    /// The circuit has no witness for this secret scalar. Of all scalars four are such; nobody finds one by chance.
    ExceptionalSecret,
}

impl fmt::Display for WitnessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PathTooLong { depth, siblings } => {
                write!(f, "the membership path has {siblings} siblings, the circuit takes at most {depth}")
            }
            Self::ExceptionalSecret => f.write_str("the circuit has no witness for this secret scalar"),
        }
    }
}

impl core::error::Error for WitnessError {}

/// `s + 2^251 - l` for s below l: what the circuit decomposes to compare s with l.
fn range_value(scalar: &BigInt<4>) -> Zeroizing<BigInt<4>> {
    let mut value = Zeroizing::new(*scalar);
    // Sums below 2^252 and a difference above zero: neither carries nor borrows.
    value.add_with_carry(&BigInt([0, 0, 0, 1 << (251 - 192)]));
    value.sub_with_borrow(&Scalar::MODULUS);
    value
}

impl Witness {
    /// Computes the values of all `1514 + 247 depth` wires.
    ///
    /// Message and scope enter as [`SemaphoreValue::hash`]. The public values follow from the secret ones: the root is the one
    /// to which `path` leads from the secret's commitment.
    ///
    /// # Errors
    /// [`WitnessError`].
    ///
    /// # Security
    /// The steps depend on the circuit's depth and on the number of siblings alone, as far as arkworks' field arithmetic
    /// allows (it ends additions and products with a conditional subtraction).
    pub fn compute(
        depth: Depth,
        secret: &IdentitySecret,
        path: &MembershipPath,
        message: &SemaphoreValue,
        scope: &SemaphoreValue,
    ) -> Result<Self, WitnessError> {
        let siblings = path.depth();
        if siblings > depth.levels() {
            return Err(WitnessError::PathTooLong { depth, siblings });
        }
        let mut values = Zeroizing::new(vec![Fr::ZERO; wires::count(depth)]);
        let mut wires = Wires::new(depth, &mut values);
        *wires.one = Fr::ONE;
        *wires.message = message.hash();
        *wires.message_square = wires.message.square();
        *wires.scope = scope.hash();

        let field_secret = secret.expose_as_field_element();
        *wires.secret = *field_secret.expose_secret();
        let scalar = Zeroizing::new(secret.expose_secret().into_bigint());
        write_bits(wires.range_bits, &range_value(&scalar).0);
        let [x, y] = key::multiply(&scalar, wires.secret_bits, &mut wires.segments, wires.sum)
            .ok_or(WitnessError::ExceptionalSecret)?;
        write(wires.public_key, [x, y]);
        let leaf = Zeroizing::new(hash::hash(x, y, wires.commitment_hash));
        *wires.root = tree::climb(depth, *leaf, path, &mut wires);
        *wires.nullifier = hash::hash(*wires.scope, *wires.secret, wires.nullifier_hash);
        let (root, nullifier) = (*wires.root, *wires.nullifier);
        Ok(Self { depth, root, nullifier, wires: values })
    }

    /// The circuit's depth.
    #[must_use]
    pub const fn depth(&self) -> Depth {
        self.depth
    }

    /// The root to which the path leads, a public value.
    #[must_use]
    pub const fn root(&self) -> &Fr {
        &self.root
    }

    /// The nullifier, `Poseidon(scope hash, secret)`, a public value.
    #[must_use]
    pub const fn nullifier(&self) -> &Fr {
        &self.nullifier
    }

    /// The values. Whoever calls this answers for what becomes of them.
    #[must_use]
    pub fn expose_values(&self) -> &[Fr] {
        &self.wires
    }

    /// The values, still erased when dropped.
    #[must_use]
    pub fn into_values(self) -> Zeroizing<Vec<Fr>> {
        self.wires
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Witness(..)")
    }
}
