// What is asked, and ballots that answer it.

import type { Connection } from "./connection.js";
import { Held } from "./held.js";
import type { Identity } from "./identity.js";
import type { ProvingKey } from "./key.js";
import type { Bytes, Handle } from "./messages.js";
import { Preparation } from "./preparation.js";
import type { MembershipPath } from "./registry.js";
import { SealedVote } from "./sealed.js";
import type { Work } from "./work.js";

/** What a voter may write on the ballot, and how the answer is found; as in the election's file. */
export interface Rules {
    readonly method:
        | "single-choice"
        | { readonly approval: { readonly min: number; readonly max: number } }
        | { readonly score: { readonly max: number } }
        | { readonly budget: { readonly points: number } }
        | { readonly quadratic: { readonly credits: number } }
        | "borda";
    readonly abstention: string;
    readonly seats: number;
    readonly threshold: unknown;
    readonly quorum: unknown;
    readonly ties: string;
}

/** A ballot that is ready to be handed in. */
export interface CastBallot {
    /** The ballot file. */
    readonly ballot: string;
    /** The voter's mark, decimal: the record names it, and nobody can tell whose it is. */
    readonly nullifier: string;
    /** Under which code the record has it. */
    readonly trackingCode: string;
}

/** What a checked ballot says. */
export interface VerifiedBallot {
    readonly nullifier: string;
    readonly trackingCode: string;
    /** The options chosen; null on a secret ballot. */
    readonly selection: readonly string[] | null;
}

/** The election's file, as far as a wallet shows it. */
interface Manifest {
    readonly kind: "open-ballots" | "secret-ballots";
    readonly title: string;
    readonly question: string;
    readonly description: string;
    readonly options: readonly string[];
    readonly rules: Rules;
    readonly window: { readonly opens_at: number; readonly closes_at: number };
    readonly registry: { readonly root: string; readonly size: number; readonly depth: number };
    readonly circuit: string;
    readonly key_provenance: "insecure-development" | "ceremony";
}

/** An election that a citizen takes part in; its key was compared with the pinned one. */
export class Election extends Held {
    /** @internal */
    protected declare readonly brand: "Election";
    /** The election's name, hexadecimal. */
    readonly id: string;
    /** Whether everybody sees the choices (and nobody the voters), or trustees open their sum alone. */
    readonly kind: "open" | "secret";
    readonly title: string;
    readonly question: string;
    readonly description: string;
    readonly options: readonly string[];
    readonly rules: Rules;
    /** The circuit whose proving key {@link vote} and {@link SealedVote.cast} want. */
    readonly circuit: string;
    /** First second in which ballots are accepted, since 1970. */
    readonly opensAt: number;
    /** First second in which they no longer are. */
    readonly closesAt: number;
    /** Where its key comes from: ballots under an insecure development key prove nothing. */
    readonly keyProvenance: "insecure-development" | "ceremony";
    readonly registry: { readonly root: string; readonly size: number; readonly depth: number };

    /** @internal */
    constructor(connection: Connection, { handle, id, manifest }: { handle: Handle; id: string; manifest: string }) {
        super(connection, handle);
        const file = JSON.parse(manifest) as Manifest;
        this.id = id;
        this.kind = file.kind === "open-ballots" ? "open" : "secret";
        this.title = file.title;
        this.question = file.question;
        this.description = file.description;
        this.options = file.options;
        this.rules = file.rules;
        this.circuit = file.circuit;
        this.opensAt = file.window.opens_at;
        this.closesAt = file.window.closes_at;
        this.keyProvenance = file.key_provenance;
        this.registry = file.registry;
    }

    /** Does what all open ballots of this citizen have in common, while she reads the question. */
    async prepare(identity: Identity, path: MembershipPath, key: ProvingKey, work: Work = {}): Promise<Preparation> {
        const args = [this.handle, identity.handleFor(this.connection), path.handleFor(this.connection), key.handleFor(this.connection)];
        return new Preparation(this.connection, await this.connection.call<Handle>("election.prepare", args, work));
    }

    /** Makes an open ballot for the options named. Its proof is verified before it is handed out. */
    async vote(
        identity: Identity,
        path: MembershipPath,
        selection: readonly string[],
        key: ProvingKey,
        work: Work & { readonly preparation?: Preparation } = {},
    ): Promise<CastBallot> {
        const args = [this.handle, identity.handleFor(this.connection), path.handleFor(this.connection), selection, key.handleFor(this.connection), work.preparation?.take(this.connection)];
        return this.connection.call("election.vote", args, work);
    }

    /** Seals a secret ballot: numbers for the options named, 0 for all others; 1 for the chosen one of a single choice. */
    async seal(
        identity: Identity,
        path: MembershipPath,
        numbers: Readonly<Record<string, number>>,
        options: { readonly weight?: number } = {},
    ): Promise<SealedVote> {
        const args = [this.handle, identity.handleFor(this.connection), path.handleFor(this.connection), options.weight ?? 1, Object.keys(numbers), Object.values(numbers)];
        return new SealedVote(this.connection, await this.connection.call("sealed.seal", args));
    }

    /** Takes a sealed ballot up again that the same citizen {@link SealedVote.keep kept}. */
    async resume(identity: Identity, kept: Bytes): Promise<SealedVote> {
        return new SealedVote(this.connection, await this.connection.call("sealed.resume", [this.handle, identity.handleFor(this.connection), kept]));
    }

    /** Checks a ballot as the ballot box does, but for what came before it. */
    async verifyBallot(ballot: Bytes): Promise<VerifiedBallot> {
        interface Found {
            readonly nullifier: string;
            readonly tracking_code: string;
            readonly selection: readonly number[] | null;
        }
        const found = await this.connection.call<Found>("election.verifyBallot", [this.handle, ballot]);
        const selection = found.selection?.map((index) => this.options[index] ?? "") ?? null;
        return { nullifier: found.nullifier, trackingCode: found.tracking_code, selection };
    }

    /** Checks what another machine opened when it was challenged, against the code that it had shown and the voter's own nullifier. */
    async checkChallenge(
        opened: Bytes,
        expected: { readonly nullifier: string; readonly code: string; readonly weight?: number },
    ): Promise<Readonly<Record<string, number>>> {
        const args = [this.handle, opened, expected.nullifier, expected.code, expected.weight ?? 0];
        const numbers = await this.connection.call<readonly number[]>("election.checkChallenge", args);
        return Object.fromEntries(this.options.map((option, index) => [option, numbers[index] ?? 0]));
    }
}
