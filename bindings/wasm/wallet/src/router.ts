// Routes, which stand behind the `#` of the address, so that no server learns them.

import { Observable } from "./store/observable.ts";

export type Route =
    | { readonly at: "home" }
    | { readonly at: "identity" }
    | { readonly at: "new-identity" }
    | { readonly at: "restore-identity" }
    | { readonly at: "join" }
    | { readonly at: "receipts" }
    | { readonly at: "rehearsal" }
    | { readonly at: "election"; readonly id: string }
    | { readonly at: "results"; readonly id: string }
    | { readonly at: "audit"; readonly id?: string }
    | { readonly at: "nowhere" };

const PLAIN: Readonly<Record<string, Route>> = {
    "": { at: "home" },
    "#": { at: "home" },
    "#/": { at: "home" },
    "#/identity": { at: "identity" },
    "#/identity/new": { at: "new-identity" },
    "#/identity/restore": { at: "restore-identity" },
    "#/join": { at: "join" },
    "#/receipts": { at: "receipts" },
    "#/rehearsal": { at: "rehearsal" },
    "#/audit": { at: "audit" },
};

const WITH_ID = /^#\/(elections|results|audit)\/([0-9A-Za-z_-]{8,128})$/;

export function parseRoute(hash: string): Route {
    const plain = PLAIN[hash];
    if (plain) return plain;
    const [, kind, id] = WITH_ID.exec(hash) ?? [];
    if (id === undefined) return { at: "nowhere" };
    if (kind === "elections") return { at: "election", id };
    return kind === "results" ? { at: "results", id } : { at: "audit", id };
}

export const route = new Observable<Route>({ at: "home" });

/** Follows the address. */
export function startRouter(): void {
    const follow = (): void => void (route.value = parseRoute(location.hash));
    addEventListener("hashchange", follow);
    follow();
}

export function go(hash: string): void {
    location.hash = hash;
}
