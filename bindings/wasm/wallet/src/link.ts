// Links to elections, as they are shared by mail or on paper.

/** What somebody pasted or scanned. */
export type Link =
    | { readonly kind: "election"; readonly id: string }
    /** A link to another site: its election is not here. */
    | { readonly kind: "other-site"; readonly href: string }
    | { readonly kind: "none" };

const ID = /^[0-9A-Za-z_-]{8,128}$/;
const HASH = /^#\/(?:elections|results|audit)\/([0-9A-Za-z_-]{8,128})$/;

/** The link to an election of this site. */
export function electionLink(id: string, origin: string): string {
    return `${origin}/#/elections/${id}`;
}

/** Reads a whole link, its part from `#`, or an election's bare name. */
export function parseLink(text: string, origin: string): Link {
    const trimmed = text.trim();
    if (ID.test(trimmed)) return { kind: "election", id: trimmed };
    const hash = HASH.exec(trimmed);
    if (hash?.[1] !== undefined) return { kind: "election", id: hash[1] };
    let url: URL;
    try {
        url = new URL(trimmed);
    } catch {
        return { kind: "none" };
    }
    const id = HASH.exec(url.hash)?.[1];
    // Anything but a web address is not followed: `javascript:` is one that has an origin of its own.
    if (id === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) return { kind: "none" };
    return url.origin === origin ? { kind: "election", id } : { kind: "other-site", href: url.href };
}
