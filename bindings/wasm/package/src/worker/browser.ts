// A worker of a browser.

import type { Environment, ThreadReady } from "./environment.js";

declare const self: DedicatedWorkerGlobalScope;
interface DedicatedWorkerGlobalScope {
    readonly location: { readonly href: string };
    onmessage: ((event: MessageEvent) => void) | null;
    postMessage(message: unknown, transfer?: readonly unknown[]): void;
}
declare class FileReaderSync {
    readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

// Without a reference somebody collects threads that share memory.
const threads: Worker[] = [];

export const environment: Environment = {
    listen(heard) {
        self.onmessage = ({ data }) => heard(data);
    },
    post(message, transfer = []) {
        self.postMessage(message, transfer);
    },
    thread() {
        const worker = new Worker(self.location.href, { type: "module" });
        threads.push(worker);
        const ready = new Promise<void>((resolve, reject) => {
            worker.onmessage = ({ data }: MessageEvent<ThreadReady>) => (data.ready ? resolve() : reject(new Error(data.reason)));
            worker.onerror = (event) => reject(new Error(event.message || "a thread could not be started"));
        });
        return { post: (message) => worker.postMessage(message), ready: () => ready };
    },
    fetch: (url, signal) => fetch(url, { signal }),
    async reader(blob) {
        const reader = new FileReaderSync();
        let at = 0;
        return (most) => {
            const piece = new Uint8Array(reader.readAsArrayBuffer(blob.slice(at, at + most)));
            at += piece.length;
            return piece;
        };
    },
};
