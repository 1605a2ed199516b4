// Progress and cancellation, the same for everything that takes long.

/** What the library is busy with. */
export type Stage =
    | "download"
    | "check"
    | "registry"
    | "synthesis"
    | "satisfaction"
    | "quotient"
    | "commitments"
    | "verification"
    | "audit";

/** How far a piece of work has come. Without numbers where a stage has none; without `total` where nobody knows it beforehand. */
export interface Progress {
    readonly stage: Stage;
    readonly done?: number;
    readonly total?: number;
}

/** Options of everything that takes long. */
export interface Work {
    /** Stops the work; the promise then rejects with the signal's reason, a `DOMException` named `AbortError` unless another was given. */
    readonly signal?: AbortSignal;
    /** Hears how far it has come. If it throws at once, the work is stopped, and the promise rejects with what it threw. */
    readonly onProgress?: (progress: Progress) => void;
}
