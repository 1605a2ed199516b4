// Who may vote.

import type { Connection } from "./connection.js";
import { Held } from "./held.js";
import type { Identity } from "./identity.js";
import type { Handle } from "./messages.js";

/** What a worker tells of a registry. */
export interface RegistryParts {
    readonly handle: Handle;
    readonly size: number;
    readonly root: string | null;
}

/** A registry with all its leaves: the group of Semaphore. */
export class Registry extends Held {
    /** @internal */
    protected declare readonly brand: "Registry";
    /** Number of places, removed citizens included. */
    readonly size: number;
    /** The root, decimal; null if there is nobody. */
    readonly root: string | null;

    /** @internal */
    constructor(connection: Connection, { handle, size, root }: RegistryParts) {
        super(connection, handle);
        this.size = size;
        this.root = root;
    }

    /** The path of a citizen; looked up in the worker, so that nobody learns for whom. */
    async pathOf(identity: Identity): Promise<MembershipPath> {
        return new MembershipPath(this.connection, await this.connection.call("registry.pathOf", [this.handle, identity.handleFor(this.connection)]));
    }
}

/** The way from one citizen to a registry's root. Secret: it names the citizen. */
export class MembershipPath extends Held {
    /** @internal */
    protected declare readonly brand: "MembershipPath";
}

/** What `group.generateMerkleProof()` of Semaphore gives: from a commitment to a group's root. Secret: it names the citizen. */
export interface MerkleProof {
    readonly root: bigint | string;
    readonly leaf: bigint | string;
    readonly index: number;
    readonly siblings: readonly (bigint | string)[];
}

/** @internal */
export async function pathFrom(connection: Connection, { root, leaf, index, siblings }: MerkleProof): Promise<MembershipPath> {
    const args = [String(root), String(leaf), index, siblings.map(String)];
    return new MembershipPath(connection, await connection.call("registry.pathFrom", args));
}

/** A citizen's path in whatever is known of a group. Whether it is hers, the module compares when it proves. */
export type Group = Registry | MembershipPath | MerkleProof;

/** @internal */
export async function pathIn(connection: Connection, group: Group, identity: Identity): Promise<MembershipPath> {
    if (group instanceof Registry) return group.pathOf(identity);
    if (group instanceof MembershipPath) return group;
    return pathFrom(connection, group);
}

/** Where the pages of a registry lie: `upper` is what stands above them, `page(n)` has leaves 4,096 n and following. */
export interface RegistryPages {
    readonly upper: string | URL;
    readonly page: (number: number) => string | URL;
}
