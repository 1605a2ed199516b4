// The worker: runs the module, or is one of its threads, and answers the page, one call at a time.

import { type ErrorCode, TabellaError } from "../errors.js";
import { type Failed, type Follow, type Start, type ToWorker, handleOf } from "../messages.js";
import type { Stage } from "../work.js";
import type { Job, MakeCalls } from "./calls/call.js";
import type { Environment } from "./environment.js";
import { Handles } from "./handles.js";
import type { SemaphoreModule } from "./module.js";

/**
 * Calls that are answered before threads are there. Nothing in them may be shared: who asks for threads before they are there gets others,
 * and then none.
 */
const ALONE = /^(identity\.|registry\.pathFrom$)/;

export function main<M extends SemaphoreModule>(module: M, environment: Environment, calls: MakeCalls<M>): void {
    const handles = new Handles();
    const running = new Map<number, AbortController>();
    const table = calls(module, handles, environment);
    let memory: WebAssembly.Memory | undefined;
    // The module is there; and so are all threads.
    const [instance, instantiated] = later();
    const [ready, shared] = later();
    environment.listen((message) => {
        const heard = message as ToWorker;
        if ("start" in heard) void begin(heard.start);
        else if ("follow" in heard) void follow(heard.follow);
        else if ("share" in heard) share(heard.share);
        else if ("cancel" in heard) running.get(heard.cancel)?.abort();
        // After the calls that wait.
        else if ("free" in heard) void ready.then(() => handles.free(heard.free), () => undefined);
        else void answer(heard.id, heard.method, heard.arguments);
    });

    /** Runs as the worker that answers. */
    async function begin({ module: compiled, threads }: Start["start"]): Promise<void> {
        try {
            const loaded = await module.default({ module_or_path: compiled });
            instantiated();
            if (threads === 1) return share(1);
            memory = loaded.memory;
            environment.post({ memory });
        } catch (error) {
            environment.post({ failed: failed(error) });
        }
    }

    /** All threads are there: from now on work is shared. */
    function share(threads: number): void {
        try {
            if (threads > 1) module.shareWork?.(threads);
            environment.post({ started: true });
            shared();
        } catch (error) {
            environment.post({ failed: failed(error) });
        }
    }

    /** Runs as a thread of another worker, for good. */
    async function follow(start: Follow["follow"]): Promise<void> {
        try {
            await module.default({ module_or_path: start.module, memory: start.memory });
        } catch (error) {
            return environment.post({ failed: failed(error) });
        }
        environment.post({ following: true });
        // Outside of promises, whose failures nobody would hear of.
        setTimeout(() => module.runThread?.());
    }

    async function answer(id: number, method: string, args: readonly unknown[]): Promise<void> {
        const controller = new AbortController();
        running.set(id, controller);
        const progress = (stage: Stage, done?: number, total?: number) => {
            const numbers = done === undefined ? {} : total ? { done, total } : { done };
            environment.post({ id, progress: { stage, ...numbers } });
        };
        const job: Job = {
            work(run) {
                controller.signal.throwIfAborted();
                const work = new module.Work((stage, done, total) => progress(stage as Stage, done, total));
                if (memory) environment.post({ id, flag: work.flagAddress() });
                try {
                    return run(work);
                } finally {
                    work.free();
                }
            },
        };
        try {
            const call = Object.hasOwn(table, method) ? table[method] : undefined;
            if (!call) throw unknown(method);
            await (ALONE.test(method) ? instance : ready);
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

    /** Why a call is not there: builds without elections have fewer. */
    function unknown(method: string): TabellaError {
        if (Object.hasOwn(table, "election.join")) return new TabellaError("internal", `there is no call ${method}`);
        return new TabellaError("no-elections", `${method}: this module has proofs of Semaphore alone; the start of "tabella" has more`);
    }

    /** Frees what nobody waits for any more. */
    function freeAll(result: unknown): void {
        const handle = handleOf(result);
        if (handle !== undefined) handles.free(handle);
    }
}

/** A promise, and what resolves it. */
function later(): [Promise<void>, () => void] {
    let resolve: (() => void) | undefined;
    return [new Promise<void>((resolved) => (resolve = resolved)), () => resolve?.()];
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
