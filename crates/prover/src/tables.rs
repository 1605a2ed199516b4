//! What a key's points are multiplied with: all of them in a kernel's form, and tables of multiples for keys that are used
//! again and again.

mod file;
#[cfg(test)]
mod tests;

pub use crate::msm::SharedBytes;
pub use file::{KeptTables, TablesError, TablesFault, WholeTables};

use crate::{
    cancel::{CancelToken, Cancelled},
    exec,
    key::{ProvingKey, Queries, QuotientBasis},
    msm::{Bases, Buckets, Erased, Plan, Points, Rooms, Sum},
};
use ark_bn254::G1Affine;
use core::{fmt, str::FromStr};
use std::sync::atomic::{AtomicUsize, Ordering};
use tabella_lanes::{Domain, G1, G1Stored, G2, G2Stored, Halves, Kernel};
use tabella_primitives::Fr;
use tracing::{field, info_span};
use zeroize::Zeroizing;

/// How much memory the tables of a key may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TableSize {
    /// The points and their images by the endomorphism, as for a key that is used once: 128 bytes a point of G1, 256 a point of
    /// G2.
    #[default]
    None,
    /// At most 16 MiB.
    Small,
    /// At most 64 MiB.
    Large,
}

impl TableSize {
    /// Every size, the smallest first.
    pub const ALL: [Self; 3] = [Self::None, Self::Small, Self::Large];

    /// Whether tables of this size are more for a key than its points alone: there must be room for a second multiple of every point of
    /// one query.
    #[must_use]
    pub fn is_of_use_to(self, key: &ProvingKey) -> bool {
        let points = AllPoints::of(key.queries());
        Plans::choose(&points, self) != Plans::choose(&points, Self::None)
    }

    const fn bytes(self) -> usize {
        match self {
            Self::None => 0,
            Self::Small => 16 << 20,
            Self::Large => 64 << 20,
        }
    }
}

impl fmt::Display for TableSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Small => "small",
            Self::Large => "large",
        })
    }
}

/// A word that is no [`TableSize`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownTableSize {
    /// The word.
    pub name: String,
}

impl fmt::Display for UnknownTableSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tables are none, small or large, not {:?}", self.name)
    }
}

impl core::error::Error for UnknownTableSize {}

impl FromStr for TableSize {
    type Err = UnknownTableSize;

    fn from_str(name: &str) -> Result<Self, UnknownTableSize> {
        let known = Self::ALL.into_iter().find(|size| size.to_string() == name);
        known.ok_or_else(|| UnknownTableSize { name: name.to_owned() })
    }
}

/// The points of one key, ready to be multiplied by one kernel. Public, like the key.
///
/// With n variables, w of them witness, and a domain of d elements the sums are over n points for A, n + 1 for B and w + d for C:
/// L and H are added up anyway, so that they share their buckets, and so does delta with the points for B.
pub struct Tables {
    kernel: Kernel,
    size: TableSize,
    a: Bases<G1>,
    b2: Bases<G2>,
    c: Bases<G1>,
    domain: Domain,
    basis: QuotientBasis,
    /// Points of L, which lie before those of H in `c`.
    l: usize,
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tables({}, {}, {} bytes)", self.kernel, self.size, self.bytes())
    }
}

/// How each query is cut into windows.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Plans {
    a: Plan,
    b2: Plan,
    c: Plan,
}

impl Plans {
    /// The plans for tables of a size, which follow from the numbers of points that are not at infinity.
    #[inline(never)]
    fn choose(points: &AllPoints<'_>, size: TableSize) -> Self {
        let (a, b2, c) = (points.a.finite(), points.b2.finite(), points.c.finite());
        // Memory is shared out by what the points themselves take.
        let points_bytes = size_of::<G1Stored>() * (a + c) + size_of::<G2Stored>() * b2;
        let steps = size.bytes() / points_bytes.max(1);
        let plan = |points: usize| Plan::choose(points, points * steps);
        Self { a: plan(a), b2: plan(b2), c: plan(c) }
    }
}

/// The points of the three sums.
struct AllPoints<'k> {
    /// Those of query a.
    a: Points<'k, G1>,
    /// Delta, which carries the blinding, and those of query b in G2.
    b2: Points<'k, G2>,
    /// Those of query l, then of query h.
    c: Points<'k, G1>,
}

impl<'k> AllPoints<'k> {
    #[inline(never)]
    fn of(key: &'k Queries) -> Self {
        let Queries { delta_g2, a, b_g2, l, h, .. } = key;
        Self {
            a: Points::of(a),
            b2: Points::of([delta_g2].into_iter().chain(b_g2)),
            c: Points::of(l.iter().chain(h)),
        }
    }
}

/// Where the key's quotient is computed.
#[inline(never)]
fn domain(key: &ProvingKey, kernel: Kernel) -> Domain {
    Domain::new(kernel, key.domain_size()).expect("checked when the key was made or read")
}

impl Tables {
    /// Computes the tables, on all threads of the pool; `progress` is called with points done and points in all.
    ///
    /// For Semaphore's depth 20 and [`TableSize::Large`] this takes seconds.
    pub fn new(
        key: &ProvingKey,
        kernel: Kernel,
        size: TableSize,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Self {
        Self::new_unless(key, kernel, size, progress, &CancelToken::new()).expect("nobody holds this token")
    }

    /// [`Self::new`], which stops within milliseconds when `cancel` is used.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn new_unless(
        key: &ProvingKey,
        kernel: Kernel,
        size: TableSize,
        progress: &(dyn Fn(usize, usize) + Sync),
        cancel: &CancelToken,
    ) -> Result<Self, Cancelled> {
        let points = AllPoints::of(key.queries());
        let plans = Plans::choose(&points, size);
        let AllPoints { a, b2, c } = points;
        let total = a.finite() + b2.finite() + c.finite();
        let done = AtomicUsize::new(0);
        let step = |points| progress(done.fetch_add(points, Ordering::Relaxed) + points, total);
        Ok(Self {
            kernel,
            size,
            a: Bases::new(kernel, plans.a, a, &step, cancel)?,
            b2: Bases::new(kernel, plans.b2, b2, &step, cancel)?,
            c: Bases::new(kernel, plans.c, c, &step, cancel)?,
            domain: domain(key, kernel),
            basis: key.quotient_basis(),
            l: key.queries().l.len(),
        })
    }

    /// The kernel they are for.
    #[must_use]
    pub const fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// How large they were asked to be.
    #[must_use]
    pub const fn size(&self) -> TableSize {
        self.size
    }

    /// The memory that the points take; the transforms' tables take 64 bytes more for each element of the domain.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.a.bytes() + self.b2.bytes() + self.c.bytes()
    }

    /// Where the quotient is computed.
    pub(crate) const fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Whether they are of a key with these many points.
    pub(crate) fn fit(&self, key: &Queries) -> bool {
        self.l == key.l.len()
            && self.a.len() == key.a.len()
            && self.c.len() == key.l.len() + key.h.len()
            && self.basis == key.h_basis
    }

    /// All sums but that of B in G1, A, B and C, for the values of all variables and the scalars of query h, which may be none, for
    /// zeros. To the sum for B `blinding` times delta is added. What is to be done with the sums for A and B is done while others are
    /// summed.
    ///
    /// The sums are as secret as the scalars.
    pub(crate) fn products<A: Send, B: Send>(
        &self,
        values: &[Fr],
        quotient: &[Fr],
        blinding: &Fr,
        (with_a, with_b): (
            impl FnOnce(Zeroizing<Sum<G1>>) -> A + Send,
            impl FnOnce(Zeroizing<Sum<G2>>) -> B + Send,
        ),
        cancel: &CancelToken,
    ) -> Result<(A, B, Zeroizing<Sum<G1>>), Cancelled> {
        let scalars = split(self.kernel, &[core::slice::from_ref(blinding), values, quotient], cancel)?;
        let (blinded, values) = (&scalars[..=values.len()], &scalars[1..=values.len()]);
        let c = &scalars[1 + values.len() - self.l..];
        let (rooms, b2_rooms) = (Rooms::default(), Rooms::default());
        macro_rules! span {
            ($name:literal, $bases:ident) => {{
                let (points, multiplications) = (self.$bases.len(), field::Empty);
                info_span!(target: "tabella_prover", $name, points, multiplications)
            }};
        }
        let [in_a, in_b, in_c] = [span!("sum of a", a), span!("sum of b", b2), span!("sum of c", c)];
        let fill_a = || in_a.in_scope(|| self.a.buckets(values, &rooms, cancel));
        let fill_b = || in_b.in_scope(|| self.b2.buckets(blinded, &b2_rooms, cancel));
        let weigh_a = |a: Buckets<'_, G1>| in_a.in_scope(|| a.weigh()).map(with_a);
        let weigh_b = |b: Buckets<'_, G2>| in_b.in_scope(|| b.weigh()).map(with_b);
        let sum_c = || in_c.in_scope(|| self.c.sum(c, &rooms, cancel));
        let (a, b, c) = if exec::threads() == 1 {
            // While their buckets are in the cache.
            (fill_a().and_then(weigh_a), fill_b().and_then(weigh_b), sum_c())
        } else {
            // The sums for B and C take most of the time. Who is done with one of them first takes what is left, the sum for A.
            let a_and_b = || {
                let (b, a) = exec::join(fill_b, fill_a);
                exec::join(|| b.and_then(weigh_b), || a.and_then(weigh_a))
            };
            let ((b, a), c) = exec::join(a_and_b, sum_c);
            (a, b, c)
        };
        exec::join(|| drop(rooms), || drop(b2_rooms));
        Ok((a?, b?, c?))
    }

    /// The sum for B in G1 over the points of query b, which are not kept for it: a proof hardly ever wants it.
    pub(crate) fn b1(
        &self,
        points: &[G1Affine],
        values: &[Fr],
        cancel: &CancelToken,
    ) -> Result<Zeroizing<Sum<G1>>, Cancelled> {
        let plan = Plan::choose(points.len(), 0);
        let bases = Bases::<G1>::new(self.kernel, plan, Points::of(points), &|_| (), cancel)?;
        bases.sum(&split(self.kernel, &[values], cancel)?, &Rooms::default(), cancel)
    }
}

/// Scalars that one task splits.
const SCALARS_PER_TASK: usize = 1024;

/// The halves of all scalars, one slice after the other.
fn split(kernel: Kernel, scalars: &[&[Fr]], cancel: &CancelToken) -> Result<Erased<Halves>, Cancelled> {
    let mut halves = Erased::<Halves>::zeros(scalars.iter().map(|part| part.len()).sum());
    let mut rest = &mut halves[..];
    for part in scalars {
        let (own, others) = rest.split_at_mut(part.len());
        exec::for_each_chunk(own, SCALARS_PER_TASK, |task, halves| {
            cancel.check()?;
            kernel.split(&part[task * SCALARS_PER_TASK..][..halves.len()], halves);
            Ok(())
        })?;
        rest = others;
    }
    Ok(halves)
}
