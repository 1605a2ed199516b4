// Watches what a page does all the time: errors, requests to others, and where secrets could leak.

import assert from "node:assert/strict";

/** What the browser says because of the tests themselves. */
const OWN = /Service Worker registration blocked by Playwright/;

/** Runs in the page before anything else. */
function observe() {
    window.observed = { violations: [], longTasks: [] };
    document.addEventListener("securitypolicyviolation", (event) => {
        window.observed.violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
    });
    new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) window.observed.longTasks.push({ startTime, duration });
    }).observe({ type: "longtask", buffered: true });
}

/**
 * Watches all pages of a context. `expected` matches console messages that a test provokes itself,
 * such as those of requests that it makes fail.
 */
export async function watch(context, origin, expected = /^$/) {
    const seen = { errors: [], urls: [], messages: [], bodies: [] };
    await context.addInitScript(observe);
    context.on("page", (page) => {
        page.on("pageerror", (error) => seen.errors.push(String(error)));
        page.on("console", (message) => {
            seen.messages.push(message.text());
            const complaint = message.type() === "error" || message.type() === "warning";
            if (complaint && !expected.test(message.text()) && !OWN.test(message.text())) seen.errors.push(message.text());
        });
        page.on("framenavigated", (frame) => seen.urls.push(frame.url()));
    });
    context.on("request", (request) => {
        seen.urls.push(request.url());
        seen.bodies.push(request.postData() ?? "");
    });
    return {
        seen,
        /** Nothing went wrong, nobody else was asked, and none of these secrets is where it should not be. */
        async clean(...secrets) {
            assert.deepEqual(seen.errors, [], "console");
            const strange = seen.urls.filter((url) => !/^(blob:|data:|about:)/.test(url) && new URL(url).origin !== origin);
            assert.deepEqual(strange, [], "requests to others");
            for (const page of context.pages()) {
                if (new URL(page.url()).origin !== origin) continue;
                assert.deepEqual(await page.evaluate(() => window.observed.violations), [], "Content-Security-Policy");
                const stored = await page.evaluate(storedTexts);
                const places = { ...stored, urls: seen.urls, console: seen.messages, requests: seen.bodies };
                for (const secret of secrets.flatMap(parts)) {
                    for (const [place, texts] of Object.entries(places)) {
                        const found = texts.some((text) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
                        assert.ok(!found, `a secret stands in ${place}`);
                    }
                }
            }
        },
    };
}

/** A phrase is looked for by three words in a row; anything else as a whole. */
function parts(secret) {
    const words = secret.split(" ");
    return words.length < 24 ? [secret] : words.slice(2).map((_, at) => words.slice(at, at + 3).join(" "));
}

/** All that a page of this origin has stored, as texts. Runs in the page. */
async function storedTexts() {
    const plain = (value) =>
        JSON.stringify(value, (_, inner) => {
            if (inner instanceof ArrayBuffer) return new TextDecoder("latin1").decode(inner);
            return ArrayBuffer.isView(inner) ? new TextDecoder("latin1").decode(inner) : inner;
        });
    const indexed = [];
    for (const { name } of await indexedDB.databases()) {
        const database = await new Promise((resolve, reject) => {
            const request = indexedDB.open(name);
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        for (const store of database.objectStoreNames) {
            const all = database.transaction(store).objectStore(store).getAll();
            await new Promise((resolve) => (all.onsuccess = resolve));
            indexed.push(...all.result.map((value) => plain(value) ?? ""));
        }
        database.close();
    }
    return {
        localStorage: Object.entries(localStorage).flat(),
        sessionStorage: Object.entries(sessionStorage).flat(),
        indexedDB: indexed,
        cookies: [document.cookie],
    };
}
