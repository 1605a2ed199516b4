// What a voter may write on the ballot, by the election's method.

/** The voting method as a manifest says it. */
export type Method =
    | "single-choice"
    | "borda"
    | { readonly approval: { readonly min: number; readonly max: number } }
    | { readonly score: { readonly max: number } }
    | { readonly budget: { readonly points: number } }
    | { readonly quadratic: { readonly credits: number } };

/** How the form asks: one of, some of, or a number for each option. */
export type Form =
    | { readonly ask: "one" }
    | { readonly ask: "some"; readonly min: number; readonly max: number }
    | { readonly ask: "numbers"; readonly max: number; readonly rule: "score" | "budget" | "quadratic" | "borda"; readonly limit: number };

export function formOf(method: Method, options: number): Form {
    if (method === "single-choice") return { ask: "one" };
    if (method === "borda") return { ask: "numbers", max: options - 1, rule: "borda", limit: options - 1 };
    if ("approval" in method) return { ask: "some", ...method.approval };
    if ("score" in method) return { ask: "numbers", max: method.score.max, rule: "score", limit: method.score.max };
    if ("budget" in method) {
        return { ask: "numbers", max: method.budget.points, rule: "budget", limit: method.budget.points };
    }
    const { credits } = method.quadratic;
    return { ask: "numbers", max: Math.floor(Math.sqrt(credits)), rule: "quadratic", limit: credits };
}

/** A filled form: a number for each option that has one. For options that are merely chosen it is 1. */
export type Choice = Readonly<Record<string, number>>;

/** The number of an option, whatever its name: labels are texts of somebody else's. */
export function numberOf(choice: Choice, option: string): number | undefined {
    return Object.hasOwn(choice, option) ? choice[option] : undefined;
}

/** Points or credits that a choice uses. */
export function spent(form: Form, choice: Choice): number {
    const numbers = Object.values(choice);
    const square = form.ask === "numbers" && form.rule === "quadratic";
    return numbers.reduce((sum, n) => sum + (square ? n * n : n), 0);
}

/** What is wrong with a choice. The ballot box decides; this is for help while the form is filled. */
export type ChoiceFault = "nothing" | "too-few" | "too-many" | "out-of-range" | "overspent" | "no-order";

export function faultOf(form: Form, choice: Choice, options: number, abstention: boolean): ChoiceFault | undefined {
    const numbers = Object.values(choice).filter((n) => n !== 0);
    if (numbers.length === 0 && abstention) return undefined;
    if (form.ask === "numbers") {
        if (numbers.some((n) => !Number.isInteger(n) || n < 0 || n > form.max)) return "out-of-range";
        if (form.rule === "borda") {
            const order = new Set(Object.values(choice));
            return order.size === options ? undefined : "no-order";
        }
        if (numbers.length === 0) return "nothing";
        return form.rule !== "score" && spent(form, choice) > form.limit ? "overspent" : undefined;
    }
    if (numbers.length === 0) return "nothing";
    if (form.ask === "some" && numbers.length < form.min) return "too-few";
    if (form.ask === "some" && numbers.length > form.max) return "too-many";
    return undefined;
}
