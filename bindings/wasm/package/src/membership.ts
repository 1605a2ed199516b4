// Identities, groups, and proofs of Semaphore: what every Tabella knows.

import type { Connection, Engine } from "./connection.js";
import { openKey } from "./download.js";
import type { Started } from "./engine.js";
import { TabellaError } from "./errors.js";
import { Identity } from "./identity.js";
import { type KeySource, SemaphoreKey } from "./key.js";
import type { Bytes, Handle } from "./messages.js";
import type { SemaphoreProof } from "./proof.js";
import { type MerkleProof, type MembershipPath, Registry, type RegistryParts, pathFrom } from "./registry.js";
import { IdentityVault } from "./vault.js";
import type { Work } from "./work.js";

/** How to fetch a key. */
export interface LoadOptions extends Work {
    /** Whether it is kept in the browser's cache for the next visit; true unless said otherwise. */
    readonly cache?: boolean;
}

type IdentityParts = ConstructorParameters<typeof Identity>[1];

/**
 * Proofs of Semaphore, in a worker of their own, so that a page never freezes. Secrets live in that worker.
 *
 * Every promise rejects with a {@link TabellaError} that has a stable code, or with the reason of the signal that stopped the work; arguments of
 * other types than are declared may reject with a `TypeError`.
 */
export class Semaphore {
    /** Identities at rest. */
    readonly vault: IdentityVault;
    /** What runs: threads, kernel, version. */
    readonly engine: Engine;
    /** @internal */
    protected readonly connection: Connection;
    /** @internal */
    protected readonly started: Started;

    /** @internal */
    constructor(started: Started) {
        this.engine = started.engine;
        this.started = started;
        this.connection = started.connect();
        this.vault = new IdentityVault(this.connection);
    }

    /**
     * Waits until the module runs. Nobody has to: calls wait for it, and what has to be fetched for them is fetched meanwhile. Rejects if it
     * cannot run here, as then every call does.
     */
    ready(): Promise<void> {
        const { ended, ready } = this.connection;
        return ended.aborted ? Promise.reject(ended.reason) : ready;
    }

    /** Ends the worker with its memory, in which secrets lie. Calls on their way reject with the code `closed`. */
    close(): void {
        this.connection.close();
    }

    /** A new identity from 32 random bytes. */
    async generateIdentity(): Promise<Identity> {
        return this.#identity("identity.generate", []);
    }

    /** Twenty-four new words, from which {@link identityFromPhrase} makes an identity. Secret. */
    generatePhrase(): Promise<string> {
        return this.connection.call("identity.generatePhrase", []);
    }

    /** The identity of 12 or 24 words (BIP-39) and a passphrase, which may be empty. */
    async identityFromPhrase(phrase: string, passphrase = ""): Promise<Identity> {
        return this.#identity("identity.fromPhrase", [phrase, passphrase]);
    }

    /** Reads what `identity.export()` of Semaphore or of this library wrote. */
    async importIdentity(exported: string): Promise<Identity> {
        return this.#identity("identity.import", [exported]);
    }

    async #identity(method: string, args: readonly unknown[]): Promise<Identity> {
        return new Identity(this.connection, await this.connection.call<IdentityParts>(method, args));
    }

    /** A registry of these commitments in this order: a group as of Semaphore. */
    async registryOf(commitments: Iterable<bigint | string>, work: Work = {}): Promise<Registry> {
        if (typeof commitments === "string") throw new TabellaError("bad-argument", "commitments: one text is no list");
        const texts = Array.from(commitments, String);
        return new Registry(this.connection, await this.connection.call<RegistryParts>("registry.of", [texts], work));
    }

    /** The path that a Merkle proof of Semaphore describes: of a group that somebody else holds. */
    pathFrom(proof: MerkleProof): Promise<MembershipPath> {
        return pathFrom(this.connection, proof);
    }

    /** The proving key of Semaphore's ceremony for a depth from 1 to 32. */
    async loadSemaphoreKey(depth: number, source: KeySource, options: LoadOptions = {}): Promise<SemaphoreKey> {
        if (!(Number.isSafeInteger(depth) && depth >= 1 && depth <= 32)) {
            throw new TabellaError("bad-depth", "a depth is a whole number from 1 to 32");
        }
        return new SemaphoreKey(this.connection, await this.load("key.loadSemaphore", depth, source, options));
    }

    /**
     * Fetches a key, or takes its bytes, and opens it.
     *
     * @internal
     */
    protected load(method: string, key: string | number, source: KeySource, options: LoadOptions): Promise<Handle> {
        const open = (bytes: Bytes) => this.connection.call<Handle>(method, [key, bytes], options);
        if (typeof source !== "object" || source === null) throw new TabellaError("bad-argument", "the source of a key is { url } or { bytes }");
        if (!("url" in source)) return open(source.bytes);
        return openKey(this.started.get, absolute(source.url), options.cache ?? true, this.whileOpen(options), open);
    }

    /**
     * Work that ends with this too.
     *
     * @internal
     */
    protected whileOpen(work: Work): Work {
        const { ended } = this.connection;
        return { ...work, signal: work.signal ? AbortSignal.any([work.signal, ended]) : ended };
    }

    /**
     * Whether a proof verifies. Whether its root is that of a group and its nullifier is new, the caller checks. What is no proof at all, for
     * example because a point is not on the curve, rejects with the code `bad-proof`.
     */
    async verifySemaphoreProof(proof: SemaphoreProof | string): Promise<boolean> {
        return this.connection.call("semaphore.verify", [typeof proof === "string" ? proof : JSON.stringify(proof)]);
    }
}

/** An address whole, with that of the page before it. */
export function absolute(url: string | URL): string {
    const base = typeof location === "undefined" ? undefined : location.href;
    try {
        return new URL(url, base).href;
    } catch {
        const whole = base === undefined ? ", which in Node begins with file: or https:" : "";
        throw new TabellaError("bad-argument", `${String(url)} is no address${whole}`);
    }
}
