//! How far a long operation has come, for a progress bar.

/// How far a long operation has come; `done` never falls and ends at `total`.
///
/// The unit is that of the operation (hashes, citizens, bytes): a bar needs only the ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Work done.
    pub done: u64,
    /// All the work, in the same unit.
    pub total: u64,
}

/// Whom a long operation tells how far it has come: every few milliseconds at most, and once at the end.
///
/// Pass [`quietly`] where nobody listens.
pub type OnProgress<'a> = &'a mut dyn FnMut(Progress);

/// The listener who does not listen.
pub const fn quietly(_: Progress) {}

/// Counts work and reports it.
#[allow(missing_debug_implementations, reason = "holds a closure")]
pub struct Meter<'a> {
    progress: Progress,
    report: OnProgress<'a>,
}

impl<'a> Meter<'a> {
    /// Starts at nothing of so much work.
    pub fn new(total: usize, report: OnProgress<'a>) -> Self {
        Self { progress: Progress { done: 0, total: u64::try_from(total).unwrap_or(u64::MAX) }, report }
    }

    /// Reports that so much more is done; never more than all of it.
    pub fn add(&mut self, done: usize) {
        let done = u64::try_from(done).unwrap_or(u64::MAX);
        self.progress.done = self.progress.done.saturating_add(done).min(self.progress.total);
        (self.report)(self.progress);
    }
}
