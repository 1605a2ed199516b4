// Everything that users name, the same in browsers and in Node.

export type { AuditOptions, AuditReport, FoundBallot, KeyPolicy, OptionCount } from "./audit.js";
export { type Simd, canShareMemory, hasRelaxedSimd, hasSimd } from "./builds.js";
export type { Engine } from "./connection.js";
export { type CastBallot, Election, type Rules, type VerifiedBallot } from "./election.js";
export { type ErrorCode, TabellaError } from "./errors.js";
export { Identity } from "./identity.js";
export { type KeySource, ProvingKey, SemaphoreKey } from "./key.js";
export type { Bytes } from "./messages.js";
export { Preparation } from "./preparation.js";
export { type Group, MembershipPath, type MerkleProof, Registry, type RegistryPages } from "./registry.js";
export { SealedVote } from "./sealed.js";
export type { SemaphoreProof } from "./semaphore.js";
export { type LoadOptions, type StartOptions, Tabella } from "./tabella.js";
export { IdentityVault, type StoredIdentity } from "./vault.js";
export type { Progress, Stage, Work } from "./work.js";
