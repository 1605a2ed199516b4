// What the server answers.

export type ElectionState = "planned" | "open" | "closed" | "finished";
export type ElectionKind = "open" | "secret";

export interface ElectionSummary {
    readonly id: string;
    readonly title: string;
    readonly kind: ElectionKind;
    /** Unix seconds. */
    readonly opens_at: number;
    /** Unix seconds. */
    readonly closes_at: number;
    readonly state: ElectionState;
    readonly ballots: number;
}

export interface Site {
    readonly name: string;
    /** Anybody may register and start elections, and keys are insecure. */
    readonly rehearsal: boolean;
    readonly registry: { readonly label: string; readonly size: number } | null;
    readonly elections: readonly ElectionSummary[];
}

export interface ElectionStatus {
    readonly state: ElectionState;
    readonly ballots: number;
    readonly head: string;
    readonly closed_at: number | null;
}

export interface RehearsalElection {
    readonly title: string;
    readonly question: string;
    readonly options: readonly string[];
    readonly minutes: number;
    readonly kind: ElectionKind;
}
