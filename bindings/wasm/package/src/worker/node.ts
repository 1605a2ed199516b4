// A worker of Node.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Worker, parentPort } from "node:worker_threads";
import type { Environment, ThreadReady } from "./environment.js";

export const environment: Environment = {
    listen(heard) {
        parentPort?.on("message", heard);
    },
    post(message, transfer = []) {
        parentPort?.postMessage(message, transfer as never[]);
    },
    thread() {
        const worker = new Worker(new URL(import.meta.url));
        const ready = new Promise<void>((resolve, reject) => {
            worker.once("message", (message: ThreadReady) => {
                if (!message.ready) return reject(new Error(message.reason));
                // Threads that wait for work do not keep a script alive.
                worker.unref();
                resolve();
            });
            worker.once("error", reject);
        });
        return { post: (message) => worker.postMessage(message), ready: () => ready };
    },
    async fetch(url, signal) {
        return url.startsWith("file:") ? new Response(await readFile(fileURLToPath(url), { signal })) : fetch(url, { signal });
    },
    async reader(blob) {
        const bytes = new Uint8Array(await blob.arrayBuffer());
        let at = 0;
        return (most) => {
            const piece = bytes.subarray(at, at + most);
            at += piece.length;
            return piece;
        };
    },
};
