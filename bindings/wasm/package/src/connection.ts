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
    readonly engine: Engine;
    readonly #port: Port;
    readonly #memory: WebAssembly.Memory | undefined;
    readonly #pending = new Map<number, Pending>();
    readonly #freed = new FinalizationRegistry<Handle>((handle) => this.free(handle));
    #next = 1;
    #ended: TabellaError | undefined;

    private constructor(port: Port, engine: Engine, memory: WebAssembly.Memory | undefined) {
        this.#port = port;
        this.engine = engine;
        this.#memory = memory;
    }

    /** Waits until the worker runs. */
    static open(port: Port, wasm: string, threads: number): Promise<Connection> {
        return new Promise((resolve, reject) => {
            let connection: Connection | undefined;
            port.listen(
                (message) => {
                    if (connection) {
                        connection.#heard(message);
                    } else if ("started" in message) {
                        connection = new Connection(port, message.started, message.memory);
                        resolve(connection);
                    } else if ("failed" in message) {
                        port.end();
                        reject(failure(message.failed));
                    }
                },
                (reason) => {
                    const error = new TabellaError("crashed", reason);
                    if (connection) connection.#end(error);
                    else reject(error);
                },
            );
            port.post({ start: { wasm, threads } });
        });
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
        this.#port.end();
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

    #heard(message: FromWorker): void {
        if (!("id" in message)) return;
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
