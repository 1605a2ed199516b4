// Brings an identity to this device: by its words, or by an export of Semaphore.

import type { Identity } from "tabella";
import { useState } from "preact/hooks";
import { Failure } from "../components/failure.tsx";
import { TextArea } from "../components/field.tsx";
import { Page } from "../components/page.tsx";
import { KeepIdentity } from "../components/passphrase.tsx";
import { engine } from "../engine.ts";
import { useTranslator } from "../i18n/use.ts";
import { go } from "../router.ts";

/** Words by spaces are a phrase; one word is an export. */
async function restore(text: string): Promise<Identity> {
    const words = text.trim().split(/\s+/);
    const tabella = await engine();
    return words.length === 1 ? tabella.importIdentity(words.join("")) : tabella.identityFromPhrase(words.join(" ").toLowerCase());
}

export function RestoreIdentityScreen() {
    const t = useTranslator();
    const [text, setText] = useState("");
    const [identity, setIdentity] = useState<Identity>();
    const [error, setError] = useState<unknown>();
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        setError(undefined);
        try {
            setIdentity(await restore(text));
            setText("");
        } catch (failed) {
            setError(failed);
        }
    };
    return (
        <Page title={t.text("restore.title")} lead={t.text("restore.lead")}>
            {identity ? (
                <section>
                    <h2>{t.text("new.keep")}</h2>
                    <p>{t.text("new.keep-more")}</p>
                    <KeepIdentity identity={identity} onKept={() => go("#/identity")} />
                </section>
            ) : (
                <form class="stack" onSubmit={(event) => void submit(event)}>
                    <TextArea
                        label={t.text("restore.secret")}
                        hint={t.text("restore.secret-hint")}
                        value={text}
                        onValue={setText}
                        rows={4}
                        autocomplete="off"
                        literal
                        required
                    />
                    {error !== undefined && <Failure error={error} />}
                    <div class="actions">
                        <button class="button button-main">{t.text("restore.go")}</button>
                    </div>
                </form>
            )}
        </Page>
    );
}
