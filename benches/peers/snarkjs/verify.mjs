// Checks proofs by snarkjs: reads lines {"name", "proof", "public"} and answers {"name", "verified"} for each.
// `node verify.mjs VERIFICATION_KEY.json < proofs.jsonl`
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { groth16 } from "snarkjs";

const key = JSON.parse(readFileSync(process.argv[2], "utf8"));
for await (const line of createInterface({ input: process.stdin })) {
    const { name, proof, public: inputs } = JSON.parse(line);
    const verified = await groth16.verify(key, inputs, proof);
    process.stdout.write(`${JSON.stringify({ name, verified })}\n`);
}
process.exit(0);
