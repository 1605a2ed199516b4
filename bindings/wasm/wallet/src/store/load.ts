// Something that is fetched when a screen opens.

import { useEffect, useState } from "preact/hooks";

export type Loaded<T> =
    | { readonly at: "loading" }
    | { readonly at: "there"; readonly value: T }
    | { readonly at: "failed"; readonly error: unknown };

/** Runs `load` now, whenever one of `inputs` changes, and whenever the second answer is called. */
export function useLoaded<T>(load: () => Promise<T>, inputs: readonly unknown[]): [Loaded<T>, () => void] {
    const [loaded, setLoaded] = useState<Loaded<T>>({ at: "loading" });
    const [round, setRound] = useState(0);
    useEffect(() => {
        let left = false;
        load().then(
            (value) => void (left || setLoaded({ at: "there", value })),
            (error: unknown) => void (left || setLoaded({ at: "failed", error })),
        );
        return () => void (left = true);
    }, [...inputs, round]);
    return [loaded, () => setRound((n) => n + 1)];
}
