// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls without signals: what a user does for themselves while the list of jobs is shown with administrative access.
import { NAME } from "./constants.js";

export class Caller {
    #client = null;

    constructor(cockpit, options) {
        this.cockpit = cockpit;
        this.options = options;
    }

    call(path, iface, method, type = "", ...parameters) {
        if (!this.#client) {
            this.#client = this.cockpit.dbus(NAME, this.options);
            this.#client.addEventListener("close", () => { this.#client = null; });
        }
        return this.#client.call(path, iface, method, parameters, { type });
    }

    close() {
        this.#client?.close();
    }
}
