// A value that the page shows and that changes.

import { useEffect, useState } from "preact/hooks";

/** A value with listeners. */
export class Observable<T> {
    #value: T;
    readonly #listeners = new Set<(value: T) => void>();

    constructor(value: T) {
        this.#value = value;
    }

    get value(): T {
        return this.#value;
    }

    set value(value: T) {
        if (Object.is(value, this.#value)) return;
        this.#value = value;
        for (const listener of [...this.#listeners]) {
            // What shows a value cannot stop what is shown.
            try {
                listener(value);
            } catch (error) {
                reportError(error);
            }
        }
    }

    /** Calls `listener` after every change; the answer ends that. */
    subscribe(listener: (value: T) => void): () => void {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
    }
}

/** The present value, for a component that is drawn again after every change. */
export function useObservable<T>(observable: Observable<T>): T {
    const [, redraw] = useState(0);
    useEffect(() => {
        const seen = observable.value;
        const stop = observable.subscribe(() => redraw((n) => n + 1));
        if (!Object.is(seen, observable.value)) redraw((n) => n + 1);
        return stop;
    }, [observable]);
    return observable.value;
}
