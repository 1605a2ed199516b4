// The module's glue, which `wasm-bindgen` writes for each build.

/** What the worker uses of the compiled module. Failures are thrown as `Error` with a `code`. */
export interface Freeable {
    free(): void;
}
export interface WasmWork extends Freeable {
    flagAddress(): number;
}
export interface WasmIdentity extends Freeable {
    export(): string;
    commitment(): string;
    register(label: string): string;
    nullifier(election: WasmElection): string;
}
export interface WasmRegistry extends Freeable {
    size(): number;
    root(): string | undefined;
    pathOf(identity: WasmIdentity): Freeable;
}
export interface WasmPages extends Freeable {
    find(number: number, page: Uint8Array, identity: WasmIdentity, weight: number): Freeable | undefined;
}
export interface WasmCastBallot extends Freeable {
    file(): string;
    nullifier(): string;
    trackingCode(): string;
}
export interface WasmElection extends Freeable {
    id(): string;
    manifest_json(): string;
    prepare(identity: Freeable, path: Freeable, key: Freeable, work: WasmWork): Freeable;
    vote(identity: Freeable, path: Freeable, selection: readonly string[], key: Freeable, preparation: Freeable | undefined, work: WasmWork): WasmCastBallot;
    verifyBallot(ballot: Uint8Array): string;
    checkChallenge(opened: Uint8Array, nullifier: string, code: string, weight: number): BigUint64Array;
}
export interface WasmSealed extends Freeable {
    trackingCode(): string;
    keep(): Uint8Array;
    prove(key: Freeable, work: WasmWork): void;
    cast(key: Freeable, work: WasmWork): WasmCastBallot;
    challenge(): string;
}
export interface WasmSemaphoreKey extends Freeable {
    prepare(identity: Freeable, path: Freeable, scope: string, work: WasmWork): Freeable;
    prove(identity: Freeable, path: Freeable, message: string, scope: string, preparation: Freeable | undefined, work: WasmWork): string;
}
/** Gives the next bytes of a file, at most so many; none at its end. */
export type Read = (most: number) => Uint8Array;
export interface WasmAudit extends Freeable {
    expectElection(id: string): void;
    expectReceipt(receipt: Uint8Array): void;
    run(read: Read, work: WasmWork): string;
}
export interface WasmModule {
    default(options: { module_or_path: WebAssembly.Module; memory?: WebAssembly.Memory }): Promise<{ memory: WebAssembly.Memory }>;
    shareWork?(threads: number): void;
    runThread?(): void;
    generatePhrase(): string;
    verifySemaphoreProof(proof: string): boolean;
    checkReceipt(receipt: Uint8Array, read: Read): string;
    findBallot(code: string, nullifier: string | undefined, read: Read): string;
    readonly Work: new (observer: (stage: string, done?: number, total?: number) => void) => WasmWork;
    readonly Identity: { generate(): WasmIdentity; fromPhrase(words: string, passphrase: string): WasmIdentity; import(exported: string): WasmIdentity };
    readonly Registry: { read(file: Uint8Array, work: WasmWork): WasmRegistry; of(commitments: readonly string[], work: WasmWork): WasmRegistry };
    readonly MembershipPath: { fromMerkleProof(root: string, leaf: string, index: number, siblings: readonly string[]): Freeable };
    readonly Pages: new (upper: Uint8Array, election: WasmElection) => WasmPages;
    readonly ProvingKey: { open(circuit: string, bytes: Uint8Array, work: WasmWork): Freeable };
    readonly SemaphoreKey: { open(depth: number, bytes: Uint8Array, work: WasmWork): WasmSemaphoreKey };
    readonly Election: { join(manifest: Uint8Array, insecure: boolean): WasmElection };
    readonly SealedVote: {
        seal(election: WasmElection, identity: WasmIdentity, path: Freeable, weight: number, labels: readonly string[], numbers: Uint32Array): WasmSealed;
        resume(election: WasmElection, identity: WasmIdentity, kept: Uint8Array): WasmSealed;
    };
    readonly Audit: new (insecure: boolean, now: number) => WasmAudit;
}
