// Values that stay in the worker, by number.

import { TabellaError } from "../errors.js";
import type { Handle } from "../messages.js";
import type { Freeable } from "./module.js";

/** The values that the page holds. */
export class Handles {
    readonly #values = new Map<Handle, Freeable>();
    #next = 1;

    /** Keeps a value for the page. */
    keep(value: Freeable): Handle {
        const handle = this.#next++;
        this.#values.set(handle, value);
        return handle;
    }

    /** The value, which stays. */
    get<T extends Freeable>(handle: unknown): T {
        const value = this.#values.get(handle as Handle);
        if (!value) throw new TabellaError("bad-argument", "this was freed, or belongs to another Tabella");
        return value as T;
    }

    /** The value, which goes: whoever takes it frees it. */
    take<T extends Freeable>(handle: unknown): T {
        const value = this.get<T>(handle);
        this.#values.delete(handle as Handle);
        return value;
    }

    /** Erases a value. */
    free(handle: Handle): void {
        this.#values.get(handle)?.free();
        this.#values.delete(handle);
    }
}
