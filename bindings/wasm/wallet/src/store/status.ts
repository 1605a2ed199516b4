// Where an election stands, asked again from time to time.

import { useEffect } from "preact/hooks";
import { api } from "../api/client.ts";
import type { ElectionStatus } from "../api/types.ts";
import { useLoaded, type Loaded } from "./load.ts";

/** Pause between two questions, in milliseconds. */
const PAUSE = 15_000;

export function useStatus(id: string): [Loaded<ElectionStatus>, () => void] {
    const [status, reload] = useLoaded(() => api.status(id), [id]);
    const finished = status.at === "there" && status.value.state === "finished";
    useEffect(() => {
        if (finished) return undefined;
        const timer = setInterval(() => {
            if (document.visibilityState === "visible") reload();
        }, PAUSE);
        return () => clearInterval(timer);
    }, [finished]);
    return [status, reload];
}
