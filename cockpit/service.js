// SPDX-License-Identifier: LGPL-2.1-or-later
// One instance of Haulier on a bus: keeps a model of its jobs up to date, and calls methods.
//
// Opening the connection starts the daemon, because the list of its jobs is wanted once. When it exits because it is idle, it
// is left alone until it comes back; when it exits although there was work, it is started again.
import { JOB, LIST_AT_ONCE, MANAGER, NAME, PROPERTIES, ROOT } from "./constants.js";
import { _ } from "./i18n.js";
import { Model, plain } from "./model.js";

const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;

export const status = Object.freeze({
    connecting: "connecting",
    ready: "ready",
    idle: "idle", // the daemon has exited, as it does without work
    lost: "lost", // the daemon has exited although there was work
    missing: "missing", // there is no such service, or no such bus
    failed: "failed", // the daemon refuses to list its jobs
});

const BUS_DRIVER = ["org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"];
const CONNECT = {
    session: ["busctl", "--user", "call", ...BUS_DRIVER, "GetId"],
    system: ["busctl", "--system", "call", ...BUS_DRIVER, "GetId"],
};

const boolean = value => ({ t: "b", v: value });

export class Service {
    model = new Model();
    manager = {}; // properties of the Manager
    status = status.connecting;
    problem = ""; // of a status that is missing or failed

    #client = null;
    #connecting; // until there is a client, or none
    #turn = 0; // of the daemon; replies to an earlier one are not used
    #removals = 0; // signals since the snapshot began
    #retry = null;
    #delay = FIRST_DELAY;
    #isWatched; // a person can see the page

    /** `options` are those of cockpit.dbus(). `onChange()` is called after each change, `onEnd(path, result, facts)` when a
     * job has ended. */
    constructor(cockpit, options, { allUsers = false, isWatched = true, onChange = () => {}, onEnd = () => {}, later = (action, delay) => setTimeout(action, delay) } = {}) {
        this.allUsers = allUsers;
        this.#isWatched = isWatched;
        this.onChange = onChange;
        this.onEnd = onEnd;
        this.later = later;
        this.#connecting = this.#connect(cockpit, options);
    }

    /** A bridge that is asked twice for a bus that does not exist may end (Cockpit 337), and the user's session with it. So
     * another program looks first. */
    async #connect(cockpit, options) {
        const turn = this.#turn;
        const found = await cockpit.spawn(CONNECT[options.bus], { err: "ignore" }).then(() => true, () => false);
        this.#connecting = null;
        if (turn !== this.#turn) return;
        if (found) this.#open(cockpit, options);
        else this.#closed({ message: _("There is no message bus.") });
    }

    #open(cockpit, options) {
        this.#client = cockpit.dbus(NAME, options);
        this.#client.addEventListener("owner", (_event, owner) => this.#ownerChanged(owner));
        this.#client.addEventListener("close", (_event, details) => this.#closed(details));
        this.#client.subscribe({ path_namespace: ROOT }, (...signal) => this.#heard(...signal));
    }

    /** While no one can see the page, the daemon does not tell it how many bytes have arrived. Afterwards the list is read again. */
    watch(isWatched) {
        if (isWatched === this.#isWatched) return;
        this.#isWatched = isWatched;
        if (this.status !== status.ready) return;
        if (isWatched) this.#begin(++this.#turn);
        else this.#subscribe().catch(() => {}); // it tells more than is needed
    }

    close() {
        ++this.#turn;
        clearTimeout(this.#retry);
        this.#client?.close();
        this.#client = null;
    }

    /** Calls a method, and starts the daemon for it. The type is given, so that the bridge need not ask for it. */
    call(path, iface, method, type = "", ...parameters) {
        if (this.#client) return this.#client.call(path, iface, method, parameters, { type });
        if (this.#connecting) return this.#connecting.then(() => this.call(path, iface, method, type, ...parameters));
        return Promise.reject(new Error(this.problem));
    }

    act(path, method) {
        return this.call(path, JOB, method);
    }

    has(feature) {
        return Boolean(this.manager.Features?.includes(feature));
    }

    async properties(path) {
        const [values] = await this.call(path, PROPERTIES, "GetAll", "s", JOB);
        return plain(values);
    }

    /** The newest jobs that have ended, also hidden ones, as jobs of the machine usually are. */
    async ended(limit) {
        const filter = { Limit: { t: "u", v: limit }, AllUsers: boolean(this.allUsers), Hidden: boolean(true) };
        const [jobs] = await this.call(ROOT, MANAGER, "ListEndedJobs", "a{sv}", filter);
        return jobs.map(([, properties]) => plain(properties));
    }

    async files(path, offset, limit) {
        const [files] = await this.call(path, JOB, "ListFiles", "uu", offset, limit);
        return files.map(([index, properties]) => ({ Index: index, ...plain(properties) }));
    }

    async activeFiles(path) {
        const [files] = await this.call(path, JOB, "ListActiveFiles");
        return new Map(files.map(([index, properties]) => [index, plain(properties)]));
    }

    async describe(error, code) {
        const [sentence] = await this.call(ROOT, MANAGER, "DescribeError", "si", error, code);
        return sentence;
    }

    #set(state, problem = "") {
        this.status = state;
        this.problem = problem;
        this.onChange();
    }

    #ownerChanged(owner) {
        clearTimeout(this.#retry);
        const turn = ++this.#turn;
        if (owner) this.#begin(turn);
        else if (this.status === status.connecting) this.#set(status.missing); // opening the connection did not start it
        else if (this.model.hasWork) this.#lost(turn);
        else if (this.status !== status.missing) this.#set(status.idle);
    }

    /** Asks again, and so starts the daemon, each time a little later. */
    #lost(turn) {
        this.#set(status.lost);
        this.#retry = this.later(() => {
            if (turn === this.#turn) this.#begin(turn);
        }, this.#delay);
        this.#delay = Math.min(LONGEST_DELAY, 2 * this.#delay);
    }

    #subscribe() {
        const options = { KeepAlive: boolean(false), AllUsers: boolean(this.allUsers), Progress: boolean(this.#isWatched) };
        return this.call(ROOT, MANAGER, "SubscribeWith", "a{sv}", options);
    }

    async #begin(turn) {
        try {
            await this.#subscribe();
            if (turn !== this.#turn) return;
            await this.call(ROOT, PROPERTIES, "GetAll", "s", MANAGER).then(([values]) => { this.manager = plain(values); });
            if (turn !== this.#turn) return;
            await this.#snapshot(turn);
        } catch (error) {
            if (turn === this.#turn) this.#refused(turn, error);
        }
    }

    /** Replies are used in then(), and not after an await: Cockpit calls it in the order of the messages, while code after an
     * await may run after later signals. */
    async #snapshot(turn) {
        this.model.beginSnapshot();
        this.#removals = 0;
        for (let listed = 0, complete = false; !complete;) {
            const removals = this.#removals;
            const filter = { AllUsers: boolean(this.allUsers), Offset: { t: "u", v: Math.max(0, listed - removals) } };
            await this.call(ROOT, MANAGER, "ListJobs", "a{sv}", filter).then(([page]) => {
                if (turn !== this.#turn) return;
                this.model.addPage(page);
                // Jobs that end meanwhile move the others forward, so that this page may begin too late.
                if (removals !== this.#removals) return;
                listed += page.length;
                complete = page.length < LIST_AT_ONCE;
                if (complete) this.model.endSnapshot();
            });
            if (turn !== this.#turn) return;
        }
        this.#delay = FIRST_DELAY;
        this.#set(status.ready);
    }

    /** A daemon that has just gone is not a refusal: its new owner, or the lack of one, is reported. */
    #refused(turn, error) {
        const gone = ["NoReply", "Disconnected", "ServiceUnknown", "NameHasNoOwner", "TimedOut"];
        if (gone.some(name => error.name?.endsWith(`.${name}`))) this.#lost(turn);
        else this.#set(status.failed, error.message);
    }

    #closed(details) {
        ++this.#turn;
        clearTimeout(this.#retry);
        this.#client = null;
        this.model.clear();
        this.#set(status.missing, details?.message ?? "");
    }

    #heard(path, iface, member, parameters) {
        if (iface === PROPERTIES && member === "PropertiesChanged") {
            this.#propertiesChanged(path, ...parameters);
        } else if (iface === MANAGER) {
            this.#heardManager(member, parameters);
        }
    }

    #propertiesChanged(path, iface, values) {
        if (iface === JOB && this.model.changed(path, values)) this.onChange();
        if (iface !== MANAGER) return;
        this.manager = { ...this.manager, ...plain(values) };
        this.onChange();
    }

    #heardManager(member, parameters) {
        const [path, , third, facts] = parameters;
        if (member === "JobAppeared") {
            this.model.appeared(path, third);
            this.onChange();
        } else if (member === "JobEnded") {
            this.onEnd(path, third, plain(facts));
        } else if (member === "JobRemoved") {
            ++this.#removals;
            this.model.removed(path);
            this.onChange();
        } else if (member === "SignalsLost") {
            this.#begin(++this.#turn);
        }
    }
}
