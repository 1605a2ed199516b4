// Our package in a page: what an application would write.
import { Tabella } from "/tabella/index.js";

const message = "yes";
const scope = "lunch";

/** Starts the package; `statement` is what is proved. */
export async function start({ statement, threads, simd }) {
    const tabella = await Tabella.start({ threads, simd });
    const key = await tabella.loadKey({ semaphoreDepth: 20, url: "/semaphore-20.key" }, { cache: false });
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
