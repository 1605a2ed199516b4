// How the page is built: no inline scripts or styles, hashed assets, and a service worker that knows their names.

import { defineConfig } from "vite";
import { compress } from "./build/compress.ts";
import { shellList } from "./build/shell-list.ts";

/** Where `npm run dev` finds a running `tabella serve`. */
const server = process.env["TABELLA_SERVER"] ?? "http://127.0.0.1:8017";

export default defineConfig({
    plugins: [shellList(), compress()],
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    worker: { format: "es" },
    build: {
        target: ["chrome123", "edge123", "firefox121", "safari17.5"],
        assetsInlineLimit: 0,
        emptyOutDir: true,
        modulePreload: { polyfill: false },
        rolldownOptions: {
            input: { index: "index.html", "service-worker": "service-worker/service-worker.ts" },
            output: {
                // Browsers ask for a service worker by one name for ever.
                entryFileNames: (chunk) =>
                    chunk.name === "service-worker" ? "service-worker.js" : "assets/[name]-[hash].js",
            },
        },
    },
    server: { proxy: { "/api": server } },
});
