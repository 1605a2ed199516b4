// Language and colours.

import { useId } from "preact/hooks";
import { useTranslator } from "../i18n/use.ts";
import { useObservable } from "../store/observable.ts";
import { language, LANGUAGES, theme, THEMES, type Language } from "../store/settings.ts";

/** Each language by its own name. */
const NAMES: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };

export function LanguageSwitch() {
    const t = useTranslator();
    const now = useObservable(language);
    return (
        <Choose
            label={t.text("settings.language")}
            now={now}
            all={LANGUAGES}
            name={(value) => NAMES[value]}
            onChoose={(value) => (language.value = value)}
        />
    );
}

export function ThemeSwitch() {
    const t = useTranslator();
    const now = useObservable(theme);
    return (
        <Choose
            label={t.text("settings.theme")}
            now={now}
            all={THEMES}
            name={(value) => t.text(`settings.theme-${value}`)}
            onChoose={(value) => (theme.value = value)}
        />
    );
}

function Choose<T extends string>(props: {
    label: string;
    now: T;
    all: readonly T[];
    name: (value: T) => string;
    onChoose: (value: T) => void;
}) {
    const id = useId();
    const choose = (value: string): void => {
        const found = props.all.find((one) => one === value);
        if (found !== undefined) props.onChoose(found);
    };
    return (
        <div class="switch">
            <label for={id}>{props.label}</label>
            <select id={id} value={props.now} onChange={(event) => choose(event.currentTarget.value)}>
                {props.all.map((value) => (
                    <option key={value} value={value}>
                        {props.name(value)}
                    </option>
                ))}
            </select>
        </div>
    );
}
