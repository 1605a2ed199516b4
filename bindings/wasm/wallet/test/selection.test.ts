// What the ballot paper lets through, for each method.

import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf, formOf, spent } from "../src/vote/selection.ts";

test("one of three", () => {
    const form = formOf("single-choice", 3);
    assert.equal(faultOf(form, {}, 3, false), "nothing");
    assert.equal(faultOf(form, {}, 3, true), undefined);
    assert.equal(faultOf(form, { a: 1 }, 3, false), undefined);
});

test("approval has bounds", () => {
    const form = formOf({ approval: { min: 2, max: 3 } }, 4);
    assert.equal(faultOf(form, { a: 1 }, 4, false), "too-few");
    assert.equal(faultOf(form, { a: 1, b: 1 }, 4, false), undefined);
    assert.equal(faultOf(form, { a: 1, b: 1, c: 1, d: 1 }, 4, false), "too-many");
});

test("points, a budget, credits, an order", () => {
    assert.equal(faultOf(formOf({ score: { max: 5 } }, 2), { a: 6 }, 2, false), "out-of-range");
    assert.equal(faultOf(formOf({ score: { max: 5 } }, 2), { a: 5, b: 5 }, 2, false), undefined);
    assert.equal(faultOf(formOf({ budget: { points: 5 } }, 2), { a: 3, b: 3 }, 2, false), "overspent");
    const quadratic = formOf({ quadratic: { credits: 10 } }, 2);
    assert.equal(spent(quadratic, { a: 3, b: 1 }), 10);
    assert.equal(faultOf(quadratic, { a: 3, b: 1 }, 2, false), undefined);
    assert.equal(faultOf(quadratic, { a: 3, b: 2 }, 2, false), "overspent");
    const borda = formOf("borda", 3);
    assert.equal(faultOf(borda, { a: 2, b: 1, c: 0 }, 3, false), undefined);
    assert.equal(faultOf(borda, { a: 2, b: 2, c: 0 }, 3, false), "no-order");
});
