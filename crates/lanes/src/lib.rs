//! Many additions of BN254 points at once, in the lanes of the CPU's vector instructions.
//!
//! The crate of the house with `unsafe` (but for the block in `tabella-keys` that maps a file): it stands in the modules named after instruction sets, each block with its proof.
//! Knows fields and points, no proof and no key. Choose a [`Kernel`], bring points into its form, and add pairs:
//!
//! ```
//! use ark_bn254::G1Affine;
//! use ark_ec::{AffineRepr, CurveGroup};
//! use tabella_lanes::{G1, Kernel, Pair, Scratch, Signed};
//!
//! let kernel = Kernel::fastest();
//! let g = G1Affine::generator();
//! let points = kernel.store_points::<G1>(&[g, (g + g).into_affine()]);
//! // 2 g - g.
//! let pairs = [Pair { first: Signed::new(1, false), second: Signed::new(0, true), to: 0 }];
//! let mut sums = vec![Default::default(); 1];
//! kernel.add_pairs::<G1>(&points, &pairs, &mut sums, false, &mut Scratch::default());
//! assert_eq!(kernel.affine::<G1>(&sums[0]), g);
//! ```
//!
//! | module | what |
//! | --- | --- |
//! | `kernel` | [`Kernel`]: which instructions do the work |
//! | `add` | additions of independent pairs with one inversion |
//! | `inverse` | inverses, in constant time |
//! | `domain` | [`Domain`]: quotients of polynomials over the scalar field, by number-theoretic transforms |
//! | `transform`, `butterflies`, `roots` | the passes of those transforms, their levels, the roots of unity |
//! | `few` | the same for few elements |
//! | `spread` | [`Spread`]: who runs pieces of work side by side |
//! | `group`, `stored` | G1 and G2, and how their points lie in memory |
//! | `points`, `triples` | many points at once: into a kernel's form, and three out of four coordinates |
//! | `halves` | [`Halves`]: scalars split in two by the endomorphism |
//! | `engine` | the arithmetic that the above is written against |
//! | `portable` | it by arkworks, one element at a time |
//! | `fma`, `doubles` | it out of fused multiply-add on doubles |
//! | `avx2`, `avx2_columns` | four doubles at a time |
//! | `limbs52`, `integers` | it out of multiply-add on integers of 52 bits |
//! | `avx512` | eight of them at a time |
//! | `wasm_relaxed`, `quotients` | two doubles at a time, with fewer instructions |
//! | `dots`, `shorts` | it out of sums of two products of 16-bit integers |
//! | `wasm_simd` | four elements at a time |
//! | `touch` | memory that is read soon |
//! | `measure` | multiplications in a loop |
//!
//! Browsers compile functions when they are hot, and whole: what is large, or runs once for a key, is a function of its own (`inline(never)`),
//! where that costs other targets something for WASM alone.

mod add;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx2_columns;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod butterflies;
mod domain;
#[cfg(any(
    test,
    all(
        target_arch = "wasm32",
        target_feature = "simd128",
        any(not(target_feature = "relaxed-simd"), feature = "every-kernel")
    )
))]
mod dots;
#[cfg(any(test, target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "relaxed-simd")))]
mod doubles;
mod engine;
mod few;
#[cfg(any(test, target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "relaxed-simd")))]
mod fma;
mod group;
mod halves;
#[cfg(any(test, target_arch = "x86_64"))]
mod integers;
mod inverse;
mod kernel;
#[cfg(any(test, target_arch = "x86_64"))]
mod limbs52;
mod measure;
mod modulus;
mod points;
#[cfg(any(not(all(target_arch = "wasm32", target_feature = "simd128")), feature = "every-kernel"))]
mod portable;
#[cfg(any(test, all(target_arch = "wasm32", target_feature = "relaxed-simd")))]
mod quotients;
mod roots;
mod scratch;
#[cfg(any(
    test,
    all(
        target_arch = "wasm32",
        target_feature = "simd128",
        any(not(target_feature = "relaxed-simd"), feature = "every-kernel")
    )
))]
mod shorts;
mod spread;
mod stored;
#[cfg(test)]
mod tests;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod touch;
mod transform;
mod triples;
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
mod wasm_relaxed;
#[cfg(all(
    target_arch = "wasm32",
    target_feature = "simd128",
    any(not(target_feature = "relaxed-simd"), feature = "every-kernel")
))]
mod wasm_simd;

pub use add::{BLOCK, Increment, Pair, Signed};
pub use domain::{Columns, Domain};
pub use group::{G1, G2, Group};
pub use halves::Halves;
pub use kernel::{Kernel, UnknownKernel};
pub use measure::CHAINS;
pub use scratch::Scratch;
pub use spread::{InTurn, Spread};
pub use stored::{G1Stored, G2Stored};
