// The identity that is unlocked in this tab. It ends with the tab, or when it is locked.

import type { Identity } from "tabella";
import { Observable } from "./store/observable.ts";

export interface Session {
    /** The name under which this device keeps the identity. */
    readonly name: string;
    readonly identity: Identity;
}

/** The unlocked identity. */
export const session = new Observable<Session | undefined>(undefined);

export function unlock(name: string, identity: Identity): void {
    lock();
    session.value = { name, identity };
}

/** Locks it: its secrets are erased from the worker. */
export function lock(): void {
    const before = session.value;
    session.value = undefined;
    before?.identity.free();
}
