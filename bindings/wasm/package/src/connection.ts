// The page's end of the worker.

import { TabellaError } from "./errors.js";
import { type FromWorker, type Handle, type ToWorker, handleOf } from "./messages.js";
import type { Work } from "./work.js";

/** A worker of a browser or of Node. */
export interface Port {
    post(message: ToWorker, transfer?: Transferable[]): void;
    listen(heard: (message: FromWorker) => void, broken: (reason: string) => void): void;
    end(): void;
}

/** What is known of the engine once it runs. */
export interface Engine {
    /** Threads that share the work. */
    readonly threads: number;
    /** How field elements are multiplied: `relaxed` SIMD where the browser has it. */
    readonly simd: "relaxed" | "integer";
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
    #ended: TabellaError | undefined;
    #reject: ((reason: TabellaError) => void) | undefined;

    /** Calls may be made at once: the worker answers them as soon as it has the module, and fetches meanwhile. */
    constructor(spawn: () => Port, module: Promise<WebAssembly.Module>, threads: number) {
        const port = spawn();
        this.#port = port;
        this.#threads = Array.from({ length: threads - 1 }, spawn);
        let started: (() => void) | undefined;
        this.ready = new Promise((resolve, reject) => {
            started = resolve;
            this.#reject = reject;
        });
        // Calls tell of it too.
        this.ready.catch(() => undefined);
        port.listen(
            (message) => {
                if ("started" in message) {
                    this.#memory = message.memory;
                    started?.();
                } else if ("failed" in message) {
                    this.#end(failure(message.failed));
                } else {
                    this.#heard(message);
                }
            },
            (reason) => this.#end(new TabellaError("crashed", reason)),
        );
        const leaders = this.#threads.map((thread) => {
            const { port1, port2 } = new MessageChannel();
            thread.listen(
                () => undefined,
                (reason) => this.#end(new TabellaError("crashed", `a thread: ${reason}`)),
            );
            thread.post({ leader: port2 }, [port2]);
            return port1;
        });
        port.post({ threads: leaders }, leaders);
        module.then(
            (module) => this.#ended ?? port.post({ start: module }),
            (error) => this.#end(new TabellaError("not-fetched", error instanceof Error ? error.message : String(error))),
        );
    }

    /** Calls a function of the worker. */
    call<T>(method: string, args: readonly unknown[], work: Work = {}): Promise<T> {
        const { signal } = work;
        return new Promise<unknown>((resolve, reject) => {
            if (this.#ended) return reject(this.#ended);
            if (signal?.aborted) return reject(signal.reason);
            const id = this.#next++;
            const abort = () => this.#abort(id);
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
        if (!this.#ended) this.#port.post({ free: handle });
    }

    /** Ends the worker with all that is in it. */
    close(): void {
        this.#end(new TabellaError("closed", "this Tabella was closed"));
    }

    #end(error: TabellaError): void {
        if (this.#ended) return;
        this.#ended = error;
        this.#reject?.(error);
        for (const port of [this.#port, ...this.#threads]) port.end();
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

    #abort(id: number): void {
        const pending = this.#take(id);
        if (!pending) return;
        // The worker hears messages between two pieces of work; in the middle of one it looks at the flag, if the memory is shared.
        if (this.#memory && pending.flag !== undefined) {
            Atomics.store(new Uint8Array(this.#memory.buffer), pending.flag, 1);
        }
        this.#port.post({ cancel: id });
        pending.reject(pending.work.signal?.reason);
    }

    #heard(message: Extract<FromWorker, { readonly id: number }>): void {
        if ("progress" in message) {
            this.#pending.get(message.id)?.work.onProgress?.(message.progress);
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

function failure({ code, message }: { code: string; message: string }): TabellaError {
    return new TabellaError(code as TabellaError["code"], message);
}
