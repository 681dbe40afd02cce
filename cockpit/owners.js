// SPDX-License-Identifier: LGPL-2.1-or-later
// Names of users, which Cockpit's bridge looks up. A user without a name is shown as a number.
import { clean } from "./format.js";

/** Uids and names in the output of getent. */
export const namesIn = output =>
    output.split("\n").map(line => line.split(":")).filter(fields => fields.length > 2).map(fields => [Number(fields[2]), fields[0]]);

export class Owners {
    #names = new Map();

    constructor(cockpit, onChange) {
        this.cockpit = cockpit;
        this.onChange = onChange;
    }

    nameOf(uid) {
        if (!this.#names.has(uid)) this.#lookUp(uid);
        return clean(this.#names.get(uid) ?? uid);
    }

    #lookUp(uid) {
        this.#names.set(uid, String(uid));
        this.cockpit.spawn(["getent", "passwd", String(uid)], { err: "ignore" }).then(output => {
            for (const [found, name] of namesIn(output)) this.#names.set(found, name);
            this.onChange();
        }, () => {}); // getent fails for a user without a name
    }
}
