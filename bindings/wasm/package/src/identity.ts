// Who a citizen is.

import type { Election } from "./election.js";
import { Held } from "./held.js";
import type { Connection } from "./connection.js";
import type { Handle } from "./messages.js";
import { type Group, pathIn } from "./registry.js";
import { Preparation } from "./preparation.js";
import type { SemaphoreKey } from "./key.js";
import type { SemaphoreProof } from "./proof.js";
import type { Work } from "./work.js";

/** An identity of Semaphore v4. Its secret stays in the worker until {@link export} is called. */
export class Identity extends Held {
    /** @internal */
    protected declare readonly brand: "Identity";
    /** What a registrar stores: decimal, public. */
    readonly commitment: string;

    /** @internal */
    constructor(connection: Connection, { handle, commitment }: { handle: Handle; commitment: string }) {
        super(connection, handle);
        this.commitment = commitment;
    }

    /** The private key in Base64, as `identity.export()` of Semaphore. Secret: whoever has it votes in the citizen's place. */
    export(): Promise<string> {
        return this.connection.call("identity.export", [this.handle]);
    }

    /** The registration file for the registry with this label: the commitment, with a proof that its key is the citizen's. Public. Wants elections: `no-elections` in `tabella/semaphore`. */
    register(label: string): Promise<string> {
        return this.connection.call("identity.register", [this.handle, label]);
    }

    /** The citizen's mark in an election of the same Tabella, decimal. Whoever knows it knows which ballot is hers. */
    async nullifier(election: Election): Promise<string> {
        return this.connection.call("identity.nullifier", [this.handle, election.handleFor(this.connection)]);
    }

    /** Proves, as `generateProof` of Semaphore, that a member of the group says `message` in `scope`. */
    async proveMembership(
        key: SemaphoreKey,
        group: Group,
        statement: { readonly message: string; readonly scope: string },
        work: Work & { readonly preparation?: Preparation } = {},
    ): Promise<SemaphoreProof> {
        const { message, scope } = statement;
        const path = await pathIn(this.connection, group, this);
        const preparation = work.preparation?.take(this.connection);
        const args = [key.handleFor(this.connection), this.handle, path.handleFor(this.connection), message, scope, preparation];
        return this.connection.call("semaphore.prove", args, work);
    }

    /** Does what proofs in one scope have in common, before the message is known: such a proof then takes less than half the time. */
    async prepareMembership(
        key: SemaphoreKey,
        group: Group,
        statement: { readonly scope: string },
        work: Work = {},
    ): Promise<Preparation> {
        const path = await pathIn(this.connection, group, this);
        const args = [key.handleFor(this.connection), this.handle, path.handleFor(this.connection), statement.scope];
        const handle = await this.connection.call<Handle>("semaphore.prepare", args, work);
        return new Preparation(this.connection, handle);
    }
}
