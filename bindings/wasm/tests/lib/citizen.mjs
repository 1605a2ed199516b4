// What a person does with the wallet. Everything by what she sees: roles, labels and texts.

import assert from "node:assert/strict";
import { watch } from "./watch.mjs";

/** How long a proof may take on a slow machine, in milliseconds. */
export const PROOF = 120_000;

export const PASSPHRASE = "four geese on the capitol";

/** A person with a browser of her own. `options` are those of a Playwright context. */
export async function citizen(browser, site, options = {}, expected = undefined) {
    const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1100, height: 900 }, ...options });
    context.setDefaultTimeout(30_000);
    const watched = await watch(context, site.url, expected);
    const page = await context.newPage();
    await page.goto(site.url);
    await page.getByRole("heading", { level: 1 }).waitFor();
    return { context, page, watched, site };
}

/** Follows a route of the page, as a link would. */
export async function visit(page, route) {
    const before = page.url();
    await page.evaluate((hash) => (location.hash = hash), route);
    if (!before.endsWith(route)) await page.waitForURL((url) => url.hash === route);
    await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Makes an identity; the answer is its 24 words. */
export async function createIdentity(page) {
    await visit(page, "#/identity/new");
    const items = page.getByRole("list", { name: "Your 24 words" }).getByRole("listitem");
    await items.first().waitFor();
    const words = await items.allTextContents();
    assert.equal(words.length, 24);
    await page.getByRole("button", { name: "I have written them down" }).click();
    await confirmWords(page, words);
    await keep(page);
    return words.join(" ");
}

/** Types the words that are asked for. */
export async function confirmWords(page, words) {
    await page.getByRole("heading", { name: "Confirm your words" }).waitFor();
    for (const label of await page.locator("form label").allTextContents()) {
        const place = Number(/\d+/.exec(label)?.[0]);
        await page.getByLabel(label, { exact: true }).fill(words[place - 1]);
    }
    await page.getByRole("button", { name: "Continue" }).click();
}

/** Chooses a passphrase for a new or restored identity. */
export async function keep(page) {
    await page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
    await page.getByLabel("Passphrase, once more").fill(PASSPHRASE);
    await page.getByRole("button", { name: "Save identity" }).click();
    await page.getByRole("heading", { name: "Your identity", level: 1 }).waitFor();
}

export async function register(page) {
    await visit(page, "#/identity");
    await page.getByRole("button", { name: "Register", exact: true }).click();
    await page.getByText("You are registered in").waitFor();
}

export async function restore(page, phrase) {
    await visit(page, "#/identity/restore");
    await page.getByLabel("24 words or export").fill(phrase);
    await page.getByRole("button", { name: "Restore", exact: true }).click();
    await keep(page);
}

/** After a reload: opens the identity with its passphrase. */
export async function unlock(page) {
    await page.getByLabel("Passphrase of").fill(PASSPHRASE);
    await page.getByRole("button", { name: "Unlock", exact: true }).click();
}

/** Starts an election on the page; the answer is its name. */
export async function startElection(page, kind = "Open ballots", options = ["Lime trees", "A playground", "Nothing"]) {
    await visit(page, "#/rehearsal");
    await page.getByLabel("Title").fill("The station street");
    await page.getByLabel("Question").fill("What shall be done with the station street?");
    await page.getByLabel("Options").fill(options.join("\n"));
    await page.getByLabel("Minutes until it closes").fill("30");
    await page.getByRole("radio", { name: kind }).check();
    await page.getByRole("button", { name: "Start the election" }).click();
    await page.getByRole("heading", { name: "The station street", level: 1 }).waitFor({ timeout: PROOF });
    return page.url().split("/").at(-1);
}

/** Chooses an option and looks at it once more. */
export async function choose(page, option) {
    await page.getByRole("radio", { name: option }).check();
    await page.getByRole("button", { name: "Review my ballot" }).click();
    await page.getByRole("heading", { name: "You have chosen" }).waitFor();
}

export async function cast(page) {
    await page.getByRole("button", { name: "Cast my ballot" }).click();
}

export async function counted(page) {
    await page.getByRole("heading", { name: "Your ballot is in the box" }).waitFor({ timeout: PROOF });
}

/** From the open election to the receipt. */
export async function vote(page, election, option) {
    await visit(page, `#/elections/${election}`);
    await choose(page, option);
    await cast(page);
    await counted(page);
}

export async function closeElection(page, election) {
    await visit(page, `#/elections/${election}`);
    await page.getByRole("button", { name: "Close it now" }).click();
    await page.getByRole("heading", { name: "Voting has ended" }).waitFor({ timeout: PROOF });
}

/** The result page, counted; the answer is a map from option to votes. */
export async function results(page, election) {
    await visit(page, `#/results/${election}`);
    const table = page.getByRole("table", { name: "Votes for each option" });
    await table.waitFor({ timeout: PROOF });
    const rows = await table.locator("tbody tr").all();
    const cells = await Promise.all(rows.map((row) => row.locator("th, td").allTextContents()));
    return Object.fromEntries(cells.map(([option, votes]) => [option.replace("Wins", "").trim(), Number(votes)]));
}
