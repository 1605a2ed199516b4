// Elections between the package and the command line tool: what the one makes, the other takes.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { code, start } from "./lib/package.mjs";
import { tabella as program } from "./lib/program.mjs";

const folder = mkdtempSync(join(tmpdir(), "tabella-election-"));
const at = (name) => join(folder, name);
const read = (name) => readFileSync(at(name), "utf8");
const KEYS = "allow-insecure-development-keys";

let tabella;
let citizens;
let election;
let registry;
let key;

before(async () => {
    tabella = await start({ threads: 1 });
    citizens = [await tabella.generateIdentity(), await tabella.generateIdentity()];
    const registrations = [];
    for (const [n, citizen] of citizens.entries()) {
        registrations.push(at(`registration-${n}.json`));
        writeFileSync(registrations[n], await citizen.register("town"));
    }
    await program(folder, "registry", "new", "town.registry");
    await program(folder, "registry", "register", "town.registry", "--label", "town", ...registrations);
    await program(folder, "registry", "export", "town.registry", "--out", "registry.json");
    const about = ["--title", "Mill", "--question", "What shall become of the mill?", "--option", "Library", "--option", "Owls"];
    const keys = "--insecure-development-keys";
    await program(folder, "election", "create", ...about, "--registry", "registry.json", "--closes", "+7d", "--out", "election.json", keys);
    await program(folder, "box", "open", "town.box", "--election", "election.json", keys);
    election = await tabella.joinElection(read("election.json"), KEYS);
    await program(folder, "params", "compact", election.circuit, "--out", "key");
    registry = await tabella.readRegistry(read("registry.json"));
    key = await tabella.loadKey(election.circuit, { url: pathToFileURL(at("key")) });
});
after(() => tabella?.close());

test("an election is what its file says, and insecure keys are refused unless they are accepted", async () => {
    const { title, question, options, kind, circuit, keyProvenance } = election;
    assert.deepEqual([title, question, options], ["Mill", "What shall become of the mill?", ["Library", "Owls"]]);
    assert.deepEqual([kind, circuit, keyProvenance], ["open", "membership-10-v1", "insecure-development"]);
    assert.deepEqual([election.registry.size, election.registry.root], [2, registry.root]);
    await assert.rejects(tabella.joinElection(read("election.json"), "ceremony-only"), code("key-refused"));
    const changed = read("election.json").replace("Owls", "Bats");
    assert.notEqual((await tabella.joinElection(changed, KEYS)).id, election.id);
});

test("ballots made here are accepted by the box, counted and audited; a tampered record is not", async () => {
    const [anna, ben] = citizens;
    const path = await registry.pathOf(anna);
    await assert.rejects(election.vote(anna, path, "Owls", key), code("bad-argument"));
    const preparation = await election.prepare(anna, path, key);
    const ballot = await election.vote(anna, path, ["Owls"], key, { preparation });
    assert.equal(ballot.nullifier, await anna.nullifier(election));
    const verified = await election.verifyBallot(ballot.ballot);
    assert.deepEqual(verified, { nullifier: ballot.nullifier, trackingCode: ballot.trackingCode, selection: ["Owls"] });
    await assert.rejects(election.vote(anna, path, ["Bats"], key), code("invalid-selection"));
    await assert.rejects(election.vote(ben, path, ["Owls"], key), code("other-registry"));
    await assert.rejects(election.seal(anna, path, { Owls: 1 }), code("other-kind"));

    writeFileSync(at("anna.json"), ballot.ballot);
    await program(folder, "box", "accept", "town.box", "anna.json", "--receipts", "receipts");
    const second = await election.vote(anna, path, ["Library"], key);
    writeFileSync(at("again.json"), second.ballot);
    await assert.rejects(program(folder, "box", "accept", "town.box", "again.json"), /already/);
    const bens = await election.vote(ben, await registry.pathOf(ben), ["Owls"], key);
    writeFileSync(at("ben.json"), bens.ballot);
    await program(folder, "box", "accept", "town.box", "ben.json");
    await program(folder, "box", "close", "town.box", "--at", "+8d");
    await program(folder, "box", "export", "town.box", "--registry", "registry.json", "--out", "record.jsonl");

    const receipt = read("receipts/anna.receipt.json");
    const progress = [];
    const options = { keys: KEYS, election: election.id, receipts: [receipt], onProgress: ({ stage }) => progress.push(stage) };
    const report = await tabella.audit(new Blob([read("record.jsonl")]), options);
    const votes = report.counts.map(({ option, votes }) => [option, votes]);
    assert.deepEqual([report.ballots, report.citizens, votes], [2, 2, [["Library", 0], ["Owls", 2]]]);
    assert.deepEqual([report.winners, report.insecureKeys], [["Owls"], true]);
    assert.ok(progress.includes("audit") && report.text.includes("INSECURE"));
    const native = await program(folder, "audit", "record.jsonl");
    assert.equal(native.record_digest ?? native.report?.record_digest, report.recordDigest);

    await assert.rejects(tabella.audit(read("record.jsonl"), { keys: "ceremony-only" }), code("fault"));
    await assert.rejects(tabella.audit(read("record.jsonl"), { keys: KEYS, election: "00".repeat(32) }), code("fault"));
    const lines = read("record.jsonl").trimEnd().split("\n");
    for (const [number, line] of lines.entries()) {
        const tampered = lines.with(number, line.replace(/[1-9](?=\D*$)/, (digit) => String((Number(digit) % 9) + 1)));
        const record = `${tampered.join("\n")}\n`;
        if (record === read("record.jsonl")) continue;
        await assert.rejects(tabella.audit(record, { keys: KEYS }), code("fault"), `entry ${number}`);
    }
    assert.equal((await tabella.checkReceipt(receipt, read("record.jsonl"))).index, 0);
    const found = await tabella.findBallot(bens.trackingCode, read("record.jsonl"), bens.nullifier);
    assert.deepEqual(found, { index: 1, nullifier: bens.nullifier, trackingCode: bens.trackingCode });
    await assert.rejects(tabella.findBallot(bens.trackingCode, read("record.jsonl"), ballot.nullifier), code("other-voter"));
    await assert.rejects(tabella.findBallot(second.trackingCode, read("record.jsonl")), code("not-in-record"));
    await assert.rejects(tabella.findBallot("XXXX", read("record.jsonl")), code("bad-code"));
});

test("an audit whose record does not come ends when it is stopped, and when its Tabella is closed", async () => {
    const other = await start({ threads: 1 });
    const audit = (signal) => other.audit(new ReadableStream({}), { keys: "allow-insecure-development-keys", signal });
    const stop = new AbortController();
    const stopped = audit(stop.signal);
    stop.abort();
    await assert.rejects(stopped, { name: "AbortError" });
    const closed = audit();
    other.close();
    await assert.rejects(closed, code("closed"));
    await assert.rejects(audit(), code("closed"));
    await assert.rejects(other.ready(), code("closed"));
});
