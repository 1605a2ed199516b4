// Files and texts, as the page gives them.

import { TabellaError } from "../errors.js";
import type { Environment } from "./environment.js";
import type { Read } from "./elections-module.js";

/** All of it in memory. */
export async function toBytes(given: unknown): Promise<Uint8Array> {
    if (given instanceof Uint8Array) return given;
    if (given instanceof ArrayBuffer) return new Uint8Array(given);
    if (given instanceof Blob) return new Uint8Array(await given.arrayBuffer());
    if (typeof given === "string") return new TextEncoder().encode(given);
    throw new TabellaError("bad-argument", "neither bytes nor a blob nor a text");
}

/** Read piece by piece, so that a blob on the disk is never in memory as a whole. */
export async function toReader(given: unknown, environment: Environment): Promise<Read> {
    const blob = given instanceof Blob ? given : new Blob([(await toBytes(given)) as Uint8Array<ArrayBuffer>]);
    return environment.reader(blob);
}

/** A text, and nothing that would be made into one. */
export function toText(given: unknown, what: string): string {
    if (typeof given !== "string") throw new TabellaError("bad-argument", `${what}: not a text`);
    return given;
}
