//! Where the stored multiples of points lie: in memory of our own, or in that of somebody who read them from a file.

use core::{fmt, ops::Range};
use std::sync::Arc;
use tabella_lanes::Group;

/// Bytes that somebody keeps, such as a file that is mapped into memory. They must stay as they are.
pub type SharedBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// Multiples of points in a kernel's form.
pub(crate) enum Table<G: Group> {
    Owned(Vec<G::Stored>),
    /// Part of the bytes, which has the length and the alignment of points.
    Shared(SharedBytes, Range<usize>),
}

impl<G: Group> Table<G> {
    /// Points that lie in these bytes; `None` if they are cut or not aligned.
    pub(crate) fn shared(bytes: &SharedBytes, place: Range<usize>) -> Option<Self> {
        let part = (**bytes).as_ref().get(place.clone())?;
        bytemuck::try_cast_slice::<u8, G::Stored>(part).ok()?;
        Some(Self::Shared(Arc::clone(bytes), place))
    }

    /// The points.
    ///
    /// # Panics
    /// Never, with bytes that stay as they are: [`Self::shared`] looked at the same ones.
    pub(crate) fn points(&self) -> &[G::Stored] {
        match self {
            Self::Owned(points) => points,
            Self::Shared(bytes, place) => bytemuck::cast_slice(&(**bytes).as_ref()[place.clone()]),
        }
    }
}

impl<G: Group> fmt::Debug for Table<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({} points)", self.points().len())
    }
}
