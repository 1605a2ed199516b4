//! Memory that is overwritten when it is dropped.

use core::ops::{Deref, DerefMut};
use zeroize::Zeroize;

/// A vector of plain values, overwritten with zeros when dropped. It must not be grown, which would leave a copy behind.
#[derive(Default)]
pub(crate) struct Erased<T: bytemuck::NoUninit + bytemuck::AnyBitPattern>(Vec<T>);

impl<T: bytemuck::NoUninit + bytemuck::AnyBitPattern> Erased<T> {
    /// `length` zeros.
    pub(crate) fn zeros(length: usize) -> Self {
        Self(vec![T::zeroed(); length])
    }
}

impl<T: bytemuck::NoUninit + bytemuck::AnyBitPattern> Deref for Erased<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: bytemuck::NoUninit + bytemuck::AnyBitPattern> DerefMut for Erased<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T: bytemuck::NoUninit + bytemuck::AnyBitPattern> Drop for Erased<T> {
    fn drop(&mut self) {
        bytemuck::cast_slice_mut::<T, u8>(&mut self.0).zeroize();
    }
}
