// What became of a ballot: on its way, counted, or refused.

import { useEffect, useRef, useState } from "preact/hooks";
import { errorText } from "../i18n/error.ts";
import { useTranslator } from "../i18n/use.ts";
import { online } from "../store/network.ts";
import { useObservable } from "../store/observable.ts";
import { readReceipt } from "../store/receipt.ts";
import { dropVote, type StoredVote } from "../store/votes.ts";
import { flush, sending } from "../vote/outbox.ts";
import { Alert } from "./alert.tsx";
import { CheckReceipt } from "./check-receipt.tsx";
import { CopyButton } from "./copy.tsx";
import { download } from "./download.ts";
import { TrackingCode } from "./tracking-code.tsx";

/** Refusals after which there is nothing more to do for this voter. */
const SETTLED: readonly string[] = ["already-voted", "closed"];

export function VoteStatus({ vote, finished }: { vote: StoredVote; finished: boolean }) {
    const t = useTranslator();
    const heading = useRef<HTMLHeadingElement>(null);
    const [first] = useState(vote.phase);
    useEffect(() => void (first !== vote.phase && heading.current?.focus()), [vote.phase]);
    return (
        <section class={`panel vote vote-${vote.phase}`} aria-labelledby={`vote-${vote.nullifier}`}>
            <h2 id={`vote-${vote.nullifier}`} ref={heading} tabIndex={-1}>
                {t.text(vote.phase === "counted" ? "vote.counted" : vote.phase === "refused" ? "vote.refused" : "vote.unsent")}
            </h2>
            {vote.phase === "counted" && <Counted vote={vote} finished={finished} />}
            {vote.phase === "refused" && <Refused vote={vote} />}
            {vote.phase === "unsent" && <Unsent />}
        </section>
    );
}

function Counted({ vote, finished }: { vote: StoredVote; finished: boolean }) {
    const t = useTranslator();
    const receipt = vote.receipt === undefined ? undefined : readReceipt(vote.receipt);
    const file = vote.receipt;
    return (
        <>
            <p>{t.text("vote.counted-more")}</p>
            <dl class="facts">
                {receipt && (
                    <>
                        <dt>{t.text("vote.place")}</dt>
                        <dd>{t.number(receipt.index + 1)}</dd>
                        <dt>{t.text("vote.name")}</dt>
                        <dd>
                            <code class="long">{receipt.ballot}</code>
                        </dd>
                    </>
                )}
                <dt>{t.text("vote.when")}</dt>
                <dd>{t.time(vote.since / 1000)}</dd>
            </dl>
            {vote.trackingCode !== undefined && (
                <>
                    <h3>{t.text("vote.code")}</h3>
                    <TrackingCode code={vote.trackingCode} />
                    <CopyButton text={vote.trackingCode} />
                </>
            )}
            {file !== undefined && (
                <div class="actions">
                    <button
                        type="button"
                        class="button"
                        onClick={() => download(`tabella-${vote.election.slice(0, 8)}.receipt.json`, file)}
                    >
                        {t.text("vote.download")}
                    </button>
                    {finished && <CheckReceipt vote={vote} receipt={file} />}
                </div>
            )}
            {!finished && <p class="hint">{t.text("vote.check-later")}</p>}
        </>
    );
}

function Refused({ vote }: { vote: StoredVote }) {
    const t = useTranslator();
    return (
        <>
            <Alert tone="error">{errorText(t, vote.refusal)}</Alert>
            {!SETTLED.includes(vote.refusal?.code ?? "") && (
                <div class="actions">
                    <button type="button" class="button" onClick={() => void dropVote(vote.election, vote.nullifier)}>
                        {t.text("vote.drop")}
                    </button>
                </div>
            )}
        </>
    );
}

function Unsent() {
    const t = useTranslator();
    const connected = useObservable(online);
    const state = useObservable(sending);
    return (
        <>
            <p role="status">
                {t.text(!connected ? "vote.offline" : state === "waiting" ? "vote.no-answer" : "vote.sending")}
            </p>
            <p class="hint">{t.text("vote.unsent-more")}</p>
            {state === "waiting" && (
                <div class="actions">
                    <button type="button" class="button" onClick={() => void flush()}>
                        {t.text("vote.send-now")}
                    </button>
                </div>
            )}
        </>
    );
}
