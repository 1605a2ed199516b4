// The page's end of the worker.

import type { Simd } from "./builds.js";
import { TabellaError } from "./errors.js";
import { type FromWorker, type Handle, type ToWorker, handleOf } from "./messages.js";
import type { Work } from "./work.js";

/** A worker of a browser or of Node. */
export interface Port {
    post(message: ToWorker): void;
    listen(heard: (message: FromWorker) => void, broken: (reason: string) => void): void;
    end(): void;
}

/** What is known of the engine once it runs. */
export interface Engine {
    /** Threads that share the work. */
    readonly threads: number;
    /** Which instructions the module has: `relaxed` SIMD where the browser knows it and rounds products after sums. */
    readonly simd: Simd;
    /** The library's version. */
    readonly version: string;
}

interface Pending {
    readonly resolve: (result: unknown) => void;
    readonly reject: (reason: unknown) => void;
    readonly work: Work;
    readonly forget: () => void;
    /** Where in the worker's memory the flag lies that stops this call. */
    flag?: number;
}

/** Calls on their way, and the values that stay in the worker. */
export class Connection {
    /** Rejects if the module does not start; then every call rejects with the same error. */
    readonly ready: Promise<void>;
    readonly #port: Port;
    readonly #threads: readonly Port[];
    #memory: WebAssembly.Memory | undefined;
    readonly #pending = new Map<number, Pending>();
    readonly #freed = new FinalizationRegistry<Handle>((handle) => this.free(handle));
    #next = 1;
    readonly #life = new AbortController();
    /** Aborted when this ends, with the error with which every call rejects then. */
    readonly ended = this.#life.signal;

    /**
     * Calls may be made at once: the worker answers them as soon as it has the module. With threads its memory is the page's to hand on,
     * for not every browser sends modules and memories from worker to worker.
     */
    constructor(spawn: () => Port, module: Promise<WebAssembly.Module>, threads: number) {
        const [port, ...others] = started(spawn, threads);
        this.#port = port;
        this.#threads = others;
        let ready: (() => void) | undefined;
        this.ready = new Promise((resolve, reject) => {
            ready = resolve;
            this.ended.addEventListener("abort", () => reject(this.ended.reason));
        });
        // Calls tell of it too.
        this.ready.catch(() => undefined);
        const broken = (reason: string) => this.#end(new TabellaError("crashed", reason));
        let following = 0;
        for (const thread of others) {
            thread.listen((message) => {
                if ("failed" in message) this.#end(failure(message.failed));
                else if ("following" in message && ++following === others.length) port.post({ share: threads });
            }, broken);
        }
        port.listen((message) => {
            if ("memory" in message) {
                const { memory } = message;
                this.#memory = memory;
                this.#hand(module, (module) => others.forEach((thread) => thread.post({ follow: { module, memory } })));
            } else if ("started" in message) {
                ready?.();
            } else if ("failed" in message) {
                this.#end(failure(message.failed));
            } else if ("id" in message) {
                this.#heard(message);
            }
        }, broken);
        this.#hand(module, (module) => port.post({ start: { module, threads } }));
    }

    /** Posts the module once it is there. */
    #hand(module: Promise<WebAssembly.Module>, post: (module: WebAssembly.Module) => void): void {
        module
            .then((module) => {
                if (!this.ended.aborted) post(module);
            })
            .catch((error) => {
                const code = error instanceof WebAssembly.CompileError ? "internal" : "not-fetched";
                this.#end(new TabellaError(code, `the module: ${error instanceof Error ? error.message : String(error)}`));
            });
    }

    /** Calls a function of the worker. */
    call<T>(method: string, args: readonly unknown[], work: Work = {}): Promise<T> {
        const { signal } = work;
        return new Promise<unknown>((resolve, reject) => {
            if (this.ended.aborted) return reject(this.ended.reason);
            if (signal?.aborted) return reject(signal.reason);
            const id = this.#next++;
            const abort = () => this.#abort(id, signal?.reason);
            signal?.addEventListener("abort", abort);
            const forget = () => signal?.removeEventListener("abort", abort);
            this.#pending.set(id, { resolve, reject, work, forget });
            try {
                this.#port.post({ id, method, arguments: args });
            } catch (error) {
                this.#take(id);
                reject(new TabellaError("bad-argument", error instanceof Error ? error.message : "the worker cannot take this"));
            }
        }) as Promise<T>;
    }

    /** Frees a value in the worker once `owner` is gone. */
    own(owner: object, handle: Handle): void {
        this.#freed.register(owner, handle, owner);
    }

    /** Frees a value now. */
    release(owner: object, handle: Handle): void {
        this.#freed.unregister(owner);
        this.free(handle);
    }

    free(handle: Handle): void {
        if (!this.ended.aborted) this.#port.post({ free: handle });
    }

    /** Ends the worker with all that is in it. */
    close(): void {
        this.#end(new TabellaError("closed", "this Tabella was closed"));
    }

    #end(error: TabellaError): void {
        if (this.ended.aborted) return;
        this.#life.abort(error);
        for (const port of [this.#port, ...this.#threads]) port.end();
        // Secrets lie in it.
        this.#memory = undefined;
        for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(error);
    }

    #take(id: number): Pending | undefined {
        const pending = this.#pending.get(id);
        this.#pending.delete(id);
        pending?.forget();
        return pending;
    }

    /** Frees what nobody waits for any more: the call was stopped when it was done already. */
    #freeResult(result: unknown): void {
        const handle = handleOf(result);
        if (handle !== undefined) this.free(handle);
    }

    #abort(id: number, reason: unknown): void {
        const pending = this.#take(id);
        if (!pending) return;
        pending.reject(reason);
        // The worker hears messages between two pieces of work; in the middle of one it looks at the flag, if the memory is shared.
        if (this.#memory && pending.flag !== undefined) {
            Atomics.store(new Uint8Array(this.#memory.buffer), pending.flag, 1);
        }
        this.#port.post({ cancel: id });
    }

    #heard(message: Extract<FromWorker, { readonly id: number }>): void {
        if ("progress" in message) {
            try {
                this.#pending.get(message.id)?.work.onProgress?.(message.progress);
            } catch (error) {
                this.#abort(message.id, error);
            }
        } else if ("flag" in message) {
            const pending = this.#pending.get(message.id);
            if (pending) pending.flag = message.flag;
        } else if ("result" in message) {
            const pending = this.#take(message.id);
            if (pending) pending.resolve(message.result);
            else this.#freeResult(message.result);
        } else {
            const error = failure(message.error);
            this.#take(message.id)?.reject(error);
            if (message.crashed) this.#end(error);
        }
    }
}

/** So many workers of the same kind. */
function started(spawn: () => Port, count: number): [Port, ...Port[]] {
    const ports: Port[] = [];
    try {
        const first = spawn();
        ports.push(first);
        while (ports.length < count) ports.push(spawn());
        return [first, ...ports.slice(1)];
    } catch (error) {
        for (const port of ports) port.end();
        throw new TabellaError("crashed", `no worker: ${error instanceof Error ? error.message : String(error)}`);
    }
}

function failure({ code, message }: { code: string; message: string }): TabellaError {
    return new TabellaError(code as TabellaError["code"], message);
}
