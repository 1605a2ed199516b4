// The audit of a record in this browser.

import type { AuditReport, Progress } from "tabella";
import { useEffect, useMemo } from "preact/hooks";
import { engine } from "./engine.ts";
import { isCancelled } from "./i18n/error.ts";
import { Observable, useObservable } from "./store/observable.ts";
import { votes } from "./store/votes.ts";

export type AuditView =
    | { readonly at: "idle" }
    | { readonly at: "running"; readonly progress?: Progress }
    | { readonly at: "done"; readonly report: AuditReport; readonly receipts: number; readonly seconds: number }
    | { readonly at: "failed"; readonly error: unknown };

export interface AuditSource {
    /** The election that the record must be of; of a file from elsewhere it is not known. */
    readonly election?: string;
    readonly record: (signal: AbortSignal) => Promise<Blob>;
}

export class Audit {
    readonly view = new Observable<AuditView>({ at: "idle" });
    #running: AbortController | undefined;

    /** Checks everything in the record, and that the receipts of this device are in it. */
    async run(source: AuditSource): Promise<void> {
        this.cancel();
        const running = (this.#running = new AbortController());
        const { signal } = running;
        const show = (view: AuditView): void => {
            if (this.#running === running) this.view.value = view;
        };
        const begin = performance.now();
        show({ at: "running" });
        try {
            const tabella = await engine();
            const record = await source.record(signal);
            const receipts = votes.value
                .filter((vote) => vote.election === source.election)
                .flatMap((vote) => (vote.receipt === undefined ? [] : [vote.receipt]));
            const report = await tabella.audit(record, {
                signal,
                onProgress: (progress) => show({ at: "running", progress }),
                keys: "allow-insecure-development-keys",
                receipts,
                ...(source.election === undefined ? {} : { election: source.election }),
            });
            show({ at: "done", report, receipts: receipts.length, seconds: (performance.now() - begin) / 1000 });
        } catch (error) {
            show(isCancelled(error) ? { at: "idle" } : { at: "failed", error });
        }
    }

    cancel(): void {
        this.#running?.abort(new DOMException("cancelled", "AbortError"));
    }
}

/** An audit that ends with its component. */
export function useAudit(): [Audit, AuditView] {
    const audit = useMemo(() => new Audit(), []);
    useEffect(() => () => audit.cancel(), [audit]);
    return [audit, useObservable(audit.view)];
}
