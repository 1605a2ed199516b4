// snarkjs behind the line protocol of docs/benchmarking.md: `node peer.mjs ZKEY WTNS THREADS`.
//
// snarkjs takes files and reads the key's sections anew for every proof. Both files are given to it in memory, so that no
// disk is timed; the copying of sections is part of its interface and stays in its time.
import { readFileSync } from "node:fs";
import os from "node:os";
import { createInterface } from "node:readline";

const [zkeyPath, wtnsPath, threadsText] = process.argv.slice(2);
const threads = Number(threadsText);
if (!Number.isInteger(threads) || threads < 1) {
    console.error("usage: node peer.mjs ZKEY WTNS THREADS");
    process.exit(2);
}
// It starts one worker for each processor it counts, and works in the main thread if told to.
const processors = os.cpus().slice(0, 1);
os.cpus = () => Array.from({ length: threads }, () => processors[0]);

const begun = performance.now();
const { groth16, curves, zKey } = await import("snarkjs");
const version = JSON.parse(readFileSync(new URL("node_modules/snarkjs/package.json", import.meta.url), "utf8")).version;
const zkey = { type: "mem", data: new Uint8Array(readFileSync(zkeyPath)) };
const wtns = { type: "mem", data: new Uint8Array(readFileSync(wtnsPath)) };
const options = threads === 1 ? { singleThread: true } : {};
// The curve's workers are kept: started here once, and not in the first proof.
await curves.getCurveFromName("bn128", options);
const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
answer({ peer: "snarkjs", version: `${version} (node ${process.versions.node})`, threads, load_ms: performance.now() - begun });

let last;
for await (const line of createInterface({ input: process.stdin })) {
    if (line === "prove") {
        const start = performance.now();
        last = await groth16.prove(zkey, wtns, undefined, options);
        answer({ ms: performance.now() - start });
    } else if (line === "phases") {
        answer({});
    } else if (line === "verify" && last) {
        const key = await zKey.exportVerificationKey(zkey);
        const verified = await groth16.verify(key, last.publicSignals, last.proof);
        answer({ verified, proof: last.proof, public: last.publicSignals });
    } else {
        answer({ error: `cannot ${line} now` });
    }
}
// The workers would keep the process.
process.exit(0);
