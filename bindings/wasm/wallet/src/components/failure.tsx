// An error, in words, with a way to try again where there is one.

import { errorText } from "../i18n/error.ts";
import { useTranslator } from "../i18n/use.ts";
import { Alert } from "./alert.tsx";

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
    const t = useTranslator();
    return (
        <Alert tone="error">
            <p>{errorText(t, error)}</p>
            {retry && (
                <button type="button" class="button-quiet" onClick={retry}>
                    {t.text("action.retry")}
                </button>
            )}
        </Alert>
    );
}
