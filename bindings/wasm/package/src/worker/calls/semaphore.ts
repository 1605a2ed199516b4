// What the page can call for proofs of Semaphore.

import { TabellaError } from "../../errors.js";
import { whole } from "../../numbers.js";
import { toBytes, toText } from "../bytes.js";
import type { Handles } from "../handles.js";
import type { Freeable, SemaphoreModule, WasmIdentity, WasmRegistry, WasmSemaphoreKey } from "../module.js";
import * as vault from "../vault.js";
import type { Calls } from "./call.js";

/** A registry, as the page knows it. */
export function registryParts(handles: Handles, value: WasmRegistry) {
    return { size: value.size(), root: value.root() ?? null, handle: handles.keep(value) };
}

/** What is used up, if there is one. */
export function optional(handles: Handles, handle: unknown): Freeable | undefined {
    return handle === undefined ? undefined : handles.take<Freeable>(handle);
}

/** Identities, groups, keys, proofs, the vault. */
export function semaphoreCalls(module: SemaphoreModule, handles: Handles): Calls {
    const identity = (value: WasmIdentity) => ({ commitment: value.commitment(), handle: handles.keep(value) });
    const get = handles.get.bind(handles);

    return {
        "identity.generate": () => identity(module.Identity.generate()),
        "identity.generatePhrase": () => module.generatePhrase(),
        "identity.fromPhrase": ([words, passphrase]) =>
            identity(module.Identity.fromPhrase(toText(words, "phrase"), toText(passphrase, "passphrase"))),
        "identity.import": ([exported]) => identity(module.Identity.import(toText(exported, "identity"))),
        "identity.export": ([handle]) => get<WasmIdentity>(handle).export(),

        "registry.of": ([commitments], job) =>
            registryParts(handles, job.work((work) => module.Registry.of(commitments as readonly string[], work))),
        "registry.pathOf": ([handle, citizen]) => handles.keep(get<WasmRegistry>(handle).pathOf(get<WasmIdentity>(citizen))),
        "registry.pathFrom": ([root, leaf, index, siblings]) => {
            const texts = [toText(root, "root"), toText(leaf, "leaf")] as const;
            return handles.keep(module.MembershipPath.fromMerkleProof(...texts, whole(index, "index"), siblings as readonly string[]));
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
                job.work((work) => prover.prove(get(citizen), get(path), ...texts, optional(handles, preparation), work)),
            ) as unknown;
        },
        "semaphore.verify": ([proof]) => module.verifySemaphoreProof(toText(proof, "proof")),

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
