// The votes of this device: from the first step until the receipt. Each nullifier has one ballot, for ever.
//
// They are kept under the nullifier and not under the identity: whoever looks into the browser's files does not
// learn from them whose vote it was.

import { answer, transact } from "./database.ts";
import { Observable } from "./observable.ts";

/**
 * Where a vote stands: `proving` leaves nothing but a mark, `sealed` waits for its voter to cast or challenge it,
 * `unsent` has a ballot without a receipt, `counted` has one, `refused` was turned away for good.
 */
export type Phase = "proving" | "sealed" | "unsent" | "counted" | "refused";

export interface StoredVote {
    readonly election: string;
    readonly nullifier: string;
    readonly kind: "open" | "secret";
    readonly phase: Phase;
    /** When the phase began, in milliseconds since 1970. */
    readonly since: number;
    /** A sealed ballot that waits, encrypted by the package for its voter. */
    readonly kept?: Uint8Array;
    readonly trackingCode?: string;
    /** The ballot file, as it is sent, each time the same. */
    readonly ballot?: string;
    /** The receipt file. */
    readonly receipt?: string;
    readonly refusal?: { readonly code: string; readonly message: string };
}

/** Another ballot of this voter exists already. */
export class BallotExists extends Error {
    constructor() {
        super("this voter already has a ballot in this election on this device");
    }
}

/** All votes of this device. */
export const votes = new Observable<readonly StoredVote[]>([]);

/** To the other tabs of this browser. */
const channel = typeof window === "undefined" ? undefined : new BroadcastChannel("tabella-votes");
if (channel) channel.onmessage = () => void refreshVotes();

/** Reads them again. */
export async function refreshVotes(): Promise<readonly StoredVote[]> {
    votes.value = await transact("votes", "readonly", (store) => answer<StoredVote[]>(store.getAll()));
    return votes.value;
}

export function findVote(election: string, nullifier: string): Promise<StoredVote | undefined> {
    return transact("votes", "readonly", (store) => answer<StoredVote | undefined>(store.get([election, nullifier])));
}

/**
 * Stores a vote. Fails with `BallotExists` instead of replacing one ballot by another, or by none.
 */
export async function putVote(vote: StoredVote): Promise<void> {
    await transact("votes", "readwrite", async (store) => {
        const before = await answer<StoredVote | undefined>(store.get([vote.election, vote.nullifier]));
        if (!mayFollow(before, vote)) throw new BallotExists();
        await answer(store.put(vote));
    });
    await changed();
}

/** Whether `vote` may stand where `before` stands. */
export function mayFollow(before: StoredVote | undefined, vote: StoredVote): boolean {
    return before?.ballot === undefined || before.ballot === vote.ballot;
}

/** Forgets a vote that has no ballot, or whose ballot the box has refused. */
export async function dropVote(election: string, nullifier: string): Promise<void> {
    await transact("votes", "readwrite", async (store) => {
        const before = await answer<StoredVote | undefined>(store.get([election, nullifier]));
        if (before?.ballot !== undefined && before.phase !== "refused") throw new BallotExists();
        await answer(store.delete([election, nullifier]));
    });
    await changed();
}

async function changed(): Promise<void> {
    await refreshVotes();
    channel?.postMessage("changed");
}
