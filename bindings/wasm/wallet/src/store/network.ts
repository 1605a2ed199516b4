// Whether there is a network, as far as the browser knows.

import { Observable } from "./observable.ts";

export const online = new Observable(typeof navigator === "undefined" || navigator.onLine);

export function watchNetwork(): void {
    addEventListener("online", () => (online.value = true));
    addEventListener("offline", () => (online.value = false));
}
