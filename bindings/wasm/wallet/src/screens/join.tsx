// Joins an election by its link or QR code.

import { useEffect, useState } from "preact/hooks";
import { Alert } from "../components/alert.tsx";
import { Field } from "../components/field.tsx";
import { Page } from "../components/page.tsx";
import { canScan, Scanner } from "../components/scanner.tsx";
import { useTranslator } from "../i18n/use.ts";
import { parseLink, type Link } from "../link.ts";
import { go } from "../router.ts";

export function JoinScreen() {
    const t = useTranslator();
    const [text, setText] = useState("");
    const [camera, setCamera] = useState(false);
    const [scanning, setScanning] = useState(false);
    const [link, setLink] = useState<Link>();
    useEffect(() => void canScan().then(setCamera), []);
    const follow = (pasted: string): void => {
        const parsed = parseLink(pasted, location.origin);
        setScanning(false);
        setLink(parsed);
        if (parsed.kind === "election") go(`#/elections/${parsed.id}`);
    };
    const submit = (event: Event): void => {
        event.preventDefault();
        follow(text);
    };
    return (
        <Page title={t.text("join.title")} lead={t.text("join.lead")}>
            <form class="stack" onSubmit={submit}>
                <Field
                    label={t.text("join.link")}
                    hint={t.text("join.link-hint", { example: `${location.origin}/#/elections/…` })}
                    value={text}
                    onValue={setText}
                    inputMode="url"
                    autocomplete="off"
                    required
                />
                {link?.kind === "none" && <Alert tone="error">{t.text("join.not-a-link")}</Alert>}
                {link?.kind === "other-site" && (
                    <Alert tone="warning">
                        <p>{t.text("join.other-site")}</p>
                        <p>
                            <a href={link.href} rel="noreferrer">
                                {link.href}
                            </a>
                        </p>
                    </Alert>
                )}
                <div class="actions">
                    <button class="button button-main">{t.text("join.go")}</button>
                    {camera && (
                        <button type="button" class="button" onClick={() => setScanning(!scanning)}>
                            {t.text(scanning ? "join.stop" : "join.scan")}
                        </button>
                    )}
                </div>
            </form>
            {scanning && <Scanner onText={follow} />}
        </Page>
    );
}
