// A button that copies a text, and says so.

import { useState } from "preact/hooks";
import { useTranslator } from "../i18n/use.ts";

export function CopyButton({ text, label }: { text: string; label?: string }) {
    const t = useTranslator();
    const [copied, setCopied] = useState(false);
    const copy = async (): Promise<void> => {
        try {
            await navigator.clipboard.writeText(text);
            setCopied(true);
            setTimeout(() => setCopied(false), 3000);
        } catch {
            // Refused: the text stands beside the button and can be marked.
        }
    };
    return (
        <button type="button" class="button-quiet" onClick={() => void copy()}>
            {label ?? t.text("action.copy")}
            <span role="status" class="copied">
                {copied && ` ✓ ${t.text("action.copied")}`}
            </span>
        </button>
    );
}
