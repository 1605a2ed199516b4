//! Proving a tally to whoever knows only the name of the sum: the statement, what trustees add to it, and what a circuit is given
//! (protocol section 5, `docs/relations/tally.md`).
//!
//! ```text
//! D_k = B_k - T_k B8;   c_k = challenge(H_5(tag, sum, first, second, k))            slots without option: Y_k = B8, D_k = A
//! V_j = sum_k c_k VK_j,k,   E_j = sum_k c_k D_j,k           trustee j: one proof that V_j and E_j have one logarithm, to B8 and to A
//! sum_j w_j V_j = sum_k c_k Y_k     and     sum_j w_j E_j = sum_k c_k D_k           then D_k = y_k A for every k
//! ```
//!
//! The shares of [`super::DecryptionShare`] are proved over merlin, before anybody knows the tally. Coefficients that all trustees have in common
//! must come after it; so this is a second message of a trustee, and one only where the tally goes on chain.

mod share;
mod statement;
#[cfg(test)]
mod tests;
mod witness;

pub use share::{MAX_TALLY_SHARE_BYTES, TALLY_SHARE_FORMAT, TallyShare, TallyShareError};
pub use statement::{TALLY_BITS, TallyInstance, TallyStatement, TallyStatementError};
pub use witness::{MAX_TALLY_SHARES, ProvenShare, TallyWitness, TallyWitnessError, tally_holds};
