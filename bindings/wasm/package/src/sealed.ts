// Secret ballots: sealed first, then cast or challenged, never both.

import type { Connection } from "./connection.js";
import type { CastBallot } from "./election.js";
import { Held } from "./held.js";
import type { ProvingKey } from "./key.js";
import type { Handle } from "./messages.js";
import type { Work } from "./work.js";

/** A ballot that was sealed and waits for the voter's word. Its secrets stay in the worker. */
export class SealedVote extends Held {
    /** @internal */
    protected declare readonly brand: "SealedVote";
    /** To be written down before deciding: the record has it if, and only if, this very ballot was cast. */
    readonly trackingCode: string;

    /** @internal */
    constructor(connection: Connection, { handle, trackingCode }: { handle: Handle; trackingCode: string }) {
        super(connection, handle);
        this.trackingCode = trackingCode;
    }

    /** The ballot, encrypted for its citizen alone, for {@link Election.resume} after a reload. */
    keep(): Promise<Uint8Array> {
        return this.connection.call("sealed.keep", [this.handle]);
    }

    /** Proves the ballot while its voter still decides; {@link cast} then takes no time. */
    async prove(key: ProvingKey, work: Work = {}): Promise<void> {
        return this.connection.call("sealed.prove", [this.handle, key.handleFor(this.connection)], work);
    }

    /** Casts the ballot; asked again, the same one. */
    async cast(key: ProvingKey, work: Work = {}): Promise<CastBallot> {
        return this.connection.call("sealed.cast", [this.handle, key.handleFor(this.connection)], work);
    }

    /** Opens the ballot in place of casting it, to see on another machine what this one encrypted. Seal anew to vote. */
    challenge(): Promise<string> {
        return this.connection.call("sealed.challenge", [this.handle]);
    }
}
