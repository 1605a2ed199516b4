//! Progress bars on standard error.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// One piece of long work; gone from the screen when dropped.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar for `total` units, or a spinner if the total is not known.
    pub(crate) fn new(what: &str, total: Option<u64>, visible: bool) -> Self {
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(total, target);
        let template = if total.is_some() {
            "{msg:<28} [{bar:30}] {human_pos}/{human_len} {per_sec} {eta}"
        } else {
            "{msg:<28} {spinner} {elapsed}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(what.to_owned());
        if visible {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self(bar)
    }

    /// So many units are done.
    pub(crate) fn set(&self, done: u64) {
        self.0.set_position(done);
    }

    /// A share of the work is done, in whatever unit.
    pub(crate) fn fraction(&self, done: u64, total: u64) {
        let length = u128::from(self.0.length().unwrap_or(total));
        let position = (u128::from(done) * length).checked_div(u128::from(total)).unwrap_or(length);
        self.0.set_position(u64::try_from(position).unwrap_or(u64::MAX));
    }

    /// Something else is being done now.
    pub(crate) fn say(&self, what: &str) {
        self.0.set_message(what.to_owned());
    }

    /// One more unit is done.
    pub(crate) fn step(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
