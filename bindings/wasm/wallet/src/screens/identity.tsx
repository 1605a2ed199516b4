// One's identity: unlock it, register it, write its words down again, remove it.

import { useState } from "preact/hooks";
import { CopyButton } from "../components/copy.tsx";
import { Failure } from "../components/failure.tsx";
import { Page } from "../components/page.tsx";
import { Register } from "../components/register.tsx";
import { Unlock } from "../components/unlock.tsx";
import { engine } from "../engine.ts";
import { useTranslator } from "../i18n/use.ts";
import { lock, session, type Session } from "../session.ts";
import { useObservable } from "../store/observable.ts";

export function IdentityScreen() {
    const t = useTranslator();
    const now = useObservable(session);
    return (
        <Page title={t.text("identity.title")} lead={t.text("identity.lead")}>
            {now ? <Unlocked key={now.name} session={now} /> : <Unlock />}
        </Page>
    );
}

function Unlocked({ session: { name, identity } }: { session: Session }) {
    const t = useTranslator();
    return (
        <>
            <section class="panel" aria-labelledby="who">
                <h2 id="who">{name}</h2>
                <dl class="facts">
                    <dt>{t.text("identity.commitment")}</dt>
                    <dd>
                        <code class="long">{identity.commitment}</code> <CopyButton text={identity.commitment} />
                    </dd>
                </dl>
                <p class="hint">{t.text("identity.commitment-hint")}</p>
                <div class="actions">
                    <button type="button" class="button" onClick={lock}>
                        {t.text("identity.lock")}
                    </button>
                </div>
            </section>
            <Register identity={identity} />
            <Secrets name={name} show={() => identity.export()} />
            <section>
                <h2>{t.text("identity.another")}</h2>
                <div class="actions">
                    <a class="button" href="#/identity/new">
                        {t.text("identity.create")}
                    </a>
                    <a class="button" href="#/identity/restore">
                        {t.text("identity.restore")}
                    </a>
                </div>
            </section>
        </>
    );
}

function Secrets({ name, show }: { name: string; show: () => Promise<string> }) {
    const t = useTranslator();
    const [secret, setSecret] = useState<string>();
    const [removing, setRemoving] = useState(false);
    const [error, setError] = useState<unknown>();
    const attempt = (work: () => Promise<void>): void => {
        setError(undefined);
        work().catch((failed: unknown) => setError(failed));
    };
    const remove = async (): Promise<void> => {
        await (await engine()).vault.remove(name);
        lock();
    };
    return (
        <section aria-labelledby="secrets">
            <h2 id="secrets">{t.text("identity.secrets")}</h2>
            <p>{t.text("identity.secrets-more")}</p>
            {secret !== undefined && (
                <p class="secret">
                    <code class="long">{secret}</code>
                </p>
            )}
            {removing && <p>{t.text("identity.remove-sure")}</p>}
            {error !== undefined && <Failure error={error} />}
            <div class="actions">
                <button
                    type="button"
                    class="button"
                    aria-expanded={secret !== undefined}
                    onClick={() => (secret === undefined ? attempt(async () => setSecret(await show())) : setSecret(undefined))}
                >
                    {t.text(secret === undefined ? "identity.show" : "identity.hide")}
                </button>
                {removing ? (
                    <>
                        <button type="button" class="button button-danger" onClick={() => attempt(remove)}>
                            {t.text("identity.remove-yes")}
                        </button>
                        <button type="button" class="button" onClick={() => setRemoving(false)}>
                            {t.text("action.cancel")}
                        </button>
                    </>
                ) : (
                    <button type="button" class="button" onClick={() => setRemoving(true)}>
                        {t.text("identity.remove")}
                    </button>
                )}
            </div>
        </section>
    );
}
