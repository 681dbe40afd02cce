// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from "node:assert/strict";
import test from "node:test";

import { Model } from "../../../cockpit/model.js";
import { job, path, variants } from "./jobs.mjs";

const listed = (id, properties = {}) => [path(id), variants(job({ Id: id, ...properties }))];

function filled(...pages) {
    const model = new Model();
    model.beginSnapshot();
    pages.forEach(page => model.addPage(page));
    model.endSnapshot();
    return model;
}

const ids = model => model.jobs.map(one => one.Id);

test("a snapshot of several pages, with the newest job first", () => {
    const model = filled([listed("a", { CreationTime: 1 }), listed("b", { CreationTime: 3 })], [listed("c", { CreationTime: 2 })]);
    assert.deepEqual(ids(model), ["b", "c", "a"]);
    assert.equal(model.job(path("a")).DisplayName, "film");
});

test("jobs of the same date keep their order", () => {
    assert.deepEqual(ids(filled([listed("b"), listed("a"), listed("c")])), ["a", "b", "c"]);
});

test("signals change, add and remove", () => {
    const model = filled([listed("a", { CreationTime: 1 })]);
    assert.ok(model.changed(path("a"), variants({ BytesTransferred: 5 })));
    assert.equal(model.job(path("a")).BytesTransferred, 5);
    assert.equal(model.job(path("a")).DisplayName, "film");
    model.appeared(path("b"), variants(job({ Id: "b", CreationTime: 2 })));
    assert.equal(model.removed(path("a")).Id, "a");
    assert.deepEqual(ids(model), ["b"]);
});

test("a change of a job that is not known is not kept", () => {
    const model = filled([]);
    assert.ok(!model.changed(path("a"), variants({ BytesTransferred: 5 })));
    assert.equal(model.size, 0);
});

test("a change is a new value, so that a view can see it", () => {
    const model = filled([listed("a")]);
    const before = model.job(path("a"));
    model.changed(path("a"), variants({ Rate: 1 }));
    assert.notEqual(model.job(path("a")), before);
    assert.equal(before.Rate, 500_000);
});

test("a new snapshot removes what has gone, and keeps what came meanwhile", () => {
    const model = filled([listed("a"), listed("b")]);
    model.beginSnapshot();
    model.appeared(path("c"), variants(job({ Id: "c" })));
    model.removed(path("b"));
    assert.deepEqual(ids(model), ["a", "c"]);
    model.addPage([listed("d")]);
    model.endSnapshot();
    assert.deepEqual(ids(model), ["c", "d"]);
});

test("the summary counts, and adds up what runs", () => {
    const model = filled([listed("a"), listed("b", { State: "error", Rate: 7 }), listed("c", { State: "connecting", Rate: 1 })]);
    assert.deepEqual(model.summary(), { total: 3, running: 2, failed: 1, rate: 500_001 });
    assert.ok(model.hasWork);
    assert.ok(!filled([listed("a", { State: "suspended" }), listed("b", { State: "transferred" })]).hasWork);
});
