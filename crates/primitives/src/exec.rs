//! Independent pieces of work, on all cores or one after the other, with equal results.

use alloc::vec::Vec;

/// `f(0), f(1), .. f(count - 1)` in this order; with the feature `parallel` by the threads of the current pool.
pub(crate) fn map<T: Send>(count: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        (0..count).into_par_iter().map(f).collect()
    }
    #[cfg(not(feature = "parallel"))]
    {
        (0..count).map(f).collect()
    }
}
