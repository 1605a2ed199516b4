// Our package in a page: what an application would write.
import { start as startTabella } from "/tabella/dist/index.js";

const message = "yes";
const scope = "lunch";

/** Starts the package; `statement` is what is proved. */
export async function start({ statement, simd }) {
    const tabella = await startTabella({ simd });
    const key = await tabella.loadSemaphoreKey(20, { url: "/tabella/keys/semaphore-20.key" });
    const identity = await tabella.importIdentity(statement.identity);
    const registry = await tabella.registryOf(statement.members);
    let preparation;
    return {
        engine: tabella.engine,
        prove: () => identity.proveMembership(key, registry, { message, scope }),
        prepare: async () => {
            preparation = await identity.prepareMembership(key, registry, { scope });
        },
        cast: () => identity.proveMembership(key, registry, { message, scope }, { preparation }),
        verify: async (proof) => {
            if (!(await tabella.verifySemaphoreProof(proof))) throw new Error("the proof does not verify");
            const { merkleTreeRoot, nullifier } = proof;
            return [merkleTreeRoot, nullifier].map(String);
        },
    };
}
