// What was multiplied before the voter chose.

import type { Connection } from "./connection.js";
import { TabellaError } from "./errors.js";
import { Held } from "./held.js";
import type { Handle } from "./messages.js";

/** What proofs of one citizen have in common. Secret, in the worker; used once. */
export class Preparation extends Held {
    /** @internal */
    protected declare readonly brand: "Preparation";
    #taken = false;

    /** @internal */
    take(connection: Connection): Handle {
        const handle = this.handleFor(connection);
        if (this.#taken) throw new TabellaError("bad-argument", "a preparation is used once");
        this.#taken = true;
        return handle;
    }
}
