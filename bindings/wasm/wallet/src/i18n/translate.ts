// Messages in the language of the reader.

import de from "../messages/de.json" with { type: "json" };
import en from "../messages/en.json" with { type: "json" };
import type { Language } from "../store/settings.ts";

/** Every message has a key; English is the measure. */
export type Key = keyof typeof en;

/** A language that lacks a message does not compile. */
const MESSAGES: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { en, de };

export type Values = Readonly<Record<string, string | number>>;

/** A key whose message has a form for one and a form for others. */
export type PluralKey = { [K in Key]: K extends `${infer Base}.one` ? Base : never }[Key];

/** All that depends on the language. */
export class Translator {
    readonly #messages: Readonly<Record<Key, string>>;
    readonly #numbers: Intl.NumberFormat;
    readonly #percents: Intl.NumberFormat;
    readonly #plurals: Intl.PluralRules;
    readonly #dates: Intl.DateTimeFormat;
    readonly #lists: Intl.ListFormat;

    /** `preferred` are the reader's locales: a region of the language decides how dates are written. */
    constructor(
        readonly language: Language,
        preferred: readonly string[] = [],
    ) {
        this.#messages = MESSAGES[language];
        const locale = preferred.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
        this.#numbers = new Intl.NumberFormat(locale);
        this.#percents = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
        this.#plurals = new Intl.PluralRules(locale);
        this.#dates = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
        this.#lists = new Intl.ListFormat(locale);
    }

    /** The message with its `{names}` filled in. */
    text(key: Key, values: Values = {}): string {
        return this.#messages[key].replace(/\{(\w+)\}/g, (whole, name: string) => {
            const value = values[name];
            if (value === undefined) return whole;
            return typeof value === "number" ? this.number(value) : value;
        });
    }

    /** The form of a message for `count` things; `{count}` is filled in. */
    plural(key: PluralKey, count: number, values: Values = {}): string {
        const form = this.#plurals.select(count) === "one" ? "one" : "other";
        return this.text(`${key}.${form}` as Key, { count, ...values });
    }

    /** The message of a key that may not exist. */
    find(key: string): string | undefined {
        return (this.#messages as Readonly<Record<string, string>>)[key];
    }

    number(value: number): string {
        return this.#numbers.format(value);
    }

    /** `part` of `whole` in percent; of nothing, 0 %. */
    share(part: number, whole: number): string {
        return this.#percents.format(whole === 0 ? 0 : part / whole);
    }

    list(items: Iterable<string>): string {
        return this.#lists.format(items);
    }

    /** Day and time of Unix seconds, in the reader's time zone. */
    time(seconds: number): string {
        return this.#dates.format(new Date(seconds * 1000));
    }
}
