// What was checked, counted over the processes of all test files.

import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file of this run, which the test files inherit by an environment variable. */
const file = (process.env.TABELLA_TEST_COUNTS ??= join(tmpdir(), `tabella-browser-tests-${process.pid}`));

export function fresh() {
    writeFileSync(file, "");
}

/** Counts one thing of a kind: `axe` or `screenshots`. */
export function count(kind) {
    appendFileSync(file, `${kind}\n`);
}

export function countsOf() {
    const counts = { axe: 0, screenshots: 0 };
    for (const kind of readFileSync(file, "utf8").split("\n")) if (kind in counts) counts[kind] += 1;
    return counts;
}
