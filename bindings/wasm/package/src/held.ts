// A value that stays in the worker, and the page's hold on it.

import type { Connection } from "./connection.js";
import { TabellaError } from "./errors.js";
import type { Handle } from "./messages.js";

/** Something that lives in the worker. It is freed with {@link free}, or when nobody holds it any more. */
export abstract class Held {
    /**
     * The name of the class, for types alone: one value is not to be taken for another.
     *
     * @internal
     */
    protected declare abstract readonly brand: string;
    /** @internal */
    protected readonly connection: Connection;
    /** @internal */
    protected readonly handle: Handle;

    /** @internal */
    constructor(connection: Connection, handle: Handle) {
        this.connection = connection;
        this.handle = handle;
        connection.own(this, handle);
    }

    /**
     * Its number in the worker of `connection`.
     *
     * @internal
     */
    handleFor(connection: Connection): Handle {
        if (connection !== this.connection) throw new TabellaError("bad-argument", "this belongs to another Tabella");
        return this.handle;
    }

    /** Erases it in the worker. Whoever uses it afterwards gets an error. */
    free(): void {
        this.connection.release(this, this.handle);
    }
}
