// An address that leads nowhere.

import { Page } from "../components/page.tsx";
import { useTranslator } from "../i18n/use.ts";

export function NowhereScreen() {
    const t = useTranslator();
    return (
        <Page title={t.text("nowhere.title")} lead={t.text("nowhere.lead")}>
            <p>
                <a href="#/">{t.text("nowhere.home")}</a>
            </p>
        </Page>
    );
}
