/** The same library in Node: workers are `node:worker_threads`, modules are files. @module */
export * from "../api.js";

import { availableParallelism } from "node:os";
import { type StartOptions, startOn } from "../engine.js";
import { Tabella } from "../tabella.js";
import { nodeHost } from "./host.js";

const host = nodeHost("tabella");

/** Starts the library in a worker of its own, which runs soon: see {@link Tabella.ready}. */
export async function start(options: StartOptions = {}): Promise<Tabella> {
    return new Tabella(startOn(host, availableParallelism(), options));
}
