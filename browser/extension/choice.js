// SPDX-License-Identifier: LGPL-2.1-or-later
// Which downloads of the browser are handed over, and with which URL.

const isHttp = url => /^https?:\/\//i.test(url);
const originOf = url => new URL(url).origin;

/** Whether Haulier can take over a download that has just begun. Downloads of extensions, also of this one, are meant for the
 * browser, and downloads of private windows must leave no traces. */
export const isEligible = item =>
    isHttp(item.url) && isHttp(item.finalUrl || item.url) && !item.incognito && !item.byExtensionId && item.state === "in_progress";

/** The URL that was requested, because the one that it redirects to is often valid only for a short time. But cookies are
 * sent only to the first server, so a second server that needs them gets the request itself. `cookiesOf(url)` is
 * asynchronous. */
export async function urlOf(item, cookiesOf) {
    const final = item.finalUrl || item.url;
    if (originOf(final) === originOf(item.url)) return item.url;
    return (await cookiesOf(final)).length > 0 ? final : item.url;
}

const baseName = path => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

/** What the browser would call the file. */
export const nameOf = item => baseName(item.filename ?? "");
