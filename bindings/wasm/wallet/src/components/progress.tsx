// How far work is: a bar, and the name of the stage, which is said aloud only when it changes.

import type { Progress, Stage } from "tabella";
import { useId, useRef } from "preact/hooks";
import { useTranslator } from "../i18n/use.ts";

/** The stages of a vote in their order, each with its part of the bar. */
const PARTS: readonly (readonly [Stage, number])[] = [
    ["download", 20],
    ["check", 5],
    ["registry", 5],
    ["synthesis", 10],
    ["satisfaction", 5],
    ["quotient", 15],
    ["commitments", 50],
    ["verification", 5],
];
const WHOLE = PARTS.reduce((sum, [, part]) => sum + part, 0);

/** From 0 to 1. */
export function fraction({ stage, done, total }: Progress): number {
    const within = total ? Math.min((done ?? 0) / total, 1) : 0;
    if (stage === "audit") return within;
    let before = 0;
    for (const [name, part] of PARTS) {
        if (name === stage) return (before + part * within) / WHOLE;
        before += part;
    }
    return 0;
}

export function ProgressBar({ label, progress, onCancel }: { label: string; progress: Progress | undefined; onCancel?: () => void }) {
    const t = useTranslator();
    const id = useId();
    // Some stages come more than once; a bar that goes back looks like a fault.
    const highest = useRef(0);
    if (progress) highest.current = Math.max(highest.current, fraction(progress));
    const { done, total, stage } = progress ?? {};
    const counted = stage === "audit" && total !== undefined && done !== undefined;
    return (
        <div class="progress">
            <p class="progress-label" id={id}>
                {label}
            </p>
            <progress aria-labelledby={id} max={1} value={progress ? highest.current : undefined} />
            <p class="progress-stage">
                <span role="status">{progress ? t.text(`stage.${progress.stage}`) : t.text("stage.start")}</span>
                {counted && <span> {t.text("progress.of", { done, total })}</span>}
            </p>
            {onCancel && (
                <button type="button" class="button-quiet" onClick={onCancel}>
                    {t.text("action.cancel")}
                </button>
            )}
        </div>
    );
}
