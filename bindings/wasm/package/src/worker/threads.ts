// Threads of the module: workers of the same script that share its memory.

import type { WasmModule } from "./module.js";

interface ThreadStart {
    readonly module: WebAssembly.Module;
    readonly memory: WebAssembly.Memory;
}

/** A thread's answer. */
type ThreadReady = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** Hands the module to all threads, and shares work with them once they are there. */
export async function share(threads: readonly MessagePort[], module: WasmModule, start: ThreadStart): Promise<void> {
    const ready = threads.map(
        (thread) =>
            new Promise<void>((resolve, reject) => {
                thread.onmessage = ({ data }: MessageEvent<ThreadReady>) => (data.ready ? resolve() : reject(new Error(data.reason)));
                thread.postMessage(start);
            }),
    );
    await Promise.all(ready);
    module.shareWork?.(threads.length + 1);
}

/** Waits for the module, and runs as a thread, for good. */
export function follow(module: WasmModule, leader: MessagePort): void {
    leader.onmessage = async ({ data }: MessageEvent<ThreadStart>) => {
        const answer = (ready: ThreadReady) => leader.postMessage(ready);
        try {
            await module.default({ module_or_path: data.module, memory: data.memory });
        } catch (error) {
            return answer({ ready: false, reason: String(error) });
        }
        answer({ ready: true });
        // Outside of promises, whose failures nobody would hear of.
        setTimeout(() => module.runThread?.());
    };
}
