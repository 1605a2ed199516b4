// Everything that users name, the same in browsers and in Node.

export * from "./semaphore-api.js";
export type { AuditOptions, AuditReport, FoundBallot, KeyPolicy, OptionCount } from "./audit.js";
export { type CastBallot, Election, type Rules, type VerifiedBallot } from "./election.js";
export { ProvingKey } from "./key.js";
export type { RegistryPages } from "./registry.js";
export { SealedVote } from "./sealed.js";
export { Tabella } from "./tabella.js";
