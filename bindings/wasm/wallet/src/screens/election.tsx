// An election: its question and rules, and the booth.

import type { Election } from "tabella";
import { useEffect, useState } from "preact/hooks";
import { api } from "../api/client.ts";
import type { ElectionStatus } from "../api/types.ts";
import { BoothPanel } from "../components/booth-panel.tsx";
import { ElectionFacts } from "../components/election-facts.tsx";
import { Failure } from "../components/failure.tsx";
import { KeyWarning } from "../components/key-warning.tsx";
import { Page } from "../components/page.tsx";
import { Share } from "../components/share.tsx";
import { Unlock } from "../components/unlock.tsx";
import { VoteStatus } from "../components/vote-status.tsx";
import { Waiting } from "../components/waiting.tsx";
import { readElection } from "../elections.ts";
import { useTranslator } from "../i18n/use.ts";
import { session } from "../session.ts";
import { site } from "../site.ts";
import { useLoaded } from "../store/load.ts";
import { useObservable } from "../store/observable.ts";
import { useStatus } from "../store/status.ts";
import { votes } from "../store/votes.ts";

export function ElectionScreen({ id }: { id: string }) {
    const t = useTranslator();
    const [election, retry] = useLoaded(() => readElection(id), [id]);
    const [status, reload] = useStatus(id);
    const counted = useObservable(votes).filter((vote) => vote.election === id && vote.phase === "counted").length;
    // One's own ballot is seen in the number of ballots at once.
    useEffect(reload, [counted]);
    if (election.at !== "there") {
        return (
            <Page title={t.text("election.title")}>
                {election.at === "loading" ? <Waiting /> : <Failure error={election.error} retry={retry} />}
            </Page>
        );
    }
    const known = status.at === "there" ? status.value : undefined;
    return (
        <Page title={election.value.title} lead={election.value.question}>
            <KeyWarning election={election.value} />
            <Voting election={election.value} status={known} />
            {status.at === "failed" && <Failure error={status.error} retry={reload} />}
            <ElectionFacts election={election.value} status={known} />
            <Share id={id} />
            {known?.state === "open" && <CloseRehearsal id={id} onClosed={reload} />}
        </Page>
    );
}

function Voting({ election, status }: { election: Election; status: ElectionStatus | undefined }) {
    const t = useTranslator();
    const now = useObservable(session);
    const mine = useObservable(votes).filter((vote) => vote.election === election.id && vote.ballot !== undefined);
    const over = status?.state === "finished" || status?.state === "closed";
    return (
        <>
            {mine.map((vote) => (
                <VoteStatus key={vote.nullifier} vote={vote} finished={status?.state === "finished"} />
            ))}
            {over && (
                <section class="panel" aria-labelledby="over">
                    <h2 id="over">{t.text("election.over")}</h2>
                    <p>{t.text(status.state === "closed" ? "election.over-closed" : "election.over-finished")}</p>
                    <div class="actions">
                        <a class="button button-main" href={`#/results/${election.id}`}>
                            {t.text("election.to-results")}
                        </a>
                    </div>
                </section>
            )}
            {status?.state === "planned" && (
                <p class="panel">{t.text("election.planned", { time: t.time(election.opensAt) })}</p>
            )}
            {!over && status?.state !== "planned" && (
                <section class="panel booth" aria-labelledby="booth">
                    <h2 id="booth">{t.text("booth.title")}</h2>
                    {now ? <BoothPanel key={now.identity.commitment} election={election} identity={now.identity} /> : <Locked />}
                </section>
            )}
        </>
    );
}

function Locked() {
    const t = useTranslator();
    return (
        <>
            <p>{t.text("booth.locked")}</p>
            <Unlock />
        </>
    );
}

function CloseRehearsal({ id, onClosed }: { id: string; onClosed: () => void }) {
    const t = useTranslator();
    const rehearsal = useObservable(site)?.rehearsal === true;
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>();
    if (!rehearsal) return null;
    const close = async (): Promise<void> => {
        setBusy(true);
        setError(undefined);
        try {
            await api.closeElection(id);
            onClosed();
        } catch (failed) {
            setError(failed);
        } finally {
            setBusy(false);
        }
    };
    return (
        <section aria-labelledby="close">
            <h2 id="close">{t.text("rehearsal.close")}</h2>
            <p>{t.text("rehearsal.close-more")}</p>
            {error !== undefined && <Failure error={error} />}
            <button type="button" class="button" disabled={busy} onClick={() => void close()}>
                {t.text(busy ? "rehearsal.closing" : "rehearsal.close-now")}
            </button>
        </section>
    );
}
