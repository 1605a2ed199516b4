//! Which instructions do the work: chosen at run time, or forced by name.

#[cfg(any(
    test,
    all(
        target_arch = "wasm32",
        target_feature = "simd128",
        any(not(target_feature = "relaxed-simd"), feature = "every-kernel")
    )
))]
use crate::dots::Dots;
#[cfg(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "relaxed-simd")))]
use crate::fma::Fma;
#[cfg(any(not(all(target_arch = "wasm32", target_feature = "simd128")), feature = "every-kernel"))]
use crate::portable::Portable;
#[cfg(test)]
use crate::shorts::Twin;
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
use crate::wasm_relaxed::Relaxed;
#[cfg(all(
    target_arch = "wasm32",
    target_feature = "simd128",
    any(not(target_feature = "relaxed-simd"), feature = "every-kernel")
))]
use crate::wasm_simd::Simd;
use crate::{
    add::{AddBlock, Assign, FEW, Increment, Pair, add_carefully, block},
    engine::{Engine, Job},
    group::Group,
    halves::{Halves, Split},
    measure::{CHAINS, Chains},
    points::WithImages,
    scratch::Scratch,
    triples::{Triples, has_points},
};
#[cfg(target_arch = "x86_64")]
use crate::{avx2::Avx2, avx512::Avx512, limbs52::Limbs52};
use ark_bn254::{Fq, Fr};
use core::{fmt, str::FromStr};

/// A set of instructions that this CPU has.
///
/// Points and elements in the form of one kernel mean nothing to another.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kernel(Choice);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Choice {
    #[cfg(any(not(all(target_arch = "wasm32", target_feature = "simd128")), feature = "every-kernel"))]
    Portable,
    #[cfg(target_arch = "x86_64")]
    Ifma(Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(all(
        target_arch = "wasm32",
        target_feature = "simd128",
        any(not(target_feature = "relaxed-simd"), feature = "every-kernel")
    ))]
    Simd,
    #[cfg(test)]
    Twin,
    #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
    Relaxed(Relaxed),
}

/// Runs a block with the engine of a kernel.
macro_rules! with_engine {
    ($kernel:expr, |$engine:ident: $type:ident| $body:expr) => {
        match $kernel.0 {
            #[cfg(any(
                not(all(target_arch = "wasm32", target_feature = "simd128")),
                feature = "every-kernel"
            ))]
            Choice::Portable => {
                type $type = Portable;
                let $engine = Portable;
                $body
            }
            #[cfg(target_arch = "x86_64")]
            Choice::Ifma(avx512) => {
                type $type = Limbs52<Avx512>;
                let $engine = Limbs52(avx512);
                $body
            }
            #[cfg(target_arch = "x86_64")]
            Choice::Avx2(avx2) => {
                type $type = Fma<Avx2>;
                let $engine = Fma(avx2);
                $body
            }
            #[cfg(test)]
            Choice::Twin => {
                type $type = Dots<Twin>;
                let $engine = Dots(Twin);
                $body
            }
            #[cfg(all(
                target_arch = "wasm32",
                target_feature = "simd128",
                any(not(target_feature = "relaxed-simd"), feature = "every-kernel")
            ))]
            Choice::Simd => {
                type $type = Dots<Simd>;
                let $engine = Dots(Simd);
                $body
            }
            #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
            Choice::Relaxed(relaxed) => {
                type $type = Fma<Relaxed>;
                let $engine = Fma(relaxed);
                $body
            }
        }
    };
}

impl Kernel {
    /// Works wherever this module does. With the SIMD of WASM it is the kernel of that, unless every kernel was asked for.
    #[cfg(any(not(all(target_arch = "wasm32", target_feature = "simd128")), feature = "every-kernel"))]
    pub const PORTABLE: Self = Self(Choice::Portable);
    /// Works wherever this module does. With the SIMD of WASM it is the kernel of that, unless every kernel was asked for.
    #[cfg(all(
        target_arch = "wasm32",
        target_feature = "simd128",
        not(target_feature = "relaxed-simd"),
        not(feature = "every-kernel")
    ))]
    pub const PORTABLE: Self = Self(Choice::Simd);

    /// All that this CPU can run, the fastest first. A module for WASM has one kernel, unless every kernel was asked for.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut kernels = Vec::new();
        #[cfg(target_arch = "x86_64")]
        kernels.extend(Avx512::detect().map(|avx512| Self(Choice::Ifma(avx512))));
        #[cfg(target_arch = "x86_64")]
        kernels.extend(Avx2::detect().map(|avx2| Self(Choice::Avx2(avx2))));
        #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
        kernels.extend(Relaxed::detect().map(|relaxed| Self(Choice::Relaxed(relaxed))));
        #[cfg(all(
            target_arch = "wasm32",
            target_feature = "simd128",
            any(not(target_feature = "relaxed-simd"), feature = "every-kernel")
        ))]
        kernels.push(Self(Choice::Simd));
        #[cfg(not(all(
            target_arch = "wasm32",
            target_feature = "relaxed-simd",
            not(feature = "every-kernel")
        )))]
        kernels.push(Self::PORTABLE);
        // Where the one is the other.
        kernels.dedup();
        // A kernel of WASM that only tests can run here.
        #[cfg(test)]
        kernels.push(Self(Choice::Twin));
        kernels
    }

    /// The fastest that this CPU can run.
    ///
    /// # Panics
    /// In a module that was compiled for WASM's relaxed SIMD and has no other kernel, where multiply-add is not fused: who loads it tries
    /// that first.
    #[must_use]
    pub fn fastest() -> Self {
        *Self::available().first().expect("a module is loaded where its kernel runs")
    }

    /// What takes over where there is too little to fill this kernel's vectors: the portable kernel, if there is one.
    pub(crate) const fn narrow(self) -> Self {
        #[cfg(not(all(
            target_arch = "wasm32",
            target_feature = "relaxed-simd",
            not(feature = "every-kernel")
        )))]
        return Self::PORTABLE;
        #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd", not(feature = "every-kernel")))]
        return self;
    }

    /// Its name: `ifma`, `avx2`, `relaxed`, `simd128` or `portable`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            #[cfg(any(
                not(all(target_arch = "wasm32", target_feature = "simd128")),
                feature = "every-kernel"
            ))]
            Choice::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Choice::Ifma(_) => "ifma",
            #[cfg(target_arch = "x86_64")]
            Choice::Avx2(_) => "avx2",
            #[cfg(test)]
            Choice::Twin => "twin",
            #[cfg(all(
                target_arch = "wasm32",
                target_feature = "simd128",
                any(not(target_feature = "relaxed-simd"), feature = "every-kernel")
            ))]
            Choice::Simd => "simd128",
            #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
            Choice::Relaxed(_) => "relaxed",
        }
    }

    /// Names the form in which it stores points, for tables that outlive the process: kernels of one form read each other's. A
    /// kernel whose stored words change takes another name.
    #[must_use]
    pub const fn form(self) -> &'static str {
        match self.0 {
            #[cfg(any(
                not(all(target_arch = "wasm32", target_feature = "simd128")),
                feature = "every-kernel"
            ))]
            Choice::Portable => "montgomery-256",
            #[cfg(target_arch = "x86_64")]
            Choice::Avx2(_) => "centred-255",
            #[cfg(target_arch = "x86_64")]
            Choice::Ifma(_) => "montgomery-260",
            #[cfg(test)]
            Choice::Twin => "centred-260",
            #[cfg(all(
                target_arch = "wasm32",
                target_feature = "simd128",
                any(not(target_feature = "relaxed-simd"), feature = "every-kernel")
            ))]
            Choice::Simd => "centred-260",
            #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
            Choice::Relaxed(_) => "centred-255",
        }
    }

    /// Elements side by side.
    pub(crate) const fn width(self) -> usize {
        with_engine!(self, |_e: E| E::WIDTH)
    }

    /// Points in the kernel's form.
    #[must_use]
    pub fn store_points<G: Group>(self, points: &[G::Affine]) -> Vec<G::Stored> {
        with_engine!(self, |_e: E| points.iter().map(G::from_affine::<E>).collect())
    }

    /// Each point in the kernel's form, and behind it its image by the endomorphism that multiplies by lambda ([`crate::Halves`]).
    ///
    /// None of them may be the point at infinity.
    #[must_use]
    pub fn store_with_images<G: Group>(self, points: &[&G::Affine]) -> Vec<G::Stored> {
        let mut out = bytemuck::zeroed_vec(2 * points.len());
        self.run(WithImages::<G> { points, out: &mut out });
        out
    }

    /// The points of triples `x_1, x_2, x_3, y_1 + y_2 + y_3`.
    ///
    /// # Errors
    /// The first that has none, because `y_1 + y_2 + y_3` or the sum of two of them is zero.
    ///
    /// # Panics
    /// If there is not room for as many triples of points.
    pub fn points_of_triples<G: Group>(
        self,
        coordinates: &[[G::Coordinate; 4]],
        out: &mut [[G::Affine; 3]],
    ) -> Result<(), usize> {
        assert_eq!(coordinates.len(), out.len(), "as many triples of points as of coordinates");
        if self.run(Triples::<G> { coordinates, out }) {
            return Ok(());
        }
        let without = coordinates.iter().position(|triple| !has_points::<G>(triple));
        Err(without.expect("a product is zero if a factor is"))
    }

    /// A point out of the kernel's form.
    #[must_use]
    pub fn affine<G: Group>(self, point: &G::Stored) -> G::Affine {
        with_engine!(self, |_e: E| G::to_affine::<E>(point))
    }

    /// The negative of a point in the kernel's form.
    #[must_use]
    pub fn negated<G: Group>(self, point: &G::Stored) -> G::Stored {
        with_engine!(self, |_e: E| G::negated::<E>(point))
    }

    /// `values[i] = values[i] by[i]^rounds`, one multiplication after the other: what they cost is measured so.
    pub fn multiply_in_chains(self, values: &mut [Fq; CHAINS], by: &[Fq; CHAINS], rounds: u32) {
        with_engine!(self, |engine: E| Chains::multiply::<E>(engine, values, by, rounds));
    }

    /// Runs a job in its engine.
    #[inline(never)]
    pub(crate) fn run<J: Job>(self, job: J) -> J::Output {
        with_engine!(self, |engine: E| E::run(engine, job))
    }

    /// `out[pair.to] = points[pair.first] + points[pair.second]` for every pair, in this kernel's form.
    ///
    /// `careful` says whether the point at infinity may be among `points`; the answer says whether it may be among the sums.
    ///
    /// # Panics
    /// If a place lies outside `points` or `out`.
    pub fn add_pairs<G: Group>(
        self,
        points: &[G::Stored],
        pairs: &[Pair],
        out: &mut [G::Stored],
        careful: bool,
        scratch: &mut Scratch,
    ) -> bool {
        self.add_all::<G>(points, pairs, out, (false, careful), scratch)
    }

    /// `sums[pair.to] = sums[pair.first] + points[pair.second]` for every pair, in this kernel's form: see [`Increment::in_place`].
    ///
    /// Neither may be the point at infinity; the answer says whether it may be among the sums then. No sum may be incremented twice within
    /// [`Self::together`] increments from a multiple of that number on.
    ///
    /// # Panics
    /// If a place lies outside `sums` or `points`.
    pub fn increment<G: Group>(
        self,
        sums: &mut [G::Stored],
        increments: &[Pair],
        points: &[G::Stored],
        scratch: &mut Scratch,
    ) -> bool {
        self.add_all::<G>(points, increments, sums, (true, false), scratch)
    }

    /// `sums[increment.sum()] = points[increment.by()]` for every increment, in this kernel's form.
    ///
    /// None of these points may be the point at infinity.
    ///
    /// # Panics
    /// If a place lies outside `sums` or `points`.
    pub fn assign<G: Group>(self, sums: &mut [G::Stored], increments: &[Increment], points: &[G::Stored]) {
        self.run(Assign::<G> { points, increments, out: sums });
    }

    /// Splits each scalar in two halves.
    ///
    /// # Panics
    /// If there is not room for as many halves as there are scalars.
    pub fn split(self, scalars: &[Fr], out: &mut [Halves]) {
        assert_eq!(scalars.len(), out.len(), "as many halves as scalars");
        self.run(Split { scalars, out });
    }

    /// How many increments are made together.
    #[must_use]
    pub const fn together<G: Group>() -> usize {
        block::<G>()
    }

    fn add_all<G: Group>(
        self,
        points: &[G::Stored],
        additions: &[Pair],
        out: &mut [G::Stored],
        (in_place, careful): (bool, bool),
        scratch: &mut Scratch,
    ) -> bool {
        with_engine!(self, |engine: E| {
            let mut infinity = careful;
            let mut blocks = additions.chunks(block::<G>()).peekable();
            while let Some(additions) = blocks.next() {
                let next = blocks.peek().copied().unwrap_or_default();
                // In place the sums of one block are among the summands of the next.
                infinity |= if careful || (in_place && infinity) {
                    add_carefully::<G, E>(points, additions, out, in_place)
                } else {
                    add_block::<G, E>(engine, points, [additions, next], out, in_place, scratch)
                };
            }
            infinity
        })
    }
}

/// Adds what is in a block. Where one addition is out of the formulas' domain, halves are tried, so that it alone and few others are made
/// carefully: equal points with equal scalars are rare in a key, but once is enough to slow a whole block down.
fn add_block<G: Group, E: Engine>(
    engine: E,
    points: &[G::Stored],
    [additions, next]: [&[Pair]; 2],
    out: &mut [G::Stored],
    in_place: bool,
    scratch: &mut Scratch,
) -> bool {
    if engine.run(AddBlock::<G> { points, additions, next, out, in_place, scratch }) {
        return false;
    }
    if additions.len() <= FEW {
        return add_carefully::<G, E>(points, additions, out, in_place);
    }
    let (first, second) = additions.split_at(additions.len() / 2);
    let first = add_block::<G, E>(engine, points, [first, second], out, in_place, scratch);
    add_block::<G, E>(engine, points, [second, next], out, in_place, scratch) || first
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kernel({self})")
    }
}

/// A name that is no kernel of this CPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKernel {
    /// The name that was asked for.
    pub name: String,
}

impl fmt::Display for UnknownKernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this CPU has no kernel {:?}; it has", self.name)?;
        for (number, kernel) in Kernel::available().into_iter().enumerate() {
            write!(f, "{} {kernel}", if number == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownKernel {}

impl FromStr for Kernel {
    type Err = UnknownKernel;

    fn from_str(name: &str) -> Result<Self, UnknownKernel> {
        Self::available()
            .into_iter()
            .find(|kernel| kernel.name() == name)
            .ok_or_else(|| UnknownKernel { name: name.to_owned() })
    }
}
