// What differs between a worker of a browser and one of Node.

import type { FromWorker } from "../messages.js";

/** A thread's first message. */
export type ThreadReady = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** A thread that shares the memory: a worker of the same script. */
export interface Thread {
    post(message: unknown): void;
    /** The thread's first message says whether it is ready. */
    ready(): Promise<void>;
}

export interface Environment {
    /** Hears the page, or who started this thread. */
    listen(heard: (message: unknown) => void): void;
    post(message: FromWorker | ThreadReady, transfer?: readonly unknown[]): void;
    /** Starts this script once more. */
    thread(): Thread;
    /** Fetches a file. */
    fetch(url: string, signal: AbortSignal): Promise<Response>;
    /** Reads a blob piece by piece, at once. */
    reader(blob: Blob): Promise<(most: number) => Uint8Array>;
}
