// Sends ballots until each has its receipt: after a lost answer, a reload, or hours without a network.

import { api } from "../api/client.ts";
import { isFinal, pause } from "../retry.ts";
import { Observable } from "../store/observable.ts";
import { findVote, putVote, refreshVotes, votes, type StoredVote } from "../store/votes.ts";

/** `idle`: nothing to send, or nothing was tried yet. */
export type Sending = "idle" | "sending" | "waiting";

/** What the outbox does now. */
export const sending = new Observable<Sending>("idle");

let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let running: Promise<void> | undefined;

/** Starts it: now, whenever the network comes back, and whenever another tab leaves a ballot behind. */
export function startOutbox(): void {
    addEventListener("online", () => void flush());
    document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible") void flush();
    });
    void refreshVotes().then(flush, () => undefined);
}

/** Sends what is unsent. Never fails: what could not be sent is tried again later. */
export function flush(): Promise<void> {
    running ??= sendAll().finally(() => (running = undefined));
    return running;
}

async function sendAll(): Promise<void> {
    clearTimeout(timer);
    const unsent = votes.value.filter((vote) => vote.phase === "unsent");
    if (unsent.length === 0) {
        sending.value = "idle";
        return;
    }
    sending.value = "sending";
    let left = 0;
    for (const vote of unsent) {
        // A lock, so that two tabs do not send it at once; whoever holds it will finish or fail by itself.
        const sent = await navigator.locks
            .request(`tabella-send:${vote.election}:${vote.nullifier}`, () => send(vote))
            .catch(() => false);
        if (!sent) left += 1;
    }
    failures = left === 0 ? 0 : failures + 1;
    sending.value = left === 0 ? "idle" : "waiting";
    if (left > 0) timer = setTimeout(() => void flush(), pause(failures, Math.random()));
}

/** Sends one ballot; whether that is settled now. */
async function send(unsent: StoredVote): Promise<boolean> {
    const vote = await findVote(unsent.election, unsent.nullifier);
    if (vote?.phase !== "unsent" || vote.ballot === undefined) return true;
    try {
        const receipt = await api.castBallot(vote.election, vote.ballot);
        await putVote({ ...vote, phase: "counted", since: Date.now(), receipt });
        return true;
    } catch (error) {
        if (!isFinal(error)) return false;
        const refusal = { code: error.code, message: error.message };
        await putVote({ ...vote, phase: "refused", since: Date.now(), refusal });
        return true;
    }
}
