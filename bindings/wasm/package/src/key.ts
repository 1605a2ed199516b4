// Proving keys.

import { Held } from "./held.js";
import type { Bytes } from "./messages.js";

/** Where a key comes from: fetched, or bytes that are here already. Either is compared with the pinned hash. */
export type KeySource = { readonly url: string | URL } | { readonly bytes: Bytes };

/** The proving key of a circuit of Tabella. */
export class ProvingKey extends Held {
    /** @internal */
    protected declare readonly brand: "ProvingKey";
}

/** A proving key of Semaphore's ceremony. */
export class SemaphoreKey extends Held {
    /** @internal */
    protected declare readonly brand: "SemaphoreKey";
}
