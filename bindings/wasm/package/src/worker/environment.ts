// What differs between a worker of a browser and one of Node.

import type { FromWorker } from "../messages.js";

export interface Environment {
    /** Hears the page. */
    listen(heard: (message: unknown) => void): void;
    post(message: FromWorker): void;
    /** Reads a blob piece by piece, at once. */
    reader(blob: Blob): Promise<(most: number) => Uint8Array>;
}
