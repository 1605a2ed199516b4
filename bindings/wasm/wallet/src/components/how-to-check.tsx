// How anybody checks a result without trusting this page.

import { api } from "../api/client.ts";
import { useTranslator } from "../i18n/use.ts";
import { CopyButton } from "./copy.tsx";

export function HowToCheck({ election, digest }: { election: string; digest: string }) {
    const t = useTranslator();
    return (
        <section aria-labelledby="how">
            <h2 id="how">{t.text("how.title")}</h2>
            <ol class="how">
                <li>{t.text("how.browser")}</li>
                <li>
                    {t.text("how.laptop")}
                    <pre class="command">
                        <code>tabella audit record.jsonl --election {election}</code>
                    </pre>
                </li>
                <li>{t.text("how.receipt")}</li>
            </ol>
            <dl class="facts">
                <dt>{t.text("how.digest")}</dt>
                <dd>
                    <code class="long">{digest}</code> <CopyButton text={digest} />
                </dd>
            </dl>
            <div class="actions">
                <a class="button button-main" href={`#/audit/${election}`}>
                    {t.text("how.audit")}
                </a>
                <a class="button" href={api.recordUrl(election)} download="record.jsonl">
                    {t.text("how.download")}
                </a>
            </div>
        </section>
    );
}
