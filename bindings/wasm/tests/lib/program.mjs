// The command line tool, for what only it does.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { needed } from "./environment.mjs";

const run = promisify(execFile);

/** Runs `tabella` with `--json`: its answer, or the failure that it names. */
export async function tabella(folder, ...args) {
    const options = { cwd: folder, env: { ...process.env, TABELLA_PASSPHRASE: undefined }, maxBuffer: 2 ** 26 };
    try {
        const { stdout } = await run(needed("TABELLA"), ["--json", ...args], options);
        return JSON.parse(stdout);
    } catch (error) {
        throw new Error(`tabella ${args.join(" ")}: ${error.stderr || error.message}`, { cause: error });
    }
}
