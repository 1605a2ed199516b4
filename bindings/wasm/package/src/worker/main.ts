// The worker: runs the module, or is one of its threads, and answers the page one call after the other.

import { type ErrorCode, TabellaError } from "../errors.js";
import { type Failed, type ToWorker, handleOf } from "../messages.js";
import type { Stage } from "../work.js";
import { type Job, calls } from "./calls.js";
import type { Environment } from "./environment.js";
import { Handles } from "./handles.js";
import type { WasmModule } from "./module.js";
import { follow, share } from "./threads.js";

/** Calls whose work is that of one thread. */
const ALONE = /^(identity\.|registry\.pathFrom$)/;

export function main(module: WasmModule, environment: Environment): void {
    const handles = new Handles();
    const running = new Map<number, AbortController>();
    const table = calls(module, handles, environment);
    let threads: readonly MessagePort[] = [];
    let memory: WebAssembly.Memory | undefined;
    // The module is there; and so are all threads.
    const [instance, instantiated] = later();
    const [ready, started] = later();
    environment.listen((message) => {
        const heard = message as ToWorker;
        if ("threads" in heard) threads = heard.threads;
        else if ("leader" in heard) follow(module, heard.leader);
        else if ("start" in heard) begin(heard.start);
        else if ("cancel" in heard) running.get(heard.cancel)?.abort();
        else if ("free" in heard) handles.free(heard.free);
        else void answer(heard.id, heard.method, heard.arguments);
    });

    function begin(compiled: WebAssembly.Module): void {
        const loaded = module.default({ module_or_path: compiled });
        instantiated(loaded.then(() => undefined));
        started(
            loaded.then((loaded) => {
                if (threads.length === 0) return;
                memory = loaded.memory;
                return share(threads, module, { module: compiled, memory });
            }),
        );
        ready.then(
            () => environment.post({ started: true, ...(memory && { memory }) }),
            (error) => environment.post({ failed: failed(error) }),
        );
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
            const call = table[method];
            if (!call) throw new TabellaError("internal", `there is no call ${method}`);
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

    /** Frees what nobody waits for any more. */
    function freeAll(result: unknown): void {
        const handle = handleOf(result);
        if (handle !== undefined) handles.free(handle);
    }
}

/** A promise, and what decides that it follows another. */
function later(): [Promise<void>, (follow: Promise<void>) => void] {
    let decide: ((follow: Promise<void>) => void) | undefined;
    const promise = new Promise<void>((resolve) => (decide = resolve));
    // Every call tells of its failure.
    promise.catch(() => undefined);
    return [promise, (follow) => decide?.(follow)];
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
