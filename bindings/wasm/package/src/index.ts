/**
 * Zero-knowledge digital identity and private voting.
 *
 * @example
 * ```ts
 * import { start } from "tabella";
 * const tabella = await start();
 * const identity = await tabella.generateIdentity();
 * ```
 * @module
 */
export * from "./api.js";

import { browserHost } from "./browser.js";
import { type StartOptions, startOn } from "./engine.js";
import { Tabella } from "./tabella.js";

const host = browserHost(
    "tabella",
    {
        "tabella-threads-relaxed": () => new Worker(new URL("./worker-tabella-threads-relaxed.js", import.meta.url), { type: "module" }),
        "tabella-threads-simd128": () => new Worker(new URL("./worker-tabella-threads-simd128.js", import.meta.url), { type: "module" }),
        "tabella-plain-relaxed": () => new Worker(new URL("./worker-tabella-plain-relaxed.js", import.meta.url), { type: "module" }),
        "tabella-plain-simd128": () => new Worker(new URL("./worker-tabella-plain-simd128.js", import.meta.url), { type: "module" }),
    },
    {
        "tabella-threads-relaxed": () => new URL("./tabella-threads-relaxed.wasm.gz", import.meta.url),
        "tabella-threads-simd128": () => new URL("./tabella-threads-simd128.wasm.gz", import.meta.url),
        "tabella-plain-relaxed": () => new URL("./tabella-plain-relaxed.wasm.gz", import.meta.url),
        "tabella-plain-simd128": () => new URL("./tabella-plain-simd128.wasm.gz", import.meta.url),
    },
);

/** Starts the library in a worker of its own, which runs soon: see {@link Tabella.ready}. */
export async function start(options: StartOptions = {}): Promise<Tabella> {
    return new Tabella(startOn(host, navigator.hardwareConcurrency || 1, options));
}
