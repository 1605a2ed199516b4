// Registers the service worker, where a browser has one.

/** How long the page waits for its first service worker before it goes on without, in milliseconds. */
const PATIENCE = 3000;

/**
 * Registers it and waits until it controls this page, so that what the page fetches is cached too.
 *
 * Never fails: without a service worker the page works, but only with a network.
 */
export async function registerServiceWorker(): Promise<void> {
    const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
    if (!import.meta.env.PROD || !container) return;
    try {
        const controlled = new Promise<void>((resolve) => {
            if (container.controller) resolve();
            container.addEventListener("controllerchange", () => resolve(), { once: true });
        });
        await container.register("/service-worker.js");
        await Promise.race([controlled, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    } catch {
        // Refused, for example in a private window.
    }
}
