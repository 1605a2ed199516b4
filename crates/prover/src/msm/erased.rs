//! Memory that is overwritten when it is dropped, and kept for the next who wants some.
//!
//! A proof takes megabytes for a few milliseconds. What goes back to the operating system is handed out anew page by page, and with a
//! general allocator that can cost a proof more than its transforms. So what was overwritten waits in a [`Pool`], up to [`KEPT`]
//! bytes of it.

use core::{
    marker::PhantomData,
    mem,
    ops::{Deref, DerefMut},
    sync::atomic::AtomicU32,
};
use std::sync::{Mutex, PoisonError};

/// Bytes that a pool keeps at most.
const KEPT: usize = 16 << 20;

/// Blocks of zeros that nobody uses.
struct Pool<T>(Mutex<Vec<Vec<T>>>);

static LINES: Pool<Line> = Pool(Mutex::new(Vec::new()));
static ATOMICS: Pool<AtomicU32> = Pool(Mutex::new(Vec::new()));

impl<T: bytemuck::Zeroable> Pool<T> {
    fn blocks(&self) -> std::sync::MutexGuard<'_, Vec<Vec<T>>> {
        // Who panics does not hold the lock: only what cannot panic is done under it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// At least `length` zeros, but not twice as many if they are from here.
    fn take(&self, length: usize) -> Vec<T> {
        if length == 0 {
            return Vec::new();
        }
        let mut blocks = self.blocks();
        let fits = |block: &Vec<T>| block.len() >= length && block.len() / 2 <= length;
        let least = (0..blocks.len()).filter(|i| fits(&blocks[*i])).min_by_key(|i| blocks[*i].len());
        if let Some(least) = least {
            return blocks.swap_remove(least);
        }
        drop(blocks);
        bytemuck::zeroed_vec(length)
    }

    /// Takes a block back, which must be zeros again.
    fn give(&self, block: Vec<T>) {
        let bytes = |block: &Vec<T>| mem::size_of_val(block.as_slice());
        if block.is_empty() || bytes(&block) > KEPT {
            return;
        }
        let mut blocks = self.blocks();
        blocks.push(block);
        let mut kept = 0;
        let too_many = |block: &Vec<T>| {
            kept += bytes(block);
            kept > KEPT
        };
        // The newest stay: they are those of the key at work.
        let dropped = blocks.iter().rev().map(too_many).filter(|too_many| *too_many).count();
        let dropped: Vec<_> = blocks.drain(..dropped).collect();
        drop(blocks);
        drop(dropped);
    }
}

/// A line of the cache.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(64))]
struct Line([u64; 8]);

/// A slice of plain values, overwritten with zeros when dropped.
#[derive(Default)]
pub(crate) struct Erased<T: bytemuck::NoUninit + bytemuck::AnyBitPattern> {
    lines: Vec<Line>,
    length: usize,
    values: PhantomData<T>,
}

impl<T: bytemuck::NoUninit + bytemuck::AnyBitPattern> Erased<T> {
    /// `length` zeros.
    pub(crate) fn zeros(length: usize) -> Self {
        const { assert!(align_of::<T>() <= align_of::<Line>()) };
        let lines = (length * size_of::<T>()).div_ceil(size_of::<Line>());
        Self { lines: LINES.take(lines), length, values: PhantomData }
    }
}

impl<T: bytemuck::NoUninit + bytemuck::AnyBitPattern> Deref for Erased<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        let bytes: &[u8] = bytemuck::cast_slice(&self.lines);
        bytemuck::cast_slice(&bytes[..self.length * size_of::<T>()])
    }
}

impl<T: bytemuck::NoUninit + bytemuck::AnyBitPattern> DerefMut for Erased<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut self.lines);
        bytemuck::cast_slice_mut(&mut bytes[..self.length * size_of::<T>()])
    }
}

impl<T: bytemuck::NoUninit + bytemuck::AnyBitPattern> Drop for Erased<T> {
    fn drop(&mut self) {
        if !self.lines.is_empty() {
            erase(mem::take(&mut self.lines), self.length * size_of::<T>());
        }
    }
}

/// Overwrites some bytes, and gives them to the pool. Not inlined: it would make everything that drops such a slice many times as large.
#[inline(never)]
fn erase(mut lines: Vec<Line>, bytes: usize) {
    bytemuck::cast_slice_mut::<Line, u8>(&mut lines)[..bytes].fill(0);
    // What nobody reads again would not need to be written.
    zeroize::optimization_barrier(lines.as_slice());
    LINES.give(lines);
}

/// Numbers that many threads write at once, overwritten with zeros when dropped.
pub(crate) struct ErasedAtomics {
    numbers: Vec<AtomicU32>,
    length: usize,
}

impl ErasedAtomics {
    /// `length` zeros.
    pub(crate) fn zeros(length: usize) -> Self {
        Self { numbers: ATOMICS.take(length), length }
    }
}

impl Deref for ErasedAtomics {
    type Target = [AtomicU32];
    fn deref(&self) -> &[AtomicU32] {
        &self.numbers[..self.length]
    }
}

impl Drop for ErasedAtomics {
    fn drop(&mut self) {
        for number in &mut self.numbers[..self.length] {
            *number.get_mut() = 0;
        }
        zeroize::optimization_barrier(self.numbers.as_slice());
        ATOMICS.give(mem::take(&mut self.numbers));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_again_is_zero() {
        for _ in 0..3 {
            let mut values = Erased::<[u32; 3]>::zeros(1000);
            assert_eq!(values.len(), 1000);
            assert!(values.iter().all(|value| *value == [0; 3]));
            values.fill([u32::MAX; 3]);
            let numbers = ErasedAtomics::zeros(777);
            assert_eq!(numbers.len(), 777);
            for number in &*numbers {
                assert_eq!(number.swap(7, core::sync::atomic::Ordering::Relaxed), 0);
            }
        }
        assert!(Erased::<u32>::zeros(0).is_empty());
        assert!(Erased::<u32>::default().is_empty());
    }

    #[test]
    fn a_pool_keeps_what_fits_and_no_more_than_it_may() {
        let pool = Pool::<u8>(Mutex::new(Vec::new()));
        pool.give(vec![0; 100]);
        pool.give(vec![0; 60]);
        assert_eq!(pool.take(51).len(), 60);
        assert_eq!(pool.take(49).len(), 49);
        assert_eq!(pool.take(100).len(), 100);
        for _ in 0..5 {
            pool.give(vec![0; KEPT / 2]);
        }
        pool.give(vec![0; 1]);
        assert_eq!(pool.blocks().iter().map(Vec::len).collect::<Vec<_>>(), [KEPT / 2, 1]);
        pool.give(vec![0; KEPT + 1]);
        assert_eq!(pool.blocks().len(), 2);
    }
}
