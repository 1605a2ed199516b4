// Threads of the module: workers of the same script that share its memory. In place of the helpers that come with `wasm-bindgen-rayon`,
// which want a bundler of their own kind.

import type { Environment, Thread } from "./environment.js";
import type { WasmModule } from "./module.js";

interface ThreadStart {
    readonly thread: { readonly module: WebAssembly.Module; readonly memory: WebAssembly.Memory; readonly receiver: number };
}

/** What `wasm-bindgen-rayon` hands to whoever starts its threads. */
interface PoolBuilder {
    numThreads(): number;
    receiver(): number;
    build(): void;
}

let environment: Environment;

/** Says where threads come from. */
export function threadsFrom(given: Environment): void {
    environment = given;
}

/** Called by `initThreadPool`: starts the threads, and builds the pool once all are ready. */
export async function startWorkers(module: WebAssembly.Module, memory: WebAssembly.Memory, builder: PoolBuilder): Promise<void> {
    const start: ThreadStart = { thread: { module, memory, receiver: builder.receiver() } };
    const threads = Array.from({ length: builder.numThreads() }, (): Thread => environment.thread());
    for (const thread of threads) thread.post(start);
    await Promise.all(threads.map((thread) => thread.ready()));
    builder.build();
}

export function isThreadStart(message: unknown): message is ThreadStart {
    return typeof message === "object" && message !== null && "thread" in message;
}

/** Runs as a thread, for good. */
export async function runThread(module: WasmModule, environment: Environment, { thread }: ThreadStart): Promise<void> {
    try {
        await module.default({ module_or_path: thread.module, memory: thread.memory });
    } catch (error) {
        return environment.post({ ready: false, reason: String(error) });
    }
    environment.post({ ready: true });
    module.wbg_rayon_start_worker?.(thread.receiver);
}
