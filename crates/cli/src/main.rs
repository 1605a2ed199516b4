//! The command line tool of Tabella.

fn main() {}
