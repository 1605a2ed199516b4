// Every screen in light and dark, in both languages, wide and narrow; and a whole vote by keyboard.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/browser.mjs";
import * as act from "./lib/citizen.mjs";
import { everyWay } from "./lib/screen.mjs";
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

test("axe finds nothing on any screen, and nothing is too wide", async () => {
    const { page, context, watched } = await act.citizen(browser, site, { reducedMotion: "reduce" }, /status of 409|status of 404/);
    await everyWay(page, "01-home-first");
    // A secret ballot needs somebody among whom it is secret.
    const other = await act.citizen(browser, site);
    await act.createIdentity(other.page);
    await act.register(other.page);
    await other.context.close();

    await act.visit(page, "#/identity/new");
    await page.getByRole("list", { name: "Your 24 words" }).waitFor();
    await everyWay(page, "02-new-words");
    const words = await page.getByRole("list", { name: "Your 24 words" }).getByRole("listitem").allTextContents();
    await page.getByRole("button", { name: "I have written them down" }).click();
    await page.getByRole("button", { name: "Continue" }).waitFor();
    await page.locator("form input").first().fill("wrong");
    await page.locator("form input").nth(1).fill("wrong");
    await page.locator("form input").nth(2).fill("wrong");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").waitFor();
    await everyWay(page, "03-new-confirm");
    await act.confirmWords(page, words);
    await everyWay(page, "04-new-protect");
    await act.keep(page);
    await everyWay(page, "05-identity");
    await act.register(page);
    await page.getByRole("button", { name: "Show the export" }).click();
    await page.locator(".secret").waitFor();
    await everyWay(page, "06-identity-registered");
    await page.getByRole("button", { name: "Lock" }).click();
    await page.getByLabel("Passphrase of").fill("wrong passphrase");
    await page.getByRole("button", { name: "Unlock", exact: true }).click();
    await page.getByText("The passphrase is wrong.").waitFor();
    await everyWay(page, "07-identity-locked");
    await act.unlock(page);
    await page.getByRole("button", { name: "Lock" }).waitFor();

    await act.visit(page, "#/identity/restore");
    await everyWay(page, "08-restore");
    await act.visit(page, "#/join");
    await everyWay(page, "09-join");
    await act.visit(page, "#/rehearsal");
    await everyWay(page, "10-rehearsal");
    const election = await act.startElection(page, "Open ballots", ["Lime trees along both pavements", "A playground", "Nothing, as before"]);
    await page.getByText("Share this election").click();
    await page.getByText("Your ballot is prepared.").waitFor({ timeout: act.PROOF });
    await everyWay(page, "11-election");
    await act.choose(page, "Lime trees");
    await everyWay(page, "12-review");
    await act.cast(page);
    await act.counted(page);
    await everyWay(page, "13-counted");
    await act.closeElection(page, election);
    await everyWay(page, "14-election-over");
    await act.results(page, election);
    await everyWay(page, "15-results");
    await act.visit(page, `#/audit/${election}`);
    await page.getByRole("button", { name: "Begin the audit" }).click();
    await page.getByText("No fault found.").waitFor({ timeout: act.PROOF });
    await everyWay(page, "16-audit");

    await act.startElection(page, "Secret ballots");
    await act.choose(page, "A playground");
    await page.getByRole("button", { name: "Seal my ballot" }).click();
    await page.locator(".tracking").waitFor({ timeout: act.PROOF });
    await everyWay(page, "17-sealed");
    await page.getByRole("button", { name: "Open it, to check" }).click();
    await page.getByRole("heading", { name: "The opened ballot" }).waitFor();
    await page.getByText("Contents of the file").click();
    await everyWay(page, "18-opened");

    await act.visit(page, "#/receipts");
    await everyWay(page, "19-receipts");
    await act.visit(page, "#/audit");
    await everyWay(page, "20-audit-file");
    await act.visit(page, "#/nowhere");
    await everyWay(page, "21-nowhere");
    await act.visit(page, `#/elections/${"0".repeat(64)}`);
    await page.getByText("This site does not know the election.").waitFor();
    await everyWay(page, "22-unknown-election");
    await act.visit(page, "#/");
    await page.getByRole("link", { name: "The station street" }).first().waitFor();
    await everyWay(page, "23-home");
    await watched.clean(words.join(" "), act.PASSPHRASE);
    await context.close();
});

/** Presses Tab until the focus is on something with this role and name. */
async function tabTo(page, role, name) {
    for (let presses = 0; presses < 60; presses += 1) {
        await page.keyboard.press("Tab");
        const here = page.getByRole(role, { name, exact: true }).and(page.locator(":focus"));
        if ((await here.count()) > 0) {
            const outline = await page.evaluate(() => {
                const focused = document.activeElement;
                return [focused, focused.parentElement].map((element) => getComputedStyle(element).outlineStyle);
            });
            assert.ok(outline.includes("solid"), `the focus on ${name} is not to be seen`);
            return;
        }
    }
    assert.fail(`Tab does not lead to ${role} ${name}`);
}

test("a vote by keyboard alone, and the focus goes along", async () => {
    const { page, context, watched } = await act.citizen(browser, site, { reducedMotion: "reduce" });
    await act.createIdentity(page);
    await act.register(page);
    await act.startElection(page);
    await page.goto(`${site.url}/#/`);
    await page.reload();
    await page.getByRole("link", { name: "The station street" }).first().waitFor();
    const press = async (role, name, key = "Enter") => {
        await tabTo(page, role, name);
        await page.keyboard.press(key);
    };
    const focused = () => page.evaluate(() => document.activeElement.textContent);

    await press("link", "The station street");
    await page.getByRole("heading", { name: "The station street", level: 1 }).waitFor();
    await page.waitForFunction(() => document.activeElement.tagName === "H1");
    await tabTo(page, "textbox", "Passphrase of “My identity”");
    await page.keyboard.type(act.PASSPHRASE);
    await page.keyboard.press("Enter");
    await page.getByRole("radio", { name: "Lime trees" }).waitFor();
    await tabTo(page, "radio", "Lime trees");
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.getByRole("radio", { name: "A playground" }).isChecked(), true);
    await press("button", "Review my ballot");
    await page.waitForFunction(() => document.activeElement.tagName === "H3");
    assert.equal(await focused(), "You have chosen");
    await press("button", "Cast my ballot");
    await act.counted(page);
    await press("button", "Save the receipt", "Space");
    assert.deepEqual((await page.evaluate(() => window.observed.violations)), []);
    await watched.clean(act.PASSPHRASE);
    await context.close();
});
