//! The products of [`crate::fma`] written out for AVX2, column by column.
//!
//! A compiler computes all halves of all products first and spills a hundred of them. Here two columns are at work at a time,
//! the factors are read from memory where they are needed, and the sixteen registers hold everything else:
//!
//! | register | holds |
//! | --- | --- |
//! | 0, 1, 2 | columns 0 to 4, by turns; then 8 and 9 in 0 and 1 |
//! | 2 or 8, 3, 4, 5 | two factors, the high half, the low half |
//! | 6, 7, 8 | columns 5, 6, 7 |
//! | 9, 10 | the quotients of the two Montgomery steps |
//! | 11, 12, 13 | the three lowest limbs, which are folded |
//! | 14, 15 | the two offsets |

#![allow(unsafe_code)]

use crate::{
    avx2::Avx2,
    fma::{BIAS_LIMB, BOTH, EXPONENT, HIGH, LIMBS, LOW, Limbs, MASK},
    modulus::Modulus,
};
use core::arch::{asm, x86_64::__m256d};

/// Five limbs, four lanes.
pub(crate) type Fe = [__m256d; LIMBS];

/// The same bits in four lanes.
type Splat = [u64; 4];

/// What the code reads by its displacement: see the uses of `{t}`.
#[repr(C, align(32))]
pub(crate) struct Table {
    high: Splat,
    both: Splat,
    mask: Splat,
    exponent: Splat,
    limb: Splat,
    low: Splat,
    negative_inverse: Splat,
    top_inverse: Splat,
    p: [Splat; LIMBS],
    fold: [[Splat; LIMBS]; 3],
}

/// What columns start with.
#[repr(C, align(32))]
pub(crate) struct Start([Splat; 10]);

impl Start {
    pub(crate) const fn new(columns: [u64; 10]) -> Self {
        let mut splats = [[0; 4]; 10];
        let mut k = 0;
        while k < 10 {
            splats[k] = [columns[k]; 4];
            k += 1;
        }
        Self(splats)
    }
}

const fn row(limbs: [f64; LIMBS]) -> [Splat; LIMBS] {
    let mut splats = [[0; 4]; LIMBS];
    let mut i = 0;
    while i < LIMBS {
        splats[i] = [limbs[i].to_bits(); 4];
        i += 1;
    }
    splats
}

/// The constants of one modulus.
struct Constants<M>(M);

impl<M: Modulus> Constants<M> {
    const TABLE: Table = Table {
        high: [HIGH.to_bits(); 4],
        both: [BOTH.to_bits(); 4],
        mask: [MASK; 4],
        exponent: [EXPONENT.to_bits(); 4],
        limb: [BIAS_LIMB.to_bits(); 4],
        low: [LOW.to_bits(); 4],
        negative_inverse: [Limbs::<M>::NEGATIVE_INVERSE.to_bits(); 4],
        top_inverse: [Limbs::<M>::TOP_INVERSE.to_bits(); 4],
        p: row(Limbs::<M>::P),
        fold: [row(Limbs::<M>::FOLD[0]), row(Limbs::<M>::FOLD[1]), row(Limbs::<M>::FOLD[2])],
    };
}

/// Adds a product to columns `$lo` and `$hi`: the factor in `$x` times that in memory at `$y`, which passes through `$r`.
macro_rules! product {
    ($lo:literal, $hi:literal, $x:literal, $y:literal, $r:literal) => {
        concat!(
            "vmovapd ",
            $r,
            ", ymmword ptr [",
            $y,
            "]\n",
            "vmovapd ymm4, ymm15\n",
            "vfmadd231pd ymm4, ",
            $x,
            ", ",
            $r,
            "\n",
            "vsubpd ymm5, ymm14, ymm4\n",
            "vfmadd231pd ymm5, ",
            $x,
            ", ",
            $r,
            "\n",
            "vpaddq ",
            $hi,
            ", ",
            $hi,
            ", ymm4\n",
            "vpaddq ",
            $lo,
            ", ",
            $lo,
            ", ymm5\n",
        )
    };
    ($lo:literal, $hi:literal, $x:literal, $y:literal) => {
        product!($lo, $hi, $x, $y, "ymm2")
    };
}

/// Adds the products of pairs in memory; those of the first three columns pass through another register.
macro_rules! products {
    (early $lo:literal, $hi:literal, $([$x:literal, $y:literal])*) => {
        concat!($("vmovapd ymm3, ymmword ptr [", $x, "]\n", product!($lo, $hi, "ymm3", $y, "ymm8")),*)
    };
    ($lo:literal, $hi:literal, $([$x:literal, $y:literal])*) => {
        concat!($("vmovapd ymm3, ymmword ptr [", $x, "]\n", product!($lo, $hi, "ymm3", $y)),*)
    };
}

/// Adds the folded limbs times their constants: row `$j` of each.
macro_rules! folds {
    ($lo:literal, $hi:literal, $f0:literal, $f1:literal, $f2:literal) => {
        concat!(
            product!($lo, $hi, "ymm13", $f0),
            product!($lo, $hi, "ymm12", $f1),
            product!($lo, $hi, "ymm11", $f2),
        )
    };
}

/// The balanced low limb of a column into `$limb`.
macro_rules! limb {
    ($column:literal, $limb:literal) => {
        concat!(
            "vpand ",
            $limb,
            ", ",
            $column,
            ", ymmword ptr [{t} + 64]\n",
            "vpor ",
            $limb,
            ", ",
            $limb,
            ", ymmword ptr [{t} + 96]\n",
            "vsubpd ",
            $limb,
            ", ",
            $limb,
            ", ymmword ptr [{t} + 128]\n",
        )
    };
}

/// What a column carries into the next.
macro_rules! carry {
    ($column:literal, $next:literal) => {
        concat!(
            "vpsrlq ", $column, ", ", $column, ", 51\n", "vpaddq ", $next, ", ", $next, ", ", $column, "\n",
        )
    };
}

/// The quotient of a Montgomery step into `$q`.
macro_rules! quotient {
    ($column:literal, $q:literal) => {
        concat!(
            limb!($column, "ymm3"),
            "vmovapd ymm4, ymm15\n",
            "vfmadd231pd ymm4, ymm3, ymmword ptr [{t} + 192]\n",
            "vsubpd ymm5, ymm14, ymm4\n",
            "vfmadd231pd ymm5, ymm3, ymmword ptr [{t} + 192]\n",
            "vsubpd ",
            $q,
            ", ymm5, ymmword ptr [{t} + 160]\n",
        )
    };
}

/// The next column begins.
macro_rules! begin {
    ($column:literal, $at:literal) => {
        concat!("vmovdqa ", $column, ", ymmword ptr [{k} + ", $at, "]\n")
    };
}

/// All columns, with the products of each column given, then their reduction.
macro_rules! reduced {
    ($c0:expr, $c1:expr, $c2:expr, $c3:expr, $c4:expr, $c5:expr, $c6:expr, $c7:expr, $c8:expr, $centre:expr) => {
        concat!(
            "vmovapd ymm15, ymmword ptr [{t}]\n",
            "vmovapd ymm14, ymmword ptr [{t} + 32]\n",
            begin!("ymm0", "0"),
            begin!("ymm1", "32"),
            $c0,
            limb!("ymm0", "ymm13"),
            carry!("ymm0", "ymm1"),
            begin!("ymm2", "64"),
            $c1,
            limb!("ymm1", "ymm12"),
            carry!("ymm1", "ymm2"),
            begin!("ymm0", "96"),
            $c2,
            limb!("ymm2", "ymm11"),
            carry!("ymm2", "ymm0"),
            begin!("ymm1", "128"),
            $c3,
            folds!("ymm0", "ymm1", "{t} + 416", "{t} + 576", "{t} + 736"),
            quotient!("ymm0", "ymm10"),
            begin!("ymm6", "160"),
            $c4,
            folds!("ymm1", "ymm6", "{t} + 448", "{t} + 608", "{t} + 768"),
            product!("ymm0", "ymm1", "ymm10", "{t} + 256"),
            carry!("ymm0", "ymm1"),
            product!("ymm1", "ymm6", "ymm10", "{t} + 288"),
            quotient!("ymm1", "ymm9"),
            begin!("ymm7", "192"),
            $c5,
            folds!("ymm6", "ymm7", "{t} + 480", "{t} + 640", "{t} + 800"),
            product!("ymm6", "ymm7", "ymm10", "{t} + 320"),
            begin!("ymm8", "224"),
            begin!("ymm0", "256"),
            $c6,
            folds!("ymm7", "ymm8", "{t} + 512", "{t} + 672", "{t} + 832"),
            product!("ymm7", "ymm8", "ymm10", "{t} + 352"),
            product!("ymm1", "ymm6", "ymm9", "{t} + 256"),
            carry!("ymm1", "ymm6"),
            product!("ymm6", "ymm7", "ymm9", "{t} + 288"),
            product!("ymm7", "ymm8", "ymm9", "{t} + 320"),
            begin!("ymm1", "288"),
            $c7,
            folds!("ymm8", "ymm0", "{t} + 544", "{t} + 704", "{t} + 864"),
            product!("ymm8", "ymm0", "ymm10", "{t} + 384"),
            product!("ymm8", "ymm0", "ymm9", "{t} + 352"),
            $c8,
            product!("ymm0", "ymm1", "ymm9", "{t} + 384"),
            $centre,
            limb!("ymm6", "ymm3"),
            "vmovapd ymmword ptr [{o}], ymm3\n",
            carry!("ymm6", "ymm7"),
            limb!("ymm7", "ymm4"),
            "vmovapd ymmword ptr [{o} + 32], ymm4\n",
            carry!("ymm7", "ymm8"),
            limb!("ymm8", "ymm5"),
            "vmovapd ymmword ptr [{o} + 64], ymm5\n",
            carry!("ymm8", "ymm0"),
            limb!("ymm0", "ymm6"),
            "vmovapd ymmword ptr [{o} + 96], ymm6\n",
            carry!("ymm0", "ymm1"),
            "vsubpd ymm1, ymm1, ymmword ptr [{t} + 160]\n",
            "vmovapd ymmword ptr [{o} + 128], ymm1\n",
        )
    };
}

/// Subtracts from columns 5 to 9 the multiple of p nearest to the value.
macro_rules! centre {
    ($([$column:literal, $p:literal])*) => {
        concat!(
            "vmovapd ymm15, ymmword ptr [{t} + 160]\n",
            "vsubpd ymm3, ymm1, ymm15\n",
            "vmovapd ymm4, ymm15\n",
            "vfmadd231pd ymm4, ymm3, ymmword ptr [{t} + 224]\n",
            "vsubpd ymm3, ymm15, ymm4\n",
            $(
                "vmovapd ymm5, ymm15\n",
                "vfmadd231pd ymm5, ymm3, ymmword ptr [", $p, "]\n",
                "vpsubq ymm5, ymm5, ymm15\n",
                "vpaddq ", $column, ", ", $column, ", ymm5\n",
            )*
        )
    };
}

macro_rules! run {
    ($start:expr, $modulus:ty, $out:expr, $code:expr $(, $name:ident = $pointer:expr)*) => {
        asm!(
            $code,
            t = in(reg) &Constants::<$modulus>::TABLE,
            k = in(reg) $start,
            o = in(reg) $out,
            $($name = in(reg) $pointer,)*
            out("ymm0") _, out("ymm1") _, out("ymm2") _, out("ymm3") _,
            out("ymm4") _, out("ymm5") _, out("ymm6") _, out("ymm7") _,
            out("ymm8") _, out("ymm9") _, out("ymm10") _, out("ymm11") _,
            out("ymm12") _, out("ymm13") _, out("ymm14") _, out("ymm15") _,
            options(nostack, preserves_flags)
        )
    };
}

/// `a b / R`.
#[inline(always)]
pub(crate) fn mul<M: Modulus>(_: Avx2, start: &'static Start, a: &Fe, b: &Fe) -> Fe {
    let mut out = core::mem::MaybeUninit::<Fe>::uninit();
    // SAFETY: a value of `Avx2` proves that the CPU has AVX2 and FMA. The code reads the 160 bytes of `a` and of `b`, the 320 of
    // `start` and the 896 of the table, all aligned to 32 bytes, and writes all 160 bytes of `out`; nothing else.
    unsafe {
        run!(
            start,
            M,
            out.as_mut_ptr(),
            reduced!(
                products!(early "ymm0", "ymm1", ["{a}", "{b}"]),
                products!(early "ymm1", "ymm2", ["{a}", "{b} + 32"] ["{a} + 32", "{b}"]),
                products!(early "ymm2", "ymm0", ["{a}", "{b} + 64"] ["{a} + 32", "{b} + 32"] ["{a} + 64", "{b}"]),
                products!("ymm0", "ymm1", ["{a}", "{b} + 96"] ["{a} + 32", "{b} + 64"] ["{a} + 64", "{b} + 32"]
                    ["{a} + 96", "{b}"]),
                products!("ymm1", "ymm6", ["{a}", "{b} + 128"] ["{a} + 32", "{b} + 96"] ["{a} + 64", "{b} + 64"]
                    ["{a} + 96", "{b} + 32"] ["{a} + 128", "{b}"]),
                products!("ymm6", "ymm7", ["{a} + 32", "{b} + 128"] ["{a} + 64", "{b} + 96"] ["{a} + 96", "{b} + 64"]
                    ["{a} + 128", "{b} + 32"]),
                products!("ymm7", "ymm8", ["{a} + 64", "{b} + 128"] ["{a} + 96", "{b} + 96"] ["{a} + 128", "{b} + 64"]),
                products!("ymm8", "ymm0", ["{a} + 96", "{b} + 128"] ["{a} + 128", "{b} + 96"]),
                products!("ymm0", "ymm1", ["{a} + 128", "{b} + 128"]),
                ""
            ),
            a = a,
            b = b
        );
        out.assume_init()
    }
}

/// `a^2 / R`, with `b = 2 a`.
#[inline(always)]
pub(crate) fn square<M: Modulus>(_: Avx2, start: &'static Start, a: &Fe, b: &Fe) -> Fe {
    let mut out = core::mem::MaybeUninit::<Fe>::uninit();
    // SAFETY: as in [`mul`].
    unsafe {
        run!(
            start,
            M,
            out.as_mut_ptr(),
            reduced!(
                products!(early "ymm0", "ymm1", ["{a}", "{a}"]),
                products!(early "ymm1", "ymm2", ["{a}", "{b} + 32"]),
                products!(early "ymm2", "ymm0", ["{a}", "{b} + 64"] ["{a} + 32", "{a} + 32"]),
                products!("ymm0", "ymm1", ["{a}", "{b} + 96"] ["{a} + 32", "{b} + 64"]),
                products!("ymm1", "ymm6", ["{a}", "{b} + 128"] ["{a} + 32", "{b} + 96"] ["{a} + 64", "{a} + 64"]),
                products!("ymm6", "ymm7", ["{a} + 32", "{b} + 128"] ["{a} + 64", "{b} + 96"]),
                products!("ymm7", "ymm8", ["{a} + 64", "{b} + 128"] ["{a} + 96", "{a} + 96"]),
                products!("ymm8", "ymm0", ["{a} + 96", "{b} + 128"]),
                products!("ymm0", "ymm1", ["{a} + 128", "{a} + 128"]),
                ""
            ),
            a = a,
            b = b
        );
        out.assume_init()
    }
}

/// `a b / R`, centred.
#[inline(always)]
pub(crate) fn mul_centred<M: Modulus>(_: Avx2, start: &'static Start, a: &Fe, b: &Fe) -> Fe {
    let mut out = core::mem::MaybeUninit::<Fe>::uninit();
    // SAFETY: as in [`mul`].
    unsafe {
        run!(
            start,
            M,
            out.as_mut_ptr(),
            reduced!(
                products!(early "ymm0", "ymm1", ["{a}", "{b}"]),
                products!(early "ymm1", "ymm2", ["{a}", "{b} + 32"] ["{a} + 32", "{b}"]),
                products!(early "ymm2", "ymm0", ["{a}", "{b} + 64"] ["{a} + 32", "{b} + 32"] ["{a} + 64", "{b}"]),
                products!("ymm0", "ymm1", ["{a}", "{b} + 96"] ["{a} + 32", "{b} + 64"] ["{a} + 64", "{b} + 32"]
                    ["{a} + 96", "{b}"]),
                products!("ymm1", "ymm6", ["{a}", "{b} + 128"] ["{a} + 32", "{b} + 96"] ["{a} + 64", "{b} + 64"]
                    ["{a} + 96", "{b} + 32"] ["{a} + 128", "{b}"]),
                products!("ymm6", "ymm7", ["{a} + 32", "{b} + 128"] ["{a} + 64", "{b} + 96"] ["{a} + 96", "{b} + 64"]
                    ["{a} + 128", "{b} + 32"]),
                products!("ymm7", "ymm8", ["{a} + 64", "{b} + 128"] ["{a} + 96", "{b} + 96"] ["{a} + 128", "{b} + 64"]),
                products!("ymm8", "ymm0", ["{a} + 96", "{b} + 128"] ["{a} + 128", "{b} + 96"]),
                products!("ymm0", "ymm1", ["{a} + 128", "{b} + 128"]),
                centre!(["ymm6", "{t} + 256"] ["ymm7", "{t} + 288"] ["ymm8", "{t} + 320"] ["ymm0", "{t} + 352"] ["ymm1", "{t} + 384"])
            ),
            a = a,
            b = b
        );
        out.assume_init()
    }
}

/// `(a b + c d) / R`, centred.
#[inline(always)]
pub(crate) fn sum_centred<M: Modulus>(
    _: Avx2,
    start: &'static Start,
    [a, b]: [&Fe; 2],
    [c, d]: [&Fe; 2],
) -> Fe {
    let mut out = core::mem::MaybeUninit::<Fe>::uninit();
    // SAFETY: as in [`mul`], with four factors.
    unsafe {
        run!(
            start,
            M,
            out.as_mut_ptr(),
            reduced!(
                products!(early "ymm0", "ymm1", ["{a}", "{b}"] ["{c}", "{d}"]),
                products!(early "ymm1", "ymm2", ["{a}", "{b} + 32"] ["{a} + 32", "{b}"] ["{c}", "{d} + 32"]
                    ["{c} + 32", "{d}"]),
                products!(early "ymm2", "ymm0", ["{a}", "{b} + 64"] ["{a} + 32", "{b} + 32"] ["{a} + 64", "{b}"]
                    ["{c}", "{d} + 64"] ["{c} + 32", "{d} + 32"] ["{c} + 64", "{d}"]),
                products!("ymm0", "ymm1", ["{a}", "{b} + 96"] ["{a} + 32", "{b} + 64"] ["{a} + 64", "{b} + 32"]
                    ["{a} + 96", "{b}"] ["{c}", "{d} + 96"] ["{c} + 32", "{d} + 64"] ["{c} + 64", "{d} + 32"]
                    ["{c} + 96", "{d}"]),
                products!("ymm1", "ymm6", ["{a}", "{b} + 128"] ["{a} + 32", "{b} + 96"] ["{a} + 64", "{b} + 64"]
                    ["{a} + 96", "{b} + 32"] ["{a} + 128", "{b}"] ["{c}", "{d} + 128"] ["{c} + 32", "{d} + 96"]
                    ["{c} + 64", "{d} + 64"] ["{c} + 96", "{d} + 32"] ["{c} + 128", "{d}"]),
                products!("ymm6", "ymm7", ["{a} + 32", "{b} + 128"] ["{a} + 64", "{b} + 96"] ["{a} + 96", "{b} + 64"]
                    ["{a} + 128", "{b} + 32"] ["{c} + 32", "{d} + 128"] ["{c} + 64", "{d} + 96"]
                    ["{c} + 96", "{d} + 64"] ["{c} + 128", "{d} + 32"]),
                products!("ymm7", "ymm8", ["{a} + 64", "{b} + 128"] ["{a} + 96", "{b} + 96"] ["{a} + 128", "{b} + 64"]
                    ["{c} + 64", "{d} + 128"] ["{c} + 96", "{d} + 96"] ["{c} + 128", "{d} + 64"]),
                products!("ymm8", "ymm0", ["{a} + 96", "{b} + 128"] ["{a} + 128", "{b} + 96"]
                    ["{c} + 96", "{d} + 128"] ["{c} + 128", "{d} + 96"]),
                products!("ymm0", "ymm1", ["{a} + 128", "{b} + 128"] ["{c} + 128", "{d} + 128"]),
                centre!(["ymm6", "{t} + 256"] ["ymm7", "{t} + 288"] ["ymm8", "{t} + 320"] ["ymm0", "{t} + 352"] ["ymm1", "{t} + 384"])
            ),
            a = a,
            b = b,
            c = c,
            d = d
        );
        out.assume_init()
    }
}
