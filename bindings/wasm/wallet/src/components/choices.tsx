// The ballot paper.

import { useId, useState } from "preact/hooks";
import { useTranslator } from "../i18n/use.ts";
import { faultOf, numberOf, spent, type Choice, type Form } from "../vote/selection.ts";
import { Alert } from "./alert.tsx";

interface Props {
    readonly form: Form;
    readonly options: readonly string[];
    readonly abstention: boolean;
    /** Absent until the voter has done something: nobody abstains by default. */
    readonly choice: Choice | undefined;
    readonly onChoice: (choice: Choice) => void;
    readonly onReview: () => void;
}

export function Choices({ form, options, abstention, choice: given, onChoice, onReview }: Props) {
    const t = useTranslator();
    const id = useId();
    const [asked, setAsked] = useState(false);
    const choice = given ?? {};
    const mayAbstain = abstention && (form.ask !== "one" || given !== undefined);
    const fault = faultOf(form, choice, options.length, mayAbstain);
    const submit = (event: Event): void => {
        event.preventDefault();
        setAsked(fault !== undefined);
        if (fault === undefined) onReview();
    };
    const toggle = (option: string, on: boolean): void => {
        const { [option]: _, ...others } = choice;
        onChoice(on ? { ...others, [option]: 1 } : others);
    };
    return (
        <form onSubmit={submit} noValidate>
            <fieldset class="choices">
                <legend>{help()}</legend>
                {options.map((option, index) =>
                    form.ask === "numbers" ? (
                        <div class="choice choice-number" key={option}>
                            <label for={`${id}-${index}`}>{option}</label>
                            <input
                                id={`${id}-${index}`}
                                type="number"
                                inputMode="numeric"
                                min={0}
                                max={form.max}
                                value={numberOf(choice, option) ?? 0}
                                onInput={(event) => onChoice({ ...choice, [option]: event.currentTarget.valueAsNumber || 0 })}
                            />
                        </div>
                    ) : (
                        <div class="choice" key={option}>
                            <input
                                id={`${id}-${index}`}
                                type={form.ask === "one" ? "radio" : "checkbox"}
                                name={`${id}-choice`}
                                checked={numberOf(choice, option) !== undefined}
                                onChange={(event) =>
                                    form.ask === "one" ? onChoice({ [option]: 1 }) : toggle(option, event.currentTarget.checked)
                                }
                            />
                            <label for={`${id}-${index}`}>{option}</label>
                        </div>
                    ),
                )}
                {abstention && form.ask === "one" && (
                    <div class="choice">
                        <input
                            id={`${id}-none`}
                            type="radio"
                            name={`${id}-choice`}
                            checked={given !== undefined && Object.keys(given).length === 0}
                            onChange={() => onChoice({})}
                        />
                        <label for={`${id}-none`}>{t.text("booth.abstain")}</label>
                    </div>
                )}
            </fieldset>
            {form.ask === "numbers" && (form.rule === "budget" || form.rule === "quadratic") && (
                <p role="status">{t.text("booth.spent", { spent: spent(form, choice), limit: form.limit })}</p>
            )}
            {asked && fault && <Alert tone="error">{t.text(`booth.fault-${fault}`)}</Alert>}
            <div class="actions">
                <button class="button button-main">{t.text("booth.review")}</button>
            </div>
        </form>
    );

    function help(): string {
        if (form.ask === "one") return t.text("rules.single-choice");
        if (form.ask === "some") return t.text("rules.approval", { min: form.min, max: form.max });
        return t.text(`booth.help-${form.rule}`, { max: form.max, limit: form.limit });
    }
}
