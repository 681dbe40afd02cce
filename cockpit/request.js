// SPDX-License-Identifier: LGPL-2.1-or-later
// From the fields of the form to the arguments of CreateJob. Haulier checks the values; here only what it cannot know.
import { MANAGER, ROOT } from "./constants.js";
import { _ } from "./i18n.js";

const LONGEST_NAME = 256;
const ALGORITHMS = { 32: "md5", 40: "sha1", 64: "sha256", 128: "sha512" };

/** The last part of the URL's path, as a name. */
export function nameIn(url) {
    const path = url.replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/[?#].*$/, "");
    const last = path.slice(path.lastIndexOf("/") + 1);
    try {
        return decodeURIComponent(last).replaceAll("/", "_");
    } catch {
        return last;
    }
}

/** "sha256:HEX"; digits alone are of the algorithm with so many of them. */
export function checksumIn(text) {
    const digits = text.trim();
    const algorithm = /^[0-9a-f]+$/i.test(digits) && ALGORITHMS[digits.length];
    return algorithm ? `${algorithm}:${digits.toLowerCase()}` : digits;
}

/** What is missing in the form; empty if nothing is. */
export function missingIn({ url, path }) {
    if (!url.trim()) return _("Enter a URL.");
    return path.trim() ? "" : _("Enter where to save the file.");
}

/** The signature and the arguments of CreateJob. A path that ends with a slash is a directory, and the server names the file.
 * The job completes itself, because the page may be closed by then, and it replaces no file. */
export function createArguments({ url, path, name, priority, checksum }) {
    const remote = url.trim();
    const target = path.trim();
    const file = { Existing: { t: "s", v: "keep" } };
    if (checksum.trim()) file.Checksum = { t: "s", v: checksumIn(checksum) };
    let local = target;
    if (target.endsWith("/")) {
        local += nameIn(remote) || "download";
        file.ServerName = { t: "b", v: true };
    }
    const display = name.trim() || local.slice(local.lastIndexOf("/") + 1);
    const options = {
        Files: { t: "a(ssa{sv})", v: [[remote, local, file]] },
        AutoComplete: { t: "b", v: true },
        Resume: { t: "b", v: true },
        Priority: { t: "s", v: priority },
    };
    return ["ssa{sv}", [...display].slice(0, LONGEST_NAME).join(""), "download", options];
}

export const createJob = (service, fields) => service.call(ROOT, MANAGER, "CreateJob", ...createArguments(fields));
