// Makes an identity: the words are shown, confirmed, and the identity is kept under a passphrase.

import type { Identity } from "tabella";
import { useEffect, useRef, useState } from "preact/hooks";
import { Alert } from "../components/alert.tsx";
import { Failure } from "../components/failure.tsx";
import { Field } from "../components/field.tsx";
import { Page } from "../components/page.tsx";
import { KeepIdentity } from "../components/passphrase.tsx";
import { PhraseList } from "../components/phrase.tsx";
import { Waiting } from "../components/waiting.tsx";
import { engine } from "../engine.ts";
import { useTranslator } from "../i18n/use.ts";
import { go } from "../router.ts";
import { session } from "../session.ts";
import { useLoaded } from "../store/load.ts";

/** How many words are asked for. */
const ASKED = 3;

type Step = "show" | "confirm" | "keep";

interface Fresh {
    readonly identity: Identity;
    readonly words: readonly string[];
}

async function generate(): Promise<Fresh> {
    const tabella = await engine();
    const phrase = await tabella.generatePhrase();
    return { identity: await tabella.identityFromPhrase(phrase), words: phrase.split(" ") };
}

export function NewIdentityScreen() {
    const t = useTranslator();
    const [fresh, retry] = useLoaded(generate, []);
    const [step, setStep] = useState<Step>("show");
    const identity = fresh.at === "there" ? fresh.value.identity : undefined;
    useEffect(
        () => () => {
            // Left before it was kept.
            if (identity && session.value?.identity !== identity) identity.free();
        },
        [identity],
    );
    return (
        <Page title={t.text("new.title")} lead={t.text("new.lead")}>
            {fresh.at === "loading" && <Waiting />}
            {fresh.at === "failed" && <Failure error={fresh.error} retry={retry} />}
            {fresh.at === "there" && (
                <>
                    <Steps step={step} />
                    {step === "show" && <Show words={fresh.value.words} onNext={() => setStep("confirm")} />}
                    {step === "confirm" && (
                        <Confirm words={fresh.value.words} onBack={() => setStep("show")} onNext={() => setStep("keep")} />
                    )}
                    {step === "keep" && <Keep identity={fresh.value.identity} />}
                </>
            )}
        </Page>
    );
}

function Steps({ step }: { step: Step }) {
    const t = useTranslator();
    return (
        <ol class="steps" aria-label={t.text("new.steps")}>
            {(["show", "confirm", "keep"] as const).map((one) => (
                <li key={one} aria-current={one === step ? "step" : undefined}>
                    {t.text(`new.step-${one}`)}
                </li>
            ))}
        </ol>
    );
}

/** A heading that takes the focus when its step begins. */
function StepHeading({ text }: { text: string }) {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => heading.current?.focus(), []);
    return (
        <h2 ref={heading} tabIndex={-1}>
            {text}
        </h2>
    );
}

function Show({ words, onNext }: { words: readonly string[]; onNext: () => void }) {
    const t = useTranslator();
    return (
        <section>
            <h2>{t.text("new.show")}</h2>
            <p>{t.text("new.show-more")}</p>
            <PhraseList words={words} label={t.text("new.words")} />
            <Alert tone="warning">{t.text("new.show-warning")}</Alert>
            <div class="actions">
                <button type="button" class="button button-main" onClick={onNext}>
                    {t.text("new.written")}
                </button>
            </div>
        </section>
    );
}

/** Different places of the phrase, in order, by chance: not a secret. */
function places(length: number): readonly number[] {
    const all = Array.from({ length }, (_, index) => index);
    const chosen = Array.from({ length: ASKED }, () => all.splice(Math.floor(Math.random() * all.length), 1)[0] ?? 0);
    return chosen.toSorted((a, b) => a - b);
}

function Confirm({ words, onBack, onNext }: { words: readonly string[]; onBack: () => void; onNext: () => void }) {
    const t = useTranslator();
    const [asked] = useState(() => places(words.length));
    const [typed, setTyped] = useState<Readonly<Record<number, string>>>({});
    const [wrong, setWrong] = useState(false);
    const submit = (event: Event): void => {
        event.preventDefault();
        const right = asked.every((place) => typed[place]?.trim().toLowerCase() === words[place]);
        if (right) onNext();
        setWrong(!right);
    };
    return (
        <form class="stack" onSubmit={submit}>
            <StepHeading text={t.text("new.confirm")} />
            <p>{t.text("new.confirm-more")}</p>
            {asked.map((place) => (
                <Field
                    key={place}
                    label={t.text("new.word", { place: place + 1 })}
                    value={typed[place] ?? ""}
                    onValue={(value) => setTyped((before) => ({ ...before, [place]: value }))}
                    autocomplete="off"
                    literal
                    required
                />
            ))}
            {wrong && <Alert tone="error">{t.text("new.confirm-wrong")}</Alert>}
            <div class="actions">
                <button class="button button-main">{t.text("action.continue")}</button>
                <button type="button" class="button" onClick={onBack}>
                    {t.text("new.show-again")}
                </button>
            </div>
        </form>
    );
}

function Keep({ identity }: { identity: Identity }) {
    const t = useTranslator();
    return (
        <section>
            <StepHeading text={t.text("new.keep")} />
            <p>{t.text("new.keep-more")}</p>
            <KeepIdentity identity={identity} onKept={() => go("#/identity")} />
        </section>
    );
}
