// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from "node:assert/strict";
import test from "node:test";

import { JOB, LIST_AT_ONCE, MANAGER, NAME, PROPERTIES, ROOT } from "../../../cockpit/constants.js";
import { Service, status } from "../../../cockpit/service.js";
import { FakeCockpit } from "./fake_cockpit.mjs";
import { job, path, variants } from "./jobs.mjs";

const listed = (id, properties = {}) => [path(id), variants(job({ Id: id, ...properties }))];
const failure = name => Object.assign(new Error("the sentence"), { name: `org.freedesktop.DBus.Error.${name}` });

/** Lets everything happen that waits for replies. */
const settled = () => new Promise(resolve => setImmediate(resolve));

/** A service whose daemon has these jobs. Its timers are called by the test. */
async function begun(jobs, options = {}) {
    const cockpit = new FakeCockpit();
    cockpit.answers = {
        SubscribeWith: () => [],
        GetAll: () => [{ Features: { t: "as", v: ["download"] }, Held: { t: "b", v: false } }],
        ListJobs: ({ Offset }) => [jobs.slice(Offset.v, Offset.v + LIST_AT_ONCE)],
    };
    const timers = [];
    const ends = [];
    const service = new Service(cockpit, { bus: "session" },
        { later: (action, delay) => timers.push({ action, delay }), onEnd: (...end) => ends.push(end), ...options });
    await settled();
    cockpit.owner(":1.1");
    await settled();
    return { cockpit, service, timers, ends };
}

const changed = (cockpit, id, properties) => cockpit.signal(path(id), PROPERTIES, "PropertiesChanged", [JOB, variants(properties), []]);

test("it subscribes without keeping the daemon, and then lists", async () => {
    const { cockpit, service } = await begun([listed("a")]);
    assert.deepEqual(cockpit.opened, { name: NAME, options: { bus: "session" } });
    assert.deepEqual(cockpit.methods(), ["SubscribeWith", "GetAll", "ListJobs"]);
    assert.deepEqual(cockpit.calls[0].parameters, [{ KeepAlive: { t: "b", v: false }, AllUsers: { t: "b", v: false }, Progress: { t: "b", v: true } }]);
    assert.equal(service.status, status.ready);
    assert.ok(service.has("download") && !service.has("hold"));
    assert.deepEqual(service.model.jobs.map(one => one.Id), ["a"]);
});

test("every call names its types, so that the bridge introspects nothing", async () => {
    const { cockpit, service } = await begun([]);
    Object.assign(cockpit.answers, { Suspend: () => [], ListFiles: () => [[]], ListActiveFiles: () => [[]],
        ListEndedJobs: () => [[]], DescribeError: () => ["x"] });
    await service.act(path("a"), "Suspend");
    await service.files(path("a"), 0, 10);
    await service.activeFiles(path("a"));
    await service.properties(path("a"));
    await service.ended(10);
    await service.describe("http-status", 404);
    const types = cockpit.calls.slice(3).map(({ method, type }) => [method, type]);
    assert.deepEqual(types, [["Suspend", ""], ["ListFiles", "uu"], ["ListActiveFiles", ""], ["GetAll", "s"],
        ["ListEndedJobs", "a{sv}"], ["DescribeError", "si"]]);
    const [filter] = cockpit.calls.find(({ method }) => method === "ListEndedJobs").parameters;
    assert.deepEqual(filter.Hidden, { t: "b", v: true });
});

test("signals are followed without further calls", async () => {
    const { cockpit, service, ends } = await begun([listed("a")]);
    const before = cockpit.calls.length;
    changed(cockpit, "a", { BytesTransferred: 7 });
    cockpit.signal(ROOT, MANAGER, "JobAppeared", [path("b"), "b", variants(job({ Id: "b" }))]);
    assert.equal(service.model.job(path("a")).BytesTransferred, 7);
    assert.equal(service.model.size, 2);
    cockpit.signal(ROOT, MANAGER, "JobEnded", [path("b"), "b", "complete", variants({ DisplayName: "film" })]);
    cockpit.signal(ROOT, MANAGER, "JobRemoved", [path("b"), "b", "complete"]);
    assert.deepEqual(ends, [[path("b"), "complete", { DisplayName: "film" }]]);
    assert.equal(service.model.size, 1);
    assert.equal(cockpit.calls.length, before);
});

test("signals after the list are newer than the list", async () => {
    const { cockpit, service } = await begun([]);
    // Cockpit calls what waits for replies, and what hears signals, in the order of the messages, without a pause between.
    let reply;
    cockpit.answers.ListJobs = () => ({ then: used => new Promise(resolve => { reply = page => resolve(used(page)); }) });
    cockpit.signal(ROOT, MANAGER, "SignalsLost", []);
    await settled();
    reply([[listed("a")]]);
    changed(cockpit, "a", { State: "transferred" });
    await settled();
    assert.equal(service.model.job(path("a")).State, "transferred");
});

test("what the manager says of all jobs is followed, too", async () => {
    const { cockpit, service } = await begun([]);
    cockpit.signal(ROOT, PROPERTIES, "PropertiesChanged", [MANAGER, variants({ Held: true }), []]);
    assert.deepEqual([service.manager.Held, service.has("download")], [true, true]);
});

test("a long list is read in pages, and jobs that end meanwhile hide no others", async () => {
    const jobs = Array.from({ length: LIST_AT_ONCE + 10 }, (_value, index) => listed(`job-${index}`));
    const { cockpit, service } = await begun(jobs);
    assert.equal(service.model.size, jobs.length);
    const remaining = jobs.slice(5);
    let ended = false;
    cockpit.answers.ListJobs = ({ Offset }) => {
        if (Offset.v > 0 && !ended) {
            ended = true; // after the call was sent, and before its reply
            jobs.slice(0, 5).forEach(([gone]) => cockpit.signal(ROOT, MANAGER, "JobRemoved", [gone, "", "complete"]));
        }
        return [(ended ? remaining : jobs).slice(Offset.v, Offset.v + LIST_AT_ONCE)];
    };
    cockpit.signal(ROOT, MANAGER, "SignalsLost", []);
    await settled();
    assert.deepEqual(cockpit.of("ListJobs").slice(2).map(call => call.parameters[0].Offset.v), [0, 256, 251]);
    assert.equal(service.model.size, remaining.length);
});

test("a daemon that was idle is left alone until it comes back", async () => {
    const { cockpit, service, timers } = await begun([listed("a", { State: "suspended", WaitReason: ["suspended", 0] })]);
    const before = cockpit.calls.length;
    cockpit.owner(null);
    await settled();
    assert.equal(service.status, status.idle);
    assert.equal(service.model.size, 1);
    assert.deepEqual([timers.length, cockpit.calls.length], [0, before]);
    cockpit.owner(":1.2");
    await settled();
    assert.equal(service.status, status.ready);
    assert.deepEqual(cockpit.methods().slice(before), ["SubscribeWith", "GetAll", "ListJobs"]);
});

test("a daemon that had work is asked again, each time later", async () => {
    const { cockpit, service, timers } = await begun([listed("a")]);
    cockpit.answers.SubscribeWith = () => { throw failure("ServiceUnknown"); };
    cockpit.owner(null);
    assert.equal(service.status, status.lost);
    for (let tries = 0; tries < 8; ++tries) {
        timers.at(-1).action();
        await settled();
    }
    assert.deepEqual(timers.map(timer => timer.delay), [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
    cockpit.answers.SubscribeWith = () => [];
    cockpit.owner(":1.2");
    await settled();
    assert.equal(service.status, status.ready);
    const calls = cockpit.calls.length;
    timers.at(-1).action();
    await settled();
    assert.equal(cockpit.calls.length, calls, "the timer of the daemon that was lost");
});

test("replies that belong to a daemon that has gone are not used", async () => {
    const { cockpit, service } = await begun([]);
    let reply;
    cockpit.answers.ListJobs = () => new Promise(resolve => { reply = resolve; });
    cockpit.owner(":1.2");
    await settled();
    cockpit.owner(null);
    reply([[listed("a")]]);
    await settled();
    assert.equal(service.status, status.idle);
    assert.equal(service.model.size, 0);
});

test("an administrator sees the jobs of all users", async () => {
    const { cockpit } = await begun([], { allUsers: true });
    assert.deepEqual(cockpit.of("ListJobs")[0].parameters[0].AllUsers, { t: "b", v: true });
    assert.deepEqual(cockpit.of("SubscribeWith")[0].parameters[0].AllUsers, { t: "b", v: true });
});

test("a refusal is shown in Haulier's words", async () => {
    const { cockpit, service } = await begun([]);
    cockpit.answers.ListJobs = () => { throw failure("AccessDenied"); };
    cockpit.owner(":1.2");
    await settled();
    assert.deepEqual([service.status, service.problem], [status.failed, "the sentence"]);
});

test("a daemon that cannot be started is missing until it appears", async () => {
    const cockpit = new FakeCockpit();
    const service = new Service(cockpit, { bus: "session" });
    await settled();
    cockpit.owner(null);
    assert.equal(service.status, status.missing);
    cockpit.answers = { SubscribeWith: () => [], GetAll: () => [{}], ListJobs: () => [[]] };
    cockpit.owner(":1.1");
    await settled();
    assert.equal(service.status, status.ready);
});

test("a bus that does not exist is not opened", async () => {
    const cockpit = new FakeCockpit();
    cockpit.hasBus = false;
    const service = new Service(cockpit, { bus: "system" });
    assert.equal(service.status, status.connecting);
    await settled();
    assert.deepEqual([service.status, cockpit.opened], [status.missing, undefined]);
    assert.ok(service.problem && cockpit.spawned.includes("--system"));
});

test("a call waits for the connection", async () => {
    const cockpit = new FakeCockpit();
    cockpit.answers.ListEndedJobs = () => [[]];
    assert.deepEqual(await new Service(cockpit, { bus: "session" }).ended(5), []);
});

test("a page that is left while it connects opens nothing", async () => {
    const cockpit = new FakeCockpit();
    new Service(cockpit, { bus: "session" }).close();
    await settled();
    assert.equal(cockpit.opened, undefined);
});

test("when the connection is closed, nothing is called", async () => {
    const { cockpit, service } = await begun([listed("a")]);
    cockpit.listeners.close({}, { problem: "not-found", message: "no such bus" });
    assert.deepEqual([service.status, service.problem, service.model.size], [status.missing, "no such bus", 0]);
    const before = cockpit.calls.length;
    await assert.rejects(service.act(path("a"), "Suspend"));
    assert.equal(cockpit.calls.length, before);
});

test("a page that no one sees is not told of bytes, and then reads the list again", async () => {
    const { cockpit, service } = await begun([listed("a")]);
    const progress = () => cockpit.of("SubscribeWith").map(({ parameters: [options] }) => options.Progress.v);
    service.watch(true);
    assert.deepEqual(progress(), [true]);
    service.watch(false);
    service.watch(false);
    await settled();
    assert.deepEqual(progress(), [true, false]);
    assert.equal(cockpit.of("ListJobs").length, 1);
    cockpit.answers.ListJobs = () => [[listed("b")]];
    service.watch(true);
    await settled();
    assert.deepEqual(progress(), [true, false, true]);
    assert.deepEqual(service.model.jobs.map(one => one.Id), ["b"]);
});

test("a daemon that is not running is not started because the page is seen or not", async () => {
    const { cockpit, service } = await begun([]);
    cockpit.owner("");
    const before = cockpit.calls.length;
    service.watch(false);
    service.watch(true);
    service.watch(false);
    await settled();
    assert.equal(cockpit.calls.length, before);
    cockpit.owner(":1.2");
    await settled();
    assert.equal(cockpit.of("SubscribeWith").at(-1).parameters[0].Progress.v, false);
});
