// Where workers, modules and files come from in a browser.

import type { Build, Parts } from "./builds.js";
import type { Port } from "./connection.js";
import type { Host } from "./engine.js";

function port(worker: Worker): Port {
    return {
        post: (message) => worker.postMessage(message),
        listen: (heard, broken) => {
            worker.onmessage = ({ data }) => heard(data);
            worker.onerror = (event) => broken(event.message || "the worker could not be loaded");
            worker.onmessageerror = () => broken("the worker sent what cannot be read");
        },
        end: () => worker.terminate(),
    };
}

/**
 * The browser's way for the modules of an entry of the package. There each worker and each module stands by its name, so that bundlers
 * find them.
 */
export function browserHost<P extends Parts>(
    parts: P,
    workers: Readonly<Record<Build<P>, () => Worker>>,
    modules: Readonly<Record<Build<P>, () => URL>>,
): Host<P> {
    return {
        parts,
        spawn: (build) => port(workers[build]()),
        fetch: (build) => fetch(modules[build]()),
        get: (url, signal) => fetch(url, { signal }),
    };
}
