//! EdDSA over Baby Jubjub with Poseidon, as Semaphore v4 signs (zk-kit `eddsa-poseidon`).
