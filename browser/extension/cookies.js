// SPDX-License-Identifier: LGPL-2.1-or-later
// The cookies that go with a download. They are those of the file's own URL, never those of the page.

/** The value of the header, in the order of RFC 6265: the longest path first. */
export const cookieHeader = cookies =>
    [...cookies].sort((one, other) => other.path.length - one.path.length)
        .map(({ name, value }) => name ? `${name}=${value}` : value).join("; ");

const hostOf = url => URL.canParse(url) ? new URL(url).hostname : "";

/** Hosts may belong to one site although the result is false, because this script does not know which domains are sites. */
const isSurelySameSite = (host, other) =>
    host !== "" && (host === other || host.endsWith(`.${other}`) || other.endsWith(`.${host}`));

/** Whether the browser itself sends all of these cookies to `url` when a page with the URL `referrer` leads there. */
export const areSentFrom = (referrer, url, cookies) =>
    !cookies.some(({ sameSite }) => sameSite === "strict") || isSurelySameSite(hostOf(referrer), hostOf(url));
