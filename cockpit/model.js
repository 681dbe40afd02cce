// SPDX-License-Identifier: LGPL-2.1-or-later
// The jobs that a daemon has told of: a snapshot of ListJobs, and the signals since. Both are applied in the order in which
// they arrive, because what arrives later is newer.
import { isActive, isRunning } from "./job.js";
import { isKnown } from "./format.js";

/** The values of an a{sv}, without their types. */
export const plain = properties =>
    Object.fromEntries(Object.entries(properties).map(([name, variant]) => [name, variant.v]));

export class Model {
    #jobs = new Map(); // path → properties
    #seen = null; // the paths that a snapshot in progress has told of

    /** Lists are the newest first, and equal dates keep their order. */
    get jobs() {
        return [...this.#jobs.values()].sort((one, other) =>
            other.CreationTime - one.CreationTime || (one.Id < other.Id ? -1 : 1));
    }

    get size() {
        return this.#jobs.size;
    }

    job(path) {
        return this.#jobs.get(path);
    }

    /** Jobs that no page of the snapshot contains do not exist any more. */
    beginSnapshot() {
        this.#seen = new Set();
    }

    addPage(listed) {
        for (const [path, properties] of listed) this.#put(path, plain(properties));
    }

    endSnapshot() {
        for (const path of this.#jobs.keys()) if (!this.#seen.has(path)) this.#jobs.delete(path);
        this.#seen = null;
    }

    appeared(path, properties) {
        this.#put(path, plain(properties));
    }

    /** Changes of a job that is not known (yet) do not matter: what tells of it has all its properties. */
    changed(path, properties) {
        const job = this.#jobs.get(path);
        if (job) this.#jobs.set(path, { ...job, ...plain(properties) });
        return Boolean(job);
    }

    /** The properties that the job had. */
    removed(path) {
        const job = this.#jobs.get(path);
        this.#jobs.delete(path);
        this.#seen?.delete(path);
        return job;
    }

    clear() {
        this.#jobs.clear();
    }

    /** Whether the daemon had work, and so cannot have exited by itself. */
    get hasWork() {
        return this.jobs.some(isActive);
    }

    summary() {
        const jobs = this.jobs;
        const rates = jobs.filter(job => isRunning(job) && isKnown(job.Rate)).map(job => job.Rate);
        return {
            total: jobs.length,
            running: jobs.filter(isRunning).length,
            failed: jobs.filter(job => job.State === "error").length,
            rate: rates.reduce((sum, rate) => sum + rate, 0),
        };
    }

    #put(path, properties) {
        this.#jobs.set(path, { Path: path, ...properties });
        this.#seen?.add(path);
    }
}
