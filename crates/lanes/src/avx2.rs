//! Four lanes by AVX2 and FMA.

#![allow(unsafe_code)]

use crate::{
    avx2_columns::{self, Fe, Start},
    doubles::Doubles,
    engine::Job,
    fma::{Enter, Fma, ONE, Products, SQUARE, TWO},
    modulus::Modulus,
};
use core::arch::x86_64::*;

/// Proof that the CPU has AVX2 and FMA: [`Avx2::detect`] is the only way to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// `None` where the CPU lacks the instructions.
    pub(crate) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }
}

impl Enter for Fma<Avx2> {
    #[inline(always)]
    fn enter<J: Job>(self, job: J) -> J::Output {
        #[target_feature(enable = "avx2,fma")]
        fn inner<J: Job>(engine: Fma<Avx2>, job: J) -> J::Output {
            job.run(engine)
        }
        // SAFETY: a value of `Avx2` proves that the CPU has both features.
        unsafe { inner(self, job) }
    }
}

/// Wraps one intrinsic.
macro_rules! intrinsic {
    ($($name:ident($($arg:ident),*) = $body:expr;)*) => {
        $(
            #[inline(always)]
            fn $name(self, $($arg: Self::V),*) -> Self::V {
                // SAFETY: `self` proves that the CPU has AVX2 and FMA; nothing else is asked for.
                unsafe { $body }
            }
        )*
    };
}

#[allow(clippy::wildcard_imports)]
impl Doubles for Avx2 {
    const WIDTH: usize = 4;
    type V = __m256d;

    intrinsic! {
        fma(a, b, c) = _mm256_fmadd_pd(a, b, c);
        add(a, b) = _mm256_add_pd(a, b);
        sub(a, b) = _mm256_sub_pd(a, b);
        add_bits(a, b) = _mm256_castsi256_pd(_mm256_add_epi64(_mm256_castpd_si256(a), _mm256_castpd_si256(b)));
        sub_bits(a, b) = _mm256_castsi256_pd(_mm256_sub_epi64(_mm256_castpd_si256(a), _mm256_castpd_si256(b)));
        and(a, b) = _mm256_and_pd(a, b);
        or(a, b) = _mm256_or_pd(a, b);
        xor(a, b) = _mm256_xor_pd(a, b);
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
    fn splat(self, x: f64) -> __m256d {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { _mm256_set1_pd(x) }
    }

    #[inline(always)]
    fn shr<const N: i32>(self, a: __m256d) -> __m256d {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { _mm256_castsi256_pd(_mm256_srli_epi64::<N>(_mm256_castpd_si256(a))) }
    }

    #[inline(always)]
    fn shl<const N: i32>(self, a: __m256d) -> __m256d {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { _mm256_castsi256_pd(_mm256_slli_epi64::<N>(_mm256_castpd_si256(a))) }
    }

    #[inline(always)]
    fn load<'a>(self, words: impl Fn(usize) -> &'a [u64; 4]) -> [__m256d; 4] {
        // SAFETY: `self` proves that the CPU has AVX2; each load reads the 32 bytes of one reference, unaligned.
        unsafe {
            let row = |lane: usize| _mm256_loadu_pd(words(lane).as_ptr().cast());
            transpose([row(0), row(1), row(2), row(3)])
        }
    }

    #[inline(always)]
    fn store(self, values: [__m256d; 4], mut put: impl FnMut(usize, [u64; 4])) {
        // SAFETY: `self` proves that the CPU has AVX2; each store fills the 32 bytes of a local array, unaligned.
        unsafe {
            for (lane, row) in transpose(values).into_iter().enumerate() {
                let mut words = [0u64; 4];
                _mm256_storeu_pd(words.as_mut_ptr().cast(), row);
                put(lane, words);
            }
        }
    }

    #[inline(always)]
    fn lanes(self, lanes: impl Fn(usize) -> u64) -> __m256d {
        let lane = |l: usize| f64::from_bits(lanes(l));
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { _mm256_setr_pd(lane(0), lane(1), lane(2), lane(3)) }
    }
}

/// What columns start with, in memory.
static ONE_PRODUCT: Start = Start::new(ONE);
static TWO_PRODUCTS: Start = Start::new(TWO);
static ONE_SQUARE: Start = Start::new(SQUARE);

impl Products for Avx2 {
    #[inline(always)]
    fn product<M: Modulus>(self, a: &Fe, b: &Fe) -> Fe {
        avx2_columns::mul::<M>(self, &ONE_PRODUCT, a, b)
    }
    #[inline(always)]
    fn square<M: Modulus>(self, a: &Fe, twice: &Fe) -> Fe {
        avx2_columns::square::<M>(self, &ONE_SQUARE, a, twice)
    }
    #[inline(always)]
    fn product_centred<M: Modulus>(self, a: &Fe, b: &Fe) -> Fe {
        avx2_columns::mul_centred::<M>(self, &ONE_PRODUCT, a, b)
    }
    #[inline(always)]
    fn sum_centred<M: Modulus>(self, ab: [&Fe; 2], cd: [&Fe; 2]) -> Fe {
        avx2_columns::sum_centred::<M>(self, &TWO_PRODUCTS, ab, cd)
    }
}

/// Rows to columns.
///
/// # Safety
/// The CPU must have AVX2.
#[inline(always)]
unsafe fn transpose([r0, r1, r2, r3]: [__m256d; 4]) -> [__m256d; 4] {
    // SAFETY: the caller promises AVX2.
    unsafe {
        let t0 = _mm256_unpacklo_pd(r0, r1);
        let t1 = _mm256_unpackhi_pd(r0, r1);
        let t2 = _mm256_unpacklo_pd(r2, r3);
        let t3 = _mm256_unpackhi_pd(r2, r3);
        [
            _mm256_permute2f128_pd::<0x20>(t0, t2),
            _mm256_permute2f128_pd::<0x20>(t1, t3),
            _mm256_permute2f128_pd::<0x31>(t0, t2),
            _mm256_permute2f128_pd::<0x31>(t1, t3),
        ]
    }
}
