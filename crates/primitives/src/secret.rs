//! A wrapper for values that must not be printed, copied, compared in variable time or left in memory.

use core::fmt;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A value that is erased when dropped and cannot be shown.
///
/// No `Copy`, no `Deref`, no serialisation, no `PartialEq`: the only way in is [`Secret::new`], the only way to the
/// value is the loud [`Secret::expose_secret`].
///
/// ```
/// use tabella_primitives::secret::Secret;
/// let secret = Secret::new(vec![1u8, 2, 3]);
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// assert_eq!(secret.expose_secret().len(), 3);
/// ```
#[derive(Clone)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps a value. The caller sees to it that no other copy stays behind.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Whoever calls this answers for what becomes of it.
    pub const fn expose_secret(&self) -> &T {
        &self.0
    }

    /// The value itself, to be changed in place.
    pub const fn expose_secret_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> ZeroizeOnDrop for Secret<T> {}

impl<T: Zeroize + ConstantTimeEq> ConstantTimeEq for Secret<T> {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}
