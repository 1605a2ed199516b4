// The package as Node loads it.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { needed } from "./environment.mjs";

export const folder = needed("PACKAGE");
const entry = (name) => import(pathToFileURL(join(folder, "dist", "node", `${name}.js`)).href);
export const { hasRelaxedSimd, start, TabellaError } = await entry("index");
/** The entry with proofs of Semaphore alone. */
export const semaphore = await entry("semaphore");
/** Semaphore's key, which comes with the package. */
export const semaphoreKey = pathToFileURL(join(folder, "keys", "semaphore-20.bin"));

/** Expects a TabellaError of either entry with that code. */
export const code = (expected) => (error) => {
    if ([TabellaError, semaphore.TabellaError].some((kind) => error instanceof kind) && error.code === expected) return true;
    throw new Error(`expected the code ${expected}, and got ${error?.code ?? error}`, { cause: error });
};
