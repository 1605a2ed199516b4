// One Chromium for a test file.

import { chromium } from "playwright-core";
import { chromium as executablePath } from "./environment.mjs";

const FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

export function launch() {
    return chromium.launch({ executablePath, args: FLAGS });
}
