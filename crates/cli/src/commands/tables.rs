//! Options of every command that opens a proving key: its tables, and where they are kept.

use crate::{progress::Progress, ui::Ui};
use clap::Args;
use std::path::PathBuf;
use tabella::{
    keys::{KeyCache, KeyEvent, KeyOpener, Wanted},
    prover::TableSize,
};

/// Tables of a key.
#[derive(Args, Debug)]
pub(crate) struct TableArgs {
    /// Multiples of the key's points, none, small (at most 16 MiB) or large (at most 64 MiB): they take seconds to compute, once, and make
    /// every proof with a key of up to some ten thousand constraints faster; larger keys go without. Without this option those are used that are kept, and none are computed
    #[arg(long, value_name = "SIZE")]
    tables: Option<TableSize>,
    /// Where tables are kept, and that a key was checked (default: `keys` in the cache folder, which TABELLA_CACHE_DIR moves).
    /// Who can write there can spoil proofs
    #[arg(long, value_name = "DIR")]
    tables_dir: Option<PathBuf>,
}

impl TableArgs {
    /// Opens keys as the options say; `cache` unless they name another.
    pub(crate) fn opener<'a>(&self, cache: Option<KeyCache>, ui: &'a Ui, bar: &'a Progress) -> KeyOpener<'a> {
        let wanted = self.tables.map_or(Wanted::Kept, Wanted::Size);
        opener(self.tables_dir.as_ref().map(KeyCache::at).or(cache), wanted, ui, bar)
    }
}

/// Opens keys, with progress on the bar and remarks where something is wrong.
pub(crate) fn opener<'a>(
    cache: Option<KeyCache>,
    wanted: Wanted,
    ui: &'a Ui,
    bar: &'a Progress,
) -> KeyOpener<'a> {
    let opener = KeyOpener::new().with_tables(wanted).on_event(move |event| match &event {
        KeyEvent::Validating => bar.say(&event.to_string()),
        KeyEvent::Computing { done, total } => {
            let percent = done.saturating_mul(100).checked_div(*total).unwrap_or(100);
            bar.say(&format!("{event}: {percent} %"));
        }
        KeyEvent::Kept { .. } => {}
        _ => ui.note_now(&event.to_string()),
    });
    match cache {
        Some(cache) => opener.with_cache(cache),
        None => opener,
    }
}
