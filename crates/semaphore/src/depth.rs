//! The greatest depth of the groups that a circuit serves.

use core::fmt;

/// Greatest depth for which Semaphore publishes keys.
pub const MAX_DEPTH: usize = 32;

/// Depth of one of Semaphore's 32 circuits: groups with paths of at most so many siblings. 1 to 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Depth(u8);

/// There is no circuit of this depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchDepth {
    /// What was asked for.
    pub actual: usize,
}

impl fmt::Display for NoSuchDepth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Semaphore has circuits of depth 1 to {MAX_DEPTH}, not {}", self.actual)
    }
}

impl core::error::Error for NoSuchDepth {}

impl Depth {
    /// Checks a depth.
    ///
    /// # Errors
    /// [`NoSuchDepth`] unless it is 1 to 32.
    pub fn new(levels: usize) -> Result<Self, NoSuchDepth> {
        u8::try_from(levels)
            .ok()
            .filter(|_| (1..=MAX_DEPTH).contains(&levels))
            .map(Self)
            .ok_or(NoSuchDepth { actual: levels })
    }

    /// The smallest circuit for a path, which is what Semaphore's JavaScript takes if no depth is given.
    ///
    /// # Errors
    /// [`NoSuchDepth`] beyond 32 siblings.
    pub fn for_siblings(siblings: usize) -> Result<Self, NoSuchDepth> {
        Self::new(siblings.max(1))
    }

    /// Every depth, 1 to 32.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=MAX_DEPTH).filter_map(|levels| Self::new(levels).ok())
    }

    /// Number of levels, 1 to 32.
    #[must_use]
    pub fn levels(self) -> usize {
        usize::from(self.0)
    }
}

impl From<Depth> for u8 {
    fn from(depth: Depth) -> Self {
        depth.0
    }
}

impl fmt::Display for Depth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depths_are_1_to_32() {
        assert_eq!(Depth::new(0), Err(NoSuchDepth { actual: 0 }));
        assert_eq!(Depth::new(33), Err(NoSuchDepth { actual: 33 }));
        assert_eq!(Depth::new(256 + 1), Err(NoSuchDepth { actual: 257 }));
        assert_eq!(Depth::for_siblings(0), Depth::new(1));
        assert_eq!(Depth::for_siblings(32).unwrap().levels(), 32);
        assert_eq!(Depth::all().count(), MAX_DEPTH);
    }
}
