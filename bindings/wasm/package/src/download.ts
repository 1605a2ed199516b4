// Files from a server, and keys that are kept for the next visit.

import { TabellaError } from "./errors.js";
import type { Work } from "./work.js";

/** Name of the cache. What is kept under an address may be of another version: it is told by its hash, and fetched anew. */
const CACHE = "tabella-keys-v2";
/** Milliseconds after which a key is put into the cache: the first proof comes before it, and wants all processors. A page that is left before fetches it again. */
const LATER = 500;
/** No file that a wallet fetches is as long: 256 MiB. */
const MOST = 256 * 2 ** 20;

/** Fetches as browsers do; Node reads files too. */
export type Get = (url: string, signal: AbortSignal | null) => Promise<Response>;

/** Fetches a file whole, with progress. */
export async function download(get: Get, url: string, work: Work): Promise<Uint8Array> {
    const { signal } = work;
    const failed = (reason: string) => new TabellaError("not-fetched", `${url}: ${reason}`);
    let response: Response;
    try {
        response = await get(url, signal ?? null);
    } catch (error) {
        signal?.throwIfAborted();
        throw failed(error instanceof Error ? error.message : "not reachable");
    }
    if (!response.ok) throw failed(`the server answers ${response.status}`);
    // With a content encoding the length is that of what is sent, not of what comes out.
    const length = response.headers.has("Content-Encoding") ? undefined : Number(response.headers.get("Content-Length")) || undefined;
    const pieces: Uint8Array[] = [];
    let done = 0;
    // What a listener throws is no fault of the connection.
    let thrown: { readonly error: unknown } | undefined;
    const reader = response.body?.getReader();
    try {
        for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
            pieces.push(piece.value);
            done += piece.value.length;
            if (done > MOST) throw failed("the file is too long");
            try {
                work.onProgress?.({ stage: "download", done, ...(length && { total: length }) });
            } catch (error) {
                thrown = { error };
                break;
            }
        }
    } catch (error) {
        reader?.cancel().catch(() => undefined);
        signal?.throwIfAborted();
        if (error instanceof TabellaError) throw error;
        throw failed("the connection broke off");
    }
    if (thrown) {
        reader?.cancel().catch(() => undefined);
        throw thrown.error;
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
export async function openKey<T>(get: Get, url: string, cached: boolean, work: Work, open: (bytes: Uint8Array) => Promise<T>): Promise<T> {
    const caches = cached ? storage() : undefined;
    const kept = caches && (await inCache(caches, url));
    if (kept) {
        try {
            return await open(kept);
        } catch (error) {
            // Only what is no such key goes. A call that was stopped, or a module that broke, says nothing of it.
            if (!(error instanceof TabellaError && error.code === "bad-key")) throw error;
            await caches?.open(CACHE).then((cache) => cache.delete(url)).catch(() => undefined);
        }
    }
    work.signal?.throwIfAborted();
    const bytes = await download(get, url, work);
    const key = await open(bytes);
    // Nobody waits for it, and a full disk is no reason to have no key.
    const response = () => new Response(bytes as Uint8Array<ArrayBuffer>);
    const keep = () => void caches?.open(CACHE).then((cache) => cache.put(url, response())).catch(() => undefined);
    if (caches) setTimeout(keep, LATER);
    return key;
}

/** The browser's caches, where there are any: not in Node, nor in pages of insecure origins or of private windows that forbid them. */
function storage(): CacheStorage | undefined {
    try {
        return globalThis.caches;
    } catch {
        return undefined;
    }
}

/** What is kept of an address, if it is there and can be read; a first visit makes no cache before it has something to keep. */
async function inCache(caches: CacheStorage, url: string): Promise<Uint8Array | undefined> {
    try {
        const kept = await caches.match(url, { cacheName: CACHE });
        return kept && new Uint8Array(await kept.arrayBuffer());
    } catch {
        return undefined;
    }
}
