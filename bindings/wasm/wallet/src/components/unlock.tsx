// Opens an identity that this device keeps, or leads to making one.

import type { StoredIdentity } from "tabella";
import { useId, useState } from "preact/hooks";
import { engine } from "../engine.ts";
import { useTranslator } from "../i18n/use.ts";
import { unlock } from "../session.ts";
import { useLoaded } from "../store/load.ts";
import { Failure } from "./failure.tsx";
import { Field } from "./field.tsx";
import { Waiting } from "./waiting.tsx";

export function Unlock() {
    const t = useTranslator();
    const [kept, retry] = useLoaded(async () => (await engine()).vault.list(), []);
    if (kept.at === "loading") return <Waiting />;
    if (kept.at === "failed") return <Failure error={kept.error} retry={retry} />;
    if (kept.value.length > 0) return <UnlockForm kept={kept.value} />;
    return (
        <>
            <p>{t.text("unlock.none")}</p>
            <div class="actions">
                <a class="button button-main" href="#/identity/new">
                    {t.text("identity.create")}
                </a>
                <a class="button" href="#/identity/restore">
                    {t.text("identity.restore")}
                </a>
            </div>
        </>
    );
}

function UnlockForm({ kept }: { kept: readonly StoredIdentity[] }) {
    const t = useTranslator();
    const id = useId();
    const [name, setName] = useState(kept[0]?.name ?? "");
    const [passphrase, setPassphrase] = useState("");
    const [error, setError] = useState<unknown>();
    const [busy, setBusy] = useState(false);
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        setBusy(true);
        setError(undefined);
        try {
            const identity = await (await engine()).vault.load(name, passphrase);
            setPassphrase("");
            unlock(name, identity);
        } catch (failed) {
            setError(failed);
            setBusy(false);
        }
    };
    return (
        <form class="stack" onSubmit={(event) => void submit(event)}>
            {kept.length > 1 && (
                <div class="field">
                    <label for={id}>{t.text("unlock.which")}</label>
                    <select id={id} value={name} onChange={(event) => setName(event.currentTarget.value)}>
                        {kept.map((one) => (
                            <option key={one.name}>{one.name}</option>
                        ))}
                    </select>
                </div>
            )}
            {/* For password managers. */}
            <input type="text" hidden readOnly autocomplete="username" value={name} />
            <Field
                label={t.text("unlock.passphrase", { name })}
                type="password"
                autocomplete="current-password"
                value={passphrase}
                onValue={setPassphrase}
                required
            />
            {error !== undefined && <Failure error={error} />}
            <div class="actions">
                <button class="button button-main" disabled={busy}>
                    {t.text(busy ? "unlock.busy" : "unlock.open")}
                </button>
            </div>
        </form>
    );
}
