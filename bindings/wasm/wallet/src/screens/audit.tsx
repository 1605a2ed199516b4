// Audits a record: that of an election of this site, or a file from anywhere.

import { useId, useState } from "preact/hooks";
import { api } from "../api/client.ts";
import { useAudit, type AuditSource } from "../audit.ts";
import { Alert } from "../components/alert.tsx";
import { Result, Warnings } from "../components/audit-report.tsx";
import { Failure } from "../components/failure.tsx";
import { Page } from "../components/page.tsx";
import { ProgressBar } from "../components/progress.tsx";
import { useTranslator } from "../i18n/use.ts";

export function AuditScreen({ id }: { id?: string }) {
    const t = useTranslator();
    const [audit, view] = useAudit();
    const [file, setFile] = useState<File>();
    const input = useId();
    const chosen: AuditSource | undefined =
        id === undefined
            ? file && { record: () => Promise.resolve<Blob>(file) }
            : { election: id, record: (signal) => api.record(id, signal) };
    return (
        <Page title={t.text("audit.title")} lead={t.text("audit.lead")}>
            <section aria-labelledby="checks">
                <h2 id="checks">{t.text("audit.checks")}</h2>
                <ul class="plain">
                    {(["chain", "proofs", "once", "count", "receipts"] as const).map((check) => (
                        <li key={check}>{t.text(`audit.check-${check}`)}</li>
                    ))}
                </ul>
            </section>
            {id === undefined && (
                <div class="field">
                    <label for={input}>{t.text("audit.file")}</label>
                    <input id={input} type="file" accept=".jsonl,.json" onChange={(event) => setFile(event.currentTarget.files?.[0])} />
                </div>
            )}
            {view.at !== "running" && (
                <div class="actions">
                    <button
                        type="button"
                        class="button button-main"
                        disabled={!chosen}
                        onClick={() => chosen && void audit.run(chosen)}
                    >
                        {t.text(view.at === "idle" ? "audit.go" : "audit.again")}
                    </button>
                    {id !== undefined && (
                        <a class="button" href={`#/results/${id}`}>
                            {t.text("election.to-results")}
                        </a>
                    )}
                </div>
            )}
            {view.at === "running" && (
                <ProgressBar label={t.text("audit.running")} progress={view.progress} onCancel={() => audit.cancel()} />
            )}
            {view.at === "failed" && <Failure error={view.error} />}
            {view.at === "done" && (
                <>
                    <Alert tone="good">
                        <p>{t.plural("audit.good", view.report.ballots, { seconds: t.number(Math.ceil(view.seconds)) })}</p>
                        {view.receipts > 0 && <p>{t.plural("audit.receipts", view.receipts)}</p>}
                    </Alert>
                    <Warnings report={view.report} />
                    <Result report={view.report} voters={view.report.citizens} />
                    <dl class="facts">
                        <dt>{t.text("how.digest")}</dt>
                        <dd>
                            <code class="long">{view.report.recordDigest}</code>
                        </dd>
                    </dl>
                </>
            )}
        </Page>
    );
}
