// SPDX-License-Identifier: LGPL-2.1-or-later
// Hands downloads over to Haulier. Whatever fails, the browser downloads the file itself.
import { isEligible, nameOf, urlOf } from "./choice.js";
import { areSentFrom, cookieHeader } from "./cookies.js";
import { NativeHost } from "./native_host.js";
import { referrerFor } from "./referrer.js";

export class HandOver {
    /** `api`: the browser's. `posts`: see posts.js. */
    constructor(api, posts, userAgent) {
        this.api = api;
        this.posts = posts;
        this.userAgent = userAgent;
    }

    /** A link that a person has chosen. Returns what became of it. */
    async take(url, page, storeId) {
        try {
            const cookies = await this.#cookies(url, storeId);
            const job = await this.#create({ url, name: "", referrer: referrerFor(page, url), cookies });
            job.close();
            return { taken: true, path: job.path };
        } catch (error) {
            await this.api.downloads.download({ url });
            return { taken: false, message: error.message };
        }
    }

    /** A download that the browser has begun; nothing is returned if it is left to the browser without an attempt. */
    async takeOver(item) {
        if (!isEligible(item) || await this.posts.has(item.url)) return null;
        try {
            const storeId = item.cookieStoreId;
            const url = await urlOf(item, final => this.#cookies(final, storeId));
            const cookies = await this.#cookies(url, storeId);
            if (!areSentFrom(item.referrer ?? "", url, cookies) || !await this.#isRunning(item.id)) return null;
            const referrer = /^https?:/i.test(item.referrer) ? item.referrer : "";
            const job = await this.#create({ url, name: nameOf(item), referrer, cookies });
            const isTaken = await this.#stopBrowser(item.id).catch(() => false);
            if (!isTaken) await job.undo();
            job.close();
            return isTaken ? { taken: true, path: job.path } : null;
        } catch (error) {
            return { taken: false, message: error.message };
        }
    }

    /** Cookies of other stores, such as those of other containers in Firefox, are not used. */
    async #cookies(url, storeId) {
        const { protocol, hostname } = new URL(url);
        const mayRead = await this.api.permissions.contains({ origins: [`${protocol}//${hostname}/*`] });
        if (!mayRead) throw new Error(this.api.i18n.getMessage("noAccess"));
        return await this.api.cookies.getAll({ url, ...storeId && { storeId } });
    }

    async #create({ url, name, referrer, cookies }) {
        const host = new NativeHost(this.api);
        try {
            const message = { type: "download", url, name, referrer, cookie: cookieHeader(cookies), userAgent: this.userAgent };
            const { id, path } = await host.ask(message);
            return { path, undo: () => host.ask({ type: "undo", id }), close: () => host.close() };
        } catch (error) {
            host.close();
            throw error;
        }
    }

    /** Firefox does not wait, and may have a small file already. */
    async #isRunning(id) {
        const [now] = await this.api.downloads.search({ id });
        return now?.state === "in_progress";
    }

    async #stopBrowser(id) {
        if (!await this.#isRunning(id)) return false;
        await this.api.downloads.cancel(id);
        await this.api.downloads.erase({ id }).catch(() => {});
        return true;
    }
}
