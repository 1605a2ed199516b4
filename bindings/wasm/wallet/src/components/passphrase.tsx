// The name and passphrase under which a device keeps an identity.

import type { Identity } from "tabella";
import { useState } from "preact/hooks";
import { engine } from "../engine.ts";
import { useTranslator } from "../i18n/use.ts";
import { unlock } from "../session.ts";
import { Alert } from "./alert.tsx";
import { Failure } from "./failure.tsx";
import { Field } from "./field.tsx";

/** Fewest characters of a passphrase. Whoever copies the browser's files may try as many as they like. */
const SHORTEST = 10;

export function KeepIdentity({ identity, onKept }: { identity: Identity; onKept: () => void }) {
    const t = useTranslator();
    const [name, setName] = useState(t.text("keep.default-name"));
    const [passphrase, setPassphrase] = useState("");
    const [again, setAgain] = useState("");
    const [fault, setFault] = useState<"short" | "differ" | "name" | "taken">();
    const [error, setError] = useState<unknown>();
    const [busy, setBusy] = useState(false);
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        setError(undefined);
        const trimmed = name.trim();
        if (trimmed === "") return setFault("name");
        if ([...passphrase].length < SHORTEST) return setFault("short");
        if (passphrase !== again) return setFault("differ");
        setFault(undefined);
        setBusy(true);
        try {
            const { vault } = await engine();
            if ((await vault.list()).some((one) => one.name === trimmed)) return setFault("taken");
            await vault.save(trimmed, identity, passphrase);
            unlock(trimmed, identity);
            onKept();
        } catch (failed) {
            setError(failed);
        } finally {
            setBusy(false);
        }
    };
    return (
        <form class="stack" onSubmit={(event) => void submit(event)}>
            <Field label={t.text("keep.name")} hint={t.text("keep.name-hint")} autocomplete="username" value={name} onValue={setName} required />
            <Field
                label={t.text("keep.passphrase")}
                hint={t.text("keep.passphrase-hint", { shortest: SHORTEST })}
                type="password"
                autocomplete="new-password"
                value={passphrase}
                onValue={setPassphrase}
                required
            />
            <Field
                label={t.text("keep.again")}
                type="password"
                autocomplete="new-password"
                value={again}
                onValue={setAgain}
                required
            />
            {fault && <Alert tone="error">{t.text(`keep.fault-${fault}`, { shortest: SHORTEST })}</Alert>}
            {error !== undefined && <Failure error={error} />}
            <div class="actions">
                <button class="button button-main" disabled={busy}>
                    {t.text(busy ? "keep.busy" : "keep.save")}
                </button>
            </div>
        </form>
    );
}
