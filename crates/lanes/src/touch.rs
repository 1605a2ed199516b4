//! Memory that is read soon, where no instruction asks for it.

use core::hint::black_box;

/// Reads a byte of each line of a cache. Nothing waits for it, so that the processor goes on meanwhile.
#[inline(always)]
pub(crate) fn touch<T: bytemuck::Pod>(soon: &T) {
    for byte in bytemuck::bytes_of(soon).iter().step_by(64) {
        black_box(*byte);
    }
}
