// Reloads, lost answers, no network, two tabs: never two different ballots, and none is lost.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/browser.mjs";
import * as act from "./lib/citizen.mjs";
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

/** A registered citizen in front of an open election. */
async function voter(options = {}, expected = undefined) {
    const one = await act.citizen(browser, site, options, expected);
    const words = await act.createIdentity(one.page);
    await act.register(one.page);
    const election = await act.startElection(one.page);
    return { ...one, words, election };
}

const ballotsIn = async (election) => (await (await fetch(`${site.url}/api/v1/elections/${election}/state`)).json()).ballots;

test("cancelled and reloaded in the middle of the proof, nothing is sent, and the vote is cast at last", async () => {
    const { page, context, watched, words, election } = await voter();
    await act.choose(page, "Lime trees");
    await act.cast(page);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelled. Nothing was sent.").waitFor();
    // From the review or from the ballot paper: both are one press away from casting.
    const review = page.getByRole("button", { name: "Review my ballot" });
    if (await review.isVisible()) await review.click();
    await act.cast(page);
    await page.getByRole("progressbar").waitFor();
    await page.reload();
    assert.equal(await ballotsIn(election), 0);
    await act.unlock(page);
    await page.getByText("Nothing was sent: choose again.").waitFor();
    await act.choose(page, "A playground");
    await act.cast(page);
    await act.counted(page);
    assert.equal(await ballotsIn(election), 1);
    await watched.clean(words, act.PASSPHRASE);
    await context.close();
});

test("when the answer is lost the same bytes are sent again, even after a reload", async () => {
    const { page, context, watched, words, election } = await voter({ serviceWorkers: "block" }, /ERR_FAILED|ERR_CONNECTION|net::/);
    const sent = [];
    await page.route("**/ballots", async (route) => {
        sent.push(route.request().postData());
        // The first two reach the box, and their answers are lost.
        if (sent.length <= 2) {
            await route.fetch();
            await route.abort("connectionreset");
        } else await route.continue();
    });
    await act.choose(page, "Lime trees");
    await act.cast(page);
    await page.getByText("The ballot box does not answer.").waitFor({ timeout: act.PROOF });
    await page.reload();
    // Without the passphrase: a ballot that is kept needs no identity.
    await act.counted(page);
    assert.ok(sent.length >= 3);
    assert.equal(new Set(sent).size, 1);
    assert.equal(await ballotsIn(election), 1);
    await watched.clean(words, act.PASSPHRASE);
    await context.close();
});

test("without a network the page opens again, proves, keeps the ballot, and sends it when the network is back", async () => {
    const { page, context, watched, words, election } = await voter({}, /ERR_INTERNET_DISCONNECTED|Failed to load resource/);
    await page.getByText("Your ballot is prepared.").waitFor({ timeout: act.PROOF });
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    // The key is kept a little later, so that the first proof has the processors for itself.
    await page.evaluate(async () => {
        const kept = async (name) => (await (await caches.open(name)).keys()).length > 0;
        for (;;) {
            const names = (await caches.keys()).filter((name) => name.startsWith("tabella-keys"));
            if ((await Promise.all(names.map(kept))).some(Boolean)) return;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    });
    await context.setOffline(true);
    await page.reload();
    await page.getByRole("heading", { name: "The station street" }).waitFor();
    await page.getByText("There is no network. What this page has loaded still works.").waitFor();
    await act.unlock(page);
    await act.choose(page, "Lime trees");
    await act.cast(page);
    await page.getByText("is sent by itself when the network is back").waitFor({ timeout: act.PROOF });
    assert.equal(await ballotsIn(election), 0);
    await page.reload();
    await page.getByText("is sent by itself when the network is back").waitFor();
    await context.setOffline(false);
    await act.counted(page);
    assert.equal(await ballotsIn(election), 1);
    await watched.clean(words, act.PASSPHRASE);
    await context.close();
});

test("two tabs with one identity: the second is told, and there is one ballot", async () => {
    const { page, context, watched, words, election } = await voter();
    const second = await context.newPage();
    await second.goto(`${site.url}/#/elections/${election}`);
    await act.unlock(second);
    await act.choose(second, "Nothing");
    await act.choose(page, "Lime trees");
    await act.cast(page);
    await act.cast(second);
    const told = second.getByText("Another tab of this browser is voting").or(second.getByText("Nobody can cast a second one."));
    await told.first().waitFor({ timeout: act.PROOF });
    await act.counted(page);
    await act.counted(second);
    assert.equal(await ballotsIn(election), 1);
    await second.reload();
    await act.counted(second);
    await act.unlock(second);
    await second.getByText("Nobody can cast a second one.").waitFor();
    await watched.clean(words, act.PASSPHRASE);
    await context.close();
});
