//! Work in pieces that may run side by side. This crate starts no threads: who calls it says how.

/// Runs pieces of work.
pub trait Spread {
    /// Why it did not run all of them.
    type Stop;

    /// `work(room, piece)` for every piece, in any order and on any threads, each with a room that no other thread uses meanwhile.
    ///
    /// # Errors
    /// [`Self::Stop`], with some pieces left out.
    fn each<T: Send, W: Send>(
        &self,
        pieces: Vec<T>,
        room: impl Fn() -> W + Send + Sync,
        work: impl Fn(&mut W, T) + Send + Sync,
    ) -> Result<(), Self::Stop>;
}

/// One piece after the other, on the thread of the caller.
#[derive(Clone, Copy, Debug)]
pub struct InTurn;

impl Spread for InTurn {
    type Stop = core::convert::Infallible;

    fn each<T: Send, W: Send>(
        &self,
        pieces: Vec<T>,
        room: impl Fn() -> W + Send + Sync,
        work: impl Fn(&mut W, T) + Send + Sync,
    ) -> Result<(), Self::Stop> {
        let mut room = room();
        for piece in pieces {
            work(&mut room, piece);
        }
        Ok(())
    }
}
