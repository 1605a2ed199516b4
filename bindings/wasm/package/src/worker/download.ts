// Files from a server, and keys that are kept for the next visit.

import { TabellaError } from "../errors.js";
import type { Environment } from "./environment.js";

/** Name of the cache; a new form of keys has another hash, so that an old one is never taken for it. */
const CACHE = "tabella-keys-v1";
/** No file that a wallet fetches is as long: 256 MiB. */
const MOST = 256 * 2 ** 20;

export interface Job {
    readonly signal: AbortSignal;
    progress(stage: "download", done: number, total?: number): void;
    /** Waits until all threads are there. */
    ready(): Promise<void>;
}

/** Fetches a file whole, with progress. */
export async function download(environment: Environment, url: string, job: Job): Promise<Uint8Array> {
    const failed = (reason: string) => new TabellaError("not-fetched", `${url}: ${reason}`);
    let response: Response;
    try {
        response = await environment.fetch(url, job.signal);
    } catch (error) {
        if (job.signal.aborted) throw error;
        throw failed(error instanceof Error ? error.message : "not reachable");
    }
    if (!response.ok) throw failed(`the server answers ${response.status}`);
    // With a content encoding the length is that of what is sent, not of what comes out.
    const length = response.headers.has("Content-Encoding") ? undefined : Number(response.headers.get("Content-Length")) || undefined;
    const pieces: Uint8Array[] = [];
    let done = 0;
    try {
        const reader = response.body?.getReader();
        for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
            pieces.push(piece.value);
            done += piece.value.length;
            if (done > MOST) throw failed("the file is too long");
            job.progress("download", done, length);
        }
    } catch (error) {
        if (job.signal.aborted || error instanceof TabellaError) throw error;
        throw failed("the connection broke off");
    }
    const bytes = new Uint8Array(done);
    let at = 0;
    for (const piece of pieces) {
        bytes.set(piece, at);
        at += piece.length;
    }
    return bytes;
}

/** Opens a key from the cache, else fetched. `open` compares its hash; bytes that it refuses are never kept. */
export async function openKey<T>(
    environment: Environment,
    url: string,
    pinned: string,
    cached: boolean,
    job: Job,
    open: (bytes: Uint8Array) => T,
): Promise<T> {
    const cache = cached ? await openCache() : undefined;
    // The cache wants addresses: this one is nobody's.
    const name = `https://keys.tabella.invalid/${pinned}`;
    const kept = await cache?.match(name).catch(() => undefined);
    if (kept) {
        await job.ready();
        try {
            return open(new Uint8Array(await kept.arrayBuffer()));
        } catch (error) {
            // Only what is no such key goes. A call that was stopped, or a module that broke, says nothing of it.
            if ((error as { code?: unknown }).code !== "bad-key") throw error;
            await cache?.delete(name).catch(() => undefined);
        }
    }
    const bytes = await download(environment, url, job);
    await job.ready();
    const key = open(bytes);
    // Nobody waits for it, and a full disk is no reason to have no key.
    void cache?.put(name, new Response(bytes as Uint8Array<ArrayBuffer>)).catch(() => undefined);
    return key;
}

/** The cache, where there is one: not in Node, nor in pages of insecure origins or of private windows that forbid it. */
async function openCache(): Promise<Cache | undefined> {
    try {
        return await globalThis.caches?.open(CACHE);
    } catch {
        return undefined;
    }
}
