// Which module is started, on so many threads.

import { type Build, type Parts, SIMDS, type Simd, chooseBuild, hasSimd } from "./builds.js";
import { compile } from "./compile.js";
import { Connection, type Engine, type Port } from "./connection.js";
import type { Get } from "./download.js";
import { TabellaError } from "./errors.js";

/** How to start. Everything has a default. */
export interface StartOptions {
    /** Threads that share the work: as many as there are processors, at most 8, where the page is cross-origin isolated; else 1. More than there are become as many as there are. */
    readonly threads?: number | "auto";
    /** How field elements are multiplied; by relaxed SIMD where the browser has it and rounds once, which nothing forces elsewhere: `engine.simd` tells. */
    readonly simd?: "auto" | Simd;
}

/** Where workers and modules come from: the browser's way, or Node's. */
export interface Host<P extends Parts> {
    /** What its modules know. */
    readonly parts: P;
    spawn(build: Build<P>): Port;
    fetch(build: Build<P>): Promise<Response>;
    readonly get: Get;
}

/** As in `package.json`, from which `build.mjs` puts it here. */
declare const VERSION: string;

/** What {@link startOn} started. */
export interface Started {
    readonly engine: Engine;
    /** Another worker with the same module. */
    readonly connect: () => Connection;
    readonly get: Get;
}

/** Starts the module that this browser can run. */
export function startOn<P extends Parts>(host: Host<P>, processors: number, options: StartOptions): Started {
    const { threads = "auto", simd = "auto" } = options;
    if (threads !== "auto" && !(Number.isSafeInteger(threads) && threads > 0)) {
        throw new TabellaError("bad-argument", `threads: ${String(threads)} is neither "auto" nor a whole number from 1 on`);
    }
    if (simd !== "auto" && !SIMDS.includes(simd)) {
        throw new TabellaError("bad-argument", `simd: ${String(simd)} is none of "auto", "relaxed", "simd128"`);
    }
    if (!hasSimd()) {
        throw new TabellaError("no-simd", "WebAssembly has no SIMD here, which Chromium 91, Firefox 89, Safari 16.4 and what is newer have");
    }
    const { build, ...engine } = chooseBuild(host.parts, threads, simd, processors);
    // The workers start while the module comes.
    const module = host.fetch(build).then(compile);
    // Every connection tells.
    module.catch(() => undefined);
    const connect = () => new Connection(() => host.spawn(build), module, engine.threads);
    return { engine: { ...engine, version: VERSION }, connect, get: host.get };
}
