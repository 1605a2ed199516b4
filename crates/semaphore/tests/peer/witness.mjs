// Witnesses of all 32 circuits for paths of every length, by Semaphore's witness programs and snarkjs.
//
//     npm ci && node witness.mjs > ../known_answers/witnesses.json
//
// For each depth d one SHA-256 over the witnesses for 0, 1, .. d siblings, each of them all wires as 32 bytes, little
// endian. `tests/witness.rs` computes the same inputs and the same digests.
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Identity } from "@semaphore-protocol/core"
import { wtns } from "snarkjs"
import { ARTIFACTS, hash } from "./semaphore.mjs"

const MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617n

function power(base, exponent) {
    let result = 1n
    for (; exponent > 0n; exponent >>= 1n, base = (base * base) % MODULUS) {
        if (exponent & 1n) result = (result * base) % MODULUS
    }
    return result
}

function inputs(depth, length) {
    const number = 100 * depth + length
    const path = Array.from({ length }, (_, level) => power(BigInt(1000 * number + level + 2), 99n))
    return {
        secret: new Identity(`witness ${number}`).secretScalar,
        merkleProofLength: length,
        merkleProofIndex: 0xb5a9c6d3n & ((1n << BigInt(length)) - 1n),
        merkleProofSiblings: [...path, ...Array(depth - length).fill(0n)],
        message: hash(BigInt(number)),
        scope: hash(BigInt(number) + 1n)
    }
}

const digests = []
for (let depth = 1; depth <= 32; depth += 1) {
    const digest = createHash("sha256")
    const program = readFileSync(join(ARTIFACTS, `semaphore-${depth}.wasm`))
    for (let length = 0; length <= depth; length += 1) {
        const file = { type: "mem" }
        await wtns.calculate(inputs(depth, length), program, file)
        for (const value of await wtns.exportJson(file)) {
            digest.update(Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse())
        }
    }
    digests.push(digest.digest("hex"))
    console.error(`depth ${depth}`)
}
console.log(
    JSON.stringify(
        {
            origin: "npm @zk-kit/semaphore-artifacts 4.13.0 (semaphore-1.wasm to semaphore-32.wasm), run by npm snarkjs 0.7.6",
            digests
        },
        null,
        2
    )
)
process.exit(0)
