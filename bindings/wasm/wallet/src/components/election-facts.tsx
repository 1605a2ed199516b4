// What everybody may know about an election.

import type { Election } from "tabella";
import type { ElectionStatus } from "../api/types.ts";
import { ruleSentences } from "../i18n/rules.ts";
import { useTranslator } from "../i18n/use.ts";

export function ElectionFacts({ election, status }: { election: Election; status: ElectionStatus | undefined }) {
    const t = useTranslator();
    return (
        <section aria-labelledby="facts">
            <h2 id="facts">{t.text("election.facts")}</h2>
            <dl class="facts">
                {status && (
                    <>
                        <dt>{t.text("election.state")}</dt>
                        <dd>
                            <span class={`state state-${status.state}`}>{t.text(`state.${status.state}`)}</span>{" "}
                            {t.plural("election.ballots", status.ballots)}
                        </dd>
                    </>
                )}
                <dt>{t.text("election.window")}</dt>
                <dd>{t.text("election.from-to", { from: t.time(election.opensAt), to: t.time(election.closesAt) })}</dd>
                <dt>{t.text("election.kind")}</dt>
                <dd>
                    {t.text(`kind.${election.kind}`)}: {t.text(`kind.${election.kind}-hint`)}
                </dd>
                <dt>{t.text("election.registry")}</dt>
                <dd>{t.plural("election.voters", election.registry.size)}</dd>
                <dt>{t.text("election.rules")}</dt>
                <dd>
                    <ul class="plain">
                        {ruleSentences(t, election.rules).map((sentence) => (
                            <li key={sentence}>{sentence}</li>
                        ))}
                    </ul>
                </dd>
                <dt>{t.text("election.id")}</dt>
                <dd>
                    <code class="long">{election.id}</code>
                </dd>
            </dl>
        </section>
    );
}
