// Serves the files of the comparison from localhost, and counts what is fetched.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const TYPES = { ".html": "text/html", ".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };
/** A page whose scripts are all asked for at once, as bundlers write it. */
const page = (modules, script = "") =>
    `<!doctype html><meta charset="utf-8"><title>Tabella</title><link rel="icon" href="data:,">${["/browser/page.mjs", ...modules]
        .map((module) => `<link rel="modulepreload" href="${module}">`)
        .join("")}${script}<script type="module" src="/browser/page.mjs"></script>`;

/**
 * A server of the files that `places` names: a path, or the beginning of one that ends with a slash, and where it lies. Isolated pages
 * get the headers that threads want.
 */
export async function serve(places, isolated) {
    const pages = {
        "/with-ours": page(["/browser/ours.mjs", "/tabella/dist/semaphore.js"]),
        "/with-snarkjs": page(["/browser/snarkjs.mjs"], '<script src="/snarkjs.js"></script>'),
        "/with-arkworks": page(["/browser/arkworks.mjs"]),
    };
    const find = (path) => {
        if (pages[path]) return Buffer.from(pages[path]);
        if (path.startsWith("/browser/")) return readFileSync(join(here, path.slice("/browser/".length)));
        const place = Object.keys(places).find((place) => path === place || (place.endsWith("/") && path.startsWith(place)));
        return place === undefined ? undefined : readFileSync(join(places[place], path.slice(place.length)));
    };
    let bytes = 0;
    let told;
    const server = createServer((request, response) => {
        const { pathname } = new URL(request.url, "http://localhost");
        if (pathname === "/result") {
            let text = "";
            request.setEncoding("utf8").on("data", (piece) => (text += piece));
            return request.on("end", () => {
                response.end();
                told?.(JSON.parse(text));
            });
        }
        let body;
        try {
            body = pathname.includes("..") ? undefined : find(pathname);
        } catch {
            body = undefined;
        }
        response.statusCode = body ? 200 : 404;
        response.setHeader("Content-Type", TYPES[pages[pathname] ? ".html" : extname(pathname)] ?? "application/octet-stream");
        // What does not change is kept by the browser, as a site would have it: snarkjs fetches its files at every proof.
        response.setHeader("Cache-Control", "max-age=3600");
        if (isolated) {
            response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
            response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
        }
        bytes += body?.length ?? 0;
        response.end(body ?? "");
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        address: `http://127.0.0.1:${server.address().port}`,
        /** What the next page tells that measures a first visit. */
        result: () => new Promise((resolve) => (told = resolve)),
        /** Bytes of all bodies since the last call. */
        fetched: () => {
            const fetched = bytes;
            bytes = 0;
            return fetched;
        },
        close: () => server.close(),
    };
}
