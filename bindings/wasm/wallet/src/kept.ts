// What the service worker keeps of elections without looking into it.

/** The service worker's cache of elections. */
const CACHE = "tabella-elections";

/**
 * Forgets what is kept of an election: it was none of it, and whoever tries again shall ask the network.
 */
export async function forgetKept(election: string): Promise<void> {
    try {
        const cache = await caches.open(CACHE);
        for (const request of await cache.keys()) {
            if (new URL(request.url).pathname.includes(`/elections/${election}/`)) await cache.delete(request);
        }
    } catch {
        // No cache, so nothing is kept.
    }
}
