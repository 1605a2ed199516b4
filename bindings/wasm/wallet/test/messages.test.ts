// Every language says everything, with the same gaps to fill.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Translator } from "../src/i18n/translate.ts";
import de from "../src/messages/de.json" with { type: "json" };
import en from "../src/messages/en.json" with { type: "json" };

const gaps = (message: string): string[] => [...message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").toSorted();

test("both languages have the same keys and the same gaps", () => {
    assert.deepEqual(Object.keys(de).toSorted(), Object.keys(en).toSorted());
    for (const [key, message] of Object.entries(en)) {
        // The form for one may say "one" in letters.
        if (key.endsWith(".one")) continue;
        assert.deepEqual(gaps(de[key as keyof typeof de]), gaps(message), key);
    }
});

test("no message is empty, and German is not English by oversight", () => {
    const same = Object.entries(en).filter(([key, message]) => de[key as keyof typeof de] === message);
    // Words that are the same in both.
    assert.deepEqual(same.map(([key]) => key), ["keep.name", "keep.passphrase", "join.link"]);
    for (const message of [...Object.values(en), ...Object.values(de)]) assert.notEqual(message.trim(), "");
});

test("each message is used somewhere", () => {
    const source = readdirSync("src", { recursive: true, encoding: "utf8" })
        .filter((name) => /\.tsx?$/.test(name))
        .map((name) => readFileSync(`src/${name}`, "utf8"))
        .join("\n");
    // `t.text(`state.${..}`)` uses all that begins with `state.`.
    const begun = [...source.matchAll(/`([a-z]+\.[a-z-]*)\$\{/g)].map(([, start]) => start ?? "");
    const unused = Object.keys(en).filter((key) => {
        const base = key.replace(/\.(one|other)$/, "");
        return !source.includes(`"${base}"`) && !begun.some((start) => key.startsWith(start));
    });
    assert.deepEqual(unused, []);
});

test("gaps are filled, plurals and numbers follow the language", () => {
    const [english, german] = [new Translator("en"), new Translator("de")];
    assert.equal(english.plural("election.ballots", 1), "1 ballot");
    assert.equal(english.plural("election.ballots", 1234), "1,234 ballots");
    assert.equal(german.plural("election.ballots", 1234), "1.234 Stimmzettel");
    assert.equal(english.text("home.unlocked", { name: "{x}" }), "Unlocked: {x}.");
    assert.equal(german.share(1, 8), "12,5\u00a0%");
    assert.equal(english.share(0, 0), "0%");
});
