// SPDX-License-Identifier: LGPL-2.1-or-later
// What a server learns of the page whose link is followed.

/** As browsers do it unless the page says otherwise: all of the URL for the same origin, only the origin for others, and
 * nothing over a connection that is less secure. */
export function referrerFor(page, url) {
    if (!/^https?:/i.test(page) || !URL.canParse(page) || !URL.canParse(url)) return "";
    const from = new URL(page);
    const to = new URL(url);
    if (from.protocol === "https:" && to.protocol !== "https:") return "";
    if (from.origin !== to.origin) return `${from.origin}/`;
    return `${from.origin}${from.pathname}${from.search}`;
}
