// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from "node:assert/strict";
import test from "node:test";

import { HOLDS, heldText, limitIn, untilOf } from "../../../cockpit/steering.js";

test("a hold has a date, or none", () => {
    assert.deepEqual(HOLDS.map(hold => untilOf(hold, 1000)), [0, 3_601_000_000, 28_801_000_000]);
    assert.equal(heldText(false, 0), "");
    assert.equal(heldText(true, 0), "All jobs are held.");
    assert.match(heldText(true, 1_700_000_000_000_000), /until .*2023/);
});

test("a limit is in kB/s", () => assert.deepEqual(["", "0", "-3", "1.5", "500"].map(limitIn), [0, 0, 0, 1500, 500_000]));
