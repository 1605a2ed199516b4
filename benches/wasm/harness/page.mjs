// What every page of the comparison does: starts one contender, and proves when it is told to.

const settings = JSON.parse(decodeURIComponent(location.hash.slice(1)));

async function start() {
    const { start } = await import(`/browser/${settings.script}.mjs`);
    return start(settings);
}

/** Milliseconds of one call, and what it answered. */
async function timed(work) {
    const begun = performance.now();
    const answer = await work();
    return [performance.now() - begun, answer];
}

/** From the beginning of the navigation to the first proof that verified, in milliseconds. */
async function cold() {
    const contender = await start();
    const started = performance.now();
    const proof = await contender.prove();
    const proved = performance.now();
    const public_inputs = await contender.verify(proof);
    return { started, proved, verified: performance.now(), public_inputs, engine: contender.engine };
}

/** The longest time for which the page's own thread did nothing else while `work` ran, in milliseconds. */
async function longestBlock(work) {
    const { port1, port2 } = new MessageChannel();
    let [last, longest, running] = [performance.now(), 0, true];
    const tick = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
    };
    port1.onmessage = () => {
        tick();
        // A message at every turn would keep a core busy, which is the provers'.
        if (running) setTimeout(() => port2.postMessage(0), 1);
    };
    port2.postMessage(0);
    await work();
    running = false;
    tick();
    port1.close();
    return longest;
}

let contender;
globalThis.bench = {
    cold,
    load: async () => {
        contender = await start();
        return contender.engine;
    },
    prove: async () => {
        const [ms, proof] = await timed(contender.prove);
        return { ms, public_inputs: await contender.verify(proof) };
    },
    cast: async () => {
        const [prepared] = await timed(contender.prepare);
        const [ms, proof] = await timed(contender.cast);
        return { ms, prepared, public_inputs: await contender.verify(proof) };
    },
    block: () => longestBlock(contender.prove),
    memory: async () => (await performance.measureUserAgentSpecificMemory()).bytes,
};
if (settings.cold) {
    const result = await cold().catch((error) => ({ failed: String(error?.stack ?? error) }));
    await fetch("/result", { method: "POST", body: JSON.stringify(result) });
}
