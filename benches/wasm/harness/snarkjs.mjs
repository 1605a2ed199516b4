// snarkjs in a page, with the files that Semaphore ships. The script that defines `snarkjs` is in the page.

/** Starts nothing: snarkjs takes the addresses of its files at every proof, and reads them from the browser's cache. */
export async function start({ statement, single }) {
    const { snarkjs } = globalThis;
    const options = single ? { singleThread: true } : undefined;
    const files = ["/semaphore-20.wasm", "/semaphore-20.zkey"];
    const key = await (await fetch("/semaphore-20.json")).json();
    return {
        engine: { threads: single ? 1 : navigator.hardwareConcurrency, simd: "none", version: "0.7.6" },
        prove: () => snarkjs.groth16.fullProve(statement.inputs, ...files, undefined, undefined, options),
        verify: async ({ proof, publicSignals }) => {
            if (!(await snarkjs.groth16.verify(key, publicSignals, proof))) throw new Error("the proof does not verify");
            return publicSignals.slice(0, 2);
        },
    };
}
