// Numbers, as callers give them.

import { TabellaError } from "./errors.js";

/** A whole number from 0 on that fits 32 bits, and nothing that would be made into one. */
export function whole(given: unknown, what: string): number {
    if (Number.isSafeInteger(given) && Number(given) >= 0 && Number(given) < 2 ** 32) return Number(given);
    throw new TabellaError("bad-argument", `${what}: ${String(given)} is not a whole number from 0 to ${2 ** 32 - 1}`);
}
