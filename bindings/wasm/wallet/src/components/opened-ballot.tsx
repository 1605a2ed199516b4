// A challenged ballot, opened: to be checked on another device. It is never cast.

import { useTranslator } from "../i18n/use.ts";
import type { Booth } from "../vote/booth.ts";
import { download } from "./download.ts";
import { TrackingCode } from "./tracking-code.tsx";

export function OpenedBallot({ booth, code, file }: { booth: Booth; code: string; file: string }) {
    const t = useTranslator();
    return (
        <section>
            <h3>{t.text("opened.title")}</h3>
            <p>{t.text("opened.more")}</p>
            <TrackingCode code={code} />
            <p>{t.text("opened.check")}</p>
            <pre class="command">
                <code>tabella ballot check opened.json --election election.json --code {code} --identity me.identity</code>
            </pre>
            <details>
                <summary>{t.text("opened.file")}</summary>
                <pre class="file">
                    {file}
                </pre>
            </details>
            <div class="actions">
                <button type="button" class="button" onClick={() => download("opened.json", file)}>
                    {t.text("opened.download")}
                </button>
                <button type="button" class="button button-main" onClick={() => booth.again()}>
                    {t.text("opened.again")}
                </button>
            </div>
        </section>
    );
}
