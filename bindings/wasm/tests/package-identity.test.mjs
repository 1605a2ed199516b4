// Identities: the same as Semaphore's, and nothing is taken for one that is none.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Identity } from "@semaphore-protocol/identity";
import { code, start } from "./lib/package.mjs";
import { known } from "./lib/vectors.mjs";


let tabella;
before(async () => {
    tabella = await start({ threads: 1 });
});
after(() => tabella?.close());

test("an identity of Semaphore is the same here, and the other way round", async () => {
    const theirs = [new Identity(), new Identity("a text"), new Identity(new Uint8Array(32).fill(7))];
    for (const identity of theirs) {
        const ours = await tabella.importIdentity(identity.export());
        assert.equal(ours.commitment, identity.commitment.toString());
        assert.equal(await ours.export(), identity.export());
    }
    const ours = await tabella.generateIdentity();
    assert.equal(Identity.import(await ours.export()).commitment.toString(), ours.commitment);
});

test("known identities come out as they were published", async () => {
    const { identities } = known("identities.json");
    for (const { exportBase64, commitment } of identities) {
        assert.equal((await tabella.importIdentity(exportBase64)).commitment, commitment);
    }
    assert.equal(identities.length, 20);
});

test("a phrase gives its identity again, and new ones differ", async () => {
    const [one, other] = [await tabella.generatePhrase(), await tabella.generatePhrase()];
    assert.equal(one.split(" ").length, 24);
    assert.notEqual(one, other);
    const identity = await tabella.identityFromPhrase(one);
    assert.equal((await tabella.identityFromPhrase(` ${one.toUpperCase()}\n`)).commitment, identity.commitment);
    assert.notEqual((await tabella.identityFromPhrase(one, "passphrase")).commitment, identity.commitment);
    assert.notEqual((await tabella.identityFromPhrase(other)).commitment, identity.commitment);
});

test("what is no identity is refused by name, and the worker goes on", async () => {
    await assert.rejects(tabella.importIdentity("IA"), code("bad-identity"));
    await assert.rejects(tabella.importIdentity("A".repeat(10_000)), code("bad-identity"));
    for (const words of ["", "abandon", "abandon ".repeat(24), "x ".repeat(12)]) {
        await assert.rejects(tabella.identityFromPhrase(words), code("bad-phrase"));
    }
    for (const nothing of [null, undefined, Number.NaN, 2 ** 53 + 1, -1n, {}, [], new Proxy({}, {}), Symbol.iterator]) {
        await assert.rejects(tabella.importIdentity(nothing), code("bad-argument"));
        await assert.rejects(tabella.identityFromPhrase(nothing), code("bad-argument"));
        await assert.rejects(tabella.readRegistry(nothing), code("bad-argument"));
        await assert.rejects(tabella.joinElection(nothing, "ceremony-only"), code("bad-argument"));
    }
    const detached = new ArrayBuffer(8);
    structuredClone(detached, { transfer: [detached] });
    await assert.rejects(tabella.readRegistry(detached), code("bad-argument"));
    await assert.rejects(tabella.registryOf(["1", "-1"]), code("bad-commitment"));
    await assert.rejects(tabella.registryOf([1n, 21888242871839275222246405745257275088548364400416034343698204186575808495617n]), code("bad-commitment"));
    await assert.rejects(tabella.joinElection("{}", "any key"), code("bad-argument"));
    await assert.rejects(tabella.joinElection("{}", "ceremony-only"), code("bad-election"));
    await assert.rejects(start({ threads: 0 }), code("bad-argument"));
    await assert.rejects(start({ simd: "integer" }), code("bad-argument"));
    assert.ok((await tabella.generateIdentity()).commitment);
});

test("what was freed, and another worker's, is refused", async () => {
    const identity = await tabella.generateIdentity();
    identity.free();
    await assert.rejects(identity.export(), code("bad-argument"));
    const other = await start({ threads: 1 });
    const foreign = await other.generateIdentity();
    other.close();
    await assert.rejects(foreign.export(), code("closed"));
    await assert.rejects(other.generateIdentity(), code("closed"));
});

test("where WebAssembly has no SIMD, that is said", async () => {
    const { validate } = WebAssembly;
    WebAssembly.validate = () => false;
    try {
        await assert.rejects(start(), code("no-simd"));
    } finally {
        WebAssembly.validate = validate;
    }
});

test("in Node there is no vault, which is said", async () => {
    await assert.rejects(tabella.vault.list(), code("no-storage"));
});
