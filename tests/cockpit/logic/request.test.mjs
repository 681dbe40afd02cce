// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from "node:assert/strict";
import test from "node:test";

import { namesIn } from "../../../cockpit/owners.js";
import { checksumIn, createArguments, missingIn, nameIn } from "../../../cockpit/request.js";

const fields = more => ({ url: " https://example.org/a/film.iso?x=1#y ", path: "/srv/film.iso", name: "", priority: "normal", checksum: "", ...more });

test("the name in a URL is the last part of its path", () => {
    assert.deepEqual(["https://example.org/a/b%20c.iso?x/y", "https://example.org", "https://example.org/a/", "https://example.org/%ff", "https://example.org/a%2fb"].map(nameIn),
        ["b c.iso", "", "", "%ff", "a_b"]);
});

test("a download completes itself and replaces nothing", () => {
    const [signature, name, type, options] = createArguments(fields({ path: "/srv/a film" }));
    assert.deepEqual([signature, name, type], ["ssa{sv}", "a film", "download"]);
    assert.deepEqual(options.Files.v, [["https://example.org/a/film.iso?x=1#y", "/srv/a film", { Existing: { t: "s", v: "keep" } }]]);
    assert.deepEqual([options.AutoComplete.v, options.Resume.v, options.Priority.v], [true, true, "normal"]);
});

test("in a directory, the server names the file", () => {
    const [, name, , options] = createArguments(fields({ path: "/srv/" }));
    assert.equal(name, "film.iso");
    const [, local, file] = options.Files.v[0];
    assert.deepEqual([local, file.ServerName.v], ["/srv/film.iso", true]);
    const [, , , nameless] = createArguments(fields({ path: "/srv/", url: "https://example.org/" }));
    assert.equal(nameless.Files.v[0][1], "/srv/download");
});

test("a checksum of digits alone has the algorithm of its length", () => {
    assert.equal(checksumIn("A".repeat(64)), `sha256:${"a".repeat(64)}`);
    assert.equal(checksumIn("md5:" + "0".repeat(32)), "md5:" + "0".repeat(32));
    assert.equal(checksumIn("nonsense"), "nonsense"); // Haulier says what is wrong with it
    const [, , , options] = createArguments(fields({ checksum: "0".repeat(40) }));
    assert.equal(options.Files.v[0][2].Checksum.v, "sha1:" + "0".repeat(40));
});

test("a long name is cut between characters", () => {
    const [, name] = createArguments(fields({ name: "🎬".repeat(300) }));
    assert.equal(name, "🎬".repeat(256));
});

test("URL and path are required", () => {
    assert.equal(missingIn(fields()), "");
    assert.match(missingIn(fields({ url: " " })), /URL/);
    assert.match(missingIn(fields({ path: "" })), /save/);
});

test("names of users in the output of getent", () => {
    assert.deepEqual(namesIn("anna:x:1000:1000:Anna,,,:/home/anna:/bin/sh\nbert:x:1001:1001::/:/bin/sh\n"), [[1000, "anna"], [1001, "bert"]]);
});
