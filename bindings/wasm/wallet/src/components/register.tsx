// Registers an identity at the site's registry.

import type { Identity } from "tabella";
import { useState } from "preact/hooks";
import { api } from "../api/client.ts";
import { ApiError } from "../api/error.ts";
import type { Site } from "../api/types.ts";
import { useTranslator } from "../i18n/use.ts";
import { refreshSite } from "../site.ts";
import { useLoaded } from "../store/load.ts";
import { findPlace, putPlace } from "../store/places.ts";
import { Alert } from "./alert.tsx";
import { Failure } from "./failure.tsx";
import { Waiting } from "./waiting.tsx";

export function Register({ identity }: { identity: Identity }) {
    const t = useTranslator();
    const [known, reload] = useLoaded(
        async () => ({ site: await refreshSite(), place: await findPlace(identity.commitment) }),
        [identity],
    );
    return (
        <section aria-labelledby="register">
            <h2 id="register">{t.text("register.title")}</h2>
            {known.at === "loading" && <Waiting />}
            {known.at === "failed" && <Failure error={known.error} retry={reload} />}
            {known.at === "there" &&
                (known.value.place ? (
                    <Alert tone="good">
                        {known.value.place.slot === undefined
                            ? t.text("register.elsewhere", { label: known.value.place.label })
                            : t.text("register.done", { label: known.value.place.label, place: known.value.place.slot + 1 })}
                    </Alert>
                ) : (
                    <Ask site={known.value.site} identity={identity} onDone={reload} />
                ))}
        </section>
    );
}

function Ask({ site, identity, onDone }: { site: Site; identity: Identity; onDone: () => void }) {
    const t = useTranslator();
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>();
    const { registry } = site;
    if (!registry) return <p>{t.text("register.none")}</p>;
    const register = async (): Promise<void> => {
        setBusy(true);
        setError(undefined);
        const { commitment } = identity;
        const { label } = registry;
        try {
            await putPlace({ commitment, label, slot: await api.register(await identity.register(label)) });
            onDone();
        } catch (failed) {
            if (failed instanceof ApiError && failed.code === "already-registered") {
                // From another device, or the answer was lost. All pages of the registry are read for its path then.
                await putPlace({ commitment, label });
                onDone();
            } else setError(failed);
        } finally {
            setBusy(false);
        }
    };
    return (
        <>
            <p>{t.plural("register.ask", registry.size, { label: registry.label })}</p>
            {error !== undefined && <Failure error={error} />}
            <div class="actions">
                <button type="button" class="button button-main" disabled={busy} onClick={() => void register()}>
                    {t.text(busy ? "register.busy" : "register.go")}
                </button>
            </div>
        </>
    );
}
