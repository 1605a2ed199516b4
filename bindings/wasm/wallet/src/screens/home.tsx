// The elections of the site, and one's identity.

import { Failure } from "../components/failure.tsx";
import { Page } from "../components/page.tsx";
import { Waiting } from "../components/waiting.tsx";
import type { ElectionSummary } from "../api/types.ts";
import { engine } from "../engine.ts";
import type { Translator } from "../i18n/translate.ts";
import { useTranslator } from "../i18n/use.ts";
import { session } from "../session.ts";
import { refreshSite } from "../site.ts";
import { useLoaded } from "../store/load.ts";
import { useObservable } from "../store/observable.ts";

export function HomeScreen() {
    const t = useTranslator();
    const [site, retry] = useLoaded(refreshSite, []);
    return (
        <Page title={site.at === "there" ? site.value.name : t.text("home.title")} lead={t.text("home.lead")}>
            <IdentityLine />
            <section aria-labelledby="elections">
                <h2 id="elections">{t.text("home.elections")}</h2>
                {site.at === "loading" && <Waiting />}
                {site.at === "failed" && <Failure error={site.error} retry={retry} />}
                {site.at === "there" && <Elections elections={site.value.elections} t={t} />}
            </section>
            <div class="actions">
                <a class="button" href="#/join">
                    {t.text("home.join")}
                </a>
                {site.at === "there" && site.value.rehearsal && (
                    <a class="button" href="#/rehearsal">
                        {t.text("home.rehearsal")}
                    </a>
                )}
                <a class="button-quiet" href="#/audit">
                    {t.text("home.audit")}
                </a>
            </div>
        </Page>
    );
}

function Elections({ elections, t }: { elections: readonly ElectionSummary[]; t: Translator }) {
    if (elections.length === 0) return <p class="empty">{t.text("home.none")}</p>;
    const rank = { open: 0, planned: 1, closed: 2, finished: 3 };
    const sorted = elections.toSorted((a, b) => rank[a.state] - rank[b.state] || b.closes_at - a.closes_at);
    return (
        <ul class="cards">
            {sorted.map((election) => {
                const over = election.state === "finished" || election.state === "closed";
                const when = election.state === "planned" ? election.opens_at : election.closes_at;
                return (
                    <li class="card" key={election.id}>
                        <h3>
                            <a href={`#/${over ? "results" : "elections"}/${election.id}`}>{election.title}</a>
                        </h3>
                        <p class="card-facts">
                            <span class={`state state-${election.state}`}>{t.text(`state.${election.state}`)}</span>
                            <span>{t.text(`home.when-${election.state}`, { time: t.time(when) })}</span>
                            <span>{t.plural("election.ballots", election.ballots)}</span>
                        </p>
                    </li>
                );
            })}
        </ul>
    );
}

function IdentityLine() {
    const t = useTranslator();
    const now = useObservable(session);
    const [kept] = useLoaded(async () => (await (await engine()).vault.list()).length, []);
    if (now) {
        return (
            <p class="identity-line">
                {t.text("home.unlocked", { name: now.name })} <a href="#/identity">{t.text("home.to-identity")}</a>
            </p>
        );
    }
    if (kept.at === "loading") return null;
    if (kept.at === "there" && kept.value > 0) {
        return (
            <p class="identity-line">
                {t.text("home.locked")} <a href="#/identity">{t.text("home.to-identity")}</a>
            </p>
        );
    }
    return (
        <section class="panel" aria-labelledby="begin">
            <h2 id="begin">{t.text("home.begin")}</h2>
            <p>{t.text("home.begin-more")}</p>
            <div class="actions">
                <a class="button button-main" href="#/identity/new">
                    {t.text("identity.create")}
                </a>
                <a class="button" href="#/identity/restore">
                    {t.text("identity.restore")}
                </a>
            </div>
        </section>
    );
}
