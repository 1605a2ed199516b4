// Proofs of Semaphore v4, in its own form.

/** What `generateProof` of `@semaphore-protocol/core` gives and its `verifyProof` takes. Integers are decimal. */
export interface SemaphoreProof {
    readonly merkleTreeDepth: number;
    readonly merkleTreeRoot: string;
    readonly nullifier: string;
    readonly message: string;
    readonly scope: string;
    readonly points: readonly [string, string, string, string, string, string, string, string];
}
