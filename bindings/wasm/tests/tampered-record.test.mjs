// A server that changes a published record is found out by the browser.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/browser.mjs";
import * as act from "./lib/citizen.mjs";
import { picture } from "./lib/screen.mjs";
import { serve } from "./lib/site.mjs";

let browser;
let site;
before(async () => {
    [browser, site] = await Promise.all([launch(), serve()]);
});
after(async () => {
    await browser?.close();
    await site?.stop();
});

/** The lines of a record of which `change` may change one that begins with an entry of `kind`. */
function tamper(record, kind, change) {
    let done = false;
    const lines = record.split("\n").map((line) => {
        if (done || !line.includes(`"${kind}"`)) return line;
        const changed = change(line);
        done = changed !== line;
        return changed;
    });
    assert.ok(done, `the record has a ${kind}`);
    return lines.join("\n");
}

test("one changed byte in a proof, a dropped ballot, another manifest: each is named", async () => {
    const { page, context, watched } = await act.citizen(browser, site, { serviceWorkers: "block" }, /status of 409/);
    await act.createIdentity(page);
    await act.register(page);
    const election = await act.startElection(page);
    await act.vote(page, election, "Lime trees");
    await act.closeElection(page, election);
    const url = `${site.url}/api/v1/elections/${election}/record`;
    const record = await (await fetch(url)).text();
    assert.match(record, /"proof"/);

    const flip = (line) => line.replace(/("proof":"[^"]*?)([0-9])([^0-9"]*")/, (_, a, digit, b) => `${a}${(Number(digit) + 1) % 10}${b}`);
    const cases = {
        proof: tamper(record, "proof", flip),
        dropped: record.split("\n").filter((line) => !line.includes('"proof"')).join("\n"),
        title: record.replace("The station street", "The station streat"),
    };
    await act.visit(page, `#/audit/${election}`);
    for (const [name, body] of Object.entries(cases)) {
        assert.notEqual(body, record, name);
        await page.route("**/record", (route) => route.fulfill({ body, contentType: "application/jsonl" }));
        await page.getByRole("button", { name: /Begin the audit|Audit again/ }).click();
        const alert = page.getByRole("alert");
        await alert.waitFor({ timeout: act.PROOF });
        const said = await alert.textContent();
        assert.match(said, /at fault|another election|no record/i, `${name}: ${said}`);
        assert.ok(said.length > 40, `${name}: ${said}`);
        if (name === "proof") await picture(page, "audit-finds-a-fault-desktop-light-en");
        await page.unroute("**/record");
        // The whole record is still without a fault.
        await page.getByRole("button", { name: "Audit again" }).click();
        await page.getByText("No fault found.").waitFor({ timeout: act.PROOF });
    }
    await watched.clean(act.PASSPHRASE);
    await context.close();
});
