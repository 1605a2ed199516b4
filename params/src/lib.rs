//! Keys of Tabella: pinned by hash, verifying keys committed, development proving keys made on first use.
