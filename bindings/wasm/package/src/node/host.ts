// Where workers, modules and files come from in Node.

import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import type { Parts } from "../builds.js";
import type { Port } from "../connection.js";
import type { Host } from "../engine.js";
import type { FromWorker } from "../messages.js";

/** A script ends when it is done: the worker keeps it alive while it owes an answer, and no longer. */
function port(worker: Worker): Port {
    let owed = 0;
    worker.unref();
    return {
        post: (message) => {
            worker.postMessage(message);
            if (("start" in message || "follow" in message || "method" in message) && owed++ === 0) worker.ref();
        },
        listen: (heard, broken) => {
            worker.on("message", (message: FromWorker) => {
                const answers = ["started", "following", "failed", "result", "error"].some((name) => name in message);
                if (answers && --owed === 0) worker.unref();
                heard(message);
            });
            worker.on("error", (error) => broken(error instanceof Error ? error.message : String(error)));
            worker.on("messageerror", (error) => broken(error.message));
        },
        end: () => void worker.terminate(),
    };
}

/** Node's way: workers are `node:worker_threads`, modules are files. */
export function nodeHost<P extends Parts>(parts: P): Host<P> {
    return {
        parts,
        spawn: (build) => port(new Worker(new URL(`./worker-${build}.js`, import.meta.url))),
        fetch: async (build) => new Response(await readFile(new URL(`../${build}.wasm.gz`, import.meta.url))),
        get: async (url, signal) =>
            url.startsWith("file:") ? new Response(await readFile(new URL(url), signal ? { signal } : {})) : fetch(url, { signal }),
    };
}
