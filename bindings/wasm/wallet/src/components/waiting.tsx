// Something is being fetched.

import { useTranslator } from "../i18n/use.ts";

export function Waiting() {
    const t = useTranslator();
    return (
        <p class="waiting" role="status">
            {t.text("app.loading")}
        </p>
    );
}
