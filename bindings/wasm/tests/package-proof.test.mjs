// Proofs of Semaphore: made here they verify natively, made by Semaphore they verify here; with threads and without, by the whole package and
// by the entry that has nothing else.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { code, hasRelaxedSimd, semaphore, semaphoreKey, start } from "./lib/package.mjs";
import { tabella as program } from "./lib/program.mjs";
import { known } from "./lib/vectors.mjs";

const folder = mkdtempSync(join(tmpdir(), "tabella-proof-"));
const ENGINES = [
    ["1 thread", start, 1],
    ["2 threads", start, 2],
    ["1 thread, Semaphore alone", semaphore.start, 1],
    ["2 threads, Semaphore alone", semaphore.start, 2],
];
const engines = new Map();

before(async () => {
    for (const [name, start, threads] of ENGINES) {
        const tabella = await start({ threads });
        assert.equal(tabella.engine.threads, threads);
        const citizens = [];
        for (let n = 0; n < 3; n += 1) citizens.push(await tabella.generateIdentity());
        const group = await tabella.registryOf(citizens.map(({ commitment }) => commitment));
        const key = await tabella.loadSemaphoreKey(20, { url: semaphoreKey });
        engines.set(name, { tabella, citizens, group, key });
    }
});
after(() => engines.forEach(({ tabella }) => tabella.close()));

for (const [name] of ENGINES) {
    test(`${name}: a proof is made, verifies natively, and is of nothing else`, async () => {
        const { tabella, citizens, group, key } = engines.get(name);
        const stages = [];
        const statement = { message: "yes", scope: "lunch" };
        const work = { onProgress: ({ stage }) => stages.push(stage) };
        const proof = await citizens[1].proveMembership(key, group, statement, work);
        assert.deepEqual(stages, ["satisfaction", "quotient", "commitments", "verification"]);
        assert.equal(proof.merkleTreeRoot, group.root);
        assert.equal(await tabella.verifySemaphoreProof(proof), true);
        assert.equal(await tabella.verifySemaphoreProof({ ...proof, message: "5" }), false);
        assert.equal(await tabella.verifySemaphoreProof({ ...proof, nullifier: "5" }), false);

        const file = join(folder, `proof-${name}.json`);
        writeFileSync(file, JSON.stringify(proof));
        const native = await program(folder, "verify-proof", file, "--message", "yes", "--scope", "lunch");
        assert.equal(native.valid, true);
        writeFileSync(file, JSON.stringify({ ...proof, scope: "5" }));
        await assert.rejects(program(folder, "verify-proof", file));

        const again = await citizens[1].proveMembership(key, group, statement);
        assert.notDeepEqual(again.points, proof.points, "each has blinding of its own");
        assert.equal(again.nullifier, proof.nullifier);
    });

    test(`${name}: a prepared proof is as good`, async () => {
        const { tabella, citizens, group, key } = engines.get(name);
        const preparation = await citizens[0].prepareMembership(key, group, { scope: "lunch" });
        const proof = await citizens[0].proveMembership(key, group, { message: "no", scope: "lunch" }, { preparation });
        assert.equal(await tabella.verifySemaphoreProof(proof), true);
        const reused = citizens[0].proveMembership(key, group, { message: "no", scope: "lunch" }, { preparation });
        await assert.rejects(reused, code("bad-argument"));
    });

    test(`${name}: work that is stopped says so, and the next is done`, async () => {
        const { tabella, citizens, group, key } = engines.get(name);
        const stopped = AbortSignal.abort();
        const statement = { message: "yes", scope: "lunch" };
        await assert.rejects(citizens[0].proveMembership(key, group, statement, { signal: stopped }), { name: "AbortError" });
        for (const stage of ["quotient", "commitments"]) {
            const controller = new AbortController();
            const work = { signal: controller.signal, onProgress: (progress) => progress.stage === stage && controller.abort() };
            await assert.rejects(citizens[0].proveMembership(key, group, statement, work), { name: "AbortError" });
        }
        const reason = new Error("the voter left");
        const controller = new AbortController();
        const promise = citizens[0].proveMembership(key, group, statement, { signal: controller.signal });
        controller.abort(reason);
        await assert.rejects(promise, (error) => error === reason);
        const throws = () => {
            throw reason;
        };
        await assert.rejects(citizens[0].proveMembership(key, group, statement, { onProgress: throws }), (error) => error === reason);
        await assert.rejects(tabella.loadSemaphoreKey(20, { url: semaphoreKey }, { onProgress: throws }), (error) => error === reason);
        assert.equal(await tabella.verifySemaphoreProof(await citizens[0].proveMembership(key, group, statement)), true);
    });
}

test("the proofs of Semaphore's JavaScript verify", async () => {
    const { tabella } = engines.get("1 thread");
    const { proofs } = known("proofs.json");
    for (const { proof } of proofs) assert.equal(await tabella.verifySemaphoreProof(proof), true);
    assert.equal(proofs.length, 6);
    for (const rubbish of ["", "{}", "[]", '{"merkleTreeDepth":1}']) {
        await assert.rejects(tabella.verifySemaphoreProof(rubbish), code("bad-proof"));
    }
});

test("keys other than the pinned ones are refused", async () => {
    const { tabella } = engines.get("1 thread");
    const bytes = new Uint8Array(readFileSync(semaphoreKey));
    bytes[bytes.length >> 1] ^= 1;
    await assert.rejects(tabella.loadSemaphoreKey(20, { bytes }), code("bad-key"));
    await assert.rejects(tabella.loadSemaphoreKey(19, { url: semaphoreKey }), code("bad-key"));
    await assert.rejects(tabella.loadSemaphoreKey(0, { url: semaphoreKey }), code("bad-depth"));
    await assert.rejects(tabella.loadKey("membership-20-v1", { url: semaphoreKey }), code("bad-key"));
    await assert.rejects(tabella.loadKey("nothing", { url: semaphoreKey }), code("unknown-circuit"));
    await assert.rejects(tabella.loadSemaphoreKey(20, { url: new URL("none", semaphoreKey) }), code("not-fetched"));
});

test("a Merkle proof of Semaphore is a path; one that leads elsewhere is refused", async () => {
    const { tabella, citizens, key } = engines.get("1 thread");
    const [left, right] = citizens.map(({ commitment }) => commitment);
    const { root } = await tabella.registryOf([left, right]);
    const merkleProof = { root: BigInt(root), leaf: BigInt(right), index: 1, siblings: [BigInt(left)] };
    const statement = { message: "yes", scope: "lunch" };
    const proof = await citizens[1].proveMembership(key, merkleProof, statement);
    assert.equal(proof.merkleTreeRoot, root);
    assert.equal(await tabella.verifySemaphoreProof(proof), true);
    await assert.rejects(citizens[0].proveMembership(key, merkleProof, statement), code("bad-path"));
    const another = await tabella.pathFrom(merkleProof);
    await assert.rejects(citizens[0].proveMembership(key, another, statement), code("bad-path"));
    await assert.rejects(citizens[0].prepareMembership(key, another, { scope: "lunch" }), code("bad-path"));
    await assert.rejects(tabella.registryOf("123"), code("bad-argument"));
    for (const [part, value] of [["root", 5n], ["leaf", BigInt(left)], ["index", 0], ["index", 2], ["siblings", []], ["siblings", ["x"]]]) {
        await assert.rejects(tabella.pathFrom({ ...merkleProof, [part]: value }), code("bad-path"), part);
    }
    await assert.rejects(tabella.pathFrom({ ...merkleProof, leaf: "x" }), code("bad-commitment"));
    await assert.rejects(tabella.pathFrom({ ...merkleProof, index: -1 }), code("bad-argument"));
});

test("a call that is made at once waits for the module", async () => {
    const tabella = await start({ threads: 2 });
    const [identity, valid] = await Promise.all([
        tabella.generateIdentity(),
        tabella.verifySemaphoreProof(known("proofs.json").proofs[0].proof),
        tabella.ready(),
    ]);
    assert.match(identity.commitment, /^[0-9]+$/);
    assert.equal(valid, true);
    tabella.close();
    await assert.rejects(tabella.generateIdentity(), code("closed"));
    const ended = await start({ threads: 1 });
    const pending = ended.generateIdentity();
    ended.close();
    await assert.rejects(pending, code("closed"));
    await assert.rejects(ended.ready(), code("closed"));
});

test("who is in no group proves nothing", async () => {
    const { tabella, group } = engines.get("1 thread");
    const stranger = await tabella.generateIdentity();
    await assert.rejects(group.pathOf(stranger), code("not-registered"));
});

test("without elections, what wants them says so", async () => {
    const { tabella, citizens } = engines.get("2 threads, Semaphore alone");
    await assert.rejects(citizens[0].register("town"), code("no-elections"));
    const { tabella: whole } = engines.get("2 threads");
    for (const method of ["audit", "checkReceipt", "fetchPath", "findBallot", "joinElection", "loadKey", "readRegistry"]) {
        assert.deepEqual([typeof tabella[method], typeof whole[method]], ["undefined", "function"], method);
    }
    assert.equal((await whole.importIdentity(await citizens[0].export())).commitment, citizens[0].commitment);
});

test("relaxed SIMD is used only where products are rounded after sums", (context) => {
    for (const entry of [semaphore, { hasRelaxedSimd }]) {
        const stub = (made) => {
            context.mock.method(WebAssembly, "validate", () => true);
            context.mock.method(WebAssembly, "Module", function Module() {});
            context.mock.method(WebAssembly, "Instance", made);
        };
        for (const [product, expected] of [[-(2 ** -60), true], [0, false]]) {
            stub(function Instance() {
                return { exports: { f: () => product } };
            });
            assert.equal(entry.hasRelaxedSimd(), expected);
            context.mock.restoreAll();
        }
        stub(function Instance() {
            throw new WebAssembly.CompileError("forbidden");
        });
        assert.equal(entry.hasRelaxedSimd(), false);
        context.mock.restoreAll();
    }
});
