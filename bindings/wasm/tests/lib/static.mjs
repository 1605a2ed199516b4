// A server of files, as plain as a web host's.

import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

/** Serves folders, each under its address; with headers that isolate the page or without. */
export async function serveFiles(folders, { isolated }) {
    const server = createServer((request, response) => {
        const { pathname } = new URL(request.url, "http://localhost");
        const address = Object.keys(folders).filter((prefix) => pathname.startsWith(prefix)).sort((a, b) => b.length - a.length)[0];
        const name = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
        const file = address && join(folders[address], normalize(name.slice(address.length - 1)));
        if (isolated) {
            response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
            response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
        }
        response.setHeader("Content-Security-Policy", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'");
        try {
            response.setHeader("Content-Length", statSync(file).size);
        } catch {
            response.statusCode = 404;
            return response.end();
        }
        response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
        return createReadStream(file).pipe(response);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}
