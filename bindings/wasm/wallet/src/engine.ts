// The one engine of this page: a worker that proves, verifies and holds the secrets.

import { start, type Tabella } from "tabella";
import { registerServiceWorker } from "./service-worker.ts";

let started: Promise<Tabella> | undefined;

/** The engine, started at the first call; after a failure the next call tries again. */
export function engine(): Promise<Tabella> {
    started ??= registerServiceWorker().then(async () => {
        const tabella = await start();
        await tabella.ready();
        return tabella;
    });
    started.catch(() => (started = undefined));
    return started;
}
