// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from "node:assert/strict";
import test from "node:test";

import { isEligible, nameOf, urlOf } from "../../../browser/extension/choice.js";
import { areSentFrom, cookieHeader } from "../../../browser/extension/cookies.js";
import { referrerFor } from "../../../browser/extension/referrer.js";
import { shown } from "../../../browser/extension/shown.js";

const item = changes => ({ url: "https://example.org/f", state: "in_progress", incognito: false, ...changes });

test("what Haulier cannot fetch or must not see is left to the browser", () => {
    assert.ok(isEligible(item()));
    assert.ok(isEligible(item({ finalUrl: "http://other.example/f" })));
    for (const changes of [{ incognito: true }, { byExtensionId: "x" }, { state: "complete" }, { url: "blob:https://example.org/1" },
        { url: "data:,x" }, { url: "ftp://example.org/f" }, { finalUrl: "blob:https://example.org/1" }])
        assert.ok(!isEligible(item(changes)), JSON.stringify(changes));
});

test("the URL that was asked for is used, unless the server that it leads to needs its own cookies", async () => {
    const none = async () => [];
    const some = async () => [{ name: "a" }];
    assert.equal(await urlOf(item(), none), "https://example.org/f");
    const moved = item({ finalUrl: "https://example.org/signed?expires=1" });
    assert.equal(await urlOf(moved, some), "https://example.org/f");
    const elsewhere = item({ finalUrl: "https://cdn.example/signed" });
    assert.equal(await urlOf(elsewhere, none), "https://example.org/f");
    assert.equal(await urlOf(elsewhere, some), "https://cdn.example/signed");
});

test("only the last part of a path is a name", () => {
    assert.equal(nameOf({ filename: "film.iso" }), "film.iso");
    assert.equal(nameOf({ filename: "/home/a/film.iso" }), "film.iso");
    assert.equal(nameOf({ filename: "C:\\film.iso" }), "film.iso");
    assert.equal(nameOf({}), "");
});

const cookie = (name, value, changes) => ({ name, value, path: "/", sameSite: "lax", ...changes });

test("cookies with longer paths come first, and some have no name", () => {
    assert.equal(cookieHeader([]), "");
    assert.equal(cookieHeader([cookie("a", "1"), cookie("", "2"), cookie("c", "3", { path: "/deep/" })]), "c=3; a=1; 2");
});

test("strict cookies go only where the browser would send them", () => {
    const strict = [cookie("a", "1", { sameSite: "strict" })];
    assert.ok(areSentFrom("https://elsewhere.example/", "https://example.org/f", [cookie("a", "1")]));
    for (const page of ["https://example.org/page", "https://www.example.org/"])
        assert.ok(areSentFrom(page, "https://example.org/f", strict), page);
    assert.ok(areSentFrom("https://example.org/", "https://dl.example.org/f", strict));
    for (const page of ["https://elsewhere.example/", "https://notexample.org/", "", "about:blank"])
        assert.ok(!areSentFrom(page, "https://example.org/f", strict), page);
});

test("a server learns of the page what browsers tell by default", () => {
    const page = "https://user:secret@example.org/page?q=1#part";
    assert.equal(referrerFor(page, "https://example.org/f"), "https://example.org/page?q=1");
    assert.equal(referrerFor(page, "https://other.example/f"), "https://example.org/");
    assert.equal(referrerFor(page, "http://example.org/f"), "");
    assert.equal(referrerFor("http://example.org/page", "https://example.org/f"), "http://example.org/");
    for (const none of ["", "file:///home/a/page.html", "about:blank"])
        assert.equal(referrerFor(none, "https://example.org/f"), "");
});

test("names are shown without what changes their direction", () => {
    assert.equal(shown("a\u202egpj.exe\n\u2066<b>"), "a?gpj.exe??<b>");
    assert.equal(shown("x".repeat(400)).length, 300);
    assert.equal(shown("été 漢字"), "été 漢字");
});
