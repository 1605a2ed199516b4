// The module's glue: what builds with elections have beside.

import type { Freeable, SemaphoreModule, WasmIdentity, WasmRegistry, WasmWork } from "./module.js";

export interface WasmCitizen extends WasmIdentity {
    register(label: string): string;
    nullifier(election: WasmElection): string;
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
/** Gives the next bytes of a file, at most so many; none at its end. */
export type Read = (most: number) => Uint8Array;
export interface WasmAudit extends Freeable {
    expectElection(id: string): void;
    expectReceipt(receipt: Uint8Array): void;
    run(read: Read, work: WasmWork): string;
}
export interface ElectionsModule extends SemaphoreModule {
    checkReceipt(receipt: Uint8Array, read: Read): string;
    findBallot(code: string, nullifier: string | undefined, read: Read): string;
    readonly Pages: new (upper: Uint8Array, election: WasmElection) => WasmPages;
    readonly ProvingKey: { open(circuit: string, bytes: Uint8Array, work: WasmWork): Freeable };
    readonly Election: { join(manifest: Uint8Array, insecure: boolean): WasmElection };
    readonly SealedVote: {
        seal(election: WasmElection, identity: WasmIdentity, path: Freeable, weight: number, labels: readonly string[], numbers: Uint32Array): WasmSealed;
        resume(election: WasmElection, identity: WasmIdentity, kept: Uint8Array): WasmSealed;
    };
    readonly Audit: new (insecure: boolean, now: number) => WasmAudit;
    readonly Registry: SemaphoreModule["Registry"] & { read(file: Uint8Array, work: WasmWork): WasmRegistry };
}
