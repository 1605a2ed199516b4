// Looks for one's ballot in the published record.

import { useState } from "preact/hooks";
import { api } from "../api/client.ts";
import { engine } from "../engine.ts";
import { useTranslator } from "../i18n/use.ts";
import type { StoredVote } from "../store/votes.ts";
import { Alert } from "./alert.tsx";
import { Failure } from "./failure.tsx";

type Check = { at: "idle" | "busy" | "found" } | { at: "failed"; error: unknown };

export function CheckReceipt({ vote, receipt }: { vote: StoredVote; receipt: string }) {
    const t = useTranslator();
    const [check, setCheck] = useState<Check>({ at: "idle" });
    const run = async (): Promise<void> => {
        setCheck({ at: "busy" });
        try {
            const [tabella, record] = await Promise.all([engine(), api.record(vote.election)]);
            await tabella.checkReceipt(receipt, record);
            if (vote.trackingCode !== undefined) await tabella.findBallot(vote.trackingCode, record, vote.nullifier);
            setCheck({ at: "found" });
        } catch (error) {
            setCheck({ at: "failed", error });
        }
    };
    return (
        <>
            <button type="button" class="button button-main" disabled={check.at === "busy"} onClick={() => void run()}>
                {t.text(check.at === "busy" ? "vote.checking" : "vote.check")}
            </button>
            {check.at === "found" && <Alert tone="good">{t.text("vote.found")}</Alert>}
            {check.at === "failed" && <Failure error={check.error} />}
        </>
    );
}
