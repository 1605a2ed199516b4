/** The same library in Node: workers are `node:worker_threads`, modules are files. @module */
export * from "../api.js";

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Port } from "../connection.js";
import { type Spawn, type StartOptions, Tabella } from "../tabella.js";

function port(worker: Worker): Port {
    return {
        post: (message, transfer = []) => worker.postMessage(message, transfer as never[]),
        listen: (heard, broken) => {
            worker.on("message", heard);
            worker.on("error", (error) => broken(error instanceof Error ? error.message : String(error)));
            worker.on("messageerror", (error) => broken(error.message));
            // A script ends when it is done; while a call is on its way, that keeps it alive.
            worker.unref();
        },
        end: () => void worker.terminate(),
    };
}

const spawn: Spawn = (build) => ({
    port: port(new Worker(new URL(`./worker-${build}.js`, import.meta.url))),
    wasm: new URL(`../tabella-${build}.wasm`, import.meta.url).href,
});

/** Starts the library in a worker of its own. */
export function start(options: StartOptions = {}): Promise<Tabella> {
    return Tabella.startWith(spawn, availableParallelism(), options);
}
