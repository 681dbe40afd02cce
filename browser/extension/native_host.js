// SPDX-License-Identifier: LGPL-2.1-or-later
// A connection to haulier-browser-host, which the browser starts for it.

export const HOST = "org.haulier.browser";

export class NativeHost {
    #port;
    #waiting = null; // { resolve, reject } of the message that was sent

    constructor(api) {
        this.#port = api.runtime.connectNative(HOST);
        this.#port.onMessage.addListener(answer => this.#settle("resolve", answer));
        this.#port.onDisconnect.addListener(port => {
            const reason = port.error?.message ?? api.runtime.lastError?.message ?? "";
            this.#settle("reject", new Error(reason));
        });
    }

    /** One message at a time. Fails if there is no host, or if it refuses. */
    async ask(message) {
        const answer = await new Promise((resolve, reject) => {
            this.#waiting = { resolve, reject };
            this.#port.postMessage(message);
        });
        if (answer?.ok !== true) throw new Error(String(answer?.message ?? ""));
        return answer;
    }

    close() {
        this.#port.disconnect();
    }

    #settle(how, value) {
        this.#waiting?.[how](value);
        this.#waiting = null;
    }
}
