// ark-groth16 in a page. It has no program for circom's witnesses: the witness is given.

/** Reads key and witness. */
export async function start({ module }) {
    const kernel = await import(`/kernel/${module}.js`);
    await kernel.default({ module_or_path: fetch(`/kernel/${module}_bg.wasm`) });
    const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
    const provers = new kernel.Provers(await bytes("/semaphore-20.zkey"), await bytes("/semaphore-20.wtns"));
    return {
        engine: { threads: 1, simd: module, version: "0.6" },
        prove: async () => provers.arkworks(),
        verify: async () => {
            provers.ours();
            if (!provers.verified()) throw new Error("the proof does not verify");
            return undefined;
        },
    };
}
