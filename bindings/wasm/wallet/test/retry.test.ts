// When a ballot is sent again, and that it stays the same ballot.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, NoAnswer } from "../src/api/error.ts";
import { isFinal, pause } from "../src/retry.ts";
import { mayFollow, type StoredVote } from "../src/store/votes.ts";

test("pauses grow to a minute, with chance in them", () => {
    assert.equal(pause(1, 1), 1000);
    assert.equal(pause(1, 0), 500);
    assert.equal(pause(4, 1), 8000);
    assert.equal(pause(40, 1), 60_000);
    assert.equal(pause(4000, 0), 30_000);
});

test("only the box's own refusal is final", () => {
    assert.equal(isFinal(new ApiError(409, "already-voted", "")), true);
    assert.equal(isFinal(new ApiError(409, "closed", "")), true);
    assert.equal(isFinal(new ApiError(422, "invalid-proof", "")), true);
    assert.equal(isFinal(new NoAnswer()), false);
    assert.equal(isFinal(new ApiError(503, "storage", "")), false);
    assert.equal(isFinal(new ApiError(504, "timeout", "")), false);
    assert.equal(isFinal(new ApiError(429, "busy", "")), false);
    assert.equal(isFinal(new ApiError(409, "not-yet-open", "")), false);
    assert.equal(isFinal(new ApiError(403, "http-403", "a hotel's gateway")), false);
});

test("a ballot is never replaced by another one", () => {
    const mark: StoredVote = { election: "e", nullifier: "1", kind: "open", phase: "proving", since: 0 };
    const first: StoredVote = { ...mark, phase: "unsent", ballot: "a" };
    assert.equal(mayFollow(undefined, mark), true);
    assert.equal(mayFollow(mark, first), true);
    assert.equal(mayFollow(first, { ...first, phase: "counted", receipt: "r" }), true);
    assert.equal(mayFollow(first, { ...first, ballot: "b" }), false);
    assert.equal(mayFollow(first, mark), false);
});
