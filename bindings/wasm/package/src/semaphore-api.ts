// What users name who want proofs of Semaphore alone, the same in browsers and in Node.

export { type Simd, canShareMemory, hasRelaxedSimd, hasSimd } from "./builds.js";
export type { Engine } from "./connection.js";
export type { StartOptions } from "./engine.js";
export { type ErrorCode, TabellaError } from "./errors.js";
export { Identity } from "./identity.js";
export { type KeySource, SemaphoreKey } from "./key.js";
export { type LoadOptions, Semaphore } from "./membership.js";
export type { Bytes } from "./messages.js";
export { Preparation } from "./preparation.js";
export type { SemaphoreProof } from "./proof.js";
export { type Group, MembershipPath, type MerkleProof, Registry } from "./registry.js";
export { IdentityVault, type StoredIdentity } from "./vault.js";
export type { Progress, Stage, Work } from "./work.js";
