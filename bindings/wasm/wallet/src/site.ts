// The site as the server described it last.

import { api } from "./api/client.ts";
import type { Site } from "./api/types.ts";
import { Observable } from "./store/observable.ts";

export const site = new Observable<Site | undefined>(undefined);

/** Asks again. */
export async function refreshSite(): Promise<Site> {
    return (site.value = await api.site());
}
