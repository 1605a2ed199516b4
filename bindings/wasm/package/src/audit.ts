// What an audit found.

import type { Bytes } from "./messages.js";
import type { Work } from "./work.js";

/** Whether keys from a ceremony alone are accepted, or also those with which anybody can forge proofs. */
export type KeyPolicy = "ceremony-only" | "allow-insecure-development-keys";

/** What is audited, and what it is compared with. */
export interface AuditOptions extends Work {
    readonly keys: KeyPolicy;
    /** The election's name: the record must be of this one. */
    readonly election?: string;
    /** Receipts whose ballots must be in the record. */
    readonly receipts?: readonly Bytes[];
}

/** How many votes an option has. */
export interface OptionCount {
    readonly option: string;
    readonly votes: number;
}

/** What an audit without a fault found: that there is a report means that every check was made and none failed. */
export interface AuditReport {
    /** The election's name, hexadecimal. */
    readonly election: string;
    readonly title: string;
    readonly question: string;
    readonly kind: "open" | "secret";
    /** Ballots, each with a valid proof and a nullifier of its own. */
    readonly ballots: number;
    /** Citizens in the registry; null if the record does not include it. */
    readonly citizens: number | null;
    /** One for each option, in the election's order; empty if secret ballots were not opened because there were too few. */
    readonly counts: readonly OptionCount[];
    readonly winners: readonly string[];
    /** Options between which there was a tie for the last seats. */
    readonly tied: readonly string[];
    /** What came out, in one word, as in the record. */
    readonly outcome: string;
    /** When the ballot box closed, in seconds since 1970. */
    readonly closedAt: number;
    /** Whoever has the same digest has the same record. */
    readonly recordDigest: string;
    /** Whether anybody can forge ballots under its keys. */
    readonly insecureKeys: boolean;
    /** What should be known to whoever relies on the record. */
    readonly warnings: readonly string[];
    /** The whole report for people, in English. */
    readonly text: string;
}

/** Where a ballot stands in a record. */
export interface FoundBallot {
    /** Its place, from 0. */
    readonly index: number;
    readonly nullifier: string;
    readonly trackingCode: string;
}

/** A report as the worker gives it: the library's own JSON. */
interface Report {
    readonly election: string;
    readonly manifest: { readonly kind: string; readonly title: string; readonly question: string; readonly options: readonly string[] };
    readonly ballots: number;
    readonly citizens: number | null;
    readonly closed_at: number;
    readonly tally: {
        readonly counts: readonly { readonly votes: number }[];
        readonly winners: readonly number[];
        readonly tied: readonly number[];
        readonly outcome: string;
    };
    readonly record_digest: string;
    readonly warnings: readonly { readonly warning: string }[];
    readonly warning_texts: readonly string[];
    readonly text: string;
}

/** @internal */
export function auditReport(json: string): AuditReport {
    const report = JSON.parse(json) as Report;
    const { manifest, tally } = report;
    const label = (index: number) => manifest.options[index] ?? "";
    return {
        election: report.election,
        title: manifest.title,
        question: manifest.question,
        kind: manifest.kind === "open-ballots" ? "open" : "secret",
        ballots: report.ballots,
        citizens: report.citizens,
        counts: tally.counts.map(({ votes }, index) => ({ option: label(index), votes })),
        winners: tally.winners.map(label),
        tied: tally.tied.map(label),
        outcome: tally.outcome,
        closedAt: report.closed_at,
        recordDigest: report.record_digest,
        insecureKeys: report.warnings.some(({ warning }) => warning === "insecure-development-key"),
        warnings: report.warning_texts,
        text: report.text,
    };
}
