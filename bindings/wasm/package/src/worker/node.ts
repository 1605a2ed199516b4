// A worker of Node.

import { parentPort } from "node:worker_threads";
import type { Environment } from "./environment.js";

export const environment: Environment = {
    listen(heard) {
        parentPort?.on("message", heard);
    },
    post(message) {
        parentPort?.postMessage(message);
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
