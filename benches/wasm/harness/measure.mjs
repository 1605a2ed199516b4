// What is measured, in Node and in the browser alike: this prover and arkworks' in turn, minima and medians.

const summary = (times) => {
    const sorted = times.toSorted((a, b) => a - b);
    return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
};

// A product takes some tens of nanoseconds, and clocks of browsers tick in microseconds.
const ROUNDS_PER_TIMING = 100;

/**
 * Nanoseconds of one multiplication, for arkworks and for every kernel of the module.
 *
 * A browser first compiles quickly and then well: what comes before the timings is for the second compiler.
 */
function multiplications(module, repetitions) {
    const contenders = module.kernels().split(" ").map((name) => ({ name, products: new module.Products(name), times: [] }));
    const arkworks = [];
    for (let round = -20; round < repetitions; round += 1) {
        for (const { products, times } of contenders) {
            const perProduct = 1e6 / (ROUNDS_PER_TIMING * products.width);
            let start = performance.now();
            products.arkworks(ROUNDS_PER_TIMING);
            if (round >= 0) arkworks.push((performance.now() - start) * perProduct);
            start = performance.now();
            products.ours(ROUNDS_PER_TIMING);
            if (round >= 0) times.push((performance.now() - start) * perProduct);
        }
    }
    for (const { name, products } of contenders) {
        if (!products.agree()) throw new Error(`the products of ${name} are not those of arkworks`);
    }
    const results = { arkworks: summary(arkworks) };
    for (const { name, times } of contenders) results[name] = summary(times);
    return results;
}

/** Milliseconds of one proof, for both provers. The first of each, in the quick compiler's code, stands apart. */
function proofs(module, { zkey, wtns }, repetitions) {
    let start = performance.now();
    const provers = new module.Provers(zkey, wtns);
    const load = performance.now() - start;
    const times = { arkworks: [], tabella: [] };
    for (let round = 0; round <= repetitions; round += 1) {
        start = performance.now();
        provers.arkworks();
        times.arkworks.push(performance.now() - start);
        start = performance.now();
        provers.ours();
        times.tabella.push(performance.now() - start);
        if (!provers.verified()) throw new Error("a proof does not verify");
    }
    const of = ([first, ...rest]) => ({ first, ...summary(rest) });
    return { load, arkworks: of(times.arkworks), tabella: of(times.tabella) };
}

/** Measures one module, loaded and initialised. */
export function measure(module, files, repetitions) {
    return {
        kernel: module.kernels().split(" ")[0],
        multiplication_ns: multiplications(module, 10 * repetitions),
        proof_ms: proofs(module, files, repetitions),
    };
}
