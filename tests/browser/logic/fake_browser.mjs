// SPDX-License-Identifier: LGPL-2.1-or-later
// The parts of the browser that the extension uses, and a native host in it.

export class FakeBrowser {
    calls = [];
    jar = {}; // cookies by URL
    accessible = true; // the extension may read cookies
    answers = {}; // of the native host, by the type of the message; without any there is no host
    downloadStates = new Map(); // by id

    #session = {};

    i18n = { getMessage: (...words) => words.flat().join(" ") };
    runtime = { lastError: undefined, connectNative: name => this.#connect(name) };
    permissions = { contains: async ({ origins }) => { this.asked = origins; return this.accessible; } };
    cookies = { getAll: async details => { this.wanted = details; return this.jar[details.url] ?? []; } };
    storage = {
        session: {
            get: async key => key in this.#session ? { [key]: structuredClone(this.#session[key]) } : {},
            set: async values => { Object.assign(this.#session, structuredClone(values)); },
        },
    };
    downloads = {
        download: async ({ url }) => { this.calls.push(["download", url]); },
        search: async ({ id }) => this.downloadStates.has(id) ? [{ id, state: this.downloadStates.get(id) }] : [],
        cancel: async id => { this.calls.push(["cancel", id]); },
        erase: async ({ id }) => { this.calls.push(["erase", id]); },
    };

    #connect(name) {
        const listeners = { message: [], disconnect: [] };
        const port = {
            name,
            onMessage: { addListener: one => listeners.message.push(one) },
            onDisconnect: { addListener: one => listeners.disconnect.push(one) },
            disconnect: () => { this.calls.push(["close"]); },
            postMessage: message => {
                this.calls.push(["host", message]);
                const answer = this.answers[message.type];
                queueMicrotask(() => {
                    if (answer) return listeners.message.forEach(one => one(answer));
                    this.runtime.lastError = { message: "no such host" };
                    listeners.disconnect.forEach(one => one(port));
                    this.runtime.lastError = undefined;
                });
            },
        };
        return port;
    }
}
