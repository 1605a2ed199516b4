// The package as Node loads it.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { needed } from "./environment.mjs";

export const folder = needed("PACKAGE");
export const { start, TabellaError } = await import(pathToFileURL(join(folder, "dist", "node", "index.js")).href);
/** Semaphore's key, which comes with the package. */
export const semaphoreKey = pathToFileURL(join(folder, "keys", "semaphore-20.bin"));

/** Expects a TabellaError with that code. */
export const code = (expected) => (error) => {
    if (error instanceof TabellaError && error.code === expected) return true;
    throw new Error(`expected the code ${expected}, and got ${error?.code ?? error}`, { cause: error });
};
