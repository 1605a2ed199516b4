// Keeps the page usable without a network: its files, the WebAssembly it used, and what elections never change.
//
// Proving keys are cached by the package `tabella` itself, after it has checked them.

/** The global scope, of which TypeScript knows only what all workers share. */
const scope = self as unknown as ServiceWorkerGlobalScope;

/** The files of the page and a name for their contents; the build writes them here. */
const shell = JSON.parse("__SHELL_FILES__") as { version: string; files: string[] };

const SHELL_CACHE = `tabella-shell-${shell.version}`;
const ELECTION_CACHE = "tabella-elections";

/** Parts of an election that are fixed once it exists. */
const FIXED = /^\/api\/v1\/elections\/[^/]+\/(manifest|registry\/.+)$/;
/** Answers of which an old one is better than none. */
const LATEST = /^\/api\/v1\/(site|elections\/[^/]+\/state)$/;

scope.addEventListener("install", (event) => {
    event.waitUntil(caches.open(SHELL_CACHE).then((cache) => cache.addAll(shell.files)));
});

scope.addEventListener("activate", (event) => {
    event.waitUntil(
        (async () => {
            for (const name of await caches.keys()) {
                if (name.startsWith("tabella-shell-") && name !== SHELL_CACHE) await caches.delete(name);
            }
            await scope.clients.claim();
        })(),
    );
});

scope.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== "GET" || url.origin !== scope.location.origin) return;
    if (event.request.mode === "navigate" && !url.pathname.startsWith("/api/")) {
        event.respondWith(url.pathname === "/" ? newestOr(SHELL_CACHE, event.request, "/") : keptOr(SHELL_CACHE, event.request));
    } else if (FIXED.test(url.pathname)) {
        event.respondWith(keptOr(ELECTION_CACHE, event.request));
    } else if (LATEST.test(url.pathname)) {
        event.respondWith(newestOr(ELECTION_CACHE, event.request, event.request));
    } else if (!url.pathname.startsWith("/api/")) {
        event.respondWith(keptOr(SHELL_CACHE, event.request));
    }
});

/** Keeps an answer. A full disk is no reason to have none. */
async function keep(cache: Cache, key: RequestInfo, response: Response): Promise<void> {
    await cache.put(key, response).catch(() => undefined);
}

/** The kept answer; else that of the network, which is kept. */
async function keptOr(name: string, request: Request): Promise<Response> {
    const cache = await caches.open(name);
    const kept = await cache.match(request);
    if (kept) return kept;
    const response = await fetch(request);
    if (response.status === 200) await keep(cache, request, response.clone());
    return response;
}

/** The answer of the network, which is kept under `key`; without a network the kept one. */
async function newestOr(name: string, request: Request, key: RequestInfo): Promise<Response> {
    const cache = await caches.open(name);
    try {
        const response = await fetch(request);
        if (response.status === 200) await keep(cache, key, response.clone());
        return response;
    } catch (error) {
        const kept = await cache.match(key);
        if (kept) return kept;
        throw error;
    }
}
