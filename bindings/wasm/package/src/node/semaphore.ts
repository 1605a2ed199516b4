/** Proofs of Semaphore alone, in Node. @module */
export * from "../semaphore-api.js";

import { availableParallelism } from "node:os";
import { type StartOptions, startOn } from "../engine.js";
import { Semaphore } from "../membership.js";
import { nodeHost } from "./host.js";

const host = nodeHost("semaphore");

/** Starts the library in a worker of its own, which runs soon: see {@link Semaphore.ready}. */
export async function start(options: StartOptions = {}): Promise<Semaphore> {
    return new Semaphore(startOn(host, availableParallelism(), options));
}
