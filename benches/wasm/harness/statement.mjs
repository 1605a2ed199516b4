// The statement that all contenders prove: one member of a group of 1,000, by Semaphore's own packages.
import { Group } from "@semaphore-protocol/group";
import { Identity } from "@semaphore-protocol/identity";
import { keccak_256 } from "@noble/hashes/sha3.js";

const DEPTH = 20;
const MEMBERS = 1000;
const OURS = 700;
const MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** Semaphore's hash of a text of at most 31 bytes, as `@semaphore-protocol/core` has it. */
function hash(text) {
    const bytes = new Uint8Array(32);
    bytes.set(new TextEncoder().encode(text));
    return BigInt(`0x${Buffer.from(keccak_256(bytes)).toString("hex")}`) >> 8n;
}

/** Inputs of the circuit for snarkjs, and what our package takes for the same. */
export function statement(message, scope) {
    const identity = new Identity("member");
    // The others are nobody: numbers that look like commitments.
    let state = 7n;
    const members = Array.from({ length: MEMBERS }, (_, number) => {
        for (let i = 0; i < 8; i += 1) state = (state * state + 7n) % MODULUS;
        return number === OURS ? identity.commitment : state;
    });
    const { root, leaf, index, siblings } = new Group(members).generateMerkleProof(OURS);
    const inputs = {
        secret: identity.secretScalar,
        merkleProofLength: siblings.length,
        merkleProofIndex: index,
        merkleProofSiblings: [...siblings, ...Array(DEPTH - siblings.length).fill(0n)],
        message: hash(message),
        scope: hash(scope),
    };
    const text = (value) => (Array.isArray(value) ? value.map(String) : String(value));
    return {
        identity: identity.export(),
        merkleProof: { root: text(root), leaf: text(leaf), index, siblings: text(siblings) },
        inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, text(value)])),
    };
}
