// Where everything begins.

import { type AuditOptions, type AuditReport, type FoundBallot, type KeyPolicy, auditReport } from "./audit.js";
import { type Build, SIMDS, type Simd, chooseBuild, hasSimd } from "./builds.js";
import { compile } from "./compile.js";
import { Connection, type Engine, type Port } from "./connection.js";
import { type Get, download, openKey } from "./download.js";
import { Election } from "./election.js";
import { TabellaError } from "./errors.js";
import { Identity } from "./identity.js";
import { type KeySource, ProvingKey, SemaphoreKey } from "./key.js";
import type { Bytes, Handle } from "./messages.js";
import { whole } from "./numbers.js";
import { type MerkleProof, MembershipPath, Registry, type RegistryPages, pathFrom } from "./registry.js";
import type { SemaphoreProof } from "./semaphore.js";
import { IdentityVault } from "./vault.js";
import type { Work } from "./work.js";

/** How to start. Everything has a default. */
export interface StartOptions {
    /** Threads that share the work: as many as there are processors, at most 8, where the page is cross-origin isolated; else 1. More than there are become as many as there are. */
    readonly threads?: number | "auto";
    /** How field elements are multiplied; by relaxed SIMD where the browser has it, which nothing forces elsewhere: `engine.simd` tells. */
    readonly simd?: "auto" | Simd;
}

/** Where workers and modules come from: the browser's way, or Node's. */
export interface Host {
    spawn(build: Build): Port;
    fetch(build: Build): Promise<Response>;
    readonly get: Get;
}

/** As in `package.json`, from which `build.mjs` puts it here. */
declare const VERSION: string;

/** How to fetch a key. */
export interface LoadOptions extends Work {
    /** Whether it is kept in the browser's cache for the next visit; true unless said otherwise. */
    readonly cache?: boolean;
}

type IdentityParts = ConstructorParameters<typeof Identity>[1];
type RegistryParts = ConstructorParameters<typeof Registry>[1];

/**
 * The library, in a worker of its own, so that a page never freezes. Secrets live in that worker.
 *
 * Every promise rejects with a {@link TabellaError} that has a stable code, or with the reason of the signal that stopped the work; arguments of
 * other types than are declared may reject with a `TypeError`.
 */
export class Tabella {
    /** Identities at rest. */
    readonly vault: IdentityVault;
    /** What runs: threads, kernel, version. */
    readonly engine: Engine;
    readonly #connection: Connection;
    readonly #another: () => Connection;
    readonly #get: Get;

    private constructor(engine: Engine, another: () => Connection, get: Get) {
        this.engine = engine;
        this.#get = get;
        this.#connection = another();
        this.#another = another;
        this.vault = new IdentityVault(this.#connection);
    }

    /** @internal */
    static async startWith(host: Host, processors: number, options: StartOptions = {}): Promise<Tabella> {
        const { threads = "auto", simd = "auto" } = options;
        if (threads !== "auto" && !(Number.isSafeInteger(threads) && threads > 0)) {
            throw new TabellaError("bad-argument", `threads: ${String(threads)} is neither "auto" nor a whole number from 1 on`);
        }
        if (simd !== "auto" && !SIMDS.includes(simd)) {
            throw new TabellaError("bad-argument", `simd: ${String(simd)} is none of "auto", "relaxed", "simd128"`);
        }
        if (!hasSimd()) {
            throw new TabellaError("no-simd", "WebAssembly has no SIMD here, which Chromium 91, Firefox 89, Safari 16.4 and what is newer have");
        }
        const { build, ...engine } = chooseBuild(threads, simd, processors);
        // The workers start while the module comes.
        const module = host.fetch(build).then(compile);
        // Every connection tells.
        module.catch(() => undefined);
        const open = () => new Connection(() => host.spawn(build), module, engine.threads);
        return new Tabella({ ...engine, version: VERSION }, open, host.get);
    }

    /**
     * Waits until the module runs. Nobody has to: calls wait for it, and what has to be fetched for them is fetched meanwhile. Rejects if it
     * cannot run here, as then every call does.
     */
    ready(): Promise<void> {
        const { ended, ready } = this.#connection;
        return ended.aborted ? Promise.reject(ended.reason) : ready;
    }

    /** Ends the worker. Secrets are gone, calls on their way reject with the code `closed`. */
    close(): void {
        this.#connection.close();
    }

    /** A new identity from 32 random bytes. */
    async generateIdentity(): Promise<Identity> {
        return this.#identity("identity.generate", []);
    }

    /** Twenty-four new words, from which {@link identityFromPhrase} makes an identity. Secret. */
    generatePhrase(): Promise<string> {
        return this.#connection.call("identity.generatePhrase", []);
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
        return new Identity(this.#connection, await this.#connection.call<IdentityParts>(method, args));
    }

    /** Reads a registry file of Tabella. */
    async readRegistry(file: Bytes, work: Work = {}): Promise<Registry> {
        return new Registry(this.#connection, await this.#connection.call<RegistryParts>("registry.read", [file], work));
    }

    /** A registry of these commitments in this order: a group as of Semaphore. */
    async registryOf(commitments: Iterable<bigint | string>, work: Work = {}): Promise<Registry> {
        const texts = Array.from(commitments, String);
        return new Registry(this.#connection, await this.#connection.call<RegistryParts>("registry.of", [texts], work));
    }

    /** The path that a Merkle proof of Semaphore describes: of a group that somebody else holds. */
    pathFrom(proof: MerkleProof): Promise<MembershipPath> {
        return pathFrom(this.#connection, proof);
    }

    /**
     * The path of a citizen from one page of 4,096 leaves and what stands above all pages, compared with the election's root: whoever serves
     * the pages learns in which of them she is, and no more. Without `slot` all pages are fetched, and nobody learns anything. `weight` is hers where citizens have weights.
     */
    async fetchPath(
        election: Election,
        pages: RegistryPages,
        identity: Identity,
        options: Work & { readonly slot?: number; readonly weight?: number } = {},
    ): Promise<MembershipPath> {
        const { size } = election.registry;
        const count = Math.ceil(size / PAGE);
        const { slot } = options;
        if (slot !== undefined && !(Number.isSafeInteger(slot) && slot >= 0 && slot < size)) {
            throw new TabellaError("bad-argument", `slot: ${slot} is none of the ${size} places of the registry`);
        }
        const wanted = slot === undefined ? Array.from({ length: count }, (_, number) => number) : [Math.floor(slot / PAGE)];
        const [registry, citizen] = [election.handleFor(this.#connection), identity.handleFor(this.#connection)];
        const weight = whole(options.weight ?? 0, "weight");
        const work = this.#whileOpen(options);
        const upper = await download(this.#get, absolute(pages.upper), work);
        // All pages are fetched before any is looked at: neither what is asked for next nor when tells in which the citizen is.
        const fetched: (readonly [number, Uint8Array])[] = [];
        for (const number of wanted) fetched.push([number, await download(this.#get, absolute(pages.page(number)), work)]);
        const args = [registry, upper, fetched, citizen, weight];
        return new MembershipPath(this.#connection, await this.#connection.call<Handle>("registry.pathFromPages", args, options));
    }

    /** Takes part in an election. Its key must be the pinned one, and of a kind that `keys` accepts. */
    async joinElection(manifest: Bytes, keys: KeyPolicy): Promise<Election> {
        return new Election(this.#connection, await this.#connection.call("election.join", [manifest, allows(keys)]));
    }

    /** The proving key of a circuit: fetched, compared with its pinned hash, and kept for the next visit. */
    async loadKey(circuit: string, source: KeySource, options: LoadOptions = {}): Promise<ProvingKey> {
        return new ProvingKey(this.#connection, await this.#load("key.load", circuit, source, options));
    }

    /** The proving key of Semaphore's ceremony for a depth from 1 to 32. */
    async loadSemaphoreKey(depth: number, source: KeySource, options: LoadOptions = {}): Promise<SemaphoreKey> {
        if (!(Number.isSafeInteger(depth) && depth >= 1 && depth <= 32)) {
            throw new TabellaError("bad-depth", "a depth is a whole number from 1 to 32");
        }
        return new SemaphoreKey(this.#connection, await this.#load("key.loadSemaphore", depth, source, options));
    }

    #load(method: string, key: string | number, source: KeySource, options: LoadOptions): Promise<Handle> {
        const open = (bytes: Bytes) => this.#connection.call<Handle>(method, [key, bytes], options);
        if (typeof source !== "object" || source === null) throw new TabellaError("bad-argument", "the source of a key is { url } or { bytes }");
        if (!("url" in source)) return open(source.bytes);
        return openKey(this.#get, absolute(source.url), options.cache ?? true, this.#whileOpen(options), open);
    }

    /** Work that ends with this Tabella too. */
    #whileOpen(work: Work): Work {
        const { ended } = this.#connection;
        return { ...work, signal: work.signal ? AbortSignal.any([work.signal, ended]) : ended };
    }

    /**
     * Whether a proof verifies. Whether its root is that of a group and its nullifier is new, the caller checks. What is no proof at all, for
     * example because a point is not on the curve, rejects with the code `bad-proof`.
     */
    async verifySemaphoreProof(proof: SemaphoreProof | string): Promise<boolean> {
        return this.#connection.call("semaphore.verify", [typeof proof === "string" ? proof : JSON.stringify(proof)]);
    }

    /**
     * Redoes every check of an election record. Rejects with the code `fault` at the first thing that is wrong, naming entry and field.
     *
     * An audit takes long and needs no secret: it has a worker of its own, which ends with it, also in the middle.
     */
    async audit(record: Bytes | ReadableStream<Uint8Array>, options: AuditOptions): Promise<AuditReport> {
        const { keys, election, receipts = [] } = options;
        const policy = allows(keys);
        const work = this.#whileOpen(options);
        work.signal?.throwIfAborted();
        const args = [await inOne(record, work.signal), policy, election, receipts];
        work.signal?.throwIfAborted();
        const auditor = this.#another();
        try {
            return auditReport(await auditor.call<string>("audit.run", args, work));
        } finally {
            auditor.close();
        }
    }

    /** Whether a record has the ballot of a receipt, in its place. */
    async checkReceipt(receipt: Bytes, record: Bytes): Promise<FoundBallot> {
        return found(await this.#connection.call<string>("record.checkReceipt", [receipt, record]));
    }

    /** Whether a record has the ballot with a tracking code; and, if a nullifier is given, whether it is that voter's. */
    async findBallot(code: string, record: Bytes, nullifier?: string): Promise<FoundBallot> {
        return found(await this.#connection.call<string>("record.findBallot", [code, nullifier, record]));
    }
}

/** Leaves of a page of a registry. */
const PAGE = 4096;

function absolute(url: string | URL): string {
    const base = typeof location === "undefined" ? undefined : location.href;
    try {
        return new URL(url, base).href;
    } catch {
        const whole = base === undefined ? ", which in Node begins with file: or https:" : "";
        throw new TabellaError("bad-argument", `${String(url)} is no address${whole}`);
    }
}

function allows(keys: KeyPolicy): boolean {
    if (keys !== "ceremony-only" && keys !== "allow-insecure-development-keys") {
        throw new TabellaError("bad-argument", `keys: ${String(keys)} is no policy`);
    }
    return keys === "allow-insecure-development-keys";
}

/** A stream as a blob, which the browser may keep on the disk. */
async function inOne(record: Bytes | ReadableStream<Uint8Array>, signal: AbortSignal | undefined): Promise<Bytes> {
    if (!(record instanceof ReadableStream)) return record;
    try {
        const read = record.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), signal ? { signal } : {});
        return await new Response(read as ReadableStream<Uint8Array<ArrayBuffer>>).blob();
    } catch (error) {
        signal?.throwIfAborted();
        throw error;
    }
}

function found(json: string): FoundBallot {
    const { index, nullifier, tracking_code } = JSON.parse(json) as { index: number; nullifier: string; tracking_code: string };
    return { index, nullifier, trackingCode: tracking_code };
}
