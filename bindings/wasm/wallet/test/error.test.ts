// Errors are said by their code; unknown ones by their message.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, NoAnswer, refusalOf } from "../src/api/error.ts";
import { errorText, isCancelled } from "../src/i18n/error.ts";
import { Translator } from "../src/i18n/translate.ts";

const t = new Translator("en");

test("a known code is translated, an unknown one is shown with its message", () => {
    assert.equal(errorText(t, new ApiError(409, "closed", "x")), t.text("error.closed"));
    assert.equal(errorText(t, new NoAnswer()), t.text("error.no-answer"));
    assert.equal(errorText(t, new ApiError(418, "teapot", "short and stout")), "Something went wrong (teapot): short and stout");
    assert.equal(errorText(t, new TypeError("x is not a function")), "Something went wrong: x is not a function");
});

test("the engine's `closed` is not the ballot box's", () => {
    const engine = Object.assign(new Error("gone"), { name: "TabellaError", code: "closed" });
    assert.equal(errorText(t, engine), t.text("engine.closed"));
});

test("what is wrong with a record is named", () => {
    const fault = Object.assign(new Error("entry 3: field `proof`: .."), { name: "TabellaError", code: "fault" });
    assert.match(errorText(t, fault), /entry 3: field `proof`/);
});

test("a refusal is read from the body, whatever a proxy answered", () => {
    assert.equal(refusalOf(409, '{"error":{"code":"already-voted","message":"no"}}').code, "already-voted");
    assert.equal(refusalOf(502, "<html>").code, "http-502");
    assert.equal(refusalOf(400, "null").code, "http-400");
});

test("only an abort is a cancellation", () => {
    assert.equal(isCancelled(new DOMException("", "AbortError")), true);
    assert.equal(isCancelled(new Error("AbortError")), false);
});
