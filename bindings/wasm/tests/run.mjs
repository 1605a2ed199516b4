// Runs all tests one after another and ends with one line of counts.
//
// TABELLA      the program `tabella`
// PACKAGE      the folder of the built npm package
// SITE         the folder of the built wallet
// VECTORS      the folder of known answers, crates/testkit/vectors
// SCREENSHOTS  where pictures go; none are made without it
// CHROMIUM     the browser; /usr/bin/chromium unless said otherwise
//
// Arguments are names of test files, such as `secret-election`; all of them without.

import { readdirSync } from "node:fs";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { countsOf, fresh } from "./lib/counts.mjs";
import { needed } from "./lib/environment.mjs";

for (const name of ["TABELLA", "PACKAGE", "SITE", "VECTORS"]) needed(name);
fresh();

const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith(".test.mjs"))
    .filter((name) => wanted.length === 0 || wanted.includes(name.replace(".test.mjs", "")))
    .map((name) => `${import.meta.dirname}/${name}`);
if (files.length === 0) throw new Error(`no such test: ${wanted.join(" ")}`);

const results = { passed: 0, failed: 0, skipped: 0 };
const tests = run({ files, concurrency: 1 });
const isFile = (event) => files.includes(event.name);
tests.on("test:pass", (event) => {
    if (!isFile(event)) results[event.skip === undefined ? "passed" : "skipped"] += 1;
});
tests.on("test:fail", (event) => {
    if (!isFile(event)) results.failed += 1;
    process.exitCode = 1;
});
tests.compose(new spec()).pipe(process.stdout);
process.on("exit", () => {
    const { axe, screenshots } = countsOf();
    console.log(
        `browser: ${results.passed} tests passed, ${results.failed} failed, ${results.skipped} skipped; ` +
            `${axe} screens checked by axe, ${screenshots} screenshots`,
    );
});
