// What an error says to a person: by its code, in the reader's language; a code without a translation by its message.

import type { Translator } from "./translate.ts";

interface Said {
    readonly name?: unknown;
    readonly code?: unknown;
    readonly message?: unknown;
}

export function errorText(t: Translator, error: unknown): string {
    const { name, code, message } = (typeof error === "object" && error !== null ? error : {}) as Said;
    const said = typeof message === "string" ? message : String(error);
    if (typeof code !== "string") return t.text("error.unexpected", { message: said });
    // The ballot box has a `closed` too.
    const translated = (name === "TabellaError" ? t.find(`engine.${code}`) : undefined) ?? t.find(`error.${code}`);
    return translated?.replace("{message}", said) ?? t.text("error.other", { code, message: said });
}

/** Whether somebody cancelled, which is no error. */
export function isCancelled(error: unknown): boolean {
    return error instanceof DOMException && error.name === "AbortError";
}
