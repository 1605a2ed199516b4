// Measures one module in a page of headless Chromium: `node chromium.mjs MODULES NAME ZKEY WTNS REPETITIONS` prints one line of
// JSON. Without repetitions it is checked instead. The environment variable CHROMIUM names the browser.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const [folder, wanted, zkey, wtns, repetitions] = process.argv.slice(2);
const harness = fileURLToPath(new URL(".", import.meta.url));
const PAGES = {
    "/": () => "<!doctype html><meta charset=utf-8><title>Tabella</title>",
    "/probe.mjs": () => readFileSync(join(harness, "probe.mjs")),
    "/check.mjs": () => readFileSync(join(harness, "check.mjs")),
    "/measure.mjs": () => readFileSync(join(harness, "measure.mjs")),
    [`/${wanted}.js`]: () => readFileSync(join(folder, `${wanted}.js`)),
    [`/${wanted}_bg.wasm`]: () => readFileSync(join(folder, `${wanted}_bg.wasm`)),
    "/zkey": () => readFileSync(zkey),
    "/wtns": () => readFileSync(wtns),
};
const TYPES = { "": "text/html", ".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm" };

const server = createServer((request, response) => {
    const page = PAGES[request.url];
    response.statusCode = page ? 200 : 404;
    response.setHeader("Content-Type", TYPES[request.url === "/" ? "" : extname(request.url)] ?? "application/octet-stream");
    // Isolated, a page has the fine clock.
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    response.end(page ? page() : "");
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
});
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${server.address().port}/`);
const result = await page.evaluate(
    async ([wanted, repetitions]) => {
        const { probe } = await import("/probe.mjs");
        if (wanted === "relaxed" && probe() !== "relaxed") {
            return { absent: "relaxed multiply-add is unknown here, or not fused" };
        }
        const { check } = await import("/check.mjs");
        const { measure } = await import("/measure.mjs");
        const module = await import(`/${wanted}.js`);
        await module.default({ module_or_path: fetch(`/${wanted}_bg.wasm`) });
        const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
        const files = { zkey: await bytes("/zkey"), wtns: await bytes("/wtns") };
        return repetitions ? measure(module, files, repetitions) : check(module, files);
    },
    [wanted, Number(repetitions)],
);
console.log(JSON.stringify({ engine: `Chromium ${browser.version()}`, ...result }));
await browser.close();
server.close();
