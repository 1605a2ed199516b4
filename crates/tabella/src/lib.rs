//! Zero-knowledge digital identity and private voting.
