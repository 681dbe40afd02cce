// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything about one instance of Haulier: that of the system, or that of the user's session.
import { Caller } from "./caller.js";
import { Controls } from "./controls.js";
import { button, element, showText } from "./dom.js";
import { rateText, sentence } from "./format.js";
import { HistoryView } from "./history_view.js";
import { _ } from "./i18n.js";
import { JobsView } from "./jobs_view.js";
import { openNewJob } from "./new_job.js";
import { Service, status } from "./service.js";

/** What the page says about the daemon; empty while there is nothing to say. */
export function noteOf(service) {
    switch (service.status) {
    case status.connecting: return _("Asking Haulier for its jobs …");
    case status.ready: return "";
    case status.idle: return _("Haulier has nothing to do and is not running. It starts again by itself.");
    case status.lost: return _("Haulier has stopped. It is being started again …");
    case status.missing: return [_("Haulier cannot be reached here."), sentence(service.problem)].join(" ");
    default: return sentence(service.problem);
    }
}

export function summaryText({ total, running, failed, rate }) {
    const parts = [_("Jobs: $0", total)];
    if (running > 0) parts.push(_("running: $0, $1", running, rateText(rate)));
    if (failed > 0) parts.push(_("failed: $0", failed));
    return total > 0 ? parts.join(" · ") : "";
}

export class Panel {
    #summary = element("p", { class: "summary" });
    #note = element("p", { class: "note", role: "status" });
    #again = button(_("Try again"), "secondary", () => window.location.reload(), { hidden: true });
    #list;
    #drawn = false; // whether the next frame draws already

    constructor({ cockpit, bus, isAdministrator, announcer, owners, folder, onChange }) {
        const allUsers = bus === "system" && isAdministrator;
        this.onChange = onChange;
        this.service = new Service(cockpit, { bus, ...allUsers && { superuser: "try" } },
            { allUsers, isWatched: !cockpit.hidden, onChange: () => this.#changed(), onEnd: (_path, result, facts) => this.#ended(result, facts) });
        this.own = allUsers ? new Caller(cockpit, { bus }) : this.service;
        const context = { service: this.service, own: this.own, showOwners: allUsers, announcer, owners };
        this.jobs = new JobsView(context);
        this.history = new HistoryView(context);
        this.controls = new Controls(context);
        this.#list = element("section", { class: "card" }, this.jobs.element);
        const create = button(_("New download"), "primary", () =>
            openNewJob(this.own, folder, () => announcer.tell(_("The job was created."))));
        this.element = element("div", {},
            element("div", { class: "toolbar" }, this.jobs.filter, this.#summary, this.controls.element, create),
            this.#note, this.#again, this.#list, this.history.element);
        this.#changed();
    }

    close() {
        this.service.close();
        if (this.own !== this.service) this.own.close();
    }

    /** Many signals make one change of the page. */
    #changed() {
        if (this.#drawn) return;
        this.#drawn = true;
        requestAnimationFrame(() => this.#draw());
    }

    #draw() {
        this.#drawn = false;
        showText(this.#summary, summaryText(this.service.model.summary()));
        showText(this.#note, noteOf(this.service));
        this.element.classList.toggle("stale", this.service.status === status.lost);
        const isAbsent = [status.missing, status.failed].includes(this.service.status);
        this.#again.hidden = !isAbsent;
        this.#list.hidden = isAbsent || this.service.status === status.connecting;
        this.jobs.update();
        this.controls.update();
        this.onChange();
    }

    #ended(result, facts) {
        this.jobs.ended(facts, result);
        this.history.changed();
    }
}
