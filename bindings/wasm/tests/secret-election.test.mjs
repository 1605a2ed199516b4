// Secret ballots: sealed, challenged, cast, opened as a sum, found by the tracking code.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/browser.mjs";
import * as act from "./lib/citizen.mjs";
import { picture } from "./lib/screen.mjs";
import { serve } from "./lib/site.mjs";
import { sizeOf } from "./lib/size.mjs";

let browser;
let site;
before(async () => {
    [browser, site] = await Promise.all([launch(), serve()]);
});
after(async () => {
    await browser?.close();
    await site?.stop();
});

async function seal(page, option) {
    await act.choose(page, option);
    await page.getByRole("button", { name: "Seal my ballot" }).click();
    await page.getByRole("heading", { name: "Your ballot is sealed" }).waitFor({ timeout: act.PROOF });
    return page.locator(".tracking").textContent();
}

test("a ballot is challenged, another sealed, kept over a reload, cast and found", async () => {
    const voters = [];
    const sizes = [];
    for (let n = 0; n < 3; n += 1) {
        const one = await act.citizen(browser, site);
        one.context.on("request", (request) => {
            if (request.url().endsWith("/ballots")) sizes.push(sizeOf(request.postData()));
        });
        one.words = await act.createIdentity(one.page);
        await act.register(one.page);
        voters.push(one);
    }
    const [alice, bob, carl] = voters;
    const election = await act.startElection(alice.page, "Secret ballots");

    const opened = await seal(alice.page, "Nothing");
    assert.match(opened, /^([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/);
    await alice.page.getByRole("button", { name: "Open it, to check" }).click();
    await alice.page.getByRole("heading", { name: "The opened ballot" }).waitFor();
    await alice.page.getByText("Contents of the file").click();
    assert.match(await alice.page.locator("pre.file").textContent(), /tabella-challenged-ballot-v1/);
    await alice.page.getByRole("button", { name: "Vote anew" }).click();

    const code = await seal(alice.page, "Lime trees");
    assert.notEqual(code, opened);
    await alice.page.reload();
    await act.unlock(alice.page);
    await alice.page.getByText("You had sealed this ballot before.").waitFor({ timeout: act.PROOF });
    assert.equal(await alice.page.locator(".tracking").textContent(), code);
    await act.cast(alice.page);
    await act.counted(alice.page);
    assert.equal(await alice.page.locator(".tracking").textContent(), code);

    for (const [{ page }, option] of [[bob, "Lime trees"], [carl, "A playground"]]) {
        await act.visit(page, `#/elections/${election}`);
        await seal(page, option);
        await act.cast(page);
        await act.counted(page);
    }
    await act.closeElection(carl.page, election);
    assert.deepEqual(await act.results(carl.page, election), { "Lime trees": 2, "A playground": 1, Nothing: 0 });
    await picture(carl.page, "result-of-secret-ballots-desktop-light-en");
    await act.visit(alice.page, `#/elections/${election}`);
    await alice.page.getByRole("button", { name: "Check that it is in the record" }).click();
    await alice.page.getByText("Your ballot is in the record, unchanged.").waitFor({ timeout: act.PROOF });

    assert.equal(sizes.length, 3);
    assert.equal(new Set(sizes).size, 1, `sizes: ${sizes.join(", ")}`);
    for (const { watched, context, words } of voters) {
        await watched.clean(words, act.PASSPHRASE);
        await context.close();
    }
});
