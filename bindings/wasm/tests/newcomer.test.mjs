// What a newcomer does: the packed package in an empty project, the README's lines pasted, a proof that verifies. With Vite, built and in
// its development server; with no bundler at all; with isolation and without.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { launch } from "./lib/browser.mjs";
import { needed } from "./lib/environment.mjs";
import { serve } from "./lib/site.mjs";
import { serveFiles } from "./lib/static.mjs";

const run = promisify(execFile);
const project = mkdtempSync(join(tmpdir(), "tabella-newcomer-"));
const VALID = "the proof is valid: true";
const SLOW = 120_000;
let browser;

before(async () => {
    const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", project, needed("PACKAGE")]);
    const [{ filename }] = JSON.parse(stdout);
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "newcomer", private: true, type: "module" }));
    await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", join(project, filename), "vite@8.4.0"], { cwd: project });
    const readme = readFileSync(join(project, "node_modules", "tabella", "README.md"), "utf8");
    const [lines, election] = [...readme.matchAll(/```js\n([^]*?)```/g)].map(([, lines]) => lines);
    assert.ok(lines.trimEnd().split("\n").length <= 15, "fifteen lines");
    writeFileSync(join(project, "main.js"), lines);
    writeFileSync(join(project, "election.mjs"), election);
    writeFileSync(join(project, "index.html"), '<!doctype html><title>Newcomer</title><script type="module" src="/main.js"></script>');
    browser = await launch();
});
after(() => browser?.close());

/** What a page says on its console until the proof is verified; fails on the first error. */
async function visit(url) {
    const page = await browser.newPage();
    const said = [];
    try {
        return await new Promise((resolve, reject) => {
            const timer = setTimeout(() => reject(new Error(`${url}: no proof; it said: ${said.join(" | ")}`)), SLOW);
            page.on("pageerror", reject);
            page.on("console", (message) => {
                said.push(message.text());
                const { url } = message.location();
                if (message.type() === "error" && !url.endsWith("/favicon.ico")) reject(new Error(`${message.text()} ${url}`));
                if (message.text() === VALID) {
                    clearTimeout(timer);
                    resolve(said);
                }
            });
            page.goto(url).catch(reject);
        });
    } finally {
        await page.close();
    }
}

test("with Vite, built", async () => {
    await run(join(project, "node_modules", ".bin", "vite"), ["build"], { cwd: project });
    for (const isolated of [true, false]) {
        const site = await serveFiles({ "/": join(project, "dist") }, { isolated });
        try {
            assert.ok((await visit(`${site.url}/`)).includes("commitments"));
        } finally {
            site.stop();
        }
    }
});

test("with Vite's development server", async () => {
    const server = spawn(join(project, "node_modules", ".bin", "vite"), ["--port", "0", "--host", "127.0.0.1"], { cwd: project });
    try {
        const url = await new Promise((resolve, reject) => {
            let said = "";
            server.stdout.on("data", (text) => {
                said += text;
                const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(said.replaceAll(/\u001b\[\d+m/g, ""));
                if (found) resolve(found[0]);
            });
            server.on("exit", () => reject(new Error(said)));
        });
        await visit(url);
    } finally {
        server.kill();
    }
});

test("without a bundler", async () => {
    for (const entry of ["index", "semaphore"]) {
        const bare = join(project, `bare-${entry}`);
        mkdirSync(bare);
        const lines = readFileSync(join(project, "main.js"), "utf8")
            .replace('from "tabella";', `from "/tabella/dist/${entry}.js";`)
            .replace(/^import keyUrl .*$/m, 'const keyUrl = "/tabella/keys/semaphore-20.bin";');
        writeFileSync(join(bare, "main.js"), lines);
        cpSync(join(project, "index.html"), join(bare, "index.html"));
        for (const isolated of [true, false]) {
            const folders = { "/": bare, "/tabella/": join(project, "node_modules", "tabella") };
            const site = await serveFiles(folders, { isolated });
            try {
                await visit(`${site.url}/`);
            } finally {
                site.stop();
            }
        }
    }
});

test("an election, in Node", async () => {
    const site = await serve();
    try {
        const lines = readFileSync(join(project, "election.mjs"), "utf8");
        assert.ok(lines.includes("http://127.0.0.1:8017"));
        writeFileSync(join(project, "election.mjs"), lines.replace("http://127.0.0.1:8017", site.url));
        const { stdout } = await run("node", ["election.mjs"], { cwd: project, timeout: SLOW });
        assert.match(stdout, /^ballot [0-9A-Z-]+ is number 0$/m);
        assert.match(stdout, /^Winner: "Park"\.$/m);
    } finally {
        await site.stop();
    }
});
