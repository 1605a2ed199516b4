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

import type { Build } from "./builds.js";
import type { Port } from "./connection.js";
import { type Host, type StartOptions, Tabella } from "./tabella.js";

// Each worker and each module stands here by its name, so that bundlers find them.
const WORKERS: Record<Build, () => Worker> = {
    "threads-relaxed": () => new Worker(new URL("./worker-threads-relaxed.js", import.meta.url), { type: "module" }),
    "threads-simd128": () => new Worker(new URL("./worker-threads-simd128.js", import.meta.url), { type: "module" }),
    "plain-relaxed": () => new Worker(new URL("./worker-plain-relaxed.js", import.meta.url), { type: "module" }),
    "plain-simd128": () => new Worker(new URL("./worker-plain-simd128.js", import.meta.url), { type: "module" }),
};
const MODULES: Record<Build, () => URL> = {
    "threads-relaxed": () => new URL("./tabella-threads-relaxed.wasm.gz", import.meta.url),
    "threads-simd128": () => new URL("./tabella-threads-simd128.wasm.gz", import.meta.url),
    "plain-relaxed": () => new URL("./tabella-plain-relaxed.wasm.gz", import.meta.url),
    "plain-simd128": () => new URL("./tabella-plain-simd128.wasm.gz", import.meta.url),
};

function port(worker: Worker): Port {
    return {
        post: (message) => worker.postMessage(message),
        listen: (heard, broken) => {
            worker.onmessage = ({ data }) => heard(data);
            worker.onerror = (event) => broken(event.message || "the worker could not be loaded");
            worker.onmessageerror = () => broken("the worker sent what cannot be read");
        },
        end: () => worker.terminate(),
    };
}

const host: Host = {
    spawn: (build) => port(WORKERS[build]()),
    fetch: (build) => fetch(MODULES[build]()),
    get: (url, signal) => fetch(url, { signal }),
};

/** Starts the library in a worker of its own, which runs soon: see {@link Tabella.ready}. */
export function start(options: StartOptions = {}): Promise<Tabella> {
    return Tabella.startWith(host, navigator.hardwareConcurrency || 1, options);
}
