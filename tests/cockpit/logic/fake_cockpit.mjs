// SPDX-License-Identifier: LGPL-2.1-or-later
// A bridge whose daemon answers as the test says.

export class FakeCockpit {
    calls = [];
    hasBus = true;
    answers = {}; // method → function of its parameters, which returns the reply or throws

    spawn(command) {
        this.spawned = command;
        return this.hasBus ? Promise.resolve("") : Promise.reject(new Error("exit status 1"));
    }

    dbus(name, options) {
        this.opened = { name, options };
        this.listeners = {};
        return {
            addEventListener: (event, listener) => { this.listeners[event] = listener; },
            subscribe: (match, callback) => { this.match = match; this.signal = callback; },
            close: () => { this.closed = true; },
            call: (path, iface, method, parameters, { type }) => {
                this.calls.push({ path, iface, method, parameters, type });
                try {
                    const answer = this.answers[method](...parameters);
                    return answer.then ? answer : Promise.resolve(answer);
                } catch (error) {
                    return Promise.reject(error);
                }
            },
        };
    }

    owner(name) {
        this.listeners.owner({}, name);
    }

    methods() {
        return this.calls.map(call => call.method);
    }

    of(method) {
        return this.calls.filter(call => call.method === method);
    }
}
