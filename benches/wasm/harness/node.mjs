// Measures one module in Node: `node node.mjs MODULES NAME ZKEY WTNS REPETITIONS` prints one line of JSON.
// Without repetitions it is checked instead.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { check } from "./check.mjs";
import { measure } from "./measure.mjs";
import { probe } from "./probe.mjs";

const [folder, wanted, zkey, wtns, repetitions] = process.argv.slice(2);
if (wanted === "relaxed" && probe() !== "relaxed") {
    console.log(JSON.stringify({ absent: "relaxed multiply-add is unknown here, or not fused" }));
    process.exit(0);
}
const module = await import(pathToFileURL(resolve(join(folder, `${wanted}.js`))));
module.initSync({ module: readFileSync(join(folder, `${wanted}_bg.wasm`)) });
const files = { zkey: new Uint8Array(readFileSync(zkey)), wtns: new Uint8Array(readFileSync(wtns)) };
const result = Number(repetitions) ? measure(module, files, Number(repetitions)) : check(module, files);
console.log(JSON.stringify({ engine: `Node ${process.version}, V8 ${process.versions.v8}`, ...result }));
