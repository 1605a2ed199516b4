// When and whether a ballot is sent again.

import { ApiError } from "./api/error.ts";

/** Longest pause between two tries, in milliseconds. */
const LONGEST = 60_000;

/** The pause after `failures` failures in a row (at least 1), in milliseconds; `random` is from 0 to 1. */
export function pause(failures: number, random: number): number {
    const full = Math.min(LONGEST, 1000 * 2 ** Math.min(failures - 1, 16));
    // Half of it by chance, so that the wallets of a town do not come back all at once.
    return full / 2 + (full / 2) * random;
}

/** Refusals that time may mend. */
const PASSING: readonly string[] = ["not-yet-open", "storage", "busy"];

/**
 * Whether the box has surely not taken the ballot and never will. If not, the same bytes are sent again.
 */
export function isFinal(error: unknown): error is ApiError {
    return (
        error instanceof ApiError &&
        error.status >= 400 &&
        error.status < 500 &&
        // A proxy's word, or that of a hotel's gateway, is not the box's.
        !error.code.startsWith("http-") &&
        error.status !== 408 &&
        error.status !== 429 &&
        !PASSING.includes(error.code)
    );
}
