//! Criterion benches by stage.
