// What is measured, in Node and in the browser alike: this prover and arkworks' in turn. All samples are handed out.

// A product takes some tens of nanoseconds, and clocks of browsers tick in microseconds.
const ROUNDS_PER_TIMING = 1000;

/**
 * Nanoseconds of one multiplication, for arkworks and for every kernel of the module.
 *
 * A browser first compiles quickly and then well: what comes before the timings is for the second compiler.
 */
function multiplications(module, repetitions) {
    const kernels = module.kernels().split(" ");
    const contenders = kernels.map((name) => ({ name, products: new module.Products(name), ours: [], arkworks: [] }));
    for (let round = -20; round < repetitions; round += 1) {
        for (const { products, ours, arkworks } of contenders) {
            const perProduct = 1e6 / (ROUNDS_PER_TIMING * products.width);
            let start = performance.now();
            products.arkworks(ROUNDS_PER_TIMING);
            if (round >= 0) arkworks.push((performance.now() - start) * perProduct);
            start = performance.now();
            products.ours(ROUNDS_PER_TIMING);
            if (round >= 0) ours.push((performance.now() - start) * perProduct);
        }
    }
    for (const { name, products } of contenders) {
        if (!products.agree()) throw new Error(`the products of ${name} are not those of arkworks`);
    }
    return contenders.map(({ name, ours, arkworks }) => ({ name, ours, arkworks }));
}

/** Milliseconds of one proof, for both provers. The first of each, in the quick compiler's code, stands apart. */
function proofs(module, { zkey, wtns }, repetitions) {
    let start = performance.now();
    const provers = new module.Provers(zkey, wtns);
    const load = performance.now() - start;
    const times = { arkworks: [], ours: [], verification: [] };
    for (let round = 0; round <= repetitions; round += 1) {
        start = performance.now();
        provers.arkworks();
        times.arkworks.push(performance.now() - start);
        start = performance.now();
        provers.ours();
        times.ours.push(performance.now() - start);
        start = performance.now();
        provers.verify_ours();
        times.verification.push(performance.now() - start);
        if (!provers.verified()) throw new Error("a proof does not verify");
    }
    const split = ([first, ...rest]) => ({ first, rest });
    const { arkworks, ours, verification } = times;
    return { load, arkworks: split(arkworks), ours: split(ours), verification: split(verification) };
}

/** Measures one module, loaded and initialised. */
export function measure(module, files, repetitions) {
    return {
        multiplication_ns: multiplications(module, 10 * repetitions),
        proof_ms: proofs(module, files, repetitions),
    };
}
