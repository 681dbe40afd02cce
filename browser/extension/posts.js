// SPDX-License-Identifier: LGPL-2.1-or-later
// Remembers the URLs that were requested with a method other than GET. Haulier would get another response, and the browser
// does not report the method of a download.

const KEY = "posts";
const MOST = 50;
const KEPT = 3600_000; // milliseconds

export class Posts {
    #writing = Promise.resolve();

    /** `storage`: an area of the browser's storage that outlives this script, but not the browser. */
    constructor(storage, now = Date.now) {
        this.storage = storage;
        this.now = now;
    }

    /** An event of webRequest. */
    note({ method, url }) {
        if (method === "GET") return;
        this.#writing = this.#writing.then(async () => {
            const kept = (await this.#read()).filter(([other]) => other !== url);
            await this.storage.set({ [KEY]: [...kept, [url, this.now()]].slice(-MOST) });
        });
    }

    async has(url) {
        await this.#writing;
        return (await this.#read()).some(([other]) => other === url);
    }

    async #read() {
        const { [KEY]: kept = [] } = await this.storage.get(KEY);
        return kept.filter(([, time]) => time > this.now() - KEPT);
    }
}
