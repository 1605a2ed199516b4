// Language and colours: the only things in localStorage, neither of them secret.

import { Observable } from "./observable.ts";

export type Theme = "system" | "light" | "dark";
export type Language = "en" | "de";

export const LANGUAGES: readonly Language[] = ["en", "de"];
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

function read(name: string): string | null {
    try {
        return localStorage.getItem(name);
    } catch {
        return null;
    }
}

function write(name: string, value: string): void {
    try {
        localStorage.setItem(name, value);
    } catch {
        // Storage is refused: the setting lasts until the page is left.
    }
}

/** The best language for whoever asks for `wanted`, first choice first. */
export function bestLanguage(kept: string | null, wanted: readonly string[]): Language {
    for (const tag of [...(kept === null ? [] : [kept]), ...wanted]) {
        const found = LANGUAGES.find((language) => tag.toLowerCase().split("-")[0] === language);
        if (found) return found;
    }
    return "en";
}

const storage = typeof window === "undefined" ? () => null : read;
const wanted = typeof navigator === "undefined" ? [] : (navigator.languages ?? []);

export const language = new Observable<Language>(bestLanguage(storage("language"), wanted));
export const theme = new Observable<Theme>(THEMES.find((t) => t === storage("theme")) ?? "system");

/** Applies both to the document, now and after every change. */
export function applySettings(): void {
    const root = document.documentElement;
    const apply = (): void => {
        root.lang = language.value;
        if (theme.value === "system") delete root.dataset["theme"];
        else root.dataset["theme"] = theme.value;
    };
    apply();
    language.subscribe((value) => (write("language", value), apply()));
    theme.subscribe((value) => (write("theme", value), apply()));
}
