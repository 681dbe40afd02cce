// SPDX-License-Identifier: LGPL-2.1-or-later
// Which downloads of the browser are handed over, and with which URL.

const isHttp = url => /^https?:\/\//i.test(url);
const originOf = url => new URL(url).origin;

/** Whether a download that has just begun is one that Haulier can do as well. Those of extensions, also of this one, are
 * meant for the browser, and those of private windows leave no traces. */
export const isEligible = item =>
    isHttp(item.url) && isHttp(item.finalUrl || item.url) && !item.incognito && !item.byExtensionId && item.state === "in_progress";

/** The URL that was asked for, because the one that it leads to is often valid for a short time only. But cookies are
 * sent only to the first server, so one that needs them has to be asked itself. `cookiesOf(url)` is asynchronous. */
export async function urlOf(item, cookiesOf) {
    const final = item.finalUrl || item.url;
    if (originOf(final) === originOf(item.url)) return item.url;
    return (await cookiesOf(final)).length > 0 ? final : item.url;
}

const baseName = path => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

/** What the browser would call the file. */
export const nameOf = item => baseName(item.filename ?? "");
