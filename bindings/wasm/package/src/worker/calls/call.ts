// What a call of the page is.

import type { Environment } from "../environment.js";
import type { Handles } from "../handles.js";
import type { WasmWork } from "../module.js";

/** One call on its way. */
export interface Job {
    /** Runs what takes long: its flag is told to the page, and freed afterwards. */
    work<T>(run: (work: WasmWork) => T): T;
}

/** Calls by their names. */
export type Calls = Readonly<Record<string, (args: readonly unknown[], job: Job) => unknown>>;

/** Makes the calls that a module answers. */
export type MakeCalls<M> = (module: M, handles: Handles, environment: Environment) => Calls;
