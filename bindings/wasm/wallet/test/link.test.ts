// Links and routes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { electionLink, parseLink } from "../src/link.ts";
import { parseRoute } from "../src/router.ts";

const SITE = "https://vote.example.org";
const ID = "0123456789abcdef".repeat(4);

test("a link that this page made leads to its election", () => {
    assert.deepEqual(parseLink(electionLink(ID, SITE), SITE), { kind: "election", id: ID });
    assert.deepEqual(parseLink(`  ${electionLink(ID, SITE)}\n`, SITE), { kind: "election", id: ID });
    assert.deepEqual(parseLink(`${SITE}/#/results/${ID}`, SITE), { kind: "election", id: ID });
    assert.deepEqual(parseLink(`#/elections/${ID}`, SITE), { kind: "election", id: ID });
    assert.deepEqual(parseLink(ID, SITE), { kind: "election", id: ID });
});

test("a link to another site is not followed by itself", () => {
    const href = `https://evil.example.org/#/elections/${ID}`;
    assert.deepEqual(parseLink(href, SITE), { kind: "other-site", href });
});

test("anything else is no link", () => {
    for (const text of ["", "hello world", SITE, `${SITE}/#/elections/`, `javascript:alert(1)#/elections/${ID}`, `${SITE}/#/elections/../x`]) {
        assert.deepEqual(parseLink(text, SITE), { kind: "none" }, text);
    }
});

test("routes", () => {
    assert.deepEqual(parseRoute(""), { at: "home" });
    assert.deepEqual(parseRoute("#/identity/new"), { at: "new-identity" });
    assert.deepEqual(parseRoute(`#/elections/${ID}`), { at: "election", id: ID });
    assert.deepEqual(parseRoute(`#/audit/${ID}`), { at: "audit", id: ID });
    assert.deepEqual(parseRoute("#/audit"), { at: "audit" });
    for (const hash of ["#/elections/", "#/constructor", "#/toString", "#/elections/a/b", "#x"]) {
        assert.deepEqual(parseRoute(hash), { at: "nowhere" }, hash);
    }
});
