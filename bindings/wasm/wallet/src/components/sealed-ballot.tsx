// A sealed ballot: its code is shown before the device knows whether it will be cast or challenged.

import { useTranslator } from "../i18n/use.ts";
import type { Booth } from "../vote/booth.ts";
import { CopyButton } from "./copy.tsx";
import { TrackingCode } from "./tracking-code.tsx";

export function SealedBallot({ booth, code }: { booth: Booth; code: string }) {
    const t = useTranslator();
    return (
        <section>
            <h3>{t.text("sealed.title")}</h3>
            <p>{t.text("sealed.write-down")}</p>
            <TrackingCode code={code} />
            <CopyButton text={code} />
            <div class="two">
                <div>
                    <h4>{t.text("sealed.cast-title")}</h4>
                    <p>{t.text("sealed.cast-more")}</p>
                    <button type="button" class="button button-main" onClick={() => void booth.cast()}>
                        {t.text("sealed.cast")}
                    </button>
                </div>
                <div>
                    <h4>{t.text("sealed.challenge-title")}</h4>
                    <p>{t.text("sealed.challenge-more")}</p>
                    <button type="button" class="button" onClick={() => void booth.challenge()}>
                        {t.text("sealed.challenge")}
                    </button>
                </div>
            </div>
        </section>
    );
}
