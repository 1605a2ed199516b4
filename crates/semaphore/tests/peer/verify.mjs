// Verifies proofs of Rust with Semaphore's JavaScript, and sees that it refuses them when the message is changed.
//
//     node verify.mjs proofs.json
import { readFileSync } from "node:fs"
import { verifyProof } from "@semaphore-protocol/core"

const proofs = JSON.parse(readFileSync(process.argv[2], "utf8"))
for (const proof of proofs) {
    if (!(await verifyProof(proof))) throw new Error(`depth ${proof.merkleTreeDepth}: refused`)
    if (await verifyProof({ ...proof, message: "0" })) {
        throw new Error(`depth ${proof.merkleTreeDepth}: accepted with another message`)
    }
}
console.log(`${proofs.length} proofs verify`)
process.exit(proofs.length === 0 ? 1 : 0)
