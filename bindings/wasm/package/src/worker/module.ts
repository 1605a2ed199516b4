// The module's glue, which `wasm-bindgen` writes for each build: what all builds have.

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
}
export interface WasmRegistry extends Freeable {
    size(): number;
    root(): string | undefined;
    pathOf(identity: WasmIdentity): Freeable;
}
export interface WasmSemaphoreKey extends Freeable {
    prepare(identity: Freeable, path: Freeable, scope: string, work: WasmWork): Freeable;
    prove(identity: Freeable, path: Freeable, message: string, scope: string, preparation: Freeable | undefined, work: WasmWork): string;
}
export interface SemaphoreModule {
    default(options: { module_or_path: WebAssembly.Module; memory?: WebAssembly.Memory }): Promise<{ memory: WebAssembly.Memory }>;
    shareWork?(threads: number): void;
    runThread?(): void;
    generatePhrase(): string;
    verifySemaphoreProof(proof: string): boolean;
    readonly Work: new (observer: (stage: string, done?: number, total?: number) => void) => WasmWork;
    readonly Identity: { generate(): WasmIdentity; fromPhrase(words: string, passphrase: string): WasmIdentity; import(exported: string): WasmIdentity };
    readonly MembershipPath: { fromMerkleProof(root: string, leaf: string, index: number, siblings: readonly string[]): Freeable };
    readonly SemaphoreKey: { open(depth: number, bytes: Uint8Array, work: WasmWork): WasmSemaphoreKey };
    readonly Registry: { of(commitments: readonly string[], work: WasmWork): WasmRegistry };
}
