// What an audit found.

import type { AuditReport } from "tabella";
import type { Translator } from "../i18n/translate.ts";
import { useTranslator } from "../i18n/use.ts";
import { Alert } from "./alert.tsx";
import { Chart, ResultTable, type Row } from "./chart.tsx";

export function rowsOf(report: AuditReport): Row[] {
    return report.counts.map(({ option, votes }) => ({ option, votes, winner: report.winners.includes(option) }));
}

/** Who won, in one sentence. */
function outcome(t: Translator, report: AuditReport): string {
    if (report.counts.length === 0) return t.text("result.too-few");
    if (report.tied.length > 0 && report.winners.length === 0) {
        return t.text("result.tied", { tied: t.list(report.tied) });
    }
    if (report.winners.length === 0) return t.text("result.no-winner");
    return t.text("result.winners", { winners: t.list(report.winners) });
}

export function Result({ report, voters }: { report: AuditReport; voters: number | null }) {
    const t = useTranslator();
    const rows = rowsOf(report);
    return (
        <section aria-labelledby="result">
            <h2 id="result">{t.text("result.title")}</h2>
            <p class="outcome">{outcome(t, report)}</p>
            {rows.length > 0 && (
                <>
                    <Chart rows={rows} t={t} />
                    <ResultTable rows={rows} caption={t.text("result.caption")} t={t} />
                </>
            )}
            {voters !== null && (
                <p>
                    {t.text("result.turnout", { ballots: report.ballots, voters, share: t.share(report.ballots, voters) })}
                </p>
            )}
        </section>
    );
}

export function Warnings({ report }: { report: AuditReport }) {
    const t = useTranslator();
    // Said in the reader's language above the others, which are English.
    const others = report.warnings.filter((warning) => !(report.insecureKeys && /INSECURE DEVELOPMENT KEY/.test(warning)));
    return (
        <>
            {report.insecureKeys && <Alert tone="warning">{t.text("election.insecure-keys")}</Alert>}
            {others.length > 0 && (
                <Alert tone="warning">
                    <p>{t.text("audit.warnings")}</p>
                    <ul lang="en">
                        {others.map((warning) => (
                            <li key={warning}>{warning}</li>
                        ))}
                    </ul>
                </Alert>
            )}
        </>
    );
}
