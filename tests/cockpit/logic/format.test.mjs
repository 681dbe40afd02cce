// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from "node:assert/strict";
import test from "node:test";

import { clean, dateText, isKnown, isolated, percentText, rateText, sentence, sizeText, spanText } from "../../../cockpit/format.js";
import { UNKNOWN } from "./jobs.mjs";

test("a size that a bridge cannot hold is not known", () => {
    for (const size of [UNKNOWN.old, UNKNOWN.new, 2 ** 63, undefined, null, NaN]) {
        assert.equal(isKnown(size), false, String(size));
        assert.equal(sizeText(size), "?");
    }
    assert.ok(isKnown(0) && isKnown(2 ** 62));
});

test("sizes have the unit in which they are shortest", () => {
    assert.deepEqual([0, 999, 1000, 999_949, 999_950, 12_345_678, 5e12, 7e18].map(sizeText),
        ["0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "12.3 MB", "5.0 TB", "7.0 EB"]);
    assert.equal(rateText(1_500_000.4), "1.5 MB/s");
});

test("times are rounded to what matters", () => {
    assert.deepEqual([-1, 0, 0.2, 119, 120, 7199, 7200, 2 * 86400 - 1, 2 * 86400].map(spanText),
        ["0 s", "0 s", "1 s", "119 s", "2 min", "119 min", "2 h", "47 h", "2 d"]);
    assert.equal(dateText(0), "");
    assert.match(dateText(1_700_000_000_000_000), /2023/);
});

test("a share is not rounded up to all", () => assert.deepEqual([0, 0.5, 0.9999, 1].map(percentText), ["0%", "50%", "99%", "100%"]));

test("names keep their letters and lose what moves the text around them", () => {
    assert.equal(clean("Füße 漢字 שלום 🎬 e\u0301"), "Füße 漢字 שלום 🎬 e\u0301");
    assert.equal(clean("invoice\u202egpj.exe\n\u0007\u200f\u2066"), "invoice\ufffdgpj.exe\ufffd\ufffd\ufffd\ufffd");
    assert.equal(clean("<img onerror=alert(1)>"), "<img onerror=alert(1)>");
    assert.equal(clean(undefined), "");
    assert.equal(isolated("a\u2069b"), "\u2068a\ufffdb\u2069");
});

test("a clause becomes a sentence", () => {
    assert.deepEqual(["the server answered '404'", "is it?", "", undefined].map(sentence), ["The server answered '404'.", "Is it?", "", ""]);
});
