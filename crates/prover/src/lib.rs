//! Groth16 proving over BN254 for any R1CS.
