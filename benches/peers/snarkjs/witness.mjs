// Makes the witness that all provers are given: `node witness.mjs WASM DEPTH OUT.wtns`.
//
// Semaphore's circuit at its full depth, with fixed inputs: counting numbers in the path, so that nobody has to trust them.
import { writeFileSync } from "node:fs";
import { wtns } from "snarkjs";

const [wasm, depthText, out] = process.argv.slice(2);
const depth = Number(depthText);
if (!Number.isInteger(depth) || depth < 1 || !out) {
    console.error("usage: node witness.mjs WASM DEPTH OUT.wtns");
    process.exit(2);
}
// Large values that look like hashes: squared repeatedly, so that no scalar of the witness is small by accident.
const modulus = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
let state = 0x7461_6265_6c6c_61n;
const next = () => {
    for (let i = 0; i < 8; i += 1) state = (state * state + 7n) % modulus;
    return state;
};
const input = {
    secret: next() >> 4n,
    merkleProofLength: depth,
    // Bits left, right, left, right, ..
    merkleProofIndex: BigInt(`0b${"10".repeat(depth / 2)}`),
    merkleProofSiblings: Array.from({ length: depth }, next),
    message: next(),
    scope: next(),
};
const memory = { type: "mem" };
await wtns.calculate(input, wasm, memory);
writeFileSync(out, memory.data);
process.exit(0);
