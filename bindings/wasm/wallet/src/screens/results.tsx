// The result of an election, as a community would publish it: counted by the reader's own browser.

import type { Election } from "tabella";
import { useEffect } from "preact/hooks";
import { api } from "../api/client.ts";
import type { ElectionStatus } from "../api/types.ts";
import { useAudit, type Audit, type AuditView } from "../audit.ts";
import { Alert } from "../components/alert.tsx";
import { Result, Warnings } from "../components/audit-report.tsx";
import { ElectionFacts } from "../components/election-facts.tsx";
import { Failure } from "../components/failure.tsx";
import { HowToCheck } from "../components/how-to-check.tsx";
import { KeyWarning } from "../components/key-warning.tsx";
import { Page } from "../components/page.tsx";
import { ProgressBar } from "../components/progress.tsx";
import { Share } from "../components/share.tsx";
import { VoteStatus } from "../components/vote-status.tsx";
import { Waiting } from "../components/waiting.tsx";
import { readElection } from "../elections.ts";
import { useTranslator } from "../i18n/use.ts";
import { useLoaded } from "../store/load.ts";
import { useObservable } from "../store/observable.ts";
import { useStatus } from "../store/status.ts";
import { votes } from "../store/votes.ts";

/** Up to this number of ballots a browser counts without being asked. */
const AT_ONCE = 2000;

export function ResultsScreen({ id }: { id: string }) {
    const t = useTranslator();
    const [election, retry] = useLoaded(() => readElection(id), [id]);
    const [status, reload] = useStatus(id);
    const [audit, view] = useAudit();
    const known = status.at === "there" ? status.value : undefined;
    const count = (): void =>
        void audit.run({ election: id, record: (signal) => api.record(id, signal) });
    const ready = known?.state === "finished" && known.ballots <= AT_ONCE;
    useEffect(() => void (ready && count()), [ready]);
    if (election.at !== "there") {
        return (
            <Page title={t.text("results.title")}>
                {election.at === "loading" ? <Waiting /> : <Failure error={election.error} retry={retry} />}
            </Page>
        );
    }
    return (
        <Page title={election.value.title} lead={election.value.question}>
            {view.at !== "done" && <KeyWarning election={election.value} />}
            {status.at === "failed" && <Failure error={status.error} retry={reload} />}
            {known && <Outcome election={election.value} status={known} audit={audit} view={view} count={count} />}
            <ElectionFacts election={election.value} status={known} />
            <Share id={id} />
        </Page>
    );
}

interface OutcomeProps {
    readonly election: Election;
    readonly status: ElectionStatus;
    readonly audit: Audit;
    readonly view: AuditView;
    readonly count: () => void;
}

function Outcome({ election, status, audit, view, count }: OutcomeProps) {
    const t = useTranslator();
    const mine = useObservable(votes).filter((vote) => vote.election === election.id && vote.phase === "counted");
    if (status.state === "closed") return <Alert tone="info">{t.text("results.unopened")}</Alert>;
    if (status.state !== "finished") {
        return (
            <Alert tone="info">
                <p>{t.text("results.not-yet")}</p>
                <p>
                    <a href={`#/elections/${election.id}`}>{t.text("results.to-election")}</a>
                </p>
            </Alert>
        );
    }
    return (
        <>
            {view.at === "idle" && (
                <div class="actions">
                    <button type="button" class="button button-main" onClick={count}>
                        {t.text("results.count")}
                    </button>
                </div>
            )}
            {view.at === "running" && (
                <ProgressBar label={t.text("results.counting")} progress={view.progress} onCancel={() => audit.cancel()} />
            )}
            {view.at === "failed" && <Failure error={view.error} retry={count} />}
            {view.at === "done" && (
                <>
                    <Result report={view.report} voters={election.registry.size} />
                    <Alert tone="good">{t.plural("results.checked", view.report.ballots, { seconds: t.number(Math.ceil(view.seconds)) })}</Alert>
                    <Warnings report={view.report} />
                    <HowToCheck election={election.id} digest={view.report.recordDigest} />
                </>
            )}
            {mine.map((vote) => (
                <VoteStatus key={vote.nullifier} vote={vote} finished />
            ))}
        </>
    );
}
