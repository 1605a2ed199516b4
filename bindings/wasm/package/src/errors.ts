// Errors with stable codes.

/** Why something was not done. Codes are stable; messages are for people, and may change. */
export type ErrorCode =
    // The worker and its surroundings.
    | "closed"
    | "crashed"
    | "no-storage"
    | "no-randomness"
    | "no-simd"
    | "no-elections"
    | "not-fetched"
    | "internal"
    // Arguments.
    | "bad-argument"
    | "bad-phrase"
    | "bad-identity"
    | "bad-label"
    | "bad-registry"
    | "bad-commitment"
    | "bad-path"
    | "bad-election"
    | "bad-nullifier"
    | "bad-code"
    | "bad-value"
    | "bad-depth"
    | "bad-proof"
    | "bad-receipt"
    | "bad-record"
    | "bad-opening"
    | "unknown-circuit"
    // Keys.
    | "bad-key"
    | "other-key"
    | "key-refused"
    // Voting.
    | "not-registered"
    | "other-registry"
    | "other-kind"
    | "invalid-selection"
    | "not-sealed"
    | "not-kept"
    | "already-cast"
    | "already-challenged"
    | "not-proved"
    // Checking.
    | "refused"
    | "other-opening"
    | "other-election"
    | "other-voter"
    | "not-in-record"
    | "fault"
    // The vault.
    | "no-such-identity"
    | "wrong-passphrase"
    | "weak-passphrase"
    | "name-taken";

/** A failure of Tabella, with a stable `code`. */
export class TabellaError extends Error {
    override readonly name = "TabellaError";
    readonly code: ErrorCode;

    constructor(code: ErrorCode, message: string) {
        super(message);
        this.code = code;
    }
}
