// Which place in the registry an identity was given, so that its path is found by one page of the registry.

import { answer, transact } from "./database.ts";

export interface Place {
    readonly commitment: string;
    /** Label of the registry. */
    readonly label: string;
    /** Unknown for an identity that was registered elsewhere. */
    readonly slot?: number;
}

export function findPlace(commitment: string): Promise<Place | undefined> {
    return transact("places", "readonly", (store) => answer<Place | undefined>(store.get(commitment)));
}

export async function putPlace(place: Place): Promise<void> {
    await transact("places", "readwrite", (store) => answer(store.put(place)));
}
