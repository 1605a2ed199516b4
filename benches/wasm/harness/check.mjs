// Self-test of one module and one proof of Semaphore's circuit, in Node or in a page: what is checked, not measured.

/** Answers the kernels that were held against arkworks; throws where one differs or the proof does not verify. */
export function check(module, { zkey, wtns }) {
    const kernels = module.self_test();
    const provers = new module.Provers(zkey, wtns);
    provers.ours();
    if (!provers.verify_ours()) throw new Error("the proof does not verify");
    return { kernels: kernels.split(" ") };
}
