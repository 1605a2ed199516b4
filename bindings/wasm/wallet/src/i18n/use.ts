// The translator of the present language, for components.

import { useObservable } from "../store/observable.ts";
import { language, LANGUAGES } from "../store/settings.ts";
import { Translator } from "./translate.ts";

const TRANSLATORS = new Map(LANGUAGES.map((name) => [name, new Translator(name, navigator.languages)]));

export function useTranslator(): Translator {
    const name = useObservable(language);
    return TRANSLATORS.get(name) ?? new Translator(name);
}
