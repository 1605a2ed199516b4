// Messages that screen readers say at once (errors) or when there is a pause (news).

import type { ComponentChildren } from "preact";

export type Tone = "error" | "warning" | "good" | "info";

const SIGNS: Readonly<Record<Tone, string>> = { error: "✕", warning: "!", good: "✓", info: "i" };

export function Alert({ tone, children }: { tone: Tone; children: ComponentChildren }) {
    return (
        <div class={`alert alert-${tone}`} role={tone === "error" ? "alert" : "status"}>
            <span class="alert-sign" aria-hidden="true">
                {SIGNS[tone]}
            </span>
            <div class="alert-text">{children}</div>
        </div>
    );
}
