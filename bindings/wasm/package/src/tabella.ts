// Everything: what Semaphore's proofs want, and elections.

import { type AuditOptions, type AuditReport, type FoundBallot, type KeyPolicy, auditReport } from "./audit.js";
import { download } from "./download.js";
import { Election } from "./election.js";
import { TabellaError } from "./errors.js";
import type { Identity } from "./identity.js";
import { type KeySource, ProvingKey } from "./key.js";
import { type LoadOptions, Semaphore, absolute } from "./membership.js";
import type { Bytes, Handle } from "./messages.js";
import { whole } from "./numbers.js";
import { MembershipPath, Registry, type RegistryPages, type RegistryParts } from "./registry.js";
import type { Work } from "./work.js";

/** The whole library: what {@link Semaphore} has, and as it says, and elections. */
export class Tabella extends Semaphore {
    /** Reads a registry file of Tabella. */
    async readRegistry(file: Bytes, work: Work = {}): Promise<Registry> {
        return new Registry(this.connection, await this.connection.call<RegistryParts>("registry.read", [file], work));
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
        const [registry, citizen] = [election.handleFor(this.connection), identity.handleFor(this.connection)];
        const weight = whole(options.weight ?? 0, "weight");
        const work = this.whileOpen(options);
        const upper = await download(this.started.get, absolute(pages.upper), work);
        // All pages are fetched before any is looked at: neither what is asked for next nor when tells in which the citizen is.
        const fetched: (readonly [number, Uint8Array])[] = [];
        for (const number of wanted) fetched.push([number, await download(this.started.get, absolute(pages.page(number)), work)]);
        const args = [registry, upper, fetched, citizen, weight];
        return new MembershipPath(this.connection, await this.connection.call<Handle>("registry.pathFromPages", args, options));
    }

    /** Takes part in an election. Its key must be the pinned one, and of a kind that `keys` accepts. */
    async joinElection(manifest: Bytes, keys: KeyPolicy): Promise<Election> {
        return new Election(this.connection, await this.connection.call("election.join", [manifest, allows(keys)]));
    }

    /** The proving key of a circuit: fetched, compared with its pinned hash, and kept for the next visit. */
    async loadKey(circuit: string, source: KeySource, options: LoadOptions = {}): Promise<ProvingKey> {
        return new ProvingKey(this.connection, await this.load("key.load", circuit, source, options));
    }

    /**
     * Redoes every check of an election record. Rejects with the code `fault` at the first thing that is wrong, naming entry and field.
     *
     * An audit takes long and needs no secret: it has a worker of its own, which ends with it, also in the middle.
     */
    async audit(record: Bytes | ReadableStream<Uint8Array>, options: AuditOptions): Promise<AuditReport> {
        const { keys, election, receipts = [] } = options;
        const policy = allows(keys);
        const work = this.whileOpen(options);
        work.signal?.throwIfAborted();
        const args = [await inOne(record, work.signal), policy, election, receipts];
        work.signal?.throwIfAborted();
        const auditor = this.started.connect();
        try {
            return auditReport(await auditor.call<string>("audit.run", args, work));
        } finally {
            auditor.close();
        }
    }

    /** Whether a record has the ballot of a receipt, in its place. */
    async checkReceipt(receipt: Bytes, record: Bytes): Promise<FoundBallot> {
        return found(await this.connection.call<string>("record.checkReceipt", [receipt, record]));
    }

    /** Whether a record has the ballot with a tracking code; and, if a nullifier is given, whether it is that voter's. */
    async findBallot(code: string, record: Bytes, nullifier?: string): Promise<FoundBallot> {
        return found(await this.connection.call<string>("record.findBallot", [code, nullifier, record]));
    }
}

/** Leaves of a page of a registry. */
const PAGE = 4096;

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
