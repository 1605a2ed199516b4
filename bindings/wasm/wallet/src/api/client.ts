// The server's HTTP interface.

import { NoAnswer, refusalOf } from "./error.ts";
import type { ElectionStatus, RehearsalElection, Site } from "./types.ts";

const BASE = "/api/v1";

async function request(path: string, init?: RequestInit): Promise<Response> {
    let response: Response;
    try {
        response = await fetch(BASE + path, { credentials: "omit", ...init });
    } catch (error) {
        if (init?.signal?.aborted) throw error;
        throw new NoAnswer();
    }
    if (response.ok) return response;
    throw refusalOf(response.status, await response.text());
}

async function text(response: Promise<Response>): Promise<string> {
    const answered = await response;
    try {
        return await answered.text();
    } catch {
        throw new NoAnswer();
    }
}

async function json<T>(response: Promise<Response>): Promise<T> {
    return JSON.parse(await text(response)) as T;
}

function post(path: string, body: string): Promise<Response> {
    return request(path, { method: "POST", body, headers: { "content-type": "application/json" } });
}

const election = (id: string): string => `/elections/${encodeURIComponent(id)}`;

export const api = {
    site: (): Promise<Site> => json(request("/site", { cache: "no-store" })),

    /** Registers; the answer is the place in the registry. */
    register: async (registration: string): Promise<number> =>
        (await json<{ slot: number }>(post("/registrations", registration))).slot,

    /** The election file, byte for byte: its digest is the election's name. */
    manifest: async (id: string): Promise<Uint8Array> =>
        new Uint8Array(await (await request(`${election(id)}/manifest`)).arrayBuffer()),

    status: (id: string): Promise<ElectionStatus> => json(request(`${election(id)}/state`, { cache: "no-store" })),

    /** Sends a ballot file; the answer is the receipt file. */
    castBallot: async (id: string, ballot: string): Promise<string> => {
        const response = await post(`${election(id)}/ballots`, ballot);
        // The box says 201. A gateway's page, or where one is led instead, is no answer of the box.
        if (response.status !== 201 || response.redirected) throw new NoAnswer();
        return text(Promise.resolve(response));
    },

    record: async (id: string, signal?: AbortSignal): Promise<Blob> => {
        const response = await request(`${election(id)}/record`, signal ? { signal } : {});
        try {
            return await response.blob();
        } catch (error) {
            if (signal?.aborted) throw error;
            throw new NoAnswer();
        }
    },

    recordUrl: (id: string): string => `${BASE}${election(id)}/record`,
    keyUrl: (circuit: string): string => new URL(`${BASE}/keys/${encodeURIComponent(circuit)}`, location.href).href,
    registryPages: (id: string) => ({
        upper: new URL(`${BASE}${election(id)}/registry/upper`, location.href).href,
        page: (n: number): string => new URL(`${BASE}${election(id)}/registry/pages/${n}`, location.href).href,
    }),

    startElection: async (rehearsal: RehearsalElection): Promise<string> =>
        (await json<{ id: string }>(post("/rehearsal/elections", JSON.stringify(rehearsal)))).id,
    closeElection: (id: string): Promise<ElectionStatus> =>
        json(post(`/rehearsal/elections/${encodeURIComponent(id)}/close`, "")),
};
