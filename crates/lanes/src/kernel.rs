//! Which instructions do the work: chosen at run time, or forced by name.

#[cfg(target_arch = "x86_64")]
use crate::{avx2::Avx2, fma::Fma};
use crate::{
    add::{AddBlock, BLOCK, Pair, add_carefully},
    engine::Engine,
    group::Group,
    portable::Portable,
    scratch::Scratch,
};
use core::{fmt, marker::PhantomData, str::FromStr};

/// A set of instructions that this CPU has.
///
/// Points and elements in the form of one kernel mean nothing to another.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kernel(Choice);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Choice {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
}

/// Runs a block with the engine of a kernel.
macro_rules! with_engine {
    ($kernel:expr, |$engine:ident: $type:ident| $body:expr) => {
        match $kernel.0 {
            Choice::Portable => {
                type $type = Portable;
                let $engine = Portable;
                $body
            }
            #[cfg(target_arch = "x86_64")]
            Choice::Avx2(avx2) => {
                type $type = Fma<Avx2>;
                let $engine = Fma(avx2);
                $body
            }
        }
    };
}

impl Kernel {
    /// Works everywhere.
    pub const PORTABLE: Self = Self(Choice::Portable);

    /// All that this CPU can run, the fastest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut kernels = Vec::new();
        #[cfg(target_arch = "x86_64")]
        kernels.extend(Avx2::detect().map(|avx2| Self(Choice::Avx2(avx2))));
        kernels.push(Self::PORTABLE);
        kernels
    }

    /// The fastest that this CPU can run.
    #[must_use]
    pub fn fastest() -> Self {
        Self::available().first().copied().unwrap_or(Self::PORTABLE)
    }

    /// Its name: `avx2` or `portable`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            Choice::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Choice::Avx2(_) => "avx2",
        }
    }

    /// Points in the kernel's form.
    #[must_use]
    pub fn store_points<G: Group>(self, points: &[G::Affine]) -> Vec<G::Stored> {
        with_engine!(self, |_e: E| points.iter().map(G::from_affine::<E>).collect())
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
        with_engine!(self, |engine: E| {
            let mut infinity = careful;
            for pairs in pairs.chunks(BLOCK) {
                let block = AddBlock::<G> { points, pairs, out, scratch, group: PhantomData };
                if careful || !engine.run(block) {
                    infinity |= add_carefully::<G, E>(points, pairs, out);
                }
            }
            infinity
        })
    }
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
