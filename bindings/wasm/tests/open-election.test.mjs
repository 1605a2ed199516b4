// Two citizens vote openly; a second vote is refused; the ballots are found in the record.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/browser.mjs";
import * as act from "./lib/citizen.mjs";
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

test("two citizens vote in two browsers, a second vote of one is refused, and everything is found again", async () => {
    const refused = /status of 409/;
    const [alice, bob] = [await act.citizen(browser, site), await act.citizen(browser, site)];
    const [aliceWords, bobWords] = [await act.createIdentity(alice.page), await act.createIdentity(bob.page)];
    await act.register(alice.page);
    await act.register(bob.page);
    const election = await act.startElection(alice.page);

    await act.vote(alice.page, election, "Lime trees");
    await act.vote(bob.page, election, "A playground");

    // Alice again, with her words on another device, and with another wish.
    const other = await act.citizen(browser, site, {}, refused);
    await act.restore(other.page, aliceWords);
    await act.visit(other.page, `#/elections/${election}`);
    await act.choose(other.page, "Nothing");
    await act.cast(other.page);
    await other.page.getByRole("heading", { name: "Your ballot was refused" }).waitFor({ timeout: act.PROOF });
    await other.page.getByText("has already voted in this election, with another ballot").waitFor();

    await act.closeElection(bob.page, election);
    assert.deepEqual(await act.results(bob.page, election), { "Lime trees": 1, "A playground": 1, Nothing: 0 });
    await bob.page.getByText("Turnout: 2 of 2").waitFor();
    await bob.page.getByText("all 2 ballots and every proof were checked").waitFor();

    await bob.page.getByRole("button", { name: "Check that it is in the record" }).click();
    await bob.page.getByText("Your ballot is in the record, unchanged.").waitFor();
    await act.visit(bob.page, `#/audit/${election}`);
    await bob.page.getByRole("button", { name: "Begin the audit" }).click();
    await bob.page.getByText("No fault found. All 2 ballots were checked").waitFor({ timeout: act.PROOF });
    await bob.page.getByText("The ballot of your receipt is in it.").waitFor();

    for (const { watched, context } of [alice, bob, other]) {
        await watched.clean(aliceWords, bobWords, act.PASSPHRASE);
        await context.close();
    }
});

test("ballots have the same size whatever they say", async () => {
    const ana = await act.citizen(browser, site);
    const words = await act.createIdentity(ana.page);
    await act.register(ana.page);
    const sizes = [];
    ana.context.on("request", (request) => {
        if (request.url().endsWith("/ballots")) sizes.push(sizeOf(request.postData()));
    });
    for (const option of ["Lime trees", "A playground", "Nothing"]) {
        const election = await act.startElection(ana.page);
        await act.vote(ana.page, election, option);
    }
    assert.equal(sizes.length, 3);
    assert.equal(new Set(sizes).size, 1, `sizes: ${sizes.join(", ")}`);
    await ana.watched.clean(words, act.PASSPHRASE);
    await ana.context.close();
});

test("who is not registered is told so, and who pastes a link comes to its election", async () => {
    const carl = await act.citizen(browser, site);
    await act.createIdentity(carl.page);
    const dora = await act.citizen(browser, site);
    await act.createIdentity(dora.page);
    await act.register(dora.page);
    const election = await act.startElection(dora.page);

    await act.visit(carl.page, "#/join");
    await carl.page.getByLabel("Link").fill("http://example.org/");
    await carl.page.getByRole("button", { name: "Go to the election" }).click();
    await carl.page.getByText("This is no link to an election.").waitFor();
    await carl.page.getByLabel("Link").fill(`${site.url}/#/elections/${election}`);
    await carl.page.getByRole("button", { name: "Go to the election" }).click();
    await carl.page.getByText("This identity is not among the registered people").waitFor();
    await carl.watched.clean(act.PASSPHRASE);
    await carl.context.close();
    await dora.context.close();
});
