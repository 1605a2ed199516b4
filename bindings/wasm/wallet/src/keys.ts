// The proving key that this page has loaded. They are large, so there is one at a time, whoever asks.

import type { Progress, ProvingKey, Tabella } from "tabella";
import { api } from "./api/client.ts";

type Listener = (progress: Progress) => void;

let loaded: { readonly circuit: string; readonly key: Promise<ProvingKey>; readonly listeners: Set<Listener> } | undefined;

/**
 * The key of a circuit. It goes on loading when whoever asked goes away, because the next one will ask for the same;
 * after a failure the next call tries again.
 */
export async function provingKey(tabella: Tabella, circuit: string, listener: Listener): Promise<ProvingKey> {
    if (loaded?.circuit !== circuit) {
        const before = loaded?.key;
        const listeners = new Set<Listener>();
        const key = (async () => {
            await before?.then((old) => old.free(), () => undefined);
            return tabella.loadKey(
                circuit,
                { url: api.keyUrl(circuit) },
                { onProgress: (progress) => listeners.forEach((hear) => hear(progress)) },
            );
        })();
        const loading = (loaded = { circuit, key, listeners });
        key.catch(() => {
            if (loaded === loading) loaded = undefined;
        });
    }
    const { key, listeners } = loaded;
    listeners.add(listener);
    try {
        return await key;
    } finally {
        listeners.delete(listener);
    }
}
