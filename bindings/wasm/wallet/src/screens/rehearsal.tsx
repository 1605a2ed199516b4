// Starts an election on a site for rehearsals.

import { useId, useState } from "preact/hooks";
import { api } from "../api/client.ts";
import type { ElectionKind } from "../api/types.ts";
import { Failure } from "../components/failure.tsx";
import { Field, TextArea } from "../components/field.tsx";
import { Page } from "../components/page.tsx";
import { useTranslator } from "../i18n/use.ts";
import { go } from "../router.ts";

export function RehearsalScreen() {
    const t = useTranslator();
    const id = useId();
    const [title, setTitle] = useState("");
    const [question, setQuestion] = useState("");
    const [options, setOptions] = useState("");
    const [minutes, setMinutes] = useState("10");
    const [kind, setKind] = useState<ElectionKind>("open");
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>();
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        setBusy(true);
        setError(undefined);
        const lines = options.split("\n").map((line) => line.trim());
        try {
            const started = await api.startElection({
                title: title.trim(),
                question: question.trim(),
                options: lines.filter((line) => line !== ""),
                minutes: Number(minutes),
                kind,
            });
            go(`#/elections/${started}`);
        } catch (failed) {
            setError(failed);
            setBusy(false);
        }
    };
    return (
        <Page title={t.text("rehearsal.title")} lead={t.text("rehearsal.lead")}>
            <form class="stack" onSubmit={(event) => void submit(event)}>
                <Field label={t.text("rehearsal.name")} value={title} onValue={setTitle} required />
                <Field label={t.text("rehearsal.question")} value={question} onValue={setQuestion} required />
                <TextArea
                    label={t.text("rehearsal.options")}
                    hint={t.text("rehearsal.options-hint")}
                    value={options}
                    onValue={setOptions}
                    rows={4}
                    required
                />
                <Field
                    label={t.text("rehearsal.minutes")}
                    value={minutes}
                    onValue={setMinutes}
                    type="number"
                    min={1}
                    max={1440}
                    required
                />
                <fieldset class="choices">
                    <legend>{t.text("rehearsal.kind")}</legend>
                    {(["open", "secret"] as const).map((one) => (
                        <div class="choice" key={one}>
                            <input
                                type="radio"
                                id={`${id}-${one}`}
                                name={`${id}-kind`}
                                checked={kind === one}
                                onChange={() => setKind(one)}
                                aria-describedby={`${id}-${one}-hint`}
                            />
                            <label for={`${id}-${one}`}>{t.text(`kind.${one}`)}</label>
                            <p class="hint" id={`${id}-${one}-hint`}>
                                {t.text(`kind.${one}-hint`)} {one === "secret" && t.text("rehearsal.secret-hint")}
                            </p>
                        </div>
                    ))}
                </fieldset>
                {error !== undefined && <Failure error={error} />}
                <div class="actions">
                    <button class="button button-main" disabled={busy}>
                        {t.text("rehearsal.start")}
                    </button>
                </div>
            </form>
        </Page>
    );
}
