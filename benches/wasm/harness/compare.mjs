// Compares provers in pages of headless Chromium: `node compare.mjs CONFIGURATION.json` prints one line of JSON, with every
// sample. The environment variable CHROMIUM names the browser.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { serve } from "./server.mjs";
import { statement } from "./statement.mjs";

const { places, contenders, rounds, cold_rounds } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const proved = statement("yes", "lunch");
const ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // So that memory is told when it is asked for, and not up to twenty seconds later.
    "--enable-blink-features=ForceEagerMeasureMemory",
];
/** Milliseconds after which a browser that was started is quiet. */
const SETTLING = 2000;
/** Milliseconds in which a first visit ends, or never. */
const PATIENCE = 60_000;
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const servers = { true: await serve(places, true), false: await serve(places, false) };

/** The address of a contender's page. */
function address(contender, more) {
    const settings = JSON.stringify({ ...contender, statement: proved, ...more });
    return `${servers[contender.isolated].address}/with-${contender.script}#${encodeURIComponent(settings)}`;
}

/** Works with a browser that has never been here, and looks on. */
async function withFreshBrowser(work) {
    const folder = mkdtempSync(join(tmpdir(), "tabella-browser-"));
    const context = await chromium.launchPersistentContext(folder, { executablePath, args: ARGUMENTS });
    try {
        return await work(context);
    } finally {
        await context.close();
        rmSync(folder, { recursive: true, force: true });
    }
}

/**
 * A first visit: from the navigation to the first proof that verified. The page is new to the browser, which runs already, and has done what
 * it does when it is started. Nobody looks on: what drives and inspects a browser takes time of its own.
 */
async function coldStart(contender) {
    const server = servers[contender.isolated];
    const folder = mkdtempSync(join(tmpdir(), "tabella-browser-"));
    const go = `setTimeout(() => location.replace(${JSON.stringify(address(contender, { cold: true }))}), ${SETTLING})`;
    const start = `data:text/html,<title>Tabella</title><script>${encodeURIComponent(go)}</script>`;
    server.fetched();
    const result = server.result();
    const browser = spawn(executablePath, [...ARGUMENTS, `--user-data-dir=${folder}`, start], { stdio: "ignore", detached: true });
    const ended = new Promise((resolve) => browser.once("exit", resolve).once("error", resolve));
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE).unref());
    try {
        const failed = (promise, reason) => promise.then(() => ({ failed: reason }));
        const answer = await Promise.race([result, failed(ended, "the browser ended"), failed(late, "no answer")]);
        if (answer.failed) throw new Error(`${contender.name}: ${answer.failed}`);
        return { ...answer, fetched: server.fetched() };
    } finally {
        // With all its processes.
        if (browser.pid && browser.exitCode === null) process.kill(-browser.pid, "SIGKILL");
        await ended;
        rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    }
}

/** The pages of all contenders, side by side, idle. */
async function openAll(context) {
    const pages = [];
    for (const contender of contenders) {
        const page = await context.newPage();
        await page.goto(address(contender));
        await page.waitForFunction(() => globalThis.bench !== undefined);
        const engine = await page.evaluate(() => globalThis.bench.load());
        pages.push({ contender, page, engine, proofs: [], casts: [], preparations: [] });
    }
    return pages;
}

/** All contenders claim the same. */
function agree(contender, { public_inputs }, reference) {
    if (public_inputs && JSON.stringify(public_inputs) !== JSON.stringify(reference)) {
        throw new Error(`${contender.name} proved another statement: ${public_inputs}, not ${reference}`);
    }
}

const results = Object.fromEntries(contenders.map(({ name }) => [name, { name, cold: [] }]));
let version;
let reference;
for (let round = 0; round < cold_rounds; round += 1) {
    for (const contender of contenders.filter(({ cold }) => cold)) {
        const sample = await coldStart(contender);
        reference ??= sample.public_inputs;
        agree(contender, sample, reference);
        results[contender.name].cold.push(sample);
    }
}
await withFreshBrowser(async (context) => {
    version = context.browser()?.version();
    const pages = await openAll(context);
    // The first two of each are for the optimising compiler.
    for (let round = -2; round < rounds; round += 1) {
        for (const { contender, page, proofs, casts, preparations } of pages) {
            const proof = await page.evaluate(() => globalThis.bench.prove());
            reference ??= proof.public_inputs;
            agree(contender, proof, reference);
            const cast = contender.prepared ? await page.evaluate(() => globalThis.bench.cast()) : undefined;
            if (round < 0) continue;
            proofs.push(proof.ms);
            if (cast) {
                agree(contender, cast, reference);
                casts.push(cast.ms);
                preparations.push(cast.prepared);
            }
        }
    }
    for (const { contender, page, engine, proofs, casts, preparations } of pages) {
        // Not timed: the clock that looks for blocks takes time itself.
        const blocks = [];
        for (let time = 0; time < 3; time += 1) blocks.push(await page.evaluate(() => globalThis.bench.block()));
        const memory = contender.isolated ? await page.evaluate(() => globalThis.bench.memory()) : undefined;
        Object.assign(results[contender.name], { engine, proofs, casts, preparations, blocks, memory });
    }
});
console.log(JSON.stringify({ browser: `Chromium ${version ?? "of unknown version"}`, contenders: Object.values(results) }));
Object.values(servers).forEach((server) => server.close());
