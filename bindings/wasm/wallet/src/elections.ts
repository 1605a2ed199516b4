// Elections that this page has read, each once.

import type { Election } from "tabella";
import { api } from "./api/client.ts";
import { NoAnswer } from "./api/error.ts";
import { engine } from "./engine.ts";
import { forgetKept } from "./kept.ts";

const known = new Map<string, Promise<Election>>();

/** The manifest that a server gave is not that of the election in the link. */
export class OtherElection extends Error {
    readonly code = "other-election";

    constructor() {
        super("the server gave another election than the link names");
    }
}

/**
 * Reads an election, and checks that it is the one that was asked for.
 *
 * Development keys are let in, because the page says loudly which keys an election has.
 */
export function readElection(id: string): Promise<Election> {
    const reading = known.get(id) ?? read(id);
    known.set(id, reading);
    reading.catch((error: unknown) => {
        known.delete(id);
        return error instanceof NoAnswer ? undefined : forgetKept(id);
    });
    return reading;
}

async function read(id: string): Promise<Election> {
    const [tabella, manifest] = await Promise.all([engine(), api.manifest(id)]);
    const election = await tabella.joinElection(manifest, "allow-insecure-development-keys");
    if (election.id !== id) {
        election.free();
        throw new OtherElection();
    }
    return election;
}
