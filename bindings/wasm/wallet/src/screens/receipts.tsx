// The votes of this device and their receipts.

import { useEffect } from "preact/hooks";
import { Page } from "../components/page.tsx";
import { useTranslator } from "../i18n/use.ts";
import { refreshSite, site } from "../site.ts";
import { useObservable } from "../store/observable.ts";
import { votes } from "../store/votes.ts";

export function ReceiptsScreen() {
    const t = useTranslator();
    const kept = useObservable(votes).toSorted((a, b) => b.since - a.since);
    const elections = useObservable(site)?.elections ?? [];
    useEffect(() => void refreshSite().catch(() => undefined), []);
    const title = (id: string): string => elections.find((one) => one.id === id)?.title ?? id.slice(0, 12);
    return (
        <Page title={t.text("receipts.title")} lead={t.text("receipts.lead")}>
            {kept.length === 0 ? (
                <p class="empty">{t.text("receipts.none")}</p>
            ) : (
                <ul class="cards">
                    {kept.map((vote) => (
                        <li class="card" key={vote.election + vote.nullifier}>
                            <h2>
                                <a href={`#/elections/${vote.election}`}>{title(vote.election)}</a>
                            </h2>
                            <p class="card-facts">
                                <span class={`state state-vote-${vote.phase}`}>{t.text(`phase.${vote.phase}`)}</span>
                                <span>{t.time(vote.since / 1000)}</span>
                            </p>
                        </li>
                    ))}
                </ul>
            )}
        </Page>
    );
}
