// What the tests are told from outside.

/** A variable that must be set. */
export function needed(name) {
    const value = process.env[name];
    if (!value) throw new Error(`the environment variable ${name} is not set: see run.mjs`);
    return value;
}

export const screenshots = process.env.SCREENSHOTS;
export const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
