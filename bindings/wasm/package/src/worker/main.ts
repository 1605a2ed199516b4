// The worker: starts the module, or is one of its threads, and answers the page one call after the other.

import { type ErrorCode, TabellaError } from "../errors.js";
import { type Failed, type ToWorker, handleOf } from "../messages.js";
import type { Stage } from "../work.js";
import { type Calls, type Job, calls } from "./calls.js";
import { compile } from "./compile.js";
import type { Environment } from "./environment.js";
import { Handles } from "./handles.js";
import type { WasmModule } from "./module.js";
import { isThreadStart, runThread } from "./threads.js";

export function main(module: WasmModule, environment: Environment): void {
    const handles = new Handles();
    const running = new Map<number, AbortController>();
    let table: Calls | undefined;
    let shared = false;
    let threadsAreThere: Promise<void> = Promise.resolve();

    environment.listen((message) => {
        if (isThreadStart(message)) return void runThread(module, environment, message);
        const heard = message as ToWorker;
        if ("start" in heard) void begin(heard.start.wasm, heard.start.threads);
        else if ("cancel" in heard) running.get(heard.cancel)?.abort();
        else if ("free" in heard) handles.free(heard.free);
        else void answer(heard.id, heard.method, heard.arguments);
    });

    async function begin(wasm: string, threads: number): Promise<void> {
        try {
            const compiled = await compile(environment, wasm);
            const { memory } = await module.default({ module_or_path: compiled });
            threadsAreThere = (threads > 1 ? module.initThreadPool?.(threads) : undefined) ?? Promise.resolve();
            // Every call waits for them, and tells.
            threadsAreThere.catch(() => undefined);
            table = calls(module, handles, environment);
            shared = threads > 1;
            const simd = module.kernel() === "relaxed" ? "relaxed" : "integer";
            const started = { simd, threads, version: module.version() } as const;
            environment.post(shared ? { started, memory } : { started });
        } catch (error) {
            environment.post({ failed: failed(error) });
        }
    }

    async function answer(id: number, method: string, args: readonly unknown[]): Promise<void> {
        const controller = new AbortController();
        running.set(id, controller);
        const progress = (stage: Stage, done?: number, total?: number) => {
            const numbers = done === undefined ? {} : total ? { done, total } : { done };
            environment.post({ id, progress: { stage, ...numbers } });
        };
        const job: Job = {
            signal: controller.signal,
            progress,
            ready: () => threadsAreThere,
            work(run) {
                controller.signal.throwIfAborted();
                const work = new module.Work((stage, done, total) => progress(stage as Stage, done, total));
                if (shared) environment.post({ id, flag: work.flagAddress() });
                try {
                    return run(work);
                } finally {
                    work.free();
                }
            },
        };
        try {
            const call = table?.[method];
            if (!call) throw new TabellaError("internal", `there is no call ${method}`);
            // Keys come over a network, and threads start meanwhile.
            if (!method.startsWith("key.")) await threadsAreThere;
            const result = await call(args, job);
            if (controller.signal.aborted) freeAll(result);
            controller.signal.throwIfAborted();
            environment.post({ id, result });
        } catch (error) {
            // A trap leaves the module in no state that anybody knows: what is in it is given up.
            environment.post({ id, error: failed(error), crashed: error instanceof WebAssembly.RuntimeError });
        } finally {
            running.delete(id);
        }
    }

    /** Frees what nobody waits for any more. */
    function freeAll(result: unknown): void {
        const handle = handleOf(result);
        if (handle !== undefined) handles.free(handle);
    }
}

function failed(error: unknown): Failed {
    // A trap's message names places in the program, and nothing that it worked on.
    if (error instanceof WebAssembly.RuntimeError) return { code: "crashed", message: `the module stopped: ${error.message}` };
    if (error instanceof Error) {
        const code = (error as { code?: unknown }).code;
        return { code: typeof code === "string" ? (code as ErrorCode) : "internal", message: error.message };
    }
    return { code: "internal", message: String(error) };
}
