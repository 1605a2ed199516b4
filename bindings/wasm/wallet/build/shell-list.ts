// Tells the service worker which files the built page consists of.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { Plugin } from "vite";

/** The word in the service worker's source that stands for the list. */
const PLACEHOLDER = "__SHELL_FILES__";

/** WebAssembly comes in several builds, of which a browser needs one: it is cached when it is fetched. */
const LATER = /\.(wasm|map)$/;

/** A plugin that puts the names of all built files, and a digest of their contents, into the service worker. */
export function shellList(): Plugin {
    let publicDir = "";
    return {
        name: "tabella-shell-list",
        apply: "build",
        enforce: "post",
        configResolved(config) {
            publicDir = config.publicDir;
        },
        generateBundle(_options, bundle) {
            const digest = createHash("sha256");
            const files = ["/"];
            for (const name of readdirSync(publicDir).toSorted()) {
                files.push(`/${name}`);
                digest.update(readFileSync(`${publicDir}/${name}`));
            }
            for (const [name, output] of Object.entries(bundle).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
                if (name === "service-worker.js") continue;
                digest.update(output.type === "chunk" ? output.code : output.source);
                if (name !== "index.html" && !LATER.test(name)) files.push(`/${name}`);
            }
            const worker = bundle["service-worker.js"];
            if (worker?.type !== "chunk" || !worker.code.includes(PLACEHOLDER)) {
                throw new Error("the service worker does not ask for the list of files");
            }
            const shell = { version: digest.digest("hex").slice(0, 16), files };
            worker.code = worker.code.replace(PLACEHOLDER, JSON.stringify(shell).replaceAll('"', '\\"'));
        },
    };
}
