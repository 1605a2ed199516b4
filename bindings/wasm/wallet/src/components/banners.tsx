// What concerns every screen: a rehearsal, no network, ballots that wait.

import { useEffect } from "preact/hooks";
import { useTranslator } from "../i18n/use.ts";
import { refreshSite, site } from "../site.ts";
import { online } from "../store/network.ts";
import { useObservable } from "../store/observable.ts";
import { votes } from "../store/votes.ts";

export function Banners() {
    const t = useTranslator();
    const known = useObservable(site);
    const connected = useObservable(online);
    const unsent = useObservable(votes).filter((vote) => vote.phase === "unsent").length;
    useEffect(() => void refreshSite().catch(() => undefined), []);
    return (
        <aside class="banners" aria-label={t.text("banner.label")}>
            {known?.rehearsal === true && (
                <p class="banner banner-rehearsal">
                    <strong>{t.text("banner.rehearsal")}</strong> {t.text("banner.rehearsal-more")}
                </p>
            )}
            <div role="status">
                {!connected && <p class="banner">{t.text("banner.offline")}</p>}
                {unsent > 0 && <p class="banner">{t.plural("banner.unsent", unsent)}</p>}
            </div>
        </aside>
    );
}
