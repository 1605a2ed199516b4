// Our package in a page: what an application would write that wants proofs of Semaphore.
import { start as startTabella } from "/tabella/dist/semaphore.js";

const message = "yes";
const scope = "lunch";

/** Starts the package; `statement` is what is proved. */
export async function start({ statement, simd }) {
    const tabella = await startTabella({ simd });
    const [key, identity, path] = await Promise.all([
        tabella.loadSemaphoreKey(20, { url: "/tabella/keys/semaphore-20.bin" }),
        tabella.importIdentity(statement.identity),
        tabella.pathFrom(statement.merkleProof),
    ]);
    let preparation;
    return {
        engine: tabella.engine,
        prove: () => identity.proveMembership(key, path, { message, scope }),
        prepare: async () => {
            preparation = await identity.prepareMembership(key, path, { scope });
        },
        cast: () => identity.proveMembership(key, path, { message, scope }, { preparation }),
        verify: async (proof) => {
            if (!(await tabella.verifySemaphoreProof(proof))) throw new Error("the proof does not verify");
            const { merkleTreeRoot, nullifier } = proof;
            return [merkleTreeRoot, nullifier].map(String);
        },
    };
}
