// One screen as people find it: checked by axe, measured, and photographed.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { count } from "./counts.mjs";
import { screenshots } from "./environment.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 }, narrow: { width: 320, height: 640 } };

/** axe finds nothing on the present screen, and nothing is wider than it. */
export async function accessible(page, name) {
    await page.evaluate(`${AXE};0`);
    const violations = await page.evaluate(async () => {
        const { violations } = await globalThis.axe.run({ resultTypes: ["violations"] });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`);
    });
    assert.deepEqual(violations, [], name);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${name} is ${over} pixels wider than the screen`);
    count("axe");
}

/** A picture of the present screen. */
export async function picture(page, name) {
    if (!screenshots) return;
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true, animations: "disabled" });
    count("screenshots");
}

/** Checks the present screen in light and dark, English and German, on desktop and phone, and takes four pictures of it. */
export async function everyWay(page, name) {
    for (const [language, label] of [["en", "Language"], ["de", "Sprache"]]) {
        await page.locator("footer select").first().selectOption(language);
        await page.getByLabel(label, { exact: true }).waitFor();
        for (const colours of ["light", "dark"]) {
            await page.locator("footer select").nth(1).selectOption(colours);
            for (const [size, viewport] of Object.entries(SIZES)) {
                await page.setViewportSize(viewport);
                await accessible(page, `${name}, ${language}, ${colours}, ${size}`);
                // English on the desk, German in the pocket: both are seen, and the folder stays small.
                if ((language === "en") === (size === "desktop") && size !== "narrow") {
                    await picture(page, `${name}-${size}-${colours}-${language}`);
                }
            }
        }
    }
    await page.locator("footer select").nth(1).selectOption("system");
    await page.locator("footer select").first().selectOption("en");
    await page.setViewportSize(SIZES.desktop);
}
