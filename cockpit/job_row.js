// SPDX-License-Identifier: LGPL-2.1-or-later
// A job in the table: one row, and a second one with details when it is expanded.
import { confirmCancel } from "./dialog.js";
import { button, element, isolate, setAttribute, setText, showText } from "./dom.js";
import { clean, isolated, sentence } from "./format.js";
import { _, N_ } from "./i18n.js";
import { actionsOf, amountText, errorText, reasonText, shareOf, speedText } from "./job.js";
import { JobDetails } from "./job_details.js";
import { STATES, wordOf } from "./words.js";

// What can be done, with the method and the button. Actions of one slot exclude each other, and share a button, so that the
// focus stays where it is.
const ACTIONS = {
    Complete: { slot: "complete", method: "Complete", label: N_("Complete"), kind: "primary" },
    Retry: { slot: "retry", method: "Resume", label: N_("Try again"), kind: "secondary" },
    Resume: { slot: "run", method: "Resume", label: N_("Resume"), kind: "secondary" },
    Suspend: { slot: "run", method: "Suspend", label: N_("Pause"), kind: "secondary" },
    Cancel: { slot: "cancel", method: "Cancel", label: N_("Cancel"), kind: "link-danger" },
};
const SLOTS = ["complete", "retry", "run", "cancel"];
const FAILED = ["error", "transient-error"];

const cell = (...content) => element("td", { role: "cell" }, ...content);

export class JobRow {
    #details = null;
    #busy = false;
    #toggle = button("", "toggle", () => this.#expand(this.#details === null), { "aria-expanded": "false" });
    #name = isolate("", { class: "name" });
    #target = isolate("", { class: "path" });
    #owner = isolate("");
    #state = element("span", { class: "state" });
    #reason = element("p", { class: "reason" });
    #error = element("p", { class: "error", dir: "auto" });
    #progress = element("progress", { max: 1 });
    #amount = element("span", { class: "amount" });
    #speed = element("span", { class: "speed" });
    #buttons = Object.fromEntries(SLOTS.map(slot => [slot, button("", "", () => this.#act(slot), { hidden: true })]));

    constructor(context, job) {
        this.context = context;
        this.path = job.Path;
        this.element = element("tbody", { role: "rowgroup", class: "job", "data-id": job.Id }, this.#makeRow());
        this.update(job);
    }

    #makeRow() {
        const head = element("th", { role: "rowheader", scope: "row" },
            this.#toggle, element("div", { class: "title" }, this.#name, this.#target));
        const owner = this.context.showOwners ? element("td", { role: "cell", class: "owner", "data-label": _("Owner") }, this.#owner) : null;
        const figures = element("div", { class: "figures" }, this.#amount, this.#speed);
        return element("tr", { role: "row" }, head, owner,
            cell(element("div", {}, this.#state, this.#reason, this.#error)),
            cell(element("div", { class: "bar" }, this.#progress, figures)),
            cell(element("div", { class: "actions" }, ...Object.values(this.#buttons))));
    }

    update(job) {
        this.job = job;
        const name = isolated(job.DisplayName);
        setText(this.#name, clean(job.DisplayName));
        showText(this.#target, clean(job.Target));
        if (this.context.showOwners) setText(this.#owner, this.context.owners.nameOf(job.Owner));
        setAttribute(this.#toggle, "aria-label", _("Details of $0", name));
        setText(this.#state, wordOf(STATES, job.State));
        setAttribute(this.#state, "class", `state state-${clean(job.State)}`);
        this.tick(Date.now() * 1000);
        showText(this.#error, FAILED.includes(job.State) ? errorText(job) : "");
        this.#showProgress(job, name);
        this.#showActions(job, name);
        this.#details?.changed(job);
    }

    /** The time left until the next try. */
    tick(now) {
        showText(this.#reason, reasonText(this.job, now));
    }

    #showProgress(job, name) {
        const share = shareOf(job);
        setAttribute(this.#progress, "value", share);
        setAttribute(this.#progress, "aria-label", _("Progress of $0", name));
        setText(this.#amount, amountText(job));
        showText(this.#speed, speedText(job));
    }

    #showActions(job, name) {
        const actions = Object.fromEntries(actionsOf(job).map(action => [ACTIONS[action].slot, ACTIONS[action]]));
        for (const [slot, shown] of Object.entries(this.#buttons)) {
            const action = actions[slot];
            const loses = !action && shown === document.activeElement;
            if (action) {
                setText(shown, _(action.label));
                setAttribute(shown, "class", `button ${action.kind}`);
                setAttribute(shown, "aria-label", `${_(action.label)}: ${name}`);
            }
            shown.hidden = !action;
            shown.value = action?.method ?? "";
            if (loses) this.#toggle.focus();
        }
    }

    async #act(slot) {
        const { value: method, textContent: label } = this.#buttons[slot];
        if (this.#busy) return;
        if (method === "Cancel" && !await confirmCancel(clean(this.job.DisplayName))) return;
        this.#busy = true;
        setAttribute(this.element, "aria-busy", "true");
        try {
            await this.context.service.act(this.path, method);
        } catch (error) {
            this.context.announcer.error(`${label}: ${isolated(this.job.DisplayName)}`, sentence(error.message));
        } finally {
            this.#busy = false;
            setAttribute(this.element, "aria-busy", false);
        }
    }

    #expand(wanted) {
        this.#details?.element.remove();
        this.#details = wanted ? new JobDetails(this.context, this.job) : null;
        if (wanted) this.element.append(this.#details.element);
        setAttribute(this.#toggle, "aria-expanded", wanted ? "true" : "false");
    }

    hasFocus() {
        return this.element.contains(document.activeElement);
    }

    focus() {
        this.#toggle.focus();
    }
}
