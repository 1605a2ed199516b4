/**
 * Identities, groups, and proofs of Semaphore, without elections: half the bytes, for a shorter first visit.
 *
 * @example
 * ```ts
 * import { start } from "tabella/semaphore";
 * const semaphore = await start();
 * const identity = await semaphore.generateIdentity();
 * ```
 * @module
 */
export * from "./semaphore-api.js";

import { browserHost } from "./browser.js";
import { type StartOptions, startOn } from "./engine.js";
import { Semaphore } from "./membership.js";

const host = browserHost(
    "semaphore",
    {
        "semaphore-threads-relaxed": () => new Worker(new URL("./worker-semaphore-threads-relaxed.js", import.meta.url), { type: "module" }),
        "semaphore-threads-simd128": () => new Worker(new URL("./worker-semaphore-threads-simd128.js", import.meta.url), { type: "module" }),
        "semaphore-plain-relaxed": () => new Worker(new URL("./worker-semaphore-plain-relaxed.js", import.meta.url), { type: "module" }),
        "semaphore-plain-simd128": () => new Worker(new URL("./worker-semaphore-plain-simd128.js", import.meta.url), { type: "module" }),
    },
    {
        "semaphore-threads-relaxed": () => new URL("./semaphore-threads-relaxed.wasm.gz", import.meta.url),
        "semaphore-threads-simd128": () => new URL("./semaphore-threads-simd128.wasm.gz", import.meta.url),
        "semaphore-plain-relaxed": () => new URL("./semaphore-plain-relaxed.wasm.gz", import.meta.url),
        "semaphore-plain-simd128": () => new URL("./semaphore-plain-simd128.wasm.gz", import.meta.url),
    },
);

/** Starts the library in a worker of its own, which runs soon: see {@link Semaphore.ready}. */
export async function start(options: StartOptions = {}): Promise<Semaphore> {
    return new Semaphore(startOn(host, navigator.hardwareConcurrency || 1, options));
}
