// The link to an election, in letters and as a QR code.

import { useTranslator } from "../i18n/use.ts";
import { electionLink } from "../link.ts";
import { CopyButton } from "./copy.tsx";
import { QrCode } from "./qr.tsx";

export function Share({ id }: { id: string }) {
    const t = useTranslator();
    const link = electionLink(id, location.origin);
    return (
        <details class="share">
            <summary>{t.text("share.title")}</summary>
            <QrCode text={link} label={t.text("share.qr")} />
            <p>
                <code class="long">{link}</code>
            </p>
            <CopyButton text={link} label={t.text("share.copy")} />
        </details>
    );
}
