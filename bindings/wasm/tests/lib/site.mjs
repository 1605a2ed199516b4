// A real `tabella serve` on a free port with a fresh folder.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needed } from "./environment.mjs";

/** How long a server may take until it says where it is, in milliseconds. */
const PATIENCE = 60_000;

/** Starts a rehearsal site; `extra` are further arguments. */
export async function serve(...extra) {
    const data = mkdtempSync(join(tmpdir(), "tabella-site-"));
    const listen = ["--listen", "127.0.0.1:0", "--name", "Town of Ostia"];
    const args = ["serve", "--data", data, "--site", needed("SITE"), ...listen, ...extra];
    const child = spawn(needed("TABELLA"), args, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const url = await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`the server says nothing: ${said}`)), PATIENCE);
        const hear = (text) => {
            said += text;
            const found = /http:\/\/[\d.:]+(?=\/)/.exec(said);
            if (!found) return;
            clearTimeout(timer);
            resolve(found[0]);
        };
        child.stdout.setEncoding("utf8").on("data", hear);
        child.stderr.setEncoding("utf8").on("data", hear);
        child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    return {
        url,
        async stop() {
            child.kill("SIGINT");
            await ended;
            rmSync(data, { recursive: true, force: true });
        },
    };
}
