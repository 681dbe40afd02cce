// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from "node:assert/strict";
import test from "node:test";

import { actionsOf, amountText, errorText, matches, reasonText, shareOf, speedText } from "../../../cockpit/job.js";
import { UNKNOWN, job } from "./jobs.mjs";

const NOW = 1_700_000_000_000_000;
const failure = ["remote-file", "http-status", 404, "the server answered 404", 0];

test("a job of known size has a share, a rate and a time left", () => {
    assert.equal(shareOf(job()), 0.25);
    assert.equal(amountText(job()), "1.0 MB of 4.0 MB (25%)");
    assert.equal(speedText(job()), "500.0 kB/s, 6 s left");
});

test("without data nothing is said of the time left", () => {
    assert.equal(speedText(job({ Rate: 0 })), "0 B/s");
    assert.equal(speedText(job({ State: "suspended" })), "");
    assert.equal(speedText(job({ Rate: 1, BytesTotal: 10 ** 12 })), "1 B/s");
});

for (const [bridge, unknown] of Object.entries(UNKNOWN)) {
    test(`a job of unknown size has no share (${bridge} bridge)`, () => {
        const unsized = job({ BytesTotal: unknown, BytesKnown: 0, FilesUnsized: 1 });
        assert.equal(shareOf(unsized), undefined);
        assert.equal(amountText(unsized), "1.0 MB of ?");
        assert.equal(speedText(unsized), "500.0 kB/s");
    });

    test(`the sizes that are known are an estimate for the others (${bridge} bridge)`, () => {
        const several = job({ BytesTotal: unknown, FilesTotal: 4, FilesUnsized: 2, BytesKnown: 4_000_000, FilesTransferred: 1 });
        assert.equal(shareOf(several), 0.125);
        assert.equal(amountText(several), "1 of 4 files, 1.0 MB (~12%)");
        assert.equal(shareOf({ ...several, BytesTransferred: 9_000_000 }), 0.99);
        assert.equal(shareOf({ ...several, FilesUnsized: 4, BytesKnown: 0 }), 0.25);
        assert.equal(amountText({ ...several, FilesFailed: 1 }), "1 of 4 files (1 failed), 1.0 MB (~12%)");
    });
}

test("an empty file is complete when it has arrived", () => {
    const empty = job({ BytesTotal: 0, BytesTransferred: 0 });
    assert.equal(shareOf(empty), 0);
    assert.equal(shareOf({ ...empty, State: "transferred" }), 1);
    assert.equal(amountText({ ...empty, FilesTotal: 0 }), "");
});

test("the reason of a wait is a sentence", () => {
    const waiting = (State, ...WaitReason) => reasonText(job({ State, WaitReason }), NOW);
    assert.equal(waiting("queued", "turn", 0), "Waiting for its turn.");
    assert.equal(waiting("transient-error", "retry-delay", NOW + 12_000_000), "Retry in 12 s.");
    assert.equal(waiting("transient-error", "retry-delay", NOW - 1), "Retry soon.");
    assert.equal(waiting("transient-error", "host", NOW + 300_000_000),
        "Waiting for the server, which has asked for a pause: retry in 5 min.");
    assert.equal(waiting("transient-error", "network", 0), "Waiting for a network.");
    assert.match(waiting("queued", "not-before", NOW), /^Waiting for its start date: .*2023/);
    assert.equal(waiting("suspended", "empty", 0), "There is no file in it yet.");
    assert.equal(waiting("transferring", "running", 0), "");
    assert.equal(waiting("queued", "a-newer-word", 0), "A-newer-word.");
});

test("the error is Haulier's sentence", () => {
    assert.equal(errorText(job({ Error: failure })), "The server answered 404.");
    assert.equal(errorText(job()), "");
});

test("what can be done follows from the state", () => {
    const actions = (State, more = {}) => actionsOf(job({ State, ...more }));
    assert.deepEqual(actions("transferring"), ["Suspend", "Cancel"]);
    assert.deepEqual(actions("queued"), ["Suspend", "Cancel"]);
    assert.deepEqual(actions("suspended"), ["Resume", "Cancel"]);
    assert.deepEqual(actions("suspended", { FilesTotal: 0 }), ["Cancel"]);
    assert.deepEqual(actions("transient-error"), ["Retry", "Suspend", "Cancel"]);
    assert.deepEqual(actions("error"), ["Retry", "Cancel"]);
    assert.deepEqual(actions("error", { FilesTransferred: 2 }), ["Complete", "Retry", "Cancel"]);
    assert.deepEqual(actions("transferred"), ["Complete", "Cancel"]);
    assert.deepEqual(actions("transferred", { WaitReason: ["completing", 0] }), []);
});

test("the filter finds words in the texts of a job, in any order", () => {
    const one = job({ DisplayName: "Great Film", Target: "/srv/films/great.mkv" });
    assert.ok(matches(one, "", "anna") && matches(one, "MKV great", "anna") && matches(one, "ann", "anna"));
    assert.ok(!matches(one, "film bert", "anna"));
});
