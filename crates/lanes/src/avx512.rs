//! Eight lanes by AVX-512 with the fused multiply-add of 52-bit integers.

#![allow(unsafe_code)]

use crate::{
    engine::Job,
    integers::Integers,
    limbs52::{Enter, Limbs52},
};
use core::arch::x86_64::*;

/// Proof that the CPU has AVX-512 F and IFMA: [`Avx512::detect`] is the only way to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// `None` where the CPU lacks the instructions.
    pub(crate) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma")).then_some(Self(()))
    }
}

impl Enter for Limbs52<Avx512> {
    #[inline(always)]
    fn enter<J: Job>(self, job: J) -> J::Output {
        #[target_feature(enable = "avx512f,avx512ifma")]
        fn inner<J: Job>(engine: Limbs52<Avx512>, job: J) -> J::Output {
            job.run(engine)
        }
        // SAFETY: a value of `Avx512` proves that the CPU has both features.
        unsafe { inner(self, job) }
    }
}

/// Wraps one intrinsic.
macro_rules! intrinsic {
    ($($name:ident $(<$n:ident: $type:ty>)? ($($arg:ident),*) = $body:expr;)*) => {
        $(
            #[inline(always)]
            fn $name $(<const $n: $type>)? (self, $($arg: Self::V),*) -> Self::V {
                // SAFETY: `self` proves that the CPU has AVX-512 F and IFMA; nothing else is asked for.
                unsafe { $body }
            }
        )*
    };
}

#[allow(clippy::wildcard_imports)]
impl Integers for Avx512 {
    const WIDTH: usize = 8;
    type V = __m512i;
    type Mask = __mmask8;

    intrinsic! {
        low(c, a, b) = _mm512_madd52lo_epu64(c, a, b);
        high(c, a, b) = _mm512_madd52hi_epu64(c, a, b);
        add(a, b) = _mm512_add_epi64(a, b);
        sub(a, b) = _mm512_sub_epi64(a, b);
        and(a, b) = _mm512_and_si512(a, b);
        or(a, b) = _mm512_or_si512(a, b);
        shr<N: u32>(a) = _mm512_srli_epi64::<N>(a);
        sar<N: u32>(a) = _mm512_srai_epi64::<N>(a);
        shl<N: u32>(a) = _mm512_slli_epi64::<N>(a);
    }

    #[inline(always)]
    fn prefetch<T: bytemuck::Pod>(self, soon: &T) {
        let start = core::ptr::from_ref(soon).cast::<i8>();
        for line in (0..size_of::<T>()).step_by(64) {
            // SAFETY: the addresses lie inside `soon`; a prefetch reads nothing and cannot fault.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(line)) };
        }
    }

    #[inline(always)]
    fn splat(self, x: u64) -> __m512i {
        // SAFETY: `self` proves that the CPU has AVX-512 F.
        unsafe { _mm512_set1_epi64(x.cast_signed()) }
    }

    #[inline(always)]
    fn pick(self, index: __m512i, table: &[u64; 8]) -> __m512i {
        // SAFETY: `self` proves that the CPU has AVX-512 F; the load reads the 64 bytes of the table, unaligned.
        unsafe { _mm512_permutexvar_epi64(index, _mm512_loadu_si512(table.as_ptr().cast())) }
    }

    #[inline(always)]
    fn mask(self, chosen: impl Fn(usize) -> u64) -> __mmask8 {
        let bit = |lane: usize| ((chosen(lane) & 1) as u8) << lane;
        bit(0) | bit(1) | bit(2) | bit(3) | bit(4) | bit(5) | bit(6) | bit(7)
    }

    #[inline(always)]
    fn sub_where(self, mask: __mmask8, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: `self` proves that the CPU has AVX-512 F.
        unsafe { _mm512_mask_sub_epi64(b, mask, a, b) }
    }

    #[inline(always)]
    fn load<'a>(self, words: impl Fn(usize) -> &'a [u64; 4]) -> [__m512i; 4] {
        // No closures here: one that is not inlined would leave the enabled instructions.
        macro_rules! rows {
            ($first:literal, $second:literal) => {
                _mm512_inserti64x4::<1>(
                    _mm512_castsi256_si512(_mm256_loadu_si256(words($first).as_ptr().cast())),
                    _mm256_loadu_si256(words($second).as_ptr().cast()),
                )
            };
        }
        // SAFETY: `self` proves that the CPU has AVX-512 F; each load reads the 32 bytes of one reference, unaligned.
        unsafe { transpose([rows!(0, 4), rows!(1, 5), rows!(2, 6), rows!(3, 7)]) }
    }

    #[inline(always)]
    fn store(self, [w0, w1, w2, w3]: [__m512i; 4], mut put: impl FnMut(usize, [u64; 4])) {
        // SAFETY: `self` proves that the CPU has AVX-512 F; each store fills the 32 bytes of a local array, unaligned.
        unsafe {
            let even = [_mm512_unpacklo_epi64(w0, w1), _mm512_unpacklo_epi64(w2, w3)];
            let odd = [_mm512_unpackhi_epi64(w0, w1), _mm512_unpackhi_epi64(w2, w3)];
            // A closure might become a call, which would leave the vectors' registers.
            macro_rules! rows {
                ($first:literal, $second:literal, $rows:expr) => {
                    let rows = $rows;
                    let (mut first, mut second) = ([0u64; 4], [0u64; 4]);
                    _mm256_storeu_si256(first.as_mut_ptr().cast(), _mm512_castsi512_si256(rows));
                    _mm256_storeu_si256(second.as_mut_ptr().cast(), _mm512_extracti64x4_epi64::<1>(rows));
                    put($first, first);
                    put($second, second);
                };
            }
            rows!(0, 4, _mm512_permutex2var_epi64(even[0], first_halves(), even[1]));
            rows!(1, 5, _mm512_permutex2var_epi64(odd[0], first_halves(), odd[1]));
            rows!(2, 6, _mm512_permutex2var_epi64(even[0], second_halves(), even[1]));
            rows!(3, 7, _mm512_permutex2var_epi64(odd[0], second_halves(), odd[1]));
        }
    }
}

/// Of two vectors by turns, the first quarters and the third ones.
///
/// # Safety
/// The CPU must have AVX-512 F.
#[inline(always)]
unsafe fn first_halves() -> __m512i {
    // SAFETY: the caller promises AVX-512 F.
    unsafe { _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13) }
}

/// The second quarters and the fourth ones.
///
/// # Safety
/// The CPU must have AVX-512 F.
#[inline(always)]
unsafe fn second_halves() -> __m512i {
    // SAFETY: the caller promises AVX-512 F.
    unsafe { _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15) }
}

/// Rows 0 and 4, 1 and 5, 2 and 6, 3 and 7, of four words each, to columns of eight.
///
/// # Safety
/// The CPU must have AVX-512 F.
#[inline(always)]
unsafe fn transpose([r04, r15, r26, r37]: [__m512i; 4]) -> [__m512i; 4] {
    // SAFETY: the caller promises AVX-512 F.
    unsafe {
        // Words 0 and 2 of rows 0, 1, 4, 5 and of rows 2, 3, 6, 7; then words 1 and 3.
        let even = [_mm512_unpacklo_epi64(r04, r15), _mm512_unpacklo_epi64(r26, r37)];
        let odd = [_mm512_unpackhi_epi64(r04, r15), _mm512_unpackhi_epi64(r26, r37)];
        [
            _mm512_permutex2var_epi64(even[0], first_halves(), even[1]),
            _mm512_permutex2var_epi64(odd[0], first_halves(), odd[1]),
            _mm512_permutex2var_epi64(even[0], second_halves(), even[1]),
            _mm512_permutex2var_epi64(odd[0], second_halves(), odd[1]),
        ]
    }
}
