// One screen as people find it: checked by axe, measured, and photographed.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { count } from "./counts.mjs";
import { screenshots } from "./environment.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 }, narrow: { width: 320, height: 640 } };

/** axe finds nothing on the present screen. */
export async function accessible(page, name) {
    await page.evaluate(`${AXE};0`);
    const violations = await page.evaluate(async () => {
        const { violations } = await globalThis.axe.run({ resultTypes: ["violations"] });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`);
    });
    assert.deepEqual(violations, [], name);
    count("axe");
}

/** Nothing on the present screen is wider than it. */
async function fits(page, name) {
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${name} is ${over} pixels wider than the screen`);
}

/** A picture of the present screen. */
export async function picture(page, name) {
    if (!screenshots) return;
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true, animations: "disabled" });
    count("screenshots");
}

/** The present screen in light and dark, English and German, wide and narrow. English on the desk and German in the pocket are photographed. */
export async function everyWay(page, name) {
    for (const [language, label, pictured] of [["en", "Language", "desktop"], ["de", "Sprache", "phone"]]) {
        await page.locator("footer select").first().selectOption(language);
        await page.getByLabel(label, { exact: true }).waitFor();
        for (const [size, viewport] of Object.entries(SIZES)) {
            await page.setViewportSize(viewport);
            await fits(page, `${name}, ${language}, ${size}`);
        }
        await page.setViewportSize(SIZES[pictured]);
        for (const colours of ["light", "dark"]) {
            await page.locator("footer select").nth(1).selectOption(colours);
            await accessible(page, `${name}, ${language}, ${colours}`);
            await picture(page, `${name}-${pictured}-${colours}-${language}`);
        }
    }
    await page.locator("footer select").nth(1).selectOption("system");
    await page.locator("footer select").first().selectOption("en");
    await page.setViewportSize(SIZES.desktop);
}
