// A worker of a browser.

import type { Environment } from "./environment.js";

declare const self: DedicatedWorkerGlobalScope;
interface DedicatedWorkerGlobalScope {
    onmessage: ((event: MessageEvent) => void) | null;
    postMessage(message: unknown): void;
}
declare class FileReaderSync {
    readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

export const environment: Environment = {
    listen(heard) {
        self.onmessage = ({ data }) => heard(data);
    },
    post(message) {
        self.postMessage(message);
    },
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
