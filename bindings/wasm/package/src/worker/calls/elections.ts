// What the page can call for elections and their records.

import { TabellaError } from "../../errors.js";
import { whole } from "../../numbers.js";
import { toBytes, toReader, toText } from "../bytes.js";
import type { ElectionsModule, WasmCastBallot, WasmCitizen, WasmElection, WasmSealed } from "../elections-module.js";
import type { Environment } from "../environment.js";
import type { Handles } from "../handles.js";
import type { Freeable, WasmIdentity } from "../module.js";
import type { Calls } from "./call.js";
import { optional, registryParts, semaphoreCalls } from "./semaphore.js";

/** Everything that {@link semaphoreCalls} has, and elections. */
export function allCalls(module: ElectionsModule, handles: Handles, environment: Environment): Calls {
    const sealed = (value: WasmSealed) => ({ trackingCode: value.trackingCode(), handle: handles.keep(value) });
    const cast = (value: WasmCastBallot) => {
        const parts = { ballot: value.file(), nullifier: value.nullifier(), trackingCode: value.trackingCode() };
        value.free();
        return parts;
    };
    const get = handles.get.bind(handles);

    return {
        ...semaphoreCalls(module, handles),

        "identity.register": ([handle, label]) => get<WasmCitizen>(handle).register(toText(label, "label")),
        "identity.nullifier": ([handle, election]) => get<WasmCitizen>(handle).nullifier(get<WasmElection>(election)),

        "registry.read": async ([file], job) => {
            const bytes = await toBytes(file);
            return registryParts(handles, job.work((work) => module.Registry.read(bytes, work)));
        },
        "registry.pathFromPages": ([election, upper, pages, citizen, weight]) => {
            const registryPages = new module.Pages(upper as Uint8Array, get<WasmElection>(election));
            try {
                let path: Freeable | undefined;
                for (const [number, page] of pages as readonly (readonly [number, Uint8Array])[]) {
                    const found = registryPages.find(number, page, get<WasmIdentity>(citizen), whole(weight, "weight"));
                    if (found) {
                        path?.free();
                        path = found;
                    }
                }
                if (!path) throw new TabellaError("not-registered", "this identity is not in the registry, or not in its slot");
                return handles.keep(path);
            } finally {
                registryPages.free();
            }
        },

        "key.load": async ([circuit, bytes], job) => {
            const [name, key] = [toText(circuit, "circuit"), await toBytes(bytes)];
            return handles.keep(job.work((work) => module.ProvingKey.open(name, key, work)));
        },

        "election.join": async ([manifest, insecure]) => {
            const election = module.Election.join(await toBytes(manifest), insecure === true);
            return { id: election.id(), manifest: election.manifest_json(), handle: handles.keep(election) };
        },
        "election.prepare": ([election, citizen, path, key], job) =>
            handles.keep(job.work((work) => get<WasmElection>(election).prepare(get(citizen), get(path), get(key), work))),
        "election.vote": ([election, citizen, path, selection, key, preparation], job) => {
            if (!Array.isArray(selection)) throw new TabellaError("bad-argument", "selection: not a list of options");
            const labels = selection.map((label) => toText(label, "selection"));
            return cast(
                job.work((work) =>
                    get<WasmElection>(election).vote(get(citizen), get(path), labels, get(key), optional(handles, preparation), work),
                ),
            );
        },
        "election.verifyBallot": async ([election, ballot]) => {
            const bytes = await toBytes(ballot);
            return JSON.parse(get<WasmElection>(election).verifyBallot(bytes)) as unknown;
        },
        "election.checkChallenge": async ([election, opened, nullifier, code, weight]) => {
            const bytes = await toBytes(opened);
            const texts = [toText(nullifier, "nullifier"), toText(code, "code")] as const;
            return Array.from(get<WasmElection>(election).checkChallenge(bytes, ...texts, whole(weight, "weight")), Number);
        },

        "sealed.seal": ([election, citizen, path, weight, labels, numbers]) => {
            const counts = Uint32Array.from(numbers as readonly unknown[], (number) => whole(number, "numbers"));
            return sealed(
                module.SealedVote.seal(get(election), get(citizen), get(path), whole(weight, "weight"), labels as readonly string[], counts),
            );
        },
        "sealed.resume": async ([election, citizen, kept]) => {
            const bytes = await toBytes(kept);
            return sealed(module.SealedVote.resume(get(election), get(citizen), bytes));
        },
        "sealed.keep": ([handle]) => get<WasmSealed>(handle).keep(),
        "sealed.prove": ([handle, key], job) => job.work((work) => get<WasmSealed>(handle).prove(get(key), work)),
        "sealed.cast": ([handle, key], job) => cast(job.work((work) => get<WasmSealed>(handle).cast(get(key), work))),
        "sealed.challenge": ([handle]) => get<WasmSealed>(handle).challenge(),

        "audit.run": async ([record, insecure, election, receipts], job) => {
            const audit = new module.Audit(insecure === true, Math.floor(Date.now() / 1000));
            try {
                if (election !== undefined) audit.expectElection(toText(election, "election"));
                for (const receipt of receipts as readonly unknown[]) audit.expectReceipt(await toBytes(receipt));
                const read = await toReader(record, environment);
                return job.work((work) => audit.run(read, work));
            } finally {
                audit.free();
            }
        },

        "record.checkReceipt": async ([receipt, record]) =>
            module.checkReceipt(await toBytes(receipt), await toReader(record, environment)),
        "record.findBallot": async ([code, nullifier, record]) => {
            const voter = nullifier === undefined ? undefined : toText(nullifier, "nullifier");
            return module.findBallot(toText(code, "code"), voter, await toReader(record, environment));
        },
    };
}
