// Writes each file of the built page also as `.br` and `.gz`, which `tabella serve` sends to browsers that ask for them.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const WORTH_IT = /\.(html|js|css|svg|wasm|webmanifest)$/;

/** A plugin that compresses what was built, once, as well as it can be. */
export function compress(): Plugin {
    let out = "dist";
    return {
        name: "tabella-compress",
        apply: "build",
        configResolved(config) {
            out = resolve(config.root, config.build.outDir);
        },
        async writeBundle() {
            const files = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) => WORTH_IT.test(name));
            await Promise.all(files.map((name) => both(join(out, name))));
        },
    };
}

/** Greatest size of a file that is compressed as well as it can be; a WebAssembly module that was not optimised would take minutes. */
const PATIENCE = 4 * 2 ** 20;

async function both(path: string): Promise<void> {
    const bytes = readFileSync(path);
    const params = { [constants.BROTLI_PARAM_QUALITY]: bytes.length > PATIENCE ? 5 : constants.BROTLI_MAX_QUALITY };
    writeFileSync(`${path}.br`, await promisify(brotliCompress)(bytes, { params }));
    writeFileSync(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
}
