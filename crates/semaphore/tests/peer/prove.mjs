// Proofs of Semaphore's JavaScript for Rust to verify.
//
//     node prove.mjs DEPTH.. > proofs.json
//
// For each depth a group of five, whose third member says "peer" in scope "depth <d>".
import { join } from "node:path"
import { Group, Identity, generateProof } from "@semaphore-protocol/core"
import { ARTIFACTS } from "./semaphore.mjs"

const members = Array.from({ length: 5 }, (_, number) => new Identity(`member ${number}`))
const proofs = []
for (const depth of process.argv.slice(2).map(Number)) {
    const group = new Group(members.map((member) => member.commitment))
    const files = {
        wasm: join(ARTIFACTS, `semaphore-${depth}.wasm`),
        zkey: join(ARTIFACTS, `semaphore-${depth}.zkey`)
    }
    proofs.push(await generateProof(members[2], group, "peer", `depth ${depth}`, depth, files))
}
console.log(JSON.stringify(proofs))
process.exit(0)
