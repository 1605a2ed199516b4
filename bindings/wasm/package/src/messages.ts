// What page and worker say to each other.

import type { ErrorCode } from "./errors.js";
import type { Stage } from "./work.js";

/** Files and texts, as the page gives them. */
export type Bytes = Uint8Array | ArrayBuffer | Blob | string;

/** A value that stays in the worker. */
export type Handle = number;

/** The compiled module, to the worker that answers, and how many threads share the work. */
export interface Start {
    readonly start: { readonly module: WebAssembly.Module; readonly threads: number };
}

/** To a worker that is a thread of another: its module and its memory. */
export interface Follow {
    readonly follow: { readonly module: WebAssembly.Module; readonly memory: WebAssembly.Memory };
}

/** One call. */
export interface Call {
    readonly id: number;
    readonly method: string;
    readonly arguments: readonly unknown[];
}

/** What the page says to the worker. */
export type ToWorker = Start | Follow | { readonly share: number } | Call | { readonly cancel: number } | { readonly free: Handle };

/** A failure on its way to the page. */
export interface Failed {
    readonly code: ErrorCode | "cancelled";
    readonly message: string;
}

/** What the worker says to the page. */
export type FromWorker =
    | { readonly memory: WebAssembly.Memory }
    | { readonly following: true }
    | { readonly started: true }
    | { readonly failed: Failed }
    | { readonly id: number; readonly result: unknown }
    | { readonly id: number; readonly error: Failed; readonly crashed?: boolean }
    | { readonly id: number; readonly progress: { readonly stage: Stage; readonly done?: number; readonly total?: number } }
    | { readonly id: number; readonly flag: number };

/** The handle in an answer, where it has one: alone, or beside what the page keeps of the value. */
export function handleOf(result: unknown): Handle | undefined {
    const handle = typeof result === "object" && result !== null ? (result as { handle?: unknown }).handle : result;
    return typeof handle === "number" ? handle : undefined;
}
