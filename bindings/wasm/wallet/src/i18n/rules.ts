// An election's rules as sentences.

import type { Rules } from "tabella";
import type { Method } from "../vote/selection.ts";
import type { Key, Translator } from "./translate.ts";

/** The parts of the rules as a manifest says them. */
type Threshold =
    | "none"
    | {
            readonly share: {
                readonly numerator: number;
                readonly denominator: number;
                readonly comparison: "more-than" | "at-least";
                readonly of: "all-ballots" | "ballots-with-choice";
            };
        };
type Quorum =
    | "none"
    | { readonly ballots: { readonly count: number } }
    | { readonly "registry-share": { readonly basis_points: number } };

const TIES: Readonly<Record<string, Key>> = {
    "no-winner": "rules.ties-no-winner",
    "all-win": "rules.ties-all-win",
    "order-of-options": "rules.ties-order-of-options",
};

function method(t: Translator, rule: Method): string {
    if (rule === "single-choice" || rule === "borda") return t.text(`rules.${rule}`);
    if ("approval" in rule) return t.text("rules.approval", rule.approval);
    if ("score" in rule) return t.text("rules.score", rule.score);
    if ("budget" in rule) return t.text("rules.budget", rule.budget);
    return t.text("rules.quadratic", rule.quadratic);
}

function threshold(t: Translator, rule: Threshold): string | undefined {
    if (typeof rule === "string") return undefined;
    const { numerator, denominator, comparison, of } = rule.share;
    const share = `${t.number(numerator)}/${t.number(denominator)}`;
    const base = t.text(of === "all-ballots" ? "rules.of-all" : "rules.of-choosing");
    return t.text(comparison === "more-than" ? "rules.more-than" : "rules.at-least", { share, base });
}

function quorum(t: Translator, rule: Quorum): string | undefined {
    if (typeof rule === "string") return undefined;
    if ("ballots" in rule) return t.plural("rules.quorum", rule.ballots.count);
    const points = rule["registry-share"].basis_points;
    return t.text("rules.quorum-share", { share: t.share(points, 10_000) });
}

/** The sentences, in the order of a ballot's life. */
export function ruleSentences(t: Translator, rules: Rules): string[] {
    const ties = TIES[rules.ties];
    return [
        method(t, rules.method),
        t.text(rules.abstention === "allowed" ? "rules.abstention" : "rules.no-abstention"),
        t.plural("rules.seats", rules.seats),
        threshold(t, rules.threshold as Threshold),
        quorum(t, rules.quorum as Quorum),
        ties && t.text(ties),
    ].filter((sentence) => sentence !== undefined);
}
