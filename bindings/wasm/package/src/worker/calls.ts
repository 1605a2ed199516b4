// What the page can call.

import { TabellaError } from "../errors.js";
import { whole } from "../numbers.js";
import { toBytes, toReader, toText } from "./bytes.js";
import type { Environment } from "./environment.js";
import type { Handles } from "./handles.js";
import type {
    Freeable,
    WasmCastBallot,
    WasmElection,
    WasmIdentity,
    WasmModule,
    WasmRegistry,
    WasmSealed,
    WasmSemaphoreKey,
    WasmWork,
} from "./module.js";
import * as vault from "./vault.js";

/** One call on its way. */
export interface Job {
    /** Runs what takes long: its flag is told to the page, and freed afterwards. */
    work<T>(run: (work: WasmWork) => T): T;
}

export type Calls = Readonly<Record<string, (args: readonly unknown[], job: Job) => unknown>>;

/** Every call by its name. */
export function calls(module: WasmModule, handles: Handles, environment: Environment): Calls {
    const identity = (value: WasmIdentity) => ({ commitment: value.commitment(), handle: handles.keep(value) });
    const registry = (value: WasmRegistry) => ({ size: value.size(), root: value.root() ?? null, handle: handles.keep(value) });
    const sealed = (value: WasmSealed) => ({ trackingCode: value.trackingCode(), handle: handles.keep(value) });
    const cast = (value: WasmCastBallot) => {
        const parts = { ballot: value.file(), nullifier: value.nullifier(), trackingCode: value.trackingCode() };
        value.free();
        return parts;
    };
    const optional = (handle: unknown) => (handle === undefined ? undefined : handles.take<Freeable>(handle));
    const get = handles.get.bind(handles);

    return {
        "identity.generate": () => identity(module.Identity.generate()),
        "identity.generatePhrase": () => module.generatePhrase(),
        "identity.fromPhrase": ([words, passphrase]) =>
            identity(module.Identity.fromPhrase(toText(words, "phrase"), toText(passphrase, "passphrase"))),
        "identity.import": ([exported]) => identity(module.Identity.import(toText(exported, "identity"))),
        "identity.export": ([handle]) => get<WasmIdentity>(handle).export(),
        "identity.register": ([handle, label]) => get<WasmIdentity>(handle).register(toText(label, "label")),
        "identity.nullifier": ([handle, election]) => get<WasmIdentity>(handle).nullifier(get<WasmElection>(election)),

        "registry.read": async ([file], job) => {
            const bytes = await toBytes(file);
            return registry(job.work((work) => module.Registry.read(bytes, work)));
        },
        "registry.of": ([commitments], job) =>
            registry(job.work((work) => module.Registry.of(commitments as readonly string[], work))),
        "registry.pathOf": ([handle, citizen]) => handles.keep(get<WasmRegistry>(handle).pathOf(get<WasmIdentity>(citizen))),
        "registry.pathFrom": ([root, leaf, index, siblings]) => {
            const texts = [toText(root, "root"), toText(leaf, "leaf")] as const;
            return handles.keep(module.MembershipPath.fromMerkleProof(...texts, whole(index, "index"), siblings as readonly string[]));
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
        "key.loadSemaphore": async ([depth, bytes], job) => {
            const key = await toBytes(bytes);
            return handles.keep(job.work((work) => module.SemaphoreKey.open(whole(depth, "depth"), key, work)));
        },

        "semaphore.prepare": ([key, citizen, path, scope], job) =>
            handles.keep(
                job.work((work) => get<WasmSemaphoreKey>(key).prepare(get(citizen), get(path), toText(scope, "scope"), work)),
            ),
        "semaphore.prove": ([key, citizen, path, message, scope, preparation], job) => {
            const texts = [toText(message, "message"), toText(scope, "scope")] as const;
            const prover = get<WasmSemaphoreKey>(key);
            return JSON.parse(
                job.work((work) => prover.prove(get(citizen), get(path), ...texts, optional(preparation), work)),
            ) as unknown;
        },
        "semaphore.verify": ([proof]) => module.verifySemaphoreProof(toText(proof, "proof")),

        "election.join": async ([manifest, insecure]) => {
            const election = module.Election.join(await toBytes(manifest), insecure === true);
            return { id: election.id(), manifest: election.manifest_json(), handle: handles.keep(election) };
        },
        "election.prepare": ([election, citizen, path, key], job) =>
            handles.keep(job.work((work) => get<WasmElection>(election).prepare(get(citizen), get(path), get(key), work))),
        "election.vote": ([election, citizen, path, selection, key, preparation], job) => {
            const labels = (selection as readonly unknown[]).map((label) => toText(label, "selection"));
            return cast(
                job.work((work) =>
                    get<WasmElection>(election).vote(get(citizen), get(path), labels, get(key), optional(preparation), work),
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

        "vault.list": () => vault.list(),
        "vault.save": ([name, citizen, passphrase]) => {
            const secret = get<WasmIdentity>(citizen);
            const expose = () => new TextEncoder().encode(secret.export());
            return vault.save(toText(name, "name"), secret.commitment(), toText(passphrase, "passphrase"), expose);
        },
        "vault.load": ([name, passphrase]) =>
            vault.load(toText(name, "name"), toText(passphrase, "passphrase"), (secret, commitment) => {
                const value = module.Identity.import(new TextDecoder().decode(secret));
                if (value.commitment() === commitment) return identity(value);
                value.free();
                throw new TabellaError("wrong-passphrase", "the vault has another identity under this name than it says");
            }),
        "vault.remove": ([name]) => vault.remove(toText(name, "name")),
    };
}
