//! Groth16 verification over BN254: one proof or many, no_std, public data only.
