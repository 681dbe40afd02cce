// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from "node:assert/strict";
import test from "node:test";

import { HandOver } from "../../../browser/extension/handover.js";
import { Posts } from "../../../browser/extension/posts.js";
import { FakeBrowser } from "./fake_browser.mjs";

const URL_OF_FILE = "https://example.org/f";
const MADE = { ok: true, id: "1234", path: "/home/a/Downloads/film.iso" };

const item = changes => ({
    id: 7, url: URL_OF_FILE, finalUrl: URL_OF_FILE, filename: "film.iso", referrer: "https://example.org/page", state: "in_progress",
    incognito: false, ...changes,
});

function begun(answers = { download: MADE, undo: { ok: true } }) {
    const browser = new FakeBrowser();
    browser.answers = answers;
    browser.downloadStates.set(7, "in_progress");
    browser.jar[URL_OF_FILE] = [{ name: "session", value: "s", path: "/", sameSite: "lax" }];
    const posts = new Posts(browser.storage.session);
    return { browser, posts, handOver: new HandOver(browser, posts, "Browser/1") };
}

const sent = browser => browser.calls.filter(([what]) => what === "host").map(([, message]) => message);

test("the browser stops its download only when there is a job", async () => {
    const { browser, handOver } = begun();
    assert.deepEqual(await handOver.takeOver(item()), { taken: true, path: MADE.path });
    assert.deepEqual(browser.calls, [
        ["host", { type: "download", url: URL_OF_FILE, name: "film.iso", referrer: "https://example.org/page", cookie: "session=s",
            userAgent: "Browser/1" }],
        ["cancel", 7], ["erase", 7], ["close"],
    ]);
    assert.deepEqual(browser.wanted, { url: URL_OF_FILE });
    assert.deepEqual(browser.asked, ["https://example.org/*"]);
});

test("without a host, or when Haulier refuses, the browser goes on", async () => {
    for (const [answers, reason] of [[{}, "no such host"], [{ download: { ok: false, message: "too many jobs" } }, "too many jobs"],
        [{ download: "?" }, ""]]) {
        const { browser, handOver } = begun(answers);
        assert.deepEqual(await handOver.takeOver(item()), { taken: false, message: reason });
        assert.deepEqual(browser.calls.map(([what]) => what), ["host", "close"]);
    }
});

test("a download that the browser has finished stays with the browser", async () => {
    for (const end of [states => states.set(7, "complete"), states => states.delete(7)]) {
        const { browser, handOver } = begun();
        end(browser.downloadStates);
        assert.equal(await handOver.takeOver(item()), null);
        assert.deepEqual(browser.calls, []);
    }
});

test("a download that the browser finishes while the job is created stays with the browser", async () => {
    const { browser, handOver } = begun();
    Object.defineProperty(browser.answers, "download", { get: () => { browser.downloadStates.set(7, "complete"); return MADE; } });
    assert.equal(await handOver.takeOver(item()), null);
    assert.deepEqual(sent(browser)[1], { type: "undo", id: "1234" });
    assert.ok(!browser.calls.some(([what]) => what === "cancel"));
});

test("a download that cannot be stopped stays with the browser", async () => {
    const { browser, handOver } = begun();
    browser.downloads.cancel = async () => { throw new Error("no"); };
    assert.equal(await handOver.takeOver(item()), null);
    assert.deepEqual(sent(browser).map(({ type }) => type), ["download", "undo"]);
});

test("what a form has requested is left to the browser", async () => {
    const { browser, posts, handOver } = begun();
    posts.note({ method: "GET", url: URL_OF_FILE });
    assert.ok(await handOver.takeOver(item()));
    posts.note({ method: "POST", url: URL_OF_FILE });
    assert.equal(await handOver.takeOver(item()), null);
    assert.equal(sent(browser).length, 1);
    // Another script of the same session of the browser knows it, too.
    assert.ok(await new Posts(browser.storage.session).has(URL_OF_FILE));
    assert.ok(!await new Posts(browser.storage.session, () => Date.now() + 3_700_000).has(URL_OF_FILE));
});

test("few requests are remembered", async () => {
    const { browser, posts } = begun();
    for (let i = 0; i < 60; ++i) posts.note({ method: "POST", url: `https://example.org/${i}` });
    assert.ok(await posts.has("https://example.org/59") && !await posts.has("https://example.org/9"));
    assert.equal((await browser.storage.session.get("posts")).posts.length, 50);
});

test("cookies that may not be read, or that the browser would not send, keep a download in the browser", async () => {
    const { browser, handOver } = begun();
    browser.accessible = false;
    assert.equal((await handOver.takeOver(item())).taken, false);
    browser.accessible = true;
    browser.jar[URL_OF_FILE][0].sameSite = "strict";
    assert.equal(await handOver.takeOver(item({ referrer: "https://elsewhere.example/" })), null);
    assert.deepEqual(sent(browser), []);
});

test("private downloads are never handed over", async () => {
    const { browser, handOver } = begun();
    assert.equal(await handOver.takeOver(item({ incognito: true })), null);
    assert.deepEqual(browser.calls, []);
});

test("cookies are those of the download's own store", async () => {
    const { browser, handOver } = begun();
    await handOver.takeOver(item({ cookieStoreId: "firefox-container-2" }));
    assert.deepEqual(browser.wanted, { url: URL_OF_FILE, storeId: "firefox-container-2" });
    await handOver.take(URL_OF_FILE, "", "firefox-container-3");
    assert.deepEqual(browser.wanted, { url: URL_OF_FILE, storeId: "firefox-container-3" });
});

test("a chosen link becomes a job that the server names", async () => {
    const { browser, handOver } = begun();
    assert.deepEqual(await handOver.take(URL_OF_FILE, "https://other.example/page"), { taken: true, path: MADE.path });
    assert.deepEqual(sent(browser), [{ type: "download", url: URL_OF_FILE, name: "", referrer: "https://other.example/",
        cookie: "session=s", userAgent: "Browser/1" }]);
});

test("a chosen link that Haulier does not take is downloaded by the browser", async () => {
    const { browser, handOver } = begun({});
    assert.deepEqual(await handOver.take(URL_OF_FILE, ""), { taken: false, message: "no such host" });
    assert.deepEqual(browser.calls.at(-1), ["download", URL_OF_FILE]);
});
