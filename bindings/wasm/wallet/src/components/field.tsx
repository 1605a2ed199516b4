// A labelled input with its hint.

import { useId } from "preact/hooks";

interface Common {
    readonly label: string;
    readonly hint?: string;
    readonly value: string;
    readonly onValue: (value: string) => void;
    readonly required?: boolean;
    readonly autocomplete?: "off" | "username" | "new-password" | "current-password";
}

interface FieldProps extends Common {
    readonly type?: "text" | "password" | "number";
    readonly inputMode?: "url";
    readonly min?: number;
    readonly max?: number;
    /** For words of a phrase: no capitals, no corrections, and nothing that is sent to a spelling service. */
    readonly literal?: boolean;
}

function Label({ id, label, hint }: { id: string; label: string; hint: string | undefined }) {
    return (
        <>
            <label for={id}>{label}</label>
            {hint !== undefined && (
                <p class="hint" id={`${id}-hint`}>
                    {hint}
                </p>
            )}
        </>
    );
}

export function Field({ label, hint, value, onValue, type = "text", literal = false, ...rest }: FieldProps) {
    const id = useId();
    return (
        <div class="field">
            <Label id={id} label={label} hint={hint} />
            <input
                id={id}
                // Preact types each kind of input apart; what is set here all three have.
                type={type as "text"}
                value={value}
                required={rest.required ?? false}
                autocomplete={rest.autocomplete ?? ""}
                autocapitalize={literal ? "none" : "sentences"}
                spellcheck={!literal}
                inputMode={rest.inputMode ?? "text"}
                {...(rest.min === undefined ? {} : { min: rest.min })}
                {...(rest.max === undefined ? {} : { max: rest.max })}
                aria-describedby={hint === undefined ? undefined : `${id}-hint`}
                onInput={(event) => onValue(event.currentTarget.value)}
            />
        </div>
    );
}

interface AreaProps extends Common {
    readonly rows: number;
    readonly literal?: boolean;
}

export function TextArea({ label, hint, value, onValue, rows, literal = false, ...rest }: AreaProps) {
    const id = useId();
    return (
        <div class="field">
            <Label id={id} label={label} hint={hint} />
            <textarea
                id={id}
                rows={rows}
                value={value}
                required={rest.required ?? false}
                autocomplete={rest.autocomplete ?? ""}
                autocapitalize={literal ? "none" : "sentences"}
                spellcheck={!literal}
                aria-describedby={hint === undefined ? undefined : `${id}-hint`}
                onInput={(event) => onValue(event.currentTarget.value)}
            />
        </div>
    );
}
