// The voting booth: from an unlocked identity to a ballot in the outbox. No drawing here.

import type {
    CastBallot,
    Election,
    Identity,
    MembershipPath,
    Preparation,
    Progress,
    ProvingKey,
    SealedVote,
    Tabella,
} from "tabella";
import { api } from "../api/client.ts";
import { forgetKept } from "../kept.ts";
import { provingKey } from "../keys.ts";
import { Observable } from "../store/observable.ts";
import { findPlace } from "../store/places.ts";
import { dropVote, findVote, putVote, type StoredVote } from "../store/votes.ts";
import { flush } from "./outbox.ts";

/** What the voter is told beside the form. */
export type Notice = "cancelled" | "interrupted" | "other-tab" | "challenged";

/** Where the booth stands. */
export type BoothView =
    | { readonly at: "entering" }
    /** `ready` is absent while the ballot is being prepared. */
    | { readonly at: "choosing"; readonly notice?: Notice; readonly progress?: Progress; readonly ready?: "prepared" | "plain" }
    | { readonly at: "sealing" }
    | { readonly at: "sealed"; readonly code: string; readonly notice?: Notice }
    | { readonly at: "opened"; readonly code: string; readonly file: string }
    | { readonly at: "proving"; readonly progress?: Progress }
    /** There is a ballot: what becomes of it stands in `votes`. */
    | { readonly at: "done"; readonly nullifier: string }
    | { readonly at: "failed"; readonly error: unknown };

/** Another tab of this browser holds the lock. */
class OtherTab extends Error {}

export class Booth {
    readonly view = new Observable<BoothView>({ at: "entering" });
    readonly #background = new AbortController();
    #proving: AbortController | undefined;
    #nullifier = "";
    #path: MembershipPath | undefined;
    #preparation: Promise<Preparation | undefined> | undefined;
    #sealed: SealedVote | undefined;
    #provedAhead: Promise<void> | undefined;

    constructor(
        readonly tabella: Tabella,
        readonly election: Election,
        readonly identity: Identity,
    ) {}

    /** Finds out where this voter stands, and gets ready while she reads. */
    async enter(): Promise<void> {
        try {
            this.#nullifier = await this.identity.nullifier(this.election);
            const stored = await findVote(this.election.id, this.#nullifier);
            if (stored?.ballot !== undefined) {
                this.view.value = { at: "done", nullifier: this.#nullifier };
                return;
            }
            const place = await findPlace(this.identity.commitment);
            const options = { signal: this.#background.signal, ...(place?.slot === undefined ? {} : { slot: place.slot }) };
            this.#path = await this.tabella
                .fetchPath(this.election, api.registryPages(this.election.id), this.identity, options)
                .catch(async (error: unknown) => {
                    if (isOfAnotherRegistry(error)) await forgetKept(this.election.id);
                    throw error;
                });
            if (stored?.phase === "sealed" && stored.kept !== undefined) {
                this.#sealed = await this.election.resume(this.identity, stored.kept);
                this.view.value = { at: "sealed", code: this.#sealed.trackingCode, notice: "interrupted" };
                this.#proveAhead(this.#sealed);
                return;
            }
            this.#choose(stored?.phase === "proving" ? "interrupted" : undefined);
        } catch (error) {
            this.#fail(error);
        }
    }

    /** Proves an open ballot and hands it to the outbox. */
    async vote(selection: string[]): Promise<void> {
        await this.#prove(async (path, work) => {
            await putVote(this.#mark("proving"));
            const key = await this.#loadKey();
            const preparation = await this.#preparation;
            work.signal.throwIfAborted();
            // It is good for one proof.
            this.#preparation = undefined;
            return this.election.vote(this.identity, path, selection, key, {
                ...work,
                ...(preparation ? { preparation } : {}),
            });
        });
    }

    /** Seals a secret ballot and shows its code, before it is known whether it will be cast. */
    async seal(numbers: Record<string, number>): Promise<void> {
        const path = this.#path;
        if (!path) return;
        this.view.value = { at: "sealing" };
        try {
            await this.#locked(async () => {
                const sealed = await this.election.seal(this.identity, path, numbers);
                await putVote({ ...this.#mark("sealed"), kept: await sealed.keep(), trackingCode: sealed.trackingCode });
                this.#sealed = sealed;
                this.view.value = { at: "sealed", code: sealed.trackingCode };
                this.#proveAhead(sealed);
            });
        } catch (error) {
            this.#recover(error, () => this.#choose("other-tab"));
        }
    }

    /** Proves the sealed ballot and hands it to the outbox. */
    async cast(): Promise<void> {
        const sealed = this.#sealed;
        if (!sealed) return;
        await this.#prove(async (_path, work) => {
            await this.#stillSealed(sealed);
            await this.#provedAhead;
            const key = await this.#loadKey();
            work.signal.throwIfAborted();
            return sealed.cast(key, work);
        });
    }

    /** Opens the sealed ballot for its voter's eyes. It is never cast afterwards. */
    async challenge(): Promise<void> {
        const sealed = this.#sealed;
        if (!sealed) return;
        try {
            await this.#locked(async () => {
                await this.#stillSealed(sealed);
                // Forgotten before it is opened: an opened ballot that could still be cast would be a proof of one's vote.
                await dropVote(this.election.id, this.#nullifier);
                this.#sealed = undefined;
                this.view.value = { at: "opened", code: sealed.trackingCode, file: await sealed.challenge() };
            });
        } catch (error) {
            this.#recover(error, () => (this.view.value = { at: "sealed", code: sealed.trackingCode, notice: "other-tab" }));
        }
    }

    /** After a challenge: a new ballot. */
    again(): void {
        this.#choose("challenged");
    }

    /** Stops the proof. Nothing has been sent. */
    cancel(): void {
        this.#proving?.abort(new DOMException("cancelled by the voter", "AbortError"));
    }

    /** Leaves the booth; work in the background ends. */
    leave(): void {
        const reason = new DOMException("left the booth", "AbortError");
        this.#background.abort(reason);
        this.#proving?.abort(reason);
    }

    #choose(notice?: Notice): void {
        this.view.value = { at: "choosing", ...(notice ? { notice } : {}) };
        this.#preparation ??= this.#prepare();
    }

    /** Downloads the key and, for open ballots, proves all that does not depend on the choice. */
    async #prepare(): Promise<Preparation | undefined> {
        try {
            const key = await this.#loadKey();
            const path = this.#path;
            const preparation =
                this.election.kind === "open" && path
                    ? await this.election.prepare(this.identity, path, key, this.#backgroundWork())
                    : undefined;
            this.#ready(preparation ? "prepared" : "plain");
            return preparation;
        } catch {
            // Voting tries again, and tells what is wrong then.
            this.#ready("plain");
            return undefined;
        }
    }

    /** Proves a sealed ballot while its voter decides. Casting tries again if that fails, and tells what is wrong then. */
    #proveAhead(sealed: SealedVote): void {
        const prove = async (): Promise<void> => sealed.prove(await this.#loadKey(), this.#backgroundWork());
        this.#provedAhead = prove().catch(() => undefined);
    }

    #ready(ready: "prepared" | "plain"): void {
        const view = this.view.value;
        if (view.at === "choosing") {
            this.view.value = { at: "choosing", ready, ...(view.notice ? { notice: view.notice } : {}) };
        }
    }

    #loadKey(): Promise<ProvingKey> {
        return provingKey(this.tabella, this.election.circuit, this.#backgroundWork().onProgress);
    }

    #backgroundWork() {
        const onProgress = (progress: Progress): void => {
            const view = this.view.value;
            if (view.at === "choosing" || view.at === "proving") this.view.value = { ...view, progress };
        };
        return { signal: this.#background.signal, onProgress };
    }

    /** Makes a ballot under the lock, keeps it, and only then lets it be sent. */
    async #prove(
        make: (path: MembershipPath, work: { signal: AbortSignal; onProgress: (p: Progress) => void }) => Promise<CastBallot>,
    ): Promise<void> {
        const path = this.#path;
        const before = this.view.value;
        if (!path || before.at === "proving") return;
        const proving = (this.#proving = new AbortController());
        this.view.value = { at: "proving" };
        try {
            await this.#locked(async () => {
                const { ballot, trackingCode } = await abortable(
                    make(path, {
                        signal: proving.signal,
                        onProgress: (progress) => {
                            if (!proving.signal.aborted) this.view.value = { at: "proving", progress };
                        },
                    }),
                    proving.signal,
                );
                await putVote({ ...this.#mark("unsent"), ballot, trackingCode });
            });
            this.view.value = { at: "done", nullifier: this.#nullifier };
            void flush();
        } catch (error) {
            if (this.#background.signal.aborted) return;
            const sealed = this.#sealed;
            const back = (notice: Notice): void => {
                if (sealed) this.view.value = { at: "sealed", code: sealed.trackingCode, notice };
                else this.#choose(notice);
            };
            if (proving.signal.aborted) {
                if (!sealed) await dropVote(this.election.id, this.#nullifier).catch(() => undefined);
                back("cancelled");
            } else this.#recover(error, () => back("other-tab"));
        }
    }

    /** Runs `body` unless another tab votes with this identity, or has voted. */
    async #locked(body: () => Promise<void>): Promise<void> {
        const name = `tabella-vote:${this.election.id}:${this.#nullifier}`;
        await navigator.locks.request(name, { ifAvailable: true }, async (held) => {
            if (!held) throw new OtherTab();
            const stored = await findVote(this.election.id, this.#nullifier);
            if (stored?.ballot !== undefined) throw new OtherTab();
            await body();
        });
    }

    /** Fails if another tab has cast, challenged or replaced the sealed ballot since. */
    async #stillSealed(sealed: SealedVote): Promise<void> {
        const stored = await findVote(this.election.id, this.#nullifier);
        if (stored?.phase !== "sealed" || stored.trackingCode !== sealed.trackingCode) throw new OtherTab();
    }

    #mark(phase: StoredVote["phase"]): StoredVote {
        const { id, kind } = this.election;
        return { election: id, nullifier: this.#nullifier, kind, phase, since: Date.now() };
    }

    #recover(error: unknown, otherTab: () => void): void {
        if (!(error instanceof OtherTab)) this.#fail(error);
        else
            void findVote(this.election.id, this.#nullifier).then((stored) => {
                if (stored?.ballot !== undefined) this.view.value = { at: "done", nullifier: this.#nullifier };
                else otherTab();
            });
    }

    #fail(error: unknown): void {
        if (!this.#background.signal.aborted) this.view.value = { at: "failed", error };
    }
}

/** `work`, or the signal's reason at once, even if `work` waits for something that does not listen to the signal. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        work.then(resolve, reject);
    });
}

/** Whether what came, perhaps from what is kept, is none of this election's registry. */
function isOfAnotherRegistry(error: unknown): boolean {
    const { code } = error as { code?: unknown };
    return code === "bad-registry" || code === "other-registry";
}
